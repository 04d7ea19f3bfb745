"""Datasets of other files than SAS transport, held in memory as Arrow texts and numpy numbers."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from comparison.attributes import Nature, Side
from comparison.source import Block, Numbers, Rows, Source, with_names

HeldColumn: TypeAlias = "pa.Array | Numbers"


class HeldBlock(Block):
    """Some rows of a dataset that is held."""

    def __init__(self, columns: Mapping[str, HeldColumn], rows: Rows) -> None:
        self._columns = columns
        self._rows = rows

    def texts(self, name: str) -> np.ndarray:
        """Texts as bytes of the width of the longest."""
        column: Any = self._columns[name]
        if isinstance(self._rows, slice):
            start, stop, _ = self._rows.indices(len(column))
            found = column.slice(start, max(stop - start, 0))
        else:
            found = column.take(pa.array(self._rows))
        width = (pc.max(pc.binary_length(found)).as_py() or 0) if len(found) else 0
        if not width:
            return np.empty((len(found), 0), dtype=np.uint8)
        _, offsets, content = pc.ascii_rpad(found, width=width, padding=" ").buffers()
        first = int(np.frombuffer(offsets, "int64", 1)[0])
        return np.frombuffer(content, np.uint8, len(found) * width, first).reshape(-1, width)

    def numbers(self, name: str) -> Numbers:
        """Numbers of the rows."""
        column: Any = self._columns[name]
        return Numbers(column.values[self._rows], column.missing[self._rows])

    def only(self, places: np.ndarray) -> "HeldBlock":
        """The rows at some places."""
        if isinstance(self._rows, slice):
            return HeldBlock(self._columns, places + (self._rows.start or 0))
        return HeldBlock(self._columns, self._rows[places])


class HeldSource(Source):
    """A dataset in memory.

    ``loose`` names variables whose type is a guess, because the file format does not tell it: they
    take that of the other side where their values can (see ``agree``).
    """

    def __init__(
        self,
        about: Side,
        columns: Mapping[str, HeldColumn],
        *,
        loose: frozenset[str] = frozenset(),
        keys: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        self.about = about
        self.columns = columns
        self.loose = loose
        self.keys = keys
        self.notes = notes
        self.longest = max(map(_longest, columns.values()), default=1)

    def take(self, rows: Rows) -> HeldBlock:
        """Some rows."""
        return HeldBlock(self.columns, rows)

    def encoding(self) -> str:
        """What the file was read as."""
        return self.about.encoding

    def renamed(self, names: Mapping[str, str]) -> "HeldSource":
        """The dataset with other names for some variables."""
        made = copy(self)
        made.about = with_names(self.about, names)
        made.columns = {names.get(name, name): one for name, one in self.columns.items()}
        made.loose = frozenset(names.get(name, name) for name in self.loose)
        made.keys = tuple(names.get(name, name) for name in self.keys)
        return made

    def replaced(self, columns: Mapping[str, tuple[HeldColumn, Nature]]) -> "HeldSource":
        """The dataset with other values of some variables, of other natures."""
        made = copy(self)
        made.columns = {**self.columns, **{name: one for name, (one, _) in columns.items()}}
        variables = (
            replace(one, nature=columns[one.name][1]) if one.name in columns else one
            for one in self.about.variables
        )
        made.about = replace(self.about, variables=tuple(variables))
        made.longest = max(map(_longest, made.columns.values()), default=1)
        return made


def held_texts(values: Any) -> pa.Array:
    """Texts as they are held: without trailing blanks, nothing where there is none."""
    array = pa.array(values, type=pa.large_string()) if isinstance(values, list) else values
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # older Arrow keeps an empty one in chunks
        array = pa.array([], type=pa.large_string())
    return pc.ascii_rtrim(pc.fill_null(array.cast(pa.large_string()), ""), characters=" ")


def held_numbers(values: np.ndarray, missing: np.ndarray | None = None) -> Numbers:
    """Numbers as they are held; NaN is an ordinary missing value where ``missing`` is silent."""
    values = np.ascontiguousarray(values, dtype="float64")
    if missing is None:
        missing = np.zeros(len(values), dtype="uint8")
    missing = np.where((missing == 0) & np.isnan(values), ord("."), missing).astype("uint8")
    return Numbers(np.where(missing == 0, values, np.nan), missing)


def _longest(column: HeldColumn) -> int:
    if isinstance(column, Numbers) or not len(column):
        return 1
    return pc.max(pc.binary_length(column)).as_py() or 1
