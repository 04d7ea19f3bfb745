"""Problems as lines, counts and values, and without what subjects' records hold."""

from dataclasses import replace

import pytest

from mappings.problems import Example, Mark, Problem
from submission.problem_report import as_values, counted, lines, without_values

MARK = Mark("tst/ae.yaml", 14, 13)
EXAMPLES = (Example("TST-001", "ae.csv", 18), Example("TST-002", "ae.csv", 19))
TERM = Problem("CT302", "is not a term of NY", MARK, "AE", "AESER", "Perhaps", 2, EXAMPLES)
TIE = Problem("DT517", "a tie is decided by the row", MARK, "AE")
LATER = Problem("DT517", "a tie is decided by the row", MARK, "VS")
DATES = Problem("DT523", "dates contradict each other", MARK, "AE", "AESTDTC")


def test_errors_come_first_and_notes_are_counted():
    assert lines([TIE, DATES, LATER, TERM], notes=False) == [
        str(TERM),
        str(DATES),
        "note[DT517] a tie decided by the row number: 2 places",
    ]


def test_notes_are_listed_where_they_are_wanted():
    assert lines([TIE, TERM], notes=True) == [str(TERM), str(TIE)]


@pytest.mark.parametrize(
    ("values", "more"),
    [
        pytest.param(5, [], id="five values"),
        pytest.param(6, ["and 1 more value, 2 records"], id="one more"),
        pytest.param(25, ["and 20 more values, 40 records"], id="many more"),
    ],
)
def test_of_many_values_at_one_place_the_first_five_are_told(values, more):
    terms = [replace(TERM, value=f"text {number:02}") for number in range(values)]
    place = "tst/ae.yaml:14:13: error[CT302] AE.AESER: "
    assert lines([*terms, DATES], notes=False) == [
        *map(str, terms[:5]), *(place + one for one in more), str(DATES),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("problems", "text"),
    [
        pytest.param([], "0 errors, 0 warnings, 0 notes", id="nothing"),
        pytest.param([TERM, DATES, TIE, LATER], "1 error, 1 warning, 2 notes", id="singular"),
    ],
)
def test_counted(problems, text):
    assert counted(problems) == text


def test_values_and_subjects_are_blanked_and_rows_stay():
    (problem,) = without_values([TERM])
    assert (problem.value, problem.count) == ("", 2)
    assert [str(one) for one in problem.examples] == ["ae.csv:18", "ae.csv:19"]


def test_a_row_to_add_is_blanked_with_its_value():
    hint = 'add the row ["Perhaps", "U"] to codelist NY'
    (problem,) = without_values([replace(TERM, hint=hint)])
    assert problem.hint == ""


def test_problems_that_differed_in_their_value_alone_become_one():
    other = Problem("CT302", "is not a term of NY", MARK, "AE", "AESER", "No idea", 3, EXAMPLES[:1])
    (problem,) = without_values([TERM, other])
    assert problem.count == 5


@pytest.mark.parametrize(
    "problem",
    [
        pytest.param(Problem("SP104", "is not known here", MARK, value="codlist"), id="a spec"),
        pytest.param(Problem("RF202", "is not a name of AE", MARK, value="AESEVV"), id="a name"),
        pytest.param(Problem("DT501", "is required", MARK, value="ae.csv"), id="a file"),
        pytest.param(Problem("CT301", "is not a term", MARK, value="YES"), id="a constant"),
    ],
)
def test_what_a_spec_says_is_not_blanked(problem):
    assert without_values([problem]) == [problem]


def test_the_text_of_an_exception_is_blanked():
    failed = Problem("DT522", "study_day failed: ValueError: bad text '12 May'", MARK)
    (problem,) = without_values([failed])
    assert problem.message == "study_day failed: ValueError"


def test_a_problem_as_values():
    (values,) = as_values([TERM])
    assert values == {
        "code": "CT302", "severity": "error", "message": "is not a term of NY",
        "file": "tst/ae.yaml", "line": 14, "column": 13, "dataset": "AE", "variable": "AESER",
        "value": "Perhaps", "count": 2, "hint": "",
        "examples": [
            {"subject": "TST-001", "source": "ae.csv", "row": 18, "instead": 0},
            {"subject": "TST-002", "source": "ae.csv", "row": 19, "instead": 0},
        ],
    }  # fmt: skip


def test_a_problem_without_a_place_has_line_0():
    (values,) = as_values([Problem("SP113", "there is no study.yaml")])
    assert (values["file"], values["line"], values["column"]) == ("", 0, 0)
