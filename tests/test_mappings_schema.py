"""The rules of documents and calls are rules that cerberus knows; a run does not ask it again."""

from collections.abc import Iterable, Iterator

import pytest
from cerberus import Validator

from mappings.operations import Parameter, Role
from mappings.schema import (
    AMENDMENT,
    BLOCK_WORDS,
    BODY_WORDS,
    DATASET,
    FILLED,
    FORM,
    FORM_DEFAULTS,
    STUDY,
    Rules,
    call_rules,
    item_rules,
)
from submission.catalogue import catalogue


def items(parameters: Iterable[Parameter]) -> Iterator[Parameter]:
    """The parameters that hold described items, and those within their fields."""
    for parameter in parameters:
        if parameter.role is Role.ITEM:
            yield parameter
        yield from items(parameter.fields)


CALLS = {
    name: call_rules(operation, BLOCK_WORDS if operation.scope == "records" else BODY_WORDS)
    for name, operation in catalogue().items()
}
ITEMS = {
    f"{name} {parameter.name}": item_rules(parameter)
    for name, operation in catalogue().items()
    for parameter in items(operation.parameters.values())
}
DOCUMENTS = {
    "study": STUDY,
    "dataset": DATASET,
    "amendment": AMENDMENT,
    "form": FORM,
    "defaults of forms": FORM_DEFAULTS,
    "filled from records": FILLED,
}


@pytest.mark.parametrize(
    "rules",
    [pytest.param(rules, id=name) for name, rules in {**DOCUMENTS, **CALLS, **ITEMS}.items()],
)
def test_rules_are_rules_of_cerberus(rules: Rules) -> None:
    assert Validator(dict(rules)).schema


def test_items_of_operations_are_among_them():
    assert {"cases cases", "time_to_event events"} <= ITEMS.keys()
