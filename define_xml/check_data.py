"""Whether what a define.xml says of variables and their values is what the data are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from define_xml.facts import facts, printed
from define_xml.writer import DEF, ODM
from mappings.columns import is_text, missing
from mappings.finished import Dataset, FinalColumn
from mappings.problems import Problems
from mappings.supplemental import as_text

Element: TypeAlias = Any  # lxml has no types
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
        values = dataset.frame[column.name]
        if column.type == "text" and item.get("Length") not in {None, str(column.length)}:
            place.add(CODE, "is its length, another is described", value=str(column.length))
        _check_values(item, column, values, known, place)
        reference = item.find(f"{{{DEF}}}ValueListRef")
        if reference is not None:
            values_list = known.value_lists.get(str(reference.get("ValueListOID")))
            _check_parts(values_list, column, dataset, known, place)


def _label(element: Element) -> str:
    found = element.find(f"{{{ODM}}}Description/{{{ODM}}}TranslatedText")
    return (found.text or "") if found is not None else ""


def _check_values(
    item: Element, column: FinalColumn, values: pd.Series, known: _Definitions, place: Problems
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
    values = dataset.frame[column.name]
    times = np.zeros(len(values), dtype=int)
    for use in value_list.iter(f"{{{ODM}}}ItemRef"):
        item = known.items.get(str(use.get("ItemOID")))
        clauses = [
            known.clauses.get(str(one.get("WhereClauseOID")))
            for one in use.iter(f"{{{DEF}}}WhereClauseRef")
        ]
        rows = _rows(dataset, [clause for clause in clauses if clause is not None], known)
        times += rows
        if item is not None:
            part = values[rows].reset_index(drop=True)
            _check_values(item, column, part, known, place)
    filled = (~missing(values)).to_numpy(dtype=bool)
    for wrong, said in ((filled & (times == 0), "no item"), (times > 1, "several items")):
        if wrong.any():
            place.add(CODE, f"has values that {said} at value level describe",
                      count=int(wrong.sum()))  # fmt: skip


def _rows(dataset: Dataset, clauses: Iterable[Element], known: _Definitions) -> np.ndarray:
    """Mask of the records that one of the where clauses selects."""
    found = np.zeros(len(dataset.frame), dtype=bool)
    for clause in clauses:
        rows = np.ones(len(dataset.frame), dtype=bool)
        for check in clause.iter(f"{{{ODM}}}RangeCheck"):
            item = known.items.get(str(check.get(f"{{{DEF}}}ItemOID")))
            if item is None:
                continue
            values = dataset.frame[str(item.get("Name"))]
            texts = values if is_text(values) else as_text(values)
            wanted = [value.text or "" for value in check.iter(f"{{{ODM}}}CheckValue")]
            inside = texts.isin(wanted).to_numpy(dtype=bool)
            rows &= ~inside if check.get("Comparator") in {"NE", "NOTIN"} else inside
        found |= rows
    return found
