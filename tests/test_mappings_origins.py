"""Origins of what transposing fills: columns of a form, literals, and both."""

import pytest
from define_study import CREATED
from studies import built, write_study

from define_xml import define
from mappings.origins import VariableOrigin, origins_of

COLLECTED = VariableOrigin("Collected", "Investigator", ("1",))
ASSIGNED = VariableOrigin("Assigned", "Sponsor")
VS = """
    dataset: VS
    keys: [STUDYID, USUBJID, VSTESTCD]
    records:
      - name: measured
        from: vs
        transpose:
          into: [test, result, unit, place]
          rows:
            - [TEMP, TEMP, {constant: C}, {constant: MOUTH}]
            - [WEIGHT, WEIGHT, WTUNIT, {constant: BED}]
    variables:
      VSTESTCD: test
      VSTEST:   {decode: VSTESTCD}
      VSORRES:  result
      VSORRESU: {recode: unit}
      VSLOC:    {clean: place}
    value_level:
      - {by: [VSTESTCD], variables: [VSORRESU]}
"""
RAW = {"vs": "SUBJ,TEMP,WEIGHT,WTUNIT\n1,36.6,70,kg\n"}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return built(write_study(tmp_path_factory.mktemp("o") / "tst", {"vs": VS}, RAW))


@pytest.mark.parametrize(
    ("name", "origins"),
    [
        pytest.param("VSTESTCD", [ASSIGNED], id="a literal on every row"),
        pytest.param("VSLOC", [ASSIGNED], id="literals that are cleaned"),
        pytest.param("VSORRES", [COLLECTED], id="columns of the form"),
        pytest.param("VSORRESU", [ASSIGNED, COLLECTED], id="a literal on one row, a column below"),
    ],
)
def test_origins_of_transposed_names(result, name, origins):
    study = result.study
    assert list(origins_of(study, study.datasets["VS"], name)) == origins


def test_each_value_of_a_test_has_the_origin_of_its_row(result):
    made = define(result.study, result.built.datasets, "SDTM", created=CREATED)
    found = {item.oid: item.origins for item in made.items if item.oid.startswith("IT.VS.VSORRESU")}
    assert found == {
        "IT.VS.VSORRESU": (),
        "IT.VS.VSORRESU.TEMP": (ASSIGNED,),
        "IT.VS.VSORRESU.WEIGHT": (COLLECTED,),
    }
