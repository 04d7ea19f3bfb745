"""The values of a comparison as text: the sections of PROC COMPARE on values, and the listings."""

from collections import defaultdict
from collections.abc import Iterator

from comparison.cells import Cell
from comparison.findings import Comparison, VariableResult
from submission.compare_facts import (
    counted,
    extreme,
    keyed,
    label_of,
    number,
    percent,
    quoted,
    shown,
)
from submission.compare_layout import around, ascii_text, below, fits, heading, table

_VALUE = 24  # characters of a value in a listing


def values_summary(one: Comparison) -> Iterator[str]:
    """Values Comparison Summary."""
    unequal = [each for each in one.variables if each.unequal]
    aside = sum(sum(each.set_aside.values()) for each in one.variables)
    yield from heading("Values Comparison Summary")
    for text, count in (
        ("Variables Compared with All Observations Equal", len(one.variables) - len(unequal)),
        ("Variables Compared with Some Observations Unequal", len(unequal)),
        ("Variables with Missing Value Differences", sum(bool(one.missing) for one in unequal)),
    ):
        yield f"  Number of {text}: {count:,}."
    yield f"  Total Number of Values Compared: {sum(one.compared for one in one.variables):,}."
    yield f"  Total Number of Values which Compare Unequal: {one.cells.total:,}."
    yield f"  Total Number of Differing Values Set Aside: {aside:,}."
    largest = [each.max_absolute.value for each in unequal if each.max_absolute]
    if largest:
        yield f"  Maximum Difference: {shown(max(largest))}."


def unequal_variables(one: Comparison) -> Iterator[str]:
    """Every variable with values that differ, or that were set aside: how many, and how far."""
    told = [each for each in one.variables if each.unequal or each.set_aside]
    if not told:
        return
    title = "Variables with Unequal Values"
    if not all(each.unequal for each in told):
        title += " or Values Set Aside"
    elif len(told) == len(one.variables):
        title = "All Variables Compared have Unequal Values"
    yield from heading(title)
    headers = ("Variable", "Type", "Ndif", "%", "MissDif", "MaxDif", "MaxRel", "Kinds")
    yield from table(headers, [_row(each) for each in told], right=(2, 3, 4, 5, 6))


def _row(one: VariableResult) -> tuple[str, ...]:
    kinds = [f"{kind} {count:,}" for kind, count in one.kinds.items() if kind != "value"]
    kinds += [f"set aside: {reason} {count:,}" for reason, count in one.set_aside.items()]
    relative = one.max_relative if one.nature == "number" else None
    share = percent(one.share).removesuffix("%")
    return (
        one.variable, one.nature, number(one.unequal), share, number(one.missing),
        extreme(one.max_absolute), extreme(relative), ", ".join(kinds),
    )  # fmt: skip


def value_listings(one: Comparison, first: int) -> Iterator[str]:
    """The first differing values of each variable, with keys and records of both sides."""
    by_variable: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(one.cells.variable.tolist()):
        if len(by_variable[name]) < first:
            by_variable[name].append(place)
    for each in one.variables:
        if not each.unequal or not first:
            continue
        cells = [one.cells[place] for place in by_variable[each.variable]]
        label = label_of(one, each.variable)
        yield from heading(ascii_text(
            f"Value Comparison Results for {each.variable}{f' ({label})' if label else ''}"
        ))  # fmt: skip
        yield from _listing(one.cells.names, cells)
        if each.unequal > len(cells):
            yield f"  ... and {counted(each.unequal - len(cells), 'value')} more"


def _listing(names: tuple[str, ...], cells: list[Cell]) -> Iterator[str]:
    """Values of one variable: their difference where a number is told, else their kind."""
    last: tuple[str, ...] = ("Kind",)
    numeric = any(cell.difference == cell.difference for cell in cells)
    if numeric:
        unit = cells[0].unit
        last = (f"Diff. ({unit})",) if unit else ("Diff.", "% Diff")
    headers = ("Base obs", "Other obs", "Base", "Other", *last)
    ends = range(len(headers)) if numeric else range(2)
    rows = [_cell(cell, numeric) for cell in cells]
    keyed_rows = [(*cell.keys, *row) for cell, row in zip(cells, rows, strict=True)]
    if fits((*names, *headers), keyed_rows):
        yield from table((*names, *headers), keyed_rows, [len(names) + place for place in ends])
    else:  # values are not cut where keys can stand on lines of their own
        yield from below(table(headers, rows, ends), [keyed(names, cell.keys) for cell in cells])


def _cell(cell: Cell, numeric: bool) -> tuple[str, ...]:
    base, other = (ascii_text(quoted(cell, text)) for text in (cell.base, cell.other))
    values = around(base, other, _VALUE)
    rows = (str(cell.base_row), str(cell.other_row))
    if not numeric:
        return (*rows, *values, cell.kind)
    told = (_maybe(cell.difference), *(() if cell.unit else (_maybe(cell.percent),)))
    return (*rows, *values, *told)


def _maybe(value: float) -> str:
    return "" if value != value else shown(value)
