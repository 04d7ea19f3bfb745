"""What may be submitted, what a collected text means, how a value is decoded."""

import csv
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlled_terms.codelists import Codelist, Term, Terminology, cleaned
from controlled_terms.unit_texts import spelled, unit_texts

CT = Terminology.shipped()
VARIABLES = Path(__file__).resolve().parents[1] / "mappings/standards/sdtmig_3_4_variables.csv"

# Extensions of SDTM CT 2025-03-28 that the bundled study declares, by codelist.
EXTENSIONS = {
    "ONCRSR": ["MRD LOW LEVEL"],
    "FATESTCD": ["FEVERIND", "HYPOTSUP", "HYPOXSUP", "ICETOT", "CONSCLVL", "SEIZIND", "MOTORIND"],
    "PROCEDUR": ["LEUKAPHERESIS", "BONE MARROW ASPIRATION", "DONOR LYMPHOCYTE INFUSION"],
    "PKUNIT": ["day*DNA copies/ug", "10^6/L", "day*10^6/L"],
    "GFTESTCD": ["VCTINTST"],
    "GFTSDTL": ["RELATIVE ABUNDANCE"],
    "ISBDAGT": ["CLL1 AND CD38 DUAL CAR"],
}
CLOSED = "NY ACN OUT AESEV SEX RACE ETHNIC DSCAT STENRF RELTYPE TSTOPOBJ INTTYPE ECOG1TC AGEU ND"


def test_releases_are_named_as_publishing_sets():
    assert CT.releases == {
        "SDTM": "2025-03-28",
        "ADaM": "2025-03-28",
        "DEFINE-XML": "2025-03-28",
    }


@pytest.mark.parametrize("name", ["AESEV", "C66769"], ids=["short name", "C-code"])
def test_get(name):
    severity = CT.get(name)
    assert (severity.name, severity.code, severity.label) == (
        "AESEV",
        "C66769",
        "Severity/Intensity Scale for Adverse Events",
    )
    assert severity.values == ("MILD", "MODERATE", "SEVERE")
    assert (severity.published, severity.extensible) == (True, False)
    assert (severity.standard, severity.release) == ("SDTM", "2025-03-28")


def test_get_nothing():
    assert CT.get("AESEVV") is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        pytest.param("AESEVV", "AESEV", id="a short name mistyped"),
        pytest.param("aesev", "AESEV", id="in lower case"),
        pytest.param("No Yes Respons", "NY", id="a long name"),
    ],
)
def test_find(name, near):
    assert CT.find(name)[0] == near


def test_a_list_of_two_sets_is_that_of_the_first():
    assert CT.get("DICTNAM").standard == "SDTM"
    assert CT.get("DTYPE").standard == "ADaM"
    assert CT.get("ORIGINT").standard == "DEFINE-XML"


@pytest.mark.parametrize(
    ("codelist", "value", "allowed"),
    [
        pytest.param("NY", "Y", True, id="a submission value"),
        pytest.param("NY", "y", False, id="not in another case"),
        pytest.param("NY", "Yes", False, id="a synonym is never allowed"),
        pytest.param("ONCRSR", "CRh", True, id="mixed case"),
        pytest.param("ONCRSR", "CRH", False, id="mixed case spoilt"),
        pytest.param("UNIT", "pg/mL", False, id="a unit that CT knows as a synonym only"),
        pytest.param("NY", "", False, id="missing is not a value"),
    ],
)
def test_submitted(codelist, value, allowed):
    assert CT.get(codelist).submitted(value) is allowed


@pytest.mark.parametrize(
    ("codelist", "text", "status", "value"),
    [
        pytest.param("SEX", "M", "exact", "M", id="exact"),
        pytest.param("RACE", " Asian ", "folded", "ASIAN", id="case and blanks"),
        pytest.param("ETHNIC", "not\u00a0Hispanic  or Latino", "folded", "NOT HISPANIC OR LATINO",
                     id="a no-break space"),
        pytest.param("SEX", "Female", "synonym", "F", id="synonym"),
        pytest.param("NY", "yes", "synonym", "Y", id="synonym in another case"),
        pytest.param("ONCRSR", "CRH", "folded", "CRh", id="CRH is CRh"),
        pytest.param("ONCRSR", "cri", "folded", "CRi", id="cri is CRi"),
        pytest.param("ONCRSR", "CRp", "unknown", "", id="not a category"),
        pytest.param("SPECTYPE", "Whole Blood", "synonym", "BLOOD", id="whole blood is a synonym"),
        pytest.param("LBTESTCD", "eGFR", "synonym", "GFRE",
                     id="the case tells a rate from a growth factor"),
        pytest.param("LBTESTCD", "EGFR", "exact", "EGFR", id="the growth factor"),
        pytest.param("AESEV", "Mild Adverse Event", "preferred", "MILD", id="preferred term"),
        pytest.param("AESEV", "Sev.", "unknown", "", id="unknown"),
        pytest.param("AESEV", "", "unknown", "", id="missing means nothing"),
    ],
)  # fmt: skip
def test_recode(codelist, text, status, value):
    found = CT.get(codelist).recode(text)
    assert (found.status, found.value) == (status, value)


@pytest.mark.parametrize(
    ("codelist", "text", "status", "value"),
    [
        pytest.param("UNIT", "pg/mL", "synonym", "ng/L", id="pg/mL is ng/L in UNIT"),
        pytest.param("PKUNIT", "ng/L", "synonym", "pg/mL", id="and the other way in PKUNIT"),
        pytest.param("UNIT", "ng/mL", "synonym", "ug/L", id="ng/mL"),
        pytest.param("UNIT", "mcg/mL", "synonym", "mg/L", id="mcg/mL"),
        pytest.param("UNIT", "\u00b5g/mL", "synonym", "mg/L", id="micro sign"),
        pytest.param("UNIT", "\u03bcmol/L", "exact", "umol/L", id="Greek mu"),
        pytest.param("UNIT", "Mg", "folded", "mg", id="no term Mg: mg is the only one"),
        pytest.param("UNIT", "ML", "folded", "mL", id="no term ML: mL is the only one"),
        pytest.param("UNIT", "PA", "exact", "PA", id="PA is a term"),
        pytest.param("UNIT", "Pa", "exact", "Pa", id="and so is Pa"),
        pytest.param("UNIT", "pa", "ambiguous", "", id="pa may be either"),
        pytest.param("UNIT", "G/L", "synonym", "10^9/L", id="G/L is giga per litre"),
        pytest.param("UNIT", "g/l", "folded", "g/L", id="g/l is gram per litre"),
        pytest.param("UNIT", "10^9/L", "exact", "10^9/L", id="10^9/L"),
        pytest.param("UNIT", "10E9/L", "spelling", "10^9/L", id="10E9/L"),
        pytest.param("UNIT", "x10*9/L", "spelling", "10^9/L", id="x10*9/L"),
        pytest.param("UNIT", "x 10^9 /L", "spelling", "10^9/L", id="blanks inside"),
        pytest.param("UNIT", "10\u2079/L", "spelling", "10^9/L", id="raised digits"),
        pytest.param("UNIT", "K/uL", "spelling", "10^9/L", id="K/uL"),
        pytest.param("UNIT", "10^3/uL", "synonym", "10^9/L", id="10^3/uL"),
        pytest.param("UNIT", "10^3 cells/mcL", "spelling", "10^9/L", id="thousands of cells"),
        pytest.param("UNIT", "/uL", "synonym", "10^6/L", id="/uL"),
        pytest.param("UNIT", "cells/mm3", "spelling", "10^6/L", id="cells/mm3"),
        pytest.param("UNIT", "/cu mm", "spelling", "10^6/L", id="per cubic millimetre"),
        pytest.param("UNIT", "M/uL", "synonym", "10^12/L", id="M/uL"),
        pytest.param("UNIT", "million/uL", "spelling", "10^12/L", id="million/uL"),
        pytest.param("UNIT", "x10E6/kg", "spelling", "10^6/kg", id="cells per kilogram"),
        pytest.param("UNIT", "kg/m\u00b2", "spelling", "kg/m2", id="raised two"),
        pytest.param("VSRESU", "lb", "synonym", "LB", id="pound"),
        pytest.param("VSRESU", "lbs", "collected", "LB", id="pounds"),
        pytest.param("VSRESU", "\u00b0F", "collected", "F", id="degree sign"),
        pytest.param("UNIT", "copies/ug gDNA", "collected", "DNA copies/ug", id="copies of DNA"),
        pytest.param("UNIT", "x10E6 CAR+/kg", "unknown", "", id="what only a study can know"),
        pytest.param("NY", "x10^9/L", "unknown", "", id="spellings are for lists of units"),
    ],
)
def test_recode_units(codelist, text, status, value):
    found = CT.get(codelist).recode(text)
    assert (found.status, found.value) == (status, value)


def test_ambiguous_names_its_candidates():
    found = CT.get("UNIT").recode("pa")
    assert found.term is None
    assert sorted(term.value for term in found.candidates) == ["PA", "Pa"]


def test_recode_all_answers_each_distinct_text_once():
    found = CT.get("NY").recode_all(["Y", "yes", "Y", "perhaps"])
    assert {text: answer.value for text, answer in found.items()} == {
        "Y": "Y",
        "yes": "Y",
        "perhaps": "",
    }


@pytest.mark.parametrize("name", ["UNIT", "PKUNIT", "VSRESU"])
def test_every_unit_means_itself_however_it_is_spelled(name):
    units = CT.get(name)
    for value in units.values:
        assert units.recode(value).value == value
        assert units.recode(spelled(value)).value in {value, ""}


def test_unit_texts_name_units_of_ct_that_it_does_not_know_by_them():
    codes = {term.code for term in CT.get("UNIT").terms}
    plain = Codelist("UNIT", terms=CT.get("UNIT").terms)
    for text, code in unit_texts():
        assert code in codes, text
        assert plain.recode(text).status == "unknown", text


@pytest.mark.parametrize(
    ("codelist", "value", "decode"),
    [
        pytest.param("LBTESTCD", "ALT", "Alanine Aminotransferase", id="test name by C-code"),
        pytest.param("VSTESTCD", "TEMP", "Temperature", id="vital signs"),
        pytest.param("ECOG1TC", "ECOG101", "ECOG1-Performance Status", id="classification"),
        pytest.param("TSPARMCD", "TITLE", "Trial Title", id="trial summary"),
        pytest.param("PKPARMCD", "CMAX", "Max Conc", id="PK parameter"),
        pytest.param("MITSCD", "CELLULAR", "Cellularity", id="a short name that ends otherwise"),
        pytest.param("CPTESTCD", "TLS", "TLym Sub", id="cell phenotyping"),
        pytest.param("GAD02PC", "GAD02TS", "GAD02-Total Score - Analysis", id="of ADaM"),
        pytest.param("NY", "Y", "Yes", id="otherwise the preferred term"),
        pytest.param("NY", "yes", "", id="nothing for what is not submitted"),
    ],
)  # fmt: skip
def test_decode(codelist, value, decode):
    assert CT.get(codelist).decode(value) == decode


def test_every_test_code_has_a_name():
    with VARIABLES.open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if row["variable"].endswith(("TESTCD", "PARMCD"))
        ]
    without_list = {row["variable"] for row in rows if not row["codelist_codes"]}
    assert without_list == {"FTTESTCD", "IETESTCD", "PCTESTCD", "PETESTCD", "QSTESTCD"}
    codes = {code for row in rows for code in row["codelist_codes"].split(";") if code}
    assert len(codes) > 25
    for code in codes:
        assert CT.paired(code), CT.get(code)
        assert all(term.decode for term in CT.get(code).terms), code


def test_paired():
    assert CT.paired("LBTESTCD").name == "LBTEST"
    assert CT.paired("C66741").name == "VSTEST"
    assert CT.paired("NY") is None
    assert CT.paired("LBTEST") is None
    assert CT.paired("NOTHING") is None


@pytest.mark.parametrize("name", CLOSED.split())
def test_closed_lists(name):
    assert not CT.get(name).extensible


@pytest.mark.parametrize("name", EXTENSIONS)
def test_extensions_of_a_study_are_not_in_the_release(name):
    published = CT.get(name)
    assert published.extensible
    assert [value for value in EXTENSIONS[name] if published.submitted(value)] == []
    study = Codelist.of_study(name, [("", value, "") for value in EXTENSIONS[name]], published)
    assert [term.value for term in study.extensions] == EXTENSIONS[name]
    assert all(not term.code for term in study.extensions)


def test_study_list_without_a_base():
    relation = Codelist.of_study(
        "AEREL",
        [("Definitely", "RELATED", ""), ("possible", "POSSIBLY RELATED", "Possibly related")],
    )
    assert (relation.code, relation.published, relation.extensible) == ("", False, False)
    assert relation.terms == (
        Term("RELATED"),
        Term("POSSIBLY RELATED", decode="Possibly related"),
    )
    assert relation.extensions == ()
    assert relation.recode("definitely ").value == "RELATED"
    assert relation.recode("Possibly Related").status == "folded"
    assert relation.decode("POSSIBLY RELATED") == "Possibly related"


def test_study_list_on_a_base():
    race = Codelist.of_study(
        "RACE",
        [("Han", "ASIAN", ""), ("", "MULTIPLE", "Multiple")],
        CT.get("RACE"),
        "IG convention",
    )
    assert (race.code, race.published, race.extensible) == ("C74457", True, False)
    assert (race.release, race.standard) == ("2025-03-28", "SDTM")
    assert race.reason == "IG convention"
    assert race.extensions == (Term("MULTIPLE", decode="Multiple", extended=True),)
    assert race.recode("Han").status == "collected"
    assert race.recode("white").value == "WHITE"
    assert race.decode("ASIAN") == CT.get("RACE").decode("ASIAN")


def test_a_decode_of_the_study_wins():
    study = Codelist.of_study("NY", [("", "Y", "Ja")], CT.get("NY"))
    assert (study.decode("Y"), study.decode("N")) == ("Ja", "No")
    assert study.extensions == ()


@pytest.mark.parametrize(
    ("rows", "text", "status", "value"),
    [
        pytest.param([("1", "5", ""), ("5", "1", "")], "1", "collected", "5",
                     id="a scale turned round: the study's row comes before the same value"),
        pytest.param([("a", "X", ""), ("A", "Y", "")], "A", "collected", "Y",
                     id="the study may tell cases apart"),
        pytest.param([("ab", "X", ""), ("aB", "Y", "")], "AB", "ambiguous", "",
                     id="a third case is then ambiguous"),
        pytest.param([("a", "X", ""), ("a", "Y", "")], "a", "ambiguous", "",
                     id="one text with two meanings"),
        pytest.param([("a", "X", ""), ("a", "X", "")], "a", "collected", "X",
                     id="the same row twice"),
        pytest.param([("Grade 3", "3", "")], "grade  3", "collected", "3",
                     id="cleaned and in any case"),
    ],
)  # fmt: skip
def test_texts_of_the_study(rows, text, status, value):
    found = Codelist.of_study("X", rows).recode(text)
    assert (found.status, found.value) == (status, value)


def test_a_unit_text_of_the_study_comes_before_the_common_ones():
    units = Codelist.of_study("UNIT", [("lbs", "kg", ""), ("x10E6 CAR+/kg", "10^6/kg", "")],
                              CT.get("UNIT"))  # fmt: skip
    assert units.recode("lbs").value == "kg"
    assert units.recode("x10E6 CAR+/kg").value == "10^6/kg"
    assert units.recode("K/uL").value == "10^9/L"


def test_a_row_without_a_value_is_refused():
    with pytest.raises(ValueError, match="codelist X: a row without a value"):
        Codelist.of_study("X", [("a", "", "")])


def test_joined_lists_of_one_variable():
    disposition = CT.joined("DSDECOD", ["C66727", "C114118", "C150811"])
    assert disposition.name == "DSDECOD"
    assert disposition.recode("Completed").value == "COMPLETED"
    assert disposition.recode("informed consent obtained").value == "INFORMED CONSENT OBTAINED"
    assert disposition.extensible
    assert len(set(disposition.values)) == len(disposition.values)


def test_joined_passes_over_a_withdrawn_list():
    assert CT.joined("X", ["C66742", "C85495"]) is CT.get("NY")
    assert CT.joined("MSRESCAT", ["C85495"]) is None


@given(st.text())
def test_cleaned_is_settled(text):
    assert cleaned(cleaned(text)) == cleaned(text)


def test_terminology_travels_between_processes():
    copy = pickle.loads(pickle.dumps(CT))
    assert copy.get("NY") == CT.get("NY")
