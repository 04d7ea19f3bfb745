"""64-bit hashes of values, equal where the values are, for whole columns at once.

Hashes pair records; what they pair is looked at again, so that a collision cannot mislead.
"""

from collections.abc import Iterable

import numpy as np

from comparison.source import Block, Numbers
from comparison.texts import alike, utf8, whole, widened

ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_MORE = np.uint64(0x94D049BB133111EB)
_HIGH = np.uint64(0x8080808080808080)  # the bits that ASCII has not
_BLANKS = np.uint64(0x2020202020202020)


def mixed(words: np.ndarray) -> np.ndarray:
    """Words with every bit spread over all others; 0 stays 0. Source: splitmix64."""
    words = (words ^ (words >> np.uint64(30))) * _MIX
    words = (words ^ (words >> np.uint64(27))) * _MORE
    words ^= words >> np.uint64(31)
    return words


def text_hashes(texts: np.ndarray) -> np.ndarray:
    """Hash of each text, whatever its width and encoding; that of missing text is 0."""
    words = _words(texts)
    if np.bitwise_or.reduce(words, axis=None, initial=np.uint64(0)) & _HIGH:
        words = _words(utf8(texts)[0])
    made = np.zeros(len(texts), dtype="uint64")
    factor = ODD
    for place in range(words.shape[1]):
        made += mixed((words[:, place] ^ _BLANKS) * factor)  # a word of blanks adds nothing
        factor = np.uint64(int(factor) * int(ODD) & (1 << 64) - 1)
    return made


def _words(texts: np.ndarray) -> np.ndarray:
    """The bytes of texts, eight at a time."""
    return widened(texts, -(-texts.shape[1] // 8) * 8).view("<u8")


def number_hashes(numbers: Numbers) -> np.ndarray:
    """Hash of each number; -0 is 0, and every kind of missing value is one of its own."""
    values = np.where(numbers.missing == 0, numbers.values + 0.0, 0.0)
    return mixed(values.view("uint64")) + numbers.missing * ODD


def key_hashes(block: Block, names: Iterable[str], text: frozenset[str]) -> np.ndarray:
    """Hash of the keys of each record; ``text`` names those that are text."""
    made: np.ndarray | None = None
    for name in names:
        one = text_hashes(block.texts(name)) if name in text else number_hashes(block.numbers(name))
        made = one if made is None else mixed(made * ODD + one)
    assert made is not None, "there are no keys"
    return made


def exact_keys(
    base: Block, other: Block, names: Iterable[str], text: frozenset[str]
) -> tuple[np.ndarray, np.ndarray]:
    """The keys of each record of both sides as values that are equal where all keys are."""
    left, right = [], []
    for name in names:
        if name in text:
            both = alike(utf8(base.texts(name))[0], utf8(other.texts(name))[0])
        else:
            both = _bytes(base.numbers(name)), _bytes(other.numbers(name))
        left.append(both[0])
        right.append(both[1])
    return whole(np.concatenate(left, axis=1)), whole(np.concatenate(right, axis=1))


def _bytes(numbers: Numbers) -> np.ndarray:
    values = np.where(numbers.missing == 0, numbers.values + 0.0, 0.0)
    return np.concatenate(
        [values.view(np.uint8).reshape(-1, 8), numbers.missing.reshape(-1, 1)], axis=1
    )
