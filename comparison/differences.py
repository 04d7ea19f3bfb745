"""The differing values as a file: Parquet or CSV, by how its name ends."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from comparison.cells import Cells, no_cells
from comparison.findings import Collection, ComparisonError

ENDINGS = (".parquet", ".csv")


def write_differences(found: Collection, path: Path) -> None:
    """Write the differing values of all datasets as one table.

    The columns are ``dataset``, each variable that is a key of any dataset ("" where it is none),
    and those of ``Cells``. A number that is not there is null in Parquet and nothing in CSV. An
    older file stays until the new one is whole. Raises ComparisonError where the name ends in
    neither ``.parquet`` nor ``.csv``.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ComparisonError(f"{path} does not end in {' or '.join(ENDINGS)}")
    columns = difference_columns([(one.name, one.cells) for one in found.comparisons])
    part = path.with_name(f"{path.name}.part")
    try:
        if ending == ".csv":
            _write_csv(columns, part)
        else:
            _write_parquet(columns, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def difference_columns(tables: Sequence[tuple[str, Cells]]) -> dict[str, np.ndarray]:
    """The differing values of datasets, given by name, as the columns of one table.

    Without datasets it has the columns that every table has, and no rows.
    """
    keys = list(dict.fromkeys(name for _, cells in tables for name in cells.names))
    made: dict[str, list[np.ndarray]] = {}
    for dataset, cells in tables or [("", no_cells())]:
        own = cells.columns()
        nothing = np.full(len(cells), "", dtype=object)
        made.setdefault("dataset", []).append(np.full(len(cells), dataset, dtype=object))
        for key in keys:
            made.setdefault(key, []).append(own[key] if key in cells.names else nothing)
        for name, column in own.items():
            if name not in cells.names:
                made.setdefault(name, []).append(column)
    return {name: np.concatenate(parts) for name, parts in made.items()}


def _write_csv(columns: dict[str, np.ndarray], path: Path) -> None:
    texts = [
        ["" if number != number else repr(number) for number in column.tolist()]
        if column.dtype.kind == "f"
        else column.tolist()
        for column in columns.values()
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*texts, strict=True))


def _write_parquet(columns: dict[str, np.ndarray], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {
        name: pa.array(column, type=pa.string())
        if column.dtype == object
        else pa.array(column, from_pandas=True)
        for name, column in columns.items()
    }
    pq.write_table(pa.table(arrays), path)
