"""Records of one transport file laid out as those of another, so that both compare as bytes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from comparison.side_xpt import XptSource
from sas.layout import Field

_PAD = {True: 0x20, False: 0}  # texts are filled up with blanks, numbers cut by bytes that are 0

Pieces = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Relaid:
    """How records of the narrower side are laid out as those of the wider.

    ``moves``: place in the wider, place in the narrower, and how many bytes. ``short`` are bytes
    that the narrower has not, and ``more`` those that the wider has not, of a variable of both:
    place, number, and the byte that they are filled with where values are equal.
    """

    base_is_wider: bool
    moves: Pieces
    short: Pieces
    more: Pieces

    @staticmethod
    def of(base: XptSource, other: XptSource) -> "Relaid":
        """The layouts of two sides, of the variables that both have of one type."""
        base_is_wider = base.layout.width >= other.layout.width
        wide, narrow = (base, other) if base_is_wider else (other, base)
        moves, short, more = [], [], []
        for here, there in _both(wide, narrow):
            common, pad = min(here.length, there.length), _PAD[here.text]
            moves.append((here.position, there.position, common))
            if here.length > common:
                short.append((here.position + common, here.length - common, pad))
            if there.length > common:
                more.append((there.position + common, there.length - common, pad))
        return Relaid(base_is_wider, tuple(_joined(sorted(moves))), tuple(short), tuple(more))

    def alike(
        self, base: np.ndarray, other: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Records of both sides in one layout, and the places of those that differ beyond it.

        Variables that one side has not are the same in both.
        """
        wide, narrow = (base, other) if self.base_is_wider else (other, base)
        made = np.array(_bytes(wide))
        content = _bytes(narrow)
        for here, there, length in self.moves:
            made[:, here : here + length] = content[:, there : there + length]
        for here, length, pad in self.short:
            made[:, here : here + length] = pad
        differ = np.zeros(len(narrow), dtype=bool)
        for there, length, pad in self.more:
            differ |= (content[:, there : there + length] != pad).any(axis=1)
        return wide, made.view(wide.dtype).ravel(), np.flatnonzero(differ)


def _bytes(records: np.ndarray) -> np.ndarray:
    """Records as rows of bytes."""
    return records.view(np.uint8).reshape(len(records), records.dtype.itemsize)


def _both(wide: XptSource, narrow: XptSource) -> Iterator[tuple[Field, Field]]:
    """The fields of variables that both have of one type."""
    there = narrow.fields
    for name, field in wide.fields.items():
        if name in there and there[name].text == field.text:
            yield field, there[name]


def _joined(moves: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Moves of bytes that follow each other on both sides as one."""
    here, there, length = moves[0] if moves else (0, 0, 0)
    for next_here, next_there, more in moves[1:]:
        if (next_here, next_there) == (here + length, there + length):
            length += more
        else:
            yield here, there, length
            here, there, length = next_here, next_there, more
    yield here, there, length
