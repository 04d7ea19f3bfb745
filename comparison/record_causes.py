"""Why records have no partner: what they have in common, or the one key in which they differ."""

from collections.abc import Sequence

import numpy as np

from comparison.causes import EXAMPLES, groups_of
from comparison.conditions import conditions
from comparison.findings import Cause, Where
from comparison.hashes import key_hashes
from comparison.options import Options
from comparison.pairing import Pairs, paired, ranked
from comparison.patterns import Differences
from comparison.population import Column, Population
from comparison.records import key_texts
from comparison.sentences import counted, phrase, under
from comparison.source import Source
from comparison.values import Compared, compare_values

_MOST_OF = 0.8  # of the records of the shorter side that must pair without a key


def record_causes(
    base: Source, other: Source, keys: tuple[str, ...], pairs: Pairs, options: Options
) -> list[Cause]:
    """Causes of records in one side only."""
    if not keys:
        return []
    near = _near(base, other, keys, pairs, options)
    if near is not None:
        key, left, right = near
        return _differing_key(base, other, keys, key, Pairs.of(left, right), options)
    made = _alone(base, "base", keys, pairs.base_only, options)
    return made + _alone(other, "other", keys, pairs.other_only, options)


def _near(
    base: Source, other: Source, keys: tuple[str, ...], pairs: Pairs, options: Options
) -> tuple[str, np.ndarray, np.ndarray] | None:
    """The key without which most lone records pair, and the rows that do."""
    best: tuple[str, np.ndarray, np.ndarray] | None = None
    fewest = min(len(pairs.base_only), len(pairs.other_only))
    if not fewest or len(keys) < 2:
        return None
    for key in keys:
        rest = tuple(name for name in keys if name != key)
        codes = [
            _hashes(side, rest, rows, options)
            for side, rows in ((base, pairs.base_only), (other, pairs.other_only))
        ]
        left, right = paired(ranked(codes[0]), ranked(codes[1]))
        if len(left) >= _MOST_OF * fewest and (best is None or len(left) > len(best[1])):
            best = key, pairs.base_only[left], pairs.other_only[right]
    return best


def _hashes(
    source: Source, names: tuple[str, ...], rows: np.ndarray, options: Options
) -> np.ndarray:
    natures = source.natures
    text = frozenset(name for name in names if natures[name] == "text")
    parts = [
        key_hashes(source.take(rows[start : start + options.chunk]), names, text)
        for start in range(0, len(rows), options.chunk)
    ]
    return np.concatenate(parts)


def _differing_key(
    base: Source,
    other: Source,
    keys: tuple[str, ...],
    key: str,
    near: Pairs,
    options: Options,
) -> list[Cause]:
    """Causes told of the key in which records differ that pair without it."""
    natures = base.natures, other.natures
    variable = Compared(key, natures[0][key], natures[1][key], options.tolerance, None)
    (found,), _ = compare_values(base, other, near, [variable], Options(most=options.most))
    differences = Differences(key, variable.nature, *found.columns())
    population = _population(base, "base", near.base[differences.places], options)
    made = []
    for group in groups_of(differences, None, lambda _: False):
        rows = near.base[group.places]
        # The value of the key itself is in the pattern, and others may go with it.
        held, holds = conditions(population, np.sort(rows), {(key, "base")}, keys)
        told = phrase(group.phrase, group.variables)
        told += f" in {counted(len(rows), 'record')}, which pair without this key"
        if held and holds.all():
            told += f": {under(held, len(rows))}"
        made.append(
            Cause(
                sentence=f"{told}.",
                pattern=f"key {group.pattern}",
                variables=(key,),
                count=len(rows),
                share=len(rows) / len(near.base),
                conditions=held,
                amount=group.amount,
                records=_shown(base, keys, rows, options),
            )
        )
    return made


def _alone(
    source: Source, of: Where, keys: tuple[str, ...], rows: np.ndarray, options: Options
) -> list[Cause]:
    """What records of one side only have in common; nothing where that is not known."""
    held, holds = conditions(_population(source, of, rows, options), rows, set(), keys)
    if not held:
        return []
    told = f"{counted(len(rows), 'record')} {'is' if len(rows) == 1 else 'are'} in the {of} alone"
    more = "" if holds.all() else f", and {len(rows) - int(holds.sum())} more"
    cause = Cause(
        sentence=f"{told}: {under(held, int(holds.sum()), of)}{more}.",
        pattern=f"{of} only",
        variables=(),
        count=len(rows),
        share=1.0,
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
