"""Looking through other records of the subject."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import dates, numbers, texts
from mappings.looked import Looked
from mappings.operations import SortKey
from mappings.problems import Problems
from sdtm.aggregates import (
    count,
    count_distinct,
    earliest,
    exists,
    first,
    first_date,
    largest,
    last,
    last_date,
    latest,
    list_,
    only,
    smallest,
    total,
)


def codes(problems):
    return [(problem.code, problem.value, problem.count) for problem in problems]


def looked(groups, kind=texts):
    """What each record sees: a list of values for each of them."""
    record = np.repeat(np.arange(len(groups)), [len(group) for group in groups]).astype(np.int64)
    values = kind([value for group in groups for value in group])
    return Looked(record, np.arange(len(record)), values, len(groups), "EX", "EXDOSE")


def ordered(groups, kind=numbers, *, descending=False):
    return [SortKey(looked(groups, kind).values, descending)]


def shown(column):
    return ["" if pd.isna(one) else str(one.date()) for one in column]


@pytest.mark.parametrize(
    ("seen", "value", "problem"),
    [
        pytest.param(["A"], "A", [], id="one"),
        pytest.param(["A", "A"], "A", [], id="one value twice"),
        pytest.param(["", "A"], "A", [], id="missing values do not count"),
        pytest.param([""], "", [], id="missing values only"),
        pytest.param([], "", [], id="no record"),
        pytest.param(["A", "A", "B", "C"], "", [("DT516", "A, B", 1)], id="several values"),
    ],
)
def test_only(seen, value, problem):
    problems = Problems()
    assert list(only(looked([["X"], seen]), problems)) == ["X", value]
    assert codes(problems) == problem


def test_only_keeps_the_kind():
    assert only(looked([[1.5, 1.5], []], numbers), Problems()).fillna(-1).tolist() == [1.5, -1]
    assert shown(only(looked([["2024-03-01"], []], dates), Problems())) == ["2024-03-01", ""]


SEEN = [["b", "a", ""], ["c", "d", "e"], [], [""]]
PLACE = [[2, 3, 1], [1, np.nan, 2], [], [1]]


def test_first_and_last_of_the_records_that_have_a_value():
    values, problems = looked(SEEN), Problems()
    assert list(first(values, ordered(PLACE), problems)) == ["b", "d", "", ""]
    assert list(last(values, ordered(PLACE), problems)) == ["a", "e", "", ""]
    assert not len(problems)


def test_a_reversed_order_puts_missing_last():
    backwards, problems = ordered(PLACE, descending=True), Problems()
    assert list(first(looked(SEEN), backwards, problems)) == ["a", "e", "", ""]
    assert list(last(looked(SEEN), backwards, problems)) == ["b", "d", "", ""]


def test_a_tie_is_decided_by_the_row_number_and_noted():
    values, order, problems = looked([["a", "b", "c"]]), ordered([[1, 1, 2]]), Problems()
    assert list(first(values, order, problems)) == ["a"]
    assert codes(problems) == [("DT517", "a", 1)]
    values, order, problems = looked([["a", "b", "c"]]), ordered([[1, 2, 2]]), Problems()
    assert list(last(values, order, problems)) == ["c"]
    assert codes(problems) == [("DT517", "c", 1)]
    assert list(first(values, order, quiet := Problems())) == ["a"]
    assert not len(quiet)


@pytest.mark.parametrize(
    ("seen", "compare", "least", "most"),
    [
        pytest.param(["2024-03-02", "2024-03-01"], None, "2024-03-01", "2024-03-02", id="full"),
        pytest.param(["2024-03", "2024-03-15"], None, "2024-03", "2024-03", id="partial"),
        pytest.param(["2024-03", "2024-03-15"], "first", "2024-03", "2024-03-15", id="first day"),
        pytest.param(["2024-03", "2024-03-15"], "last", "2024-03-15", "2024-03", id="last day"),
        pytest.param(
            ["2024-03-01T10:20", "2024-03-01T10:00"],
            None, "2024-03-01T10:00", "2024-03-01T10:20", id="with times",
        ),
        pytest.param(["", "2024-03-01"], None, "2024-03-01", "2024-03-01", id="missing left out"),
        pytest.param([""], None, "", "", id="missing only"),
        pytest.param([], None, "", "", id="no record"),
    ],
)  # fmt: skip
def test_earliest_and_latest_give_the_text_as_collected(seen, compare, least, most):
    how = {"compare": compare} if compare else {}
    assert list(earliest([looked([seen])], **how)) == [least]
    assert list(latest([looked([seen])], **how)) == [most]


def test_several_sources():
    sources = [looked([["2024-03-02"], []]), looked([["2024-03-01", "2024-03-05"], ["2024-01"]])]
    assert list(earliest(sources)) == ["2024-03-01", "2024-01"]
    assert list(latest(sources)) == ["2024-03-05", "2024-01"]


@pytest.mark.parametrize(
    ("until", "most"),
    [
        pytest.param("2024-03-10", "2024-03-10T09:00", id="the day itself is not later"),
        pytest.param("2024-03-09", "2024-03", id="a partial date that may be before is not later"),
        pytest.param("2024-02-28", "2024-01-05", id="all later ones are left out"),
        pytest.param("2023-12-31", "", id="nothing left"),
        pytest.param("", "2024-03", id="no limit: the last completion decides"),
    ],
)
def test_until(until, most):
    seen = looked([["2024-03-10T09:00", "2024-03", "2024-01-05"]])
    compare = "first" if until == "2024-03-10" else "last"
    assert list(latest([seen], compare, texts([until]))) == [most]


@pytest.mark.parametrize("others", [[], ["2024-03-01T09:00"]])
def test_an_end_that_is_a_day_holds_all_of_it_whatever_other_records_hold(others):
    seen = looked([["2024-03-10T09:00"], *([one] for one in others)], dates)
    until = dates(["2024-03-10", *others])
    assert shown(latest([seen], until=until))[0] == "2024-03-10"


def test_dates_keep_their_kind():
    made = earliest([looked([["2024-03-02", "2024-03-01"], []], dates)])
    assert made.dtype == "datetime64[s]"
    assert shown(made) == ["2024-03-01", ""]
    with pytest.raises(ValueError, match="kinds"):
        earliest([looked([["2024-03-02"]]), looked([["2024-03-02"]], dates)])
    with pytest.raises(ValueError, match="different records"):
        earliest([looked([["2024-03-02"]]), looked([["2024-03-02"], []])])


def test_first_date_and_last_date():
    seen = looked([["2024-03", "2024-04-02T10:00", "2024-03-20"], ["2024-03"], []])
    assert shown(first_date([seen])) == ["2024-03-20", "", ""]
    assert shown(last_date([seen])) == ["2024-04-02", "", ""]
    assert shown(first_date([seen], "first")) == ["2024-03-01", "2024-03-01", ""]
    assert shown(first_date([seen], "last")) == ["2024-03-20", "2024-03-31", ""]
    limit = texts(["2024-04-01", "", ""])
    assert shown(last_date([seen], until=limit)) == ["2024-03-20", "", ""]
    assert shown(last_date([seen], until=dates(["2024-04-02", None, None])))[0] == "2024-04-02"


def test_dates_of_two_kinds_have_a_first_day():
    sources = [looked([["2024-03-20"]]), looked([["2024-03-02"]], dates)]
    assert shown(first_date(sources)) == ["2024-03-02"]


def test_smallest_and_largest():
    seen = looked([[3, -1, np.nan], [np.nan], []], numbers)
    assert smallest(seen).fillna(-99).tolist() == [-1, -99, -99]
    assert largest(seen).fillna(-99).tolist() == [3, -99, -99]


@pytest.mark.parametrize(
    ("seen", "decimals", "value"),
    [
        pytest.param([60.0, 63.0], 3, 123, id="two bags"),
        pytest.param([0.1, 0.2], None, 0.3, id="digits as printed"),
        pytest.param([0.333, 0.334, 0.333], 0, 1, id="rounded"),
        pytest.param([1.005, 1.0], 2, 2.01, id="half up"),
        pytest.param([], None, np.nan, id="no record"),
    ],
)
def test_total(seen, decimals, value):
    problems = Problems()
    (actual,) = total(looked([seen], numbers), problems, decimals)
    assert actual == pytest.approx(value, nan_ok=True, abs=0, rel=0)
    assert not len(problems)


def test_a_total_with_a_missing_value_is_missing_and_reported():
    problems = Problems()
    made = total(looked([[1, np.nan], [2], []], numbers), problems)
    assert made.fillna(-1).tolist() == [-1, 2, -1]
    assert codes(problems) == [("DT524", "", 1)]


def test_counts_and_existence():
    seen = looked([["a", "a", "b", ""], [""], []])
    assert count(seen).tolist() == [3, 0, 0]
    assert count_distinct(seen).tolist() == [2, 0, 0]
    assert list(exists(seen)) == ["Y", "", ""]
    assert list(exists(seen, "Y", "N")) == ["Y", "N", "N"]


def test_list():
    seen = looked([["b", "a", "b", ""], ["x"], []])
    order = ordered([[2, 1, 3, 0], [1], []])
    assert list(list_(seen, "; ", order)) == ["a; b", "x", ""]
    assert list(list_(seen, "; ", order, distinct=False)) == ["a; b; b", "x", ""]
    lots = looked([[2, 1.5]], numbers)
    assert list(list_(lots, ",", [SortKey(lots.values)])) == ["1.5,2"]


@given(
    st.lists(
        st.lists(st.sampled_from(["2024", "2024-03", "2024-03-01", "2024-05-02", ""]), max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_the_order_of_the_rows_does_not_change_an_extreme(groups):
    backwards = [group[::-1] for group in groups]
    assert list(earliest([looked(groups)])) == list(earliest([looked(backwards)]))
    assert list(last_date([looked(groups)], "last").fillna(pd.Timestamp(0))) == list(
        last_date([looked(backwards)], "last").fillna(pd.Timestamp(0))
    )


@pytest.mark.parametrize("size", [0, 2])
def test_nothing_to_look_through(size):
    none, some, problems = looked([[]] * size), looked([[]] * size, numbers), Problems()
    order = [SortKey(none.values)]
    for made in (
        only(none, problems), first(none, order, problems), last(none, order, problems),
        earliest([none]), latest([none], until=texts([""] * size)), exists(none),
        list_(none, ",", order),
    ):  # fmt: skip
        assert list(made) == [""] * size
    for made in (smallest(some), largest(some), total(some, problems), first_date([none])):
        assert list(made.isna()) == [True] * size
    assert list(count(none)) == list(count_distinct(none)) == [0] * size
    assert not len(problems)
