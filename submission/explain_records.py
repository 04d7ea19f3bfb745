"""Records of a part that is worked out: where each is, what it holds, what it stands with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mappings.blocks import origins
from mappings.here import Here
from mappings.lint_walk import written
from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    NameArgument,
    SortArgument,
    ThroughArgument,
    VariableSpec,
)
from mappings.operations import Role
from mappings.part import FINAL, State
from mappings.part_results import IDENTIFIERS
from mappings.reach import Own, fills, sequence_name
from submission.explain_values import MISSING, shown

# Where an analysis record says which record it was taken from (ADaMIG 1.3, datapoint traceability).
SOURCE_NAMES = ("SRCDOM", "SRCVAR", "SRCSEQ")


@dataclass(frozen=True)
class Spot:
    """A record: the dataset, the block that made it, its position among the block's records."""

    dataset: DatasetSpec
    block: Block
    index: int


@dataclass(frozen=True)
class Records:
    """The records of a state."""

    state: State

    def value(self, spot: Spot, name: str) -> Any:
        """The value of a name on a record."""
        here = Here(self.state, spot.dataset, spot.block, FINAL)
        filled = fills(spot.dataset, spot.block, name)
        base = name == spot.block.call.operation.base_name
        return here.own(Own(name, filled or base)).iloc[spot.index]

    def label(self, spot: Spot) -> str:
        """What a person calls a record: its dataset and --SEQ, or its keys where it has none."""
        dataset = spot.dataset
        for name in (sequence_name(dataset), f"{dataset.name}SEQ"):
            if name and fills(dataset, spot.block, name):
                return f"{dataset.name} {name} {shown(self.value(spot, name))}"
        keys = [key for key in dataset.keys if key not in IDENTIFIERS]
        values = [f"{key}={shown(self.value(spot, key))}" for key in keys]
        return " ".join([dataset.name, ", ".join(values)]).strip()

    def place(self, source: str, row: int) -> str:
        """Where a row of a raw form or a table stands."""
        if row < 0:
            return ""
        if source in self.state.study.raw:
            number = int(self.state.part.raw[source].frame["row"].iloc[row])
            return f"{self.state.study.raw[source].file}:{number}"
        return f"table {source}, row {row + 1}"

    def spot(self, source: str, blocks: Sequence[Block], position: int) -> Spot:
        """The record at a position among those of some blocks of a dataset."""
        dataset = self.state.study.datasets[source]
        for block in blocks:
            size = self.state.block(dataset, block).size(FINAL)
            if position < size:
                return Spot(dataset, block, position)
            position -= size
        raise IndexError(f"{source} has no record {position}")

    def sources(self, spot: Spot) -> Iterator[tuple[str, int]]:
        """The source rows a record was made from."""
        for origin in origins(self.state, spot.dataset, spot.block):
            for row in origin.row[origin.record == spot.index]:
                yield origin.source, int(row)

    def of_subject(self, here: Here, index: int, source: str) -> np.ndarray:
        """Rows of a dataset that are of the subject of a record."""
        subject = self.state.source_subject(here.dataset, source, here.above)
        return np.flatnonzero(subject == here.subject[index])

    def deciding(
        self, spot: Spot, here: Here, argument: ThroughArgument, rows: np.ndarray
    ) -> np.ndarray:
        """Mask of the rows that a record names as those it was made from."""
        source = argument.of.prefix
        own = [row for name, row in self.sources(spot) if name == source]
        found = np.isin(rows, own)
        other = self.state.study.datasets.get(source)
        if other is None or not all(fills(spot.dataset, spot.block, name) for name in SOURCE_NAMES):
            return found
        named = [self.value(spot, name) for name in SOURCE_NAMES]
        if named[:2] != [source, argument.of.name]:
            return found
        sequence = sequence_name(other)
        if not sequence:
            return np.ones(len(rows), dtype=bool)
        numbers = self.state.source_column(here.dataset, source, sequence, here.above)
        return np.asarray(numbers.iloc[rows] == named[2])

    def competing(self, spot: Spot, spec: VariableSpec, body: Body) -> list[tuple[Spot, str]]:
        """Records of the subject among which a scope operation decides, with what decides."""
        named, grouped = _decided_by(body), _grouped_by(body)
        mine = [shown(self.value(spot, name)) for name in grouped]
        code = Here(self.state, spot.dataset, spot.block, FINAL).subject[spot.index]
        found = []
        for block in _scope(spot, spec, body):
            here = Here(self.state, spot.dataset, block, FINAL)
            there = np.asarray(here.subject == code)
            if body.where is not None:
                there = there & here.holds(body.where)
            for index in np.flatnonzero(there):
                other = Spot(spot.dataset, block, int(index))
                if [shown(self.value(other, name)) for name in grouped] == mine:
                    values = (f"{name}={shown(self.value(other, name))}" for name in named)
                    found.append((other, ", ".join(values)))
        return found

    def has(self, spot: Spot, name: str) -> bool:
        """Whether a name has a value on a record."""
        return shown(self.value(spot, name)) != MISSING


def _scope(spot: Spot, spec: VariableSpec, body: Body) -> list[Block]:
    """The blocks whose records a scope operation sees."""
    if spec.section == "set":
        return [spot.block]
    return [block for block in spot.dataset.blocks if not body.over or block.name in body.over]


def _decided_by(body: Body) -> list[str]:
    """Names of the record that decide among competing records."""
    named = [
        one.argument.name
        for one in written(body)
        if isinstance(one.argument, SortArgument | NameArgument)
        and one.parameter.role in {Role.ORDER, Role.COLUMN}
    ]
    return [name.name for name in dict.fromkeys(named) if not name.prefix]


def _grouped_by(body: Body) -> list[str]:
    """Names of the record whose values competing records share."""
    return [
        one.argument.name.name
        for one in written(body)
        if isinstance(one.argument, NameArgument)
        and one.parameter.role is Role.COLUMNS
        and not one.argument.name.prefix
    ]
