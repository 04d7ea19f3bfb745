"""The bundled study derived twice: its QC programs give what its spec gives, cell by cell."""

import ast
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from disorder import disturb

from comparison.compare import compare
from comparison.findings import Header
from comparison.options import Options
from mappings.loader import load_study
from submission.catalogue import catalogue
from submission.run import Request, build_study

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "mappings" / "dualcart_aml"
QC = STUDY / "qc"
KEYS = {
    "ADSL": ["USUBJID"],
    "ADRS": ["USUBJID", "PARAMCD", "AVISITN", "ADT", "SRCSEQ"],
    "ADTTE": ["USUBJID", "PARAMCD"],
}
INPUTS = {"ADSL": [], "ADRS": ["adsl"], "ADTTE": ["adsl", "adrs"]}
# Variables of production that the QC side leaves out, with the reason.
NOT_DERIVED: dict[str, dict[str, str]] = {name: {} for name in KEYS}
# Subjects, their seed and that of their disorder.
COHORTS = {"demo": None, "simulated": (40, 3, None), "disturbed": (40, 5, 1)}


@dataclass(frozen=True)
class Twice:
    """Transport files of both sides."""

    production: Path
    qc: Path

    def read(self, dataset: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        return (
            read(self.production / f"{dataset.lower()}.xpt")[0],
            read(self.qc / f"{dataset.lower()}.xpt")[0],
        )


def read(path: Path) -> tuple[pd.DataFrame, Mapping[str, str]]:
    frame, meta = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    return frame, meta.column_names_to_labels


def run_qc(dataset: str, sdtm: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """A QC program run as a reader runs it: in a process of its own, far from the project."""
    given = [part for name in INPUTS[dataset] for part in (f"--{name}", str(out))]
    command = [sys.executable, str(QC / f"{dataset.lower()}.py"), "--sdtm", str(sdtm), *given]
    command += ["--out", str(out)]
    return subprocess.run(command, cwd=out.parent, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", params=COHORTS)
def twice(request, tmp_path_factory) -> Twice:
    folder = tmp_path_factory.mktemp(request.param)
    raw, size = STUDY / "raw", COHORTS[request.param]
    if size is not None:
        raw = folder / "raw"
        simulate = [sys.executable, str(ROOT / "benchmarks" / "simulate.py"), "--out", str(raw)]
        simulate += ["--subjects", str(size[0]), "--seed", str(size[1])]
        subprocess.run(simulate, capture_output=True, check=True)
        if size[2] is not None:
            disturb(raw, size[2])
    report = build_study(Request(STUDY, raw, folder / "out", datetime(2025, 7, 1), jobs=1))
    assert report.written, report.problems.errors
    for dataset in KEYS:
        done = run_qc(dataset, folder / "out" / "sdtm", folder / "qc")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return Twice(folder / "out" / "adam", folder / "qc")


@pytest.mark.parametrize("dataset", KEYS)
def test_the_variables_are_those_of_production(twice, dataset):
    labels, own = (
        read(side / f"{dataset.lower()}.xpt")[1] for side in (twice.production, twice.qc)
    )
    expected = [name for name in labels if name not in NOT_DERIVED[dataset]]
    assert list(own) == expected
    assert own == {name: labels[name] for name in own}


@pytest.mark.parametrize("dataset", KEYS)
def test_the_records_are_those_of_production(twice, dataset):
    production, qc = (frame[KEYS[dataset]] for frame in twice.read(dataset))
    pd.testing.assert_frame_equal(qc, production, check_dtype=False)


@pytest.mark.parametrize("dataset", KEYS)
def test_the_values_are_those_of_production(twice, dataset):
    assert differences(*twice.read(dataset), KEYS[dataset]) == []


@pytest.mark.parametrize("dataset", KEYS)
def test_a_comparison_of_both_files_finds_nothing(twice, dataset):
    files = [side / f"{dataset.lower()}.xpt" for side in (twice.production, twice.qc)]
    keys = load_study(STUDY, catalogue()).datasets[dataset].keys
    # Production's texts are as long as the longest of the study, those of the QC of the dataset.
    options = Options(keys=keys, ignored=frozenset({"length"}))
    found = compare(*files, options, Header())
    (one,) = found.comparisons
    assert found.exit_status == 0, [cause.sentence for cause in one.causes]
    assert one.code == 0
    compared = {check.name: check.looked_at for check in one.checks if check.outcome == "same"}
    assert {"dataset label", "label of variables", "format of variables", "values"} <= set(compared)
    assert compared["values"] > 0


def differences(production: pd.DataFrame, qc: pd.DataFrame, key: list[str]) -> list[str]:
    """Cells that differ, in words: numbers by 1e-9 or more (adam.md 14)."""
    found = []
    for name in qc:
        ours, theirs = production[name], qc[name]
        if ours.dtype.kind == "f":
            apart = ~np.isclose(ours, theirs, rtol=0, atol=1e-9, equal_nan=True)
        else:
            apart = (ours != theirs).to_numpy(dtype=bool)
        for place in np.flatnonzero(apart):
            record = " ".join(map(str, production.loc[place, key]))
            found.append(f"{record}: {name} is {ours[place]!r}, by QC {theirs[place]!r}")
    return found


def test_the_comparison_sees_a_difference(twice):
    production, qc = twice.read("ADTTE")
    changed = qc.assign(CNSR=qc["CNSR"].where(qc.index != 3, 9))
    (said,) = differences(production, changed, KEYS["ADTTE"])
    assert "CNSR is" in said
    assert said.endswith("by QC np.float64(9.0)")


@pytest.mark.parametrize("path", sorted(QC.glob("*.py")), ids=lambda path: path.name)
def test_the_programs_import_nothing_of_the_project(path):
    own = {program.stem for program in QC.glob("*.py")}
    allowed = own | {"numpy", "pandas", "pyreadstat"} | sys.stdlib_module_names
    named = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named.add(str(node.module).partition(".")[0])
    assert named <= allowed


def test_a_folder_without_the_data_is_named(tmp_path):
    done = run_qc("ADRS", tmp_path, tmp_path / "qc")
    assert done.returncode == 2
    assert f"--sdtm: there is no {tmp_path / 'dm.xpt'}" in done.stderr
    assert not (tmp_path / "qc").exists()
