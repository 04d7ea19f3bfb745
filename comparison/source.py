"""One of the two datasets as a comparison reads it: what it is, and some records at a time."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from comparison.attributes import Nature, Side

Rows: TypeAlias = slice | np.ndarray


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers of some records: doubles, NaN where missing, and the byte of the missing value.

    The byte is 0 where a number is there, else ``.``, ``_`` or ``A`` to ``Z``.
    """

    values: np.ndarray
    missing: np.ndarray

    def only(self, places: np.ndarray) -> "Numbers":
        """Those at some places."""
        return Numbers(self.values[places], self.missing[places])


class Block(ABC):
    """Some records of a dataset, column by column."""

    @abstractmethod
    def texts(self, name: str) -> np.ndarray:
        """Texts of a variable as bytes, a row for each record, filled up with blanks.

        The bytes are UTF-8 where they can be, else Windows-1252 (see ``texts.utf8``).
        """

    @abstractmethod
    def numbers(self, name: str) -> Numbers:
        """Numbers of a variable; dates in days, datetimes and times in seconds, from 1960."""

    @abstractmethod
    def only(self, places: np.ndarray) -> "Block":
        """The records at some places of the block."""


class Source(ABC):
    """A dataset to compare. ``about`` is complete but for the digest of the file."""

    about: Side
    longest: int  # bytes of the longest text a variable may hold
    keys: tuple[str, ...] = ()  # the keys that the file itself states
    notes: tuple[str, ...] = ()

    @abstractmethod
    def take(self, rows: Rows) -> Block:
        """The records of some rows, which count from 0, in the order given."""

    @abstractmethod
    def encoding(self) -> str:
        """What its texts are encoded in; reads them all where the format does not say."""

    @abstractmethod
    def renamed(self, names: Mapping[str, str]) -> "Source":
        """The dataset with other names for some variables, given by those they have."""

    def release(self) -> None:  # noqa: B027
        """Give back memory that can be had again from the file."""

    @property
    def natures(self) -> Mapping[str, Nature]:
        """Nature of each variable by name."""
        return {one.name: one.nature for one in self.about.variables}


def with_names(side: Side, names: Mapping[str, str]) -> Side:
    """The description of a dataset with other names for some variables."""
    variables = (replace(one, name=names.get(one.name, one.name)) for one in side.variables)
    return replace(side, variables=tuple(variables))
