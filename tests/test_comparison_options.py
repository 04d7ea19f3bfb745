"""Options from YAML, keys from define.xml, and the differing values as a file."""

from pathlib import Path

import pandas as pd
import pytest
from compared import BASE, DEFINE, KEYS, NAN, compare, told

from comparison.differences import write_differences
from comparison.findings import Collection, ComparisonError, Header
from comparison.keys import keys_of_define
from comparison.options import Options, Tolerance
from comparison.options_file import read_options


def options_of(tmp_path, text, **given):
    path = tmp_path / "compare.yaml"
    path.write_text(text, encoding="utf-8")
    return read_options(path, Options(**given))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Options()),
        ("keys: [USUBJID, PARAMCD]", Options(keys=KEYS)),
        ("keys: USUBJID, PARAMCD", Options(keys=KEYS)),
        ("keys: {ADSL: [USUBJID]}", Options(keys_of={"ADSL": ("USUBJID",)}, keys_from="given")),
        ("tolerance: 0.5", Options(tolerance=Tolerance("absolute", 0.5))),
        ("tolerance: {relative: 1e-9, delta: 2}",
         Options(tolerance=Tolerance("relative", 1e-9, 2.0))),
        ("tolerance: exact", Options()),
        ("tolerances: {LB.AVAL: {percent: 1}, CHG: exact}",
         Options(tolerances={"LB.AVAL": Tolerance("percent", 1.0), "CHG": Tolerance()})),
        ("digits: 3\ndigits_of: {AVAL: 0}", Options(digits=3, digits_of={"AVAL": 0})),
        ("set_aside: [case, white space]",
         Options(set_aside=frozenset({"case", "white space"}))),
        ("ignored: [label]", Options(ignored=frozenset({"label"}))),
        ("missing_in_base_equal: true", Options(missing_in_base_equal=True)),
        ("most: 5\nonly: [AVAL]\nwithout: []", Options(most=5, only=("AVAL",))),
    ],
)  # fmt: skip
def test_options_are_read(tmp_path, text, expected):
    assert options_of(tmp_path, text) == expected


def test_the_options_of_the_documentation_are_read(tmp_path):
    text = (Path(__file__).parent.parent / "docs" / "comparison.md").read_text(encoding="utf-8")
    found = options_of(tmp_path, text.partition("```yaml\n")[2].partition("```")[0])
    assert found.keys == KEYS
    assert found.tolerance_of("LB", "LBSTRESN") == Tolerance("percent", 0.1)
    assert found.tolerance_of("VS", "LBSTRESN") == Tolerance("relative", 1e-9)
    assert (found.rounding_of("VS", "CHG"), found.rounding_of("VS", "AVAL")) == (4, None)
    assert found.most == 1000


def test_what_a_file_does_not_say_stays(tmp_path):
    assert options_of(tmp_path, "most: 5", digits=2) == Options(most=5, digits=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("most: 5\ndigit: 3", "compare.yaml:2:1: there is no option 'digit'"),
        ("most: 0", "compare.yaml:1:1: most: 0 is no whole number of at least 1"),
        ("most: 5\nmost: 6", "compare.yaml"),
        ("- most", "does not hold a mapping"),
        ("tolerance: {relativ: 1}", "is not one of absolute, relative, percent"),
        ("tolerance: {relative: -1}", "is not 0 or more"),
        ("tolerance: {relative: x}", "'x' is no number"),
        ("tolerance: true", "True is no method"),
        ("set_aside: [value]", "'value' is not one of precision, case"),
        ("ignored: [colour]", "'colour' is not one of label"),
        ("keys: 5", "5 is no list of names"),
        ("tolerances: 5", "5 does not map variables"),
        ("missing_in_base_equal: 1", "1 is neither true nor false"),
        ("keys: [", "compare.yaml"),
    ],
)
def test_options_that_do_not_do_are_refused(tmp_path, text, message):
    with pytest.raises(ComparisonError) as wrong:
        options_of(tmp_path, text)
    assert message in str(wrong.value)


def test_keys_of_define_come_in_their_sequence(tmp_path):
    path = tmp_path / "define.xml"
    path.write_text(DEFINE, encoding="utf-8")
    keys = keys_of_define(path)
    assert keys == {"ADTTE": KEYS}
    found = compare(tmp_path, BASE, BASE, Options(keys_of=keys, keys_from="define.xml"))
    assert (found.keys.names, found.keys.source) == (KEYS, "define.xml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<ODM", "is not a define.xml"),
        ("<ODM/>", "states no KeySequence"),
        ('<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><o>&b;</o>', "document type"),
        ('<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><o>&a;</o>', "document type"),
    ],
)
def test_a_define_that_does_not_do_is_refused(tmp_path, text, message):
    path = tmp_path / "define.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ComparisonError, match=message):
        keys_of_define(path)


def test_keys_that_a_side_has_not_are_left_out_with_a_note(tmp_path):
    other = BASE.order("USUBJID", "AVAL")
    options = Options(keys_of={"ADTTE": ("USUBJID", "PARAMCD", "AVAL")}, only=("USUBJID", "AVAL"))
    found = compare(tmp_path, BASE, other, options)
    assert found.keys.names == ("USUBJID", "AVAL")
    assert found.notes == ("keys left out, because one side has them not: PARAMCD",)
    assert told(found) == []


@pytest.fixture
def found(tmp_path):
    other = BASE.cell("AVAL", 1, 1.75).cell("AVALC", 3, 'de"ad,').cell("ADT", 1, NAN)
    one = compare(tmp_path, BASE, other, Options(keys=KEYS))
    return Collection(Header(), "base", "other", one.options, (one,))


COLUMNS = [
    "dataset", "USUBJID", "PARAMCD", "base_row", "other_row", "variable", "base", "other", "kind",
    "difference", "absolute", "relative", "percent", "unit",
]  # fmt: skip


def test_differences_as_csv(tmp_path, found):
    path = tmp_path / "differences.csv"
    write_differences(found, path)
    read = pd.read_csv(path, keep_default_na=False)
    assert list(read.columns) == COLUMNS
    assert read["variable"].tolist() == ["AVAL", "ADT", "AVALC"]
    assert read["other"].tolist() == ["1.75", ".", 'de"ad,']
    assert read["difference"].tolist() == ["0.25", "", ""]
    assert b"\r" not in path.read_bytes()


def test_differences_as_parquet(tmp_path, found):
    path = tmp_path / "differences.parquet"
    write_differences(found, path)
    read = pd.read_parquet(path)
    assert list(read.columns) == COLUMNS
    assert read["base_row"].tolist() == [1, 1, 3]
    assert read["difference"].isna().tolist() == [False, True, True]
    assert not list(tmp_path.glob("*.part"))


def test_no_differences_still_make_a_table(tmp_path):
    one = compare(tmp_path, BASE, BASE, Options(keys=KEYS))
    for ending in ("csv", "parquet"):
        path = tmp_path / f"differences.{ending}"
        write_differences(Collection(Header(), "", "", one.options, (one,)), path)
        read = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
        assert list(read.columns) == COLUMNS
        assert len(read) == 0


def test_differences_of_another_ending_are_refused(tmp_path, found):
    with pytest.raises(ComparisonError, match=r"does not end in \.parquet or \.csv"):
        write_differences(found, tmp_path / "differences.txt")


def test_notes_say_that_records_are_paired_in_order(tmp_path):
    found = compare(tmp_path, BASE, BASE, Options())
    assert found.notes == ("records are paired in their order, because no keys are known",)
    assert found.keys.source == "record order"
