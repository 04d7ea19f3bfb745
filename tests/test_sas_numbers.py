"""Numbers of SAS transport files, against a codec written from integers alone."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xport_layout import ibm_value

from sas.numbers import LARGEST, SMALLEST, SPECIAL, floats_of_ibm, ibm_floats

FITS = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: x == 0 or SMALLEST <= abs(x) < LARGEST
)


@settings(deadline=None)
@given(st.lists(FITS))
def test_a_double_that_fits_comes_back(values):
    doubles, missing = floats_of_ibm(ibm_floats(np.array(values, dtype="float64")))
    assert doubles.tolist() == values
    assert not missing.any()


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_any_eight_bytes_are_read_as_the_integers_say(bits):
    fraction = bits & (1 << 56) - 1
    if fraction:  # a fraction is cut to 53 bits, which the integer codec rounds
        bits = bits & ~0b1111 | 1 << 52
    elif bits >> 56 not in {0, 0x80}:
        return
    (double,), (missing,) = floats_of_ibm(np.array([bits], dtype="uint64"))
    assert not missing
    whole = bits & (1 << 56) - 1
    cut = max(whole.bit_length() - 53, 0)
    exact = math.ldexp(whole >> cut << cut, 4 * ((bits >> 56 & 0x7F) - 64) - 56)
    assert double == (-exact if bits >> 63 else exact)


@pytest.mark.parametrize("letter", SPECIAL.decode())
def test_a_missing_value_keeps_its_letter(letter):
    bits = ord(letter) << 56
    (double,), (missing,) = floats_of_ibm(np.array([bits], dtype="uint64"))
    assert math.isnan(double)
    assert chr(missing) == letter == ibm_value(bits.to_bytes(8, "big"))
