"""Texts as bytes: a row of a matrix for each, filled up with blanks; and how two of them differ.

Trailing blanks never count. Bytes that are not UTF-8 are Windows-1252, as SAS under Windows writes.
"""

import unicodedata

import numpy as np

from comparison.options import PLACE, Kind

BLANK = 0x20
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[ord("A") : ord("Z") + 1] += 32
# What is taken out before texts are compared but for their white space; controls with it.
_SPACE = np.zeros(256, dtype=bool)
_SPACE[[*range(0x21), 0x7F]] = True
# Of a letter, whatever its case; white space weighs nothing.
_WEIGHTS = ((_LOWER.astype("uint32") + 1) * np.uint32(2654435761)).astype("uint32")
_WEIGHTS[_SPACE] = 0
# Typographic characters and what stands for them in ASCII, by code point.
_TYPOGRAPHIC = {
    "'": (0x2018, 0x2019, 0x201A, 0x2032, 0x60, 0xB4),
    '"': (0x201C, 0x201D, 0x201E, 0x2033, 0xAB, 0xBB),
    "-": (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212),
    "...": (0x2026,),
    "x": (0xD7,),
    "<=": (0x2264,),
    ">=": (0x2265,),
    "": (0xAD, 0x200B, 0xFEFF),
}
_ALIKE = {code: plain for plain, codes in _TYPOGRAPHIC.items() for code in codes}


def widened(texts: np.ndarray, width: int) -> np.ndarray:
    """The texts filled up with blanks to a width, in one piece."""
    if texts.shape[1] == width:
        return np.ascontiguousarray(texts)
    made = np.full((len(texts), width), BLANK, dtype=np.uint8)
    made[:, : texts.shape[1]] = texts
    return made


def alike(base: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both filled up to the wider of the two, which is at least one byte wide."""
    width = max(base.shape[1], other.shape[1], 1)
    return widened(base, width), widened(other, width)


def whole(texts: np.ndarray) -> np.ndarray:
    """Each row as one value, to be compared, sorted or looked up at once."""
    return np.ascontiguousarray(texts).view(f"S{texts.shape[1]}").ravel()


def unequal(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Places at which the texts differ, whatever their encodings."""
    base, other = alike(base, other)
    places = np.flatnonzero(whole(base) != whole(other))
    if not len(places):
        return places
    few_base, few_other = base[places], other[places]
    if (few_base >= 0x80).any() or (few_other >= 0x80).any():
        few_base, few_other = alike(utf8(few_base)[0], utf8(few_other)[0])
        places = places[whole(few_base) != whole(few_other)]
    return places


def utf8(texts: np.ndarray) -> tuple[np.ndarray, bool]:
    """The texts in UTF-8, and whether any of them was Windows-1252.

    A text whose bytes are valid UTF-8 is UTF-8.
    """
    if not (np.bitwise_or.reduce(texts, axis=0) >= 0x80).any():
        return texts, False
    rows = np.flatnonzero((texts >= 0x80).any(axis=1))
    distinct, codes = np.unique(whole(texts[rows]), return_inverse=True)
    found = [_utf8(text) for text in distinct.tolist()]
    if not any(was for _, was in found):
        return texts, False
    width = max(texts.shape[1], *(len(text) for text, _ in found))
    table = np.array([text.ljust(width) for text, _ in found], dtype=f"S{width}")
    made = np.array(widened(texts, width))
    made[rows] = table[codes.ravel()].view(np.uint8).reshape(len(rows), width)
    return made, True


def _utf8(text: bytes) -> tuple[bytes, bool]:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return decoded(text).encode("utf-8"), True
    return text, False


def decoded(text: bytes) -> str:
    """A text without its trailing blanks."""
    text = text.rstrip(b" ")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return text.decode("cp1252")
    except UnicodeDecodeError:
        return text.decode("latin-1")  # a byte that Windows leaves undefined


def shown(texts: np.ndarray) -> np.ndarray:
    """The texts as an object array of str."""
    made = np.empty(len(texts), dtype=object)
    if not texts.shape[1]:
        made[:] = ""
        return made
    distinct, codes = np.unique(whole(texts), return_inverse=True)
    table = np.empty(len(distinct), dtype=object)
    table[:] = [decoded(text) for text in distinct.tolist()]
    made[:] = table[codes.ravel()]
    return made


def blank(texts: np.ndarray) -> np.ndarray:
    """Mask of the missing texts."""
    made = np.ones(len(texts), dtype=bool)
    if texts.shape[1]:
        made &= texts[:, 0] == BLANK
        perhaps = np.flatnonzero(made)
        made[perhaps] = (texts[perhaps] == BLANK).all(axis=1)
    return made


def kinds(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Kind of difference of each pair of texts that differ, as its place in ``KINDS``.

    White space is told before case: texts that differ in both are of kind ``case`` where case is
    all that is left once white space is taken out.
    """
    base, other = alike(base, other)
    made = np.full(len(base), PLACE["value"], dtype="int8")
    near = np.flatnonzero(_sums(base) == _sums(other))
    without_base, without_other = _without_space(base[near]), _without_space(other[near])
    lower = whole(_LOWER[without_base]) == whole(_LOWER[without_other])
    made[near[lower]] = PLACE["case"]
    made[near[whole(without_base) == whole(without_other)]] = PLACE["white space"]
    beyond = np.flatnonzero(((base >= 0x80) | (other >= 0x80)).any(axis=1))
    if len(beyond):
        made[beyond] = _kinds_beyond_ascii(base[beyond], other[beyond])
    made[blank(base)] = PLACE["missing in base"]
    made[blank(other)] = PLACE["missing in other"]
    return made


def _sums(texts: np.ndarray) -> np.ndarray:
    """A number for each text that is the same where only case and white space differ."""
    return _WEIGHTS[texts].sum(axis=1, dtype="uint32")


def _without_space(texts: np.ndarray) -> np.ndarray:
    """The texts without white space, filled up with NUL."""
    keep = ~_SPACE[texts]
    made = np.zeros_like(texts)
    rows, places = np.nonzero(keep)
    made[rows, (keep.cumsum(axis=1) - 1)[rows, places]] = texts[rows, places]
    return made


def _kinds_beyond_ascii(base: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Kinds of pairs with letters beyond ASCII, worked out once for each distinct pair."""
    both = np.concatenate([base, other], axis=1)
    distinct, codes = np.unique(whole(both), return_inverse=True)
    width = base.shape[1]
    found = [_kind(decoded(pair[:width]), decoded(pair[width:])) for pair in distinct.tolist()]
    return np.array([PLACE[kind] for kind in found], dtype="int8")[codes.ravel()]


def _kind(base: str, other: str) -> Kind:
    base, other = "".join(base.split()), "".join(other.split())
    if base == other:
        return "white space"
    if base.casefold() == other.casefold():
        return "case"
    base, other = (
        unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)
        for text in (base, other)
    )
    return "look-alike" if base == other else "value"
