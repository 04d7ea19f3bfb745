"""Looking values up in codelists and tables."""

import numpy as np
import pandas as pd
import pytest

from controlled_terms.codelists import Codelist, Terminology
from mappings.columns import numbers, texts
from mappings.operations import StudyTable
from mappings.problems import Problems
from sdtm.codes import decode, lookup, lookup_between, recode

NY = Terminology.shipped().get("NY")
UNIT = Terminology.shipped().get("UNIT")
RACE = Codelist.of_study("RACE", [("Asian or so", "ASIAN", "")], Terminology.shipped().get("RACE"))
GRADE = Codelist.of_study("AETOXGR", [(text, "3", "") for text in ("3", "Grade 3", "G3", "III")])
TWO = Codelist.of_study("TWO", [("x", "A", "Alpha"), ("x", "B", "")])

TESTS = StudyTable(
    "tests",
    pd.DataFrame({"collected": texts(["WBC", "Leuco", "T.Bili", "twice", "Twice", None]),
                  "LBTESTCD": texts(["WBC", "WBC", "BILI", "A", "A", "NONE"]),
                  "number": numbers([1, 2, 3, 4, 5, 6])}),
)  # fmt: skip
TWO_KEYS = StudyTable(
    "values",
    pd.DataFrame({"FATESTCD": texts(["TOXGR", "HYPOTSUP", "HYPOTSUP"]),
                  "collected": texts(["Gr 2", "1 pressor", None]),
                  "value": texts(["2", "ONE VASOPRESSOR", "NOT SAID"])}),
)  # fmt: skip
WINDOWS = StudyTable(
    "windows",
    pd.DataFrame({"low": numbers([45, 15, 77]), "high": numbers([76, 44, np.nan]),
                  "visit": texts(["Month 2", "Month 1", "Later"]), "n": numbers([2, 1, 3])}),
)  # fmt: skip


def codes(problems):
    return [(problem.code, problem.value, problem.count) for problem in problems]


@pytest.mark.parametrize(
    ("collected", "terms", "value", "code"),
    [
        pytest.param("Y", NY, "Y", None, id="a term as it stands"),
        pytest.param(" y ", NY, "Y", None, id="a term in another case, cleaned"),
        pytest.param("Yes", NY, "Y", None, id="a synonym"),
        pytest.param("", NY, "", None, id="missing"),
        pytest.param("  ", NY, "", None, id="blanks are missing"),
        pytest.param("perhaps", NY, "", "CT302", id="unknown in a closed list"),
        pytest.param("asian or so", RACE, "ASIAN", None, id="the study's collected text"),
        pytest.param("G3", GRADE, "3", None, id="a list of the study"),
        pytest.param("IV", GRADE, "", "CT302", id="a list of the study is closed"),
        pytest.param("x", TWO, "", "CT304", id="a text with two meanings"),
        pytest.param("K/uL", UNIT, "10^9/L", None, id="a unit as laboratories write it"),
        pytest.param("/uL", UNIT, "10^6/L", None, id="a unit that is a synonym"),
        pytest.param(" own  unit\u2013x", UNIT, "own unit-x", "CT303", id="kept if extensible"),
    ],
)
def test_recode(collected, terms, value, code):
    problems = Problems()
    assert list(recode(texts([collected, collected]), terms, problems)) == [value, value]
    assert codes(problems) == ([(code, collected, 2)] if code else [])


@pytest.mark.parametrize(
    ("collected", "terms", "hint"),
    [
        pytest.param(
            "perhaps", NY,
            "under codelists: write NY: {base: NY, columns: [collected, value],"
            ' rows: [["perhaps", "…"]]}',
            id="a published list, no term is near",
        ),
        pytest.param(
            "ASIANS", Codelist.of_study("RACE", [("so", "ASIAN", "")]),
            'add the row ["ASIANS", "ASIAN"] to codelist RACE, of columns collected, value',
            id="a list of the study, with the nearest term",
        ),
        pytest.param(
            "Asian, from Japan", RACE,
            'add the row ["Asian, from Japan", "ASIAN"] to codelist RACE, of columns collected,'
            " value",
            id="a term among its words",
        ),
        pytest.param(
            "x", TWO, 'add the row ["x", "A"] to codelist TWO, of columns collected, value',
            id="a text with two meanings",
        ),
        pytest.param("own unit", UNIT, "", id="what an extensible list keeps needs no way out"),
    ],
)  # fmt: skip
def test_recode_offers_the_row_to_add(collected, terms, hint):
    problems = Problems()
    recode(texts([collected]), terms, problems)
    assert [problem.hint for problem in problems] == [hint]


def test_rows_are_not_offered_for_each_of_many_texts():
    problems = Problems()
    recode(texts([f"text {number}" for number in range(21)]), NY, problems)
    assert {(problem.code, problem.hint) for problem in problems} == {("CT302", "")}


@pytest.mark.parametrize(
    ("value", "terms", "hint"),
    [
        pytest.param(
            "B", TWO, 'add the row ["B", …] to codelist TWO, of columns value, decode', id="own"
        ),
        pytest.param(
            "XYZ", Terminology.shipped().get("LBTESTCD"),
            "under codelists: write LBTESTCD: {base: LBTESTCD, columns: [value, decode],"
            ' rows: [["XYZ", …]]}',
            id="published",
        ),
    ],
)  # fmt: skip
def test_decode_offers_the_row_to_add(value, terms, hint):
    problems = Problems()
    decode(texts([value]), terms, problems)
    assert [problem.hint for problem in problems] == [hint]


def test_recode_names_the_list():
    problems = Problems()
    recode(texts(["perhaps"]), NY, problems)
    assert [problem.message for problem in problems] == ["is not a term of NY (C66742)"]


@pytest.mark.parametrize(
    ("value", "terms", "decoded", "code"),
    [
        pytest.param("WBC", Terminology.shipped().get("LBTESTCD"), "Leukocytes", None, id="paired"),
        pytest.param("A", TWO, "Alpha", None, id="decode of the study"),
        pytest.param("B", TWO, "", "CT307", id="a code without a decode"),
        pytest.param("C", TWO, "", "CT307", id="a code that is not in the list"),
        pytest.param("", TWO, "", None, id="missing"),
    ],
)
def test_decode(value, terms, decoded, code):
    problems = Problems()
    assert list(decode(texts([value]), terms, problems)) == [decoded]
    assert codes(problems) == ([(code, value, 1)] if code else [])


@pytest.mark.parametrize(
    ("value", "otherwise", "given", "problem"),
    [
        pytest.param("Leuco", "problem", "WBC", [], id="the row of the key"),
        pytest.param(" t.bili ", "problem", "BILI", [], id="cleaned and in any case"),
        pytest.param("", "problem", "NONE", [], id="a missing value matches a missing cell"),
        pytest.param("?", "problem", "", [("DT514", "?", 1)], id="no row is a problem"),
        pytest.param("?", "missing", "", [], id="no row, missing if said"),
        pytest.param("?", "keep", "?", [], id="no row, kept if said"),
        pytest.param("?", "UNCODED", "UNCODED", [], id="no row, a word if said"),
        pytest.param("twice", "missing", "", [("DT516", "twice", 1)], id="several rows"),
    ],
)
def test_lookup(value, otherwise, given, problem):
    problems = Problems()
    made = lookup([texts([value])], TESTS, "LBTESTCD", problems, otherwise=otherwise)
    assert list(made) == [given]
    assert codes(problems) == problem


def test_lookup_gives_numbers():
    made = lookup([texts(["WBC", "?"])], TESTS, "number", Problems(), otherwise="missing")
    assert made.fillna(-1).tolist() == [1, -1]
    made = lookup([texts(["WBC", "?"])], TESTS, "number", Problems(), otherwise="99")
    assert made.tolist() == [1, 99]


def test_lookup_by_number():
    made = lookup([numbers([2, np.nan])], TESTS, "LBTESTCD", Problems(), keys=["number"])
    assert list(made) == ["WBC", ""]


def test_lookup_by_several_keys():
    problems = Problems()
    tests = texts(["TOXGR", "hypotsup", "HYPOTSUP", "TOXGR", ""])
    results = texts(["gr 2", "1 Pressor", "", "3", ""])
    made = lookup([tests, results], TWO_KEYS, "value", problems, otherwise="keep")
    assert list(made) == ["2", "ONE VASOPRESSOR", "NOT SAID", "3", ""]
    lookup([tests, results], TWO_KEYS, "value", problems)
    assert codes(problems) == [("DT514", "TOXGR | 3", 1)]


@pytest.mark.parametrize(
    ("keys", "give"),
    [
        pytest.param(["collected"], "nothing", id="a column to give that is not there"),
        pytest.param(["nothing"], "value", id="a key that is not there"),
        pytest.param(["FATESTCD", "collected"], "value", id="more keys than values"),
    ],
)
def test_lookup_refuses(keys, give):
    with pytest.raises(ValueError, match="table values"):
        lookup([texts(["A"])], TWO_KEYS, give, Problems(), keys=keys)


def test_lookup_between():
    value = numbers([14, 15, 44, 44.5, 45, 1000, np.nan])
    visit = lookup_between(value, WINDOWS, "low", "high", "visit")
    assert list(visit) == ["", "Month 1", "Month 1", "", "Month 2", "Later", ""]
    number = lookup_between(value, WINDOWS, "low", "high", "n")
    assert number.fillna(0).tolist() == [0, 1, 1, 0, 2, 3, 0]


def test_lookup_between_refuses_ranges_that_overlap():
    table = StudyTable("t", pd.DataFrame({"low": [1.0, 5], "high": [5.0, 9], "v": ["a", "b"]}))
    with pytest.raises(ValueError, match="overlap"):
        lookup_between(numbers([5]), table, "low", "high", "v")


def test_no_records():
    none = texts([])
    assert len(recode(none, NY, Problems())) == 0
    assert len(decode(none, NY, Problems())) == 0
    assert len(lookup([none], TESTS, "number", Problems())) == 0
    assert len(lookup_between(numbers([]), WINDOWS, "low", "high", "n")) == 0


def test_a_table_without_rows_has_nothing():
    table = StudyTable("empty", pd.DataFrame({"a": texts([]), "b": texts([])}))
    assert list(lookup([texts(["A"])], table, "b", Problems(), otherwise="missing")) == [""]
    table = StudyTable("empty", pd.DataFrame({"a": numbers([]), "b": numbers([])}))
    assert lookup_between(numbers([1]), table, "a", "b", "b").isna().all()
