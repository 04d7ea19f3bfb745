"""Ages, slips of the pen and numbers as the simulator writes them."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import simulate_people as people
import simulate_text as text
from simulate_forms import transposed


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        pytest.param("1961-02-10", "2024-02-10", 63, id="the birthday counts"),
        pytest.param("1961-02-11", "2024-02-10", 62, id="the day before does not"),
        pytest.param("1960-02-29", "2023-02-28", 62, id="29 February is not over on the 28th"),
        pytest.param("1960-02-29", "2023-03-01", 63, id="29 February counts on 1 March"),
    ],
)
def test_completed_years(birth, on, years):
    made = people.completed_years(np.array([text.day_of(birth)]), np.array([text.day_of(on)]))
    assert made.tolist() == [years]


@pytest.mark.parametrize(
    ("written", "slipped"),
    [
        pytest.param("3.2", "2.3", id="around the point"),
        pytest.param("812", "182", id="the first two figures"),
        pytest.param("7", "7", id="one figure has no order"),
        pytest.param("<0.1", "<0.1", id="not a plain number"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_transposed(written, slipped):
    assert transposed(written) == slipped


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1), st.integers(0, 3))
def test_numbers_read_back(whole, decimals):
    values = np.array(whole) / 10**decimals
    made = text.numbers(values, decimals)
    assert [float(each) for each in made] == values.tolist()
