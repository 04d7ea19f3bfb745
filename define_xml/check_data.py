"""Whether what a define.xml says of variables and their values is what the data are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from define_xml.combinations import Combinations, combinations
from define_xml.facts import Values, facts, printed
from define_xml.writer import DEF, ODM
from mappings.finished import Dataset, FinalColumn
from mappings.problems import Problems

Element: TypeAlias = Any  # lxml has no types
_Check: TypeAlias = tuple[str, str, list[str]]
CODE = "DX704"


@dataclass(frozen=True)
class _Definitions:
    """The definitions of a define.xml by OID."""

    items: Mapping[str, Element]
    codelists: Mapping[str, Element]
    value_lists: Mapping[str, Element]
    clauses: Mapping[str, Element]


def check_data(root: Element, datasets: Mapping[str, Dataset], problems: Problems) -> None:
    """Report datasets, variables, types, lengths, keys and terms that are otherwise in the data."""
    known = _Definitions(
        _by_oid(root, f"{{{ODM}}}ItemDef"),
        _by_oid(root, f"{{{ODM}}}CodeList"),
        _by_oid(root, f"{{{DEF}}}ValueListDef"),
        _by_oid(root, f"{{{DEF}}}WhereClauseDef"),
    )
    groups = {str(group.get("Name")): group for group in root.iter(f"{{{ODM}}}ItemGroupDef")}
    for name in [*datasets, *(name for name in groups if name not in datasets)]:
        if name not in groups or name not in datasets:
            said = "is not described" if name in datasets else "is described and not there"
            problems.add(CODE, said, dataset=name)
            continue
        _check_dataset(groups[name], datasets[name], known, problems)


def _by_oid(root: Element, tag: str) -> dict[str, Element]:
    return {str(element.get("OID")): element for element in root.iter(tag)}


def _check_dataset(
    group: Element, dataset: Dataset, known: _Definitions, problems: Problems
) -> None:
    uses = group.findall(f"{{{ODM}}}ItemRef")
    items = [known.items.get(str(use.get("ItemOID"))) for use in uses]
    described = [str(item.get("Name")) if item is not None else "" for item in items]
    names = [column.name for column in dataset.columns]
    if described != names:
        odd = next(iter(set(described) ^ set(names)), "")
        problems.add(CODE, "has other variables, or another order, than is described",
                     dataset=dataset.name, value=odd)  # fmt: skip
        return
    if _label(group) != dataset.label:
        problems.add(CODE, "is the label of the dataset, another is described",
                     dataset=dataset.name, value=dataset.label)  # fmt: skip
    for use, item, column in zip(uses, items, dataset.columns, strict=True):
        if item is None:
            continue
        place = problems.bound(mark=None, dataset=dataset.name, variable=column.name)
        if int(use.get("KeySequence", "0")) != column.key:
            place.add(CODE, "has another place among the keys", value=str(column.key))
        if _label(item) != column.label:
            place.add(CODE, "is its label, another is described", value=column.label)
        if column.type == "text" and item.get("Length") not in {None, str(column.length)}:
            place.add(CODE, "is its length, another is described", value=str(column.length))
        _check_values(item, column, dataset.coded(column.name).distinct, known, place)
        reference = item.find(f"{{{DEF}}}ValueListRef")
        if reference is not None:
            values_list = known.value_lists.get(str(reference.get("ValueListOID")))
            _check_parts(values_list, column, dataset, known, place)


def _label(element: Element) -> str:
    found = element.find(f"{{{ODM}}}Description/{{{ODM}}}TranslatedText")
    return (found.text or "") if found is not None else ""


def _check_values(
    item: Element, column: FinalColumn, values: Values, known: _Definitions, place: Problems
) -> None:
    """Report values that the type, length, digits or codelist of an item has no room for."""
    oid, said = str(item.get("OID")), str(item.get("DataType"))
    dates = said not in {"text", "integer", "float"}
    actual = facts(column, values, iso=dates, whole=False)
    number = {"integer", "float"}
    if (said in number) != (actual.data_type in number) or (dates and actual.data_type != said):
        place.add(CODE, f"holds {actual.data_type}, {said} is described", value=oid)
        return
    length = int(item.get("Length", "0"))
    if actual.length is not None and actual.length > length:
        place.add(CODE, f"holds {actual.length} characters, {length} are described", value=oid)
    digits = int(item.get("SignificantDigits", "0"))
    if (actual.digits or 0) > digits:
        place.add(CODE, f"has {actual.digits} decimals, {digits} are described", value=oid)
    reference = item.find(f"{{{ODM}}}CodeListRef")
    codelist = (
        known.codelists.get(str(reference.get("CodeListOID"))) if reference is not None else None
    )
    if codelist is None or codelist.find(f"{{{ODM}}}ExternalCodeList") is not None:
        return
    terms = {term.get("CodedValue") for term in codelist}
    for value in printed(values):
        if value not in terms:
            place.add(CODE, f"is not in {codelist.get('OID')}", value=value)


def _check_parts(
    value_list: Element | None,
    column: FinalColumn,
    dataset: Dataset,
    known: _Definitions,
    place: Problems,
) -> None:
    """Report values that no item at value level describes, or several, or one wrongly."""
    if value_list is None:
        return
    uses = [
        (known.items.get(str(use.get("ItemOID"))), _checks(use, known))
        for use in value_list.iter(f"{{{ODM}}}ItemRef")
    ]
    by = dict.fromkeys(name for _, clauses in uses for checks in clauses for name, _, _ in checks)
    held = combinations(dataset, list(by))
    coded = dataset.coded(column.name)
    distinct = held.distinct(coded)
    times = np.zeros(len(held.values), dtype=int)
    for item, clauses in uses:
        chosen = _selected(held, clauses)
        times += chosen
        if item is not None and chosen.any():
            values = np.concatenate([distinct[one] for one in np.flatnonzero(chosen)])
            _check_values(item, column, values, known, place)
    filled = coded.there
    for wrong, said in (
        (filled & (times == 0)[held.of], "no item"),
        ((times > 1)[held.of], "several items"),
    ):
        if wrong.any():
            place.add(CODE, f"has values that {said} at value level describe",
                      count=int(wrong.sum()))  # fmt: skip


def _checks(use: Element, known: _Definitions) -> list[list[_Check]]:
    """What each where clause of an item asks: variable, comparator and values of every check."""
    found = []
    for reference in use.iter(f"{{{DEF}}}WhereClauseRef"):
        clause = known.clauses.get(str(reference.get("WhereClauseOID")))
        if clause is None:
            continue
        checks = []
        for check in clause.iter(f"{{{ODM}}}RangeCheck"):
            item = known.items.get(str(check.get(f"{{{DEF}}}ItemOID")))
            if item is not None:
                wanted = [value.text or "" for value in check.iter(f"{{{ODM}}}CheckValue")]
                checks.append((str(item.get("Name")), str(check.get("Comparator")), wanted))
        found.append(checks)
    return found


def _selected(held: Combinations, clauses: Iterable[Iterable[_Check]]) -> np.ndarray:
    """Mask of the combinations that one of the where clauses selects."""
    found = np.zeros(len(held.values), dtype=bool)
    for checks in clauses:
        chosen = np.ones(len(held.values), dtype=bool)
        for name, comparator, wanted in checks:
            inside = held.among(name, wanted)
            chosen &= ~inside if comparator in {"NE", "NOTIN"} else inside
        found |= chosen
    return found
