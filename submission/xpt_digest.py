"""What a transport file holds, in short: enough to see in another process that nothing differs.

Reading a file back takes longer than writing it, and more memory than the file. So it is read some
records at a time, in another process where one stands by; only a file whose digest differs is read
as a whole, to say what differs.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from submission.xpt_check import arrow_text
from submission.xpt_dataset import XptDataset, XptVariable
from submission.xpt_formats import stored_format
from submission.xpt_numbers import sas_numbers
from submission.xpt_read import described, read_pieces

LARGE_TEXT = pa.large_string()
# Few enough that the objects a reader makes of them stay near at hand.
RECORDS_AT_ONCE = 40_000


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
    starts = range(0, len(dataset.frame), RECORDS_AT_ONCE)
    pieces = (dataset.frame.iloc[start : start + RECORDS_AT_ONCE] for start in starts)
    return _digest(dataset, ({name: piece[name] for name in piece} for piece in pieces))


def file_digest(path: Path) -> Digest:
    """The digest of a file as the second reader sees it; XptError where it cannot be read."""
    dataset = described(path)
    length = dataset.record_type().itemsize
    return _digest(dataset, read_pieces(path, length, RECORDS_AT_ONCE) if length else ())


def _digest(dataset: XptDataset, pieces: Iterable[Mapping[str, Any]]) -> Digest:
    hashes = [hashlib.blake2b(digest_size=16) for _ in dataset.variables]
    lengths = [hashlib.blake2b(digest_size=16) for _ in dataset.variables]
    records = 0
    for piece in pieces:
        records += len(next(iter(piece.values())))
        for variable, made, sizes in zip(dataset.variables, hashes, lengths, strict=True):
            if variable.kind == "text":
                size, content = _text(piece[variable.name])
                sizes.update(size)
                made.update(content)
            else:
                made.update(_numbers(piece[variable.name], variable))
    return Digest(
        dataset.name,
        dataset.label,
        records,
        tuple(map(_described, dataset.variables)),
        tuple(one.hexdigest() + two.hexdigest() for one, two in zip(hashes, lengths, strict=True)),
    )


def _described(variable: XptVariable) -> tuple[str, str, str, int, str]:
    kind = "text" if variable.kind == "text" else "number"
    stored = str(stored_format(variable.format))
    return variable.name, kind, variable.label, variable.length, stored


def _numbers(values: Any, variable: XptVariable) -> bytes:
    """The bytes that numbers are told by; one for all missing values and for both zeros."""
    column = values if isinstance(values, pd.Series) else pd.Series(values, dtype="float64")
    numbers = sas_numbers(column, variable.kind) + 0.0  # -0.0 becomes 0.0
    return np.where(np.isnan(numbers), np.nan, numbers).tobytes()


def _text(values: Any) -> tuple[bytes, Any]:
    """The lengths of texts and, one after the other, their bytes."""
    array = arrow_text(values) if isinstance(values, pd.Series) else pa.array(values, LARGE_TEXT)
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, dtype="<i8", count=array.offset + len(array) + 1)[array.offset :]
    content = b"" if data is None else memoryview(data)[int(ends[0]) : int(ends[-1])]
    return np.diff(ends).tobytes(), content
