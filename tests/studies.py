"""Small studies for tests: written from text to a folder, loaded, built."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pandas as pd

from mappings.build import build, plan
from mappings.finished import Built
from mappings.loader import load_study
from mappings.model import Study
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import read_inputs

HEAD = """
study: TST
name: A Study for Tests
standards: {SDTMIG: "3.4", ADAMIG: "1.3", SDTM CT: "2025-03-28", ADaM CT: "2025-03-28"}
subjects:
  id: [study, subject]
  patterns: ['^(?P<subject>\\d{1,3})$']
  widths: {subject: 3}
identifiers:
  sdtm: {STUDYID: study.study, USUBJID: source.USUBJID}
  adam: {STUDYID: study.study, USUBJID: source.USUBJID}
"""


@dataclass(frozen=True)
class Result:
    """What a small study gave."""

    study: Study
    built: Built
    problems: Problems

    def rows(self, dataset: str, *names: str) -> list[tuple[object, ...]]:
        """Records of a dataset as plain values; whole numbers without a decimal point."""
        frame = self.built.datasets[dataset].frame[list(names)]
        return [tuple(map(plain, row)) for row in frame.itertuples(index=False, name=None)]

    def codes(self) -> list[str]:
        """Codes of the problems, notes left out."""
        return [problem.code for problem in self.problems if problem.severity != "note"]


def plain(value: object) -> object:
    """A cell as a test writes it: dates as ISO text, missing as None."""
    if value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        text = value.isoformat()
        return text.removesuffix("T00:00:00")
    if isinstance(value, float) and value == int(value):
        return int(value)
    return None if value == "" else value


def write_study(folder: Path, files: Mapping[str, str], raw: Mapping[str, str]) -> Path:
    """A study folder of dataset texts by name, with raw forms of CSV texts by name.

    ``study`` among the files is put behind the common head.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "raw").mkdir(exist_ok=True)
    for name, text in raw.items():
        (folder / "raw" / f"{name}.csv").write_text(dedent(text).lstrip(), encoding="utf-8")
    forms = "".join(f"  {name}: {{file: {name}.csv, subject: SUBJ, page: 1}}\n" for name in raw)
    own = dedent(files.get("study", "")).strip()
    names = [name for name in files if name != "study"]
    head = HEAD.strip() + "\n" + (f"{own}\n" if own else "")
    if "raw:" not in own:
        head += f"raw:\n{forms}" if forms else "raw: {}\n"
    head += f"datasets: [{', '.join(names)}]\n"
    (folder / "study.yaml").write_text(head, encoding="utf-8")
    for name in names:
        (folder / f"{name}.yaml").write_text(dedent(files[name]).lstrip(), encoding="utf-8")
    return folder


def built(folder: Path, parts: int = 1) -> Result:
    """A study folder loaded and built, cut into some parts by subject."""
    study = load_study(folder, catalogue())
    problems = Problems()
    inputs = read_inputs(study, folder / "raw", problems)
    return Result(study, build(plan(study), inputs.parts(parts), problems), problems)
