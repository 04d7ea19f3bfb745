"""Text as it is submitted and compared: in ASCII where there is a way to say it, blanks in order.

What has no ASCII form (an accent, another script) stays as it is: the transport file refuses it by
name, which is better than a guess here.
"""

import re
import unicodedata
from decimal import Decimal

import numpy as np
import pandas as pd

from mappings.columns import is_text, mapped_texts, texts

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_POWER = re.compile(r"(?<=\d)[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_MIXED_FRACTION = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞])")

# Signs that compatibility forms of Unicode do not lead to ASCII.
_SIGNS = str.maketrans(
    {
        # Single quotes, primes and accents that stand alone.
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        # Double quotes.
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        # Hyphens, dashes and the minus sign.
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-"),
        # Marks without a width.
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
        **dict.fromkeys("\u00d7\u2715", "x"),
        **dict.fromkeys("\u00f7\u2044\u2215", "/"),
        **dict.fromkeys("\u00b7\u2219", "."),
        "\u03bc": "u",  # Greek mu, which the micro sign becomes
        "≤": "<=",
        "≥": ">=",
        "≦": "<=",
        "≧": ">=",
        "≠": "!=",
        "≈": "~",
        "±": "+/-",
        "•": "-",
        "→": "->",
        "←": "<-",
        "®": "(R)",
        "©": "(C)",
        "°": " deg ",
    }
)
# Signs whose compatibility form says less than they do: º is written for degrees.
_BEFORE = str.maketrans({"º": " deg ", "\u00b4": "'"})


def clean_text(text: str) -> str:
    """Text trimmed, runs of white space as one blank, signs that ASCII lacks written in ASCII.

    A raised number after a digit is a power (``10⁹`` is ``10^9``), elsewhere it stands on the line
    (``m²`` is ``m2``).
    """
    if not text.isascii():
        text = _POWER.sub(lambda power: "^" + power[0].translate(_SUPERSCRIPTS), text)
        text = _MIXED_FRACTION.sub(" ", text)
        text = unicodedata.normalize("NFKC", text.translate(_BEFORE)).translate(_SIGNS)
    return " ".join(text.split())


def cleaned(column: pd.Series) -> pd.Series:
    """Column of cleaned texts."""
    return mapped_texts(column, clean_text)


def number_text(number: float) -> str:
    """Shortest text that reads back as the number, without an exponent; missing as ``""``."""
    if np.isnan(number):
        return ""
    written = format(Decimal(repr(float(number))), "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def printed(column: pd.Series) -> pd.Series:
    """Text of a column of any kind: numbers as short as they are exact, dates in ISO 8601.

    A midnight is printed as its day.
    """
    if is_text(column):
        return texts(column)
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        shown = [_date_text(date) for date in distinct]
    else:
        shown = [number_text(number) for number in distinct]
    return texts(np.array(shown, dtype=object)[codes])


def _date_text(date: pd.Timestamp) -> str:
    return "" if date is pd.NaT else date.isoformat().removesuffix("T00:00:00")


def comparable(column: pd.Series) -> pd.Series:
    """Texts by which collected values are compared: cleaned and without regard to case."""
    return mapped_texts(printed(column), lambda text: clean_text(text).casefold())
