"""Records as a comparison names them: keys as text and row numbers; those without a partner."""

import numpy as np

from comparison.cells import RecordTable
from comparison.findings import DuplicateKey, Records
from comparison.options import Options
from comparison.pairing import Pairs, Ranks
from comparison.shown import shown_values
from comparison.source import Source


def key_texts(
    source: Source, names: tuple[str, ...], rows: np.ndarray, chunk: int
) -> tuple[np.ndarray, ...]:
    """Keys of some rows (from 0) as object arrays of str, one for each name."""
    natures = source.natures
    made: list[list[np.ndarray]] = [[] for _ in names]
    for start in range(0, len(rows), chunk) if names else ():
        block = source.take(rows[start : start + chunk])
        for parts, name in zip(made, names, strict=True):
            parts.append(shown_values(block, name, natures[name]))
    none = np.empty(0, dtype=object)
    return tuple(np.concatenate(parts) if parts else none for parts in made)


def record_table(
    source: Source, names: tuple[str, ...], rows: np.ndarray, options: Options
) -> RecordTable:
    """Records of some rows (from 0), the first ``most`` of them with their keys."""
    kept = rows[: options.most]
    keys = key_texts(source, names, kept, options.chunk)
    return RecordTable(names, keys, kept + 1, len(rows))


def records(
    base: Source,
    other: Source,
    names: tuple[str, ...],
    pairs: Pairs,
    unequal: int,
    options: Options,
) -> Records:
    """How the records of both sides found each other."""
    duplicated, duplicates = _duplicates(base, other, names, pairs, options)
    moved = 0
    if names:
        there = np.zeros(other.about.records, dtype=bool)
        there[pairs.other] = True
        ranks = np.cumsum(there)[pairs.other]
        moved = int((ranks != np.arange(1, len(ranks) + 1)).sum())
    return Records(
        matched=len(pairs.base),
        unequal=unequal,
        base_only=record_table(base, names, pairs.base_only, options),
        other_only=record_table(other, names, pairs.other_only, options),
        duplicated=duplicated,
        duplicates=duplicates,
        missing_keys_base=record_table(base, names, pairs.missing_base, options),
        missing_keys_other=record_table(other, names, pairs.missing_other, options),
        moved=moved,
    )


def _duplicates(
    base: Source, other: Source, names: tuple[str, ...], pairs: Pairs, options: Options
) -> tuple[int, tuple[DuplicateKey, ...]]:
    """How many keys stand on several records of a side, and the first of them."""
    left, right = pairs.ranks_base, pairs.ranks_other
    if left is None or right is None:
        return 0, ()
    several = [side.codes[side.counts > 1] for side in (left, right)]
    codes = np.unique(np.concatenate(several))
    if not len(codes):
        return 0, ()
    here, there = _first_rows(left, codes), _first_rows(right, codes)
    # In the order of the base, then those of the other that the base has not.
    order = np.lexsort((there, np.where(here < 0, np.iinfo("int64").max, here)))
    made = []
    chosen = order[: options.most]
    texts = np.empty((len(names), len(chosen)), dtype=object)
    for source, rows in ((other, there[chosen]), (base, here[chosen])):
        known = np.flatnonzero(rows >= 0)
        for place, column in enumerate(key_texts(source, names, rows[known], options.chunk)):
            texts[place, known] = column
    for number, code in enumerate(codes[chosen]):
        rows_here, rows_there = _rows_of(left, code), _rows_of(right, code)
        made.append(DuplicateKey(tuple(texts[:, number]), rows_here, rows_there))
    return len(codes), tuple(made)


def _first_rows(side: Ranks, codes: np.ndarray) -> np.ndarray:
    """First row of each code, -1 where no record has it."""
    place = np.minimum(np.searchsorted(side.codes, codes), max(len(side.codes) - 1, 0))
    if not len(side.codes):
        return np.full(len(codes), -1)
    return np.where(side.codes[place] == codes, side.rows[side.starts[place]], -1)


def _rows_of(side: Ranks, code: np.uint64) -> tuple[int, ...]:
    """Rows with a code, from 1."""
    place = int(np.searchsorted(side.codes, code))
    if place == len(side.codes) or side.codes[place] != code:
        return ()
    start = int(side.starts[place])
    return tuple((side.rows[start : start + int(side.counts[place])] + 1).tolist())
