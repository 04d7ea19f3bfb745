"""A collected result taken apart: operator, number, unit.

    <0.1      > 1000      1,250      3.5 %      1.2E3      1.2x10^3      5 x10^9/L

Thousands are told from decimals by the declared decimal mark alone; ``1,25`` is no number where the
mark is a point. A power of ten with a unit behind it belongs to the unit.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from controlled_terms.codelists import Terminology
from sdtm.plain_text import clean_text

_OPERATORS = {"=<": "<=", "=>": ">="}
_OPERATOR = re.compile(r"(<=|>=|=<|=>|<|>)\s*")
_SIGNS = re.compile(r"[<>=\s]*")
_EXPONENT = r"(?:[eE][+-]?\d{1,2}(?!\w)|\s?[x*]\s?10(?:\^|\*\*|[eE])[+-]?\d{1,2}(?![\w/]))?"
_BETWEEN = re.compile(r"\s*(?:-|to)\s*")
_INTERVAL = re.compile(r"[\[(\]]\s*(.*\S)\s*[\])\[]")


@dataclass(frozen=True)
class Result:
    """Parts of a result; without a ``number`` the text is a word and the other parts are missing.

    ``number`` is in plain digits, as many as collected; ``shown`` is the text without the unit.
    """

    shown: str
    operator: str = ""
    number: str = ""
    unit: str = ""
    several_operators: bool = False


@lru_cache(maxsize=2)
def _number(decimal: str) -> re.Pattern[str]:
    thousands = "," if decimal == "." else "."
    d, t = re.escape(decimal), re.escape(thousands)
    return re.compile(
        rf"[+-]?(?:\d{{1,3}}(?:{t}\d{{3}})+(?:{d}\d*)?|\d+(?:{d}\d*)?|{d}\d+){_EXPONENT}"
    )


def plain_number(text: str, decimal: str = ".") -> str:
    """A number in plain digits, as many as collected; missing for any other text."""
    return _plain(text, decimal) if _number(decimal).fullmatch(text) else ""


def _plain(text: str, decimal: str) -> str:
    thousands = "," if decimal == "." else "."
    digits = text.replace(thousands, "").replace(decimal, ".")
    mantissa, _, power = re.sub(r"\s?[x*]\s?10(?:\^|\*\*|[eE])|[eE]", " ", digits).partition(" ")
    number = Decimal(mantissa).scaleb(int(power or 0))
    written = format(number, "f")
    return written.removeprefix("-") if number == 0 else written


def read_result(text: str, decimal: str = ".") -> Result:
    """Parts of a collected result.

    What follows the number must be a unit that terminology knows; otherwise the text is a word.
    """
    shown = clean_text(text)
    operator = _OPERATOR.match(shown)
    start = operator.end() if operator else 0
    number = _number(decimal).match(shown, start)
    if number is None:
        signs = _SIGNS.match(shown)
        several = bool(signs) and sum(sign in "<>" for sign in signs[0]) > 1  # type: ignore[index]
        return Result(shown, several_operators=several)
    unit = shown[number.end() :].strip()
    if unit and not _is_unit(unit):
        return Result(shown)
    sign = operator[1] if operator else ""
    return Result(
        shown[: number.end()],
        _OPERATORS.get(sign, sign),
        _plain(number[0], decimal),
        unit,
    )


@lru_cache(maxsize=4096)
def _is_unit(text: str) -> bool:
    units = Terminology.shipped().get("UNIT")
    return units is not None and units.recode(text).status != "unknown"


def other_mark(text: str, decimal: str = ".") -> str:
    """Hint that offers the other decimal mark where a result or range would be read with it."""
    mark = "," if decimal == "." else "."
    read, other = (
        bool(read_result(text, one).number or read_range(text, one)) for one in (decimal, mark)
    )
    return f'decimal: "{mark}", in the raw form or here, reads it' if other and not read else ""


@dataclass(frozen=True)
class Limit:
    """One limit of a range: its number in plain digits, missing where there is no limit.

    ``excluded`` says that the limit itself is outside; ``shown`` is the limit as collected, with
    its comparator.
    """

    number: str = ""
    shown: str = ""
    excluded: bool = False


NO_LIMIT = Limit()


def read_range(text: str, decimal: str = ".") -> tuple[Limit, Limit] | None:
    """Limits of a reference range (``0-5``, ``<5``, ``[60,110)``); None for a text that is none.

    A lone number has no side: it is both limits, and the column it stands in says which is meant.
    A limit is outside after ``<`` or ``>`` and at an open end of an interval: a round bracket, or a
    square one turned away. Round brackets around ``0-5`` say nothing.
    """
    shown = clean_text(text)
    interval = _INTERVAL.fullmatch(shown)
    if interval:
        found = _interval(interval[1], decimal)
        if found is None or not found[2]:
            return found[:2] if found else None
        low, high = found[:2]
        return _opened(low, ">", shown[0] in "(]"), _opened(high, "<", shown[-1] in ")[")
    first = _number(decimal).match(shown)
    between = _BETWEEN.match(shown, first.end()) if first else None
    if first and between:
        second = read_result(shown[between.end() :], decimal)
        if second.number and not second.operator:
            return Limit(_plain(first[0], decimal), first[0]), Limit(second.number, second.shown)
    result = read_result(shown, decimal)
    if not result.number:
        return None
    limit = Limit(result.number, result.shown, result.operator in {"<", ">"})
    if not result.operator:
        return limit, limit
    return (NO_LIMIT, limit) if "<" in result.operator else (limit, NO_LIMIT)


def _opened(limit: Limit, comparator: str, is_open: bool) -> Limit:
    if not is_open or not limit.number:
        return limit
    return Limit(limit.number, comparator + limit.shown, excluded=True)


def _interval(inside: str, decimal: str) -> tuple[Limit, Limit, bool] | None:
    """The limits of what stands in brackets, one of which may be left out.

    The last says that they are written as an interval, whose brackets tell what is outside.
    """
    mark = ";" if ";" in inside or decimal == "," else ","
    if mark not in inside:
        found = read_range(inside, decimal)
        return None if found is None or found[0] == found[1] else (*found, False)
    texts = [one.strip() for one in inside.split(mark)]
    limits = [Limit(plain_number(one, decimal), one) for one in texts]
    unread = any(limit.shown and not limit.number for limit in limits)
    if unread or len(limits) != 2 or not any(limit.number for limit in limits):
        return None
    return limits[0], limits[1], True
