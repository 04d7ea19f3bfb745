"""Collected results: taken apart, brought to the standard unit, held to their range."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlled_terms.codelists import Terminology
from mappings.columns import numbers, texts
from mappings.operations import StudyTable
from mappings.problems import Problems
from sdtm.codes import recode
from sdtm.results import (
    parse_number,
    parse_range,
    parse_result,
    range_indicator,
    standard_number,
    standard_text,
    standard_unit,
)
from sdtm.values import coalesce, number

UNIT = Terminology.shipped().get("UNIT")
NAN = float("nan")
WORDS = StudyTable(
    "words",
    pd.DataFrame(
        [
            ("neg", "NEGATIVE", None, None, None),
            ("Absent", "ABSENT", None, None, None),
            ("QNS", None, "NOT DONE", "QUANTITY NOT SUFFICIENT", None),
            ("hemolyzed", None, "NOT DONE", "SPECIMEN HEMOLYZED", None),
            ("BLQ", None, None, None, "<"),
        ],
        columns=["collected", "text", "status", "reason", "operator"],
    ).apply(texts),
)
STUDY_UNITS = StudyTable(
    "units",
    pd.DataFrame(
        {
            "test": texts(["CARDNA", "CARDNA"]),
            "from_unit": texts(["DNA copies/ug", "DNA copies/mg"]),
            "to_unit": texts(["DNA copies/ug", "DNA copies/ug"]),
            "factor": texts(["1", "0.001"]),
            "decimals": numbers([0, 0]),
        }
    ),
)


def codes(problems):
    return [(problem.code, problem.value, problem.count) for problem in problems]


def finding(test, collected, unit, problems):
    """The chain of a findings mapping: --ORRES, --ORRESU, --STRESC, --STRESN, --STRESU."""
    text, tests = texts([collected]), texts([test])
    original = parse_result(text, "original", problems, WORDS)
    written = coalesce([parse_result(text, "unit", problems, WORDS), texts([unit])])
    units = recode(written, UNIT, problems).where(original.ne(""), "")
    standard = standard_text(original, tests, problems, unit=units, words=WORDS)
    value = number(standard, problems, "missing")
    standard_units = standard_unit(tests).where(standard.ne(""), "")
    return [one[0] for one in (original, units, standard, value, standard_units)]


@pytest.mark.parametrize(
    ("test", "collected", "unit", "orres", "orresu", "stresc", "stresn", "stresu"),
    [
        ("NEUT", "3.2", "K/uL", "3.2", "10^9/L", "3.2", 3.2, "10^9/L"),
        ("NEUT", "1,250", "/uL", "1,250", "10^6/L", "1.25", 1.25, "10^9/L"),
        ("NEUT", "<100", "/uL", "<100", "10^6/L", "<0.1", NAN, "10^9/L"),
        ("HGB", "9.8", "g/dL", "9.8", "g/dL", "98", 98, "g/L"),
        ("BILI", "1.2", "mg/dL", "1.2", "mg/dL", "20.5", 20.5, "umol/L"),
        ("CREAT", "0.9", "mg/dL", "0.9", "mg/dL", "80", 80, "umol/L"),
        ("INTLK6", "812.4", "pg/mL", "812.4", "ng/L", "812.4", 812.4, "ng/L"),
        ("INTLK6", ">5000", "pg/mL", ">5000", "ng/L", ">5000", NAN, "ng/L"),
        ("INTLK6", "QNS", "pg/mL", "", "", "", NAN, ""),
        ("BLASTCE", "3.5 %", "", "3.5", "%", "3.5", 3.5, "%"),
        ("BLASTCE", "<1", "%", "<1", "%", "<1", NAN, "%"),
        ("AUERRODS", "Absent", "", "Absent", "", "ABSENT", NAN, ""),
        ("ALT", "hemolyzed", "U/L", "", "", "", NAN, ""),
        ("TEMP", "101.3", "F", "101.3", "F", "38.5", 38.5, "C"),
        ("WEIGHT", "135.6", "lb", "135.6", "LB", "61.5", 61.5, "kg"),
        ("INTLK6", "> 1000", "pg/mL", "> 1000", "ng/L", ">1000", NAN, "ng/L"),
        ("CELLS", "200", "", "200", "", "200", 200, ""),
        ("NEUT", "3.20", "10^9/L", "3.20", "10^9/L", "3.20", 3.2, "10^9/L"),
        ("WBC", "1.2E3", "/uL", "1.2E3", "10^6/L", "1.2", 1.2, "10^9/L"),
        ("WBC", "1.2x10^3", "/uL", "1.2x10^3", "10^6/L", "1.2", 1.2, "10^9/L"),
        ("WBC", "5 x10^9/L", "", "5", "10^9/L", "5", 5, "10^9/L"),
    ],
)
def test_findings(test, collected, unit, orres, orresu, stresc, stresn, stresu):
    problems = Problems()
    *found, last = finding(test, collected, unit, problems)
    value = found.pop()
    assert [*found, last] == [orres, orresu, stresc, stresu]
    assert value == pytest.approx(stresn, nan_ok=True, abs=0)
    assert not problems.errors


@pytest.mark.parametrize(
    ("collected", "status", "reason"),
    [
        pytest.param("QNS", "NOT DONE", "QUANTITY NOT SUFFICIENT", id="quantity not sufficient"),
        pytest.param(" Hemolyzed", "NOT DONE", "SPECIMEN HEMOLYZED", id="spoilt, in any case"),
        pytest.param("3.2", "", "", id="a number"),
        pytest.param("clumped", "", "", id="a word the table does not have"),
    ],
)
def test_words_for_results_that_are_not_there(collected, status, reason):
    problems = Problems()
    text = texts([collected])
    assert list(parse_result(text, "status", problems, WORDS)) == [status]
    assert list(parse_result(text, "reason", problems, WORDS)) == [reason]
    assert not len(problems)
    assert list(parse_result(text, "original", problems, WORDS).eq("")) == [bool(status)]
    assert codes(problems) == ([("DT521", collected, 1)] if status else [])


@pytest.mark.parametrize(
    ("collected", "parts"),
    [
        pytest.param("<0.1", ("<0.1", "<", "0.1", "", ""), id="below"),
        pytest.param("> 1000", ("> 1000", ">", "1000", "", ""), id="a blank after the operator"),
        pytest.param("\u22645", ("<=5", "<=", "5", "", ""), id="at most, in one sign"),
        pytest.param("=>5", ("=>5", ">=", "5", "", ""), id="at least, the other way round"),
        pytest.param("1,250", ("1,250", "", "1250", "", ""), id="thousands"),
        pytest.param("1,250,000", ("1,250,000", "", "1250000", "", ""), id="millions"),
        pytest.param("3.5 %", ("3.5", "", "3.5", "%", ""), id="a unit behind"),
        pytest.param("0.04%", ("0.04", "", "0.04", "%", ""), id="a unit without a blank"),
        pytest.param("1.2E3", ("1.2E3", "", "1200", "", ""), id="exponent"),
        pytest.param("1.25E-2", ("1.25E-2", "", "0.0125", "", ""), id="negative exponent"),
        pytest.param("1.2 x 10^3", ("1.2 x 10^3", "", "1200", "", ""), id="power of ten"),
        pytest.param("1.20", ("1.20", "", "1.20", "", ""), id="digits as collected"),
        pytest.param(".5", (".5", "", "0.5", "", ""), id="no digit before the point"),
        pytest.param("\u22122.5", ("-2.5", "", "-2.5", "", ""), id="below zero"),
        pytest.param("neg", ("neg", "", "", "", "NEGATIVE"), id="a word of the table"),
        pytest.param("BLQ", ("BLQ", "<", "", "", ""), id="a word with an operator"),
        pytest.param("++", ("++", "", "", "", "++"), id="another word stays"),
        pytest.param("1:320", ("1:320", "", "", "", "1:320"), id="a titre is no number"),
        pytest.param("1,25", ("1,25", "", "", "", "1,25"), id="no decimal comma undeclared"),
        pytest.param("10 (repeat)", ("10 (repeat)",) + ("",) * 3 + ("10 (repeat)",), id="no unit"),
        pytest.param("", ("",) * 5, id="missing"),
    ],
)
def test_parse_result(collected, parts):
    named = ("original", "operator", "number", "unit", "word")
    problems = Problems()
    found = tuple(parse_result(texts([collected]), part, problems, WORDS)[0] for part in named)
    assert found == parts
    assert not len(problems)


@pytest.mark.parametrize("collected", ["<>5", "< > 5", "<<5", "<= >5"])
def test_more_than_one_operator(collected):
    problems = Problems()
    assert list(parse_result(texts([collected]), "operator", problems)) == [""]
    assert codes(problems) == [("DT514", collected, 1)]


def test_decimal_comma_where_declared():
    text = texts(["1,5", "1.250", "<0,1 mg/dL", "1.5"])
    assert list(parse_result(text, "number", Problems(), decimal=",")) == ["1.5", "1250", "0.1", ""]
    assert parse_number(text, decimal=",").fillna(-1).tolist() == [1.5, 1250, 0.1, -1]
    made = standard_text(
        texts(["0,9"]), texts(["CREAT"]), Problems(), unit=texts(["mg/dL"]), decimal=","
    )
    assert list(made) == ["80"]


def test_words_stay_without_a_table():
    text = texts(["neg", "QNS"])
    assert list(parse_result(text, "original", Problems())) == ["neg", "QNS"]
    assert list(parse_result(text, "word", Problems())) == ["neg", "QNS"]


def test_a_word_twice_in_the_table_is_refused():
    table = StudyTable("words", pd.DataFrame({"collected": texts(["neg", "NEG"])}))
    with pytest.raises(ValueError, match="twice"):
        parse_result(texts(["x"]), "word", Problems(), table)


def test_parse_number_whatever_stands_beside_it():
    made = parse_number(texts(["<0.1", "3.5 %", "1,250", "neg", ""]))
    assert made.fillna(-1).tolist() == [0.1, 3.5, 1250, -1, -1]


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [
        pytest.param("4.0", "10.0", ("4.0", "10.0"), id="a column each"),
        pytest.param("0-5", "", ("0", "5"), id="both in the first"),
        pytest.param("", "0 - 5", ("0", "5"), id="both in the second"),
        pytest.param("0\u20135", "", ("0", "5"), id="with a dash"),
        pytest.param("0 to 5 mg/L", "", ("0", "5"), id="in words, with a unit"),
        pytest.param("-2-2", "", ("-2", "2"), id="from below zero"),
        pytest.param("<5", "", ("", "5"), id="an upper limit in the column of the lower"),
        pytest.param("", "<5", ("", "5"), id="an upper limit"),
        pytest.param(">= 60", "", ("60", ""), id="a lower limit"),
        pytest.param("0-5", "6", ("0", "6"), id="the column of the limit comes first"),
        pytest.param("1,000", "2,000", ("1000", "2000"), id="thousands"),
        pytest.param("", "6", ("", "6"), id="an upper limit only"),
        pytest.param("[60,110]", "", ("60", "110"), id="an interval in brackets"),
        pytest.param("", "(3.5 ; 5.0]", ("3.5", "5.0"), id="an interval with a semicolon"),
        pytest.param("[0-5]", "", ("0", "5"), id="a range in brackets"),
        pytest.param("[60,]", "", ("60", ""), id="an interval without an upper limit"),
        pytest.param("", "", ("", ""), id="none"),
    ],
)
def test_parse_range(low, high, limits):
    problems = Problems()
    columns = texts([low]), texts([high])
    found = tuple(
        parse_range(columns[0], part, problems, columns[1])[0] for part in ("low", "high")
    )
    assert found == limits
    assert not len(problems)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        pytest.param("3.5-5.1", ("3.5", "5.1"), id="two numbers"),
        pytest.param("1,000 - 2,000 U/L", ("1,000", "2,000"), id="digits as collected, no unit"),
        pytest.param("<200", ("", "<200"), id="an upper limit that is outside"),
        pytest.param("<= 5", ("", "<= 5"), id="an upper limit that belongs to it"),
        pytest.param(">60", (">60", ""), id="a lower limit that is outside"),
        pytest.param("\u226510", (">=10", ""), id="in ASCII"),
        pytest.param("[60,110]", ("60", "110"), id="a closed interval"),
        pytest.param("(60;110]", (">60", "110"), id="an interval open below"),
        pytest.param("]60;110[", (">60", "<110"), id="square brackets turned away"),
        pytest.param("(60-110)", ("60", "110"), id="brackets around a range"),
        pytest.param("(,110)", ("", "<110"), id="an open upper limit alone"),
    ],
)
def test_limits_as_collected_in_one_column(text, limits):
    problems = Problems()
    found = [
        parse_range(texts([text]), part, problems, as_collected=True)[0] for part in ("low", "high")
    ]
    assert tuple(found) == limits
    assert not len(problems)
    again = [parse_range(texts([one]), "high", problems)[0] for one in found]
    assert again[1] == parse_range(texts([text]), "high", problems)[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see note", id="words"),
        pytest.param("[1,000,2,000]", id="an interval whose commas may part thousands"),
        pytest.param("[low,5]", id="an interval with a word"),
        pytest.param("[,]", id="an interval of nothing"),
    ],
)
def test_a_text_that_is_no_limit(text):
    problems = Problems()
    assert list(parse_range(texts([text]), "low", problems, texts(["5"]))) == [""]
    assert codes(problems) == [("DT524", text, 1)]


def test_an_interval_with_decimal_commas():
    columns, problems = (texts(["[3,5;5,0]", "[60,110]"]), texts(["", ""])), Problems()
    low, high = (
        parse_range(columns[0], part, problems, columns[1], decimal=",") for part in ("low", "high")
    )
    assert list(zip(low, high, strict=True)) == [("3.5", "5.0"), ("", "")]
    assert codes(problems) == [("DT524", "[60,110]", 1)]


@pytest.mark.parametrize(
    ("collected", "unit", "test"),
    [
        pytest.param("3", "U/L", "CREAT", id="units without a conversion"),
        pytest.param("3", "", "CREAT", id="no unit where the test has one"),
        pytest.param("3", "g/L", "NOTATEST", id="a test that is not known"),
        pytest.param("3", "mg", "CELLS", id="a unit where the test has none"),
    ],
)
def test_no_factor_is_ever_guessed(collected, unit, test):
    problems = Problems()
    columns = texts([collected]), texts([test]), texts([unit])
    made = standard_text(columns[0], columns[1], problems, unit=columns[2])
    assert list(made) == [""]
    shown = f"{test} in {unit or 'no unit'}"
    assert codes(problems) == [("DT515", shown, 1)]
    assert standard_number(columns[0], columns[2], columns[1], problems).isna().all()


def test_a_test_that_is_not_known_keeps_a_number_without_unit():
    made = standard_text(texts(["3.10"]), texts(["NOTATEST"]), Problems(), unit=texts([""]))
    assert list(made) == ["3.10"]


def test_without_unit_nothing_is_converted():
    problems = Problems()
    made = standard_text(
        texts(["1,250", "< 5", "Mutated"]), texts(["NEUT", "NEUT", "SHRTVAR"]), problems
    )
    assert list(made) == ["1250", "<5", "Mutated"]
    assert not len(problems)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        pytest.param("NEUT", None, id="the test has a unit"),
        pytest.param("AUERRODS", WORDS, id="the table has other words"),
    ],
)
def test_a_text_nobody_knows_stays_with_a_warning(test, words):
    problems = Problems()
    made = standard_text(texts(["smudged"]), texts([test]), problems, unit=texts([""]), words=words)
    assert list(made) == ["smudged"]
    assert codes(problems) == [("DT524", "smudged", 1)]


def test_a_limit_never_rounds_to_zero():
    tests, units = texts(["PLAT", "PLAT"]), texts(["10^6/L"] * 2)
    made = standard_text(texts(["<100", "100"]), tests, Problems(), unit=units)
    assert list(made) == ["<0.1", "0"]


def test_units_of_the_study():
    tests, units = texts(["CARDNA"] * 2), texts(["DNA copies/mg", "DNA copies/ug"])
    problems = Problems()
    made = standard_text(texts(["1500500", "12"]), tests, problems, unit=units, units=STUDY_UNITS)
    assert list(made) == ["1501", "12"]
    value = standard_number(texts(["1500500", "<12"]), units, tests, problems, STUDY_UNITS)
    assert value.fillna(-1).tolist() == [1501, -1]
    assert list(standard_unit(tests, STUDY_UNITS)) == ["DNA copies/ug"] * 2
    assert not len(problems)


def test_standard_unit_of_unknown_tests_is_missing():
    assert list(standard_unit(texts(["NEUT", "CELLS", "NOTATEST", ""]))) == ["10^9/L", "", "", ""]


def test_limits_are_converted_as_the_result_is():
    limits = texts(["0.5", "1.2", "", "<5", "see note"])
    tests, units = texts(["CREAT"] * 5), texts(["mg/dL"] * 5)
    problems = Problems()
    made = standard_number(limits, units, tests, problems)
    assert made.fillna(-1).tolist() == [44, 106, -1, -1, -1]
    assert not len(problems)


@given(
    st.decimals(0, 100000, places=3).map(str),
    st.sampled_from(
        [("NEUT", "10^6/L"), ("HGB", "g/dL"), ("BILI", "mg/dL"), ("TEMP", "F"), ("NEUT", "10^9/L")]
    ),
)
def test_character_and_numeric_results_agree(collected, pair):
    test, unit = pair
    columns = texts([collected]), texts([test]), texts([unit])
    text = standard_text(columns[0], columns[1], Problems(), unit=columns[2])
    value = standard_number(columns[0], columns[2], columns[1], Problems())
    assert float(text[0]) == value[0]


@pytest.mark.parametrize(
    ("value", "low", "high", "indicator"),
    [
        pytest.param("3.2", 4, 10, "LOW", id="below the lower limit"),
        pytest.param("4", 4, 10, "NORMAL", id="the lower limit itself"),
        pytest.param("10", 4, 10, "NORMAL", id="the upper limit itself"),
        pytest.param("10.1", 4, 10, "HIGH", id="above the upper limit"),
        pytest.param("<0.1", 1.8, NAN, "LOW", id="all of what it may be is below"),
        pytest.param("<1.8", 1.8, 5, "LOW", id="below the limit itself is below"),
        pytest.param("<=1.8", 1.8, 5, "", id="at most the limit may be the limit"),
        pytest.param("<5", 4, 10, "", id="part of what it may be is within"),
        pytest.param("<5", NAN, 6, "NORMAL", id="no lower limit to be below"),
        pytest.param("<7", NAN, 6, "", id="part of what it may be is above"),
        pytest.param("<0.5", 0, 5, "NORMAL", id="nothing is below a lower limit of 0"),
        pytest.param(">12", 4, 10, "HIGH", id="all of what it may be is above"),
        pytest.param(">10", 4, 10, "HIGH", id="above the limit itself is above"),
        pytest.param(">=10", 4, 10, "", id="at least the limit may be the limit"),
        pytest.param(">5", 4, 10, "", id="part of what it may be is above"),
        pytest.param(">5", 4, NAN, "NORMAL", id="no upper limit to be above"),
        pytest.param("7", NAN, 6, "HIGH", id="upper limit only"),
        pytest.param("7", 6, NAN, "NORMAL", id="lower limit only"),
        pytest.param("7", NAN, NAN, "", id="no limits"),
        pytest.param("NEGATIVE", 4, 10, "", id="a word"),
        pytest.param("", 4, 10, "", id="missing"),
    ],
)
def test_range_indicator(value, low, high, indicator):
    problems = Problems()
    limits = numbers([low]), numbers([high])
    assert list(range_indicator(texts([value]), *limits, problems)) == [indicator]
    shown = [limit.map(lambda one: "" if one != one else f"{one:g}") for limit in limits]
    assert list(range_indicator(texts([value]), *map(texts, shown), problems)) == [indicator]
    assert not len(problems)


@pytest.mark.parametrize(
    ("value", "low", "high", "indicator"),
    [
        pytest.param("199.9", "", "<200", "NORMAL", id="below an upper limit that is outside"),
        pytest.param("200", "", "<200", "HIGH", id="an upper limit that is outside"),
        pytest.param("200", "", "<=200", "NORMAL", id="an upper limit that belongs to it"),
        pytest.param("60", ">60", "", "LOW", id="a lower limit that is outside"),
        pytest.param("60", ">=60", "", "NORMAL", id="a lower limit that belongs to it"),
        pytest.param("60.1", ">60", "", "NORMAL", id="above a lower limit that is outside"),
        pytest.param("<200", "", "<200", "NORMAL", id="all of what it may be is below"),
        pytest.param("<=200", "", "<200", "", id="it may be the limit that is outside"),
        pytest.param(">=200", "", "<200", "HIGH", id="at least the limit that is outside"),
        pytest.param(">60", ">60", "", "NORMAL", id="all of what it may be is above"),
        pytest.param(">=60", ">60", "", "", id="it may be the lower limit that is outside"),
        pytest.param("<=60", ">60", "", "LOW", id="at most the lower limit that is outside"),
        pytest.param("<0.5", ">0", "5", "", id="it may be 0, which is outside"),
        pytest.param("5.1", "3.5-5.1", "3.5-5.1", "NORMAL", id="both limits in one text"),
        pytest.param("5.1", "(3.5,5.1)", "(3.5,5.1)", "HIGH", id="an open interval"),
        pytest.param("3.5", "[3.5;5.1[", "[3.5;5.1[", "NORMAL", id="a closed end"),
        pytest.param("5.1", "[3.5;5.1[", "[3.5;5.1[", "HIGH", id="a square bracket turned away"),
        pytest.param("5.1", "(3.5-5.1)", "(3.5-5.1)", "NORMAL", id="brackets around a range"),
        pytest.param("3", "", "", "", id="no limits"),
    ],
)
def test_range_indicator_of_limits_as_collected(value, low, high, indicator):
    problems = Problems()
    made = range_indicator(texts([value]), texts([low]), texts([high]), problems)
    assert list(made) == [indicator]
    assert not len(problems)


def test_range_indicator_reports_a_limit_it_cannot_read():
    problems = Problems()
    made = range_indicator(texts(["3", "3"]), texts(["3,5", "2"]), texts(["4", "4"]), problems)
    assert list(made) == ["NORMAL", "NORMAL"]
    assert codes(problems) == [("DT524", "3,5", 1)]


def test_range_indicator_with_decimal_commas():
    columns = texts(["3,4"]), texts(["3,5"]), texts(["<5,1"])
    assert list(range_indicator(*columns, Problems(), decimal=",")) == ["LOW"]


def test_range_indicator_of_numbers():
    made = range_indicator(numbers([3.2, np.nan]), numbers([4, 4]), numbers([10, 10]), Problems())
    assert list(made) == ["LOW", ""]


def test_no_records():
    none, problems = texts([]), Problems()
    assert len(parse_result(none, "original", problems, WORDS)) == 0
    assert len(parse_number(none)) == 0
    assert len(parse_range(none, "low", problems, none)) == 0
    assert len(standard_text(none, none, problems, unit=none, words=WORDS)) == 0
    assert len(standard_number(none, none, none, problems)) == 0
    assert len(standard_unit(none)) == 0
    assert len(range_indicator(none, numbers([]), none, problems)) == 0
    assert not len(problems)


OTHER = 'decimal: "%s", in the raw form or here, reads it'


@pytest.mark.parametrize(
    ("text", "decimal", "mark"),
    [
        pytest.param("36,8", ".", ",", id="a decimal comma"),
        pytest.param("1.250,5", ".", ",", id="with thousands"),
        pytest.param("36.8", ",", ".", id="a decimal point"),
        pytest.param("high", ".", None, id="a word"),
    ],
)
def test_the_other_decimal_mark_is_offered_where_it_reads_the_text(text, decimal, mark):
    problems = Problems()
    number(texts([text]), problems, decimal=decimal)
    parse_range(texts([text]), "low", problems, decimal=decimal)
    standard_text(texts([text]), texts(["TEMP"]), problems, words=WORDS, decimal=decimal)
    hints = {(problem.code, problem.hint) for problem in problems}
    hint = OTHER % mark if mark else ""
    assert hints == {("DT513", hint), ("DT524", hint)}


@pytest.mark.parametrize("text", ["< 5", "3.5 %"])
def test_a_number_beside_something_else_offers_parse_number(text):
    problems = Problems()
    number(texts([text]), problems)
    hint = "parse_number reads it and leaves its operator or unit out"
    assert [(problem.code, problem.hint) for problem in problems] == [("DT513", hint)]


def test_the_other_decimal_mark_is_offered_for_both_limits():
    problems = Problems()
    parse_range(texts(["3,5 - 5,1"]), "low", problems)
    assert [problem.hint for problem in problems] == [OTHER % ","]
