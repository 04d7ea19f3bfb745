"""Values and arguments of one record as text, and which rows looked through gave its value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd

from controlled_terms.codelists import Codelist
from mappings.arguments import Call
from mappings.columns import missing, settle, texts
from mappings.looked import Looked, Rows, take
from mappings.model import (
    Argument,
    ExpressionArgument,
    ListArgument,
    SortArgument,
)
from mappings.operations import (
    Group,
    Parameter,
    Role,
    SortKey,
    StudyTable,
    TemplateParts,
    VisitForm,
)
from mappings.part import _column
from mappings.problems import Problems

MISSING = "missing"


def shown(value: Any) -> str:
    """A value as text: quoted if it is text, ISO 8601 if it is a date, a word if it is missing."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if value else MISSING
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return MISSING
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, float | np.floating):
        return np.format_float_positional(value, trim="-")
    return str(value)


def call_text(call: Call, keywords: Mapping[str, Any], index: int) -> str:
    """The call of an operation with the values its arguments have on one record."""
    written = [
        f"{parameter.name.rstrip('_')}={_worded(argument, keywords[parameter.name], index)}"
        for parameter, argument in call.body.parameters()
    ]
    supplied = [
        f"{name.rstrip('_')}={_plain(value, index)}"
        for name, value in keywords.items()
        if name not in call.body.arguments and not isinstance(value, Problems | Group)
    ]
    return f"{call.body.operation.name}({', '.join([*written, *supplied])})"


def _worded(argument: Argument, value: Any, index: int) -> str:
    """An argument in words: as written where the text says more than a value, with its value."""
    if isinstance(argument, ExpressionArgument):
        return f"{argument.expression.text} -> {_plain(value, index)}"
    if isinstance(argument, ListArgument) and all(
        isinstance(item, SortArgument) for item in argument.items
    ):
        return f"[{', '.join(_sorting(item) for item in argument.items)}]"
    if isinstance(argument, ListArgument) and isinstance(value, Sequence):
        pairs = zip(argument.items, value, strict=True)
        said = [_worded(item, one, index) for item, one in pairs if _holds(one, index)]
        left = len(argument.items) - len(said)
        return f"[{', '.join([*said, *([f'{left} that do not hold'] if left else [])])}]"
    return _plain(value, index)


def _sorting(argument: Argument) -> str:
    if not isinstance(argument, SortArgument):
        return ""
    return f"{'-' if argument.descending else ''}{argument.name}"


def _holds(item: Any, index: int) -> bool:
    """Whether an item with a condition of its own holds on the record."""
    when = getattr(item, "when", None)
    return when is None or not isinstance(when, pd.Series) or bool(when.iloc[index])


def _plain(value: Any, index: int) -> str:
    if isinstance(value, pd.Series):
        return shown(value.iloc[index])
    if isinstance(value, Looked):
        return _looked(value, index)
    if isinstance(value, Rows):
        return f"{int(np.sum(value.subject == value.here[index]))} rows"
    if isinstance(value, Codelist):
        return f"{value.name} ({value.code})" if value.code else value.name
    if isinstance(value, StudyTable | VisitForm):
        return value.name
    if isinstance(value, TemplateParts):
        return _template(value, index)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_plain(one, index)}' for name, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_plain(one, index) for one in value)}]"
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((part.name, getattr(value, part.name)) for part in fields(value))
        said = [f"{name}: {_plain(one, index)}" for name, one in parts if one is not None]
        return f"{{{', '.join(said)}}}"
    return shown(value)


def _looked(value: Looked, index: int) -> str:
    """What is looked through: its one value, or how many rows there are."""
    pairs = np.flatnonzero(value.record == index)
    name = ".".join(part for part in (value.dataset, value.variable) if part)
    if len(pairs) == 1:
        return shown(value.values.iloc[pairs[0]])
    return f"{len(pairs)} rows of {name}"


def _template(parts: TemplateParts, index: int) -> str:
    values = [shown(column.iloc[index]) for column in parts.columns]
    pieces = [parts.texts[0]]
    for value, text in zip(values, parts.texts[1:], strict=True):
        pieces += ["{", value, "}", text]
    return f"'{''.join(pieces)}'"


def decisive(call: Call, keywords: Mapping[str, Any], index: int, value: Any) -> dict[int, Any]:
    """Masks of the rows that gave the value of one record, by ``id`` of what looks through them.

    Where an order chooses, that is the row the operation takes; elsewhere every row that alone
    would give the same value.
    """
    operation = call.body.operation
    if operation.scope != "aggregate" or shown(value) == MISSING:
        return {}
    looks = list(_looks(call, keywords))
    ordered = any(one.role is Role.ORDER for one in operation.parameters.values())
    choose = _by_order if ordered and operation.result == "same" else _alone
    try:
        return choose(call, keywords, index, value, looks)
    except Exception:
        # A study's own operation may refuse what it never meets in a build; then nothing is marked.
        return {}


Look = tuple[Parameter, Argument, Looked]


def _looks(call: Call, keywords: Mapping[str, Any]) -> list[Look]:
    """What a call looks through, argument by argument."""
    found: list[Look] = []
    for parameter, argument in call.body.parameters():
        if parameter.role not in {Role.RECORDS, Role.EITHER}:
            continue
        value = keywords[parameter.name]
        items = argument.items if isinstance(argument, ListArgument) else (argument,)
        values = value if isinstance(value, list) else [value]
        found += [(parameter, *pair) for pair in zip(items, values, strict=True)]
    return found


def _by_order(
    call: Call, keywords: Mapping[str, Any], index: int, _value: Any, looks: Sequence[Look]
) -> dict[int, Any]:
    """The row an order chooses: the operation is asked for its number instead of its value."""
    (parameter, argument, looked), = looks  # fmt: skip
    pairs = np.flatnonzero(looked.record == index)
    numbers = texts([str(one) for one in range(len(pairs))])
    numbers = numbers.mask(missing(looked.values.iloc[pairs]).to_numpy(), "")
    mine = Looked(np.zeros(len(pairs), dtype=np.int64), looked.row[pairs], numbers, 1)
    given = {name: _on(one, np.array([index]), pairs) for name, one in keywords.items()}
    given[parameter.name] = mine
    (found,) = call.body.operation.function(**given)
    mask = np.zeros(len(pairs), dtype=bool)
    if found != "":
        mask[int(found)] = True
    return {id(argument): mask}


def _alone(
    call: Call, keywords: Mapping[str, Any], index: int, value: Any, looks: Sequence[Look]
) -> dict[int, Any]:
    """The rows that alone give the value: the operation is asked once for each of them."""
    pairs = [np.flatnonzero(looked.record == index) for _, _, looked in looks]
    starts = np.cumsum([0, *map(len, pairs)])
    size = int(starts[-1])
    given = {
        name: _on(one, np.full(size, index), pairs[0] if pairs else np.zeros(0, dtype=np.int64))
        for name, one in keywords.items()
    }
    for (parameter, _, looked), chosen, start in zip(looks, pairs, starts[:-1], strict=True):
        one = Looked(
            np.arange(start, start + len(chosen)), looked.row[chosen],
            take(looked.values, chosen), size, looked.dataset, looked.variable,
        )  # fmt: skip
        if parameter.many:
            given[parameter.name] = [*given.get(parameter.name, []), one]
        else:
            given[parameter.name] = one
    made = settle(call.body.operation.function(**given), _column(call.kind))
    same = np.array([shown(one) == shown(value) for one in made], dtype=bool)
    return {
        id(argument): same[start : start + len(chosen)]
        for (_, argument, _), chosen, start in zip(looks, pairs, starts[:-1], strict=True)
    }


def _on(value: Any, records: np.ndarray, pairs: np.ndarray) -> Any:
    """An argument on some records; a column of an order stands by pairs."""
    if isinstance(value, pd.Series):
        return take(value, records)
    if isinstance(value, Problems):
        return Problems()
    if isinstance(value, Looked):
        return None
    if isinstance(value, list):
        found = [_on(one, records, pairs) for one in value]
        return [one for one in found if one is not None]
    if isinstance(value, SortKey):
        return SortKey(take(value.values, pairs), value.descending)
    return value
