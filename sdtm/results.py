"""Operations on collected results: taken apart, brought to the standard unit, held to their range.

Character and numeric results never disagree: a standard text is written from exact decimals, and
the number is what that text reads as.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd

from controlled_terms.units import StandardUnit, UnitRow, Units
from mappings.columns import is_text, mapped_texts, missing, numbers, texts
from mappings.operations import Column, Number, StudyTable, Table, Text, operation
from mappings.problems import Problems
from sdtm.codes import table_column
from sdtm.groups import by_distinct_rows
from sdtm.plain_text import comparable, printed
from sdtm.result_texts import NO_LIMIT, Limit, Result, other_mark, read_range, read_result

Mark = Literal[".", ","]
Part = Literal["original", "operator", "number", "unit", "word", "status", "reason"]


@dataclass(frozen=True)
class Word:
    """What a word in a result column means; missing cells are ``""``."""

    text: str = ""
    status: str = ""
    reason: str = ""
    operator: str = ""


def _words(table: StudyTable | None) -> Mapping[str, Word]:
    """Words of a table by their comparable text; ValueError for a word that stands twice."""
    if table is None:
        return {}
    names = [name for name in Word.__dataclass_fields__ if name in table.frame.columns]
    keys = comparable(table_column(table, "collected"))
    if keys.duplicated().any():
        raise ValueError(f"a word stands twice in table {table.name}")
    cells = [printed(table_column(table, name)) for name in names]
    words = (Word(**dict(zip(names, row, strict=True))) for row in zip(*cells, strict=True))
    return dict(zip(keys, words, strict=True)) if names else dict.fromkeys(keys, Word())


@operation(method="{part} read from {text}", collected=True)
def parse_result(
    text: Column,
    part: Part,
    problems: Problems,
    words: Table | None = None,
    decimal: Mark | None = None,
) -> Text:
    """One part of a collected result.

    ``original`` is what belongs in --ORRES: the text as collected without a unit, missing where the
    words table gives a status; ``number`` is in plain digits; ``word`` is what stands for a number,
    in the words of the table or, without a row there, as it is. Two operators are an error.
    """
    read = partial(_parts, words=_words(words), decimal=decimal or ".")
    shown = printed(text)
    found = by_distinct_rows([shown, comparable(shown)], [*get_args(Part), "several"], read)
    if part in {"original", "operator", "number"}:
        problems.at(found["several"], shown, "DT514", "has more than one operator")
    if part == "original":
        set_aside = found["status"].ne("")
        problems.at(set_aside, shown, "DT521", "is a word for a result that is not there")
    return texts(found[part])


def _parts(
    text: str, key: str, *, words: Mapping[str, Word], decimal: str
) -> tuple[str | bool, ...]:
    """Parts of one result in the order of ``Part``, and whether it has several operators."""
    word = words.get(key)
    result = Result(" ".join(text.split())) if word else read_result(text, decimal)
    meant = word or Word(text="" if result.number else result.shown)
    return (
        "" if meant.status else result.shown,
        meant.operator or result.operator,
        result.number,
        result.unit,
        meant.text,
        meant.status,
        meant.reason,
        result.several_operators,
    )


@operation(method="Number in {text}")
def parse_number(text: Column, decimal: Mark | None = None) -> Number:
    """The number in a result, whatever operator or unit stands beside it; missing for a word."""
    if not is_text(text):
        return numbers(text)
    plain = mapped_texts(text, lambda one: read_result(one, decimal or ".").number)
    return _as_number(plain)


def _as_number(plain: pd.Series) -> pd.Series:
    return numbers(pd.to_numeric(plain.mask(plain.eq(""), None), errors="coerce"))


@operation(method="{part} limit of the range in {low}, {high}", collected=True)
def parse_range(
    low: Column,
    part: Literal["low", "high"],
    problems: Problems,
    high: Column | None = None,
    as_collected: bool = False,
    decimal: Mark | None = None,
) -> Text:
    """One limit of a reference range in plain digits, or ``as_collected`` with its comparator.

    The limits stand in a column each, or both in one of them (``0-5``, ``<5``, ``[60,110]``). The
    column of the limit itself comes first. Text that is no limit is a warning and missing. As
    collected, ``<5`` is ``<5`` and an open end of an interval has its ``<`` or ``>``.
    """
    upper = low if high is None else high
    columns = (low, upper) if part == "low" else (upper, low)
    found = _limits(columns, 0 if part == "low" else 1, decimal or ".")
    other = partial(other_mark, decimal=decimal or ".")
    problems.at(found["unread"], columns[0], "DT524", "is not a limit of a range", other)
    return texts(found["shown" if as_collected else "number"])


def _limits(columns: tuple[pd.Series, ...], side: int, decimal: str) -> pd.DataFrame:
    """Limits of a side, of the first column before others; ``unread`` where the first has none."""
    names = [*Limit.__dataclass_fields__, "unread"]
    return by_distinct_rows(
        [printed(column) for column in columns],
        names,
        partial(_first_limit, side=side, decimal=decimal),
    )


def _first_limit(own: str, *others: str, side: int, decimal: str) -> tuple[str | bool, ...]:
    """The parts of the first limit that the texts of a record have, and whether ``own`` is none."""
    first = _limit(own, side=side, decimal=decimal, lone=True)
    found = [first, *(_limit(one, side=side, decimal=decimal) for one in others)]
    limit = next((one for one in found if one is not None and one.number), NO_LIMIT)
    return (*astuple(limit), first is None)


def _limit(text: str, *, side: int, decimal: str, lone: bool = False) -> Limit | None:
    """Limit of a side, without a number where the text says nothing of it; None for no range."""
    if not text.strip():
        return NO_LIMIT
    limits = read_range(text, decimal)
    if limits is None:
        return None
    return limits[side] if lone or limits[0] != limits[1] else NO_LIMIT


def _units(table: StudyTable | None) -> Units:
    """The shipped units with those of a study's table before them.

    Each row of the table leads to the standard unit of its test: columns ``test``, ``from_unit``,
    ``to_unit``, ``factor`` and, where wanted, ``offset`` and ``decimals``.
    """
    if table is None:
        return Units.shipped()
    cells = [
        printed(table_column(table, name)) for name in ("test", "from_unit", "to_unit", "factor")
    ]
    size = len(table.frame)
    for name in ("offset", "decimals"):
        there = name in table.frame.columns
        cells.append(printed(table_column(table, name)) if there else texts("", size))
    rows, standards = [], {}
    for test, from_unit, to_unit, factor, offset, decimals in zip(*cells, strict=True):
        rows.append(UnitRow.of(test, from_unit, to_unit, factor, offset, f"table {table.name}"))
        standards[test] = StandardUnit(test, to_unit, int(decimals) if decimals else None)
    return Units.shipped().with_rows(rows, standards.values())


@operation(method="{text} in the standard unit of {test}")
def standard_text(
    text: Column,
    test: Column,
    problems: Problems,
    unit: Column | None = None,
    words: Table | None = None,
    units: Table | None = None,
    decimal: Mark | None = None,
) -> Text:
    """The result in the standard unit of its test: a number with its operator, or a word.

    Numbers are rounded half up to the decimals of the test; a factor of 1 keeps the digits as
    collected. Without ``unit`` nothing is converted. Units without a conversion are an error and
    give missing. A text that is neither a number nor a word of the table stays as it is, with a
    warning where the table or the test leads to expect otherwise.
    """
    known, tables = _words(words), _units(units)
    shown, tests = printed(text), printed(test)
    collected = texts("", len(shown)) if unit is None else printed(unit)
    convert = partial(
        _standard, words=known, units=tables, decimal=decimal or ".", converted=unit is not None
    )
    asked = [shown, comparable(shown), tests, collected]
    made = by_distinct_rows(asked, ["text", "trouble"], convert)
    _report_units(made["trouble"].eq("unit"), tests, collected, problems)
    unread = made["trouble"].eq("word")
    other = partial(other_mark, decimal=decimal or ".")
    problems.at(unread, shown, "DT524", "is neither a number nor a word that is known", other)
    return texts(made["text"])


def _standard(
    text: str,
    key: str,
    test: str,
    unit: str,
    *,
    words: Mapping[str, Word],
    units: Units,
    decimal: str,
    converted: bool,
) -> tuple[str, str]:
    """Standard text of one result, and what is wrong with it."""
    word = words.get(key)
    if word:
        return "" if word.status else word.text or text, ""
    result = read_result(text, decimal)
    if not result.number:
        expected = bool(words) or bool(units.standard_unit(test))
        return result.shown, "word" if expected and result.shown else ""
    if not converted:
        return result.operator + result.number, ""
    number = _converted(result.number, test, unit or result.unit, units, bool(result.operator))
    return ("", "unit") if number is None else (result.operator + number, "")


def _converted(number: str, test: str, unit: str, units: Units, limit: bool = False) -> str | None:
    """Plain digits of a number in the standard unit of its test; None without a conversion."""
    standard = units.standard_unit(test)
    if standard is None:
        return None if unit else number
    made = units.convert(number, test, unit, standard)
    if made is not None and limit and not made and Decimal(number):
        # Nothing is below 0 or above it by rounding: such a limit keeps its digits.
        conversion = units.factor(test, unit, standard)
        made = None if conversion is None else _exact(conversion.of(Decimal(number)))
    return None if made is None else format(made, "f")


def _exact(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _report_units(where: pd.Series, test: pd.Series, unit: pd.Series, problems: Problems) -> None:
    shown = test + " in " + unit.mask(unit.eq(""), "no unit")
    problems.at(where, shown, "DT515", "has no conversion to the standard unit of the test")


@operation(method="{text} in the standard unit of {test}")
def standard_number(
    text: Column,
    unit: Column,
    test: Column,
    problems: Problems,
    units: Table | None = None,
    decimal: Mark | None = None,
) -> Number:
    """The number in the standard unit of its test.

    Text that is not a number (``<5``, ``TRACE``) is missing here and kept by ``standard_text``.
    Units without a conversion are an error and give missing: no factor is ever guessed.
    """
    read = partial(_number_of, units=_units(units), decimal=decimal or ".")
    asked = [printed(column) for column in (text, test, unit)]
    made = by_distinct_rows(asked, ["number", "trouble"], read)
    _report_units(made["trouble"], asked[1], asked[2], problems)
    return _as_number(texts(made["number"]))


def _number_of(text: str, test: str, unit: str, *, units: Units, decimal: str) -> tuple[str, bool]:
    result = read_result(text, decimal)
    if not result.number or result.operator:
        return "", False
    number = _converted(result.number, test, unit or result.unit, units)
    return number or "", number is None


@operation(method="Standard unit of {test}")
def standard_unit(test: Column, units: Table | None = None) -> Text:
    """Unit in which the results of the test are submitted; missing for one without or unknown."""
    tables = _units(units)
    return mapped_texts(printed(test), lambda one: tables.standard_unit(one) or "")


@operation(method="{value} held to the range {low} to {high}")
def range_indicator(
    value: Column, low: Column, high: Column, problems: Problems, decimal: Mark | None = None
) -> Text:
    """``LOW``, ``NORMAL`` or ``HIGH``; missing where that cannot be told.

    Limits are numbers, which belong to the range, or texts: ``<200`` in ``high`` leaves 200 out.
    With one limit only its side is looked at. ``<x`` is low if x is not above the lower limit, and
    cannot be told if part of what it may be lies within; nothing is below a lower limit of 0.
    """
    shown, mark = printed(value), decimal or "."
    operator = mapped_texts(shown, lambda one: read_result(one, mark).operator).to_numpy()
    number = parse_number(shown, mark).to_numpy()
    lower, without_lower = _bound(low, 0, mark, problems)
    upper, without_upper = _bound(high, 1, mark, problems)
    below, above = np.isin(operator, ["<", "<="]), np.isin(operator, [">", ">="])
    at_lower, at_upper = number == lower, number == upper
    is_low = (number < lower) | (at_lower & ((operator == "<") | without_lower))
    is_high = (number > upper) | (at_upper & ((operator == ">") | without_upper))
    least = np.where(below, (lower == 0) & ~without_lower, number > lower)
    most = np.where(above, False, number < upper)
    not_low = np.isnan(lower) | least | (at_lower & ~below & (~without_lower | (operator == ">")))
    not_high = np.isnan(upper) | most | (at_upper & ~above & (~without_upper | (operator == "<")))
    known = ~np.isnan(number) & ~(np.isnan(lower) & np.isnan(upper))
    found = np.select(
        [known & is_low & ~above, known & is_high & ~below, known & not_low & not_high],
        ["LOW", "HIGH", "NORMAL"],
        "",
    )
    return texts(found).mask(missing(shown), "")


def _bound(
    limits: pd.Series, side: int, decimal: str, problems: Problems
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of a side as numbers, and which of them are outside themselves."""
    if not is_text(limits):
        return limits.to_numpy(dtype="float64"), np.zeros(len(limits), dtype=bool)
    found = _limits((limits,), side, decimal)
    other = partial(other_mark, decimal=decimal)
    problems.at(found["unread"], limits, "DT524", "is not a limit of a range", other)
    return _as_number(texts(found["number"])).to_numpy(), found["excluded"].to_numpy(dtype=bool)
