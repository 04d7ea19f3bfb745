"""Pairing records here with the rows they look through (language section 1.8, ``among:``).

Each top-level equality between the two sides is a join key; what speaks of one side alone cuts
that side first; the rest is asked of the pairs. So the cost is that of the pairs that share a
subject and the keys, never rows times rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import missing
from mappings.expression_values import ValueOf, evaluate, holds
from mappings.expressions import Expression, Name, conjuncts, equality
from mappings.looked import take


@dataclass(frozen=True)
class Side:
    """One side of a pairing: how many rows, whose they are, what a name means on them."""

    size: int
    subject: np.ndarray
    value: ValueOf


@dataclass(frozen=True)
class Pairs:
    """Pairs in the order of the records here and, within one, of the rows there."""

    record: np.ndarray
    row: np.ndarray


def pair(
    here: Side, there: Side, through: str, among: Expression | None, *, by_subject: bool,
    shared: np.ndarray | None = None,
) -> Pairs:  # fmt: skip
    """The pairs for which ``among`` holds.

    ``by_subject`` keeps to rows of the same subject; ``shared`` gives, for each row there, the
    record here whose group it belongs to (-1: none) and replaces the subject.
    """
    rest: list[Expression] = []
    mine = np.ones(here.size, dtype=bool)
    theirs = np.ones(there.size, dtype=bool)
    keys: list[tuple[pd.Series, pd.Series]] = []
    for part in conjuncts(among) if among is not None else ():
        sides = {name.prefix == through for name in part.names}
        if sides == {True}:
            theirs &= holds(part, there.size, there.value)
        elif sides <= {False}:
            mine &= holds(part, here.size, here.value)
        else:
            key = _key(part, here, there, through)
            if key is None:
                rest.append(part)
            else:
                keys.append(key)
    for column, other in keys:
        mine &= ~missing(column).to_numpy(dtype=bool)
        theirs &= ~missing(other).to_numpy(dtype=bool)
    found = _joined(here, there, mine, theirs, keys, by_subject, shared)
    return _filtered(found, here, there, through, rest)


def _key(
    part: Expression, here: Side, there: Side, through: str
) -> tuple[pd.Series, pd.Series] | None:
    """The columns of an equality that can be joined on; None where values must be compared."""
    sides = equality(part)
    if sides is None:
        return None
    owners = [{name.prefix == through for name in side.names} for side in sides]
    if owners not in ([{True}, {False}], [{False}, {True}]):
        return None
    theirs, mine = sides if owners[0] == {True} else sides[::-1]
    column = evaluate(mine, here.size, here.value)
    other = evaluate(theirs, there.size, there.value)
    return (column, other) if _alike(column, other) else None


def _alike(column: pd.Series, other: pd.Series) -> bool:
    """Whether equality of the values is equality of what they mean."""
    dated = [pd.api.types.is_datetime64_any_dtype(one.dtype) for one in (column, other)]
    if any(dated):
        whole = [one.dropna() for one in (column, other)]
        return all(dated) and all((one == one.dt.normalize()).all() for one in whole)
    numeric = [pd.api.types.is_numeric_dtype(one.dtype) for one in (column, other)]
    return numeric[0] == numeric[1]


def _joined(
    here: Side,
    there: Side,
    mine: np.ndarray,
    theirs: np.ndarray,
    keys: Sequence[tuple[pd.Series, pd.Series]],
    by_subject: bool,
    shared: np.ndarray | None,
) -> Pairs:
    if by_subject and shared is None:
        mine = mine & (here.subject >= 0)
    left = np.flatnonzero(mine)
    right = np.flatnonzero(theirs if shared is None else theirs & (shared >= 0))
    left_code = np.zeros(len(left), dtype=np.int64)
    right_code = np.zeros(len(right), dtype=np.int64)
    if shared is not None:
        left_code, right_code = left.astype(np.int64), shared[right].astype(np.int64)
    elif by_subject:
        left_code, right_code = here.subject[left], there.subject[right]
    for column, other in keys:
        both = pd.concat([column.iloc[left], other.iloc[right]], ignore_index=True)
        codes, distinct = pd.factorize(both)
        left_code = left_code * (len(distinct) + 1) + codes[: len(left)]
        right_code = right_code * (len(distinct) + 1) + codes[len(left) :]
        packed = np.unique(np.concatenate([left_code, right_code]), return_inverse=True)[1]
        left_code, right_code = packed[: len(left)], packed[len(left) :]
    return _matched(left, left_code, right, right_code)


def _matched(
    left: np.ndarray, left_code: np.ndarray, right: np.ndarray, right_code: np.ndarray
) -> Pairs:
    """Pairs of equal codes, by sorting one side and looking the other up in it."""
    order = np.argsort(right_code, kind="stable")
    ordered = right_code[order]
    low = np.searchsorted(ordered, left_code, side="left")
    counts = np.searchsorted(ordered, left_code, side="right") - low
    record = np.repeat(left, counts)
    starts = np.repeat(low - (np.cumsum(counts) - counts), counts)
    row = right[order[starts + np.arange(len(record))]]
    return Pairs(record, row)


def _filtered(
    found: Pairs, here: Side, there: Side, through: str, rest: Sequence[Expression]
) -> Pairs:
    """Pairs for which the rest of the condition holds."""

    def value(name: Name) -> Any:
        side, positions = (there, found.row) if name.prefix == through else (here, found.record)
        column, kind = side.value(name)
        if kind == "list":
            return column.iloc[positions].reset_index(drop=True), kind
        return take(column, positions), kind

    for part in rest:
        keep = holds(part, len(found.record), value)
        found = Pairs(found.record[keep], found.row[keep])
    return found
