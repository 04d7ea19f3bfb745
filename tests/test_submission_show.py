"""The variable list: what each variable is, how each block makes it; as text, values, workbook."""

from io import BytesIO

import openpyxl
import pytest
from small_study import small_study

from mappings.loader import load_study
from submission.catalogue import catalogue
from submission.requests import RequestError
from submission.show import found_text, found_values, looked_up
from submission.show_xlsx import workbook_bytes


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load_study(small_study(tmp_path_factory.mktemp("s") / "tst"), catalogue())


def one(study, name):
    (found,) = looked_up(study, name).names
    return found


def test_a_dataset_lists_variables_then_qualifiers_then_private_names(study):
    names = looked_up(study, "AE").names
    assert [found.name for found in names] == [
        "STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD", "AESER", "AESTDTC", "AESTDY",
        "AEBP", "pressure",
    ]  # fmt: skip
    assert [found.section for found in names[-3:]] == ["variables", "supp", "working"]


def test_a_variable_has_what_standard_and_file_say(study):
    found = one(study, "AE.AESER")
    assert (found.label, found.type, found.codelist, found.core) == (
        "Serious Event", "text", "NY (C66742)", "Exp",
    )  # fmt: skip
    assert found.origin == "Collected (page 3)"
    assert found.role == "Record Qualifier"


def test_a_key_has_its_place(study):
    assert one(study, "AE.AETERM").key == "3"
    assert one(study, "AE.AESER").key == ""


def test_a_body_is_shown_as_written_with_its_place_and_method(study):
    (made,) = one(study, "AE.AESTDY").blocks
    assert (made.number, made.way, made.body) == (3, "variables", "{study_day: AESTDTC}")
    assert made.place.startswith("tst/ae.yaml:")
    assert "DM.RFSTDTC" in made.method


def test_blocks_that_differ_are_told_apart(study):
    bodies = [(made.block, made.body) for made in one(study, "VS.VSORRES").blocks]
    assert bodies == [
        ("pressures", "result"),
        ("means", "{last: vs.SBP, order: [vs.row]}"),
    ]


def test_names_are_found_in_any_case(study):
    assert one(study, "ae.aestdy").name == "AESTDY"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("AX", "'AX' is not a dataset of TST", id="no such dataset"),
        pytest.param("AE.AETERN", "did you mean AETERM", id="no such variable"),
    ],
)
def test_what_is_not_there_is_refused(study, name, said):
    with pytest.raises(RequestError, match=said):
        looked_up(study, name)


def test_text_of_the_datasets(study):
    lines = found_text(looked_up(study, ""), None).split("\n")
    assert lines[0].split() == [
        "Dataset", "Label", "Class", "Structure", "Keys", "Variables", "Files",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[1:]] == ["DM", "VS", "AE"]


def test_text_of_a_dataset_names_the_way_of_each_block(study):
    text = found_text(looked_up(study, "VS"), None)
    assert "pressures | (1) set: result" in text
    assert "means | (1) set: {last: vs.SBP, order: [vs.row]}" in text
    assert "(3) variables: {study_day: VSDTC}" in text
    assert "(4) identifiers: source.USUBJID" in text


def test_text_of_a_variable_is_a_line_for_each_fact(study):
    lines = found_text(looked_up(study, "AE.AEBP"), None).split("\n")
    assert lines[:2] == ["AE.AEBP", "  label:    Last Blood Pressure before Onset"]
    assert "  section:  supp" in lines


def test_values(study):
    values = found_values(looked_up(study, "", every=True))
    assert [dataset["Dataset"] for dataset in values["datasets"]] == ["DM", "VS", "AE"]
    assert {"dataset", "name", "blocks", "method"} <= set(values["variables"][0])


def test_the_workbook_has_datasets_and_names(study):
    found = looked_up(study, "", every=True)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(found.datasets, found.names)))
    assert book.sheetnames == ["Datasets", "Variables"]
    rows = list(book["Variables"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(found.names)
    assert rows[0][:3] == ("Dataset", "Section", "Variable")


def test_the_workbook_is_the_same_whenever_it_is_made(study):
    found = looked_up(study, "", every=True)
    first, second = (workbook_bytes(found.datasets, found.names) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_what_looks_like_a_formula_is_quoted_text(study, text):
    dataset = {**looked_up(study, "DM").datasets[0], "Label": text}
    sheet = openpyxl.load_workbook(BytesIO(workbook_bytes([dataset], [])))["Datasets"]
    cell = sheet["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_plain_text_is_not_quoted(study):
    sheet = openpyxl.load_workbook(
        BytesIO(workbook_bytes(looked_up(study, "DM").datasets, []))
    )["Datasets"]  # fmt: skip
    assert not sheet["B2"].quotePrefix
