"""SAS7BDAT files, by way of pyreadstat."""

from pathlib import Path
from typing import Any

import numpy as np
import pyreadstat

from comparison.attributes import Nature, Side, Variable
from comparison.findings import ComparisonError
from comparison.side_held import HeldColumn, HeldSource, held_numbers, held_texts
from sas.formats import shown_kind


def read_sas7bdat(path: Path, shown: str) -> HeldSource:
    """The dataset of a file; informats are not read and not compared."""
    try:
        values, about = pyreadstat.read_sas7bdat(
            str(path), user_missing=True, disable_datetime_conversion=True, output_format="dict"
        )
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as wrong:
        raise ComparisonError(f"{path}: {wrong}") from wrong
    variables = tuple(
        _variable(name, order, about) for order, name in enumerate(about.column_names, 1)
    )
    columns: dict[str, HeldColumn] = {}
    for one in variables:
        found = values[one.name]
        columns[one.name] = held_texts(list(found)) if one.nature == "text" else _numbers(found)
    side = Side(
        path=shown,
        format="SAS7BDAT",
        sha256="",
        bytes=path.stat().st_size,
        name=(about.table_name or path.stem).upper(),
        label=about.file_label or "",
        type=None,
        records=len(next(iter(values.values()))) if variables else 0,
        variables=variables,
        encoding=(about.file_encoding or "utf-8").lower(),
        created=str(about.creation_time or ""),
        modified=str(about.modification_time or ""),
        carries=frozenset({"label", "type", "length", "format", "order"}),
    )
    return HeldSource(side, columns)


def _variable(name: str, order: int, about: Any) -> Variable:
    stored = about.original_variable_types[name] or ""
    stored = "" if stored == "NULL" else stored
    stored = stored if "." in stored or not stored else f"{stored}."
    text = about.readstat_variable_types[name] == "string"
    nature: Nature = "text" if text else shown_kind(stored)
    label = about.column_names_to_labels[name] or ""
    return Variable(name, order, nature, about.variable_storage_width[name], label, stored)


def _numbers(values: Any) -> HeldColumn:
    """Numbers; pyreadstat gives a special missing value as its letter among them."""
    array = values if isinstance(values, np.ndarray) else np.array(values, dtype=object)
    if array.dtype != object:
        return held_numbers(array)
    letters = [value if isinstance(value, str) else "" for value in array.tolist()]
    missing = np.array([ord(letter[:1]) if letter else 0 for letter in letters], dtype="uint8")
    absent = missing != 0
    array = np.where(absent, np.nan, array)
    return held_numbers(array.astype("float64"), missing)
