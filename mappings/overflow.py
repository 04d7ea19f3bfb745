"""Text beyond 200 bytes: the variable keeps the beginning, the rest goes where ``overflow:`` says.

Source: SDTMIG 3.4, sections 4.5.3.1 (other than TS) and 7.4.2 (TSVAL1 to TSVALn): text is cut at a
word, the parts after the first are named by the variable and a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from mappings.columns import mapped, texts
from mappings.model import DatasetSpec

LONGEST = 200
NAME = 8


@dataclass(frozen=True)
class Overflow:
    """A frame whose texts fit, and the parts cut off: as columns behind their variable, or apart.

    ``columns`` and ``supp`` give for each new name the variable it continues.
    """

    frame: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    supp: Mapping[str, str] = field(default_factory=dict)


def part_number(name: str, whole: str) -> str:
    """The number at the end of the name of a part of a text."""
    return next(name[at:] for at in range(len(name)) if not whole.startswith(name[: at + 1]))


def cut_text(text: str, size: int = LONGEST) -> tuple[str, ...]:
    """A text in pieces of at most ``size`` bytes, cut at blanks where there is one to cut at."""
    pieces = []
    rest = text
    while len(rest.encode()) > size:
        head = rest.encode()[:size].decode(errors="ignore")
        # A blank right behind the piece is a word break too.
        at_word = len(head) if rest[len(head) : len(head) + 1] == " " else head.rfind(" ")
        at = at_word if at_word > 0 else len(head)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return (*pieces, rest)


def overflowed(dataset: DatasetSpec, frame: pd.DataFrame) -> Overflow:
    """The dataset's records with long texts cut where a variable says so."""
    columns: dict[str, str] = {}
    supp: dict[str, str] = {}
    made = frame
    for name, spec in {**dataset.variables, **dataset.supp}.items():
        if not spec.overflow or name not in frame:
            continue
        pieces = mapped(made[name], cut_text)
        parts = int(pieces.map(len).max()) if len(pieces) else 1
        made = made.assign(**{name: texts(pieces.map(lambda cut: cut[0]))})
        for part in range(1, parts):
            extra = f"{name[: NAME - len(str(part))]}{part}"
            rest = pieces.map(lambda cut, part=part: cut[part] if len(cut) > part else "")
            made = made.assign(**{extra: texts(rest)})
            (columns if spec.overflow == "columns" else supp)[extra] = name
    return Overflow(made, columns, supp)
