"""The rows of a short table that a value is looked up in, so that a reviewer sees what they say."""

from itertools import compress

import numpy as np
import pandas as pd

from define_xml.places import Place, known_column
from define_xml.wording import shown
from mappings.model import Body, LiteralArgument, NameArgument
from mappings.operations import StudyTable

MOST_ROWS = 16


def looked_up(place: Place, body: Body) -> str:
    """What each row of the table gives, of the rows that may be met; nothing for a long table.

    ``"None" gives "NED", "New" gives "PD"``, or ``15 to 44 gives "Month 1"`` for ranges.
    """
    name = body.arguments.get("table")
    found = None
    if isinstance(name, LiteralArgument):
        found = place.study.table(place.dataset, str(name.value))
    if found is None or not len(found.frame):
        return ""
    if body.operation.name == "lookup_between":
        rows = _ranges(found, body)
    elif body.operation.name == "lookup":
        rows = _pairs(place, found, body)
    else:
        return ""
    said = list(dict.fromkeys(f"{key} gives {value}" for key, value in rows))
    return ", ".join(said) if 0 < len(said) <= MOST_ROWS else ""


def _ranges(table: StudyTable, body: Body) -> list[tuple[str, str]]:
    low, high, given = (table.frame[_word(body, name)] for name in ("low", "high", "give"))
    return [
        (_range(first, last), shown(value))
        for first, last, value in zip(low, high, given, strict=True)
    ]


def _range(first: float, last: float) -> str:
    if pd.isna(first):
        return f"up to {shown(last)}"
    return f"from {shown(first)} on" if pd.isna(last) else f"{shown(first)} to {shown(last)}"


def _pairs(place: Place, table: StudyTable, body: Body) -> list[tuple[str, str]]:
    """Keys and what they give, of the rows that the known values of the place leave."""
    values = getattr(body.arguments["values"], "items", ())
    said = body.arguments.get("keys")
    columns = [
        str(one.value) for one in getattr(said, "items", ()) if isinstance(one, LiteralArgument)
    ]
    columns = columns or [str(column) for column in table.frame.columns[: len(values)]]
    open_columns = []
    left = np.ones(len(table.frame), dtype=bool)
    for column, value in zip(columns, values, strict=True):
        known = known_column(place, value.name, 1) if isinstance(value, NameArgument) else None
        met = set() if known is None else {str(one).casefold() for one in known}
        if met:
            left &= np.array([str(cell).casefold() in met for cell in table.frame[column]])
        if len(met) != 1:
            open_columns.append(column)
    if not open_columns:
        return []
    *keys, given = (
        compress(table.frame[name], left) for name in [*open_columns, _word(body, "give")]
    )
    heads = (" and ".join(map(shown, row)) for row in zip(*keys, strict=True))
    return list(zip(heads, map(shown, given), strict=True))


def _word(body: Body, name: str) -> str:
    argument = body.arguments[name]
    return str(argument.value) if isinstance(argument, LiteralArgument) else ""
