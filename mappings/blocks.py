"""The steps of a block: from source rows to the records it ends with (language section 1.5)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mappings.arguments import Call
from mappings.columns import nothing, settle, texts
from mappings.here import Here
from mappings.looked import (
    SortKeyLike,
    firsts,
    group_codes,
    sorted_positions,
    take,
    tied_groups,
)
from mappings.model import Block, DatasetSpec, Keep, TransposeCell, VariableSpec, made_names
from mappings.operations import Made, Origin, Role, SortKey
from mappings.part import BASE, FINAL, GROUPED, MADE, NOBODY, SOURCE, BlockState, State, _column
from mappings.problems import Problems
from mappings.reach import of_the_row

Operate = Callable[[Here, VariableSpec, str, Problems, dict[str, Any]], pd.Series | None]


class BlockMaker:
    """Makes the records of blocks in a state, step by step."""

    def __init__(self, state: State, problems: Problems, operate: Operate) -> None:
        self.state = state
        self.problems = problems
        self.operate = operate

    def place(self, here: Here, spec: VariableSpec, only: np.ndarray | None = None) -> Problems:
        """Collector of problems for a variable on the records here, or on those of a mask."""
        return self.problems.bound(
            only=only,
            mark=spec.mark,
            dataset=here.dataset.name,
            variable=spec.name,
            records=lambda: examples(here),
        )

    def rows(self, dataset: DatasetSpec, block: Block) -> None:
        """Source rows, transposed, once per row of ``for_each``, and those of them that count.

        What ``where:`` says of the row alone is asked at once, so that nothing is worked out for
        rows that do not become records.
        """
        held = self.state.block(dataset, block)
        subject, source_row = self._source(dataset, block)
        if block.source:
            held.account["source rows"] = len(subject)
        cells: dict[str, pd.Series] = {}
        if block.transpose is not None and source_row is not None:
            subject, source_row, cells = self._transposed(dataset, block, subject, source_row)
            held.account["after transpose"] = len(subject)
        if block.for_each is not None:
            times = len(block.for_each.frame)
            each = np.tile(np.arange(times), len(subject))
            subject = np.repeat(subject, times)
            source_row = None if source_row is None else np.repeat(source_row, times)
            spread = np.repeat(np.arange(len(subject) // max(times, 1)), times)
            cells = {name: take(column, spread) for name, column in cells.items()}
            held.each_row = each
            held.account["after for_each"] = len(subject)
        held.source_row = source_row
        held.start(SOURCE, subject, np.arange(len(subject)))
        for name, column in cells.items():
            held.columns[name] = (SOURCE, column)
        count = np.ones(len(subject), dtype=bool)
        for condition in of_the_row(self.state.study, dataset, block):
            count &= Here(self.state, dataset, block, SOURCE, block).holds(condition)
        held.start(BASE, subject[count], np.flatnonzero(count))

    def _source(self, dataset: DatasetSpec, block: Block) -> tuple[np.ndarray, np.ndarray | None]:
        """Whose the rows are that a block starts from, and their positions in the source."""
        if block.source == "study":
            return np.full(1, NOBODY), None
        if not block.source:
            return np.arange(len(self.state.part.subjects)), None
        subject = self.state.source_subject(dataset, block.source, block)
        return subject, np.arange(len(subject))

    def _transposed(
        self, dataset: DatasetSpec, block: Block, subject: np.ndarray, source_row: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, dict[str, pd.Series]]:
        table = block.transpose
        if table is None:
            return subject, source_row, {}
        times, size = len(table.rows), len(subject)
        # Row by row of the source: record i * times + j is row j of the table for source row i.
        order = np.arange(size * times).reshape(times, size).T.ravel()
        cells = {}
        for name in table.into:
            columns = [self._cell(dataset, block, cell, size) for cell in table.cells(name)]
            cells[name] = pd.concat(columns, ignore_index=True).iloc[order].reset_index(drop=True)
        return np.repeat(subject, times), np.repeat(source_row, times), cells

    def _cell(
        self, dataset: DatasetSpec, block: Block, cell: TransposeCell, size: int
    ) -> pd.Series:
        if cell.column is None:
            return texts(cell.literal or "", size)
        return self.state.source_column(dataset, block.source, cell.column, block)

    def made(self, dataset: DatasetSpec, block: Block) -> None:
        """What the record operation gives; after ``where:`` where it has a base."""
        held = self.state.block(dataset, block)
        operation = block.call.operation
        if operation.name == "from":
            size = held.size(BASE)
            held.start(MADE, held.subject[BASE], np.arange(size))
        elif operation.first.role is Role.BASE:
            self._made_of_base(dataset, block, held)
        else:
            self._made_of_subjects(dataset, block, held)

    def _spec(self, block: Block) -> VariableSpec:
        return VariableSpec(block.name, "set", block.call, block.mark)

    def _made_of_base(self, dataset: DatasetSpec, block: Block, held: BlockState) -> None:
        here = Here(self.state, dataset, block, BASE, block)
        keep = np.arange(here.size)
        if block.where is not None:
            keep = np.flatnonzero(here.holds(block.where))
        held.start(MADE, held.subject[BASE][keep], keep)
        held.account["after where"] = len(keep)
        here = Here(self.state, dataset, block, MADE, block)
        first = block.call.arguments[block.call.operation.first.name]
        if block.call.operation.base_name:
            column = here.value(first.name)[0]  # type: ignore[union-attr]
            held.columns[block.call.operation.base_name] = (MADE, column)
        frame = self._operated(here, block)
        for name, kind in block.call.operation.makes.items():
            column = (
                nothing(_column(kind), here.size)
                if frame is None
                else settle(frame[name], _column(kind))
            )
            held.columns[name] = (MADE, column)

    def _made_of_subjects(self, dataset: DatasetSpec, block: Block, held: BlockState) -> None:
        here = Here(self.state, dataset, block, BASE, block)
        made = self._operated(here, block)
        if not isinstance(made, Made):
            made = Made(pd.DataFrame(columns=list(made_names(block))), np.zeros(0, dtype=np.int64))
        nobody = made.parent < 0
        subject = np.full(len(made.parent), NOBODY)
        subject[~nobody] = held.subject[BASE][made.parent[~nobody]]
        held.start(MADE, subject, np.where(nobody, 0, made.parent))
        held.origins = made.origins
        held.made_row = made.row
        held.account["made"] = len(subject)
        for name, kind in made_names(block).items():
            column = made.frame[name].reset_index(drop=True)
            held.columns[name] = (MADE, settle(column, _column(kind)))

    def _operated(self, here: Here, block: Block) -> Any:
        """What the record operation gives back; None with a problem where it failed."""
        spec = self._spec(block)
        problems = self.place(here, spec)
        call = Call(here, block.call, spec, problems, "")
        try:
            return block.call.operation.function(**call.keywords({}))
        except Exception as error:  # whatever an operation raises is the study's to mend
            name = block.call.operation.name
            problems.add("DT522", f"{name} failed: {type(error).__name__}: {error}")
            return None

    def grouped(self, dataset: DatasetSpec, block: Block) -> None:
        """The records left by ``where:``, one for each group of ``one_per:``."""
        held = self.state.block(dataset, block)
        here = Here(self.state, dataset, block, MADE, block)
        keep = np.arange(here.size)
        if block.where is not None and block.call.operation.first.role is not Role.BASE:
            keep = np.flatnonzero(here.holds(block.where))
            held.account["after where"] = len(keep)
        if block.one_per is None:
            held.start(GROUPED, held.subject[MADE][keep], keep)
            return
        columns = [here.value(argument.name)[0] for argument in block.one_per]
        group = group_codes(
            [held.subject[MADE][keep], *(take(one, keep) for one in columns)], len(keep)
        )
        count = int(group.max()) + 1 if len(group) else 0
        first = np.full(count, len(group), dtype=np.int64)
        np.minimum.at(first, group, np.arange(len(group)))
        held.member = np.full(here.size, -1, dtype=np.int64)
        held.member[keep] = group
        held.start(GROUPED, held.subject[MADE][keep][first], keep[first])
        held.account["after one_per"] = count

    def records(self, dataset: DatasetSpec, block: Block) -> None:
        """The records left by ``keep:``."""
        held = self.state.block(dataset, block)
        size = held.size(GROUPED)
        kept = np.arange(size)
        if block.keep is not None:
            kept = self._kept(dataset, block, held)
            held.account["after keep"] = len(kept)
        held.start(FINAL, held.subject[GROUPED][kept], kept)
        held.account["records"] = len(kept)

    def _kept(self, dataset: DatasetSpec, block: Block, held: BlockState) -> np.ndarray:
        keep = block.keep
        here = Here(self.state, dataset, block, GROUPED, block)
        if keep is None:
            return np.arange(here.size)
        columns = [here.value(argument.name)[0] for argument in keep.by]
        group = group_codes([held.subject[GROUPED], *columns], here.size)
        order: list[SortKeyLike] = [
            SortKey(here.value(one.name)[0], one.descending) for one in keep.order
        ]
        positions = sorted_positions([group], order, here.size)
        if keep.last:
            positions = positions[::-1]
        chosen = firsts(group, positions)
        stands = np.empty(len(chosen), dtype=np.int64)
        stands[group[chosen]] = chosen
        self._ties(here, keep, group, order, stands)
        self._left_out(here, keep, stands[group])
        return np.sort(chosen)

    def _ties(
        self,
        here: Here,
        keep: Keep,
        group: np.ndarray,
        order: list[SortKeyLike],
        stands: np.ndarray,
    ) -> None:
        """Report what the row number decided; ``stands`` has the record kept of each group."""
        wanted = np.zeros(len(group), dtype=bool)
        wanted[stands] = tied_groups(group, order, stands)
        message = f"a tie in keep: of block {here.block.name} is decided by the row"
        self._of_keep(here, keep).at(wanted, None, "DT517", message)

    def _left_out(self, here: Here, keep: Keep, stands: np.ndarray) -> None:
        """Note records of raw rows that another one stands for; those of datasets are in them."""
        left_out = stands != np.arange(here.size)
        if here.block.source in self.state.study.raw:
            held = self.state.block(here.dataset, here.block)
            held.replaced = here.rows()[left_out]
            self._of_keep(here, keep, stands).at(
                left_out, None, "DT528", f"keep: of block {here.block.name} chose another record"
            )

    def _of_keep(self, here: Here, keep: Keep, stands: np.ndarray | None = None) -> Problems:
        """Collector of problems for a ``keep:``, with the record that stands for each."""

        def records() -> pd.DataFrame:
            found = examples(here)
            if stands is None:
                return found
            row = found["row"].to_numpy()
            return found.assign(instead=np.where(row == row[stands], 0, row[stands]))

        return self.problems.bound(mark=keep.mark, dataset=here.dataset.name, records=records)


def examples(here: Here) -> pd.DataFrame:
    """Whose each record here is and which row of which source it is made from."""
    rows = here.rows()
    state, source = here.state, here.block.source
    if source in state.study.raw and len(rows):
        held = state.part.raw[source].frame["row"].to_numpy()
        number = np.where(rows >= 0, held[rows], 0) if len(held) else np.zeros(len(rows), dtype=int)
        shown = state.study.raw[source].file
    else:
        number = rows + 1
        shown = source
    return pd.DataFrame(
        {"subject": state.usubjid(here.subject), "source": shown, "row": number.astype(np.int64)}
    )


def origins(state: State, dataset: DatasetSpec, block: Block) -> tuple[Origin, ...]:
    """Source rows of the final records of a block: those it was made from, all of a group's."""
    held = state.block(dataset, block)
    if held.origins:
        return tuple(_carried(held, origin) for origin in held.origins)
    if held.source_row is None:
        return ()
    rows = held.lift(held.source_row, SOURCE, MADE)
    if held.member is None:
        record = np.arange(held.size(FINAL))
        return (Origin(block.source, record, held.lift(rows, MADE, FINAL)),)
    kept = np.full(held.size(GROUPED), -1, dtype=np.int64)
    kept[held.select[FINAL]] = np.arange(held.size(FINAL))
    record = np.where(held.member >= 0, kept[held.member], -1)
    there = record >= 0
    return (Origin(block.source, record[there], rows[there]),)


def _carried(held: BlockState, origin: Origin) -> Origin:
    """Source rows of made records, for those of them that are left at the end."""
    final = np.full(held.size(MADE), -1, dtype=np.int64)
    final[held.select[GROUPED][held.select[FINAL]]] = np.arange(held.size(FINAL))
    record = final[origin.record]
    there = record >= 0
    return Origin(origin.source, record[there], origin.row[there])
