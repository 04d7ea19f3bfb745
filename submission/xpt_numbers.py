"""Numbers and dates as a SAS transport file holds them.

A number is an IBM floating point of eight bytes: a sign, an exponent of 16 and 56 bits of fraction.

    bit   0   sign
    bit   1   exponent of 16, plus 64 (7 bits)
    bit   8   fraction, 1/16 <= fraction < 1

A double has 53 bits of fraction and up to three more are lost to the coarser exponent, so every
double from 2**-260 up to 2**252 fits without rounding. A missing value is a byte that names it,
``.``, ``_`` or ``A`` to ``Z``, and seven zeros. Dates count days and datetimes seconds from 1960.

Source: SAS TS-140, the record layout of a SAS data set in transport format.
"""

import numpy as np
import pandas as pd

from submission.xpt_dataset import Kind

LARGEST = 2.0**252
SMALLEST = 2.0**-260

# The number whose eight bytes are blanks, and with them the record of a dataset without text.
BLANK = float.fromhex("0x1.010101010101p-131")

_EPOCH = np.datetime64("1960-01-01", "D")
_DAY = np.timedelta64(1, "D")
_SECOND = np.timedelta64(1, "s")
_ORDINARY = ord(".")


def ibm_floats(values: np.ndarray, missing: np.ndarray | int = _ORDINARY) -> np.ndarray:
    """IBM floating points as unsigned integers; NaN becomes the missing value of ``missing``.

    ``missing`` is the byte of the missing value, one for all or one for each number. -0.0 becomes
    0. Numbers other than 0 are to be from ``SMALLEST`` up to ``LARGEST``: others give nonsense.
    """
    bits = np.ascontiguousarray(values, dtype="float64").view("uint64")
    exponent = (bits >> np.uint64(52)) & np.uint64(0x7FF)
    exponent += np.uint64(1)  # a double's bias, 1023, is one short of a multiple of four
    fraction = bits & np.uint64((1 << 52) - 1)
    fraction |= np.uint64(1 << 52)
    fraction <<= exponent & np.uint64(3)
    exponent >>= np.uint64(2)
    exponent -= np.uint64(1024 // 4 - 65)  # wraps for zero and NaN, which are replaced below
    made = exponent << np.uint64(56)
    made |= fraction
    made |= bits & np.uint64(1 << 63)
    made[values == 0] = 0
    absent = np.isnan(values)
    if absent.any():
        marks = np.broadcast_to(np.asarray(missing, dtype="uint64"), absent.shape)
        made[absent] = marks[absent] << np.uint64(56)
    return made


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
    passed = values - _EPOCH.astype(values.dtype)
    if kind == "date":
        return passed / _DAY
    # Fractions apart: nanoseconds have more digits than a double.
    whole = passed.astype("timedelta64[s]")
    return whole / _SECOND + (passed - whole) / _SECOND
