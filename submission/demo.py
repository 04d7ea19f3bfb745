"""The bundled study in a folder of its own, so that nobody's first build needs any data."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from submission.requests import RequestError

BUNDLED = "dualcart_aml"
STUDY, OUT = "study", "out"
QC = "qc"  # what the QC programs of the study write beside its outputs
# What Python and desktops leave behind in a folder.
IGNORED = frozenset({"__pycache__", ".DS_Store"})


def bundled_files() -> dict[str, bytes]:
    """The files of the bundled study, as it was installed, by their path in its folder."""
    return dict(sorted(_files(files("mappings").joinpath(BUNDLED), "").items()))


def _files(folder: Traversable, path: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.name in IGNORED:
            continue
        if entry.is_dir():
            found |= _files(entry, f"{path}{entry.name}/")
        else:
            found[f"{path}{entry.name}"] = entry.read_bytes()
    return found


def copy_study(folder: Path) -> tuple[Path, Path]:
    """The folder the bundled study was copied to, and the one its outputs belong in.

    A folder that has them already may be used again; RequestError where it holds anything else, a
    file of the study that was changed included.
    """
    content = bundled_files()
    _refuse_foreign(folder, content)
    study = folder / STUDY
    for name, data in content.items():
        target = study / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return study, folder / OUT


def _refuse_foreign(folder: Path, content: Mapping[str, bytes]) -> None:
    """Refuse what copying would overwrite or mix with."""
    another = "name another folder with --out"
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder} is a file; {another}")
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name not in IGNORED | {STUDY, OUT, QC}:
            raise RequestError(f"{folder} holds {path.name}, which is not of the demo; {another}")
    study = folder / STUDY
    for path in sorted(study.rglob("*")) if study.is_dir() else ():
        name = path.relative_to(study).as_posix()
        if path.is_dir() or IGNORED & set(path.relative_to(study).parts):
            continue
        if name not in content:
            raise RequestError(f"{path} is not of the demo; {another}")
        if path.read_bytes() != content[name]:
            raise RequestError(f"{path} was changed and would be overwritten; {another}")


def next_steps(study: Path, out: Path) -> str:
    """Where the files are, and commands to try on them; the last needs the QC programs run."""
    qc = study.parent / QC
    return "\n".join(
        [
            f"study    {study}",
            f"outputs  {out}: sdtm/, adam/, results/, manifest.json",
            "",
            "try",
            f"  cdiscgen show {study} AE",
            f"  cdiscgen explain {study} AE.AESTDY --subject 01-001 --record 1",
            f"  cdiscgen account {study}",
            "",
            f"compare with the QC, once its programs have run ({study / 'qc' / 'README.md'})",
            f"  cdiscgen compare {out} {qc} --shared --ignore length",
        ]
    )
