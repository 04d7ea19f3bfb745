"""Whether a define.xml holds together, and whether it says what the data are.

It is read from its XML, so that what is checked is what is written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from lxml import etree

from define_xml.check_data import check_data
from define_xml.description import Define
from define_xml.writer import DEF, ODM, define_bytes
from mappings.finished import Dataset
from mappings.problems import Problems

Element: TypeAlias = Any  # lxml has no types

# Attribute that refers: the element that must have that identifier.
_REFERENCES: Mapping[str, str] = {
    "ItemOID": "ItemDef",
    f"{{{DEF}}}ItemOID": "ItemDef",
    "MethodOID": "MethodDef",
    "CodeListOID": "CodeList",
    "ValueListOID": "ValueListDef",
    "WhereClauseOID": "WhereClauseDef",
    f"{{{DEF}}}CommentOID": "CommentDef",
    f"{{{DEF}}}StandardOID": "Standard",
    f"{{{DEF}}}ArchiveLocationID": "leaf",
    "leafID": "leaf",
}
# A standard may be named without being referred to.
_MAY_STAND_ALONE = frozenset({"Standard"})
# What they hold is numbered.
_NUMBERED = frozenset({"ItemGroupDef", "ValueListDef", "CodeList"})


def check_define(
    define: Define | bytes, datasets: Mapping[str, Dataset], problems: Problems
) -> None:
    """Report what is wrong with a define.xml of these datasets."""
    content = define_bytes(define) if isinstance(define, Define) else define
    root = etree.fromstring(content)
    elements = list(_elements(root))
    _check_references(elements, problems)
    _check_rules(root, elements, problems)
    check_data(root, datasets, problems)


def _elements(root: Element) -> Iterator[tuple[str, Element]]:
    """Every element with its name without namespace."""
    for element in root.iter(f"{{{ODM}}}*", f"{{{DEF}}}*"):
        yield element.tag.rpartition("}")[2], element


def _identifier(element: Element) -> str | None:
    found: str | None = element.get("OID") or element.get("ID")
    return found


def _check_references(elements: Sequence[tuple[str, Element]], problems: Problems) -> None:
    """Report references to nothing and definitions that nothing refers to."""
    kinds = set(_REFERENCES.values())
    defined = dict.fromkeys(
        (name, identifier)
        for name, element in elements
        if name in kinds and (identifier := _identifier(element)) is not None
    )
    used: set[tuple[str, str]] = set()
    for name, element in elements:
        for attribute, target in element.items():
            kind = _REFERENCES.get(attribute)
            if kind is None:
                continue
            used.add((kind, target))
            if (kind, target) not in defined:
                problems.add("DX701", f"is referred to by {name} and not defined", value=target)
    for kind, identifier in defined:
        if (kind, identifier) not in used and kind not in _MAY_STAND_ALONE:
            problems.add("DX702", f"is a {kind} that nothing refers to", value=identifier)


def _check_rules(
    root: Element, elements: Sequence[tuple[str, Element]], problems: Problems
) -> None:
    """Report what the standard asks for beyond its schema."""
    identifiers = ((name, _identifier(element)) for name, element in elements)
    for (name, identifier), times in Counter(identifiers).items():
        if identifier is not None and times > 1:
            problems.add("DX703", f"identifies {times} elements {name}", value=identifier)
    for name, element in elements:
        if name in _NUMBERED:
            _check_orders(element, problems)
    methods = {use.get("ItemOID"): use.get("MethodOID") for use in root.iter(f"{{{ODM}}}ItemRef")}
    for item in root.iter(f"{{{ODM}}}ItemDef"):
        _check_item(item, methods, problems)


def _check_orders(parent: Element, problems: Problems) -> None:
    """Report children that are not numbered from 1 on."""
    orders = [child.get("OrderNumber") for child in parent if child.get("OrderNumber")]
    if orders != [str(number) for number in range(1, len(orders) + 1)]:
        problems.add("DX703", "numbers what it holds otherwise than from 1 on",
                     value=str(parent.get("OID")))  # fmt: skip


def _check_item(
    item: Element, methods: Mapping[str | None, str | None], problems: Problems
) -> None:
    oid = str(item.get("OID"))
    types = [origin.get("Type") for origin in item.iter(f"{{{DEF}}}Origin")]
    described = item.find(f"{{{DEF}}}ValueListRef") is not None
    if not types and not described:
        problems.add("DX703", "has no origin", value=oid)
    if "Derived" in types and not methods.get(oid):
        problems.add("DX703", "is derived and has no method", value=oid,
                     hint="write method: in the mapping")  # fmt: skip
    if item.get("DataType") in {"text", "integer", "float"} and not item.get("Length"):
        problems.add("DX703", "has no length", value=oid)
    for text in _texts(item):
        if not text.strip():
            problems.add("DX703", "has an empty text", value=oid)


def _texts(item: Element) -> Iterable[str]:
    return (text.text or "" for text in item.iter(f"{{{ODM}}}TranslatedText"))
