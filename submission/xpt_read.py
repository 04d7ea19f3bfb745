"""Read a SAS transport file of one dataset."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat

from mappings.columns import TEXT
from sas.layout import RECORD, LayoutError, first_record
from submission.xpt_dataset import XptDataset, XptError, XptVariable


def read_xpt(path: Path, *, encoding: str = "utf-8") -> XptDataset:
    """The dataset of a version 5 file; XptError where the file holds none or several.

    Dates and times stay what the file has: numbers, with the format that shows them. A special
    missing value is read as NaN, and which one it was is lost.
    """
    data_start(path)
    values, about = _read(path, path, encoding)
    variables = tuple(_variable(name, about) for name in about.column_names)
    columns = {one.name: _column(values[one.name], one) for one in variables}
    size = len(next(iter(columns.values()))) if columns else 0
    frame = pd.DataFrame(columns, index=pd.RangeIndex(size), copy=False)
    return XptDataset(about.table_name or "", about.file_label or "", variables, frame)


def described(path: Path) -> XptDataset:
    """The dataset of a version 5 file without its records; XptError as for ``read_xpt``."""
    data_start(path)
    _, about = _read(path, path, "utf-8", metadataonly=True)
    variables = tuple(_variable(name, about) for name in about.column_names)
    nothing = pd.DataFrame({one.name: [] for one in variables})
    return XptDataset(about.table_name or "", about.file_label or "", variables, nothing)


def read_pieces(path: Path, length: int, most: int) -> Iterator[Mapping[str, list[Any]]]:
    """The values of a file by variable, about ``most`` records of ``length`` bytes at a time.

    The reader makes an object of every value and cannot begin in the middle without reading up to
    there. So the headers and some of the records are given to it as a file of their own, as many
    as fill 80-byte records, so that no piece but the last is filled up.
    """
    start = data_start(path)
    size = max(1, most // RECORD) * RECORD * length
    with tempfile.TemporaryDirectory() as folder, path.open("rb") as file:
        header = file.read(start)
        piece = Path(folder) / "piece.xpt"
        while content := file.read(size):
            piece.write_bytes(header + content)
            yield _read(piece, path, "utf-8")[0]


def _read(piece: Path, path: Path, encoding: str, **options: Any) -> tuple[Any, Any]:
    """What the second reader finds in a file, or in a piece of the file at ``path``."""
    try:
        return pyreadstat.read_xport(
            str(piece), encoding=encoding, disable_datetime_conversion=True, output_format="dict",
            **options,
        )  # fmt: skip
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as wrong:
        raise XptError(f"{path}: {wrong}") from wrong


def _variable(name: str, about: Any) -> XptVariable:
    stored = about.original_variable_types[name] or ""
    return XptVariable(
        name=name,
        label=about.column_names_to_labels[name] or "",
        kind="text" if about.readstat_variable_types[name] == "string" else "number",
        length=about.variable_storage_width[name],
        format=stored if "." in stored or not stored else f"{stored}.",
    )


def _column(values: list[Any], variable: XptVariable) -> pd.Series:
    if variable.kind == "text":
        return pa.array(values, type=pa.large_string()).to_pandas().astype(TEXT)
    return pd.Series(np.array(values, dtype="float64"))


def data_start(path: Path) -> int:
    """Position of the first record of data; XptError where a file is not one v5 dataset."""
    try:
        return first_record(path)
    except LayoutError as wrong:
        raise XptError(str(wrong)) from wrong
