"""Text beyond 200 bytes is cut at a word and continues where the file says."""

import pytest
from studies import built, write_study

from mappings.overflow import cut_text

WORDS = " ".join(f"word{number:03}" for number in range(40))  # 319 bytes

AE = """
    dataset: AE
    keys: [STUDYID, USUBJID, AESPID]
    records:
      - from: ae
    variables:
      AESPID: ae.NO
      AETERM: {copy: ae.TERM, overflow: supp}
"""


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("short", ("short",), id="a short text is one piece"),
        pytest.param("a" * 200, ("a" * 200,), id="200 bytes fit"),
        pytest.param("a" * 201, ("a" * 200, "a"), id="a word beyond the limit is cut in two"),
        pytest.param("a" * 199 + " bc", ("a" * 199, "bc"), id="the blank at the cut goes"),
        pytest.param("a" * 200 + " bc", ("a" * 200, "bc"), id="a blank right behind the cut"),
        pytest.param("é" * 150, ("é" * 100, "é" * 50), id="bytes count, not characters"),
    ],
)
def test_cut_text(text, pieces):
    assert cut_text(text) == pieces


def test_the_rest_of_a_long_text_is_a_supplemental_qualifier(tmp_path):
    raw = {"ae": f"SUBJ,NO,TERM\n1,1,{WORDS}\n1,2,short\n"}
    result = built(write_study(tmp_path / "tst", {"ae": AE}, raw))
    first, second = (row[0] for row in result.rows("AE", "AETERM"))
    assert len(first) <= 200
    assert second == "short"
    assert result.rows("SUPPAE", "IDVARVAL", "QNAM", "QLABEL", "QORIG") == [
        ("1", "AETERM1", "Reported Term for the Adverse Event 1", "CRF")
    ]
    (rest,) = (row[0] for row in result.rows("SUPPAE", "QVAL"))
    assert f"{first} {rest}" == WORDS


def test_the_rest_of_a_long_text_may_go_to_columns(tmp_path):
    ts = f"""
    dataset: TS
    keys: [STUDYID, TSPARMCD, TSSEQ]
    records:
      - from: said
    variables:
      TSSEQ:    {{number_within: [said.row], by: [TSPARMCD]}}
      TSPARMCD: said.code
      TSPARM:   {{decode: TSPARMCD}}
      TSVAL:    {{copy: said.value, overflow: columns}}
    tables:
      said: {{columns: [code, value], rows: [[TITLE, {WORDS}], [ADDON, "N"]]}}
"""
    result = built(write_study(tmp_path / "tst", {"ts": ts}, {}))
    dataset = result.built.datasets["TS"]
    names = [column.name for column in dataset.columns]
    assert names[-2:] == ["TSVAL", "TSVAL1"]
    assert dataset.column("TSVAL1").label == "Parameter Value 1"
    rows = dict(result.rows("TS", "TSPARMCD", "TSVAL1"))
    assert rows["ADDON"] is None
    assert WORDS.endswith(rows["TITLE"])
