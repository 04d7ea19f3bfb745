"""Standard units and exact conversions to them."""

import csv
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlled_terms.codelists import Terminology
from controlled_terms.units import Conversion, StandardUnit, UnitRow, Units

UNITS = Units.shipped()
CT = Terminology.shipped()
DATA = Path(__file__).resolve().parents[1] / "controlled_terms/data"

# Standard unit and decimals that the bundled study relies on.
STUDY_STANDARDS = """
WBC 10^9/L 2     NEUT 10^9/L 2    NEUTLE % 1       LYM 10^9/L 2     PLAT 10^9/L 0    HGB g/L 0
BLASTLE % 1      BLASTCE % 1      ALT U/L 0        AST U/L 0        ALP U/L 0        BILI umol/L 1
CREAT umol/L 0   LDH U/L 0        ALB g/L 0        CK U/L 0         FIBRINO g/L 2    DDIMER mg/L 2
CRP mg/L 1       FERRITIN ug/L 0  PCT ug/L 2       INTLK2 ng/L 1    INTLK6 ng/L 1    INTLK8 ng/L 1
INTLK10 ng/L 1   INTLK15 ng/L 1   IFNG ng/L 1      TNF ng/L 1       GMCSF ng/L 1     MCP1 ng/L 1
IL2SR ng/L 0     TEMP C 1         SYSBP mmHg 0     DIABP mmHg 0     PULSE beats/min 0
HR beats/min 0   RESP breaths/min 0 OXYSAT % 0     WEIGHT kg 1      HEIGHT cm 1      BMI kg/m2 1
TLS 10^6/L 2     TLSTLY % 2       TLYCE 10^6/L 2   ABCCE % 4
"""


@pytest.mark.parametrize(
    ("test", "unit", "decimals"), re.findall(r"(\S+) (\S+) (\d)", STUDY_STANDARDS)
)
def test_standards_of_the_study(test, unit, decimals):
    assert (UNITS.standard_unit(test), UNITS.decimals(test)) == (unit, int(decimals))


@pytest.mark.parametrize(
    ("test", "unit", "decimals"),
    [
        pytest.param("CELLS", "", 0, id="a count has no unit"),
        pytest.param("AUERRODS", "", None, id="neither unit nor decimals"),
        pytest.param("INR", "", 2, id="a ratio"),
        pytest.param("CARDNA", None, None, id="a test of the sponsor is not known"),
    ],
)
def test_standard_unit(test, unit, decimals):
    assert (UNITS.standard_unit(test), UNITS.decimals(test)) == (unit, decimals)


def in_standard_unit(test, text, collected_unit):
    """Text in the test's standard unit, as the collected unit is first recoded to CT."""
    unit = CT.get("UNIT").recode(collected_unit).value
    converted = UNITS.convert(text, test, unit, UNITS.standard_unit(test))
    return None if converted is None else format(converted, "f")


@pytest.mark.parametrize(
    ("test", "text", "unit", "converted"),
    [
        pytest.param("NEUT", "3.2", "K/uL", "3.2", id="K/uL is 10^9/L"),
        pytest.param("NEUT", "3.20", "10^3/uL", "3.20", id="factor 1 keeps the digits"),
        pytest.param("NEUT", "1250", "/uL", "1.25", id="/uL"),
        pytest.param("NEUT", "100", "/uL", "0.1", id="the number of <100"),
        pytest.param("HGB", "9.8", "g/dL", "98", id="g/dL"),
        pytest.param("BILI", "1.2", "mg/dL", "20.5", id="bilirubin 20.52"),
        pytest.param("CREAT", "0.9", "mg/dL", "80", id="creatinine 79.56, no exponent"),
        pytest.param("INTLK6", "812.4", "pg/mL", "812.4", id="pg/mL is ng/L"),
        pytest.param("INTLK6", "5000", "pg/mL", "5000", id="the number of >5000"),
        pytest.param("BLASTCE", "3.5", "%", "3.5", id="percent"),
        pytest.param("TEMP", "101.3", "F", "38.5", id="Fahrenheit"),
        pytest.param("TEMP", "-40", "F", "-40", id="where both scales meet"),
        pytest.param("TEMP", "310.15", "K", "37", id="kelvin"),
        pytest.param("WEIGHT", "135.6", "lb", "61.5", id="pounds 61.507"),
        pytest.param("HEIGHT", "70", "in", "177.8", id="inches"),
        pytest.param("HEIGHT", "5.5", "ft", "167.6", id="feet by way of inches, 167.64"),
        pytest.param("CRP", "1.25", "mg/dL", "12.5", id="CRP"),
        pytest.param("FERRITIN", "812", "ng/mL", "812", id="ferritin"),
        pytest.param("FIBRINO", "250", "mg/dL", "2.5", id="fibrinogen"),
        pytest.param("DDIMER", "0.45", "ug/mL", "0.45", id="D-dimer"),
        pytest.param("PLAT", "150", "x10E9/L", "150", id="platelets"),
        pytest.param("ALT", "30", "IU/L", "30", id="U and IU of an enzyme"),
        pytest.param("ALT", "0.5", "ukat/L", "30", id="microkatal"),
        pytest.param("GLUC", "90", "mg/dL", "5", id="glucose"),
        pytest.param("UREAN", "14", "mg/dL", "5", id="urea nitrogen"),
        pytest.param("UREA", "30", "mg/dL", "5", id="urea"),
        pytest.param("CHOL", "200", "mg/dL", "5.17", id="cholesterol"),
        pytest.param("TRIG", "150", "mg/dL", "1.69", id="triglycerides"),
        pytest.param("URATE", "6", "mg/dL", "357", id="urate"),
        pytest.param("CA", "10", "mg/dL", "2.5", id="calcium"),
        pytest.param("CA", "5", "mEq/L", "2.5", id="calcium by charge"),
        pytest.param("MG", "2", "mg/dL", "0.82", id="magnesium"),
        pytest.param("PHOS", "3.5", "mg/dL", "1.13", id="phosphate as phosphorus"),
        pytest.param("SODIUM", "140", "mEq/L", "140", id="sodium"),
        pytest.param("HCT", "0.42", "L/L", "42", id="haematocrit"),
        pytest.param("HCT", "0.42", "fraction of 1", "42", id="haematocrit as a proportion"),
        pytest.param("HBA1C", "53", "mmol/mol", "7", id="HbA1c"),
        pytest.param("T4FR", "1.2", "ng/dL", "15.4", id="free thyroxine"),
        pytest.param("CORTISOL", "10", "ug/dL", "276", id="cortisol"),
        pytest.param("SYSBP", "16", "kPa", "120", id="blood pressure"),
        pytest.param("INR", "1.1", "RATIO", "1.1", id="a ratio needs no unit"),
        pytest.param("TROPONI", "0.04", "ng/mL", "40", id="troponin"),
        pytest.param("ALT", "30", "g/L", None, id="no row: not a mass"),
        pytest.param("CRP", "10", "nmol/L", None, id="no row: no molar mass of CRP"),
        pytest.param("DDIMER", "1", "mg/L FEU", None, id="no row: FEU depend on the assay"),
        pytest.param("FERRITIN", "1", "IU/L", None, id="no row: IU of ferritin"),
        pytest.param("HR", "60", "Hz", None, id="no row"),
    ],
)
def test_convert(test, text, unit, converted):
    assert in_standard_unit(test, text, unit) == converted


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        pytest.param("0.05", 1, "0.1", id="half up"),
        pytest.param("-0.05", 1, "-0.1", id="half up is away from zero"),
        pytest.param("0.15", 1, "0.2", id="where binary arithmetic gives 0.1"),
        pytest.param("2.675", 2, "2.68", id="where binary arithmetic gives 2.67"),
        pytest.param("-0.04", 1, "0", id="no negative zero"),
        pytest.param("1200", 0, "1200", id="zeros before the point stay"),
        pytest.param("1.999", 2, "2", id="zeros behind it go"),
    ],
)
def test_rounding(value, decimals, rounded):
    tenth = Decimal(value) * 10
    assert format(UNITS.convert(tenth, "X", "mm", "cm", decimals), "f") == rounded


@pytest.mark.parametrize(
    ("value", "test", "units", "converted"),
    [
        pytest.param("100", "CREAT", ("umol/L", "g/L"), "0.0113122171945701", id="15 digits"),
        pytest.param("1.005", "HGB", ("g/dL", "mg/L"), "10050", id="exact where it has an end"),
        pytest.param("0.0000001", "X", ("ng/L", "kg/L"), "0.0000000000000000001",
                     id="however small"),
    ],
)  # fmt: skip
def test_without_decimals(value, test, units, converted):
    assert format(UNITS.convert(value, test, *units), "f") == converted


@pytest.mark.parametrize("text", ["", "<5", "1,250", "NaN", "Infinity", "TRACE"])
def test_a_text_that_is_not_a_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        UNITS.convert(text, "NEUT", "10^6/L", "10^9/L")


def test_fahrenheit_is_exact():
    found = UNITS.factor("TEMP", "F", "C")
    assert (found.factor, found.offset) == (Fraction(5, 9), Fraction(-160, 9))


def test_every_step_cites_its_source():
    assert UNITS.factor("CREAT", "mg/L", "umol/L").source == (
        "SI prefix; molar mass 113.120 g/mol of creatinine gives 88.402; rounded as laboratories"
        " use it"
    )


def test_rows_of_a_study_win():
    rows = [
        UnitRow.of("CREAT", "mg/dL", "umol/L", "88.42", "", "central laboratory"),
        UnitRow.of("CARDNA", "copies/ug", "DNA copies/ug", "1", "", "same quantity"),
    ]
    units = UNITS.with_rows(rows, [StandardUnit("CREAT", "umol/L", 2)])
    assert units.convert("1", "CREAT", "mg/dL", "umol/L") == Decimal("88.42")
    assert units.convert("12.0", "CARDNA", "copies/ug", "DNA copies/ug") == Decimal("12.0")
    assert units.convert("1", "BILI", "mg/dL", "umol/L") == Decimal("17.1")
    assert UNITS.convert("1", "CREAT", "mg/dL", "umol/L") == Decimal("88")


@pytest.mark.parametrize("factor", ["0", "-1"])
def test_a_factor_is_above_zero(factor):
    with pytest.raises(ValueError, match="is not above 0"):
        UnitRow.of("X", "mg", "g", factor, "", "nonsense")


@given(st.decimals(-1000, 1000, allow_nan=False, places=3), st.integers(0, len(UNITS.rows) - 1))
def test_there_and_back(value, number):
    there = UNITS.rows[number].conversion
    assert there.then(there.reverse()).of(value) == Fraction(value)


def test_identity():
    assert UNITS.factor("X", "mg", "mg").identity
    assert not Conversion(Fraction(1), Fraction(1)).identity


def test_tables_name_units_and_tests_of_ct():
    known = {value for name in ("UNIT", "PKUNIT") for value in CT.get(name).values} | {""}
    tests = {
        value
        for name in ("LBTESTCD", "VSTESTCD", "CPTESTCD", "MITSCD")
        for value in CT.get(name).values
    }
    for row in UNITS.rows:
        assert {row.from_unit, row.to_unit} <= known, row
        assert row.test in {*tests, "*"}, row
        assert row.conversion.source, row
    assert set(UNITS.standards) <= tests
    assert {standard.unit for standard in UNITS.standards.values()} <= known


def test_no_pair_of_units_stands_twice():
    pairs = [(row.test, frozenset({row.from_unit, row.to_unit})) for row in UNITS.rows]
    assert len(set(pairs)) == len(pairs)


def test_rows_for_any_test_do_not_contradict_each_other():
    """Every unit is reached from the first of its quantity with one factor, whatever the way."""
    rows = [row for row in UNITS.rows if row.test == "*"]
    for row in rows:
        for other in rows:
            found = UNITS.factor("X", row.from_unit, other.to_unit)
            onward = UNITS.factor("X", row.to_unit, other.to_unit)
            if found and onward:
                chained = row.conversion.then(onward)
                assert (found.factor, found.offset) == (chained.factor, chained.offset)


def test_standards_stand_once():
    with (DATA / "standard_units.csv").open(encoding="utf-8") as file:
        tests = [row["test"] for row in csv.DictReader(file)]
    assert len(tests) == len(set(tests))
