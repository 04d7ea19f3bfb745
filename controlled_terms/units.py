"""The standard unit of each test and the conversion to it, in exact arithmetic.

``data/standard_units.csv`` gives the unit and the decimals of a test, ``data/units.csv`` the
conversions with the source of each. A row for the test ``*`` holds for every test, because it
only changes the prefix or the system of one and the same quantity; from mass to amount of substance
leads only a row of the test. Rows may be joined and turned round. Where no chain of rows leads from
one unit to the other there is no conversion: no factor is ever guessed.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property, lru_cache

from controlled_terms.unit_texts import DATA

ANY_TEST = "*"

# Digits of a converted value where no decimals are said and the exact value has no end.
DIGITS = 15


@dataclass(frozen=True)
class Conversion:
    """``factor`` times the value plus ``offset``, exact; ``source`` cites where they are from."""

    factor: Fraction
    offset: Fraction = Fraction(0)
    source: str = ""

    @property
    def identity(self) -> bool:
        """Whether every value stays as it is."""
        return self.factor == 1 and self.offset == 0

    def of(self, value: Decimal) -> Fraction:
        """Converted value."""
        return Fraction(value) * self.factor + self.offset

    def reverse(self) -> "Conversion":
        """Conversion the other way."""
        return Conversion(1 / self.factor, -self.offset / self.factor, self.source)

    def then(self, other: "Conversion") -> "Conversion":
        """This conversion followed by another."""
        sources = dict.fromkeys(source for source in (self.source, other.source) if source)
        return Conversion(
            self.factor * other.factor,
            self.offset * other.factor + other.offset,
            "; ".join(sources),
        )


SAME = Conversion(Fraction(1))


@dataclass(frozen=True)
class UnitRow:
    """One row of a table of conversions; the test ``*`` is every test."""

    test: str
    from_unit: str
    to_unit: str
    conversion: Conversion

    @classmethod
    def of(
        cls, test: str, from_unit: str, to_unit: str, factor: str, offset: str, source: str
    ) -> "UnitRow":
        """Row of texts; numbers may be quotients (``5/9``). ValueError for any other text."""
        conversion = Conversion(_number(factor), _number(offset or "0"), source)
        if conversion.factor <= 0:
            raise ValueError(f"{test} {from_unit} to {to_unit}: the factor {factor} is not above 0")
        return cls(test, from_unit, to_unit, conversion)


@dataclass(frozen=True)
class StandardUnit:
    """Standard unit of a test, ``""`` for a quantity without one, and the decimals of values."""

    test: str
    unit: str
    decimals: int | None = None


@dataclass(frozen=True)
class Units:
    """Standard units and conversions; what stands first wins."""

    rows: tuple[UnitRow, ...] = field(repr=False)
    standards: Mapping[str, StandardUnit] = field(repr=False)
    _found: dict[tuple[str, str, str], Conversion | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    @staticmethod
    @lru_cache(maxsize=1)
    def shipped() -> "Units":
        """The tables this version carries."""
        rows = tuple(UnitRow.of(*cells) for cells in _table("units.csv"))
        standards = (
            StandardUnit(test, unit, int(decimals) if decimals else None)
            for test, unit, decimals in _table("standard_units.csv")
        )
        return Units(rows, {standard.test: standard for standard in standards})

    def with_rows(
        self, rows: Iterable[UnitRow] = (), standards: Iterable[StandardUnit] = ()
    ) -> "Units":
        """These tables with the rows of a study, which win over those here."""
        own = {standard.test: standard for standard in standards}
        return Units((*rows, *self.rows), {**self.standards, **own})

    def standard_unit(self, test: str) -> str | None:
        """Standard unit of a test, ``""`` if it has none, None if the test is not known."""
        standard = self.standards.get(test)
        return standard.unit if standard else None

    def decimals(self, test: str) -> int | None:
        """Decimals of the test's values in its standard unit, None if nothing says them."""
        standard = self.standards.get(test)
        return standard.decimals if standard else None

    def factor(self, test: str, from_unit: str, to_unit: str) -> Conversion | None:
        """Shortest chain of rows from unit to unit, None if there is none.

        Units are submission values of the codelist UNIT or PKUNIT. Of chains of one length the one
        whose rows stand first is taken, rows of the test before those of any test.
        """
        if from_unit == to_unit:
            return SAME
        key = (test, from_unit, to_unit)
        if key not in self._found:
            self._found[key] = self._chain(*key)
        return self._found[key]

    def convert(
        self,
        value: Decimal | str,
        test: str,
        from_unit: str,
        to_unit: str,
        decimals: int | None = None,
    ) -> Decimal | None:
        """Value in another unit, None if there is no conversion; ValueError for what is no number.

        A factor of 1 keeps the digits as collected. Otherwise the result is rounded half up to
        ``decimals``, by default those of the test where ``to_unit`` is its standard unit, and
        trailing zeros are dropped. Where no decimals are known the result is exact, or has 15
        digits if it has no end.
        """
        conversion = self.factor(test, from_unit, to_unit)
        number = _decimal(value)
        if conversion is None or conversion.identity:
            return None if conversion is None else number
        if decimals is None and to_unit == self.standard_unit(test):
            decimals = self.decimals(test)
        return _rounded(conversion.of(number), decimals)

    def _chain(self, test: str, from_unit: str, to_unit: str) -> Conversion | None:
        reached = {from_unit: SAME}
        waiting = deque([from_unit])
        while waiting and to_unit not in reached:
            unit = waiting.popleft()
            for place in dict.fromkeys((test, ANY_TEST)):
                for other, conversion in self._steps.get((place, unit), ()):
                    if other not in reached:
                        reached[other] = reached[unit].then(conversion)
                        waiting.append(other)
        return reached.get(to_unit)

    @cached_property
    def _steps(self) -> Mapping[tuple[str, str], list[tuple[str, Conversion]]]:
        """Where one row leads from a unit, for a test; every row leads both ways."""
        steps: dict[tuple[str, str], list[tuple[str, Conversion]]] = {}
        for row in self.rows:
            there, back = row.conversion, row.conversion.reverse()
            steps.setdefault((row.test, row.from_unit), []).append((row.to_unit, there))
            steps.setdefault((row.test, row.to_unit), []).append((row.from_unit, back))
        return steps


def _table(name: str) -> Iterator[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def _number(text: str) -> Fraction:
    """Number or quotient of two numbers (``10/180.156``)."""
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")


def _decimal(value: Decimal | str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


def _rounded(value: Fraction, decimals: int | None) -> Decimal:
    """Decimal number rounded half up, away from zero, without trailing zeros or an exponent."""
    if decimals is None:
        decimals = _places(value)
    scaled = abs(value) * 10**decimals + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    while decimals and whole % 10 == 0:
        whole, decimals = whole // 10, decimals - 1
    return Decimal(f"{'-' if value < 0 and whole else ''}{whole}E-{decimals}")


def _places(value: Fraction) -> int:
    """Decimals that hold the value exactly, or ``DIGITS`` digits of it if it has no end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest == 1:
        return max(twos, fives)
    magnitude = (Decimal(value.numerator) / Decimal(value.denominator)).adjusted()
    return max(DIGITS - 1 - magnitude, 0)
