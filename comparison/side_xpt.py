"""SAS transport files, versions 5 and 8, read as records of bytes.

Nothing is decoded before it is known to differ: records of equal bytes hold equal values.
"""

from collections.abc import Mapping
from copy import copy
from pathlib import Path

import numpy as np

from comparison.attributes import Nature, Side, Variable
from comparison.findings import ComparisonError
from comparison.source import Block, Numbers, Rows, Source, with_names
from comparison.texts import utf8
from sas.formats import shown_kind
from sas.layout import Field, Layout, LayoutError, let_go, read_layout
from sas.numbers import floats_of_ibm

_AT_ONCE = 1 << 16
_PAGE = 1 << 12
HELD = 1 << 29  # bytes read after which the pages of the file are let go


class XptBlock(Block):
    """Records of a transport file as they stand there."""

    def __init__(self, records: np.ndarray, fields: dict[str, Field]) -> None:
        self.records = records
        self._fields = fields
        self._numbers: dict[str, Numbers] = {}  # worked out once

    def _bytes(self, name: str) -> np.ndarray:
        field = self._fields[name]
        width = self.records.dtype.itemsize
        content = self.records.view(np.uint8).reshape(len(self.records), width)
        return content[:, field.position : field.position + field.length]

    def texts(self, name: str) -> np.ndarray:
        """Bytes of a text variable."""
        return self._bytes(name)

    def numbers(self, name: str) -> Numbers:
        """Numbers of a variable; those of less than eight bytes lack the last of their fraction."""
        if name not in self._numbers:
            self._numbers[name] = Numbers(*floats_of_ibm(self.bits(name)))
        return self._numbers[name]

    def bits(self, name: str) -> np.ndarray:
        """Numbers of a variable as they stand there; equal ones are equal numbers."""
        found = self._bytes(name)
        if found.shape[1] < 8:
            short, found = found, np.zeros((len(found), 8), dtype=np.uint8)
            found[:, : short.shape[1]] = short
        return np.ascontiguousarray(found).view(">u8").ravel()

    def only(self, places: np.ndarray) -> "XptBlock":
        """The records at some places."""
        return XptBlock(self.records[places], self._fields)


class XptSource(Source):
    """A dataset of a transport file, mapped and not read."""

    def __init__(self, path: Path, shown: str) -> None:
        try:
            self.layout = read_layout(path)
        except LayoutError as wrong:
            raise ComparisonError(str(wrong)) from wrong
        self.about = _side(self.layout, path, shown)
        self._fields = {field.name: field for field in self.layout.fields}
        self.longest = max((one.length for one in self.layout.fields if one.text), default=1)
        self._records = _mapped(path, self.layout)
        self._taken = 0

    def take(self, rows: Rows) -> XptBlock:
        """Records of some rows."""
        records = self._records[rows]
        scattered = isinstance(rows, np.ndarray) and self.about.bytes > 2 * HELD
        self._forget(records.nbytes + (_PAGE * len(records) if scattered else 0))
        return XptBlock(records, self._fields)

    def sweep(self, rows: np.ndarray) -> XptBlock:
        """Records of ascending rows; pages between them are let go of too."""
        records = self._records[rows]
        self._forget((int(rows[-1]) - int(rows[0]) + 1) * self.layout.width)
        return XptBlock(records, self._fields)

    def encoding(self) -> str:
        """UTF-8, or Windows-1252 where a text is not UTF-8."""
        texts = [field for field in self.layout.fields if field.text]
        for start in range(0, self.layout.records, _AT_ONCE):
            records = self._records[start : start + _AT_ONCE]
            self._forget(records.nbytes)
            content = records.view(np.uint8).reshape(len(records), self.layout.width)
            seen = np.bitwise_or.reduce(content, axis=0)
            for field in texts:
                there = slice(field.position, field.position + field.length)
                if (seen[there] >= 0x80).any() and utf8(content[:, there])[1]:
                    return "windows-1252"
        return "utf-8"

    def release(self) -> None:
        """Let go of the pages read, where they may be many."""
        if self.about.bytes > HELD:
            self._taken = 0
            let_go(self._records)

    def _forget(self, size: int) -> None:
        """Let go of the pages read once they are many."""
        self._taken += size
        if self._taken > HELD:
            self.release()

    @property
    def fields(self) -> Mapping[str, Field]:
        """Where each variable stands in a record, by name."""
        return self._fields

    def same_layout(self, other: Source) -> bool:
        """Whether records of both are laid out alike, so that equal bytes are equal values."""
        return isinstance(other, XptSource) and self._shape() == other._shape()

    def _shape(self) -> list[tuple[str, bool, int, int]]:
        return [(name, one.text, one.length, one.position) for name, one in self._fields.items()]

    def renamed(self, names: Mapping[str, str]) -> "XptSource":
        """The dataset with other names for some variables."""
        made = copy(self)
        made.about = with_names(self.about, names)
        made._fields = {names.get(name, name): one for name, one in self._fields.items()}
        return made


def _mapped(path: Path, layout: Layout) -> np.ndarray:
    kind = np.dtype(f"S{layout.width}") if layout.width else np.dtype("S1")
    if not layout.records:
        return np.empty(0, dtype=kind)
    return np.memmap(path, dtype=kind, mode="r", offset=layout.start, shape=(layout.records,))


def _side(layout: Layout, path: Path, shown: str) -> Side:
    return Side(
        path=shown,
        format=f"XPT v{layout.version}",
        sha256="",
        bytes=path.stat().st_size,
        name=layout.name,
        label=layout.label,
        type=layout.type,
        records=layout.records,
        variables=tuple(
            Variable(
                field.name,
                order,
                _nature(field),
                field.length,
                field.label,
                field.format,
                field.informat,
            )
            for order, field in enumerate(layout.fields, start=1)
        ),
        created=layout.created,
        modified=layout.modified,
    )


def _nature(field: Field) -> Nature:
    return "text" if field.text else shown_kind(field.format)
