"""Records of one side only that go together with those of the other once some keys are left out.

One key is left out, then two; at last all, so that records are known by their other values. Many
records are hashed and sorted once for each key, and a few of them are looked up for every two keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from comparison.hashes import ODD, mixed
from comparison.options import Options
from comparison.pairing import Pairs, paired, ranked
from comparison.population import hashes
from comparison.sentences import listed
from comparison.source import Source

_MOST_OF = 0.8  # of the records of the shorter side that must pair
_AGREE = 0.5  # of the other values that must be equal, or they are other records
_LOOKED = 256  # records that every two keys are tried on
_MOST = 1 << 18  # records of a side that are known by their other values


@dataclass(frozen=True, eq=False)
class Near:
    """Rows that go together, and the keys in which they differ.

    ``by_values``: they are known by all values but the keys, not by the keys that are left.
    """

    changed: tuple[str, ...]
    pairs: Pairs
    by_values: bool = False

    def how(self, records: int) -> str:
        """How some records pair, where the keys are named already."""
        verb = "pairs" if records == 1 else "pair"
        if self.by_values:
            return f"{verb} by all other values"
        return f"{verb} without {'this key' if len(self.changed) == 1 else 'these keys'}"

    @property
    def known(self) -> str:
        """How the records pair, by itself."""
        if self.by_values:
            return "that pair by all values but the keys"
        return f"that pair without {listed(self.changed)}"


@dataclass(frozen=True, eq=False)
class _Lone:
    """The records of one side only: rows, and the hash of each of some variables by name."""

    source: Source
    rows: np.ndarray
    terms: dict[str, np.ndarray]

    def without(self, names: Sequence[str]) -> np.ndarray:
        """Hash of each record from the variables but some."""
        left = [term for name, term in self.terms.items() if name not in names]
        return np.add.reduce(left, dtype="uint64")


def near_pairs(
    base: Source, other: Source, keys: tuple[str, ...], pairs: Pairs, options: Options
) -> Near | None:
    """The records that go together once the fewest keys are left out; None where few do."""
    fewest = min(len(pairs.base_only), len(pairs.other_only))
    if not fewest:
        return None
    sides = _lone(base, other, pairs, keys, options)
    rest = _others(base, other, keys)
    for found in _without_keys(sides, keys):
        enough = len(found.pairs.base) >= _MOST_OF * fewest
        if enough and _agree(base, other, found.pairs, rest, options) >= _AGREE:
            return found
    if rest and max(len(pairs.base_only), len(pairs.other_only)) <= _MOST:
        found = _paired(_lone(base, other, pairs, rest, options), (), once=True)
        if len(found.pairs.base) >= _MOST_OF * fewest:
            changed = _changed(base, other, found.pairs, keys, options)
            return Near(changed, found.pairs, by_values=True) if changed else None
    return None


def _without_keys(sides: tuple[_Lone, _Lone], keys: tuple[str, ...]) -> Iterator[Near]:
    """The pairs without the one key, then without two keys, with which most records pair."""
    if len(keys) > 1:
        yield max((_paired(sides, (key,)) for key in keys), key=lambda one: len(one.pairs.base))
    if len(keys) > 2:
        yield from (_paired(sides, names, once=True) for names in _two(sides, keys))


def _lone(
    base: Source, other: Source, pairs: Pairs, names: tuple[str, ...], options: Options
) -> tuple[_Lone, _Lone]:
    """The records of both sides that have no partner."""
    return (
        _Lone(base, pairs.base_only, _terms(base, names, pairs.base_only, options)),
        _Lone(other, pairs.other_only, _terms(other, names, pairs.other_only, options)),
    )


def _terms(
    source: Source, names: tuple[str, ...], rows: np.ndarray, options: Options
) -> dict[str, np.ndarray]:
    """Hashes of variables that may be added in any number, so that each can be left out."""
    natures = source.natures
    made: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for start in range(0, len(rows), options.chunk):
        block = source.take(rows[start : start + options.chunk])
        for place, name in enumerate(names, 1):
            salt = np.uint64(int(ODD) * place & (1 << 64) - 1)
            made[name].append(mixed(hashes(block, name, natures[name]) + salt))
    return {name: np.concatenate(parts) for name, parts in made.items()}


def _paired(sides: tuple[_Lone, _Lone], names: tuple[str, ...], *, once: bool = False) -> Near:
    """Records that pair without some variables; ``once`` those alone of which each side has one."""
    left, right = (side.without(names) for side in sides)
    one, two = (_only_once(codes) if once else np.arange(len(codes)) for codes in (left, right))
    here, there = paired(ranked(left[one]), ranked(right[two]))
    rows = sides[0].rows[one[here]], sides[1].rows[two[there]]
    return Near(names, Pairs.of(*rows))


def _only_once(codes: np.ndarray) -> np.ndarray:
    """Places of the codes that no other has, ascending."""
    ranks = ranked(codes)
    return np.sort(ranks.rows[ranks.starts[ranks.counts == 1]])


def _two(sides: tuple[_Lone, _Lone], keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Two keys without which most of some records of the shorter side pair, the best first."""
    shorter = min(sides, key=lambda side: len(side.rows))
    step = -(-len(shorter.rows) // _LOOKED)
    found = []
    for names in combinations(keys, 2):
        codes = [side.without(names) for side in sides]
        few = np.unique(shorter.without(names)[::step])
        number = int((_once(few, codes[0]) & _once(few, codes[1])).sum())
        if number >= _MOST_OF * len(shorter.rows[::step]):
            found.append((-number, names))
    return (names for _, names in sorted(found, key=lambda one: one[0]))


def _once(few: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Which of a few distinct sorted codes stand exactly once among many."""
    place = np.minimum(np.searchsorted(few, codes), len(few) - 1)
    return np.bincount(place[few[place] == codes], minlength=len(few)) == 1


def _others(base: Source, other: Source, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The variables of both sides that are no keys and of one type."""
    here, there = base.natures, other.natures
    return tuple(
        name
        for name in here
        if name not in keys and name in there and (here[name] == "text") == (there[name] == "text")
    )


def _agree(
    base: Source, other: Source, pairs: Pairs, names: tuple[str, ...], options: Options
) -> float:
    """Share of the values of some variables that are equal, in a few pairs; 1 without variables."""
    step = -(-len(pairs.base) // _LOOKED)
    left = _terms(base, names, pairs.base[::step], options)
    right = _terms(other, names, pairs.other[::step], options)
    return float(np.mean([left[name] == right[name] for name in names])) if names else 1.0


def _changed(
    base: Source, other: Source, pairs: Pairs, keys: tuple[str, ...], options: Options
) -> tuple[str, ...]:
    """The keys in which some pairs differ."""
    left = _terms(base, keys, pairs.base, options)
    right = _terms(other, keys, pairs.other, options)
    return tuple(name for name in keys if (left[name] != right[name]).any())
