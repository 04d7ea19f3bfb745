"""Operations that place a record in the trial: its epoch and its visit.

Source: SDTMIG 3.4, sections 4.4.5 (clinical encounters and visits) and 5.3 (subject elements).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mappings.columns import missing, numbers, texts
from mappings.looked import group_codes, take
from mappings.operations import AllRows, Column, Number, StudyTable, Table, Text, operation
from mappings.partial_dates import full_date, is_partial
from mappings.problems import Problems
from sdtm.codes import table_column
from sdtm.dates import span_of
from sdtm.plain_text import comparable, printed

# The seconds of all four-digit years fit in 40 bits, which leaves the rest of an integer for whose
# they are, so that subject and time sort as one number.
TIME_BITS = 40
DAY_SECONDS = 86400
UNSCHEDULED = "UNSCHEDULED"


def _place(subject: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Numbers that sort by subject and then by time."""
    return (subject.astype(np.int64) << TIME_BITS) + seconds


@dataclass(frozen=True)
class _Elements:
    """Elements of all subjects, each subject's in the order of their starts.

    ``before`` is the second before which a date must end, ``through`` the second by which a date
    must begin: the latter only for the last element of a subject, whose end belongs to it.
    ``stretch`` numbers runs of elements of one epoch without a gap.
    """

    subject: np.ndarray
    place: np.ndarray
    before: np.ndarray
    through: np.ndarray
    stretch: np.ndarray
    epoch: pd.Series

    def at(self, subject: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Position of the element that each time from ``first`` to ``last`` falls in, else -1."""
        found = np.searchsorted(self.place, _place(subject, last), side="right") - 1
        inside = found >= 0
        within = found[inside]
        inside[inside] = (self.subject[within] == subject[inside]) & (
            (last[inside] < self.before[within]) | (first[inside] <= self.through[within])
        )
        return np.where(inside, found, -1)


def _elements(starts: AllRows, ends: AllRows, epochs: AllRows) -> _Elements:
    start, end = span_of(starts.values), span_of(ends.values)
    order = np.lexsort((start.first, starts.subject))
    order = order[start.known[order]]
    subject, begin = starts.subject[order], start.first[order]
    end_first, end_last, ends_known = end.first[order], end.last[order], end.known[order]
    final = np.append(subject[1:] != subject[:-1], True)[: len(order)]
    endless = np.int64(1) << TIME_BITS
    epoch = epochs.values.iloc[order].reset_index(drop=True)
    codes = group_codes([epoch], len(epoch))
    follows = ~final[:-1] & (codes[1:] == codes[:-1])
    follows &= ~ends_known[:-1] | (end_first[:-1] >= begin[1:])
    return _Elements(
        subject=subject,
        place=_place(subject, begin),
        before=np.where(ends_known, end_first, endless),
        through=np.where(final & ends_known, end_last, -endless),
        stretch=np.cumsum(np.append(True, ~follows)[: len(order)]),
        epoch=epoch,
    )


@operation(
    method="Epoch of the element in SE that {date} falls in",
    defaults={"starts": "SE.SESTDTC", "ends": "SE.SEENDTC", "epochs": "SE.EPOCH"},
)
def epoch(date: Column, starts: AllRows, ends: AllRows, epochs: AllRows) -> Text:
    """Epoch of the subject's element that contains the date; missing outside of all elements.

    An element ends where the next begins; the end of the last one belongs to it. Dates are compared
    on the precision they share. A date not known to the day has an epoch only if every day that it
    may be lies in one.
    """
    elements = _elements(starts, ends, epochs)
    asked, partial = span_of(date), is_partial(date).to_numpy()
    # What is known to the day is one point in time; of a partial date both outer days are asked.
    first_to = np.where(
        partial, asked.first // DAY_SECONDS * DAY_SECONDS + DAY_SECONDS - 1, asked.last
    )
    last_from = np.where(partial, asked.last // DAY_SECONDS * DAY_SECONDS, asked.first)
    there = elements.at(starts.here, asked.first, first_to)
    also = elements.at(starts.here, last_from, asked.last)
    inside = asked.known & (there >= 0) & (also >= 0)
    inside[inside] = elements.stretch[there[inside]] == elements.stretch[also[inside]]
    return texts(take(elements.epoch, np.where(inside, there, -1)))


@operation(
    method="Number of the planned visit that {label} names, else of the unscheduled visit in SV",
    defaults={"planned": "visits", "numbers": "SV.VISITNUM", "days": "SV.SVSTDTC"},
)
def visit_number(
    label: Column,
    date: Column,
    planned: Table,
    problems: Problems,
    numbers: AllRows | None = None,
    days: AllRows | None = None,
    unscheduled: tuple[str, ...] = ("UNS", UNSCHEDULED),
) -> Number:
    """Number of the visit that a label means.

    A label is looked for, cleaned and in any case, among VISIT and ``labels`` of the planned
    visits; one that is not there is an error. A blank label or one of ``unscheduled`` takes the
    number that SV gave to the unscheduled visit of that day; without one it is missing, with a
    warning.
    """
    keys = comparable(label)
    made = keys.map(_numbers_by_label(planned)).astype("float64")
    without_plan = keys.isin(["", *comparable(texts(list(unscheduled)))]) & made.isna()
    problems.at(
        made.isna() & ~without_plan, label, "DT514", f"is no visit of table {planned.name}",
        "add it to the labels of its visit there, or to unscheduled:",
    )  # fmt: skip
    if numbers is not None and days is not None:
        own = _unplanned(date, planned, numbers, days)
        made = made.where(~without_plan, own)
    unknown = without_plan & made.isna() & (keys.ne("") | ~missing(date))
    problems.at(unknown, printed(date), "DT524", "has no unscheduled visit in SV")
    return made


def _numbers_by_label(planned: StudyTable) -> Mapping[str, float]:
    """Numbers of planned visits by every text that may name them."""
    visit, number = (table_column(planned, name) for name in ("VISIT", "VISITNUM"))
    more = planned.frame["labels"] if "labels" in planned.frame.columns else [()] * len(visit)
    named = [
        (text, one)
        for one, name, others in zip(number, visit, more, strict=True)
        for text in (name, *((others,) if isinstance(others, str) else others or ()))
    ]
    keys = comparable(texts([str(text) for text, _ in named]))
    found: dict[str, float] = {}
    for key, (_, one) in zip(keys, named, strict=True):
        if key and found.setdefault(key, one) != one:
            raise ValueError(f"two visits of table {planned.name} have the label {key}")
    found.pop("", None)
    return found


def _unplanned(date: pd.Series, planned: StudyTable, numbers: AllRows, days: AllRows) -> pd.Series:
    """Numbers of the unscheduled visits that SV has for the days of these records."""
    plan = _number_keys(table_column(planned, "VISITNUM"))
    there = full_date(days.values)
    wanted = there.notna() & numbers.values.notna()
    rows = np.flatnonzero(wanted & ~np.isin(_number_keys(numbers.values), plan))
    places = _place(days.subject[rows], _day_numbers(there.iloc[rows]))
    order = np.argsort(places, kind="stable")
    here = full_date(date)
    asked = _place(days.here, _day_numbers(here))
    found = np.searchsorted(places[order], asked)
    inside = (found < len(rows)) & here.notna().to_numpy()
    inside[inside] = places[order][found[inside]] == asked[inside]
    return take(numbers.values, np.where(inside, _at(rows[order], found), -1))


def _at(rows: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Rows at the positions, the last of them for positions beyond."""
    return rows[np.minimum(positions, len(rows) - 1)] if len(rows) else np.full(len(positions), -1)


def _day_numbers(dates: pd.Series) -> np.ndarray:
    """Days since 1970; 0 for a missing date."""
    return dates.fillna(pd.Timestamp(0)).to_numpy("datetime64[D]").astype(np.int64)


def _number_keys(column: pd.Series) -> np.ndarray:
    """Visit numbers as integers that are equal for equal numbers."""
    return np.round(column.fillna(-1).to_numpy(dtype="float64") * 10000).astype(np.int64)


@operation(method="Name of visit {number}", defaults={"planned": "visits"})
def visit_name(number: Column, planned: Table) -> Text:
    """Name of a planned visit; ``UNSCHEDULED 7.01`` for any other number."""
    rows = _planned_rows(number, planned)
    names = texts(take(table_column(planned, "VISIT"), rows))
    codes, distinct = pd.factorize(number, use_na_sentinel=False)
    other = [f"{UNSCHEDULED} {one:.2f}" if one == one else "" for one in distinct]
    return names.where(rows >= 0, texts(np.array(other, dtype=object)[codes]))


@operation(method="Planned study day of visit {number}", defaults={"planned": "visits"})
def visit_day(number: Column, planned: Table) -> Number:
    """Planned study day of a planned visit; missing for any other number."""
    return numbers(take(table_column(planned, "VISITDY"), _planned_rows(number, planned)))


def _planned_rows(number: pd.Series, planned: StudyTable) -> np.ndarray:
    """Row of each number among the planned visits, -1 where it is not there."""
    plan = _number_keys(table_column(planned, "VISITNUM"))
    if len(set(plan)) < len(plan):
        raise ValueError(f"a visit number stands twice in table {planned.name}")
    rows = pd.Index(plan).get_indexer(_number_keys(number))
    return np.where(number.isna(), -1, rows)
