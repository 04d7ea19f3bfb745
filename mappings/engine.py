"""Working a study out for one part of its subjects: the nodes of the graph, one after another.

Operations see columns only. What they give back is brought to the dtype of its kind here and
nowhere else, and an exception inside one becomes a problem at the mark of its variable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mappings.arguments import Call
from mappings.blocks import BlockMaker
from mappings.columns import nothing, settle
from mappings.expressions import Name
from mappings.graph import Graph, Node
from mappings.here import Here
from mappings.kinds import Kinds
from mappings.looked import sorted_positions, take
from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    LiteralArgument,
    NameArgument,
    Study,
    VariableSpec,
)
from mappings.operations import Group, SortKey
from mappings.part import FINAL, Part, State, _column
from mappings.problems import Problems, StudyError
from mappings.reach import Own, Subject, resolve, sequence_name, uses
from mappings.terms import form_of, spec_of

FAILED = "DT522"


@dataclass(frozen=True)
class Engine:
    """What working a part out needs."""

    study: Study
    graph: Graph
    kinds: Kinds
    problems: Problems

    def run(self, part: Part, order: Iterable[Node]) -> State:
        """Everything the nodes name, worked out for a part."""
        state = State(self.study, part, self.kinds)
        runner = _Run(self, state)
        for node in order:
            try:
                runner.work(node)
            except Exception as error:
                mark = self.study.datasets[node.dataset].mark
                self.problems.add(
                    FAILED, f"{node} failed: {type(error).__name__}: {error}", mark=mark,
                    dataset=node.dataset, variable=node.name,
                )  # fmt: skip
                raise StudyError(self.problems) from error
        return state


class _Run:
    """One pass over the nodes."""

    def __init__(self, engine: Engine, state: State) -> None:
        self.engine = engine
        self.state = state
        self.blocks = BlockMaker(state, engine.problems, self._call)
        self._warned: set[tuple[str, str]] = set()

    def work(self, node: Node) -> None:
        """Work one node out."""
        dataset = self.engine.study.datasets[node.dataset]
        if node.step == "finished":
            return
        if node.step == "sequence":
            self._sequence(dataset)
            return
        if node.step == "scope":
            self._scope(dataset, node.name)
            return
        block = next(block for block in dataset.blocks if block.name == node.block)
        if node.step == "name":
            self._name(dataset, block, node)
        else:
            getattr(self.blocks, node.step)(dataset, block)

    def _name(self, dataset: DatasetSpec, block: Block, node: Node) -> None:
        held = self.state.block(dataset, block)
        spec = dataset.body_of(block, node.name)
        if spec is None or spec.body is None:
            return
        if spec.section != "set" and spec.body.operation.scope == "scope":
            return
        phase = self.engine.graph.phases[node]
        above = block if spec.section == "set" else None
        here = Here(self.state, dataset, block, phase, above, spec.body.over, spec.body.anywhere)
        held.columns[node.name] = (phase, self._worked_out(here, spec))

    def _worked_out(self, here: Here, spec: VariableSpec) -> pd.Series:
        """The column of a body on the records here, missing where its ``where:`` does not hold."""
        body = spec.body
        if body is None:
            raise ValueError(f"{spec.name} has no body")
        kind = self.engine.kinds.of(here.dataset, here.block, spec.name)
        receives = here.holds(body.where) if body.where else None
        problems = self.blocks.place(here, spec, receives)
        given: dict[str, Any] = {}
        if body.operation.scope == "scope":
            competing = np.ones(here.size, dtype=bool) if receives is None else receives
            given["group"] = Group(here.subject, competing, np.arange(here.size))
        column = self._call(here, spec, kind, problems, given)
        if column is None:
            return nothing(_column(kind), here.size)
        if receives is None or receives.all():
            return column
        return take(column, np.where(receives, np.arange(here.size), -1))

    def _call(
        self, here: Here, spec: VariableSpec, kind: str, problems: Problems, given: dict[str, Any]
    ) -> pd.Series | None:
        """The settled result of a body's operation; None with a problem where it failed."""
        body = spec.body
        if body is None:
            return None
        self._ask_subjects(here, spec)
        given = {**given, **self._context(here, body)}
        call = Call(here, body, spec_of(here.dataset, spec.name) or spec, problems, kind)
        try:
            made = body.operation.function(**call.keywords(given))
            column = settle(made, _column(kind))
            if len(column) != here.size:
                raise ValueError(f"{len(column)} values came back for {here.size} records")
        except Exception as error:  # whatever an operation raises is the study's to mend
            problems.add(FAILED, f"{body.operation.name} failed: {type(error).__name__}: {error}")
            return None
        return column

    def _context(self, here: Here, body: Body) -> dict[str, Any]:
        """What an operation may want to know of its place: how the form writes, parts in use."""
        found: dict[str, Any] = {}
        form = form_of(self.engine.study, here.dataset, here.block, body, as_written=True)
        if form is not None:
            found.update(form.manner)
        if body.operation.name == "split":
            found["parts"] = _parts_used(here.dataset, body)
        return found

    def _ask_subjects(self, here: Here, spec: VariableSpec) -> None:
        """Report subjects with two records where one is meant by ``DATASET.NAME``."""
        for use in uses(spec.body) if spec.body else ():
            if use.through or not use.name.prefix:
                continue
            target = resolve(self.engine.study, here.dataset, here.block, use.name)
            place = (here.dataset.name, str(use.name))
            if not isinstance(target, Subject) or place in self._warned:
                continue
            self._warned.add(place)
            _, counts = self.state.one_of(target.dataset)
            several = counts[here.subject] > 1
            if several.any():
                self.blocks.place(here, spec).at(
                    several, None, "DT516",
                    f"has several records of {target.dataset}, so {use.name} is not one value",
                    "look through it with an aggregate",
                )  # fmt: skip

    def _scope(self, dataset: DatasetSpec, name: str) -> None:
        """A scope operation over the records of several blocks at once."""
        spec = next(
            section[name]
            for section in (dataset.variables, dataset.supp, dataset.working)
            if name in section
        )
        body = spec.body
        if body is None:
            return
        blocks = [block for block in dataset.blocks if not body.over or block.name in body.over]
        blocks = [block for block in blocks if dataset.body_of(block, name) is spec]
        if not blocks:
            return
        place = JoinedHere(self.state, dataset, blocks[0], FINAL, blocks=tuple(blocks))
        column = self._worked_out(place, spec)
        start = 0
        for block in blocks:
            held = self.state.block(dataset, block)
            size = held.size(FINAL)
            part = column.iloc[start : start + size].reset_index(drop=True)
            held.columns[name] = (FINAL, part)
            start += size

    def _sequence(self, dataset: DatasetSpec) -> None:
        """Number the records of each subject in the order of the keys."""
        blocks = dataset.blocks
        subject = self.state.whole_subject(dataset.name, blocks)
        order = [
            SortKey(self.state.whole(dataset.name, key, blocks))
            for key in dataset.keys
            if key not in {"STUDYID", "USUBJID"}
        ]
        positions = sorted_positions([subject], order, len(subject))
        ordered = subject[positions]
        changes = np.ones(len(ordered), dtype=bool)
        changes[1:] = ordered[1:] != ordered[:-1]
        starts = np.flatnonzero(changes)
        sizes = np.diff(np.r_[starts, len(ordered)]).astype(np.int64)
        numbered = np.empty(len(ordered))
        numbered[positions] = np.arange(len(ordered)) - np.repeat(starts, sizes) + 1
        start = 0
        name = sequence_name(dataset)
        for block in blocks:
            held = self.state.block(dataset, block)
            size = held.size(FINAL)
            held.columns[name] = (FINAL, pd.Series(numbered[start : start + size]))
            start += size


def _parts_used(dataset: DatasetSpec, body: Body) -> int:
    """The last part that any body of the file takes of the text this one splits."""
    specs = [*dataset.variables.values(), *dataset.supp.values(), *dataset.working.values()]
    specs += [spec for block in dataset.blocks for spec in block.set.values()]
    used = [
        other.arguments["part"].value
        for other in (spec.body for spec in specs)
        if other is not None
        and other.operation.name == "split"
        and _split_text(other) == _split_text(body)
        and isinstance(other.arguments["part"], LiteralArgument)
    ]
    return max(used)


def _split_text(body: Body) -> Name | None:
    first = body.arguments[body.operation.first.name]
    return first.name if isinstance(first, NameArgument) else None


@dataclass(frozen=True)
class JoinedHere(Here):
    """The final records of several blocks of a dataset as one place, for a scope operation."""

    blocks: tuple[Block, ...] = ()

    @property
    def size(self) -> int:
        """Number of records of all blocks."""
        return sum(place.size for place in self._places())

    @property
    def subject(self) -> np.ndarray:
        """Whose the records of all blocks are."""
        return np.concatenate([place.subject for place in self._places()])

    def _places(self) -> list[Here]:
        return [
            Here(self.state, self.dataset, block, FINAL, None, self.over, self.anywhere)
            for block in self.blocks
        ]

    def _column(self, name: Any, kind: str) -> pd.Series:
        parts = []
        for place in self._places():
            target = resolve(self.state.study, self.dataset, place.block, name)
            column = place.own(target, kind) if isinstance(target, Own) else place.value(name)[0]
            parts.append(column)
        filled = [part for part in parts if len(part)]
        if not filled:
            return parts[0]
        return pd.concat(filled, ignore_index=True)

    def rows(self) -> np.ndarray:
        """Position in its source of each record's row, block by block."""
        return np.concatenate([place.rows() for place in self._places()])
