"""A description of a define.xml as XML: elements in the order of the schema, the same bytes again.

Source: Define-XML 2.1 on ODM 1.3.2.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree

from define_xml.description import (
    CodeList,
    Comment,
    Define,
    Group,
    Item,
    ItemUse,
    ListedTerm,
    Method,
    WhereClause,
)
from mappings.origins import VariableOrigin

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
NAMESPACES = {None: ODM, "def": DEF, "xlink": XLINK}

DEFINE_VERSION = "2.1.0"
ODM_VERSION = "1.3.2"
CRF_LEAF, CRF_FILE, CRF_TITLE = "LF.acrf", "acrf.pdf", "Annotated Case Report Form"

Element: TypeAlias = Any  # lxml has no types


def define_bytes(define: Define) -> bytes:
    """The XML of a description, UTF-8, indented."""
    root = etree.Element(
        f"{{{ODM}}}ODM",
        {
            "FileType": "Snapshot",
            "FileOID": f"{define.study}.{define.standard}.define",
            "CreationDateTime": define.created.isoformat(timespec="seconds"),
            "ODMVersion": ODM_VERSION,
            "SourceSystem": "cdiscgen",
            "SourceSystemVersion": define.version,
            f"{{{DEF}}}Context": "Submission",
        },
        NAMESPACES,
    )
    study = _add(root, "Study", OID=f"STDY.{define.study}")
    names = _add(study, "GlobalVariables")
    for tag, text in (
        ("StudyName", define.study),
        ("StudyDescription", define.description),
        ("ProtocolName", define.protocol),
    ):
        _add(names, tag).text = text
    _metadata(study, define)
    return bytes(etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8"))


def write_define(define: Define, path: Path) -> None:
    """Write the XML of a description to a file."""
    path.write_bytes(define_bytes(define))


def _metadata(study: Element, define: Define) -> None:
    version = _add(
        study, "MetaDataVersion", OID=f"MDV.{define.study}.{define.standard}",
        Name=f"{define.study}, {define.standard} Data Definitions",
        Description=f"{define.standard} datasets of {define.study}",
        def_DefineVersion=DEFINE_VERSION,
    )  # fmt: skip
    standards = _add(version, "def:Standards")
    for one in define.standards:
        _add(
            standards, "def:Standard", OID=one.oid, Name=one.name, Type=one.type,
            PublishingSet=one.publishing_set, Version=one.version, Status="Final",
        )  # fmt: skip
    if define.annotated_crf:
        _add(_add(version, "def:AnnotatedCRF"), "def:DocumentRef", leafID=CRF_LEAF)
    for values in define.value_lists:
        element = _add(version, "def:ValueListDef", OID=values.oid)
        _uses(element, values.uses)
    for clause in define.where_clauses:
        _where(version, clause)
    for group in define.groups:
        _group(version, group)
    for item in define.items:
        _item(version, item)
    for codelist in define.codelists:
        _codelist(version, codelist)
    for method in define.methods:
        _method(version, method)
    for comment in define.comments:
        _comment(version, comment)
    if define.annotated_crf:
        _leaf(version, CRF_LEAF, CRF_FILE, CRF_TITLE)


def _where(version: Element, clause: WhereClause) -> None:
    element = _add(version, "def:WhereClauseDef", OID=clause.oid)
    for check in clause.checks:
        compared = _add(
            element, "RangeCheck", Comparator=check.comparator, SoftHard="Soft",
            def_ItemOID=check.item,
        )  # fmt: skip
        for value in check.values:
            _add(compared, "CheckValue").text = value


def _group(version: Element, group: Group) -> None:
    element = _add(
        version, "ItemGroupDef", OID=group.oid, Name=group.name, Domain=group.domain,
        SASDatasetName=group.name, Repeating=_yes_no(group.repeating),
        IsReferenceData=_yes_no(group.reference), Purpose=group.purpose,
        def_StandardOID=group.standard, def_IsNonStandard="" if group.standard else "Yes",
        def_Structure=group.structure, def_ArchiveLocationID=group.leaf,
        def_CommentOID=group.comment,
    )  # fmt: skip
    _described(element, group.label)
    _uses(element, group.uses)
    if group.parent_label:
        _add(element, "Alias", Context="DomainDescription", Name=group.parent_label)
    classes = _add(element, "def:Class", Name=group.class_name)
    if group.subclass:
        _add(classes, "def:SubClass", Name=group.subclass)
    _leaf(element, group.leaf, group.file, group.file)


def _uses(parent: Element, uses: Sequence[ItemUse]) -> None:
    for use in uses:
        element = _add(
            parent, "ItemRef", ItemOID=use.item, OrderNumber=str(use.order),
            Mandatory=_yes_no(use.mandatory), KeySequence=str(use.key or ""),
            MethodOID=use.method, Role=use.role,
            def_IsNonStandard="Yes" if use.non_standard else "",
            def_HasNoData="Yes" if use.no_data else "",
        )  # fmt: skip
        if use.where:
            _add(element, "def:WhereClauseRef", WhereClauseOID=use.where)


def _item(version: Element, item: Item) -> None:
    element = _add(
        version, "ItemDef", OID=item.oid, Name=item.name, DataType=item.data_type,
        Length=_number(item.length), SignificantDigits=_number(item.digits),
        SASFieldName=item.field_name, def_DisplayFormat=item.format,
        def_CommentOID=item.comment,
    )  # fmt: skip
    if item.label:
        _described(element, item.label)
    if item.codelist:
        _add(element, "CodeListRef", CodeListOID=item.codelist)
    for origin in item.origins:
        _origin(element, origin)
    if item.value_list:
        _add(element, "def:ValueListRef", ValueListOID=item.value_list)


def _origin(item: Element, origin: VariableOrigin) -> None:
    element = _add(item, "def:Origin", Type=origin.type, Source=origin.source)
    if origin.predecessor:
        _described(element, origin.predecessor)
    if origin.pages:
        document = _add(element, "def:DocumentRef", leafID=CRF_LEAF)
        numbered = all(page.isdigit() for page in origin.pages)
        _add(
            document, "def:PDFPageRef", PageRefs=" ".join(origin.pages),
            Type="PhysicalRef" if numbered else "NamedDestination",
        )  # fmt: skip


def _codelist(version: Element, codelist: CodeList) -> None:
    external = bool(codelist.dictionary)
    element = _add(
        version, "CodeList", OID=codelist.oid, Name=codelist.name, DataType=codelist.data_type,
        def_StandardOID=codelist.standard,
        def_IsNonStandard="" if codelist.standard or external else "Yes",
        def_CommentOID=codelist.comment,
    )  # fmt: skip
    if external:
        _add(element, "ExternalCodeList", Dictionary=codelist.dictionary, Version=codelist.version)
    for order, term in enumerate(codelist.terms, 1):
        _term(element, term, order, decoded=codelist.decoded)
    _coded(element, codelist.code)


def _term(codelist: Element, term: ListedTerm, order: int, *, decoded: bool) -> None:
    element = _add(
        codelist, "CodeListItem" if decoded else "EnumeratedItem", CodedValue=term.value,
        OrderNumber=str(order), def_ExtendedValue="Yes" if term.extended else "",
    )  # fmt: skip
    if decoded:
        _translated(_add(element, "Decode"), term.decode)
    _coded(element, term.code)


def _coded(element: Element, code: str) -> None:
    if code:
        _add(element, "Alias", Context="nci:ExtCodeID", Name=code)


def _method(version: Element, method: Method) -> None:
    element = _add(version, "MethodDef", OID=method.oid, Name=method.name, Type="Computation")
    _described(element, method.text)


def _comment(version: Element, comment: Comment) -> None:
    _described(_add(version, "def:CommentDef", OID=comment.oid), comment.text)


def _leaf(parent: Element, oid: str, file: str, title: str) -> None:
    leaf = _add(parent, "def:leaf", ID=oid, xlink_href=file)
    _add(leaf, "def:title").text = title


def _described(parent: Element, text: str) -> None:
    _translated(_add(parent, "Description"), text)


def _translated(parent: Element, text: str) -> None:
    element = _add(parent, "TranslatedText")
    element.set(f"{{{XML}}}lang", "en")
    element.text = text


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    """A new last child; attributes in the order given, without those that are empty."""
    element = etree.SubElement(parent, _qualified(tag.replace(":", "_")))
    for name, value in attributes.items():
        if value:
            element.set(_qualified(name, attribute=True), value)
    return element


@cache
def _qualified(name: str, *, attribute: bool = False) -> str:
    """A name with its namespace, which stands before an underscore; plain attributes have none."""
    prefix, _, local = name.partition("_")
    if prefix in {"def", "xlink"} and local:
        return f"{{{NAMESPACES[prefix]}}}{local}"
    return name if attribute else f"{{{ODM}}}{name}"


def _yes_no(holds: bool) -> str:
    return "Yes" if holds else "No"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
