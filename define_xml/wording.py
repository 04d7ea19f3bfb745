"""Names, conditions and arguments in words, as a reviewer of define.xml reads them.

A bare name is a variable of the record described, ``DM.RFSTDTC`` one of another dataset,
``lab.LABRES`` a collected column of form ``lab``. A word in lower case stands for a value that is
not submitted; the text goes on to say what it is.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from define_xml.places import Place, simplified
from mappings.expression_words import in_words
from mappings.expressions import Name
from mappings.model import (
    Argument,
    Body,
    ExpressionArgument,
    ItemArgument,
    ListArgument,
    LiteralArgument,
    NameArgument,
    SortArgument,
    TemplateArgument,
    ThroughArgument,
    made_names,
)
from mappings.operations import Parameter, Role, StudyTable
from mappings.reach import Cell, Each, Identity, Own, Setting, Subject, There, resolve
from mappings.terms import codelist_of

MOST_ROWS = 20
# What a field of an item says; of others its name does.
_FIELDS = {
    "plus": "plus {} days",
    "unless_after": "unless that is after {}",
    "description": "described as {}",
    "date_description": "the date described as {}",
    "responses": "of {}",
    "after": "by one at least as good {} days later or more",
    "may_skip": "{} in between passed over",
    "fallback": "else {}",
    "fallback_from": "if the last is {} days after the start or more",
    "otherwise": "else {}",
}
_IDENTITY = {
    "USUBJID": "the unique subject identifier",
    "SITEID": "the site identifier",
    "SUBJID": "the subject number",
    "VISIT": "the collected visit label",
}


class Wording:
    """Words for one place; ``used`` collects the private names in order of use.

    ``variable`` is the name whose making is told, ``elsewhere`` the private names of other records
    of the dataset. ``reads_source`` tells whether a value of the block's own source row was named.
    """

    def __init__(self, place: Place, variable: str = "") -> None:
        self.place = place
        self.variable = variable
        self.used: dict[str, None] = {}
        self.elsewhere: set[str] = set()
        self.reads_source = False

    def name(self, name: Name, through: str = "") -> str:
        """A name as it is shown: a value where it stands for one."""
        place = self.place
        target = resolve(place.study, place.dataset, place.block, name, through)
        if isinstance(target, Own):
            return self._own(target.name)
        if isinstance(target, Each):
            return self._each(target.column)
        if isinstance(target, Setting):
            return shown(place.study.settings[target.name])
        if isinstance(target, Identity):
            return self._identity(target.column)
        if isinstance(target, Cell):
            self.reads_source = True
            return self._column(target.source, target.column)
        if isinstance(target, Subject):
            return self._column(target.dataset, target.name)
        if isinstance(target, There):
            if target.source == place.dataset.name and is_private(place, target.column):
                self.used.setdefault(target.column)
                self.elsewhere.add(target.column)
            return self._column(target.source, target.column)
        return str(name)

    def _own(self, name: str) -> str:
        if is_private(self.place, name):
            self.used.setdefault(name)
        return name

    def _column(self, source: str, column: str) -> str:
        study = self.place.study
        if column == "row":
            return f"the row number in {source}"
        if source in study.datasets:
            supplemental = column in study.datasets[source].supp
            return f"{'SUPP' if supplemental else ''}{source}.{column}"
        return f"{source}.{column}" if source in study.raw else f"{column} of table {source}"

    def _identity(self, column: str) -> str:
        self.reads_source |= column not in _IDENTITY
        source = self.place.block.source
        if source in self.place.study.datasets:
            return f"{source}.{column}"
        return _IDENTITY.get(column, f"{column} of the source record")

    def _each(self, column: str) -> str:
        """The value of a cell; where the text speaks of several rows, what is copied from it."""
        if self.place.each is None or column not in self.place.each:
            return column
        different = {shown(cell) for cell in self.place.each[column]}
        if len(different) == 1:
            return different.pop()
        copied = _copies(self.place).get(column)
        if copied is None:
            self.used.setdefault(column)
            self.elsewhere.discard(column)
        return copied or column

    def cells(self, column: str) -> str:
        """The different cells of a column of ``for_each:``, each with the records it is for."""
        each = self.place.each
        if each is None or column not in each:
            return ""
        label = next(iter(_copies(self.place)), "")
        heads = each[label] if label else [""] * len(each)
        pairs = dict.fromkeys(
            (shown(head) if label else "", shown(cell))
            for head, cell in zip(heads, each[column], strict=True)
        )
        if len(pairs) > MOST_ROWS:
            return f"the {column} of its row of {_table_words(self.place.block.for_each)}"
        return ", ".join(f"{cell} for {head}" if head else cell for head, cell in pairs)

    def condition(self, argument: ExpressionArgument, through: str = "") -> str:
        """A condition in words: nothing where it always holds, ``never`` where it cannot."""
        left = simplified(self.place, argument.expression)
        if isinstance(left, bool):
            return "" if left else "never"
        return in_words(left, lambda name: self.name(name, through))

    def argument(self, parameter: Parameter, argument: Argument, body: Body, shared: str) -> str:
        """An argument in words; ``shared`` is the condition that the call says once."""
        if isinstance(argument, ListArgument):
            return self._list(parameter, argument, body, shared)
        if isinstance(argument, NameArgument):
            return self.name(argument.name)
        if isinstance(argument, ThroughArgument):
            return self._through(argument, body, shared)
        if isinstance(argument, ExpressionArgument):
            if parameter.role is Role.CONDITION:
                return self.condition(argument) or "always"
            return in_words(argument.expression, self.name)
        if isinstance(argument, SortArgument):
            through = argument.name.prefix
            word = self.name(argument.name, through if through in sources(body) else "")
            return f"{word} descending" if argument.descending else word
        if isinstance(argument, TemplateArgument):
            return self._template(argument)
        if isinstance(argument, ItemArgument):
            return self._item(parameter, argument, body, shared)
        return self._literal(parameter, argument, body)

    def _list(self, parameter: Parameter, argument: ListArgument, body: Body, shared: str) -> str:
        items = argument.items
        if all(map(is_case, items)):
            items, _ = self.cases_left(items)
            return "; else ".join(self.argument(parameter, one, body, shared) for one in items)
        words = [self.argument(parameter, one, body, shared) for one in items]
        words = [word for word in words if word]
        if parameter.role is not Role.ITEM or len(words) < 2:
            return ", ".join(words)
        return "; ".join(f"({number}) {word}" for number, word in enumerate(words, 1))

    def cases_left(self, items: Iterable[Argument]) -> tuple[tuple[Argument, ...], bool]:
        """The cases that may hold, up to the first that always does, and whether there is one."""
        left = []
        for item in items:
            when = item.fields["when"] if isinstance(item, ItemArgument) else None
            if not isinstance(when, ExpressionArgument):
                continue
            condition = simplified(self.place, when.expression)
            if condition is not False:
                left.append(item)
            if condition is True:
                return tuple(left), True
        return tuple(left), False

    def _through(self, argument: ThroughArgument, body: Body, shared: str) -> str:
        among = self.among(argument)
        block = self.place.block
        if block.one_per is not None and argument.of.prefix == block.source and not body.anywhere:
            self.reads_source = True
        word = self.name(argument.of, argument.of.prefix)
        return f"{word} (where {among})" if among and among != shared else word

    def among(self, argument: ThroughArgument) -> str:
        """Which records are looked through; nothing where all are."""
        if argument.among is None:
            return ""
        return self.condition(argument.among, argument.of.prefix)

    def _template(self, argument: TemplateArgument) -> str:
        text = argument.texts[0]
        for named, after in zip(argument.names, argument.texts[1:], strict=True):
            text += f"{{{self.name(named.name)}}}{after}"
        return f'the text "{text}" with the values of what stands in braces'

    def _item(self, parameter: Parameter, argument: ItemArgument, body: Body, shared: str) -> str:
        if parameter.role is Role.MAP:
            inner = parameter.inner or parameter
            words = {
                name: self.argument(inner, value, body, shared)
                for name, value in argument.fields.items()
            }
            return ", ".join(f"{name} ({word})" for name, word in words.items())
        fields = {part.name: part for part in parameter.fields}
        words = {}
        for name, value in argument.fields.items():
            if name in {"when", "where"} and isinstance(value, ExpressionArgument):
                words[name] = self.condition(value)
                if words[name] == "never":
                    return ""
            else:
                words[name] = self.argument(fields[name], value, body, shared)
        return _joined(argument, words)

    def _literal(self, parameter: Parameter, argument: LiteralArgument, body: Body) -> str:
        value = argument.value
        if parameter.role is Role.TERMS:
            return self._codelist(str(value), body)
        if parameter.role is Role.FORMS:
            names = ", ".join(value)
            return "every form with a visit and its dates" if names == "all" else names
        if parameter.role is Role.TABLE:
            return f"table {value}"
        if parameter.role in {Role.CHOICE, Role.MAP}:
            return str(value)
        if parameter.role is Role.WORD and (value in self._table_columns(body)):
            return str(value)
        return shown(value)

    def _table_columns(self, body: Body) -> Iterable[str]:
        for parameter, argument in body.parameters():
            if parameter.role is Role.TABLE and isinstance(argument, LiteralArgument):
                table = self.place.study.table(self.place.dataset, str(argument.value))
                if table is not None:
                    yield from map(str, table.frame.columns)

    def _codelist(self, name: str, body: Body) -> str:
        """The codelist an operation is given: by name, that of the variable, or of its argument."""
        first = next(iter(body.arguments.values()))
        variable = self.variable
        if name == "argument" and isinstance(first, NameArgument):
            variable = first.name.name
        elif name != "own":
            return f"codelist {name}"
        found = codelist_of(self.place.study, self.place.dataset, variable)
        return f"codelist {found.name}" if found is not None else f"the codelist of {variable}"


def _copies(place: Place) -> dict[str, str]:
    """The columns of ``for_each:`` that a variable of the block copies, with its name."""
    copies: dict[str, str] = {}
    for name, spec in place.block.set.items():
        if spec.body is None or not spec.body.is_reference or not name.isupper():
            continue
        argument = next(iter(spec.body.arguments.values()))
        if isinstance(argument, NameArgument) and argument.name.prefix == "each":
            copies.setdefault(argument.name.name, name)
    return copies


def is_private(place: Place, name: str) -> bool:
    """Whether a name of this dataset is not submitted, so that a text must say what it is."""
    submitted = (place.dataset.variables, place.dataset.supp, place.dataset.identifiers)
    if any(name in section for section in submitted):
        return False
    private = name in place.dataset.working or name in made_names(place.block)
    return private or any(name in block.set for block in place.dataset.blocks)


def shown(value: Any) -> str:
    """A literal as it is shown: text in quotes, numbers plain, a list in parentheses."""
    if value is None or (isinstance(value, float) and np.isnan(value)) or value == "":
        return "missing"
    if isinstance(value, tuple | list):
        return f"({', '.join(shown(one) for one in value)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return np.format_float_positional(float(value), trim="-")
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"'{value}'" if '"' in str(value) else f'"{value}"'


def flat(arguments: Iterable[Argument]) -> Iterator[Argument]:
    """Arguments with those inside lists and items in their place."""
    for argument in arguments:
        if isinstance(argument, ListArgument):
            yield from flat(argument.items)
        elif isinstance(argument, ItemArgument):
            yield from flat(argument.fields.values())
        else:
            yield argument


def sources(body: Body) -> set[str]:
    """The datasets and forms that a body looks through."""
    found = flat(body.arguments.values())
    return {one.of.prefix for one in found if isinstance(one, ThroughArgument)}


def is_case(argument: Argument) -> bool:
    """Whether an item is a branch: a condition and a value, which may be missing."""
    said = set(argument.fields) if isinstance(argument, ItemArgument) else set()
    return "when" in said and said <= {"when", "value"}


def _joined(argument: ItemArgument, words: dict[str, str]) -> str:
    """The fields of an item: its date or value, then the others by name, its condition last."""
    condition = next((words.pop(name) for name in ("when", "where") if name in words), "")
    parts: list[str] = []
    for name, word in words.items():
        leads = not parts and (
            name == "value" or isinstance(argument.fields[name], ThroughArgument | NameArgument)
        )
        known = f"{name.strip('_').replace('_', ' ')} {{}}"
        parts.append(word if leads else _FIELDS.get(name, known).format(word))
    if is_case(argument) and not parts:
        parts.append("missing")
    text = ", ".join(parts)
    if not condition:
        return text
    return f"{text} where {condition}" if is_case(argument) else f"{text}, where {condition}"


def _table_words(table: StudyTable | None) -> str:
    return f"table {table.name}" if table and table.name != "for_each" else "the block's table"
