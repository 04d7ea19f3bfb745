"""Numbers as a SAS transport file holds them.

A number is an IBM floating point of eight bytes: a sign, an exponent of 16 and 56 bits of fraction.

    bit   0   sign
    bit   1   exponent of 16, plus 64 (7 bits)
    bit   8   fraction, 1/16 <= fraction < 1

A double has 53 bits of fraction and up to three more are lost to the coarser exponent, so every
double from 2**-260 up to 2**252 fits without rounding. A missing value is a byte that names it,
``.``, ``_`` or ``A`` to ``Z``, and seven zeros.

Source: SAS TS-140, the record layout of a SAS data set in transport format.
"""

import numpy as np

LARGEST = 2.0**252
SMALLEST = 2.0**-260

# The number whose eight bytes are blanks, and with them the record of a dataset without text.
BLANK = float.fromhex("0x1.010101010101p-131")

EPOCH = np.datetime64("1960-01-01", "D")  # dates count days, datetimes seconds from here
ORDINARY = ord(".")
SPECIAL = b"._ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def ibm_floats(values: np.ndarray, missing: np.ndarray | int = ORDINARY) -> np.ndarray:
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


def floats_of_ibm(bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Doubles of IBM floating points in unsigned integers, and the byte of each missing value.

    The byte is 0 where a number is there; the double is NaN where it is missing. A fraction of more
    than 53 bits is cut, not rounded, as SAS does. A fraction that is not normalised is read as it
    stands.
    """
    bits = np.ascontiguousarray(bits, dtype="uint64")
    fraction = bits & np.uint64((1 << 56) - 1)
    first = (bits >> np.uint64(56)).astype("uint8")
    missing = np.where(fraction == 0, _MISSING[first], np.uint8(0))
    # Cut to 53 bits: a leading digit of 16 may have up to three leading zeros.
    spare = (fraction >> np.uint64(53) != 0).astype("uint64")
    spare += fraction >> np.uint64(54) != 0
    spare += fraction >> np.uint64(55) != 0
    fraction = fraction >> spare << spare
    power = 4 * ((first & 0x7F).astype("int32") - 64) - 56
    values = np.ldexp(fraction.astype("float64"), power)
    np.negative(values, out=values, where=first >= 0x80)
    values[missing != 0] = np.nan
    return values, missing


_MISSING = np.zeros(256, dtype="uint8")
_MISSING[list(SPECIAL)] = list(SPECIAL)
