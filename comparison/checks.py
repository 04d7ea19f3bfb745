"""The checks of a comparison, each with its outcome, also where all is equal; and the code."""

from collections.abc import Iterator

from comparison.attributes import AttributeDifference, OrderDifference, Side
from comparison.describe import READ, Shared, comparable
from comparison.findings import Check, Code, Keys, Outcome, Records, VariableResult
from comparison.options import Options

_BITS = {
    "informat": Code.INFORMAT,
    "format": Code.FORMAT,
    "length": Code.LENGTH,
    "label": Code.LABEL,
    "type": Code.TYPE,
}


def checks(
    sides: tuple[Side, Side],
    shared: Shared,
    keys: Keys,
    dataset: tuple[AttributeDifference, ...],
    attributes: tuple[AttributeDifference, ...],
    order: tuple[OrderDifference, ...],
    records: Records,
    variables: tuple[VariableResult, ...],
    options: Options,
) -> tuple[Check, ...]:
    """Every check in the order in which a report tells of them."""
    base, other = sides
    return (
        *_dataset_checks(base, other, dataset, options),
        *_variable_checks(base, other, shared, attributes, order, options),
        *_record_checks(base, other, keys, records),
        _value_check(variables),
    )


def _dataset_checks(
    base: Side, other: Side, found: tuple[AttributeDifference, ...], options: Options
) -> Iterator[Check]:
    for attribute in ("label", "type"):
        name = f"dataset {attribute}"
        without = [side.format for side in (base, other) if getattr(side, attribute) is None]
        if attribute in options.ignored:
            yield Check(name, "not compared", 0, 0, "left out as asked")
        elif without:
            stated = " and ".join(dict.fromkeys(without))
            yield Check(name, "not compared", 0, 0, f"{stated} does not carry it")
        else:
            number = sum(one.attribute == attribute for one in found)
            yield Check(name, _outcome(number), 1, number)


def _variable_checks(
    base: Side,
    other: Side,
    shared: Shared,
    attributes: tuple[AttributeDifference, ...],
    order: tuple[OrderDifference, ...],
    options: Options,
) -> Iterator[Check]:
    both = len(shared.both)
    alone = len(shared.base_only) + len(shared.other_only)
    yield Check("variables in one dataset only", _outcome(alone), both + alone, alone)
    why = comparable(base, other, "order", options)
    if why:
        yield Check("order of variables", "not compared", 0, 0, why)
    else:
        yield Check("order of variables", _outcome(len(order)), both, len(order))
    for attribute in READ:
        why = comparable(base, other, attribute, options)
        name = f"{attribute} of variables"
        if why:
            yield Check(name, "not compared", 0, 0, why)
        else:
            number = sum(one.attribute == attribute for one in attributes)
            yield Check(name, _outcome(number), both, number)


def _record_checks(base: Side, other: Side, keys: Keys, records: Records) -> Iterator[Check]:
    size = base.records + other.records
    if keys.names:
        listed = ", ".join(keys.names)
        number = records.duplicated
        yield Check("keys that several records have", _noted(number), size, number, listed)
        number = records.missing_keys_base.total + records.missing_keys_other.total
        yield Check("missing keys", _noted(number), size, number, listed)
        yield Check("order of records", _noted(records.moved), records.matched, records.moved)
    else:
        why = "no keys are known"
        for name in ("keys that several records have", "missing keys", "order of records"):
            yield Check(name, "not compared", 0, 0, why)
    number = records.base_only.total + records.other_only.total
    yield Check("records in one dataset only", _outcome(number), size, number)


def _value_check(variables: tuple[VariableResult, ...]) -> Check:
    looked = sum(one.compared for one in variables)
    number = sum(one.unequal for one in variables)
    aside = sum(sum(one.set_aside.values()) for one in variables)
    detail = f"{aside} more set aside" if aside else ""
    return Check("values", _outcome(number), looked, number, detail)


def _outcome(number: int) -> Outcome:
    return "different" if number else "same"


def _noted(number: int) -> Outcome:
    return "noted" if number else "same"


def code(
    shared: Shared,
    dataset: tuple[AttributeDifference, ...],
    attributes: tuple[AttributeDifference, ...],
    records: Records,
    variables: tuple[VariableResult, ...],
) -> Code:
    """The bits that PROC COMPARE would set in SYSINFO."""
    made = Code(0)
    for one in dataset:
        made |= Code.DSLABEL if one.attribute == "label" else Code.DSTYPE
    for one in attributes:
        made |= _BITS[one.attribute]
    for bit, found in (
        (Code.BASEOBS, records.base_only.total),
        (Code.COMPOBS, records.other_only.total),
        (Code.BASEVAR, shared.base_only),
        (Code.COMPVAR, shared.other_only),
        (Code.VALUE, any(one.unequal for one in variables)),
    ):
        made |= bit if found else Code(0)
    return made
