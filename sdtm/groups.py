"""Working things out once for records that are the same."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import is_text, plain_texts
from mappings.looked import group_codes, take


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
    made = [*map(compute, *(_values(column.iloc[first]) for column in columns))]
    # By column: pandas takes a list of rows apart again, one by one.
    parts = zip(*made, strict=True) if made else [()] * len(names)
    return pd.DataFrame(
        {name: _spread(part, codes) for name, part in zip(names, parts, strict=True)}
    )


def _spread(values: Sequence[Any], codes: np.ndarray) -> pd.Series:
    """The value of each code."""
    return take(pd.Series(values), codes)
