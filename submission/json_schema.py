"""A JSON Schema of the study file and the dataset files, for editors that complete and check YAML.

It is read off the rules the loader itself checks by and off the operations, so it cannot say
anything else than they do. One schema holds for both kinds of file: what has ``dataset:`` is a
dataset file.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mappings.bodies import FROM_RECORDS
from mappings.operations import Operation, Parameter, Registry, Role
from mappings.schema import (
    AMENDMENT,
    BLOCK_WORDS,
    BODY_WORDS,
    DATASET,
    FILLED,
    FORM,
    FORM_DEFAULTS,
    STUDY,
    SUPPLIED,
    Rules,
    call_rules,
    item_rules,
)

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES: Mapping[str, str] = {
    "string": "string", "integer": "integer", "number": "number", "boolean": "boolean",
    "list": "array", "dict": "object",
}  # fmt: skip
BODIES = ("working", "variables", "supp")
_REFERENCE = "a reference: NAME, name, form.COLUMN or DATASET.NAME"


def json_schema(operations: Registry) -> Schema:
    """The schema as a plain value, ready to be written as JSON."""
    made = {name: one for name, one in operations.items() if one.scope != "records"}
    blocks = {name: one for name, one in operations.items() if one.scope == "records"}
    return {
        "$schema": DRAFT,
        "title": "cdiscgen study and dataset files",
        "type": "object",
        "if": {"required": ["dataset"]},
        "then": {"$ref": "#/$defs/dataset_file"},
        "else": {"$ref": "#/$defs/study_file"},
        "$defs": {
            "study_file": _study(),
            "dataset_file": {
                "if": {"required": ["extends"]},
                "then": {"$ref": "#/$defs/amendment"},
                "else": {"$ref": "#/$defs/dataset"},
            },
            "dataset": _dataset(DATASET),
            "amendment": _dataset(AMENDMENT),
            "block": {"anyOf": [_ref(f"record_{name}") for name in blocks]},
            "body": {
                "anyOf": [
                    {"type": "string", "description": _REFERENCE},
                    *(_ref(f"operation_{name}") for name in made),
                ]
            },
            "variable": {"anyOf": [{"const": FROM_RECORDS}, mapping_schema(FILLED), _ref("body")]},
            **{f"record_{name}": _call(one, BLOCK_WORDS) for name, one in blocks.items()},
            **{f"operation_{name}": _call(one, BODY_WORDS) for name, one in made.items()},
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _study() -> Schema:
    """The study file; its raw forms and identifiers have rules of their own."""
    made = mapping_schema(STUDY)
    made["description"] = "the study: its standards, raw forms, subjects, tables and datasets"
    made["properties"]["raw"] = {
        "type": "object",
        "properties": {"defaults": mapping_schema(FORM_DEFAULTS)},
        "additionalProperties": mapping_schema(FORM),
    }
    bodies = {"type": "object", "additionalProperties": _ref("variable")}
    made["properties"]["identifiers"] = {
        "type": "object",
        "properties": {"sdtm": bodies, "adam": bodies},
        "additionalProperties": False,
    }
    return made


def _dataset(rules: Rules) -> Schema:
    """A dataset file; its bodies and blocks are those of the operations."""
    made = mapping_schema(rules)
    made["description"] = "one dataset: how its records come to be and how each variable is filled"
    for section in BODIES:
        made["properties"][section]["additionalProperties"] = _ref("variable")
    made["properties"]["records"]["items"] = _ref("block")
    return made


def _call(operation: Operation, words: Rules) -> Schema:
    """A call of an operation with its parameters and the words that may stand beside them."""
    made = mapping_schema(call_rules(operation, words))
    made["description"] = f"{operation.summary} Method: {operation.method}"
    for parameter in operation.parameters.values():
        if parameter.role in SUPPLIED:
            continue
        first = parameter is operation.first
        key = operation.name if first else parameter.name.rstrip("_")
        schema = _parameter(parameter)
        schema["description"] = operation.summary if first else _described(parameter)
        made["properties"][key] = schema
    made["required"] = sorted({*made.get("required", []), operation.name})
    if "set" in words:
        made["properties"]["set"] = {"type": "object", "additionalProperties": _ref("variable")}
    return made


def _described(parameter: Parameter) -> str:
    """What a parameter takes: its kind, whether it must be there, its default."""
    kind = f"list of {parameter.role.value}" if parameter.many else parameter.role.value
    if parameter.required:
        return f"{kind}, required"
    return kind if parameter.default is None else f"{kind}, {parameter.default} unless said"


def _parameter(parameter: Parameter) -> Schema:
    """What may stand under a parameter: items and maps in full, the rest by the loader's rules."""
    one = _one(parameter)
    if parameter.default is None and not parameter.required:
        one = {"anyOf": [one, {"type": "null"}]}
    if not parameter.many:
        return dict(one)
    return {"anyOf": [one, {"type": "array", "items": one}, *_as_table(parameter)]}


def _one(parameter: Parameter) -> Schema:
    if parameter.role is Role.ITEM:
        made = mapping_schema(item_rules(parameter))
        for part in parameter.fields:
            if part.role not in SUPPLIED:
                made["properties"][part.name.rstrip("_")] = _parameter(part)
        return made
    if parameter.role is Role.MAP and parameter.inner is not None:
        return {"type": "object", "additionalProperties": _parameter(parameter.inner)}
    single = replace(parameter, many=False, required=True)
    return rule_schema(item_rules(replace(parameter, fields=(single,)))[parameter.name.rstrip("_")])


def _as_table(parameter: Parameter) -> list[Schema]:
    """Items may be rows of a table whose columns are their fields."""
    if parameter.role is not Role.ITEM:
        return []
    columns = {"type": "array", "items": {"type": "string"}}
    rows = {"type": "array", "items": {"type": "array"}}
    properties = {"columns": columns, "rows": rows}
    return [{"type": "object", "properties": properties, "required": ["columns", "rows"]}]


def mapping_schema(rules: Rules) -> Schema:
    """The schema of a mapping whose keys have the rules; no other keys are known."""
    required = sorted(name for name, rule in rules.items() if rule.get("required"))
    made: Schema = {
        "type": "object",
        "properties": {name: rule_schema(rule) for name, rule in rules.items()},
        "additionalProperties": False,
    }
    return {**made, "required": required} if required else made


def rule_schema(rule: Rules) -> Schema:
    """The schema of what one rule of the loader allows."""
    said = rule.get("type", [])
    kinds = [said] if isinstance(said, str) else list(said)
    made: Schema = {}
    for kind in kinds:
        made |= _constraints(kind, rule)
    types = [TYPES[kind] for kind in kinds]
    if rule.get("nullable"):
        types.append("null")
    if types:
        made["type"] = types[0] if len(types) == 1 else types
    if "allowed" in rule:
        made["enum"] = [*rule["allowed"], *([None] if rule.get("nullable") else [])]
    return made


def _constraints(kind: str, rule: Rules) -> Schema:
    """What a rule says of values of one type."""
    if kind == "string":
        return _named(rule, regex="pattern", minlength="minLength", maxlength="maxLength")
    if kind == "list":
        made = _named(rule, minlength="minItems", maxlength="maxItems")
        return {**made, "items": rule_schema(rule["schema"])} if "schema" in rule else made
    if kind == "dict":
        return _of_mapping(rule)
    return _named(rule, min="minimum", max="maximum")


def _named(rule: Rules, **names: str) -> Schema:
    made = {schema: rule[name] for name, schema in names.items() if name in rule}
    if "pattern" in made:
        made["pattern"] = f"^(?:{made['pattern']})$"
    return made


def _of_mapping(rule: Rules) -> Schema:
    made: Schema = {}
    inner = rule.get("schema")
    if isinstance(inner, Mapping):
        made = mapping_schema(inner)
        if rule.get("require_all"):
            made["required"] = sorted(inner)
    if "keysrules" in rule:
        made["propertyNames"] = rule_schema(rule["keysrules"])
    if "valuesrules" in rule:
        made["additionalProperties"] = rule_schema(rule["valuesrules"])
    return made
