"""Comparisons as JSON: everything that was found, in strict JSON, the same each time."""

import json
from dataclasses import fields, replace

import pytest
from compared import BASE, KEYS, NAN, compare, told

from comparison.cells import Cell
from comparison.findings import Collection, Comparison, Header, Unread
from comparison.options import Options, Tolerance
from submission.compare_values import json_report

OPTIONS = Options(keys=KEYS, tolerances={"ADT": Tolerance("absolute", 1)}, ignored={"label"})


def collection(one: Comparison, **more) -> Collection:
    return Collection(Header("A", "2026", (("p", "1"),)), "b", "o", one.options, (one,), **more)


def document(found: Collection):
    def refuse(name):
        raise AssertionError(name)

    return json.loads(json_report(found), parse_constant=refuse)


@pytest.fixture
def different(tmp_path):
    other = BASE.cell("AVAL", 3, 100.0 * (1 + 2e-12)).cell("AVAL", 1, NAN).cell("AVALC", 3, "<b>")
    return compare(tmp_path, BASE, other.rows(1, 2, 3, 5, 6), OPTIONS)


def test_equal_datasets_say_which_checks_ran(tmp_path):
    made = document(collection(compare(tmp_path, BASE, BASE, Options(keys=KEYS))))
    (one,) = made["comparisons"]
    assert (made["different"], made["exit_status"], made["code"]) == (False, 0, 0)
    assert [check["outcome"] for check in one["checks"]] == ["same"] * 14
    assert one["cells"] == {"total": 0, "listed": []}
    assert made["header"] == {"who": "A", "when": "2026", "programs": [["p", "1"]]}
    assert len(one["base"]["sha256"]) == 64


def test_everything_found_is_there(different):
    made = document(collection(different))
    (one,) = made["comparisons"]
    assert set(one) >= {each.name for each in fields(Comparison)} - {"options"}
    assert made["code_names"] == ["BASEOBS", "VALUE"]
    assert one["cells"]["total"] == 3
    listed = one["cells"]["listed"]
    assert set(listed[0]) == {each.name for each in fields(Cell)}
    assert [(each["variable"], each["base"], each["other"]) for each in listed] == [
        ("AVAL", "1.5", "."), ("AVAL", "100", "100.00000000019999"), ("AVALC", "dead", "<b>"),
    ]  # fmt: skip
    assert listed[0]["difference"] is None
    assert listed[1]["difference"] == different.cells[1].difference
    assert listed[0]["keys"] == {"USUBJID": "S1", "PARAMCD": "OS"}
    assert one["records"]["base_only"] == {
        "total": 1, "listed": [{"row": 4, "keys": {"USUBJID": "S2", "PARAMCD": "PFS"}}],
    }  # fmt: skip
    assert made["options"]["ignored"] == ["label"]
    assert made["options"]["tolerances"]["ADT"]["criterion"] == 1
    assert len(told(different)) == 4


def test_numbers_beyond_a_double_are_strict_json(tmp_path):
    base = BASE.cell("AVAL", 1, 1.5e308)
    other = BASE.cell("AVAL", 1, -1.5e308)
    found = compare(tmp_path, base, other, Options(keys=KEYS), ("parquet", "parquet"))
    (cell,) = document(collection(found))["comparisons"][0]["cells"]["listed"]
    assert cell["difference"] == "-Infinity"
    assert cell["base"] == "1.5e+308"


def test_files_that_could_not_be_read_are_told(different):
    found = collection(different, unread=(Unread("DM", "base", "dm.xpt", "no header"),))
    made = document(found)
    assert made["exit_status"] == 2
    assert made["code"] & 32768
    assert made["unread"] == [
        {"name": "DM", "where": "base", "path": "dm.xpt", "message": "no header"}
    ]


def test_the_same_comparison_gives_the_same_bytes(tmp_path, different):
    other = BASE.cell("AVAL", 3, 100.0 * (1 + 2e-12)).cell("AVAL", 1, NAN).cell("AVALC", 3, "<b>")
    again = compare(tmp_path, BASE, other.rows(1, 2, 3, 5, 6), OPTIONS)
    assert json_report(collection(different)) == json_report(collection(again))
    assert json_report(collection(different)) != json_report(
        replace(collection(again), header=Header("B"))
    )
