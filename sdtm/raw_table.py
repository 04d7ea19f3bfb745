"""One raw file as text: what every reader gives back, whatever the file was."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mappings.problems import EXAMPLES, Example, Mark, Problems
from mappings.raw_form import RawForm

ROW = "row"
DELIMITERS = (";", "\t", "|", ",")


@dataclass(frozen=True)
class RawTable:
    """Columns of text, the names above them, and the row of the file each record starts on.

    A column without a name has the name ``""``; ``header`` is the row that holds the names, 0 in
    files that keep names apart from their rows.
    """

    names: tuple[str, ...]
    columns: tuple[Any, ...]
    rows: np.ndarray
    header: int = 0


def named_table(table: RawTable, form: RawForm, problems: Problems) -> RawTable | None:
    """The table without unnamed columns; None where its names leave a value without a place.

    An unnamed column is dropped if it is empty, as spreadsheets leave them behind the last column.
    """
    named: dict[str, int] = {}
    sound = True
    for place, name in enumerate(table.names):
        if not name:
            sound &= _is_empty(table, place, form, problems)
        elif name == ROW or name in named:
            problems.add(
                "DT503",
                "is the name of the row number, which a column may not have"
                if name == ROW
                else f"stands twice, as columns {named[name] + 1} and {place + 1}",
                mark=Mark(form.file, max(table.header, 1), place + 1),
                variable=f"{form.name}.{name}",
            )
            sound = False
        else:
            named[name] = place
    if not sound:
        return None
    columns = tuple(table.columns[place] for place in named.values())
    return RawTable(tuple(named), columns, table.rows, table.header)


def _is_empty(table: RawTable, place: int, form: RawForm, problems: Problems) -> bool:
    filled = np.flatnonzero(_array(pc.not_equal(table.columns[place], "")))
    if len(filled):
        lines = table.rows[filled]
        problems.add(
            "DT504",
            f"column {place + 1} holds values but has no name",
            mark=Mark(form.file, int(lines[0]), place + 1),
            count=len(lines),
            examples=row_examples(form, lines),
        )
    return not len(filled)


def other_delimiter(names: Sequence[str]) -> str:
    """Hint that offers another delimiter where the names of a text file look parted by it."""
    counts = {mark: sum(name.count(mark) for name in names) for mark in DELIMITERS}
    mark = max(DELIMITERS, key=lambda one: counts[one])
    if counts[mark] < max(len(names), 1):
        return ""
    return f"delimiter: {json.dumps(mark)} in the raw form, if that parts the columns"


def row_examples(form: RawForm, rows: Any) -> tuple[Example, ...]:
    """The first few rows of a file as examples of a problem."""
    return tuple(Example("", form.file, int(row)) for row in rows[:EXAMPLES])


def unreadable(wrong: Exception, form: RawForm, problems: Problems) -> None:
    """Note that a file is not what its name says, with the reason its library gives."""
    reason = str(wrong).strip().splitlines()[0] if str(wrong).strip() else type(wrong).__name__
    problems.add("DT501", f"cannot be read: {reason}", mark=Mark(form.file, 1))


def without_blanks(table: RawTable) -> RawTable:
    """The table with blank values as ``""`` and without the rows that hold nothing else.

    A value that is not blank keeps the white space around it: it is text as collected.
    """
    columns = tuple(pc.if_else(pc.utf8_is_space(c), "", c) for c in table.columns)
    empty = np.arange(len(table.rows))
    for column in columns:
        if not len(empty):
            return RawTable(table.names, columns, table.rows, table.header)
        empty = empty[_array(pc.equal(column.take(pa.array(empty)), ""))]
    kept = np.ones(len(table.rows), dtype=bool)
    kept[empty] = False
    mask = pa.array(kept)
    columns = tuple(column.filter(mask) for column in columns)
    return RawTable(table.names, columns, table.rows[kept], table.header)


def _array(mask: Any) -> np.ndarray:
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)
