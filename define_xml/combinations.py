"""The combinations of some variables that the records of a dataset hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from mappings.coded import Coded, pairs, ranked
from mappings.columns import is_text
from mappings.finished import Dataset
from mappings.supplemental import as_text


@dataclass(frozen=True)
class Combinations:
    """Each combination once, and for each record the place of its own among them.

    ``values`` has a row for each combination, in the order of the values, a missing number last,
    and a column for each variable. ``first`` is the first record of each.
    """

    values: pd.DataFrame
    of: np.ndarray
    first: np.ndarray
    _texts: dict[str, tuple[np.ndarray, dict[str, int]]] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def distinct(self, column: Coded) -> list[np.ndarray]:
        """The values that the records of each combination have; missing ones are left out."""
        there = column.there
        group, place = pairs(self.of[there], column.codes[there], len(column.distinct))
        bounds = np.searchsorted(group, np.arange(len(self.values) + 1))
        values = column.distinct
        found = np.asarray(values, dtype=object if is_text(values) else None)[place]
        return [found[low:high] for low, high in pairwise(bounds)]

    def blocks(self, dataset: Dataset, column: Coded) -> list[np.ndarray]:
        """The positions of the blocks that made the values of each combination."""
        there = column.there
        group, block = pairs(self.of[there], dataset.block[there], len(dataset.spec.blocks))
        bounds = np.searchsorted(group, np.arange(len(self.values) + 1))
        return [block[low:high] for low, high in pairwise(bounds)]

    def among(self, name: str, wanted: Iterable[str]) -> np.ndarray:
        """Mask of the combinations where a variable, as text, is one of the values wanted.

        A missing number is empty.
        """
        if name not in self._texts:
            column = self.values[name]
            codes, distinct = pd.factorize(column if is_text(column) else as_text(column))
            self._texts[name] = codes, {text: code for code, text in enumerate(distinct)}
        codes, known = self._texts[name]
        return np.isin(codes, [known[text] for text in wanted if text in known])


def combinations(dataset: Dataset, by: Sequence[str]) -> Combinations:
    """The combinations of the variables ``by`` in a dataset."""
    codes = np.zeros(len(dataset.frame), dtype=np.int64)
    for name in by:
        held = dataset.coded(name)
        rank = np.empty(len(held.distinct) + 1, dtype=np.int64)
        rank[held.distinct.argsort(kind="stable")] = np.arange(len(held.distinct))
        rank[-1] = len(held.distinct)  # missing numbers come last
        codes = ranked(codes * (len(held.distinct) + 1) + rank[held.codes])[1]
    size = int(codes.max()) + 1 if len(codes) else 0
    first = np.full(size, len(codes), dtype=np.int64)
    np.minimum.at(first, codes, np.arange(len(codes)))
    values = pd.DataFrame(
        {name: _at(dataset.coded(name), first) for name in by}, index=pd.RangeIndex(size)
    )
    return Combinations(values, codes, first)


def _at(column: Coded, records: np.ndarray) -> pd.Series:
    """The values of some records."""
    codes = column.codes[records]
    found = column.distinct.take(np.maximum(codes, 0)).reset_index(drop=True)
    return found if is_text(found) else found.mask(codes < 0)
