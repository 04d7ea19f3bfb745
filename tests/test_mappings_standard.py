"""What the implementation guides say of variables and datasets."""

import pytest

from controlled_terms.codelists import Terminology
from mappings.standard import Standard

SDTM = Standard.shipped("SDTMIG", "3.4")
ADAM = Standard.shipped("ADAMIG", "1.3")


def test_another_guide_is_refused():
    with pytest.raises(ValueError, match=r"SDTMIG 3\.3 is not here"):
        Standard.shipped("SDTMIG", "3.3")


def test_variables_of_a_domain_stand_in_order():
    variables = SDTM.variables("AE")
    assert [variable.name for variable in variables[:5]] == [
        "STUDYID", "DOMAIN", "USUBJID", "SPDEVID", "AESEQ",
    ]  # fmt: skip
    orders = [variable.order for variable in variables]
    assert orders == sorted(orders)
    assert len(variables) == 60


def test_variable_of_sdtm():
    severity = SDTM.variable("AE", "AESEV")
    assert (severity.label, severity.type, severity.role, severity.core) == (
        "Severity/Intensity", "Char", "Record Qualifier", "Perm",
    )  # fmt: skip
    assert severity.codelists == ("C66769",)
    assert SDTM.variable("DS", "DSDECOD").codelists == ("C66727", "C114118", "C150811")
    assert SDTM.variable("AE", "DOMAIN").value_list == ("AE",)
    assert SDTM.variable("AE", "AESEVV") is None


@pytest.mark.parametrize(
    ("domain", "name", "kind"),
    [
        pytest.param("AE", "AETERM", "text", id="text"),
        pytest.param("AE", "AESTDTC", "iso", id="a date is ISO 8601 text"),
        pytest.param("AE", "AEDUR", "iso", id="so is a duration"),
        pytest.param("AE", "AESTDY", "number", id="number"),
        pytest.param("AE", "AEPTCD", "number", id="a MedDRA code"),
    ],
)
def test_kind_of_sdtm(domain, name, kind):
    variable = SDTM.variable(domain, name)
    assert (variable.kind, variable.sas_format) == (kind, "")


@pytest.mark.parametrize(
    ("name", "label", "class_name", "count"),
    [
        pytest.param("DM", "Demographics", "Special-Purpose", 32, id="special purpose"),
        pytest.param("FA", "Findings About Events or Interventions", "Findings About", 30,
                     id="findings about"),
        pytest.param("TS", "Trial Summary", "Trial Design", 11, id="trial design"),
        pytest.param("RELREC", "Related Records", "Relationship", 7, id="related records"),
        pytest.param("SUPPAE", "Supplemental Qualifiers for AE", "Relationship", 10,
                     id="supplemental qualifiers"),
        pytest.param("LBHM", "Laboratory Test Results", "Findings", 62, id="a split domain"),
    ],
)  # fmt: skip
def test_dataset_of_sdtm(name, label, class_name, count):
    dataset = SDTM.dataset(name)
    assert (dataset.name, dataset.label, dataset.class_name) == (name, label, class_name)
    assert SDTM.knows(name)
    assert len(SDTM.variables(name)) == count


@pytest.mark.parametrize("name", ["XB", "ADSL", "SUPP", "DMXX", ""])
def test_unknown_dataset(name):
    assert not SDTM.knows(name)
    assert SDTM.dataset(name) is None
    assert SDTM.variables(name) == ()


@pytest.mark.parametrize(
    ("domain", "name", "label", "type", "role", "after", "before"),
    [
        pytest.param("AE", "AELNKID", "Link ID", "Char", "Identifier", "AESPID", "AETERM",
                     id="identifier of another class"),
        pytest.param("LB", "LBLNKGRP", "Link Group ID", "Char", "Identifier", "LBSPID", "LBTESTCD",
                     id="identifier of the class"),
        pytest.param("VS", "FOCID", "Focus of Study-Specific Interest", "Char", "Identifier",
                     "USUBJID", "VSSEQ", id="identifier without a prefix"),
        pytest.param("AE", "VISITNUM", "Visit Number", "Num", "Timing", "AETOXGR", "TAETORD",
                     id="timing without a prefix"),
        pytest.param("AE", "AEDTC", "Date/Time of Collection", "Char", "Timing", "EPOCH",
                     "AESTDTC", id="timing with a general label"),
        pytest.param("LB", "LBSTDTC", "Start Date/Time of Observation", "Char", "Timing", "LBDTC",
                     "LBENDTC", id="no domain's own label"),
        pytest.param("VS", "VSSPCUFL", "Specimen Usability for the Test", "Char",
                     "Record Qualifier", "VSLAT", "VISITNUM", id="qualifier of the class"),
    ],
)  # fmt: skip
def test_model_variable(domain, name, label, type, role, after, before):
    assert SDTM.variable(domain, name) is None
    variable = SDTM.model_variable(domain, name)
    assert (variable.name, variable.label, variable.type) == (name, label, type)
    assert (variable.role, variable.core) == (role, "Perm")
    assert SDTM.variable(domain, after).order < variable.order
    assert variable.order < SDTM.variable(domain, before).order


def test_model_variables_behind_one_variable_keep_their_order():
    link, group = (SDTM.model_variable("PC", name).order for name in ("PCLNKID", "PCLNKGRP"))
    assert link < group


def test_model_variable_that_the_guide_lists():
    assert SDTM.model_variable("AE", "AESTDTC") == SDTM.variable("AE", "AESTDTC")


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        pytest.param("AE", "AETEST", id="a topic of another class"),
        pytest.param("AE", "LBTEST", id="a name of another domain"),
        pytest.param("DM", "DMLNKID", id="not a general observation class"),
        pytest.param("AE", "AEXYZ", id="no variable of the model"),
        pytest.param("XB", "XBTEST", id="a domain of unknown class"),
    ],
)
def test_model_variable_refused(domain, name):
    assert SDTM.model_variable(domain, name) is None


@pytest.mark.parametrize("class_name", ["Findings", "FINDINGS", "Findings About"])
def test_a_domain_of_the_sponsor(class_name):
    names = [variable.name for variable in SDTM.variables("XB", class_name)]
    wanted = ["STUDYID", "USUBJID", "XBSEQ", "XBTESTCD", "XBORRES", "XBSTRESC", "VISITNUM", "XBDTC"]
    assert [name for name in names if name in wanted] == wanted
    assert not any("--" in name for name in names)
    assert SDTM.model_variable("XB", "XBTESTCD", class_name).label == (
        "Short Name of Measurement, Test or Exam"
    )


def test_labels_of_the_model_fit_a_transport_file():
    for class_name in ("Interventions", "Events", "Findings"):
        for variable in SDTM.variables("XX", class_name):
            assert 0 < len(variable.label) <= 40, variable


def test_codelists_are_in_the_release_except_the_withdrawn_one():
    terminology = Terminology.shipped()
    codes = {
        code
        for domain in SDTM.datasets
        for variable in SDTM.variables(domain)
        for code in variable.codelists
    }
    assert {code for code in codes if terminology.get(code) is None} == {"C85495"}


@pytest.mark.parametrize(
    ("structure", "name", "label", "kind"),
    [
        pytest.param("ADSL", "TRT01P", "Planned Treatment for Period 01", "text", id="xx"),
        pytest.param("ADSL", "AP12SDTM", "Period 12 Start Datetime", "datetime", id="two digits"),
        pytest.param("ADSL", "AGEGR1N", "Pooled Age Group 1 (N)", "number", id="y"),
        pytest.param("ADSL", "TR01PG2", "Planned Pooled Treatment 2 for Period 01", "text",
                     id="two places"),
        pytest.param("ADSL", "P01S2SDM", "Period 01 Subperiod 2 Start Datetime", "datetime",
                     id="a datetime cut to eight characters"),
        pytest.param("BDS", "CRIT12FL", "Criterion 12 Evaluation Result Flag", "text",
                     id="y above nine"),
        pytest.param("BDS", "ANL03FL", "Analysis Flag 03", "text", id="zz"),
        pytest.param("BDS", "PARCAT1", "Parameter Category 1", "text", id="category"),
        pytest.param("BDS", "A1LO", "Analysis Range 1 Lower Limit", "number", id="range"),
        pytest.param("BDS", "ADT", "Analysis Date", "date", id="an exact name before *DT"),
        pytest.param("BDS", "ADTM", "Analysis Datetime", "datetime", id="datetime"),
        pytest.param("BDS", "ATM", "Analysis Time", "time", id="time"),
        pytest.param("BDS", "ADTF", "Analysis Date Imputation Flag", "text", id="flag"),
        pytest.param("BDS", "ARELTM", "Analysis Relative Time", "number",
                     id="a relative time is a number"),
        pytest.param("BDS", "LASTDT", "", "date", id="a date the study names"),
        pytest.param("BDS", "LASTSDTM", "", "datetime", id="the longest suffix"),
        pytest.param("ADSL", "LSTEXMDT", "", "date", id="suffixes hold in ADSL too"),
        pytest.param("BDS", "TRTSDT", "Date of First Exposure to Treatment", "date",
                     id="ADSL's own name before *SDT"),
        pytest.param("TTE", "CNSR", "Censor", "number", id="time to event"),
        pytest.param("TTE", "STARTDT", "Time to Event Origin Date for Subject", "date",
                     id="TTE before BDS"),
        pytest.param("TTE", "AVALC", "Analysis Value (C)", "text", id="BDS behind TTE"),
        pytest.param("AE", "AETERM", "Reported Term for the Adverse Event", "text",
                     id="the label a copied variable has in SDTM"),
        pytest.param("AE", "AESTDTC", "Start Date/Time of Adverse Event", "iso", id="ISO 8601"),
        pytest.param("AE", "AESEVN", "Severity/Intensity (N)", "number", id="not in SDTM"),
        pytest.param("OCCDS", "CMOCCUR", "CM Occurrence", "text", id="occurrence"),
        pytest.param("AE", "AOCC01FL", "", "text", id="wording left to the study"),
        pytest.param("AE", "DECDORG1", "PT in Original Dictionary 1", "text",
                     id="MedDRA first in the profile of AE"),
        pytest.param("OTHER", "SITEID", "Study Site Identifier", "text", id="another structure"),
    ],
)  # fmt: skip
def test_variable_of_adam(structure, name, label, kind):
    variable = ADAM.variable(structure, name)
    assert (variable.name, variable.label, variable.kind) == (name, label, kind)


@pytest.mark.parametrize(
    ("structure", "name"),
    [
        pytest.param("BDS", "TRT00P", id="periods begin at 01"),
        pytest.param("BDS", "TRT1P", id="xx has two digits"),
        pytest.param("BDS", "CRIT0", id="y begins at 1"),
        pytest.param("BDS", "CRIT01", id="y has no leading zero"),
        pytest.param("BDS", "TRTxxP", id="the name with its places is no name"),
        pytest.param("BDS", "XYZ", id="unknown"),
        pytest.param("NOTHING", "AVAL", id="an unknown structure"),
    ],
)
def test_variable_of_adam_unknown(structure, name):
    assert ADAM.variable(structure, name) is None


@pytest.mark.parametrize(
    ("structure", "name", "core"),
    [
        pytest.param("ADSL", "TRT01P", "Req", id="in ADSL"),
        pytest.param("BDS", "TRT01P", "Perm", id="from ADSL"),
        pytest.param("BDS", "AVAL", "Cond", id="in BDS"),
        pytest.param("TTE", "AVAL", "Req", id="in TTE"),
        pytest.param("AE", "AETERM", "Req", id="in the profile of AE"),
        pytest.param("AE", "CMTRT", "Not Used", id="not for adverse events"),
    ],
)
def test_core_of_adam(structure, name, core):
    assert ADAM.variable(structure, name).core == core


@pytest.mark.parametrize(
    ("kind", "name", "written"),
    [
        pytest.param("date", "ADT", "DATE9.", id="date"),
        pytest.param("datetime", "ADTM", "DATETIME20.", id="datetime"),
        pytest.param("time", "ATM", "TIME8.", id="time"),
        pytest.param("number", "AVAL", "", id="number"),
    ],
)
def test_format(kind, name, written):
    variable = ADAM.variable("BDS", name)
    assert (variable.kind, variable.sas_format) == (kind, written)


def test_variables_of_a_structure():
    names = [variable.name for variable in ADAM.variables("TTE")]
    assert names[:3] == ["STUDYID", "USUBJID", "ASEQ"]
    assert {"CNSR", "AVALC", "ANLzzFL"} <= set(names)
    assert len(names) == len(set(names))
    assert "AGE" not in names
    assert "AGE" in {variable.name for variable in ADAM.variables("ADSL")}


@pytest.mark.parametrize(
    ("class_name", "subclass", "structure"),
    [
        pytest.param("SUBJECT LEVEL ANALYSIS DATASET", "", "ADSL", id="ADSL"),
        pytest.param("BASIC DATA STRUCTURE", "", "BDS", id="BDS"),
        pytest.param("BASIC DATA STRUCTURE (TIME-TO-EVENT)", "", "TTE", id="in brackets"),
        pytest.param("BASIC DATA STRUCTURE", "TIME-TO-EVENT", "TTE", id="as a subclass"),
        pytest.param("BASIC DATA STRUCTURE (NON-COMPARTMENTAL ANALYSIS)", "", "BDS",
                     id="a subclass without its own structure"),
        pytest.param("OCCURRENCE DATA STRUCTURE", "", "OCCDS", id="OCCDS"),
        pytest.param("OCCURRENCE DATA STRUCTURE (ADVERSE EVENT)", "", "AE", id="adverse events"),
        pytest.param("ADAM OTHER", "", "OTHER", id="other"),
        pytest.param("FINDINGS", "", "", id="a class of SDTM"),
    ],
)  # fmt: skip
def test_structure_of(class_name, subclass, structure):
    assert ADAM.structure_of(class_name, subclass) == structure


def test_dataset_of_adam():
    subjects = ADAM.dataset("ADSL")
    assert (subjects.label, subjects.structure) == (
        "Subject-Level Analysis Dataset", "One record per subject",
    )  # fmt: skip
    assert ADAM.dataset("TTE").subclass == "TIME-TO-EVENT"
    assert ADAM.dataset("ADLB") is None
    assert not ADAM.knows("ADLB")
