"""SAS formats that may stand in a transport file: those any SAS shows without a catalogue.

A format is its name, a width and decimals: ``DATE9.``, ``8.2``, ``$20.``. A format of one's own
(``YESNO.``) is not here, because a reviewer who opens the file does not have it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "date", "datetime", "time"]

_SHAPE = re.compile(r"(\$?(?:[A-Z](?:[A-Z0-9]*[A-Z])?)?)([0-9]{0,3})\.([0-9]{0,2})")

# Name: what it shows, narrowest and widest width, most decimals.
# Source: SAS 9.4 Formats and Informats: Reference, the syntax of each format.
FORMATS: Mapping[str, tuple[Kind, int, int, int]] = {
    "$": ("text", 1, 200, 0),
    "$CHAR": ("text", 1, 200, 0),
    "": ("number", 1, 32, 31),
    "F": ("number", 1, 32, 31),
    "BEST": ("number", 1, 32, 0),
    "COMMA": ("number", 1, 32, 31),
    "E": ("number", 7, 32, 31),
    "Z": ("number", 1, 32, 31),
    "DATE": ("date", 5, 11, 0),
    "DDMMYY": ("date", 2, 10, 0),
    "MMDDYY": ("date", 2, 10, 0),
    "YYMMDD": ("date", 2, 10, 0),
    "MONYY": ("date", 5, 7, 0),
    "YEAR": ("date", 2, 4, 0),
    "B8601DA": ("date", 8, 10, 0),
    "E8601DA": ("date", 10, 10, 0),
    "IS8601DA": ("date", 10, 10, 0),
    "DATETIME": ("datetime", 7, 40, 39),
    "B8601DT": ("datetime", 15, 26, 6),
    "E8601DT": ("datetime", 16, 26, 6),
    "IS8601DT": ("datetime", 16, 26, 6),
    "TIME": ("time", 2, 20, 19),
    "HHMM": ("time", 2, 20, 19),
    "TOD": ("time", 2, 20, 19),
    "B8601TM": ("time", 6, 15, 6),
    "E8601TM": ("time", 8, 15, 6),
    "IS8601TM": ("time", 8, 15, 6),
}

# Formats that SAS has beside those, by what they show; found in files of others, never written.
# Source: SAS 9.4 Formats and Informats: Reference, formats by category.
_OTHERS: Mapping[Kind, str] = {
    "date": (
        "DAY DDMMYYB DDMMYYC DDMMYYD DDMMYYN DDMMYYP DDMMYYS DOWNAME EURDFDD EURDFDE JULDAY "
        "JULIAN MMDDYYB MMDDYYC MMDDYYD MMDDYYN MMDDYYP MMDDYYS MMYY MMYYC MMYYD MMYYN MMYYP "
        "MMYYS MONNAME MONTH NENGO NLDATE QTR QTRR WEEKDATE WEEKDATX WEEKDAY WEEKU WEEKV "
        "WEEKW WORDDATE WORDDATX YYMM YYMMC YYMMD YYMMN YYMMP YYMMS YYMMDDB YYMMDDC YYMMDDD "
        "YYMMDDN YYMMDDP YYMMDDS YYMON YYQ YYWEEKU YYWEEKV YYWEEKW"
    ),
    "datetime": (
        "DATEAMPM DTDATE DTMONYY DTWKDATX DTYEAR DTYYQC E8601DN E8601DX E8601DZ E8601LX "
        "B8601DN B8601DX B8601DZ B8601LX MDYAMPM NLDATM"
    ),
    "time": ("TIMEAMPM MMSS HOUR NLTIME NLTIMAP E8601LZ E8601TZ B8601LZ B8601TZ"),
}
OTHERS: Mapping[str, Kind] = {
    name: kind for kind, names in _OTHERS.items() for name in names.split()
}


@dataclass(frozen=True)
class SasFormat:
    """A format in its parts; width and decimals are 0 where they are not given."""

    name: str
    width: int
    decimals: int


def parse_format(text: str) -> SasFormat | None:
    """Parts of a format of ``FORMATS`` with a width it can have; None for anything else."""
    match = _SHAPE.fullmatch(text)
    if match is None or match[1] not in FORMATS:
        return None
    made = SasFormat(match[1], int(match[2] or 0), int(match[3] or 0))
    _, narrowest, widest, decimals = FORMATS[made.name]
    if not made.width:  # the width that SAS takes by itself; "." alone says nothing
        return made if made.name not in {"", "F"} and not match[2] and not match[3] else None
    fits = narrowest <= made.width <= widest
    return made if fits and made.decimals <= decimals and made.decimals < made.width else None


def shows(form: SasFormat, kind: Kind) -> bool:
    """Whether a format shows values of a kind; a number may count days or seconds itself."""
    family = FORMATS[form.name][0]
    return family == kind or (kind == "number" and family != "text")


def stored_format(text: str) -> str:
    """Spelling in which a reader gives a format back: no point at the end, no zero decimals."""
    head, _, decimals = text.partition(".")
    return f"{head}.{int(decimals)}" if decimals.strip("0") else head


def spelled(name: str, width: int, decimals: int) -> str:
    """A format as SAS prints it, ``DATE9.`` or ``8.2``; "" where there is none."""
    if not name and not width:
        return ""
    return f"{name}{width or ''}.{decimals or ''}"


def same_spelling(text: str) -> str:
    """One spelling for a format however a program gives it: ``F8.2`` is ``8.2``."""
    stored = stored_format(text.strip().upper())
    return stored[1:] if re.fullmatch(r"F[0-9]+(\.[0-9]+)?", stored) else stored


def shown_kind(text: str) -> Kind:
    """What a numeric format shows: dates, datetimes, times, or plain numbers."""
    name = re.match(r"[A-Z]*(?:8601[A-Z]{2})?", text.strip().upper())
    found = name[0] if name else ""
    if found in FORMATS:
        return FORMATS[found][0]
    return OTHERS.get(found, "number")
