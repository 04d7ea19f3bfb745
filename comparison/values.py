"""Values of the paired records, variable by variable, some records at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from comparison import numbers, texts
from comparison.alike import runs, unlike_records
from comparison.attributes import Nature
from comparison.numbers import COUNTS, REASONS
from comparison.options import KINDS, Options, Tolerance
from comparison.pairing import Pairs
from comparison.shown import shown_numbers
from comparison.side_xpt import XptBlock
from comparison.source import Block, Numbers, Source

_WIDE = 1 << 26  # bytes that one text variable of a chunk may take


@dataclass(frozen=True)
class Compared:
    """A variable to compare: natures on both sides (what they show), and how far it may differ."""

    name: str
    base: Nature
    other: Nature
    tolerance: Tolerance
    digits: int | None

    @property
    def text(self) -> bool:
        """Whether it is text on both sides."""
        return self.base == "text"

    @property
    def nature(self) -> Nature:
        """What it holds: dates where either side says so and the other does not contradict."""
        dated = {self.base, self.other} - {"text", "number"}
        return dated.pop() if len(dated) == 1 else "text" if self.text else "number"


@dataclass(eq=False)
class Found:
    """What was found in one variable; arrays have an element for each difference kept.

    ``places`` are places in the pairs, ascending. ``base`` and ``other`` are shown texts,
    ``base_values`` and ``other_values`` the numbers, NaN for texts and missing values.
    """

    variable: Compared
    unequal: int = 0
    kinds: np.ndarray = field(default_factory=lambda: np.zeros(len(KINDS), dtype="int64"))
    aside: np.ndarray = field(default_factory=lambda: np.zeros(len(REASONS), dtype="int64"))
    largest: tuple[float, int] | None = None
    largest_relative: tuple[float, int] | None = None
    parts: list[tuple[np.ndarray, ...]] = field(default_factory=list)
    kept: int = 0

    def columns(self) -> tuple[np.ndarray, ...]:
        """Places, kinds, shown texts and numbers of both sides, of the differences kept."""
        if not self.parts:
            none = np.empty(0, dtype=object)
            return (np.empty(0, "int64"), np.empty(0, "int8"), none, none, np.empty(0), np.empty(0))
        return tuple(np.concatenate(parts) for parts in zip(*self.parts, strict=True))


def compare_values(
    base: Source, other: Source, pairs: Pairs, variables: Sequence[Compared], options: Options
) -> tuple[list[Found], np.ndarray]:
    """What differs in each variable, and the mask of the pairs in which a value does."""
    found = [Found(variable) for variable in variables]
    unequal = np.zeros(len(pairs.base), dtype=bool)
    for places, left, right in _blocks(base, other, pairs, options):
        for one in found:
            some = _differences(one, left, right, options)
            if some is None:
                continue
            where, kind, reasons, x, y = some
            counts = reasons == COUNTS
            one.aside += np.bincount(reasons, minlength=len(REASONS))
            if counts.any():
                chosen = np.flatnonzero(counts)
                unequal[places[where[chosen]]] = True
                _add(one, places[where[chosen]], kind[chosen], x, y, chosen, options)
    return found, unequal


def _blocks(
    base: Source, other: Source, pairs: Pairs, options: Options
) -> Iterator[tuple[np.ndarray, Block, Block]]:
    """Records of both sides that go together and may differ, with their places in the pairs."""
    chunk = min(options.chunk, max(_WIDE // max(base.longest, other.longest), 256))
    places = pairs.unlike
    if places is None:
        places = unlike_records(base, other, pairs.base, pairs.other, chunk)
    if places is None:
        places = np.arange(len(pairs.base))
    for start, left, right in runs(pairs.base[places], pairs.other[places], chunk):
        yield places[start : start + chunk], base.take(left), other.take(right)


def _differences(
    one: Found, left: Block, right: Block, options: Options
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Numbers | np.ndarray, Numbers | np.ndarray] | None:
    """Places of a block that differ, kinds, reasons to set aside, and the values of both sides."""
    variable = one.variable
    if variable.text:
        a, b = left.texts(variable.name), right.texts(variable.name)
        where = texts.unequal(a, b)
        if not len(where):
            return None
        a, b = a[where], b[where]
        kind = texts.kinds(*texts.alike(texts.utf8(a)[0], texts.utf8(b)[0]))
        reasons = np.zeros(len(where), dtype="int8")
        return where, kind, numbers.set_aside(kind, reasons, options), a, b
    few, x, y = _numbers(variable.name, left, right)
    where = numbers.unequal(x, y)
    if not len(where):
        return None
    x, y, where = x.only(where), y.only(where), few[where]
    kind = numbers.kinds(x, y)
    reasons = numbers.number_reasons(x, y, variable.tolerance, variable.digits)
    return where, kind, numbers.set_aside(kind, reasons, options), x, y


def _numbers(name: str, left: Block, right: Block) -> tuple[np.ndarray, Numbers, Numbers]:
    """Places that may differ, and the numbers there; of transport files those of unlike bytes."""
    if isinstance(left, XptBlock) and isinstance(right, XptBlock):
        few = np.flatnonzero(left.bits(name) != right.bits(name))
        return few, left.only(few).numbers(name), right.only(few).numbers(name)
    x, y = left.numbers(name), right.numbers(name)
    return np.arange(len(x.values)), x, y


def _add(
    one: Found,
    places: np.ndarray,
    kind: np.ndarray,
    base: Numbers | np.ndarray,
    other: Numbers | np.ndarray,
    chosen: np.ndarray,
    options: Options,
) -> None:
    """Count the differences that count, and keep as many of them as are to be kept."""
    one.unequal += len(places)
    one.kinds += np.bincount(kind, minlength=len(KINDS))
    if isinstance(base, Numbers) and isinstance(other, Numbers):
        x, y = base.values[chosen], other.values[chosen]
        one.largest = _larger(one.largest, np.abs(y - x), places)
        one.largest_relative = _larger(one.largest_relative, numbers.relative(x, y), places)
    room = options.most - one.kept
    if room <= 0:
        return
    chosen, places, kind = chosen[:room], places[:room], kind[:room]
    one.kept += len(places)
    nan = np.full(len(places), np.nan)
    if isinstance(base, Numbers) and isinstance(other, Numbers):
        x, y = base.only(chosen), other.only(chosen)
        nature = one.variable.nature
        shown = (
            shown_numbers(side, nature if own == "number" else own)
            for side, own in ((x, one.variable.base), (y, one.variable.other))
        )
        one.parts.append((places, kind, *shown, x.values, y.values))
    elif not isinstance(base, Numbers) and not isinstance(other, Numbers):
        one.parts.append(
            (places, kind, texts.shown(base[chosen]), texts.shown(other[chosen]), nan, nan)
        )


def _larger(
    before: tuple[float, int] | None, values: np.ndarray, places: np.ndarray
) -> tuple[float, int] | None:
    """The largest difference so far and its place; the first of equal ones."""
    if np.isnan(values).all():
        return before
    best = int(np.nanargmax(values))
    if before is not None and before[0] >= values[best]:
        return before
    return float(values[best]), int(places[best])


def looked_at(found: Sequence[Found], size: int) -> int:
    """How many pairs causes are sought in: those of which every difference is kept."""
    cut = [int(one.columns()[0][-1]) + 1 for one in found if one.kept < one.unequal]
    return min(cut, default=size)
