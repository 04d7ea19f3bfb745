"""A comparison as a workbook for people who read sheets: one for each part of what was found.

Values are written as the texts they are shown as, so that no digit is lost and none is taken for a
formula; counts and differences are numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from comparison.differences import difference_columns
from comparison.findings import Collection, Comparison
from submission.compare_facts import (
    cause_examples,
    code_text,
    header_rows,
    keyed,
    keys_text,
    label_of,
    left_out_text,
    option_rows,
    printable,
    record_tables,
    side_rows,
    verdict,
    verdict_of_all,
)
from submission.workbook import like_formula, saved, write_text

MOST_ROWS = 1_048_576 - 2  # rows of a sheet, without the header and a last word
_LONGEST = 32_767  # characters of a cell
_WIDEST = 60
_LOOKED_AT = 200  # rows that the widths of columns are taken from
_LINE = 15  # points of a line; rows of folded texts are as high as these need
_HIGHEST = 27  # lines of a row, of which Excel shows no more than 409 points
_BOLD = Font(bold=True)
_FILL = PatternFill("solid", fgColor="E8ECF2")
_TOP = Alignment(vertical="top", wrap_text=True)

Row = Sequence[Any]


class Share(float):
    """A share of 1, which is shown in percent."""


def xlsx_report(found: Collection) -> bytes:
    """The workbook: Summary, Causes, Variables, Attributes, Records, Differences."""
    book = Workbook(write_only=True)
    _sheet(book, "Summary", ("Dataset", "What", "Base or result", "Other or detail"),
           _summary(found), wrap=True)  # fmt: skip
    _sheet(book, "Causes", ("Dataset", "Cause", "Pattern", "Variables", "Differences", "Share",
                            "Examples"), _causes(found), wrap=True)  # fmt: skip
    _sheet(book, "Variables", (
        "Dataset", "Variable", "Label", "Type", "Tolerance", "Compared", "Unequal", "Share",
        "Missing", "Max. difference", "Max. relative", "Kinds", "Set aside",
    ), _variables(found))  # fmt: skip
    _sheet(book, "Attributes", ("Dataset", "Variable", "Attribute", "Base", "Other"),
           _attributes(found))  # fmt: skip
    _sheet(book, "Records", ("Dataset", "What", "Base record", "Other record", "Keys"),
           _records(found))  # fmt: skip
    columns = _differences(found)
    names = {"base_row": "Base record", "other_row": "Other record"}
    headers = [names.get(name, name if name.isupper() else name.capitalize()) for name in columns]
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    _sheet(book, "Differences", headers, rows)
    return saved(book)


def _sheet(
    book: Workbook, title: str, headers: Sequence[str], rows: Iterable[Row], *, wrap: bool = False
) -> None:
    """A sheet with a header that stays in sight; rows beyond what a sheet holds are counted."""
    sheet = book.create_sheet(title)
    remaining = iter(rows)
    first = list(islice(remaining, _LOOKED_AT))
    widths = [_width(*column) for column in zip(headers, *first, strict=True)]
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    _printed(sheet)
    sheet.append([_header(sheet, name) for name in headers])
    last = 1
    for last, row in enumerate(chain(first, islice(remaining, MOST_ROWS - len(first))), 2):
        if wrap:
            sheet.row_dimensions[last].height = _LINE * _lines(row, widths)
        sheet.append([_cell(sheet, value, wrap=wrap) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{last}"
    left = sum(1 for _ in remaining)
    if left:
        sheet.append([f"{left:,} more do not fit into a sheet; --differences writes all."])


def _width(header: str, *values: Any) -> int:
    """The width that the first values need, numbers in six digits, and a header with its button."""
    longest = max((len(line) for value in values for line in _shown(value).splitlines()), default=0)
    return min(max(longest + 2, len(header) + 5, 9), _WIDEST)


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _lines(row: Row, widths: Sequence[int]) -> int:
    """The lines that the texts of a row need in columns of some widths."""
    needed = [
        sum(-(-len(line) // width) or 1 for line in str(value).split("\n"))
        for value, width in zip(row, widths, strict=True)
    ]
    return min(max(needed), _HIGHEST)


def _printed(sheet: Any) -> None:
    """Print a sheet across, as wide as the paper, with its header on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "1:1"


def _header(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet)
    write_text(cell, printable(name))
    cell.font, cell.fill = _BOLD, _FILL
    return cell


def _cell(sheet: Any, value: Any, *, wrap: bool) -> Any:
    """What goes into a cell: a number as it is, a text as text, nothing where there is none."""
    if isinstance(value, Share):
        cell = WriteOnlyCell(sheet, float(value))
        cell.number_format = "0.0%"
        if wrap:
            cell.alignment = _TOP
        return cell
    if isinstance(value, float):
        if value != value:
            return None
        value = value if abs(value) != float("inf") else repr(value)
    if isinstance(value, int) and wrap:
        cell = WriteOnlyCell(sheet, value)
        cell.alignment = _TOP
        return cell
    if not isinstance(value, str):
        return value
    lines = [printable(line) for line in value.split("\n")] if wrap else [printable(value)]
    text = "\n".join(lines)[:_LONGEST]
    if not wrap and not like_formula(text) and text not in ERROR_CODES:
        return text or None
    cell = WriteOnlyCell(sheet)
    write_text(cell, text)
    if wrap:
        cell.alignment = _TOP
    return cell


def _summary(found: Collection) -> Iterator[Row]:
    yield "", "verdict", verdict_of_all(found), ""
    for name, text in (
        ("base", found.base), ("other", found.other), *header_rows(found.header),
        ("code", code_text(found.code)), *option_rows(found.options),
    ):  # fmt: skip
        yield "", name, text, ""
    yield "", "differences in this workbook", *_held(found)
    for unread in found.unread:
        yield unread.name, "not compared", unread.path, unread.message
    for side in found.base_only:
        yield side.name, "in the base only", side.path, ""
    for side in found.other_only:
        yield side.name, "in the other only", "", side.path
    for left in found.left_out:
        yield left.name, "not compared", left.path, left_out_text(left)
    for one in found.comparisons:
        yield one.name, "verdict", verdict(one), ""
        yield one.name, "code", code_text(one.code), ""
        yield one.name, "keys", keys_text(one.keys), ""
        for row in side_rows(one.base, one.other):
            yield one.name, *row
        for check in one.checks:
            looked = f"{check.found:,} of {check.looked_at:,}" if check.looked_at else ""
            detail = "; ".join(filter(None, (looked, check.detail)))
            yield one.name, f"check: {check.name}", check.outcome, detail
        for note in one.notes:
            yield one.name, "note", note, ""


def _held(found: Collection) -> tuple[str, str]:
    """How many differences the workbook holds, and where the others are."""
    total = sum(one.cells.total for one in found.comparisons)
    held = min(sum(len(one.cells) for one in found.comparisons), MOST_ROWS)
    told = "--differences FILE writes all that are kept; --most says how many of a variable"
    return f"{held:,} of {total:,}", told if held < total else ""


def _differences(found: Collection) -> dict[str, np.ndarray]:
    """Every difference that is kept; a share of a date is none."""
    columns = difference_columns([(one.name, one.cells) for one in found.comparisons])
    for name in ("relative", "percent"):
        columns[name] = np.where(columns["unit"] == "", columns[name], np.nan)
    return columns


def _causes(found: Collection) -> Iterator[Row]:
    for one in found.comparisons:
        for cause in one.causes:
            yield (
                one.name, cause.sentence, cause.pattern, ", ".join(cause.variables), cause.count,
                Share(cause.share), "\n".join(map(printable, cause_examples(one, cause))),
            )  # fmt: skip


def _variables(found: Collection) -> Iterator[Row]:
    for one in found.comparisons:
        for each in one.variables:
            largest, relative = each.max_absolute, each.max_relative
            yield (
                one.name, each.variable, label_of(one, each.variable), each.nature, each.tolerance,
                each.compared, each.unequal, Share(each.share), each.missing,
                largest.value if largest else "",
                relative.value if relative and each.nature == "number" else "",
                _counts(each.kinds.items()), _counts(each.set_aside.items()),
            )  # fmt: skip


def _counts(numbers: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in numbers)


def _attributes(found: Collection) -> Iterator[Row]:
    for one in found.comparisons:
        for each in (*one.dataset_attributes, *one.attributes):
            yield one.name, each.variable or "(dataset)", each.attribute, each.base, each.other
        for moved in one.order:
            yield one.name, moved.variable, "order", moved.base, moved.other
        for variable in one.base_variables:
            yield one.name, variable.name, "in the base only", variable.type, ""
        for variable in one.other_variables:
            yield one.name, variable.name, "in the other only", "", variable.type


def _records(found: Collection) -> Iterator[Row]:
    for one in found.comparisons:
        yield from _records_of(one)


def _records_of(one: Comparison) -> Iterator[Row]:
    for name, records in record_tables(one.records):
        for keys, row in records:
            in_base = "base" in name
            yield (
                one.name, name, row if in_base else "", "" if in_base else row,
                keyed(records.names, keys),
            )  # fmt: skip
        if records.total > len(records):
            yield one.name, name, "", "", f"{records.total - len(records):,} more are not listed"
    for each in one.records.duplicates:
        rows = (", ".join(map(str, each.base_rows)), ", ".join(map(str, each.other_rows)))
        yield one.name, "key of several records", *rows, keyed(one.keys.names, each.keys)
