"""Which kinds of values go together in an expression, settled before any record is read."""

from collections.abc import Callable
from typing import Literal

from mappings.columns import Kind, texts
from mappings.expressions import COMPARED, Expression, ExpressionError, Name, Part
from mappings.partial_dates import is_iso

Found = Kind | Literal["list", "condition"] | None
KindOf = Callable[[Name], Kind | Literal["list"] | None]

DATED = {"date", "datetime"}
DATES = {"iso", *DATED}


def kind_of(expression: Expression, kind: KindOf) -> Found:
    """Kind of the expression's values; None where it depends on a name of unknown kind.

    An unknown kind goes with everything. ExpressionError (RF205) at the value that does not.
    """
    return _kind(expression.root, kind)


def is_iso_literal(part: Part) -> bool:
    """Whether the part is a quoted ISO 8601 date or datetime."""
    return part.sign == "text" and bool(is_iso(texts([str(part.value)]))[0])


def _kind(part: Part, kind: KindOf) -> Found:
    if isinstance(part.value, Name):
        return kind(part.value)
    if part.sign == "text":
        return "text"
    if part.sign == "number":
        return "number"
    if part.sign in {"and", "or", "not"}:
        for inner in part.parts:
            _kind(inner, kind)
        return "condition"
    if part.sign in {"in", "not in"}:
        return _membership(part, kind)
    kinds = [_kind(inner, kind) for inner in part.parts]
    if part.sign == "missing":
        return "condition"
    for inner, found in zip(part.parts, kinds, strict=True):
        if found == "list":
            raise _wrong("a list stands after in only", inner)
    if part.sign in COMPARED.values():
        _comparable(part.parts[0], kinds[0], part.parts[1], kinds[1])
        return "condition"
    if part.sign == "days":
        return _days(part, kinds)
    if part.sign in {"min", "max"}:
        return _extreme(part, kinds)
    if part.sign in {"+", "-"} and len(part.parts) == 2:
        return _sum(part, kinds)
    for inner, found in zip(part.parts, kinds, strict=True):
        if found not in {"number", None}:
            raise _wrong(f"{part.sign} takes numbers, {_named(inner, found)} is not one", inner)
    return "number"


def _membership(part: Part, kind: KindOf) -> Found:
    value, among = part.parts
    found = _kind(value, kind)
    if found == "list":
        raise _wrong("a list stands after in only", value)
    if among.sign == "list":
        for element in among.parts:
            _comparable(value, found, element, _kind(element, kind))
    elif (listed := _kind(among, kind)) not in {"list", None}:
        raise _wrong(f"in looks into a list, {_named(among, listed)} is none", among)
    return "condition"


def _comparable(left: Part, one: Found, right: Part, other: Found) -> None:
    """Refuse what does not compare: only like kinds do, and dates with quoted ISO text."""
    if one is None or other is None or one == other or {one, other} <= DATES:
        return
    for date, literal in ((one, right), (other, left)):
        if date in DATES and literal.sign == "text":
            if is_iso_literal(literal):
                return
            raise _wrong(f'"{literal.value}" is no ISO 8601 date, such as "2024-03-01"', literal)
    message = f"{_named(left, one)} does not compare with {_named(right, other)}"
    raise _wrong(message, right)


def _sum(part: Part, kinds: list[Found]) -> Found:
    """Kind of a sum or difference: of numbers, of a date and days, of two dates."""
    for inner, found in zip(part.parts, kinds, strict=True):
        if found not in {"number", None, *DATED}:
            hint = ": days(a, b) takes it, date: makes it a date" if found == "iso" else ""
            raise _wrong(f"{_named(inner, found)} does not take {part.sign}{hint}", inner)
    left, right = kinds
    if part.sign == "+":
        if left in DATED and right in DATED:
            raise _wrong("two dates have no sum", part.parts[1])
        dates = [found for found in kinds if found in DATED]
        return dates[0] if dates else ("number" if None not in kinds else None)
    if right in DATED:
        if left == "number":
            raise _wrong(f"{_named(part.parts[1], right)} cannot be taken from a number", part)
        return "number"
    return left if right == "number" else None


def _extreme(part: Part, kinds: list[Found]) -> Found:
    first: Found = None
    for inner, found in zip(part.parts, kinds, strict=True):
        if found not in {"number", None, *DATED}:
            raise _wrong(f"{part.sign} does not take {_named(inner, found)}", inner)
        if first is not None and found not in {first, None}:
            raise _wrong(
                f"{part.sign} takes one kind: {_named(inner, found)} is not {first}", inner
            )
        first = first or found
    return first


def _days(part: Part, kinds: list[Found]) -> Found:
    for inner, found in zip(part.parts, kinds, strict=True):
        if found not in {None, *DATES} and not is_iso_literal(inner):
            raise _wrong(f"days takes dates, {_named(inner, found)} is not one", inner)
    return "number"


def _named(part: Part, found: Found) -> str:
    if part.sign in {"text", "number"}:
        return f"the {part.sign} {part.value!r}"
    return f"{part.value} ({found})" if isinstance(part.value, Name) else f"a {found}"


def _wrong(message: str, part: Part) -> ExpressionError:
    return ExpressionError(message, part.offset, "RF205")
