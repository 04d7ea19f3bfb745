"""A comparison as a workbook for people who read sheets: one for each part of what was found.

Values are written as the texts they are shown as, so that no digit is lost and none is taken for a
formula; counts and differences are numbers.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

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
_BOLD = Font(bold=True)
_FILL = PatternFill("solid", fgColor="E8ECF2")
_TOP = Alignment(vertical="top", wrap_text=True)

Row = Sequence[Any]


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
    columns = difference_columns([(one.name, one.cells) for one in found.comparisons])
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
    for place, column in enumerate(zip(headers, *first, strict=True), 1):
        longest = max(len(line) for value in column for line in [*str(value).splitlines(), ""])
        width = min(max(longest + 2, 9), _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}1"
    sheet.append([_header(sheet, name) for name in headers])
    for row in first:
        sheet.append([_cell(sheet, value, wrap=wrap) for value in row])
    for row in islice(remaining, MOST_ROWS - len(first)):
        sheet.append([_cell(sheet, value, wrap=wrap) for value in row])
    left = sum(1 for _ in remaining)
    if left:
        sheet.append([f"{left:,} more do not fit into a sheet; --differences writes all."])


def _header(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet)
    write_text(cell, printable(name))
    cell.font, cell.fill = _BOLD, _FILL
    return cell


def _cell(sheet: Any, value: Any, *, wrap: bool) -> Any:
    """What goes into a cell: a number as it is, a text as text, nothing where there is none."""
    if isinstance(value, float):
        if value != value:
            return None
        value = value if abs(value) != float("inf") else repr(value)
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


def _causes(found: Collection) -> Iterator[Row]:
    for one in found.comparisons:
        for cause in one.causes:
            yield (
                one.name, cause.sentence, cause.pattern, ", ".join(cause.variables), cause.count,
                cause.share, "\n".join(map(printable, cause_examples(one, cause))),
            )  # fmt: skip


def _variables(found: Collection) -> Iterator[Row]:
    for one in found.comparisons:
        for each in one.variables:
            largest, relative = each.max_absolute, each.max_relative
            yield (
                one.name, each.variable, label_of(one, each.variable), each.nature, each.tolerance,
                each.compared, each.unequal, each.share, each.missing,
                largest.value if largest else "", relative.value if relative else "",
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
