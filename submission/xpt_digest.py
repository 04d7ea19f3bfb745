"""What a transport file holds, in short: enough to see in another process that nothing differs.

Reading a file back takes longer than writing it, and more memory than the file. So it is read some
records at a time, in another process where one stands by; only a file whose digest differs is read
as a whole, to say what differs.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mappings.coded import coded
from sas.formats import stored_format
from submission.xpt_check import arrow_text
from submission.xpt_dataset import XptDataset, XptVariable
from submission.xpt_numbers import sas_numbers
from submission.xpt_read import described, read_pieces

END = "\0"  # a file cannot carry it within a text
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
    hashes = [_hash() for _ in dataset.variables]
    for variable, made in zip(dataset.variables, hashes, strict=True):
        column = dataset.frame[variable.name]
        if variable.kind == "text":
            for content in _ended(column):
                made.update(content)
        else:
            made.update(_alike(sas_numbers(column, variable.kind)))
    return _digest(dataset, len(dataset.frame), hashes)


def file_digest(path: Path) -> Digest:
    """The digest of a file as the second reader sees it; XptError where it cannot be read."""
    dataset = described(path)
    length = dataset.record_type().itemsize
    hashes = [_hash() for _ in dataset.variables]
    records = 0
    for piece in read_pieces(path, length, RECORDS_AT_ONCE) if length else ():
        records += len(next(iter(piece.values())))
        for variable, made in zip(dataset.variables, hashes, strict=True):
            values = piece[variable.name]
            if variable.kind == "text":
                made.update((END.join(values) + END).encode())
            else:
                made.update(_alike(np.fromiter(values, dtype="float64", count=len(values))))
    return _digest(dataset, records, hashes)


def _hash() -> Any:
    return hashlib.blake2b(digest_size=16)


def _digest(dataset: XptDataset, records: int, hashes: Sequence[Any]) -> Digest:
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


def _alike(numbers: np.ndarray) -> bytes:
    """The bytes that numbers are told by; one for all missing values and for both zeros."""
    numbers = numbers + 0.0  # -0.0 becomes 0.0
    return np.where(np.isnan(numbers), np.nan, numbers).tobytes()


def _ended(column: pd.Series) -> Iterator[memoryview]:
    """The bytes that texts are told by: one after the other, each with its end."""
    held = coded(column)
    end, between = (pa.scalar(sign, pa.large_string()) for sign in (END, ""))
    ended = pc.binary_join_element_wise(arrow_text(held.distinct), end, between)
    for start in range(0, len(column), RECORDS_AT_ONCE):
        taken = ended.take(pa.array(held.codes[start : start + RECORDS_AT_ONCE]))
        _, offsets, content = taken.buffers()
        yield memoryview(content)[: np.frombuffer(offsets, "int64", len(taken) + 1)[-1]]
