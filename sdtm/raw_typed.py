"""Read SAS and Parquet files, whose values are numbers and dates as well as text.

Rows are observations counted from 1. SAS text is read byte by byte and decoded here, because
pyreadstat gives an empty text for a byte it cannot decode.
"""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from mappings.problems import Mark, Problems
from mappings.raw_form import RawForm
from sdtm.raw_table import RawTable, row_examples, unreadable
from sdtm.raw_text import sas_text, value_text

BYTES = "LATIN1"  # each byte is one character, so nothing is lost before it is decoded


def read_xport(path: Path, form: RawForm, problems: Problems) -> RawTable | None:
    """The table of a SAS transport file; None, with the problems, where it cannot be read."""
    try:
        found = pyreadstat.read_xport(str(path), **_as_stored())
    except (pyreadstat.ReadstatError, OSError) as wrong:
        unreadable(wrong, form, problems)
        return None
    values, about = found
    return _sas_table(values, about, form.encoding, form, problems)


def read_sas7bdat(path: Path, form: RawForm, problems: Problems) -> RawTable | None:
    """The table of a SAS dataset, in the encoding that the file says it has."""
    try:
        _, stated = pyreadstat.read_sas7bdat(str(path), metadataonly=True)
        found = pyreadstat.read_sas7bdat(str(path), user_missing=True, **_as_stored())
    except (pyreadstat.ReadstatError, OSError, UnicodeDecodeError) as wrong:
        unreadable(wrong, form, problems)
        return None
    values, about = found
    return _sas_table(values, about, stated.file_encoding or form.encoding, form, problems)


def _as_stored() -> dict[str, Any]:
    return {"encoding": BYTES, "disable_datetime_conversion": True, "output_format": "dict"}


def _sas_table(
    values: dict[str, Sequence[Any]], about: Any, encoding: str, form: RawForm, problems: Problems
) -> RawTable | None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        problems.add("DT502", "is an encoding nobody can read here", value=encoding, mark=form.mark)
        return None
    names = [_bytes(name).decode(encoding, "replace") for name in values]
    columns: list[Any] = []
    for place, (stored, cells) in enumerate(values.items()):
        if about.readstat_variable_types[stored] == "string":
            codes, distinct = pd.factorize(np.array(cells, dtype=object), use_na_sentinel=False)
            raw = [_bytes(text) if isinstance(text, str) else b"" for text in distinct]
            field = _Field(names[place], place + 1, encoding)
            columns.append(_decoded(codes, raw, field, form, problems))
        else:
            shown = about.original_variable_types[stored] or ""
            columns.append(_numbers(cells, partial(sas_text, sas_format=shown, mark=form.decimal)))
    if any(column is None for column in columns):
        return None
    size = len(next(iter(values.values()), ()))
    rows = np.arange(1, size + 1, dtype="int64")
    return RawTable(tuple(name.strip() for name in names), tuple(columns), rows)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1")


def _numbers(cells: Sequence[Any], text_of: Callable[[Any], str]) -> Any:
    """Text of each number, worked out once for each that is different."""
    codes, distinct = pd.factorize(np.array(cells, dtype=object), use_na_sentinel=False)
    return _taken(codes, [text_of(value) for value in distinct])


def _taken(codes: np.ndarray, texts: list[str]) -> Any:
    return pa.array(texts, pa.string()).take(pa.array(codes))


@dataclass(frozen=True)
class _Field:
    """A column of a file: its name, its place from 1, and the encoding of its bytes."""

    name: str
    place: int
    encoding: str


def _decoded(
    codes: np.ndarray, distinct: list[bytes], field: _Field, form: RawForm, problems: Problems
) -> Any | None:
    """Text of each value; None, with the problems, where a byte is not of the encoding."""
    texts: list[str] = []
    for code, value in enumerate(distinct):
        try:
            texts.append(value.decode(field.encoding))
        except UnicodeDecodeError as wrong:
            rows = np.flatnonzero(codes == code) + 1
            problems.add(
                "DT502",
                f"byte 0x{value[wrong.start]:02X} at {wrong.start + 1} is not {field.encoding}",
                mark=Mark(form.file, int(rows[0]), field.place),
                variable=f"{form.name}.{field.name}",
                count=len(rows),
                examples=row_examples(form, rows),
            )
    return _taken(codes, texts) if len(texts) == len(distinct) else None


def read_parquet(path: Path, form: RawForm, problems: Problems) -> RawTable | None:
    """The table of a Parquet file; None, with the problems, where it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
        columns = [
            _parquet_column(column, _Field(name, place, form.encoding), form, problems)
            for place, (name, column) in enumerate(
                zip(table.column_names, table.columns, strict=True), start=1
            )
        ]
    except (pa.ArrowException, OSError) as wrong:
        unreadable(wrong, form, problems)
        return None
    if any(column is None for column in columns):
        return None
    rows = np.arange(1, table.num_rows + 1, dtype="int64")
    return RawTable(tuple(name.strip() for name in table.column_names), tuple(columns), rows)


def _parquet_column(column: Any, field: _Field, form: RawForm, problems: Problems) -> Any | None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _parquet_column(column.cast(kind.value_type), field, form, problems)
    if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType):
        message = f"holds {kind}, which is more than one value"
        mark = Mark(form.file, 1, field.place)
        problems.add("DT501", message, mark=mark, variable=f"{form.name}.{field.name}")
        return None
    if pa.types.is_null(kind):
        return pa.array([""] * len(column), pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _utf8_column(column, field, form, problems)
    encoded = column.combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raw = [*encoded.dictionary.to_pylist(), b""]
        return _decoded(codes, raw, field, form, problems)
    if pa.types.is_floating(kind):
        distinct = list(encoded.dictionary.to_numpy(zero_copy_only=False))
    else:
        distinct = encoded.dictionary.to_pylist()
    return _taken(codes, [*(value_text(value, form.decimal) for value in distinct), ""])


def _utf8_column(column: Any, field: _Field, form: RawForm, problems: Problems) -> Any | None:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:  # a file may say that bytes are text without looking at them
        return _parquet_column(column.cast(pa.binary()), field, form, problems)
    return column.cast(pa.string()).fill_null("")
