"""Names of the ADaM guide that hold places: ``TRTxxP``, ``CRITy``, ``*DTF``, ``--TERM``.

Source: ADaMIG 1.3, section 3.1.1: xx and zz are two digits from 01, y a number from 1 to 99, w one
digit from 1; ``*`` is a name the study chooses and ``--`` the prefix of a domain (OCCDS 1.1).
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

_PLACES = {
    "xx": r"(?P<xx>0[1-9]|[1-9][0-9])",
    "zz": r"(?P<zz>0[1-9]|[1-9][0-9])",
    "y": r"(?P<y>[1-9][0-9]?)",
    "w": r"(?P<w>[1-9])",
    "*": r"(?P<stem>[A-Z][A-Z0-9]*)",
    "--": r"(?P<prefix>[A-Z]{2})",
}
_PLACE = re.compile(r"xx|zz|y|w|\*|--")


@dataclass(frozen=True)
class NamePattern:
    """A name with places."""

    name: str
    _names: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = _PLACE.sub(lambda found: _PLACES[found[0]], self.name)
        object.__setattr__(self, "_names", re.compile(parts))

    @cached_property
    def literal(self) -> int:
        """Number of characters that are not places: what a close pattern has more of."""
        return len(_PLACE.sub("", self.name))

    def match(self, name: str) -> dict[str, str] | None:
        """What a name has in the places, None if it is not a name of this pattern."""
        found = self._names.fullmatch(name)
        return found.groupdict() if found else None


def has_places(name: str) -> bool:
    """Whether a name of the guide stands for many."""
    return _PLACE.search(name) is not None


def filled_label(label: str, places: dict[str, str]) -> str:
    """Label with its places filled; missing where the guide leaves the wording to the study."""
    if "{" in label or "..." in label:
        return ""
    filled = re.sub(r"\b(xx|zz|y|w)\b", lambda found: places.get(found[0], found[0]), label)
    return re.sub(r"\bXX\b", places.get("prefix", "XX"), filled).rstrip("*")
