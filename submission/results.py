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
    records = records[_holds(records, item.where)]
    for parameter in item.parameters or ("",):
        of_parameter = records[records[PARAMETER].eq(parameter)] if parameter else records
        usable = _usable(item, of_parameter, problems)
        for population, subgroup, members in _groups(item, frames[SUBJECTS]):
            chosen = usable[usable[SUBJECT].isin(members)]
            for cell in _STATISTICS[item.statistic](item, chosen):
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


def _usable(item: Estimate, records: pd.DataFrame, problems: Problems) -> pd.DataFrame:
    """Records that can be counted: a time where one is needed; a subject twice is a problem."""
    origin = pd.DataFrame({"subject": records[SUBJECT], "source": "", "row": 0})
    here = problems.bound(mark=item.mark, dataset=item.dataset, records=lambda: origin)
    codes = records[PARAMETER] if item.parameters else None
    twice = records.duplicated([SUBJECT, *item.by])
    here.at(twice, codes, "DT516", f"counts a subject more than once in {item.title}")
    if not item.time:
        return records
    untimed = missing(records[item.time])
    here.at(untimed, codes, "DT525", f"has no {item.time} and is left out of {item.title}")
    return records[~untimed]


def _groups(item: Estimate, subjects: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series]]:
    """Population, subgroup and subjects: the whole population first, then each level in order.

    A level goes by its value, with several subgroup variables by ``SEX=F``. A subject without a
    value is in the whole population only.
    """
    for population in item.populations:
        inside = subjects[subjects[population].eq("Y")]
        yield population, WHOLE, inside[SUBJECT]
        for variable in item.subgroups:
            known = inside[~missing(inside[variable])]
            for level, members in known.groupby(variable, sort=True):
                prefix = f"{variable}=" if len(item.subgroups) > 1 else ""
                yield population, prefix + shown(level), members[SUBJECT]


def _rate(item: Estimate, records: pd.DataFrame) -> Iterator[Cell]:
    """Percent with the event at each visit; one cell that says so where there are no records."""
    if records.empty:
        yield Cell("", 0, 0, "percent", Interval(nan, nan, nan), "no records")
        return
    keys = [records[name] for name in item.by] or [pd.Series("", index=records.index)]
    events = _holds(records, item.event)
    counts = events.groupby(keys, sort=True, dropna=False).agg(["sum", "size"])
    visits = counts.index.get_level_values(-1)
    for visit, n, total in zip(visits, counts["sum"], counts["size"], strict=True):
        lower, upper = clopper_pearson(int(n), int(total), item.level)
        interval = Interval(100 * int(n) / int(total), 100 * lower, 100 * upper)
        yield Cell(shown(visit), int(n), int(total), "percent", interval)


def _survival(item: Estimate, records: pd.DataFrame) -> Iterator[Cell]:
    """Events, median in days and in the unit, and survival at each landmark."""
    curve = kaplan_meier(records[item.time], _holds(records, item.event), item.level)
    unit = item.unit or Unit("day", 1.0)
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


def _landmark(curve: KaplanMeier, unit: Unit, landmark: float, none: str) -> Cell:
    days = landmark * unit.days
    interval = curve.at(days)
    note = none or ("beyond the longest observed time" if isnan(interval.value) else "")
    visit = f"{unit.name.capitalize()} {shown(landmark)}"
    return Cell(visit, curve.events_by(days), curve.size, "survival", interval, note)


_STATISTICS: Mapping[str, Callable[[Estimate, pd.DataFrame], Iterator[Cell]]] = {
    "rate": _rate,
    "survival": _survival,
}
