"""Parquet files: texts, numbers, dates and times as their columns are typed."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from comparison.attributes import Nature, Side, Variable
from comparison.findings import ComparisonError
from comparison.options import Attribute
from comparison.side_held import HeldColumn, HeldSource, held_numbers, held_texts
from sas.numbers import EPOCH

_WITHOUT: frozenset[Attribute] = frozenset({"type", "order"})
_WITH_LABELS: frozenset[Attribute] = _WITHOUT | {"label"}


def read_parquet(path: Path, shown: str) -> HeldSource:
    """The dataset of a Parquet file; a label stands in the metadata of a field, if anywhere."""
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise ComparisonError(f"{path} is not a Parquet file: {wrong}") from wrong
    fields = [field for field in table.schema if not field.name.startswith("__index_level_")]
    labels = [(field.metadata or {}).get(b"label") for field in fields]
    columns, variables = {}, []
    for order, (field, label) in enumerate(zip(fields, labels, strict=True), 1):
        try:
            held, nature = _held(table[field.name])
        except pa.ArrowInvalid as wrong:
            raise ComparisonError(f"{path}: {field.name}: {wrong}") from wrong
        columns[field.name] = held
        text = label.decode("utf-8") if label is not None else None
        variables.append(Variable(field.name, order, nature, label=text))
    stated = (table.schema.metadata or {}).get(b"label")
    about = Side(
        path=shown,
        format="Parquet",
        sha256="",
        bytes=path.stat().st_size,
        name=path.stem.upper(),
        label=stated.decode("utf-8") if stated is not None else None,
        type=None,
        records=table.num_rows,
        variables=tuple(variables),
        carries=_WITH_LABELS if any(labels) else _WITHOUT,
    )
    empty = {field.name for field in fields if pa.types.is_null(field.type)}
    loose = {one.name for one in variables if one.nature in {"date", "datetime"}} | empty
    return HeldSource(about, columns, loose=frozenset(loose))


def _held(column: Any) -> tuple[HeldColumn, Nature]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return held_texts(column), "text"
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_date(kind):
        return _numbers(column.cast(pa.date32()).cast(pa.int32()), 1, _EPOCH_DAYS), "date"
    elif pa.types.is_timestamp(kind):
        per = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
        return _numbers(column.cast(pa.int64()), per, _EPOCH_DAYS * 86400), "datetime"
    elif pa.types.is_time(kind):
        per = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
        whole = column.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
        return _numbers(whole, per, 0), "time"
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise pa.ArrowInvalid(f"a column of type {kind} cannot be compared")
    return _numbers(column, 1, 0), "number"


def _numbers(column: Any, per: int, shift: int) -> Any:
    values = pc.cast(column, pa.float64()) if per == 1 else column
    found = values.to_numpy()
    if per > 1:
        absent = column.is_null().to_numpy()
        whole = column.fill_null(0).to_numpy()
        seconds, rest = np.divmod(whole, per)
        found = np.where(absent, np.nan, seconds - shift + rest / per)
        return held_numbers(found)
    return held_numbers(np.asarray(found, dtype="float64") - shift)


_EPOCH_DAYS = int((EPOCH - np.datetime64("1970-01-01", "D")).astype(int))
