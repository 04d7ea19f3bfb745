"""Epochs and visits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import dates, numbers, texts
from mappings.looked import Rows
from mappings.operations import StudyTable
from mappings.problems import Problems
from sdtm.timing import epoch, visit_day, visit_name, visit_number

ELEMENTS = [
    # subject, start, end, epoch
    (1, "2024-02-10T09:00", "2024-02-25", "SCREENING"),
    (1, "2024-02-25", "2024-03-01T10:00", "RUN-IN"),
    (1, "2024-03-01T10:00", "2024-03-29", "TREATMENT"),
    (1, "2024-03-29", "2024-06-30", "FOLLOW-UP"),
    (0, "2024-03-15", "", "SCREENING"),
    (2, "2024-01-01", "2024-01-10", "SCREENING"),
    (2, "2024-01-10", "2024-02-01", "TREATMENT"),
    (2, "2024-02-01", "2024-03-01", "TREATMENT"),
    (2, "2024-04-01", "2024-05-01", "TREATMENT"),
    (2, "", "2024-05-01", "FOLLOW-UP"),
]


def codes(problems):
    return [(problem.code, problem.value) for problem in problems]


def epochs_of(date, subjects, elements=ELEMENTS):
    subject, *columns = zip(*elements, strict=True) if elements else [()] * 4
    here = np.array(subjects, dtype=np.int64)
    rows = [Rows(texts(list(one)), np.array(subject, dtype=np.int64), here) for one in columns]
    return list(epoch(date, *rows))


@pytest.mark.parametrize(
    ("date", "subject", "found"),
    [
        pytest.param("2024-02-10T08:59", 1, "", id="before the first element"),
        pytest.param("2024-02-10T09:00", 1, "SCREENING", id="at the start"),
        pytest.param("2024-02-10", 1, "SCREENING", id="the day of the start"),
        pytest.param("2024-02-09", 1, "", id="the day before"),
        pytest.param("2024-02-24T23:59", 1, "SCREENING", id="before the end"),
        pytest.param("2024-02-25", 1, "RUN-IN", id="the end belongs to the next element"),
        pytest.param("2024-03-01T09:59", 1, "RUN-IN", id="a minute before the infusion"),
        pytest.param("2024-03-01T10:00", 1, "TREATMENT", id="at the infusion"),
        pytest.param("2024-03-01", 1, "TREATMENT", id="compared by what both know"),
        pytest.param("2024-06-30", 1, "FOLLOW-UP", id="the end of the last element belongs to it"),
        pytest.param("2024-06-30T23:00", 1, "FOLLOW-UP", id="all of its last day"),
        pytest.param("2024-07-01", 1, "", id="after the last element"),
        pytest.param("2024-04", 1, "FOLLOW-UP", id="every day of the month in one epoch"),
        pytest.param("2024-03", 1, "", id="days of the month in two epochs"),
        pytest.param("2024-06", 1, "FOLLOW-UP", id="up to the last day"),
        pytest.param("2024-07", 1, "", id="no day of the month in an element"),
        pytest.param("2024", 1, "", id="days of the year in several epochs"),
        pytest.param("2024---15", 1, "", id="a gap: days in several epochs"),
        pytest.param("", 1, "", id="missing"),
        pytest.param("2024-03-14", 0, "", id="another subject, before"),
        pytest.param("2030-01-01", 0, "SCREENING", id="an element without an end goes on"),
        pytest.param("2024-01-15", 2, "TREATMENT", id="first of two elements of an epoch"),
        pytest.param("2024-02", 2, "TREATMENT", id="within one element"),
        pytest.param("2024-03-15", 2, "", id="in a gap between elements"),
        pytest.param("2024-03-01", 2, "", id="the end before a gap belongs to nothing"),
        pytest.param("2024-05-01", 2, "TREATMENT", id="an element without a start is none"),
        pytest.param("2024-03-15", 3, "", id="a subject without elements"),
    ],
)
def test_epoch(date, subject, found):
    assert epochs_of(texts([date]), [subject]) == [found]


def test_a_partial_date_over_two_elements_of_one_epoch():
    elements = [(0, "2024-01-10", "2024-02-15", "T"), (0, "2024-02-15", "2024-03-15", "T")]
    assert epochs_of(texts(["2024-02"]), [0], elements) == ["T"]
    apart = [(0, "2024-01-10", "2024-02-14", "T"), (0, "2024-02-15", "2024-03-15", "T")]
    assert epochs_of(texts(["2024-02"]), [0], apart) == [""]


def test_epoch_of_analysis_dates():
    assert epochs_of(dates(["2024-03-01", None]), [1, 1]) == ["TREATMENT", ""]


def test_epoch_before_1970():
    elements = [(0, "1960-01-01", "1965-01-01", "A"), (1, "1969-01-01", "2020-01-01", "B")]
    found = epochs_of(texts(["1964-12-31", "1969-12-31", "1968-12-31"]), [0, 1, 1], elements)
    assert found == ["A", "B", ""]


def test_epoch_without_elements_or_records():
    assert epochs_of(texts(["2024-03-01"]), [0], []) == [""]
    assert epochs_of(texts([]), []) == []


@given(st.permutations(range(len(ELEMENTS))))
def test_the_order_of_se_does_not_matter(order):
    date, subjects = texts(["2024-03-10", "2024-02-12", "2024-01-15"]), [1, 1, 2]
    shuffled = [ELEMENTS[place] for place in order]
    assert epochs_of(date, subjects, shuffled) == ["TREATMENT", "SCREENING", "TREATMENT"]


LABELS = [["SCREENING", "SCR"], ["D0", "DAY 0"], ["D10"], ["D14"], ["D28", "M1", "1 MONTH"]]


def visits(labels=LABELS):
    cells = np.empty(len(labels), dtype=object)
    cells[:] = [tuple(one) for one in labels]
    return StudyTable(
        "visits",
        pd.DataFrame(
            {
                "VISITNUM": numbers([1, 4, 7, 8, 10]),
                "VISIT": texts(["SCREENING", "DAY 0", "DAY 10", "DAY 14", "DAY 28"]),
                "VISITDY": numbers([-28, 1, 11, 15, np.nan]),
                "labels": pd.Series(cells, dtype=object),
            }
        ),
    )


# subject, number, day; the unscheduled visit 8.01 is on the day of DAY 14 itself
REGISTER = [
    (0, 7.01, "2024-03-13"),
    (1, 7, "2024-03-11"),
    (1, 7.01, "2024-03-12"),
    (1, 7.02, "2024-03-13T08:00"),
    (1, 7.03, ""),
    (1, 8.01, "2024-03-15"),
    (1, 8, "2024-03-15"),
]


def visit_numbers(label, date, subjects, problems, **more):
    subject, number, day = zip(*REGISTER, strict=True)
    codes_there, here = np.array(subject), np.array(subjects)
    made = visit_number(
        texts(label),
        texts(date),
        visits(),
        problems,
        Rows(numbers(list(number)), codes_there, here),
        Rows(texts(list(day)), codes_there, here),
        **more,
    )
    return made.fillna(-1).tolist()


@pytest.mark.parametrize(
    ("label", "date", "number", "problem"),
    [
        pytest.param("DAY 28", "2024-03-29", 10, [], id="the name of the visit"),
        pytest.param("D28", "", 10, [], id="a label"),
        pytest.param("m1", "2024-03-29", 10, [], id="in any case"),
        pytest.param(" 1  month ", "2024-03-29", 10, [], id="cleaned"),
        pytest.param("", "2024-03-12", 7.01, [], id="blank: the number SV gave that day"),
        pytest.param("UNS", "2024-03-13", 7.02, [], id="unscheduled, SV has a time"),
        pytest.param("Unscheduled", "2024-03-12T10:00", 7.01, [], id="in full, with a time"),
        pytest.param("", "2024-03-15", 8.01, [], id="not the planned visit of that day"),
        pytest.param("", "2024-03-11", -1, [("DT524", "2024-03-11")], id="only a planned visit"),
        pytest.param("", "2024-03-14", -1, [("DT524", "2024-03-14")], id="a day SV does not have"),
        pytest.param("UNS", "2024-03", -1, [("DT524", "2024-03")], id="a partial date"),
        pytest.param("", "", -1, [], id="neither label nor date"),
        pytest.param("UNS", "", -1, [("DT524", "")], id="unscheduled without a date"),
        pytest.param("D99", "2024-03-12", -1, [("DT514", "D99")], id="a label nobody knows"),
    ],
)
def test_visit_number(label, date, number, problem):
    problems = Problems()
    assert visit_numbers([label], [date], [1], problems) == [number]
    assert codes(problems) == problem


def test_two_forms_of_one_day_share_the_unscheduled_visit():
    problems = Problems()
    found = visit_numbers([""] * 3, ["2024-03-12", "2024-03-12", "2024-03-13"], [1, 1, 0], problems)
    assert found == [7.01, 7.01, 7.01]
    assert not len(problems)


def test_other_words_for_unscheduled():
    found = visit_numbers(["extra"], ["2024-03-12"], [1], Problems(), unscheduled=("EXTRA",))
    assert found == [7.01]


def test_visit_number_without_sv():
    problems = Problems()
    made = visit_number(texts(["D10", ""]), texts(["", "2024-03-12"]), visits(), problems)
    assert made.fillna(-1).tolist() == [7, -1]
    assert codes(problems) == [("DT524", "2024-03-12")]


def test_one_label_of_two_visits_is_refused():
    table = visits([["D0"], ["D0"], [], [], []])
    with pytest.raises(ValueError, match="d0"):
        visit_number(texts(["D0"]), texts([""]), table, Problems())


def test_visit_name():
    made = visit_name(numbers([10, 7.01, 7.1, np.nan, 1]), visits())
    assert list(made) == ["DAY 28", "UNSCHEDULED 7.01", "UNSCHEDULED 7.10", "", "SCREENING"]


def test_visit_day():
    made = visit_day(numbers([1, 4, 7.01, 10, np.nan]), visits())
    assert made.fillna(-1).tolist() == [-28, 1, -1, -1, -1]


def test_sums_of_hundredths_are_the_same_visit():
    assert list(visit_name(numbers([7 + 0.01 + 0.01 - 0.02]), visits())) == ["DAY 10"]


def test_no_records():
    none = texts([])
    assert len(visit_number(none, none, visits(), Problems())) == 0
    assert len(visit_name(numbers([]), visits())) == 0
    assert len(visit_day(numbers([]), visits())) == 0
