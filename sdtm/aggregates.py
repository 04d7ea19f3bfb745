"""Operations that look through other records of the subject: one value, an extreme, a sum, a list.

Missing values are left out; no record gives missing, or 0 for a count.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from mappings.columns import DATE, is_text, missing, numbers, texts
from mappings.expression_values import half_up
from mappings.looked import Looked, firsts, group_codes, sorted_positions, take, tied
from mappings.operations import (
    Column,
    Date,
    Either,
    Number,
    Order,
    Records,
    Same,
    SortKey,
    Text,
    operation,
)
from mappings.partial_dates import compare, completions, full_date
from mappings.problems import Problems
from sdtm.dates import Impute, span_of
from sdtm.plain_text import printed
from sdtm.values import alike

NO_DAY = np.iinfo(np.int64)
TIED = "is one of several records that tie; the row number decides"


@operation(method="The one value of {values}")
def only(values: Records, problems: Problems) -> Same:
    """The one distinct value; two are an error and missing."""
    filled = values.filled()
    first = _chosen(filled, np.arange(len(filled.record)))
    made = filled.take(first)
    if not (filled.record[1:] == filled.record[:-1]).any():
        return made
    codes, _ = pd.factorize(filled.values)
    differs = codes != codes[first[filled.record]]
    if not differs.any():
        return made
    differing = filled.only(differs)
    second = differing.take(_chosen(differing, np.arange(len(differing.record))))
    several = differing.counts() > 0
    both = printed(made) + ", " + printed(second)
    problems.at(several, both, "DT516", f"are several values{_of(values)}, one is expected")
    return filled.take(np.where(several, -1, first))


def _of(looked: Looked) -> str:
    return f" of {looked.dataset}.{looked.variable}" if looked.variable else ""


def _chosen(looked: Looked, positions: np.ndarray) -> np.ndarray:
    """For each record here the first of its pairs among sorted positions; -1 where it has none."""
    chosen = np.full(looked.size, -1, dtype=np.int64)
    found = firsts(looked.record, positions)
    chosen[looked.record[found]] = found
    return chosen


def _filled(values: Looked, order: Order) -> tuple[Looked, list[SortKey]]:
    """Pairs with a value, and the columns of the order for these pairs."""
    keep = ~missing(values.values).to_numpy()
    keys = [SortKey(key.values[keep].reset_index(drop=True), key.descending) for key in order]
    return values.only(keep), keys


def _picked(values: Looked, order: Order, problems: Problems, *, last: bool) -> pd.Series:
    """Value of the first or last pair by the order; ties are noted."""
    filled, keys = _filled(values, order)
    positions = sorted_positions([filled.record], keys, len(filled.record))
    chosen = _chosen(filled, positions[::-1] if last else positions)
    made = filled.take(chosen)
    problems.at(tied(filled, keys, chosen), printed(made), "DT517", TIED)
    return made


@operation(method="{values} of the first record by {order}")
def first(values: Records, order: Order, problems: Problems) -> Same:
    """The value of the first record that has one; of full ties the lowest row number, noted."""
    return _picked(values, order, problems, last=False)


@operation(method="{values} of the last record by {order}")
def last(values: Records, order: Order, problems: Problems) -> Same:
    """The value of the last record that has one; of full ties the highest row number, noted."""
    return _picked(values, order, problems, last=True)


def _together(dates: Sequence[Looked]) -> Looked:
    """Pairs of all sources as one, in the order of the records here and then of the sources."""
    size = _size(dates)
    record = np.concatenate([one.record for one in dates])
    row = np.concatenate([one.row for one in dates])
    values = pd.concat(alike([one.values for one in dates]), ignore_index=True)
    order = np.argsort(record, kind="stable")
    return Looked(record[order], row[order], take(values, order), size)


def _size(dates: Sequence[Looked]) -> int:
    """The number of records that look; ValueError where the sources are of different ones."""
    sizes = {one.size for one in dates}
    if len(sizes) != 1:
        raise ValueError("dates of different records")
    return sizes.pop()


def _until(looked: Looked, until: pd.Series | None) -> Looked:
    """Pairs that are not later than the limit of their record; without a limit all of them."""
    if until is None or not len(looked.record):
        return looked
    limit = until.iloc[looked.record].reset_index(drop=True)
    later, _ = compare(span_of(looked.values), ">", span_of(limit))
    return looked.only(~later)


def _extreme(
    dates: Sequence[Looked], compared: str, until: pd.Series | None, *, latest: bool
) -> pd.Series:
    looked = _until(_together(dates), until)
    read = span_of(looked.values)
    looked = looked.only(read.known)
    seconds = (read.first if compared == "first" else read.last)[read.known]
    # Of dates that compare equal the one known best is taken, then that of the earlier source.
    known = -read.precision[read.known].astype(np.int64)
    order = np.lexsort((known, -seconds if latest else seconds, looked.record))
    return looked.take(_chosen(looked, order))


@operation(method="Earliest of {dates}")
def earliest(
    dates: list[Either],
    compare: Literal["first", "last"] = "first",
    until: Column | None = None,
) -> Same:
    """The earliest date as collected, a partial one compared by one of its completions.

    Dates that are later than ``until`` whatever they stand for are left out.
    """
    return _extreme(dates, compare, until, latest=False)


@operation(method="Latest of {dates}")
def latest(
    dates: list[Either],
    compare: Literal["first", "last"] = "last",
    until: Column | None = None,
) -> Same:
    """The latest date as collected, a partial one compared by one of its completions.

    Dates that are later than ``until`` whatever they stand for are left out.
    """
    return _extreme(dates, compare, until, latest=True)


def _extreme_day(
    dates: Sequence[Looked], impute: Impute, until: pd.Series | None, *, latest: bool
) -> pd.Series:
    choose, least = (np.maximum, NO_DAY.min) if latest else (np.minimum, NO_DAY.max)
    best = np.full(_size(dates), least)
    limit = None if until is None else full_date(until).to_numpy(DATE)
    for looked in dates:
        days = _days(looked, impute).to_numpy(DATE)
        there = ~np.isnat(days)
        if limit is not None:
            there &= ~(days > limit[looked.record])
        choose.at(best, looked.record[there], days[there].astype(np.int64))
    return pd.Series(np.where(best == least, np.datetime64("NaT", "s"), best.astype(DATE)))


def _days(looked: Looked, impute: Impute) -> pd.Series:
    days = full_date(looked.values)
    if impute != "none" and is_text(looked.values):
        days = days.where(days.notna(), full_date(completions(looked.values)[impute]))
    return days


@operation(method="First day of {dates}")
def first_date(dates: list[Either], impute: Impute = "none", until: Column | None = None) -> Date:
    """The first day; dates not known to the day are left out unless they are imputed."""
    return _extreme_day(dates, impute, until, latest=False)


@operation(method="Last day of {dates}")
def last_date(dates: list[Either], impute: Impute = "none", until: Column | None = None) -> Date:
    """The last day; dates not known to the day are left out unless they are imputed."""
    return _extreme_day(dates, impute, until, latest=True)


@operation(method="Smallest {values}")
def smallest(values: Records) -> Number:
    """The smallest number."""
    return _extreme_number(values, descending=False)


@operation(method="Largest {values}")
def largest(values: Records) -> Number:
    """The largest number."""
    return _extreme_number(values, descending=True)


def _extreme_number(values: Looked, *, descending: bool) -> pd.Series:
    filled = values.filled()
    key = SortKey(filled.values, descending)
    positions = sorted_positions([filled.record], [key], len(filled.record))
    return numbers(filled.take(_chosen(filled, positions)))


@operation(method="Sum of {values}")
def total(values: Records, problems: Problems, decimals: int | None = None) -> Number:
    """The sum, rounded half up to ``decimals``; missing, with a warning, if one value is missing.

    Sums are those of the digits as printed: 0.1 and 0.2 make 0.3.
    """
    given = values.values.to_numpy(dtype="float64")
    sums = np.bincount(values.record, weights=given, minlength=values.size).astype("float64")
    sums[values.counts() == 0] = np.nan
    incomplete = np.isnan(sums) & (values.counts() > 0)
    problems.at(incomplete, None, "DT524", f"a value is missing among those{_of(values)}")
    codes, distinct = pd.factorize(sums)
    exact = np.array([*(float(f"{one:.15g}") for one in distinct), np.nan])[codes]
    return numbers(exact if decimals is None else half_up(exact, decimals))


@operation(method="Number of {values}")
def count(values: Records) -> Number:
    """Number of records with a value."""
    return numbers(values.filled().counts())


@operation(method="Number of different {values}")
def count_distinct(values: Records) -> Number:
    """Number of different values."""
    filled = values.filled()
    return numbers(filled.only(_new(filled)).counts())


def _new(looked: Looked) -> np.ndarray:
    """Mask of the pairs whose value no earlier pair of their record has."""
    codes = group_codes([looked.record, looked.values], len(looked.record))
    return ~pd.Series(codes).duplicated().to_numpy()


@operation(method="{yes} where there is {values}")
def exists(values: Records, yes: str = "Y", no: str | None = None) -> Text:
    """``yes`` where a record has a value, else ``no``, else missing."""
    return texts(np.where(values.filled().counts() > 0, yes, no or ""))


@operation(method="{values} by {order}, separated by {sep}")
def list_(values: Records, sep: str, order: Order, distinct: bool = True) -> Text:
    """The values in order, joined; with ``distinct`` each once, where it stands first."""
    filled, keys = _filled(values, order)
    positions = sorted_positions([filled.record], keys, len(filled.record))
    ordered = Looked(
        filled.record[positions], filled.row[positions], take(filled.values, positions), values.size
    )
    if distinct:
        ordered = ordered.only(_new(ordered))
    joined = printed(ordered.values).groupby(ordered.record).agg(sep.join)
    return texts(joined.reindex(np.arange(values.size)))
