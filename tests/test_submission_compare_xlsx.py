"""The workbook of a comparison, read back: its sheets, texts that stay texts, the same bytes."""

from io import BytesIO

import openpyxl
import pytest
from compared import BASE, KEYS, NAN, compare

from comparison.findings import Collection, Header, Unread
from comparison.options import Options
from submission import compare_xlsx
from submission.compare_xlsx import xlsx_report

FORMULAS = ("=1+1", "+1", "-2", "@SUM(A1)", "#N/A")


def collection(*found, **more):
    return Collection(Header("A. Person", "2026"), "b", "o", found[0].options, found, **more)


def book(*found, **more):
    return openpyxl.load_workbook(BytesIO(xlsx_report(collection(*found, **more))))


def rows(sheet):
    return [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


@pytest.fixture
def equal(tmp_path):
    return compare(tmp_path, BASE, BASE, Options(keys=KEYS))


@pytest.fixture
def different(tmp_path):
    other = BASE.cell("AVAL", 1, 2.5).cell("AVAL", 3, 101.0).cell("AVAL", 5, 1.1)
    other = other.cell("ADT", 1, NAN).rows(1, 2, 3, 5, 6).with_values(NEW=[1.0] * 5)
    return compare(tmp_path, BASE, other, Options(keys=KEYS))


def test_equal_datasets_have_all_sheets_and_all_checks(equal):
    made = book(equal)
    assert made.sheetnames == [
        "Summary", "Causes", "Variables", "Attributes", "Records", "Differences",
    ]  # fmt: skip
    for name in ("Causes", "Attributes", "Records", "Differences"):
        assert made[name].max_row == 1
    summary = rows(made["Summary"])
    checks = {row[1].removeprefix("check: "): row[2] for row in summary if "check: " in row[1]}
    assert checks == {check.name: "same" for check in equal.checks}
    told = {row[1]: row[2] for row in summary}
    assert (told["compared by"], told["sha256"]) == ("A. Person", equal.base.sha256)


def test_what_differs_stands_in_its_sheet(different):
    made = book(different)
    (cause, *_) = rows(made["Causes"])
    assert cause[1] == "AVAL is 1 higher in the other in all 3 records with PARAMCD = OS."
    assert cause[4:6] == (3, 1)
    variable = rows(made["Variables"])[0]
    assert variable[1:3] == ("AVAL", "Analysis Value")
    assert variable[5:10] == (5, 3, 0.6, 0, 1)
    assert rows(made["Attributes"]) == [("ADTTE", "NEW", "in the other only", None, "Num")]
    assert rows(made["Records"]) == [
        ("ADTTE", "in base only", 4, None, "USUBJID=S2 PARAMCD=PFS")
    ]  # fmt: skip
    differences = made["Differences"]
    assert [cell.value for cell in differences[1]] == [
        "Dataset", "USUBJID", "PARAMCD", "Base record", "Other record", "Variable", "Base",
        "Other", "Kind", "Difference", "Absolute", "Relative", "Percent", "Unit",
    ]  # fmt: skip
    assert rows(differences)[0][3:10] == (1, 1, "AVAL", "1.5", "2.5", "value", 1)
    assert rows(differences)[1][5:11] == ("ADT", "2022-12-21", ".", "missing in other", None, None)


@pytest.mark.parametrize("name", ["Summary", "Causes", "Variables", "Differences"])
def test_headers_stay_in_sight_and_columns_have_widths(different, name):
    sheet = book(different)[name]
    assert sheet.freeze_panes == "A2"
    widths = [dimension.width for dimension in sheet.column_dimensions.values()]
    assert len(widths) == sheet.max_column
    assert all(9 <= width <= 60 for width in widths)
    assert all(cell.font.bold for cell in sheet[1])


def test_a_filter_reaches_over_all_rows_and_pages_repeat_the_header(different):
    for sheet in book(different):
        assert sheet.auto_filter.ref == sheet.dimensions
        assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")


def test_rows_are_as_high_as_their_texts(different):
    sheet = book(different)["Causes"]
    examples = [row[6].value for row in sheet.iter_rows(min_row=2)]
    heights = [sheet.row_dimensions[place].height for place in range(2, sheet.max_row + 1)]
    assert examples[0].count("\n") == 2
    assert heights[0] >= 3 * 15
    assert all(height % 15 == 0 for height in heights)


def test_shares_are_shown_in_percent_and_dates_have_none(tmp_path, different):
    made = book(different)
    assert made["Causes"]["F2"].number_format == made["Variables"]["H2"].number_format == "0.0%"
    moved = compare(tmp_path, BASE, BASE.cell("ADT", 1, 23001.0), Options(keys=KEYS))
    assert rows(book(moved)["Differences"])[0][9:14] == (1, 1, None, None, "days")


def test_the_summary_says_how_many_differences_there_are(tmp_path, different):
    summary = rows(book(different)["Summary"])
    assert ("differences in this workbook", "4 of 4") in [row[1:3] for row in summary]
    few = compare(tmp_path, BASE, BASE.with_values(AVAL=[7.0] * 6), Options(keys=KEYS, most=2))
    told = {row[1]: row[2:] for row in rows(book(few)["Summary"])}
    held, where = told["differences in this workbook"]
    assert held == "2 of 6"
    assert where.startswith("--differences FILE writes")


def test_nothing_becomes_a_formula(tmp_path):
    other = BASE
    for row, text in enumerate(FORMULAS, 1):
        other = other.cell("AVALC", row, text)
    changed = compare(tmp_path, BASE, other, Options(keys=KEYS), ("ndjson", "ndjson"))
    unread = (Unread("=DM", "base", "@x", "-1"),)
    made = book(changed, unread=unread)
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    held = [cell for cell in cells if cell.value in {"=1+1", "+1", "-2", "@SUM(A1)", "=DM", "@x"}]
    assert len(held) >= 6
    assert all(cell.quotePrefix for cell in held)
    assert [cell.data_type for cell in cells if cell.value == "#N/A"] == ["s"]


def test_control_characters_are_escaped(tmp_path):
    other = BASE.cell("AVALC", 1, "a\x07b")
    changed = compare(tmp_path, BASE, other, Options(keys=KEYS), ("ndjson", "ndjson"))
    assert rows(book(changed)["Differences"])[0][7] == r"a\x07b"


def test_rows_beyond_a_sheet_are_counted(different, monkeypatch):
    monkeypatch.setattr(compare_xlsx, "MOST_ROWS", 2)
    monkeypatch.setattr(compare_xlsx, "_LOOKED_AT", 1)
    differences = rows(book(different)["Differences"])
    assert len(differences) == 3
    assert differences[-1][0] == "2 more do not fit into a sheet; --differences writes all."


def test_the_same_comparison_gives_the_same_bytes(different):
    assert xlsx_report(collection(different)) == xlsx_report(collection(different))
