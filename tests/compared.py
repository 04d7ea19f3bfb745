"""Small datasets to compare, written by the project's writer and by others; what was told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from comparison.compare import compare_files
from comparison.findings import Comparison
from comparison.options import Options
from mappings.columns import texts
from submission.xpt import XptDataset, XptVariable, write_xpt

NAN = float("nan")
KEYS = ("USUBJID", "PARAMCD")


@dataclass(frozen=True)
class Data:
    """A dataset: variables with their values, one list for each; dates in days from 1960."""

    columns: Mapping[str, Sequence[object]]
    label: str = "Analysis"
    labels: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    special: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bytes: tuple[tuple[bytes, bytes], ...] = ()  # replaced in the file, of one length

    def with_values(self, **columns: Sequence[object]) -> "Data":
        return replace(self, columns={**self.columns, **columns})

    def cell(self, name: str, row: int, value: object) -> "Data":
        """One value replaced; rows count from 1."""
        values = list(self.columns[name])
        values[row - 1] = value
        return self.with_values(**{name: values})

    def rows(self, *rows: int) -> "Data":
        """Some records, in the order given; rows count from 1."""
        chosen = {name: [values[row - 1] for row in rows] for name, values in self.columns.items()}
        return replace(self, columns=chosen)

    def order(self, *names: str) -> "Data":
        return replace(self, columns={name: self.columns[name] for name in names})


BASE = Data(
    {
        "USUBJID": ["S1", "S1", "S2", "S2", "S3", "S3"],
        "PARAMCD": ["OS", "PFS", "OS", "PFS", "OS", "PFS"],
        "AVAL": [1.5, 2.25, 100.0, -4.0, 0.1, 0.0],
        "ADT": [23000.0, 23010.0, 23020.0, NAN, 23040.0, 23050.0],
        "ADTM": [1987200000.0, 1987203600.0, NAN, 1987210000.0, 1987220000.5, 1987230000.0],
        "ATM": [0.0, 3600.0, 45296.0, 86399.0, NAN, 60.0],
        "AVALC": ["alive", "progressed", "dead", "", "lost to follow-up", "alive"],
    },
    labels={"AVAL": "Analysis Value", "ADT": "Date"},
    formats={"ADT": "DATE9.", "ADTM": "DATETIME20.", "ATM": "TIME8.", "AVAL": "8.3"},
    lengths={"USUBJID": 10, "PARAMCD": 8, "AVALC": 40},
)

DEFINE = """<?xml version="1.0"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><Study OID="S"><MetaDataVersion OID="M" Name="M">
<ItemGroupDef OID="IG.A" Name="ADTTE">
 <ItemRef ItemOID="IT.2" KeySequence="2"/><ItemRef ItemOID="IT.1" KeySequence="1"/>
 <ItemRef ItemOID="IT.3"/></ItemGroupDef>
<ItemGroupDef OID="IG.B" Name="ADSL"><ItemRef ItemOID="IT.3"/></ItemGroupDef>
<ItemDef OID="IT.1" Name="USUBJID"/><ItemDef OID="IT.2" Name="PARAMCD"/>
<ItemDef OID="IT.3" Name="AVAL"/></MetaDataVersion></Study></ODM>"""


def is_text(values: Sequence[object]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)


def frame_of(data: Data) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: texts(list(values)) if is_text(values) else np.array(values, dtype="float64")
            for name, values in data.columns.items()
        }
    )


def write(data: Data, path: Path, ending: str = "xpt") -> Path:
    """The dataset as a file of that kind; ``v8`` is a transport file of version 8."""
    path = path.with_suffix(".xpt" if ending == "v8" else f".{ending}")
    {"xpt": _xpt, "v8": _v8, "csv": _csv, "parquet": _parquet, "ndjson": _ndjson}[ending](
        data, path
    )
    content = path.read_bytes()
    for was, now in data.bytes:
        assert len(was) == len(now)
        assert was in content
        content = content.replace(was, now)
    path.write_bytes(content)
    return path


def _variable(data: Data, name: str) -> XptVariable:
    values = data.columns[name]
    text = is_text(values)
    longest = max((len(str(value)) for value in values), default=1)
    return XptVariable(
        name,
        data.labels.get(name, ""),
        "text" if text else "number",
        data.lengths.get(name, max(longest, 1)) if text else 8,
        data.formats.get(name, ""),
    )


def _xpt(data: Data, path: Path) -> None:
    special = {name: pd.Series(list(letters)) for name, letters in data.special.items()}
    variables = tuple(_variable(data, name) for name in data.columns)
    dataset = XptDataset("ADTTE", data.label, variables, frame_of(data), special)
    write_xpt(dataset, path, created=datetime(2024, 1, 5))


def _v8(data: Data, path: Path) -> None:
    pyreadstat.write_xport(
        frame_of(data), str(path), file_format_version=8, table_name="ADTTE", file_label=data.label,
        column_labels=[data.labels.get(name, "") for name in data.columns],
        variable_format=dict(data.formats),
    )  # fmt: skip


def _moments(data: Data) -> pd.DataFrame:
    """The dataset with dates and datetimes as pandas has them."""
    frame = frame_of(data)
    for name, form in data.formats.items():
        if name in frame and form.startswith("DATE"):
            unit = "s" if form.startswith("DATETIME") else "D"
            frame[name] = pd.to_datetime(frame[name], unit=unit, origin="1960-01-01")
    return frame


def _csv(data: Data, path: Path) -> None:
    _moments(data).to_csv(path, index=False)


def _parquet(data: Data, path: Path) -> None:
    _moments(data).to_parquet(path, index=False)


def _ndjson(data: Data, path: Path) -> None:
    columns = [
        {
            "itemOID": name, "name": name, "label": data.labels.get(name, ""),
            "dataType": "string" if is_text(values) else "float",
            **({"displayFormat": data.formats[name]} if name in data.formats else {}),
            **({"length": _variable(data, name).length} if is_text(values) else {}),
            **({"keySequence": KEYS.index(name) + 1} if name in KEYS else {}),
        }
        for name, values in data.columns.items()
    ]  # fmt: skip
    size = len(next(iter(data.columns.values())))
    about = {
        "datasetJSONCreationDateTime": "2024-01-05T00:00:00", "datasetJSONVersion": "1.1",
        "itemGroupOID": "IG.ADTTE", "records": size, "name": "ADTTE", "label": data.label,
        "columns": columns,
    }  # fmt: skip
    rows = [
        [None if value != value else value for value in row]
        for row in zip(*data.columns.values(), strict=True)
    ]
    lines = [json.dumps(about), *map(json.dumps, rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def compare(
    folder: Path,
    base: Data,
    other: Data,
    options: Options,
    endings: tuple[str, str] = ("xpt", "xpt"),
) -> Comparison:
    (folder / "base").mkdir(exist_ok=True)
    (folder / "other").mkdir(exist_ok=True)
    return compare_files(
        write(base, folder / "base" / "adtte", endings[0]),
        write(other, folder / "other" / "adtte", endings[1]),
        options,
    )


def told(found: Comparison) -> list[str]:
    """Everything that a comparison found, a line each; nothing where both are equal."""
    lines = [
        f"dataset {one.attribute}: {one.base} / {one.other}" for one in found.dataset_attributes
    ]
    lines += [f"{one.name} in base alone" for one in found.base_variables]
    lines += [f"{one.name} in other alone" for one in found.other_variables]
    lines += [
        f"{one.variable} {one.attribute}: {one.base} / {one.other}" for one in found.attributes
    ]
    lines += [f"{one.variable} moved from {one.base} to {one.other}" for one in found.order]
    for word, table in (
        ("in base alone", found.records.base_only),
        ("in other alone", found.records.other_only),
        ("in base lacks a key", found.records.missing_keys_base),
        ("in other lacks a key", found.records.missing_keys_other),
    ):
        lines += [f"record {row} {word}" for _, row in table]
    lines += [
        f"{' '.join(one.keys)} on {one.base_rows} and {one.other_rows}"
        for one in found.records.duplicates
    ]
    lines += [
        f"{one.base_row}-{one.other_row} {one.variable}: {one.base} / {one.other} ({one.kind})"
        for one in found.cells
    ]
    lines += [
        f"{one.variable}: {number} set aside for {reason}"
        for one in found.variables
        for reason, number in one.set_aside.items()
    ]
    return lines
