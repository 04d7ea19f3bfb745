"""Proportions and survival curves: the worked examples of the endpoints, scipy, and properties."""

import warnings
from fractions import Fraction
from itertools import pairwise
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from adam.statistics import clopper_pearson, kaplan_meier

MONTH = 30.4375

# Days and censoring codes of the worked examples; 0 is the event.
OS = [(326, 0), (432, 1), (129, 0), (269, 2), (20, 0), (287, 1), (229, 1)]
EFS = [(274, 0), (406, 1), (61, 0), (92, 0), (20, 0), (274, 1), (176, 0)]
RFS = [(246, 0), (371, 1), (259, 1), (148, 0)]
RFSHSCT = [(246, 0), (46, 5), (259, 1), (148, 0)]
RFSNALT = [(246, 0), (371, 1), (259, 1), (45, 6)]
DOR = [(246, 0), (338, 1), (64, 0), (246, 1), (148, 0)]

subjects = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=30)


def curve(records):
    days, codes = zip(*records, strict=True)
    return kaplan_meier(np.array(days, dtype=float), np.array(codes) == 0)


@pytest.mark.parametrize(
    ("x", "n", "percent", "lower", "upper"),
    [
        (5, 7, 71.4, 29.0, 96.3),
        (4, 7, 57.1, 18.4, 90.1),
        (3, 7, 42.9, 9.9, 81.6),
        (2, 7, 28.6, 3.7, 71.0),
        (1, 7, 14.3, 0.4, 57.9),
        (0, 7, 0.0, 0.0, 41.0),
        (2, 6, 33.3, 4.3, 77.7),
        (3, 6, 50.0, 11.8, 88.2),
        (1, 6, 16.7, 0.4, 64.1),
        (0, 6, 0.0, 0.0, 45.9),
        (3, 5, 60.0, 14.7, 94.7),
        (2, 4, 50.0, 6.8, 93.2),
        (1, 4, 25.0, 0.6, 80.6),
        (0, 4, 0.0, 0.0, 60.2),
        (1, 3, 33.3, 0.8, 90.6),
        (2, 3, 66.7, 9.4, 99.2),
    ],
)
def test_exact_interval_of_the_worked_examples(x, n, percent, lower, upper):
    assert 100 * x / n == pytest.approx(percent, abs=0.05)
    limits = [100 * limit for limit in clopper_pearson(x, n)]
    assert limits == pytest.approx([lower, upper], abs=0.05)


def test_exact_interval_of_nobody_is_not_estimable():
    assert all(map(isnan, clopper_pearson(0, 0)))


def test_all_of_all_has_the_upper_limit_one():
    assert clopper_pearson(7, 7)[1] == 1.0


@pytest.mark.parametrize(("x", "n"), [(-1, 3), (4, 3)])
def test_exact_interval_refuses_what_is_no_proportion(x, n):
    with pytest.raises(ValueError, match="is not a proportion"):
        clopper_pearson(x, n)


@given(st.integers(1, 300), st.data(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_exact_interval_is_that_of_scipy(n, data, level):
    x = data.draw(st.integers(0, n))
    expected = stats.binomtest(x, n).proportion_ci(level, "exact")
    lower, upper = clopper_pearson(x, n, level)
    assert (lower, upper) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= lower <= x / n <= upper <= 1


@pytest.mark.parametrize(
    ("records", "months", "survival", "lower", "upper"),
    [
        pytest.param(RFS, 1, 1, nan, nan, id="RFS month 1"),
        pytest.param(RFS, 2, 1, nan, nan, id="RFS month 2"),
        pytest.param(RFS, 3, 1, nan, nan, id="RFS month 3"),
        pytest.param(RFS, 6, 0.7500, 0.1279, 0.9605, id="RFS month 6"),
        pytest.param(RFS, 9, 0.5000, 0.0578, 0.8449, id="RFS month 9"),
        pytest.param(RFS, 12, 0.5000, 0.0578, 0.8449, id="RFS month 12"),
        pytest.param(RFSHSCT, 6, 0.6667, 0.0541, 0.9452, id="RFSHSCT month 6"),
        pytest.param(RFSHSCT, 12, nan, nan, nan, id="RFSHSCT month 12, beyond the longest time"),
        pytest.param(RFSNALT, 9, 0.6667, 0.0541, 0.9452, id="RFSNALT month 9"),
        pytest.param(EFS, 1, 0.8571, 0.3341, 0.9786, id="EFS month 1"),
        pytest.param(
            EFS, 2, 0.8571, 0.3341, 0.9786, id="EFS month 2, an event on day 61 is after it"
        ),
        pytest.param(EFS, 3, 0.7143, 0.2582, 0.9198, id="EFS month 3"),
        pytest.param(EFS, 6, 0.4286, 0.0978, 0.7344, id="EFS month 6"),
        pytest.param(
            EFS, 9, 0.4286, 0.0978, 0.7344, id="EFS month 9, an event on day 274 is after it"
        ),
        pytest.param(EFS, 12, 0.2857, 0.0411, 0.6115, id="EFS month 12"),
        pytest.param(OS, 1, 0.8571, 0.3341, 0.9786, id="OS month 1"),
        pytest.param(OS, 2, 0.8571, 0.3341, 0.9786, id="OS month 2"),
        pytest.param(OS, 3, 0.8571, 0.3341, 0.9786, id="OS month 3"),
        pytest.param(OS, 6, 0.7143, 0.2582, 0.9198, id="OS month 6"),
        pytest.param(OS, 9, 0.7143, 0.2582, 0.9198, id="OS month 9"),
        pytest.param(OS, 12, 0.3571, 0.0141, 0.7798, id="OS month 12"),
        pytest.param(DOR, 1, 1, nan, nan, id="DOR month 1"),
        pytest.param(DOR, 2, 1, nan, nan, id="DOR month 2"),
        pytest.param(DOR, 3, 0.8000, 0.2038, 0.9692, id="DOR month 3"),
        pytest.param(DOR, 6, 0.6000, 0.1257, 0.8818, id="DOR month 6"),
        pytest.param(
            DOR, 9, 0.4000, 0.0520, 0.7528, id="DOR month 9, event before censoring at 246"
        ),
        pytest.param(DOR, 12, nan, nan, nan, id="DOR month 12, beyond the longest time"),
    ],
)
def test_survival_of_the_worked_examples(records, months, survival, lower, upper):
    actual = curve(records).at(months * MONTH)
    assert actual == pytest.approx((survival, lower, upper), abs=1e-4, nan_ok=True)


@pytest.mark.parametrize(
    ("records", "days", "months", "lower", "upper"),
    [
        pytest.param(RFS, 246, 8.0821, 148, nan, id="RFS, half from the last event on"),
        pytest.param(RFSHSCT, 246, 8.0821, 148, nan, id="RFSHSCT"),
        pytest.param(RFSNALT, nan, nan, 246, nan, id="RFSNALT, not reached"),
        pytest.param(EFS, 176, 5.7823, 20, nan, id="EFS"),
        pytest.param(OS, 326, 10.7105, 20, nan, id="OS"),
        pytest.param(DOR, 246, 8.0821, 64, nan, id="DOR"),
    ],
)
def test_median_of_the_worked_examples(records, days, months, lower, upper):
    median = curve(records).median()
    assert median == pytest.approx((days, lower, upper), nan_ok=True)
    assert median.value / MONTH == pytest.approx(months, rel=1e-4, nan_ok=True)


def test_event_and_censoring_of_one_day():
    dor = curve(DOR)
    assert dor.times == (64, 148, 246)
    assert dor.at_risk == (5, 4, 3)
    assert dor.events == (1, 1, 1)
    assert dor.longest == 338
    assert dor.size == 5


@pytest.mark.parametrize(
    ("records", "median"),
    [
        pytest.param([(10, 0), (20, 0), (30, 0), (40, 0)], 25, id="half is met between two events"),
        pytest.param(
            [(10, 0), (20, 0), (30, 1), (40, 0)], 30, id="a censoring between does not end it"
        ),
        pytest.param([(10, 0), (20, 0), (30, 1), (40, 1)], 20, id="no later event follows"),
        pytest.param([(10, 0), (20, 0), (30, 0)], 20, id="half is passed"),
        pytest.param([(10, 0), (20, 1), (30, 1)], nan, id="half is not reached"),
        pytest.param([(10, 1)], nan, id="no event"),
        pytest.param([(10, 0)], 10, id="one subject, one event"),
    ],
)
def test_median(records, median):
    assert curve(records).median().value == pytest.approx(median, nan_ok=True)


@pytest.mark.parametrize(
    ("size", "median"),
    [
        pytest.param(12, 6.5, id="0.4999999999999999"),
        pytest.param(24, 12.5, id="0.5000000000000001"),
    ],
)
def test_half_that_a_product_of_floats_misses(size, median):
    made = curve([(day, 0) for day in range(1, size + 1)])
    assert made.survival[size // 2 - 1] != 0.5
    assert made.median().value == median


def test_quartiles():
    made = curve([(10 * step, 0) for step in range(1, 9)])
    assert [made.quantile(part).value for part in (0.25, 0.5, 0.75)] == [25, 45, 65]


def test_quartiles_not_reached():
    first, second, third = map(curve(RFSNALT).quantile, (0.25, 0.5, 0.75))
    assert (first.value, isnan(second.value), isnan(third.value)) == (246, True, True)


@pytest.mark.parametrize(
    ("records", "time", "survival"),
    [
        pytest.param([(10, 0), (20, 1)], 9.99, 1.0, id="before the first event"),
        pytest.param([(10, 0), (20, 1)], 10, 0.5, id="on the day of the event"),
        pytest.param([(10, 0), (20, 1)], 20, 0.5, id="on the last day observed"),
        pytest.param([(10, 0), (20, 1)], 20.01, nan, id="beyond the last day observed"),
        pytest.param([(10, 0), (20, 0)], 500, 0.0, id="at zero the curve stays there"),
        pytest.param([(10, 1)], 10, 1.0, id="nothing happened"),
    ],
)
def test_survival_at_the_edges(records, time, survival):
    assert curve(records).at(time).value == pytest.approx(survival, nan_ok=True)


def test_at_zero_there_are_no_limits_and_no_finite_variance():
    made = curve([(10, 0), (20, 0)])
    assert made.variance == (0.5, inf)
    assert made.at(20) == pytest.approx((0.0, nan, nan), nan_ok=True)
    assert isnan(made.median().upper)


def test_nobody():
    made = kaplan_meier([], [])
    assert (made.size, made.times) == (0, ())
    assert all(map(isnan, (*made.at(0), *made.median(), made.longest)))


@pytest.mark.parametrize(
    ("days", "event"),
    [pytest.param([1.0, nan], [True, False], id="no time"), pytest.param([1.0], [], id="no mark")],
)
def test_a_time_without_its_mark_is_refused(days, event):
    with pytest.raises(ValueError, match="needs a time"):
        kaplan_meier(days, event)


@given(subjects, st.sampled_from([0.9, 0.95]))
def test_curve_is_that_of_scipy(records, level):
    days, happened = (np.array(column) for column in zip(*records, strict=True))
    made = kaplan_meier(days, happened, level)
    censored = stats.CensoredData(uncensored=days[happened], right=days[~happened])
    theirs = stats.ecdf(censored).sf
    assert [made.at(day).value for day in theirs.quantiles] == pytest.approx(theirs.probabilities)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = theirs.confidence_interval(level, method="log-log")
    inside = (theirs.probabilities > 0) & (theirs.probabilities < 1)
    for index in np.flatnonzero(inside):
        actual = made.at(theirs.quantiles[index])
        limits = interval.low.probabilities[index], interval.high.probabilities[index]
        assert (actual.lower, actual.upper) == pytest.approx(limits)


@given(subjects)
def test_curve_and_median_are_those_of_exact_fractions(records):
    times = sorted({day for day, happened in records if happened})
    survival, exact = Fraction(1), []
    for time in times:
        at_risk = sum(day >= time for day, _ in records)
        survival *= 1 - Fraction(sum(day == time and event for day, event in records), at_risk)
        exact.append(survival)
    made = kaplan_meier(*zip(*records, strict=True))
    assert made.survival == pytest.approx([float(value) for value in exact], abs=1e-12)
    below = [time for time, value in zip(times, exact, strict=True) if value < Fraction(1, 2)]
    half = [time for time, value in zip(times, exact, strict=True) if value == Fraction(1, 2)]
    later = [time for time in times if half and time > half[0]]
    if half:
        expected = (half[0] + later[0]) / 2 if later else half[0]
    else:
        expected = below[0] if below else nan
    assert made.median().value == pytest.approx(expected, nan_ok=True)


@given(subjects)
def test_curve_falls_inside_its_limits(records):
    made = kaplan_meier(*zip(*records, strict=True))
    steps = (1.0, *made.survival)
    assert all(later < earlier for earlier, later in pairwise(steps))
    for time in made.times:
        survival, lower, upper = made.at(time)
        assert isnan(lower) if survival == 0 else 0 <= lower <= survival <= upper <= 1
    value, lower, upper = made.median()
    assert isnan(value) or isnan(lower) or lower <= value
    assert isnan(upper) or value <= upper


@given(subjects, st.randoms(use_true_random=False))
def test_order_of_subjects_does_not_matter(records, random):
    shuffled = random.sample(records, len(records))
    assert kaplan_meier(*zip(*shuffled, strict=True)) == kaplan_meier(*zip(*records, strict=True))
