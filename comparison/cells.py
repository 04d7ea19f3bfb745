"""Values that differ, and records of one side, as columns.

Row numbers count from 1 in the order of the file. Values are shown as text in one way on both
sides: numbers in the shortest form that tells them apart, dates and times in ISO 8601, a missing
number as ``.`` or ``.A`` to ``.Z`` or ``._``, missing text as nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from comparison.options import Kind


@dataclass(frozen=True, eq=False)
class RecordTable:
    """Records of one side, in the order of the file: their keys as text, and their row numbers.

    ``total`` is how many there are; the arrays hold the first ``Options.most`` of them.
    ``keys`` has an object array of str for each of ``names``. Without keys ``names`` is empty.
    """

    names: tuple[str, ...]
    keys: tuple[np.ndarray, ...]
    rows: np.ndarray
    total: int

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """Keys and row number of each record kept."""
        for place, row in enumerate(self.rows.tolist()):
            yield tuple(column[place] for column in self.keys), row


@dataclass(frozen=True)
class Cell:
    """One value that differs. ``base`` and ``other`` are shown texts.

    ``difference`` is other minus base, in ``unit`` (``days``, ``seconds``, or "" for numbers);
    ``relative`` is |difference| over the mean of both absolute values, ``percent`` 100 times
    |difference| over the base's. The four are NaN where a side is text or missing, ``percent`` also
    where the base is 0.
    """

    keys: tuple[str, ...]
    base_row: int
    other_row: int
    variable: str
    base: str
    other: str
    kind: Kind
    difference: float
    absolute: float
    relative: float
    percent: float
    unit: str


@dataclass(frozen=True, eq=False)
class Cells:
    """The values that differ, as columns of equal length: by record of the base, then by variable.

    ``total`` is how many differ; of each variable the first ``Options.most`` are here. ``keys`` has
    an object array of str for each of ``names``. ``variable``, ``base``, ``other``, ``kind`` and
    ``unit`` are object arrays of str, row numbers int64, the rest float64; see ``Cell``.
    """

    names: tuple[str, ...]
    keys: tuple[np.ndarray, ...]
    base_row: np.ndarray
    other_row: np.ndarray
    variable: np.ndarray
    base: np.ndarray
    other: np.ndarray
    kind: np.ndarray
    difference: np.ndarray
    absolute: np.ndarray
    relative: np.ndarray
    percent: np.ndarray
    unit: np.ndarray
    total: int

    def __len__(self) -> int:
        return len(self.base_row)

    def __getitem__(self, place: int) -> Cell:
        """The cell at a place."""
        return Cell(
            tuple(column[place] for column in self.keys),
            int(self.base_row[place]),
            int(self.other_row[place]),
            self.variable[place],
            self.base[place],
            self.other[place],
            self.kind[place],
            float(self.difference[place]),
            float(self.absolute[place]),
            float(self.relative[place]),
            float(self.percent[place]),
            self.unit[place],
        )

    def __iter__(self) -> Iterator[Cell]:
        """Iterate over the cells in order."""
        return (self[place] for place in range(len(self)))

    def columns(self) -> dict[str, np.ndarray]:
        """Columns by the name they have in a table: the keys first, then those of ``Cell``."""
        own = ("base_row", "other_row", "variable", "base", "other", "kind",
               "difference", "absolute", "relative", "percent", "unit")  # fmt: skip
        return dict(zip(self.names, self.keys, strict=True)) | {
            name: getattr(self, name) for name in own
        }


def no_cells(names: tuple[str, ...] = ()) -> Cells:
    """Cells of a comparison without differing values."""
    texts: Any = np.empty(0, dtype=object)
    rows = np.empty(0, dtype="int64")
    floats = np.empty(0, dtype="float64")
    return Cells(
        names=names,
        keys=tuple(texts for _ in names),
        base_row=rows,
        other_row=rows,
        variable=texts,
        base=texts,
        other=texts,
        kind=texts,
        difference=floats,
        absolute=floats,
        relative=floats,
        percent=floats,
        unit=texts,
        total=0,
    )
