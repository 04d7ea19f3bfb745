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

from mappings.coded import plain
from mappings.columns import plain_texts
from sas.formats import stored_format
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
    records = 0
    for piece in pieces:
        records += len(next(iter(piece.values())))
        for variable, made in zip(dataset.variables, hashes, strict=True):
            text = variable.kind == "text"
            values = piece[variable.name]
            made.update(_text(values) if text else _numbers(values, variable))
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


def _numbers(values: pd.Series | list[float], variable: XptVariable) -> bytes:
    """The bytes that numbers are told by; one for all missing values and for both zeros."""
    if isinstance(values, pd.Series):
        numbers = sas_numbers(values, variable.kind)
    else:
        numbers = np.fromiter(values, dtype="float64", count=len(values))
    numbers = numbers + 0.0  # -0.0 becomes 0.0
    return np.where(np.isnan(numbers), np.nan, numbers).tobytes()


def _text(values: pd.Series | list[str]) -> bytes:
    """The bytes that texts are told by: one after the other, each with its end."""
    texts = plain_texts(plain(values)) if isinstance(values, pd.Series) else values
    return (END.join(texts) + END).encode()
