"""Write a SAS transport file of version 5.

A file is a run of 80-byte records: headers, the descriptors of the variables, the data.

    HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!0...       one for the file
    SAS     SAS     SASLIB  version system          created
    modified
    HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!0...       one for each dataset, here one
    HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!0...
    SAS     name    SASDATA version system          created
    modified                        label           type
    HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!...        with the count of variables
    140 bytes for each variable, then blanks to a full record
    HEADER RECORD*******OBS     HEADER RECORD!!!!!!!0...
    the records of the dataset one after the other, then blanks to a full record

Source: SAS TS-140, the record layout of a SAS data set in transport format.
"""

import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from mappings.coded import coded
from mappings.problems import Problems
from sas.formats import parse_format
from sas.layout import RECORD
from sas.numbers import ibm_floats
from submission.xpt_check import (
    arrow_text,
    blank_records,
    check_description,
    check_xpt,
    number_faults,
    text_faults,
)
from submission.xpt_dataset import XptDataset, XptError, XptVariable
from submission.xpt_numbers import missing_bytes, sas_numbers
from submission.xpt_read import read_xpt

__all__ = ["XptDataset", "XptError", "XptVariable", "read_xpt", "write_xpt"]

ROWS = 65_536
VERSION = "9.4"
SYSTEM = "LIN X64"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_DESCRIPTOR = struct.Struct(">hhhh8s40s8shhh2x8shhl52x")


def write_xpt(dataset: XptDataset, path: Path, *, created: datetime) -> None:
    """Write a dataset to a file; XptError, and no file, where it cannot be carried.

    The same dataset and time of creation give the same bytes. An older file stays until the new one
    is whole.
    """
    problems = Problems()
    check_description(dataset, problems)
    if len(problems) or blank_records(dataset).any():
        raise _refusal(dataset)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(header(dataset, created))
            for records in blocks(dataset):
                file.write(records.data)
            file.write(b" " * (-file.tell() % RECORD))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _refusal(dataset: XptDataset) -> XptError:
    problems = Problems()
    check_xpt(dataset, problems)
    return XptError("\n".join(map(str, problems)), problems)


def blocks(dataset: XptDataset) -> Iterator[np.ndarray]:
    """Bytes of the records, some thousand at a time; XptError at a value that cannot be carried.

    Values are checked here and not before, so that each is looked at while it is at hand.
    """
    layout = dataset.record_type()
    few = {one.name: _distinct(dataset, one) for one in dataset.variables if one.kind == "text"}
    for start in range(0, len(dataset.frame), ROWS):
        rows = slice(start, start + ROWS)
        block = np.empty(min(ROWS, len(dataset.frame) - start), layout)
        for variable in dataset.variables:
            distinct = few.get(variable.name)
            if distinct is not None:
                values = distinct[dataset.frame[variable.name].array.codes[rows]]
            else:
                values = _values(dataset, variable, rows)
            block[variable.name] = values
        yield block.view("uint8")


def _distinct(dataset: XptDataset, variable: XptVariable) -> np.ndarray | None:
    """The distinct values of a text as the file holds them; None where they are as good as all."""
    column = dataset.frame[variable.name]
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return None
    distinct = coded(column).distinct
    return _text(dataset, variable, distinct) if len(distinct) <= ROWS else None


def _text(dataset: XptDataset, variable: XptVariable, column: pd.Series) -> np.ndarray:
    """Texts as the file holds them; XptError where one cannot be carried."""
    text = arrow_text(column)
    if any(fault.rows.any() for fault in text_faults(text, variable.length)):
        raise _refusal(dataset)
    return padded(text, variable.length)


def _values(dataset: XptDataset, variable: XptVariable, rows: slice) -> np.ndarray:
    """Values of a variable as the file holds them; XptError where one cannot be carried."""
    column = dataset.frame[variable.name].iloc[rows]
    if variable.kind == "text":
        return _text(dataset, variable, column)
    numbers = sas_numbers(column, variable.kind)
    special = dataset.special.get(variable.name)
    special = None if special is None else special.iloc[rows]
    if any(fault.rows.any() for fault in number_faults(numbers, variable, special)):
        raise _refusal(dataset)
    return ibm_floats(numbers) if special is None else ibm_floats(numbers, missing_bytes(special))


def padded(text: Any, length: int) -> np.ndarray:
    """ASCII texts filled up with blanks, each as one value of ``length`` bytes."""
    filled = pc.ascii_rpad(text, width=length, padding=" ")
    _, offsets, content = filled.buffers()
    start = np.frombuffer(offsets, "int64", 1, 8 * filled.offset)[0]
    return np.frombuffer(content, f"V{length}", len(filled), start)


def header(dataset: XptDataset, created: datetime) -> bytes:
    """Everything that stands before the data."""
    stamp = sas_stamp(created)
    system = f"{VERSION:<8}{SYSTEM:<8}{'':24}{stamp}"
    descriptors = b"".join(_descriptors(dataset.variables))
    return b"".join(
        [
            _record("LIBRARY"),
            f"SAS     SAS     SASLIB  {system}".encode("ascii"),
            f"{stamp:<80}".encode("ascii"),
            _record("MEMBER", "000000000000000001600000000140"),
            _record("DSCRPTR"),
            f"SAS     {dataset.name:<8}SASDATA {system}".encode("ascii"),
            f"{stamp}{'':16}{dataset.label:<40}{'':8}".encode("ascii"),
            _record("NAMESTR", f"{len(dataset.variables):010}"),
            descriptors + b" " * (-len(descriptors) % RECORD),
            _record("OBS"),
        ]
    )


def _record(word: str, numbers: str = "") -> bytes:
    return f"HEADER RECORD*******{word:<8}HEADER RECORD!!!!!!!{numbers:0<30}  ".encode("ascii")


def sas_stamp(time: datetime) -> str:
    """Time as SAS writes it, in English whatever the locale: ``05JAN24:14:30:00``."""
    return f"{time:%d}{MONTHS[time.month - 1]}{time:%y:%H:%M:%S}"


def _descriptors(variables: tuple[XptVariable, ...]) -> Iterator[bytes]:
    place = 0
    for number, variable in enumerate(variables, start=1):
        text = variable.kind == "text"
        form = parse_format(variable.format)
        yield _DESCRIPTOR.pack(
            2 if text else 1,
            0,
            variable.length,
            number,
            variable.name.ljust(8).encode("ascii"),
            variable.label.ljust(40).encode("ascii"),
            (form.name if form else "").ljust(8).encode("ascii"),
            form.width if form else 0,
            form.decimals if form else 0,
            0 if text else 1,  # numbers stand at the right
            b" " * 8,
            0,
            0,
            place,
        )
        place += variable.length
