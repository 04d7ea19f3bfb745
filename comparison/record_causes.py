"""Why records have no partner: what they have in common, or the keys in which they differ."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from comparison.causes import EXAMPLES, Group, causes, groups_of
from comparison.conditions import conditions
from comparison.findings import Cause, Where
from comparison.near import Near, near_pairs
from comparison.options import EXACT, Options
from comparison.pairing import Pairs
from comparison.patterns import Differences, patterns, residue
from comparison.population import Column, Population
from comparison.records import key_texts
from comparison.sentences import listed, phrase, record_count, under
from comparison.source import Source
from comparison.tables import cells_of
from comparison.values import Compared, Found, compare_values

_ALL = 0.95  # of the records in which a variable differs that goes with the keys
_NAMED = 8  # variables of which a sentence gives the names


def record_causes(
    base: Source,
    other: Source,
    keys: tuple[str, ...],
    pairs: Pairs,
    variables: Sequence[Compared],
    options: Options,
) -> list[Cause]:
    """Causes of records in one side only; ``variables`` are those whose values are compared."""
    if not keys:
        return []
    near = near_pairs(base, other, keys, pairs, options)
    made, here, there = [], pairs.base_only, pairs.other_only
    if near is not None:
        made = _changed(base, other, keys, pairs, near, variables, options)
        here = np.setdiff1d(here, near.pairs.base, assume_unique=True)
        there = np.setdiff1d(there, near.pairs.other, assume_unique=True)
    made += _alone(base, "base", keys, here, pairs.base_only, options)
    return made + _alone(other, "other", keys, there, pairs.other_only, options)


def _changed(
    base: Source,
    other: Source,
    keys: tuple[str, ...],
    pairs: Pairs,
    near: Near,
    variables: Sequence[Compared],
    options: Options,
) -> list[Cause]:
    """Causes told of the keys in which records differ, then of their other values."""
    natures = base.natures, other.natures
    changed = [Compared(key, natures[0][key], natures[1][key], EXACT, None) for key in near.changed]
    everything = Options(most=len(near.pairs.base), chunk=options.chunk)
    found, _ = compare_values(base, other, near.pairs, changed, everything)
    some = [_differences(one) for one in found if one.kept]
    groups = [_whole(some)] if len(some) > 1 else groups_of(some[0], None, lambda _: False)
    values, _ = compare_values(base, other, near.pairs, variables, options)
    size = len(near.pairs.base)
    following = [one.variable.name for one in values if one.unequal >= _ALL * size]
    own = [one for one in values if one.unequal < _ALL * size]
    lone = (len(pairs.base_only) + len(pairs.other_only)) / 2
    told = _key_causes(base, keys, near, lone, groups, following, options)
    return told + _value_causes(base, other, keys, near, own, options)


def _differences(one: Found) -> Differences:
    return Differences(one.variable.name, one.variable.nature, *one.columns())


def _whole(some: Sequence[Differences]) -> Group:
    """Several keys that changed in the same records: of each what holds for all its differences."""
    places = np.unique(np.concatenate([one.places for one in some]))
    names: dict[str, list[str]] = {}
    for one in some:
        best = max(patterns(one), key=lambda pattern: pattern.count, default=None)
        text = best.phrase if best is not None and best.count == len(one) else residue(one)
        few = "" if len(one) == len(places) else f" ({record_count(len(one))})"
        names.setdefault(text + few, []).append(one.name)
    told = listed([phrase(text, those) for text, those in names.items()])
    return Group(tuple(one.name for one in some), places, "changed", None, told)


def _key_causes(
    base: Source,
    keys: tuple[str, ...],
    near: Near,
    lone: float,
    groups: Sequence[Group],
    following: Sequence[str],
    options: Options,
) -> list[Cause]:
    """A cause for each group of differences of keys, of so many records without a partner."""
    places = np.unique(np.concatenate([group.places for group in groups]))
    population = _population(base, "base", near.pairs.base[places], options)
    # The value of the key itself is in the pattern, and others may go with it.
    without = {(key, "base") for key in near.changed}
    made = []
    for group in groups:
        rows = near.pairs.base[group.places]
        held, holds = conditions(population, np.sort(rows), without, keys)
        told = phrase(group.phrase, group.variables)
        told += f" in {record_count(len(rows))}, which {near.how(len(rows))}"
        if held and holds.all():
            told += f": {under(held, len(rows))}"
        if following:
            verb = "differs" if len(following) == 1 else "differ"
            told += f"; {listed(_first(following))} {verb} there too"
        made.append(
            Cause(
                sentence=f"{told}.",
                pattern=f"key {group.pattern}",
                variables=group.variables,
                count=len(rows),
                share=len(rows) / lone,
                conditions=held,
                amount=group.amount,
                records=_shown(base, keys, rows, options),
                changed_keys=near.changed,
            )
        )
    return made


def _first(names: Sequence[str]) -> Sequence[str]:
    """So many names as a sentence may hold, and how many more there are."""
    left = len(names) - _NAMED
    return names if left <= 1 else [*names[:_NAMED], f"{left} more"]


def _value_causes(
    base: Source,
    other: Source,
    keys: tuple[str, ...],
    near: Near,
    found: Sequence[Found],
    options: Options,
) -> list[Cause]:
    """Causes of the values that differ between records whose keys changed, told among these."""
    cells = cells_of(base, keys, near.pairs, found, options)
    among = f"Among the {record_count(len(near.pairs.base))} {near.known}, "
    return [
        replace(one, sentence=among + one.sentence, changed_keys=near.changed)
        for one in causes(base, other, keys, near.pairs, found, cells, options)
    ]


def _alone(
    source: Source,
    of: Where,
    keys: tuple[str, ...],
    rows: np.ndarray,
    lone: np.ndarray,
    options: Options,
) -> list[Cause]:
    """What records of one side only, of all such, have in common; nothing where not known."""
    held, holds = conditions(_population(source, of, rows, options), rows, set(), keys)
    if not held:
        return []
    which = record_count(len(rows))
    if len(rows) < len(lone):
        which = which.replace(" ", " more ", 1)
    told = f"{which} {'is' if len(rows) == 1 else 'are'} in the {of} alone"
    more = "" if holds.all() else f", and {len(rows) - int(holds.sum()):,} more"
    cause = Cause(
        sentence=f"{told}: {under(held, int(holds.sum()), of)}{more}.",
        pattern=f"{of} only",
        variables=(),
        count=len(rows),
        share=len(rows) / len(lone),
        conditions=held,
        records=_shown(source, keys, rows, options),
    )
    return [cause]


def _population(source: Source, of: Where, rows: np.ndarray, options: Options) -> Population:
    columns = tuple(Column(one.name, of, one.nature) for one in source.about.variables)
    everything = np.arange(source.about.records)
    return Population({of: source}, {of: everything}, columns, np.sort(rows), options.chunk)


def _shown(
    source: Source, keys: Sequence[str], rows: np.ndarray, options: Options
) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Keys and row numbers of the first records."""
    few = rows[:EXAMPLES]
    texts = key_texts(source, tuple(keys), few, options.chunk)
    return tuple(
        (tuple(column[place] for column in texts), int(row) + 1) for place, row in enumerate(few)
    )
