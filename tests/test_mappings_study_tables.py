"""Codelists of a study on the base of published ones."""

import pytest
from studies import write_study

from mappings.loader import load_study
from mappings.problems import StudyError
from submission.catalogue import catalogue

RACE = """
codelists:
  RACE:
    base: RACE
    columns: [collected, value]
    rows: [[several, {value}]]
{reason}
"""


def study(folder, value, reason):
    return write_study(folder / "tst", {"study": RACE.format(value=value, reason=reason)}, {})


@pytest.mark.parametrize(
    ("value", "reason", "extensions"),
    [
        pytest.param("MULTIPLE", "    reason: More than one.", ["MULTIPLE"], id="with a reason"),
        pytest.param("ASIAN", "", [], id="a further text for a term"),
    ],
)
def test_a_closed_list_is_extended(tmp_path, value, reason, extensions):
    codelist = load_study(study(tmp_path, value, reason), catalogue()).codelists["RACE"]
    assert [term.value for term in codelist.extensions] == extensions
    assert codelist.recode("Several").value == value


def test_a_closed_list_is_not_extended_without_a_reason(tmp_path):
    with pytest.raises(StudyError) as error:
        load_study(study(tmp_path, "MULTIPLE", ""), catalogue())
    (problem,) = error.value.problems
    assert (problem.code, problem.value, problem.mark.file) == (
        "CT306",
        "MULTIPLE",
        "tst/study.yaml",
    )
