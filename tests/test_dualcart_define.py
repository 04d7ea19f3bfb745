"""The define.xml files of the example study, read as a reviewer reads them."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from define_xml import Define, define
from mappings.build import build, plan
from mappings.loader import load_study
from mappings.origins import VariableOrigin
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import read_inputs

STUDY = Path(__file__).parent.parent / "mappings" / "dualcart_aml"
# What a sentence with an empty place, or one that is put together badly, would hold.
BROKEN = re.compile(
    r"\(none\)|\{\}|\bamong [.,;]|\b1 decimals|where (never|always)\b|[ ,;]\.|\b(\w+) \2\b"
)


@pytest.fixture(scope="module")
def files() -> dict[str, Define]:
    study = load_study(STUDY, catalogue())
    problems = Problems()
    inputs = read_inputs(study, STUDY / "raw", problems)
    built = build(plan(study, tuple(study.datasets)), inputs.parts(), problems)
    return {
        standard: define(study, built.datasets, standard, created=datetime(2025, 7, 1))
        for standard in ("SDTM", "ADaM")
    }


def texts(file: Define) -> dict[str, str]:
    """The method of each item that has one."""
    methods = {method.oid: method.text for method in file.methods}
    uses = (use for holder in (*file.groups, *file.value_lists) for use in holder.uses)
    return {use.item: methods[use.method] for use in uses if use.method}


def origins(file: Define, item: str) -> tuple[VariableOrigin, ...]:
    return next(one.origins for one in file.items if one.oid == item)


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_methods_are_sentences(files, standard):
    broken = {
        item: found[0]
        for item, text in texts(files[standard]).items()
        if (found := BROKEN.search(text)) or not text.endswith(".")
    }
    assert broken == {}


@pytest.mark.parametrize(
    ("standard", "item", "said"),
    [
        pytest.param(
            "ADaM", "IT.ADTTE.CNSR.DOR",
            "censored at ADSL.LSTDADT, described as \"RESPONSE ONGOING\", the date described as"
            ' "LAST DISEASE ASSESSMENT DATE".',
            id="what no intervention and no reason censors",
        ),
        pytest.param(
            "ADaM", "IT.ADTTE.CNSR.OSHSCT",
            "censored at the earliest before the event of ADSL.HSCTDT, code 5, described as"
            ' "DATE OF HSCT"; without either censored at ADSL.LSTALVDT',
            id="an intervention",
        ),
        pytest.param(
            "ADaM", "IT.ADRS.AVALC.CBOR",
            'a response counts only if it is confirmed (of "CR", "CRh", "CRi", "MLFS", "PR", by one'
            " at least as good 28 days later or more",
            id="a confirmation",
        ),
        pytest.param(
            "ADaM", "IT.ADRS.AVALC.OVRELN", "CRh with 0.5 and 50 or more", id="the ELN criteria"
        ),
        pytest.param("ADaM", "IT.ADRS.AVALC.PRR", '"Y" where seen = "PR"', id="a list of one"),
        pytest.param(
            "SDTM", "IT.SE.ETCD", 'start infusion, plus 29 days, unless that is after DM.RFPENDTC',
            id="elements",
        ),
        pytest.param(
            "SDTM", "IT.VS.VSORRESU.SYSBP", "unit is missing on these records",
            id="a column that is transposed from nothing",
        ),
        pytest.param(
            "SDTM", "IT.VS.USUBJID", "Identifiers joined by a hyphen", id="one way for all blocks"
        ),
        pytest.param(
            "SDTM", "IT.RS.RSSTRESC.ELN_DOHNER_AML_2022.OVRLRESP",
            '"MLFS" gives "MORPHOLOGIC LEUKEMIA-FREE STATE"',
            id="a mapping of responses",
        ),
        pytest.param(
            "ADaM", "IT.ADRS.AVISIT", '15 to 44 gives "Month 1"', id="analysis windows"
        ),
        pytest.param(
            "SDTM", "IT.TS.TSSEQ", "in the order of the protocol", id="a method that is given"
        ),
    ],
)  # fmt: skip
def test_what_a_method_says(files, standard, item, said):
    assert said in texts(files[standard])[item]


@pytest.mark.parametrize(
    ("standard", "item", "origin"),
    [
        pytest.param(
            "SDTM", "IT.DM.RACE", VariableOrigin("Collected", "Investigator", ("2",)),
            id="a form behind the branches of cases",
        ),
        pytest.param(
            "SDTM", "IT.SUPPAE.QVAL.AEDLTSRC", VariableOrigin("Collected", "Investigator", ("32",)),
            id="another form than that of the record",
        ),
        pytest.param(
            "SDTM", "IT.RS.RSSTRESC.ELN_DOHNER_AML_2022.OVRLRESP",
            VariableOrigin("Derived", "Sponsor"),
            id="a standardised result",
        ),
        pytest.param(
            "SDTM", "IT.LB.LBTESTCD", VariableOrigin("Assigned", "Sponsor"), id="a test code"
        ),
        pytest.param(
            "SDTM", "IT.CP.CPELTM", VariableOrigin("Assigned", "Sponsor"), id="a planned time"
        ),
        pytest.param("SDTM", "IT.TI.IETEST", VariableOrigin("Protocol", "Sponsor"), id="protocol"),
        pytest.param("SDTM", "IT.LB.STUDYID", VariableOrigin("Protocol", "Sponsor"), id="study"),
        pytest.param(
            "ADaM", "IT.ADRS.USUBJID", VariableOrigin("Predecessor", "", (), "ADSL.USUBJID"),
            id="the subject of an analysis record",
        ),
        pytest.param(
            "ADaM", "IT.ADSL.DCUTDT", VariableOrigin("Assigned", "Sponsor"), id="the cut-off"
        ),
    ],
)  # fmt: skip
def test_where_a_value_is_from(files, standard, item, origin):
    assert origins(files[standard], item) == (origin,)


@pytest.mark.parametrize(
    ("standard", "item"),
    [("SDTM", "IT.AE.AETOXGR"), ("ADaM", "IT.ADLB.ATOXGRL"), ("ADaM", "IT.ADLB.ATOXGRH")],
)
def test_grades_name_the_version_of_the_criteria(files, standard, item):
    comments = {comment.oid: comment.text for comment in files[standard].comments}
    said = next(one.comment for one in files[standard].items if one.oid == item)
    assert "CTCAE), version 5.0" in comments[said]


@pytest.mark.parametrize("standard", ["SDTM", "ADaM"])
def test_codelists_have_names_of_their_own(files, standard):
    names = [one.name for one in files[standard].codelists]
    assert len(set(names)) == len(names)


def test_a_copy_of_a_copy_has_the_list_of_the_first(files):
    lists = {one.oid: one.codelist for one in files["ADaM"].items}
    assert lists["IT.ADLB.SEX"] == lists["IT.ADSL.SEX"] == "CL.DM.SEX"


def test_relationships_have_no_subject(files):
    assert "IT.RELREC.USUBJID" not in texts(files["SDTM"])


@pytest.mark.parametrize("dataset", ["ADLB", "ADRS", "ADTTE"])
def test_analysis_records_begin_with_what_identifies_them(files, dataset):
    group = next(one for one in files["ADaM"].groups if one.name == dataset)
    said = " ".join(use.item.removeprefix(f"IT.{dataset}.") for use in group.uses[:17])
    assert said == (
        "STUDYID USUBJID SUBJID SITEID TRTP TRTA TRTSDT TRTSDTM AGE SEX SAFFL FASFL ASEQ"
        " PARAM PARAMCD PARAMN PARCAT1"
    )


def terms(file: Define, codelist: str) -> dict[str, str]:
    return {
        one.value: one.decode for one in next(c for c in file.codelists if c.oid == codelist).terms
    }


def test_responses_have_one_decode_everywhere(files):
    responses = terms(files["ADaM"], "CL.ADSL.BORC")
    assert terms(files["ADaM"], "CL.ADRS.AVALC") == {**responses, "Y": "Yes", "N": "No"}


@pytest.mark.parametrize("dataset", ["ADRS", "ADLB"])
def test_numbers_of_visits_stand_for_visits(files, dataset):
    visits = terms(files["ADaM"], f"CL.{dataset}.AVISIT")
    numbers = terms(files["ADaM"], f"CL.{dataset}.AVISITN.N")
    both = {
        "0": "Baseline" if dataset == "ADRS" else "Baseline of marrow; Pre-infusion of the rest"
    }
    assert set((numbers | both).values()) - set(both.values()) <= set(visits)
    assert numbers["0"] == both["0"]
    assert numbers["0.5"] == "EARLY"
