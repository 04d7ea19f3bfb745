"""Bodies as they stand in a file, read into calls (language section 1.4).

Shape is checked by ``schema``; here words become names, expressions and arguments, each with its
mark. What a name means is not asked yet.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.expressions import Expression, ExpressionError, Name, parse_expression, parse_name
from mappings.model import (
    Argument,
    Body,
    ExpressionArgument,
    ItemArgument,
    ListArgument,
    LiteralArgument,
    NameArgument,
    Section,
    SortArgument,
    TemplateArgument,
    ThroughArgument,
    VariableSpec,
)
from mappings.nodes import Node
from mappings.operations import Operation, Parameter, Registry, Role
from mappings.problems import Mark, Problems, close_match
from mappings.schema import (
    BODY_WORDS,
    FILLED,
    SUPPLIED,
    call_rules,
    item_rules,
    validate,
)

FROM_RECORDS = "from records"
ALONE = frozenset({"each", "source", "study"})
_THROUGH = frozenset({Role.RECORDS, Role.EITHER, Role.ROWS})
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Reader:
    """What reading a body needs: the operations, the tables in reach and where problems go."""

    operations: Registry
    problems: Problems
    tables: Mapping[str, Any]
    settings: Mapping[str, Any]

    def name(self, node: Node) -> Name | None:
        """A name, or None with a problem at its place."""
        try:
            return parse_name(str(node.value))
        except ExpressionError as error:
            value = str(node.value)
            message = error.message.removeprefix(f"{value.strip()!r} ")
            self.problems.add("SP110", message, mark=node.mark, value=value)
            return None

    def named(self, node: Node) -> NameArgument | None:
        """A name as an argument."""
        name = self.name(node)
        return None if name is None else NameArgument(name, node.mark)

    def expression(self, node: Node | None) -> ExpressionArgument | None:
        """An expression, or None with a problem at the place in it that is wrong."""
        if node is None or node.value is None:
            return None
        parsed = self.parsed(str(node.value), node.mark)
        return None if parsed is None else ExpressionArgument(parsed, node.mark)

    def parsed(self, text: str, mark: Mark) -> Expression | None:
        """The expression of a text that starts at a mark."""
        try:
            return parse_expression(text)
        except ExpressionError as error:
            place = Mark(mark.file, mark.line, mark.column + error.offset)
            self.problems.add("SP110", error.message, mark=place, value=text)
            return None

    def sorts(self, node: Node) -> tuple[SortArgument, ...]:
        """The columns of an order; ``-`` before a name reverses it."""
        found = []
        for item in node.each():
            text = str(item.value)
            reverse = text.startswith("-")
            place = Node(text.removeprefix("-"), item.route, item.marks)
            name = self.name(place)
            if name is not None:
                found.append(SortArgument(name, reverse, item.mark))
        return tuple(found)


def read_variable(reader: Reader, node: Node, name: str, section: Section) -> VariableSpec:
    """One variable with its body and attributes; problems are collected."""
    body = None
    words: Mapping[str, Any] = {}
    if _fills_from_records(node):
        validate(node, FILLED, reader.problems)
    elif node.value != FROM_RECORDS:
        body = read_body(reader, node)
    if isinstance(node.value, dict):
        words = {key: node.value.get(key) for key in _ATTRIBUTES if key in node.value}
    return VariableSpec(name=name, section=section, body=body, mark=node.mark, **words)


def _fills_from_records(node: Node) -> bool:
    """Whether a mapping says that blocks fill a name, and what else is to be said of it."""
    return isinstance(node.value, dict) and node.value.get("from") == "records"


_ATTRIBUTES = tuple(
    word for word in BODY_WORDS if word not in {"where", "among", "over", "anywhere"}
)


def read_body(reader: Reader, node: Node) -> Body | None:
    """The call of a body; a plain reference is the call of ``copy``."""
    if isinstance(node.value, str):
        name = reader.named(node)
        if name is None:
            return None
        return Body(reader.operations["copy"], {"value": name}, node.mark, is_reference=True)
    if not isinstance(node.value, dict) or not node.value:
        reader.problems.add(
            "SP106", "is neither a reference nor an operation", mark=node.mark,
            value=str(node.value), hint="write {constant: …} for a literal",
        )  # fmt: skip
        return None
    return read_call(reader, node, BODY_WORDS, records=False)


def read_names(reader: Reader, node: Node) -> tuple[NameArgument, ...]:
    """The names of a list, or one alone; those that cannot be read are left out."""
    return tuple(found for item in node.each() if (found := reader.named(item)) is not None)


def _operation(reader: Reader, node: Node, words: Iterable[str], records: bool) -> Operation | None:
    """The operation a mapping calls: its first key that is no word of the language."""
    words = frozenset(words)
    key = next((key for key in node.value if key not in words), None)
    if key is None:
        # ``codelist`` and the like may be written first; then the first operation among the keys.
        key = next((key for key in node.value if key in reader.operations), None)
    if key is None:
        reader.problems.add("SP105", "an operation is missing", mark=node.mark)
        return None
    called = reader.operations.get(key)
    if called is not None and (called.scope == "records") == records:
        return called
    known = {name for name, one in reader.operations.items() if (one.scope == "records") == records}
    reader.problems.add(
        "SP108", "is not a record operation" if records else "is not an operation",
        mark=node.key_mark(key), value=key, hint=close_match(key, known),
    )  # fmt: skip
    return None


def read_call(
    reader: Reader, node: Node, words: Mapping[str, Any], *, records: bool
) -> Body | None:
    """The call of a mapping; None with a problem where it cannot be read."""
    operation = _operation(reader, node, words, records)
    if operation is None:
        return None
    if not validate(node, call_rules(operation, words), reader.problems, unknown="SP104"):
        return None
    among = reader.expression(node.get("among"))
    arguments: dict[str, Argument] = {}
    for parameter in operation.parameters.values():
        if parameter.role in SUPPLIED:
            continue
        key = operation.name if parameter is operation.first else parameter.name.rstrip("_")
        written = node.get(key)
        found = (
            _argument(reader, parameter, written, among)
            if written is not None
            else _default(parameter, node.mark, among)
        )
        if found is not None:
            arguments[parameter.name] = found
    over = node.get("over") if "over" in words else None
    return Body(
        operation=operation,
        arguments=arguments,
        mark=node.mark,
        where=None if records else reader.expression(node.get("where")),
        over=tuple(str(item.value) for item in over.each()) if over else (),
        anywhere=bool(node.value.get("anywhere", False)) if "anywhere" in words else False,
    )


def _default(parameter: Parameter, mark: Mark, among: ExpressionArgument | None) -> Argument | None:
    """A default reference; plain defaults are left to the operation's own signature."""
    default = parameter.default
    if parameter.required or default is None:
        return None
    if parameter.role in _THROUGH:
        return ThroughArgument(parse_name(default), among, mark)
    if parameter.role is Role.COLUMN:
        return NameArgument(parse_name(default), mark)
    if parameter.role in {Role.TABLE, Role.TERMS}:
        return LiteralArgument(default, mark)
    return None


def _argument(
    reader: Reader, parameter: Parameter, node: Node, among: ExpressionArgument | None
) -> Argument | None:
    """The argument of a parameter, list or not."""
    if node.value is None and not parameter.required:
        return None
    if parameter.many and parameter.role is Role.ITEM:
        return _items(reader, parameter, node, among)
    if parameter.many:
        found = [_single(reader, parameter, item, among) for item in node.each()]
        return ListArgument(tuple(one for one in found if one is not None), node.mark)
    return _single(reader, parameter, node, among)


def _single(
    reader: Reader, parameter: Parameter, node: Node, among: ExpressionArgument | None
) -> Argument | None:
    role = parameter.role
    if role in _THROUGH:
        return _through(reader, parameter, node, among)
    if role in {Role.COLUMN, Role.BASE}:
        return reader.named(node)
    if role is Role.COLUMNS:
        return ListArgument(read_names(reader, node), node.mark)
    if role in {Role.CONDITION, Role.EXPRESSION}:
        return reader.expression(node)
    if role is Role.ORDER:
        return ListArgument(reader.sorts(node), node.mark)
    if role is Role.TEMPLATE:
        return _template(reader, node)
    if role is Role.ITEM:
        return _item(reader, parameter, node, among)
    if role is Role.MAP:
        return _map(reader, parameter, node, among)
    if role is Role.VALUE and isinstance(node.value, dict):
        return reader.named(node["take"])
    if role is Role.WORD:
        return LiteralArgument(str(node.value), node.mark)
    if role is Role.FORMS:
        return LiteralArgument(tuple(str(item.value) for item in node.each()), node.mark)
    return LiteralArgument(node.value, node.mark)


def _through(
    reader: Reader, parameter: Parameter, node: Node, among: ExpressionArgument | None
) -> Argument | None:
    inner = among
    place = node
    if isinstance(node.value, dict):
        place = node["of"]
        inner = reader.expression(node.get("among")) if "among" in node else among
    name = reader.name(place)
    if name is None:
        return None
    if not name.prefix or name.prefix in ALONE:
        if parameter.role is Role.EITHER:
            return NameArgument(name, place.mark)
        reader.problems.add(
            "RF204", "names no other records", mark=place.mark, value=str(place.value),
            hint="write DATASET.NAME or form.COLUMN",
        )  # fmt: skip
        return None
    return ThroughArgument(name, inner, place.mark)


def _template(reader: Reader, node: Node) -> Argument | None:
    text = str(node.value)
    names = []
    for found in _PLACE.finditer(text):
        named = reader.named(Node(found.group(1).strip(), node.route, node.marks))
        if named is None:
            return None
        names.append(named)
    texts = tuple(_PLACE.split(text)[::2])
    return TemplateArgument(texts, tuple(names), node.mark)


def _map(
    reader: Reader, parameter: Parameter, node: Node, among: ExpressionArgument | None
) -> Argument | None:
    inner = parameter.inner
    fields = {}
    if inner is not None:
        for key, value in node.items():
            found = _single(reader, inner, value, among)
            if found is not None:
                fields[key] = found
    return ItemArgument(fields, node.mark)


def _items(
    reader: Reader, parameter: Parameter, node: Node, among: ExpressionArgument | None
) -> Argument | None:
    """Described items: a list, one alone, or a table whose columns are their fields."""
    if "columns" in node and "rows" in node:
        return _tabled(reader, parameter, node)
    found = [_item(reader, parameter, item, among) for item in node.each()]
    return ListArgument(tuple(one for one in found if one is not None), node.mark)


def _item(
    reader: Reader, parameter: Parameter, node: Node, among: ExpressionArgument | None
) -> ItemArgument | None:
    if not validate(node, item_rules(parameter), reader.problems, unknown="SP104"):
        return None
    own = reader.expression(node.get("among")) if "among" in node else among
    fields: dict[str, Argument] = {}
    for part in parameter.fields:
        written = node.get(part.name.rstrip("_"))
        if written is None:
            found = _default(part, node.mark, own)
        else:
            found = _argument(reader, part, written, own)
        if found is not None:
            fields[part.name] = found
    return ItemArgument(fields, node.mark)


def _tabled(reader: Reader, parameter: Parameter, node: Node) -> Argument:
    """Cases written as a table: cells under names that are no field are equalities."""
    columns = [str(name) for name in node["columns"].value]
    fields = {part.name for part in parameter.fields}
    items = []
    for row in node["rows"].each():
        if len(row.value) != len(columns):
            message = f"has {len(row.value)} cells for {len(columns)} columns"
            reader.problems.add("SP106", message, mark=row.mark)
            continue
        cells = dict(zip(columns, row.each(), strict=True))
        tests = [
            f"{name} == {_quoted(cell.value)}"
            for name, cell in cells.items()
            if name not in fields and cell.value is not None
        ]
        when = cells.get("when")
        if when is not None and when.value is not None:
            tests.append(f"({when.value})" if tests else str(when.value))
        condition = reader.parsed(" and ".join(tests), (when or row).mark)
        value = cells.get("value")
        if value is None or condition is None:
            continue
        literal = _single(reader, _value_field(parameter), value, None)
        parts: dict[str, Argument] = {"when": ExpressionArgument(condition, row.mark)}
        if literal is not None:
            parts["value"] = literal
        items.append(ItemArgument(parts, row.mark))
    if "value" not in columns:
        reader.problems.add("SP105", "the table has no column value", mark=node.mark)
    return ListArgument(tuple(items), node.mark)


def _value_field(parameter: Parameter) -> Parameter:
    return next(part for part in parameter.fields if part.name == "value")


def _quoted(value: Any) -> str:
    return '"' + value.replace('"', '\\"') + '"' if isinstance(value, str) else str(value)
