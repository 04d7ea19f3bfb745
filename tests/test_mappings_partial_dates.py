"""Partial dates: what they may stand for, how far they are known, how they compare."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import dates, texts
from mappings.partial_dates import (
    compare,
    completions,
    days_between,
    full_date,
    is_iso,
    is_partial,
    span,
)


@pytest.mark.parametrize(
    ("dtc", "first", "last", "precision"),
    [
        pytest.param("2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59", 1, id="a year"),
        pytest.param("2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59", 2, id="a month"),
        pytest.param("2023-02", "2023-02-01T00:00:00", "2023-02-28T23:59:59", 2, id="no leap year"),
        pytest.param("2024-03-01", "2024-03-01T00:00:00", "2024-03-01T23:59:59", 3, id="a day"),
        pytest.param("2024-03-01T10", "2024-03-01T10:00:00", "2024-03-01T10:59:59", 4,
                     id="an hour"),
        pytest.param("2024-03-01T10:05", "2024-03-01T10:05:00", "2024-03-01T10:05:59", 5,
                     id="a minute"),
        pytest.param("2024-03-01T10:05:30", "2024-03-01T10:05:30", "2024-03-01T10:05:30", 6,
                     id="a second"),
        pytest.param("2024-03-01T10:05:30.999", "2024-03-01T10:05:30", "2024-03-01T10:05:30", 6,
                     id="a fraction of a second is cut"),
        pytest.param("2024---15", "2024-01-15T00:00:00", "2024-12-15T23:59:59", 1,
                     id="the month is unknown"),
        pytest.param("2024---31", "2024-01-31T00:00:00", "2024-12-31T23:59:59", 1,
                     id="the month is unknown, the day is not in every month"),
        pytest.param("2024-02--T10:05", "2024-02-01T10:05:00", "2024-02-29T10:05:59", 2,
                     id="the day is unknown, the time is not"),
        pytest.param("2024----T10", "2024-01-01T10:00:00", "2024-12-31T10:59:59", 1,
                     id="month and day are unknown, the hour is not"),
        pytest.param("2024-03-01T-:15", "2024-03-01T00:15:00", "2024-03-01T23:15:59", 3,
                     id="the hour is unknown, the minute is not"),
        pytest.param("2024-03-01T13:-:17", "2024-03-01T13:00:17", "2024-03-01T13:59:17", 4,
                     id="the minute is unknown, the second is not"),
        pytest.param("--03-15", "", "", 0, id="the year is unknown"),
        pytest.param("--02-29", "", "", 0, id="29 February of an unknown year"),
        pytest.param("-----T07:15", "", "", 0, id="the date is unknown, the time is not"),
        pytest.param("", "", "", 0, id="missing"),
    ],
)  # fmt: skip
def test_completions(dtc, first, last, precision):
    read = completions(texts([dtc]))
    assert read["precision"].tolist() == [precision]
    assert read["first"].equals(dates([first]))
    assert read["last"].equals(dates([last]))
    assert is_iso(texts([dtc])).tolist() == [dtc != ""]


@pytest.mark.parametrize(
    "dtc",
    [
        pytest.param("01MAR2024", id="not ISO 8601"),
        pytest.param("2024-3-1", id="without leading zeros"),
        pytest.param("20240301", id="the basic format"),
        pytest.param("2024-13", id="month 13"),
        pytest.param("2024-00", id="month 0"),
        pytest.param("2023-02-29", id="29 February of another year"),
        pytest.param("--02-30", id="30 February of any year"),
        pytest.param("0000-01-01", id="year 0"),
        pytest.param("2024-04-31", id="31 April"),
        pytest.param("2024-03-01T24", id="hour 24"),
        pytest.param("2024-03-01T10:60", id="minute 60"),
        pytest.param("2024-03-01T10:05:60", id="second 60"),
        pytest.param("2024-03-01T", id="a T without a time"),
        pytest.param("2024T10:05", id="a time after a year"),
        pytest.param("2024-03T10:05", id="a time after a month"),
        pytest.param("T10:05", id="a time alone"),
        pytest.param("2024-03-01 10:05", id="a blank for the T"),
        pytest.param("2024-03-01t10:05", id="a small t"),
        pytest.param("2024-03-01T1005", id="a time without colons"),
        pytest.param("2024-03-01T10:05Z", id="a time zone"),
        pytest.param("2024-03-01T10.5", id="a fraction of an hour"),
        pytest.param("2024-03-01/2024-03-05", id="an interval"),
        pytest.param("2024-", id="a hyphen at the end"),
        pytest.param("2024---", id="hyphens at the end"),
        pytest.param("2024-03-01T-", id="an unknown hour at the end"),
        pytest.param("-", id="a hyphen"),
        pytest.param("-----", id="hyphens alone"),
        pytest.param(" 2024-03-01", id="a blank before"),
        pytest.param("2024-03-01\n", id="a line break after"),
        pytest.param("٢٠٢٤", id="digits that are not ASCII"),
        pytest.param("TT", id="nothing like a date"),
    ],
)
def test_what_is_no_date(dtc):
    read = completions(texts([dtc]))
    assert read["precision"].tolist() == [0]
    assert read[["first", "last"]].isna().all(axis=None)
    assert not is_iso(texts([dtc]))[0]
    assert not is_partial(texts([dtc]))[0]


@pytest.mark.parametrize(
    ("dtc", "day", "partial"),
    [
        pytest.param("2024-03-01", "2024-03-01", False, id="a day"),
        pytest.param("2024-03-01T10:05", "2024-03-01", False, id="the time is cut"),
        pytest.param("2024-03-01T-:15", "2024-03-01", False, id="an unknown hour"),
        pytest.param("2024-03", "", True, id="a month"),
        pytest.param("2024---01", "", True, id="an unknown month"),
        pytest.param("--03-01", "", True, id="an unknown year"),
        pytest.param("", "", False, id="missing"),
    ],
)
def test_full_and_partial(dtc, day, partial):
    assert full_date(texts([dtc])).equals(dates([day]))
    assert is_partial(texts([dtc])).tolist() == [partial]


def test_dates_and_datetimes_are_full():
    column = dates(["2024-03-01T10:05:30", "1969-12-31T23:59:59", ""])
    assert full_date(column).equals(dates(["2024-03-01", "1969-12-31", ""]))
    assert is_partial(column).tolist() == [False] * 3


def test_dtypes_hold_without_records():
    read = completions(texts([]))
    assert [str(dtype) for dtype in read.dtypes] == ["datetime64[s]", "datetime64[s]", "int8"]
    assert str(full_date(texts([])).dtype) == "datetime64[s]"


def test_only_text_has_completions():
    with pytest.raises(ValueError, match="not datetime64"):
        completions(dates(["2024-03-01"]))


def one(value, kind="iso"):
    return span(texts([value]) if kind == "iso" else dates([value]), kind)


@pytest.mark.parametrize(
    ("left", "sign", "right", "result"),
    [
        pytest.param("2024-03-01", "<", "2024-03-02", True, id="days"),
        pytest.param("2024-03-01", "<", "2024-03-01T10:05", False, id="a day and its time"),
        pytest.param("2024-03-01", "==", "2024-03-01T10:05", True, id="common precision: a day"),
        pytest.param("2024-03-01T10", "==", "2024-03-01T10:05", True, id="an hour"),
        pytest.param("2024-03-01T10:04", "<", "2024-03-01T10:05:30", True, id="a minute"),
        pytest.param("2024-02", "<", "2024-03-01", True, id="every day of the month is before"),
        pytest.param("2024-02", "<", "2024-02-29", None, id="all days but one are before"),
        pytest.param("2024-02", "<=", "2024-02-29", True, id="no day is after"),
        pytest.param("2024-02", "<=", "2024-02-28", None, id="one day is after"),
        pytest.param("2024-02", ">", "2024-02-29", False, id="no day can be after"),
        pytest.param("2024-02", ">", "2024-02-01", None, id="all days but one are after"),
        pytest.param("2024-02", ">=", "2024-02-01", True, id="no day is before the first"),
        pytest.param("2024-02", "<=", "2024-02-29T08:00", True, id="a month and a time, by day"),
        pytest.param("2024", "<", "2025-01", True, id="both partial"),
        pytest.param("2024", "<", "2024-12", None, id="both partial, they overlap"),
        pytest.param("2024---15", "<", "2024-12-16", True, id="an unknown month"),
        pytest.param("2024-02", "==", "2024-02-10", None, id="a partial date may be equal"),
        pytest.param("2024-02", "==", "2024-03-10", False, id="or cannot be"),
        pytest.param("2024-02", "!=", "2024-03-10", True, id="and so differs"),
        pytest.param("2024-02", "!=", "2024-02-10", None, id="or may differ"),
        pytest.param("2024-02", "==", "2024-02", None, id="two partial dates are not one date"),
        pytest.param("", "==", "2024-03-01", None, id="missing on the left"),
        pytest.param("2024-03-01", "!=", "", None, id="missing on the right"),
        pytest.param("--03-01", "<", "2024-03-01", None, id="without a year"),
    ],
)
def test_compare(left, sign, right, result):
    true, false = compare(one(left), sign, one(right))
    assert (true.tolist(), false.tolist()) == ([result is True], [result is False])


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        pytest.param("date", True, id="a date stands for its day"),
        pytest.param("datetime", False, id="a datetime for its second"),
    ],
)
def test_span_of_dates(kind, result):
    moment = one("2024-03-01T10:05:30", kind)
    true, _ = compare(moment, "==", one("2024-03-01T10:05:29"))
    assert true.tolist() == [result]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param("2024-02-28", "2024-03-01", 2, id="days"),
        pytest.param("2024-03-01", "2024-02-28", -2, id="backwards"),
        pytest.param("2024-03-01T12:00", "2024-03-02T18:00", 1.25, id="with a fraction"),
        pytest.param("2024-03-01T12:00", "2024-03-02", 1, id="a time on one side only"),
        pytest.param("2024-03", "2024-03-02", math.nan, id="partial"),
        pytest.param("2024-03-01", "", math.nan, id="missing"),
    ],
)
def test_days_between(start, end, days):
    assert days_between(one(start), one(end)).tolist() == pytest.approx([days], nan_ok=True)


@st.composite
def partial(draw):
    """A date or datetime cut anywhere, with what it stands for as parts."""
    moment = draw(st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2100-12-31")))
    written = moment.strftime("%Y-%m-%dT%H:%M:%S")
    length = draw(st.sampled_from([4, 7, 10, 13, 16, 19]))
    return written[:length], pd.Timestamp(written)


@given(st.lists(partial(), max_size=8))
def test_a_cut_date_still_holds_its_moment(cases):
    written = texts([text for text, _ in cases])
    read = completions(written)
    moments = pd.Series([moment for _, moment in cases], dtype="datetime64[s]")
    assert (read["first"] <= moments).all()
    assert (moments <= read["last"]).all()
    lengths = np.array([0, 4, 7, 10, 13, 16, 19])[read["precision"]]
    again = read["first"].dt.strftime("%Y-%m-%dT%H:%M:%S").tolist()
    printed = [text[:length] for text, length in zip(again, lengths, strict=True)]
    assert printed == written.tolist()


@given(partial(), partial())
def test_a_comparison_and_its_opposite_never_agree(left, right):
    for sign, opposite in (("<", ">="), ("<=", ">"), ("==", "!=")):
        true, false = compare(one(left[0]), sign, one(right[0]))
        assert (false, true) == compare(one(left[0]), opposite, one(right[0]))
        assert not (true & false).any()


@given(partial(), partial())
def test_what_is_true_holds_for_the_moments_by_day(left, right):
    true, _ = compare(one(left[0]), "<=", one(right[0]))
    if true[0]:
        assert left[1].normalize() <= right[1].normalize()


@given(st.text(max_size=12))
def test_any_text_is_read(text):
    assert completions(texts([text]))["precision"].between(0, 6).all()


@given(
    st.from_regex(
        r"[0-2-][0-9]{3}[-.][0-9]{2}-[0-9]{2}([T ][0-9]{2}[:.][0-9]{2}(:[0-9]{2})?)?Z?",
        fullmatch=True,
    )
)
def test_a_text_written_in_full_reads_as_it_does_among_others(text):
    # One that is not ASCII has all of them read by their form.
    by_form = completions(texts([text, "é"])).iloc[:1]
    pd.testing.assert_frame_equal(completions(texts([text])), by_form)
