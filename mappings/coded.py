"""Columns as their distinct values and, for each record, which of them it has.

Values of clinical data come again and again. Finished records keep their text so: it takes a
fraction of the memory, travels between processes for little, and whatever is asked of the values
(length, type, terms) is asked of the distinct ones alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from mappings.columns import TEXT, is_text, missing, renumbered
from mappings.looked import take

# A table of all numbers there could be is quicker than sorting as long as it has at most so many
# rows for each number, or so many altogether.
ROOM, LITTLE = 8, 65_536


@dataclass(frozen=True)
class Coded:
    """A column: ``distinct`` values and, for each record, the place of its own among them.

    Missing text is a value as any other; a missing number or date has the code -1.
    """

    codes: np.ndarray
    distinct: pd.Series

    @cached_property
    def there(self) -> np.ndarray:
        """Mask of the records that have a value."""
        # One more at the end, where the code -1 looks.
        return np.append(~missing(self.distinct).to_numpy(dtype=bool), False)[self.codes]

    @cached_property
    def present(self) -> pd.Series:
        """The distinct values that are not missing."""
        filled = ~missing(self.distinct).to_numpy(dtype=bool)
        return self.distinct if filled.all() else renumbered(self.distinct[filled])


def coded(column: pd.Series) -> Coded:
    """A column of any kind by its distinct values."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        held = column.array
        return Coded(held.codes, pd.Series(held.categories, dtype=TEXT))
    if is_text(column):
        codes, distinct = pd.factorize(column, use_na_sentinel=False)
        return Coded(codes, pd.Series(distinct, dtype=TEXT))
    codes, distinct = pd.factorize(column)
    return Coded(codes, pd.Series(distinct))


def in_codes(column: pd.Series, order: np.ndarray | None = None) -> pd.Series:
    """A column with its text kept by distinct values; ``order`` takes its records in that order.

    Values that no record has are gone.
    """
    if not is_text(column):
        return column if order is None else pd.Series(column.array.take(order), copy=False)
    if not isinstance(column.dtype, pd.CategoricalDtype):
        held = coded(column if order is None else take(column, order))
        return _categories(held.codes, held.distinct.array)
    if order is None:
        return column
    codes, values = column.array.codes[order], column.array.categories.array
    used = np.zeros(len(values), dtype=bool)
    used[codes] = True
    if not used.all():
        codes, values = (np.cumsum(used) - 1)[codes], values[used]
    return _categories(codes, values)


def plain(column: pd.Series) -> pd.Series:
    """The column with its text written out record by record."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    held = column.array
    return pd.Series(
        held.categories.array.take(held.codes), index=column.index, dtype=TEXT, copy=False
    )


def written_out(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with all its text written out."""
    return pd.DataFrame({name: plain(frame[name]) for name in frame}, index=frame.index)


def stacked(columns: Sequence[pd.Series]) -> pd.Series:
    """Columns one below the other."""
    if all(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
        return pd.Series(union_categoricals([column.array for column in columns]), copy=False)
    return pd.concat([plain(column) for column in columns], ignore_index=True)


def chosen(frame: pd.DataFrame, order: np.ndarray) -> pd.DataFrame:
    """The records of a frame at some positions, in that order, with text by distinct values."""
    made = {name: in_codes(frame[name], order) for name in frame}
    return pd.DataFrame(made, index=pd.RangeIndex(len(order)), copy=False)


def pairs(left: np.ndarray, right: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of two columns of codes, sorted; ``width`` is above all of ``right``."""
    found, _ = ranked(left.astype(np.int64) * max(width, 1) + right)
    return np.divmod(found, max(width, 1))


def ranked(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct of some whole numbers from 0 on, sorted, and the place of each among them."""
    room = int(numbers.max()) + 1 if len(numbers) else 0
    if room > ROOM * len(numbers) + LITTLE:
        found, place = np.unique(numbers, return_inverse=True)
        return found, place
    marks = np.zeros(room, dtype=bool)
    marks[numbers] = True
    return np.flatnonzero(marks), (np.cumsum(marks) - 1)[numbers]


def _categories(codes: np.ndarray, values: Any) -> pd.Series:
    categories = pd.Index(values, dtype=TEXT, copy=False)
    made = pd.Categorical.from_codes(codes, categories=categories, validate=False)
    return pd.Series(made, copy=False)
