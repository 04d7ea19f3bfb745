"""Dataset-JSON 1.1: one JSON document, a line for each record (NDJSON), or either compressed.

A compressed file is a zlib stream by its specification and gzip in its published examples; both are
read. Source: CDISC Dataset-JSON 1.1 and Compressed Dataset-JSON 1.1.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from comparison.agree import clock_seconds, days, seconds
from comparison.attributes import Nature, Side, Variable
from comparison.findings import ComparisonError
from comparison.side_held import HeldColumn, HeldSource, held_numbers, held_texts
from sas.formats import shown_kind

_ANY_HEADER = 47  # zlib or gzip, told by the first bytes
_NUMERIC = {"integer", "decimal", "float", "double", "boolean"}
_DATED: Mapping[str, Nature] = {"date": "date", "datetime": "datetime", "time": "time"}
_READERS = {"date": days, "datetime": seconds, "time": clock_seconds}


def read_json(path: Path, shown: str) -> HeldSource:
    """The dataset of a .json, .ndjson or .dsjc file."""
    try:
        about, rows = _parsed(path)
        stated = about["columns"]
        names = [str(column["name"]) for column in stated]
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ComparisonError(f"{path} is not Dataset-JSON: no {wrong} in it") from wrong
    _check(path, about, rows, names)
    variables, columns = [], {}
    for order, column in enumerate(stated, 1):
        cells = [row[order - 1] for row in rows]
        variable = _variable(column, order)
        variables.append(variable)
        columns[variable.name] = _held(path, column, variable, cells)
    keyed = sorted((one["keySequence"], one["name"]) for one in stated if one.get("keySequence"))
    side = Side(
        path=shown,
        format="Dataset-JSON",
        sha256="",
        bytes=path.stat().st_size,
        name=str(about.get("name", path.stem)).upper(),
        label=str(about.get("label", "")),
        type=None,
        records=len(rows),
        variables=tuple(variables),
        created=str(about.get("datasetJSONCreationDateTime", "")),
        modified=str(about.get("dbLastModifiedDateTime", "")),
        carries=frozenset({"label", "type", "length", "format", "order"}),
    )
    return HeldSource(side, columns, keys=tuple(name for _, name in keyed))


def _parsed(path: Path) -> tuple[Mapping[str, Any], Sequence[Any]]:
    """What stands beside the rows, and the rows."""
    content = path.read_bytes()
    if path.suffix.lower() == ".dsjc":
        try:
            content = zlib.decompressobj(_ANY_HEADER).decompress(content)
        except zlib.error as wrong:
            raise ComparisonError(f"{path} is not compressed Dataset-JSON: {wrong}") from wrong
    try:
        text = content.decode("utf-8-sig")
        first, _, rest = text.partition("\n")
        try:
            about = json.loads(first)
        except json.JSONDecodeError:
            about, rest = json.loads(text), ""  # a document over several lines
        if "rows" in about or not rest.strip():
            return about, about.get("rows") or []
        return about, json.loads(f"[{','.join(line for line in rest.splitlines() if line)}]")
    except (json.JSONDecodeError, UnicodeDecodeError) as wrong:
        raise ComparisonError(f"{path} is not Dataset-JSON: {wrong}") from wrong


def _check(path: Path, about: Mapping[str, Any], rows: Sequence[Any], names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise ComparisonError(f"{path}: a column stands twice")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != len(names):
            raise ComparisonError(f"{path}: record {number} has not {len(names)} values")
    stated = about.get("records", len(rows))
    if stated != len(rows):
        raise ComparisonError(f"{path} states {stated} records and holds {len(rows)}")


def _variable(column: Mapping[str, Any], order: int) -> Variable:
    kind, form = str(column.get("dataType")), str(column.get("displayFormat") or "")
    numeric = kind in _NUMERIC or bool(column.get("targetDataType"))
    nature: Nature = shown_kind(form) if numeric else "text"
    if numeric and kind in _DATED:
        nature = _DATED[kind]
    return Variable(
        name=str(column["name"]),
        order=order,
        nature=nature,
        length=None if numeric else column.get("length"),
        label=str(column.get("label", "")),
        format=form,
    )


def _held(
    path: Path, column: Mapping[str, Any], variable: Variable, cells: list[Any]
) -> HeldColumn:
    if variable.nature == "text":
        wrong = [cell for cell in cells if cell is not None and not isinstance(cell, str)]
        if wrong:
            raise ComparisonError(f"{path}: {variable.name} holds {wrong[0]!r}, which is no text")
        return held_texts(cells)
    read = _READERS.get(str(column.get("dataType")), float)
    try:
        values = [np.nan if cell is None or cell == "" else read(cell) for cell in cells]
    except (TypeError, ValueError) as wrong:
        raise ComparisonError(f"{path}: {variable.name}: {wrong}") from wrong
    if None in values:
        cell = cells[values.index(None)]
        raise ComparisonError(f"{path}: {variable.name}: {cell!r} is no {column.get('dataType')}")
    return held_numbers(np.array(values, dtype="float64"))
