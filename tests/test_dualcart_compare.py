"""Every error planted in the bundled study is found by ``compare`` and told in one sentence.

The study with errors is production; the other side is the study without, which is what the QC
programs derive too (``test_dualcart_qc.py``). The cohort is simulated: of the eight subjects of the
demo an error often meets one alone, and one record has nothing in common with others.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from mutations import MUTATIONS, TOGETHER, with_errors

from comparison.compare import compare_files
from comparison.findings import Comparison
from comparison.options import Options
from mappings.build import build, plan
from mappings.loader import load_study
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import read_inputs
from submission.transport import transport
from submission.xpt import write_xpt

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "mappings" / "dualcart_aml"
DATASETS = ("ADSL", "ADRS", "ADTTE")
SUBJECTS, SEED = 40, 20  # every error meets at least three of them


def written(study_folder: Path, raw: Path, out: Path) -> Path:
    """A folder with the transport files of a study's analysis datasets.

    They are written whatever the study's own checks say, which find some of the errors too.
    """
    study = load_study(study_folder, catalogue())
    problems = Problems()
    inputs = read_inputs(study, raw, problems)
    built = build(plan(study, DATASETS), inputs.parts(), problems)
    out.mkdir()
    for name in DATASETS:
        target = out / f"{name.lower()}.xpt"
        write_xpt(transport(built.datasets[name]), target, created=datetime(2025, 7, 1))
    return out


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Callable[[str, str], Comparison]:
    """What comparing a dataset finds, given an error; without one both sides are true."""
    folder = tmp_path_factory.mktemp("compared")
    raw = folder / "raw"
    simulate = [sys.executable, str(ROOT / "benchmarks" / "simulate.py"), "--out", str(raw)]
    simulate += ["--subjects", str(SUBJECTS), "--seed", str(SEED)]
    subprocess.run(simulate, capture_output=True, check=True)
    true = written(STUDY, raw, folder / "true")
    keys = load_study(STUDY, catalogue()).datasets
    productions = {"": true}

    def found(error: str, dataset: str) -> Comparison:
        names = next((names for names in TOGETHER if error in names), [])
        planted = ", ".join(names)
        if planted not in productions:
            number = folder / str(len(productions))
            study = with_errors(STUDY, number, *(MUTATIONS[name] for name in names))
            productions[planted] = written(study, raw, number / "out")
        file = f"{dataset.lower()}.xpt"
        options = Options(keys=keys[dataset].keys)
        return compare_files(productions[planted] / file, true / file, options)

    return found


@pytest.mark.parametrize("dataset", DATASETS)
def test_without_an_error_nothing_is_found(compared, dataset):
    found = compared("", dataset)
    assert not found.different
    assert found.causes == ()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(error, told, id=f"{error}, {told.dataset} {told.variable}")
        for error, mutation in MUTATIONS.items()
        for told in mutation.told
    ],
)
def test_an_error_is_told_in_one_sentence(compared, error, told):
    causes = compared(error, told.dataset).causes
    of_it = [one for one in causes if told.variable in one.variables]
    assert of_it[0].sentence == told.sentence
    named = [one.sentence for one in of_it if told.condition in one.sentence]
    assert named == [told.sentence]
