"""Data type, length and digits of an item, read off its values."""

import pandas as pd
import pytest

from define_xml.facts import Facts, facts, iso_type, printed
from mappings.columns import dates, numbers, texts
from mappings.finished import FinalColumn


@pytest.mark.parametrize(
    ("values", "data_type"),
    [
        pytest.param(["2024-01-05", "2023-12-31"], "date", id="full dates"),
        pytest.param(["2024-01-05T10:30:00"], "datetime", id="to the second"),
        pytest.param(["2024-01-05T10:30:00+08:00"], "datetime", id="with a zone"),
        pytest.param(["2024-01", "2023-12-31"], "partialDate", id="one date to the month"),
        pytest.param(["2024-01-05T10:30"], "partialDatetime", id="no seconds"),
        pytest.param(
            ["2024-01-05", "2024-01-05T10:30:00"], "partialDatetime", id="with and without"
        ),
        pytest.param(["2024---05", "2024-01-05"], "incompleteDatetime", id="the month unknown"),
        pytest.param(["P28D", "PT4H"], "durationDatetime", id="durations"),
        pytest.param(["2024-01-05/2024-01-07"], "intervalDatetime", id="an interval"),
        pytest.param(["2024-01-05", "soon"], "text", id="what is no date"),
        pytest.param([], "date", id="nothing"),
    ],
)
def test_iso_type_is_the_narrowest_that_all_have(values, data_type):
    assert iso_type(values) == data_type


def column(kind, data_type, length=8):
    return FinalColumn("AVAL", "Analysis Value", kind, data_type, length)


@pytest.mark.parametrize(
    ("values", "said", "expected"),
    [
        pytest.param([1, 20, 3], "integer", Facts("integer", 2), id="the widest whole number"),
        pytest.param([-120, 3], "integer", Facts("integer", 4), id="the sign counts"),
        pytest.param([1.5, 20.25], "float", Facts("float", 5, 2), id="point and decimals count"),
        pytest.param([1.0, 20.0], "float", Facts("float", 2, 0), id="said to be a float"),
        pytest.param([None, None], "integer", Facts("integer", 1), id="no value"),
    ],
)
def test_numbers_have_the_width_of_the_widest(values, said, expected):
    assert facts(column("number", said), numbers(values), iso=False) == expected


def test_a_part_of_a_variable_has_facts_of_its_own():
    values = texts(["NEGATIVE", "N"])
    whole = column("text", "text", length=30)
    assert facts(whole, values, iso=False) == Facts("text", 30)
    assert facts(whole, values, iso=False, whole=False) == Facts("text", 8)
    only_whole = facts(column("number", "float"), numbers([3.0]), iso=False, whole=False)
    assert only_whole == Facts("integer", 1)


def test_text_counts_bytes():
    values = texts(["\u00e9g"])
    assert facts(column("text", "text"), values, iso=False, whole=False) == Facts("text", 3)


def test_dates_that_are_numbers_are_integers():
    values = dates(["2024-01-05"])
    assert facts(column("date", "date"), values, iso=False) == Facts("integer", 5)
    assert facts(column("datetime", "datetime"), values, iso=False) == Facts("integer", 10)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param(texts(["b", "", "a", "b"]), ["a", "b"], id="texts, missing left out"),
        pytest.param(numbers([10, 2, None, 2]), ["2", "10"], id="numbers in their order"),
        pytest.param(numbers([7.01, 7]), ["7", "7.01"], id="as short as exact"),
        pytest.param(pd.Series([], dtype="float64"), [], id="nothing"),
    ],
)
def test_distinct_values_are_printed(values, shown):
    assert printed(values) == shown
