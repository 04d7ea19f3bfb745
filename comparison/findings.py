"""What a comparison found, as data: everything a report of it needs and nothing else.

The parts stand in ``attributes`` (files, datasets, variables) and ``cells`` (values, records).
Nothing here reads a clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Literal

from comparison.attributes import AttributeDifference, Nature, OrderDifference, Side, Variable
from comparison.cells import Cell, Cells, RecordTable
from comparison.options import KeySource, Kind, Options

Outcome = Literal["same", "different", "noted", "not compared"]
Where = Literal["base", "other"]
Relation = Literal["=", ">=", "<=", "missing", "not missing"]


class Code(IntFlag):
    """What differs, with the bits of PROC COMPARE's SYSINFO; 0 is all equal, < 64 attributes alone.

    Source: SAS 9.4, PROC COMPARE, "Macro Return Codes (SYSINFO)". BY variables are not used here,
    so their bits are never set.
    """

    DSLABEL = 1  # labels of the datasets
    DSTYPE = 2  # types of the datasets
    INFORMAT = 4  # a variable's informat
    FORMAT = 8  # a variable's format
    LENGTH = 16  # a variable's length
    LABEL = 32  # a variable's label
    BASEOBS = 64  # base has a record the other has not
    COMPOBS = 128  # other has a record the base has not
    BASEBY = 256
    COMPBY = 512
    BASEVAR = 1024  # base has a variable the other has not
    COMPVAR = 2048  # other has a variable the base has not
    VALUE = 4096  # a value
    TYPE = 8192  # a variable is text on one side and numeric on the other
    BYVAR = 16384
    ERROR = 32768  # the comparison could not be made

    def names(self) -> tuple[str, ...]:
        """Names of the bits that are set, lowest first."""
        return tuple(bit.name or "" for bit in Code if bit in self)


@dataclass(frozen=True)
class Header:
    """Who compared, when, and with what; each as given by the caller, "" where it was not.

    ``programs`` are names and versions, in order (``cdiscgen``, ``python``, ``numpy``).
    """

    who: str = ""
    when: str = ""
    programs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Keys:
    """The variables that pair records, and where they came from; none where it is record order."""

    names: tuple[str, ...]
    source: KeySource


@dataclass(frozen=True)
class DuplicateKey:
    """Keys that more than one record of a side has, with the row numbers on both sides.

    The nth of the base is paired with the nth of the other.
    """

    keys: tuple[str, ...]
    base_rows: tuple[int, ...]
    other_rows: tuple[int, ...]


@dataclass(frozen=True)
class Records:
    """How the records of the two sides found each other.

    ``matched`` pairs of records were compared; ``unequal`` of them differ in a value that counts.
    ``duplicates`` holds the first ``Options.most`` of ``duplicated`` keys. ``missing_keys`` lists
    records with a missing key variable; they are paired like all others. ``moved`` is how many
    matched records stand at another place among the matched; 0 where record order paired them.
    """

    matched: int
    unequal: int
    base_only: RecordTable
    other_only: RecordTable
    duplicated: int
    duplicates: tuple[DuplicateKey, ...]
    missing_keys_base: RecordTable
    missing_keys_other: RecordTable
    moved: int


@dataclass(frozen=True)
class Extreme:
    """The largest difference of a variable, and the record it is in."""

    value: float
    keys: tuple[str, ...]
    base_row: int
    other_row: int


@dataclass(frozen=True)
class VariableResult:
    """What was found in one variable that both sides have.

    ``compared`` values; ``unequal`` of them count as different, by kind in ``kinds``. ``set_aside``
    counts those that differ and do not count, by why: ``tolerance``, ``digits``, ``missing``, or
    the kind set aside. ``missing`` of the unequal ones are missing on one side or of another kind
    of missing. Extremes are over all numeric differences that count, None where there is none; in
    days for dates, in seconds for datetimes and times. ``compared`` is 0 where the types differ.
    """

    variable: str
    nature: Nature
    tolerance: str
    compared: int
    unequal: int
    kinds: Mapping[Kind, int]
    set_aside: Mapping[str, int]
    missing: int
    max_absolute: Extreme | None
    max_relative: Extreme | None

    @property
    def share(self) -> float:
        """Unequal of the compared values, 0 to 1."""
        return self.unequal / self.compared if self.compared else 0.0


@dataclass(frozen=True)
class Condition:
    """What the records of a cause have in common: ``variable`` of the side ``of``, and its value.

    ``relation`` is ``=``, ``>=`` or ``<=`` with a ``value``, or ``missing`` or ``not missing``
    without. ``records`` meet it (and the conditions before it) among the records that
    were looked at: the matched ones, or those of one side.
    """

    variable: str
    value: str
    of: Where
    records: int
    relation: Relation = "="

    def __str__(self) -> str:
        return f"{self.variable} {self.relation} {self.value}".rstrip()


@dataclass(frozen=True)
class Cause:
    """Differences with one explanation, told in one sentence.

    ``variables`` differ by it (none where whole records are explained). ``count`` differences
    (of swapped variables and of whole records: records), ``share`` of all differences of those
    variables (or of the records in one side only), 0 to 1. Where not all differences are kept, both
    are of those that causes are sought in (see ``Comparison.notes``).
    ``pattern`` names what was seen (``constant``, ``day``, ``factor``, ``rounding``, ``case``,
    ``white space``, ``swapped``, ``shifted``, ``missing``, …; ``value`` where only the condition is
    known), ``amount`` the constant or factor, None where there is none. ``examples`` are at most
    three cells; ``records`` at most three records (keys and row) where whole records are explained.
    ``changed_keys`` are the keys without which records pair that otherwise have no partner, where
    the cause is of such records; their values are not among the differences of the comparison.
    """

    sentence: str
    pattern: str
    variables: tuple[str, ...]
    count: int
    share: float
    conditions: tuple[Condition, ...] = ()
    amount: float | None = None
    examples: tuple[Cell, ...] = ()
    records: tuple[tuple[tuple[str, ...], int], ...] = ()
    changed_keys: tuple[str, ...] = ()

    @property
    def of_records(self) -> bool:
        """Whether it explains records in one side only."""
        return bool(self.records or self.changed_keys)


@dataclass(frozen=True)
class Check:
    """A check that ran, or did not, and what came of it.

    ``noted`` is something found that makes no difference in itself: duplicate keys, missing keys,
    records in another order.
    ``looked_at`` things were compared (variables, records, values), ``found`` of them differ.
    ``detail`` says what was looked at, or why nothing was.
    """

    name: str
    outcome: Outcome
    looked_at: int
    found: int
    detail: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two datasets compared.

    ``notes`` are sentences for the reader: pairing by record order, an encoding fallen back to, a
    list cut at ``Options.most``. ``causes`` come with the most differences first.
    """

    base: Side
    other: Side
    options: Options
    keys: Keys
    dataset_attributes: tuple[AttributeDifference, ...]
    base_variables: tuple[Variable, ...]
    other_variables: tuple[Variable, ...]
    attributes: tuple[AttributeDifference, ...]
    order: tuple[OrderDifference, ...]
    records: Records
    variables: tuple[VariableResult, ...]
    cells: Cells
    causes: tuple[Cause, ...]
    checks: tuple[Check, ...]
    notes: tuple[str, ...]
    code: Code

    @property
    def name(self) -> str:
        """Name of the dataset, that of the base where they differ."""
        return self.base.name

    @property
    def different(self) -> bool:
        """Whether anything that was compared differs, the order of variables included."""
        return any(check.outcome == "different" for check in self.checks)


@dataclass(frozen=True)
class Unread:
    """A file that could not be compared, and why."""

    name: str
    where: Where
    path: str
    message: str


@dataclass(frozen=True)
class LeftOut:
    """A dataset that only one folder has and that was left out as asked; its file is not read."""

    name: str
    where: Where
    path: str


@dataclass(frozen=True)
class Collection:
    """Everything one request compared: a pair of files, or the datasets of two folders by name.

    ``base_only`` and ``other_only`` are sides of datasets that only one folder has, by name. Where
    the datasets of both folders alone were asked for they stand in ``left_out``, by name, and make
    no difference.
    """

    header: Header
    base: str
    other: str
    options: Options
    comparisons: tuple[Comparison, ...]
    base_only: tuple[Side, ...] = ()
    other_only: tuple[Side, ...] = ()
    unread: tuple[Unread, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def several(self) -> bool:
        """Whether there is more to tell than of one pair of files."""
        others = (self.base_only, self.other_only, self.unread, self.left_out)
        return len(self.comparisons) != 1 or any(others)

    @property
    def different(self) -> bool:
        """Whether anything differs; a dataset in one folder only is a difference."""
        alone = self.base_only or self.other_only
        return bool(alone) or any(one.different for one in self.comparisons)

    @property
    def code(self) -> Code:
        """The codes of all comparisons together; a dataset in one only sets its OBS bit."""
        made = Code(0)
        for one in self.comparisons:
            made |= one.code
        made |= Code.BASEOBS if self.base_only else Code(0)
        made |= Code.COMPOBS if self.other_only else Code(0)
        return made | (Code.ERROR if self.unread else Code(0))

    @property
    def exit_status(self) -> int:
        """0 same, 1 different, 2 where a file could not be compared."""
        return 2 if self.unread else int(self.different)


class ComparisonError(Exception):
    """A comparison that cannot be made: a file, a key or an option that does not do."""
