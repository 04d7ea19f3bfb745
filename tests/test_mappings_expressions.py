"""Expressions: what is read and refused, which kinds go together, what holds and what comes out."""

import math
from datetime import date as day

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import dates, numbers, texts
from mappings.expression_kinds import kind_of
from mappings.expression_values import evaluate, fails, half_up, holds
from mappings.expression_words import in_words
from mappings.expressions import (
    ExpressionError,
    Name,
    conjuncts,
    equality,
    parse_expression,
    parse_name,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("AESER", [("", "AESER", 0)], id="a variable"),
        pytest.param(' unit == "%"', [("", "unit", 1)], id="a working column after a blank"),
        pytest.param("lab.row + EX.EXDOSE", [("lab", "row", 0), ("EX", "EXDOSE", 10)], id="dotted"),
        pytest.param("each.x == study.x", [("each", "x", 0), ("study", "x", 10)], id="each, study"),
        pytest.param('"é" == A', [("", "A", 7)], id="offsets count characters, not bytes"),
        pytest.param("A ==\n  B", [("", "A", 0), ("", "B", 7)], id="over two lines"),
        pytest.param("Größe.Höhe > 1", [("Größe", "Höhe", 0)], id="names beyond ASCII"),
        pytest.param("ae.`IT.AETERM` == B", [("ae", "IT.AETERM", 0), ("", "B", 18)],
                     id="back-quotes"),
        pytest.param("missing(ae.`Site (code)`)", [("ae", "Site (code)", 8)],
                     id="with parentheses"),
        pytest.param("class == lambda", [("", "class", 0), ("", "lambda", 9)],
                     id="words of Python"),
        pytest.param("A == 1 and A == 2", [("", "A", 0), ("", "A", 11)], id="a name twice"),
        pytest.param("1 < A < 3", [("", "A", 4)], id="the middle of a chain once"),
        pytest.param('A in ("and", "B.C", "`d`")', [("", "A", 0)], id="no names in quotes"),
    ],
)  # fmt: skip
def test_names(text, names):
    expression = parse_expression(text)
    assert [(name.prefix, name.name, name.offset) for name in expression.names] == names
    assert expression.text == text


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("   ", 0, id="blanks"),
        pytest.param("A == ", 2, id="nothing on the right"),
        pytest.param("A == 1 and", 7, id="nothing after and"),
        pytest.param("== 1", 0, id="nothing on the left"),
        pytest.param('A in ("A" "B")', 10, id="texts side by side"),
        pytest.param('A == "x', 5, id="a quote not closed"),
        pytest.param("A = 1", 2, id="one equals sign"),
        pytest.param("A <> 1", 2, id="the unequal of SAS"),
        pytest.param("A == 1 & B == 2", 7, id="an ampersand"),
        pytest.param("A == 1 AND B == 2", 7, id="AND in capitals"),
        pytest.param("A == “x”", 5, id="typographic quotes"),
        pytest.param('A == ""', 5, id="an empty text"),
        pytest.param("A == True", 5, id="True"),
        pytest.param("A == None", 5, id="None"),
        pytest.param("A == 007", 5, id="a number that starts with 0"),
        pytest.param("A == .5", 5, id="a decimal without its nought"),
        pytest.param("A == 0x1F", 5, id="hexadecimal"),
        pytest.param("A == 1_000", 5, id="an underscore"),
        pytest.param("A == 1e999", 5, id="more than a double holds"),
        pytest.param("1 == 1and 2 == 2", 5, id="a number that runs into a word"),
        pytest.param("ae.IT.AETERM == 1", 5, id="two dots"),
        pytest.param("`Site code` == 1", 0, id="back-quotes without a form"),
        pytest.param("A B == 1", 2, id="an operator missing"),
        pytest.param("(A) B", 4, id="an operator missing after a parenthesis"),
        pytest.param("A == r'x'", 6, id="a prefix before a text"),
        pytest.param("1 if A == 1 else 2", 2, id="a choice"),
        pytest.param("lambda: 1", 6, id="a lambda"),
        pytest.param("A ** 2", 0, id="a power"),
        pytest.param("A // 2", 0, id="a whole division"),
        pytest.param("A % 2", 2, id="a remainder"),
        pytest.param("A[0] == 1", 0, id="a subscript"),
        pytest.param("+A", 0, id="a plus sign"),
        pytest.param("min(*A)", 4, id="a star"),
        pytest.param("open(A)", 0, id="another function"),
        pytest.param("AE.missing(A)", 0, id="a method"),
        pytest.param("missing == 1", 0, id="a function without parentheses"),
        pytest.param("missing(A, B)", 0, id="too many values"),
        pytest.param("min(A)", 0, id="min is no aggregate"),
        pytest.param("round(A)", 0, id="round without digits"),
        pytest.param("round(A, -1)", 9, id="round to tens"),
        pytest.param("round(A, B)", 9, id="round to a variable"),
        pytest.param("A and B == 1", 0, id="a value as a condition"),
        pytest.param("B == 1 or not A", 14, id="not of a value"),
        pytest.param("(A == 1) + 1", 1, id="arithmetic on a condition"),
        pytest.param("missing(A) == 1", 0, id="a condition compared"),
        pytest.param('A == ("x", "y")', 5, id="a list compared"),
        pytest.param("(A, B)", 0, id="a list alone"),
        pytest.param('A in "x"', 5, id="a list without parentheses"),
        pytest.param("A in ()", 5, id="an empty list"),
        pytest.param("A in (B, C)", 6, id="a list of names"),
        pytest.param('A in ("x", 1)', 11, id="a list of texts and numbers"),
        pytest.param('A in ("x", "y") == B', 0, id="in within a chain"),
        pytest.param("A == 1)", 6, id="a parenthesis too many"),
        pytest.param("(" * 150 + "A" + ")" * 150 + " == {", 305, id="a brace"),
        pytest.param("-" * 5000 + "A", 0, id="nesting without end"),
        pytest.param("A == 1 # B", 7, id="a comment"),
    ],
)
def test_outside_the_grammar(text, offset):
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert (caught.value.code, caught.value.offset) == ("SP110", offset)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('A in ("A" "B")', "two texts side by side: put a comma between", id="comma"),
        pytest.param("A = 1", "unexpected =: == compares", id="equals"),
        pytest.param("min(A)", "min takes 2 or more values, not 1", id="min"),
        pytest.param("days(A)", "days takes 2 values, not 1", id="days"),
        pytest.param("A AND B", "write and in lower case", id="capitals"),
    ],
)
def test_messages(text, message):
    with pytest.raises(ExpressionError, match=message.replace("(", r"\(")):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("AESER", Name("", "AESER"), id="bare"),
        pytest.param("ae.AETERM", Name("ae", "AETERM"), id="dotted"),
        pytest.param("ae.`IT.AETERM`", Name("ae", "IT.AETERM"), id="back-quotes"),
        pytest.param(" each.x ", Name("each", "x"), id="blanks around"),
    ],
)
def test_parse_name(text, name):
    assert parse_name(text) == name
    assert str(name) == text.strip()


@pytest.mark.parametrize(
    "text", ["", "A + B", "a.b.c", "a.", "1", "not", "missing", "True", "`A`", '"A"']
)
def test_not_a_name(text):
    with pytest.raises(ExpressionError):
        parse_name(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("A == 1", ["A = 1"], id="one"),
        pytest.param("A == 1 and B == 2 and C == 3", ["A = 1", "B = 2", "C = 3"], id="three"),
        pytest.param("(A == 1 and B == 2) and C == 3", ["A = 1", "B = 2", "C = 3"], id="nested"),
        pytest.param("A == 1 or B == 2", ["A = 1 or B = 2"], id="or is one"),
        pytest.param("1 < A < 3", ["1 < A", "A < 3"], id="a chain"),
        pytest.param("A == 1 and (B == 2 or C == 3)", ["A = 1", "B = 2 or C = 3"], id="mixed"),
    ],
)
def test_conjuncts(text, words):
    parts = conjuncts(parse_expression(text))
    assert [in_words(part) for part in parts] == words
    assert all(part.text == text for part in parts)


def test_equality_gives_both_sides_with_their_names():
    left, right = equality(parse_expression("dltrev.AENO == AESPID"))
    assert (left.names, right.names) == ((Name("dltrev", "AENO"),), (Name("", "AESPID"),))
    assert right.names[0].offset == 15


@pytest.mark.parametrize(
    "text", ["A != B", "A < B", "A == B and C == D", "A == B == C", "A in (1, 2)"]
)
def test_what_is_no_equality(text):
    assert equality(parse_expression(text)) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('AESER == "Y" and not missing(AESTDTC)',
                     'AESER = "Y" and AESTDTC is not missing', id="as in define.xml"),
        pytest.param("A != 1", "A is not 1", id="unequal"),
        pytest.param('A in ("X", "Y")', 'A is one of ("X", "Y")', id="in"),
        pytest.param("A not in each.list", "A is none of each.list", id="not in"),
        pytest.param("missing(A + 1)", "(A + 1) is missing", id="missing"),
        pytest.param("not (A == 1 and B == 2)", "not (A = 1 and B = 2)", id="not"),
        pytest.param("(A == 1 or B == 2) and C == 3", "(A = 1 or B = 2) and C = 3", id="or in and"),
        pytest.param("A == 1 or B == 2 and C == 3", "A = 1 or (B = 2 and C = 3)", id="and in or"),
        pytest.param("(A + 1) * 2 - (B - 1) <= -C", "(A + 1) * 2 - (B - 1) <= -C", id="arithmetic"),
        pytest.param("A / (B * 2)", "A / (B * 2)", id="a product below"),
        pytest.param("A - -1", "A - -1", id="a negative number"),
        pytest.param("min(A - 1, B)", "the smaller of (A - 1) and B", id="the smaller"),
        pytest.param("max(A, B, C) > 1", "(the largest of A, B and C) > 1", id="the largest"),
        pytest.param("round(A / B, 2)", "(A / B) rounded to 2 decimals", id="round"),
        pytest.param("abs(A)", "the absolute value of A", id="abs"),
        pytest.param("log10(A)", "the decimal logarithm of A", id="log10"),
        pytest.param("days(A, B)", "the days from A to B", id="days"),
        pytest.param("A == 'say \"x\"'", "A = 'say \"x\"'", id="quotes within"),
    ],
)  # fmt: skip
def test_in_words(text, words):
    assert in_words(parse_expression(text)) == words


def test_in_words_with_names_as_values():
    expression = parse_expression("ADRS.AVALC == each.code")
    said = in_words(expression, lambda name: '"CR"' if name.prefix == "each" else str(name))
    assert said == 'ADRS.AVALC = "CR"'


KINDS = {
    "t": "text", "n": "number", "i": "iso", "d": "date", "dt": "datetime", "l": "list", "u": None,
}  # fmt: skip


def found_kind(text):
    return kind_of(parse_expression(text), lambda name: KINDS[name.name])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("t", "text", id="a text"),
        pytest.param("u", None, id="unknown"),
        pytest.param("n + 1", "number", id="a sum"),
        pytest.param("d + 1", "date", id="a date and days"),
        pytest.param("1 + dt", "datetime", id="days and a datetime"),
        pytest.param("d - n", "date", id="a date before"),
        pytest.param("d - dt", "number", id="two dates"),
        pytest.param("u + 1", None, id="something and a number"),
        pytest.param("d + u", "date", id="a date and something"),
        pytest.param("u - d", "number", id="something less a date"),
        pytest.param("d - u", None, id="a date less something"),
        pytest.param("u * 2", "number", id="a product"),
        pytest.param("-u", "number", id="a negative"),
        pytest.param("min(d, u)", "date", id="the smaller of dates"),
        pytest.param("max(u, 1)", "number", id="the larger of numbers"),
        pytest.param("round(u, 1)", "number", id="round"),
        pytest.param('days(i, "2024-01-01")', "number", id="days"),
        pytest.param('t == "x"', "condition", id="texts"),
        pytest.param("t < t", "condition", id="texts in order"),
        pytest.param("i < d", "condition", id="iso and date"),
        pytest.param('d >= "2024-01"', "condition", id="a date and quoted ISO text"),
        pytest.param('"2024-01-01T10:05" == dt', "condition", id="the other way round"),
        pytest.param("u == 1 and u == t", "condition", id="unknown goes with all"),
        pytest.param("t in l", "condition", id="in a list"),
        pytest.param("n in (1, 2)", "condition", id="in numbers"),
        pytest.param('d in ("2024-01-01", "2024-02")', "condition", id="in dates"),
        pytest.param("missing(l)", "condition", id="a missing list"),
        pytest.param("l", "list", id="a list"),
    ],
)
def test_kinds(text, kind):
    assert found_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        pytest.param("t == 1", 5, id="a text and a number"),
        pytest.param('n > "5"', 4, id="a number and a text"),
        pytest.param("t == i", 5, id="a text and a date"),
        pytest.param('n == 1 and i == "UNK"', 16, id="a text that is no date"),
        pytest.param("d == n", 5, id="a date and a number"),
        pytest.param("i + 1", 0, id="iso text is not counted on"),
        pytest.param("t + t", 0, id="texts have no sum"),
        pytest.param("d + d", 4, id="nor have dates"),
        pytest.param("1 - d", 0, id="a number less a date"),
        pytest.param("d * 2", 0, id="a date twice"),
        pytest.param("-d", 1, id="a negative date"),
        pytest.param("abs(t)", 4, id="abs of a text"),
        pytest.param("round(d, 1)", 6, id="round of a date"),
        pytest.param("log10(i)", 6, id="log10 of a date"),
        pytest.param("min(i, d)", 4, id="min of iso text"),
        pytest.param("max(n, d)", 7, id="max of two kinds"),
        pytest.param("min(d, dt)", 7, id="a date and a datetime"),
        pytest.param("days(n, d)", 5, id="days from a number"),
        pytest.param('days("2024-13", d)', 5, id="days from no date"),
        pytest.param("t in t", 5, id="in a text"),
        pytest.param("l in l", 0, id="a list in a list"),
        pytest.param("l == t", 0, id="a list compared"),
        pytest.param('n in ("1", "2")', 6, id="a number in texts"),
        pytest.param('i in ("2024-01-01", "x")', 20, id="a date in texts"),
        pytest.param("not (t == 1)", 10, id="within not"),
    ],
)
def test_kinds_that_do_not_go_together(text, offset):
    with pytest.raises(ExpressionError) as caught:
        found_kind(text)
    assert (caught.value.code, caught.value.offset) == ("RF205", offset)


def one(**cells):
    """Value function of one record; the kind follows from the cell."""
    made = {
        str: lambda cell: (texts([cell]), "text"),
        float: lambda cell: (numbers([cell]), "number"),
        int: lambda cell: (numbers([cell]), "number"),
        tuple: lambda cell: (pd.Series([cell], dtype=object), "list"),
        type(pd.NaT): lambda cell: (dates([cell]), "date"),
        type(None): lambda cell: (pd.Series([cell], dtype=object), "list"),
        day: lambda cell: (dates([cell]), "date"),
        pd.Timestamp: lambda cell: (dates([cell]), "datetime"),
        list: lambda cell: (texts(cell), "iso"),
    }
    return lambda name: made[type(cells[name.name])](cells[name.name])


NAN = math.nan
YES, NO, OPEN = "holds", "is false", "is undecided"


@pytest.mark.parametrize(
    ("text", "cells", "result"),
    [
        pytest.param('a == "x"', {"a": "x"}, YES, id="texts are equal"),
        pytest.param('a == "x"', {"a": "X"}, NO, id="case counts"),
        pytest.param('a == "x"', {"a": "x "}, NO, id="blanks count"),
        pytest.param('a == "x"', {"a": ""}, OPEN, id="a missing text"),
        pytest.param('a != "x"', {"a": ""}, OPEN, id="unequal to a missing text"),
        pytest.param('a != "x"', {"a": "y"}, YES, id="unequal"),
        pytest.param('a < "b"', {"a": "a"}, YES, id="texts in order"),
        pytest.param('"b" > a', {"a": "B"}, YES, id="capitals come first"),
        pytest.param("a == b", {"a": "x", "b": "x"}, YES, id="two columns"),
        pytest.param("a == b", {"a": "", "b": ""}, OPEN, id="both are missing"),
        pytest.param('a == "C:\\temp"', {"a": "C:\\temp"}, YES, id="a backslash is one"),
        pytest.param("a == 'it\"s'", {"a": 'it"s'}, YES, id="a quote within quotes"),
        pytest.param("a == 1", {"a": 1}, YES, id="numbers are equal"),
        pytest.param("a != 1", {"a": NAN}, OPEN, id="a missing number"),
        pytest.param("a >= -1.5", {"a": -1.5}, YES, id="a negative number"),
        pytest.param("1 < a < 3", {"a": 2}, YES, id="a chain"),
        pytest.param("1 < a < 3", {"a": 3}, NO, id="a chain that breaks"),
        pytest.param("1 == 1", {}, YES, id="literals"),
        pytest.param("missing(a)", {"a": ""}, YES, id="missing text"),
        pytest.param("missing(a)", {"a": NAN}, YES, id="missing number"),
        pytest.param("missing(a)", {"a": pd.NaT}, YES, id="missing date"),
        pytest.param("missing(a)", {"a": ["2024"]}, NO, id="a partial date is there"),
        pytest.param("missing(1 / a)", {"a": 0}, YES, id="a result that is missing"),
        pytest.param("not missing(a)", {"a": "x"}, YES, id="not missing"),
        pytest.param('a in ("x", "y")', {"a": "y"}, YES, id="in"),
        pytest.param('a in ("x", "y")', {"a": "z"}, NO, id="not one of them"),
        pytest.param('a in ("x", "y")', {"a": ""}, OPEN, id="missing in"),
        pytest.param('a in ("x")', {"a": "x"}, YES, id="a list of one"),
        pytest.param("a in [1, 2]", {"a": 2}, YES, id="in numbers"),
        pytest.param("a in (-1, 2)", {"a": -1}, YES, id="in negative numbers"),
        pytest.param('a not in ("x", "y")', {"a": "z"}, YES, id="not in"),
        pytest.param('a not in ("x", "y")', {"a": "y"}, NO, id="not in, but it is"),
        pytest.param('a not in ("x", "y")', {"a": ""}, OPEN, id="missing not in"),
        pytest.param("a in l", {"a": "x", "l": ("x", "y")}, YES, id="in the cell"),
        pytest.param("a in l", {"a": "z", "l": ("x", "y")}, NO, id="not in the cell"),
        pytest.param("a not in l", {"a": "z", "l": ()}, YES, id="an empty list has nothing"),
        pytest.param("a in l", {"a": "z", "l": None}, OPEN, id="no list"),
        pytest.param("a in l", {"a": 1, "l": (1, 2)}, YES, id="a number in the cell"),
        pytest.param("a in l", {"a": 1, "l": (2, None)}, NO, id="a cell with a null in it"),
        pytest.param('"x" in l', {"l": ("x",)}, YES, id="a literal in the cell"),
        pytest.param("2 in l", {"l": (1,)}, NO, id="a number literal in the cell"),
        pytest.param(
            "a in l", {"a": day(2024, 3, 1), "l": ("2024-03-01",)}, YES, id="a date in it"
        ),
        pytest.param('a in ("2024-03", "2024-03-01")', {"a": ["2024-03"]}, YES, id="iso, as text"),
        pytest.param('a in ("2024-02", "2024-03")', {"a": day(2024, 3, 1)}, OPEN, id="perhaps in"),
        pytest.param('a in ("2024-02", "2024-04")', {"a": day(2024, 3, 1)}, NO, id="certainly not"),
    ],
)
def test_conditions(text, cells, result):
    assert outcome(text, cells) == result


def outcome(text, cells):
    """Whether the condition holds, is false or is undecided, by both functions."""
    expression = parse_expression(text)
    (held,) = holds(expression, 1, one(**cells))
    (failed,) = fails(expression, 1, one(**cells))
    (negated,) = fails(parse_expression(f"not ({text})"), 1, one(**cells))
    assert held == (not failed)
    return YES if held else OPEN if negated else NO


@pytest.mark.parametrize(
    ("a", "sign", "b", "result"),
    [
        pytest.param(["2024-03-01"], "<", ["2024-03-02"], YES, id="full iso dates"),
        pytest.param(["2024-03-01T10"], "<", ["2024-03-01"], NO, id="a time and no time"),
        pytest.param(["2024-03-01T10:05"], "==", day(2024, 3, 1), YES, id="datetime and date"),
        pytest.param(pd.Timestamp("2024-03-01T10:05:30"), "==", ["2024-03-01T10:05"], YES,
                     id="by the minute"),
        pytest.param(pd.Timestamp("2024-03-01T10:05:30"), "<=", ["2024-03-01T10:05"], YES,
                     id="not after within the minute"),
        pytest.param(pd.Timestamp("2024-03-01T10:05:30"), ">", day(2024, 3, 1), NO,
                     id="by the day"),
        pytest.param(pd.Timestamp("2024-03-01T10:05:30"), ">", pd.Timestamp("2024-03-01T10:05:29"),
                     YES, id="datetimes by the second"),
        pytest.param(day(2024, 3, 1), "<=", day(2024, 3, 1), YES, id="dates"),
        pytest.param(day(2024, 3, 1), "!=", pd.NaT, OPEN, id="a missing date"),
        pytest.param(["2024-03"], "==", ["2024-03"], YES, id="iso is equal as text"),
        pytest.param(["2024-03-01"], "==", ["2024-03-01T10"], NO, id="and unequal as text"),
        pytest.param(["2024-03"], "!=", ["2024-04"], YES, id="unequal texts"),
        pytest.param(["2024-03"], "==", day(2024, 3, 1), OPEN, id="a partial date, perhaps equal"),
        pytest.param(["2024-03"], "==", day(2024, 4, 1), NO, id="a partial date, never equal"),
        pytest.param(["2024-03"], "!=", day(2024, 4, 1), YES, id="so it is unequal"),
        pytest.param(["2024-02"], "<", day(2024, 3, 1), YES, id="every completion is before"),
        pytest.param(["2024-03"], "<", day(2024, 3, 5), OPEN, id="some are"),
        pytest.param(["2024-03"], ">", day(2024, 3, 31), NO, id="none is after"),
        pytest.param([""], "<", day(2024, 3, 1), OPEN, id="a missing iso date"),
        pytest.param(["unknown"], "<", day(2024, 3, 1), OPEN, id="text that is no date"),
    ],
)  # fmt: skip
def test_dates(a, sign, b, result):
    assert outcome(f"a {sign} b", {"a": a, "b": b}) == result


def test_dates_compare_with_quoted_text():
    cells = {"a": day(2024, 3, 1), "b": ["2024-03"]}
    assert outcome('a >= "2024-02"', cells) == YES
    assert outcome('"2024-03-02" > a', cells) == YES
    assert outcome('b == "2024-03"', cells) == YES
    assert outcome('b < "2024-04-01"', cells) == YES


@pytest.mark.parametrize(
    ("text", "held", "failed"),
    [
        pytest.param("not (A == 1)", True, True, id="not of an undecided comparison"),
        pytest.param("A == 1 or missing(A)", True, False, id="missing asked for"),
        pytest.param("A == 1 or B == 1", True, False, id="true decides or"),
        pytest.param("A == 1 or B == 2", False, True, id="false does not"),
        pytest.param("A == 1 and B == 2", False, True, id="false decides and"),
        pytest.param("not (A == 1 and B == 2)", True, False, id="so its opposite is true"),
        pytest.param("not (A == 1 and B == 1)", True, True, id="true does not decide it"),
    ],
)
def test_two_values_and_three(text, held, failed):
    value = one(A=NAN, B=1)
    assert holds(parse_expression(text), 1, value).tolist() == [held]
    assert fails(parse_expression(text), 1, value).tolist() == [failed]


@pytest.mark.parametrize(
    ("text", "cells", "result"),
    [
        pytest.param("a + b * 2", {"a": 1, "b": 3}, 7, id="precedence"),
        pytest.param("(a + b) * 2", {"a": 1, "b": 3}, 8, id="parentheses"),
        pytest.param("-a - 1", {"a": 1}, -2, id="a negative"),
        pytest.param("a / b", {"a": 1, "b": 4}, 0.25, id="a quotient"),
        pytest.param("a / b", {"a": 1, "b": 0}, NAN, id="a division by zero"),
        pytest.param("1 / 0", {}, NAN, id="of literals too"),
        pytest.param("a * 1e308 * 10", {"a": 1}, NAN, id="more than a double holds"),
        pytest.param("a + b", {"a": 1, "b": NAN}, NAN, id="an operand missing"),
        pytest.param("min(a, b, 5)", {"a": 7, "b": NAN}, 5, id="min leaves missing out"),
        pytest.param("max(a, b)", {"a": NAN, "b": NAN}, NAN, id="max of nothing"),
        pytest.param("abs(a)", {"a": -2}, 2, id="abs"),
        pytest.param("log10(a)", {"a": 1000}, 3, id="log10"),
        pytest.param("log10(a)", {"a": 0}, NAN, id="log10 of zero"),
        pytest.param("log10(a)", {"a": -1}, NAN, id="log10 of a negative"),
        pytest.param("round(a, 2)", {"a": 2.675}, 2.68, id="half up on the digits as printed"),
        pytest.param("round(a, 1)", {"a": -0.25}, -0.3, id="half away from zero"),
        pytest.param("round(a, 0)", {"a": 2.5}, 3, id="to a whole number"),
        pytest.param("round(a, 3)", {"a": 1e300}, 1e300, id="a huge number"),
        pytest.param("round(a, 2)", {"a": NAN}, NAN, id="round of missing"),
        pytest.param("round(2.675, 2)", {}, 2.68, id="round of a literal"),
        pytest.param("7", {}, 7, id="a literal"),
        pytest.param("b - a", {"a": day(2024, 2, 28), "b": day(2024, 3, 1)}, 2, id="two dates"),
        pytest.param("b - a", {"a": day(2024, 2, 28), "b": pd.Timestamp("2024-02-29T12:00")}, 1,
                     id="a date and a datetime, by day"),
        pytest.param("b - a", {"a": pd.Timestamp("2024-02-28T00:00"),
                               "b": pd.Timestamp("2024-02-29T12:00")}, 1.5, id="two datetimes"),
        pytest.param("days(a, b)", {"a": ["2024-02-28"], "b": ["2024-03-01T10"]}, 2,
                     id="iso, by day"),
        pytest.param("days(a, b)", {"a": ["2024-03-01T22"], "b": ["2024-03-01T10"]}, -0.5,
                     id="iso, by the hour"),
        pytest.param("days(a, b)", {"a": ["2024-02"], "b": ["2024-03-01"]}, NAN,
                     id="a partial date"),
        pytest.param('days("2024-02-28", "2024-03-01")', {}, 2, id="days of literals"),
    ],
)  # fmt: skip
def test_numbers(text, cells, result):
    made = evaluate(parse_expression(text), 1, one(**cells))
    assert made.dtype == "float64"
    assert made.tolist() == pytest.approx([result], nan_ok=True, rel=0, abs=0)


@pytest.mark.parametrize(
    ("text", "cells", "result"),
    [
        pytest.param("a + 1", {"a": day(2024, 2, 28)}, "2024-02-29", id="the day after"),
        pytest.param("30 + a", {"a": day(2024, 1, 1)}, "2024-01-31", id="days and a date"),
        pytest.param("a - 1", {"a": day(2024, 3, 1)}, "2024-02-29", id="the day before"),
        pytest.param("a + 1.5", {"a": day(2024, 3, 1)}, "2024-03-02", id="a day and a half later"),
        pytest.param("a - 0.5", {"a": day(2024, 3, 1)}, "2024-02-29", id="half a day before"),
        pytest.param("a + n", {"a": day(2024, 3, 1), "n": NAN}, "", id="days missing"),
        pytest.param("a + 1e300", {"a": day(2024, 3, 1)}, "", id="beyond all dates"),
        pytest.param("a + 0.5", {"a": pd.Timestamp("2024-03-01T12:00")}, "2024-03-02T00:00",
                     id="half a day later"),
        pytest.param("min(a - 1, b)", {"a": day(2024, 3, 1), "b": day(2024, 3, 5)}, "2024-02-29",
                     id="the earlier"),
        pytest.param("max(a, b)", {"a": day(2024, 3, 1), "b": pd.NaT}, "2024-03-01",
                     id="the later, missing left out"),
    ],
)  # fmt: skip
def test_moved_dates(text, cells, result):
    made = evaluate(parse_expression(text), 1, one(**cells))
    assert made.dtype == "datetime64[s]"
    assert made.equals(dates([result]))


def test_texts_come_back_as_they_are():
    assert evaluate(parse_expression("a"), 1, one(a="x")).tolist() == ["x"]
    assert evaluate(parse_expression('"x"'), 2, one()).tolist() == ["x", "x"]


def test_no_records():
    columns = {"a": (numbers([]), "number"), "d": (dates([]), "date")}
    text = 'a == 1 or 1 == 1 or d in ("2024-01-01", "2024")'
    assert evaluate(parse_expression("a + 1"), 0, lambda name: columns[name.name]).empty
    assert holds(parse_expression(text), 0, lambda name: columns[name.name]).tolist() == []


def test_lists_that_differ_by_record():
    lists = pd.Series([("x",), ("y", "z"), None, ("x",)], dtype=object)
    columns = {"a": (texts(["x", "x", "x", "y"]), "text"), "l": (lists, "list")}
    mask = holds(parse_expression("a in l"), 4, lambda name: columns[name.name])
    assert mask.tolist() == [True, False, False, False]


def test_a_list_of_the_other_kind_is_refused():
    with pytest.raises(ExpressionError) as caught:
        holds(parse_expression("a in l"), 1, one(a="1", l=(1, 2)))
    assert (caught.value.code, caught.value.offset) == ("RF205", 5)


def test_any_index_of_the_columns_will_do():
    columns = {"a": numbers([1, 2]), "b": numbers([1, 3])}
    columns["b"].index = [7, 8]
    expression = parse_expression("a == b")
    assert holds(expression, 2, lambda name: (columns[name.name], "number")).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("text", ["a", "a + 1"])
def test_a_value_is_no_condition(text):
    with pytest.raises(ExpressionError, match="where a condition is needed"):
        holds(parse_expression(text), 1, one(a=1))


@pytest.mark.parametrize("text", ["a == 1", "l"])
def test_a_condition_or_list_is_no_value(text):
    with pytest.raises(ExpressionError, match="where a value is needed"):
        evaluate(parse_expression(text), 1, one(a=1, l=("x",)))


def test_columns_of_another_length_are_a_callers_mistake():
    with pytest.raises(ValueError, match="a has 1 values for 2 records"):
        evaluate(parse_expression("a + 1"), 2, one(a=1))


# Conditions over two numbers and two texts, any of them missing.
ATOMS = st.sampled_from(
    ["n == 1", "n < m", "n != m", "1 <= m < 3", "missing(n)", "n + m == 2", "t == s", 't != "x"',
     't in ("x", "y")', 's not in ("x", "y")', "missing(t)", "t < s"]
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=5,
)
NUMBERS = st.sampled_from([math.nan, 0, 1, 2])
TEXTS = st.sampled_from(["", "x", "y", "z"])
RECORDS = st.lists(st.tuples(NUMBERS, NUMBERS, TEXTS, TEXTS), max_size=6)


def of(records):
    columns = list(zip(*records, strict=True)) or [()] * 4
    made = {
        "n": (numbers(columns[0]), "number"), "m": (numbers(columns[1]), "number"),
        "t": (texts(columns[2]), "text"), "s": (texts(columns[3]), "text"),
    }  # fmt: skip
    return lambda name: made[name.name]


@given(CONDITIONS, RECORDS)
def test_not_holds_where_the_condition_does_not(text, records):
    whole = parse_expression(text)
    negated = parse_expression(f"not ({text})")
    size = len(records)
    held = holds(whole, size, of(records))
    assert (holds(negated, size, of(records)) == ~held).all()
    parts = [holds(part, size, of(records)) for part in conjuncts(whole)]
    assert (np.logical_and.reduce(parts) == held).all()


@given(CONDITIONS, RECORDS)
def test_decided_conditions_fail_where_they_do_not_hold(text, records):
    full = [record for record in records if record[0] == record[0] and record[1] == record[1]
            and record[2] and record[3]]  # fmt: skip
    whole = parse_expression(text)
    assert (fails(whole, len(full), of(full)) == ~holds(whole, len(full), of(full))).all()
    opposite = parse_expression(f"not ({text})")
    both = ~fails(whole, len(records), of(records)) & ~fails(opposite, len(records), of(records))
    assert not both.any()


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_rounding_moves_by_half_a_unit_at_most(number, digits):
    (rounded,) = half_up(np.array([number]), digits)
    assert abs(rounded - number) <= 0.5 * 10**-digits * (1 + 1e-9) + 1e-9
    assert half_up(np.array([rounded]), digits)[0] == rounded


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_its_place(text):
    try:
        places = [name.offset for name in parse_expression(text).names]
    except ExpressionError as error:
        places = [error.offset]
    assert all(0 <= place <= len(text) for place in places)
