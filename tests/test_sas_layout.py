"""The layout of transport files: version 8 against pyreadstat, what is refused, formats."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from sas.formats import same_spelling, shown_kind
from sas.layout import LayoutError, read_layout
from submission.xpt import XptDataset, XptVariable, write_xpt

LONG = "A label of more than the forty bytes that a descriptor holds"


def version_8(path: Path, records: int) -> Path:
    frame = pd.DataFrame({"USUBJID": ["01-001"] * records, "ADATEWITHLONGNAME": [1.5] * records})
    pyreadstat.write_xport(
        frame, str(path), file_format_version=8, table_name="ADLONGERNAME", file_label="Long",
        column_labels=[LONG, "Date"], variable_format={"ADATEWITHLONGNAME": "E8601DA10."},
    )  # fmt: skip
    return path


@pytest.mark.parametrize("records", [1, 7])
def test_version_8_is_read_as_pyreadstat_wrote_it(tmp_path, records):
    path = version_8(tmp_path / "x.xpt", records)
    layout = read_layout(path)
    text, date = layout.fields
    assert (layout.version, layout.name, layout.label) == (8, "ADLONGERNAME", "Long")
    assert layout.records == records
    assert (text.name, text.label, text.text) == ("USUBJID", LONG, True)
    assert (date.name, date.format, date.length) == ("ADATEWITHLONGNAME", "E8601DA10.", 8)
    assert layout.width == text.length + 8


@pytest.mark.parametrize("records", [*range(1, 12), 80])
def test_blanks_that_fill_the_last_80_bytes_are_no_records(tmp_path, records):
    dataset = XptDataset(
        "AE", "Events", (XptVariable("AETERM", "Term", "text", 7),),
        pd.DataFrame({"AETERM": ["x"] * records}),
    )  # fmt: skip
    path = tmp_path / "ae.xpt"
    write_xpt(dataset, path, created=datetime(2024, 1, 5))
    layout = read_layout(path)
    assert layout.records == records
    assert (layout.version, layout.name, layout.label) == (5, "AE", "Events")
    assert layout.created == layout.modified == "05JAN24:00:00:00"


def test_version_8_states_its_records_so_blank_ones_are_kept(tmp_path):
    path = version_8(tmp_path / "x.xpt", 3)
    content = path.read_bytes()
    start = read_layout(path).start
    path.write_bytes(content[:start] + b" " * 80)
    assert read_layout(path).records == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(lambda _: b"", "not a SAS transport file", id="empty"),
        pytest.param(lambda _: b"<html>", "not a SAS transport file", id="a page of the web"),
        pytest.param(lambda c: c + c, "holds 2 datasets", id="two datasets"),
        pytest.param(lambda c: c[:640], "ends before its data", id="cut before the data"),
        pytest.param(
            lambda c: c.replace(b"!!!!!!!000000000200", b"!!!!!!!00000000zz00"),
            "cannot be read", id="a count that is no number",
        ),
    ],
)  # fmt: skip
def test_what_is_no_dataset_is_refused(tmp_path, change, message):
    path = version_8(tmp_path / "x.xpt", 3)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(LayoutError, match=message):
        read_layout(path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("DATE9.", "date"), ("yymmdd10", "date"), ("E8601DA10.", "date"), ("YYMMDDN8.", "date"),
     ("DATETIME20.", "datetime"), ("E8601DT.", "datetime"), ("IS8601DT19", "datetime"),
     ("TIME5.", "time"), ("TOD8.", "time"), ("8.2", "number"), ("BEST12.", "number"),
     ("", "number"), ("E8.", "number"), ("YESNO.", "number")],
)  # fmt: skip
def test_what_a_format_shows(text, kind):
    assert shown_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "other"),
    [("DATE9.", "date9"), ("F8.2", "8.2"), ("8.", "8"), ("$20.", "$20"), ("BEST12.0", "BEST12.")],
)
def test_spellings_of_one_format(text, other):
    assert same_spelling(text) == same_spelling(other)


@pytest.mark.parametrize(("text", "other"), [("DATE9.", "DATE7."), ("8.2", "8.20"), ("FF8.", "F8")])
def test_formats_that_differ(text, other):
    assert same_spelling(text) != same_spelling(other)
