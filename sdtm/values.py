"""Operations on the values of one record: literals, copies, texts, numbers and choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from mappings.columns import (
    TEXT,
    is_text,
    mapped,
    mapped_texts,
    missing,
    numbers,
    renumbered,
    texts,
)
from mappings.expression_values import half_up
from mappings.looked import take
from mappings.operations import (
    Column,
    Columns,
    Condition,
    Expression,
    Number,
    Same,
    Template,
    Text,
    Value,
    operation,
)
from mappings.problems import Problems
from sdtm.plain_text import clean_text, number_text, printed
from sdtm.result_texts import other_mark, plain_number, read_result


@dataclass(frozen=True)
class Case:
    """A value and the condition under which a record has it."""

    when: Condition
    value: Value


def alike(columns: Sequence[pd.Series]) -> list[pd.Series]:
    """The columns in one dtype; one without any value takes that of the others.

    ValueError where columns with values hold different kinds.
    """
    filled = [column for column in columns if not missing(column).all()]
    # A literal null comes as text, so where nothing has a value any other kind is the better guide.
    model = (filled or [one for one in columns if not is_text(one)] or list(columns))[0]
    if len({_family(column) for column in filled}) > 1:
        raise ValueError("values of different kinds where one kind is needed")
    return [
        column if _family(column) == _family(model) else _nothing_like(model, len(column))
        for column in columns
    ]


def _family(column: pd.Series) -> str:
    if is_text(column):
        return "text"
    return "date" if pd.api.types.is_datetime64_any_dtype(column.dtype) else "number"


def _nothing_like(model: pd.Series, size: int) -> pd.Series:
    return texts("", size) if is_text(model) else pd.Series([None] * size, dtype=model.dtype)


def chosen(masks: Sequence[np.ndarray], columns: Sequence[pd.Series]) -> pd.Series:
    """For each record the value of the first column whose mask holds; the last column else."""
    values = alike(columns)
    which = np.full(len(values[-1]), len(masks))
    for number in reversed(range(len(masks))):
        which[np.asarray(masks[number], dtype=bool)] = number
    # Of each column only the values that are chosen are touched, however many columns there are.
    places = [np.flatnonzero(which == number) for number in range(len(values))]
    found = [
        take(column, place) for column, place in zip(values, places, strict=True) if len(place)
    ]
    if len(found) < 2:
        return found[0] if found else renumbered(values[-1])
    position = np.empty(len(which), dtype=np.int64)
    position[np.concatenate(places)] = np.arange(len(which))
    return take(pd.concat(found, ignore_index=True), position)


@operation(method="{value}")
def constant(value: Value) -> Same:
    """The value, on every record."""
    return value


@operation(method="{value}", collected=True)
def copy(value: Column) -> Same:
    """The value as it stands."""
    return value


@operation(method="{text} with white space collapsed and signs written in ASCII", collected=True)
def clean(text: Column, case: Literal["keep", "upper", "lower"] = "keep") -> Text:
    """Text trimmed, runs of white space as one blank, signs that ASCII lacks written in ASCII.

    What has no ASCII form stays and is refused when the dataset is written.
    """
    cleaned = mapped_texts(text, clean_text)
    if case == "keep":
        return cleaned
    return cleaned.str.upper() if case == "upper" else cleaned.str.lower()


@operation(method="{text}")
def template(text: Template) -> Text:
    """The text with the values in their places; missing if any of them is missing.

    Numbers are printed as short as they are exact.
    """
    if not text.columns:
        raise ValueError("a text without a name in braces is a constant")
    start, *after = text.texts
    made = texts(start, len(text.columns[0]))
    absent = np.zeros(len(made), dtype=bool)
    for column, between in zip(text.columns, after, strict=True):
        shown = printed(column)
        absent |= shown.eq("").to_numpy()
        made = made + shown + between
    return made.mask(absent, "").astype(TEXT)


@operation(method="{values} joined by {sep}, those that are missing left out")
def concatenate(values: Columns, sep: str) -> Text:
    """The values that are there in their order, ``sep`` between them; missing if none is there.

    Numbers are printed as short as they are exact.
    """
    made, *others = map(printed, values)
    for shown in others:
        between = np.where(made.ne("") & shown.ne(""), sep, "")
        made = made + texts(between) + shown
    return texts(made)


@operation(method="{number} as text")
def text_(number: Column, decimals: int | None = None) -> Text:
    """The number in digits, as short as it is exact or with so many decimals, rounded half up."""
    if decimals is None:
        return printed(number)
    rounded = half_up(number.to_numpy(dtype="float64"), decimals) + 0.0  # -0.0 becomes 0.0
    codes, distinct = pd.factorize(rounded, use_na_sentinel=False)
    shown = [_fixed(one, decimals) for one in distinct]
    return texts(np.array(shown, dtype=object)[codes])


def _fixed(number: float, decimals: int) -> str:
    if np.isnan(number):
        return ""
    return f"{number:.{decimals}f}" if decimals > 0 else number_text(number)


@operation(method="{text} as a number")
def number(
    text: Column,
    problems: Problems,
    unreadable: Literal["problem", "missing"] = "problem",
    decimal: Literal[".", ","] | None = None,
) -> Number:
    """The number that a text is; marks between thousands are taken off.

    A decimal comma is read only where ``decimal`` or the raw form declares it. Text that is not a
    number is missing, and a problem unless said otherwise.
    """
    plain = mapped_texts(text, lambda one: plain_number(clean_text(one), decimal or "."))
    if unreadable == "problem":
        blank = mapped(text, str.strip).eq("")
        way = partial(_way_out, decimal=decimal or ".")
        problems.at(plain.eq("") & ~blank, text, "DT513", "is not a number", way)
    return numbers(pd.to_numeric(plain.mask(plain.eq(""), None), errors="coerce"))


def _way_out(text: str, decimal: str) -> str:
    """What reads a text that is not a number alone; nothing for a word."""
    if read_result(text, decimal).number:
        return "parse_number reads it and leaves its operator or unit out"
    return other_mark(text, decimal)


@operation(method="The first of {values} that is not missing")
def coalesce(values: Columns) -> Same:
    """The first value that is not missing."""
    return chosen([~missing(column) for column in values[:-1]], values)


@operation(method="Part {part} of {text}, parts separated by {sep}", collected=True)
def split(text: Column, sep: str, part: int, problems: Problems, parts: int | None = None) -> Text:
    """One part of the text, counted from 1, trimmed; missing where there is none.

    ``parts`` is how many of them the mapping uses: the operation that takes the last of these
    reports what is left over, so that nothing falls under the table.
    """
    if part < 1 or not sep:
        raise ValueError("parts are counted from 1 and have a separator")
    pieces = mapped(text, lambda one: tuple(piece.strip() for piece in one.split(sep)))
    if parts == part:
        left_over = pieces.map(lambda found: any(found[part:])).astype(bool)
        problems.at(left_over, text, "DT514", f"has more than {part} parts")
    return texts(pieces.map(lambda found: found[part - 1] if len(found) >= part else ""))


@operation(method="{cases}")
def cases(cases: list[Case], otherwise: Value | None = None) -> Same:
    """The value of the first case that holds; none does: ``otherwise``, else missing."""
    if not cases:
        raise ValueError("cases without a case")
    size = len(cases[0].value)
    last = texts("", size) if otherwise is None else otherwise
    return chosen([case.when for case in cases], [*(case.value for case in cases), last])


@operation(method="{yes} where {condition}")
def flag(condition: Condition, yes: str = "Y", no: str | None = None) -> Text:
    """``yes`` where the condition is true, else ``no``, else missing."""
    return texts(np.where(np.asarray(condition, dtype=bool), yes, no or ""))


@operation(method="{expression}")
def compute(expression: Expression) -> Same:
    """What the expression gives."""
    return expression


@operation(method="Position of {value} in the order {order}")
def rank(value: Column, order: list[str], problems: Problems, start: int = 1) -> Number:
    """Position of the value in the order, counted from ``start``.

    A value that the order does not have is a problem and missing.
    """
    shown = printed(value)
    places = {word: float(place) for place, word in enumerate(order, start)}
    if len(places) < len(order):
        raise ValueError("a word stands twice in the order")
    problems.at(~shown.isin([*places, ""]), value, "DT514", "is not a word of the order")
    return numbers(shown.map(places))
