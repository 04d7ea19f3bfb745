"""Calls of operations that are none, or stand where they cannot."""

import pytest
from small_study import AE, small_study

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
