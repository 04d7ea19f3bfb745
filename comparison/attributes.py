"""What is known of a dataset beside its values: the file, the dataset, its variables."""

from dataclasses import dataclass
from typing import Literal

from comparison.options import ATTRIBUTES, Attribute

Nature = Literal["text", "number", "date", "datetime", "time"]


@dataclass(frozen=True)
class Variable:
    """A variable as one side has it; None is an attribute that the file format does not carry.

    ``order`` counts from 1. ``nature`` is ``date``, ``datetime`` or ``time`` where the format (or
    the type of the column) says so; ``length`` is in bytes, in characters in Dataset-JSON.
    """

    name: str
    order: int
    nature: Nature
    length: int | None = None
    label: str | None = None
    format: str | None = None
    informat: str | None = None

    @property
    def type(self) -> str:
        """``Char`` or ``Num``, as SAS tells types."""
        return "Char" if self.nature == "text" else "Num"


@dataclass(frozen=True)
class Side:
    """One of the two datasets; None is an attribute that the file format does not carry.

    ``path`` is shown as the caller gave it. ``format`` is the file format (``XPT v5``, ``XPT v8``,
    ``SAS7BDAT``, ``Dataset-JSON``, ``CSV``, ``Parquet``). ``created`` and ``modified`` are what the
    file itself says, for the reader; they are not compared. ``encoding`` is what texts were read
    as. ``carries`` names the attributes of variables that the file format has; others are not
    compared.
    """

    path: str
    format: str
    sha256: str
    bytes: int
    name: str
    label: str | None
    type: str | None
    records: int
    variables: tuple[Variable, ...]
    encoding: str = "utf-8"
    created: str = ""
    modified: str = ""
    carries: frozenset[Attribute] = frozenset(ATTRIBUTES)

    def variable(self, name: str) -> Variable | None:
        """The variable of that name, None where there is none."""
        return next((one for one in self.variables if one.name == name), None)


@dataclass(frozen=True)
class AttributeDifference:
    """An attribute that differs: of a variable, or of the dataset where ``variable`` is "".

    ``attribute`` is ``label``, ``type``, ``length``, ``format`` or ``informat``.
    """

    variable: str
    attribute: str
    base: str
    other: str


@dataclass(frozen=True)
class OrderDifference:
    """A variable that stands elsewhere among those both sides have; places count from 1.

    The fewest variables that must move to make one order of the other are listed, not all behind.
    """

    variable: str
    base: int
    other: int
