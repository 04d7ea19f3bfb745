"""Columns of a frame as the numbers of a SAS transport file."""

import numpy as np
import pandas as pd

from sas.formats import Kind
from sas.numbers import EPOCH

_DAY = np.timedelta64(1, "D")
_SECOND = np.timedelta64(1, "s")


def missing_bytes(special: pd.Series) -> np.ndarray:
    """Byte of each special missing value, that of the ordinary one where there is none."""
    codes, distinct = pd.factorize(special, use_na_sentinel=False)
    table = [ord(str(letter)[:1] or ".") for letter in distinct]
    return np.array(table, dtype="uint64")[codes]


def sas_numbers(column: pd.Series, kind: Kind) -> np.ndarray:
    """Values of a column that is not text as SAS numbers; NaN where missing.

    A datetime finer than microseconds may be rounded to the nearest double.
    """
    values = column.to_numpy()
    if kind not in {"date", "datetime"}:
        return np.asarray(values, dtype="float64")
    passed = values - EPOCH.astype(values.dtype)
    if kind == "date":
        return passed / _DAY
    # Fractions apart: nanoseconds have more digits than a double.
    whole = passed.astype("timedelta64[s]")
    return whole / _SECOND + (passed - whole) / _SECOND
