"""Operations that look a value up: in a codelist or in a table of the study."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import is_text, mapped_texts, missing, renumbered, texts
from mappings.looked import take
from mappings.operations import Column, Columns, Same, StudyTable, Table, Terms, Text, operation
from mappings.problems import Problems
from mappings.term_hints import MOST, decode_to_add, named, row_to_add
from sdtm.plain_text import clean_text, comparable, printed

ABSENT, SEVERAL = -1, -2


@operation(
    method="Term of {codelist} that {text} means", defaults={"codelist": "own"}, collected=True
)
def recode(text: Column, codelist: Terms, problems: Problems) -> Text:
    """The term that a collected text means.

    A text without one meaning is an error and missing where the list is closed; where it is
    extensible the text stays, cleaned, and is noted.
    """
    shown = printed(text)
    found = codelist.recode_all(shown[shown.str.strip().ne("")].unique())
    kept = {
        one: answer.value or (clean_text(one) if codelist.extensible else "")
        for one, answer in found.items()
    }
    for status, code, message in (
        ("ambiguous", "CT304", f"means several terms of {named(codelist)}"),
        ("unknown", "CT302", f"is not a term of {named(codelist)}"),
    ):
        unclear = [one for one, answer in found.items() if answer.status == status]
        if unclear:
            code = "CT303" if codelist.extensible else code
            offered = not codelist.extensible and len(unclear) <= MOST
            hint = partial(row_to_add, codelist) if offered else ""
            problems.at(shown.isin(unclear), shown, code, message, hint)
    return texts(shown.map(kept))


@operation(method="Decode of {value} in {codelist}", defaults={"codelist": "argument"})
def decode(value: Column, codelist: Terms, problems: Problems) -> Text:
    """What a submission value stands for; a value without a decode is an error and missing."""
    shown = printed(value)
    decoded = mapped_texts(shown, codelist.decode)
    without = shown.ne("") & decoded.eq("")
    hint = partial(decode_to_add, codelist)
    problems.at(without, shown, "CT307", f"has no decode in {named(codelist)}", hint)
    return decoded


@operation(method="{give} of table {table} for {values}", collected=True)
def lookup(
    values: Columns,
    table: Table,
    give: str,
    problems: Problems,
    keys: list[str] | None = None,
    otherwise: str = "problem",
) -> Same:
    """Cell of the table's row whose keys are the values, compared cleaned and in any case.

    ``keys`` are the table's first columns unless said. A missing value matches a missing cell;
    where every value is missing and no row matches the result is missing. ``otherwise`` says what
    becomes of values no row has: a ``problem``, ``missing``, ``keep`` for the last of the values,
    or any other word for itself. Several matching rows are an error.
    """
    columns = _key_columns(values, table, keys)
    cells = table_column(table, give)
    rows = _matches(values, [table_column(table, name) for name in columns])
    made = take(cells, np.where(rows < 0, -1, rows))
    asked = ~np.logical_and.reduce([missing(column).to_numpy() for column in values])
    several, unmatched = rows == SEVERAL, (rows == ABSENT) & asked
    told = several | unmatched if otherwise == "problem" else several
    shown = _shown(values) if told.any() else None
    problems.at(several, shown, "DT516", f"has several rows in table {table.name}")
    if otherwise == "problem":
        problems.at(unmatched, shown, "DT514", f"has no row in table {table.name}")
    elif otherwise != "missing" and unmatched.any():
        made = made.where(~unmatched, _instead(values[-1], cells, otherwise))
    return made


def _shown(values: Sequence[pd.Series]) -> pd.Series:
    """The values of each record side by side."""
    first, *others = (printed(column) for column in values)
    return first.str.cat(others, sep=" | ") if others else first


def _key_columns(
    values: Sequence[pd.Series], table: StudyTable, keys: Sequence[str] | None
) -> list[str]:
    columns = list(keys or table.frame.columns[: len(values)])
    if len(columns) != len(values):
        raise ValueError(f"{len(values)} values for {len(columns)} keys of table {table.name}")
    return columns


def _instead(last: pd.Series, cells: pd.Series, otherwise: str) -> Any:
    """What stands for a value without a row, in the kind of the cells."""
    if otherwise == "keep":
        if is_text(cells):
            return printed(last)
        if not is_text(last):
            return last
        raise ValueError("a text cannot be kept where the table gives numbers")
    return otherwise if is_text(cells) else float(otherwise)


def table_column(table: StudyTable, name: str) -> pd.Series:
    """Column of a table; ValueError for a name it does not have."""
    if name not in table.frame.columns:
        raise ValueError(f"table {table.name} has no column {name}")
    return renumbered(table.frame[name])


def _matches(values: Sequence[pd.Series], cells: Sequence[pd.Series]) -> np.ndarray:
    """Row of the values of each record, ``ABSENT`` or ``SEVERAL`` where it is not one."""
    size, rows = len(values[0]), len(cells[0])
    codes = np.zeros(size + rows, dtype=np.int64)
    for value, cell in zip(values, cells, strict=True):
        both = pd.concat([comparable(value), comparable(cell)], ignore_index=True)
        own, distinct = pd.factorize(both)
        codes = pd.factorize(codes * len(distinct) + own)[0]
    here, there = codes[:size], codes[size:]
    row = np.full(codes.max(initial=0) + 1, ABSENT)
    row[there] = np.arange(rows)
    row[np.bincount(there, minlength=len(row)) > 1] = SEVERAL
    return row[here]


@operation(method="{give} of the row of table {table} with {value} from {low} to {high}")
def lookup_between(value: Column, table: Table, low: str, high: str, give: str) -> Same:
    """Cell of the table's row whose bounds enclose the value; missing where none does.

    Both bounds belong to the range and a missing one is open. ValueError for ranges that overlap.
    """
    lower = table_column(table, low).fillna(-np.inf).to_numpy(dtype="float64")
    upper = table_column(table, high).fillna(np.inf).to_numpy(dtype="float64")
    order = np.argsort(lower, kind="stable")
    if (upper[order][:-1] >= lower[order][1:]).any():
        raise ValueError(f"ranges of table {table.name} overlap")
    given = value.to_numpy(dtype="float64")
    place = np.searchsorted(lower[order], given, side="right") - 1
    rows = np.where(place < 0, -1, order[place] if len(order) else -1)
    inside = ~np.isnan(given) & (rows >= 0)
    inside[inside] = given[inside] <= upper[rows[inside]]
    return take(table_column(table, give), np.where(inside, rows, -1))
