"""Data type, length and digits of an item, read off its values.

Text has its length in bytes, as it stands in the transport file; the values of a part of a variable
have that of the longest of them. Numbers have the width of the widest as printed, of at most 15
significant digits, beyond which binary fractions only show how they are stored. Dates that are
numbers are integers with a display format, five digits for days and ten for seconds.

ISO 8601 text has the narrowest type that all its values have: ``date``, ``datetime`` (to the
second), ``partialDate`` (cut short anywhere up to the day), ``partialDatetime`` (cut short
anywhere), ``incompleteDatetime`` (a part in the middle unknown), ``durationDatetime``,
``intervalDatetime``. A type without a fixed form in the data stays ``text``. Types of dates have
no length.

Source: Define-XML 2.1, DataType of ItemDef.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from mappings.columns import is_text, plain_texts
from mappings.finished import FinalColumn
from mappings.reduce import decimals, longest
from mappings.supplemental import as_text

_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?"
_ZONE = r"(Z|[+-]\d{2}:\d{2})?"
_PARTIAL = rf"\d{{4}}(-\d{{2}}(-\d{{2}}(T{_TIME}{_ZONE})?)?)?"
# The narrowest first.
_ISO_TYPES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("date", _DAY),
        ("datetime", rf"{_DAY}T\d{{2}}:\d{{2}}:\d{{2}}(\.\d+)?{_ZONE}"),
        ("partialDate", r"\d{4}(-\d{2}(-\d{2})?)?"),
        ("partialDatetime", _PARTIAL),
        ("incompleteDatetime", r"(\d{4}|-)-(\d{2}|-)(-(\d{2}|-))?(T[\d:-]+)?|" + _PARTIAL),
        ("durationDatetime", r"[+-]?P(\d+W|(\d+Y)?(\d+M)?(\d+([.,]\d+)?D)?(T.+)?)"),
        ("intervalDatetime", r"[^/]+/[^/]+"),
    )
)
_EXACT = 15
# Values of a column, distinct ones for speed. An array of text holds objects: of the few values of
# one item nothing is asked that a column is needed for.
Values: TypeAlias = pd.Series | np.ndarray


@dataclass(frozen=True)
class Facts:
    """What the values of an item are; dates have no length, only fractions have digits."""

    data_type: str
    length: int | None = None
    digits: int | None = None


def facts(column: FinalColumn, values: Values, *, iso: bool, whole: bool = True) -> Facts:
    """Facts of the values of a variable, or of a part of them where ``whole`` is not said."""
    if column.type in {"date", "datetime"}:
        return Facts("integer", 5 if column.type == "date" else 10)
    if column.kind == "number":
        return _of_numbers(np.asarray(values), column.type if whole else "")
    data_type = iso_type(filter(None, plain_texts(values))) if iso else "text"
    if data_type != "text":
        return Facts(data_type)
    return Facts("text", column.length if whole else longest(plain_texts(values)))


def iso_type(texts: Iterable[str]) -> str:
    """Data type that all of some ISO 8601 texts have; ``text`` where none fits."""
    texts = tuple(texts)
    fitting = (name for name, form in _ISO_TYPES if all(map(form.fullmatch, texts)))
    return next(fitting, "text")


def _of_numbers(values: np.ndarray, said: str) -> Facts:
    present = values[~np.isnan(values)]
    whole = np.abs(np.trunc(present))
    width = len(f"{whole.max():.0f}") if len(whole) else 1
    digits = decimals(present)
    if width + digits > _EXACT:
        digits = decimals(np.array([float(f"{number:.{_EXACT}g}") for number in present]))
    width += bool((present < 0).any())
    if digits or said == "float":
        return Facts("float", width + 1 + digits if digits else width, digits)
    return Facts("integer", width)


def printed(values: Values) -> list[str]:
    """The distinct values as text, sorted, missing ones left out; numbers in their own order."""
    if is_text(values):
        return sorted(set(filter(None, plain_texts(values))))
    distinct = pd.Series(pd.unique(values)).dropna().sort_values(ignore_index=True)
    return list(map(str, as_text(distinct))) if len(distinct) else []
