"""The JSON Schema of study and dataset files: what loads is valid, what is misspelt is not."""

import re
from pathlib import Path

import pytest
from small_study import FILES, small_study

import mappings
from mappings.loader import load_study
from mappings.marked_yaml import load_marked
from submission.catalogue import catalogue
from submission.json_schema import json_schema

BUNDLED = Path(mappings.__file__).parent / "dualcart_aml"
KINDS = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
    "number": (int, float), "null": type(None),
}  # fmt: skip


@pytest.fixture(scope="module")
def schema():
    return json_schema(load_study(BUNDLED, catalogue()).operations)


def is_kind(value, kind):
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS[kind])


def valid(value, schema, root):
    """Whether a value is valid by the keywords of JSON Schema that the schema uses."""
    if "$ref" in schema and not valid(value, at(root, schema["$ref"]), root):
        return False
    if "if" in schema:
        chosen = "then" if valid(value, schema["if"], root) else "else"
        if not valid(value, schema[chosen], root):
            return False
    if "anyOf" in schema and not any(valid(value, one, root) for one in schema["anyOf"]):
        return False
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_kind(value, kind) for kind in kinds):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        return text_valid(value, schema)
    if isinstance(value, list):
        enough = len(value) >= schema.get("minItems", 0)
        return enough and all(valid(one, schema.get("items", {}), root) for one in value)
    if isinstance(value, dict):
        return mapping_valid(value, schema, root)
    return value is None or schema.get("minimum", value) <= value <= schema.get("maximum", value)


def text_valid(value, schema):
    within = len(value) <= schema.get("maxLength", 10**6)
    return within and re.search(schema.get("pattern", ""), value) is not None


def mapping_valid(value, schema, root):
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    if not set(schema.get("required", ())) <= set(value):
        return False
    for key, one in value.items():
        if not valid(key, schema.get("propertyNames", {}), root):
            return False
        inner = properties.get(key, rest)
        if inner is False or (inner is not True and not valid(one, inner, root)):
            return False
    return True


def at(root, reference):
    return root["$defs"][reference.removeprefix("#/$defs/")]


def plain(path):
    return load_marked(path.read_text(encoding="utf-8"), path.name)[0]


@pytest.mark.parametrize(
    "name", sorted(path.name for path in BUNDLED.glob("*.yaml") if path.stem != "results")
)
def test_the_bundled_files_are_valid(schema, name):
    assert valid(plain(BUNDLED / name), schema, schema)


def test_the_small_study_is_valid(schema, tmp_path):
    folder = small_study(tmp_path / "tst")
    for name in FILES:
        assert valid(plain(folder / f"{name}.yaml"), schema, schema), name


@pytest.mark.parametrize(
    "variable",
    [
        pytest.param({"recode": "ae.X", "codlist": "NY"}, id="an unknown parameter"),
        pytest.param({"recoed": "ae.X"}, id="an unknown operation"),
        pytest.param({"study_day": ["AESTDTC"]}, id="a list where one name is wanted"),
        pytest.param({"lookup": ["x"], "table": "t"}, id="a required parameter is missing"),
        pytest.param({"clean": "ae.X", "case": "title"}, id="a word that is not offered"),
        pytest.param({"clean": "ae.X", "length": 201}, id="a length beyond the limit"),
        pytest.param(12, id="a number in place of a body"),
    ],
)
def test_a_wrong_body_is_not_valid(schema, variable):
    file = {
        "dataset": "AE", "keys": ["STUDYID"], "records": [{"from": "ae"}],
        "variables": {"AEX": variable},
    }  # fmt: skip
    good = {**file, "variables": {"AEX": {"clean": "ae.X", "case": "upper", "length": 20}}}
    assert valid(good, schema, schema)
    assert not valid(file, schema, schema)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"records": []}, id="no blocks"),
        pytest.param({"records": [{"form": "ae"}]}, id="an unknown record operation"),
        pytest.param({"variabels": {}}, id="an unknown section"),
        pytest.param({"variables": {"aeterm": "ae.X"}}, id="a variable in lower case"),
        pytest.param({"working": {"UPPER": "ae.X"}}, id="a private name in capitals"),
        pytest.param({"keys": None}, id="no keys"),
    ],
)
def test_a_wrong_dataset_file_is_not_valid(schema, change):
    file = {"dataset": "AE", "keys": ["STUDYID"], "records": [{"from": "ae"}], "variables": {}}
    assert valid(file, schema, schema)
    assert not valid({**file, **change}, schema, schema)


def test_a_file_that_extends_another_needs_its_dataset_alone(schema):
    assert valid({"dataset": "AE", "extends": "../house/ae.yaml"}, schema, schema)
    assert not valid({"dataset": "AE"}, schema, schema)


def test_operations_are_described_in_their_own_words(schema):
    known = catalogue()
    for name, operation in known.items():
        kind = "record" if operation.scope == "records" else "operation"
        made = schema["$defs"][f"{kind}_{name}"]
        assert operation.summary in made["description"]
        assert name in made["required"]


def test_a_study_adds_its_own_operations(schema):
    own = set(load_study(BUNDLED, catalogue()).operations) - set(catalogue())
    assert own
    for name in own:
        assert {f"operation_{name}", f"record_{name}"} & set(schema["$defs"])


def test_every_reference_leads_somewhere(schema):
    found = re.findall(r"'\$ref': '#/\$defs/(\w+)'", str(schema))
    assert set(found) <= set(schema["$defs"])
