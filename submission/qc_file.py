"""The QC of a study on file: what was compared with what, when, by whom, and how it came out.

``qc.yaml`` in the study folder has a block for each dataset, sorted by name, with empty lines
between, so that two people who record different datasets can merge their files.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from comparison.findings import ComparisonError
from mappings.marked_yaml import load_marked
from mappings.problems import StudyError

NAME = "qc.yaml"
_HEAD = "# QC of each dataset, written by cdiscgen compare --record.\n"


@dataclass(frozen=True)
class Entry:
    """How the QC of one dataset came out.

    ``result`` is ``same`` or ``different``, ``code`` that of PROC COMPARE, ``how`` and ``keys`` the
    options it was compared with. ``production`` and ``qc`` are the files, as seen from the study
    folder; the digests are theirs and that of the dataset's spec, "" where it is in no spec.
    """

    result: str
    code: str
    who: str
    when: str
    how: str
    keys: str
    production: str
    production_sha256: str
    qc: str
    qc_sha256: str
    spec_sha256: str


NAMES = tuple(each.name for each in fields(Entry))
Entries = Mapping[str, Entry]


def entries_text(entries: Entries) -> str:
    """The file of some entries."""
    blocks = [_HEAD]
    for dataset, entry in sorted(entries.items()):
        lines = [f"{name}: {json.dumps(text, ensure_ascii=False)}"
                 for name, text in asdict(entry).items()]  # fmt: skip
        blocks.append("\n  ".join([f"{dataset}:", *lines]) + "\n")
    return "\n".join(blocks)


def read_entries(study: Path) -> dict[str, Entry]:
    """The entries of a study, none without a file; ComparisonError where it does not hold."""
    path = study / NAME
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
        if any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in text.splitlines()):
            raise ComparisonError(
                f"{path} holds conflicts of a merge; keep one block of each dataset"
            )
        stated, marks = load_marked(text, str(path))
    except (OSError, UnicodeDecodeError, StudyError) as wrong:
        raise ComparisonError(f"{path} cannot be read: {wrong}") from wrong
    if stated is None:
        return {}
    if not isinstance(stated, dict):
        raise ComparisonError(f"{path} does not hold a block for each dataset")
    return {str(name): _entry(block, str(marks.keys[name,])) for name, block in stated.items()}


def _entry(block: object, place: str) -> Entry:
    """The entry of a block, whose values are all texts."""
    if not isinstance(block, dict):
        raise ComparisonError(f"{place}: is not a block of {', '.join(NAMES)}")
    wrong = [*_missing(NAMES, block), *_missing(block, NAMES)]
    if wrong:
        raise ComparisonError(f"{place}: {wrong[0]} is missing or unknown; record it again")
    if not all(isinstance(value, str) for value in block.values()):
        raise ComparisonError(f"{place}: holds something that is not text; record it again")
    return Entry(**block)


def _missing(names: Iterable[str], known: Iterable[str]) -> list[str]:
    there = set(known)
    return [name for name in names if name not in there]
