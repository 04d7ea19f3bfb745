"""What records that differ have in common and others have not: a value of a variable, or two.

A condition explains differences where they are all under it (nearly), and where it is no accident:
either nearly all records under it differ, or so few records are under it that chance would not have
put all differences there.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from comparison.findings import Condition, Relation
from comparison.population import (
    Column,
    Population,
    Reading,
    doubles,
    filled,
    first_shown,
    hashes,
    left,
)

Without = Set[tuple[str, str]]

FEWEST = 2  # differences that can have something in common
COVER = 0.95  # of the differences that a condition must hold for
PURE = 0.9  # of the records under it that differ: it explains them all
_CHANCE = 1e-3  # that chance puts all differences under a condition
_LIFT = 2  # times as many of the records under it differ as of all, where not nearly all do
_PURE_LIFT = 1.25  # the same where nearly all do
_NEAR = 0.8  # of what the best condition explains: a key that explains as much is told instead
_FEW = 3  # differences below which everything must fit
_BOUNDED = 6  # differences from which a bound is sought: a few lie on one side of it by chance
_LOOKED = 2048  # differences that are looked at to find a value that most have
_DEEPEST = 2


@dataclass(frozen=True, eq=False)
class Candidate:
    """A condition with how it was found: what holds there, for how many, and how to test it."""

    column: Column
    relation: Relation
    value: object
    cover: int  # differences under it
    support: int  # records under it
    rank: int  # order of preference among equals
    holds: np.ndarray  # of the differences
    test: Callable[[Population], np.ndarray]  # places of all records under it

    @property
    def purity(self) -> float:
        """Share of the records under the condition that differ."""
        return self.cover / self.support if self.support else 0.0


def conditions(
    population: Population, places: np.ndarray, without: Without, keys: Sequence[str]
) -> tuple[tuple[Condition, ...], np.ndarray]:
    """Conditions that explain why these places differ, and the mask of the places they hold for.

    ``without`` gives variables that may not explain, by name and side. No conditions where
    nothing explains them; the mask is then all true. The most specific come first to be chosen:
    those with the fewest other records under them.
    """
    everything = np.ones(len(places), dtype=bool)
    if len(places) < FEWEST or len(places) == population.size:
        return (), everything
    found = _best(population, places, without, keys)
    if found is None:
        return (), everything
    made, holds = [_condition(population, found, places)], found.holds
    if found.purity < PURE and _DEEPEST > 1:
        more = _refined(population, places[holds], found, without, keys)
        if more is not None:
            condition, inner = more
            made.append(condition)
            holds = holds.copy()
            holds[np.flatnonzero(holds)[~inner]] = False
    return tuple(made), holds


def _refined(
    population: Population,
    places: np.ndarray,
    found: Candidate,
    without: Without,
    keys: Sequence[str],
) -> tuple[Condition, np.ndarray] | None:
    """A second condition among the records under the first, where it tells much more."""
    under = found.test(population)
    there = np.searchsorted(under, places)
    inner = _of(population, under, there)
    second = _best(inner, there, without | {(found.column.name, found.column.of)}, keys)
    if second is None or second.purity < min(PURE, 1.5 * found.purity):
        return None
    return _condition(inner, second, there), second.holds


def _of(population: Population, places: np.ndarray, known: np.ndarray) -> Population:
    """The population of some places alone."""
    rows = {side: rows[places] for side, rows in population.rows.items()}
    return Population(population.sources, rows, population.columns, known, population.chunk)


def _best(
    population: Population, places: np.ndarray, without: Without, keys: Sequence[str]
) -> Candidate | None:
    """The condition that explains the places best, None where none does."""
    found: list[Candidate] = []
    for rank, column in enumerate(left(population.columns, without)):
        preferred = rank - len(population.columns) if column.name in keys else rank
        found += _value(population, places, column, preferred)
        found += _presence(population, places, column, preferred)
        if column.nature != "text":
            found += _bounds(population, places, column, preferred)
    if not found:
        return None
    chosen = max(found, key=lambda one: one.purity * one.cover)
    if chosen.purity < PURE:  # another condition is to follow, and a key says most to a reader
        keyed = [
            one
            for one in found
            if one.column.name in keys
            and one.relation == "="
            and one.purity * one.cover >= _NEAR * chosen.purity * chosen.cover
        ]
        if keyed:
            found = keyed
    best = min((-round(one.purity * one.cover, 6), one.support) for one in found)
    equals = [one for one in found if (-round(one.purity * one.cover, 6), one.support) == best]
    return min(equals, key=lambda one: _order(population, one, places))


def _order(
    population: Population, one: Candidate, places: np.ndarray
) -> tuple[int, int, bool, int, int]:
    """Equality is told before presence and bounds, then keys, texts before numbers, short texts."""
    relation = {"=": 0, "missing": 1, "not missing": 1}.get(one.relation, 2)
    length = len(_condition(population, one, places).value)
    return relation, min(one.rank, 0), one.column.nature != "text", length, one.rank


def _value(
    population: Population, places: np.ndarray, column: Column, rank: int
) -> list[Candidate]:
    """The value that nearly all of the places have."""
    found = population.at(column, places, hashes)
    value = _frequent(found)
    if value is None:
        return []
    holds = found == value
    if column.nature == "number":
        first = population.at(column, places[holds][:1], doubles)
        if not np.isnan(first[0]) and first[0] % 1:
            return []  # a code is a whole number, and a measurement explains nothing
    here = population.sample(column, hashes) == value
    relation: Relation = "="
    if not population.at(column, places[holds][:1], filled)[0]:
        relation = "missing"

    def test(parts: np.ndarray) -> np.ndarray:
        return np.asarray(parts == value)

    if not _promising(population, holds, float(here.mean())):
        return []
    support = population.count(column, hashes, test, (column, "=", int(value)))
    made = Candidate(
        column, relation, value, int(holds.sum()), support, rank, holds,
        _passing(column, hashes, test),
    )  # fmt: skip
    return [made] if _tells(population, made, len(places)) else []


def _frequent(found: np.ndarray) -> np.uint64 | None:
    """The hash that nearly all have, of very many those that are looked at; None without one."""
    looked = found[:: -(-len(found) // _LOOKED)]
    if len(looked) * (1 - COVER) < 1:  # all or none
        return looked[0] if (looked == looked[0]).all() else None
    values, counts = np.unique(looked, return_counts=True)
    return values[np.argmax(counts)] if counts.max() >= 0.9 * counts.sum() else None


def _presence(
    population: Population, places: np.ndarray, column: Column, rank: int
) -> list[Candidate]:
    """That the value is there, whatever it is."""
    holds = population.at(column, places, filled)
    if holds.sum() < COVER * len(holds):
        return []
    here = population.sample(column, filled)
    if not _promising(population, holds, float(here.mean())):
        return []

    def test(parts: np.ndarray) -> np.ndarray:
        return parts

    support = population.count(column, filled, test, (column, "filled"))
    made = Candidate(
        column, "not missing", None, int(holds.sum()), support, rank, holds,
        _passing(column, filled, test),
    )  # fmt: skip
    return [made] if _tells(population, made, len(places)) else []


def _bounds(
    population: Population, places: np.ndarray, column: Column, rank: int
) -> list[Candidate]:
    """That the number is at least, or at most, that of the places."""
    found = population.at(column, places, doubles)
    if len(places) < _BOUNDED or np.isnan(found).any():
        return []
    here = population.sample(column, doubles)
    made = []
    bounds: tuple[tuple[Relation, float], ...] = ((">=", found.min()), ("<=", found.max()))
    for relation, bound in bounds:
        inside = here >= bound if relation == ">=" else here <= bound
        holds = np.ones(len(places), dtype=bool)
        if not _promising(population, holds, float(inside.mean())):
            continue

        def test(
            parts: np.ndarray, relation: Relation = relation, bound: float = bound
        ) -> np.ndarray:
            return np.asarray(parts >= bound if relation == ">=" else parts <= bound)

        support = population.count(column, doubles, test, (column, relation, bound))
        one = Candidate(
            column, relation, bound, len(places), support, rank, holds,
            _passing(column, doubles, test),
        )  # fmt: skip
        # A bound is taken from the places themselves, so more is asked of it.
        if one.purity >= PURE and _chance(population, one) <= 0.1 * _CHANCE:
            made.append(one)
    return made


def _promising(population: Population, holds: np.ndarray, share: float) -> bool:
    """Whether a condition that a share of all records meets is worth counting."""
    cover = int(holds.sum())
    if cover < COVER * len(holds) or share > 0.98:
        return False
    if cover >= 0.7 * PURE * share * population.size:
        return True
    if cover < _FEW:
        return False
    return share * _LIFT <= 1.2 and share ** min(cover, 1000) <= 2 * _CHANCE


def _tells(population: Population, one: Candidate, number: int) -> bool:
    """Whether a condition explains, and not by chance."""
    if one.cover < COVER * number or one.support >= population.size:
        return False
    chance = _chance(population, one)
    if number < _FEW:
        return one.purity == 1 and chance <= _CHANCE
    lift = one.purity * population.size / number
    if one.purity >= PURE:
        return one.purity == 1 or lift >= _PURE_LIFT
    return chance <= _CHANCE and lift >= _LIFT


def _chance(population: Population, one: Candidate) -> float:
    """Probability that differences at any records would all have come under a condition."""
    made: float = (one.support / population.size) ** min(one.cover, 1000)
    return made


def _passing(
    column: Column, read: Reading, test: Callable[[np.ndarray], np.ndarray]
) -> Callable[[Population], np.ndarray]:
    def places(population: Population) -> np.ndarray:
        return population.passing(column, read, test)

    return places


def _condition(population: Population, one: Candidate, places: np.ndarray) -> Condition:
    value = ""
    if one.relation == "=":
        value = first_shown(population, one.column, int(places[one.holds][0]))
    elif one.relation in {">=", "<="}:
        found = population.at(one.column, places, doubles)
        place = int(places[np.argmin(found) if one.relation == ">=" else np.argmax(found)])
        value = first_shown(population, one.column, place)
    return Condition(one.column.name, value, one.column.of, one.support, one.relation)
