"""Records of two transport files compared as bytes, whatever the layout of each."""

from collections.abc import Iterator

import numpy as np

from comparison.relaid import Relaid
from comparison.side_xpt import HELD, XptSource
from comparison.source import Rows, Source

_CACHED = 1 << 20  # bytes compared at once, so that they are still at hand


def unlike_records(
    base: Source, other: Source, left: np.ndarray, right: np.ndarray, chunk: int
) -> np.ndarray | None:
    """Places at which records of some rows differ in their bytes; all others hold equal values.

    Where layouts differ the records of one side are laid out as those of the other. None where a
    side is no transport file, so that bytes tell nothing.
    """
    if not isinstance(base, XptSource) or not isinstance(other, XptSource):
        return None
    layout = None if base.same_layout(other) else Relaid.of(base, other)
    width = max(base.layout.width, 1)
    chunk = min(chunk, max(_CACHED // width, 256))
    if len(left) * width > HELD:
        return _swept(base, other, left, right, chunk, layout)
    found = [
        _differing(base.take(rows).records, other.take(there).records, layout) + start
        for start, rows, there in runs(left, right, chunk)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype="int64")


def _swept(
    base: XptSource,
    other: XptSource,
    left: np.ndarray,
    right: np.ndarray,
    chunk: int,
    layout: Relaid | None,
) -> np.ndarray:
    """The places for files too large to be held.

    Many records of the base are taken at a time, and those of the other that go with them in the
    order of its file.
    """
    window, found = max(HELD // 2 // base.layout.width, 1), []
    for begin in range(0, len(left), window):
        order = begin + np.argsort(right[begin : begin + window], kind="stable")
        for start in range(0, len(order), chunk):
            some = order[start : start + chunk]
            one, two = base.take(left[some]), other.sweep(right[some])
            found.append(some[_differing(one.records, two.records, layout)])
    return np.sort(np.concatenate(found))


def _differing(base: np.ndarray, other: np.ndarray, layout: Relaid | None) -> np.ndarray:
    """Places of records that differ, ascending."""
    if layout is None:
        return _unlike(base, other)
    one, two, more = layout.alike(base, other)
    return np.union1d(_unlike(one, two), more)


def _unlike(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Places of records that differ: eight bytes are compared at once, whole records where some do.

    Eight bytes may belong to two records, and the last few are left to the last record.
    """
    width = base.dtype.itemsize
    differ = np.flatnonzero(_words(base) != _words(other)) * 8
    perhaps = np.unique(np.concatenate([differ // width, (differ + 7) // width, [len(base) - 1]]))
    return perhaps[base[perhaps] != other[perhaps]]


def _words(records: np.ndarray) -> np.ndarray:
    """The bytes of records as unsigned integers, without what is left at the end."""
    content = np.ascontiguousarray(records).view(np.uint8)
    words = content[: len(content) // 8 * 8].view("uint64")
    return words if words.flags.aligned else words.copy()


def runs(left: np.ndarray, right: np.ndarray, chunk: int) -> Iterator[tuple[int, Rows, Rows]]:
    """Rows of both sides, some at a time, with the place of the first."""
    for start in range(0, len(left), chunk):
        some = slice(start, start + chunk)
        yield start, run(left[some]), run(right[some])


def run(rows: np.ndarray) -> Rows:
    """Rows that follow each other as a slice, which need not be copied."""
    first, last = int(rows[0]), int(rows[-1])
    if last - first == len(rows) - 1 and (np.diff(rows) == 1).all():
        return slice(first, last + 1)
    return rows
