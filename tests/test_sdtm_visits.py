"""Subject visits: labels to visits, their dates, unscheduled ones, and what is carried along."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.columns import numbers, texts
from mappings.operations import StudyTable, VisitForm
from mappings.problems import Problems
from sdtm.visits import visits

PLANNED = StudyTable(
    "visits",
    pd.DataFrame(
        {
            "VISITNUM": numbers([1, 4, 6, 7, 8, 10]),
            "VISIT": texts(["SCREENING", "DAY 0", "DAY 7", "DAY 10", "DAY 14", "DAY 28"]),
            "labels": pd.Series(
                [
                    ("SCR",),
                    ("D0",),
                    ("D7", "Day  7"),
                    ("D10",),
                    (),
                    ("D28", "M1", "Month 1", "1 month"),
                ]
            ),
        }
    ),
)
UNSCHEDULED = ["", "UNS", "UNSCHEDULED"]


def form(*rows, name="lab", order="", subjects=None, **columns):
    """A form of ``(label, date, …)`` rows of one subject or of those named."""
    size = len(rows)
    dates = list(zip(*(row[1:] for row in rows), strict=True)) or [()]
    return VisitForm(
        name=name,
        order=order,
        subject=np.array(subjects or [0] * size, dtype=np.int64),
        label=texts([row[0] for row in rows]),
        dates=tuple(texts(list(column)) for column in dates),
        columns={name: texts(values) for name, values in columns.items()},
    )


def register(*forms, carry=None):
    problems = Problems()
    made = visits(forms, PLANNED, UNSCHEDULED, problems, carry)
    return made, problems


def told(made):
    frame = made.frame
    return list(
        zip(frame["VISITNUM"], frame["VISIT"], frame["SVSTDTC"], frame["SVENDTC"], strict=True)
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([("D7", "2024-03-08")], [(6, "DAY 7", "2024-03-08", "2024-03-08")],
                     id="one row"),
        pytest.param([("D7", "2024-03-09"), ("day 7", "08MAR2024"), (" DAY 7", "2024-03-10T08:00")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-10")],
                     id="first and last day, labels in any writing"),
        pytest.param([("D28", "2024-03-29"), ("M1", "2024-03-29")],
                     [(10, "DAY 28", "2024-03-29", "2024-03-29")], id="two labels of one visit"),
        pytest.param([("D28", "2024-03-29"), ("SCR", "2024-02-03")],
                     [(1, "SCREENING", "2024-02-03", "2024-02-03"),
                      (10, "DAY 28", "2024-03-29", "2024-03-29")], id="by number"),
        pytest.param([("D7", "")], [(6, "DAY 7", "", "")], id="planned and missed: no date"),
        pytest.param([("D7", ""), ("D7", "2024-03-08")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-08")], id="one row without a date"),
        pytest.param([("D7", "2024-03"), ("D7", "2024-03-08")],
                     [(6, "DAY 7", "2024-03", "2024-03")], id="partial dates by their completions"),
        pytest.param([("D7", "2024-03"), ("D7", "2024-03-01"), ("D7", "2024-03-31")],
                     [(6, "DAY 7", "2024-03-01", "2024-03-31")],
                     id="of equal completions the better known"),
        pytest.param([("UNS", "2024-03-09"), ("D7", "2024-03-08"), ("D10", "2024-03-11")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-08"),
                      (6.01, "UNSCHEDULED 6.01", "2024-03-09", "2024-03-09"),
                      (7, "DAY 10", "2024-03-11", "2024-03-11")], id="after a planned visit"),
        pytest.param([("D7", "2024-03-08"), ("", "2024-03-10"), ("UNS", "2024-03-09"),
                      ("unscheduled", "2024-03-10T12:00")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-08"),
                      (6.01, "UNSCHEDULED 6.01", "2024-03-09", "2024-03-09"),
                      (6.02, "UNSCHEDULED 6.02", "2024-03-10", "2024-03-10")],
                     id="one for each day, in the order of the days"),
        pytest.param([("D7", "2024-03-08"), ("", "2024-03-08")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-08"),
                      (6.01, "UNSCHEDULED 6.01", "2024-03-08", "2024-03-08")],
                     id="on the day of a planned visit"),
        pytest.param([("D7", "2024-03-08"), ("D10", "2024-03-08"), ("", "2024-03-09")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-08"),
                      (7, "DAY 10", "2024-03-08", "2024-03-08"),
                      (7.01, "UNSCHEDULED 7.01", "2024-03-09", "2024-03-09")],
                     id="after the higher of two visits of one day"),
        pytest.param([("D7", "2024-03-08"), ("D7", "2024-03-12"), ("D10", "2024-03-11"),
                      ("", "2024-03-13")],
                     [(6, "DAY 7", "2024-03-08", "2024-03-12"),
                      (7, "DAY 10", "2024-03-11", "2024-03-11"),
                      (7.01, "UNSCHEDULED 7.01", "2024-03-13", "2024-03-13")],
                     id="after the visit that began last"),
        pytest.param([("", "2024-01-02"), ("SCR", "2024-02-03")],
                     [(0.01, "UNSCHEDULED 0.01", "2024-01-02", "2024-01-02"),
                      (1, "SCREENING", "2024-02-03", "2024-02-03")], id="before the first visit"),
        pytest.param([("D7", ""), ("", "2024-03-09")],
                     [(0.01, "UNSCHEDULED 0.01", "2024-03-09", "2024-03-09"),
                      (6, "DAY 7", "", "")], id="a missed visit has no day to come after"),
        pytest.param([], [], id="nothing"),
    ],
)  # fmt: skip
def test_visits(rows, expected):
    made, problems = register(form(*rows))
    assert told(made) == expected
    assert not list(problems)


def test_rows_of_all_forms_make_one_visit():
    made, _ = register(
        form(("D7", "09/03/2024"), ("", "11/03/2024"), order="dmy"),
        form(("Day 7", "2024-03-08"), ("UNS", "2024-03-11"), name="vs"),
    )
    assert told(made) == [
        (6, "DAY 7", "2024-03-08", "2024-03-09"),
        (6.01, "UNSCHEDULED 6.01", "2024-03-11", "2024-03-11"),
    ]
    found = {one.source: (one.record.tolist(), one.row.tolist()) for one in made.origins}
    assert found == {"lab": ([0, 1], [0, 1]), "vs": ([0, 1], [0, 1])}


def test_worked_example_of_unscheduled_visits():
    made, problems = register(
        form(("DAY 10", "2024-03-11"), ("DAY 14", "2024-03-15"), ("", "2024-03-12")),
        form(("", "2024-03-13"), ("", "2024-03-12"), name="vs"),
    )
    assert made.frame["VISITNUM"].tolist() == [7, 7.01, 7.02, 8]
    assert made.frame["VISIT"].tolist() == [
        "DAY 10", "UNSCHEDULED 7.01", "UNSCHEDULED 7.02", "DAY 14",
    ]  # fmt: skip
    assert not list(problems)


@pytest.mark.parametrize("label", ["D28", "Day 28", "M1", "Month 1", "1 month"])
def test_worked_example_of_labels(label):
    made, _ = register(form((label, "2024-03-29")))
    assert told(made) == [(10, "DAY 28", "2024-03-29", "2024-03-29")]


def test_every_date_column_counts():
    made, problems = register(
        form(("D7", "2024-03-08", "2024-03-10"), ("", "2024-03-20", ""), ("", "", "2024-03-21"))
    )
    assert told(made) == [
        (6, "DAY 7", "2024-03-08", "2024-03-10"),
        (6.01, "UNSCHEDULED 6.01", "2024-03-20", "2024-03-20"),
        (6.02, "UNSCHEDULED 6.02", "2024-03-21", "2024-03-21"),
    ]
    assert not list(problems)


def test_subjects_stand_apart():
    made, _ = register(
        form(("D7", "2024-03-08"), ("", "2024-05-01"), ("", "2024-03-09"), ("D10", "2024-04-30"),
             subjects=[0, 1, 0, 1])
    )  # fmt: skip
    assert made.parent.tolist() == [0, 0, 1, 1]
    assert made.frame["VISITNUM"].tolist() == [6, 6.01, 7, 7.01]


@pytest.mark.parametrize(
    ("rows", "code", "value", "visits_made"),
    [
        pytest.param([("D8", "2024-03-08")], "DT514", "D8", 0, id="a label of no visit"),
        pytest.param([("", "2024-03")], "DT524", "2024-03", 0, id="unscheduled, date partial"),
        pytest.param([("UNS", "")], "DT524", "", 0, id="unscheduled, no date"),
        pytest.param([("D7", "30FEB2024")], "DT511", "30FEB2024", 1, id="no date of the calendar"),
        pytest.param([("D7", "03/04/2024")], "DT512", "03/04/2024", 1, id="no declared order"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_reported(rows, code, value, visits_made):
    made, problems = register(form(*rows))
    assert [(problem.code, problem.value) for problem in problems] == [(code, value)]
    assert "lab" in next(iter(problems)).message
    assert len(made.frame) == visits_made


def test_problems_name_the_subjects():
    records = pd.DataFrame({"subject": ["01-001", "01-002"], "source": "", "row": 0})
    problems = Problems().bound(mark=None, dataset="SV", records=lambda: records)
    rows = form(
        ("D8", "2024-03-08"), ("D8", "2024-03-09"), ("D7", "2024-03-09"), subjects=[1, 1, 0]
    )
    visits([rows], PLANNED, UNSCHEDULED, problems)
    (problem,) = problems
    assert (problem.count, [str(one) for one in problem.examples]) == (1, ["01-002"])


def test_one_label_for_two_visits_is_an_error():
    twice = StudyTable("visits", PLANNED.frame.assign(labels=pd.Series([("D7",)] * 6)))
    problems = Problems()
    made = visits([form(("D7", "2024-03-08"))], twice, UNSCHEDULED, problems)
    assert made.frame["VISITNUM"].tolist() == [1]
    assert {(problem.code, problem.value) for problem in problems} == {("DT516", "d7")}


def test_a_hundredth_unscheduled_day_has_no_number():
    days = pd.date_range("2024-03-09", periods=100).strftime("%Y-%m-%d")
    made, problems = register(form(("D7", "2024-03-08"), *[("", day) for day in days]))
    assert made.frame["VISITNUM"].max() == 6.99
    assert [(problem.code, problem.value) for problem in problems] == [("DT514", days[-1])]


def test_table_read_from_a_file():
    table = StudyTable(
        "visits", pd.DataFrame({"VISITNUM": texts(["6"]), "VISIT": texts(["DAY 7"])})
    )
    made = visits([form(("Day 7", "2024-03-08"))], table, UNSCHEDULED, Problems())
    assert told(made) == [(6, "DAY 7", "2024-03-08", "2024-03-08")]


def test_carried_columns():
    log = form(
        ("D7", "2024-03-08"), ("D10", ""), ("D7", "2024-03-09"), ("UNS", "2024-03-10"),
        name="visitlog",
        VISYN=["Y", "N", "", "Y"], CONTMODE=["phone", "", "clinic", "phone"],
    )  # fmt: skip
    made, _ = register(
        form(("D28", "2024-03-29")),
        log,
        carry={"came": "visitlog.VISYN", "mode": "visitlog.CONTMODE", "no": "absent.COLUMN"},
    )
    assert made.frame[["VISITNUM", "came", "mode", "no"]].to_dict("list") == {
        "VISITNUM": [6, 6.01, 7, 10],
        "came": ["Y", "Y", "N", ""],
        "mode": ["clinic", "phone", "", ""],
        "no": ["", "", "", ""],
    }


def test_a_carried_column_must_come_with_its_form():
    with pytest.raises(ValueError, match=r"lab\.X"):
        register(form(("D7", "2024-03-08")), carry={"x": "lab.X"})


def test_no_forms_make_no_visits():
    made, _ = register(carry={"x": "lab.X"})
    assert made.frame.columns.tolist() == ["VISITNUM", "VISIT", "SVSTDTC", "SVENDTC", "x"]
    assert len(made.frame) == 0


rows = st.lists(
    st.tuples(
        st.sampled_from(["D0", "D7", "SCR", "", "UNS"]),
        st.sampled_from(["2024-03-01", "2024-03-05", "2024-03-08", "2024-03-09", ""]),
    ),
    max_size=8,
)


@settings(max_examples=20)
@given(rows, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(given_, random):
    other = list(given_)
    random.shuffle(other)
    assert told(register(form(*given_))[0]) == told(register(form(*other))[0])


@settings(max_examples=20)
@given(rows)
def test_each_row_with_a_visit_belongs_to_one(given_):
    made, _ = register(form(*given_))
    (origin,) = made.origins
    usable = [place for place, (label, day) in enumerate(given_) if label not in {"", "UNS"} or day]
    assert sorted(origin.row.tolist()) == usable
    assert made.frame["VISITNUM"].is_unique
