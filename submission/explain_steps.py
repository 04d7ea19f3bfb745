"""How one value came about: the operation on its record, and in turn every value that it read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mappings.arguments import Call
from mappings.expressions import Name
from mappings.graph import Graph, Node
from mappings.here import Here
from mappings.lint_walk import written
from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    ThroughArgument,
    VariableSpec,
)
from mappings.operations import Role
from mappings.part import BASE, FINAL, MADE, SOURCE, State
from mappings.problems import Mark, Problems
from mappings.reach import (
    Cell,
    Own,
    Subject,
    There,
    fills,
    resolve,
    uses,
)
from mappings.terms import form_of, spec_of
from submission.explain_records import Records, Spot
from submission.explain_values import MISSING, call_text, decisive, shown
from submission.ways import way_of

ROWS = 12


@dataclass(frozen=True)
class Step:
    """One value and how it came about.

    ``way`` says what fills it, with the body as written; ``call`` is the operation with the values
    it got; ``place`` is a place in a file. ``chosen`` marks the row that gave the value above,
    ``left_out`` counts rows that are not listed among ``parts``.
    """

    name: str
    value: str = ""
    way: str = ""
    call: str = ""
    place: str = ""
    chosen: bool = False
    parts: tuple["Step", ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Tracer:
    """Follows values of a part that is worked out; ``written`` gives a body's text by its mark.

    ``known`` keeps the steps that were followed already: a value is often read by several others.
    """

    records: Records
    graph: Graph
    written: Callable[[DatasetSpec, Mark], str]
    depth: int
    known: dict[tuple[str, str, int, str, int], Step] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The part that is worked out."""
        return self.records.state

    def step(self, spot: Spot, name: str, above: int = 0) -> Step:
        """A name on a record with everything behind it, as deep as is asked for."""
        key = (spot.dataset.name, spot.block.name, spot.index, name, above)
        if key not in self.known:
            self.known[key] = self._step(spot, name, above)
        return self.known[key]

    def _step(self, spot: Spot, name: str, above: int) -> Step:
        way = way_of(spot.dataset, spot.block, name)
        step = Step(
            f"{spot.dataset.name}.{name}",
            shown(self.records.value(spot, name)),
            place=self.records.label(spot),
        )
        spec = way.spec
        if spec is None or spec.body is None:
            step = replace(step, way=f"block {way.block}, {way.said}")
            return step if above >= self.depth else self._without_body(spot, name, step, above)
        text = self.written(spot.dataset, spec.mark)
        step = replace(step, way=f"block {way.block}, {way.said}: {text}  [{spec.mark}]")
        if above >= self.depth:
            return step
        return self._with_body(spot, spec, spec.body, step, above)

    def _without_body(self, spot: Spot, name: str, step: Step, above: int) -> Step:
        """What a transposition or a record operation put there."""
        block = spot.block
        if block.transpose is not None and name in block.transpose.into:
            cell = self._transposed(spot, name)
            if cell is None:
                return replace(step, way=f"{step.way}, as its row says")
            here, row = self._source_row(spot)
            return replace(step, parts=(self._cell(here, Cell(block.source, cell), row, above),))
        if way_of(spot.dataset, block, name).number != 2:
            return step
        phase = MADE if block.call.operation.first.role is Role.BASE else BASE
        here = Here(self.state, spot.dataset, block, phase, block)
        spec = VariableSpec(block.name, "set", block.call, block.mark)
        return self._called(spot, here, spec, block.call, step, above)

    def _transposed(self, spot: Spot, name: str) -> str | None:
        """The raw column a transposed value stood in; None for a literal."""
        block = spot.block
        if block.transpose is None:
            return None
        held = self.state.block(spot.dataset, block)
        base = int(held.lift(np.arange(held.size(SOURCE)), SOURCE, FINAL)[spot.index])
        times = len(block.for_each.frame) if block.for_each is not None else 1
        row = block.transpose.rows[base // times % len(block.transpose.rows)]
        return row[block.transpose.into.index(name)].column

    def _source_row(self, spot: Spot) -> tuple[Here, int]:
        here = Here(self.state, spot.dataset, spot.block, FINAL)
        return here, int(here.rows()[spot.index])

    def _with_body(
        self, spot: Spot, spec: VariableSpec, body: Body, step: Step, above: int
    ) -> Step:
        own = spec.section == "set"
        node = Node("name", spot.dataset.name, spot.block.name, spec.name)
        phase = self.graph.phases.get(node, FINAL)
        here = Here(
            self.state, spot.dataset, spot.block, phase, spot.block if own else None,
            body.over, body.anywhere,
        )  # fmt: skip
        return self._called(spot, here, spec, body, step, above)

    def _called(
        self, spot: Spot, here: Here, spec: VariableSpec, body: Body, step: Step, above: int
    ) -> Step:
        """The step with the call of its body, the names it read and the rows it looked through."""
        held = self.state.block(spot.dataset, spot.block)
        index = int(held.lift(np.arange(here.size), here.phase, FINAL)[spot.index])
        kind = self.state.kinds.of(spot.dataset, spot.block, spec.name) if spec.body else ""
        call = Call(here, body, spec_of(spot.dataset, spec.name) or spec, Problems(), kind)
        keywords = call.keywords(self._given(here, body))
        parts = list(self._read(spot, here, index, body, above))
        marks: Mapping[int, Any] = {}
        if body.operation.scope == "aggregate":
            marks = decisive(call, keywords, index, self.records.value(spot, spec.name))
        parts += self._looked(spot, call, index, marks, above)
        if body.operation.scope == "scope":
            parts.append(self._competing(spot, spec, body))
        said = step.way
        if body.where is not None:
            holds = "holds" if here.holds(body.where)[index] else "does not hold"
            said = f"{said}; where: {body.where.expression.text} {holds}"
        text = "" if body.is_reference else call_text(call, keywords, index)
        return replace(step, way=said, call=text, parts=tuple(parts))

    def _given(self, here: Here, body: Body) -> dict[str, Any]:
        """What the form of a value supplies to an operation."""
        form = form_of(self.state.study, here.dataset, here.block, body)
        return {} if form is None else dict(form.manner)

    def _read(self, spot: Spot, here: Here, index: int, body: Body, above: int) -> Iterator[Step]:
        """The names of this record that a body reads, each once."""
        seen: set[str] = set()
        for use in uses(body):
            target = resolve(self.state.study, here.dataset, here.block, use.name, use.through)
            if str(use.name) in seen or isinstance(target, There):
                continue
            seen.add(str(use.name))
            if isinstance(target, Own):
                yield self.step(spot, target.name, above + 1)
            elif isinstance(target, Subject):
                yield self._of_subject(here, index, target, above)
            elif isinstance(target, Cell):
                yield self._cell(here, target, int(here.rows()[index]), above)
            else:
                yield self._plain(here, index, use.name)

    def _plain(self, here: Here, index: int, name: Name) -> Step:
        """A setting, a cell of ``for_each`` or of whichever source the record has."""
        place = ""
        if name.prefix == "source" and here.block.source in self.state.study.raw:
            place = self.records.place(here.block.source, int(here.rows()[index]))
        return Step(str(name), shown(here.value(name)[0].iloc[index]), place=place)

    def _of_subject(self, here: Here, index: int, target: Subject, above: int) -> Step:
        positions, _ = self.state.one_of(target.dataset)
        code = int(here.subject[index])
        position = int(positions[code]) if code >= 0 else -1
        if position < 0:
            return Step(f"{target.dataset}.{target.name}", MISSING, place="no record")
        blocks = self.state.study.datasets[target.dataset].blocks
        return self.step(
            self.records.spot(target.dataset, blocks, position), target.name, above + 1
        )

    def _cell(self, here: Here, target: Cell, row: int, above: int) -> Step:
        """A column of the row a record is made from."""
        if row < 0:
            return Step(f"{target.source}.{target.column}", MISSING, place="no row")
        blocks = self._seen(here, target.source, here.block)
        return self._row(here, target.source, target.column, row, blocks, above)

    def _seen(self, here: Here, source: str, above: Block | None) -> tuple[Block, ...]:
        if source not in self.state.study.datasets:
            return ()
        return self.state.seen(here.dataset, source, above, here.over)

    def _row(
        self, here: Here, source: str, column: str, row: int, blocks: tuple[Block, ...], above: int
    ) -> Step:
        """A column at a row of a raw form, a table or a built dataset."""
        if source in self.state.study.datasets:
            spot = self.records.spot(source, blocks, row)
            if fills(spot.dataset, spot.block, column):
                return self.step(spot, column, above + 1)
            return Step(f"{source}.{column}", MISSING, place=self.records.label(spot))
        values = self.state.source_column(here.dataset, source, column, here.block)
        return Step(
            f"{source}.{column}", shown(values.iloc[row]), place=self.records.place(source, row)
        )

    def _looked(
        self, spot: Spot, call: Call, index: int, marks: Mapping[int, Any], above: int
    ) -> Iterator[Step]:
        """The rows of other datasets that a call looks through for a record."""
        for one in written(call.body):
            argument = one.argument
            if not isinstance(argument, ThroughArgument):
                continue
            if one.parameter.role is Role.ROWS:
                rows = self.records.of_subject(call.here, index, argument.of.prefix)
                over: tuple[str, ...] = ()
            else:
                looked = call.look(argument)
                rows, over = looked.row[looked.record == index], call.here.over
            here = replace(call.here, over=over)
            chosen = marks.get(id(argument), np.zeros(len(rows), dtype=bool))
            if call.body.operation.scope == "records":
                chosen = self.records.deciding(spot, here, argument, rows)
            yield self._rows(here, argument, rows, chosen, above)

    def _rows(
        self, here: Here, argument: ThroughArgument, rows: np.ndarray, chosen: np.ndarray,
        above: int,
    ) -> Step:  # fmt: skip
        """The rows looked through, chosen ones first where they are too many to list."""
        source, column = argument.of.prefix, argument.of.name
        order = _listed(chosen)
        blocks = self._seen(here, source, here.above)
        parts = []
        followed = order[chosen[order]][:1]
        for place in order:
            # Of rows that say the same one is followed; the others are shown with their value.
            depth = above if place in followed else self.depth
            step = self._row(here, source, column, int(rows[place]), blocks, depth)
            way = step.way if place in followed else ""
            parts.append(replace(step, chosen=bool(chosen[place]), way=way))
        among = f"among {argument.among.expression.text}" if argument.among else ""
        count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
        return Step(str(argument.of), f"{count} looked through", among, parts=tuple(parts),
                    left_out=len(rows) - len(parts))  # fmt: skip

    def _competing(self, spot: Spot, spec: VariableSpec, body: Body) -> Step:
        """The records of the subject among which a scope operation decides."""
        found = self.records.competing(spot, spec, body)
        chosen = np.array([self.records.has(other, spec.name) for other, _ in found], dtype=bool)
        parts = tuple(
            Step(self.records.label(found[place][0]), found[place][1], chosen=bool(chosen[place]))
            for place in _listed(chosen)
        )
        count = f"{len(found)} record{'' if len(found) == 1 else 's'} of the subject"
        return Step("competing", count, parts=parts, left_out=len(found) - len(parts))

    def sources(self, spot: Spot, above: int = 0) -> Step:
        """The records a record was made from, down to rows of raw files."""
        found = list(self.records.sources(spot))
        parts = [self._origin(spot, source, row, above) for source, row in found[:ROWS]]
        return Step("made from", parts=tuple(parts), left_out=len(found[ROWS:]))

    def _origin(self, spot: Spot, source: str, row: int, above: int) -> Step:
        if source not in self.state.study.datasets:
            return Step(self.records.place(source, row))
        blocks = self.state.seen(spot.dataset, source, spot.block)
        other = self.records.spot(source, blocks, row)
        if above >= self.depth:
            return Step(self.records.label(other))
        return replace(self.sources(other, above + 1), name=self.records.label(other))


def _listed(chosen: np.ndarray) -> np.ndarray:
    """Positions of the rows to list: all of a few, chosen ones first among many."""
    return np.sort(np.argsort(~chosen, kind="stable")[:ROWS])
