"""Why values differ: differences grouped by what they have in common, one sentence for each group.

Of each variable the pattern that fits most of its differences is taken out, then the next of what
is left. For each group a condition is sought that tells its records from the others. Groups of
several variables that say the same of the same records become one. Nothing is known of a study.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from comparison.cells import Cell, Cells
from comparison.conditions import PURE, conditions
from comparison.findings import Cause, Condition
from comparison.moved import shifted, swapped
from comparison.options import Options
from comparison.pairing import Pairs
from comparison.patterns import Differences, Pattern, patterns, residue
from comparison.population import Column, Population
from comparison.sentences import phrase, sentence
from comparison.source import Source
from comparison.values import Found, looked_at

EXAMPLES = 3
_GROUPS = 8  # of one variable; what is left then is one group
_SHARE = 0.2  # of what is left that a pattern must fit
_HALF = 0.5  # of what is left: a pattern that fits so many is told whatever else there is
_CODES = 10  # different numbers that may be codes, each with another code in its place
_SURE = 10  # differences that make a pattern of a lesser share


@dataclass(frozen=True, eq=False)
class Group:
    """Differences at some places of the pairs that have one explanation."""

    variables: tuple[str, ...]
    places: np.ndarray
    pattern: str
    amount: float | None
    phrase: str


def causes(
    base: Source,
    other: Source,
    keys: tuple[str, ...],
    pairs: Pairs,
    found: Sequence[Found],
    cells: Cells,
    options: Options,
) -> tuple[Cause, ...]:
    """Causes of the differing values, those of the most differences first."""
    limit = looked_at(found, len(pairs.base))
    some = [_differences(one, limit) for one in found if one.kept]
    some = [one for one in some if len(one)]
    if not some:
        return ()
    pairs = pairs.first(limit)
    population = _population(base, other, pairs, some, options)
    groups, left = swapped(some)
    made = [Group(*group) for group in groups]

    def together(one: Differences) -> bool:
        found, holds = conditions(population, one.places, both_sides((one.name,)), keys)
        return bool(found) and holds.sum() >= PURE * found[-1].records

    for one in left:
        made += groups_of(one, shifted(base, other, pairs, one, options), together)
    made = _together(made)
    total = {one.name: len(one) for one in some}
    differing = {one.name: one.places for one in some}
    told = [_cause(group, population, keys, total, differing) for group in made]
    told.sort(key=lambda pair: (-pair[0].count, pair[0].variables, pair[0].sentence))
    return tuple(_with_examples(cause, places, cells, pairs) for cause, places in told)


def _differences(one: Found, limit: int) -> Differences:
    made = Differences(one.variable.name, one.variable.nature, *one.columns())
    return made.only(slice(0, int(np.searchsorted(made.places, limit))))


def _population(
    base: Source, other: Source, pairs: Pairs, some: Sequence[Differences], options: Options
) -> Population:
    """The pairs, with the variables of the base and those of the other that say more."""
    different = {one.name for one in some}
    columns = [Column(one.name, "base", one.nature) for one in base.about.variables]
    columns += [
        Column(one.name, "other", one.nature)
        for one in other.about.variables
        if one.name in different or one.name not in base.natures
    ]
    known = np.unique(np.concatenate([one.places for one in some]))
    return Population(
        {"base": base, "other": other},
        {"base": pairs.base, "other": pairs.other},
        tuple(columns),
        known,
        options.chunk,
    )


def groups_of(
    some: Differences, moved: Pattern | None, together: Callable[[Differences], bool]
) -> list[Group]:
    """Differences of one variable by pattern, what has none at the end.

    ``together`` says whether a condition explains differences all at once; they are then not cut
    into patterns of which none fits half of them, or into a few of one amount and a few of another.
    """
    made: list[Group] = []
    # Consecutive numbers that are all one higher are also those of the record after.
    whole = any(one.count == len(some) for one in patterns(some))
    if moved is not None and not whole:
        made.append(_group(some, moved))
        some = some.only(~moved.mask)
    while len(some) and len(made) < _GROUPS:
        best = max(patterns(some), key=lambda one: one.count, default=None)
        if best is None or not _enough(best, some):
            break
        if _minor(best, some) and together(some):
            break
        made.append(_group(some, best))
        some = some.only(~best.mask)
    if len(some):
        made.append(Group((some.name,), some.places, "value", None, residue(some)))
    return made


def _minor(one: Pattern, some: Differences) -> bool:
    """Whether a pattern tells less of differences than what they have in common would."""
    if one.count < _HALF * len(some):
        return True
    few = one.count < min(_SURE, len(some))
    amounts = some.y - some.x
    one_way = bool((amounts > 0).all() or (amounts < 0).all())
    return few and one_way and one.name in {"constant", "day", "factor"}


def _enough(one: Pattern, some: Differences) -> bool:
    """Whether a pattern fits so many that it is no accident."""
    if one.name in {"missing", "missing kind", "case", "white space", "look-alike", "precision"}:
        return True
    if one.name in {"day", "written"} and one.count == len(some):
        return True
    if one.count < _HALF * len(some) and one.name == "recoded" and some.nature == "number":
        return len(np.unique(some.x)) <= _CODES
    if one.count >= _HALF * len(some):
        return one.count > 1
    return one.count >= max(3, _SHARE * len(some)) or one.count >= max(_SURE, 0.05 * len(some))


def both_sides(names: Sequence[str]) -> set[tuple[str, str]]:
    """Variables of both sides, by name and side."""
    return {(name, side) for name in names for side in ("base", "other")}


def _group(some: Differences, one: Pattern) -> Group:
    return Group((some.name,), some.places[one.mask], one.name, one.amount, one.phrase)


def _together(groups: Sequence[Group]) -> list[Group]:
    """Groups of several variables that say the same of the same records as one."""
    made: dict[tuple[object, ...], Group] = {}
    for group in groups:
        key = (group.pattern, group.amount, group.phrase, group.places.tobytes())
        before = made.get(key)
        if before is None:
            made[key] = group
        else:
            made[key] = Group(
                (*before.variables, *group.variables), group.places, group.pattern, group.amount,
                group.phrase,
            )  # fmt: skip
    return list(made.values())


def _cause(
    group: Group,
    population: Population,
    keys: Sequence[str],
    total: dict[str, int],
    differing: dict[str, np.ndarray],
) -> tuple[Cause, np.ndarray]:
    """The cause a group is told as, and its places."""
    found: tuple[Condition, ...]
    # A variable may explain others and not itself, but for the value that stands for another.
    without = both_sides(group.variables)
    if group.pattern == "recoded":
        without = {one for one in without if one[1] == "other"}
    found, holds = conditions(population, group.places, without, keys)
    if len(group.variables) > 1 and group.pattern != "swapped":
        of = sum(total[name] for name in group.variables)
    else:
        of = max(total[name] for name in group.variables)
    different = differing[group.variables[0]]
    for name in group.variables[1:]:
        different = np.union1d(different, differing[name])
    count = len(group.places)
    told = sentence(
        phrase(group.phrase, group.variables), count, int(holds.sum()), len(different), found
    )
    cells = count * (1 if group.pattern == "swapped" else len(group.variables))
    cause = Cause(
        sentence=told,
        pattern=group.pattern,
        variables=group.variables,
        count=cells,
        share=min(cells / of, 1.0),
        conditions=found,
        amount=group.amount,
    )
    return cause, group.places


def _with_examples(cause: Cause, places: np.ndarray, cells: Cells, pairs: Pairs) -> Cause:
    """The cause with cells of its first records."""
    shown: list[Cell] = []
    for place in places[:EXAMPLES].tolist():
        row = int(pairs.base[place]) + 1
        first, last = np.searchsorted(cells.base_row, [row, row + 1])
        for number in range(int(first), int(last)):
            if cells.variable[number] in cause.variables:
                shown.append(cells[number])
                break
    return replace(cause, examples=tuple(shown))
