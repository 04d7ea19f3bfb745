"""The results file: estimates of endpoints from finished datasets, as a tidy table.

``submission.estimates`` reads what a study asks for; one row here is one number with its limits:

    endpoint,parameter,visit,population,subgroup,n,N,statistic,value,lower,upper,note
    E03,ORR,Month 9,FASFL,ALL,2,6,percent,33.333333333333336,4.3271…,77.722…,

``statistic: rate`` gives ``percent``: n subjects with the event of N. ``statistic: survival``
gives ``events``, ``median_days``, the median in the unit of the study (``median_months``) and
``survival`` at each landmark, where n counts the events so far. Nothing is rounded (the dots above
stand for more digits); what is not estimable is missing, and ``note`` says why the value is.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isnan, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from adam.statistics import Interval, KaplanMeier, clopper_pearson, kaplan_meier
from mappings.columns import is_text, missing
from mappings.problems import Problems
from submission.estimates import PARAMETER, SUBJECT, SUBJECTS, Estimate, Unit, Values, shown

WHOLE = "ALL"


class Row(NamedTuple):
    """One number of the results file."""

    endpoint: str
    parameter: str
    visit: str
    population: str
    subgroup: str
    n: int
    N: int
    statistic: str
    value: float
    lower: float
    upper: float
    note: str


class Cell(NamedTuple):
    """What a statistic says of one visit, before it is known for whom."""

    visit: str
    n: int
    total: int
    statistic: str
    interval: Interval
    note: str = ""


def estimate(
    estimates: Sequence[Estimate], frames: Mapping[str, pd.DataFrame], problems: Problems
) -> pd.DataFrame:
    """Results file as a frame, one row for each number, in the order of the estimates.

    ``frames`` are finished datasets, ADSL among them with one record per subject; population flags
    and subgroups are read from it. A visit without records has no row.
    """
    absent = {SUBJECTS, *(item.dataset for item in estimates)} - frames.keys()
    if absent:
        raise ValueError(f"estimates need the datasets {', '.join(sorted(absent))}")
    rows = [row for item in estimates for row in _rows(item, frames, problems)]
    made = pd.DataFrame(rows, columns=list(Row._fields))
    return made.astype({name: "int64" for name in ("n", "N")})


def csv_text(frame: pd.DataFrame) -> str:
    """Results as CSV; a number is the shortest text that reads back the same, NaN is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in _plain(frame):
        writer.writerow(["" if cell is None else cell for cell in row])
    return text.getvalue()


def json_text(frame: pd.DataFrame) -> str:
    """Results as a JSON list, one object to a line; what is not estimable is null."""
    objects = (dict(zip(frame.columns, row, strict=True)) for row in _plain(frame))
    lines = [json.dumps(item, ensure_ascii=False, allow_nan=False) for item in objects]
    return "[\n" + ",\n".join(f"  {line}" for line in lines) + "\n]\n" if lines else "[]\n"


def write_results(frame: pd.DataFrame, folder: Path) -> None:
    """Write ``endpoints.csv`` and ``endpoints.json`` into a folder."""
    (folder / "endpoints.csv").write_bytes(csv_text(frame).encode())
    (folder / "endpoints.json").write_bytes(json_text(frame).encode())


def _plain(frame: pd.DataFrame) -> Iterator[list[Any]]:
    """Rows of Python's own values, NaN as None."""
    for row in zip(*(frame[name].tolist() for name in frame.columns), strict=True):
        yield [None if isinstance(cell, float) and isnan(cell) else cell for cell in row]


def _rows(item: Estimate, frames: Mapping[str, pd.DataFrame], problems: Problems) -> Iterator[Row]:
    records = frames[item.dataset]
    here = problems.bound(mark=item.mark, dataset=item.dataset)
    if not _kinds_agree(item, records, here):
        return
    records = records.loc[_holds(records, item.where), _columns(item)]
    # One mask for each group and one of the parameter: arrays, where a frame of each would be made
    # of all its columns.
    groups = list(_groups(item, frames[SUBJECTS], records[SUBJECT]))
    happened = _holds(records, item.event).to_numpy(dtype=bool)
    for parameter in item.parameters or ("",):
        asked = np.arange(len(records))
        if parameter:
            asked = np.flatnonzero(records[PARAMETER].eq(parameter))
        chosen = asked[_usable(item, records.iloc[asked], problems)]
        cells = _STATISTICS[item.statistic](item, records.iloc[chosen], happened[chosen])
        for population, subgroup, members in groups:
            for cell in cells(members[chosen]):
                yield Row(
                    item.endpoint,
                    parameter,
                    cell.visit,
                    population,
                    subgroup,
                    cell.n,
                    cell.total,
                    cell.statistic,
                    *cell.interval,
                    cell.note,
                )


def _columns(item: Estimate) -> list[str]:
    """The variables an estimate is made from, beside those of its selections."""
    parameter = [PARAMETER] if item.parameters else []
    time = [item.time] if item.time else []
    return list(dict.fromkeys([SUBJECT, *parameter, *item.event, *item.by, *time]))


def _kinds_agree(item: Estimate, records: pd.DataFrame, problems: Problems) -> bool:
    """Whether text is compared with text and numbers with numbers: unlike kinds count nothing."""
    agree = True
    for name, values in (*item.where.items(), *item.event.items()):
        text = is_text(records[name])
        for value in values:
            if text != isinstance(value, str):
                kind = "text" if text else "a number"
                message = f"cannot be compared, the variable is {kind}"
                problems.add("RF205", message, variable=name, value=shown(value))
                agree = False
    return agree


def _holds(records: pd.DataFrame, selection: Mapping[str, Values]) -> "pd.Series[bool]":
    """Mask of the records on which every variable has one of its values."""
    mask = pd.Series(True, index=records.index)
    for name, values in selection.items():
        mask &= records[name].isin(list(values))
    return mask


def _usable(item: Estimate, records: pd.DataFrame, problems: Problems) -> np.ndarray:
    """Mask of records that can be counted: with a time; a subject twice is a problem."""

    def origin() -> pd.DataFrame:
        return pd.DataFrame({"subject": records[SUBJECT], "source": "", "row": 0})

    here = problems.bound(mark=item.mark, dataset=item.dataset, records=origin)
    codes = records[PARAMETER] if item.parameters else None
    twice = records.duplicated([SUBJECT, *item.by])
    here.at(twice, codes, "DT516", f"counts a subject more than once in {item.title}")
    if not item.time:
        return np.ones(len(records), dtype=bool)
    untimed = missing(records[item.time])
    here.at(untimed, codes, "DT525", f"has no {item.time} and is left out of {item.title}")
    return ~untimed.to_numpy(dtype=bool)


def _groups(
    item: Estimate, subjects: pd.DataFrame, counted: pd.Series
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Population, subgroup and mask of the records counted: the whole first, then each level.

    A level goes by its value, with several subgroup variables by ``SEX=F``. A subject without a
    value is in the whole population only.
    """
    needed = subjects[list(dict.fromkeys([SUBJECT, *item.populations, *item.subgroups]))]
    for population in item.populations:
        inside = needed[needed[population].eq("Y")]
        yield population, WHOLE, counted.isin(inside[SUBJECT]).to_numpy(dtype=bool)
        for variable in item.subgroups:
            known = inside[~missing(inside[variable])]
            for level, members in known[SUBJECT].groupby(known[variable], sort=True):
                prefix = f"{variable}=" if len(item.subgroups) > 1 else ""
                mask = counted.isin(members).to_numpy(dtype=bool)
                yield population, prefix + shown(level), mask


Cells = Callable[[np.ndarray], Iterator[Cell]]


def _rate(item: Estimate, records: pd.DataFrame, happened: np.ndarray) -> Cells:
    """Percent with the event at each visit; one cell that says so where there are no records."""
    keys = [records[name] for name in item.by] or [pd.Series("", index=records.index)]
    grouped = records.groupby(keys, sort=True, dropna=False)
    visits = grouped.size().index.get_level_values(-1)
    visit = grouped.ngroup().to_numpy()

    def cells(members: np.ndarray) -> Iterator[Cell]:
        if not members.any():
            yield Cell("", 0, 0, "percent", Interval(nan, nan, nan), "no records")
            return
        totals = np.bincount(visit[members], minlength=len(visits))
        events = np.bincount(visit[members & happened], minlength=len(visits))
        for name, n, total in zip(visits, events.tolist(), totals.tolist(), strict=True):
            if total:
                lower, upper = clopper_pearson(n, total, item.level)
                interval = Interval(100 * n / total, 100 * lower, 100 * upper)
                yield Cell(shown(name), n, total, "percent", interval)

    return cells


def _survival(item: Estimate, records: pd.DataFrame, happened: np.ndarray) -> Cells:
    """Events, median in days and in the unit, and survival at each landmark."""
    times = records[item.time].to_numpy(dtype="float64")
    unit = item.unit or Unit("day", 1.0)

    def cells(members: np.ndarray) -> Iterator[Cell]:
        curve = kaplan_meier(times[members], happened[members], item.level)
        events = sum(curve.events)
        none = "" if curve.size else "no records"
        yield Cell("", events, curve.size, "events", Interval(float(events), nan, nan), none)
        median = curve.median()
        longer = Interval(*(days / unit.days for days in median))
        note = none or ("not reached" if isnan(median.value) else "")
        yield Cell("", events, curve.size, "median_days", median, note)
        yield Cell("", events, curve.size, f"median_{unit.name}s", longer, note)
        for landmark in item.landmarks:
            yield _landmark(curve, unit, landmark, none)

    return cells


def _landmark(curve: KaplanMeier, unit: Unit, landmark: float, none: str) -> Cell:
    days = landmark * unit.days
    interval = curve.at(days)
    note = none or ("beyond the longest observed time" if isnan(interval.value) else "")
    visit = f"{unit.name.capitalize()} {shown(landmark)}"
    return Cell(visit, curve.events_by(days), curve.size, "survival", interval, note)


# What a statistic says of the records of one parameter that a mask chooses.
_STATISTICS: Mapping[str, Callable[[Estimate, pd.DataFrame, np.ndarray], Cells]] = {
    "rate": _rate,
    "survival": _survival,
}
