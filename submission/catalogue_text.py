"""The catalogues as text: operations with their parameters, codes of problems."""

import inspect
from collections.abc import Mapping
from typing import Any

from mappings.operations import Operation, Parameter, Registry, Role
from mappings.problems import CATALOGUE
from mappings.schema import SUPPLIED
from submission.requests import unknown
from submission.text_table import text_table

SCOPES: Mapping[str, str] = {
    "row": "this record", "aggregate": "other records", "scope": "records of the subject",
    "records": "makes records",
}  # fmt: skip


def operations_text(operations: Registry, width: int | None) -> str:
    """Every operation: its call, what it looks at, what comes back."""
    rows = [
        (signature(one), SCOPES[one.scope], one.summary)
        for _, one in sorted(operations.items(), key=lambda pair: (pair[1].scope, pair[0]))
    ]
    return text_table(("Operation", "Sees", "Gives"), rows, width)


def operation_of(operations: Registry, name: str) -> Operation:
    """An operation by name; RequestError where there is none."""
    if name not in operations:
        raise unknown(name, "an operation", operations)
    return operations[name]


def operation_text(one: Operation) -> str:
    """One operation in full: its call, method, parameters and everything its author says of it."""
    rows = [
        (key, kind_of(parameter), _default(parameter)) for key, parameter in _written(one).items()
    ]
    documented = inspect.getdoc(one.function) or one.summary
    makes = ", ".join(one.makes)
    lines = [signature(one), "", documented, "", f"Sees:   {SCOPES[one.scope]}"]
    lines += [f"Gives:  {makes or one.result}", f"Method: {one.method}", ""]
    return "\n".join([*lines, text_table(("Parameter", "Takes", "Default"), rows)])


def signature(one: Operation) -> str:
    """The call as it is written in YAML; what may be left out stands in brackets."""
    parts = [
        f"{key}: …" if parameter.required else f"[{key}: …]"
        for key, parameter in _written(one).items()
    ]
    return f"{{{', '.join(parts)}}}"


def _written(one: Operation) -> dict[str, Parameter]:
    """Parameters by the key they are written under."""
    return {
        one.name if parameter is one.first else parameter.name.rstrip("_"): parameter
        for parameter in one.parameters.values()
        if parameter.role not in SUPPLIED
    }


def kind_of(parameter: Parameter) -> str:
    """What a parameter takes."""
    kind = parameter.role.value
    if parameter.role is Role.CHOICE:
        kind = " | ".join(map(str, parameter.choices))
    elif parameter.role is Role.ITEM:
        fields = ", ".join(part.name.rstrip("_") for part in parameter.fields)
        kind = f"{{{fields}}}"
    elif parameter.role is Role.MAP and parameter.inner is not None:
        kind = f"{{name: {kind_of(parameter.inner)}}}"
    return f"list of {kind}" if parameter.many else kind


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    return "" if parameter.default is None else str(parameter.default)


def operation_values(one: Operation) -> dict[str, Any]:
    """One operation as plain values."""
    return {
        "name": one.name,
        "sees": one.scope,
        "result": one.result,
        "makes": dict(one.makes),
        "summary": one.summary,
        "method": one.method,
        "parameters": [
            {"name": key, "takes": kind_of(parameter), "required": parameter.required,
             "default": _default(parameter) if not parameter.required else None}
            for key, parameter in _written(one).items()
        ],
    }  # fmt: skip


def problems_text(width: int | None) -> str:
    """Every code of a problem with its severity and meaning."""
    rows = [(code, severity, meaning) for code, (severity, meaning) in CATALOGUE.items()]
    return text_table(("Code", "Severity", "Meaning"), rows, width)


def problems_values() -> list[dict[str, str]]:
    """The codes as plain values."""
    return [
        {"code": code, "severity": severity, "meaning": meaning}
        for code, (severity, meaning) in CATALOGUE.items()
    ]
