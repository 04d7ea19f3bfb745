"""CSV files: names in the first line, everything else a text until the other side says more."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from comparison.attributes import Side, Variable
from comparison.findings import ComparisonError
from comparison.side_held import HeldSource, held_texts

_DELIMITERS = ",;\t|"


def read_csv(path: Path, shown: str) -> HeldSource:
    """The dataset of a CSV file in UTF-8, or else Windows-1252, delimited by , ; | or tab."""
    content = path.read_bytes()
    encoding = "utf-8"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "windows-1252"
        content = content.decode("cp1252", errors="replace").encode("utf-8")
    content = content.removeprefix(b"\xef\xbb\xbf")
    header = content.split(b"\n", 1)[0].decode("utf-8")
    delimiter = max(_DELIMITERS, key=header.count)
    table = _table(path, content, delimiter)
    names = table.column_names
    if len(set(names)) < len(names) or not all(names):
        raise ComparisonError(f"{path}: the first line does not name each column once")
    about = Side(
        path=shown,
        format="CSV",
        sha256="",
        bytes=path.stat().st_size,
        name=path.stem.upper(),
        label=None,
        type=None,
        records=table.num_rows,
        variables=tuple(Variable(name, order, "text") for order, name in enumerate(names, 1)),
        encoding=encoding,
        carries=frozenset({"order"}),
    )
    columns = {name: held_texts(table[name]) for name in names}
    return HeldSource(about, columns, loose=frozenset(names))


def _table(path: Path, content: bytes, delimiter: str) -> pa.Table:
    names = pacsv.ReadOptions(block_size=max(1 << 20, min(len(content), 1 << 26)))
    parse = pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    try:
        first = pacsv.open_csv(io.BytesIO(content), names, parse).schema.names
        convert = pacsv.ConvertOptions(
            column_types=dict.fromkeys(first, pa.string()), strings_can_be_null=False
        )
        return pacsv.read_csv(io.BytesIO(content), names, parse, convert)
    except pa.ArrowInvalid as wrong:
        raise ComparisonError(f"{path}: {wrong}") from wrong
