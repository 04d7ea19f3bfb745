"""Dates and times as sites write them, read into ISO 8601 as far as they are known.

    01MAR2024   1-Mar-2024   March 1, 2024   2024-03-01   2024/3/1   MAR2024   2024
    UN MAR 2024   UNUNK2024   2024-03-UN   15 UNK 2024   UNK
    14:05   1405   2:05 PM   14:05:30   14:UN   24:00   2024-03-05T08:10   01MAR2024:10:05

Day and month in digits, other than after the year, are read only in a declared order.
"""

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sdtm.plain_text import clean_text

Order = Literal["dmy", "mdy", "ymd"]

# English whatever the locale: calendar.month_name follows it.
_NAMES = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
MONTHS: Mapping[str, int] = {
    written: number for number, name in enumerate(_NAMES, 1) for written in (name[:3], name)
} | {"SEPT": 9}
# A study has a few thousand different dates and times of day, in however many records.
_KEPT = 1 << 14

UNKNOWN = frozenset({"UN", "UK", "NK", "ND", "UNK", "UNKN", "UNKNOWN", "XX", "XXX", "XXXX"})

_U = "|".join(sorted(UNKNOWN, key=len, reverse=True))
_MONTH_NAME = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))}|{_U})\.?"
_DAY = rf"(?P<day>\d{{1,2}}|{_U})"
_MONTH = rf"(?P<month>\d{{1,2}}|{_U})"
_YEAR = rf"(?P<year>\d{{4}}|{_U})"
_GAP = r"[-/. ]*"
_TIME = r"(?:(?:T|[ :]|, ?)\s*(?P<time>\S.*))?"

# Without an order: nothing in these can be taken for something else.
_PLAIN = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        rf"{_DAY}{_GAP}{_MONTH_NAME}{_GAP}{_YEAR}",
        rf"{_MONTH_NAME} ?(?P<day>\d{{1,2}}), ?(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})(?P<gap>[-/. ]){_MONTH}(?P=gap){_DAY}",
        r"(?P<year>\d{4})---(?P<day>\d{2})",
        rf"(?P<year>\d{{4}})[-/]{_MONTH}",
        r"(?P<month>\d{1,2})[-/](?P<year>\d{4})",
        rf"{_MONTH_NAME}{_GAP}{_YEAR}",
        rf"(?P<day>{_U})[-/. ](?P<month>{_U})[-/. ]{_YEAR}",
        r"(?P<year>\d{4})",
        rf"{_DAY}{_GAP}{_MONTH_NAME}",
    )
)
_IN_DIGITS: Mapping[Order, re.Pattern[str]] = {
    "dmy": re.compile(rf"{_DAY}(?P<gap>[-/. ]){_MONTH}(?P=gap){_YEAR}{_TIME}"),
    "mdy": re.compile(rf"{_MONTH}(?P<gap>[-/. ]){_DAY}(?P=gap){_YEAR}{_TIME}"),
    "ymd": re.compile(rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}}){_TIME}"),
}
_HOUR = rf"(?P<hour>\d{{1,2}}|-|{_U})"
_MINUTE = rf"(?P<minute>\d{{2}}|-|{_U})"
_SECOND = rf"(?P<second>\d{{2}}(?:\.\d+)?|{_U})"
_HALF = r"(?: ?(?P<half>[AP])\.?M\.?)?"
_TIMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_HOUR}:{_MINUTE}(?::{_SECOND})?{_HALF}",
        r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?",
        r"(?P<hour>\d{1,2}) ?(?P<half>[AP])\.?M\.?",
        r"(?P<hour>\d{2})",
    )
)


@dataclass(frozen=True)
class Reading:
    """What was read: ISO 8601 text, missing if nothing is known, and the code of what is wrong.

    ``left_out`` says that a time was given which a date not known to the day cannot carry.
    """

    iso: str = ""
    code: str = ""
    left_out: bool = False


NOTHING = Reading()
NO_DATE = Reading(code="DT511")


@dataclass(frozen=True)
class Clock:
    """A time of day as ISO 8601 text, and whether it is midnight at the end of the day."""

    iso: str = ""
    next_day: bool = False


def read_date(texts: Sequence[str], order: Order | None = None) -> Reading:
    """Date and time of one record, from one text or from a text each."""
    date, *times = (clean_text(text).upper() for text in texts)
    if not date or date in UNKNOWN:
        return Reading(left_out=any(map(_known_time, times)))
    found = _match(date, order)
    if isinstance(found, Reading):
        return found
    found = dict(found)
    given = [time for time in (found.pop("time", ""), *times) if _known_time(time)]
    clock = read_time(given[0]) if given else Clock()
    parts = (found.get(name, "") for name in ("year", "month", "day"))
    reading = _calendar_date(*parts, with_time=bool(given))
    if clock is None or len(given) > 1:
        return Reading(reading.iso, "DT511")
    return _with_time(reading, clock) if len(reading.iso) == len("YYYY-MM-DD") else reading


def _known_time(text: str) -> bool:
    return bool(text) and not set(re.split(r"[: ]", text)) <= UNKNOWN | {"-"}


@lru_cache(_KEPT)
def _match(date: str, order: Order | None) -> Mapping[str, str] | Reading:
    """Named parts of a date, or what is wrong with it."""
    for pattern in _PLAIN if order is None else (*_PLAIN, _IN_DIGITS[order]):
        match = pattern.fullmatch(date)
        if match:
            return {name: part for name, part in match.groupdict().items() if part}
    undeclared = order is None and any(one.fullmatch(date) for one in _IN_DIGITS.values())
    return Reading(code="DT512") if undeclared else NO_DATE


def _number(part: str) -> int | None:
    """Number of a part of a date, None where it is not known."""
    return MONTHS.get(part) or (int(part) if part.isdigit() else None)


@lru_cache(_KEPT)
def _calendar_date(years: str, months: str, days: str, *, with_time: bool) -> Reading:
    """ISO 8601 text of a date as far as it is known; it must be in the calendar."""
    year, month, day = map(_number, (years, months, days))
    limits = ((year, 9999), (month, 12), (day, 31))
    if any(part is not None and not 1 <= part <= most for part, most in limits):
        return NO_DATE
    if day and month and day > calendar.monthrange(year or 2000, month)[1]:
        return NO_DATE
    if year is None:
        # Nothing that was known of the date can be said without its year.
        return Reading(code="DT524") if month or day else Reading(left_out=with_time)
    if month is None:
        return Reading(f"{year:04d}" if day is None else f"{year:04d}---{day:02d}", "", with_time)
    if day is None:
        return Reading(f"{year:04d}-{month:02d}", "", with_time)
    return Reading(f"{year:04d}-{month:02d}-{day:02d}")


@lru_cache(_KEPT)
def read_time(text: str) -> Clock | None:
    """Time of day as far as it is known; None for a text that is none.

    Midnight may be written as 24:00 of the day before.
    """
    match = next((found for form in _TIMES if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    parts = {"half": None, "minute": None, "second": None} | match.groupdict()
    hour, minute = _number(parts["hour"] or ""), _number(parts["minute"] or "")
    second = parts["second"] if (parts["second"] or "")[:1].isdigit() else None
    if parts["half"]:
        if hour is None or not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts["half"] == "P" else 0)
    if (minute or 0) > 59 or float(second or 0) >= 60 or (hour or 0) > 24:
        return None
    next_day = hour == 24
    if next_day and (minute or float(second or 0)):
        return None
    return Clock(_clock_text(0 if next_day else hour, minute, second), next_day)


def _clock_text(hour: int | None, minute: int | None, second: str | None) -> str:
    """ISO 8601 text: cut at the right where nothing more is known, a hyphen for an earlier gap."""
    shown = ["-" if part is None else f"{part:02d}" for part in (hour, minute)]
    shown.append(second or "-")
    while shown and shown[-1] == "-":
        shown.pop()
    return ":".join(shown)


def _with_time(reading: Reading, clock: Clock) -> Reading:
    if not clock.iso:
        return reading
    day = dt.date.fromisoformat(reading.iso)
    if clock.next_day:
        if day == dt.date.max:
            return NO_DATE
        day += dt.timedelta(days=1)
    return Reading(f"{day.isoformat()}T{clock.iso}")
