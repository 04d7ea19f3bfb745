"""Read the raw files of a study: every value as text, every record with its row in the file.

Nothing is interpreted here. A value keeps the white space around it, a blank one is ``""``, and a
row that holds nothing but blanks is no record. A form with a problem comes back without records,
so that all files are looked at before the build stops.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from mappings.columns import TEXT
from mappings.problems import Mark, Problems, close_match
from mappings.raw_form import RawForm
from sdtm.raw_csv import read_csv
from sdtm.raw_sheet import read_sheet
from sdtm.raw_table import ROW, RawTable, named_table, other_delimiter, without_blanks
from sdtm.raw_typed import read_parquet, read_sas7bdat, read_xport

Reader = Callable[[Path, RawForm, Problems], RawTable | None]

# How many rows below the header are looked at for the names.
MOST_HEADERS = 3
READERS: Mapping[str, Reader] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".dat": read_csv,
    ".xlsx": read_sheet,
    ".xlsm": read_sheet,
    ".sas7bdat": read_sas7bdat,
    ".xpt": read_xport,
    ".parquet": read_parquet,
}


def read_raw(
    forms: Mapping[str, RawForm],
    folder: Path,
    problems: Problems,
    progress: Callable[[str], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """Frame of each form: its columns as text, and ``row``, the row of the file, as integer.

    A row is the line a record starts on, the row of a sheet, or the observation of a SAS or Parquet
    file. An optional form without a file has the column ``row`` alone. ``progress`` gets the name
    of each form that is done.
    """
    frames = {}
    for name, form in forms.items():
        path = _place(form, folder, problems)
        frames[name] = _nothing() if path is None else _read(path, form, problems)
        if progress:
            progress(name)
    return frames


def _place(form: RawForm, folder: Path, problems: Problems) -> Path | None:
    """Where the file of a form is; None, with a problem if it must be there, where it is not."""
    try:
        path = (folder / form.file).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, or no path at all
        inside = False
    if not inside or Path(form.file).is_absolute():
        message = "leaves the folder of the raw files"
        problems.add("SP113", message, mark=form.mark, value=form.file)
        return None
    if path.is_file():
        return path
    if form.required:
        near = close_match(form.file, [other.name for other in _files(folder)])
        message = f"form {form.name} is required, its file is not there"
        problems.add("DT501", message, mark=form.mark, value=form.file, hint=near)
    return None


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _read(path: Path, form: RawForm, problems: Problems) -> pd.DataFrame:
    reader = READERS.get(Path(form.file).suffix.lower())
    if reader is None:
        message = f"is not a kind of file that is read ({', '.join(READERS)})"
        problems.add("DT501", message, mark=form.mark, value=form.file)
        return _nothing()
    try:
        table = reader(path, form, problems)
    except OSError as wrong:
        problems.add("DT501", f"cannot be read: {wrong.strerror}", mark=Mark(form.file, 1))
        return _nothing()
    table = named_table(table, form, problems) if table else None
    if table is None or not _has_roles(table, form, problems):
        return _nothing()
    return _frame(without_blanks(table))


def _has_roles(table: RawTable, form: RawForm, problems: Problems) -> bool:
    absent = [column for column in form.roles if column not in table.names]
    for column in absent:
        problems.add(
            "DT503",
            f"is not a column of {form.file}",
            mark=Mark(form.file, max(table.header, 1)),
            variable=f"{form.name}.{column}",
            hint=other_delimiter(table.names)
            or _further_header(table, column, form)
            or close_match(column, table.names),
        )
    return not absent


def _further_header(table: RawTable, column: str, form: RawForm) -> str:
    """Hint that offers more header rows where a name stands in a row below the header."""
    for below in range(min(len(table.rows), MOST_HEADERS)):
        if any(str(values[below]).strip() == column for values in table.columns):
            return f"header_rows: {form.header_rows + below + 1} takes its names from that row"
    return ""


def _frame(table: RawTable) -> pd.DataFrame:
    columns = {
        name: _text_column(column) for name, column in zip(table.names, table.columns, strict=True)
    }
    return pd.DataFrame({**columns, ROW: table.rows.astype("int64")})


def _text_column(column: pa.ChunkedArray) -> pd.Series:
    if TEXT is object:
        return column.to_pandas()
    return pd.Series(TEXT.__from_arrow__(column))


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({ROW: np.array([], dtype="int64")})
