"""Dates and times as sites write them, read into ISO 8601 as far as they are known.

    01MAR2024   1-Mar-2024   March 1, 2024   2024-03-01   2024/3/1   MAR2024   2024
    UN MAR 2024   UNUNK2024   2024-03-UN   15 UNK 2024   UNK
    14:05   1405   2:05 PM   14:05:30   14:UN   24:00   2024-03-05T08:10   01MAR2024:10:05
    01MAR24   1-Mar-24   01MAR24:10:05   3/1/24

Day and month in digits, other than after the year, are read only in a declared order, a year of two
digits only with a declared pivot.
"""

import calendar
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

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
_SHORT = r"(?P<short>\d{2})"
_GAP = r"[-/. ]*"
_TIME = r"(?:(?:T|[ :]|, ?)\s*(?P<time>\S.*))?"
# The end of "15 MAR 10:05" is no year with a time.
_SHORT_TIME = r"(?:(?:T| |, ?)\s*(?P<time>\S.*))?"

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
# With a year of two digits.
_PLAIN_SHORT = tuple(
    map(
        re.compile,
        (
            rf"{_DAY}{_GAP}{_MONTH_NAME}{_GAP}{_SHORT}{_SHORT_TIME}",
            rf"{_DAY}{_MONTH_NAME}{_SHORT}:(?P<time>\S.*:.*)",
            rf"{_MONTH_NAME} ?(?P<day>\d{{1,2}}), ?{_SHORT}{_SHORT_TIME}",
        ),
    )
)
_IN_DIGITS_SHORT: Mapping[Order, re.Pattern[str]] = {
    "dmy": re.compile(rf"{_DAY}(?P<gap>[-/. ]){_MONTH}(?P=gap){_SHORT}{_SHORT_TIME}"),
    "mdy": re.compile(rf"{_MONTH}(?P<gap>[-/. ]){_DAY}(?P=gap){_SHORT}{_SHORT_TIME}"),
    "ymd": re.compile(
        rf"{_SHORT}(?P<gap>[-/. ]?)(?P<month>\d{{2}}|{_U})(?P=gap)"
        rf"(?P<day>\d{{2}}|{_U}){_SHORT_TIME}"
    ),
}
_PART = {
    "year": re.compile(rf"{_YEAR}|{_SHORT}"),
    "month": re.compile(rf"{_MONTH}|{_MONTH_NAME.replace('<month>', '<name>')}"),
    "day": re.compile(_DAY),
}
# Read as a date and a time beside it: nothing else could be meant.
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\S+)")
_ISO_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", re.ASCII)
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


class Reading(NamedTuple):
    """What was read: ISO 8601 text, missing if nothing is known, and the code of what is wrong.

    ``left_out`` says that a time was given which a date not known to the day cannot carry.
    """

    iso: str = ""
    code: str = ""
    left_out: bool = False


NO_DATE = Reading(code="DT511")


class Clock(NamedTuple):
    """A time of day as ISO 8601 text, and whether it is midnight at the end of the day."""

    iso: str = ""
    next_day: bool = False


NO_TIME = Clock("no time")


class Dated(NamedTuple):
    """What a text says of a date, with no time of day and with one, and the time it has itself.

    ``there`` says that a date was found, so that what is wrong with its time is to be told.
    """

    alone: Reading
    timed: Reading
    time: str = ""
    there: bool = False


def read_date(
    texts: Sequence[str], order: Order | None = None, pivot: int | None = None
) -> Reading:
    """Date and time of one record, from one text or from a text each.

    A year of two digits is of the 1900s from ``pivot`` on, of the 2000s below it.
    """
    # Dates and times of day are few, what they make together is not: each is read by itself.
    parts = _ISO.fullmatch(texts[0])
    date, *times = texts if parts is None else (*parts.groups(), *texts[1:])
    return _read(_dated(date, order, pivot), times)


def read_parts(year: str, month: str, day: str, time: str, pivot: int | None = None) -> Reading:
    """Date and time of one record whose year, month, day and time are a text each."""
    found: dict[str, str] = {}
    for name, text in (("year", year), ("month", month), ("day", day)):
        part = clean_text(text).upper()
        match = _PART[name].fullmatch(part)
        if part and match is None:
            return NO_DATE
        if match is not None:
            found |= {"short" if match.lastgroup == "short" else name: part.rstrip(".")}
    dated = _with_century(found, pivot)
    return dated if isinstance(dated, Reading) else _read(_found(dated), [time])


def _read(dated: Dated, times: Sequence[str]) -> Reading:
    """A date and the times beside it put together."""
    given = [clock for clock in map(_clock, (dated.time, *times)) if clock is not None]
    if not given:
        return dated.alone
    reading, clock = dated.timed, given[0]
    if not dated.there:
        return reading
    if clock is NO_TIME or len(given) > 1:
        return Reading(reading.iso, "DT511")
    return _with_time(reading, clock) if len(reading.iso) == len("YYYY-MM-DD") else reading


@lru_cache(_KEPT)
def _dated(text: str, order: Order | None, pivot: int | None) -> Dated:
    """What one text says of a date."""
    date = clean_text(text).upper()
    if not date or date in UNKNOWN:
        return Dated(Reading(), Reading(left_out=True))
    found = _match(date, order, pivot)
    return Dated(found, found) if isinstance(found, Reading) else _found(found)


def _found(parts: Mapping[str, str]) -> Dated:
    """A date by its named parts, one of which may be its time."""
    date = [parts.get(name, "") for name in ("year", "month", "day")]
    alone, timed = (_calendar_date(*date, with_time=with_time) for with_time in (False, True))
    return Dated(alone, timed, parts.get("time", ""), True)


@lru_cache(_KEPT)
def _clock(text: str) -> Clock | None:
    """The time of day in a text, ``NO_TIME`` where it is none; None where nothing is known."""
    if _ISO_TIME.fullmatch(text):
        return Clock(text)
    time = clean_text(text).upper()
    known = time and not set(re.split(r"[: ]", time)) <= UNKNOWN | {"-"}
    return (read_time(time) or NO_TIME) if known else None


def _match(date: str, order: Order | None, pivot: int | None) -> Mapping[str, str] | Reading:
    """Named parts of a date, or what is wrong with it."""
    # Those with a short year come first: "01 MAR 24" has a year of two digits, not an hour.
    for plain, digits in ((_PLAIN_SHORT, _IN_DIGITS_SHORT), (_PLAIN, _IN_DIGITS)):
        for pattern in plain if order is None else (*plain, digits[order]):
            match = pattern.fullmatch(date)
            if match:
                found = {name: part for name, part in match.groupdict().items() if part}
                return _with_century(found, pivot)
    written = (*_IN_DIGITS.values(), *_IN_DIGITS_SHORT.values())
    undeclared = order is None and any(one.fullmatch(date) for one in written)
    return Reading(code="DT512") if undeclared else NO_DATE


def _with_century(found: Mapping[str, str], pivot: int | None) -> Mapping[str, str] | Reading:
    """Parts with a year of four digits in place of one of two, if the pivot is known."""
    if "short" not in found:
        return found
    if pivot is None:
        return Reading(code="DT527")
    return {**found, "year": f"{19 if int(found['short']) >= pivot else 20}{found['short']}"}


def _number(part: str) -> int | None:
    """Number of a part of a date, None where it is not known."""
    return MONTHS.get(part) or (int(part) if part.isdigit() else None)


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
    if not clock.next_day:
        return Reading(f"{reading.iso}T{clock.iso}")
    day = dt.date.fromisoformat(reading.iso)
    if day == dt.date.max:
        return NO_DATE
    return Reading(f"{day + dt.timedelta(days=1)}T{clock.iso}")
