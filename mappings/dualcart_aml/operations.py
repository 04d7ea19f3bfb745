"""The operation of this study alone: response by the ELN 2022 algorithm from what was measured."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mappings.columns import DATE, missing, texts
from mappings.looked import Looked
from mappings.operations import Base, Column, Records, operation
from mappings.partial_dates import full_date

NO_DAY = np.iinfo(np.int64).min

# Blasts in percent, counts in 10^9/L.
REMISSION_BLASTS = 5.0
PARTIAL_BLASTS = 25.0
SAME_WEEK = 7
MLFS_CELLS, MLFS_CELLULARITY = 200.0, 10.0
FULL_RECOVERY = {"NEUT": 1.0, "PLAT": 100.0}
PARTIAL_RECOVERY = {"NEUT": 0.5, "PLAT": 50.0}
PROGRESSION_FACTOR, PROGRESSION_POINTS, POINTS_BELOW = 1.5, 15.0, 30.0
CIRCULATING_BLASTS = 25.0
REMISSIONS = ("CR", "CRh", "CRi")


@dataclass(frozen=True)
class Counts:
    """Blood counts that each marrow sees: values, codes, days since 1970, by pair."""

    record: np.ndarray
    value: np.ndarray
    code: np.ndarray
    day: np.ndarray
    size: int

    def only(self, wanted: np.ndarray) -> "Counts":
        """The pairs of a mask."""
        return Counts(
            self.record[wanted], self.value[wanted], self.code[wanted], self.day[wanted], self.size
        )

    def nearest(self, code: str, marrow: np.ndarray, window: int) -> np.ndarray:
        """The count nearest to each marrow within ``window`` days, of two as near the later."""
        apart = np.abs(self.day - marrow[self.record])
        near = np.flatnonzero((self.code == code) & (apart <= window))
        order = near[np.lexsort([-near, -self.day[near], apart[near], self.record[near]])][::-1]
        found = np.full(self.size, np.nan)
        found[self.record[order]] = self.value[order]  # of several the last, the nearest, stays
        return found


@operation(
    method="Response of {subject} at {date} by the ELN 2022 criteria, the first that holds of:"
    " RELAPSE after a CR, CRh or CRi where marrow blasts are 5 % or more, extramedullary"
    " disease is new, or blood has blasts in two samples a week or more apart (then dated by"
    " the first of them); NE without marrow blasts or with the quality DRY TAP or"
    " HEMODILUTE, but PD where blood or extramedullary disease shows it; below 5 % blasts,"
    " without Auer rods, blasts in blood and extramedullary disease: CR with NEUT 1.0 and"
    " PLAT 100 or more, CRh with 0.5 and 50 or more, CRi with one of the counts of CR, MLFS"
    " with 200 cells or a cellularity of 10 % or more, else NE, and NE where a count is"
    " missing; PR with the counts of CR, 5 to 25 % blasts and half of the baseline or less;"
    " PD with more than 1.5 times the baseline (of one below 30 % also 15 points more),"
    " blood blasts above 25 10^9/L and above 1.5 times the baseline, or new extramedullary"
    " disease; else NR. Marrow blasts: {blasts}, baseline {blasts_base}. Quality: {quality}."
    " Auer rods: {auer}. Cells counted: {cells}. Cellularity: {cellularity}. Extramedullary"
    " disease: {outside}. Baseline of the blasts in blood: {circulating_base}. Counts, the"
    " nearest within {window} days: {counts} of the code {counts_code} on {counts_date},"
    " without platelets up to 7 days after {transfusions}",
    makes={"AVALC": "text", "ADT": "date"},
)
def eln_response(
    date: Base,
    subject: Column,
    blasts: Column,
    blasts_base: Column,
    quality: Column,
    auer: Column,
    cells: Column,
    cellularity: Column,
    outside: Column,
    circulating_base: Column,
    counts: Records,
    counts_code: Records,
    counts_date: Records,
    transfusions: Records,
    window: int = 7,
) -> pd.DataFrame:
    """The response at each marrow of a subject, and its date.

    ``outside`` is the extramedullary response (``PD``: new, ``SD``: persistent),
    ``circulating_base`` the blasts in blood at baseline in 10^9/L. Counts have the codes NEUT,
    PLAT, WBC and PBBLAST (in percent). A relapse seen in blood has the date of the first of its
    samples. Without a date there is no response.

    Source: ELN 2022 recommendations on AML in adults, response criteria (Blood 2022; 140: 1345).
    """
    marrow = _days(date)
    seen = Counts(
        counts.record, counts.values.to_numpy("float64"),
        counts_code.values.to_numpy(dtype=object), _days(counts_date.values), counts.size,
    )  # fmt: skip
    seen = seen.only(~np.isnan(seen.value) & (seen.day != NO_DAY))
    blood = _blood(seen, marrow, transfusions, window)
    new = outside.eq("PD").to_numpy()
    blast = blasts.to_numpy("float64")
    progressed = new | _risen(blood["circulating"], circulating_base.to_numpy("float64"))
    unusable = np.isnan(blast) | quality.isin(["DRY TAP", "HEMODILUTE"]).to_numpy()
    clean = auer.ne("PRESENT").to_numpy() & ~(blood["PBBLAST"] > 0)
    clean &= ~outside.isin(["PD", "SD"]).to_numpy()
    enough = (cells.to_numpy("float64") >= MLFS_CELLS) | (
        cellularity.to_numpy("float64") >= MLFS_CELLULARITY
    )
    base = blasts_base.to_numpy("float64")
    response = np.select(
        [
            unusable & progressed,
            unusable,
            (blast < REMISSION_BLASTS) & clean,
            _partial(blast, base, blood),
            progressed | _more_blasts(blast, base),
        ],
        ["PD", "NE", _remission(blood, enough), "PR", "PD"],
        default="NR",
    ).astype(object)
    returned = (blast >= REMISSION_BLASTS) | new
    response, day = _with_relapses(
        pd.factorize(subject)[0], marrow, response, returned, seen.only(seen.code == "PBBLAST")
    )
    dated = np.where(marrow == NO_DAY, np.datetime64("NaT", "D"), day.astype("datetime64[D]"))
    return pd.DataFrame(
        {
            "AVALC": texts(np.where(marrow == NO_DAY, "", response)),
            "ADT": pd.Series(dated.astype(DATE)),
        }
    )


def _days(dates: pd.Series) -> np.ndarray:
    """Days since 1970; ``NO_DAY`` for what is no full date."""
    return full_date(dates).to_numpy("datetime64[D]").astype(np.int64)


def _blood(
    counts: Counts, marrow: np.ndarray, transfusions: Looked, window: int
) -> Mapping[str, np.ndarray]:
    """Counts of each marrow by code, and the circulating blasts in 10^9/L.

    Platelets of the week after a transfusion are those of a donor.
    """
    own = counts.only((counts.code != "PLAT") | ~_transfused(counts, transfusions))
    found = {code: own.nearest(code, marrow, window) for code in ("NEUT", "PLAT", "WBC", "PBBLAST")}
    return {**found, "circulating": found["WBC"] * found["PBBLAST"] / 100}


def _transfused(counts: Counts, transfusions: Looked) -> np.ndarray:
    """Mask of the counts of a day on which a transfusion was given, or of the week after."""
    given = transfusions.only(~missing(transfusions.values))
    day = _days(given.values)
    record, day = given.record[day != NO_DAY], day[day != NO_DAY]
    if not len(day):
        return np.zeros(len(counts.day), dtype=bool)
    # Days of all records on one line, far enough apart that no record reaches into the next.
    low = min(counts.day.min(initial=day.min()), day.min()) - SAME_WEEK
    step = max(counts.day.max(initial=day.max()), day.max()) - low + SAME_WEEK + 1
    line = np.sort(record * step + day - low)
    wanted = counts.record * step + counts.day - low
    last = np.searchsorted(line, wanted, side="right") - 1
    return (last >= 0) & (wanted - line[np.maximum(last, 0)] <= SAME_WEEK)


def _recovered(blood: Mapping[str, np.ndarray], limits: Mapping[str, float]) -> list[np.ndarray]:
    return [blood[code] >= limit for code, limit in limits.items()]


def _remission(blood: Mapping[str, np.ndarray], enough: np.ndarray) -> np.ndarray:
    """Category of a marrow without leukemia, by the recovery of both counts."""
    unknown = np.isnan(blood["NEUT"]) | np.isnan(blood["PLAT"])
    full = _recovered(blood, FULL_RECOVERY)
    return np.select(
        [
            unknown,
            np.logical_and.reduce(full),
            np.logical_and.reduce(_recovered(blood, PARTIAL_RECOVERY)),
            np.logical_or.reduce(full),
            enough,
        ],
        ["NE", "CR", "CRh", "CRi", "MLFS"],
        default="NE",
    )


def _partial(blast: np.ndarray, base: np.ndarray, blood: Mapping[str, np.ndarray]) -> np.ndarray:
    """Mask of a partial remission: recovered counts, few blasts, at most half of the baseline."""
    few = (blast >= REMISSION_BLASTS) & (blast <= PARTIAL_BLASTS) & (base - blast >= base / 2)
    return np.logical_and.reduce([few, *_recovered(blood, FULL_RECOVERY)])


def _more_blasts(blast: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Mask of a progression in the marrow; a low baseline must be passed by some points too."""
    return (blast > PROGRESSION_FACTOR * base) & (
        (base >= POINTS_BELOW) | (blast - base >= PROGRESSION_POINTS)
    )


def _risen(circulating: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Mask of a progression in blood; without a baseline no rise can be shown."""
    return (circulating > CIRCULATING_BLASTS) & (circulating > PROGRESSION_FACTOR * base)


def _with_relapses(
    subject: np.ndarray,
    marrow: np.ndarray,
    response: np.ndarray,
    returned: np.ndarray,
    blood_blasts: Counts,
) -> tuple[np.ndarray, np.ndarray]:
    """Responses and days with the relapses of known remissions put in.

    Whether a remission is known depends on the marrows before. So all subjects' first marrows are
    settled, then all second ones, and so on: as many rounds as a subject has marrows at most.
    """
    order = np.lexsort([marrow, subject])
    ordered = subject[order]
    starts = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    place = np.empty(len(order), dtype=np.int64)
    since = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    place[order] = np.arange(len(order)) - since
    settled, day = response.copy(), marrow.copy()
    remission = np.full(int(subject.max(initial=-1)) + 1, NO_DAY)
    positive = blood_blasts.only(blood_blasts.value > 0)
    for turn in range(int(place.max(initial=-1)) + 1):
        now = place == turn
        known = np.where(now, remission[subject], NO_DAY)
        first, last = _span(positive, known, marrow)
        in_blood = last - first >= SAME_WEEK
        relapsed = now & (known != NO_DAY) & (returned | in_blood)
        settled[relapsed] = "RELAPSE"
        earlier = relapsed & in_blood
        day[earlier] = first[earlier]
        remission[subject[relapsed]] = NO_DAY
        begun = now & ~relapsed & (known == NO_DAY) & np.isin(response.astype(str), REMISSIONS)
        remission[subject[begun]] = marrow[begun]
    return settled, day


def _span(positive: Counts, known: np.ndarray, marrow: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last day with blasts in blood in each remission, up to the marrow."""
    start = known[positive.record]
    counts = (start != NO_DAY) & (positive.day > start) & (positive.day <= marrow[positive.record])
    inside = positive.only(counts)
    first = np.full(positive.size, np.iinfo(np.int64).max)
    last = np.full(positive.size, np.iinfo(np.int64).min)
    np.minimum.at(first, inside.record, inside.day)
    np.maximum.at(last, inside.record, inside.day)
    none = last < first
    return np.where(none, 0, first), np.where(none, 0, last)


OPERATIONS = [eln_response]
