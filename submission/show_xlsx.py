"""The variable lists of a study as a workbook, for people who pass sheets around."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from submission.show import DATASET_HEADERS, LIST_HEADERS, Shown, list_cells
from submission.workbook import saved, write_text

HEADERS = ("Dataset", "Section", *LIST_HEADERS, "Role", "Format", "Method", "Comment", "Said at")
WIDEST = 60


def workbook_bytes(datasets: Sequence[Mapping[str, str]], names: Iterable[Shown]) -> bytes:
    """A workbook of the datasets and of their names; the same bytes whenever it is made."""
    book = Workbook()
    book.remove(book.active)
    rows = [[dataset[header] for header in DATASET_HEADERS] for dataset in datasets]
    _sheet(book.create_sheet("Datasets"), DATASET_HEADERS, rows)
    _sheet(book.create_sheet("Variables"), HEADERS, [_cells(one) for one in names])
    return saved(book)


def write_workbook(
    path: Path, datasets: Sequence[Mapping[str, str]], names: Iterable[Shown]
) -> None:
    """Write the workbook to a file."""
    path.write_bytes(workbook_bytes(datasets, names))


def _cells(one: Shown) -> list[str]:
    return [
        one.dataset, one.section, *list_cells(one), one.role, one.format, one.method, one.comment,
        one.place,
    ]  # fmt: skip


def _sheet(sheet: Worksheet, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row, cells in enumerate([headers, *rows], 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(row, column)
            write_text(cell, text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if row == 1:
                cell.font = Font(bold=True)
    for column, cells in enumerate(zip(headers, *rows, strict=True), 1):
        longest = max(len(line) for text in cells for line in [*text.splitlines(), ""])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, WIDEST)
    sheet.freeze_panes = "A2"
