"""What a comparison is asked to do: keys, tolerances, what to set aside, how much to keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Method = Literal["exact", "absolute", "relative", "percent"]

# Kinds of difference between two values. ``value``: a plain one; ``precision``: numbers within a
# relative 1e-12; ``look-alike``: texts alike but for typographic characters (a dash for a hyphen);
# ``missing kind``: two missing numbers of different kinds (. and .A).
Kind = Literal[
    "value",
    "precision",
    "case",
    "white space",
    "look-alike",
    "missing in base",
    "missing in other",
    "missing kind",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
PLACE: Mapping[Kind, int] = {kind: place for place, kind in enumerate(KINDS)}
# Those a caller may set aside: the values mean the same or nearly so.
MINOR: tuple[Kind, ...] = ("precision", "case", "white space", "look-alike", "missing kind")

KeySource = Literal["given", "spec", "define.xml", "Dataset-JSON", "record order"]
Attribute = Literal["label", "type", "length", "format", "informat", "order"]
ATTRIBUTES: tuple[Attribute, ...] = get_args(Attribute)


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers x (base) and y (other) may lie apart and still be equal.

    ``exact``: not at all. ``absolute``: |y - x| <= criterion. ``relative``:
    |y - x| / ((|x| + |y|) / 2 + delta) <= criterion. ``percent``: 100 |y - x| / |x| <= criterion.
    Dates and times are told in days or seconds: a criterion of 1 is one day for dates, one second
    for datetimes and times. Source: SAS, PROC COMPARE, METHOD= and CRITERION=.
    """

    method: Method = "exact"
    criterion: float = 0.0
    delta: float = 0.0

    def __str__(self) -> str:
        if self.method == "exact":
            return "exact"
        delta = f", delta {self.delta:g}" if self.delta else ""
        return f"{self.method} {self.criterion:g}{delta}"


EXACT = Tolerance()


@dataclass(frozen=True)
class Options:
    """What a comparison is asked to do; the default is exact and keeps nothing back.

    ``keys`` hold for every dataset and win over ``keys_of``, which gives them by dataset and says
    in ``keys_from`` where they are from (``spec``, ``define.xml``). ``only`` and ``without`` choose
    variables by name. ``tolerances`` and ``digits_of`` are by variable, ``NAME`` or
    ``DATASET.NAME``, and win over ``tolerance`` and ``digits``. ``digits``: numbers are rounded to
    so many decimals on both sides before they are compared; None does not round.

    ``set_aside`` names kinds of difference (of ``MINOR``) that are counted and do not make datasets
    different. ``ignored`` names attributes that are not compared. ``missing_in_base_equal`` judges
    a value missing in the base equal to any other, ``missing_in_other_equal`` the reverse; both
    together are PROC COMPARE's NOMISSING.

    ``most`` is how many differing values of one variable, and records of each list, are kept to be
    shown; counts and statistics are always of all. ``chunk`` is how many records are read at once.
    """

    keys: tuple[str, ...] = ()
    keys_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys_from: KeySource = "spec"
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    tolerance: Tolerance = EXACT
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    digits: int | None = None
    digits_of: Mapping[str, int] = field(default_factory=dict)
    set_aside: frozenset[Kind] = frozenset()
    ignored: frozenset[Attribute] = frozenset()
    missing_in_base_equal: bool = False
    missing_in_other_equal: bool = False
    most: int = 100_000
    chunk: int = 1 << 16

    def tolerance_of(self, dataset: str, variable: str) -> Tolerance:
        """The tolerance of a variable of a dataset."""
        named = self.tolerances
        return named.get(f"{dataset}.{variable}", named.get(variable, self.tolerance))

    def rounding_of(self, dataset: str, variable: str) -> int | None:
        """The decimals a variable of a dataset is rounded to; None where it is not."""
        named = self.digits_of
        return named.get(f"{dataset}.{variable}", named.get(variable, self.digits))
