"""Which records belong together, and working things out once for those that are the same."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import is_text, plain_texts


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


def _values(column: pd.Series) -> Any:
    """The values to go through; those of a text column as plain texts."""
    return plain_texts(column) if is_text(column) else column


def by_distinct_rows(
    columns: Sequence[pd.Series], names: Sequence[str], compute: Callable[..., tuple[Any, ...]]
) -> pd.DataFrame:
    """What ``compute`` makes of the values of each record, worked out once for equal records.

    ``compute`` takes one value of each column and gives one for each of the names.
    """
    codes = group_codes(columns, len(columns[0]))
    _, first = np.unique(codes, return_index=True)
    rows = zip(*(_values(column.iloc[first]) for column in columns), strict=True)
    made = pd.DataFrame([compute(*row) for row in rows], columns=list(names))
    return made.take(codes).reset_index(drop=True)
