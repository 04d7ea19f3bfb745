"""Rows of another dataset as an operation sees them: paired with this record, or all of them.

Pairs stand in the order of the records here and, within a record, in the order of the rows there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from mappings.columns import TEXT, is_text, missing
from mappings.partial_dates import inherit_reading


class SortKeyLike(Protocol):
    """A column to sort by."""

    @property
    def values(self) -> pd.Series:
        """The column."""

    @property
    def descending(self) -> bool:
        """Whether the largest comes first."""


@dataclass(frozen=True)
class Looked:
    """What this record sees of another dataset: a value for each pair of a record and a row there.

    ``record`` is the position of the record here (ascending, below ``size``), ``row`` that of the
    row there, ``values`` the looked-through values by pair. ``sequence`` holds the --SEQ of the
    rows by pair where their dataset numbers them.
    """

    record: np.ndarray
    row: np.ndarray
    values: pd.Series
    size: int
    dataset: str = ""
    variable: str = ""
    sequence: pd.Series | None = None

    def only(self, wanted: "np.ndarray | pd.Series") -> "Looked":
        """The pairs of a mask."""
        keep = np.flatnonzero(np.asarray(wanted, dtype=bool))
        sequence = None if self.sequence is None else self.sequence.iloc[keep]
        return replace(
            self,
            record=self.record[keep],
            row=self.row[keep],
            values=take(self.values, keep),
            sequence=None if sequence is None else sequence.reset_index(drop=True),
        )

    def filled(self) -> "Looked":
        """The pairs whose value is not missing."""
        absent = missing(self.values)
        return self.only(~absent) if absent.any() else self

    def counts(self) -> np.ndarray:
        """Number of pairs of each record here."""
        return np.bincount(self.record, minlength=self.size)

    def take(self, pairs: np.ndarray) -> pd.Series:
        """Values at one pair for each record here; missing where the pair is -1."""
        return take(self.values, pairs)


@dataclass(frozen=True)
class Rows:
    """All rows of another dataset and, by the same codes, whose they and the records here are."""

    values: pd.Series
    subject: np.ndarray
    here: np.ndarray


def take(values: pd.Series, positions: np.ndarray) -> pd.Series:
    """Values at the positions as a new column; missing where a position is -1."""
    made = _taken(values, positions)
    inherit_reading(made, values, positions)
    return made


def _taken(values: pd.Series, positions: np.ndarray) -> pd.Series:
    absent = positions < 0
    if not absent.any():
        return pd.Series(values.array.take(positions), copy=False)
    if not len(values):
        return pd.Series([_nothing(values)] * len(positions), dtype=values.dtype)
    made = values.array.take(np.where(absent, 0, positions))
    made[absent] = _nothing(values)
    return pd.Series(made, copy=False)


def _nothing(values: pd.Series) -> Any:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pd.NaT
    return np.nan if pd.api.types.is_numeric_dtype(values.dtype) else ""


def sorted_positions(
    groups: Sequence[np.ndarray], order: Sequence[SortKeyLike], size: int
) -> np.ndarray:
    """Positions sorted by the groups and then the order; ties stay as they stood.

    A missing value sorts lowest, so last where the order is descending.
    """
    keys = [np.asarray(group) for group in groups]
    for key in order:
        ranks = rank_codes(key.values)
        keys.append(-ranks if key.descending else ranks)
    if not keys:
        return np.arange(size)
    return np.lexsort(list(reversed(keys)))


def rank_codes(values: pd.Series) -> np.ndarray:
    """Integers that sort as the values do; -1 for missing."""
    if not is_text(values):
        codes, _ = pd.factorize(values, sort=True)
        return np.asarray(codes, dtype=np.int64)
    codes, found = pd.factorize(values, use_na_sentinel=False)
    distinct = pd.Series(found, dtype=TEXT)
    ranks = np.empty(len(distinct), dtype=np.int64)
    ranks[distinct.array.argsort()] = np.arange(len(distinct))
    ranks[missing(distinct).to_numpy()] = -1
    return ranks[codes]


def group_codes(columns: Sequence["pd.Series | np.ndarray"], size: int) -> np.ndarray:
    """One code for each record, the same for records that agree in every column.

    Codes count from 0 in order of appearance. Missing values agree with each other, so records
    without a value form a group of their own.
    """
    codes = np.zeros(size, dtype=np.int64)
    for column in columns:
        own, distinct = pd.factorize(column, use_na_sentinel=False)
        # Codes are made dense after each column, so that their product cannot overflow.
        codes, _ = pd.factorize(codes * max(len(distinct), 1) + own)
    return np.asarray(codes, dtype=np.int64)


def firsts(groups: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Of positions sorted by group, the first of each group."""
    ordered = groups[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = ordered[1:] != ordered[:-1]
    return order[starts]


def pick_first(looked: Looked, order: Sequence[SortKeyLike]) -> np.ndarray:
    """For each record here the pair that comes first by the order; -1 where it has none."""
    chosen = np.full(looked.size, -1, dtype=np.int64)
    positions = sorted_positions([looked.record], order, len(looked.record))
    found = firsts(looked.record, positions)
    chosen[looked.record[found]] = found
    return chosen


def tied(looked: Looked, order: Sequence[SortKeyLike], chosen: np.ndarray) -> np.ndarray:
    """Mask of the records here whose chosen pair shares its order with another of their pairs."""
    return tied_groups(looked.record, order, chosen)


def tied_groups(groups: np.ndarray, order: Sequence[SortKeyLike], chosen: np.ndarray) -> np.ndarray:
    """Mask of the groups whose chosen member shares its order with another of their members.

    ``chosen`` has the position of one member for each group, -1 for a group without any.
    """
    same = np.ones(len(groups), dtype=bool)
    if len(groups):
        best = chosen[groups]
        for key in order:
            ranks = rank_codes(key.values)
            same &= ranks == ranks[best]
    return np.bincount(groups[same], minlength=len(chosen)) > 1
