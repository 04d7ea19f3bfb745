"""What has been worked out so far for some of the subjects of a study.

A block's records pass through phases (see ``graph``): the rows of its source, those that its
operation starts from, those it made, those left and grouped, those kept. A column is worked out at
one phase and carried to the later ones by position; a group carries the value of its first member.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mappings.coded import plain, written_out
from mappings.columns import Kind, nothing, numbers, texts
from mappings.graph import BASE, FINAL, GROUPED, MADE, SOURCE
from mappings.kinds import Kinds
from mappings.looked import take
from mappings.model import Block, DatasetSpec, Study
from mappings.operations import Origin
from mappings.reach import automatic_names, fills

NOBODY = -1


@dataclass(frozen=True)
class RawRows:
    """The rows of a raw form: collected columns with ``row``, whose they are, who that is."""

    frame: pd.DataFrame
    subject: np.ndarray
    identity: pd.DataFrame
    known: bool = True


@dataclass(frozen=True)
class Part:
    """Some subjects with all their raw rows; ``given`` are datasets that stand already."""

    subjects: tuple[str, ...]
    raw: Mapping[str, RawRows]
    given: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass
class BlockState:
    """The records of one block while they are made."""

    subject: dict[int, np.ndarray] = field(default_factory=dict)
    select: dict[int, np.ndarray] = field(default_factory=dict)
    source_row: np.ndarray | None = None
    each_row: np.ndarray | None = None
    made_row: np.ndarray | None = None
    replaced: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    member: np.ndarray | None = None
    origins: tuple[Origin, ...] = ()
    columns: dict[str, tuple[int, pd.Series]] = field(default_factory=dict)
    account: dict[str, int] = field(default_factory=dict)

    def start(self, phase: int, subject: np.ndarray, select: np.ndarray) -> None:
        """Begin a phase with the positions of its records in the phase before."""
        self.subject[phase] = subject
        self.select[phase] = select

    def size(self, phase: int) -> int:
        """Number of records of a phase."""
        return len(self.subject[phase])

    def lift(self, positions: np.ndarray, start: int, end: int) -> np.ndarray:
        """Values by record of a phase, carried to the records of a later phase."""
        for phase in range(start + 1, end + 1):
            positions = positions[self.select[phase]]
        return positions

    def column(self, name: str, phase: int) -> pd.Series:
        """A column worked out before, on the records of a phase."""
        start, column = self.columns[name]
        if start == phase:
            return column
        return take(column, self.lift(np.arange(len(column)), start, phase))

    @property
    def latest(self) -> int:
        """The phase the records have reached."""
        return max(self.subject)


class State:
    """Everything worked out for one part, by dataset and block."""

    def __init__(self, study: Study, part: Part, kinds: Kinds) -> None:
        self.study = study
        self.part = replace(part, raw={name: _written(rows) for name, rows in part.raw.items()})
        self.kinds = kinds
        self.blocks: dict[tuple[str, str], BlockState] = {
            (dataset.name, block.name): BlockState()
            for dataset in study.datasets.values()
            for block in dataset.blocks
        }
        self.subject_texts = texts(list(part.subjects))
        self._whole: dict[tuple[str, str, tuple[str, ...]], pd.Series] = {}
        self._one: dict[str, np.ndarray] = {}

    def block(self, dataset: DatasetSpec, block: Block) -> BlockState:
        """The state of a block."""
        return self.blocks[dataset.name, block.name]

    def usubjid(self, codes: np.ndarray) -> pd.Series:
        """Subject identifiers of codes; missing for nobody."""
        return take(self.subject_texts, codes)

    def seen(
        self, dataset: DatasetSpec, source: str, above: Block | None, over: Sequence[str] = ()
    ) -> tuple[Block, ...]:
        """Blocks that a dataset's name means, read from a dataset (see ``graph``)."""
        blocks = self.study.datasets[source].blocks
        if source != dataset.name:
            return blocks
        if over:
            return tuple(block for block in blocks if block.name in over)
        return blocks if above is None else blocks[: above.position]

    def whole(self, source: str, name: str, blocks: Sequence[Block]) -> pd.Series:
        """A name over the final records of some blocks of a dataset, one after another."""
        if source in self.part.given:
            frame = self.part.given[source]
            kind = self.kinds.of_whole(source, name) or "text"
            return plain(frame[name]) if name in frame else nothing(_column(kind), len(frame))
        key = (source, name, tuple(block.name for block in blocks))
        if key not in self._whole:
            self._whole[key] = self._joined(source, name, blocks)
        return self._whole[key]

    def _joined(self, source: str, name: str, blocks: Sequence[Block]) -> pd.Series:
        dataset = self.study.datasets[source]
        kind = _column(self.kinds.of_whole(source, name) or "text")
        parts = []
        for block in blocks:
            state = self.blocks[source, block.name]
            automatic = self._automatic(dataset, block, name, state)
            if automatic is not None:
                parts.append(automatic)
            elif name in state.columns and fills(dataset, block, name):
                parts.append(state.column(name, FINAL))
            elif _to_come(dataset, block, name):
                raise LookupError(f"{source}.{name} is needed before it is worked out")
            else:
                parts.append(nothing(kind, state.size(FINAL)))
        filled = [part for part in parts if len(part)]
        if not filled:
            return nothing(kind, 0)
        return pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]

    def _automatic(
        self, dataset: DatasetSpec, block: Block, name: str, state: BlockState
    ) -> pd.Series | None:
        """What the engine fills by itself, --SEQ apart."""
        if name not in automatic_names(dataset) or dataset.body_of(block, name) is not None:
            return None
        if name == "STUDYID":
            return texts(self.study.id, state.size(FINAL))
        if name == "DOMAIN":
            return texts(dataset.name, state.size(FINAL))
        return self.usubjid(state.subject[FINAL]) if name == "USUBJID" else None

    def whole_subject(self, source: str, blocks: Sequence[Block]) -> np.ndarray:
        """Subject codes of the final records of some blocks of a dataset."""
        if source in self.part.given:
            return np.full(len(self.part.given[source]), NOBODY)
        codes = [self.blocks[source, block.name].subject[FINAL] for block in blocks]
        return np.concatenate(codes) if codes else np.zeros(0, dtype=np.int64)

    def source_column(
        self, dataset: DatasetSpec, source: str, column: str, above: Block | None,
        over: Sequence[str] = (),
    ) -> pd.Series:  # fmt: skip
        """All values of a column of a raw form, a table or a built dataset."""
        if source in self.study.datasets:
            return self.whole(source, column, self.seen(dataset, source, above, over))
        if source in self.study.raw:
            return self._raw_column(source, column)
        table = self.study.table(dataset, source)
        if table is None:
            raise KeyError(source)
        if column == "row":
            return numbers(np.arange(1, len(table.frame) + 1))
        return table.frame[column]

    def _raw_column(self, source: str, column: str) -> pd.Series:
        rows = self.part.raw[source]
        if column == "row":
            return rows.frame["row"].astype("float64")
        if column in rows.frame:
            return rows.frame[column]
        if column in rows.identity and not rows.known:
            return rows.identity[column]
        return nothing("text", len(rows.frame))

    def source_subject(
        self, dataset: DatasetSpec, source: str, above: Block | None, over: Sequence[str] = ()
    ) -> np.ndarray:
        """Subject codes of all rows of a source; nobody for tables."""
        if source in self.study.datasets:
            return self.whole_subject(source, self.seen(dataset, source, above, over))
        if source in self.study.raw:
            return self.part.raw[source].subject
        table = self.study.table(dataset, source)
        return np.full(0 if table is None else len(table.frame), NOBODY)

    def identity(self, block: Block, column: str, rows: np.ndarray) -> pd.Series:
        """``source.X`` of raw rows: who they are, the visit they declare, or a column."""
        form = self.study.raw[block.source]
        held = self.part.raw[block.source]
        if column in {"USUBJID", "SITEID", "SUBJID"}:
            return take(held.identity[column], rows)
        name = form.visit if column == "VISIT" else column
        size = len(held.frame)
        return take(self._raw_column(block.source, name) if name else nothing("text", size), rows)

    def one_of(self, source: str) -> tuple[np.ndarray, np.ndarray]:
        """For each subject the position of its one record in a dataset, and how many it has.

        The position is -1 where there is none; where there are several it is that of the first.
        """
        blocks = self.study.datasets[source].blocks
        codes = self.whole_subject(source, blocks)
        counts = np.bincount(codes[codes >= 0], minlength=len(self.part.subjects))
        positions = np.full(len(self.part.subjects), -1, dtype=np.int64)
        backwards = np.arange(len(codes))[::-1]
        positions[codes[backwards][codes[backwards] >= 0]] = backwards[codes[backwards] >= 0]
        return positions, counts


def _written(rows: RawRows) -> RawRows:
    """The rows with their text written out, as operations take it."""
    return replace(rows, frame=written_out(rows.frame), identity=written_out(rows.identity))


def _to_come(dataset: DatasetSpec, block: Block, name: str) -> bool:
    """Whether a name that is not there is going to be; a wrong order must not pass for missing."""
    spec = dataset.body_of(block, name)
    if spec is None:
        return fills(dataset, block, name)
    body = spec.body
    if body is None:
        return False
    # An operation on the records of several blocks fills those of its over: alone.
    return body.operation.scope != "scope" or not body.over or block.name in body.over


def _column(kind: str) -> Kind:
    """The kind as a column can have it; lists and unknown kinds are text."""
    return kind if kind in {"number", "iso", "date", "datetime"} else "text"  # type: ignore[return-value]


__all__ = ["BASE", "FINAL", "GROUPED", "MADE", "SOURCE", "BlockState", "Part", "RawRows", "State"]
