"""Operations on dates: collected texts to ISO 8601, study days, ages, dates with what is imputed.

Source: SDTMIG 3.4, section 4.4 (dates and times); ADaMIG 1.3, section 3.1.2 (imputation flags).
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from mappings.columns import DATE, by_distinct, is_text, missing, numbers, texts
from mappings.operations import (
    Column,
    Columns,
    Date,
    Datetime,
    Iso,
    Number,
    Text,
    operation,
)
from mappings.partial_dates import DAY, MINUTE, SECOND, YEAR, Span, completions, full_date, span
from mappings.problems import Problems
from sdtm.date_texts import Order, Reading, read_date, read_parts
from sdtm.groups import by_distinct_rows
from sdtm.plain_text import printed

Impute = Literal["none", "first", "last"]

MESSAGES = {
    "DT511": "is not a date or time of the calendar",
    "DT512": "may be day or month first: declare the order",
    "DT524": "has no year, so nothing of it can be said",
    "DT527": "has a year of two digits: declare the pivot",
}
HINTS = {
    "DT512": "order: dmy, mdy or ymd, in the raw form or here",
    "DT527": "pivot: 50, in the raw form or here, makes 50 to 99 the 1900s and 00 to 49 the 2000s",
}
FLAGS = {"date": "YMD", "time": "HMS"}


def span_of(dates: pd.Series) -> Span:
    """What dates of any kind may stand for; midnight stands for its whole day.

    A column does not say whether it holds dates or datetimes, and the answer must not hang on what
    other records hold.
    """
    if is_text(dates):
        return span(dates, "iso")
    day, point = span(dates, "date"), span(dates, "datetime")
    whole = day.first == point.first
    return Span(
        point.first,
        np.where(whole, day.last, point.last),
        np.where(whole, day.precision, point.precision),
        point.known,
    )


@operation(method="{parts} in ISO 8601, as far as known", collected=True)
def iso8601(
    parts: Columns, problems: Problems, order: Order | None = None, pivot: int | None = None
) -> Iso:
    """The date and time of a date text and, if given, a time text, as far as they are known.

    One text may hold both. Day and month in digits are read only in a declared ``order``, a year of
    two digits only with a ``pivot``: from it on they are of the 1900s, below it of the 2000s. A
    time is kept only with a date known to the day; 24:00 is midnight of the day after. What is no
    date is a problem and missing; a date without a year is missing with a warning.
    """
    if len(parts) > 2:
        raise ValueError("a date is made of one text or two; iso8601_parts takes its parts")
    shown = [printed(column) for column in parts]

    def together() -> pd.Series:
        return shown[0] if len(shown) == 1 else (shown[0] + " " + shown[1]).str.strip()

    return _reported(shown, lambda *row: read_date(row, order, pivot), together, problems)


@operation(
    method="Year {year}, month {month}, day {day}, time {time}, in ISO 8601, as far as known",
    collected=True,
)
def iso8601_parts(
    year: Column,
    problems: Problems,
    month: Column | None = None,
    day: Column | None = None,
    time: Column | None = None,
    pivot: int | None = None,
) -> Iso:
    """The date and time of which year, month, day and time stand in a column each.

    A part that is missing or unknown (``UN``, ``UNK``) is left out as ISO 8601 does; a month may be
    written in letters. Years of two digits, times and what is no date are as in ``iso8601``.
    """
    given = {"year": year, "month": month, "day": day, "time": time}
    shown = {
        name: texts("", len(year)) if column is None else printed(column)
        for name, column in given.items()
    }

    def together() -> pd.Series:
        made = pd.Series([""] * len(year))
        for name, column in shown.items():
            made += (f", {name} " + column).where(~missing(column), "")
        return made.str[2:]

    return _reported(list(shown.values()), partial(read_parts, pivot=pivot), together, problems)


def _reported(
    shown: list[pd.Series],
    read: Callable[..., Reading],
    together: Callable[[], pd.Series],
    problems: Problems,
) -> pd.Series:
    """Dates read once for each distinct row of texts; what is wrong is reported by them all."""
    names = ["iso", "code", "left_out"]
    found = by_distinct_rows(shown, names, read)
    wrong, left_out = found["code"].ne("").any(), found["left_out"].any()
    told = together() if wrong or left_out else None
    for code, message in MESSAGES.items() if wrong else ():
        problems.at(found["code"].eq(code), told, code, message, HINTS.get(code, ""))
    if left_out:
        problems.at(found["left_out"], told, "DT521", "has a time without a day, which is left out")
    return texts(found["iso"])


@operation(method="Date part of {dtc}")
def date_text(dtc: Column) -> Text:
    """The date without its time, as text, as far as it is known."""
    if not is_text(dtc):
        return printed(full_date(dtc))
    return by_distinct(
        dtc, lambda distinct: pd.DataFrame({"date": texts([one.split("T")[0] for one in distinct])})
    )["date"]


@operation(
    method="Days from {since} to {date}, plus one on or after {since}; there is no day 0",
    defaults={"since": "DM.RFSTDTC"},
)
def study_day(date: Column, since: Column) -> Number:
    """Number of the day counted from ``since``; missing where either is not known to the day.

    Source: SDTMIG 3.4, section 4.4.4.
    """
    days = (full_date(date) - full_date(since)).dt.days.astype("float64")
    return numbers(days.where(days < 0, days + 1))


@operation(method="{date} plus {months} calendar months")
def add_months(date: Column, months: int) -> Date:
    """The same day of the month so many months later, or earlier where ``months`` is below 0.

    A month without that day gives its last day: a year after 29 February is 28 February. A date
    that is not known to the day is missing. This is what INTNX of SAS does for MONTH and SAME.
    """
    day = full_date(date).to_numpy("datetime64[D]")
    month = day.astype("datetime64[M]")
    moved = month + np.timedelta64(months, "M")
    last = (moved + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return pd.Series(np.minimum(moved.astype("datetime64[D]") + (day - month), last).astype(DATE))


@operation(method="Completed years from {birth} to {at}; where not unique, {otherwise}")
def age(birth: Column, at: Column, problems: Problems, otherwise: Column | None = None) -> Number:
    """Completed years at a date, if every completion of partial dates gives the same number.

    Where they do not, or the birth date is missing, ``otherwise``, which must lie among the
    possible ages; else missing. Who is born on 29 February completes a year on 1 March.
    """
    born, then = _span(birth), _span(at)
    least = _completed_years(born["last"], then["first"])
    most = _completed_years(born["first"], then["last"])
    contradicts = most < 0
    made = pd.Series(np.where((least == most) & ~contradicts, most, np.nan))
    problems.at(contradicts, printed(birth), "DT523", "is a birth after the date of the age")
    if otherwise is None:
        return made
    given = numbers(otherwise)
    apart = made.isna() & ~contradicts & ((given < least) | (given > most))
    problems.at(apart, given, "DT523", "is not an age that the birth date allows")
    return made.where(made.notna() | missing(at) | contradicts, given)


def _span(dates: pd.Series) -> pd.DataFrame:
    """First and last day that each date may be."""
    if is_text(dates):
        return completions(dates)
    return pd.DataFrame({"first": full_date(dates), "last": full_date(dates)})


def _completed_years(birth: pd.Series, at: pd.Series) -> np.ndarray:
    before_birthday = (at.dt.month * 100 + at.dt.day) < (birth.dt.month * 100 + birth.dt.day)
    years = at.dt.year - birth.dt.year - before_birthday
    return years.where(birth.notna() & at.notna()).to_numpy(dtype="float64")


@operation(method="Date of {dtc}, unknown parts taken as the {impute} possible")
def date_(
    dtc: Column,
    impute: Impute = "none",
    up_to: Literal["day", "month", "year"] = "month",
    not_before: Column | None = None,
    not_after: Column | None = None,
) -> Date:
    """The day of a date; one known in part is completed as said, or missing.

    ``up_to`` is the largest part that may be imputed. ``not_before`` and ``not_after`` move an
    imputed day, but never out of the days that the partial date may be. With ``up_to: year`` a
    missing date may be any day and becomes the bound on the side of ``impute``.
    """
    known = full_date(dtc)
    if impute == "none" or not is_text(dtc):
        return known
    days = completions(dtc)
    least = {"day": YEAR + 1, "month": YEAR, "year": YEAR}[up_to]
    allowed = days["precision"].ge(least) & known.isna()
    made = _moved(full_date(days[impute]), dtc, days, not_before, not_after)
    bound = not_before if impute == "first" else not_after
    if up_to == "year" and bound is not None:
        made = made.where(~missing(dtc), full_date(bound))
        allowed |= missing(dtc)
    return known.where(~allowed, made).astype(DATE)


def _moved(
    made: pd.Series,
    dtc: pd.Series,
    days: pd.DataFrame,
    not_before: pd.Series | None,
    not_after: pd.Series | None,
) -> pd.Series:
    """Imputed days moved to their bounds within the days a date may be.

    A date with a gap (``2024---15``) may not be every day of its year, so it is not moved.
    """
    moved = made
    if not_before is not None:
        floor = full_date(not_before)
        moved = moved.where(floor.isna() | (moved >= floor), floor)
    if not_after is not None:
        ceiling = full_date(not_after)
        moved = moved.where(ceiling.isna() | (moved <= ceiling), ceiling)
    first, last = full_date(days["first"]), full_date(days["last"])
    moved = moved.where(~(moved < first), first).where(~(moved > last), last)
    return moved.where(~dtc.str.contains("--", regex=False).astype(bool), made)


@operation(method="Date and time of {dtc}, unknown parts taken as the {impute} possible")
def datetime_(dtc: Column, impute: Impute = "none") -> Datetime:
    """The point in time of a date known to the day, its time completed as said.

    Nothing imputed: missing unless the time is known to the minute. Seconds that were not collected
    count as 0 beside a minute. A date not known to the day is missing: ``date`` completes it.
    """
    if not is_text(dtc):
        return dtc
    read = completions(dtc)
    to_minute = read["precision"] >= MINUTE
    point = read["first"].where(to_minute | (impute != "last"), read["last"])
    return point.where(read["precision"] >= (MINUTE if impute == "none" else DAY)).astype(DATE)


@operation(method="Largest part of the {part} that {of} does not have and {date} has")
def imputation_flag(date: Column, of: Column, part: Literal["date", "time"] = "date") -> Text:
    """Which part of ``of`` the result had to supply: Y, M or D; H, M or S for the time.

    Missing where nothing was supplied or there is no result.

    Source: ADaMIG 1.3, section 3.1.2.
    """
    if is_text(of):
        precision = completions(of)["precision"].to_numpy()
    else:
        precision = np.where(missing(of), 0, SECOND)
    known = np.clip(precision - (DAY if part == "time" else 0), 0, len(FLAGS[part]))
    flags = np.array([*FLAGS[part], ""], dtype=object)[known]
    return texts(np.where(missing(date), "", flags))
