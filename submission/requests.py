"""What a command was asked and cannot do: a name that is not there, a place that is taken."""

from collections.abc import Iterable
from difflib import get_close_matches


class RequestError(ValueError):
    """A request that cannot be met as it was made; the message says what would do."""


def unknown(word: str, what: str, words: Iterable[str]) -> RequestError:
    """The problem of a name that is not there, with the nearest one that is."""
    folded = {known.casefold(): known for known in words}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    hint = f"; did you mean {folded[near[0]]}?" if near else ""
    return RequestError(f"{word!r} is not {what}{hint}")
