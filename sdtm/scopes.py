"""Operations that see the other records of this dataset: first, last, numbered, last before.

They look at the records of one subject that compete: those of the block, of all blocks or of the
named ones, where ``where:`` holds.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mappings.columns import numbers, texts
from mappings.looked import firsts, group_codes, rank_codes, sorted_positions
from mappings.operations import (
    Column,
    Columns,
    Condition,
    Group,
    Number,
    Order,
    Scoped,
    SortKey,
    Text,
    operation,
)
from mappings.partial_dates import DAY, compare
from mappings.problems import Problems
from sdtm.dates import span_of

TIED = "ties with another record; the row number decides"


def _ordered(
    group: Group, order: Order, by: Sequence[pd.Series] | None, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Groups of all records, and the wanted positions sorted by group, order and row number."""
    groups = group_codes([group.subject, *(by or ())], len(group.subject))
    keys = [*order, SortKey(pd.Series(group.row))]
    positions = sorted_positions([groups], keys, len(groups))
    return groups, positions[wanted[positions]]


def _ties(order: Order, groups: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Mask over sorted positions: whether one shares its group and order with the one before."""
    columns = [groups, *(rank_codes(key.values) for key in order)]
    same = np.ones(max(len(positions) - 1, 0), dtype=bool)
    for codes in columns:
        same &= codes[positions[1:]] == codes[positions[:-1]]
    return np.append(False, same)[: len(positions)]


def _flagged(
    group: Group,
    order: Order,
    by: Sequence[pd.Series] | None,
    yes: str,
    problems: Problems,
    *,
    last: bool,
    wanted: np.ndarray,
) -> pd.Series:
    groups, positions = _ordered(group, order, by, wanted)
    if last:
        positions = positions[::-1]
    chosen = firsts(groups, positions)
    marked = np.zeros(len(groups), dtype=bool)
    marked[chosen] = True
    tied = np.zeros(len(groups), dtype=bool)
    with_next = np.append(_ties(order, groups, positions)[1:], False)[: len(positions)]
    tied[positions] = with_next & marked[positions]
    problems.at(tied, None, "DT517", TIED)
    return texts(np.where(marked, yes, ""))


@operation(method="{yes} on the first record by {order} of each {by}", scope="scope")
def flag_first(
    order: Order, group: Scoped, problems: Problems, by: Columns | None = None, yes: str = "Y"
) -> Text:
    """``yes`` on the first competing record of each subject and ``by``; ties by row, noted."""
    return _flagged(group, order, by, yes, problems, last=False, wanted=group.competing)


@operation(method="{yes} on the last record by {order} of each {by}", scope="scope")
def flag_last(
    order: Order, group: Scoped, problems: Problems, by: Columns | None = None, yes: str = "Y"
) -> Text:
    """``yes`` on the last competing record of each subject and ``by``; ties by row, noted."""
    return _flagged(group, order, by, yes, problems, last=True, wanted=group.competing)


@operation(method="Number by {order} within each {by}", scope="scope")
def number_within(
    order: Order, group: Scoped, problems: Problems, by: Columns | None = None
) -> Number:
    """Number from 1 of each competing record within subject and ``by``; ties by row, noted."""
    groups, positions = _ordered(group, order, by, group.competing)
    ordered = groups[positions]
    starts = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    start = np.maximum.accumulate(np.where(starts, np.arange(len(ordered)), 0))
    made = np.full(len(groups), np.nan)
    made[positions] = np.arange(len(ordered)) - start + 1
    tied = np.zeros(len(groups), dtype=bool)
    tied[positions] = _ties(order, groups, positions)
    problems.at(tied, None, "DT517", TIED)
    return numbers(made)


@operation(method="Y on the last record by {dtc} before {before} of each {by}", scope="scope")
def last_before(
    dtc: Column,
    before: Column,
    by: Columns,
    group: Scoped,
    problems: Problems,
    pre_dose: Condition | None = None,
) -> Text:
    """``Y`` on the last competing record before a date, of each subject and ``by``.

    Dates are compared on the precision they share. One on the same day that lacks a time, here or
    there, counts as before only where ``pre_dose`` holds; a partial one only if the last day it may
    be is before. Of equal dates the last by row number is flagged, noted.
    """
    here, limit = span_of(dtc), span_of(before)
    earlier, _ = compare(here, "<", limit)
    to_day = (here.precision >= DAY) & (limit.precision >= DAY)
    timeless = (here.precision == DAY) | (limit.precision == DAY)
    same_day = to_day & timeless & (here.first // 86400 == limit.first // 86400)
    planned = np.zeros(len(dtc), dtype=bool) if pre_dose is None else np.asarray(pre_dose, bool)
    wanted = group.competing & (earlier | (same_day & planned))
    # A date without a time stands before the timed ones of its day: those are surely later.
    order = [SortKey(pd.Series(here.first)), SortKey(pd.Series(here.precision.astype("float64")))]
    return _flagged(group, order, by, "Y", problems, last=True, wanted=wanted)
