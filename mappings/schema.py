"""The shape of the documents and of every operation's call, as cerberus rules.

The rules of a call are derived from the operation's parameters, so no second description can
drift. A body is checked by the rules of its own operation, never by a choice among several, so an
error keeps the column of the word that is wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import update_wrapper
from typing import Any

from cerberus import Validator, errors
from cerberus.schema import UnvalidatedSchema

from mappings.nodes import Node
from mappings.operations import Operation, Parameter, Role
from mappings.problems import Problems, close_match

Rules = Mapping[str, Any]

NAME = r"[A-Z][A-Z0-9]{0,7}"
PRIVATE = r"[a-z][a-z0-9_]*"
SCALAR = ["string", "number", "boolean"]
TEXTS = {"type": ["string", "list"], "schema": {"type": "string"}}
TEXT = {"type": "string"}
TABLE = {
    "columns": {"type": "list", "schema": TEXT, "minlength": 1},
    "rows": {"type": "list", "schema": {"type": "list"}},
    "file": TEXT,
}
CODELIST = {
    **TABLE,
    "base": TEXT,
    "same": TEXT,
    "reason": TEXT,
}
BODY_WORDS: Rules = {
    "where": TEXT,
    "among": TEXT,
    "over": TEXTS,
    "anywhere": {"type": "boolean"},
    "label": {"type": "string", "maxlength": 40},
    "type": {"type": "string", "allowed": ["text", "integer", "float", "date", "datetime", "time"]},
    "length": {"type": "integer", "min": 1, "max": 200},
    "format": TEXT,
    "codelist": TEXT,
    "origin": TEXT,
    "role": TEXT,
    "core": {"type": "string", "allowed": ["Req", "Exp", "Perm", "Cond"]},
    "comment": TEXT,
    "method": TEXT,
    "overflow": {"type": "string", "allowed": ["supp", "columns"]},
    "evaluator": TEXT,
    "place_after": TEXT,
}
# What is said of a name that blocks fill; what their bodies say of themselves is not among it.
_OF_BODIES = ("where", "among", "over", "anywhere", "origin", "method")
FILLED: Rules = {
    "from": {"type": "string", "allowed": ["records"], "required": True},
    **{word: rule for word, rule in BODY_WORDS.items() if word not in _OF_BODIES},
}
BLOCK_WORDS: Rules = {
    "name": {"type": "string", "regex": PRIVATE},
    "where": TEXT,
    "among": TEXT,
    "transpose": {
        "type": "dict",
        "schema": {
            "into": {"type": "list", "schema": {"type": "string", "regex": PRIVATE}},
            "rows": {"type": "list", "schema": {"type": "list"}},
        },
        "require_all": True,
    },
    "for_each": {"type": ["list", "dict"]},
    "one_per": {"type": "list", "schema": TEXT},
    "keep": {"type": "dict", "schema": {"first": TEXTS, "last": TEXTS, "by": TEXTS}},
    "set": {"type": "dict"},
}
_CHECK = {
    "must": {**TEXT, "required": True},
    "where": TEXT,
    "severity": {"type": "string", "allowed": ["error", "warning"]},
    "message": {**TEXT, "required": True},
}
_VALUE_LEVEL = {
    "by": {**TEXTS, "required": True},
    "variables": {**TEXTS, "required": True},
}
DATASET: Rules = {
    "dataset": {"type": "string", "required": True, "regex": r"[A-Z][A-Z0-9]{1,7}"},
    "label": {"type": "string", "maxlength": 40},
    "structure": TEXT,
    "class": TEXT,
    "keys": {"type": "list", "required": True, "minlength": 1, "schema": TEXT},
    "records": {"type": "list", "required": True, "minlength": 1, "schema": {"type": "dict"}},
    "working": {"type": "dict", "keysrules": {"type": "string", "regex": PRIVATE}},
    "variables": {
        "type": "dict",
        "required": True,
        "keysrules": {"type": "string", "regex": NAME},
    },
    "supp": {"type": "dict", "keysrules": {"type": "string", "regex": NAME}},
    "tables": {"type": "dict", "valuesrules": {"type": "dict", "schema": TABLE}},
    "codelists": {"type": "dict", "valuesrules": {"type": "dict", "schema": CODELIST}},
    "value_level": {"type": "list", "schema": {"type": "dict", "schema": _VALUE_LEVEL}},
    "checks": {"type": "list", "schema": {"type": "dict", "schema": _CHECK}},
    "comment": TEXT,
    "extends": TEXT,
    "drop": {
        "type": "dict",
        "schema": {name: TEXTS for name in ("records", "variables", "working", "supp")},
    },
}
# A file that extends another need say nothing but which dataset it is.
AMENDMENT: Rules = {
    name: {key: rule for key, rule in rules.items() if key != "required" or name == "dataset"}
    for name, rules in DATASET.items()
}
_ROLES = {
    name: {"type": "string", "nullable": True}
    for name in ("subject", "site", "record", "updated", "deleted", "visit")
}
_FORM = {
    **_ROLES,
    "date": TEXTS,
    "duplicates": TEXTS,
    "unused": TEXTS,
    "sheet": TEXT,
    "encoding": TEXT,
    "delimiter": TEXT,
    "header_rows": {"type": "integer", "min": 1},
    "decimal": {"type": "string", "allowed": [".", ","]},
    "order": {"type": "string", "allowed": ["dmy", "mdy", "ymd"]},
    "pivot": {"type": "integer", "min": 0, "max": 100},
    "page": {"type": ["string", "integer"]},
    "required": {"type": "boolean"},
}
_BODIES = {"type": "dict", "keysrules": {"type": "string", "regex": NAME}}
STUDY: Rules = {
    "study": {**TEXT, "required": True},
    "name": TEXT,
    "protocol": TEXT,
    "standards": {"type": "dict", "required": True, "valuesrules": TEXT},
    "settings": {"type": "dict", "valuesrules": {"type": SCALAR, "nullable": True}},
    "operations": TEXT,
    "results": TEXT,
    "subjects": {
        "type": "dict",
        "schema": {
            "id": {"type": "list", "schema": TEXT},
            "patterns": {"type": "list", "schema": TEXT},
            "site_patterns": {"type": "list", "schema": TEXT},
            "widths": {"type": "dict", "valuesrules": {"type": "integer", "min": 1}},
            "same_person": {
                "type": "dict",
                "schema": {"form": TEXT, "number": TEXT, "previous": TEXT},
                "require_all": True,
            },
        },
    },
    "raw": {"type": "dict", "required": True},
    "identifiers": {"type": "dict", "schema": {"sdtm": _BODIES, "adam": _BODIES}},
    "tables": {"type": "dict", "valuesrules": {"type": "dict", "schema": TABLE}},
    "codelists": {"type": "dict", "valuesrules": {"type": "dict", "schema": CODELIST}},
    "datasets": {"type": "list", "required": True, "schema": TEXT},
}
FORM: Rules = {"file": {**TEXT, "required": True}, **_FORM}
FORM_DEFAULTS: Rules = _FORM

_BY_ROLE: Mapping[Role, Rules] = {
    Role.COLUMN: TEXT,
    Role.BASE: TEXT,
    Role.TERMS: TEXT,
    Role.TABLE: TEXT,
    Role.TEMPLATE: TEXT,
    Role.WORD: {"type": ["string", "number"]},
    Role.CONDITION: TEXT,
    Role.EXPRESSION: TEXT,
    Role.COLUMNS: TEXTS,
    Role.ORDER: TEXTS,
    Role.FORMS: TEXTS,
    Role.INTEGER: {"type": "integer"},
    Role.NUMBER: {"type": "number"},
    Role.BOOLEAN: {"type": "boolean"},
    Role.MAP: {"type": "dict"},
    Role.RECORDS: {
        "type": ["string", "dict"],
        "schema": {"of": {**TEXT, "required": True}, "among": TEXT},
    },
    Role.VALUE: {
        "type": [*SCALAR, "dict"],
        "nullable": True,
        "schema": {"take": {**TEXT, "required": True}},
    },
    Role.LITERAL: {"type": SCALAR, "nullable": True},
}
SUPPLIED = frozenset({Role.PROBLEMS, Role.GROUP})


def _once(make: Callable[..., Any]) -> Callable[..., Any]:
    """The function, worked out once for each of the objects it is given.

    They are kept with what was made of them, so that no other can come to have the same identity.
    """
    made: dict[tuple[int, ...], tuple[tuple[Any, ...], Any]] = {}

    def kept(*given: Any) -> Any:
        key = tuple(map(id, given))
        if key not in made:
            made[key] = given, make(*given)
        return made[key][1]

    return update_wrapper(kept, make)


@_once
def call_rules(operation: Operation, words: Rules) -> Rules:
    """Cerberus rules of a call: the operation's parameters and the words that stand beside them."""
    rules: dict[str, Any] = dict(words)
    for parameter in operation.parameters.values():
        if parameter.role in SUPPLIED:
            continue
        first = parameter is operation.first
        key = operation.name if first else parameter.name.rstrip("_")
        # ``codelist`` is a word of any body and, where an operation asks for it, its argument too.
        rules[key] = {**_rule(parameter), "required": parameter.required}
    return rules


def _rule(parameter: Parameter) -> Rules:
    one = _one(parameter)
    if parameter.default is None and not parameter.required:
        one = {**one, "nullable": True}
    if not parameter.many:
        return one
    kinds = one["type"] if isinstance(one["type"], list) else [one["type"]]
    return {"type": ["list", *kinds], **_schema_of(one, parameter)}


def _schema_of(one: Rules, parameter: Parameter) -> Rules:
    """Rules for the items of a list; a lone item or a table of items is checked when it is read."""
    if parameter.role is Role.ITEM:
        return {}
    return {"schema": one} if "schema" not in one else {}


def _one(parameter: Parameter) -> Rules:
    if parameter.role is Role.CHOICE:
        return {"type": "string", "allowed": list(parameter.choices)}
    if parameter.role is Role.EITHER:
        return _BY_ROLE[Role.RECORDS]
    if parameter.role is Role.ROWS:
        return _BY_ROLE[Role.RECORDS]
    if parameter.role is Role.ITEM:
        return {"type": "dict"}
    return _BY_ROLE[parameter.role]


@_once
def item_rules(parameter: Parameter) -> Rules:
    """Cerberus rules of one item of a list of described things."""
    rules: dict[str, Any] = {"among": TEXT}
    for part in parameter.fields:
        rules[part.name.rstrip("_")] = {**_rule(part), "required": part.required}
    return rules


def validate(node: Node, rules: Rules, problems: Problems, *, unknown: str = "SP103") -> bool:
    """Whether a mapping has the shape the rules ask for; what is wrong goes to the problems."""
    if not isinstance(node.value, dict):
        problems.add("SP106", "must be a mapping of keys to values", mark=node.mark)
        return False
    validator = _validator(rules)
    if validator.validate(node.value, normalize=False):
        return True
    for error in _leaves(validator._errors):
        _report(error, node, rules, problems, unknown)
    return False


@_once
def _validator(rules: Rules) -> Validator:
    """The validator of some rules.

    That they are rules is not asked: it takes longer than all that they are asked about a study,
    and the tests ask it of every operation.
    """
    return Validator(UnvalidatedSchema(rules), allow_unknown=False)


def _leaves(found: Iterable[Any]) -> Iterable[Any]:
    for error in found:
        if error.is_group_error and error.child_errors:
            yield from _leaves(error.child_errors)
        else:
            yield error


def _report(error: Any, node: Node, rules: Rules, problems: Problems, unknown: str) -> None:
    path = error.document_path
    mark = node.mark_of(path)
    word = str(path[-1])
    if error.code == errors.UNKNOWN_FIELD.code:
        known = rules if len(path) == 1 else ()
        problems.add(unknown, "is not known here", mark=mark, value=word,
                     hint=close_match(word, known))  # fmt: skip
    elif error.code == errors.REQUIRED_FIELD.code:
        problems.add("SP105", f"{word} is missing", mark=node.mark_of(path[:-1]))
    elif error.code in {errors.UNALLOWED_VALUE.code, errors.UNALLOWED_VALUES.code}:
        value = str(error.value)
        problems.add(
            "SP107", f"is not one of {', '.join(map(str, error.constraint))}",
            mark=_value_mark(node, path), value=value,
            hint=close_match(value, map(str, error.constraint)),
        )  # fmt: skip
    elif error.code == errors.REGEX_MISMATCH.code:
        problems.add("SP111", f"does not read like {_named(error.constraint)}", mark=mark,
                     value=str(error.value))  # fmt: skip
    elif error.code == errors.BAD_TYPE.code:
        problems.add("SP106", f"{word} must be {_kinds(error.constraint)}",
                     mark=_value_mark(node, path), value=_short(error.value))  # fmt: skip
    else:
        problems.add("SP106", f"{word} {_worded(error)}", mark=_value_mark(node, path),
                     value=_short(error.value))  # fmt: skip


def _value_mark(node: Node, path: tuple[Any, ...]) -> Any:
    return node.marks.values.get((*node.route, *path)) or node.mark_of(path)


def _named(pattern: str) -> str:
    if pattern == PRIVATE:
        return "a private name: lower case letters, digits, underscores"
    return "a name: upper case letters and digits, a letter first, eight at most"


def _kinds(constraint: Any) -> str:
    words = {"string": "text", "dict": "a mapping", "list": "a list", "integer": "a whole number",
             "number": "a number", "boolean": "true or false"}  # fmt: skip
    kinds = constraint if isinstance(constraint, list) else [constraint]
    return " or ".join(words[kind] for kind in kinds)


def _worded(error: Any) -> str:
    if error.code == errors.NOT_NULLABLE.code:
        return "has no value"
    if error.rule == "maxlength":
        return f"is longer than {error.constraint}"
    if error.rule == "minlength":
        return "has no entries"
    return f"breaks the rule {error.rule} {error.constraint}"


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
