"""Time to an event: which event ends it, or why and when it is censored.

Source: The ADaM Basic Data Structure for Time-to-Event Analyses 1.0.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mappings.columns import Kind, nothing, numbers, texts
from mappings.looked import Looked, pick_first, take
from mappings.operations import Base, Column, Condition, Either, Records, SortKey, operation
from mappings.partial_dates import full_date
from mappings.problems import Problems
from sdtm.pair_problems import report

EVENT, LAST_FOLLOW_UP, NO_FOLLOW_UP, CUT_OFF = 0, 1, 4, 8
# What decides a record: a missing ADT decides nothing.
DECIDED = ("ADT", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")


@dataclass(frozen=True)
class Event:
    """One kind of event, on the base records of ``where``."""

    date: Records
    description: str
    where: Condition | None = None


@dataclass(frozen=True)
class Intervention:
    """What ends the observation before an event; ``description`` says what its date is."""

    date: Records
    code: int
    description: str
    where: Condition | None = None


@dataclass(frozen=True)
class End:
    """The end of follow-up: how the subject then was, and what its date is."""

    date: Either
    description: str
    date_description: str


@dataclass(frozen=True)
class Reason:
    """Why follow-up ended: its code, and its date if that is not the end of follow-up."""

    code: int
    when: Condition
    at: Column | None = None
    date_description: str = ""


@operation(
    method="From {start} to the event, the earliest up to {cutoff} of {events}, of one day the one"
    " listed first; censored at the earliest before the event of {interventions}; without either"
    " censored at {end}, with the first that holds of {reasons}",
    makes={
        "STARTDT": "date",
        "ADT": "date",
        "CNSR": "number",
        "EVNTDESC": "text",
        "CNSDTDSC": "text",
        "SRCDOM": "text",
        "SRCVAR": "text",
        "SRCSEQ": "number",
    },
    base_name="STARTDT",
)
def time_to_event(
    start: Base,
    cutoff: Column,
    events: list[Event],
    end: End,
    problems: Problems,
    interventions: list[Intervention] | None = None,
    reasons: list[Reason] | None = None,
) -> pd.DataFrame:
    """What ends the time of each base record, and its source.

    The first of these that there is: (1) the earliest intervention from the start on, before the
    event and not after the end of follow-up, with its code; (2) the earliest event from the start
    to the cut-off, CNSR 0; (3) the end of follow-up. On one day the item listed first wins, in one
    item the lowest row. The end of follow-up is (a) that of the first reason that holds, (b) the
    cut-off, CNSR 8, if an event comes after it, (c) the end date, CNSR 1; but the start, CNSR 4, if
    that is missing or not after the start. A missing start and a date after the cut-off are errors.
    """
    begun, cut = full_date(start), full_date(cutoff)
    problems.at(begun.isna(), None, "DT514", "has no start of its time to event")
    for item in events:
        _report_early(begun, item, problems)
    seen = [_since(begun, item.date, item.where) for item in events]
    late = [looked.values > take(cut, looked.record) for looked in seen]
    event = _earliest(
        [
            _decision(looked.only(~after), EVENT, item.description, "")
            for looked, after, item in zip(seen, late, events, strict=True)
        ],
        len(begun),
    )
    beyond = [looked.only(after).counts() > 0 for looked, after in zip(seen, late, strict=True)]
    cut_off = np.logical_or.reduce(beyond, initial=False) & np.ones(len(begun), dtype=bool)
    follow_up = _follow_up(begun, cut, end, reasons or [], cut_off, problems)
    censored = _earliest(
        [
            _intervened(item, begun, event["ADT"], follow_up["ADT"], end.description)
            for item in interventions or []
        ],
        len(begun),
    )
    decided = _first_of([censored, event, follow_up])
    decided = _where(begun.notna(), decided, _undecided(len(begun)))
    problems.at(decided["ADT"] > cut, decided["ADT"], "DT514", "is after the cut-off")
    return pd.concat([begun.rename("STARTDT"), decided], axis=1)


def _on(date: Looked, where: pd.Series | None) -> Looked:
    """The days that the records of a mask see."""
    dated = replace(date, values=full_date(date.values))
    return dated if where is None else dated.only(where.to_numpy(dtype=bool)[dated.record])


def _since(begun: pd.Series, date: Looked, where: pd.Series | None) -> Looked:
    """The days from the start of their record on that the records of a mask see."""
    dated = _on(date, where)
    return dated.only(dated.values >= take(begun, dated.record))


def _report_early(begun: pd.Series, event: Event, problems: Problems) -> None:
    dated = _on(event.date, event.where)
    early = dated.values < take(begun, dated.record)
    report(problems, early, dated.record, dated.values, "DT523",
           f"is before the start and not counted as {event.description}")  # fmt: skip


def _intervened(
    item: Intervention,
    begun: pd.Series,
    event: pd.Series,
    last: pd.Series,
    description: str,
) -> pd.DataFrame:
    """The first intervention before the event and not after the end of follow-up."""
    looked = _since(begun, item.date, item.where)
    in_time = looked.values <= take(last, looked.record)
    in_time &= ~(looked.values >= take(event, looked.record))
    return _decision(looked.only(in_time), item.code, description, item.description)


def _follow_up(
    begun: pd.Series,
    cut: pd.Series,
    end: End,
    reasons: Sequence[Reason],
    cut_off: np.ndarray,
    problems: Problems,
) -> pd.DataFrame:
    """The end of follow-up of each record, if nothing ends its time before."""
    known = replace(end.date, values=full_date(end.date.values)).filled()
    first = known.take(pick_first(known, [])).iloc[known.record].reset_index(drop=True)
    twice = known.values.ne(first)
    report(problems, twice, known.record, known.values, "DT516", "is a second end of follow-up")
    at_end = _decision(known, LAST_FOLLOW_UP, end.description, end.date_description)
    decided = _where(~cut_off, at_end, _dated(cut, CUT_OFF, end.description, "DATA CUT-OFF"))
    for reason in reversed(reasons):
        told = at_end.assign(CNSR=numbers(reason.code, len(begun)))
        if reason.at is not None:
            words = reason.date_description or end.date_description
            own = _dated(full_date(reason.at), reason.code, end.description, words)
            told = _first_of([own, told])
        elif reason.date_description:
            told = told.assign(CNSDTDSC=texts(reason.date_description, len(begun)))
        decided = _where(reason.when.to_numpy(dtype=bool), told, decided)
    none = _dated(begun, NO_FOLLOW_UP, end.description, "START DATE")
    return _where(decided["ADT"] > begun, decided, none)


def _decision(looked: Looked, code: int, description: str, date_description: str) -> pd.DataFrame:
    """The earliest date of each record with its source; of one day the lowest row."""
    chosen = pick_first(looked, [SortKey(looked.values)])
    found = chosen >= 0
    sequence = numbers(np.nan, looked.size)
    if looked.sequence is not None:
        sequence = take(numbers(looked.sequence), chosen)
    made = _dated(take(looked.values, chosen), code, description, date_description)
    return made.assign(
        SRCDOM=texts(np.where(found, looked.dataset, "")),
        SRCVAR=texts(np.where(found, looked.variable, "")),
        SRCSEQ=sequence,
    )


def _dated(date: pd.Series, code: int, description: str, date_description: str) -> pd.DataFrame:
    """A decision at a date that is of no record of its own."""
    size = len(date)
    made = _undecided(size).assign(
        ADT=date.reset_index(drop=True),
        CNSR=numbers(code, size),
        EVNTDESC=texts(description, size),
        CNSDTDSC=texts(date_description, size),
    )
    return _where(made["ADT"].notna(), made, _undecided(size))


def _undecided(size: int) -> pd.DataFrame:
    kinds: dict[str, Kind] = {"ADT": "date", "CNSR": "number", "SRCSEQ": "number"}
    return pd.DataFrame({name: nothing(kinds.get(name, "text"), size) for name in DECIDED})


def _where(
    mask: "pd.Series | np.ndarray", these: pd.DataFrame, others: pd.DataFrame
) -> pd.DataFrame:
    """Rows of one frame where the mask holds, of the other elsewhere."""
    if mask.all():
        return these
    if not mask.any():
        return others
    return pd.DataFrame({name: these[name].where(mask, others[name]) for name in DECIDED})


def _first_of(decisions: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """For each record the first decision that there is."""
    decided = decisions[-1]
    for decision in reversed(decisions[:-1]):
        decided = _where(decision["ADT"].notna(), decision, decided)
    return decided


def _earliest(decisions: Iterable[pd.DataFrame], size: int) -> pd.DataFrame:
    """For each record the decision of the earliest date; of one date the one listed first."""
    decided = _undecided(size)
    for decision in decisions:
        sooner = decision["ADT"] < decided["ADT"]
        sooner |= decided["ADT"].isna() & decision["ADT"].notna()
        decided = _where(sooner, decision, decided)
    return decided
