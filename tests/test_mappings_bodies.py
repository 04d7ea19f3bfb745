"""Calls of operations that are none, or stand where they cannot; cells that are neither."""

import pytest
from small_study import AE, VS, small_study

from mappings.loader import load_study
from mappings.problems import StudyError
from submission.catalogue import catalogue


@pytest.mark.parametrize(
    ("old", "new", "value", "message", "hint"),
    [
        pytest.param(
            "{study_day: AESTDTC}", "{studyday: AESTDTC}", "studyday", "is not an operation",
            "did you mean study_day?", id="a name that is no operation",
        ),
        pytest.param(
            "{study_day: AESTDTC}", "{visits: all}", "visits", "is not an operation", "",
            id="a record operation as a body",
        ),
        pytest.param(
            "    from: ae", "    copy: ae", "copy", "is not a record operation", "",
            id="a row-wise operation as a block",
        ),
    ],
)  # fmt: skip
def test_an_unknown_operation(tmp_path, old, new, value, message, hint):
    assert AE.count(old) == 1
    text = AE.replace(old, new)
    folder = small_study(tmp_path / "tst", ae=text)
    with pytest.raises(StudyError) as error:
        load_study(folder, catalogue())
    problem = next(one for one in error.value.problems if one.code == "SP108")
    line = next(at for at, each in enumerate(text.lstrip().splitlines(), 1) if new in each)
    assert (problem.mark.file, problem.mark.line) == ("tst/ae.yaml", line)
    assert (problem.value, problem.message) == (value, message)
    assert problem.hint == hint or not hint


def test_a_column_that_is_no_plain_name_is_shown_in_back_quotes(tmp_path):
    text = AE.replace("AETERM:  ae.TERM", "AETERM:  ae.IT.TERM")
    folder = small_study(tmp_path / "tst", ae=text)
    with pytest.raises(StudyError) as error:
        load_study(folder, catalogue())
    (problem,) = error.value.problems
    assert (problem.code, str(problem.mark)) == ("SP110", "tst/ae.yaml:12:12")
    assert problem.value == "ae.IT.TERM"
    assert problem.message == "is not a name; back-quotes take any column: ae.`IT.TERM`"


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        pytest.param("{const: mmHg}", 27, id="a mapping that is no literal"),
        pytest.param("[mmHg]", 27, id="a list"),
        pytest.param("{constant: [mmHg]}", 38, id="a literal that is a list"),
    ],
)
def test_a_cell_of_transpose_that_is_neither_column_nor_literal(tmp_path, cell, column):
    text = VS.replace("into: [test, result]", "into: [test, result, unit]")
    text = text.replace("[SYSBP, SBP], [DIABP, DBP]", f"[SYSBP, SBP, {cell}]")
    folder = small_study(tmp_path / "tst", vs=text)
    with pytest.raises(StudyError) as error:
        load_study(folder, catalogue())
    (problem,) = error.value.problems
    assert (problem.code, str(problem.mark)) == ("SP106", f"tst/vs.yaml:8:{column}")
    assert problem.hint == "write {constant: …} for a literal"


@pytest.mark.parametrize(
    ("body", "code", "column"),
    [
        pytest.param("{from: records, where: VSDTC}", "SP103", 29, id="a condition"),
        pytest.param("{from: records, method: Read}", "SP103", 29, id="what a block says itself"),
        pytest.param("{from: records, labl: Result}", "SP103", 29, id="an unknown word"),
        pytest.param("{from: vs, label: Result}", "SP108", 14, id="from something else"),
    ],
)
def test_what_cannot_be_said_of_a_name_that_blocks_fill(tmp_path, body, code, column):
    text = VS.replace("VSORRES:  from records", f"VSORRES:  {body}")
    folder = small_study(tmp_path / "tst", vs=text)
    with pytest.raises(StudyError) as error:
        load_study(folder, catalogue())
    (problem,) = error.value.problems
    assert (problem.code, str(problem.mark)) == (code, f"tst/vs.yaml:21:{column}")
