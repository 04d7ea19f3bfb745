"""What a transport file holds, in short: enough to see in another process that nothing differs.

Reading a file back takes longer than writing it. Where processes stand by, one of them reads and
sends back digests; only a file whose digests differ is read again here, to say what differs.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from submission.xpt_dataset import XptDataset, XptVariable
from submission.xpt_formats import stored_format
from submission.xpt_numbers import sas_numbers
from submission.xpt_read import read_xpt


@dataclass(frozen=True)
class Digest:
    """Name, label and length of a dataset, and each variable with a digest of its values."""

    name: str
    label: str
    records: int
    variables: tuple[tuple[str, str, str, int, str, str], ...]


def digest(dataset: XptDataset) -> Digest:
    """The digest of a dataset, written or read."""
    return Digest(
        dataset.name,
        dataset.label,
        len(dataset.frame),
        tuple(
            (
                variable.name,
                "text" if variable.kind == "text" else "number",
                variable.label,
                variable.length,
                str(stored_format(variable.format)),
                _values(dataset.frame[variable.name], variable),
            )
            for variable in dataset.variables
        ),
    )


def file_digest(path: Path) -> Digest:
    """The digest of a file as the second reader sees it; XptError where it cannot be read."""
    return digest(read_xpt(path))


def _values(column: pd.Series, variable: XptVariable) -> str:
    made = hashlib.blake2b(digest_size=16)
    if variable.kind == "text":
        array = pa.array(column, type=pa.large_string())
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        # A fresh copy begins at its first text, whatever slice the column was.
        array = (
            pa.concat_arrays([array]) if array.offset == 0 else array.take(np.arange(len(array)))
        )
        _, offsets, data = array.buffers()
        ends = np.frombuffer(offsets, dtype="<i8", count=len(array) + 1)
        made.update(np.diff(ends).tobytes())
        if data is not None:
            made.update(memoryview(data)[int(ends[0]) : int(ends[-1])])
    else:
        numbers = sas_numbers(column, variable.kind) + 0.0  # -0.0 becomes 0.0
        made.update(np.where(np.isnan(numbers), np.nan, numbers).tobytes())
    return made.hexdigest()
