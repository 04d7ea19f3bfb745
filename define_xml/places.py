"""Where a body is put into words: a block, and how much is known of the records it speaks of.

Of the records of one value-level item the values of some variables are known, and with them often
the row of ``for_each:`` or ``transpose:`` that made them. What that decides need not be said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import numbers, texts
from mappings.expression_values import holds
from mappings.expressions import Expression, ExpressionError, Name, Part, conjuncts
from mappings.kinds import column_kind
from mappings.model import Block, DatasetSpec, NameArgument, Study, TransposeCell
from mappings.reach import Each, Own, resolve
from mappings.supplemental import as_text


@dataclass(frozen=True)
class Place:
    """Records of a block of which ``known`` gives values of variables.

    ``each`` has the rows of ``for_each:`` and ``rows`` those of ``transpose:`` that may have made
    them; ``each`` is None where the block has none.
    """

    study: Study
    dataset: DatasetSpec
    block: Block
    each: pd.DataFrame | None = None
    rows: tuple[tuple[TransposeCell, ...], ...] = ()
    known: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def simplified(self) -> dict[Expression, Expression | bool]:
        """Conditions simplified before: the texts of its variables ask the same ones again."""
        return {}


class Places:
    """The places of one dataset, each made once for all its variables."""

    def __init__(self, study: Study, dataset: DatasetSpec) -> None:
        self._study = study
        self._dataset = dataset
        self._blocks = {block.position: block for block in dataset.blocks}
        self._made: dict[tuple[Any, ...], Place] = {}

    def at(self, block: int, known: Mapping[str, Any] | None = None) -> Place:
        """The records of the block at a position whose variables have the known values."""
        key = (block, *(known or {}).items())
        if key not in self._made:
            self._made[key] = place_of(self._study, self._dataset, self._blocks[block], known)
        return self._made[key]


def place_of(
    study: Study, dataset: DatasetSpec, block: Block, known: Mapping[str, Any] | None = None
) -> Place:
    """The records of a block whose variables have the known values."""
    each = block.for_each.frame if block.for_each is not None else None
    rows = block.transpose.rows if block.transpose is not None else ()
    place = Place(study, dataset, block, each, rows)
    for name, value in (known or {}).items():
        place = _narrowed(place, name, value)
    return place


def _narrowed(place: Place, name: str, value: Any) -> Place:
    """The place where one more value is known; only the rows that give it are left."""
    place = replace(place, known={**place.known, name: value})
    made_by = _made_by(place, name)
    if isinstance(made_by, int):
        rows = tuple(row for row in place.rows if row[made_by].literal in {None, str(value)})
        return replace(place, rows=rows or place.rows)
    if made_by and place.each is not None:
        same = as_text(place.each[made_by]) == as_text(column_of(value, 1)).iloc[0]
        if same.any():
            return replace(place, each=place.each[same.to_numpy()].reset_index(drop=True))
    return place


def _made_by(place: Place, name: str) -> int | str:
    """Position of the transposed column, or column of ``for_each:``, that a name copies, or "".

    "" where it copies neither.
    """
    seen: set[str] = set()
    into = place.block.transpose.into if place.block.transpose else ()
    while name not in seen:
        seen.add(name)
        spec = place.dataset.body_of(place.block, name)
        if name in into and (spec is None or spec.section != "set"):
            return into.index(name)
        if spec is None or spec.body is None or not spec.body.is_reference:
            return ""
        argument = next(iter(spec.body.arguments.values()))
        if not isinstance(argument, NameArgument):
            return ""
        target = resolve(place.study, place.dataset, place.block, argument.name)
        if isinstance(target, Each):
            plain = place.each is not None and column_kind(place.each[target.column]) != "list"
            return target.column if plain else ""
        if not isinstance(target, Own):
            return ""
        name = target.name
    return ""


def column_of(value: Any, size: int) -> pd.Series:
    """A known value repeated, in the dtype of its kind."""
    return numbers(value, size) if isinstance(value, int | float) else texts(str(value), size)


def simplified(place: Place, expression: Expression) -> Expression | bool:
    """A condition without the parts that are known to hold; True or False where it is decided."""
    if expression not in place.simplified:
        place.simplified[expression] = _simplified(place, expression)
    return place.simplified[expression]


def _simplified(place: Place, expression: Expression) -> Expression | bool:
    left = []
    for part in conjuncts(expression):
        decided = _decided(place, part)
        if decided is False:
            return False
        if decided is None:
            left.append(part)
    if not left:
        return True
    if len(left) == 1:
        return left[0]
    root = Part("and", expression.root.offset, tuple(part.root for part in left))
    return Expression(expression.text, tuple(name for part in left for name in part.names), root)


def _decided(place: Place, expression: Expression) -> bool | None:
    """Whether a condition holds on all records, on none, or cannot be told."""
    size = max(1, len(place.each)) if place.each is not None else 1
    columns = {name: known_column(place, name, size) for name in expression.names}
    if not columns or any(column is None for column in columns.values()):
        return None

    def value(name: Name) -> tuple[pd.Series, Any]:
        column = columns[name]
        if column is None:
            raise KeyError(name)
        return column, column_kind(column)

    try:
        mask = holds(expression, size, value)
    except ExpressionError:
        return None
    return True if np.all(mask) else None if np.any(mask) else False


def known_column(place: Place, name: Name, size: int) -> pd.Series | None:
    """The values that a name is known to have, one for each row of ``for_each:``."""
    if name.prefix == "each" and place.each is not None and len(place.each):
        return place.each[name.name]
    if name.prefix:
        return None
    if name.name in place.known:
        return column_of(place.known[name.name], size)
    made_by = _made_by(place, name.name)
    if not isinstance(made_by, int):
        return None
    literals = {row[made_by].literal for row in place.rows}
    literal = literals.pop() if len(literals) == 1 else None
    return None if literal is None else texts(literal, size)
