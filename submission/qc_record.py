"""The outcome of a comparison put on file in a study."""

import hashlib
import os
from pathlib import Path

from comparison.attributes import Side
from comparison.findings import Collection, ComparisonError
from mappings.model import Study
from submission.compare_facts import keys_text, options_text
from submission.compare_request import loaded, write_whole
from submission.qc_file import NAME, Entry, entries_text, read_entries


def put_on_file(found: Collection, folder: Path) -> None:
    """Put every dataset that was compared on file; the base is production, the other the QC.

    The entries of all others stay as they are. ComparisonError where the study or its file does
    not hold.
    """
    for one in found.comparisons:
        if Path(one.base.path).resolve() == Path(one.other.path).resolve():
            raise ComparisonError(f"{one.base.path} is compared with itself, which is no QC")
    study = loaded(folder)
    entries = read_entries(study.folder)
    for one in found.comparisons:
        entries[one.name.upper()] = Entry(
            result="different" if one.different else "same",
            code=str(int(one.code)),
            who=found.header.who,
            when=found.header.when,
            how=options_text(one.options),
            keys=keys_text(one.keys),
            production=_from(study.folder, one.base),
            production_sha256=one.base.sha256,
            qc=_from(study.folder, one.other),
            qc_sha256=one.other.sha256,
            spec_sha256=spec_digest(study, one.name.upper()),
        )
    write_whole(study.folder / NAME, entries_text(entries).encode())


def _from(folder: Path, side: Side) -> str:
    """The file of a side as seen from a folder; whole where there is no way, on another drive."""
    path = Path(side.path).resolve()
    try:
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:
        return path.as_posix()


def spec_digest(study: Study, dataset: str) -> str:
    """SHA-256 of the files a dataset is written in, whatever their line ends; "" in no spec.

    They are its own file, those it extends, and its own tables and codelists. Supplemental
    qualifiers are written where their parent is.
    """
    spec = study.datasets.get(dataset) or study.datasets.get(dataset.removeprefix("SUPP"))
    if spec is None:
        return ""
    made = hashlib.sha256()
    for path in spec.files:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        made.update(f"{path.name} {len(content)}\n".encode() + content)
    return made.hexdigest()
