"""Operations that see the other records of the dataset."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import numbers, texts
from mappings.operations import Group, SortKey
from mappings.problems import Problems
from sdtm.scopes import flag_first, flag_last, last_before, number_within


def group(subject, competing=None, row=None):
    size = len(subject)
    return Group(
        np.array(subject, dtype=np.int64),
        np.ones(size, dtype=bool) if competing is None else np.array(competing, dtype=bool),
        np.arange(size) if row is None else np.array(row),
    )


def keys(values, *, descending=False):
    return [SortKey(numbers(values), descending)]


def codes(problems):
    return [(problem.code, problem.count) for problem in problems]


def test_one_record_of_each_subject():
    place, who, problems = keys([2, 1, 3, 5, 4]), group([0, 0, 0, 1, 1]), Problems()
    assert list(flag_first(place, who, problems)) == ["", "Y", "", "", "Y"]
    assert list(flag_last(place, who, problems, yes="X")) == ["", "", "X", "X", ""]
    assert number_within(place, who, problems).tolist() == [2, 1, 3, 2, 1]
    assert not len(problems)


def test_only_records_that_compete():
    who = group([0, 0, 0], [True, False, True])
    place, problems = keys([2, 1, 3]), Problems()
    assert list(flag_first(place, who, problems)) == ["Y", "", ""]
    assert number_within(place, who, problems).fillna(-1).tolist() == [1, -1, 2]


def test_by_and_records_without_it():
    by, problems = [texts(["A", "B", "A", "", ""])], Problems()
    who, place = group([0] * 5), keys([1, 2, 3, 5, 4])
    assert list(flag_first(place, who, problems, by)) == ["Y", "Y", "", "", "Y"]
    assert number_within(place, who, problems, by).tolist() == [1, 1, 2, 2, 1]
    by = [*by, numbers([1, 1, 2, np.nan, np.nan])]
    assert list(flag_first(place, who, problems, by)) == ["Y", "Y", "Y", "", "Y"]


def test_reversed_order_and_missing_values():
    who, problems = group([0, 0, 0]), Problems()
    assert list(flag_first(keys([2, np.nan, 3]), who, problems)) == ["", "Y", ""]
    assert list(flag_first(keys([2, np.nan, 3], descending=True), who, problems)) == ["", "", "Y"]
    assert list(flag_last(keys([2, np.nan, 3], descending=True), who, problems)) == ["", "Y", ""]


def test_ties_are_decided_by_the_row_number_and_noted():
    who, place = group([0, 0, 0], row=[7, 5, 6]), keys([1, 1, 2])
    problems = Problems()
    assert list(flag_first(place, who, problems)) == ["", "Y", ""]
    assert codes(problems) == [("DT517", 1)]
    assert list(flag_last(place, who, quiet := Problems())) == ["", "", "Y"]
    assert not len(quiet)
    problems = Problems()
    assert list(flag_last(keys([0, 2, 2]), who, problems)) == ["", "", "Y"]
    assert codes(problems) == [("DT517", 1)]
    problems = Problems()
    assert number_within(keys([1, 1, 1]), who, problems).tolist() == [3, 1, 2]
    assert codes(problems) == [("DT517", 2)]


def test_a_tie_is_one_within_a_group():
    problems = Problems()
    flag_first(keys([1, 1]), group([0, 1]), problems)
    flag_first(keys([1, 1]), group([0, 0], [True, False]), problems)
    assert not len(problems)


INFUSION = "2024-03-01T10:00"


def flagged(dtc, *, competing=None, pre_dose=None, before=INFUSION, row=None, problems=None):
    size = len(dtc)
    return list(
        last_before(
            texts(dtc),
            texts([before] * size),
            [texts(["WBC"] * size)],
            group([0] * size, competing, row),
            Problems() if problems is None else problems,
            None if pre_dose is None else np.array(pre_dose),
        )
    )


DAYS = ["2024-02-26T08:00", "2024-03-01T07:30", "2024-03-01T12:00"]


def test_last_value_before_the_infusion():
    assert flagged(DAYS) == ["", "Y", ""]


def test_a_test_not_done_does_not_compete():
    assert flagged(DAYS, competing=[True, False, True]) == ["Y", "", ""]


@pytest.mark.parametrize(
    ("dtc", "pre_dose", "flags"),
    [
        pytest.param(
            ["2024-02-26T08:00", "2024-03-01"], [False, True], ["", "Y"],
            id="the same day without a time, declared pre-dose",
        ),
        pytest.param(
            ["2024-02-26T08:00", "2024-03-01"], [False, False], ["Y", ""],
            id="the same day without a time, not declared",
        ),
        pytest.param(
            ["2024-02-26T08:00", "2024-03-01"], None, ["Y", ""],
            id="the same day without a time, nothing said",
        ),
        pytest.param(
            ["2024-02-26", "2024-03-01T12:00"], [False, True], ["Y", ""],
            id="a time after the infusion is never pre-dose",
        ),
        pytest.param(["2024-03-01T10:00"], [True], [""], id="the same minute is not before"),
        pytest.param(["2024-02-29"], None, ["Y"], id="the day before without a time"),
        pytest.param(["2024-02"], None, ["Y"], id="every day of the month before"),
        pytest.param(["2024-03"], [True], [""], id="some day of the month after"),
        pytest.param(["2024-02-20", "2024-02"], None, ["Y", ""], id="a full date before a partial"),
        pytest.param(
            ["2024-03-01T07:30", "2024-03-01"], [True, True], ["Y", ""],
            id="a time is later than a day",
        ),
        pytest.param([""], [True], [""], id="no date"),
    ],
)  # fmt: skip
def test_last_before(dtc, pre_dose, flags):
    assert flagged(dtc, pre_dose=pre_dose) == flags


def test_an_infusion_without_a_time():
    assert flagged(["2024-02-28", "2024-03-01T07:30"], before="2024-03-01") == ["Y", ""]
    pre_dose = [False, True]
    made = flagged(["2024-02-28", "2024-03-01T07:30"], before="2024-03-01", pre_dose=pre_dose)
    assert made == ["", "Y"]


def test_no_infusion_no_flag():
    assert flagged(DAYS, before="") == ["", "", ""]


def test_equal_dates_give_the_last_row():
    problems = Problems()
    made = flagged(["2024-02-26T08:00"] * 3, row=[3, 9, 4], problems=problems)
    assert made == ["", "Y", ""]
    assert codes(problems) == [("DT517", 1)]


def test_groups_of_last_before():
    made = last_before(
        texts(["2024-02-26", "2024-02-27", "2024-02-27", "2024-02-20"]),
        texts([INFUSION] * 3 + ["2024-02-25"]),
        [texts(["WBC", "WBC", "", "WBC"])],
        group([0, 0, 0, 1]),
        Problems(),
    )
    assert list(made) == ["", "Y", "Y", "Y"]


def test_no_records():
    none, problems = group([]), Problems()
    assert len(flag_first([SortKey(numbers([]))], none, problems)) == 0
    assert len(flag_last([SortKey(numbers([]))], none, problems)) == 0
    assert len(number_within([SortKey(numbers([]))], none, problems)) == 0
    assert len(last_before(texts([]), texts([]), [texts([])], none, problems)) == 0


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_records_does_not_matter(pairs, random):
    order = list(range(len(pairs)))
    random.shuffle(order)
    subject, place = zip(*pairs, strict=True)
    made = flag_first(keys(list(place)), group(subject), Problems())
    shuffled = flag_first(
        keys([place[one] for one in order]),
        group([subject[one] for one in order], row=order),
        Problems(),
    )
    assert [made[one] for one in order] == list(shuffled)
    assert made.eq("Y").sum() == len(set(subject))
