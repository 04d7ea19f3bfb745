"""Best overall response, with or without confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mappings.columns import DATE, missing, texts
from mappings.looked import Looked
from mappings.operations import Base, Records, operation
from mappings.partial_dates import full_date
from mappings.problems import Problems
from sdtm.pair_problems import report

NO_DAY = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Confirm:
    """What confirms a response.

    Each of ``responses`` needs one of them that is at least as good, ``after`` days later or more,
    with nothing in between but these and those of ``may_skip``. Where none is confirmed the result
    is ``fallback`` if the last assessment that is none of ``may_skip`` lies ``fallback_from`` days
    or more after the start, else ``otherwise``.
    """

    responses: list[str]
    after: int
    may_skip: list[str]
    fallback: str
    fallback_from: int
    otherwise: str


@dataclass(frozen=True)
class Stretch:
    """Responses by record and day: positions in ``words``, the best first; days since 1970."""

    record: np.ndarray
    rank: np.ndarray
    day: np.ndarray
    words: Sequence[str]

    def only(self, wanted: np.ndarray) -> "Stretch":
        """The responses of a mask."""
        return Stretch(self.record[wanted], self.rank[wanted], self.day[wanted], self.words)

    def among(self, words: Sequence[str]) -> np.ndarray:
        """Mask of the responses that are one of the words."""
        ranks = [position for position, word in enumerate(self.words) if word in words]
        return np.isin(self.rank, ranks)

    def best(self, size: int, none: str) -> tuple[np.ndarray, np.ndarray]:
        """Best response of each of ``size`` records and its first day; ``none`` without any."""
        order = np.lexsort([self.day, self.rank, self.record])[::-1]
        record = self.record[order]  # of several assignments to one place the last one stays
        value, day = np.full(size, none, dtype=object), np.full(size, NO_DAY)
        value[record] = np.array(self.words, dtype=object)[self.rank[order]]
        day[record] = self.day[order]
        return value, day


@operation(
    method="Best of {response} from {start} on, in the order {order}, the earliest of equals, up to"
    " and including the first of {stop}; {none} where there is no response",
    makes={"AVALC": "text", "ADT": "date"},
)
def best_response(
    start: Base,
    response: Records,
    date: Records,
    order: list[str],
    stop: list[str],
    none: str,
    problems: Problems,
    confirm: Confirm | None = None,
) -> pd.DataFrame:
    """The best response of each base record and the first date on which it was seen.

    ``order`` begins with the best. Words of ``stop`` may stand in it too; those that do not are
    worse than all that do. Assessments count from ``start`` up to the first of ``stop``, itself
    included; of the responses of its day it is the first, of two of them the worse. Without any
    the result is ``none`` and no date. With ``confirm`` a best response that needs confirmation
    gives way to the best confirmed one; the word that stands in for an unconfirmed one has no date.
    A response that is in neither list is a problem.
    """
    begun, size = _days(start), len(start)
    words = [*order, *(word for word in stop if word not in order)]
    seen = _stretch(begun, response, date, words, problems)
    seen = _until_first(seen, seen.among(stop), size)
    value, day = seen.best(size, none)
    if confirm is not None:
        unknown = set(confirm.responses) - set(words)
        if unknown:
            raise ValueError(f"to confirm, but not in the order: {', '.join(sorted(unknown))}")
        unsure = np.isin(value.astype(str), confirm.responses)
        sure, sure_day = seen.only(_confirmed(seen, confirm)).best(size, "")
        sure = np.where(sure == "", _stand_in(seen, confirm, begun), sure)
        value, day = np.where(unsure, sure, value), np.where(unsure, sure_day, day)
    dated = np.where(day == NO_DAY, np.datetime64("NaT", "D"), day.astype("datetime64[D]"))
    return pd.DataFrame({"AVALC": texts(value), "ADT": pd.Series(dated.astype(DATE))})


def _days(dates: pd.Series) -> np.ndarray:
    """Days since 1970; ``NO_DAY`` for what is no full date."""
    return full_date(dates).to_numpy("datetime64[D]").astype(np.int64)


def _stretch(
    begun: np.ndarray, response: Looked, date: Looked, words: Sequence[str], problems: Problems
) -> Stretch:
    """The assessments with a response and a date from the start of their record on."""
    values = response.values
    rank = values.map({word: rank for rank, word in enumerate(words)})
    given = ~missing(values).to_numpy()
    report(problems, given & rank.isna().to_numpy(), response.record, values, "DT514",
           "is no response that can be ordered")  # fmt: skip
    day = _days(date.values)
    report(problems, given & (day == NO_DAY), response.record, values, "DT524",
           "is a response without a date")  # fmt: skip
    start = begun[response.record]
    used = np.flatnonzero(rank.notna() & (start != NO_DAY) & (day >= start))
    used = used[np.lexsort([day[used], response.record[used]])]
    places = rank.to_numpy(dtype="float64", na_value=np.nan)[used].astype(np.int64)
    return Stretch(response.record[used], places, day[used], words)


def _until_first(seen: Stretch, stops: np.ndarray, size: int) -> Stretch:
    """The assessments before the first stop of each record, and that stop.

    What else was seen on its day comes after it: a response would otherwise begin and end at once.
    """
    last = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(last, seen.record[stops], seen.day[stops])
    ending = stops & (seen.day == last[seen.record])
    worst = np.full(size, -1)
    np.maximum.at(worst, seen.record[ending], seen.rank[ending])
    return seen.only((seen.day < last[seen.record]) | (ending & (seen.rank == worst[seen.record])))


def _confirmed(seen: Stretch, confirm: Confirm) -> np.ndarray:
    """Mask of the responses that a later one confirms."""
    counts = seen.among(confirm.responses)
    breaks = ~counts & ~seen.among(confirm.may_skip)
    this, other = _pairs(seen.record)
    day, later = seen.day[this], seen.day[other]
    # An assessment between the two lies after the one and before the other, on neither's day.
    barrier = np.full(len(seen.record), np.iinfo(np.int64).max)
    breaking = breaks[other] & (later > day)
    np.minimum.at(barrier, this[breaking], later[breaking])
    confirms = counts[this] & counts[other] & (seen.rank[other] <= seen.rank[this])
    confirms &= (later >= day + confirm.after) & (later <= barrier[this])
    return np.bincount(this[confirms], minlength=len(seen.record)) > 0


def _pairs(record: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of every two assessments of one record; ``record`` is sorted."""
    count = np.bincount(record)
    start = np.cumsum(count) - count
    each = count[record]
    offset = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    return np.repeat(np.arange(len(record)), each), np.repeat(start[record], each) + offset


def _stand_in(seen: Stretch, confirm: Confirm, begun: np.ndarray) -> np.ndarray:
    """The word for each record none of whose responses is confirmed."""
    evaluable = seen.only(~seen.among(confirm.may_skip))
    last = np.array(begun)
    np.maximum.at(last, evaluable.record, evaluable.day)
    followed = last - begun >= confirm.fallback_from
    return np.where(followed, confirm.fallback, confirm.otherwise).astype(object)
