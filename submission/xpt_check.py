"""What a SAS transport file cannot carry, and whether a file that was written reads back the same.

Refused is whatever a reader would get back altered, and what the agencies do not take: text that is
not ASCII, that is longer than 200 bytes or begins with a blank, and labels with a quote that does
not close.

Source: SAS TS-140; FDA Study Data Technical Conformance Guide, section 3.3 (SAS Transport Format).
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from mappings.coded import coded, plain
from mappings.columns import is_text
from mappings.problems import Problems
from sas.formats import parse_format, shows, stored_format
from sas.numbers import BLANK, LARGEST, SMALLEST
from sdtm.plain_text import clean_text
from submission.xpt_dataset import NUMBER_LENGTH, XptDataset, XptError, XptVariable
from submission.xpt_numbers import missing_bytes, sas_numbers
from submission.xpt_read import data_start, read_xpt

LONGEST_TEXT = 200
LONGEST_LABEL = 40
MOST_VARIABLES = 9999
SPECIAL = frozenset(["", "_", *(chr(letter) for letter in range(ord("A"), ord("Z") + 1))])

_NAME = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_PAIRS = (("'", "'"), ('"', '"'), ("(", ")"), ("[", "]"), ("{", "}"))

Records = Callable[[], pd.DataFrame]


class Fault(NamedTuple):
    """Records whose value cannot be carried."""

    rows: np.ndarray
    code: str
    message: str
    hint: str | Callable[[str], str] = ""


def check_xpt(dataset: XptDataset, problems: Problems, records: Records | None = None) -> None:
    """Report everything in a dataset that a transport file cannot carry.

    ``records`` gives the records as ``Problems`` shows them. ValueError where frame and variables
    do not belong together.
    """
    check_description(dataset, problems)
    if len({variable.name for variable in dataset.variables}) < len(dataset.variables):
        return  # a name that stands twice has no values of its own
    for variable in dataset.variables:
        column = dataset.frame[variable.name]
        here = problems.bound(
            mark=None, dataset=dataset.name, variable=variable.name, records=records
        )
        for fault in faults(variable, column, dataset.special.get(variable.name)):
            if fault.rows.any():
                here.at(fault.rows, plain(column), fault.code, fault.message, fault.hint)
    blank = blank_records(dataset)
    if blank.any():
        here = problems.bound(mark=None, dataset=dataset.name, records=records)
        here.at(blank, None, "XP604", "all values are blank, and so are those of the records below")


def check_description(dataset: XptDataset, problems: Problems) -> None:
    """Report what a file cannot carry of names, labels, lengths, formats and the count of records.

    ValueError where frame and variables do not belong together.
    """
    _belong_together(dataset)
    here = problems.bound(mark=None, dataset=dataset.name)
    if not len(dataset.frame):
        here.add("XP604", "has no records, and an empty dataset is not submitted")
    if not 0 < len(dataset.variables) <= MOST_VARIABLES:
        here.add("XP603", f"has {len(dataset.variables)} variables, not 1 to {MOST_VARIABLES:,}")
    for value, message in (*_name_faults(dataset.name), *_label_faults(dataset.label)):
        here.add("XP603", message, value=value)
    seen: set[str] = set()
    for variable in dataset.variables:
        here = problems.bound(mark=None, dataset=dataset.name, variable=variable.name)
        if variable.name in seen:
            here.add("XP603", "is the name of two variables", value=variable.name)
        seen.add(variable.name)
        for value, message in _variable_faults(variable):
            here.add("XP603", message, value=value)


def _belong_together(dataset: XptDataset) -> None:
    names = {variable.name for variable in dataset.variables}
    if names != set(dataset.frame.columns) or not dataset.frame.columns.is_unique:
        raise ValueError(f"{dataset.name}: variables and columns of the frame are not the same")
    for variable in dataset.variables:
        values = dataset.frame[variable.name]
        kind = "M" if variable.kind in {"date", "datetime"} else "f"
        fits = is_text(values) if variable.kind == "text" else values.dtype.kind == kind
        if not fits:
            raise ValueError(f"{variable.name}: {variable.kind} expected, found {values.dtype}")
    for name, special in dataset.special.items():
        if name not in names or is_text(dataset.frame[name]) or len(special) != len(dataset.frame):
            raise ValueError(f"{name}: special missing values without numbers to go with")


def _variable_faults(variable: XptVariable) -> Iterator[tuple[str, str]]:
    yield from _name_faults(variable.name)
    yield from _label_faults(variable.label)
    length = str(variable.length)
    if variable.kind != "text" and variable.length != NUMBER_LENGTH:
        yield length, f"is not the length of a number, {NUMBER_LENGTH}"
    if variable.kind == "text" and not 1 <= variable.length <= LONGEST_TEXT:
        yield length, f"is not a length of text, 1 to {LONGEST_TEXT} bytes"
    if variable.format:
        form = parse_format(variable.format)
        if form is None:
            yield variable.format, "is not a SAS format with a width that it can have"
        elif not shows(form, variable.kind):
            yield variable.format, f"is not a format that shows a {variable.kind}"


def _name_faults(name: str) -> Iterator[tuple[str, str]]:
    if not _NAME.fullmatch(name):
        yield name, "is not a name of 1 to 8 capital letters and digits, a letter first"


def _label_faults(label: str) -> Iterator[tuple[str, str]]:
    if len(label) > LONGEST_LABEL:
        yield label, f"is a label of {len(label)} characters, more than {LONGEST_LABEL}"
    if not (label.isascii() and label.isprintable()):
        yield label, "is a label with characters that are not printable ASCII"
    if label != label.strip():
        yield label, "is a label that begins or ends with a blank"
    for opens, closes in _PAIRS:
        marks = label.count(opens), label.count(closes)
        if marks[0] != marks[1] or (opens == closes and marks[0] % 2):
            yield label, f"is a label with a {opens} or {closes} that has no partner"


def faults(variable: XptVariable, column: pd.Series, special: pd.Series | None) -> Iterator[Fault]:
    """Values of a column that cannot be carried."""
    if variable.kind == "text" and isinstance(column.dtype, pd.CategoricalDtype):
        held = coded(column)
        for fault in text_faults(arrow_text(held.distinct), variable.length):
            yield fault._replace(rows=fault.rows[held.codes])
    elif variable.kind == "text":
        yield from text_faults(arrow_text(column), variable.length)
    else:
        yield from number_faults(sas_numbers(column, variable.kind), variable, special)


def arrow_text(column: pd.Series) -> Any:
    """Text of a column as one Arrow array with long offsets; ValueError where it is not text."""
    try:
        made = pa.array(plain(column), type=pa.large_string(), from_pandas=True)
    except (pa.ArrowTypeError, pa.ArrowInvalid) as wrong:
        raise ValueError(f"{column.name}: text expected, {wrong}") from wrong
    if isinstance(made, pa.ChunkedArray):
        made = made.combine_chunks()
    if made.null_count:
        raise ValueError(f'{column.name}: text expected, found nothing; missing text is ""')
    return made


def text_faults(text: Any, length: int) -> Iterator[Fault]:
    """Texts that a variable of a length in bytes cannot carry."""
    if not len(text):
        return
    ends = np.frombuffer(text.buffers()[1], "int64", len(text) + 1, 8 * text.offset)
    if ends[0] == ends[-1]:
        return
    content = np.frombuffer(text.buffers()[2], "uint8", ends[-1] - ends[0], ends[0])
    ends = ends - ends[0]
    size = np.diff(ends)
    if content.max() > ord("~") or content.min() < ord(" "):
        control = (content < ord(" ")) | (content == 0x7F)
        yield Fault(_any_in(control, ends), "XP601", "has control characters", _cleaned)
        message = "has characters that are not ASCII"
        yield Fault(_any_in(content > 0x7F, ends), "XP601", message, _cleaned)
    if size.max() > min(length, LONGEST_TEXT):
        message = f"is longer than the {LONGEST_TEXT} bytes of a text"
        yield Fault(size > LONGEST_TEXT, "XP601", message, "overflow: says where the rest goes")
        message = f"is longer than the length of its variable, {length} bytes"
        yield Fault((size > length) & (size <= LONGEST_TEXT), "XP601", message)
    there = size > 0
    first = content[np.minimum(ends[:-1], len(content) - 1)]
    last = content[ends[1:] - 1]
    yield Fault((first == ord(" ")) & there, "XP601", "begins with a blank", _cleaned)
    yield Fault(
        (last == ord(" ")) & there, "XP601", "ends with a blank, which would be lost", _cleaned
    )
    lone = (first == ord(".")) & (size == 1)
    yield Fault(lone, "XP601", "is a lone point, the sign of a missing number")


def _cleaned(text: str) -> str:
    """What to do about a text with signs or blanks that cannot be carried."""
    made = clean_text(text)
    if made.isascii() and made.isprintable():
        return "clean writes it in ASCII, without blanks around it"
    return "recode it, or have it written in ASCII where it was collected"


def _any_in(marked: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Mask of the texts with a marked byte; ``ends`` are the limits of the texts."""
    passed = np.concatenate([[0], np.cumsum(marked)])[ends]
    return passed[1:] > passed[:-1]


def number_faults(
    values: np.ndarray, variable: XptVariable, special: pd.Series | None
) -> Iterator[Fault]:
    """SAS numbers that cannot be carried, and special missing values that are none."""
    size = np.abs(values)
    infinite = np.isinf(size)
    yield Fault(infinite, "XP602", "is infinite")
    yield Fault(
        (size >= LARGEST) & ~infinite, "XP602", "is too large, the limit is 2**252 (7.2e75)"
    )
    yield Fault(
        (size > 0) & (size < SMALLEST), "XP602", "is too near to 0, the limit is 2**-260 (5.4e-79)"
    )
    if variable.kind == "date":
        yield Fault(values % 1 > 0, "XP602", "is not a whole day")
    if special is not None:
        known = special.isin(SPECIAL).to_numpy(dtype=bool)
        yield Fault(~known, "XP602", "has a special missing value that is not A to Z or _")
        filled = special.ne("").to_numpy(dtype=bool) & ~np.isnan(values)
        yield Fault(filled, "XP602", "is a number with a special missing value")


def blank_records(dataset: XptDataset) -> np.ndarray:
    """Mask of the blank records at the end, which no reader can tell from padding.

    Source: SAS TS-140: the file is filled up with blanks, and no count of records is stated.
    """
    filled = np.zeros(len(dataset.frame), dtype=bool)
    for variable in dataset.variables:
        if len(filled) and filled[-1]:
            break
        column = dataset.frame[variable.name]
        if variable.kind == "text":
            filled |= column.ne("").to_numpy(dtype=bool)
        else:
            filled |= sas_numbers(column, variable.kind) != BLANK
    return ~np.logical_or.accumulate(filled[::-1])[::-1]


def verify_xpt(dataset: XptDataset, path: Path, problems: Problems) -> None:
    """Report where a file, read by pyreadstat, is not the dataset it was written from."""
    here = problems.bound(mark=None, dataset=dataset.name)
    try:
        found = read_xpt(path)
        start = data_start(path)
    except XptError as wrong:
        here.add("XP605", f"cannot be read back: {wrong}")
        return
    _verify_one(here, "name", dataset.name, found.name)
    _verify_one(here, "label", dataset.label, found.label)
    names = [variable.name for variable in dataset.variables]
    names_found = [variable.name for variable in found.variables]
    _verify_one(here, "variables", ", ".join(names), ", ".join(names_found))
    _verify_one(here, "records", len(dataset.frame), len(found.frame))
    if names != names_found or len(dataset.frame) != len(found.frame):
        return
    for variable, read in zip(dataset.variables, found.variables, strict=True):
        here = problems.bound(mark=None, dataset=dataset.name, variable=variable.name)
        _verify_variable(variable, read, here)
        _verify_values(dataset, variable, found.frame[variable.name], here)
    _verify_special(dataset, path, start, problems)


def _verify_variable(variable: XptVariable, read: XptVariable, problems: Problems) -> None:
    kind = "text" if variable.kind == "text" else "number"
    _verify_one(problems, "type", kind, read.kind)
    _verify_one(problems, "label", variable.label, read.label)
    _verify_one(problems, "length", variable.length, read.length)
    stored = stored_format(variable.format), stored_format(read.format)
    _verify_one(problems, "format", *stored)


def _verify_values(
    dataset: XptDataset, variable: XptVariable, read: pd.Series, problems: Problems
) -> None:
    written = dataset.frame[variable.name]
    if is_text(read) != (variable.kind == "text"):
        return
    if variable.kind == "text":
        apart = written.reset_index(drop=True).ne(read).to_numpy()
    else:
        numbers = sas_numbers(written, variable.kind)
        there = read.to_numpy()
        apart = (numbers != there) & ~(np.isnan(numbers) & np.isnan(there))
    problems.at(apart, written, "XP605", "reads back as another value")


def _verify_special(dataset: XptDataset, path: Path, start: int, problems: Problems) -> None:
    """Look at the bytes themselves: a reader gives NaN for every missing value."""
    layout = dataset.record_type()
    if not dataset.special:
        return
    stored = np.memmap(path, layout, mode="r", offset=start, shape=len(dataset.frame))
    for name, special in dataset.special.items():
        first = stored[name] >> np.uint64(56)
        missing = dataset.frame[name].isna().to_numpy()
        here = problems.bound(mark=None, dataset=dataset.name, variable=name)
        apart = missing & (first != missing_bytes(special))
        here.at(apart, special, "XP605", "reads back as another missing value")


def _verify_one(problems: Problems, what: str, written: object, read: object) -> None:
    if written != read:
        problems.add("XP605", f"reads back with another {what}, {read!r}", value=str(written))
