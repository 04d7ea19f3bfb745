"""Raw files of every kind as text with row numbers, and what is said of files that are broken."""

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mappings.columns import TEXT
from mappings.problems import Mark, Problems
from mappings.raw_form import RawForm
from sdtm.raw import read_raw
from sdtm.raw_csv import inside_quotes
from sdtm.raw_text import number_text, sas_text, sheet_shows

SHARED = Path(__file__).parents[2] / "shared" / "foreign"
SPEC = Mark("study.yaml", 9, 3)


def read(folder, content, name="enr.csv", **said):
    """The frame of one form whose file has the content, and the problems of reading it."""
    if content is not None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    problems = Problems()
    form = RawForm("enr", name, mark=SPEC, **said)
    return read_raw({"enr": form}, folder, problems)["enr"], list(problems)


def rows_of(frame):
    return frame.drop(columns="row").to_numpy(dtype=object).tolist()


@pytest.mark.parametrize(
    ("content", "said", "records", "lines"),
    [
        pytest.param("A,B\n1,2\n", {}, [["1", "2"]], [2], id="the first record is line 2"),
        pytest.param("A,B\r\n1,2\r\n", {}, [["1", "2"]], [2], id="R29 CRLF"),
        pytest.param("A,B\r1,2\r3,4", {}, [["1", "2"], ["3", "4"]], [2, 3], id="CR alone"),
        pytest.param("A,B\n1,2", {}, [["1", "2"]], [2], id="no line end behind the last record"),
        pytest.param(b"\xef\xbb\xbfA,B\n1,2\n", {}, [["1", "2"]], [2], id="R29 byte-order mark"),
        pytest.param('A,B\n"1,5",2\n', {}, [["1,5", "2"]], [2], id="R29 quoted comma"),
        pytest.param('A,B\n"a ""b""",2\n', {}, [['a "b"', "2"]], [2], id="doubled quote"),
        pytest.param('A,B\n5" tube,2\n', {}, [['5" tube', "2"]], [2], id="a quote inside a field"),
        pytest.param(
            'A,B\n"x\ny",2\n3,4\n', {}, [["x\ny", "2"], ["3", "4"]], [2, 4], id="quoted line break"
        ),
        pytest.param(
            'A,B\n"x\r\n\r\ny",2\r\n\r\n3,4\r\n',
            {},
            [["x\r\n\r\ny", "2"], ["3", "4"]],
            [2, 6],
            id="empty lines count, whether quoted or not",
        ),
        pytest.param(
            'A,B\n"x\ny",5" tube\n3,4\n',
            {},
            [["x\ny", '5" tube'], ["3", "4"]],
            [2, 4],
            id="a quoted line break beside a quote inside a field",
        ),
        pytest.param(
            '"A\nof",B\n1,2\n', {}, [["1", "2"]], [3], id="a line break in the header row"
        ),
        pytest.param("A;B\n1,5;2\n", {"delimiter": ";"}, [["1,5", "2"]], [2], id="semicolon"),
        pytest.param("A\tB\n1\t2\n", {"delimiter": "\t"}, [["1", "2"]], [2], id="tab"),
        pytest.param(
            b"A,B\nna\xefve,2\n",
            {"encoding": "windows-1252"},
            [["naïve", "2"]],
            [2],
            id="R29 Windows-1252",
        ),
        pytest.param(
            "A,B\n1,2\n".encode("utf-16"), {"encoding": "utf-16"}, [["1", "2"]], [2], id="UTF-16"
        ),
        pytest.param(
            "Label of A,Label of A\nA,B\n1,2\n",
            {"header_rows": 2},
            [["1", "2"]],
            [3],
            id="two header rows: the last one names, the labels may repeat",
        ),
        pytest.param("A,B,,\n1,2,,\n", {}, [["1", "2"]], [2], id="R29 trailing empty columns"),
        pytest.param("A,B\n1,2,,\n", {}, [["1", "2"]], [2], id="empty columns behind the header"),
        pytest.param("A,B,,\n1,2\n", {}, [["1", "2"]], [2], id="a header longer than its rows"),
        pytest.param("A,,B\n1,,2\n", {}, [["1", "2"]], [2], id="an empty column in between"),
        pytest.param("A,B\n,\n1,2\n , \n", {}, [["1", "2"]], [3], id="a blank row is no record"),
        pytest.param(
            "A,B\n 1 ,\u00a0\n", {}, [[" 1 ", ""]], [2], id="blanks stay around text only"
        ),
        pytest.param("A,B\n001,1.50\n", {}, [["001", "1.50"]], [2], id="zeros stay"),
        pytest.param("A,B\nNA,null\n", {}, [["NA", "null"]], [2], id="no word means missing"),
        pytest.param(
            "A,B\n1;2,3.5\n", {"decimal": ","}, [["1;2", "3.5"]], [2], id="R30 text stays as it is"
        ),
        pytest.param(" A , B\n1,2\n", {}, [["1", "2"]], [2], id="blanks around names"),
    ],
)
def test_csv(tmp_path, content, said, records, lines):
    frame, problems = read(tmp_path, content, **said)
    assert problems == []
    assert rows_of(frame) == records
    assert frame["row"].tolist() == lines
    assert [name for name in frame if name != "row"][-1] == "B"


def test_every_column_is_text_and_the_row_an_integer(tmp_path):
    frame, _ = read(tmp_path, "A,B\n1,\n")
    assert frame.dtypes.to_dict() == {"A": TEXT, "B": TEXT, "row": np.dtype("int64")}
    assert frame.index.equals(pd.RangeIndex(1))


def test_a_header_alone_gives_its_columns_and_no_row(tmp_path):
    frame, problems = read(tmp_path, "A,B\n")
    assert (list(frame), len(frame), problems) == (["A", "B", "row"], 0, [])
    assert frame["A"].dtype == TEXT


def test_r28_a_missing_optional_form_has_no_rows(tmp_path):
    frame, problems = read(tmp_path, None, subject="SUBJ")
    assert (list(frame), len(frame), problems) == (["row"], 0, [])


def test_progress_names_each_form(tmp_path):
    done = []
    forms = {name: RawForm(name, f"{name}.csv") for name in ("ae", "dm")}
    read_raw(forms, tmp_path, Problems(), done.append)
    assert done == ["ae", "dm"]


@pytest.mark.parametrize(
    ("content", "said", "code", "mark", "variable", "words"),
    [
        pytest.param(
            None, {"required": True}, "DT501", SPEC, "", "is required", id="R28 required file"
        ),
        pytest.param("", {}, "DT501", Mark("enr.csv", 1), "", "no header row", id="empty file"),
        pytest.param(
            "A\n", {"header_rows": 2}, "DT501", Mark("enr.csv", 1), "", "fewer than 2", id="one row"
        ),
        pytest.param(
            b"A,B\n1,2\n3,caf\xe9\n",
            {},
            "DT502",
            Mark("enr.csv", 3, 6),
            "enr.B",
            "byte 0xE9 is not utf-8",
            id="R29 byte outside UTF-8",
        ),
        pytest.param(
            b'A,B\r\n"1,\r\n5","caf\x81"\r\n',
            {"encoding": "windows-1252"},
            "DT502",
            Mark("enr.csv", 3, 8),
            "enr.B",
            "byte 0x81 is not windows-1252",
            id="R29 byte outside Windows-1252, behind a quoted line break",
        ),
        pytest.param(
            b"A,B\xe9\n1,2\n", {}, "DT502", Mark("enr.csv", 1, 4), "", "0xE9", id="in the header"
        ),
        pytest.param(
            b"\xef\xbb\xbfA,B\n1,2\n",
            {"encoding": "windows-1252"},
            "DT502",
            Mark("enr.csv", 1),
            "",
            "the mark of utf-8",
            id="a byte-order mark against the declared encoding",
        ),
        pytest.param(
            "A,B,A\n1,2,3\n",
            {},
            "DT503",
            Mark("enr.csv", 1, 3),
            "enr.A",
            "stands twice, as columns 1 and 3",
            id="a name twice",
        ),
        pytest.param(
            "A,row\n1,2\n", {}, "DT503", Mark("enr.csv", 1, 2), "enr.row", "row number", id="row"
        ),
        pytest.param(
            "Label\nA,SUBJID\n1,2\n",
            {"header_rows": 2, "subject": "SUBJ"},
            "DT503",
            Mark("enr.csv", 2),
            "enr.SUBJ",
            "is not a column",
            id="a role without its column",
        ),
        pytest.param(
            "A,B,\n1,2,\n1,2,x\n",
            {},
            "DT504",
            Mark("enr.csv", 3, 3),
            "",
            "column 3 holds values but has no name",
            id="a value under no name",
        ),
        pytest.param(
            "A,B\n1,2\n1,2,3\n",
            {},
            "DT504",
            Mark("enr.csv", 3, 3),
            "",
            "3 fields where 2 are expected",
            id="too many fields",
        ),
        pytest.param(
            'A,B\n"1\n2",2\n1\n',
            {},
            "DT504",
            Mark("enr.csv", 4, 2),
            "",
            "1 field where 2 are expected",
            id="too few fields, behind a quoted line break",
        ),
        pytest.param(
            "A,B,,\n1,2\n1,2\n1,2,3\n",
            {},
            "DT504",
            Mark("enr.csv", 4, 3),
            "",
            "3 fields where 2 are expected",
            id="the odd row is named, not the many",
        ),
        pytest.param(
            'A,B\n1,2\n3,"4\n5,6\n',
            {},
            "DT504",
            Mark("enr.csv", 3),
            "",
            "a quote is opened and never closed",
            id="an open quote",
        ),
        pytest.param(
            'A,B\n1,2\n"3"x,4\n',
            {},
            "DT504",
            Mark("enr.csv", 3),
            "",
            "the fields cannot be told apart",
            id="text behind a closing quote",
        ),
        pytest.param("A\n1\n", {"delimiter": ";;"}, "SP107", SPEC, "", "delimiter", id="delimiter"),
        pytest.param("A\n1\n", {"encoding": "utf-88"}, "SP107", SPEC, "", "encoding", id="codec"),
    ],
)
def test_what_is_wrong_with_a_csv_file(tmp_path, content, said, code, mark, variable, words):
    frame, (problem,) = read(tmp_path, content, **said)
    assert (problem.code, problem.mark, problem.variable) == (code, mark, variable)
    assert words in problem.message
    assert (list(frame), len(frame)) == (["row"], 0)


def test_rows_of_one_wrong_width_are_one_problem_with_examples(tmp_path):
    _, (problem,) = read(tmp_path, "A,B\n" + "1,2\n" + "1,2,3\n" * 7)
    assert problem.count == 7
    assert [str(example) for example in problem.examples] == [f"enr.csv:{n}" for n in range(3, 8)]


def test_each_undecodable_byte_has_its_place(tmp_path):
    _, problems = read(tmp_path, b"A,B\n\xe9,2\n3,\xe8\n")
    places = [(problem.mark.line, problem.mark.column, problem.variable) for problem in problems]
    assert places == [(2, 1, "enr.A"), (3, 3, "enr.B")]
    assert "windows-1252" in problems[0].hint


def test_every_file_is_looked_at_before_the_build_stops(tmp_path):
    (tmp_path / "ae.csv").write_text("A,A\n")
    (tmp_path / "dm.csv").write_text("A\n1\n2,3\n")
    (tmp_path / "vs.csv").write_text("A\n1\n")
    problems = Problems()
    forms = {name: RawForm(name, f"{name}.csv") for name in ("ae", "dm", "vs")}
    frames = read_raw(forms, tmp_path, problems)
    assert [problem.code for problem in problems] == ["DT503", "DT504"]
    assert [len(frame) for frame in frames.values()] == [0, 0, 1]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        pytest.param("../outside.csv", "SP113", id="a step up"),
        pytest.param("/etc/hostname", "SP113", id="an absolute path"),
        pytest.param("link.csv", "SP113", id="a link to the outside"),
        pytest.param("sub/../../outside.csv", "SP113", id="a step up further on"),
        pytest.param("bad\0name.csv", "SP113", id="no path at all"),
        pytest.param("inside.doc", "DT501", id="a kind of file nobody reads"),
    ],
)
def test_files_that_are_refused(tmp_path, file, code):
    (tmp_path / "outside.csv").write_text("A\n1\n")
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "inside.doc").write_text("A\n1\n")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    problems = Problems()
    frames = read_raw({"enr": RawForm("enr", file, mark=SPEC)}, folder, problems)
    (problem,) = problems
    assert (problem.code, problem.mark, problem.value) == (code, SPEC, file)
    assert len(frames["enr"]) == 0


def test_a_link_inside_the_folder_and_a_folder_below_are_read(tmp_path):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "a.csv").write_text("A\n1\n")
    (tmp_path / "b.csv").symlink_to(tmp_path / "lab" / "a.csv")
    forms = {"a": RawForm("a", "lab/a.csv"), "b": RawForm("b", "b.csv")}
    problems = Problems()
    frames = read_raw(forms, tmp_path, problems)
    assert [rows_of(frame) for frame in frames.values()] == [[["1"]], [["1"]]]
    assert not len(problems)


text_cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
special_cells = st.text(st.sampled_from('a ,;"\r\n\t\u00a0é'), max_size=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(*[text_cells | special_cells] * 3), max_size=6),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from(",;\t"),
)
def test_what_the_csv_module_writes_reads_back(tmp_path, rows, quoting, end, delimiter):
    if quoting == csv.QUOTE_MINIMAL:  # before Python 3.13 the module leaves CR without quotes
        rows = [tuple(cell.replace("\r", "") for cell in row) for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=end, delimiter=delimiter)
    writer.writerow(["A", "B", "C"])
    starts = []
    for row in rows:
        so_far = text.getvalue()
        starts.append(len(io.StringIO(so_far, newline="").readlines()) + 1)
        writer.writerow(row)
    frame, problems = read(tmp_path, text.getvalue(), delimiter=delimiter)
    expected = [
        ([cell if cell.strip() else "" for cell in row], start)
        for row, start in zip(rows, starts, strict=True)
        if any(cell.strip() for cell in row)
    ]
    assert problems == []
    assert rows_of(frame) == [cells for cells, _ in expected]
    assert frame["row"].tolist() == [start for _, start in expected]


PIECES = ["a,b\n", 'a,"b\n"\r\n', '"",""\r', "\r\n", "\n", '"""a",b\n', "a", ",", '"']


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_any_text_reads_as_the_csv_module_reads_it(tmp_path, text):
    frame, problems = read(tmp_path, "A,B\n" + text)
    reader = csv.reader(io.StringIO("A,B\n" + text, newline=""), strict=True)
    expected, line = [], 1
    try:
        for fields in reader:
            expected += [(fields, line)] if fields else []
            line = reader.line_num + 1
    except csv.Error:
        assert [problem.code for problem in problems] == ["DT504"]
        return
    assume(all(len(fields) == 2 for fields, _ in expected))
    records = [[cell if cell.strip() else "" for cell in fields] + [at] for fields, at in expected]
    assert problems == []
    assert frame.to_numpy(dtype=object).tolist() == [
        row for row in records[1:] if row[:2] != ["", ""]
    ]


@given(st.text(st.sampled_from('a,"\r\n'), max_size=30), st.integers(1, 7))
def test_quotes_are_followed_across_blocks(text, block):
    values = np.frombuffer(text.encode(), dtype=np.uint8)
    ends = np.flatnonzero(values == 10)
    whole, parts = (inside_quotes(values, ends, ",", size) for size in (1000, block))
    assert (whole is None) == (parts is None)
    if whole is not None:
        assert whole.tolist() == parts.tolist()


def workbook(folder, rows, formats=None, name="enr.xlsx", title="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    book.save(folder / name)


def read_sheet(folder, rows, formats=None, **said):
    workbook(folder, rows, formats)
    return read(folder, None, name="enr.xlsx", **said)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        pytest.param("001", None, "001", id="text keeps its zeros"),
        pytest.param(12, None, "12", id="integer"),
        pytest.param(12.0, None, "12", id="a whole number has no point"),
        pytest.param(0.1, None, "0.1", id="shortest text of a number"),
        pytest.param(0.00001, None, "0.00001", id="a small number is written out"),
        pytest.param(True, None, "TRUE", id="true"),
        pytest.param(False, None, "FALSE", id="false"),
        pytest.param(dt.date(2024, 3, 1), None, "2024-03-01", id="date"),
        pytest.param(dt.datetime(2024, 3, 1), "dd-mmm-yyyy", "2024-03-01", id="shown as date"),
        pytest.param(
            dt.datetime(2024, 3, 1), "yyyy-mm-dd hh:mm", "2024-03-01T00:00", id="midnight shown"
        ),
        pytest.param(
            dt.datetime(2024, 3, 1, 14, 5, 30),
            "yyyy-mm-dd",
            "2024-03-01T14:05:30",
            id="hidden time",
        ),
        pytest.param(dt.datetime(2024, 3, 1, 14, 5), None, "2024-03-01T14:05:00", id="datetime"),
        pytest.param(dt.time(14, 5), "h:mm", "14:05", id="a time without seconds"),
        pytest.param(dt.time(14, 5), None, "14:05:00", id="a time with seconds"),
        pytest.param(dt.timedelta(hours=26, minutes=30), "[h]:mm", "26:30", id="over a day"),
        pytest.param("  ", None, "", id="blank"),
        pytest.param(None, None, "", id="no value"),
    ],
)
def test_cells_of_a_sheet_become_text(tmp_path, value, number_format, text):
    formats = {"B2": number_format} if number_format else None
    frame, problems = read_sheet(tmp_path, [["A", "B"], ["x", value]], formats)
    assert problems == []
    assert frame["B"].tolist() == [text]
    assert frame["row"].tolist() == [2]


def test_rows_of_a_sheet_are_counted_as_shown(tmp_path):
    rows = [["Label", "Label"], ["A", "B"], ["1"], [], ["2", "x"]]
    frame, problems = read_sheet(tmp_path, rows, header_rows=2)
    assert problems == []
    assert rows_of(frame) == [["1", ""], ["2", "x"]]
    assert frame["row"].tolist() == [3, 5]


def test_r30_numbers_of_typed_cells_have_the_decimal_mark_of_their_form(tmp_path):
    frame, _ = read_sheet(tmp_path, [["A", "B"], ["3,5", 3.5]], decimal=",")
    assert rows_of(frame) == [["3,5", "3,5"]]


def test_a_sheet_by_its_name(tmp_path):
    book = openpyxl.Workbook()
    for title in ("ENR", "DEM"):
        book.create_sheet(title).append([f"{title}_A"])
    book.save(tmp_path / "all.xlsx")
    problems = Problems()
    forms = {
        "dem": RawForm("dem", "all.xlsx", sheet="DEM", mark=SPEC),
        "ae": RawForm("ae", "all.xlsx", sheet="EMR", mark=SPEC),
    }
    frames = read_raw(forms, tmp_path, problems)
    assert list(frames["dem"]) == ["DEM_A", "row"]
    (problem,) = problems
    assert (problem.code, problem.value, problem.mark) == ("DT501", "EMR", SPEC)
    assert problem.hint == "did you mean ENR?"


@pytest.mark.parametrize(
    ("rows", "code", "mark", "words"),
    [
        pytest.param([["A", "A"]], "DT503", Mark("enr.xlsx", 1, 2), "stands twice", id="twice"),
        pytest.param(
            [["A"], ["1"], ["2", "x"]], "DT504", Mark("enr.xlsx", 3, 2), "no name", id="no name"
        ),
        pytest.param(
            [["A"], ["=1+1"]], "DT501", Mark("enr.xlsx", 2, 1), "stored result", id="formula"
        ),
        pytest.param(
            [["A"], ["#N/A"]], "DT501", Mark("enr.xlsx", 2, 1), "spreadsheet error", id="error"
        ),
        pytest.param([], "DT501", Mark("enr.xlsx", 1), "no header row", id="empty sheet"),
    ],
)
def test_what_is_wrong_with_a_sheet(tmp_path, rows, code, mark, words):
    _, (problem,) = read_sheet(tmp_path, rows)
    assert (problem.code, problem.mark) == (code, mark)
    assert words in problem.message


SAS = {"D": "DATE9.", "T": "DATETIME20.", "H": "TIME5."}


def xport(folder, columns, name="enr.xpt"):
    pyreadstat.write_xport(
        pd.DataFrame(columns),
        folder / name,
        variable_format={name: shown for name, shown in SAS.items() if name in columns},
    )


def test_sas_transport_values_become_text(tmp_path):
    columns = {
        "A": ["001", "é", ""],
        "N": [1.0, math_nan := float("nan"), 0.1],
        "D": [23436.0, math_nan, 0.0],
        "T": [23436 * 86400 + 50700.0, math_nan, 0.5],
        "H": [50700.0, math_nan, 50701.0],
    }
    xport(tmp_path, columns)
    frame, problems = read(tmp_path, None, name="enr.xpt")
    assert problems == []
    assert rows_of(frame) == [
        ["001", "1", "2024-03-01", "2024-03-01T14:05:00", "14:05"],
        ["é", "", "", "", ""],
        ["", "0.1", "1960-01-01", "1960-01-01T00:00:00.5", "14:05:01"],
    ]
    assert frame["row"].tolist() == [1, 2, 3]


def test_sas_text_is_decoded_as_declared_or_not_at_all(tmp_path):
    xport(tmp_path, {"A": ["x", "é", "é"], "B": ["y", "", ""]})
    data = (tmp_path / "enr.xpt").read_bytes().replace("é".encode(), b"\xe9 ")
    frame, problems = read(tmp_path, data, name="enr.xpt", encoding="windows-1252")
    assert (frame["A"].tolist(), problems) == (["x", "é", "é"], [])
    _, (problem,) = read(tmp_path, data, name="enr.xpt")
    assert (problem.code, problem.mark, problem.variable, problem.count) == (
        "DT502",
        Mark("enr.xpt", 2, 1),
        "enr.A",
        2,
    )


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        pytest.param(23436.0, "YYMMDD10", "2024-03-01", id="YYMMDD"),
        pytest.param(23436.0, "E8601DA10.", "2024-03-01", id="ISO date"),
        pytest.param(23436.5, "DATE9", "2024-03-01T12:00", id="a date with a part of a day"),
        pytest.param(1.0, "DATETIME13.", "1960-01-01T00:00:01", id="seconds that are not shown"),
        pytest.param(60.0, "DATETIME13.", "1960-01-01T00:01", id="no seconds shown"),
        pytest.param(60.0, "E8601DT19.", "1960-01-01T00:01:00", id="ISO datetime"),
        pytest.param(90000.0, "TIME8.", "25:00:00", id="a time beyond a day"),
        pytest.param(-60.0, "TIME8.", "-00:01:00", id="a negative time"),
        pytest.param(3.0, "TIMEPT.", "3", id="a format of the study's own is no time"),
        pytest.param(3.0, "", "3", id="no format"),
        pytest.param(1e9, "DATE9.", "1000000000", id="beyond the calendar"),
        pytest.param("A", "8.2", ".A", id="special missing value"),
    ],
)
def test_sas_numbers_by_their_format(value, shown, text):
    assert sas_text(value, shown) == text


@pytest.mark.parametrize(
    ("file", "content"),
    [("enr.xpt", b"no"), ("enr.sas7bdat", b"no"), ("enr.xlsx", b"no"), ("enr.parquet", b"no")],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path, file, content):
    _, (problem,) = read(tmp_path, content, name=file)
    assert (problem.code, problem.mark) == ("DT501", Mark(file, 1))
    assert problem.message.startswith("cannot be read: ")


def test_parquet_values_become_text(tmp_path):
    columns = {
        "text": pa.array(["001", None]),
        "word": pa.array(["a", None]).dictionary_encode(),
        "bytes": pa.array(["é".encode(), None]),
        "integer": pa.array([2**60 + 1, None], pa.int64()),
        "double": pa.array([0.1, float("nan")]),
        "single": pa.array([3.2, None], pa.float32()),
        "exact": pa.array([Decimal("1.50"), None]),
        "flag": pa.array([True, None]),
        "date": pa.array([dt.date(2024, 3, 1), None]),
        "moment": pa.array([dt.datetime(2024, 3, 1, 14, 5), None], pa.timestamp("us")),
        "zoned": pa.array([dt.datetime(2024, 3, 1), None], pa.timestamp("s", "UTC")),
        "clock": pa.array([dt.time(14, 5), None]),
        "nothing": pa.nulls(2),
        "key": pa.array(["1", "2"]),
    }
    pq.write_table(pa.table(columns), tmp_path / "enr.parquet")
    frame, problems = read(tmp_path, None, name="enr.parquet")
    assert problems == []
    first, second = rows_of(frame)
    assert first == [
        *("001", "a", "é", "1152921504606846977", "0.1", "3.2", "1.50", "TRUE", "2024-03-01"),
        *("2024-03-01T14:05:00", "2024-03-01T00:00:00+00:00", "14:05:00", "", "1"),
    ]
    assert second == [""] * 13 + ["2"]
    assert frame["row"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("column", "code", "words"),
    [
        pytest.param(pa.array([[1], [2]]), "DT501", "more than one value", id="lists"),
        pytest.param(pa.array([b"x", b"\xe9"]), "DT502", "byte 0xE9", id="bytes"),
        pytest.param(pa.array([b"x", b"\xe9"]).view(pa.string()), "DT502", "0xE9", id="text"),
    ],
)
def test_what_is_wrong_with_a_parquet_file(tmp_path, column, code, words):
    pq.write_table(pa.table({"A": ["1", "2"], "B": column}), tmp_path / "enr.parquet")
    _, (problem,) = read(tmp_path, None, name="enr.parquet")
    assert (problem.code, problem.variable, problem.mark.column) == (code, "enr.B", 2)
    assert words in problem.message


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_number_reads_back_the_same(value):
    assert float(number_text(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_the_text_of_a_single_reads_back_the_same(value):
    assert np.float32(number_text(np.float32(value))) == np.float32(value)


@pytest.mark.parametrize(
    ("number_format", "shows"),
    [
        pytest.param("General", "", id="general"),
        pytest.param("yyyy-mm-dd h:mm:ss", "hs", id="all"),
        pytest.param('yyyy"hours"', "", id="quoted words are no parts"),
        pytest.param("[$-409]h:mm AM/PM", "h", id="a language is no part"),
        pytest.param("[h]:mm", "h", id="hours beyond a day"),
    ],
)
def test_parts_of_the_time_a_sheet_shows(number_format, shows):
    assert sheet_shows(number_format) == shows


@pytest.mark.skipif(not SHARED.is_dir(), reason="the foreign data are not beside the project")
@pytest.mark.parametrize(
    ("file", "columns", "records"),
    [("AE", 64, 4), ("DM", 32, 3), ("EX", 25, 1), ("LBCC", 76 + 1, 9), ("VS", 44, 11)],
)
def test_a_viedoc_export(file, columns, records):
    name = f"viedoc/DEMO_GDISC_20240903_072908_{file}.csv"
    form = RawForm(file.lower(), name, header_rows=2, subject="SubjectId", site="SiteCode")
    problems = Problems()
    frame = read_raw({"form": form}, SHARED, problems)["form"]
    assert not len(problems)
    assert (frame.shape[1] - 1, len(frame)) == (columns, records)
    assert frame["row"].tolist() == list(range(3, records + 3))
    assert frame.columns[0] == "SiteSeq"
    assert set(frame["SiteCode"]) == {"KIEM"}


@pytest.mark.parametrize(
    ("content", "said", "codes", "mark"),
    [
        pytest.param("SUBJ;A\n1;2\n", {"subject": "SUBJ"}, ["DT503"], '";"', id="semicolons"),
        pytest.param("SUBJ\tA\n1\t2\n", {"subject": "SUBJ"}, ["DT503"], r'"\t"', id="tabs"),
        pytest.param("A;B\n1;2,5\n3;4\n", {}, ["DT504"], '";"', id="with decimal commas"),
        pytest.param(
            "A,B\n1,2\n", {"subject": "A", "delimiter": ";"}, ["DT503"], '","', id="commas"
        ),
        pytest.param("A,B\n1,2,3\n", {}, ["DT504"], None, id="the declared one"),
        pytest.param("A;x,B\n1,2,3\n", {}, ["DT504"], None, id="a name with a semicolon"),
    ],
)
def test_another_delimiter_is_offered(tmp_path, content, said, codes, mark):
    _, problems = read(tmp_path, content, **said)
    assert [problem.code for problem in problems] == codes
    hint = f"delimiter: {mark} in the raw form, if that parts the columns" if mark else ""
    assert problems[0].hint == hint


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        pytest.param("Subject Id,A\nSUBJ,B\n1,2\n", {}, 2, id="names below labels"),
        pytest.param("X,Y\nSubject,A\nSUBJ,B\n1,2\n", {}, 3, id="names in the third row"),
        pytest.param("X,Y\nL,M\nSUBJ,B\n1,2\n", {"header_rows": 2}, 3, id="one more"),
        pytest.param("SUBJECT,B\n1,2\n", {}, 0, id="another name"),
    ],
)
def test_more_header_rows_are_offered(tmp_path, content, said, hint):
    _, (problem,) = read(tmp_path, content, subject="SUBJ", **said)
    offered = f"header_rows: {hint} takes its names from that row"
    assert problem.hint == (offered if hint else "did you mean SUBJECT?")
