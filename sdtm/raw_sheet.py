"""Read one sheet of a workbook: each cell as text, each record with its row in the sheet."""

import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mappings.problems import Mark, Problems, close_match
from mappings.raw_form import RawForm
from sdtm.raw_table import RawTable, unreadable
from sdtm.raw_text import sheet_shows, value_text

Place = tuple[int, int]


@dataclass(frozen=True)
class _Sheet:
    """Text of the cells, row by row, and the places of formulas, and of cells that have no value.

    ``unknown`` are the formulas without a stored result, ``broken`` the errors shown in cells.
    """

    rows: list[list[str]]
    formulas: frozenset[Place]
    unknown: tuple[Place, ...]
    broken: dict[Place, str]


def read_sheet(path: Path, form: RawForm, problems: Problems) -> RawTable | None:
    """The table of one sheet of a workbook; None, with the problems, where it cannot be read.

    A formula counts with the result stored beside it; without one, the file must be saved again.
    """
    sheet = _sheet(path, form, problems)
    if sheet is not None and sheet.formulas:
        sheet = _sheet(path, form, problems, formulas=sheet.formulas)
    if sheet is None or _broken(sheet, form, problems):
        return None
    if len(sheet.rows) < form.header_rows:
        problems.add("DT501", "has no header row", mark=Mark(form.file, 1))
        return None
    width = max(len(row) for row in sheet.rows)
    padded = [row + [""] * (width - len(row)) for row in sheet.rows]
    names = tuple(name.strip() for name in padded[form.header_rows - 1])
    records = padded[form.header_rows :]
    columns = tuple(
        pa.array([row[place] for row in records], pa.string()) for place in range(width)
    )
    rows = np.arange(len(records), dtype="int64") + form.header_rows + 1
    return RawTable(names, columns, rows, form.header_rows)


def _broken(sheet: _Sheet, form: RawForm, problems: Problems) -> bool:
    """Whether a cell shows an error or a formula without a result, with a problem for each kind."""
    for place, error in sheet.broken.items():
        problems.add("DT501", "is a spreadsheet error", mark=Mark(form.file, *place), value=error)
    if sheet.unknown:
        problems.add(
            "DT501",
            "a formula without a stored result",
            mark=Mark(form.file, *sheet.unknown[0]),
            count=len(sheet.unknown),
            hint="open the workbook, save it and read it again",
        )
    return bool(sheet.broken or sheet.unknown)


def _sheet(
    path: Path, form: RawForm, problems: Problems, *, formulas: frozenset[Place] = frozenset()
) -> _Sheet | None:
    """Cells of the sheet; with the places of its formulas, what they stored instead of them."""
    import openpyxl  # heavy, and few studies have workbooks

    with warnings.catch_warnings():  # of styles and validations, which are no data
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=bool(formulas))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as wrong:
            unreadable(wrong, form, problems)
            return None
        try:
            named = {sheet.title: sheet for sheet in book.worksheets}
            if form.sheet and form.sheet not in named:
                hint = close_match(form.sheet, named)
                message = f"is not a sheet of {form.file}"
                problems.add("DT501", message, mark=form.mark, value=form.sheet, hint=hint)
                return None
            sheet = named[form.sheet] if form.sheet else book.worksheets[0]
            return _sheet_texts(sheet, form.decimal, formulas)
        finally:
            book.close()


def _sheet_texts(sheet: Any, mark: str, known: frozenset[Place]) -> _Sheet:
    sheet.reset_dimensions()  # a stated size may be wrong, the cells are not
    rows: list[list[str]] = []
    formulas: set[Place] = set()
    unknown: list[Place] = []
    broken: dict[Place, str] = {}
    for line, cells in enumerate(sheet.rows, start=1):
        rows.append([_cell_text(cell, mark) for cell in cells])
        for place, cell in enumerate(cells, start=1):
            if cell.data_type == "f":
                formulas.add((line, place))
            elif cell.data_type == "e":
                broken[line, place] = str(cell.value)
            elif cell.value is None and cell.data_type == "n" and (line, place) in known:
                unknown.append((line, place))  # an empty text would be of the type for text
    return _Sheet(rows, frozenset(formulas), tuple(unknown), broken)


def _cell_text(cell: Any, mark: str) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    shows = sheet_shows(cell.number_format) if cell.data_type == "d" else "hs"
    return value_text(value, mark, shows)
