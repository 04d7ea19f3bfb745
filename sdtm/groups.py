"""Working things out once for records that are the same."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import is_text, plain_texts
from mappings.looked import group_codes


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
