"""How laboratories and sites write units: spellings that stand in no list of CDISC synonyms.

``data/unit_texts.csv`` names whole texts (``lbs``); ``spelled`` rewrites what follows a pattern
(``x10E9/L``, ``K/uL``, ``cells/mm3``). Both change how a unit is written, never the unit.
"""

import csv
import re
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

# The lists of CDISC terminology that hold units of results: UNIT, PKUNIT, VSRESU and the PK units
# that are normalised by weight or dose.
UNIT_LISTS = frozenset(["C71620", "C85494", "C66770", "C128684", "C128683", "C128685", "C128686"])

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_PER_VOLUME = r"(?=/(?:uL|mm3)$)"

# Patterns in the order they are applied to a unit without blanks.
_SPELLINGS = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        (r"(?<=m)\^(?=[23]\b)", ""),
        (r"/(?:cu\.?mm|cmm)$", "/mm3"),
        (r"(?:cells?|cls)(?=/)", ""),
        (r"^mc(?=(?:g|mol|l|kat)\b)", "u"),
        (r"/(?:mc|u)l$", "/uL"),
        (r"^gm(?=/)", "g"),
        (r"^units?/", "U/"),
        (r"/(?:hr|hour|1h)$", "/h"),
        (r"^[x\u00d7*]?10(?:\^|\*\*?|e\+?|(?=\(\d+\)))\(?(\d+)\)?(?!\d)", r"10^\1"),
        (r"^(?:k|thous?|thousands?)" + _PER_VOLUME, "10^3"),
        (r"^(?:m|mill?|millions?)" + _PER_VOLUME, "10^6"),
    )
)


def spelled(text: str) -> str:
    """The unit with powers, cell counts and abbreviations written as CDISC writes them."""
    raised = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"10^\1", text)
    unit = "".join(raised.translate(_DIGITS).split())
    for pattern, written in _SPELLINGS:
        unit = pattern.sub(written, unit)
    return unit


@lru_cache(maxsize=1)
def unit_texts() -> tuple[tuple[str, str], ...]:
    """Pairs of a collected text and the C-code of the unit it means."""
    with (DATA / "unit_texts.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["text"], row["code"]) for row in csv.DictReader(file))
