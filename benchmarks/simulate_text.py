"""Text as sites type it: dates, times, numbers and names in several spellings, and CSV bytes.

Days are counted from 1970-01-01 and times in minutes of the day; ``FAR`` is the day of what never
happened and is written as nothing. A ``Scribe`` writes cleanly at disorder 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Array = NDArray[Any]
Table = dict[str, Any]
"""Columns of a form: an object array of text each, or one text that stands in every row."""

FAR = 10**6
ORIGIN = date(1970, 1, 1)
QUOTED = '[",\r\n]'


def day_of(iso: str) -> int:
    """Day number of an ISO date."""
    return (date.fromisoformat(iso) - ORIGIN).days


def calendar(days: Array) -> tuple[Array, Array, Array]:
    """Year, month and day of the month of day numbers."""
    stamps = np.asarray(days, dtype="int64").astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype("int64") + 1970
    month = months.astype("int64") % 12 + 1
    return year, month, (stamps - months).astype("int64") + 1


def rendered(codes: Array, render: Callable[[int], str]) -> Array:
    """Text of each code, rendered once for each distinct code."""
    distinct, place = np.unique(np.asarray(codes, dtype="int64"), return_inverse=True)
    made = np.empty(len(distinct), dtype=object)
    made[:] = [render(int(code)) for code in distinct]
    return made[place]


def numbers(values: Array, decimals: int) -> Array:
    """Numbers with fixed decimals; NaN is nothing."""
    known = np.isfinite(values)
    scaled = np.rint(np.where(known, values, 0) * 10**decimals).astype("int64")
    text = rendered(scaled, lambda code: f"{code / 10**decimals:.{decimals}f}")
    return np.where(known, text, "")


def with_commas(values: Array) -> Array:
    """Whole numbers with a comma at the thousands."""
    return rendered(np.rint(values), lambda code: f"{code:,}")


def iso_dates(days: Array) -> Array:
    """ISO dates; ``FAR`` is nothing."""
    return rendered(
        days, lambda day: "" if day >= FAR else (ORIGIN + timedelta(days=day)).isoformat()
    )


def clock(minutes: Array) -> Array:
    """Times of day as 14:05; a negative time is nothing."""
    return rendered(minutes, lambda m: "" if m < 0 else f"{m // 60:02d}:{m % 60:02d}")


def _date(code: int) -> str:
    """Date text of day * 16 + style * 4 + parts known (3 day, 2 month, 1 year, 0 nothing)."""
    day, style, known = code // 16, code // 4 % 4, code % 4
    if day >= FAR:
        return ""
    when = ORIGIN + timedelta(days=day)
    month, year = when.strftime("%b"), when.year
    forms = (
        ("UNK", f"UNUNK{year}", f"UN{month.upper()}{year}", f"{when.day:02d}{month.upper()}{year}"),
        ("NK", f"UN-UNK-{year}", f"UN {month.upper()} {year}", f"{when.day}-{month}-{year}"),
        ("UNK", f"{year}-UN-UN", f"{year}-{when.month:02d}-UN", when.isoformat()),
        (
            "ND",
            f"UN-UNK-{year}",
            f"UN {month.upper()} {year}",
            f"{year}/{when.month}/{when.day}",
        ),
    )
    return forms[style][known]


def _time(code: int) -> str:
    """Time text of minute * 8 + style."""
    minute, style = code // 8, code % 8
    hour, rest = minute // 60, minute % 60
    half = "AM" if hour < 12 else "PM"
    return (
        f"{hour:02d}:{rest:02d}",
        f"{hour:02d}{rest:02d}",
        f"{hour:02d}:{rest:02d}:30",
        f"{(hour - 1) % 12 + 1}:{rest:02d} {half}",
        f"{hour:02d}:UN",
        "UN:UN",
        "",
    )[style]


@dataclass(frozen=True)
class Scribe:
    """Who fills in the forms; ``disorder`` scales how often a spelling strays from the first."""

    rng: np.random.Generator
    disorder: float

    def slips(self, size: int, rate: float) -> Array:
        """Mask of the records in which something with this rate at disorder 1 goes astray."""
        return self.rng.random(size) < min(rate * self.disorder, 1.0)

    def spelled(self, codes: Array, spellings: Sequence[Sequence[str]], rate: float = 0.5) -> Array:
        """Spelling of each code: the first one, or with the rate any of its spellings."""
        sizes = np.array([len(each) for each in spellings])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype("int64")
        words = np.array([word for each in spellings for word in each], dtype=object)
        codes = np.asarray(codes, dtype="int64")
        other = np.floor(self.rng.random(len(codes)) * sizes[codes]).astype("int64")
        return words[starts[codes] + np.where(self.slips(len(codes), rate), other, 0)]

    def dates(self, days: Array, no_day: float = 0.0, no_month: float = 0.0) -> Array:
        """Dates in mixed styles; the rates say how often the day, or the month too, is unknown."""
        days = np.asarray(days, dtype="int64")
        style = np.where(self.slips(len(days), 0.6), self.rng.integers(0, 4, len(days)), 0)
        known = np.where(self.slips(len(days), no_day), 2, 3)
        known = np.where(self.slips(len(days), no_month), 1, known)
        return rendered(days * 16 + style * 4 + known, _date)

    def times(self, minutes: Array, vague: float = 0.0) -> Array:
        """Times in mixed styles; ``vague`` is how often the time is partly or wholly unknown."""
        minutes = np.asarray(minutes, dtype="int64")
        style = np.where(self.slips(len(minutes), 0.3), self.rng.integers(0, 4, len(minutes)), 0)
        lost = self.slips(len(minutes), vague)
        style = np.where(lost, self.rng.integers(4, 7, len(minutes)), style)
        return rendered(minutes * 8 + style, _time)

    def any_of(self, size: int, words: Sequence[str], weights: Sequence[float] = ()) -> Array:
        """Words drawn at random."""
        shares = np.array(weights) / np.sum(weights) if weights else None
        return np.array(words, dtype=object)[self.rng.choice(len(words), size, p=shares)]

    def minutes(self, size: int, first: int, last: int) -> Array:
        """Times of day between two full hours."""
        return self.rng.integers(first * 60, last * 60, size)


def either(mask: Array, yes: Any, no: Any = "") -> Array:
    """Text column: ``yes`` where the mask holds, ``no`` elsewhere."""
    return np.where(mask, yes, no).astype(object)


def rows_of(table: Table) -> int:
    """Number of rows of a table."""
    return next((len(column) for column in table.values() if not isinstance(column, str)), 0)


def taken(table: Mapping[str, Any], rows: Array) -> Table:
    """Rows of a table by position or mask."""
    return {
        name: column if isinstance(column, str) else column[rows] for name, column in table.items()
    }


def stacked(tables: Sequence[Table]) -> Table:
    """Tables with the same columns, one under the other."""
    return {
        name: np.concatenate(
            [
                np.full(rows_of(table), table[name], dtype=object)
                if isinstance(table[name], str)
                else table[name]
                for table in tables
            ]
        )
        for name in tables[0]
    }


def _cells(column: Any) -> Any:
    """Column as Arrow text, quoted where CSV needs it."""
    if isinstance(column, str):
        column = np.array([column], dtype=object)
        return _cells(column)[0]
    cells = column if isinstance(column, pa.Array) else pa.array(column, type=pa.string())
    data = cells.buffers()[2]
    raw = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, np.uint8)
    if not ((raw == ord(",")) | (raw == ord('"')) | (raw == ord("\n"))).any():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return pc.if_else(pc.match_substring_regex(cells, QUOTED), quoted, cells)


def write_rows(stream: BinaryIO, table: Table, columns: Sequence[str], ending: str) -> None:
    """Append the rows of a table to a CSV file, the columns in this order.

    The rows are joined column by column in Arrow, whose text buffer then is the file's bytes.
    """
    if rows_of(table) == 0:
        return
    cells: list[Any] = []
    for name in columns:
        cells.extend([_cells(table[name]), ","])
    cells[-1] = ending
    lines = pc.binary_join_element_wise(*cells, "")
    start, stop = lines.offset, lines.offset + len(lines)
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
    stream.write(memoryview(lines.buffers()[2])[offsets[start] : offsets[stop]])
