"""Statistics of endpoints: the exact interval of a proportion, and the Kaplan-Meier curve.

Pure functions on columns of one analysis. What cannot be estimated is NaN.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, inf, log, nan, sqrt
from typing import Any, NamedTuple

import numpy as np

# Products of fractions such as 2/3 * 3/4 miss 0.5 by the last bits.
TOLERANCE = 1e-12


class Interval(NamedTuple):
    """An estimate with its confidence limits; NaN is not estimable."""

    value: float
    lower: float
    upper: float


def clopper_pearson(x: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact two-sided confidence limits of the proportion ``x`` of ``n``; NaN if ``n`` is 0.

    Source: Clopper and Pearson, Biometrika 26 (1934), 404-413.
    """
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is not a proportion")
    if n == 0:
        return nan, nan
    from scipy.special import betaincinv  # takes longer to load than most estimates to make

    tail = (1 - level) / 2
    lower = float(betaincinv(x, n - x + 1, tail)) if x > 0 else 0.0
    upper = float(betaincinv(x + 1, n - x, 1 - tail)) if x < n else 1.0
    return lower, upper


@dataclass(frozen=True)
class KaplanMeier:
    """A survival curve: one entry of each tuple for each distinct time with an event.

    ``variance`` is Greenwood's sum, the variance of log S; it is infinite where S is 0. ``longest``
    is the largest observed time, censored ones included, NaN without any; ``size`` counts them.
    """

    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    survival: tuple[float, ...]
    variance: tuple[float, ...]
    longest: float
    size: int
    level: float = 0.95

    def at(self, time: float) -> Interval:
        """Survival at a time, events of that very time included, with its pointwise limits.

        Beyond the longest observed time nothing is estimable, unless the curve is at 0 already.
        """
        index = bisect_right(self.times, time) - 1
        survival = self.survival[index] if index >= 0 else 1.0
        # The negation also covers a curve of no times, whose longest is NaN.
        if survival > 0 and not time <= self.longest:
            return Interval(nan, nan, nan)
        return Interval(survival, *(self._limits(index) if index >= 0 else (nan, nan)))

    def events_by(self, time: float) -> int:
        """Number of events up to and including a time."""
        return sum(self.events[: bisect_right(self.times, time)])

    def quantile(self, fraction: float) -> Interval:
        """Time by which ``fraction`` of the subjects had the event, with its limits.

        The first event time with S below ``1 - fraction``. Where S equals it, the curve is flat
        there: the middle of that event time and the next, or that time if no event follows. A limit
        is the first event time at which the pointwise limit has come down to ``1 - fraction``.

        Source: Brookmeyer and Crowley, Biometrics 38 (1982), 29-41, on the log(-log) scale.
        """
        level = 1 - fraction
        bands = [self._limits(index) for index in range(len(self.times))]
        return Interval(
            self._crossing(level),
            self._first_time(level, (lower for lower, _ in bands)),
            self._first_time(level, (upper for _, upper in bands)),
        )

    def median(self) -> Interval:
        """Median time with its limits; NaN is not reached."""
        return self.quantile(0.5)

    def _limits(self, index: int) -> tuple[float, float]:
        """Limits on the log(-log S) scale, which does not exist where S is 0."""
        survival = self.survival[index]
        if survival == 0:
            return nan, nan
        from scipy.special import ndtri  # see above

        center = log(-log(survival))
        reach = float(ndtri((1 + self.level) / 2)) * sqrt(self.variance[index]) / -log(survival)
        return exp(-exp(center + reach)), exp(-exp(center - reach))

    def _crossing(self, level: float) -> float:
        for index, survival in enumerate(self.survival):
            if abs(survival - level) <= TOLERANCE and index + 1 < len(self.times):
                return (self.times[index] + self.times[index + 1]) / 2
            if survival <= level + TOLERANCE:
                return self.times[index]
        return nan

    def _first_time(self, level: float, limits: Iterable[float]) -> float:
        pairs = zip(self.times, limits, strict=True)
        return next((time for time, limit in pairs if limit <= level + TOLERANCE), nan)


def kaplan_meier(days: Any, event: Any, level: float = 0.95) -> KaplanMeier:
    """Kaplan-Meier curve of times, with a mask of those that end with the event.

    At equal times events precede censorings: who is censored at a time is at risk at it. A missing
    time is refused.

    Source: Kaplan and Meier, JASA 53 (1958), 457-481; variance of Greenwood (1926).
    """
    times = np.asarray(days, dtype="float64")
    happened = np.asarray(event, dtype=bool)
    if times.shape != happened.shape or np.isnan(times).any():
        raise ValueError("a time to event needs a time and an event mark for each subject")
    distinct, events = np.unique(times[happened], return_counts=True)
    at_risk = times.size - np.searchsorted(np.sort(times), distinct, side="left")
    survivors = at_risk - events
    terms = np.full(distinct.size, inf)
    np.divide(events, at_risk * survivors, out=terms, where=survivors > 0)
    return KaplanMeier(
        times=tuple(distinct.tolist()),
        at_risk=tuple(at_risk.tolist()),
        events=tuple(events.tolist()),
        survival=tuple(np.cumprod(survivors / at_risk).tolist()),
        variance=tuple(np.cumsum(terms).tolist()),
        longest=float(times.max()) if times.size else nan,
        size=int(times.size),
        level=level,
    )
