"""What a lookup is said to give, by the rows of its table that a place may meet."""

import pytest
from studies import write_study

from define_xml.methods import method_text
from define_xml.places import place_of
from define_xml.tables import MOST_ROWS
from mappings.loader import load_study
from submission.catalogue import catalogue

DM = """
    dataset: DM
    keys: [STUDYID, USUBJID]
    records:
      - from: dm
    variables:
      SUBJID: source.SUBJID
"""
MANY = ", ".join(f"[{number}, Term {number}]" for number in range(MOST_ROWS + 1))
LB = f"""
    dataset: LB
    keys: [STUDYID, USUBJID, LBTESTCD]
    records:
      - name: results
        from: dm
        transpose: {{into: [test, found], rows: [[ALT, ONE], [AST, TWO]]}}
      - name: each
        from: dm
        for_each: {{columns: [code], rows: [[AST], [ALT], [none]]}}
        set: {{LBMETHOD: {{lookup: [each.code], table: kinds, give: kind}}}}
    working:
      count: {{number: found}}
    variables:
      LBTESTCD: test
      LBORRES:  {{lookup: [LBTESTCD, found], table: words, give: value, otherwise: keep}}
      LBCAT:    {{lookup: [LBTESTCD], table: kinds, give: kind}}
      LBSTRESC: {{lookup_between: count, table: ranges, low: from, high: to, give: word}}
      LBMETHOD: from records
      LBSPEC:   {{lookup: [found], table: many, give: term}}
    tables:
      words:
        columns: [test, collected, value]
        rows: [[alt, neg, NEGATIVE], [ALT, none, null], [AST, pos, POSITIVE]]
      kinds: {{columns: [test, kind], rows: [[ALT, LIVER], [AST, LIVER]]}}
      ranges: {{columns: [from, to, word], rows: [[null, 1, LOW], [2, 5, HIGH]]}}
      many: {{columns: [code, term], rows: [{MANY}]}}
"""


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    raw = {"dm": "SUBJ,ONE,TWO\n1,neg,2\n"}
    study = load_study(
        write_study(tmp_path_factory.mktemp("tables"), {"dm": DM, "lb": LB}, raw), catalogue()
    )
    spec = study.datasets["LB"]

    def said(name, block=0, **known):
        return method_text([place_of(study, spec, spec.blocks[block], known)], name)

    return said


@pytest.mark.parametrize(
    ("name", "known", "rows"),
    [
        pytest.param(
            "LBORRES", {},
            '("alt" and "neg" gives "NEGATIVE", "ALT" and "none" gives missing,'
            ' "AST" and "pos" gives "POSITIVE")',
            id="all rows where nothing is known",
        ),
        pytest.param(
            "LBORRES", {"LBTESTCD": "ALT"}, '("neg" gives "NEGATIVE", "none" gives missing);',
            id="those of the known test, in any case",
        ),
        pytest.param(
            "LBCAT", {}, '("ALT" gives "LIVER", "AST" gives "LIVER")', id="one key"
        ),
        pytest.param(
            "LBSTRESC", {}, '(up to 1 gives "LOW", 2 to 5 gives "HIGH")', id="ranges, one open"
        ),
    ],
)  # fmt: skip
def test_rows_of_a_table(text, name, known, rows):
    assert rows in text(name, **known)


def test_nothing_is_said_of_a_long_table_or_of_a_row_that_is_known(text):
    assert text("LBSPEC").startswith("term of table many for found. ")
    assert text("LBCAT", LBTESTCD="ALT") == "kind of table kinds for LBTESTCD."


def test_rows_of_for_each_are_told_apart(text):
    assert '("ALT" gives "LIVER", "AST" gives "LIVER")' in text("LBMETHOD", block=1)
