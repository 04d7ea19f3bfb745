"""The records among which the cause of differences is sought, column by column."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from comparison.attributes import Nature
from comparison.findings import Where
from comparison.hashes import number_hashes, text_hashes
from comparison.shown import shown_values
from comparison.source import Block, Source
from comparison.texts import blank

_SAMPLE = 2048

Reading = Callable[[Block, str, Nature], np.ndarray]


@dataclass(frozen=True)
class Column:
    """A variable of one side."""

    name: str
    of: Where
    nature: Nature


@dataclass(eq=False)
class Population:
    """Records by place: pairs with a row on both sides, or records of one side.

    ``rows`` gives the row of each place by side. ``columns`` are those that may explain something.
    What was read of the places in ``known`` is kept.
    """

    sources: dict[Where, Source]
    rows: dict[Where, np.ndarray]
    columns: tuple[Column, ...]
    known: np.ndarray
    chunk: int
    _read: dict[tuple[Column, Reading], np.ndarray] = field(default_factory=dict)
    _samples: dict[tuple[Column, Reading], np.ndarray] = field(default_factory=dict)
    _blocks: dict[tuple[Where, bytes], Block] = field(default_factory=dict)
    _counts: dict[tuple[object, ...], int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many records there are."""
        return len(next(iter(self.rows.values())))

    def pieces(
        self, column: Column, places: np.ndarray | None, read: Reading
    ) -> Iterator[np.ndarray]:
        """What is read of a column at some places, or at all, some at a time."""
        source, rows = self.sources[column.of], self.rows[column.of]
        total = self.size if places is None else len(places)
        for start in range(0, total, self.chunk):
            some = slice(start, start + self.chunk)
            chosen = rows[some] if places is None else rows[places[some]]
            yield read(source.take(chosen), column.name, column.nature)

    def at(self, column: Column, places: np.ndarray, read: Reading) -> np.ndarray:
        """What is read of a column at some of the known places."""
        key = (column, read)
        if key not in self._read:
            self._read[key] = self._fresh(column, self.known, read)
        return self._read[key][np.searchsorted(self.known, places)]

    def sample(self, column: Column, read: Reading) -> np.ndarray:
        """What is read at places spread evenly over all."""
        key = (column, read)
        if key not in self._samples:
            number = min(self.size, _SAMPLE)
            places = np.arange(number) * self.size // max(number, 1)
            self._samples[key] = self._fresh(column, places, read)
        return self._samples[key]

    def _fresh(self, column: Column, places: np.ndarray, read: Reading) -> np.ndarray:
        """What is read of a column at some places; few records are kept for the next column."""
        if len(places) > _SAMPLE:
            return np.concatenate(list(self.pieces(column, places, read)))
        key = (column.of, places.tobytes())
        if key not in self._blocks:
            source = self.sources[column.of]
            self._blocks[key] = source.take(self.rows[column.of][places])
            source.release()  # records far apart bring much of a file with them
        return read(self._blocks[key], column.name, column.nature)

    def count(
        self,
        column: Column,
        read: Reading,
        test: Callable[[np.ndarray], np.ndarray],
        key: tuple[object, ...],
    ) -> int:
        """How many of all records pass a test of what is read; remembered by ``key``."""
        if key not in self._counts:
            parts = self.pieces(column, None, read)
            self._counts[key] = sum(int(test(part).sum()) for part in parts)
        return self._counts[key]

    def passing(
        self, column: Column, read: Reading, test: Callable[[np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Places of all records that pass a test."""
        parts = [test(part) for part in self.pieces(column, None, read)]
        return np.flatnonzero(np.concatenate(parts)) if parts else np.empty(0, dtype="int64")


def hashes(block: Block, name: str, nature: Nature) -> np.ndarray:
    """Hash of each value."""
    if nature == "text":
        return text_hashes(block.texts(name))
    return number_hashes(block.numbers(name))


def filled(block: Block, name: str, nature: Nature) -> np.ndarray:
    """Whether each value is there."""
    if nature == "text":
        return ~blank(block.texts(name))
    return block.numbers(name).missing == 0


def doubles(block: Block, name: str, nature: Nature) -> np.ndarray:
    """Numbers, NaN where missing; texts have none."""
    del nature
    return block.numbers(name).values


def first_shown(population: Population, column: Column, place: int) -> str:
    """Text of one value."""
    source = population.sources[column.of]
    rows = population.rows[column.of][place : place + 1]
    return str(shown_values(source.take(rows), column.name, column.nature)[0])


def left(columns: Sequence[Column], without: Set[tuple[str, str]]) -> list[Column]:
    """The columns without some, given by name and side."""
    return [column for column in columns if (column.name, column.of) not in without]
