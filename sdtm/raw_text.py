"""Write numbers and dates of typed files as text without loss.

A number is the shortest text that reads back the same, with the decimal mark of its form. Dates
and times are ISO 8601. A time that is displayed without seconds gets none, unless they are not
zero: the file holds them, but nobody collected them.
"""

import datetime as dt
import decimal
import re
from typing import Any

import numpy as np

SAS_EPOCH = dt.datetime(1960, 1, 1)
DAY = 86400.0

# Source: SAS 9.4 Formats and Informats, formats by category: date and time.
DATE_FORMAT = re.compile(
    r"DATE|DAY|(DDMMYY|MMDDYY|YYMMDD)[BCDNPS]?|([EB]|IS)8601DA|MONYY|MONTH|MONNAME|YYMON|YEAR"
    r"|(MMYY|YYMM|YYQ|YYQR)[CDNPSZ]?|QTRR?|WORDDAT[EX]|WEEKDAT[EX]|WEEKDAY|WEEK[UVW]|DOWNAME"
    r"|JULIAN|JULDAY|PDJUL[GI]|NLDATE[A-Z]*|MINGUO|NENGO|HDATE|HEBDATE"
)
DATETIME_FORMAT = re.compile(
    r"DATETIME|DATEAMPM|MDYAMPM|([EB]|IS)8601D[TNZX]|DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC"
    r"|NLDATM[A-Z]*"
)
TIME_FORMAT = re.compile(r"TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|([EB]|IS)8601[TL][MZX]|NLTIM(E|AP)")
# Narrowest width at which a format shows seconds.
SECONDS_WIDTH = {"TIME": 7, "TOD": 7, "DATETIME": 16, "HHMM": 99, "HOUR": 99}


def value_text(value: Any, mark: str = ".", shows: str = "hs") -> str:
    """Text of one value; ``mark`` is the decimal mark, ``shows`` the parts of a time displayed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | np.integer):
        return str(value)
    if isinstance(value, float | np.floating):
        return number_text(value, mark)
    if isinstance(value, decimal.Decimal):
        return format(value, "f").replace(".", mark)
    if isinstance(value, dt.timedelta):
        return duration_text(value.total_seconds(), shows)
    return iso_text(value, shows)


def number_text(value: Any, mark: str = ".") -> str:
    """Shortest text of a number, missing as ``""``; digits as long as they can be read."""
    if np.isnan(value):
        return ""
    size = abs(value)
    if size < 1e16 and value == int(value):
        return str(int(value))
    if 1e-6 <= size < 1e16:
        return np.format_float_positional(value, trim="-").replace(".", mark)
    return str(value).replace(".", mark)


def iso_text(value: Any, shows: str = "hs") -> str:
    """ISO 8601 text of a date, time or datetime; hidden parts of the time only if not zero."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    text = str(value.isoformat())
    day, _, clock = text.rpartition("T")
    base, zone = clock[:8], clock[8:]
    fraction = re.match(r"\.\d+", zone)
    if fraction:
        return f"{day}{'T' * bool(day)}{base}{fraction[0].rstrip('0')}{zone[fraction.end() :]}"
    if day and "h" not in shows and base == "00:00:00" and not zone:
        return day
    if "s" not in shows and base.endswith(":00"):
        base = base[:5]
    return f"{day}{'T' * bool(day)}{base}{zone}"


def duration_text(seconds: float, shows: str = "hs") -> str:
    """Hours, minutes and seconds of a time span, which may exceed a day."""
    whole, part = divmod(round(abs(seconds) * 1_000_000), 1_000_000)
    rest = f".{part:06d}".rstrip("0") if part else ""
    hours, minutes, last = whole // 3600, whole // 60 % 60, whole % 60
    text = f"{'-' * (seconds < 0)}{hours:02d}:{minutes:02d}"
    return text if "s" not in shows and not last and not rest else f"{text}:{last:02d}{rest}"


def sheet_shows(number_format: str) -> str:
    """Parts of the time a spreadsheet format displays: ``h`` for any, ``s`` for seconds."""
    shown = re.sub(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", number_format.lower())
    return "".join(part for part in "hs" if part in shown)


def sas_text(value: Any, sas_format: str, mark: str = ".") -> str:
    """Text of a SAS number by its format: dates count days, times seconds, from 1960.

    A special missing value is its letter after a point.
    """
    if isinstance(value, str):
        return f".{value}"
    match = re.fullmatch(r"(.*?)(\d*)\.?\d*", sas_format.upper())
    name, width = (match[1], match[2]) if match else ("", "")
    if value is None or np.isnan(value):
        return ""
    shows = "h" if width and int(width) < SECONDS_WIDTH.get(name, 0) else "hs"
    try:
        if DATE_FORMAT.fullmatch(name):
            return iso_text(SAS_EPOCH + dt.timedelta(seconds=value * DAY), "")
        if DATETIME_FORMAT.fullmatch(name):
            return iso_text(SAS_EPOCH + dt.timedelta(seconds=value), shows)
    except OverflowError:  # no date of the calendar: the number is what is left to show
        return number_text(value, mark)
    return duration_text(value, shows) if TIME_FORMAT.fullmatch(name) else number_text(value, mark)
