"""Dates as SDTM writes them, known only in part: what they may stand for and how they compare.

ISO 8601 text of a --DTC variable is cut at the right where the rest is unknown (``2024-03``); a
hyphen stands for what is unknown before something known (``2024---15``, ``--03-15``,
``-----T07:15``). A completion is a point in time that such a text may stand for.

Source: SDTMIG 3.4, section 4.4 (dates and times).
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from mappings.columns import DATE, Kind, Remembered, is_text, plain_texts

MISSING, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND = range(7)
SECONDS = np.array([86400, 86400, 86400, 86400, 3600, 60, 1])  # a day is the coarsest we compare by

DATE_FORM = re.compile(r"(\d{4}|-)(?:-(\d\d|-)(?:-(\d\d|-)T?)?)?", re.ASCII)
TIME_FORM = re.compile(r"(?:(\d\d|-)(?::(\d\d|-)(?::(\d\d)(?:\.\d+)?)?)?)?", re.ASCII)
UNKNOWN, UNREADABLE = -1, -2
# A text written in full, sign by sign: where its digits stand, what they count in year to second.
FULL = "0000-00-00T00:00:00"
MARKS = np.frombuffer(FULL.encode(), dtype=np.uint8)
IS_DIGIT = np.array([sign == "0" for sign in FULL])
STARTS = (0, 5, 8, 11, 14, 17, len(FULL) + 1)
PLACES = np.array(
    [
        [10 ** (end - 2 - at) if start <= at < end - 1 else 0 for start, end in pairwise(STARTS)]
        for at in range(len(FULL))
    ]
)
LENGTHS = range(len(FULL) + 2)  # the last stands for all that are longer
PARTS_OF_LENGTH = np.array([[start < length for start in STARTS[:-1]] for length in LENGTHS])
IN_FULL = np.array([length in {10, 16, 19} for length in LENGTHS])
LOWEST = np.array([1, 1, 1, 0, 0, 0])
HIGHEST = np.array([9999, 12, 31, 23, 59, 59])
LEAP_YEAR = 2000  # where the year is unknown, 29 February may be meant

Sign = Literal["==", "!=", "<", "<=", ">", ">="]


class Reading(NamedTuple):
    """What texts may stand for: first and last completion, precision, whether they are dates."""

    first: np.ndarray
    last: np.ndarray
    precision: np.ndarray
    valid: np.ndarray


def completions(dtc: pd.Series) -> pd.DataFrame:
    """Earliest and latest completion of each text, and how far it is known.

    Columns ``first`` and ``last`` (datetime64[s]; the last second of the period) and ``precision``:
    1 year, 2 month, 3 day, 4 hour, 5 minute, 6 second, counted from the left up to the first gap, 0
    for what is missing or no date. Without a year there is no completion. Fractions of a second are
    cut off.
    """
    read = _read(dtc)
    return pd.DataFrame({"first": read.first, "last": read.last, "precision": read.precision})


def full_date(date: pd.Series) -> pd.Series:
    """The day of each date or datetime, text or not; NaT where it is not fully known."""
    if not is_text(date):
        return pd.Series(date.to_numpy("datetime64[D]").astype(DATE))
    read = _read(date)
    days = np.where(read.precision >= DAY, read.first, np.datetime64("NaT", "s"))
    return pd.Series(days.astype("datetime64[D]").astype(DATE))


def is_partial(date: pd.Series) -> pd.Series:
    """Mask of the dates that are known in part, but not to the day."""
    if not is_text(date):
        return pd.Series(np.zeros(len(date), dtype=bool))
    read = _read(date)
    return pd.Series(read.valid & (read.precision < DAY))


def is_iso(dtc: pd.Series) -> pd.Series:
    """Mask of the texts that are a date or datetime, in full or in part."""
    return pd.Series(_read(dtc).valid)


def _reading(dtc: pd.Series) -> Reading:
    if not is_text(dtc):
        raise ValueError(f"ISO 8601 text is read here, not {dtc.dtype}")
    codes, distinct = pd.factorize(dtc, use_na_sentinel=False)
    return Reading(*(values[codes] for values in _complete(plain_texts(distinct))))


def _at(read: Reading, positions: np.ndarray) -> Reading:
    """The reading at some positions, that of nothing where one is -1."""
    absent = positions < 0
    if not absent.any():
        return Reading(*(values[positions] for values in read))
    nothing = _complete([""])
    return Reading(
        *(np.append(values, none)[positions] for values, none in zip(read, nothing, strict=True))
    )


_read = Remembered(_reading, _at)
inherit_reading = _read.inherit


def read_once(dtc: pd.Series) -> None:
    """Have a column of dates read now, so that what is taken from it need not be read again."""
    _read(dtc)


def _complete(texts: Sequence[str]) -> Reading:
    """Completions, precision and validity of distinct texts."""
    parts, readable = _parts(texts)
    known = parts != UNKNOWN
    in_limits = ~known | ((parts >= LOWEST) & (parts <= HIGHEST))
    valid = readable & in_limits.all(axis=1)
    # January and December have 31 days: an unknown month can be either, whatever the day.
    lower = np.where(known & in_limits, parts, LOWEST)
    upper = np.where(known & in_limits, parts, HIGHEST)
    upper[:, 0] = np.where(known[:, 0], upper[:, 0], LEAP_YEAR)
    length = _length(upper)
    valid &= parts[:, 2] <= length
    upper[:, 2] = np.where(known[:, 2], upper[:, 2], length)
    dated = valid & known[:, 0]
    return Reading(
        np.where(dated, _seconds(lower), np.datetime64("NaT", "s")),
        np.where(dated, _seconds(upper), np.datetime64("NaT", "s")),
        np.where(valid, np.cumprod(known, axis=1).sum(axis=1), 0).astype(np.int8),
        valid,
    )


def _parts(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Year to second of each text, -1 for what is unknown, and a mask of the readable texts."""
    parts, found = _in_full(texts)
    others = np.flatnonzero(~found)
    if len(others):
        parts[others], found[others] = _by_form([texts[int(position)] for position in others])
    return parts, found


def _in_full(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Year to second of the texts ``YYYY-MM-DD[Thh:mm[:ss]]``, and a mask of them.

    Most texts are written so, and these are read all at once.
    """
    length = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    size = len(FULL)
    joined = "".join([text[:size].ljust(size) for text in texts])
    if not joined.isascii():
        return np.full((len(texts), 6), UNKNOWN), np.zeros(len(texts), dtype=bool)
    signs = np.frombuffer(joined.encode(), dtype=np.uint8).reshape(-1, size)
    digits = signs - ord("0")  # unsigned: what is below 0 becomes large
    beyond = np.arange(size) >= length[:, None]
    fits = (np.where(IS_DIGIT, digits <= 9, signs == MARKS) | beyond).all(axis=1)
    length = np.minimum(length, size + 1)
    return (
        np.where(PARTS_OF_LENGTH[length], digits @ PLACES, UNKNOWN),
        fits & IN_FULL[length],
    )


def _by_form(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Year to second of each text, -1 for what is unknown, and a mask of the readable texts."""
    cut = [text.find("T") + 1 or len(text) for text in texts]
    days = [text[:end] for text, end in zip(texts, cut, strict=True)]
    times = [text[end:] for text, end in zip(texts, cut, strict=True)]
    parts = np.hstack([_numbers(days, DATE_FORM), _numbers(times, TIME_FORM)])
    with_time = np.array([text.endswith("T") for text in days], dtype=bool)
    given = np.array([text != "" for text in times], dtype=bool)
    readable = (parts[:, 0] != UNREADABLE) & (parts[:, 3] != UNREADABLE) & (with_time == given)
    return parts, readable


def _numbers(texts: Sequence[str], form: re.Pattern[str]) -> np.ndarray:
    """Three numbers for each text, by the groups of the form; the last one written is known."""
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    rows = [[UNREADABLE] * 3] * len(distinct)
    for position, text in enumerate(distinct):
        match = form.fullmatch(text)
        if match and not text.endswith("-"):
            rows[position] = [UNKNOWN if part == "-" else int(part) for part in match.groups("-")]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)[codes]


def _month_starts(parts: np.ndarray, later: int = 0) -> np.ndarray:
    """First day of the months that rows of year, month, … stand in, or of so many months later."""
    months = (parts[:, 0] - 1970) * 12 + parts[:, 1] - 1 + later
    return months.astype("datetime64[M]").astype("datetime64[D]")


def _length(parts: np.ndarray) -> np.ndarray:
    """Number of days of the months that rows of year, month, … stand in."""
    return (_month_starts(parts, later=1) - _month_starts(parts)).astype(np.int64)


def _seconds(parts: np.ndarray) -> np.ndarray:
    """Points in time of rows of year, month, day, hour, minute, second."""
    seconds = parts[:, 2:] @ np.array([86400, 3600, 60, 1]) - 86400
    return _month_starts(parts).astype(DATE) + seconds.astype("timedelta64[s]")


class Span(NamedTuple):
    """What dates may stand for: first and last second since 1970, precision, whether known."""

    first: np.ndarray
    last: np.ndarray
    precision: np.ndarray
    known: np.ndarray


def span(dates: pd.Series, kind: Kind) -> Span:
    """Span of a column of dates, datetimes or ISO texts; a date stands for its whole day."""
    if is_text(dates):
        first, last, precision, _ = _read(dates)
    else:
        first = last = dates.to_numpy(DATE)
        precision = np.full(len(dates), SECOND)
        if kind == "date":
            first = first.astype("datetime64[D]").astype(DATE)
            last, precision = first + np.timedelta64(86399, "s"), np.full(len(dates), DAY)
    known = ~np.isnat(first)
    seconds = [np.where(known, points.astype(np.int64), 0) for points in (first, last)]
    return Span(seconds[0], seconds[1], np.where(known, precision, MISSING), known)


def compare(left: Span, sign: Sign, right: Span) -> tuple[np.ndarray, np.ndarray]:
    """Masks of where a comparison is true and where it is false, for every completion.

    Both sides are cut to the precision they share, a day at least; what is partial stands for all
    its days. Where both masks are false nothing can be said.
    """
    unit = SECONDS[np.minimum(left.precision, right.precision)]
    a, b = left.first // unit, left.last // unit
    c, d = right.first // unit, right.last // unit
    known = left.known & right.known
    if sign in {"==", "!="}:
        same, apart = (a == b) & (c == d) & (a == c), (b < c) | (d < a)
        true, false = (same, apart) if sign == "==" else (apart, same)
    elif sign in {"<", ">="}:
        true, false = (b < c, a >= d) if sign == "<" else (a >= d, b < c)
    else:
        true, false = (b <= c, a > d) if sign == "<=" else (a > d, b <= c)
    return true & known, false & known


def days_between(start: Span, end: Span) -> np.ndarray:
    """Days from start to end on the precision they share; NaN unless both are known to the day.

    With a time on both sides the days have a fraction.
    """
    precision = np.minimum(start.precision, end.precision)
    unit = SECONDS[precision]
    days = (end.first // unit - start.first // unit) * unit / 86400
    return np.where(precision >= DAY, days, np.nan)
