"""What turns the values of the base into those of the other: an offset, a factor, rounding.

Each pattern is looked for in all differences of a variable at once, and says which of them it fits.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from comparison.attributes import Nature
from comparison.numbers import rounded
from comparison.options import PLACE, Kind
from comparison.sentences import amount_text, counted, span

_DIGITS = 8  # significant digits in which offsets and factors agree
_MOST_DECIMALS = 9
_FEW = 5  # different numbers that tell of a rounded factor
_UNITS = 100  # of the last decimal in most of these numbers, and in what the factor adds
_SAMPLE = 512  # texts that a pattern is tried on before all are looked at


@dataclass(frozen=True, eq=False)
class Differences:
    """Differences of one variable: places in the pairs, kinds, texts and numbers of both sides."""

    name: str
    nature: Nature
    places: np.ndarray
    kinds: np.ndarray
    base: np.ndarray
    other: np.ndarray
    x: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def only(self, chosen: np.ndarray | slice) -> "Differences":
        """Some of them."""
        columns = (self.places, self.kinds, self.base, self.other, self.x, self.y)
        return Differences(self.name, self.nature, *(column[chosen] for column in columns))


@dataclass(frozen=True, eq=False)
class Pattern:
    """A pattern, the differences it fits, and how a sentence tells it.

    ``phrase`` has ``{}`` where the variables stand and ``{is}`` for the verb.
    """

    name: str
    amount: float | None
    mask: np.ndarray
    phrase: str

    @property
    def count(self) -> int:
        """How many differences it fits."""
        return int(self.mask.sum())


_BY_KIND: dict[Kind, tuple[str, str]] = {
    "missing in other": ("missing", "{} {is} missing in the other"),
    "missing in base": ("missing", "{} {is} missing in the base"),
    "case": ("case", "{} {differs} in case alone"),
    "white space": ("white space", "{} {differs} in white space alone"),
    "look-alike": ("look-alike", "{} {differs} in typographic characters alone"),
    "precision": ("precision", "{} {differs} in the last digits alone (relative 1e-12 or less)"),
    "missing kind": ("missing kind", "{} {has} another kind of missing value in the other"),
}


def patterns(some: Differences) -> Iterator[Pattern]:
    """Patterns that fit some differences; of those that fit as many the first tells most."""
    for kind, (name, phrase) in _BY_KIND.items():
        mask = some.kinds == PLACE[kind]
        if mask.any():
            yield Pattern(name, None, mask, phrase)
    plain = some.kinds == PLACE["value"]
    if not plain.any():
        return
    if some.nature == "text":
        yield from _text_patterns(some, plain)
        return
    if some.nature in {"date", "datetime", "time"}:
        yield from _offset(some, plain)
        yield from _factor(some, plain)
        return
    yield from _recoded(some, plain)
    yield from _rounding(some, plain)
    yield from _factor(some, plain)
    yield from _offset(some, plain)
    yield from _rounded_factor(some, plain)


def residue(some: Differences) -> str:
    """How differences without a pattern are told."""
    if len(some) == 1:
        was, now = some.base[0], some.other[0]
        if some.nature == "text":
            was, now = f"'{was}'", f"'{now}'"
        return f"{{}} {{is}} {was} in the base and {now} in the other"
    amounts = some.y - some.x
    if np.isnan(amounts).any() or not ((amounts > 0).all() or (amounts < 0).all()):
        return "{} {differs}"
    least, most = np.abs(amounts).min(), np.abs(amounts).max()
    up = amounts[0] > 0
    if some.nature == "number":
        way = "higher" if up else "lower"
        return f"{{}} {{is}} {amount_text(least)} to {amount_text(most)} {way} in the other"
    way = "later" if up else "earlier"
    (low, unit), (high, last) = (span(one, some.nature).split() for one in (least, most))
    apart = low if last in {unit, f"{unit}s"} else f"{low} {unit}"
    return f"{{}} {{is}} {apart} to {high} {last} {way} in the other"


def _mode(values: np.ndarray) -> tuple[float, np.ndarray]:
    """The most frequent of the values, in so many digits, and the mask of those that have it.

    The smallest of equally frequent ones; values that are no numbers are never chosen.
    """
    with np.errstate(all="ignore"):
        scale = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.abs(values))))
        short = np.where(np.isfinite(scale), np.round(values * scale) / scale, values)
    sound = np.isfinite(short)
    if not sound.any():
        return np.nan, np.zeros(len(values), dtype=bool)
    distinct, counts = np.unique(short[sound], return_counts=True)
    best = min(
        np.flatnonzero(counts == counts.max()).tolist(), key=lambda place: abs(distinct[place])
    )
    mask = short == distinct[best]
    return float(f"{np.median(values[mask]):.{_DIGITS + 2}g}"), mask


def _offset(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    amount, mask = _mode(np.where(plain, some.y - some.x, np.nan))
    if not mask.any():
        return
    if some.nature == "number":
        way = "higher" if amount > 0 else "lower"
        text = f"{{}} {{is}} {amount_text(abs(amount))} {way} in the other"
        yield Pattern("constant", amount, mask, text)
        return
    way = "later" if amount > 0 else "earlier"
    name = "day" if some.nature == "date" and abs(amount) == 1 else "constant"
    text = f"{{}} {{is}} {span(abs(amount), some.nature)} {way} in the other"
    yield Pattern(name, amount, mask, text)


def _factor(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    with np.errstate(all="ignore"):
        amount, mask = _mode(np.where(plain & (some.y != 0), some.y / some.x, np.nan))
    if not mask.any() or len(np.unique(some.x[mask])) < 2:
        return  # of one value alone nobody can tell a factor from an offset
    if amount == -1:
        yield Pattern("factor", amount, mask, "{} {has} the opposite sign in the other")
    elif abs(amount) < 1:
        text = f"{{}} {{is}} divided by {amount_text(1 / amount)} in the other"
        yield Pattern("factor", amount, mask, text)
    else:
        text = f"{{}} {{is}} multiplied by {amount_text(amount)} in the other"
        yield Pattern("factor", amount, mask, text)


def _rounded_factor(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """A factor of which the product was rounded: the shortest that gives most of the values.

    It is sought where values have many digits, so that a wrong factor gives few of them.
    """
    x, y = some.x[plain], some.y[plain]
    digits = next((n for n in range(_MOST_DECIMALS) if (rounded(y, n) == y).all()), None)
    if digits is None or len(np.unique(x)) < _FEW or np.median(np.abs(y)) * 10.0**digits < _UNITS:
        return
    unit = 10.0**-digits
    large = np.abs(y) >= np.median(np.abs(y))
    with np.errstate(all="ignore"):
        factor = np.median((y / x)[large & (x != 0)])
        near = np.abs(y - x * factor) <= np.abs(y) * 1e-2 + unit
        factor = (x[near] @ y[near]) / (x[near] @ x[near])
    if not np.isfinite(factor):
        return
    for length in range(1, _DIGITS + 1):
        short = float(f"{factor:.{length}g}")
        fits = np.abs(some.y - some.x * short) <= unit / 2 * (1 + 1e-6)
        mask = plain & fits
        if mask.sum() >= 0.5 * plain.sum():
            break
    else:
        return
    if np.ptp(some.x[mask]) * abs(short - 1) < _UNITS * unit:
        return  # of values near each other nobody can tell a factor from an offset
    decimals = "a whole number" if not digits else counted(digits, "decimal")
    text = f"{{}} {{is}} multiplied by {amount_text(short)} and rounded to {decimals} in the other"
    yield Pattern("factor", short, mask, text)


def _rounding(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """Rounded or cut on one side: with the fewest decimals that fit the most."""
    for side, exact, short in (("other", some.x, some.y), ("base", some.y, some.x)):
        for word, limit in (("rounded", 0.5), ("cut", 1.0)):
            best: tuple[int, int, np.ndarray] | None = None
            for digits in range(_MOST_DECIMALS):
                with np.errstate(all="ignore"):
                    near = np.abs(exact - short) * 10.0**digits <= limit * (1 + 1e-9)
                    near &= (rounded(short, digits) == short) & (rounded(exact, digits) != exact)
                    if word == "cut":
                        near &= np.abs(short) < np.abs(exact)
                mask = plain & near
                if mask.any() and (best is None or mask.sum() > best[0]):
                    best = (int(mask.sum()), digits, mask)
            if best is not None:
                _, digits, mask = best
                decimals = "a whole number" if not digits else counted(digits, "decimal")
                text = f"{{}} {{is}} {word} to {decimals} in the {side}"
                yield Pattern("rounding", float(digits), mask, text)


def _recoded(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """One value for one other, the most frequent of such pairs."""
    pairs = Counter(zip(some.base[plain], some.other[plain], strict=True))
    (base, other), count = min(pairs.items(), key=lambda item: (-item[1], item[0]))
    if count > 1:
        mask = plain & (some.base == base) & (some.other == other)
        was, now = (base, other) if some.nature == "number" else (f"'{base}'", f"'{other}'")
        yield Pattern(
            "recoded", None, mask, f"{{}} {{is}} {was} in the base and {now} in the other"
        )


def _looked_at(some: Differences, plain: np.ndarray, fits: Callable[[str, str], bool]) -> list[int]:
    """Places of plain differences, none where a pattern fits hardly any of a sample of them."""
    places = np.flatnonzero(plain)
    if len(places) > _SAMPLE:
        step = len(places) // _SAMPLE
        sample = places[::step].tolist()
        found = sum(fits(some.base[place], some.other[place]) for place in sample)
        if found < 0.02 * len(sample):
            return []
    return places.tolist()


def _text_patterns(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    yield from _recoded(some, plain)
    yield from _date_texts(some, plain)
    yield from _number_texts(some, plain)
    yield from _cut_texts(some, plain)
    yield from _affixes(some, plain)


def _date_texts(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """Dates as ISO 8601 text: a number of days between them."""
    days = np.full(len(some), np.nan)
    for place in _looked_at(some, plain, _are_dates):
        days[place] = _days_between(some.base[place], some.other[place])
    amount, mask = _mode(days)
    if mask.any() and amount:
        way = "later" if amount > 0 else "earlier"
        name = "day" if abs(amount) == 1 else "constant"
        text = f"{{}} {{is}} {span(abs(amount), 'date')} {way} in the other"
        yield Pattern(name, amount, mask, text)


def _days_between(base: str, other: str) -> float:
    """Days between two ISO dates whose time of day is the same; NaN where they are none."""
    if base[10:] != other[10:] or not (_is_date(base) and _is_date(other)):
        return np.nan
    try:
        return float((np.datetime64(other[:10], "D") - np.datetime64(base[:10], "D")).astype(int))
    except ValueError:
        return np.nan


def _are_dates(base: str, other: str) -> bool:
    return _is_date(base) and _is_date(other)


def _one_begins_other(base: str, other: str) -> bool:
    return base.startswith(other) or other.startswith(base)


def _is_date(text: str) -> bool:
    return len(text) >= 10 and text[4] == text[7] == "-" and text[:4].isdigit()


def _cut_texts(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """Texts of which one side has only the beginning, always of one length."""
    for side, whole, part in (("other", some.base, some.other), ("base", some.other, some.base)):
        lengths = np.full(len(some), np.nan)
        for place in _looked_at(some, plain, _one_begins_other):
            if part[place] and whole[place].startswith(part[place]):
                lengths[place] = len(part[place])
        amount, mask = _mode(lengths)
        if mask.sum() > 1:
            text = f"{{}} {{is}} cut to {int(amount)} characters in the {side}"
            yield Pattern("cut", amount, mask, text)


def _number_texts(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """Texts that are one number written in two ways."""
    mask = np.zeros(len(some), dtype=bool)
    for place in _looked_at(some, plain, _same_number):
        mask[place] = _same_number(some.base[place], some.other[place])
    if mask.any():
        yield Pattern("written", None, mask, "{} {is} the same number written in another way")


def _same_number(base: str, other: str) -> bool:
    try:
        return float(base) == float(other)
    except ValueError:
        return False


def _affixes(some: Differences, plain: np.ndarray) -> Iterator[Pattern]:
    """Texts that have the same before or behind them on one side."""
    ends: Counter[tuple[str, str, str]] = Counter()
    found: list[tuple[str, str, str] | None] = [None] * len(some)
    for place in _looked_at(some, plain, lambda base, other: _affix(base, other) is not None):
        found[place] = _affix(some.base[place], some.other[place])
        if found[place] is not None:
            ends[found[place]] += 1  # type: ignore[index]
    if not ends:
        return
    best, count = min(ends.items(), key=lambda item: (-item[1], item[0]))
    if count > 1:
        side, where, text = best
        mask = np.array([one == best for one in found])
        yield Pattern("affix", None, mask, f"{{}} {{has}} '{text}' {where} it in the {side} alone")


def _affix(base: str, other: str) -> tuple[str, str, str] | None:
    for side, long, short in (("other", other, base), ("base", base, other)):
        if long.endswith(short):
            return side, "before", long[: len(long) - len(short)]
        if long.startswith(short):
            return side, "behind", long[len(short) :]
    return None
