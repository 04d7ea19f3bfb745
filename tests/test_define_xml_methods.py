"""Method texts and origins, by the items of a small study."""

import pytest
from define_study import CREATED, small_study
from studies import write_study

from define_xml import define
from define_xml.methods import method_text
from define_xml.places import place_of
from mappings.loader import load_study
from mappings.origins import VariableOrigin
from submission.catalogue import catalogue


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """Items and, by item, method texts of both standards."""
    result = small_study(tmp_path_factory.mktemp("methods"))
    items, texts = {}, {}
    for standard in ("SDTM", "ADaM"):
        made = define(result.study, result.built.datasets, standard, created=CREATED)
        methods = {method.oid: method.text for method in made.methods}
        items |= {item.oid: item for item in made.items}
        for holder in (*made.groups, *made.value_lists):
            texts |= {use.item: methods.get(use.method, "") for use in holder.uses}
    return items, texts


@pytest.mark.parametrize(
    ("item", "text"),
    [
        pytest.param("IT.AE.AESPID", "", id="a copy has no method"),
        pytest.param("IT.AE.AESTDTC", "", id="nor what is only written in another form"),
        pytest.param(
            "IT.AE.AEREL", "Term of codelist AEREL that ae.REL means.", id="a value that may change"
        ),
        pytest.param(
            "IT.AE.AESER",
            '"Y" where AEOUT = "FATAL"; else serious. serious is term of codelist NY that ae.SER'
            " means.",
            id="cases, and what a working column stands for",
        ),
        pytest.param(
            "IT.DM.RFSTDTC",
            'dem.STDAT in ISO 8601, as far as known; only where begun = "Y". begun is term of'
            " codelist NY that dem.GIVEN means.",
            id="a condition on the value",
        ),
        pytest.param(
            "IT.DM.DTHFL",
            '"Y" where there is AE.AETERM, among records with AE.AEOUT = "FATAL".',
            id="other records",
        ),
        pytest.param(
            "IT.AE.AESTDY",
            "Days from DM.RFSTDTC to AESTDTC, plus one on or after DM.RFSTDTC; there is no day 0.",
            id="a default that is not written",
        ),
        pytest.param(
            "IT.AE.AESEQ",
            "Number of the record within the subject in the order of AEDECOD, AESPID.",
            id="the sequence number",
        ),
        pytest.param(
            "IT.AE.USUBJID",
            "Identifiers joined by a hyphen: study, subject; a person keeps the first one given.",
            id="the subject identifier",
        ),
        pytest.param(
            "IT.LB.LBORRESU.INTLK6",
            'Term of codelist UNIT that unit means. unit is "ng/L".',
            id="a condition that the test decides",
        ),
        pytest.param(
            "IT.ADLB.AVAL.ANYHIGH",
            "1 where seen > 40; else 0. seen is largest ADLB.AVAL, among records with ADLB.PARAMCD"
            ' is one of ("ALT", "AST").',
            id="the cells of its row of for_each",
        ),
        pytest.param(
            "IT.ADLB.AVAL.PKALT",
            'Records from ADLB where ADLB.PARAMCD = "ALT", the first by ADLB.AVAL descending,'
            " ADLB.ADT of each subject: Equal to ADLB.AVAL.",
            id="the record that is kept",
        ),
        pytest.param(
            "IT.ADSL.DCUTDT",
            'Equal to cutoff. cutoff is date of "2025-06-30".',
            id="the value of a setting",
        ),
    ],
)
def test_method_texts(described, item, text):
    assert described[1][item] == text


def collected(page):
    return VariableOrigin("Collected", "Investigator", (page,))


@pytest.mark.parametrize(
    ("item", "origins"),
    [
        pytest.param("IT.AE.AETERM", (collected("30"),), id="a form with a page"),
        pytest.param(
            "IT.LB.LBORRES.INTLK6",
            (VariableOrigin("Collected", "Vendor"),),
            id="a vendor's file has no page",
        ),
        pytest.param("IT.LB.LBORRES.ALT", (collected("12"),), id="of the block that made it"),
        pytest.param("IT.LB.LBORRES", (), id="described at value level"),
        pytest.param(
            "IT.LB.LBSTRESC",
            (collected("12"), VariableOrigin("Collected", "Vendor")),
            id="two sources",
        ),
        pytest.param("IT.SUPPAE.QVAL.AEDLT", (collected("30"),), id="a qualifier"),
        pytest.param(
            "IT.AE.AEDECOD", (VariableOrigin("Assigned", "Sponsor"),), id="as the file says"
        ),
        pytest.param(
            "IT.ADSL.AGE", (VariableOrigin("Predecessor", "", (), "DM.AGE"),), id="a predecessor"
        ),
        pytest.param(
            "IT.ADSL.DOSELVL",
            (VariableOrigin("Predecessor", "", (), "SUPPDM.DOSELVL"),),
            id="a predecessor that is a qualifier",
        ),
    ],
)
def test_origins(described, item, origins):
    assert described[0][item].origins == origins


def test_blocks_that_differ_have_a_paragraph_each(tmp_path):
    result = small_study(tmp_path)
    spec = result.study.datasets["LB"]
    text = method_text([place_of(result.study, spec, block) for block in spec.blocks], "LBDTC")
    assert text.split("\n") == [
        "Records from form lab: lab.DAT in ISO 8601, as far as known.",
        "Records from form kit where found is not missing: Equal to kit.DAT. found is the column of"
        " its test among kit.IL6, kit.AUER.",
    ]


DM = """
    dataset: DM
    keys: [STUDYID, USUBJID]
    records:
      - from: dm
    variables:
      SUBJID: source.SUBJID
"""

ADXX = """
    dataset: ADXX
    keys: [STUDYID, USUBJID, PARAMCD]
    class: BASIC DATA STRUCTURE
    records:
      - name: seen
        from: dm
        set:
          PARAMCD: {constant: SEEN}
          AVALC:   dm.RES
          poor:    {flag: AVALC == "NE"}
      - name: rates
        from: DM
        for_each:
          columns: [paramcd, words]
          rows: [[GOOD, [CR, PR]], [BEST, [CR]]]
        set:
          PARAMCD: each.paramcd
          best:    {only: ADXX.AVALC, among: ADXX.chosen == "Y"}
          AVALC:   {flag: best in each.words, no: "N"}
          AVAL:
            cases:
              - {when: PARAMCD == "BEST", value: 2}
              - {when: AVALC == "Y", value: 1}
            otherwise: 0
          AVISIT:  {constant: LATE, where: each.paramcd == "BEST"}
          CRIT1FL: {flag: each.paramcd == "BEST"}
          SRCDOM:
            cases:
              - {when: each.paramcd == "WORST", value: DM}
            otherwise: LB
    working:
      chosen: {flag_first: [poor, AVALC]}
    variables:
      PARAMCD: from records
      AVALC:   from records
      AVAL:    from records
      AVISIT:  from records
      CRIT1FL: from records
      SRCDOM:  from records
"""

BEST = 'best is the one value of ADXX.AVALC, among records with ADXX.chosen = "Y".'
CHOSEN = (
    'chosen is "Y" on the first record by poor, AVALC of each subject. poor is "Y" where AVALC ='
    ' "NE".'
)


@pytest.fixture(scope="module")
def rates(tmp_path_factory):
    """Texts of the block of rates where some variables have known values."""
    raw = {"dm": "SUBJ,RES\n1,CR\n"}
    folder = write_study(tmp_path_factory.mktemp("rates"), {"dm": DM, "adxx": ADXX}, raw)
    study = load_study(folder, catalogue())
    spec = study.datasets["ADXX"]

    def text(name, **known):
        return method_text([place_of(study, spec, spec.blocks[1], known)], name)

    return text


@pytest.mark.parametrize(
    ("name", "known", "text"),
    [
        pytest.param(
            "AVALC", {"PARAMCD": "GOOD"},
            f'"Y" where best is one of ("CR", "PR"); else "N". {BEST} {CHOSEN}',
            id="one row of for_each, and names of other records",
        ),
        pytest.param(
            "AVALC", {},
            f'"Y" where best is one of words; else "N". {BEST} words is ("CR", "PR") for "GOOD",'
            f' ("CR") for "BEST". {CHOSEN}',
            id="several rows: the cells of each",
        ),
        pytest.param(
            "AVALC", {"PARAMCD": "BEST"},
            f'"Y" where best = "CR"; else "N". {BEST} {CHOSEN}',
            id="a list of one value is that value",
        ),
        pytest.param("CRIT1FL", {"PARAMCD": "BEST"}, '"Y".', id="a flag that is always set"),
        pytest.param(
            "CRIT1FL", {"PARAMCD": "GOOD"}, "Missing on these records.", id="and one that never is"
        ),
        pytest.param("AVAL", {"PARAMCD": "BEST"}, "2.", id="a case that always holds is the last"),
        pytest.param(
            "AVAL", {"PARAMCD": "GOOD"}, '1 where AVALC = "Y"; else 0.',
            id="a case that cannot hold is left out",
        ),
        pytest.param("SRCDOM", {}, '"LB".', id="no case can hold"),
        pytest.param("AVISIT", {"PARAMCD": "BEST"}, '"LATE".', id="a condition that always holds"),
        pytest.param(
            "AVISIT", {"PARAMCD": "GOOD"}, "Missing on these records.", id="and one that never does"
        ),
        pytest.param(
            "AVISIT", {}, '"LATE"; only where PARAMCD = "BEST".',
            id="a cell by the variable that copies it",
        ),
    ],
)  # fmt: skip
def test_what_is_known_of_the_records_is_not_said(rates, name, known, text):
    assert rates(name, **known) == text
