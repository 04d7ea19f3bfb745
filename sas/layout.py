"""How a SAS transport file is laid out: its descriptors, and where its records are.

Version 5 is described where it is written. Version 8 has the same frame with other words: names of
up to 32 bytes in what version 5 leaves blank, longer labels in a section of their own, and the
number of records behind the word that begins them.

    LIBRARY MEMBER  DSCRPTR NAMESTR OBS          version 5
    LIBV8   MEMBV8  DSCPTV8 NAMSTV8 OBSV8        version 8, with LABELV8 or LABELV9 before OBSV8

Source: SAS TS-140 (version 5); "Record Layout of a SAS Version 8 or 9 Data Set in SAS Transport
Format".
"""

import mmap
import struct
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sas.formats import spelled

RECORD = 80
_AT_ONCE = 1 << 23  # records of 80 bytes that are looked through before memory is given back
_HEADER = b"HEADER RECORD*******"
_DESCRIPTOR = struct.Struct(">hhhh8s40s8shhh2x8shhl32sh18x")
_MEMBERS = (_HEADER + b"MEMBER  HEADER RECORD!!!!!!!", _HEADER + b"MEMBV8  HEADER RECORD!!!!!!!")


class LayoutError(ValueError):
    """A file that is not a SAS transport file of one dataset."""


@dataclass(frozen=True)
class Field:
    """A variable and the bytes of a record it stands in."""

    name: str
    label: str
    text: bool
    length: int
    format: str
    informat: str
    position: int


@dataclass(frozen=True)
class Layout:
    """A dataset in a transport file: its fields, and ``records`` of ``width`` bytes from ``start``.

    ``created`` and ``modified`` are as the file spells them, ``05JAN24:14:30:00``.
    """

    version: int
    name: str
    label: str
    type: str
    created: str
    modified: str
    fields: tuple[Field, ...]
    start: int
    width: int
    records: int


def first_record(path: Path) -> int:
    """Position of the first record of data; LayoutError where a file is not one v5 dataset."""
    content = _content(path)
    if _version(content) != 5:
        raise LayoutError(f"{path} is not a SAS transport file of version 5")
    return _first_record(path, content)


def read_layout(path: Path) -> Layout:
    """The layout of a file of version 5 or 8; LayoutError where it is not one dataset."""
    content = _content(path)
    version = _version(content)
    if not version:
        raise LayoutError(f"{path} is not a SAS transport file")
    start = _first_record(path, content)
    head = content[:start].tobytes()
    try:
        return _layout(version, head, content)
    except (struct.error, IndexError, ValueError) as wrong:
        raise LayoutError(f"{path}: the descriptors of its variables cannot be read") from wrong


def _content(path: Path) -> np.ndarray:
    if not path.stat().st_size:
        return np.empty(0, dtype=np.uint8)
    return np.memmap(path, dtype=np.uint8, mode="r")


def _version(content: np.ndarray) -> int:
    first = content[:RECORD].tobytes()
    if first.startswith(_HEADER + b"LIBRARY HEADER RECORD!!!!!!!"):
        return 5
    return 8 if first.startswith(_HEADER + b"LIBV8   HEADER RECORD!!!!!!!") else 0


def _first_record(path: Path, content: np.ndarray) -> int:
    """Position of the data, after making sure that there is one dataset.

    A reader that does not count the datasets takes the headers of a second one for records.
    """
    records = content[: len(content) // RECORD * RECORD].reshape(-1, RECORD)
    found = []
    for start in range(0, len(records), _AT_ONCE):
        found.append(_that_begin(records[start : start + _AT_ONCE], _HEADER) + start)
        let_go(content)
    headers = np.concatenate(found) if found else np.empty(0, dtype="int64")
    words = [records[place].tobytes() for place in headers.tolist()]
    members = [word for word in words if word.startswith(_MEMBERS)]
    if len(members) != 1:
        raise LayoutError(f"{path} holds {len(members)} datasets, only one can be read")
    for place, word in zip(headers.tolist(), words, strict=True):
        if word[20:28] in {b"OBS     ", b"OBSV8   "}:
            return int(place + 1) * RECORD
    raise LayoutError(f"{path} ends before its data")


def let_go(content: np.ndarray) -> None:
    """Give back the memory of a mapped file; its pages stay with the system while it has room."""
    mapping = getattr(content, "_mmap", None)
    if mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED)


def _that_begin(records: np.ndarray, start: bytes) -> np.ndarray:
    """Numbers of the records that begin with the given bytes."""
    found = np.flatnonzero(records[:, 0] == start[0])
    for place, byte in enumerate(start[1:], start=1):
        found = found[records[found, place] == byte]
    return found


def _layout(version: int, head: bytes, content: np.ndarray) -> Layout:
    cards = [head[place : place + RECORD] for place in range(0, len(head), RECORD)]
    words = [card[20:28] if card.startswith(_HEADER) else b"" for card in cards]
    described = words.index(b"DSCRPTR " if version == 5 else b"DSCPTV8 ")
    member, more = cards[described + 1], cards[described + 2]
    named = words.index(b"NAMESTR " if version == 5 else b"NAMSTV8 ")
    count = int(cards[named][54:58] if version == 5 else cards[named][48:58])
    size = int(cards[words.index(b"MEMBER  " if version == 5 else b"MEMBV8  ")][74:78])
    fields = _fields(version, head[(named + 1) * RECORD :], count, size)
    for word, lengths in ((b"LABELV8 ", 3), (b"LABELV9 ", 5)):
        if word in words:
            place = words.index(word)
            long = head[(place + 1) * RECORD :]
            fields = _long_labels(fields, long, int(cards[place][48:58]), lengths)
    width = sum(field.length for field in fields)
    stated = cards[-1][48:68].split()
    there = _records(content[len(head) :], width)
    if version == 8 and stated and stated[0].isdigit():
        there = min(int(stated[0]), (len(content) - len(head)) // width if width else 0)
    wide = 8 if version == 5 else 32
    return Layout(
        version=version,
        name=_text(member[8 : 8 + wide]),
        label=_text(more[32:72]),
        type=_text(more[72:80]),
        created=_text(member[64:80]),
        modified=_text(more[:16]),
        fields=fields,
        start=len(head),
        width=width,
        records=there,
    )


def _fields(version: int, described: bytes, count: int, size: int) -> tuple[Field, ...]:
    made, position = [], 0
    for number in range(count):
        (kind, _, length, _, name, label, form, width, decimals, _, inform, in_width, in_decimals,
         _, long_name, _) = _DESCRIPTOR.unpack(
            described[number * size : number * size + size].ljust(140)
        )  # fmt: skip
        length &= 0xFFFF
        made.append(
            Field(
                name=_text(long_name if version == 8 and long_name.strip(b" \0") else name),
                label=_text(label),
                text=kind == 2,
                length=length,
                format=spelled(_text(form), width, decimals),
                informat=spelled(_text(inform), in_width, in_decimals),
                position=position,  # values follow the descriptors, whatever position they state
            )
        )
        position += length
    return tuple(made)


def _long_labels(
    fields: tuple[Field, ...], section: bytes, count: int, lengths: int
) -> tuple[Field, ...]:
    """Fields with the names, labels and formats that are too long for a descriptor."""
    made, place = list(fields), 0
    shape = struct.Struct(f">{lengths}H")
    for _ in range(count):
        number, *sizes = shape.unpack_from(section, place)
        place += shape.size
        texts = []
        for size in sizes:
            texts.append(_text(section[place : place + size]))
            place += size
        field = replace(made[number - 1], name=texts[0], label=texts[1])
        if lengths == 5:
            field = replace(
                field, format=texts[2] or field.format, informat=texts[3] or field.informat
            )
        made[number - 1] = field
    return tuple(made)


def _records(data: np.ndarray, width: int) -> int:
    """How many records there are; blank ones that fill up the last 80 bytes are none."""
    if not width:
        return 0
    count = len(data) // width
    blank = b" " * width
    while count and (count - 1) * width > len(data) - RECORD:
        if data[(count - 1) * width : count * width].tobytes() != blank:
            break
        count -= 1
    return count


def _text(raw: bytes) -> str:
    """Text without its padding; a byte that is not UTF-8 is read as Windows has it."""
    raw = raw.rstrip(b" \0")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
