"""Files and folders: formats beside the transport file, what is refused, what is told."""

import base64
import gzip
import json
import os
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from compared import BASE, KEYS, NAN, Data, told, write

from comparison.compare import compare, compare_files
from comparison.findings import Code, ComparisonError, Header
from comparison.options import Options
from comparison.sides import open_side

KEYED = Options(keys=KEYS)

# The dataset of the cases as ReadStat writes it, but that ADT of the fourth record is .A.
SAS7BDAT = (
    "eNrtWUFo01AYfmm7ttNRW+hwB9G4eRhjK81Sh4Jg49rhpNVisjFBcIVVNwjrWLs58eAUDzvsooi4oTeP4sVdFJQhgk"
    "fZRXaYePPgycPUqXU1eXkvTX6XrVMLiu+D8Of/8v//+9/730teEoQqeP7+6uCjcOjV05t+VP9SmG3aFwyJzUgUOZfA"
    "GSZhhNycjRe5FhGFw4h3czSOLMl8T28qKSUUJck7A22BhKRI1G5pWQrlJt9KVP5kHDQODtCHI9FYVEgfTI2MTkxZeD"
    "EiRCPRDkHoikYEISLAcFOHus51xSq63u6925EiPaD9nScr69Y8EQMDAwMDAwMDAwMDAwPDX4Q58t4K0eImJ65GtEsT"
    "yw2G2uq22y0Svgn4D+8w5IDLzq/UG3KWEuSFfYbwCuBL/o3tFwh/HPBFwsdBPjEHftW3Mb/gwBcd+JgDv+rdnAfpE6"
    "wdxWLyNXa7cfeN+T1BFujXk1OyIbPqyGSO3xrW+C4cd3oKx79+i8bnH8Qr8TM9RgNj4/kL47lCITdUffwzRncvG/mj"
    "pbUrWO59F5c7Yf5DuewQv838g4tYPMNxX8yT/D/s/miJT/OvFkbk+Tkdj43xn9bz52fu0/HR+iGLMH81XyjyxTx/Pq"
    "+q+YsdE2NVf+2avobHJ/XQrO/JeCU+zf9X6svAwOCE9W9ljD/t73ewV5GnKv+wg/8giOzkX+/gP4DbV8wsnPN3b9Lr"
    "OArUePyq9jfcy/TzfDuRPrRTe476TDs3KpV1tk4792Ive5wSiUP/C9BbKN66eFyozVpXj8teZw9nVoXqQaA3Ab2T6K"
    "0gng6SSrmyT2gnPYkReYTUL0OqdJbow0Qfw/204jvonz7F4FND/8ciK8mMNJpVLxVGCn1y37ETvQmUkU5L6e4Ekvql"
    "FL3G92fViRxCUkJBiWwxp/nq/3jSulR600lJSSMsNZ9uWLSSPRePWbPaoMFnrzHdX3nBfssLxooD+UG9DOzqgF0dmK"
    "Mc6CfUyVLYci18rdLuS/n31ta/hk8aNppHnzXgPSHRQ+B6KNpM7q32eQAB49J7zX5zK2q/HgDzpPyf1aNW76PbBV1n"
    "LqAHgB4EeiPQ/TXrqR/fUw7gFsKWdhrw+Z4qW/ZomerPvICNbTPPvM5Dg/EDMaSIjg=="
)  # fmt: skip


# SAS7BDAT


@pytest.fixture
def sas7bdat(tmp_path):
    path = tmp_path / "adtte.sas7bdat"
    path.write_bytes(zlib.decompress(base64.b64decode(SAS7BDAT)))
    return path


def test_sas7bdat_and_a_transport_file(tmp_path, sas7bdat):
    found = compare_files(write(BASE, tmp_path / "adtte"), sas7bdat, KEYED)
    assert told(found) == ["4-4 ADT: . / .A (missing kind)"]
    assert found.other.format == "SAS7BDAT"
    (informat,) = [check for check in found.checks if check.name == "informat of variables"]
    assert (informat.outcome, informat.detail) == ("not compared", "SAS7BDAT does not carry it")


def test_sas7bdat_attributes_differ(tmp_path, sas7bdat):
    other = replace(BASE, labels={"ADT": "Day"}, lengths={**BASE.lengths, "AVALC": 30})
    found = compare_files(
        sas7bdat, write(other, tmp_path / "adtte"), Options(only=("AVALC", "ADT"))
    )
    assert told(found)[:2] == ["ADT label: Date / Day", "AVALC length: 40 / 30"]


# Dataset-JSON


@pytest.mark.parametrize(
    "pack", [zlib.compress, gzip.compress, lambda text: zlib.compress(text, 9)]
)
def test_compressed_dataset_json_is_zlib_or_gzip(tmp_path, pack):
    lines = write(BASE, tmp_path / "adtte", "ndjson")
    packed = tmp_path / "adtte.dsjc"
    packed.write_bytes(pack(lines.read_bytes()))
    found = compare_files(lines, packed)
    assert told(found) == []
    assert found.keys.names == KEYS
    assert found.keys.source == "Dataset-JSON"


@pytest.mark.parametrize("indent", [None, 1])
def test_dataset_json_as_one_document(tmp_path, indent):
    lines = write(BASE, tmp_path / "adtte", "ndjson")
    about, *rows = map(json.loads, lines.read_text(encoding="utf-8").splitlines())
    path = tmp_path / "adtte.json"
    path.write_text(json.dumps({**about, "rows": rows}, indent=indent), encoding="utf-8")
    assert told(compare_files(lines, path)) == []


def test_dates_of_dataset_json_that_count_days(tmp_path):
    def column(name, kind, **more):
        return {"itemOID": name, "name": name, "label": "", "dataType": kind, **more}

    about = {
        "name": "ADTTE", "label": "Analysis", "records": 2,
        "columns": [
            column("ADT", "date", targetDataType="integer", displayFormat="DATE9."),
            column("ADTM", "datetime", targetDataType="integer", displayFormat="E8601DT."),
            column("ATM", "time", targetDataType="integer", displayFormat="TIME8."),
            column("AVAL", "decimal", targetDataType="decimal"),
        ],
    }  # fmt: skip
    rows = [["2024-01-05", "2024-01-05T10:30:00", "10:30:00", "1.10"], [None, None, None, None]]
    path = tmp_path / "adtte.ndjson"
    path.write_text("\n".join(map(json.dumps, [about, *rows])), encoding="utf-8")
    data = Data(
        {"ADT": [23380.0, NAN], "ADTM": [23380 * 86400.0 + 37800, NAN], "ATM": [37800.0, NAN],
         "AVAL": [1.1, NAN]},
        formats={"ADT": "DATE9.", "ADTM": "E8601DT.", "ATM": "TIME8."},
    )  # fmt: skip
    assert told(compare_files(write(data, tmp_path / "adtte"), path)) == []


# CSV and Parquet


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("USUBJID,ADT,AVAL\nS1,05JAN2024,1\n", [], id="a date as DATE9. shows it"),
        pytest.param("USUBJID,ADT,AVAL\nS1,23380,1.0\n", [], id="a date as a SAS number"),
        pytest.param("usubjid;adt;aval\r\nS1;2024-01-05;1\r\n", [], id="semicolons, lower case"),
        pytest.param("\ufeffUSUBJID\tADT\tAVAL\nS1\t2024-01-05\t1e0\n", [], id="tabs, a BOM"),
        pytest.param('"USUBJID","ADT","AVAL"\n"S1","2024-01-05","1"\n', [], id="all quoted"),
        pytest.param("USUBJID,ADT,AVAL\nS1,2024-01-05,\n",
                     ["1-1 AVAL: 1 / . (missing in other)"], id="an empty number is missing"),
        pytest.param("USUBJID,ADT,AVAL\nS1,2024-01-05,NA\n",
                     ["1-1 AVAL: 1 / . (missing in other)"], id="a missing number of R"),
        pytest.param("USUBJID,ADT,AVAL\nS1,2024-01-05,.B\n",
                     ["1-1 AVAL: 1 / .B (missing in other)"], id="a special missing value"),
        pytest.param("USUBJID,ADT,AVAL\nS1,2024-01-05 ,one\n", [], id="a number that is none"),
    ],
)  # fmt: skip
def test_a_csv_file_takes_the_types_of_the_other_side(tmp_path, text, expected):
    data = Data({"USUBJID": ["S1"], "ADT": [23380.0], "AVAL": [1.0]}, formats={"ADT": "DATE9."})
    path = tmp_path / "adtte.csv"
    path.write_bytes(text.encode("utf-8"))
    found = compare_files(write(data, tmp_path / "adtte"), path)
    assert told(found) == expected
    assert ("AVAL of" in "".join(found.notes)) == text.endswith("one\n")


def test_codes_with_leading_zeros_stay_texts(tmp_path):
    for name, text in (("a", "SITEID,N\n001,1.0\n"), ("b", "SITEID,N\n1,1\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    found = compare_files(tmp_path / "a.csv", tmp_path / "b.csv")
    assert told(found) == ["1-1 SITEID: 001 / 1 (value)"]


def test_columns_of_parquet_are_numbers_days_and_seconds(tmp_path):
    frame = pd.DataFrame({
        "USUBJID": pd.Categorical(["S1", "S2"]),
        "AVAL": pd.array([1, None], dtype="Int64"),
        "FLAG": [True, False],
        "ADT": pd.to_datetime(["2024-01-05", None]).date,
        "ADTM": pd.to_datetime(["2024-01-05T10:30:00.25", None]),
    })  # fmt: skip
    frame.to_parquet(tmp_path / "adtte.parquet")
    data = Data(
        {"USUBJID": ["S1", "S2"], "AVAL": [1.0, NAN], "FLAG": [1.0, 0.0], "ADT": [23380.0, NAN],
         "ADTM": [23380 * 86400 + 37800.25, NAN]},
        formats={"ADT": "DATE9.", "ADTM": "E8601DT."},
    )  # fmt: skip
    found = compare_files(write(data, tmp_path / "adtte"), tmp_path / "adtte.parquet")
    assert told(found) == []
    assert found.variables[-1].compared == 2


# What a file says, and what is refused


def test_digest_encoding_and_stamps_are_told(tmp_path):
    data = replace(BASE.cell("AVALC", 3, "caf#"), bytes=((b"caf#", "café".encode("cp1252")),))
    path = write(data, tmp_path / "adtte")
    found = compare_files(path, write(BASE.cell("AVALC", 3, "cafe"), tmp_path / "other"), KEYED)
    import hashlib

    assert found.base.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.base.encoding, found.other.encoding) == ("windows-1252", "utf-8")
    assert found.base.created == "05JAN24:00:00:00"
    assert found.notes == ("texts of the base that are not UTF-8 are read as Windows-1252",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.xpt", b"<html>", "not a SAS transport file"),
        ("x.sas7bdat", b"no", "x.sas7bdat"),
        ("x.parquet", b"no", "not a Parquet file"),
        ("x.csv", b"", "x.csv"),
        ("x.csv", b"A,A\n1,2\n", "does not name each column once"),
        ("x.csv", b"A,B\n1\n", "x.csv"),
        ("x.json", b"no", "not Dataset-JSON"),
        ("x.json", b"{}", "no 'columns'"),
        ("x.json", b"[]", "not Dataset-JSON"),
        ("x.json", b'{"columns": [{"name": "A", "dataType": "string"}], "rows": [["x", "y"]]}',
         "record 1 has not 1 values"),
        ("x.json", b'{"columns": [{"name": "A", "dataType": "string"}], "rows": [[1]]}',
         "A holds 1, which is no text"),
        ("x.json", b'{"columns": [{"name": "A", "dataType": "float"}], "rows": [["x"]]}', "A: "),
        ("x.json", b'{"records": 2, "columns": [{"name": "A", "dataType": "float"}], "rows": []}',
         "states 2 records and holds 0"),
        ("x.dsjc", b"no", "not compressed Dataset-JSON"),
        ("x.txt", b"no", "not one of .xpt"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_dataset_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ComparisonError, match=message):
        open_side(path, name)


def test_two_datasets_in_one_file_are_refused(tmp_path):
    path = write(BASE, tmp_path / "adtte")
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(ComparisonError, match="holds 2 datasets"):
        compare_files(path, path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(keys=("NOKEY",)), "key NOKEY is not in the base"),
        (Options(without=("NOVAR",)), "there is no variable NOVAR"),
    ],
)
def test_names_that_are_not_there_are_refused(tmp_path, options, message):
    path = write(BASE, tmp_path / "adtte")
    with pytest.raises(ComparisonError, match=message):
        compare_files(path, path, options)


def test_a_key_of_two_types_is_refused(tmp_path):
    one = write(BASE, tmp_path / "one")
    two = write(BASE.with_values(USUBJID=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), tmp_path / "two")
    with pytest.raises(ComparisonError, match="key USUBJID is text in one"):
        compare_files(one, two, KEYED)


# Folders


@pytest.fixture
def folders(tmp_path):
    for side in ("prod", "qc"):
        (tmp_path / side).mkdir()
    for side, name, data in (
        ("prod", "adtte", BASE),
        ("qc", "adtte", BASE),
        ("prod", "adsl", BASE),
        ("qc", "adlb", BASE),
    ):
        write(data, tmp_path / side / name)
    (tmp_path / "prod" / "define.xml").write_text("<ODM/>", encoding="utf-8")
    return tmp_path / "prod", tmp_path / "qc"


def test_folders_are_compared_by_the_names_of_their_files(folders):
    options = Options(keys_of={"ADTTE": KEYS}, keys_from="spec")
    found = compare(*folders, options, Header("QC", "2024-01-05", (("cdiscgen", "0.1.0"),)))
    assert [one.name for one in found.comparisons] == ["ADTTE"]
    assert found.comparisons[0].keys.source == "spec"
    assert [Path(side.path).name for side in found.base_only] == ["adsl.xpt"]
    assert [Path(side.path).name for side in found.other_only] == ["adlb.xpt"]
    assert len(found.base_only[0].sha256) == 64
    assert found.code == Code.BASEOBS | Code.COMPOBS
    assert (found.different, found.exit_status) == (True, 1)


def test_datasets_of_one_folder_are_left_out_as_asked(folders):
    (folders[0] / "adsl.xpt").write_bytes(b"no")  # nobody reads it
    found = compare(*folders, Options(), Header(), shared_only=True)
    assert [one.name for one in found.comparisons] == ["ADTTE"]
    assert [(one.name, one.where, Path(one.path).name) for one in found.left_out] == [
        ("ADLB", "other", "adlb.xpt"), ("ADSL", "base", "adsl.xpt"),
    ]  # fmt: skip
    assert (found.base_only, found.other_only, found.unread) == ((), (), ())
    assert (found.code, found.different, found.exit_status) == (Code(0), False, 0)


def test_a_difference_counts_where_datasets_are_left_out(folders):
    write(BASE.cell("AVAL", 1, 2.5), folders[1] / "adtte")
    found = compare(*folders, Options(), Header(), shared_only=True)
    assert (found.code, found.exit_status) == (Code.VALUE, 1)


def test_folders_with_no_dataset_in_common_are_refused_where_only_those_are_asked_for(folders):
    (folders[1] / "adtte.xpt").unlink()
    with pytest.raises(ComparisonError, match="have no dataset in common"):
        compare(*folders, Options(), Header(), shared_only=True)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(folders):
    (folders[1] / "adsl.xpt").write_bytes(b"no")
    found = compare(*folders, Options(), Header())
    assert [one.base.path for one in found.comparisons] == [str(folders[0] / "adtte.xpt")]
    (unread,) = found.unread
    assert unread.name == "ADSL"
    assert "not a SAS transport file" in unread.message
    assert (Code.ERROR in found.code, found.exit_status) == (True, 2)


def test_a_file_that_cannot_be_read_is_told_with_its_side(folders):
    (folders[1] / "adtte.xpt").write_bytes(b"no")
    (unread,) = compare(*folders, Options(), Header()).unread
    assert (unread.where, unread.path) == ("other", str(folders[1] / "adtte.xpt"))


def test_folders_of_a_build_are_looked_into(tmp_path):
    for side in ("one", "two"):
        for name in ("sdtm", "adam", "results"):
            (tmp_path / side / name).mkdir(parents=True)
        write(BASE, tmp_path / side / "adam" / "adtte")
        write(BASE, tmp_path / side / "sdtm" / "lb")
        (tmp_path / side / "manifest.json").write_text("{}", encoding="utf-8")
        (tmp_path / side / "results" / "endpoints.json").write_text("{}", encoding="utf-8")
    found = compare(tmp_path / "one", tmp_path / "two", Options(), Header())
    assert [Path(one.base.path).name for one in found.comparisons] == ["adtte.xpt", "lb.xpt"]
    assert not found.different


def test_a_name_that_stands_twice_is_refused(folders):
    (folders[0] / "ADTTE.csv").write_text("A\n1\n", encoding="utf-8")
    with pytest.raises(ComparisonError, match="are both ADTTE"):
        compare(*folders, Options(), Header())


def test_a_folder_without_datasets_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComparisonError, match="holds no dataset"):
        compare(tmp_path / "empty", tmp_path / "empty", Options(), Header())


def test_a_file_and_a_folder_are_refused(folders):
    with pytest.raises(ComparisonError, match="not both files or both folders"):
        compare(folders[0], folders[1] / "adtte.xpt", Options(), Header())


def test_equal_files_leave_with_0(folders):
    paths = [folder / "adtte.xpt" for folder in folders]
    found = compare(*paths, KEYED, Header())
    assert (found.different, found.code, found.exit_status) == (False, 0, 0)
    outcomes = {check.name: check.outcome for check in found.comparisons[0].checks}
    assert set(outcomes.values()) == {"same"}
    assert len(outcomes) == 14


def test_transport_files_are_compared_with_numpy_alone(folders):
    """Starting takes most of the time of a small comparison."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from comparison.compare import compare_files\n"
        "from comparison.options import Options\n"
        "found = compare_files(Path(sys.argv[1]), Path(sys.argv[2]), Options(keys=('USUBJID',)))\n"
        "heavy = {'pandas', 'pyarrow', 'pyreadstat', 'lxml', 'scipy', 'mappings'}\n"
        "print(found.records.matched, sorted(heavy & set(sys.modules)))\n"
    )
    paths = [str(folder / "adtte.xpt") for folder in folders]
    made = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert made.stdout.strip() == "6 []"


def test_short_numbers_of_a_transport_file_are_read(tmp_path):
    """A number may take three to eight bytes; the rest of its fraction is zero."""
    path = write(Data({"AVAL": [1.5, -2.0, 1.1], "CHG": [1.0, 2.0, 3.0]}), tmp_path / "adtte")
    content = bytearray(path.read_bytes())
    content[640 + 4 : 640 + 6] = (3).to_bytes(2, "big")
    start = 640 + 320 + 80
    records = [content[start + 16 * n : start + 16 * n + 16] for n in range(3)]
    body = b"".join(bytes(record[:3] + record[8:]) for record in records)
    short = tmp_path / "short.xpt"
    short.write_bytes(bytes(content[:start]) + body.ljust(80))
    found = compare_files(path, short)
    assert told(found) == ["AVAL length: 8 / 3", "3-3 AVAL: 1.1 / 1.099853515625 (value)"]
