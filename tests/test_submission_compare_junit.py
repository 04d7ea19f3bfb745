"""Comparisons as JUnit XML: a suite for each dataset, a case for each check."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from compared import BASE, KEYS, compare

from comparison.findings import Collection, Header, Unread
from comparison.options import Options
from submission.compare_junit import junit_report


def collection(*found, **more):
    return Collection(Header("A", "2026"), "b", "o", found[0].options, found, **more)


def suites(found):
    return ElementTree.fromstring(junit_report(found))


@pytest.fixture
def equal(tmp_path):
    return compare(tmp_path, BASE, BASE, Options(keys=KEYS))


def test_equal_datasets_pass_every_check(equal):
    root = suites(collection(equal))
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "14", "0", "0", "0",
    ]  # fmt: skip
    assert [case.get("name") for case in root.iter("testcase")] == [
        check.name for check in equal.checks
    ]
    properties = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert properties["compared by"] == "A"
    assert properties["sha256 of base"] == equal.base.sha256
    assert properties["keys"] == "USUBJID, PARAMCD (as given)"


OTHER = BASE.cell("AVAL", 1, 2.5).cell("AVAL", 3, 101.0).cell("AVAL", 5, 1.1)


@pytest.mark.parametrize(
    ("other", "check", "told"),
    [
        pytest.param(OTHER, "values", "AVAL is 1 higher in the other in all 3 records with "
                     "PARAMCD = OS.", id="values"),
        pytest.param(BASE.rows(1, 3, 5), "records in one dataset only",
                     "3 records are in the base alone: all 3 records with PARAMCD = PFS.",
                     id="records"),
        pytest.param(BASE.cell("PARAMCD", 1, "DOR"), "records in one dataset only",
                     "PARAMCD is 'OS' in the base and 'DOR' in the other in 1 record",
                     id="records by a key"),
        pytest.param(replace(BASE, labels={"ADT": "Date"}), "label of variables",
                     "AVAL: 'Analysis Value' / ''", id="label"),
        pytest.param(replace(BASE, label="X<&>"), "dataset label", "ADTTE: 'Analysis' / 'X<&>'",
                     id="label of the dataset, with marks of XML"),
        pytest.param(BASE.with_values(NEW=[1.0] * 6), "variables in one dataset only",
                     "NEW in the other only", id="variable"),
        pytest.param(BASE.order("USUBJID", "PARAMCD", "ADT", "ADTM", "ATM", "AVAL", "AVALC"),
                     "order of variables", "AVAL: place 3 / 6", id="order"),
    ],
)  # fmt: skip
def test_a_failure_tells_its_cause(tmp_path, other, check, told):
    root = suites(collection(compare(tmp_path, BASE, other, Options(keys=KEYS))))
    (failure,) = root.iter("failure")
    assert failure.get("type") == check
    assert told in failure.text
    assert root.get("failures") == "1"


def test_what_was_not_compared_is_skipped(tmp_path):
    found = compare(tmp_path, BASE, BASE, Options(keys=KEYS), ("csv", "csv"))
    root = suites(collection(found))
    assert root.get("skipped") == str(len(list(root.iter("skipped")))) != "0"
    assert {one.get("message") for one in root.iter("skipped")} == {"CSV does not carry it"}


def test_datasets_of_one_folder_and_files_that_cannot_be_read(equal):
    unread = (Unread("DM", "base", "dm.xpt", "no\x00header"),)
    root = suites(collection(equal, base_only=(equal.base,), unread=unread))
    assert (root.get("failures"), root.get("errors"), root.get("tests")) == ("1", "1", "16")
    (error,) = root.iter("error")
    assert error.get("message") == r"no\x00header"


def test_the_same_comparison_gives_the_same_bytes(equal):
    assert junit_report(collection(equal)) == junit_report(collection(equal))
