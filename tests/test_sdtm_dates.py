"""Collected dates to ISO 8601, study days, ages, dates with what is imputed."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import dates, numbers, texts
from mappings.problems import Problems
from sdtm.date_texts import read_date, read_parts
from sdtm.dates import (
    add_months,
    age,
    date_,
    date_text,
    datetime_,
    imputation_flag,
    iso8601,
    iso8601_parts,
    study_day,
)


def codes(problems):
    return [problem.code for problem in problems]


def shown(column):
    return ["" if pd.isna(one) else str(one.date()) for one in column]


@pytest.mark.parametrize(
    ("date", "time", "iso", "code"),
    [
        pytest.param("01MAR2024", "", "2024-03-01", None, id="SAS date"),
        pytest.param("1-Mar-2024", "", "2024-03-01", None, id="with hyphens"),
        pytest.param("01 mar 2024", "", "2024-03-01", None, id="with blanks, in lower case"),
        pytest.param("1 March 2024", "", "2024-03-01", None, id="month in full"),
        pytest.param("March 1, 2024", "", "2024-03-01", None, id="month first, in letters"),
        pytest.param("2024/3/1", "", "2024-03-01", None, id="year first, with slashes"),
        pytest.param("2024-03-01", "", "2024-03-01", None, id="ISO"),
        pytest.param("UN MAR 2024", "", "2024-03", None, id="day unknown"),
        pytest.param("UNMAR2024", "", "2024-03", None, id="day unknown, nothing between"),
        pytest.param("2024-03-UN", "", "2024-03", None, id="day unknown, year first"),
        pytest.param("MAR2024", "", "2024-03", None, id="no day"),
        pytest.param("MAR 2024", "", "2024-03", None, id="no day, with a blank"),
        pytest.param("2024-03", "", "2024-03", None, id="no day, ISO"),
        pytest.param("03/2024", "", "2024-03", None, id="month and year in digits"),
        pytest.param("UN-UNK-2024", "", "2024", None, id="day and month unknown"),
        pytest.param("UNUNK2024", "", "2024", None, id="the same, nothing between"),
        pytest.param("2024-UN-UN", "", "2024", None, id="the same, year first"),
        pytest.param("UN/UN/2024", "", "2024", None, id="the same needs no order"),
        pytest.param("2024", "", "2024", None, id="year alone"),
        pytest.param("15 UNK 2024", "", "2024---15", None, id="month unknown, day known"),
        pytest.param("2024-UN-15", "", "2024---15", None, id="the same, year first"),
        pytest.param("UNK", "", "", None, id="UNK"),
        pytest.param("nk", "", "", None, id="NK in lower case"),
        pytest.param("ND", "", "", None, id="ND"),
        pytest.param("UN UNK UNKN", "", "", None, id="every part unknown"),
        pytest.param("", "", "", None, id="missing"),
        pytest.param("15 MAR UNKN", "", "", "DT524", id="year unknown"),
        pytest.param("15 MAR", "", "", "DT524", id="year missing"),
        pytest.param("29FEB2023", "", "", "DT511", id="not in the calendar"),
        pytest.param("29FEB2024", "", "2024-02-29", None, id="a leap year"),
        pytest.param("2024-13-01", "", "", "DT511", id="a month 13"),
        pytest.param("0000-01-01", "", "", "DT511", id="no year 0"),
        pytest.param("01MAR24", "", "", "DT527", id="a year of two digits"),
        pytest.param("UN-MAR-24", "10:05", "", "DT527", id="the same, day unknown"),
        pytest.param("03/04/24", "", "", "DT512", id="the same, and the order not declared"),
        pytest.param("MAR24", "", "", "DT511", id="the 24th or the year 24"),
        pytest.param("soon", "", "", "DT511", id="a word"),
        pytest.param("01MAR2024", "24:00", "2024-03-02T00:00", None, id="24:00 is the next day"),
        pytest.param("31DEC2024", "24:00", "2025-01-01T00:00", None, id="24:00 of the last day"),
        pytest.param("01MAR2024", "24:30", "2024-03-01", "DT511", id="nothing after 24:00"),
        pytest.param("01MAR2024", "2:05 PM", "2024-03-01T14:05", None, id="12 hours"),
        pytest.param("01MAR2024", "2:05PM", "2024-03-01T14:05", None, id="12 hours, no blank"),
        pytest.param("01MAR2024", "2:05 p.m.", "2024-03-01T14:05", None, id="12 hours, points"),
        pytest.param("01MAR2024", "12:05 AM", "2024-03-01T00:05", None, id="after midnight"),
        pytest.param("01MAR2024", "12:05 PM", "2024-03-01T12:05", None, id="after noon"),
        pytest.param("01MAR2024", "13:05 PM", "2024-03-01", "DT511", id="no 13 of 12 hours"),
        pytest.param("01MAR2024", "1405", "2024-03-01T14:05", None, id="four digits"),
        pytest.param("01MAR2024", "9:05", "2024-03-01T09:05", None, id="hour of one digit"),
        pytest.param("01MAR2024", "14:05:30", "2024-03-01T14:05:30", None, id="seconds"),
        pytest.param("01MAR2024", "14:UN", "2024-03-01T14", None, id="minutes unknown"),
        pytest.param("01MAR2024", "UN:UN", "2024-03-01", None, id="time unknown"),
        pytest.param("01MAR2024", "NK", "2024-03-01", None, id="time unknown, in one word"),
        pytest.param("01MAR2024", "UN:30", "2024-03-01T-:30", None, id="hour unknown"),
        pytest.param("01MAR2024", "25:00", "2024-03-01", "DT511", id="no hour 25"),
        pytest.param("01MAR2024", "14:60", "2024-03-01", "DT511", id="no minute 60"),
        pytest.param("01MAR2024", "noon", "2024-03-01", "DT511", id="a word for a time"),
        pytest.param("UN MAR 2024", "14:05", "2024-03", "DT521", id="no time without a day"),
        pytest.param("", "14:05", "", "DT521", id="no time without a date"),
        pytest.param("03/04/2024", "", "", "DT512", id="order not declared"),
        pytest.param("13/04/2024", "", "", "DT512", id="not even where only one can be meant"),
        pytest.param("UN/03/2024", "", "", "DT512", id="order not declared, day unknown"),
        pytest.param("20240301", "", "", "DT512", id="eight digits, order not declared"),
    ],
)
def test_iso8601(date, time, iso, code):
    problems = Problems()
    assert list(iso8601([texts([date]), texts([time])], problems)) == [iso]
    assert codes(problems) == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        pytest.param("2024-03-05 08:10", "2024-03-05T08:10", id="with a blank"),
        pytest.param("2024-03-05T08:10:22", "2024-03-05T08:10:22", id="ISO"),
        pytest.param("01MAR2024 10:05", "2024-03-01T10:05", id="SAS date and a time"),
        pytest.param("01MAR2024:10:05:00", "2024-03-01T10:05:00", id="SAS datetime"),
        pytest.param("1-Mar-2024 2:05 pm", "2024-03-01T14:05", id="12 hours"),
        pytest.param("2024-03-05 24:00", "2024-03-06T00:00", id="24:00"),
        pytest.param("2024-03-05 UN:UN", "2024-03-05", id="time unknown"),
        pytest.param("2024-03-05", "2024-03-05", id="no time"),
    ],
)
def test_iso8601_of_one_text(text, iso):
    problems = Problems()
    assert list(iso8601([texts([text])], problems)) == [iso]
    assert not len(problems)


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        pytest.param("03/04/2024", "dmy", "2024-04-03", id="day first"),
        pytest.param("03/04/2024", "mdy", "2024-03-04", id="month first"),
        pytest.param("3.4.2024 10:05", "dmy", "2024-04-03T10:05", id="with a time"),
        pytest.param("UN/03/2024", "dmy", "2024-03", id="day unknown"),
        pytest.param("UN/03/2024", "mdy", "2024---03", id="month unknown"),
        pytest.param("20240301", "ymd", "2024-03-01", id="eight digits"),
        pytest.param("2024-03-01", "dmy", "2024-03-01", id="year first is never in doubt"),
        pytest.param("01MAR2024", "mdy", "2024-03-01", id="nor are letters"),
    ],
)
def test_iso8601_in_a_declared_order(text, order, iso):
    problems = Problems()
    assert list(iso8601([texts([text])], problems, order)) == [iso]
    assert not len(problems)


@pytest.mark.parametrize(
    ("text", "order"), [("13/04/2024", "mdy"), ("03/04/2024", "ymd"), ("03/04/224", "dmy")]
)
def test_a_date_against_its_declared_order(text, order):
    problems = Problems()
    assert list(iso8601([texts([text])], problems, order)) == [""]
    assert codes(problems) == ["DT511"]


@pytest.mark.parametrize(
    ("text", "order", "pivot", "iso"),
    [
        pytest.param("01MAR24", None, 50, "2024-03-01", id="below the pivot"),
        pytest.param("01MAR50", None, 50, "1950-03-01", id="at the pivot"),
        pytest.param("01MAR49", None, 50, "2049-03-01", id="the last year below the pivot"),
        pytest.param("1-Mar-99", None, 100, "2099-03-01", id="all of the 2000s"),
        pytest.param("01MAR00", None, 0, "1900-03-01", id="all of the 1900s"),
        pytest.param("29FEB00", None, 50, "2000-02-29", id="2000 was a leap year"),
        pytest.param("UN-MAR-24", None, 50, "2024-03", id="day unknown"),
        pytest.param("UN UNK 24", None, 50, "2024", id="day and month unknown"),
        pytest.param("01 MAR 24", None, 50, "2024-03-01", id="with blanks, no hour 24"),
        pytest.param("March 1, 24", None, 50, "2024-03-01", id="month first, in letters"),
        pytest.param("01MAR24:10:05:00", None, 50, "2024-03-01T10:05:00", id="SAS DATETIME16."),
        pytest.param("01-MAR-24 10:05", None, 50, "2024-03-01T10:05", id="with a time"),
        pytest.param("3/4/24", "dmy", 50, "2024-04-03", id="day first"),
        pytest.param("3/4/24", "mdy", 50, "2024-03-04", id="month first"),
        pytest.param("24/03/04", "ymd", 50, "2024-03-04", id="year first"),
        pytest.param("240304", "ymd", 50, "2024-03-04", id="six digits"),
        pytest.param("3/4/1924", "mdy", 50, "1924-03-04", id="four digits say the century"),
    ],
)
def test_years_of_two_digits_with_a_pivot(text, order, pivot, iso):
    problems = Problems()
    assert list(iso8601([texts([text])], problems, order, pivot)) == [iso]
    assert not len(problems)


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        pytest.param("29FEB23", None, "DT511", id="not in the calendar"),
        pytest.param("15 MAR 10:05", None, "DT524", id="a time is no year"),
        pytest.param("3/4/24", None, "DT512", id="the order is still to be declared"),
    ],
)
def test_what_a_pivot_does_not_make_a_date(text, order, code):
    problems = Problems()
    assert list(iso8601([texts([text])], problems, order, 50)) == [""]
    assert codes(problems) == [code]


def test_a_year_of_two_digits_offers_the_pivot():
    problems = Problems()
    iso8601([texts(["3/4/24"])], problems, "dmy")
    (problem,) = problems
    assert problem.code == "DT527"
    assert problem.hint.startswith("pivot: 50, in the raw form or here")


@pytest.mark.parametrize(
    ("year", "month", "day", "time", "iso", "code"),
    [
        pytest.param("2024", "3", "1", "", "2024-03-01", None, id="digits"),
        pytest.param("2024", "MAR", "01", "", "2024-03-01", None, id="month in letters"),
        pytest.param("2024", "March", "01", "", "2024-03-01", None, id="month in full"),
        pytest.param("2024", "Mar.", "01", "", "2024-03-01", None, id="month with a point"),
        pytest.param("2024", "03", "01", "14:05", "2024-03-01T14:05", None, id="with a time"),
        pytest.param("2024", "12", "31", "24:00", "2025-01-01T00:00", None, id="24:00"),
        pytest.param("2024", "3", "", "", "2024-03", None, id="day missing"),
        pytest.param("2024", "3", "UN", "", "2024-03", None, id="day unknown"),
        pytest.param("2024", "UNK", "UN", "", "2024", None, id="month and day unknown"),
        pytest.param("2024", "", "15", "", "2024---15", None, id="month missing, day known"),
        pytest.param("", "", "", "", "", None, id="all missing"),
        pytest.param("UNK", "UNK", "UN", "", "", None, id="all unknown"),
        pytest.param("", "3", "1", "", "", "DT524", id="year missing"),
        pytest.param("2024", "3", "", "14:05", "2024-03", "DT521", id="no time without a day"),
        pytest.param("", "", "", "14:05", "", "DT521", id="no time without a date"),
        pytest.param("2024", "2", "30", "", "", "DT511", id="not in the calendar"),
        pytest.param("2024", "13", "1", "", "", "DT511", id="a month 13"),
        pytest.param("2024", "3", "first", "", "", "DT511", id="a word for a day"),
        pytest.param("2024", "3", "1", "noon", "2024-03-01", "DT511", id="a word for a time"),
        pytest.param("24", "3", "1", "", "", "DT527", id="a year of two digits"),
    ],
)
def test_iso8601_of_parts(year, month, day, time, iso, code):
    problems = Problems()
    columns = [texts([one]) for one in (month, day, time)]
    assert list(iso8601_parts(texts([year]), problems, *columns)) == [iso]
    assert codes(problems) == ([code] if code else [])


def test_parts_that_are_numbers_not_given_or_of_two_digits():
    made = iso8601_parts(numbers([2024, 98]), Problems(), numbers([3, math.nan]), pivot=50)
    assert list(made) == ["2024-03", "1998"]


def test_a_problem_of_parts_shows_those_that_are_there():
    problems = Problems()
    iso8601_parts(texts(["2024"]), problems, texts([""]), texts(["32"]))
    (problem,) = problems
    assert problem.value == "year 2024, day 32"


def test_the_problem_shows_both_texts_and_counts_records():
    problems = Problems()
    iso8601([texts(["01MAR2024"] * 2), texts(["25:00"] * 2)], problems)
    (problem,) = problems
    assert (problem.value, problem.count) == ("01MAR2024 25:00", 2)


def test_two_times_for_one_date_are_refused():
    problems = Problems()
    assert list(iso8601([texts(["2024-03-05 08:10"]), texts(["08:15"])], problems)) == [
        "2024-03-05"
    ]
    assert codes(problems) == ["DT511"]


def test_more_than_two_texts_are_refused():
    with pytest.raises(ValueError, match="two"):
        iso8601([texts([""])] * 3, Problems())


@given(st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 30)), st.integers(0, 6))
def test_what_was_read_reads_as_itself(point, known):
    text = point.strftime("%m-%dT%H:%M:%S")
    full = f"{point.year:04d}-{text}"
    iso = full[: (0, 4, 7, 10, 13, 16, 19)[known]]
    assert read_date([iso]).iso == iso
    gap = f"{point.year:04d}---{point.day:02d}"
    assert read_date([gap]).iso == gap


@given(
    st.text(max_size=20),
    st.text(max_size=10),
    st.sampled_from([None, "dmy", "mdy", "ymd"]),
    st.sampled_from([None, 50]),
)
def test_any_text_is_read_or_reported(date, time, order, pivot):
    reading = read_date([date, time], order, pivot)
    assert reading.code in {"", "DT511", "DT512", "DT524", "DT527"}


@given(
    st.dates(dt.date(1, 1, 1)),
    st.from_regex(r"[0-2-]?[0-9UN-]:?[0-9]{0,2}(:[0-9]{2})?( [AP]M)?", fullmatch=True),
    st.sampled_from(["T", " ", "  "]),
)
def test_a_time_reads_the_same_beside_its_date_and_in_one_text_with_it(date, time, between):
    if time.strip("UN:-"):  # with nothing known of it, one text is no date and a time
        assert read_date([date.isoformat() + between + time]) == read_date([date.isoformat(), time])


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)), st.sampled_from(["%d%b%y", "%y-%m-%d"])
)
def test_two_digits_of_the_hundred_years_of_a_pivot_read_as_their_date(date, written):
    assert read_date([date.strftime(written)], "ymd", 50).iso == date.isoformat()


@given(st.dates(dt.date(1, 1, 1)), st.sampled_from(["%m", "%b", "%B"]))
def test_a_date_in_parts_is_that_date_in_one_text(date, month):
    made = read_parts(f"{date.year:04d}", date.strftime(month), f"{date.day}", "10:05")
    assert made.iso == f"{date.isoformat()}T10:05"


def test_date_text():
    dtc = texts(["2024-03-01T10:05", "2024-03", "2024---15", "", "2024-03-01"])
    assert list(date_text(dtc)) == ["2024-03-01", "2024-03", "2024---15", "", "2024-03-01"]
    assert list(date_text(dates(["2024-03-01", None]))) == ["2024-03-01", ""]


@pytest.mark.parametrize(
    ("date", "day"),
    [
        pytest.param("2024-03-01", 1, id="the reference day is day 1"),
        pytest.param("2024-03-01T09:00", 1, id="time of day does not matter"),
        pytest.param("2024-02-29", -1, id="there is no day 0"),
        pytest.param("2024-03-29", 29, id="28 days after is day 29"),
        pytest.param("2024-03", math.nan, id="a partial date has no study day"),
        pytest.param("", math.nan, id="a missing date has no study day"),
    ],
)
def test_study_day(date, day):
    (actual,) = study_day(texts([date]), texts(["2024-03-01T10:00"]))
    assert actual == pytest.approx(day, nan_ok=True)


def test_study_day_of_dates_and_of_a_missing_reference():
    made = study_day(dates(["2024-03-29", "2024-03-29"]), dates(["2024-03-01", None]))
    assert made.fillna(-99).tolist() == [29, -99]


@given(st.dates(dt.date(1900, 1, 1)), st.dates(dt.date(1900, 1, 1)))
def test_study_day_is_never_0_and_counts_the_days(date, since):
    (day,) = study_day(texts([date.isoformat()]), texts([since.isoformat()]))
    assert day != 0
    assert (date - since).days == day - (day > 0)


@pytest.mark.parametrize(
    ("birth", "at", "otherwise", "years", "code"),
    [
        pytest.param("1961", "2024-02-10", 62, 62, None, id="year only: the collected age"),
        pytest.param("1961", "2024-02-10", math.nan, math.nan, None, id="year only: no age"),
        pytest.param("1961", "2024-12-31", math.nan, 63, None, id="year only, yet unique"),
        pytest.param("1961-02", "2024-02-10", 63, 63, None, id="month: the collected age"),
        pytest.param("1961-02", "2024-03-01", 60, 63, None, id="month, yet unique"),
        pytest.param("1961-02-10", "2024-02-10", 60, 63, None, id="the birthday"),
        pytest.param("1961-02-10", "2024-02-09T23:59", 60, 62, None, id="the day before"),
        pytest.param("1960-02-29", "2023-02-28", math.nan, 62, None, id="29 February, too early"),
        pytest.param("1960-02-29", "2023-03-01", math.nan, 63, None, id="29 February, 1 March"),
        pytest.param("", "2024-02-10", 62, 62, None, id="no birth date: the collected age"),
        pytest.param("1961-02-10", "", 62, math.nan, None, id="no date to count to"),
        pytest.param("1961", "2024-02-10", 40, 40, "DT523", id="an age that cannot be"),
        pytest.param("2025-01-01", "2024-02-10", 3, math.nan, "DT523", id="born afterwards"),
    ],
)
def test_age(birth, at, otherwise, years, code):
    problems = Problems()
    (actual,) = age(texts([birth]), texts([at]), problems, numbers([otherwise]))
    assert actual == pytest.approx(years, nan_ok=True)
    assert codes(problems) == ([code] if code else [])


def test_age_without_otherwise():
    made = age(texts(["1961", "1961-02-10"]), texts(["2024-02-10"] * 2), Problems())
    assert made.fillna(-1).tolist() == [-1, 63]


@pytest.mark.parametrize(
    ("dtc", "impute", "up_to", "day"),
    [
        pytest.param("2024-03-15T10:00", "none", "month", "2024-03-15", id="complete"),
        pytest.param("2024-03", "none", "month", "", id="partial, nothing imputed"),
        pytest.param("2024-03", "first", "day", "2024-03-01", id="first of the month"),
        pytest.param("2024-02", "last", "day", "2024-02-29", id="last of the month"),
        pytest.param("2024", "first", "day", "", id="month missing, day at most"),
        pytest.param("2024", "first", "month", "2024-01-01", id="first of the year"),
        pytest.param("2024", "last", "month", "2024-12-31", id="last of the year"),
        pytest.param("2024---15", "first", "day", "", id="a gap needs its month"),
        pytest.param("2024---15", "first", "month", "2024-01-15", id="first month of a gap"),
        pytest.param("2024---15", "last", "month", "2024-12-15", id="last month of a gap"),
        pytest.param("", "first", "month", "", id="missing"),
        pytest.param("", "first", "year", "", id="missing, no bound to take"),
    ],
)
def test_date(dtc, impute, up_to, day):
    assert shown(date_(texts([dtc]), impute, up_to)) == [day]


@pytest.mark.parametrize(
    ("dtc", "impute", "up_to", "not_before", "not_after", "day"),
    [
        pytest.param("2024-09", "first", "month", "2024-09-11", "", "2024-09-11", id="moved up"),
        pytest.param("2024-09", "first", "month", "2024-08-11", "", "2024-09-01", id="no need"),
        pytest.param("2024-09", "first", "month", "2024-10-11", "", "2024-09-30", id="capped"),
        pytest.param("2024-09", "first", "month", "", "", "2024-09-01", id="no bound"),
        pytest.param("2024-09", "last", "day", "", "2024-09-20", "2024-09-20", id="moved down"),
        pytest.param("2024-09", "last", "day", "", "2024-08-20", "2024-09-01", id="capped below"),
        pytest.param("2024-09", "last", "day", "", "2024-10-20", "2024-09-30", id="no need down"),
        pytest.param("2024-09-05", "first", "day", "2024-09-11", "", "2024-09-05", id="complete"),
        pytest.param("2024", "first", "month", "2024-05-07", "", "2024-05-07", id="in the year"),
        pytest.param("2024---15", "first", "month", "2024-05-07", "", "2024-01-15", id="a gap"),
        pytest.param("", "first", "year", "2024-05-07", "", "2024-05-07", id="year missing"),
        pytest.param("", "first", "month", "2024-05-07", "", "", id="year may not be imputed"),
        pytest.param("", "last", "year", "", "2024-05-07", "2024-05-07", id="year missing, last"),
    ],
)
def test_date_within_bounds(dtc, impute, up_to, not_before, not_after, day):
    bounds = {"not_before": dates([not_before]), "not_after": dates([not_after])}
    assert shown(date_(texts([dtc]), impute, up_to, **bounds)) == [day]


def test_bounds_may_be_collected_dates():
    made = date_(texts(["2024-09"]), "first", not_before=texts(["2024-09-10T08:00"]))
    assert shown(made) == ["2024-09-10"]


def test_date_of_a_datetime():
    assert shown(date_(dates(["2024-03-01T10:00"]))) == ["2024-03-01"]


@pytest.mark.parametrize(
    ("dtc", "impute", "point"),
    [
        pytest.param("2024-03-01T10:05:30", "none", "2024-03-01T10:05:30", id="complete"),
        pytest.param("2024-03-01T10:05", "none", "2024-03-01T10:05:00", id="seconds count as 0"),
        pytest.param("2024-03-01T10:05", "last", "2024-03-01T10:05:00", id="whatever is imputed"),
        pytest.param("2024-03-01T10", "none", None, id="minutes missing"),
        pytest.param("2024-03-01T10", "first", "2024-03-01T10:00:00", id="first minute"),
        pytest.param("2024-03-01T10", "last", "2024-03-01T10:59:59", id="last minute"),
        pytest.param("2024-03-01", "none", None, id="time missing"),
        pytest.param("2024-03-01", "first", "2024-03-01T00:00:00", id="first of the day"),
        pytest.param("2024-03-01", "last", "2024-03-01T23:59:59", id="last of the day"),
        pytest.param("2024-03", "first", None, id="day missing"),
        pytest.param("", "first", None, id="missing"),
    ],
)
def test_datetime(dtc, impute, point):
    (made,) = datetime_(texts([dtc]), impute)
    assert (None if pd.isna(made) else made.isoformat()) == point


@pytest.mark.parametrize(
    ("of", "part", "flag"),
    [
        pytest.param("2024-03-01", "date", "", id="nothing supplied"),
        pytest.param("2024-03", "date", "D", id="day"),
        pytest.param("2024", "date", "M", id="month and day"),
        pytest.param("2024---15", "date", "M", id="month"),
        pytest.param("", "date", "Y", id="everything"),
        pytest.param("2024-03-01T10:05:30", "time", "", id="no time supplied"),
        pytest.param("2024-03-01T10:05", "time", "S", id="seconds"),
        pytest.param("2024-03-01T10", "time", "M", id="minutes and seconds"),
        pytest.param("2024-03-01", "time", "H", id="hours, minutes and seconds"),
    ],
)
def test_imputation_flag(of, part, flag):
    made = imputation_flag(dates(["2024-03-01", None]), texts([of, of]), part)
    assert list(made) == [flag, ""]


def test_imputation_flag_of_a_date():
    made = imputation_flag(dates(["2024-03-01"] * 2), dates(["2024-03-01", None]))
    assert list(made) == ["", "Y"]


def test_no_records():
    none, problems = texts([]), Problems()
    assert len(iso8601([none, none], problems)) == 0
    assert len(date_text(none)) == 0
    assert len(study_day(none, none)) == 0
    assert len(age(none, none, problems, numbers([]))) == 0
    assert date_(none, "first", not_before=none).dtype == "datetime64[s]"
    assert datetime_(none, "last").dtype == "datetime64[s]"
    assert len(imputation_flag(dates([]), none)) == 0
    assert np.array_equal(list(problems), [])


@pytest.mark.parametrize(
    ("date", "months", "moved"),
    [
        pytest.param("2024-01-15", 180, "2039-01-15", id="15 years"),
        pytest.param("2024-02-29", 12, "2025-02-28", id="29 February, a year without it"),
        pytest.param("2024-02-29", 48, "2028-02-29", id="29 February, a leap year"),
        pytest.param("2024-08-31", 1, "2024-09-30", id="a month without a 31st"),
        pytest.param("2024-03-31", -1, "2024-02-29", id="back"),
        pytest.param("2024-11-30T08:15", 2, "2025-01-30", id="with a time, into the next year"),
        pytest.param("2024-11", 2, "", id="not known to the day"),
        pytest.param("", 2, "", id="missing"),
    ],
)
def test_months_are_added_by_the_calendar(date, months, moved):
    assert shown(add_months(texts([date]), months)) == [moved]


@given(st.dates(dt.date(1800, 1, 1), dt.date(2200, 1, 1)), st.integers(-400, 400))
def test_months_are_added_as_pandas_does(date, months):
    (made,) = shown(add_months(dates([date.isoformat()]), months))
    assert made == str((pd.Timestamp(date) + pd.DateOffset(months=months)).date())
