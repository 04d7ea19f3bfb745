"""Reading YAML with marks: what is text, where things stand, what is refused."""

import math
from textwrap import dedent

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mappings.marked_yaml import load_marked
from mappings.problems import Mark, StudyError


def found(text):
    """Problems of a text as (code, line, column)."""
    with pytest.raises(StudyError) as caught:
        load_marked(dedent(text), "ae.yaml")
    return [(p.code, p.mark.line, p.mark.column) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        pytest.param("true", True, id="true"),
        pytest.param("false", False, id="false"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="an empty value"),
        pytest.param("7", 7, id="an integer"),
        pytest.param("-1", -1, id="a negative integer"),
        pytest.param("0", 0, id="nought"),
        pytest.param("0.5", 0.5, id="a decimal"),
        pytest.param("-0.25", -0.25, id="a negative decimal"),
        pytest.param("1e3", 1000.0, id="an exponent as JSON has it"),
        pytest.param("30.4375", 30.4375, id="days of a month"),
        pytest.param("True", "True", id="True with a capital"),
        pytest.param("NULL", "NULL", id="NULL in capitals"),
        pytest.param("~", "~", id="a tilde"),
        pytest.param("yes", "yes", id="yes"),
        pytest.param("NO", "NO", id="NO, the country or the answer"),
        pytest.param("Y", "Y", id="Y"),
        pytest.param("off", "off", id="off"),
        pytest.param("001", "001", id="a site with leading zeros"),
        pytest.param("-007", "-007", id="leading zeros after a sign"),
        pytest.param("12:30", "12:30", id="a time"),
        pytest.param("2024-01-02", "2024-01-02", id="a date"),
        pytest.param("1_000", "1_000", id="an underscore"),
        pytest.param(".5", ".5", id="a decimal without its nought"),
        pytest.param("5.", "5.", id="a decimal point at the end"),
        pytest.param("+5", "+5", id="a plus sign"),
        pytest.param("0x1F", "0x1F", id="hexadecimal"),
        pytest.param("0o17", "0o17", id="octal"),
        pytest.param(".inf", ".inf", id="infinity"),
        pytest.param("1e999", "1e999", id="more than a double holds"),
        pytest.param("9" * 5000, "9" * 5000, id="more digits than a number has"),
        pytest.param("٣", "٣", id="a digit that is not ASCII"),
        pytest.param('"1"', "1", id="a number in double quotes"),
        pytest.param("'true'", "true", id="true in single quotes"),
        pytest.param('""', "", id="empty quotes"),
        pytest.param("'<<'", "<<", id="the merge sign as a value"),
        pytest.param("EX.EXSTDTC", "EX.EXSTDTC", id="a reference"),
        pytest.param("|\n  a\n  b\n", "a\nb\n", id="a literal block"),
        pytest.param(">-\n  a\n  b\n", "a b", id="a folded block"),
    ],
)
def test_scalars(scalar, value):
    loaded, _ = load_marked(f"key: {scalar}", "ae.yaml")
    assert loaded == {"key": value}
    assert type(loaded["key"]) is type(value)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        pytest.param("1", "1", id="a number"),
        pytest.param("01", "01", id="a number with a leading zero"),
        pytest.param("1.50", "1.50", id="a decimal as written"),
        pytest.param("NO", "NO", id="NO"),
        pytest.param("true", "true", id="true"),
        pytest.param("null", "null", id="null"),
        pytest.param("'<<'", "<<", id="the merge sign in quotes"),
    ],
)
def test_keys_are_text_as_written(key, text):
    assert load_marked(f"{key}: x", "ae.yaml")[0] == {text: "x"}


def test_marks_of_a_dataset_file():
    value, marks = load_marked(
        dedent("""\
        dataset: AE
        variables:
          AESEV:   {recode: ae.AESEV, codelist: "AESEV"}
          AESPID:
            template: "E{ae.row}"
        keys: [STUDYID, USUBJID]
        records:
          - name: one
            from: ae
        label:
        """),
        "study/ae.yaml",
    )
    assert value == {
        "dataset": "AE",
        "variables": {
            "AESEV": {"recode": "ae.AESEV", "codelist": "AESEV"},
            "AESPID": {"template": "E{ae.row}"},
        },
        "keys": ["STUDYID", "USUBJID"],
        "records": [{"name": "one", "from": "ae"}],
        "label": None,
    }
    places = {
        ("variables",): ((2, 1), (3, 3)),
        ("variables", "AESEV"): ((3, 3), (3, 12)),
        ("variables", "AESEV", "recode"): ((3, 13), (3, 21)),
        ("variables", "AESEV", "codelist"): ((3, 31), (3, 41)),
        ("variables", "AESPID", "template"): ((5, 5), (5, 15)),
        ("keys", 1): (None, (6, 17)),
        ("records", 0): (None, (8, 5)),
        ("records", 0, "from"): ((9, 5), (9, 11)),
        ("label",): ((10, 1), (10, 7)),
    }
    for route, (key, start) in places.items():
        assert marks.values[route] == Mark("study/ae.yaml", *start)
        assert marks.keys.get(route) == (key and Mark("study/ae.yaml", *key))


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_is_nothing(text):
    value, marks = load_marked(text, "ae.yaml")
    assert value is None
    assert () in marks.values


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param("a: [1\nb: 2\n", [("SP101", 2, 2)], id="a bracket that is not closed"),
        pytest.param("a:\n\tb: 1\n", [("SP101", 2, 1)], id="a tab"),
        pytest.param("a: 1\n b: 2\n", [("SP101", 2, 3)], id="a wrong indent"),
        pytest.param("a: x\nb: \x07\n", [("SP101", 2, 4)], id="a control character"),
        pytest.param('where: "A" == X\n', [("SP101", 1, 12)], id="text after closing quotes"),
        pytest.param('where: X == "a: b"\n', [("SP101", 1, 15)], id="a colon and a space"),
        pytest.param("a: &x 1\nb: *x\n", [("SP101", 1, 4), ("SP101", 2, 4)], id="an alias"),
        pytest.param("a: !!str 1\n", [("SP101", 1, 4)], id="a tag"),
        pytest.param("a: !!python/name:os.system x\n", [("SP101", 1, 4)], id="a tag of Python"),
        pytest.param("a: 1\n---\nb: 2\n", [("SP101", 2, 1)], id="two documents"),
        pytest.param("a:\n  <<: {b: 1}\n", [("SP101", 2, 3)], id="a merge key"),
        pytest.param("? [a, b]\n: 1\n", [("SP101", 1, 3)], id="a list as a key"),
        pytest.param("? {a: b}\n: 1\nc: 2\n", [("SP101", 1, 3)], id="a mapping as a key"),
        pytest.param("{: 1}\n", [("SP101", 1, 2)], id="a key without text"),
        pytest.param("[" * 60 + "]" * 60, [("SP101", 1, 51)], id="nesting without end"),
        pytest.param("A: 1\nB: 2\nA: 3\n", [("SP102", 3, 1)], id="a key twice"),
        pytest.param("A: 1\n'A': 2\nA: 3\n", [("SP102", 2, 1), ("SP102", 3, 1)], id="thrice"),
        pytest.param("x: {a: 1, a: {b: 1, b: 2}}\n", [("SP102", 1, 11), ("SP102", 1, 21)],
                     id="twice within twice"),
        pytest.param("1: a\n'1': b\n", [("SP102", 2, 1)], id="a number and its text are one key"),
    ],
)  # fmt: skip
def test_refused(text, problems):
    assert found(text) == problems


def test_duplicate_names_the_line_of_the_first():
    with pytest.raises(StudyError) as caught:
        load_marked("A: 1\nB: 2\nA: 3\n", "ae.yaml")
    assert str(caught.value) == ("ae.yaml:3:1: error[SP102] key 'A' stands twice, first in line 1")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        pytest.param('{flag: RS.X in ("A", "B")}', 8, id="a list of texts"),
        pytest.param("{flag: RS.X in (1, 2)}", 8, id="a list of numbers"),
        pytest.param("{flag: RS.X in (1, 2, 3), where: Y == 1}", 8, id="a longer list"),
        pytest.param("{compute: min(after - 1, ADSL.DCUTDT)}", 11, id="a function of two"),
        pytest.param("{compute: max(min(a, b), min(c, d))}", 11, id="functions in a function"),
        pytest.param('{flag: X == "a, b"}', 8, id="a comma in quotes"),
        pytest.param("{flag: X == 'a, b'}", 8, id="a comma in single quotes"),
        pytest.param('{flag: X == "a: b"}', 8, id="a colon in quotes"),
        pytest.param('{flag: X == "a, "}', 8, id="a quote that opens where one closes"),
        pytest.param('{flag: X in ["A", "B"]}', 8, id="a list in brackets"),
        pytest.param('{of: A.B, among: A.C == B and D in ("X", "Y"), where: Z == 1}', 18,
                     id="a later key"),
        pytest.param("[round(a, 1), b]", 2, id="an expression in a list"),
        pytest.param('[X in ("A", "B")]', 2, id="a list in a list"),
        pytest.param("{label: Blasts (marrow, fraction)}", 9, id="a text with a comma"),
    ],
)  # fmt: skip
def test_broken_expressions(text, column):
    assert found(f"key: {text}\n") == [("SP109", 1, column + 5)]


def test_broken_pieces_that_are_equal_are_no_duplicates():
    assert found("{a: min(x, y), b: min(z, y)}") == [("SP109", 1, 5), ("SP109", 1, 19)]


def test_broken_expression_says_the_way_out():
    with pytest.raises(StudyError) as caught:
        load_marked("a: 1\nb: {compute: min(c, d)}\n", "ae.yaml")
    assert str(caught.value) == (
        "ae.yaml:2:14: error[SP109] 'min(c' a comma, bracket or colon breaks this expression or "
        "text in two (write it in block style or in single quotes)"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{where: missing(A) and (B == "Y" or C == 1)}', id="no comma, no bracket"),
        pytest.param("{constant: Crohn's disease, label: Patient's}", id="apostrophes"),
        pytest.param('[5", 6"]', id="inches"),
        pytest.param("[a), b)]", id="closing signs alone"),
        pytest.param("[(, <]", id="an opening sign alone"),
        pytest.param("[Blasts (%), Cells (n)]", id="closed parentheses"),
        pytest.param("{compute: 'min(a, b)', where: 'X in (1, 2)'}", id="in quotes"),
        pytest.param("\n  compute: min(a, b)\n  where: X in [1, 2]", id="block style"),
    ],
)  # fmt: skip
def test_what_is_not_broken(text):
    load_marked(f"key: {text}\n", "ae.yaml")


class Quoting(yaml.SafeDumper):
    """Writes every text in double quotes, which both YAML and our loader read as text."""


Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
)
KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def written(value):
    if isinstance(value, str):
        return '"'
    if isinstance(value, float):
        return "-" if math.copysign(1, value) < 0 else ""
    return "null" if value is None else str(value).lower()


@given(VALUES, st.sampled_from([True, False]))
def test_what_was_dumped_comes_back_with_its_marks(value, flow):
    text = yaml.dump(value, Dumper=Quoting, default_flow_style=flow, width=1000, sort_keys=False)
    loaded, marks = load_marked(text, "any.yaml")
    assert loaded == value
    lines = text.split("\n")
    scalars = list(leaves(value, ()))
    for route, leaf in scalars:
        mark = marks.values[route]
        assert lines[mark.line - 1][mark.column - 1 :].startswith(written(leaf))
    for mark in marks.keys.values():
        assert lines[mark.line - 1][mark.column - 1] == '"'


def leaves(value, route):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*route, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from leaves(inner, (*route, position))
    else:
        yield route, value
