"""Types agreed between two datasets, where a file format does not tell its own.

A CSV file holds texts alone and Parquet has no SAS formats. Such variables take the type of the
other side where every value can; where one cannot, they stay what they are and the types differ.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from comparison.attributes import Nature
from comparison.side_held import HeldColumn, HeldSource, held_numbers
from comparison.source import Numbers, Source
from sas.numbers import EPOCH

_SECONDS = 86400
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_SAS_DATE = re.compile(r"(\d{1,2})([A-Z]{3})(\d{4})(?::(.+))?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](.+))?")
_CLOCK = re.compile(r"(\d{1,3}):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_MISSING = re.compile(r"\.?|\.[A-Za-z_]|NA|NaN")  # NA is how R writes it


def agreed(base: Source, other: Source) -> tuple[Source, Source, list[str]]:
    """Both datasets with the types of the other where they have none, and notes on what failed."""
    notes: list[str] = []
    if isinstance(base, HeldSource):
        base = _adapted(base, other, notes)
    if isinstance(other, HeldSource):
        other = _adapted(other, base, notes)
    return base, other, notes


def _adapted(held: HeldSource, toward: Source, notes: list[str]) -> HeldSource:
    there = toward.natures
    both_loose = toward.loose if isinstance(toward, HeldSource) else frozenset[str]()
    made: dict[str, tuple[HeldColumn, Nature]] = {}
    for name, nature in held.natures.items():
        if name not in held.loose or name not in there:
            continue
        wanted = there[name]
        column = held.columns[name]
        if isinstance(column, Numbers):
            changed = _in_unit(column, nature, wanted)
        elif name in both_loose and wanted == "text":
            changed = _both_numbers(column, toward, name)
            wanted = "number"
        elif wanted != "text":
            changed, wrong = _parsed(column, wanted)
            if changed is None:
                notes.append(
                    f"{name} of {held.about.path} is compared as text: {wrong!r} is no {wanted}"
                )
        else:
            changed = None
        if changed is not None:
            made[name] = (changed, wanted)
    return held.replaced(made) if made else held


def _in_unit(column: Numbers, nature: Nature, wanted: Nature) -> Numbers | None:
    """Days for seconds and the reverse, where the other side counts in them."""
    if (nature, wanted) == ("datetime", "date"):
        days = column.values / _SECONDS
        whole = (column.missing != 0) | (days == np.floor(days))
        return Numbers(days, column.missing) if whole.all() else None
    if (nature, wanted) == ("date", "datetime"):
        return Numbers(column.values * _SECONDS, column.missing)
    return None


def _both_numbers(column: pa.Array, toward: Source, name: str) -> Numbers | None:
    """Numbers where both sides hold nothing else and none has a leading zero, as a code may."""
    if not isinstance(toward, HeldSource):
        return None
    there = toward.columns[name]
    if isinstance(there, Numbers):
        return None
    for texts in (column, there):
        found = [text for text in texts.unique().to_pylist() if text]
        if not found or not all(_NUMBER.fullmatch(text) for text in found):
            return None
        if any(re.match(r"[+-]?0\d", text) for text in found):
            return None
    return _parsed(column, "number")[0]


def _parsed(column: pa.Array, wanted: Nature) -> tuple[Numbers | None, str]:
    """Numbers of texts, and the first text that is none."""
    encoded = column.dictionary_encode()
    distinct: Sequence[str] = encoded.dictionary.to_pylist()
    read = _READERS[wanted]
    values, missing = np.empty(len(distinct)), np.zeros(len(distinct), dtype="uint8")
    for place, text in enumerate(distinct):
        text = text.strip()
        if _MISSING.fullmatch(text):
            letter = text[1:].upper() if text.startswith(".") else ""
            values[place], missing[place] = np.nan, ord(letter or ".")
            continue
        value = float(text) if _NUMBER.fullmatch(text) else read(text)
        if value is None:
            return None, text
        values[place] = value
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return held_numbers(values[codes], missing[codes]), ""


def days(text: str) -> float | None:
    """Days from 1960 of a date, ISO 8601 or as DATE9. shows it; None where it is none."""
    found, rest = _date(text)
    return found if not rest else None


def seconds(text: str) -> float | None:
    """Seconds from 1960 of a date and time; of the midnight of a date alone."""
    found, rest = _date(text)
    if found is None:
        return None
    clock = clock_seconds(rest.removesuffix("Z")) if rest else 0.0
    return None if clock is None else found * _SECONDS + clock


def clock_seconds(text: str) -> float | None:
    """Seconds from midnight of a time."""
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[2]) > 59:
        return None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3] or 0)


def _date(text: str) -> tuple[float | None, str]:
    """Days from 1960, and what is behind the date."""
    iso, sas = _ISO.fullmatch(text), _SAS_DATE.fullmatch(text)
    if iso:
        stated, rest = f"{iso[1]}-{iso[2]}-{iso[3]}", iso[4]
    elif sas and sas[2].upper() in _MONTHS:
        stated, rest = f"{sas[3]}-{_MONTHS[sas[2].upper()]:02}-{int(sas[1]):02}", sas[4]
    else:
        return None, ""
    try:
        return float((np.datetime64(stated, "D") - EPOCH).astype(int)), rest or ""
    except ValueError:  # the 30th of February
        return None, ""


def _number(_text: str) -> float | None:
    return None


_READERS: dict[Nature, Callable[[str], float | None]] = {
    "number": _number,
    "date": days,
    "datetime": seconds,
    "time": clock_seconds,
}
