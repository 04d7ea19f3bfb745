"""What was found in the values, as tables: statistics by variable, and the differing cells."""

from collections.abc import Mapping, Sequence

import numpy as np

from comparison.cells import Cells, no_cells
from comparison.findings import Extreme, VariableResult
from comparison.numbers import REASONS, percent, relative
from comparison.options import KINDS, Options
from comparison.pairing import Pairs
from comparison.records import key_texts
from comparison.source import Source
from comparison.values import Found, looked_at


def variable_result(
    one: Found, base: Source, names: tuple[str, ...], pairs: Pairs, options: Options
) -> VariableResult:
    """Statistics of one variable."""
    variable = one.variable
    told = (
        [] if variable.text or variable.tolerance.method == "exact" else [str(variable.tolerance)]
    )
    told += [] if variable.text or variable.digits is None else [f"{variable.digits} digits"]
    kinds = dict(zip(KINDS, one.kinds.tolist(), strict=True))
    return VariableResult(
        variable=variable.name,
        nature=variable.nature,
        tolerance=", ".join(told) or "exact",
        compared=len(pairs.base),
        unequal=one.unequal,
        kinds={kind: number for kind, number in kinds.items() if number},
        set_aside={
            reason: number
            for reason, number in zip(REASONS[1:], one.aside.tolist()[1:], strict=True)
            if number
        },
        missing=sum(number for kind, number in kinds.items() if kind.startswith("missing")),
        max_absolute=_extreme(one.largest, base, names, pairs, options),
        max_relative=_extreme(one.largest_relative, base, names, pairs, options),
    )


def _extreme(
    largest: tuple[float, int] | None,
    base: Source,
    names: tuple[str, ...],
    pairs: Pairs,
    options: Options,
) -> Extreme | None:
    if largest is None:
        return None
    value, place = largest
    rows = pairs.base[place : place + 1]
    keys = tuple(column[0] for column in key_texts(base, names, rows, options.chunk))
    return Extreme(value, keys, int(rows[0]) + 1, int(pairs.other[place]) + 1)


def cells_of(
    base: Source, names: tuple[str, ...], pairs: Pairs, found: Sequence[Found], options: Options
) -> Cells:
    """The differences of all variables as one table."""
    some = [one for one in found if one.kept]
    if not some:
        return no_cells(names)
    columns = [one.columns() for one in some]
    places = np.concatenate([column[0] for column in columns])
    variable = np.repeat(np.arange(len(some)), [one.kept for one in some])
    order = np.lexsort((variable, places))
    places = places[order]
    kinds, shown, shown_other, x, y = (
        np.concatenate([column[number] for column in columns])[order] for number in range(1, 6)
    )
    distinct, back = np.unique(places, return_inverse=True)
    keys = key_texts(base, names, pairs.base[distinct], options.chunk)
    units = [_UNITS.get(one.variable.nature, "") for one in some]
    with np.errstate(invalid="ignore"):
        difference = y - x
    return Cells(
        names=names,
        keys=tuple(column[back.ravel()] for column in keys),
        base_row=pairs.base[places] + 1,
        other_row=pairs.other[places] + 1,
        variable=_texts([one.variable.name for one in some])[variable[order]],
        base=shown,
        other=shown_other,
        kind=_texts(KINDS)[kinds],
        difference=difference,
        absolute=np.abs(difference),
        relative=relative(x, y),
        percent=percent(x, y),
        unit=_texts(units)[variable[order]],
        total=sum(one.unequal for one in found),
    )


def _texts(values: Sequence[str]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


_UNITS: Mapping[str, str] = {"date": "days", "datetime": "seconds", "time": "seconds"}


def cuts(found: Sequence[Found], pairs: Pairs, options: Options) -> list[str]:
    """Notes on lists that do not hold everything."""
    cut = [one.variable.name for one in found if one.unequal > one.kept]
    if not cut:
        return []
    return [
        f"of {', '.join(cut)} only the first {options.most} differences are listed",
        f"causes are sought in the first {looked_at(found, len(pairs.base))} matched records",
    ]
