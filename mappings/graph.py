"""The references of a whole study as a graph, and the order in which to work it out (language 1.9).

Nodes
    rows      the rows a block starts from: source rows, transposed, once per row of ``for_each``,
              for which holds what ``where:`` says of the row alone
    made      what the record operation of a block gives
    grouped   the records after ``where:`` and ``one_per:``
    records   the records a block ends with, after ``keep:``
    name      one name on the records of one block
    scope     one name over the records of all blocks, or of those in ``over:``
    sequence  the --SEQ of a dataset
    finished  all of a dataset, with what its checks ask and what its records are traced to
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import NamedTuple

from mappings.model import Block, Body, DatasetSpec, Study, VariableSpec, made_names
from mappings.operations import Role
from mappings.problems import Mark, Problems
from mappings.reach import (
    Cell,
    Identity,
    Own,
    Subject,
    There,
    Use,
    expression_uses,
    fills,
    keep_uses,
    names_of,
    of_the_row,
    resolve,
    sequence_name,
    uses,
)


class Node(NamedTuple):
    """One thing to work out; a tuple, because graphs hash nodes all the time."""

    step: str
    dataset: str
    block: str = ""
    name: str = ""

    def __str__(self) -> str:
        place = f"{self.dataset}({self.block})" if self.block else self.dataset
        return f"{place}.{self.name}" if self.name else f"{place} {self.step}"


# Phases of the records of a block; a name is worked out at the earliest one that needs it.
SOURCE, BASE, MADE, GROUPED, FINAL = range(5)


@dataclass(frozen=True)
class Graph:
    """Nodes with what they need, and where each need is said."""

    needs: Mapping[Node, tuple[Node, ...]]
    marks: Mapping[tuple[Node, Node], Mark]
    phases: Mapping[Node, int]

    def order(self) -> list[Node]:
        """Nodes in an order in which each follows what it needs; CycleError if there is none."""
        return list(self._order)

    @cached_property
    def _order(self) -> list[Node]:
        return list(TopologicalSorter(self.needs).static_order())

    @cached_property
    def cycle(self) -> list[Node]:
        """The nodes of a cycle, the first repeated at the end; empty where there is none."""
        try:
            self.order()
        except CycleError as error:
            return list(reversed(error.args[1]))
        return []


def build_graph(study: Study) -> Graph:
    """The graph of a study; names that cannot be resolved are left out (lint reports them)."""
    needs: dict[Node, dict[Node, None]] = {}
    marks: dict[tuple[Node, Node], Mark] = {}
    phases: dict[Node, int] = {}
    for dataset in study.datasets.values():
        made = _Nodes(study, dataset)
        nodes = list(made.all_nodes())
        nodes.append(made.finished([node for node, _ in nodes]))
        for node, node_needs in nodes:
            needs[node] = {}
            for need, mark in node_needs:
                needs[node].setdefault(need)
                if mark is not None:
                    marks.setdefault((node, need), mark)
        phases |= made.phases
    known = {node: tuple(need for need in found if need in needs) for node, found in needs.items()}
    return Graph(known, marks, phases)


Need = tuple[Node, Mark | None]


class _Nodes:
    """The nodes of one dataset."""

    def __init__(self, study: Study, dataset: DatasetSpec) -> None:
        self.study = study
        self.dataset = dataset
        self.phases: dict[Node, int] = {}

    def all_nodes(self) -> Iterator[tuple[Node, list[Need]]]:
        for block in self.dataset.blocks:
            yield self._node("rows", block), list(self._rows(block))
            yield self._node("made", block), list(self._made(block))
            yield self._node("grouped", block), list(self._grouped(block))
            yield self._node("records", block), list(self._records(block))
            early = self._early(block)
            for name in sorted(names_of(self.dataset)):
                if fills(self.dataset, block, name):
                    node = self._node("name", block, name)
                    phase = early.get(name, FINAL)
                    self.phases[node] = phase
                    yield node, list(self._name(block, name, phase))
        for name in (*self.dataset.variables, *self.dataset.supp, *self.dataset.working):
            spec = self._section(name)
            if spec.body is not None and spec.body.operation.scope == "scope":
                node = Node("scope", self.dataset.name, name=name)
                yield node, list(self._scope(spec))
        if sequence_name(self.dataset):
            yield Node("sequence", self.dataset.name), list(self._sequence())

    def finished(self, own: Iterable[Node]) -> tuple[Node, list[Need]]:
        """The last node of the dataset, with what it needs beside the others."""
        needs: list[Need] = [(node, None) for node in own]
        for block in self.dataset.blocks:
            for check in self.dataset.checks:
                asked = [check.must] if check.where is None else [check.must, check.where]
                for condition in asked:
                    needs += self._uses(block, expression_uses(condition))
            needs += self._sequences({block.source, *(use.through for use in uses(block.call))})
        people = self.study.datasets.get("DM")
        if people is not None and self.dataset.standard == "SDTM" and not self.dataset.trial_design:
            needs += [(Node("records", "DM", block.name), None) for block in people.blocks]
        return Node("finished", self.dataset.name), needs

    def _node(self, step: str, block: Block, name: str = "") -> Node:
        return Node(step, self.dataset.name, block.name, name)

    def _section(self, name: str) -> VariableSpec:
        for section in (self.dataset.variables, self.dataset.supp, self.dataset.working):
            if name in section:
                return section[name]
        raise KeyError(name)

    def _rows(self, block: Block) -> Iterator[Need]:
        """Source rows need the records of their dataset, and what a row must have to count."""
        if block.source in self.study.datasets:
            for other in self._blocks_of(block.source, block):
                yield Node("records", block.source, other.name), block.mark
        for condition in of_the_row(self.study, self.dataset, block):
            # What has no prefix is a cell of the row itself.
            asked = [use for use in expression_uses(condition) if use.name.prefix]
            yield from self._uses(block, asked)

    def _made(self, block: Block) -> Iterator[Need]:
        yield self._node("rows", block), None
        operation = block.call.operation
        if operation.first.role is Role.BASE and block.where is not None:
            yield from self._uses(block, expression_uses(block.where))
        if operation.name != "from":
            yield from self._uses(block, uses(block.call), block)
            yield from self._sequences({use.through for use in uses(block.call)})

    def _sequences(self, sources: set[str]) -> Iterator[Need]:
        """The --SEQ of other datasets, by which their records are named as a source."""
        for name in sorted((sources & self.study.datasets.keys()) - {self.dataset.name}):
            if sequence_name(self.study.datasets[name]):
                yield Node("sequence", name), None

    def _grouped(self, block: Block) -> Iterator[Need]:
        yield self._node("made", block), None
        if block.where is not None:
            yield from self._uses(block, expression_uses(block.where))
        yield from self._uses(block, [Use(key.name, key.mark) for key in block.one_per or ()])

    def _records(self, block: Block) -> Iterator[Need]:
        yield self._node("grouped", block), None
        yield from self._uses(block, keep_uses(block))

    def _name(self, block: Block, name: str, phase: int) -> Iterator[Need]:
        if name in made_names(block) and name not in block.set:
            step = "rows" if block.transpose and name in block.transpose.into else "made"
            yield self._node(step, block), None
            return
        spec = self.dataset.body_of(block, name)
        if spec is None or spec.body is None:
            if name == sequence_name(self.dataset):
                yield Node("sequence", self.dataset.name), None
            yield self._node("rows", block), None
            return
        if spec.section != "set" and spec.body.operation.scope == "scope":
            yield Node("scope", self.dataset.name, name=name), spec.mark
            return
        yield self._node(self._start(phase), block), None
        above = block if spec.section == "set" else None
        yield from self._uses(block, uses(spec.body), above, spec.body)

    @staticmethod
    def _start(phase: int) -> str:
        """The step after which a name of a phase can be worked out."""
        return {BASE: "rows", MADE: "made", GROUPED: "grouped"}.get(phase, "records")

    def _scope(self, spec: VariableSpec) -> Iterator[Need]:
        body = spec.body
        if body is None:
            return
        for block in self.dataset.blocks:
            if body.over and block.name not in body.over:
                continue
            yield self._node("records", block), spec.mark
            yield from self._uses(block, uses(body), None, body)

    def _sequence(self) -> Iterator[Need]:
        for block in self.dataset.blocks:
            yield self._node("records", block), None
            for key in self.dataset.keys:
                if fills(self.dataset, block, key):
                    yield self._node("name", block, key), self.dataset.mark

    def _blocks_of(
        self, source: str, above: Block | None, over: tuple[str, ...] = ()
    ) -> Iterable[Block]:
        """Blocks whose records are meant by a dataset's name, seen from here."""
        blocks = self.study.datasets[source].blocks
        if source != self.dataset.name:
            return blocks
        if over:
            return [block for block in blocks if block.name in over]
        if above is not None:
            return blocks[: above.position]
        return blocks

    def _uses(
        self,
        block: Block,
        found: Iterable[Use],
        above: Block | None = None,
        body: Body | None = None,
    ) -> Iterator[Need]:
        for use in found:
            target = resolve(self.study, self.dataset, block, use.name, use.through)
            if isinstance(target, Own):
                if target.name == block.call.operation.base_name and body is None:
                    # The base column is known to the operation that puts it under its name.
                    continue
                if target.filled and fills(self.dataset, block, target.name):
                    yield self._node("name", block, target.name), use.mark
            elif isinstance(target, Subject):
                yield from self._whole(target.dataset, target.name, use.mark, above, ())
            elif isinstance(target, There | Cell):
                over = body.over if body is not None else ()
                seen = block if isinstance(target, Cell) else above
                yield from self._whole(target.source, target.column, use.mark, seen, over)
            elif isinstance(target, Identity) and block.source in self.study.datasets:
                yield from self._whole(block.source, target.column, use.mark, block, ())

    def _whole(
        self, source: str, name: str, mark: Mark, above: Block | None, over: tuple[str, ...]
    ) -> Iterator[Need]:
        """A column of a built dataset: its value and the records of each of its blocks."""
        if source not in self.study.datasets:
            return
        other = self.study.datasets[source]
        for block in self._blocks_of(source, above, over):
            yield Node("records", source, block.name), mark
            if fills(other, block, name):
                yield Node("name", source, block.name, name), mark

    def _early(self, block: Block) -> dict[str, int]:
        """Names that the steps of a block need before its records are final, with their phase."""
        phases: dict[str, int] = {}
        operation = block.call.operation
        has_base = operation.first.role is Role.BASE
        if operation.name != "from":
            self._spread(block, uses(block.call), BASE, phases)
        if block.where is not None:
            phase = BASE if has_base else MADE
            self._spread(block, expression_uses(block.where), phase, phases)
        grouping = [Use(key.name, key.mark) for key in block.one_per or ()]
        self._spread(block, grouping, MADE, phases)
        self._spread(block, keep_uses(block), MADE if block.one_per is None else GROUPED, phases)
        return phases

    def _spread(
        self, block: Block, found: Iterable[Use], phase: int, phases: dict[str, int]
    ) -> None:
        """Give the names used, and those they use in turn, a phase no later than this one."""
        waiting = [use.name.name for use in found if not use.name.prefix]
        while waiting:
            name = waiting.pop()
            if phases.get(name, FINAL) <= phase or not fills(self.dataset, block, name):
                continue
            phases[name] = phase
            spec = self.dataset.body_of(block, name)
            if spec is not None and spec.body is not None:
                waiting += [use.name.name for use in uses(spec.body) if not use.name.prefix]


def made_last(study: Study, graph: Graph) -> set[str]:
    """Trial-design datasets that need subjects, directly or through one another.

    They are worked out after all others, from the records of all subjects.
    """
    design = {name for name, dataset in study.datasets.items() if dataset.trial_design}
    last: set[str] = set()
    while True:
        more = {
            node.dataset
            for node, needs in graph.needs.items()
            if node.dataset in design
            and any(need.dataset not in design or need.dataset in last for need in needs)
        } - last
        if not more:
            return last
        last |= more


def cycle_problem(graph: Graph, study: Study, problems: Problems) -> None:
    """Report a cycle as one problem that names every node on it with its mark."""
    cycle = graph.cycle
    if not cycle:
        return
    steps = []
    for node, need in pairwise(cycle):
        mark = graph.marks.get((node, need))
        steps.append(f"{node} ({mark})" if mark else str(node))
    marked = [graph.marks[pair] for pair in pairwise(cycle) if pair in graph.marks]
    first = cycle[0]
    problems.add(
        "RF201", f"circular: {' -> '.join([*steps, str(cycle[-1])])}",
        mark=min(marked) if marked else study.datasets[first.dataset].mark, dataset=first.dataset,
        variable=first.name,
    )  # fmt: skip
