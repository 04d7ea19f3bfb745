"""The manifest: what was built from what, and where every record went."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from comparison.file_hash import file_sha256
from mappings.finished import Built
from mappings.model import Study
from mappings.problems import Problems
from submission.inputs import Inputs
from submission.version import program_version


def manifest(
    study: Study,
    built: Built,
    inputs: Inputs,
    folder: Path,
    raw: Path,
    created: datetime,
    problems: Problems,
) -> dict[str, Any]:
    """The content of manifest.json; paths are relative to the study, raw and output folders."""
    return {
        "program": {"name": "cdiscgen", "version": program_version()},
        "study": study.id,
        "created": created.isoformat(),
        "standards": dict(study.standards),
        "terminology": dict(study.terminology.releases),
        "spec": _files([path for path in sorted(set(study.files)) if path.is_file()], study.folder),
        "inputs": _files(_read(study, raw), raw),
        "raw_records": _raw_records(inputs),
        "datasets": _datasets(built),
        "problems": dict(sorted(Counter(problem.code for problem in problems).items())),
        "outputs": _files(sorted(path for path in folder.rglob("*") if path.is_file()), folder),
    }


def _read(study: Study, raw: Path) -> list[Path]:
    found = (raw / form.file for form in study.raw.values())
    return sorted({path for path in found if path.is_file()})


def _files(paths: list[Path], folder: Path) -> list[dict[str, Any]]:
    root = folder.resolve()
    with ThreadPoolExecutor() as pool:  # hashing leaves the interpreter to others
        hashes = list(pool.map(file_sha256, paths))
    return [
        {
            "file": path.resolve().relative_to(root).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sha256,
        }
        for path, sha256 in zip(paths, hashes, strict=True)
    ]


def _raw_records(inputs: Inputs) -> dict[str, Any]:
    """Rows of each raw form: read, left out and why, used."""
    return {
        name: {"read": account.read, "used": account.kept, "left_out": dict(account.counts)}
        for name, account in sorted(inputs.identified.accounts.items())
    }


def _datasets(built: Built) -> dict[str, Any]:
    """Records of each dataset and, by block, how many there were after each step."""
    return {
        name: {
            "records": len(dataset.frame),
            "blocks": {block: dict(steps) for block, steps in built.accounts.get(name, {}).items()},
        }
        for name, dataset in built.datasets.items()
    }
