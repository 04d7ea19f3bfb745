"""One place where bodies are worked out: what a name means there, as a column.

A place is the records of one block at one phase; the same name may be a column of the row a record
is made from, a value of this record, or the one value of its subject.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mappings.columns import nothing, numbers, texts
from mappings.expression_values import holds
from mappings.expressions import Name
from mappings.kinds import AnyKind, literal_kind
from mappings.looked import take
from mappings.model import Block, DatasetSpec, ExpressionArgument
from mappings.part import GROUPED, MADE, SOURCE, State, _column
from mappings.reach import Cell, Each, Identity, Own, Setting, Subject, resolve


@dataclass(frozen=True)
class Here:
    """Where a body is worked out: the records of one block at one phase.

    ``above`` is the block whose blocks above are meant by the dataset's own name, None for all.
    """

    state: State
    dataset: DatasetSpec
    block: Block
    phase: int
    above: Block | None = None
    over: tuple[str, ...] = ()
    anywhere: bool = False

    @property
    def size(self) -> int:
        """Number of records here."""
        return self.state.block(self.dataset, self.block).size(self.phase)

    @property
    def subject(self) -> np.ndarray:
        """Whose the records here are."""
        return self.state.block(self.dataset, self.block).subject[self.phase]

    def kind(self, name: Name) -> AnyKind:
        """Kind of a name here."""
        return self.state.kinds.of_name(self.dataset, self.block, name)

    def value(self, name: Name) -> tuple[pd.Series, Any]:
        """Column of a name on the records here, with its kind."""
        kind = self.kind(name)
        return self._column(name, kind), kind

    def _column(self, name: Name, kind: AnyKind) -> pd.Series:
        grouped = self.phase >= GROUPED
        target = resolve(self.state.study, self.dataset, self.block, name, grouped=grouped)
        if isinstance(target, Own):
            return self.own(target, kind)
        if isinstance(target, Subject):
            return self._of_subject(target, kind)
        if isinstance(target, Each):
            return self._each(target)
        if isinstance(target, Setting):
            value = self.state.study.settings[target.name]
            made = numbers if literal_kind(value) == "number" else texts
            return made("" if value is None else value, self.size)
        if isinstance(target, Cell):
            return self._cell(target)
        if isinstance(target, Identity):
            return self._identity(target)
        raise LookupError(f"{name} is out of reach here")

    def own(self, target: Own, kind: AnyKind = "") -> pd.Series:
        """A name of this dataset; missing where nothing fills it on this block.

        LookupError where it is asked for before it is worked out: the graph would be wrong.
        """
        held = self.state.block(self.dataset, self.block)
        if target.name in held.columns and held.columns[target.name][0] <= self.phase:
            return held.column(target.name, self.phase)
        if target.filled and self.dataset.body_of(self.block, target.name) is None:
            automatic = self._automatic(target.name)
            if automatic is not None:
                return automatic
        if target.filled:
            raise LookupError(f"{target.name} is needed before it is worked out")
        kind = kind or self.state.kinds.of(self.dataset, self.block, target.name)
        return nothing(_column(kind), self.size)

    def _automatic(self, name: str) -> pd.Series | None:
        """What the engine fills by itself, --SEQ apart."""
        if name == "STUDYID":
            return texts(self.state.study.id, self.size)
        if name == "DOMAIN":
            return texts(self.dataset.name, self.size)
        return self.state.usubjid(self.subject) if name == "USUBJID" else None

    def _of_subject(self, target: Subject, kind: AnyKind) -> pd.Series:
        blocks = self.state.study.datasets[target.dataset].blocks
        column = self.state.whole(target.dataset, target.name, blocks)
        if not len(self.state.part.subjects):
            return nothing(_column(kind), self.size)
        positions, _ = self.state.one_of(target.dataset)
        return take(column, np.where(self.subject < 0, -1, positions[self.subject]))

    def _each(self, target: Each) -> pd.Series:
        held = self.state.block(self.dataset, self.block)
        if self.block.for_each is None or held.each_row is None:
            raise KeyError(target.column)
        column = self.block.for_each.frame[target.column]
        return column.iloc[held.lift(held.each_row, SOURCE, self.phase)].reset_index(drop=True)

    def rows(self) -> np.ndarray:
        """Position in the source of the row each record here is made from."""
        held = self.state.block(self.dataset, self.block)
        if held.made_row is not None:
            return held.lift(held.made_row, MADE, self.phase)
        if held.source_row is None:
            return np.full(self.size, -1)
        return held.lift(held.source_row, SOURCE, self.phase)

    def _cell(self, target: Cell) -> pd.Series:
        column = self.state.source_column(self.dataset, target.source, target.column, self.block)
        return take(column, self.rows())

    def _identity(self, target: Identity) -> pd.Series:
        if self.block.source in self.state.study.raw:
            return self.state.identity(self.block, target.column, self.rows())
        if target.column == "USUBJID":
            return self.state.usubjid(self.subject)
        if self.block.source in self.state.study.datasets:
            return self._cell(Cell(self.block.source, target.column))
        return nothing("text", self.size)

    def holds(self, argument: ExpressionArgument) -> np.ndarray:
        """Mask of the records here for which a condition holds."""
        return holds(argument.expression, self.size, self.value)
