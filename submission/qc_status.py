"""The QC of a study as it stands: of each dataset the result, and whether it still holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lxml.builder import E

from comparison.compare import datasets
from comparison.file_hash import file_sha256
from mappings.model import Study
from submission.compare_facts import printable
from submission.compare_html import asset, page
from submission.compare_html_dataset import badge, table
from submission.qc_file import Entry, read_entries
from submission.qc_record import spec_digest
from submission.text_table import text_table

HEADERS = ("Dataset", "State", "Date", "Who", "Production", "QC", "Note")
_EXACT = "numbers: exactly"
_SHORT = 12  # characters of a digest that tell files apart


@dataclass(frozen=True)
class Status:
    """The QC of one dataset as it stands.

    ``state`` is ``same`` or ``different`` while the record holds, ``stale`` where production, QC or
    spec changed since (``why`` says which), ``not done`` where nothing is on file.
    """

    dataset: str
    state: str
    why: str
    entry: Entry | None


def statuses(study: Study, production: Path | None, qc: Path | None) -> list[Status]:
    """Every dataset of the spec and of the file, by name.

    Files are looked for where they were when they were compared, or in the folders given.
    """
    entries = read_entries(study.folder)
    folders = [None if folder is None else datasets(folder) for folder in (production, qc)]
    return [
        _status(study, name, entries.get(name), folders)
        for name in sorted({*study.datasets, *entries})
    ]


def _status(
    study: Study, name: str, entry: Entry | None, folders: list[Mapping[str, Path] | None]
) -> Status:
    if entry is None:
        return Status(name, "not done", "", None)
    why = [
        _changed(word, study.folder / recorded if files is None else files.get(name), sha256)
        for word, recorded, sha256, files in (
            ("production", entry.production, entry.production_sha256, folders[0]),
            ("QC", entry.qc, entry.qc_sha256, folders[1]),
        )
    ]
    spec = spec_digest(study, name)
    if spec != entry.spec_sha256:
        why.append("spec changed" if spec else "not in the spec any more")
    told = ", ".join(filter(None, why))
    return Status(name, "stale" if told else entry.result, told, entry)


def _changed(word: str, path: Path | None, sha256: str) -> str:
    """What became of a file since; "" where it is the same."""
    if path is None or not path.is_file():
        return f"{word} not found"
    return "" if file_sha256(path) == sha256 else f"{word} changed"


def done(found: list[Status]) -> bool:
    """Whether every dataset is the same in QC, and that still holds."""
    return all(one.state == "same" for one in found)


def counted(found: list[Status]) -> str:
    """How many datasets there are in each state."""
    numbers = Counter(one.state for one in found)
    told = [
        f"{numbers[state]} {state}"
        for state in ("same", "different", "stale", "not done")
        if numbers[state]
    ]
    return f"{len(found)} datasets: {', '.join(told)}" if told else "no datasets"


def status_text(found: list[Status], width: int | None) -> str:
    """A line for each dataset."""
    rows = [[printable(cell) for cell in _cells(one)] for one in found]
    return f"{text_table(HEADERS, rows, width)}\n\n{counted(found)}"


def _cells(one: Status) -> tuple[str, ...]:
    entry = one.entry
    if entry is None:
        return (one.dataset, one.state, "", "", "", "", "")
    return (
        one.dataset, one.state, entry.when, entry.who, entry.production_sha256[:_SHORT],
        entry.qc_sha256[:_SHORT], _note(one, entry),
    )  # fmt: skip


def _note(one: Status, entry: Entry) -> str:
    """Why a result is stale, and how was compared where it was not exactly."""
    why = one.why and f"was {entry.result}; {one.why}"
    return "; ".join(filter(None, (why, "" if entry.how == _EXACT else entry.how)))


def status_values(study: Study, found: list[Status]) -> dict[str, Any]:
    """The same as JSON values, with everything on file."""
    return {
        "study": study.id,
        "done": done(found),
        "datasets": [
            {"dataset": one.dataset, "state": one.state, "why": one.why,
             "record": None if one.entry is None else asdict(one.entry)}
            for one in found
        ],
    }  # fmt: skip


def status_page(study: Study, found: list[Status]) -> bytes:
    """The same as a page for the lead, with how each dataset was compared."""
    headers = ("Dataset", "State", "Why", "Date", "Who", "Production", "QC", "Keys", "Compared")
    title = f"QC of {study.id}"
    rows = []
    for one in found:
        state = E.td(badge(one.state))
        if one.entry is None:
            rows.append((one.dataset, state, *[""] * 7))
            continue
        entry = one.entry
        why = one.why and f"was {entry.result}; {one.why}"
        rows.append((
            one.dataset, state, why, E.td(printable(entry.when), **{"class": "whole"}),
            entry.who, _file(entry.production, entry.production_sha256),
            _file(entry.qc, entry.qc_sha256), entry.keys, entry.how,
        ))  # fmt: skip
    body = E.body(
        E.h1(printable(title)), E.p(printable(study.name)), E.p(counted(found)),
        E.h2("Datasets"), table(headers, rows),
    )  # fmt: skip
    return page(title, body, asset("compare_page.css"))


def _file(path: str, sha256: str) -> Any:
    return E.td(printable(path), E.br(), E.span(sha256[:_SHORT], title=sha256, **{"class": "hash"}))
