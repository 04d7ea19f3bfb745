"""Why a value is what it is, followed back to rows of raw files."""

import pytest
from small_study import ADSL, AE, small_study

from mappings.loader import load_study
from mappings.problems import StudyError
from submission.catalogue import catalogue
from submission.explain import Question, answer_text, answer_values, explain, subject_of
from submission.requests import RequestError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("e") / "tst", adsl=ADSL)


@pytest.fixture(scope="module")
def study(folder):
    return load_study(folder, catalogue())


@pytest.fixture
def ask(study, folder):
    def asked(dataset, variable, subject="001", **more):
        return explain(study, folder / "raw", Question(dataset, variable, subject, **more))

    return asked


def parts(step):
    return {part.name: part for part in step.parts}


def test_a_value_names_its_operation_with_the_arguments_it_had(ask):
    (record, _) = ask("AE", "AESTDY").records
    assert record.step.value == "2"
    assert record.step.call == 'study_day(date="2024-01-11", since="2024-01-10")'
    assert "block pages, variables: {study_day: AESTDTC}  [tst/ae.yaml:" in record.step.way


def test_what_was_read_is_followed_to_the_row_of_the_file(ask):
    (record, _) = ask("AE", "AESTDY").records
    start = parts(record.step)["AE.AESTDTC"]
    assert (start.value, parts(start)["ae.START"].place) == ('"2024-01-11"', "ae.csv:2")
    first = parts(record.step)["DM.RFSTDTC"]
    assert (first.value, parts(first)["dm.START"].place) == ('"2024-01-10"', "dm.csv:2")


def test_a_record_names_the_rows_it_was_made_from(ask):
    (_, record) = ask("AE", "AETERM").records
    assert [part.name for part in record.sources.parts] == ["ae.csv:3"]


def test_a_source_record_is_followed_to_its_own_sources(ask):
    (record,) = ask("ADSL", "SEX").records
    (person,) = record.sources.parts
    assert (person.name, [part.name for part in person.parts]) == ("DM", ["dm.csv:2"])


def test_rows_looked_through_are_listed_and_the_chosen_one_is_marked(ask):
    (_, record) = ask("AE", "AEBP").records
    looked = parts(parts(record.step)["AE.pressure"])["VS.VSORRES"]
    assert looked.value == "3 rows looked through"
    assert [(row.value, row.chosen) for row in looked.parts] == [
        ('"120"', False), ('"130"', False), ('"110"', True),
    ]  # fmt: skip


def test_only_the_row_an_order_takes_is_marked_where_others_hold_the_same_value(tmp_path):
    folder = small_study(tmp_path / "tst", ae=AE.replace("last: VS.VSORRES", "last: VS.VSTEST"))
    study = load_study(folder, catalogue())
    answer = explain(study, folder / "raw", Question("AE", "pressure", "001", record=2))
    (looked,) = [part for part in answer.records[0].step.parts if part.name == "VS.VSTEST"]
    assert [row.chosen for row in looked.parts] == [False, False, True]


def test_rows_that_alone_give_the_value_are_marked_where_no_order_chooses(ask):
    (record,) = ask("ADSL", "LASTDT").records
    assert record.step.value == "2024-01-12"
    marked = [row.place for part in record.step.parts for row in part.parts if row.chosen]
    assert marked[0] == "AE AESEQ 2"
    assert all(place.startswith("VS VSSEQ") for place in marked[1:])


def test_a_transposed_value_comes_from_the_column_of_its_row(ask):
    answer = ask("VS", "VSORRES", where='VSTESTCD == "DIABP" and VSDY == 3')
    (record,) = answer.records
    (result,) = record.step.parts
    (cell,) = result.parts
    assert (cell.name, cell.value, cell.place) == ("vs.DBP", '"70"', "vs.csv:4")


def test_a_scope_operation_lists_the_records_that_compete(ask):
    answer = ask("VS", "VSLOBXFL", where='VSTESTCD == "SYSBP" and VSDY == -1')
    competing = parts(answer.records[0].step)["competing"]
    assert competing.value == "3 records of the subject"
    assert [(row.value, row.chosen) for row in competing.parts] == [
        ('VSDTC="2024-01-09"', True), ('VSDTC="2024-01-10"', False), ('VSDTC="2024-01-12"', False),
    ]  # fmt: skip


def test_what_the_program_fills_says_so(ask):
    (record, _) = ask("AE", "AESEQ").records
    assert record.step.way == "block pages, the program"


def test_depth_0_says_what_fills_the_value_and_no_more(ask):
    (record, _) = ask("AE", "AESTDY", depth=0).records
    assert (record.step.call, record.step.parts) == ("", ())
    assert "{study_day: AESTDTC}" in record.step.way


def test_a_record_is_chosen_by_its_number_in_the_order_of_the_keys(ask):
    (record,) = ask("AE", "AETERM", record=2).records
    assert (record.number, record.step.value) == (2, '"Nausea"')


def test_records_are_chosen_by_a_condition(ask):
    (record,) = ask("AE", "AETERM", where='AESER == "Y"').records
    assert record.step.value == '"Nausea"'


def test_more_records_than_are_shown_are_counted(ask, monkeypatch):
    monkeypatch.setattr("submission.explain.RECORDS", 1)
    answer = ask("AE", "AETERM")
    assert (len(answer.records), answer.left_out) == (1, 1)
    assert answer_text(answer).endswith("1 more records; choose with --record or --where")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param({"dataset": "AX", "variable": "X"}, "is not a dataset of TST", id="dataset"),
        pytest.param({"dataset": "AE", "variable": "AETERN"}, "did you mean AETERM", id="variable"),
        pytest.param(
            {"dataset": "AE", "variable": "AETERM", "subject": "009"},
            "'009' is not a subject", id="subject",
        ),
        pytest.param(
            {"dataset": "AE", "variable": "AETERM", "subject": ""}, "name a subject",
            id="no subject for records of subjects",
        ),
        pytest.param(
            {"dataset": "AE", "variable": "AETERM", "record": 3}, "none of 2 records",
            id="a record that is not there",
        ),
        pytest.param(
            {"dataset": "AE", "variable": "AETERM", "where": "AESER =="},
            "--where, column", id="a condition that cannot be read",
        ),
        pytest.param(
            {"dataset": "AE", "variable": "AETERM", "where": 'AESERR == "Y"'},
            "did you mean AESER", id="a condition on a name that is not there",
        ),
        pytest.param(
            {"dataset": "AE", "variable": "AETERM", "where": 'DM.SEX == "F"'},
            "'DM.SEX' is not a name of AE", id="a condition on another dataset",
        ),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused(study, folder, question, said):
    question = Question(**{"subject": "001", **question})
    with pytest.raises(RequestError, match=said):
        explain(study, folder / "raw", question)


def test_names_that_do_not_resolve_stop_the_answer(tmp_path):
    folder = small_study(tmp_path / "tst", ae=AE.replace("{study_day: AESTDTC}", "AESTDTX"))
    study = load_study(folder, catalogue())
    with pytest.raises(StudyError) as stopped:
        explain(study, folder / "raw", Question("AE", "AETERM", "001"))
    assert {problem.code for problem in stopped.value.problems} == {"RF202"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("T-01-002", "T-01-002", id="the whole identifier"),
        pytest.param("01-001", "T-01-001", id="its end after a hyphen"),
        pytest.param("002", "T-01-002", id="the shortest end that is one subject's"),
    ],
)
def test_subject_of(asked, found):
    assert subject_of(["T-01-001", "T-02-001", "T-01-002"], asked) == found


def test_an_end_of_two_subjects_is_refused():
    with pytest.raises(RequestError, match="may be T-01-001, T-02-001"):
        subject_of(["T-01-001", "T-02-001"], "001")


def test_a_study_without_subjects_explains_its_design(tmp_path):
    design = """
dataset: TE
keys: [STUDYID, ETCD]
records:
  - from: elements
variables:
  ETCD:    elements.ETCD
  ELEMENT: elements.ELEMENT
tables:
  elements: {columns: [ETCD, ELEMENT], rows: [[SCRN, Screening], [TRT, Treatment]]}
"""
    folder = small_study(tmp_path / "tst", te=design)
    study = load_study(folder, catalogue())
    answer = explain(study, folder / "raw", Question("TE", "ELEMENT", record=2))
    (record,) = answer.records
    assert (record.step.value, record.step.parts[0].place) == (
        '"Treatment"', "table elements, row 2",
    )  # fmt: skip


def test_the_text_is_indented_and_says_once_what_is_read_twice(ask):
    text = answer_text(ask("AE", "AEBP", record=2))
    lines = text.split("\n")
    assert lines[0] == 'record 2: USUBJID="TST-001", AETERM="Nausea", AESTDTC="2024-01-12"'
    assert lines[1] == '  AE.AEBP = "110"  (AE AESEQ 2)'
    assert '        * VS.VSORRES = "110"  (VS VSSEQ 8)' in lines
    assert lines[-2:] == ["  made from", "    ae.csv:3"]
    assert text.count("iso8601(parts=") == len({line for line in lines if "iso8601(parts=" in line})


def test_values_hold_the_steps(ask):
    values = answer_values(ask("AE", "AESTDY", record=1))
    assert values["subject"] == "TST-001"
    assert values["records"][0]["step"]["parts"][0]["name"] == "AE.AESTDTC"


def test_problems_of_the_value_come_with_it(tmp_path):
    folder = small_study(tmp_path / "tst")
    raw = folder / "raw" / "ae.csv"
    raw.write_text(raw.read_text().replace(",N,2024-01-11", ",Perhaps,2024-01-11"))
    answer = explain(
        load_study(folder, catalogue()), folder / "raw", Question("AE", "AESER", "001")
    )
    assert [(one.code, one.value) for one in answer.problems] == [("CT302", "Perhaps")]
