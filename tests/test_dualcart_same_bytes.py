"""The example study gives the same bytes however it is built: again, elsewhere, in parts, shuffled.

Two other processes build while this one does: one in another time zone with another seed of hashes
and then from shuffled raw files, one in seven parts.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from define_xml import define, define_bytes
from mappings.build import build, plan
from mappings.finished import Built
from mappings.lint import lint, lint_columns
from mappings.loader import load_study
from mappings.model import Study
from submission.catalogue import catalogue
from submission.inputs import read_inputs
from submission.run import Request, build_study
from submission.transport import transport
from submission.xpt import write_xpt

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "mappings" / "dualcart_aml"
CREATED = datetime(2025, 7, 1, 12, 0, 0)
# Of a person screened twice the last page counts, of several contacts the first: by their rows.
IN_ORDER = {"enr.csv", "dem.csv", "surv.csv"}


def again(*places: str) -> None:
    """The study built from some raw folders to some output folders, in turn."""
    for raw, out in zip(places[::2], places[1::2], strict=True):
        report = build_study(Request(STUDY, Path(raw), Path(out), CREATED, jobs=1))
        assert report.written, report.problems.errors


def in_parts(out: str) -> None:
    """The study built in seven parts, of one subject and of two, with what it says and counts."""
    study = load_study(STUDY, catalogue())
    problems = lint(study)
    inputs = read_inputs(study, STUDY / "raw", problems)
    problems.extend(lint_columns(study, inputs.columns))
    made = build(plan(study), inputs.parts(7), problems)
    describe(study, made, Path(out))
    said = {"blocks": made.accounts, "problems": Counter(problem.code for problem in problems)}
    (Path(out) / "said.json").write_text(json.dumps(said), encoding="utf-8")


def describe(study: Study, built: Built, folder: Path) -> None:
    """Write the transport files and define.xml of finished datasets."""
    for standard in ("SDTM", "ADaM"):
        chosen = {name: one for name, one in built.datasets.items() if one.standard == standard}
        if not chosen:
            continue
        place = folder / standard.lower()
        place.mkdir(parents=True)
        for name, dataset in chosen.items():
            write_xpt(transport(dataset), place / f"{name.lower()}.xpt", created=CREATED)
        made = define(study, chosen, standard, created=CREATED)
        (place / "define.xml").write_bytes(define_bytes(made))


def start(call: str, arguments: Sequence[Path], **environment: str) -> "subprocess.Popen[bytes]":
    """A process that calls a function of this file."""
    folders = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    code = f"import sys, {Path(__file__).stem} as here; here.{call}(*sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, **environment, "PYTHONPATH": folders},
        cwd=arguments[-1].parent,
    )


@dataclass(frozen=True)
class Elsewhere:
    """Two processes that build while this one does, and where they put what they make."""

    again: "subprocess.Popen[bytes]"
    in_parts: "subprocess.Popen[bytes]"
    folder: Path

    def out(self, name: str) -> Path:
        """The folder of a build when it is there."""
        process = self.in_parts if name == "parts" else self.again
        assert process.wait(timeout=600) == 0
        return self.folder / name


def shuffle(folder: Path) -> Path:
    """The raw files with their rows in another order."""
    folder.mkdir()
    order = random.Random(20240301)
    for path in sorted((STUDY / "raw").iterdir()):
        if path.name in IN_ORDER or path.suffix != ".csv":
            shutil.copy(path, folder)
            continue
        head, *rows = path.read_bytes().splitlines(keepends=True)
        assert all(row.endswith(b"\n") and row.count(b'"') % 2 == 0 for row in rows)
        order.shuffle(rows)
        (folder / path.name).write_bytes(head + b"".join(rows))
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("elsewhere")
    places = [STUDY / "raw", folder / "again", shuffle(folder / "raw"), folder / "shuffled"]
    strange = {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LC_ALL": "C", "COLUMNS": "40"}
    made = Elsewhere(
        start("again", places, **strange), start("in_parts", [folder / "parts"]), folder
    )
    try:
        yield made
    finally:
        for process in (made.again, made.in_parts):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def reference(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study built as anyone would, while the other processes work."""
    assert elsewhere.folder.is_dir()
    out = tmp_path_factory.mktemp("reference") / "out"
    assert build_study(Request(STUDY, STUDY / "raw", out, CREATED, jobs=1)).written
    return out


def contents(folder: Path, pattern: str = "*") -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob(pattern))
        if path.is_file()
    }


def assert_same(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> None:
    """Same files, same bytes; the names of those that differ and where, not the bytes."""
    assert list(one) == list(other)
    differ = {
        name: next(
            (place for place, pair in enumerate(zip(one[name], other[name], strict=False))
             if pair[0] != pair[1]),
            min(len(one[name]), len(other[name])),
        )
        for name in one
        if one[name] != other[name]
    }  # fmt: skip
    assert differ == {}


def test_built_in_three_parts_by_three_processes(reference, tmp_path):
    """Every file of the output; the reference is built in one part."""
    out = tmp_path / "out"
    assert build_study(Request(STUDY, STUDY / "raw", out, CREATED, jobs=3)).written
    assert_same(contents(out), contents(reference))


def test_built_by_two_processes_that_share_the_datasets(reference, tmp_path, monkeypatch):
    """Every file, the problems counted in the manifest included."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    out = tmp_path / "out"
    assert build_study(Request(STUDY, STUDY / "raw", out, CREATED)).written
    assert_same(contents(out), contents(reference))


def test_built_again_in_another_place(reference, elsewhere):
    """Another process, time zone, locale, folder and seed of hashes: every file of the output."""
    assert_same(contents(elsewhere.out("again")), contents(reference))


def test_built_from_shuffled_rows(reference, elsewhere):
    """Every transport file; the manifest names the raw files by their digests."""
    out = elsewhere.out("shuffled")
    assert_same(contents(out, "*.xpt"), contents(reference, "*.xpt"))
    assert (out / "manifest.json").read_bytes() != (reference / "manifest.json").read_bytes()


def test_built_in_seven_parts(reference, elsewhere):
    """Transport files, define.xml, the records after every step and what is said."""
    out = elsewhere.out("parts")
    for standard in ("sdtm", "adam"):
        assert_same(contents(out / standard), contents(reference / standard))
    made = json.loads((out / "said.json").read_text(encoding="utf-8"))
    said = json.loads((reference / "manifest.json").read_text(encoding="utf-8"))
    blocks = {name: one["blocks"] for name, one in said["datasets"].items()}
    assert {name: made["blocks"].get(name, {}) for name in blocks} == blocks
    assert made["problems"] == said["problems"]
