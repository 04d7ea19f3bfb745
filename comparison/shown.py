"""Values as text, in one way whatever file they are from."""

import numpy as np

from comparison.attributes import Nature
from comparison.source import Block, Numbers
from comparison.texts import shown
from sas.numbers import EPOCH

_FIRST = -138061  # 1582-01-01, where dates of SAS begin
_LAST = 6589335  # 20000-12-31
_DAY = 86400


def shown_values(block: Block, name: str, nature: Nature) -> np.ndarray:
    """Values of a variable of a block as an object array of str."""
    if nature == "text":
        return shown(block.texts(name))
    return shown_numbers(block.numbers(name), nature)


def shown_numbers(numbers: Numbers, nature: Nature) -> np.ndarray:
    """Numbers as text: the shortest that tells them apart, dates and times in ISO 8601.

    A missing value is ``.`` and its letter, if it has one. A number that is no date, though it
    should be, is shown as the number it is.
    """
    distinct, codes = np.unique(numbers.values, return_inverse=True)
    table = np.empty(len(distinct), dtype=object)
    table[:] = [_shown(value, nature) for value in distinct.tolist()]
    made = np.empty(len(numbers.values), dtype=object)
    made[:] = table[codes.ravel()]
    for byte in np.unique(numbers.missing).tolist():
        if byte:
            made[numbers.missing == byte] = "." if byte == ord(".") else f".{chr(byte)}"
    return made


def _shown(value: float, nature: Nature) -> str:
    if nature == "date" and value.is_integer() and _FIRST <= value <= _LAST:
        return str(EPOCH + np.timedelta64(int(value), "D"))
    if nature == "datetime" and _FIRST * _DAY <= value < (_LAST + 1) * _DAY:
        return f"{EPOCH + np.timedelta64(int(value // _DAY), 'D')}T{_clock(value % _DAY)}"
    if nature == "time" and 0 <= value < 10 * _DAY:
        return _clock(value)
    return shown_number(value)


def _clock(seconds: float) -> str:
    whole, part = divmod(seconds, 1)
    hours, rest = divmod(int(whole), 3600)
    fraction = f"{part:.6f}".rstrip("0").removeprefix("0") if part else ""
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}{fraction if fraction != '.' else ''}"


def shown_number(value: float) -> str:
    """A number in the shortest form that gives it back, without a point where it is whole."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
