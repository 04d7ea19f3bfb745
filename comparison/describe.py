"""Attributes of two datasets compared: of the datasets, of their variables, and their order."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from comparison.attributes import AttributeDifference, OrderDifference, Side, Variable
from comparison.findings import ComparisonError
from comparison.options import Attribute, Options
from comparison.source import Source
from sas.formats import same_spelling


def same_names(base: Source, other: Source) -> tuple[Source, list[str]]:
    """The other dataset with names spelled as in the base, and a note of those that were not.

    SAS names are the same in upper and lower case.
    """
    own = {one.name for one in other.about.variables}
    folded = {name.upper(): name for name in own}
    names = {
        folded[one.name.upper()]: one.name
        for one in base.about.variables
        if one.name not in own and one.name.upper() in folded
    }
    here = {one.name for one in base.about.variables}
    names = {was: name for was, name in names.items() if was not in here}
    if not names:
        return other, []
    listed = ", ".join(sorted(names))
    return other.renamed(names), [f"names are matched whatever their case: {listed}"]


@dataclass(frozen=True)
class Shared:
    """Variables by the sides that have them, in their order."""

    both: tuple[tuple[Variable, Variable], ...]
    base_only: tuple[Variable, ...]
    other_only: tuple[Variable, ...]


def shared(base: Side, other: Side, options: Options) -> Shared:
    """The variables that are compared, of those that ``only`` and ``without`` leave."""
    names = {one.name for one in (*base.variables, *other.variables)}
    unknown = [name for name in (*options.only, *options.without) if name not in names]
    if unknown:
        raise ComparisonError(f"{base.name}: there is no variable {', '.join(unknown)}")

    def chosen(side: Side) -> dict[str, Variable]:
        return {
            one.name: one
            for one in side.variables
            if (not options.only or one.name in options.only) and one.name not in options.without
        }

    left, right = chosen(base), chosen(other)
    return Shared(
        tuple((one, right[name]) for name, one in left.items() if name in right),
        tuple(one for name, one in left.items() if name not in right),
        tuple(one for name, one in right.items() if name not in left),
    )


def two_types(both: Sequence[tuple[Variable, Variable]]) -> list[str]:
    """A note of the variables whose values cannot be compared."""
    names = [one.name for one, two in both if one.type != two.type]
    if not names:
        return []
    word = "its type differs" if len(names) == 1 else "their types differ"
    return [f"values of {', '.join(names)} are not compared, because {word}"]


def _spelled(text: str | None) -> str:
    return "" if text is None else same_spelling(text)


# Attribute: how it is read off a variable, and what is compared of it.
READ: dict[Attribute, tuple[Callable[[Variable], object], Callable[[Variable], object]]] = {
    "type": (lambda one: one.type, lambda one: one.type),
    "length": (lambda one: one.length, lambda one: one.length),
    "label": (lambda one: one.label, lambda one: (one.label or "").rstrip()),
    "format": (lambda one: one.format, lambda one: _spelled(one.format)),
    "informat": (lambda one: one.informat, lambda one: _spelled(one.informat)),
}


def comparable(base: Side, other: Side, attribute: Attribute, options: Options) -> str:
    """Why an attribute is not compared; "" where it is."""
    if attribute in options.ignored:
        return "left out as asked"
    without = [side.format for side in (base, other) if attribute not in side.carries]
    return f"{' and '.join(dict.fromkeys(without))} does not carry it" if without else ""


def attribute_differences(
    base: Side, other: Side, both: Sequence[tuple[Variable, Variable]], options: Options
) -> tuple[AttributeDifference, ...]:
    """Attributes that differ, by variable in the order of the base."""
    made = []
    asked = [name for name in READ if not comparable(base, other, name, options)]
    for left, right in both:
        for attribute in asked:
            shown, meant = READ[attribute]
            if shown(left) is None or shown(right) is None:
                continue  # Dataset-JSON gives lengths of text alone
            if meant(left) != meant(right):
                made.append(
                    AttributeDifference(left.name, attribute, str(shown(left)), str(shown(right)))
                )
    return tuple(made)


def dataset_differences(
    base: Side, other: Side, options: Options
) -> tuple[AttributeDifference, ...]:
    """Label and type of the datasets where they differ and both files have them."""
    made = []
    for attribute, one, two in (
        ("label", base.label, other.label),
        ("type", base.type, other.type),
    ):
        if attribute in options.ignored or one is None or two is None:
            continue
        if one.rstrip() != two.rstrip():
            made.append(AttributeDifference("", attribute, one, two))
    return tuple(made)


def order_differences(
    both: Sequence[tuple[Variable, Variable]],
) -> tuple[OrderDifference, ...]:
    """The fewest variables that must move to give both sides one order."""
    places = {
        right.name: place
        for place, (_, right) in enumerate(sorted(both, key=lambda pair: pair[1].order), 1)
    }
    order = [places[left.name] for left, _ in both]
    stay = _longest_ascent(order)
    return tuple(
        OrderDifference(left.name, place, order[place - 1])
        for place, (left, _) in enumerate(both, 1)
        if order[place - 1] not in stay
    )


def _longest_ascent(numbers: Sequence[int]) -> set[int]:
    """The members of the longest ascending run that numbers contain, gaps allowed."""
    ends: list[int] = []  # places of the lowest number that ends an ascent of each length
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left([numbers[end] for end in ends], number)
        before.append(ends[length - 1] if length else -1)
        ends[length : length + 1] = [place]
    made, place = set(), ends[-1] if ends else -1
    while place >= 0:
        made.add(numbers[place])
        place = before[place]
    return made
