"""Which codelists stand in a define.xml and which of their terms."""

import pytest
from define_study import CREATED, small_study

from controlled_terms.codelists import Codelist, Term, Terminology
from define_xml import define
from define_xml.codelists import Wanted, code_lists, slug
from define_xml.description import ListedTerm

STANDARDS = {"SDTM": "STD.CT.SDTM"}
NY = Terminology.shipped().get("NY")
UNIT = Terminology.shipped().get("UNIT")
TESTS = Terminology.shipped().get("LBTESTCD")
NAMES = Terminology.shipped().get("LBTEST")


def only_list(*wanted):
    _, (made,), _ = code_lists(wanted, STANDARDS)
    return made


def test_a_published_list_shows_the_terms_that_are_used():
    made = only_list(
        Wanted("NY", "text", ("Y",), codelist=NY), Wanted("NY", "text", ("N",), codelist=NY)
    )
    assert (made.oid, made.name, made.code) == ("CL.NY", "No Yes Response", "C66742")
    assert made.standard == "STD.CT.SDTM"
    assert made.terms == (ListedTerm("N", "No", "C49487"), ListedTerm("Y", "Yes", "C49488"))


@pytest.mark.parametrize(
    ("wanted", "decode"),
    [
        pytest.param(Wanted("NY", "text", ("Y",), codelist=NY), "Yes", id="a letter"),
        pytest.param(
            Wanted("LBTESTCD", "text", ("WBC",), codes=True, codelist=TESTS), "Leukocytes",
            id="a test code by the name of its test",
        ),
        pytest.param(Wanted("LBTEST", "text", ("Leukocytes",), codelist=NAMES), "", id="a name"),
        pytest.param(
            Wanted("UNIT", "text", ("g/L",), codelist=UNIT), "",
            id="a unit is not its preferred term",
        ),
    ],
)  # fmt: skip
def test_decodes_of_published_terms(wanted, decode):
    assert only_list(wanted).terms[0].decode == decode


def test_a_list_of_the_study_shows_all_it_allows():
    listed = Codelist.of_study("AEREL", [("yes", "RELATED", ""), ("no", "NOT RELATED", "")])
    made = only_list(Wanted("AE.AEREL", "text", ("RELATED",), codelist=listed))
    assert [term.value for term in made.terms] == ["RELATED", "NOT RELATED"]
    assert (made.standard, made.code, made.decoded) == ("", "", False)


def test_what_the_study_adds_is_extended_and_has_no_code():
    listed = Codelist.of_study(
        "RACE", [("several", "MULTIPLE", "")], Terminology.shipped().get("RACE"), reason="because"
    )
    wanted = Wanted("RACE", "text", ("ASIAN",), codelist=listed)
    _, (made,), (comment,) = code_lists([wanted], STANDARDS)
    assert made.terms == (ListedTerm("ASIAN", "", "C41260"), ListedTerm("MULTIPLE", extended=True))
    assert (made.comment, comment.text) == (comment.oid, "because")


def test_a_value_outside_a_published_list_is_shown_as_extended():
    made = only_list(Wanted("UNIT", "text", ("bags", "g/L"), codelist=UNIT))
    assert made.terms[-1] == ListedTerm("bags", extended=True)


def test_numbers_have_a_list_of_their_own():
    listed = Codelist("CNSR", terms=(Term("0", decode="Event"), Term("1", decode="Censored")))
    wanted = [Wanted("CNSR", kind, ("0",), codelist=listed) for kind in ("text", "integer")]
    oids, lists, _ = code_lists(wanted, STANDARDS)
    assert [oids[one] for one in wanted] == ["CL.CNSR", "CL.CNSR.N"]
    assert [one.data_type for one in lists] == ["text", "integer"]


def test_parts_with_the_same_terms_are_one_list():
    whole = Wanted("UNIT", "text", ("g/L", "U/L"), codelist=UNIT)
    first = Wanted("UNIT", "text", ("g/L",), part="LBORRESU.ALB", codelist=UNIT)
    second = Wanted("UNIT", "text", ("g/L",), part="LBORRESU.HGB", codelist=UNIT)
    full = Wanted("UNIT", "text", ("U/L", "g/L"), part="LBORRESU.X", codelist=UNIT)
    oids, lists, _ = code_lists([whole, first, second, full], STANDARDS)
    assert [oids[one] for one in (whole, first, second, full)] == [
        "CL.UNIT", "CL.UNIT.g_L", "CL.UNIT.g_L", "CL.UNIT",
    ]  # fmt: skip
    assert len(lists) == 2


def test_parts_with_long_terms_are_named_by_their_item():
    values = ("ADVERSE EVENT", "LOST TO FOLLOW-UP", "WITHDRAWAL BY SUBJECT")
    listed = Codelist("DSDECOD", terms=tuple(map(Term, (*values, "DEATH"))))
    whole = Wanted("DSDECOD", "text", ("DEATH",), codelist=listed)
    part = Wanted("DSDECOD", "text", values, part="DSDECOD.STUDY", codelist=listed)
    assert code_lists([whole, part], STANDARDS)[0][part] == "CL.DSDECOD.DSDECOD_STUDY"


def test_a_list_without_terms_is_left_out():
    wanted = Wanted("UNIT", "text", (), codelist=UNIT)
    assert code_lists([wanted], STANDARDS) == ({}, (), ())


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("BONE MARROW, LIQUID", "BONE_MARROW_LIQUID", id="blanks and commas"),
        pytest.param("10^9/L", "10_9_L", id="signs"),
        pytest.param("%", "PCT", id="percent"),
        pytest.param("", "_", id="nothing"),
    ],
)
def test_slug(text, part):
    assert slug(text) == part


@pytest.mark.parametrize(
    ("standard", "item", "codelist"),
    [
        pytest.param("SDTM", "IT.AE.DOMAIN", "CL.DOMAIN.AE", id="the one domain"),
        pytest.param("SDTM", "IT.AE.AEDECOD", "CL.MEDDRA", id="a dictionary"),
        pytest.param("SDTM", "IT.DM.COUNTRY", "CL.ISO_3166", id="countries"),
        pytest.param("SDTM", "IT.AE.AEREL", "CL.AE.AEREL", id="a list of the dataset"),
        pytest.param("SDTM", "IT.DM.RACE", "CL.RACE", id="a list of the study"),
        pytest.param("SDTM", "IT.LB.LBTESTCD", "CL.LBTESTCD", id="a published list"),
        pytest.param("SDTM", "IT.LB.LBORRESU.ALT", "CL.UNIT.U_L", id="a part of one"),
        pytest.param("SDTM", "IT.LB.LBORRES.AUERRODS", "CL.LB.LBORRES.AUERRODS", id="words seen"),
        pytest.param("SDTM", "IT.LB.LBORRES.ALT", "", id="numbers are no words"),
        pytest.param("SDTM", "IT.LB.LBSTRESC", "", id="a published list beside numbers"),
        pytest.param("SDTM", "IT.DM.ARMNRS", "", id="no value, no list"),
        pytest.param("SDTM", "IT.AE.AESTDTC", "", id="ISO 8601 is no list"),
        pytest.param("ADaM", "IT.ADSL.SAFFL", "CL.NY.Y-N", id="what the standard lets it have"),
        pytest.param("ADaM", "IT.ADSL.DOSELVL", "CL.DM.DOSELVL", id="that of its predecessor"),
    ],
)
def test_codelists_of_items(items, standard, item, codelist):
    assert items[standard][item].codelist == codelist


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    result = small_study(tmp_path_factory.mktemp("codelists"))
    return {
        standard: {
            item.oid: item
            for item in define(result.study, result.built.datasets, standard, created=CREATED).items
        }
        for standard in ("SDTM", "ADaM")
    }
