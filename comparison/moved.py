"""Values that stand elsewhere: in another variable, or in the record before or after."""

from collections.abc import Sequence

import numpy as np

from comparison.options import PLACE, Options
from comparison.pairing import Pairs
from comparison.patterns import Differences, Pattern
from comparison.population import hashes
from comparison.source import Source

_FEW = 12  # variables of which every two are looked at
_MOST_OF = 0.8  # of the differences that must have moved

GroupParts = tuple[tuple[str, ...], np.ndarray, str, float | None, str]


def swapped(
    some: Sequence[Differences],
) -> tuple[list[GroupParts], list[Differences]]:
    """Groups of variables whose values changed places, and the differences without them.

    Values changed places where both variables differ, so with many variables only those that
    differ in the very same records are looked at.
    """
    left = list(some)
    made: list[GroupParts] = []
    for one, two in _pairs(some):
        both, at_one, at_two = np.intersect1d(
            one.places, two.places, assume_unique=True, return_indices=True
        )
        if len(both) < 2 or len(both) < _MOST_OF * min(len(one), len(two)):
            continue
        same = (one.base[at_one] == two.other[at_two]) & (one.other[at_one] == two.base[at_two])
        if same.sum() < 2 or same.sum() < _MOST_OF * len(both):
            continue
        places = both[same]
        made.append(((one.name, two.name), places, "swapped", None, "{} {is} swapped"))
        for number, other_one in enumerate(left):
            if other_one.name in {one.name, two.name}:
                left[number] = other_one.only(~np.isin(other_one.places, places))
    return made, left


def _pairs(some: Sequence[Differences]) -> list[tuple[Differences, Differences]]:
    """Every two variables of one type that may have been swapped."""
    made = []
    marks = [one.places.tobytes() for one in some] if len(some) > _FEW else [b""] * len(some)
    by_mark: dict[tuple[bytes, bool], list[Differences]] = {}
    for one, mark in zip(some, marks, strict=True):
        by_mark.setdefault((mark, one.nature == "text"), []).append(one)
    for group in by_mark.values():
        few = group[:_FEW]
        made += [(one, two) for place, one in enumerate(few) for two in few[place + 1 :]]
    return made


def shifted(
    base: Source, other: Source, pairs: Pairs, some: Differences, options: Options
) -> Pattern | None:
    """The pattern of values that stand in the base one record before or after, None without one.

    Each difference is looked up in the record beside it, in the order of the base.
    """
    if len(some) < 3 or len(np.unique(some.other)) < 3:
        return None  # few values are found in any record
    there = _hashes(other, some.name, pairs.other[some.places], options)
    for step, word in ((-1, "before"), (1, "after")):
        rows = pairs.base[some.places] + step
        inside = (rows >= 0) & (rows < base.about.records)
        here = np.zeros(len(rows), dtype="uint64")
        here[inside] = _hashes(base, some.name, rows[inside], options)
        mask = inside & (here == there) & (some.kinds != PLACE["missing in other"])
        if mask.sum() >= max(3, _MOST_OF * len(some)):
            text = f"{{}} in the other {{is}} that of the record {word} in the base"
            return Pattern("shifted", float(step), mask, text)
    return None


def _hashes(source: Source, name: str, rows: np.ndarray, options: Options) -> np.ndarray:
    nature = source.natures[name]
    parts = [
        hashes(source.take(rows[start : start + options.chunk]), name, nature)
        for start in range(0, len(rows), options.chunk)
    ]
    return np.concatenate(parts) if parts else np.empty(0, dtype="uint64")
