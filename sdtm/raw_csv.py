"""Read delimited text: every field as it stands, every record with the line it starts on.

A file is bytes of one declared encoding, lines ended by LF, CRLF or CR, fields between delimiters.
A quote is regular when it opens a field, closes one, or is doubled inside one; a file whose quotes
are all regular is read by pyarrow, and its record starts are the line starts outside quotes. Any
other file goes through the csv module, which is slower and says what is wrong.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from mappings.problems import EXAMPLES, Mark, Problems
from mappings.raw_form import RawForm
from sdtm.raw_table import RawTable, other_delimiter, row_examples

BLOCK = 1 << 24
LF, CR, QUOTE = 10, 13, 34


def read_csv(path: Path, form: RawForm, problems: Problems) -> RawTable | None:
    """The table of a delimited text file; None, with the problems, where it cannot be read."""
    if not _sound(form, problems):
        return None
    data = _utf8(path.read_bytes(), form, problems)
    if data is None:
        return None
    starts = _record_starts(data, form.delimiter)
    if starts is None:
        return _read_slowly(data, form, problems)
    offsets, lines = starts
    if len(lines) < form.header_rows:
        _no_header(form, problems)
        return None
    head = data[: offsets[form.header_rows]] if len(lines) > form.header_rows else data
    names = _names([fields for _, fields in _records(head, form.delimiter)], form)
    header = int(lines[form.header_rows - 1])
    lines, offsets = lines[form.header_rows :], offsets[form.header_rows :]
    if not len(lines):
        return RawTable(names, tuple(pa.array([], pa.string()) for _ in names), lines, header)
    record = data[offsets[0] : offsets[1]] if len(lines) > 1 else data[offsets[0] :]
    width = _width(next(_records(record, form.delimiter))[1], names)
    columns = _parsed(data, int(offsets[0]), width, form.delimiter)
    if columns is None or len(columns[0]) != len(lines):
        return _read_slowly(data, form, problems)
    return RawTable(_padded(names, width), columns, lines, header)


def _sound(form: RawForm, problems: Problems) -> bool:
    """Whether the form names an encoding and a delimiter there can be."""
    delimiter = form.delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        problems.add("SP107", "is not a delimiter", mark=form.mark, value=delimiter)
        return False
    try:
        b"\n".decode(form.encoding, "ignore")
    except LookupError:
        problems.add("SP107", "is not an encoding", mark=form.mark, value=form.encoding)
        return False
    return True


def _utf8(data: bytes, form: RawForm, problems: Problems) -> bytes | None:
    """The file as UTF-8 without a byte-order mark; None if a byte is not of its encoding."""
    if data.startswith(codecs.BOM_UTF8) and not _is_utf8(form):
        message = f"the file starts with the mark of utf-8, but {form.encoding} is declared"
        problems.add("DT502", message, mark=Mark(form.file, 1))
        return None
    try:
        text = data.decode(form.encoding)
    except UnicodeDecodeError:
        _report_bytes(data, form, problems)
        return None
    if _is_utf8(form):
        return data.removeprefix(codecs.BOM_UTF8)  # a large file is not encoded anew
    return text.removeprefix("\ufeff").encode()


def _is_utf8(form: RawForm) -> bool:
    return codecs.lookup(form.encoding).name in {"utf-8", "utf-8-sig"}


def _report_bytes(data: bytes, form: RawForm, problems: Problems) -> None:
    """Note the first few bytes that are not of the declared encoding, each with its place."""
    hint = "declare the encoding it was written in, as encoding: windows-1252" * _is_utf8(form)
    at = 0
    for _ in range(EXAMPLES):
        try:
            data[at:].decode(form.encoding)
        except UnicodeDecodeError as wrong:
            bad = at + wrong.start
            before = data[:bad]
            line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
            problems.add(
                "DT502",
                f"byte 0x{data[bad]:02X} is not {form.encoding}",
                mark=Mark(form.file, _line_of(before), bad - line_start + 1),
                variable=_column_at(before, form),
                hint=hint,
            )
            at += wrong.end
        else:
            return


def _line_of(before: bytes) -> int:
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _column_at(before: bytes, form: RawForm) -> str:
    """Name of the column in which text breaks off; empty where that is not known."""
    known = before.decode(form.encoding, "replace").removeprefix("\ufeff")
    try:
        records = [
            fields
            for fields in csv.reader(io.StringIO(known + "?", newline=""), delimiter=form.delimiter)
            if fields
        ]
    except csv.Error:
        return ""
    names = _names(records, form) if len(records) > form.header_rows else ()
    place = len(records[-1]) - 1
    return f"{form.name}.{names[place]}" if place < len(names) and names[place] else ""


def _record_starts(data: bytes, delimiter: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Offset and line of each record; None if a quote stands where it has no meaning.

    Empty lines between records are no records, but they count as lines.
    """
    values = np.frombuffer(data, dtype=np.uint8)
    ends = _line_ends(values)
    inside = inside_quotes(values, ends, delimiter)
    if inside is None:
        return None
    starts = np.concatenate(([0], ends + 1))
    outside = np.concatenate(([True], ~inside))
    begins = starts < len(values)
    first = values[np.minimum(starts, max(len(values) - 1, 0))] if len(values) else starts
    filled = begins & outside & (first != LF) & (first != CR)
    return starts[filled], np.flatnonzero(filled) + 1


def _line_ends(values: np.ndarray) -> np.ndarray:
    """Offset of the last byte of each line end: LF, CRLF or CR."""
    feeds = np.flatnonzero(values == LF)
    returns = np.flatnonzero(values == CR)
    if not len(returns):
        return feeds
    following = values[np.minimum(returns + 1, len(values) - 1)]
    alone = returns[(following != LF) | (returns + 1 == len(values))]
    return np.sort(np.concatenate((feeds, alone))) if len(alone) else feeds


def inside_quotes(
    values: np.ndarray, ends: np.ndarray, delimiter: str, block: int = BLOCK
) -> np.ndarray | None:
    """Which line ends stand inside quotes; None if the quotes are not regular.

    ``block`` bytes at a time, because a file may hold more quotes than memory holds their places.
    """
    around = np.zeros(256, dtype=bool)
    around[[LF, CR, QUOTE, ord(delimiter)]] = True
    inside = np.zeros(len(ends), dtype=bool)
    seen = 0
    for low in range(0, len(values), block):
        quotes = np.flatnonzero(values[low : low + block] == QUOTE) + low
        opening, closing = quotes[seen % 2 :: 2], quotes[1 - seen % 2 :: 2]
        before = opening[opening > 0] - 1
        after = closing[closing < len(values) - 1] + 1
        if not (around[values[before]].all() and around[values[after]].all()):
            return None
        here = slice(*np.searchsorted(ends, (low, low + block)))
        inside[here] = (np.searchsorted(quotes, ends[here]) + seen) % 2 == 1
        seen += len(quotes)
    return None if seen % 2 else inside


def _width(fields: Sequence[str], names: tuple[str, ...]) -> int:
    """Number of fields the first record has, if that only adds or leaves off unnamed ones."""
    return len(fields) if len(fields) >= _named(names) else len(names)


def _named(names: tuple[str, ...]) -> int:
    """Number of columns up to the last that has a name."""
    return max((place + 1 for place, name in enumerate(names) if name), default=0)


def _parsed(data: bytes, first: int, width: int, delimiter: str) -> tuple[pa.Array, ...] | None:
    """Columns of the records from an offset on; None if a record has another width."""
    names = [str(place) for place in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(first)),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return tuple(table.columns)


def _read_slowly(data: bytes, form: RawForm, problems: Problems) -> RawTable | None:
    """The table as the csv module reads it; None, with the problems, where fields are wrong."""
    lines: list[int] = []
    records: list[list[str]] = []
    try:
        for line, fields in _records(data, form.delimiter):
            lines.append(line)
            records.append(fields)
    except _QuoteError as wrong:
        problems.add("DT504", str(wrong), mark=Mark(form.file, wrong.line))
        return None
    if len(lines) < form.header_rows:
        _no_header(form, problems)
        return None
    names = _names(records[: form.header_rows], form)
    header = lines[form.header_rows - 1]
    rows = np.array(lines[form.header_rows :], dtype="int64")
    records = records[form.header_rows :]
    widths = np.array([len(fields) for fields in records], dtype="int64")
    expected = _expected(widths, names)
    if _report_widths(widths, expected, rows, names, form, problems):
        return None
    columns = tuple(
        pa.array([fields[place] for fields in records], pa.string()) for place in range(expected)
    )
    return RawTable(_padded(names, expected), columns, rows, header)


def _expected(widths: np.ndarray, names: tuple[str, ...]) -> int:
    """Number of fields of a record: that of the header, or of most records if none has it."""
    usual = int(np.bincount(widths, minlength=1).argmax())
    return len(names) if usual < _named(names) or (widths == len(names)).any() else usual


def _report_widths(
    widths: np.ndarray,
    expected: int,
    rows: np.ndarray,
    names: tuple[str, ...],
    form: RawForm,
    problems: Problems,
) -> bool:
    """Whether a record has too many or too few fields, noted once for each number of them."""
    for width in np.unique(widths[widths != expected]):
        there = rows[widths == width]
        problems.add(
            "DT504",
            f"{width} field{'s' if width > 1 else ''} where {expected} are expected",
            mark=Mark(form.file, int(there[0]), min(int(width), expected) + 1),
            count=len(there),
            examples=row_examples(form, there),
            hint=other_delimiter(names),
        )
    return bool((widths != expected).any())


class _QuoteError(Exception):
    """Quotes that leave open where a field ends, and the line their record starts on."""

    def __init__(self, reason: csv.Error, line: int) -> None:
        open_end = "unexpected end" in str(reason)
        super().__init__(
            "a quote is opened and never closed"
            if open_end
            else f"the fields cannot be told apart: {reason}"
        )
        self.line = line


def _records(data: bytes, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of each record that is not an empty line."""
    text = io.StringIO(data.decode(), newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            raise _QuoteError(wrong, line) from wrong
        if fields:
            yield line, fields


def _names(records: list[list[str]], form: RawForm) -> tuple[str, ...]:
    return tuple(name.strip() for name in records[form.header_rows - 1])


def _padded(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*names, *[""] * width)[:width]


def _no_header(form: RawForm, problems: Problems) -> None:
    rows = "no header row" if form.header_rows == 1 else f"fewer than {form.header_rows} rows"
    problems.add("DT501", f"has {rows}", mark=Mark(form.file, 1))
