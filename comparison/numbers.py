"""How two numbers differ: kinds of difference, tolerances, rounding.

Source of the methods: SAS, PROC COMPARE, METHOD=.
"""

from typing import Literal

import numpy as np

from comparison.options import KINDS, PLACE, Options, Tolerance
from comparison.source import Numbers

Reason = Literal["tolerance", "digits", "missing"]

NOISE = 1e-12  # a relative difference that binary arithmetic may leave
_FUZZ = 2.0**-50  # of what is rounded: 1.005 is meant, though the double lies below it

# Why a difference is set aside: places behind ``COUNTS``, the kinds themselves after the reasons.
COUNTS = 0
REASONS: tuple[str, ...] = ("", "tolerance", "digits", "missing", *KINDS)
_REASON = {reason: place for place, reason in enumerate(REASONS)}


def unequal(base: Numbers, other: Numbers) -> np.ndarray:
    """Places at which numbers or the kinds of missing values differ; -0 equals 0."""
    same_kind = base.missing == other.missing
    equal = same_kind & ((base.missing != 0) | (base.values == other.values))
    return np.flatnonzero(~equal)


def kinds(base: Numbers, other: Numbers) -> np.ndarray:
    """Kind of difference of each pair of numbers that differ, as its place in ``KINDS``."""
    made = np.full(len(base.values), PLACE["value"], dtype="int8")
    made[relative(base.values, other.values) <= NOISE] = PLACE["precision"]
    made[base.missing != 0] = PLACE["missing in base"]
    made[other.missing != 0] = PLACE["missing in other"]
    made[(base.missing != 0) & (other.missing != 0)] = PLACE["missing kind"]
    return made


def relative(base: np.ndarray, other: np.ndarray, delta: float = 0.0) -> np.ndarray:
    """Difference over the mean of both absolute values (plus delta); NaN where one is missing."""
    with np.errstate(all="ignore"):
        return np.abs(other - base) / ((np.abs(base) + np.abs(other)) / 2 + delta)


def percent(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Difference in percent of the base; NaN where one is missing or the base is 0."""
    with np.errstate(all="ignore"):
        made = 100 * np.abs(other - base) / np.abs(base)
    return np.where(base == 0, np.nan, made)


def within(base: np.ndarray, other: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Mask of the pairs that are equal by a tolerance; those with a missing value never are."""
    if tolerance.method == "absolute":
        return np.abs(other - base) <= tolerance.criterion
    if tolerance.method == "relative":
        return relative(base, other, tolerance.delta) <= tolerance.criterion
    if tolerance.method == "percent":
        return percent(base, other) <= tolerance.criterion
    return np.asarray(base == other)


def rounded(values: np.ndarray, digits: int) -> np.ndarray:
    """Values rounded to some decimals, halves away from zero as SAS ROUND does."""
    scale = 10.0**digits
    scaled = np.abs(values) * scale
    whole = np.floor(scaled + 0.5 + scaled * _FUZZ)
    return np.where(scaled < 2.0**52, np.copysign(whole / scale, values), values)


def number_reasons(
    base: Numbers, other: Numbers, tolerance: Tolerance, digits: int | None
) -> np.ndarray:
    """Why each difference does not count, as its place in ``REASONS``; 0 where it does."""
    made = np.zeros(len(base.values), dtype="int8")
    x, y = base.values, other.values
    if digits is not None:
        x, y = rounded(x, digits), rounded(y, digits)
        made[x == y] = _REASON["digits"]
    if tolerance.method != "exact":
        made[(made == 0) & within(x, y, tolerance)] = _REASON["tolerance"]
    return made


def set_aside(kind: np.ndarray, reasons: np.ndarray, options: Options) -> np.ndarray:
    """The reasons with those that the kind of difference gives."""
    made = reasons.copy()
    for name in options.set_aside:
        made[(made == 0) & (kind == PLACE[name])] = _REASON[name]
    forgiven = np.zeros(len(kind), dtype=bool)
    if options.missing_in_base_equal:
        forgiven |= kind == PLACE["missing in base"]
    if options.missing_in_other_equal:
        forgiven |= kind == PLACE["missing in other"]
    if options.missing_in_base_equal or options.missing_in_other_equal:
        forgiven |= kind == PLACE["missing kind"]
    made[(made == 0) & forgiven] = _REASON["missing"]
    return made
