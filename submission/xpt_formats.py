"""SAS formats that may stand in a transport file: those any SAS shows without a catalogue.

A format is its name, a width and decimals: ``DATE9.``, ``8.2``, ``$20.``. A format of one's own
(``YESNO.``) is not here, because a reviewer who opens the file does not have it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from submission.xpt_dataset import Kind

Family = Literal["text", "number", "date", "datetime", "time"]

_SHAPE = re.compile(r"(\$?(?:[A-Z](?:[A-Z0-9]*[A-Z])?)?)([0-9]{0,3})\.([0-9]{0,2})")

# Name: what it shows, narrowest and widest width, most decimals.
# Source: SAS 9.4 Formats and Informats: Reference, the syntax of each format.
FORMATS: Mapping[str, tuple[Family, int, int, int]] = {
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
