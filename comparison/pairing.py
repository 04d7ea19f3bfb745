"""Which record of the base goes with which of the other: by their keys, nth with nth.

Keys are hashed, hashes sorted and merged. Then the keys of every pair are compared, so that keys
that share a hash are told apart whatever the hash.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comparison.alike import unlike_records
from comparison.hashes import exact_keys, key_hashes
from comparison.source import Block, Source
from comparison.texts import blank

Hashing = Callable[[Block, tuple[str, ...], frozenset[str]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Rows that go together, in the order of the base, and those left alone, ascending; from 0.

    ``ranks_base`` and ``ranks_other`` are the records with keys that several of a side have; None
    where record order paired them. ``missing_base`` and ``missing_other`` are the rows with a
    missing key. ``unlike`` are the places of pairs whose bytes differ, None where bytes tell
    nothing.
    """

    base: np.ndarray
    other: np.ndarray
    base_only: np.ndarray
    other_only: np.ndarray
    ranks_base: "Ranks | None"
    ranks_other: "Ranks | None"
    missing_base: np.ndarray
    missing_other: np.ndarray
    unlike: np.ndarray | None = None

    @staticmethod
    def of(base: np.ndarray, other: np.ndarray) -> "Pairs":
        """Rows that go together, and nothing else."""
        order = np.argsort(base, kind="stable")
        none = base[:0]
        return Pairs(base[order], other[order], none, none, None, None, none, none)

    def first(self, number: int) -> "Pairs":
        """The first pairs alone."""
        return Pairs.of(self.base[:number], self.other[:number])


def in_order(base: int, other: int) -> Pairs:
    """Pairs of two datasets without keys: first with first."""
    both = np.arange(min(base, other))
    none = both[:0]
    return Pairs(both, both, np.arange(other, base), np.arange(base, other), None, None, none, none)


def by_keys(
    base: Source, other: Source, names: tuple[str, ...], chunk: int, hashing: Hashing = key_hashes
) -> Pairs:
    """Pairs of two datasets by keys, which are of one type on both sides."""
    natures = base.natures
    text = frozenset(name for name in names if natures[name] == "text")
    codes_base, missing_base = _hashed(base, names, text, chunk, hashing)
    codes_other, missing_other = _hashed(other, names, text, chunk, hashing)
    keys = _Keys(base, other, names, text, chunk)
    ranks = ranked(codes_base), ranked(codes_other)
    left, right = paired(*ranks)
    unlike = unlike_records(base, other, left, right, chunk)
    places = np.arange(len(left)) if unlike is None else unlike
    collided = keys.collided(ranks, (left[places], right[places]))
    if len(collided):
        codes = keys.told_apart(codes_base, codes_other, collided)
        ranks = ranked(codes[0]), ranked(codes[1])
        left, right = paired(*ranks)
        unlike = unlike_records(base, other, left, right, chunk)
    several = _several(*ranks)
    return Pairs(
        base=left,
        other=right,
        base_only=_rest(left, len(codes_base)),
        other_only=_rest(right, len(codes_other)),
        ranks_base=several[0],
        ranks_other=several[1],
        missing_base=missing_base,
        missing_other=missing_other,
        unlike=unlike,
    )


def _hashed(
    source: Source, names: tuple[str, ...], text: frozenset[str], chunk: int, hashing: Hashing
) -> tuple[np.ndarray, np.ndarray]:
    """Hash of the keys of each record, and the rows where one of them is missing."""
    size = source.about.records
    hashes, missing = np.empty(size, dtype="uint64"), []
    for start in range(0, size, chunk):
        block = source.take(slice(start, start + chunk))
        hashes[start : start + chunk] = hashing(block, names, text)
        absent = np.zeros(min(chunk, size - start), dtype=bool)
        for name in names:
            if name in text:
                absent |= blank(block.texts(name))
            else:
                absent |= block.numbers(name).missing != 0
        missing.append(np.flatnonzero(absent) + start)
    return hashes, np.concatenate(missing) if missing else np.empty(0, dtype="int64")


@dataclass(frozen=True, eq=False)
class Ranks:
    """Records sorted by their codes: rows in that order, distinct codes, where each begins."""

    rows: np.ndarray
    codes: np.ndarray
    starts: np.ndarray
    counts: np.ndarray


def ranked(codes: np.ndarray) -> Ranks:
    """The records sorted by code, those of one code in the order of the file.

    The lowest bits of a code make room for the number of the record, and one array of integers is
    sorted, which is several times faster than to sort two; the few codes that differ in those bits
    alone are put in order then.
    """
    low = np.uint64((1 << max(len(codes), 1).bit_length()) - 1)
    packed = np.sort((codes & ~low) | np.arange(len(codes), dtype="uint64"))
    rows = (packed & low).astype("int64")
    packed &= ~low
    ordered = codes[rows]
    first = _begins(packed)
    mixed = np.flatnonzero(~first[1:] & (ordered[1:] != ordered[:-1])) + 1
    if len(mixed):
        run = np.cumsum(first)
        places = np.flatnonzero(np.isin(run, run[mixed]))
        chosen = places[np.lexsort((rows[places], ordered[places]))]
        rows[places], ordered[places] = rows[chosen], ordered[chosen]
    starts = np.flatnonzero(_begins(ordered))
    counts = np.diff(np.append(starts, len(codes)))
    return Ranks(rows, ordered[starts], starts, counts)


def _several(base: Ranks, other: Ranks) -> tuple[Ranks, Ranks]:
    """The codes alone that several records of one side or the other have."""
    codes = np.union1d(base.codes[base.counts > 1], other.codes[other.counts > 1])
    return _those(base, codes), _those(other, codes)


def _those(side: Ranks, codes: np.ndarray) -> Ranks:
    place = np.searchsorted(side.codes, codes)
    place = place[place < len(side.codes)]
    place = place[np.isin(side.codes[place], codes)]
    counts = side.counts[place]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = side.rows[np.repeat(side.starts[place], counts) + within]
    return Ranks(rows, side.codes[place], np.cumsum(counts) - counts, counts)


def _begins(ordered: np.ndarray) -> np.ndarray:
    """Mask of the first of each run of equal values."""
    made = np.ones(len(ordered), dtype=bool)
    made[1:] = ordered[1:] != ordered[:-1]
    return made


def paired(base: Ranks, other: Ranks) -> tuple[np.ndarray, np.ndarray]:
    """Rows of both sides with the same code, nth with nth, in the order of the base."""
    place = np.searchsorted(other.codes, base.codes)
    place[place == len(other.codes)] = 0
    found = np.zeros(len(base.codes), dtype=bool)
    if len(other.codes):
        found = other.codes[place] == base.codes
    place = place[found]
    counts = np.minimum(base.counts[found], other.counts[place])
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    left = base.rows[np.repeat(base.starts[found], counts) + within]
    right = other.rows[np.repeat(other.starts[place], counts) + within]
    partner = np.full(len(base.rows), -1)
    partner[left] = right
    left = np.flatnonzero(partner >= 0)
    return left, partner[left]


def _rest(rows: np.ndarray, size: int) -> np.ndarray:
    alone = np.ones(size, dtype=bool)
    alone[rows] = False
    return np.flatnonzero(alone)


@dataclass(frozen=True, eq=False)
class _Keys:
    """The keys themselves, looked at again where hashes say that they are equal."""

    base: Source
    other: Source
    names: tuple[str, ...]
    text: frozenset[str]
    chunk: int

    def collided(
        self, ranks: tuple[Ranks, Ranks], pairs: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """Hashes that different keys share."""
        found = [self._unequal(self.base, self.other, *pairs, ranks[0])]
        for side, sorted_side in zip((self.base, self.other), ranks, strict=True):
            several = sorted_side.counts > 1
            counts = sorted_side.counts[several] - 1
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            first = np.repeat(sorted_side.starts[several], counts)
            left, right = sorted_side.rows[first], sorted_side.rows[first + within + 1]
            found.append(self._unequal(side, side, left, right, sorted_side))
        return np.unique(np.concatenate(found))

    def _unequal(
        self, base: Source, other: Source, left: np.ndarray, right: np.ndarray, ranks: Ranks
    ) -> np.ndarray:
        rows = []
        for start in range(0, len(left), self.chunk):
            some = slice(start, start + self.chunk)
            one, two = exact_keys(
                base.take(left[some]), other.take(right[some]), self.names, self.text
            )
            rows.append(left[some][one != two])
        found = np.concatenate(rows) if rows else left
        if not len(found):
            return ranks.codes[:0]
        code_of = np.empty(len(ranks.rows), dtype="uint64")
        code_of[ranks.rows] = np.repeat(ranks.codes, ranks.counts)
        return np.unique(code_of[found])

    def told_apart(
        self, base: np.ndarray, other: np.ndarray, collided: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Codes of both sides in which keys that shared a hash have one of their own."""
        left = np.flatnonzero(np.isin(base, collided))
        right = np.flatnonzero(np.isin(other, collided))
        keys = exact_keys(self.base.take(left), self.other.take(right), self.names, self.text)
        distinct, codes = np.unique(np.concatenate(keys), return_inverse=True)
        taken = np.concatenate([base, other])
        free = np.arange(len(distinct) + len(taken), dtype="uint64")
        free = free[~np.isin(free, taken)]
        own = free[codes.ravel()]
        base, other = base.copy(), other.copy()
        base[left], other[right] = own[: len(left)], own[len(left) :]
        return base, other
