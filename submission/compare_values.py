"""A comparison as JSON values: everything that was found, always in the same order.

Every part is an object with the fields of its class in ``comparison.findings``, ``attributes``,
``cells`` and ``options``. Numbers have all their digits; a number that is not there is null, one
beyond a double ``"Infinity"`` or ``"-Infinity"``. Sets are sorted.
"""

import json
import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any

from comparison.cells import Cells, RecordTable
from comparison.findings import Code, Collection, Comparison
from submission.compare_facts import verdict, verdict_of_all


def json_report(found: Collection) -> bytes:
    """The document as UTF-8 text."""
    text = json.dumps(collection_values(found), indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def collection_values(found: Collection) -> dict[str, Any]:
    """Values of everything one request compared."""
    return {
        "verdict": verdict_of_all(found),
        "different": found.different,
        "exit_status": found.exit_status,
        **_code(found.code),
        **_fields(found),
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    """Values of one dataset; what was asked for stands once, in the whole."""
    held = _fields(one)
    del held["options"]
    return {
        "name": one.name,
        "verdict": verdict(one),
        "different": one.different,
        **_code(one.code),
        **{name: value for name, value in held.items() if name != "code"},
    }


def _code(code: Code) -> dict[str, Any]:
    return {"code": int(code), "code_names": list(code.names())}


def _fields(value: Any) -> dict[str, Any]:
    return {each.name: json_value(getattr(value, each.name)) for each in fields(value)}


def json_value(value: Any) -> Any:
    """Any part of a comparison as JSON values."""
    if isinstance(value, Comparison):
        return _comparison(value)
    if isinstance(value, Cells):
        return _cells(value)
    if isinstance(value, RecordTable):
        return _records(value)
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, float):
        return json_number(value)
    if isinstance(value, Mapping):
        return {str(name): json_value(each) for name, each in value.items()}
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, tuple):
        return [json_value(each) for each in value]
    return value


def json_number(value: float) -> float | str | None:
    """A number as JSON has it."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return None
    return "Infinity" if value > 0 else "-Infinity"


def _records(table: RecordTable) -> dict[str, Any]:
    listed = [
        {"row": row, "keys": dict(zip(table.names, keys, strict=True))} for keys, row in table
    ]
    return {"total": table.total, "listed": listed}


def _cells(cells: Cells) -> dict[str, Any]:
    """Every difference that is kept; ``keys`` of it are an object by name."""
    columns = cells.columns()
    own = [name for name in columns if name not in cells.names]
    lists = [
        [json_number(value) for value in column.tolist()]
        if column.dtype.kind == "f"
        else column.tolist()
        for column in (columns[name] for name in own)
    ]
    keys = [column.tolist() for column in cells.keys]
    listed = [
        {"keys": {name: key[place] for name, key in zip(cells.names, keys, strict=True)},
         **dict(zip(own, row, strict=True))}
        for place, row in enumerate(zip(*lists, strict=True))
    ]  # fmt: skip
    return {"total": cells.total, "listed": listed}
