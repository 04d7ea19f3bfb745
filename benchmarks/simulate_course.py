"""What happens to each person: toxicity, response from visit to visit, relapse, death, counts.

Everything the forms must agree on is drawn here once for all persons, so that a response, the
marrow, the counts of that day, the survival calls and the cause of death tell one story.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from simulate_people import CUTOFF, People, Treatment, people, treatment
from simulate_text import FAR, Array

TARGETS = np.array([0, -28, -21, -5, 0, 4, 7, 10, 14, 21, 28, 61, 91, 183, 274, 365, 549])
JITTER = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 5, 9, 10, 12, 14])
ASSESSED = np.arange(10, 17)  # visit numbers of day 28 to month 18
CR, CRH, CRI, MLFS, PR, NR, PD, RELAPSE, FAILURE, NONE = range(10)

FIRST = (0.24, 0.11, 0.18, 0.10, 0.09, 0.21, 0.07, 0.0, 0.0, 0.0)
NEXT: Mapping[int, tuple[float, ...]] = {
    CR: (0.87, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.13, 0.0, 0.0),
    CRH: (0.45, 0.30, 0.05, 0.0, 0.0, 0.0, 0.0, 0.20, 0.0, 0.0),
    CRI: (0.30, 0.15, 0.35, 0.0, 0.0, 0.0, 0.0, 0.20, 0.0, 0.0),
    MLFS: (0.15, 0.10, 0.30, 0.20, 0.0, 0.10, 0.15, 0.0, 0.0, 0.0),
    PR: (0.05, 0.0, 0.10, 0.0, 0.35, 0.20, 0.30, 0.0, 0.0, 0.0),
    NR: (0.0, 0.0, 0.05, 0.0, 0.05, 0.45, 0.33, 0.0, 0.12, 0.0),
}
SALVAGED = (0.20, 0.0, 0.08, 0.0, 0.0, 0.42, 0.30, 0.0, 0.0, 0.0)
ENDED = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
CAUSES = ("AML progression", "CRS", "infection", "transplant complication", "unknown")


@dataclass(frozen=True)
class Toxicity:
    """ASTCT grade (0 none, 5 fatal), first and last day of CRS and ICANS; depth of expansion."""

    crs: Array
    crs_start: Array
    crs_end: Array
    icans: Array
    icans_start: Array
    icans_end: Array
    expansion: Array


@dataclass(frozen=True)
class Outcome:
    """Dates of what ends or changes follow-up, ``FAR`` if never or not known by the cut-off.

    ``end`` is the first day without a possible examination.
    """

    event: Array
    death: Array
    cause: Array
    lost: Array
    withdrawn: Array
    therapy: Array
    transplant: Array
    reinfusion: Array
    end: Array


@dataclass(frozen=True)
class Course:
    """Everything known of all persons; visits by VISITNUM, states and blasts by assessment."""

    people: People
    treatment: Treatment
    toxicity: Toxicity
    outcome: Outcome
    visits: Array
    attended: Array
    states: Array
    blasts: Array
    baseline: Array
    residual: Array
    knots: Array
    levels: Mapping[str, Array]


def toxicity(persons: People, given: Treatment, rng: np.random.Generator) -> Toxicity:
    """CRS and ICANS, more frequent and worse with dose level and expansion."""
    size = persons.size
    expansion = rng.normal(size=size)
    score = 0.5 * expansion + 0.25 * given.level + rng.normal(0, 0.8, size)
    crs = np.searchsorted([-0.24, 0.79, 1.68, 2.24, 2.74], score)
    crs = np.where(given.infused, crs, 0)
    start = given.anchor + 1 + np.minimum(rng.poisson(2.2, size), 10)
    lasting = np.array([0, 3, 5, 8, 11, 8])[crs] + rng.integers(0, 3, size)
    neuro = np.searchsorted([1.13, 1.46, 1.84, 2.33], 0.6 * score + rng.normal(0, 0.8, size))
    neuro = np.where(given.infused, neuro, 0)
    neuro_start = np.where(crs > 0, start, given.anchor + 3) + rng.integers(1, 5, size)
    neuro_end = neuro_start + 1 + neuro + rng.integers(0, 4, size)
    return Toxicity(crs, start, start + lasting, neuro, neuro_start, neuro_end, expansion)


def visit_days(persons: People, given: Treatment, rng: np.random.Generator) -> Array:
    """Day of each planned visit of each person, column = VISITNUM (column 0 stands empty)."""
    size = persons.size
    spread = np.rint(rng.uniform(-1, 1, (size, len(TARGETS))) * JITTER).astype("int64")
    days = given.anchor[:, None] + TARGETS + spread
    days[:, 1] = persons.consent + rng.integers(1, 4, size)
    days[:, 2] = given.apheresis
    days[:, 3] = given.depletion
    days[:, 4:][~given.infused] = FAR
    return days


def _drawn(shares: Array, rng: np.random.Generator) -> Array:
    """State drawn for each person from his row of probabilities."""
    return (rng.random((len(shares), 1)) > np.cumsum(shares, axis=1)).sum(axis=1).clip(0, NONE)


def response_states(size: int, salvaged: Array, rng: np.random.Generator) -> Array:
    """Response at each assessment; after relapse or progression only the salvaged go on."""
    table = np.array([NEXT.get(state, ENDED) for state in range(10)])
    states = np.empty((size, len(ASSESSED)), dtype="int64")
    states[:, 0] = _drawn(np.tile(FIRST, (size, 1)), rng)
    for column in range(1, len(ASSESSED)):
        before = states[:, column - 1]
        shares = table[before]
        over = (before >= PD) & (before < NONE) & salvaged
        shares[over] = SALVAGED
        states[:, column] = _drawn(shares, rng)
    return states


def blast_levels(states: Array, baseline: Array, rng: np.random.Generator) -> Array:
    """Marrow blasts in percent that agree with the state and the baseline."""
    shape = states.shape
    before = np.broadcast_to(baseline[:, None], shape)
    few = np.minimum(rng.gamma(1.5, 1.0, shape), 4.4)
    part = rng.uniform(5.5, np.maximum(np.minimum(24, 0.48 * before), 6))
    same = np.clip(before * rng.uniform(0.6, 1.35, shape), 6, 95)
    more = np.clip(np.maximum(before * rng.uniform(1.55, 2.2, shape), before + 16), 6, 97)
    back = rng.uniform(8, 75, shape)
    chosen = np.select(
        [states <= MLFS, states == PR, states == PD, states == RELAPSE],
        [few, part, more, back],
        same,
    )
    return chosen.round(1)


def first_event(states: Array, days: Array) -> Array:
    """Day of the first progression, relapse or treatment failure."""
    ended = (states >= PD) & (states <= FAILURE)
    return np.where(ended, days, FAR).min(axis=1)


def _death(
    given: Treatment, harm: Toxicity, event: Array, refractory: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Day and cause of death, whether or not anybody will know of it."""
    size = len(event)
    wait = rng.exponential(1.0, size)
    scale = np.where(event < FAR, 230, np.where(refractory, 320, 2600))
    since = np.where(event < FAR, event, given.anchor + 29)
    death = since + 1 + (wait * scale).astype("int64")
    cause = np.where((event < FAR) | refractory, 0, 2)
    early = rng.random(size) < 0.03
    death = np.where(early, given.anchor + rng.integers(8, 90, size), death)
    cause = np.where(early, 2, np.where(rng.random(size) < 0.04, 4, cause))
    untreated = ~given.infused
    death = np.where(untreated, given.anchor + 3 + (wait * 150).astype("int64"), death)
    cause = np.where(untreated, 0, cause)
    fatal = harm.crs == 5
    return np.where(fatal, harm.crs_end, death), np.where(fatal, 1, cause)


def outcome(
    persons: People,
    given: Treatment,
    harm: Toxicity,
    states: Array,
    days: Array,
    salvaged: Array,
    rng: np.random.Generator,
) -> Outcome:
    """Later course of each person, cut at death, loss, withdrawal and the data cut-off."""
    size = persons.size
    event = first_event(states, days)
    death, cause = _death(given, harm, event, states[:, 0] == NR, rng)
    lost = np.where(rng.random(size) < 0.07, given.anchor + rng.integers(40, 500, size), FAR)
    gone = np.where(rng.random(size) < 0.05, given.anchor + rng.integers(15, 420, size), FAR)
    lost, gone = (np.where(given.infused & ~(harm.crs == 5), each, FAR) for each in (lost, gone))
    first = np.minimum(np.minimum(death, lost), np.minimum(gone, CUTOFF + 1))
    first = np.where(persons.failed, persons.consent + 15, first)
    death, lost, gone = (np.where(each == first, each, FAR) for each in (death, lost, gone))
    lost, gone = np.where(death < FAR, FAR, lost), np.where(death < FAR, FAR, gone)
    gone = np.where(lost < FAR, FAR, gone)

    def reached(when: Array, chosen: Array) -> Array:
        return np.where(chosen & (when < first - 5) & given.infused, when, FAR)

    known = event < first
    again = known & (rng.random(size) < 0.09)
    other = rng.random(size) < 0.02
    reinfusion = reached(event + rng.integers(15, 60, size), again)
    later = reached(given.anchor + rng.integers(100, 260, size), other & ~known)
    reinfusion = np.minimum(reinfusion, later)
    therapy = reached(
        event + rng.integers(6, 40, size), known & ~again & (salvaged | (rng.random(size) < 0.4))
    )
    fit = (states[:, 0] <= CRI) & (rng.random(size) < 0.25)
    when = given.anchor + rng.integers(65, 150, size)
    transplant = reached(when, fit & (when < event) & (reinfusion == FAR))
    cause = np.where((cause == 2) & (transplant < death), 3, cause)
    return Outcome(
        np.where(known, event, FAR),
        death,
        cause,
        lost,
        gone,
        therapy,
        transplant,
        reinfusion,
        first,
    )


def _counts(states: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Neutrophils and platelets (10^9/L) inside the limits of each response."""
    lows = np.array([1.25, 0.62, 1.2, 0.1, 1.25, 0.1, 0.1, 0.1, 0.1, 0.3])
    highs = np.array([4.5, 0.9, 3.0, 0.42, 4.0, 0.9, 1.2, 1.2, 0.9, 1.5])
    floors = np.array([118.0, 60, 15, 12, 118, 10, 8, 8, 10, 15])
    tops = np.array([280.0, 92, 44, 42, 260, 60, 70, 70, 60, 90])
    share, other = rng.random((2, *states.shape))
    neutrophils = lows[states] + share * (highs - lows)[states]
    platelets = floors[states] + other * (tops - floors)[states]
    swapped = (states == CRI) & (rng.random(states.shape) < 0.4)
    neutrophils = np.where(swapped, 0.15 + 0.27 * share, neutrophils)
    return neutrophils, np.where(swapped, 112 + 60 * other, platelets)


def blood_levels(states: Array, baseline: Array, rng: np.random.Generator) -> dict[str, Array]:
    """Logarithms of the blood counts at the knots: screening, -5, 0, 8, 14, 21, assessments."""
    size = len(states)
    anc, plt = _counts(states, rng)

    def path(start: Array, factors: tuple[float, ...], after: Array, spread: float) -> Array:
        early = start[:, None] * np.array(factors) * rng.lognormal(0, spread, (size, 5))
        third = np.sqrt(early[:, 4] * after[:, 0])
        return np.log(np.column_stack([start, early[:, :4], third, after]))

    gone = states[:, 0] <= MLFS
    circulating = baseline / 100 * rng.uniform(0.02, 0.7, size)
    share = np.select(
        [states <= PR, states == NR, states == NONE],
        [
            np.full(states.shape, 1e-6),
            rng.uniform(0.01, 0.25, states.shape),
            np.full(states.shape, 0.1),
        ],
        rng.uniform(0.05, 0.5, states.shape),
    )
    cleared = np.where(gone, 1e-6, circulating / 3)
    blasts = np.column_stack(
        [circulating, circulating, circulating / 2, cleared, cleared, cleared, share]
    )
    lymph = rng.lognormal(-0.2, 0.5, (size, len(ASSESSED))) * np.linspace(0.4, 1.1, 7)
    oxygen = 82 + np.where(states <= PR, rng.uniform(10, 45, states.shape), 0) * np.linspace(
        0.3, 1, 7
    )
    return {
        "anc": path(rng.lognormal(0.2, 0.8, size), (0.9, 0.35, 0.03, 0.1, 0.1), anc, 0.35),
        "plt": path(rng.lognormal(3.9, 0.7, size), (0.9, 0.7, 0.35, 0.3, 0.3), plt, 0.2),
        "lym": path(rng.lognormal(0.0, 0.5, size), (0.9, 0.1, 0.25, 0.5, 0.5), lymph, 0.3),
        "hgb": path(rng.normal(90, 9, size).clip(70), (0.98, 0.93, 0.85, 0.86, 0.9), oxygen, 0.03),
        "blasts": np.log(blasts),
    }


def attendance(days: Array, ends: Array, event: Array, rng: np.random.Generator) -> Array:
    """Mask of the visits that took place; the visit that found the event always did."""
    missed = rng.random(days.shape) < 0.03
    missed[:, :9] = False
    missed &= days != event[:, None]
    return (days < ends[:, None]) & (days <= CUTOFF) & ~missed


def course(size: int, rng: np.random.Generator) -> Course:
    """Course of ``size`` persons."""
    persons = people(size, rng)
    given = treatment(persons, rng)
    harm = toxicity(persons, given, rng)
    days = visit_days(persons, given, rng)
    salvaged = rng.random(size) < 0.35
    states = response_states(size, salvaged, rng)
    later = outcome(persons, given, harm, states, days[:, ASSESSED], salvaged, rng)
    baseline = (8 + 82 * rng.beta(1.3, 1.3, size)).round(1)
    days[:, 0] = FAR
    early = given.anchor[:, None] + np.array([-5, 0, 8, 14, 21])
    assessed = given.anchor[:, None] + TARGETS[ASSESSED]
    known = np.where(days[:, ASSESSED] < FAR, days[:, ASSESSED], assessed)
    deep = np.where(rng.random((size, 1)) < 0.62, -5.2, -3.2)
    residual = deep + rng.normal(0, 0.5, states.shape)
    return Course(
        people=persons,
        treatment=given,
        toxicity=harm,
        outcome=later,
        visits=days,
        attended=attendance(days, later.end, later.event, rng),
        states=states,
        blasts=blast_levels(states, baseline, rng),
        baseline=baseline,
        residual=np.where(states <= MLFS, residual, -1.0),
        knots=np.column_stack([days[:, 1], early, known]),
        levels=blood_levels(states, baseline, rng),
    )


def level(known: Course, name: str, who: Array, days: Array) -> Array:
    """Blood count of persons on days, log-linear between the knots and constant outside."""
    knots, values = known.knots[who], known.levels[name][who]
    left = ((knots <= days[:, None]).sum(axis=1) - 1).clip(0, knots.shape[1] - 2)
    row = np.arange(len(who))
    start, stop = knots[row, left], knots[row, left + 1]
    share = ((days - start) / np.maximum(stop - start, 1)).clip(0, 1)
    return np.exp(values[row, left] * (1 - share) + values[row, left + 1] * share)


def flare(known: Course, who: Array, days: Array) -> Array:
    """Strength of CRS on a day: its grade (4 at most) at the height, falling to 0 around it."""
    harm = known.toxicity
    since = days - (harm.crs_start[who] + 2)
    shape = np.exp(-0.5 * (since / np.where(since < 0, 1.2, 3.5)) ** 2)
    return np.minimum(harm.crs[who], 4) * shape


def copies(known: Course, who: Array, days: Array) -> Array:
    """CAR copies per microgram DNA in blood: log-linear growth to the peak, two-phase decline."""
    given, harm = known.treatment, known.toxicity
    z = harm.expansion[who]
    height = np.where(z < -2.0, 1.2, 4.2 + 0.45 * z)
    rise = 11 - 1.2 * np.clip(z, -2, 2)
    fall, later = 0.085 + 0.02 * (who % 5) / 4, 0.006 + 0.004 * (who % 7) / 6

    def profile(since: Array) -> Array:
        up = 1.0 + (height - 1.0) * since / rise
        past = since - rise
        down = height - fall * np.minimum(past, 18) - later * np.maximum(past - 18, 0)
        return np.where(since <= 0, -2.0, np.where(since < rise, up, down))

    again = known.outcome.reinfusion[who]
    once, twice = profile(days - given.anchor[who]), profile(days - again) - 0.4
    return 10 ** np.where(days > again, np.maximum(once, twice), once)
