"""Pairs of small datasets that differ in one thing, and exactly that found."""

from dataclasses import replace

import pytest
from compared import BASE, KEYS, NAN, Data, compare, told

from comparison.findings import Code
from comparison.options import Options, Tolerance

NONE = Code(0)
KEYED = Options(keys=KEYS)
ROUNDED = Tolerance("absolute", 0.01)


def case(name, base, other, expected, code=NONE, options=KEYED, endings=("xpt", "xpt")):
    return pytest.param(base, other, expected, code, options, endings, id=name)


def label(**labels):
    return replace(BASE, labels={**BASE.labels, **labels})


def form(**formats):
    return replace(BASE, formats={**BASE.formats, **formats})


# The end of the descriptor of AVAL, without and with an informat.
NO_INFORMAT = b" " * 8 + bytes((0, 8, 0, 3, 0, 1, 0, 0)) + b" " * 8 + bytes(4)
INFORMAT = (NO_INFORMAT, NO_INFORMAT[:16] + b"BEST    " + bytes((0, 12, 0, 0)))

ATTRIBUTES = [
    case("nothing differs", BASE, BASE, []),
    case("label of the dataset", BASE, replace(BASE, label="Other"),
         ["dataset label: Analysis / Other"], Code.DSLABEL),
    case("label of a variable", BASE, label(AVAL="Value"),
         ["AVAL label: Analysis Value / Value"], Code.LABEL),
    case("a label that is not there", BASE, label(ADT=""), ["ADT label: Date / "], Code.LABEL),
    case("labels left out", BASE, label(ADT=""), [], options=Options(keys=KEYS, ignored={"label"})),
    case("format", BASE, form(ADT="E8601DA."), ["ADT format: DATE9. / E8601DA."], Code.FORMAT),
    case("width of a format", BASE, form(ADT="DATE11."), ["ADT format: DATE9. / DATE11."],
         Code.FORMAT),
    case("decimals of a format", BASE, form(AVAL="8.2"), ["AVAL format: 8.3 / 8.2"], Code.FORMAT),
    case("informat", BASE, replace(BASE, bytes=(INFORMAT,)), ["AVAL informat:  / BEST12."],
         Code.INFORMAT),
    case("length", BASE, replace(BASE, lengths={**BASE.lengths, "AVALC": 17}),
         ["AVALC length: 40 / 17"], Code.LENGTH),
    case("length of a key", BASE, replace(BASE, lengths={**BASE.lengths, "USUBJID": 2}),
         ["USUBJID length: 10 / 2"], Code.LENGTH),
    case("text for a number", BASE, form(ATM="").with_values(ATM=list("abcdef")),
         ["ATM type: Num / Char", "ATM length: 8 / 1", "ATM format: TIME8. / "],
         Code.TYPE | Code.LENGTH | Code.FORMAT),
    case("a variable in the base only", BASE,
         BASE.order("USUBJID", "PARAMCD", "AVAL", "ADT", "ADTM", "ATM"),
         ["AVALC in base alone"], Code.BASEVAR),
    case("a variable in the other only", BASE, BASE.with_values(NEW=[1.0] * 6),
         ["NEW in other alone"], Code.COMPVAR),
    case("one variable moved", BASE,
         BASE.order("USUBJID", "PARAMCD", "ADT", "ADTM", "ATM", "AVAL", "AVALC"),
         ["AVAL moved from 3 to 6"]),
    case("order left out", BASE,
         BASE.order("USUBJID", "PARAMCD", "ADT", "ADTM", "ATM", "AVAL", "AVALC"), [],
         options=Options(keys=KEYS, ignored={"order"})),
]  # fmt: skip

RECORDS = [
    case("a record in the base only", BASE, BASE.rows(1, 2, 3, 5, 6), ["record 4 in base alone"],
         Code.BASEOBS),
    case("a record in the other only", BASE.rows(1, 2, 3, 5, 6), BASE, ["record 4 in other alone"],
         Code.COMPOBS),
    case("another order of records", BASE, BASE.rows(6, 2, 4, 3, 5, 1), []),
    case("no record in common", BASE.rows(1, 2), BASE.rows(3),
         ["record 1 in base alone", "record 2 in base alone", "record 1 in other alone"],
         Code.BASEOBS | Code.COMPOBS),
    case("one key in two records on both sides", BASE.rows(1, 1, 2), BASE.rows(1, 1, 2),
         ["S1 OS on (1, 2) and (1, 2)"]),
    case("one key in more records of the base", BASE.rows(1, 1, 2), BASE.rows(2, 1),
         ["record 2 in base alone", "S1 OS on (1, 2) and (2,)"], Code.BASEOBS),
    case("nth is paired with nth", BASE.rows(1, 1), BASE.rows(1, 1).cell("AVAL", 2, 9.0),
         ["S1 OS on (1, 2) and (1, 2)", "2-2 AVAL: 1.5 / 9 (value)"], Code.VALUE),
    case("a key is missing in text", BASE.cell("PARAMCD", 2, ""), BASE.cell("PARAMCD", 2, ""),
         ["record 2 in base lacks a key", "record 2 in other lacks a key"]),
    case("a key is missing in a number", BASE, BASE,
         ["record 4 in base lacks a key", "record 4 in other lacks a key"],
         options=Options(keys=("USUBJID", "ADT"))),
    case("a numeric key", BASE.rows(1, 2, 3), BASE.rows(3, 1, 2).cell("AVALC", 2, "dead"),
         ["1-2 AVALC: alive / dead (value)"], Code.VALUE, options=Options(keys=("ADT",))),
    case("a key of another width", BASE,
         replace(BASE.rows(2, 1, 3, 4, 5, 6), lengths={**BASE.lengths, "PARAMCD": 5}),
         ["PARAMCD length: 8 / 5"], Code.LENGTH),
    case("no records on either side, with keys", BASE.rows(), BASE.rows(), [],
         options=Options(keys=("AVAL",)), endings=("parquet", "parquet")),
    case("records on one side only, with keys", BASE.rows(1), BASE.rows(),
         ["record 1 in base alone"], Code.BASEOBS, options=Options(keys=("AVAL",)),
         endings=("parquet", "csv")),
    case("-0 as a key is 0", BASE.rows(1, 6), BASE.rows(1, 6).cell("AVAL", 2, -0.0), [],
         options=Options(keys=("AVAL",))),
    case("record order without keys", BASE.rows(1, 2, 3), BASE.rows(1, 2).cell("AVAL", 1, 2.5),
         ["record 3 in base alone", "1-1 AVAL: 1.5 / 2.5 (value)"], Code.BASEOBS | Code.VALUE,
         options=Options()),
    case("no records at all on one side", BASE.rows(1), BASE.rows(),
         ["record 1 in base alone"], Code.BASEOBS, endings=("csv", "csv")),
]  # fmt: skip

VALUES = [
    case("a number", BASE, BASE.cell("AVAL", 1, 1.6), ["1-1 AVAL: 1.5 / 1.6 (value)"], Code.VALUE),
    case("a number by 1e-12", BASE, BASE.cell("AVAL", 3, 100.0 * (1 + 9e-13)),
         ["3-3 AVAL: 100 / 100.00000000009 (precision)"], Code.VALUE),
    case("a number by 2e-12", BASE, BASE.cell("AVAL", 3, 100.0 * (1 + 2e-12)),
         ["3-3 AVAL: 100 / 100.00000000019999 (value)"], Code.VALUE),
    case("precision set aside", BASE, BASE.cell("AVAL", 3, 100.0 * (1 + 9e-13)),
         ["AVAL: 1 set aside for precision"],
         options=Options(keys=KEYS, set_aside={"precision"})),
    case("-0 is 0", BASE, BASE.cell("AVAL", 6, -0.0), []),
    case("within an absolute tolerance", BASE, BASE.cell("AVAL", 1, 1.505),
         ["AVAL: 1 set aside for tolerance"], options=Options(keys=KEYS, tolerance=ROUNDED)),
    case("beyond an absolute tolerance", BASE, BASE.cell("AVAL", 1, 1.52),
         ["1-1 AVAL: 1.5 / 1.52 (value)"], Code.VALUE,
         options=Options(keys=KEYS, tolerance=ROUNDED)),
    case("within a tolerance of the variable", BASE, BASE.cell("AVAL", 1, 1.505),
         ["AVAL: 1 set aside for tolerance"],
         options=Options(keys=KEYS, tolerances={"ADTTE.AVAL": ROUNDED})),
    case("the tolerance of another variable", BASE, BASE.cell("AVAL", 1, 1.505),
         ["1-1 AVAL: 1.5 / 1.505 (value)"], Code.VALUE,
         options=Options(keys=KEYS, tolerances={"ADT": ROUNDED})),
    case("within a relative tolerance", BASE, BASE.cell("AVAL", 3, 101.0),
         ["AVAL: 1 set aside for tolerance"],
         options=Options(keys=KEYS, tolerance=Tolerance("relative", 0.01))),
    case("beyond a relative tolerance", BASE, BASE.cell("AVAL", 3, 101.0),
         ["3-3 AVAL: 100 / 101 (value)"], Code.VALUE,
         options=Options(keys=KEYS, tolerance=Tolerance("relative", 0.0099))),
    case("a relative tolerance near 0 with delta", BASE, BASE.cell("AVAL", 6, 0.001),
         ["AVAL: 1 set aside for tolerance"],
         options=Options(keys=KEYS, tolerance=Tolerance("relative", 0.01, delta=1.0))),
    case("within one percent", BASE, BASE.cell("AVAL", 3, 101.0),
         ["AVAL: 1 set aside for tolerance"],
         options=Options(keys=KEYS, tolerance=Tolerance("percent", 1.0))),
    case("percent of 0", BASE, BASE.cell("AVAL", 6, 1e-9),
         ["6-6 AVAL: 0 / 1e-09 (value)"], Code.VALUE,
         options=Options(keys=KEYS, tolerance=Tolerance("percent", 50.0))),
    case("equal once rounded", BASE, BASE.cell("AVAL", 1, 1.5049),
         ["AVAL: 1 set aside for digits"], options=Options(keys=KEYS, digits=2)),
    case("different once rounded", BASE, BASE.cell("AVAL", 1, 1.505),
         ["1-1 AVAL: 1.5 / 1.505 (value)"], Code.VALUE, options=Options(keys=KEYS, digits=2)),
    case("a date by a day", BASE, BASE.cell("ADT", 1, 23001.0),
         ["1-1 ADT: 2022-12-21 / 2022-12-22 (value)"], Code.VALUE),
    case("a date within a day", BASE, BASE.cell("ADT", 1, 23001.0),
         ["ADT: 1 set aside for tolerance"],
         options=Options(keys=KEYS, tolerances={"ADT": Tolerance("absolute", 1)})),
    case("a datetime by a minute", BASE, BASE.cell("ADTM", 1, 1987200060.0),
         ["1-1 ADTM: 2022-12-21T00:00:00 / 2022-12-21T00:01:00 (value)"], Code.VALUE),
    case("a time by a second", BASE, BASE.cell("ATM", 4, 86398.0),
         ["4-4 ATM: 23:59:59 / 23:59:58 (value)"], Code.VALUE),
    case("a date with a format on one side", BASE,
         replace(form(), formats={**BASE.formats, "ADT": ""}).cell("ADT", 1, 23001.0),
         ["ADT format: DATE9. / ", "1-1 ADT: 2022-12-21 / 2022-12-22 (value)"],
         Code.VALUE | Code.FORMAT),
    case("a datetime for a date", BASE, form(ADT="DATETIME20.").cell("ADT", 1, 1987200000.0),
         ["ADT format: DATE9. / DATETIME20.",
          "1-1 ADT: 2022-12-21 / 2022-12-21T00:00:00 (value)"], Code.VALUE | Code.FORMAT),
    case("a number missing in the other", BASE, BASE.cell("AVAL", 1, NAN),
         ["1-1 AVAL: 1.5 / . (missing in other)"], Code.VALUE),
    case("a number missing in the base", BASE.cell("AVAL", 1, NAN), BASE,
         ["1-1 AVAL: . / 1.5 (missing in base)"], Code.VALUE),
    case("another kind of missing", BASE,
         replace(BASE, special={"ADT": ["", "", "", "A", "", ""]}),
         ["4-4 ADT: . / .A (missing kind)"], Code.VALUE),
    case("._ for .Z", replace(BASE, special={"ADT": ["", "", "", "_", "", ""]}),
         replace(BASE, special={"ADT": ["", "", "", "Z", "", ""]}),
         ["4-4 ADT: ._ / .Z (missing kind)"], Code.VALUE),
    case("one kind of missing", replace(BASE, special={"ADT": ["", "", "", "A", "", ""]}),
         replace(BASE, special={"ADT": ["", "", "", "A", "", ""]}), []),
    case("kinds of missing set aside", BASE,
         replace(BASE, special={"ADT": ["", "", "", "A", "", ""]}),
         ["ADT: 1 set aside for missing kind"],
         options=Options(keys=KEYS, set_aside={"missing kind"})),
    case("missing in the base equals anything", BASE, BASE.cell("ADT", 4, 23000.0),
         ["ADT: 1 set aside for missing"],
         options=Options(keys=KEYS, missing_in_base_equal=True)),
    case("missing in the base equals anything, not in the other", BASE,
         BASE.cell("ADT", 1, NAN), ["1-1 ADT: 2022-12-21 / . (missing in other)"], Code.VALUE,
         options=Options(keys=KEYS, missing_in_base_equal=True)),
    case("a text", BASE, BASE.cell("AVALC", 3, "alive"),
         ["3-3 AVALC: dead / alive (value)"], Code.VALUE),
    case("a text missing in the other", BASE, BASE.cell("AVALC", 3, ""),
         ["3-3 AVALC: dead /  (missing in other)"], Code.VALUE),
    case("a text missing in the base", BASE, BASE.cell("AVALC", 4, "x"),
         ["4-4 AVALC:  / x (missing in base)"], Code.VALUE),
    case("case alone", BASE, BASE.cell("AVALC", 3, "Dead"),
         ["3-3 AVALC: dead / Dead (case)"], Code.VALUE),
    case("case set aside", BASE, BASE.cell("AVALC", 3, "Dead"),
         ["AVALC: 1 set aside for case"], options=Options(keys=KEYS, set_aside={"case"})),
    case("a leading blank", BASE, replace(BASE, bytes=((b"dead ", b" dead"),)),
         ["3-3 AVALC: dead /  dead (white space)"], Code.VALUE),
    case("a second blank inside", BASE, BASE.cell("AVALC", 5, "lost  to follow-up"),
         ["5-5 AVALC: lost to follow-up / lost  to follow-up (white space)"], Code.VALUE),
    case("white space set aside", BASE, BASE.cell("AVALC", 5, "lost to  follow-up"),
         ["AVALC: 1 set aside for white space"],
         options=Options(keys=KEYS, set_aside={"white space"})),
    case("a longer text and a longer variable", BASE,
         replace(BASE, lengths={**BASE.lengths, "AVALC": 50}).cell("AVALC", 3, "dead or alive"),
         ["AVALC length: 40 / 50", "3-3 AVALC: dead / dead or alive (value)"],
         Code.LENGTH | Code.VALUE),
    case("a variable left out", BASE, BASE.cell("AVALC", 3, "x"), [],
         options=Options(keys=KEYS, without=("AVALC",))),
    case("one variable only", BASE, BASE.cell("AVALC", 3, "x").cell("AVAL", 1, 2.0),
         ["1-1 AVAL: 1.5 / 2 (value)"], Code.VALUE, options=Options(keys=KEYS, only=("AVAL",))),
]  # fmt: skip

CAFE = BASE.cell("AVALC", 3, "cafe#")
UTF8 = replace(BASE.cell("AVALC", 3, "caf##"), bytes=((b"caf##", "café".encode()),))
WINDOWS = replace(BASE.cell("AVALC", 3, "caf#"), bytes=((b"caf#", "café".encode("cp1252")),))
DASH = replace(
    BASE.cell("AVALC", 5, "lost to follow###up"),
    bytes=((b"w###u", "w–u".encode()),),  # noqa: RUF001
)

ENCODINGS = [
    case("UTF-8 and Windows-1252 are one text", UTF8, WINDOWS, []),
    case("Windows-1252 in both", WINDOWS, WINDOWS, []),
    case("a letter with an accent", WINDOWS, BASE.cell("AVALC", 3, "cafe"),
         ["3-3 AVALC: café / cafe (value)"], Code.VALUE),
    case("case beyond ASCII", UTF8,
         replace(BASE.cell("AVALC", 3, "CAF#"), bytes=((b"CAF#", "CAFÉ".encode("cp1252")),)),
         ["3-3 AVALC: café / CAFÉ (case)"], Code.VALUE),
    case("a dash for a hyphen", BASE, DASH,
         ["5-5 AVALC: lost to follow-up / lost to follow–up (look-alike)"], Code.VALUE),  # noqa: RUF001
    case("a key in two encodings", replace(CAFE, bytes=((b"S3   ", b"S\xc3\xa9  "),)),
         replace(CAFE, bytes=((b"S3   ", b"S\xe9   "),)), []),
]  # fmt: skip

EQUAL = [
    case(f"{base} and {other} hold the same", BASE, BASE, [], endings=(base, other),
         options=Options(keys=KEYS, ignored={"length", "informat", "label", "format"}))
    for base in ("xpt", "v8", "csv", "parquet", "ndjson")
    for other in ("xpt", "v8", "csv", "parquet", "ndjson")
]  # fmt: skip
OTHERS = [
    case("a label in version 8", BASE, label(AVAL="Value"), ["AVAL label: Analysis Value / Value"],
         Code.LABEL, endings=("v8", "v8")),
    case("a value in Parquet", BASE, BASE.cell("ADT", 1, 23001.0),
         ["1-1 ADT: 2022-12-21 / 2022-12-22 (value)"], Code.VALUE, endings=("xpt", "parquet")),
    case("a value in CSV", BASE, BASE.cell("AVAL", 1, 2.0), ["1-1 AVAL: 1.5 / 2 (value)"],
         Code.VALUE, endings=("xpt", "csv")),
    case("two CSV files", BASE, BASE.cell("AVAL", 1, 2.0).cell("AVALC", 3, "DEAD"),
         ["1-1 AVAL: 1.5 / 2 (value)", "3-3 AVALC: dead / DEAD (case)"], Code.VALUE,
         endings=("csv", "csv")),
    case("keys of Dataset-JSON", BASE, BASE.rows(2, 1, 3, 4, 5, 6).cell("AVAL", 2, 9.0),
         ["1-2 AVAL: 1.5 / 9 (value)"], Code.VALUE, endings=("ndjson", "ndjson"),
         options=Options()),
    case("a length in Dataset-JSON", BASE, replace(BASE, lengths={**BASE.lengths, "AVALC": 30}),
         ["AVALC length: 40 / 30"], Code.LENGTH, endings=("xpt", "ndjson")),
]  # fmt: skip

CASES = [*ATTRIBUTES, *RECORDS, *VALUES, *ENCODINGS, *EQUAL, *OTHERS]


@pytest.mark.parametrize(("base", "other", "expected", "code", "options", "endings"), CASES)
def test_one_difference_is_found_and_nothing_else(
    tmp_path, base, other, expected, code, options, endings
):
    found = compare(tmp_path, base, other, options, endings)
    assert told(found) == expected
    assert found.code == code
    assert found.different == bool(code or found.order)


def test_there_are_enough_cases():
    assert len(CASES) - len(EQUAL) >= 40
    assert isinstance(BASE, Data)
