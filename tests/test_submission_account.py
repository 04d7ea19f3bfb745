"""Every raw column and row accounted for."""

from dataclasses import replace

import pytest
from small_study import AE, STUDY, small_study

from mappings.loader import load_study
from submission.account import LeftOut, account_text, account_values, accounted
from submission.catalogue import catalogue


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = small_study(tmp_path_factory.mktemp("a") / "tst")
    return accounted(load_study(folder, catalogue()), folder / "raw")


@pytest.mark.parametrize(
    ("form", "column", "state", "by"),
    [
        pytest.param("dm", "SUBJ", "used", ("role subject",), id="a role is a use"),
        pytest.param("dm", "SEX", "used", ("DM.SEX",), id="a variable reads it"),
        pytest.param(
            "vs", "DAY", "used", ("role date", "VS records", "VS.VSDTC"),
            id="a role, what groups records, and a variable",
        ),
        pytest.param(
            "vs", "SBP", "used", ("VS records", "VS.VSORRES"),
            id="a transposed column is used by where its working column ends",
        ),
        pytest.param("ae", "NO", "used", ("role duplicates",), id="a key of duplicates"),
        pytest.param("vs", "EXTRA", "not submitted", (), id="declared unused"),
        pytest.param("vs", "SPARE", "open", (), id="nobody reads or declares it"),
    ],
)  # fmt: skip
def test_columns(found, form, column, state, by):
    (one,) = [one for one in found.columns if (one.form, one.column) == (form, column)]
    assert (one.state, one.by) == (state, by)


def test_every_column_of_the_files_is_there_once(found):
    assert len({(one.form, one.column) for one in found.columns}) == len(found.columns) == 14


def test_rows_read_used_and_left_out(found):
    assert [(one.form, one.read, one.used, dict(one.left_out)) for one in found.forms] == [
        ("dm", 2, 2, {}),
        ("vs", 4, 4, {}),
        ("ae", 4, 3, {"repeated": 1}),
    ]


def test_rows_left_out_are_listed_with_those_that_stand_for_them(found):
    assert [one.rows for one in found.forms] == [(), (), (LeftOut(4, "repeated", 3),)]
    assert "ae    repeated  4 (3 stands)" in account_text(found, None).split("\n")


def test_a_few_of_many_rows_are_shown(found):
    rows = tuple(LeftOut(row, "deleted", 0) for row in range(2, 14))
    many = replace(found.forms[0], left_out={"deleted": 12}, rows=rows)
    text = account_text(replace(found, forms=(many,)), None)
    assert "dm    deleted   2, 3, 4, 5, 6, 7, 8, 9, 10, 11, and 2 more" in text.split("\n")


def test_blocks_that_choose_among_the_rows_of_a_form_are_named(tmp_path):
    other = AE.replace(
        "    from: ae\n", "    from: ae\n    keep: {last: [ae.row], by: [AEDECOD]}\n"
    )
    folder = small_study(tmp_path / "tst", ae=other)
    found = accounted(load_study(folder, catalogue()), folder / "raw")
    assert [one.kept_by for one in found.forms] == [(), (), ("AE pages",)]
    assert account_text(found, None).split("\n")[0].endswith("keep: in")


def test_the_text_ends_with_what_is_open(found):
    assert account_text(found, None).split("\n")[-1] == "1 open of 14 columns"


def test_values_have_both_accounts(found):
    values = account_values(found)
    assert values["forms"][2]["left_out"] == {"repeated": 1}
    assert values["columns"][0]["by"] == ("role subject",)


def test_a_private_name_that_decides_records_alone_counts_for_the_records(tmp_path):
    other = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM]
records:
  - from: ae
    where: serious == "Y"
working:
  serious: {recode: ae.SER, codelist: NY}
variables:
  AETERM: ae.TERM
"""
    folder = small_study(tmp_path / "tst", ae=other)
    found = accounted(load_study(folder, catalogue()), folder / "raw")
    (one,) = [one for one in found.columns if one.column == "SER"]
    assert one.by == ("AE records",)


def test_a_column_that_ends_in_what_nothing_reads_is_open(tmp_path):
    other = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM]
records:
  - name: pages
    from: ae
working:
  grave:   {copy: serious}
  serious: {recode: ae.SER, codelist: NY}
variables:
  AETERM: ae.TERM
"""
    folder = small_study(tmp_path / "tst", ae=other)
    found = accounted(load_study(folder, catalogue()), folder / "raw")
    (one,) = [one for one in found.columns if one.column == "SER"]
    assert (one.state, one.by) == ("open", ("AE.serious, which nothing reads",))


@pytest.mark.parametrize(
    ("pattern", "state"),
    [
        pytest.param("SP*", "not submitted", id="the beginning"),
        pytest.param("*RE", "not submitted", id="the end"),
        pytest.param("S*A*E", "not submitted", id="three pieces"),
        pytest.param("*", "not submitted", id="whatever nothing reads"),
        pytest.param("SPARE*", "not submitted", id="a star may be nothing"),
        pytest.param("sp*", "open", id="in another case"),
        pytest.param("PAR*", "open", id="not from the beginning"),
        pytest.param("SP?RE", "open", id="a question mark is itself"),
    ],
)
def test_patterns_of_columns_declared_unused(tmp_path, pattern, state):
    said = STUDY.replace("{subject: SUBJ}", f"{{subject: SUBJ, unused: '{pattern}'}}")
    folder = small_study(tmp_path / "tst", study=said)
    found = accounted(load_study(folder, catalogue()), folder / "raw")
    states = {(one.form, one.column): one.state for one in found.columns}
    assert states["vs", "SPARE"] == state
    assert states["vs", "EXTRA"] == "not submitted"
    assert states["vs", "SBP"] == "used"


def test_open_columns_alone(found):
    lines = account_text(found, None, only_open=True).split("\n")
    assert [line.split()[0] for line in lines[-4:-2]] == ["Column", "vs.SPARE"]
    assert lines[-1] == "1 open of 14 columns"
    (one,) = account_values(found, only_open=True)["columns"]
    assert (one["form"], one["column"]) == ("vs", "SPARE")
