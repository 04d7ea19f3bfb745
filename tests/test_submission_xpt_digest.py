"""A file read back piece by piece tells every difference from what was to be written."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from mappings.columns import texts
from submission import xpt_digest
from submission.xpt import XptDataset, XptError, XptVariable, write_xpt
from submission.xpt_digest import digest, file_digest

CREATED = datetime(2024, 1, 5, 14, 3, 2)


def example(records: int) -> XptDataset:
    """Records of text, numbers, dates and missing values, with an odd length in bytes."""
    number = np.arange(records)
    frame = pd.DataFrame(
        {
            "USUBJID": texts([f"01-{one:07d}" for one in number]),
            "VSTEST": texts(["", "Weight", "Systolic Blood Pressure"] * records).head(records),
            "VSSTRESN": np.where(number % 3, number / 7, np.nan),
            "ADT": pd.Series(pd.Timestamp("2024-01-05")).repeat(records).reset_index(drop=True),
        }
    )
    variables = (
        XptVariable("USUBJID", "Subject", "text", 13),
        XptVariable("VSTEST", "Test", "text", 24),
        XptVariable("VSSTRESN", "Result", "number", 8, "8.2"),
        XptVariable("ADT", "Date", "date", 8, "DATE9."),
    )
    return XptDataset("VS", "Vital Signs", variables, frame)


def written(dataset, folder):
    path = folder / "vs.xpt"
    write_xpt(dataset, path, created=CREATED)
    return path


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(xpt_digest, "RECORDS_AT_ONCE", 80)


@pytest.mark.parametrize("records", [1, 79, 80, 81, 160, 1003])
def test_a_file_has_the_digest_of_its_dataset(records, tmp_path):
    dataset = example(records)
    found = file_digest(written(dataset, tmp_path))
    assert found == digest(dataset)
    assert found.records == records


@pytest.mark.parametrize("record", [0, 80, 499])
@pytest.mark.parametrize(
    ("variable", "value"),
    [("USUBJID", "02"), ("VSTEST", "Height"), ("VSSTRESN", 1e-9), ("ADT", "2024-01-06")],
)
def test_one_value_changes_it(record, variable, value, tmp_path):
    dataset = example(500)
    changed = dataset.frame[variable].copy()
    changed.iloc[record] = pd.Timestamp(value) if variable == "ADT" else value
    other = replace(dataset, frame=dataset.frame.assign(**{variable: changed}))
    assert file_digest(written(other, tmp_path)) != digest(dataset)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"label": "Vital signs"}, id="label of the dataset"),
        pytest.param({"name": "VX"}, id="name"),
    ],
)
def test_what_describes_the_dataset_changes_it(change, tmp_path):
    dataset = example(5)
    assert file_digest(written(replace(dataset, **change), tmp_path)) != digest(dataset)


def test_texts_that_only_together_are_the_same_differ(tmp_path):
    dataset = example(2)
    moved = dataset.frame.assign(VSTEST=texts(["ab", "c"]))
    other = replace(dataset, frame=dataset.frame.assign(VSTEST=texts(["a", "bc"])))
    assert file_digest(written(other, tmp_path)) != digest(replace(dataset, frame=moved))


def test_a_record_more_changes_it(tmp_path):
    dataset = example(81)
    fewer = replace(dataset, frame=dataset.frame.head(80))
    assert file_digest(written(dataset, tmp_path)) != digest(fewer)


def test_a_file_cut_short_is_no_file(tmp_path):
    path = written(example(5), tmp_path)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(XptError):
        file_digest(path)
