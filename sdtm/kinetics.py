"""Parameters of a concentration over time, without a model: peak, last value, area (PP).

A profile is the samples of one subject that agree in ``by``. Below the limit of quantification a
sample is 0 before the first quantifiable one and after the last, half the limit between them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mappings.columns import numbers, texts
from mappings.looked import Looked, group_codes, take
from mappings.operations import Either, Made, Origin, Records, operation
from mappings.partial_dates import days_between, span
from mappings.problems import Problems
from sdtm.pair_problems import report

NOTHING_QUANTIFIABLE = "NO QUANTIFIABLE SAMPLE"


@dataclass(frozen=True)
class Area:
    """Days between which the area lies, and the days in one of which a sample must end it."""

    from_: float
    to: float
    early: float
    late: float


@dataclass(frozen=True)
class Profiles:
    """Usable samples by profile and time, with codes from 0 to ``count`` - 1 for the profiles.

    ``pair`` is the position of each sample among the looked-through rows; ``value`` is NaN and
    ``limit`` known for a sample below the limit.
    """

    count: int
    profile: np.ndarray
    pair: np.ndarray
    time: np.ndarray
    value: np.ndarray
    limit: np.ndarray


@dataclass(frozen=True)
class Found:
    """One parameter for each profile: its value, or why it is missing.

    ``pair`` is the one it is read from, -1 for all of them; ``end`` is where an area ends.
    """

    value: np.ndarray
    pair: np.ndarray
    reason: pd.Series
    end: np.ndarray


@operation(
    method="{parameters} of {value} by days from {since} to {time}, for each {by}; a value below"
    " the limit is 0 before the first and after the last quantifiable one, half the limit between"
    " them; area by the linear trapezoidal rule",
    makes={
        "PPTESTCD": "text",
        "parameter_value": "number",
        "reason": "text",
        "area_end": "number",
    },
)
def nca(
    value: Records,
    text: Records,
    time: Records,
    since: Either,
    by: list[Records],
    parameters: list[Literal["CMAX", "TMAX", "AUCINT", "TLST", "CLST"]],
    area: Area,
    problems: Problems,
) -> Made:
    """A record for each profile and parameter; ``reason`` says why a value is missing.

    ``value`` is missing where ``text`` is below the limit (``<50``). Times are days from ``since``,
    with a fraction where both have a time. The peak is the earliest of the largest; a sample before
    time 0 only sets where the area starts. The area needs a sample from ``area.early`` to
    ``area.late``: it ends at ``area.to``, interpolated, if one of them is that late, else at the
    last of them. Two samples of a profile at one time are an error. A record comes from the sample
    it is read from, an area or a missing value from all samples of the profile.
    """
    profile = group_codes([value.record, *(one.values for one in by)], len(value.record))
    profiles = _read(value, text, time, since, profile, problems)
    find = _finders(profiles, area)
    found = [find[name]() for name in parameters]
    return _records(value, profile, parameters, found)


def _read(
    value: Looked,
    text: Looked,
    time: Looked,
    since: Looked,
    profile: np.ndarray,
    problems: Problems,
) -> Profiles:
    """Samples with a time and a result, sorted; the others are reported unless they are empty."""
    start = since.values
    if not np.array_equal(since.row, time.row) or since.dataset != time.dataset:
        start = _of_record(since, time.record)
    days = days_between(span(start, "iso"), span(time.values, "iso"))
    result = value.values.to_numpy(dtype="float64")
    limit = _limits(text.values)
    # A limit is more than 0, so a plain 0 is below it, whatever the limit is.
    limit = np.where(result == 0, np.fmax(limit, 0), limit)
    result = np.where(result > 0, result, np.nan)
    measured = ~np.isnan(result) | ~np.isnan(limit)
    timed = ~np.isnan(days)
    report(problems, measured & ~timed, value.record, time.values, "DT524",
           "is no full date from which the days of a sample can be counted")  # fmt: skip
    unread = text.values.ne("").to_numpy() & ~measured
    report(problems, unread, value.record, text.values, "DT524",
           "is neither a value nor below a limit")  # fmt: skip
    used = np.flatnonzero(measured & timed)
    used = used[np.lexsort([used, days[used], profile[used]])]
    profiles = Profiles(
        count=int(profile.max(initial=-1)) + 1,
        profile=profile[used],
        pair=used,
        time=days[used],
        value=result[used],
        limit=limit[used],
    )
    twice = np.zeros(len(used), dtype=bool)
    twice[1:] = (np.diff(profiles.profile) == 0) & (np.diff(profiles.time) == 0)
    report(problems, twice, value.record[used], take(time.values, used), "DT516",
           "is the time of two samples of one profile")  # fmt: skip
    return profiles


def _of_record(since: Looked, record: np.ndarray) -> pd.Series:
    """The first value that each record sees, for the pairs of the records."""
    first = np.full(since.size, -1, dtype=np.int64)
    pairs = np.arange(len(since.record))[::-1]
    first[since.record[pairs]] = pairs
    return take(since.values, first[record])


def _limits(text: pd.Series) -> np.ndarray:
    """The limits of texts like ``<50``; NaN for other texts."""
    below = text.str.startswith("<")
    number = text.str.lstrip("<=").str.strip()
    return np.where(below, pd.to_numeric(number, errors="coerce").to_numpy("float64"), np.nan)


def _finders(profiles: Profiles, area: Area) -> Mapping[str, Callable[[], Found]]:
    """How each parameter is found."""
    quantifiable = np.flatnonzero(~np.isnan(profiles.value) & (profiles.time >= 0))
    profile = profiles.profile[quantifiable]
    by_size = np.lexsort([profiles.time[quantifiable], -profiles.value[quantifiable], profile])
    peak = _first(profiles, quantifiable[by_size])
    last = _first(profiles, quantifiable[::-1])
    return {
        "CMAX": lambda: _sample(profiles, peak, profiles.value),
        "TMAX": lambda: _sample(profiles, peak, profiles.time),
        "TLST": lambda: _sample(profiles, last, profiles.time),
        "CLST": lambda: _sample(profiles, last, profiles.value),
        "AUCINT": lambda: _area(profiles, area),
    }


def _first(profiles: Profiles, ordered: np.ndarray) -> np.ndarray:
    """The sample that comes first among those of each profile; -1 where it has none."""
    first = np.full(profiles.count, -1, dtype=np.int64)
    backward = ordered[::-1]  # of several assignments to one place the last one stays
    first[profiles.profile[backward]] = backward
    return first


def _sample(profiles: Profiles, chosen: np.ndarray, values: np.ndarray) -> Found:
    """A value read from the chosen sample of each profile."""
    absent = chosen < 0
    size = len(chosen)
    return Found(
        value=take(numbers(values), chosen).to_numpy(),
        pair=take(numbers(profiles.pair), chosen).fillna(-1).to_numpy(dtype=np.int64),
        reason=texts(np.where(absent, NOTHING_QUANTIFIABLE, "")),
        end=np.full(size, np.nan),
    )


def _area(profiles: Profiles, area: Area) -> Found:
    """Area under each profile; without a sample to end it, missing."""
    end = _ends(profiles, area)
    profile, time, value = _curve(profiles, area.from_)
    height = np.diff(value)
    start, width = time[:-1], np.diff(time)
    within = np.diff(profile) == 0
    stop = np.clip(np.nan_to_num(end[profile[:-1]]), start, time[1:])
    slope = np.divide(height, width, out=np.zeros_like(height), where=within & (width > 0))
    part = (stop - start) * (2 * value[:-1] + slope * (stop - start)) / 2
    total = np.bincount(profile[:-1][within], part[within], minlength=profiles.count)
    absent = np.isnan(end)
    why = f"NO SAMPLE FROM DAY {area.early:g} TO DAY {area.late:g}"
    return Found(
        value=np.where(absent, np.nan, total),
        pair=np.full(profiles.count, -1, dtype=np.int64),
        reason=texts(np.where(absent, why, "")),
        end=np.where(absent, area.to, end),
    )


def _ends(profiles: Profiles, area: Area) -> np.ndarray:
    """Where the area of each profile ends; NaN where no sample lies in the days it may end in."""
    ending = (profiles.time >= area.early) & (profiles.time <= area.late)
    latest = np.full(profiles.count, np.nan)
    latest[profiles.profile[ending]] = profiles.time[ending]  # sorted: the latest one stays
    return np.fmin(latest, np.where(np.isnan(latest), np.nan, area.to))


def _curve(profiles: Profiles, start: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Profile, time and value of the points from ``start`` on, by profile and time.

    At ``start`` stands the value of the last sample up to then, 0 if it is not quantifiable.
    """
    filled = _filled(profiles)
    early = profiles.time <= start
    first = np.zeros(profiles.count)
    first[profiles.profile[early]] = np.nan_to_num(profiles.value[early])
    profile = np.concatenate([np.arange(profiles.count), profiles.profile[~early]])
    time = np.concatenate([np.full(profiles.count, start), profiles.time[~early]])
    value = np.concatenate([first, filled[~early]])
    order = np.lexsort([time, profile])
    return profile[order], time[order], value[order]


def _filled(profiles: Profiles) -> np.ndarray:
    """Values with those below the limit filled in: half the limit between quantifiable ones."""
    known = np.flatnonzero(~np.isnan(profiles.value))
    first, last = _first(profiles, known), _first(profiles, known[::-1])
    place = np.arange(len(profiles.profile))
    between = (first[profiles.profile] < place) & (place < last[profiles.profile])
    below = np.where(between, profiles.limit / 2, 0.0)
    return np.where(np.isnan(profiles.value), below, profiles.value)


def _records(
    value: Looked, profile: np.ndarray, parameters: Sequence[str], found: Sequence[Found]
) -> Made:
    """The parameters of each profile, profiles in the order of their first rows."""
    _, first = np.unique(profile, return_index=True)
    count, each = len(first), len(parameters)
    frame = pd.DataFrame(
        {
            "PPTESTCD": texts(list(parameters) * count),
            "parameter_value": numbers(_woven([one.value for one in found])),
            "reason": texts(_woven([one.reason.to_numpy(dtype=object) for one in found])),
            "area_end": numbers(_woven([one.end for one in found])),
        }
    )
    pair = _woven([one.pair for one in found])
    chosen = np.flatnonzero(pair >= 0)
    whole = np.flatnonzero(pair < 0)
    record, pairs = _samples(whole, whole // each, profile)
    origin = Origin(
        value.dataset,
        np.concatenate([chosen, record]).astype(np.int64),
        value.row[np.concatenate([pair[chosen], pairs]).astype(np.int64)],
    )
    return Made(
        frame=frame,
        parent=np.repeat(value.record[first], each),
        origins=(origin,),
        row=np.repeat(value.row[first], each),
    )


def _woven(columns: Sequence[np.ndarray]) -> np.ndarray:
    """The columns side by side, read row by row."""
    return np.column_stack(columns).reshape(-1)


def _samples(
    records: np.ndarray, of: np.ndarray, profile: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Every sample of the profile of each record, as pairs of record and sample."""
    order = np.argsort(profile, kind="stable")
    count = np.bincount(profile, minlength=int(of.max(initial=-1)) + 1)
    start = np.cumsum(count) - count
    wanted = count[of]
    offset = np.arange(wanted.sum()) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    return np.repeat(records, wanted), order[np.repeat(start[of], wanted) + offset]
