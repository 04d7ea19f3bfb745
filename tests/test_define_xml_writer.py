"""The written define.xml: against its schema, by a reader of its own, and word for word."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from define_study import CREATED, small_study
from lxml import etree

from define_xml import define, define_bytes, write_define

HERE = Path(__file__).parent
SCHEMA = HERE.parent / "../shared/standards/define-2.1-schema/cdisc-define-2.1/define2-1-0.xsd"
GOLDEN = HERE / "golden" / "define_small.xml"
STANDARDS = ("SDTM", "ADaM")

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
DEF = "{http://www.cdisc.org/ns/def/v2.1}"
# Attribute: the elements it may refer to.
REFERS = {
    "ItemOID": "ItemDef",
    f"{DEF}ItemOID": "ItemDef",
    "MethodOID": "MethodDef",
    "CodeListOID": "CodeList",
    "ValueListOID": "ValueListDef",
    "WhereClauseOID": "WhereClauseDef",
    f"{DEF}CommentOID": "CommentDef",
    f"{DEF}StandardOID": "Standard",
    f"{DEF}ArchiveLocationID": "leaf",
    "leafID": "leaf",
}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("writer"))


@pytest.fixture(scope="module")
def written(result):
    return {
        standard: define_bytes(
            define(result.study, result.built.datasets, standard, created=CREATED)
        )
        for standard in STANDARDS
    }


@pytest.mark.skipif(
    not SCHEMA.exists(), reason="the schema set of Define-XML is not beside the project"
)
@pytest.mark.parametrize("standard", STANDARDS)
def test_valid_against_the_schema(written, standard):
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.assertValid(etree.fromstring(written[standard]))


def local(element):
    return element.tag.partition("}")[2]


@pytest.mark.parametrize("standard", STANDARDS)
def test_references_and_definitions_match(written, standard):
    elements = list(ElementTree.fromstring(written[standard]).iter())
    defined = Counter(
        (local(one), one.get("OID") or one.get("ID"))
        for one in elements
        if one.get("OID") or one.get("ID")
    )
    used = {
        (kind, one.get(attribute))
        for one in elements
        for attribute, kind in REFERS.items()
        if one.get(attribute)
    }
    assert used <= set(defined)
    assert not [one for one, times in defined.items() if times > 1]
    unused = {one for one in set(defined) - used if one[0] in REFERS.values()}
    assert {kind for kind, _ in unused} <= {"Standard"}


@pytest.mark.parametrize("standard", STANDARDS)
def test_what_is_numbered_counts_from_one(written, standard):
    root = ElementTree.fromstring(written[standard])
    for parent in (*root.iter(f"{ODM}ItemGroupDef"), *root.iter(f"{DEF}ValueListDef")):
        orders = [int(use.get("OrderNumber")) for use in parent.iter(f"{ODM}ItemRef")]
        assert orders == list(range(1, len(orders) + 1))


@pytest.mark.parametrize("standard", STANDARDS)
def test_the_same_bytes_again(result, written, standard, tmp_path):
    again = define(result.study, result.built.datasets, standard, created=CREATED)
    write_define(again, tmp_path / "define.xml")
    assert (tmp_path / "define.xml").read_bytes() == written[standard]


def test_word_for_word(result):
    datasets = {name: result.built.datasets[name] for name in ("AE", "SUPPAE", "LB")}
    made = define(result.study, datasets, "SDTM", created=CREATED)
    written = define_bytes(replace(made, version="0.1.0")).decode()
    assert written == GOLDEN.read_text(encoding="utf-8")


def group(content, name):
    root = ElementTree.fromstring(content)
    return next(one for one in root.iter(f"{ODM}ItemGroupDef") if one.get("Name") == name)


@pytest.mark.parametrize(
    ("standard", "name", "said"),
    [
        pytest.param(
            "SDTM", "DM", {"Repeating": "No", "IsReferenceData": "No", "Purpose": "Tabulation"},
            id="one record per subject",
        ),
        pytest.param("SDTM", "AE", {"Repeating": "Yes", "Domain": "AE"}, id="several records"),
        pytest.param("SDTM", "SUPPAE", {"Domain": "AE"}, id="qualifiers belong to their domain"),
        pytest.param("ADaM", "ADSL", {"Purpose": "Analysis", "Domain": None}, id="analysis"),
        pytest.param(
            "ADaM", "ADLB",
            {f"{DEF}Structure": "One record per PARAMCD and ADT and SRCSEQ and subject"},
            id="a structure that nothing says is that of the keys",
        ),
        pytest.param("SDTM", "LB", {f"{DEF}IsNonStandard": None}, id="a dataset of the guide"),
    ],
)  # fmt: skip
def test_datasets(written, standard, name, said):
    element = group(written[standard], name)
    assert {attribute: element.get(attribute) for attribute in said} == said


def test_qualifiers_name_the_parent_and_the_file(written):
    element = group(written["SDTM"], "SUPPAE")
    assert element.find(f"{ODM}Alias").attrib == {
        "Context": "DomainDescription",
        "Name": "Adverse Events",
    }
    leaf = element.find(f"{DEF}leaf")
    assert leaf.get("{http://www.w3.org/1999/xlink}href") == "suppae.xpt"


def test_nothing_of_a_standard_is_refused(result):
    datasets = {"DM": result.built.datasets["DM"]}
    with pytest.raises(ValueError, match="no dataset of ADaM"):
        define(result.study, datasets, "ADaM", created=CREATED)
