"""A parser of SAS transport files, version 5, written from the record layout alone (TS-140).

It shares nothing with the writer and takes nothing on trust: every fixed word, blank and zero of
the layout is asserted, numbers are computed with integers, and special missing values are kept.
"""

import math
import struct
from dataclasses import dataclass

HEADER = b"HEADER RECORD*******"
MIDDLE = b"HEADER RECORD!!!!!!!"


@dataclass(frozen=True)
class Variable:
    text: bool
    length: int
    number: int
    name: str
    label: str
    format: tuple[str, int, int]
    justified: int
    informat: tuple[str, int, int]
    position: int


@dataclass(frozen=True)
class File:
    """One dataset; a value is text without padding, a float, or the letter of a missing value."""

    version: str
    system: str
    stamps: tuple[str, ...]
    name: str
    label: str
    type: str
    variables: tuple[Variable, ...]
    rows: list[tuple[str | float, ...]]


def parse(content: bytes) -> File:
    assert len(content) % 80 == 0
    records = [content[place : place + 80] for place in range(0, len(content), 80)]
    _fixed(records[0], b"LIBRARY ", b"0" * 30)
    library = records[1]
    assert library[:24] == b"SAS     SAS     SASLIB  "
    assert library[40:64] == b" " * 24
    assert records[2][16:] == b" " * 64
    _fixed(records[3], b"MEMBER  ", b"0" * 16 + b"1600000000140".rjust(14, b"0"))
    _fixed(records[4], b"DSCRPTR ", b"0" * 30)
    member, described = records[5], records[6]
    assert member[:8] == b"SAS     "
    assert member[16:24] == b"SASDATA "
    assert member[40:64] == b" " * 24
    assert member[24:40] == library[24:40]
    assert described[16:32] == b" " * 16
    _fixed(records[7], b"NAMESTR ", b"0" * 6 + records[7][54:58] + b"0" * 20)
    count = int(records[7][54:58])
    size = 140 * count
    size_on_file = -(-size // 80) * 80
    body = content[640:]
    assert body[size:size_on_file] == b" " * (size_on_file - size)
    variables = tuple(_variable(body[140 * place :][:140]) for place in range(count))
    _fixed(body[size_on_file:][:80], b"OBS     ", b"0" * 30)
    return File(
        version=_text(library[24:32]),
        system=_text(library[32:40]),
        stamps=tuple(map(_text, (library[64:], records[2][:16], member[64:], described[:16]))),
        name=_text(member[8:16]),
        label=_text(described[32:72]),
        type=_text(described[72:]),
        variables=variables,
        rows=_rows(body[size_on_file + 80 :], variables),
    )


def _fixed(record: bytes, word: bytes, numbers: bytes) -> None:
    assert record == HEADER + word + MIDDLE + numbers + b"  "


def _text(raw: bytes) -> str:
    return raw.decode("ascii").rstrip(" ")


def _variable(raw: bytes) -> Variable:
    kind, hashed, length, number = struct.unpack(">4h", raw[:8])
    width, decimals, justified = struct.unpack(">3h", raw[64:70])
    informat_width, informat_decimals, position = struct.unpack(">2hi", raw[80:88])
    assert kind in {1, 2}
    assert hashed == 0
    assert raw[70:72] == b"\0\0"
    assert raw[88:] == b"\0" * 52
    return Variable(
        text=kind == 2,
        length=length,
        number=number,
        name=_text(raw[8:16]),
        label=_text(raw[16:56]),
        format=(_text(raw[56:64]), width, decimals),
        justified=justified,
        informat=(_text(raw[72:80]), informat_width, informat_decimals),
        position=position,
    )


def _rows(content: bytes, variables: tuple[Variable, ...]) -> list[tuple[str | float, ...]]:
    width = sum(variable.length for variable in variables)
    place = 0
    for number, variable in enumerate(variables, start=1):
        assert (variable.number, variable.position) == (number, place)
        place += variable.length
    count, rest = divmod(len(content), width)
    assert content[count * width :] == b" " * rest
    while count and not content[(count - 1) * width : count * width].strip(b" "):
        count -= 1  # padding and blank records look the same
    assert len(content) - count * width < 80 + width
    return [
        tuple(
            _value(content[row * width + variable.position :][: variable.length], variable)
            for variable in variables
        )
        for row in range(count)
    ]


def _value(raw: bytes, variable: Variable) -> str | float:
    return _text(raw) if variable.text else ibm_value(raw)


def ibm_value(raw: bytes) -> str | float:
    """Number of eight bytes, exactly; the letter of a missing value."""
    (whole,) = struct.unpack(">Q", raw)
    sign, exponent, fraction = whole >> 63, whole >> 56 & 0x7F, whole & ((1 << 56) - 1)
    if not fraction and raw[0]:
        letter = raw[:1].decode("ascii")
        assert letter in "._ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        return letter
    assert fraction == 0 or fraction >> 52, "a fraction below 1/16"
    return math.ldexp(-fraction if sign else fraction, 4 * (exponent - 64) - 56)
