"""Which of the five ways fills a variable on each block (language section 1.6)."""

import pytest
from small_study import ADSL, small_study

from mappings.loader import load_study
from submission.catalogue import catalogue
from submission.ways import ways_of


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load_study(small_study(tmp_path_factory.mktemp("w") / "tst", adsl=ADSL), catalogue())


@pytest.mark.parametrize(
    ("dataset", "name", "ways"),
    [
        pytest.param("VS", "VSORRES", [(1, "set"), (1, "set")], id="set: of each block"),
        pytest.param("VS", "test", [(2, "transpose"), (5, "missing")], id="transposed in one"),
        pytest.param("VS", "VSDY", [(3, "variables")] * 2, id="a body under variables:"),
        pytest.param("AE", "AEBP", [(3, "supp")], id="a body under supp:"),
        pytest.param("AE", "pressure", [(3, "working")], id="a body under working:"),
        pytest.param("AE", "STUDYID", [(4, "identifiers")], id="an identifier of the study"),
        pytest.param("AE", "AESEQ", [(0, "the program")], id="the sequence number"),
        pytest.param("AE", "DOMAIN", [(0, "the program")], id="the domain"),
        pytest.param("DM", "AGE", [(5, "missing")], id="nothing fills it"),
    ],
)
def test_ways(study, dataset, name, ways):
    found = ways_of(study.datasets[dataset], name)
    assert [(way.number, way.said) for way in found] == ways


def test_a_record_operation_is_named(tmp_path):
    visits = """
dataset: SV
keys: [STUDYID, USUBJID, VISITNUM]
records:
  - visits: all
    table: planned
    unscheduled: [UNS]
tables:
  planned: {columns: [VISITNUM, VISIT, VISITDY, labels], rows: [[1, DAY 1, 1, [D1]]]}
variables:
  VISITNUM: from records
  VISIT:    from records
"""
    study = load_study(small_study(tmp_path / "tst", sv=visits), catalogue())
    (way,) = ways_of(study.datasets["SV"], "VISITNUM")
    assert (way.number, way.said) == (2, "visits")
