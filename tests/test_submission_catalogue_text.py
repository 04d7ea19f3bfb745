"""The catalogues of operations and problem codes as text and values."""

import pytest

from mappings.problems import CATALOGUE
from submission.catalogue import catalogue
from submission.catalogue_text import (
    kind_of,
    operation_of,
    operation_text,
    operation_values,
    operations_text,
    problems_text,
    problems_values,
    signature,
)
from submission.requests import RequestError

KNOWN = catalogue()


def test_every_operation_is_listed():
    text = operations_text(KNOWN, None)
    assert all(f"{{{name}:" in text for name in KNOWN)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        pytest.param("study_day", "{study_day: …, [since: …]}", id="a default may be left out"),
        pytest.param("visit_name", "{visit_name: …, [planned: …]}", id="a default table"),
        pytest.param("list", "{list: …, sep: …, order: …, [distinct: …]}", id="a Python word"),
    ],
)
def test_signature(name, call):
    assert signature(KNOWN[name]) == call


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_an_operation_in_full_has_its_method_and_parameters(name):
    text = operation_text(KNOWN[name])
    assert KNOWN[name].method in text
    assert KNOWN[name].summary in text
    assert text.startswith(f"{{{name}:")


@pytest.mark.parametrize(
    ("name", "parameter", "kind"),
    [
        pytest.param("clean", "case", "keep | upper | lower", id="a choice shows its words"),
        pytest.param("only", "values", "records", id="records"),
        pytest.param("latest", "dates", "list of records or column", id="a list"),
        pytest.param("cases", "cases", "list of {when, value}", id="items show their fields"),
    ],
)
def test_kind_of(name, parameter, kind):
    assert kind_of(KNOWN[name].parameters[parameter]) == kind


def test_an_unknown_operation_is_refused_with_the_nearest():
    with pytest.raises(RequestError, match="did you mean study_day"):
        operation_of(KNOWN, "studyday")


def test_values_of_an_operation():
    values = operation_values(KNOWN["study_day"])
    assert (values["sees"], values["result"]) == ("row", "number")
    assert values["parameters"][1] == {
        "name": "since", "takes": "column", "required": False, "default": "DM.RFSTDTC",
    }  # fmt: skip


def test_every_code_is_listed():
    text = problems_text(None)
    assert all(code in text for code in CATALOGUE)
    assert [one["code"] for one in problems_values()] == list(CATALOGUE)
