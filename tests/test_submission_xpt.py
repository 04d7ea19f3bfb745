"""SAS transport files: layout and numbers by other readers and writers, and what is refused."""

import math
import struct
import time
import warnings
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xport_layout import ibm_value, parse

from mappings.columns import TEXT, texts
from mappings.problems import Problems
from sas.formats import FORMATS, parse_format, shows, stored_format
from sas.numbers import BLANK, LARGEST, SMALLEST, ibm_floats
from submission.xpt import XptDataset, XptError, XptVariable, read_xpt, sas_stamp, write_xpt
from submission.xpt_check import check_xpt, verify_xpt
from submission.xpt_numbers import sas_numbers

CREATED = datetime(2024, 1, 5, 14, 3, 2)
SYSTEM_AND_STAMPS = [(104, 120), (144, 176), (424, 440), (464, 496)]


def column(kind, values):
    if kind == "text":
        return pd.Series(list(values), dtype=TEXT)
    if kind in {"date", "datetime"}:
        return pd.Series(np.array(values, dtype="datetime64[s]"))
    return pd.Series(list(values), dtype="float64")


def dataset(*variables, name="LB", label="Laboratory", special=None):
    """A dataset of pairs: what describes a variable, and its values."""
    described = tuple(variable for variable, _ in variables)
    frame = pd.DataFrame({one.name: column(one.kind, values) for one, values in variables})
    return XptDataset(name, label, described, frame, special or {})


def text(name="A", length=8, label="Text", form=""):
    return XptVariable(name, label, "text", length, form)


def number(name="N", kind="number", form="", label="Number", length=8):
    return XptVariable(name, label, kind, length, form)


def written(made, folder, created=CREATED):
    path = folder / "made.xpt"
    write_xpt(made, path, created=created)
    return path


def found(made, records=None):
    problems = Problems()
    check_xpt(made, problems, records)
    return [(one.code, one.dataset, one.variable, one.value, one.message) for one in problems]


EXAMPLE = dataset(
    (text("USUBJID", 11, "Unique Subject Identifier"), ["01-701-1015", "01-701-1023", ""]),
    (number("LBSTRESN", form="8.2", label="Numeric Result/Finding"), [-1.5, math.nan, 0.0]),
    (text("LBORRES", 20, "Result", "$20."), ["<5", "it's (~10%)", "a b  c"]),
    (number("ADT", "date", "DATE9.", "Analysis Date"), ["1959-12-31", "2024-02-29", "NaT"]),
    (
        number("ADTM", "datetime", "DATETIME20.", "Analysis Datetime"),
        ["1960-01-01T00:00:01", "NaT", "2024-02-29T23:59:59"],
    ),
    (number("ATM", "time", "TIME8.", "Analysis Time"), [0.5, 86399.0, math.nan]),
)
ROWS = [
    ("01-701-1015", -1.5, "<5", -1.0, 1.0, 0.5),
    ("01-701-1023", ".", "it's (~10%)", 23435.0, ".", 86399.0),
    ("", 0.0, "a b  c", ".", 2024870399.0, "."),
]


def test_layout_by_a_parser_of_its_own(tmp_path):
    read = parse(written(EXAMPLE, tmp_path).read_bytes())
    assert (read.version, read.system, read.type) == ("9.4", "LIN X64", "")
    assert read.stamps == ("05JAN24:14:03:02",) * 4
    assert (read.name, read.label) == ("LB", "Laboratory")
    assert [(one.name, one.text, one.length, one.label, one.format) for one in read.variables] == [
        ("USUBJID", True, 11, "Unique Subject Identifier", ("", 0, 0)),
        ("LBSTRESN", False, 8, "Numeric Result/Finding", ("", 8, 2)),
        ("LBORRES", True, 20, "Result", ("$", 20, 0)),
        ("ADT", False, 8, "Analysis Date", ("DATE", 9, 0)),
        ("ADTM", False, 8, "Analysis Datetime", ("DATETIME", 20, 0)),
        ("ATM", False, 8, "Analysis Time", ("TIME", 8, 0)),
    ]
    assert {one.informat for one in read.variables} == {("", 0, 0)}
    assert read.rows == ROWS


def test_read_by_pyreadstat(tmp_path):
    path = written(EXAMPLE, tmp_path)
    frame, about = pyreadstat.read_xport(str(path))
    assert frame["ADT"].tolist()[1].isoformat() == "2024-02-29"
    assert about.variable_storage_width["USUBJID"] == 11
    problems = Problems()
    verify_xpt(EXAMPLE, path, problems)
    assert not list(problems)


def test_read_xpt_gives_what_was_written(tmp_path):
    path = written(EXAMPLE, tmp_path)
    read = read_xpt(path)
    assert (read.name, read.label) == (EXAMPLE.name, EXAMPLE.label)
    assert [one.format for one in read.variables] == [one.format for one in EXAMPLE.variables]
    assert [one.kind for one in read.variables] == ["text", "number", "text"] + ["number"] * 3
    assert read.frame["USUBJID"].dtype == TEXT
    before = path.read_bytes()
    assert written(read, tmp_path).read_bytes() == before


def without_system_and_stamps(content):
    for start, stop in SYSTEM_AND_STAMPS:
        content = content[:start] + b" " * (stop - start) + content[stop:]
    return content


@pytest.mark.parametrize("records", [1, 2, 3, 1000])
def test_bytes_of_another_writer(tmp_path, records):
    rng = np.random.default_rng(records)
    pool = np.array(["", "a", "MILD", "x" * 20, "two words", "~!\"#$%&'()*+,-./"], dtype=object)
    made = dataset(
        (number("N1", form="8.2"), rng.normal(scale=1e6, size=records)),
        (text("C1", 20, form="$20."), [*rng.choice(pool, records - 1), "x" * 20]),
        (number("N2", form="BEST12."), np.where(rng.random(records) < 0.3, np.nan, 0.1)),
        (text("C2", 1), ["Y"] * records),
        (number("N3", form="E8601DA10."), rng.integers(-9999, 9999, records)),
    )
    ours = written(made, tmp_path).read_bytes()
    pyreadstat.write_xport(
        made.frame,
        str(tmp_path / "theirs.xpt"),
        file_label=made.label,
        table_name=made.name,
        column_labels=[one.label for one in made.variables],
        variable_format={one.name: one.format for one in made.variables if one.format},
        file_format_version=5,
    )
    theirs = (tmp_path / "theirs.xpt").read_bytes()
    assert without_system_and_stamps(ours) == without_system_and_stamps(theirs)


@pytest.mark.parametrize("records", [65_535, 65_536, 65_537, 131_073])
def test_records_across_pieces(tmp_path, records):
    made = dataset(
        (text("A", 6), [str(place) for place in range(records)]),
        (number("N"), np.arange(records) / 3),
    )
    problems = Problems()
    verify_xpt(made, written(made, tmp_path), problems)
    assert not list(problems)


def test_any_frame_of_any_offset(tmp_path):
    """A column that is a piece of a longer one has its text somewhere in a longer buffer."""
    frame = pd.DataFrame({"A": texts(["lost", "", "kept", "é", "x"]), "N": np.arange(5.0)})
    piece = frame.iloc[1:3]
    made = XptDataset("LB", "", (text(), number()), piece)
    assert parse(written(made, tmp_path).read_bytes()).rows == [("", 1.0), ("kept", 2.0)]


def test_a_frame_joined_from_parts(tmp_path):
    parts = [pd.DataFrame({"A": texts(["a", "b" * place])}) for place in range(1, 5)]
    made = XptDataset("LB", "", (text(),), pd.concat(parts, ignore_index=True))
    rows = [("a",), ("b",), ("a",), ("bb",), ("a",), ("bbb",), ("a",), ("bbbb",)]
    assert parse(written(made, tmp_path).read_bytes()).rows == rows


# Numbers


@pytest.fixture(scope="module")
def codec():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # xport asks pkg_resources for its version
        from xport import v56
    return v56


EDGES = [0.0, -0.0, 1.0, -1.0, 0.1, 1 / 3, 100.0, 118625e-3, 2.0**53 - 1, 1e75, 1e-78, SMALLEST]
EDGES += [math.nextafter(LARGEST, 0), -SMALLEST, BLANK, math.pi, 15.999999999999998, 16.0]
EDGES += [sign * 2.0**power for power in range(-260, 252) for sign in (1, -1)]


def carried(value):
    return struct.pack(">Q", int(ibm_floats(np.array([value]))[0]))


@given(st.lists(st.floats(SMALLEST, LARGEST, exclude_max=True) | st.just(0.0), min_size=1))
@example(EDGES)
def test_numbers_are_exact(codec, values):
    values = np.array([*values, *(-np.array(values))])
    raw = [struct.pack(">Q", int(whole)) for whole in ibm_floats(values)]
    assert [ibm_value(one) for one in raw] == values.tolist()
    assert [codec.ibm_to_ieee(one) for one in raw] == values.tolist()
    known = [place for place, value in enumerate(values) if abs(value) < 2.0**249]
    assert [raw[place] for place in known] == [codec.ieee_to_ibm(values[place]) for place in known]


def test_numbers_of_a_large_sample(codec):
    rng = np.random.default_rng(7)
    values = rng.normal(size=20_000) * 10.0 ** rng.integers(-60, 60, 20_000)
    raw = ibm_floats(values)
    assert [struct.pack(">Q", int(one)) for one in raw] == [
        codec.ieee_to_ibm(value) for value in values.tolist()
    ]


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        pytest.param(1.0, "4110000000000000", id="one is a sixteenth times sixteen"),
        pytest.param(-118.625, "c276a00000000000", id="sign, exponent and fraction"),
        pytest.param(-0.0, "0000000000000000", id="zero has no sign"),
        pytest.param(math.nan, "2e00000000000000", id="missing is a point and zeros"),
        pytest.param(LARGEST / 16 * 15, "7ff0000000000000", id="largest exponent"),
        pytest.param(SMALLEST, "0010000000000000", id="smallest exponent"),
    ],
)
def test_number_bytes(value, raw):
    assert carried(value).hex() == raw


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(
    ("kind", "moment", "expected"),
    [
        pytest.param("date", "1960-01-01", 0.0, id="SAS counts from 1960"),
        pytest.param("date", "1959-12-31", -1.0, id="days before 1960"),
        pytest.param("date", "2024-02-29", 23435.0, id="a leap day"),
        pytest.param("date", "NaT", math.nan, id="a missing date"),
        pytest.param("datetime", "1959-12-31T23:59:59", -1.0, id="a second before 1960"),
        pytest.param("datetime", "2024-02-29T00:00:01", 2024784001.0, id="seconds, not days"),
        pytest.param("datetime", "NaT", math.nan, id="a missing datetime"),
    ],
)
def test_dates_become_sas_numbers(kind, moment, expected, unit):
    moments = pd.Series(np.array([moment], dtype=f"datetime64[{unit}]"))
    assert sas_numbers(moments, kind).tolist() == pytest.approx([expected], abs=0, nan_ok=True)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2024-02-29T00:00:01.5", 2024784001.5, id="half a second"),
        pytest.param("1959-12-31T23:59:58.75", -1.25, id="before 1960"),
        pytest.param("2024-02-29T00:00:01.123456789", 2024784001.123456789, id="nanoseconds"),
    ],
)
def test_fractions_of_seconds(moment, expected):
    moments = pd.Series(np.array([moment], dtype="datetime64[ns]"))
    assert sas_numbers(moments, "datetime").tolist() == [expected]


def test_special_missing_values(tmp_path):
    letters = ["", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ_"]
    made = dataset(
        (number("N"), [2.0] + [math.nan] * 27),
        (number("ADT", "date"), ["NaT"] * 28),
        special={"N": texts(letters), "ADT": texts(["", "Z"] * 14)},
    )
    path = written(made, tmp_path)
    read = parse(path.read_bytes())
    assert [row[0] for row in read.rows] == [2.0, *letters[1:]]
    assert [row[1] for row in read.rows] == [".", "Z"] * 14
    problems = Problems()
    verify_xpt(made, path, problems)
    assert not list(problems)


# Time and place


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_bytes_do_not_depend_on_the_time_zone(tmp_path, monkeypatch, zone):
    expected = written(EXAMPLE, tmp_path).read_bytes()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert written(EXAMPLE, tmp_path).read_bytes() == expected
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("moment", "stamp"),
    [
        pytest.param(datetime(2024, 1, 5, 14, 3, 2), "05JAN24:14:03:02", id="day and hour padded"),
        pytest.param(datetime(1999, 5, 31), "31MAY99:00:00:00", id="midnight"),
        pytest.param(datetime(2025, 10, 1, tzinfo=UTC), "01OCT25:00:00:00", id="as it is in UTC"),
        pytest.param(
            datetime(2025, 12, 1, 1, tzinfo=timezone(timedelta(hours=5))),
            "01DEC25:01:00:00",
            id="never moved to another zone",
        ),
        pytest.param(datetime(2026, 3, 9, 1, 2, 3, 999999), "09MAR26:01:02:03", id="cut, no round"),
    ],
)
def test_stamp(moment, stamp):
    assert sas_stamp(moment) == stamp


# What is refused

LONG = "x" * 201
AFTER_ALL = "is a lone point, the sign of a missing number"


@pytest.mark.parametrize(
    ("value", "length", "message"),
    [
        pytest.param("é", 8, "has characters that are not ASCII", id="an accent"),
        pytest.param("≥5", 8, "has characters that are not ASCII", id="a sign"),
        pytest.param("a\tb", 8, "has control characters", id="a tab"),
        pytest.param("a\nb", 8, "has control characters", id="a line end"),
        pytest.param("a\0b", 8, "has control characters", id="a NUL, which cuts the text"),
        pytest.param("a\x7fb", 8, "has control characters", id="a DEL"),
        pytest.param("123456789", 8, "is longer than the length of its variable, 8 bytes", id="9"),
        pytest.param(LONG, 200, "is longer than the 200 bytes of a text", id="201 bytes"),
        pytest.param(" a", 8, "begins with a blank", id="a leading blank"),
        pytest.param("a ", 8, "ends with a blank, which would be lost", id="a trailing blank"),
        pytest.param(".", 8, AFTER_ALL, id="a lone point"),
    ],
)
def test_refused_text(tmp_path, value, length, message):
    made = dataset((text("A", length), ["good", value, "", value]), (number(), [1, 2, 3, 4]))
    assert found(made) == [("XP601", "LB", "A", value, message)]
    refuse(made, tmp_path)


@pytest.mark.parametrize(
    ("value", "length"),
    [
        pytest.param("x" * 200, 200, id="200 bytes"),
        pytest.param("", 1, id="missing"),
        pytest.param(".5", 8, id="a point that is not alone"),
        pytest.param("~ !", 3, id="all of the printable ASCII"),
    ],
)
def test_text_that_is_carried(tmp_path, value, length):
    made = dataset((text("A", length), [value]), (number(), [1]))
    assert found(made) == []
    assert parse(written(made, tmp_path).read_bytes()).rows == [(value, 1.0)]


@pytest.mark.parametrize(
    ("value", "shown", "message"),
    [
        pytest.param(math.inf, "inf", "is infinite", id="infinite"),
        pytest.param(-math.inf, "-inf", "is infinite", id="negative infinite"),
        pytest.param(
            LARGEST, repr(LARGEST), "is too large, the limit is 2**252 (7.2e75)", id="2**252"
        ),
        pytest.param(-1e300, "-1e+300", "is too large, the limit is 2**252 (7.2e75)", id="-1e300"),
        pytest.param(
            math.nextafter(SMALLEST, 0),
            repr(math.nextafter(SMALLEST, 0)),
            "is too near to 0, the limit is 2**-260 (5.4e-79)",
            id="below 2**-260",
        ),
        pytest.param(
            5e-324, "5e-324", "is too near to 0, the limit is 2**-260 (5.4e-79)", id="denormal"
        ),
    ],
)
def test_refused_number(tmp_path, value, shown, message):
    made = dataset((number("N"), [1.0, math.nan, value]))
    assert found(made) == [("XP602", "LB", "N", shown, message)]
    refuse(made, tmp_path)


def test_refused_date_with_a_time(tmp_path):
    made = dataset((number("ADT", "date"), ["2024-01-05", "2024-01-05T12:00:00"]))
    assert found(made) == [("XP602", "LB", "ADT", "2024-01-05T12:00:00", "is not a whole day")]
    refuse(made, tmp_path)


@pytest.mark.parametrize(
    ("letter", "value", "message"),
    [
        pytest.param("a", math.nan, "has a special missing value that is not A to Z or _", id="a"),
        pytest.param(".", math.nan, "has a special missing value that is not A to Z or _", id="."),
        pytest.param("A", 2.0, "is a number with a special missing value", id="a number is there"),
    ],
)
def test_refused_special_missing_value(tmp_path, letter, value, message):
    made = dataset((number("N"), [1.0, value]), special={"N": texts(["", letter])})
    assert [(one[0], one[4]) for one in found(made)] == [("XP602", message)]
    refuse(made, tmp_path)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        pytest.param(
            number("LBSTRESNC"),
            "LBSTRESNC",
            "is not a name of 1 to 8 capital letters and digits, a letter first",
            id="a name of nine letters",
        ),
        pytest.param(
            number("lbseq"),
            "lbseq",
            "is not a name of 1 to 8 capital letters and digits, a letter first",
            id="a name in lower case",
        ),
        pytest.param(
            number("1A"),
            "1A",
            "is not a name of 1 to 8 capital letters and digits, a letter first",
            id="a digit first",
        ),
        pytest.param(
            number("_N_"),
            "_N_",
            "is not a name of 1 to 8 capital letters and digits, a letter first",
            id="an underscore",
        ),
        pytest.param(
            number("É"),
            "É",
            "is not a name of 1 to 8 capital letters and digits, a letter first",
            id="a capital letter beyond ASCII",
        ),
        pytest.param(
            number(label="x" * 41),
            "x" * 41,
            "is a label of 41 characters, more than 40",
            id="a long label",
        ),
        pytest.param(
            number(label="Größe"),
            "Größe",
            "is a label with characters that are not printable ASCII",
            id="a label with an umlaut",
        ),
        pytest.param(
            number(label="a\nb"),
            "a\nb",
            "is a label with characters that are not printable ASCII",
            id="a label of two lines",
        ),
        pytest.param(
            number(label="Age "), "Age ", "is a label that begins or ends with a blank", id="blank"
        ),
        pytest.param(
            number(label="Parkinson's"),
            "Parkinson's",
            "is a label with a ' or ' that has no partner",
            id="an apostrophe",
        ),
        pytest.param(
            number(label="Weight (kg"),
            "Weight (kg",
            "is a label with a ( or ) that has no partner",
            id="an open parenthesis",
        ),
        pytest.param(
            number(length=4), "4", "is not the length of a number, 8", id="a short number"
        ),
        pytest.param(
            text("N", 201), "201", "is not a length of text, 1 to 200 bytes", id="a length of 201"
        ),
        pytest.param(
            text("N", 0), "0", "is not a length of text, 1 to 200 bytes", id="a length of nothing"
        ),
        pytest.param(
            number(form="YESNO."),
            "YESNO.",
            "is not a SAS format with a width that it can have",
            id="a format of one's own",
        ),
        pytest.param(
            number(form="DATE9."), "DATE9.", "", id="numbers of days may show themselves as dates"
        ),
        pytest.param(
            number(form="$8."), "$8.", "is not a format that shows a number", id="text for a number"
        ),
        pytest.param(
            text("N", form="8."), "8.", "is not a format that shows a text", id="number for a text"
        ),
        pytest.param(
            number(kind="date", form="DATETIME20."),
            "DATETIME20.",
            "is not a format that shows a date",
            id="seconds for days",
        ),
        pytest.param(
            number(kind="datetime", form="DATE9."),
            "DATE9.",
            "is not a format that shows a datetime",
            id="days for seconds",
        ),
    ],
)
def test_refused_description(tmp_path, variable, value, message):
    values = {"text": ["x"], "number": [1.0]}.get(variable.kind, ["2024-01-05"])
    made = dataset((variable, values if variable.length else [""]), (text("Z"), ["z"]))
    expected = [("XP603", "LB", variable.name, value, message)] if message else []
    assert found(made) == expected
    if expected:
        refuse(made, tmp_path)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        pytest.param(
            {"name": "SUPPLBXYZ"},
            "XP603",
            "is not a name of 1 to 8 capital letters and digits, a letter first",
            id="dataset name",
        ),
        pytest.param(
            {"label": "y" * 41}, "XP603", "is a label of 41 characters, more than 40", id="label"
        ),
        pytest.param(
            {"label": "é"},
            "XP603",
            "is a label with characters that are not printable ASCII",
            id="dataset label beyond ASCII",
        ),
    ],
)
def test_refused_dataset(tmp_path, changes, code, message):
    made = dataset((number(), [1.0]), **changes)
    assert [(one[0], one[4]) for one in found(made)] == [(code, message)]
    refuse(made, tmp_path)


def test_refused_without_records_or_variables(tmp_path):
    without_records = dataset((text(), []), (number(), []), (number("D", "date"), []))
    message = "has no records, and an empty dataset is not submitted"
    assert [(one[0], one[4]) for one in found(without_records)] == [("XP604", message)]
    refuse(without_records, tmp_path)
    without_variables = XptDataset("LB", "", (), pd.DataFrame(index=pd.RangeIndex(2)))
    message = "has 0 variables, not 1 to 9,999"
    assert ("XP603", message) in [(one[0], one[4]) for one in found(without_variables)]
    refuse(without_variables, tmp_path)


def test_refused_name_of_two_variables(tmp_path):
    made = XptDataset("LB", "", (number(), number()), pd.DataFrame({"N": [1.0]}))
    assert [one[4] for one in found(made)] == ["is the name of two variables"]
    refuse(made, tmp_path)


@pytest.mark.parametrize(
    ("values", "numbers", "lost"),
    [
        pytest.param(["a", "", ""], None, 2, id="two blank records at the end"),
        pytest.param(["", ""], None, 2, id="all records blank"),
        pytest.param(["", "a"], None, 0, id="a blank record that is not at the end"),
        pytest.param(["a", ""], [1, 0], 0, id="a zero is not blank"),
        pytest.param(["a", ""], [1, math.nan], 0, id="a missing number is not blank"),
        pytest.param(["a", ""], [1, BLANK], 1, id="a number whose bytes are blanks"),
    ],
)
def test_refused_blank_records_at_the_end(tmp_path, values, numbers, lost):
    variables = [(text("A", 100), values)] + ([(number(), numbers)] if numbers else [])
    made = dataset(*variables)
    problems = Problems()
    check_xpt(made, problems)
    assert [(one.code, one.count) for one in problems] == ([("XP604", lost)] if lost else [])
    if lost:
        refuse(made, tmp_path)
    else:
        assert len(parse(written(made, tmp_path).read_bytes()).rows) == len(values)


def refuse(made, folder):
    """Nothing is written, and a file that was there stays."""
    path = folder / "made.xpt"
    path.write_bytes(b"older")
    with pytest.raises(XptError) as caught:
        write_xpt(made, path, created=CREATED)
    assert [str(one) for one in caught.value.problems] == str(caught.value).splitlines()
    assert [one.name for one in folder.iterdir()] == ["made.xpt"]
    assert path.read_bytes() == b"older"


def test_refused_in_a_later_piece(tmp_path):
    refuse(dataset((number(), [1.0] * 70_000 + [math.inf])), tmp_path)


def test_a_refusal_names_the_records():
    made = dataset((text("AETERM", 4), ["good", "Größe", "b", "Größe"]))
    records = pd.DataFrame({"subject": list("PQRS"), "source": "ae.csv", "row": range(2, 6)})
    problems = Problems()
    check_xpt(made, problems, lambda: records)
    assert [str(one) for one in problems] == [
        "error[XP601] LB.AETERM: 'Größe' has characters that are not ASCII, 2 records: "
        "Q ae.csv:3, S ae.csv:5"
        " (recode it, or have it written in ASCII where it was collected)",
        "error[XP601] LB.AETERM: 'Größe' is longer than the length of its variable, 4 bytes, "
        "2 records: Q ae.csv:3, S ae.csv:5",
    ]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        pytest.param("5 \u00b5g", "clean writes it", id="a sign with a form in ASCII"),
        pytest.param(" left", "clean writes it", id="a blank at the beginning"),
        pytest.param("right ", "clean writes it", id="a blank at the end"),
        pytest.param("two\nlines", "clean writes it", id="a line break"),
        pytest.param("Gr\u00f6\u00dfe", "recode it", id="a letter without one"),
        pytest.param("a\x07b", "recode it", id="a control sign"),
        pytest.param("x" * 201, "overflow:", id="a text that is too long"),
    ],
)
def test_a_refusal_offers_a_way_out(value, hint):
    problems = Problems()
    check_xpt(dataset((text("AETERM", 200), [value])), problems)
    assert [one.hint.startswith(hint) for one in problems] == [True]


@pytest.mark.parametrize(
    ("variables", "frame", "special"),
    [
        pytest.param((number(),), {"N": [1.0], "X": [1.0]}, {}, id="a column nobody describes"),
        pytest.param((number(), number("X")), {"N": [1.0]}, {}, id="a variable without values"),
        pytest.param((number(),), {"N": ["1"]}, {}, id="text for a number"),
        pytest.param((number(),), {"N": [1]}, {}, id="integers"),
        pytest.param((text(),), {"A": [1.0]}, {}, id="a number for text"),
        pytest.param((number(kind="date"),), {"N": [1.0]}, {}, id="a number for a date"),
        pytest.param((number(),), {"N": [1.0]}, {"X": [""]}, id="special values of nothing"),
        pytest.param((number(),), {"N": [1.0]}, {"N": ["", ""]}, id="special values of no record"),
        pytest.param((text(),), {"A": ["a"]}, {"A": ["A"]}, id="special values of text"),
    ],
)
def test_what_a_caller_must_not_do(variables, frame, special):
    letters = {name: texts(values) for name, values in special.items()}
    made = XptDataset("LB", "", variables, pd.DataFrame(frame), letters)
    with pytest.raises(ValueError, match=r"expected|not the same|without numbers"):
        check_xpt(made, Problems())


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["a", 1], id="a number among texts"),
        pytest.param(["a", None], id="a text that is None"),
        pytest.param(["a", math.nan], id="a text that is NaN"),
    ],
)
def test_objects_that_are_not_text(values):
    frame = pd.DataFrame({"A": pd.Series(values, dtype=object)})
    with pytest.raises(ValueError, match="A: text expected"):
        check_xpt(XptDataset("LB", "", (text(),), frame), Problems())


# Whatever is written comes back

NAMES = st.from_regex(r"[A-Z][A-Z0-9]{0,7}", fullmatch=True)
CLEAN = st.from_regex(r"([!-~]([ -~]{0,10}[!-~])?)?", fullmatch=True).filter(lambda one: one != ".")
ANY = CLEAN | st.text(max_size=12) | st.sampled_from([".", " ", "a" * 300])
CARRIED = st.floats(-1e75, 1e75, allow_subnormal=False).filter(lambda one: one == 0 or abs(one) > 1)
NUMBERS = st.none() | CARRIED
ANY_NUMBER = NUMBERS | st.floats()


@st.composite
def datasets(draw, any_text, any_number):
    size = draw(st.integers(1, 6))
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    variables = []
    for name in names:
        if draw(st.booleans()):
            values = draw(st.lists(any_text, min_size=size, max_size=size))
            longest = max(1, *(len(one) for one in values), draw(st.integers(1, 90)))
            variables.append((text(name, min(longest, 200)), values))
        else:
            cells = st.lists(any_number, min_size=size, max_size=size)
            values = [math.nan if one is None else one for one in draw(cells)]
            variables.append((number(name), values))
    return dataset(*variables, label=draw(CLEAN.filter(str.isalnum) | st.just("")))


@settings(deadline=None)  # a file is written
@given(made=datasets(CLEAN, NUMBERS))
def test_round_trip(tmp_path_factory, made):
    if found(made):
        assert {one[0] for one in found(made)} == {"XP604"}
        return
    folder = tmp_path_factory.getbasetemp()
    path = written(made, folder)
    read = read_xpt(path)
    assert (read.name, read.label) == (made.name, made.label)
    assert [one.name for one in read.variables] == [one.name for one in made.variables]
    assert [one.length for one in read.variables] == [one.length for one in made.variables]
    pd.testing.assert_frame_equal(read.frame, made.frame)
    by_layout = pd.DataFrame(parse(path.read_bytes()).rows, columns=list(made.frame))
    for one in made.variables:
        values = by_layout[one.name]
        values = texts(values) if one.kind == "text" else pd.to_numeric(values, errors="coerce")
        pd.testing.assert_series_equal(values, made.frame[one.name], check_dtype=False)


@settings(deadline=None)  # a file is written
@given(made=datasets(ANY, ANY_NUMBER))
def test_refused_or_the_same(tmp_path_factory, made):
    path = tmp_path_factory.getbasetemp() / "any.xpt"
    path.unlink(missing_ok=True)
    try:
        write_xpt(made, path, created=CREATED)
    except XptError:
        assert found(made)
        assert not path.exists()
        return
    problems = Problems()
    verify_xpt(made, path, problems)
    assert not list(problems)
    assert not found(made)


# A file that is not what it should be


def changed(path, place, raw):
    content = bytearray(path.read_bytes())
    content[place : place + len(raw)] = raw
    path.write_bytes(bytes(content))


DATA = 640 + 320 + 80  # headers, two descriptors filled up, the header of the data


@pytest.mark.parametrize(
    ("place", "raw", "variable", "message"),
    [
        pytest.param(DATA, b"B", "A", "reads back as another value", id="a text"),
        pytest.param(DATA + 4, b"\x42", "N", "reads back as another value", id="a number"),
        pytest.param(DATA + 16, b"B", "N", "reads back as another missing value", id="a letter"),
        pytest.param(640 + 16, b"X", "A", "reads back with another label, 'Xext'", id="its label"),
        pytest.param(
            640 + 140 + 64, b"\0\x09", "N", "reads back with another format, '9.2'", id="format"
        ),
        pytest.param(480 + 32, b"Y", "", "reads back with another label, 'Yab'", id="its dataset"),
        pytest.param(400 + 8, b"Q", "", "reads back with another name, 'QB'", id="its name"),
        pytest.param(
            640 + 8, b"C", "", "reads back with another variables, 'C, N'", id="a variable's name"
        ),
        pytest.param(
            DATA, b" " * 80, "", "reads back with another records, 0", id="the records are gone"
        ),
    ],
)
def test_verify_finds(tmp_path, place, raw, variable, message):
    made = dataset(
        (text("A", 4), ["AA", "AA"]),
        (number("N", form="8.2"), [1.0, math.nan]),
        special={"N": texts(["", "C"])},
        label="Lab",
    )
    path = written(made, tmp_path)
    changed(path, place, raw)
    problems = Problems()
    verify_xpt(made, path, problems)
    assert [(one.code, one.variable, one.message) for one in problems] == [
        ("XP605", variable, message)
    ]


def test_verify_reports_what_cannot_be_read(tmp_path):
    path = tmp_path / "lb.xpt"
    path.write_bytes(b"<html>404</html>" * 20)
    problems = Problems()
    verify_xpt(EXAMPLE, path, problems)
    (problem,) = problems
    assert problem.code == "XP605"
    assert "is not a SAS transport file of version 5" in problem.message


def two_datasets(path):
    content = path.read_bytes()
    path.write_bytes(content + content[240:])


def version_8(path):
    pyreadstat.write_xport(EXAMPLE.frame[["USUBJID"]], str(path), file_format_version=8)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(two_datasets, "holds 2 datasets, only one can be read", id="two datasets"),
        pytest.param(version_8, "is not a SAS transport file of version 5", id="version 8"),
        pytest.param(
            lambda path: path.write_bytes(b""),
            "is not a SAS transport file of version 5",
            id="an empty file",
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:240]),
            "holds 0 datasets, only one can be read",
            id="a library without datasets",
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:640]),
            "ends before its data",
            id="a file cut short",
        ),
    ],
)
def test_read_refuses(tmp_path, spoil, message):
    path = written(EXAMPLE, tmp_path)
    spoil(path)
    with pytest.raises(XptError, match=message):
        read_xpt(path)


def test_read_text_of_another_encoding(tmp_path):
    path = written(dataset((text("A", 4), ["caf?"]), (number(), [1.0])), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"caf?", b"caf\xe9"))
    assert read_xpt(path, encoding="WINDOWS-1252").frame["A"].tolist() == ["café"]


# Formats


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        pytest.param("DATE9.", ("DATE", 9, 0), id="name and width"),
        pytest.param("DATE.", ("DATE", 0, 0), id="the width that SAS takes"),
        pytest.param("8.2", ("", 8, 2), id="width and decimals"),
        pytest.param("8.", ("", 8, 0), id="width alone"),
        pytest.param("$20.", ("$", 20, 0), id="text"),
        pytest.param("$CHAR200.", ("$CHAR", 200, 0), id="text by name"),
        pytest.param("E8601DA10.", ("E8601DA", 10, 0), id="digits in a name"),
        pytest.param("E8601DT26.6", ("E8601DT", 26, 6), id="fractions of seconds"),
        pytest.param("E10.3", ("E", 10, 3), id="a name that others begin with"),
        pytest.param("DATE9", None, id="no point"),
        pytest.param("DATE12.", None, id="too wide"),
        pytest.param("DATE4.", None, id="too narrow"),
        pytest.param("DATE9.1", None, id="decimals of a date"),
        pytest.param("2.2", None, id="decimals that fill the width"),
        pytest.param(".", None, id="nothing at all"),
        pytest.param(".2", None, id="decimals without a width"),
        pytest.param("$201.", None, id="text too wide for a file"),
        pytest.param("date9.", None, id="lower case"),
        pytest.param("NONSENSE.", None, id="unknown"),
        pytest.param("non sense!!", None, id="no format"),
    ],
)
def test_parse_format(form, parts):
    made = parse_format(form)
    assert (made and (made.name, made.width, made.decimals)) == parts


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_and_read(tmp_path, name):
    family, narrowest, widest, decimals = FORMATS[name]
    form = f"{name}{widest}.{decimals if 0 < decimals < widest else ''}"
    made = dataset(
        (text("A", form=form), ["x"]) if family == "text" else (number("A", form=form), [1.0]),
        (number("N", form="" if family == "text" else f"{name}{max(narrowest, 1)}."), [1.0]),
    )
    path = written(made, tmp_path)
    assert [one.format for one in read_xpt(path).variables] == [
        one.format for one in made.variables
    ]
    parsed = parse_format(form)
    assert parsed
    assert shows(parsed, family)
    problems = Problems()
    verify_xpt(made, path, problems)
    assert not list(problems)


@pytest.mark.parametrize(
    ("form", "stored"),
    [
        pytest.param("DATE9.", "DATE9", id="no point"),
        pytest.param("8.2", "8.2", id="decimals"),
        pytest.param("8.0", "8", id="no decimals"),
        pytest.param("", "", id="none"),
    ],
)
def test_stored_format(form, stored):
    assert stored_format(form) == stored
