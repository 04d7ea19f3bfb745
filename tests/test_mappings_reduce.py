"""Finished datasets held against the standard."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import AE, DM, small_study
from studies import built

from mappings.reduce import decimals


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "found"),
    [
        pytest.param(
            "ae", AE, "AEDECOD: {clean: ae.TERM, case: upper}",
            "AEDECOD: {clean: ae.TERM, where: AESTDY > 2}", [("AEDECOD", 2)], id="in two records",
        ),
        pytest.param(
            "dm", DM, "COUNTRY: {constant: CHN}", "COUNTRY: {constant: null}", [("COUNTRY", 2)],
            id="in every record",
        ),
        pytest.param(
            "dm", DM, "RFSTDTC: {iso8601: [dm.START]}", "RFSTDTC: {constant: null}", [],
            id="an Expected variable may be missing",
        ),
    ],
)  # fmt: skip
def test_a_required_variable_has_a_value(tmp_path, name, text, old, new, found):
    assert text.count(old) == 1
    result = built(small_study(tmp_path / "tst", **{name: text.replace(old, new)}))
    assert [
        (problem.variable, problem.count) for problem in result.problems if problem.code == "ST405"
    ] == found


@given(st.lists(st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-10**9, 10**9, places=4, allow_nan=False).map(float),
    st.integers(-10**12, 10**12).map(float),
), min_size=1))  # fmt: skip
def test_decimals_are_those_of_the_shortest_text(values):
    shown = [np.format_float_positional(value, trim="-").partition(".")[2] for value in values]
    assert decimals(pd.Series(values, dtype="float64")) == max(map(len, shown))
