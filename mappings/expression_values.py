"""Expressions over columns: what they compute, where they hold, where they fail.

Everything works on whole columns. Missing values are kept apart from false: ``holds`` takes a
comparison with a missing value as false, ``fails`` takes it as not decided.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Any, Literal, cast

import numpy as np
import pandas as pd

from mappings.columns import DATE, Kind, equal_text, missing, numbers, renumbered, texts
from mappings.expression_kinds import DATED, DATES, kind_of
from mappings.expressions import Expression, ExpressionError, Name, Part
from mappings.partial_dates import Sign, Span, compare, days_between, span

ValueOf = Callable[[Name], tuple[pd.Series, Kind | Literal["list"]]]
Decided = tuple[np.ndarray, np.ndarray]  # where a condition is true, where it is false
Undecided = Callable[[np.ndarray, np.ndarray], Decided]

FARTHEST = 10_000_000  # days; beyond it a date has no four-digit year
BY_HAND = Context(prec=400, rounding=ROUND_HALF_UP)  # room for every digit of a double

SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@dataclass(frozen=True)
class Value:
    """Values of a part: a text column, an array of numbers or dates, or one literal for all."""

    data: Any
    kind: str

    @property
    def literal(self) -> bool:
        """Whether there is one value for all records."""
        return np.ndim(self.data) == 0


@dataclass(frozen=True)
class _Rows:
    """The records an expression is worked out for."""

    size: int
    read: Callable[[Name], tuple[pd.Series, Kind | Literal["list"]]]


def evaluate(expression: Expression, size: int, value: ValueOf) -> pd.Series:
    """Column of the expression's values, in the dtype of their kind.

    Missing where an operand of arithmetic is, for a division by zero and for ``log10`` of nothing
    positive; ``min`` and ``max`` leave missing values out. ``date + 1.5`` is the day it falls on.
    """
    rows, kind = _start(expression, size, value)
    if kind in {"condition", "list"}:
        raise ExpressionError(f"a {kind} where a value is needed", expression.root.offset)
    made = _value(expression.root, rows)
    if made.literal:
        return texts(made.data, size) if kind == "text" else numbers(made.data, size)
    if made.kind == "number":
        return pd.Series(np.broadcast_to(made.data, size) + 0.0)  # -0.0 becomes 0.0
    return made.data if isinstance(made.data, pd.Series) else pd.Series(made.data)


def holds(expression: Expression, size: int, value: ValueOf) -> np.ndarray:
    """Mask of the records where the condition is true; a comparison with a missing value is not."""
    rows = _condition(expression, size, value)
    return _decide(expression.root, rows, lambda true, _: (true, ~true))[0]


def fails(expression: Expression, size: int, value: ValueOf) -> np.ndarray:
    """Mask of the records where the condition is false or missing values leave it undecided.

    Undecided is what could be true or false with other values in place of the missing ones:
    ``A == 1 or missing(A)`` is decided for a missing A, ``not (A == 1)`` is not.
    """
    rows = _condition(expression, size, value)
    return ~_decide(expression.root, rows, lambda true, false: (true, false))[0]


def half_up(values: np.ndarray, digits: int) -> np.ndarray:
    """Numbers rounded as one does by hand: halves away from zero, on the digits as printed.

    2.675 gives 2.68, although the double behind it is a little less.
    """
    codes, distinct = pd.factorize(np.where(np.isfinite(values), values, np.nan))
    unit = Decimal(1).scaleb(-digits)
    rounded = [
        float(Decimal(repr(float(number))).quantize(unit, context=BY_HAND)) for number in distinct
    ]
    return np.array([*rounded, np.nan])[codes]


def _start(expression: Expression, size: int, value: ValueOf) -> tuple[_Rows, Any]:
    """Rows of an expression whose kinds go together, each column fetched once."""
    fetched: dict[Name, tuple[pd.Series, Kind | Literal["list"]]] = {}

    def read(name: Name) -> tuple[pd.Series, Kind | Literal["list"]]:
        if name not in fetched:
            column, kind = value(name)
            if len(column) != size:
                raise ValueError(f"{name} has {len(column)} values for {size} records")
            fetched[name] = renumbered(column), kind
        return fetched[name]

    kind = kind_of(expression, lambda name: read(name)[1])
    return _Rows(size, read), kind


def _condition(expression: Expression, size: int, value: ValueOf) -> _Rows:
    rows, kind = _start(expression, size, value)
    if kind != "condition":
        raise ExpressionError("a value where a condition is needed", expression.root.offset)
    return rows


def _decide(part: Part, rows: _Rows, undecided: Undecided) -> Decided:
    """Where a condition is true and where it is false.

    ``undecided`` settles the records of a comparison of which neither is so.
    """
    if part.sign in {"and", "or"}:
        trues, falses = zip(*(_decide(inner, rows, undecided) for inner in part.parts), strict=True)
        if part.sign == "and":
            return np.logical_and.reduce(trues), np.logical_or.reduce(falses)
        return np.logical_or.reduce(trues), np.logical_and.reduce(falses)
    if part.sign == "not":
        true, false = _decide(part.parts[0], rows, undecided)
        return false, true
    if part.sign == "missing":
        absent = np.array(np.broadcast_to(_absent(_value(part.parts[0], rows)), rows.size))
        return absent, ~absent
    left = _value(part.parts[0], rows)
    if part.sign in {"in", "not in"}:
        true, false = _membership(left, part.parts[1], rows)
    else:
        true, false = _compare(left, part.sign, _value(part.parts[1], rows))
    true, false = (np.array(np.broadcast_to(mask, rows.size)) for mask in (true, false))
    return undecided(false, true) if part.sign == "not in" else undecided(true, false)


def _absent(value: Value) -> Any:
    """Mask of missing values; False for a literal."""
    if value.kind == "list":
        return ~value.data.map(lambda cell: isinstance(cell, tuple)).to_numpy(dtype=bool)
    if isinstance(value.data, str):
        return False
    if isinstance(value.data, pd.Series):
        return missing(value.data).to_numpy(dtype=bool)
    return np.isnat(value.data) if value.kind in DATED else np.isnan(value.data)


def _compare(left: Value, sign: str, right: Value) -> Decided:
    """Where a comparison is true and where it is false; it is neither if a value is missing."""
    kinds = {left.kind, right.kind}
    as_text = kinds <= {"text", "iso"} and (sign in {"==", "!="} or kinds == {"text"})
    alike = len(kinds) == 1 and not kinds & {"iso"}
    if kinds & DATES and not as_text and not alike:
        return compare(_span(left), cast(Sign, sign), _span(right))
    true = _same(left, right) if sign in {"==", "!="} else None
    if true is None:
        true = np.asarray(SIGNS[sign](left.data, right.data), dtype=bool)
    elif sign == "!=":
        true = ~true
    known = np.logical_not(np.logical_or(_absent(left), _absent(right)))
    return true & known, ~true & known


def _same(left: Value, right: Value) -> np.ndarray | None:
    """Where a column of text is a literal, the commonest of all conditions; None for others."""
    column, literal = (right.data, left.data) if left.literal else (left.data, right.data)
    if isinstance(literal, str) and isinstance(column, pd.Series):
        return equal_text(column, literal)
    return None


def _span(value: Value) -> Span:
    """Span of dates; that of a literal has one value, which goes with every record."""
    if isinstance(value.data, str):
        return span(texts([value.data]), "iso")
    return span(pd.Series(value.data), cast(Kind, value.kind))


def _membership(value: Value, among: Part, rows: _Rows) -> Decided:
    """Where a value is one of a list: the literals of the expression, or a list for each record."""
    if among.sign == "list":
        return _one_of(value, [inner.value for inner in among.parts])
    lists = _value(among, rows).data
    if value.kind == "number":
        value = Value(np.broadcast_to(value.data, rows.size), value.kind)
    elif value.literal:
        value = Value(texts(value.data, rows.size), value.kind)
    true, false = np.zeros(rows.size, dtype=bool), np.zeros(rows.size, dtype=bool)
    codes, distinct = pd.factorize(lists)
    for code, cell in enumerate(distinct):
        here = np.flatnonzero(codes == code)
        if isinstance(cell, tuple):
            data = value.data.iloc[here] if isinstance(value.data, pd.Series) else value.data[here]
            _refuse_unlike(value, cell, among)
            true[here], false[here] = _one_of(Value(data, value.kind), cell)
    return true, false


def _refuse_unlike(value: Value, cell: Sequence[Any], among: Part) -> None:
    """Refuse a list of texts for numbers and the other way round."""
    for element in cell:
        if element is not None and isinstance(element, str) == (value.kind == "number"):
            message = f"the list has {element!r}, which does not compare with a {value.kind}"
            raise ExpressionError(message, among.offset, "RF205")


def _one_of(value: Value, elements: Sequence[Any]) -> Decided:
    """Where a value is one of the elements, each of the kind the value compares with."""
    wanted = [element for element in elements if element is not None]
    if value.kind in DATED:
        pairs = [_compare(value, "==", Value(element, "text")) for element in wanted]
        nowhere = np.zeros(len(value.data), dtype=bool)
        everywhere = ~_absent(value)
        true = np.logical_or.reduce([nowhere, *(pair[0] for pair in pairs)])
        return true, np.logical_and.reduce([everywhere, *(pair[1] for pair in pairs)])
    if value.literal:
        true = np.asarray(value.data in wanted)
    elif isinstance(value.data, pd.Series):
        true = value.data.isin(wanted).to_numpy(dtype=bool)
    else:
        true = np.isin(value.data, np.array(wanted, dtype="float64"))
    known = np.logical_not(_absent(value))
    return true & known, ~true & known


def _value(part: Part, rows: _Rows) -> Value:
    """Values of a part that is no condition."""
    if isinstance(part.value, Name):
        column, kind = rows.read(part.value)
        if kind == "number":
            return Value(column.to_numpy("float64"), kind)
        return Value(column.to_numpy(DATE) if kind in DATED else column, kind)
    if isinstance(part.value, str):
        return Value(part.value, "text")
    if part.value is not None:
        return Value(np.float64(part.value), "number")
    operands = [_value(inner, rows) for inner in part.parts]
    if any(operand.kind in DATED for operand in operands) and part.sign != "days":
        return _of_dates(part.sign, operands)
    if part.sign == "days":
        return Value(days_between(_span(operands[0]), _span(operands[1])), "number")
    with np.errstate(all="ignore"):
        made = _of_numbers(part.sign, [operand.data for operand in operands])
        return Value(np.where(np.isfinite(made), made, np.nan)[()], "number")


def _of_numbers(sign: str, data: Sequence[Any]) -> Any:
    """Result of arithmetic on numbers; it may be infinite."""
    if sign in {"min", "max"}:
        return reduce(np.fmin if sign == "min" else np.fmax, data)
    if sign == "round":
        return half_up(np.atleast_1d(data[0]), int(data[1]))
    if sign == "log10":
        return np.log10(data[0])
    if sign == "abs":
        return np.abs(data[0])
    return -data[0] if len(data) == 1 else SIGNS[sign](data[0], data[1])


def _of_dates(sign: str, operands: Sequence[Value]) -> Value:
    """Smallest or largest of dates, the days between two, or a date so many days away."""
    if sign in {"min", "max"}:
        choose = np.fmin if sign == "min" else np.fmax
        return Value(reduce(choose, [operand.data for operand in operands]), operands[0].kind)
    left, right = operands
    if left.kind in DATED and right.kind in DATED:
        return Value(days_between(_span(right), _span(left)), "number")
    date, days = (left, right.data) if left.kind in DATED else (right, left.data)
    days = np.broadcast_to(-days if sign == "-" else days, len(date.data))
    near = np.abs(days) < FARTHEST
    seconds = np.where(near, days, 0) * 86400
    seconds = np.floor(seconds / 86400) * 86400 if date.kind == "date" else np.round(seconds)
    moved = date.data + seconds.astype(np.int64).astype("timedelta64[s]")
    return Value(np.where(near, moved, np.datetime64("NaT", "s")), date.kind)
