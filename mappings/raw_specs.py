"""What ``raw:`` and ``subjects:`` of the study file say, read into the model (language 1.3)."""

from collections.abc import Mapping
from typing import Any

from mappings.nodes import Node
from mappings.problems import Problems
from mappings.raw_form import RawForm, SamePerson, SubjectRules, UnusedColumns
from mappings.schema import FORM, FORM_DEFAULTS, validate


def read_forms(node: Node, problems: Problems) -> dict[str, RawForm]:
    """Raw forms with the defaults applied; ``null`` takes a role away.

    What is declared unused for all forms is so beside what a form declares itself.
    """
    defaults: Mapping[str, Any] = {}
    shared: tuple[UnusedColumns, ...] = ()
    if "defaults" in node:
        sound = validate(node["defaults"], FORM_DEFAULTS, problems)
        defaults = node["defaults"].value if sound else {}
        shared = _unused(node["defaults"], shared=True) if sound else ()
    forms = {}
    for name, entry in node.items():
        if name == "defaults" or not validate(entry, FORM, problems):
            continue
        said = {**defaults, **entry.value}
        for column in ("date", "duplicates"):
            value = said.get(column) or ()
            said[column] = (value,) if isinstance(value, str) else tuple(value)
        said["unused"] = (*_unused(entry), *shared)
        forms[name] = RawForm(name=name, mark=node.key_mark(name), **said)
    return forms


def _unused(node: Node, *, shared: bool = False) -> tuple[UnusedColumns, ...]:
    """Columns that a form, or all of them, declare not submitted."""
    said = node.get("unused")
    return tuple(
        UnusedColumns(str(item.value), item.mark, shared) for item in (said.each() if said else ())
    )


def read_subjects(node: Node | None) -> SubjectRules:
    """How subjects are recognised; the defaults where nothing is said."""
    if node is None:
        return SubjectRules()
    said = dict(node.value)
    same = said.pop("same_person", None)
    for name in ("id", "patterns", "site_patterns"):
        if name in said:
            said[name] = tuple(str(value) for value in said[name])
    person = SamePerson(**same, mark=node["same_person"].mark) if same else None
    return SubjectRules(**said, same_person=person, mark=node.mark)
