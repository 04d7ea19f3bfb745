"""The compact form of a terminology release: written by ``make_tables``, read by ``codelists``.

A gzipped CSV text. The first line names the publishing set and the release; a line that begins with
a code is a codelist, the lines under it that begin with a comma are its terms::

    SDTM,2025-03-28
    C66742,NY,No Yes Response,No
    ,C49487,N,No,No
    ,C49488,Y,Yes,Yes

The cells of a codelist are its code, short name, name and whether it is extensible; those of a term
its code, submission value, preferred term and synonyms. A release is read whole but its terms are
only cut apart when a codelist is asked for: most builds use a few dozen of a thousand lists.
"""

import csv
import gzip
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

SEPARATOR = "; "


class TermRow(NamedTuple):
    """A term as published, without its definition."""

    code: str
    value: str
    preferred: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class ListRow:
    """A codelist as published; its terms are still one text, see ``terms``."""

    code: str
    name: str
    label: str
    extensible: bool
    packed: str = ""

    def terms(self) -> tuple[TermRow, ...]:
        """Terms of the list in the publisher's order."""
        rows = csv.reader(self.packed.splitlines())
        return tuple(
            TermRow(code, value, preferred, tuple(synonyms.split(SEPARATOR)) if synonyms else ())
            for _, code, value, preferred, synonyms in rows
        )


@dataclass(frozen=True)
class Release:
    """A published release: its set (``SDTM``), its date and its codelists."""

    standard: str
    date: str
    lists: tuple[ListRow, ...]


def write_release(
    standard: str, date: str, lists: Iterable[tuple[ListRow, Iterable[TermRow]]]
) -> bytes:
    """Compact form of a release; the same bytes for the same content, whenever it is written."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([standard, date])
    for codelist, terms in lists:
        extensible = "Yes" if codelist.extensible else "No"
        writer.writerow([codelist.code, codelist.name, codelist.label, extensible])
        for term in terms:
            synonyms = SEPARATOR.join(term.synonyms)
            writer.writerow(["", term.code, term.value, term.preferred, synonyms])
    return compress(text.getvalue())


def compress(text: str) -> bytes:
    """Gzip of a text with neither the time nor a file name in its header."""
    made = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=made, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return made.getvalue()


def read_release(data: bytes) -> Release:
    """Release in the compact form."""
    text = gzip.decompress(data).decode("utf-8").rstrip("\n")
    head, *blocks = re.split(r"\n(?!,)", text)
    standard, date = head.split(",")
    firsts = [block.partition("\n") for block in blocks]
    heads = csv.reader([first for first, _, _ in firsts])
    lists = tuple(
        ListRow(code, name, label, extensible == "Yes", packed)
        for (code, name, label, extensible), (_, _, packed) in zip(heads, firsts, strict=True)
    )
    return Release(standard, date, lists)
