"""House standards: what a file that extends another replaces, adds and drops."""

from pathlib import Path

import pytest
from studies import built, write_study

from mappings.loader import load_study
from mappings.problems import Problem, StudyError
from submission.catalogue import catalogue

HOUSE = """
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD, VSDTC]
records:
  - name: pressure
    from: vs
    set: {VSTESTCD: {constant: SYSBP}, VSORRES: vs.SBP}
  - name: pulse
    from: vs
    set: {VSTESTCD: {constant: HR}, VSORRES: vs.HR}
working:
  room: {copy: vs.ROOM}
variables:
  VSTESTCD: from records
  VSTEST:   {decode: VSTESTCD}
  VSORRES:  from records
  VSDTC:    {iso8601: [vs.DAY], comment: As collected}
supp:
  VSROOM: {copy: room, label: Room}
"""
RAW = {"vs": "SUBJ,DAY,SBP,HR,ROOM,ARM\n1,2024-01-09,120,61,A,left\n"}


def study(folder: Path, own: str, house: str = HOUSE) -> Path:
    """A study whose VS extends the house's."""
    made = write_study(folder / "tst", {"vs": f"dataset: VS\nextends: house.yaml\n{own}"}, RAW)
    (made / "house.yaml").write_text(house.lstrip(), encoding="utf-8")
    return made


def refused(folder: Path) -> Problem:
    """The one problem with which a study is refused."""
    with pytest.raises(StudyError) as error:
        load_study(folder, catalogue())
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize(
    ("own", "names", "records"),
    [
        pytest.param(
            "", ["VSTESTCD", "VSTEST", "VSORRES", "VSDTC"], [("HR", "61"), ("SYSBP", "120")],
            id="nothing is changed",
        ),
        pytest.param(
            "records:\n  - name: pulse\n    from: vs\n"
            "    set: {VSTESTCD: {constant: RESP}, VSORRES: {constant: '18'}}\n",
            ["VSTESTCD", "VSTEST", "VSORRES", "VSDTC"], [("RESP", "18"), ("SYSBP", "120")],
            id="a block of the same name replaces the one there",
        ),
        pytest.param(
            "records:\n  - name: breath\n    from: vs\n"
            "    set: {VSTESTCD: {constant: RESP}, VSORRES: {constant: '18'}}\n",
            ["VSTESTCD", "VSTEST", "VSORRES", "VSDTC"],
            [("HR", "61"), ("RESP", "18"), ("SYSBP", "120")],
            id="another block is appended",
        ),
        pytest.param(
            "variables:\n  VSLAT: {recode: vs.ARM}\n",
            ["VSTESTCD", "VSTEST", "VSORRES", "VSLAT", "VSDTC"], [("HR", "61"), ("SYSBP", "120")],
            id="a new variable stands where the standard has it",
        ),
        pytest.param(
            "variables:\n  VSLAT: {recode: vs.ARM, place_after: VSTEST}\n",
            ["VSTESTCD", "VSTEST", "VSLAT", "VSORRES", "VSDTC"], [("HR", "61"), ("SYSBP", "120")],
            id="or where its file says",
        ),
        pytest.param(
            "drop: {records: [pulse], variables: [VSTEST], supp: [VSROOM], working: [room]}\n",
            ["VSTESTCD", "VSORRES", "VSDTC"], [("SYSBP", "120")],
            id="what is dropped is gone",
        ),
    ],
)  # fmt: skip
def test_what_a_file_changes(tmp_path, own, names, records):
    result = built(study(tmp_path, own))
    assert list(result.study.datasets["VS"].variables) == names
    assert result.rows("VS", "VSTESTCD", "VSORRES") == records
    assert ("SUPPVS" in result.built.datasets) == ("drop:" not in own)


def test_an_entry_is_replaced_whole_and_points_into_its_own_file(tmp_path):
    own = "variables:\n  VSDTC: {iso8601: [vs.DAY]}\n"
    variables = load_study(study(tmp_path, own), catalogue()).datasets["VS"].variables
    assert variables["VSDTC"].comment == ""
    assert str(variables["VSDTC"].mark) == "tst/vs.yaml:4:10"
    assert variables["VSORRES"].mark.file == "tst/house.yaml"


@pytest.mark.parametrize(
    ("own", "code", "place", "value", "hint"),
    [
        pytest.param(
            "drop: {variables: [VSTES]}\n", "SP114", "tst/vs.yaml:3:20", "VSTES",
            "did you mean VSTEST?", id="a variable that is not there",
        ),
        pytest.param(
            "drop: {records: [weights]}\n", "SP114", "tst/vs.yaml:3:18", "weights", "",
            id="a block that is not there",
        ),
    ],
)  # fmt: skip
def test_only_what_is_there_is_dropped(tmp_path, own, code, place, value, hint):
    problem = refused(study(tmp_path, own))
    assert (problem.code, str(problem.mark), problem.value) == (code, place, value)
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("house", "target", "code"),
    [
        pytest.param(HOUSE, "hous.yaml", "SP113", id="a file that is not there"),
        pytest.param(HOUSE, "../house.yaml", "SP113", id="a file outside of the study folder"),
        pytest.param("dataset: VS\nextends: vs.yaml\n", "house.yaml", "RF201", id="a circle"),
        pytest.param(HOUSE.replace("VS\n", "LB\n", 1), "house.yaml", "SP107", id="another dataset"),
    ],
)
def test_what_cannot_be_extended(tmp_path, house, target, code):
    folder = study(tmp_path, "", house)
    (folder / "vs.yaml").write_text(f"dataset: VS\nextends: {target}\n", encoding="utf-8")
    (tmp_path / "house.yaml").write_text(HOUSE, encoding="utf-8")
    assert refused(folder).code == code
