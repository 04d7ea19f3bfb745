"""Who is screened, enrolled and infused: persons, their numbers, and their treatment."""

from dataclasses import dataclass

import numpy as np
from simulate_text import FAR, Array, calendar, day_of

FIRST_CONSENT, LAST_CONSENT = day_of("2023-07-01"), day_of("2025-03-31")
CUTOFF = day_of("2025-06-30")
SITE_SIZE = 900  # a re-screened person takes two of the 999 numbers of a site
PLANNED = np.array([2.0, 4.0, 6.0])  # 10^6 CAR-T cells per kg at dose levels 1 to 3


@dataclass(frozen=True)
class People:
    """One entry for each person; ``first_*`` describe the failed attempt of the re-screened."""

    site: Array
    number: Array
    first_number: Array
    screening: Array
    first_screening: Array
    consent: Array
    first_consent: Array
    birth: Array
    male: Array
    failed: Array
    height: Array
    weight: Array
    sites: int

    @property
    def size(self) -> int:
        """Number of persons."""
        return len(self.site)

    @property
    def rescreened(self) -> Array:
        """Mask of the persons who were screened twice."""
        return self.first_number > 0


@dataclass(frozen=True)
class Treatment:
    """Enrolment to infusion of each person; days are ``FAR`` where a step was not reached.

    ``anchor`` is the day of the infusion, or the day it would have been; ``marker`` is 1 for NPM1,
    2 for RUNX1-RUNX1T1, 3 for CBFB-MYH11, 0 for none of them; ``secondary`` is FLT3-ITD.
    """

    enrolled: Array
    level: Array
    apheresis: Array
    failed_apheresis: Array
    depletion: Array
    infusion: Array
    anchor: Array
    minute: Array
    bags: Array
    dose: Array
    marker: Array
    secondary: Array

    @property
    def infused(self) -> Array:
        """Mask of the persons who got the product."""
        return self.infusion < FAR


def completed_years(birth: Array, on: Array) -> Array:
    """Completed years of life; a birthday on 29 February counts on 1 March."""
    born_year, born_month, born_day = calendar(birth)
    year, month, day = calendar(on)
    before = (month < born_month) | ((month == born_month) & (day < born_day))
    return year - born_year - before


def _ranked(keys: tuple[Array, ...], group: Array) -> Array:
    """Position from 1 within the group, in the order of the keys (last key first)."""
    order = np.lexsort((*keys, group))
    ordered = group[order]
    first = np.searchsorted(ordered, ordered, side="left")
    ranks = np.empty(len(group), dtype="int64")
    ranks[order] = np.arange(len(group)) - first + 1
    return ranks


def people(size: int, rng: np.random.Generator) -> People:
    """Persons in the order of site and consent, numbered as they consented."""
    sites = -(-size // SITE_SIZE)
    site = np.arange(size) * sites // size + 1
    consent = rng.integers(FIRST_CONSENT, LAST_CONSENT + 1, size)
    consent = consent[np.lexsort((consent, site))]
    wait = rng.integers(30, 75, size)
    again = (rng.random(size) < 0.056) & (consent - wait >= FIRST_CONSENT)
    failed = (rng.random(size) < 0.105) & ~again
    first_consent = np.where(again, consent - wait, FAR)

    who = np.concatenate([np.flatnonzero(again), np.arange(size)])
    when = np.concatenate([first_consent[again], consent])
    attempts = int(again.sum())
    number = _ranked((who, when), site[who])
    screening = _ranked((who, when), np.zeros(len(who), dtype="int64"))
    first_number, first_screening = np.zeros((2, size), dtype="int64")
    first_number[again], first_screening[again] = number[:attempts], screening[:attempts]

    male = rng.random(size) < 0.53
    age = 18.5 + 60 * rng.beta(2.6, 2.0, size)
    height = np.where(male, rng.normal(172, 6.5, size), rng.normal(160, 6, size))
    index = np.clip(rng.normal(23.3, 3.2, size), 16.5, 36)
    return People(
        site=site,
        number=number[attempts:],
        first_number=first_number,
        screening=screening[attempts:],
        first_screening=first_screening,
        consent=consent,
        first_consent=first_consent,
        birth=consent - np.rint(age * 365.25).astype("int64") - 100,
        male=male,
        failed=failed,
        height=height.round(),
        weight=(index * (height / 100) ** 2).round(1),
        sites=sites,
    )


def treatment(persons: People, rng: np.random.Generator) -> Treatment:
    """Course of each person up to the first infusion."""
    size = persons.size
    enrolled = persons.consent + rng.integers(5, 15, size)
    apheresis = enrolled + rng.integers(1, 6, size)
    repeat = rng.random(size) < 0.05
    failed_apheresis = np.where(repeat & ~persons.failed, apheresis, FAR)
    apheresis = apheresis + np.where(repeat, 4, 0)
    anchor = apheresis + rng.integers(18, 29, size)
    never = rng.random(size) < 0.05
    depleted = ~persons.failed & (~never | (rng.random(size) < 0.5))
    low = rng.random(size) < 0.05
    share = np.where(
        low, rng.uniform(0.5, 0.79, size), np.clip(rng.normal(1, 0.03, size), 0.9, 1.1)
    )
    level = 1 + np.searchsorted([0.25, 0.6], rng.random(size))
    return Treatment(
        enrolled=np.where(persons.failed, FAR, enrolled),
        level=level,
        apheresis=np.where(persons.failed, FAR, apheresis),
        failed_apheresis=failed_apheresis,
        depletion=np.where(depleted, anchor - 5, FAR),
        infusion=np.where(persons.failed | never, FAR, anchor),
        anchor=anchor,
        minute=rng.integers(9 * 60, 15 * 60, size),
        bags=rng.choice([1, 2, 3], size, p=[0.7, 0.22, 0.08]),
        dose=PLANNED[level - 1] * share,
        marker=rng.choice(4, size, p=[0.61, 0.25, 0.08, 0.06]),
        secondary=rng.random(size) < 0.2,
    )
