"""The variable lists of a study as a workbook, for people who pass sheets around."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from submission.show import DATASET_HEADERS, LIST_HEADERS, Shown, list_cells

# What a spreadsheet program would take for a formula, or for the start of one after a blank.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADERS = ("Dataset", "Section", *LIST_HEADERS, "Role", "Format", "Method", "Comment", "Said at")
WIDEST = 60
EARLIEST = (1980, 1, 1, 0, 0, 0)
_TIMES = "docProps/core.xml"


def workbook_bytes(datasets: Sequence[Mapping[str, str]], names: Iterable[Shown]) -> bytes:
    """A workbook of the datasets and of their names; the same bytes whenever it is made."""
    book = Workbook()
    book.remove(book.active)
    rows = [[dataset[header] for header in DATASET_HEADERS] for dataset in datasets]
    _sheet(book.create_sheet("Datasets"), DATASET_HEADERS, rows)
    _sheet(book.create_sheet("Variables"), HEADERS, [_cells(one) for one in names])
    stream = BytesIO()
    book.save(stream)
    return _timeless(stream.getvalue())


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
            _write(cell, text)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if row == 1:
                cell.font = Font(bold=True)
    for column, cells in enumerate(zip(headers, *rows, strict=True), 1):
        longest = max(len(line) for text in cells for line in [*text.splitlines(), ""])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest + 2, WIDEST)
    sheet.freeze_panes = "A2"


def _write(cell: object, text: str) -> None:
    """Put a text into a cell as text; what looks like a formula is marked as quoted."""
    cell.value = text  # type: ignore[attr-defined]
    cell.data_type = "s"  # type: ignore[attr-defined]
    if text.lstrip(" ").startswith(FORMULA):
        cell.quotePrefix = True  # type: ignore[attr-defined]


def _timeless(content: bytes) -> bytes:
    """The workbook without the time it was saved at, which the library writes into it."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == _TIMES:
                data = _without_times(data)
            new.writestr(ZipInfo(name, EARLIEST), data, ZIP_DEFLATED)
    return stream.getvalue()


def _without_times(properties: bytes) -> bytes:
    root = etree.fromstring(properties)
    for element in list(root):
        if etree.QName(element).localname in {"created", "modified"}:
            root.remove(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
