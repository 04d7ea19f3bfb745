"""What a transport file holds, in short: enough to see in another process that nothing differs.

Reading a file back takes longer than writing it, and more memory than the file. So it is read some
records at a time, in another process where one stands by; only a file whose digest differs is read
as a whole, to say what differs.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from submission.xpt_dataset import XptDataset, XptVariable
from submission.xpt_formats import stored_format
from submission.xpt_numbers import sas_numbers
from submission.xpt_read import read_xpt

# A reader makes an object of every text, so a large file is read some records at a time.
RECORDS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Digest:
    """Name, label and number of records of a dataset, and its variables with what they hold."""

    name: str
    label: str
    records: int
    variables: tuple[tuple[str, str, str, int, str], ...]
    values: tuple[str, ...]


def digest(dataset: XptDataset) -> Digest:
    """The digest of a dataset as it was to be written."""
    size = len(dataset.frame)
    starts = range(0, size, RECORDS_AT_ONCE)
    rows = (dataset.frame.iloc[start : start + RECORDS_AT_ONCE] for start in starts)
    return _digest(dataset, rows)


def file_digest(path: Path) -> Digest:
    """The digest of a file as the second reader sees it; XptError where it cannot be read."""
    first = read_xpt(path, most=RECORDS_AT_ONCE)
    return _digest(first, _frames(path, first))


def _frames(path: Path, first: XptDataset) -> Iterator[pd.DataFrame]:
    """The records of a file, some at a time."""
    found, start = first, 0
    while True:
        yield found.frame
        start += len(found.frame)
        if len(found.frame) < RECORDS_AT_ONCE:
            return
        found = read_xpt(path, start=start, most=RECORDS_AT_ONCE)


def _digest(dataset: XptDataset, frames: Iterable[pd.DataFrame]) -> Digest:
    hashes = [hashlib.blake2b(digest_size=16) for _ in dataset.variables]
    records = 0
    for frame in frames:
        records += len(frame)
        for variable, made in zip(dataset.variables, hashes, strict=True):
            for content in _content(frame[variable.name], variable):
                made.update(content)
    return Digest(
        dataset.name,
        dataset.label,
        records,
        tuple(map(_described, dataset.variables)),
        tuple(made.hexdigest() for made in hashes),
    )


def _described(variable: XptVariable) -> tuple[str, str, str, int, str]:
    kind = "text" if variable.kind == "text" else "number"
    stored = str(stored_format(variable.format))
    return variable.name, kind, variable.label, variable.length, stored


def _content(column: pd.Series, variable: XptVariable) -> Iterator[Any]:
    """The bytes that a column's values are told by."""
    if variable.kind != "text":
        numbers = sas_numbers(column, variable.kind) + 0.0  # -0.0 becomes 0.0
        yield np.where(np.isnan(numbers), np.nan, numbers).tobytes()
        return
    array = pa.array(column, type=pa.large_string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, dtype="<i8", count=array.offset + len(array) + 1)[array.offset :]
    yield np.diff(ends).tobytes()
    if data is not None:
        yield memoryview(data)[int(ends[0]) : int(ends[-1])]
