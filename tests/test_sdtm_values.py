"""Operations on the values of one record, and the text they are compared and submitted in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sdtm
from mappings.columns import dates, numbers, texts
from mappings.operations import TemplateParts, registry
from mappings.problems import Problems
from sdtm.plain_text import clean_text, comparable, number_text, printed
from sdtm.values import (
    Case,
    alike,
    cases,
    clean,
    coalesce,
    compute,
    concatenate,
    constant,
    copy,
    flag,
    number,
    rank,
    split,
    template,
    text_,
)


def codes(problems):
    return [(problem.code, problem.value, problem.count) for problem in problems]


def mask(*values):
    return pd.Series(list(values), dtype=bool)


def test_every_operation_has_a_rule_for_each_parameter():
    operations = registry(sdtm.OPERATIONS)
    assert len(operations) == len(sdtm.OPERATIONS)
    assert {"text", "date", "datetime", "list"} <= set(operations)
    assert operations["study_day"].parameters["since"].default == "DM.RFSTDTC"
    assert {name for name, one in operations.items() if one.scope == "scope"} == {
        "flag_first", "flag_last", "number_within", "last_before"
    }  # fmt: skip


@pytest.mark.parametrize("operation", registry(sdtm.OPERATIONS).values(), ids=lambda one: one.name)
def test_method_names_parameters_only(operation):
    assert operation.summary
    places = {name: f"<{name}>" for name in operation.parameters}
    assert operation.method.format(**places)


@pytest.mark.parametrize(
    ("collected", "clean_one"),
    [
        pytest.param("  two   words\t\n", "two words", id="trimmed, runs of white space collapsed"),
        pytest.param("a\u00a0b\u2009c", "a b c", id="blanks that do not break are blanks"),
        pytest.param("\u201csmart\u201d \u2018q\u2019", "\"smart\" 'q'", id="typographic quotes"),
        pytest.param("1\u20132 \u2014 \u22123", "1-2 - -3", id="dashes and the minus sign"),
        pytest.param("5 \u00b5g, 5 \u03bcg", "5 ug, 5 ug", id="micro sign and Greek mu"),
        pytest.param("\u22655 and \u22644", ">=5 and <=4", id="at least and at most"),
        pytest.param("3\u00d710\u2079/L", "3x10^9/L", id="times sign and a raised power"),
        pytest.param("10\u207b\u00b3", "10^-3", id="a negative power"),
        pytest.param("m\u00b2", "m2", id="a raised number after a letter stands on the line"),
        pytest.param("CO\u2082", "CO2", id="a lowered number"),
        pytest.param("38.5 \u00b0C", "38.5 deg C", id="degrees"),
        pytest.param("38.5\u00baC", "38.5 deg C", id="the ordinal sign written for degrees"),
        pytest.param("1\u00bd", "1 1/2", id="a mixed fraction keeps its parts apart"),
        pytest.param("\uff08\uff21\uff09", "(A)", id="full-width letters"),
        pytest.param("a\u200bb\ufeff", "ab", id="marks without a width"),
        pytest.param("na\u00efve", "na\u00efve", id="what has no ASCII form stays"),
        pytest.param("CRh", "CRh", id="case stays"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_clean_text(collected, clean_one):
    assert clean_text(collected) == clean_one


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(10.0, "10", id="no decimal point for a whole number"),
        pytest.param(7.01, "7.01", id="as short as it reads back"),
        pytest.param(0.1 + 0.2, "0.30000000000000004", id="never shorter than exact"),
        pytest.param(1e-7, "0.0000001", id="no exponent for a small number"),
        pytest.param(1e21, "1" + "0" * 21, id="no exponent for a large number"),
        pytest.param(-0.0, "0", id="zero has no sign"),
        pytest.param(float("nan"), "", id="missing"),
    ],
)
def test_number_text(value, shown):
    assert number_text(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_printed_numbers_read_back(value):
    assert float(number_text(value)) == value


def test_printed_dates():
    assert list(printed(dates(["2024-03-01", None]))) == ["2024-03-01", ""]
    with_time = printed(dates(["2024-03-01", "2024-03-01T10:05:00"]))
    assert list(with_time) == ["2024-03-01", "2024-03-01T10:05:00"]


def test_comparable_ignores_case_and_blanks():
    assert list(comparable(texts(["  Day  28", "DAY 28", ""]))) == ["day 28", "day 28", ""]
    assert list(comparable(numbers([10, np.nan]))) == ["10", ""]


def test_constant_and_copy_and_compute_give_the_column_back():
    column = texts(["A", ""])
    for operation in (constant, copy, compute):
        assert list(operation(column)) == ["A", ""]


@pytest.mark.parametrize(
    ("case", "result"),
    [
        pytest.param("keep", "Mild Rash", id="case kept"),
        pytest.param("upper", "MILD RASH", id="upper case"),
        pytest.param("lower", "mild rash", id="lower case"),
    ],
)
def test_clean(case, result):
    assert list(clean(texts([" Mild  Rash ", ""]), case)) == [result, ""]


def test_template_prints_numbers_short_and_is_missing_with_any_part():
    parts = TemplateParts(("RSP-", "-", "!"), (numbers([10, np.nan, 7.01]), texts(["A", "B", ""])))
    assert list(template(parts)) == ["RSP-10-A!", "", ""]


@pytest.mark.parametrize(
    ("values", "joined"),
    [
        pytest.param(["A", "B", "C"], "A; B; C", id="all there"),
        pytest.param(["", "B", "C"], "B; C", id="the first missing"),
        pytest.param(["A", "", "C"], "A; C", id="one in the middle missing"),
        pytest.param(["A", "B", ""], "A; B", id="the last missing"),
        pytest.param(["", "", "C"], "C", id="one there"),
        pytest.param(["", "", ""], "", id="none there"),
        pytest.param(["A"], "A", id="one value"),
    ],
)
def test_concatenate_leaves_out_what_is_missing(values, joined):
    assert list(concatenate([texts([one]) for one in values], "; ")) == [joined]


def test_concatenate_prints_numbers_and_dates():
    columns = [numbers([1.50, np.nan]), dates(["2024-03-01", "2024-03-02"])]
    assert list(concatenate(columns, "/")) == ["1.5/2024-03-01", "2024-03-02"]


def test_template_without_places_is_refused():
    with pytest.raises(ValueError, match="constant"):
        template(TemplateParts(("only text",), ()))


@pytest.mark.parametrize(
    ("value", "decimals", "result"),
    [
        pytest.param(2.0, None, "2", id="as short as exact"),
        pytest.param(2.0, 1, "2.0", id="so many decimals"),
        pytest.param(2.675, 2, "2.68", id="half up on the digits as printed"),
        pytest.param(-0.5, 0, "-1", id="halves away from zero"),
        pytest.param(-0.04, 1, "0.0", id="zero has no sign"),
        pytest.param(float("nan"), 1, "", id="missing"),
    ],
)
def test_text(value, decimals, result):
    assert list(text_(numbers([value]), decimals)) == [result]


@pytest.mark.parametrize(
    ("collected", "decimal", "value"),
    [
        pytest.param("1,250", None, 1250, id="comma between thousands"),
        pytest.param(" 12.50 ", None, 12.5, id="blanks around"),
        pytest.param("1.2E3", None, 1200, id="scientific notation"),
        pytest.param("1,5", ",", 1.5, id="decimal comma where declared"),
        pytest.param("1.250,5", ",", 1250.5, id="point between thousands where declared"),
        pytest.param("-3", None, -3, id="a sign"),
        pytest.param("", None, np.nan, id="missing"),
    ],
)
def test_number(collected, decimal, value):
    problems = Problems()
    (actual,) = number(texts([collected]), problems, decimal=decimal)
    assert actual == pytest.approx(value, nan_ok=True)
    assert not len(problems)


@pytest.mark.parametrize("collected", ["1,25", "<5", "12 kg", "inf", "nan", "three"])
def test_number_that_cannot_be_read(collected):
    problems = Problems()
    assert number(texts([collected]), problems).isna().all()
    assert codes(problems) == [("DT513", collected, 1)]
    assert number(texts([collected]), quiet := Problems(), "missing").isna().all()
    assert not len(quiet)


def test_coalesce_takes_the_first_that_is_not_missing():
    made = coalesce([texts(["A", "", ""]), texts(["B", "C", ""]), texts(["D", "D", ""])])
    assert list(made) == ["A", "C", ""]
    (value,) = coalesce([texts([""]), numbers([3])])
    assert value == 3


def test_values_of_different_kinds_are_refused():
    with pytest.raises(ValueError, match="kinds"):
        alike([texts(["A"]), numbers([1])])


def test_split():
    problems = Problems()
    races = texts(["ASIAN; WHITE", "OTHER", "", "A;B;C", "A;;"])
    assert list(split(races, ";", 1, problems, 2)) == ["ASIAN", "OTHER", "", "A", "A"]
    assert not len(problems)
    assert list(split(races, ";", 2, problems, 2)) == ["WHITE", "", "", "B", ""]
    assert codes(problems) == [("DT514", "A;B;C", 1)]
    with pytest.raises(ValueError, match="counted from 1"):
        split(races, ";", 0, problems)


def test_cases_first_that_holds_wins():
    made = cases(
        [
            Case(mask(True, False, False), texts(["X"] * 3)),
            Case(mask(True, True, False), texts(["Y"] * 3)),
        ],
        texts(["A", "B", "C"]),
    )
    assert list(made) == ["X", "Y", "C"]


def test_cases_without_otherwise_are_missing():
    (value,) = cases([Case(mask(False), numbers([1]))])
    assert np.isnan(value)


def test_cases_null_takes_the_kind_of_the_others():
    made = cases([Case(mask(True, False), texts(["", ""]))], numbers([1, 2]))
    assert np.isnan(made[0])
    assert made[1] == 2


def test_a_null_among_missing_numbers_is_a_number():
    made = cases([Case(mask(True), texts([""]))], numbers([np.nan]))
    assert made.dtype == "float64"


def test_cases_of_dates():
    made = cases([Case(mask(True, False), dates(["2024-01-01"] * 2))])
    assert list(made.isna()) == [False, True]
    assert made.dtype == "datetime64[s]"


def test_flag():
    assert list(flag(mask(True, False))) == ["Y", ""]
    assert list(flag(mask(True, False), "Y", "N")) == ["Y", "N"]


def test_rank():
    problems = Problems()
    made = rank(texts(["PR", "CR", "", "?"]), ["CR", "PR"], problems)
    assert made.fillna(-1).tolist() == [2, 1, -1, -1]
    assert codes(problems) == [("DT514", "?", 1)]
    assert rank(texts(["N"]), ["N", "Y"], problems, start=0).tolist() == [0]
    with pytest.raises(ValueError, match="twice"):
        rank(texts(["N"]), ["N", "N"], problems)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda none: clean(none), id="clean"),
        pytest.param(lambda none: number(none, Problems()), id="number"),
        pytest.param(lambda none: split(none, ";", 1, Problems(), 1), id="split"),
        pytest.param(lambda none: rank(none, ["A"], Problems()), id="rank"),
        pytest.param(lambda none: template(TemplateParts(("a", "b"), (none,))), id="template"),
        pytest.param(lambda none: coalesce([none, none]), id="coalesce"),
        pytest.param(lambda none: text_(numbers(none), 2), id="text"),
    ],
)
def test_no_records(made):
    assert len(made(texts([]))) == 0
