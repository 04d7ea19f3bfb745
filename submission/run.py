"""One function per command: what the command line asks for, without printing anything."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd

from mappings.build import Outcome, Plan, build, plan
from mappings.coded import written_out
from mappings.finished import Built, Dataset
from mappings.graph import build_graph
from mappings.kinds import Kinds
from mappings.lint import lint, lint_columns
from mappings.loader import load_study
from mappings.marked_yaml import load_marked
from mappings.model import Study
from mappings.part import Part
from mappings.part_results import no_records
from mappings.problems import Problems, StudyError
from mappings.study_tables import inside
from submission.catalogue import catalogue
from submission.defining import DefineFile, later_define, made_define
from submission.estimates import SUBJECTS, Estimate, read_results
from submission.inputs import Inputs, raw_size, read_inputs
from submission.manifest import manifest
from submission.memory import keep_freed_memory
from submission.parallel import Workers, workers
from submission.place import check_place, replaced
from submission.results import estimate, write_results
from submission.transport import check_transport, write_transport

STANDARDS = ("SDTM", "ADaM")
Progress = Callable[[str, int, int], None]


def silent(_step: str, _done: int, _all: int) -> None:
    """No progress shown."""


@dataclass(frozen=True)
class Request:
    """What to build, from where, to where.

    ``created`` is the time stamped into the files; ``jobs`` the processes, 0 to choose.
    """

    study: Path
    raw: Path
    out: Path
    created: datetime
    only: tuple[str, ...] = ()
    jobs: int = 0
    strict: bool = False


@dataclass(frozen=True)
class Report:
    """What a build found and made; nothing is written where ``problems`` holds an error."""

    problems: Problems
    study: Study | None = None
    built: Built | None = None
    written: Mapping[str, str] = field(default_factory=dict)


def load(folder: Path) -> Study:
    """The study of a folder; StudyError with what is wrong with its files."""
    return load_study(folder, catalogue())


def lint_study(folder: Path, raw: Path | None = None) -> Problems:
    """Everything that can be said of a study before data are read; of raw headers where given."""
    try:
        study = load(folder)
    except StudyError as error:
        return error.problems
    problems = lint(study)
    if raw is not None and raw.is_dir():
        found = Problems()
        inputs = read_inputs(study, raw, found)
        problems.extend(found)
        problems.extend(lint_columns(study, inputs.columns))
    return problems


def build_study(request: Request, progress: Progress = silent) -> Report:
    """A study built and written; where anything is wrong, nothing is written or replaced."""
    check_place(request.out)
    try:
        study = load(request.study)
    except StudyError as error:
        return Report(error.problems)
    size = raw_size(study, request.raw)
    with workers(study, request.only, request.jobs, size) as staff:
        return _build(request, study, staff, progress)


def _build(request: Request, study: Study, staff: Workers, progress: Progress) -> Report:
    """A study checked, built from its raw forms and written."""
    graph = build_graph(study)
    problems = lint(study, graph)
    _check_only(study, request.only, problems)
    estimates = _estimates(study, problems) if not request.only else ()
    if stops(problems, request.strict):
        return Report(problems, study)
    keep_freed_memory()
    inputs = read_inputs(study, request.raw, problems, lambda name: progress(f"read {name}", 0, 0))
    problems.extend(lint_columns(study, inputs.columns))
    if stops(problems, request.strict):
        return Report(problems, study)
    order = plan(study, request.only, graph)
    built = run_plan(order, inputs, problems, staff, progress)
    if request.only:
        built = _chosen(built, request.only)
    for dataset in built.datasets.values():
        check_transport(dataset, study.raw, problems)
    if stops(problems, request.strict):
        return Report(problems, study, built)
    try:
        return _write(request, _Made(study, built, inputs, estimates), problems, staff, progress)
    except StudyError:
        return Report(problems, study, built)


@dataclass(frozen=True)
class _Made:
    """Everything that is ready to be written."""

    study: Study
    built: Built
    inputs: Inputs
    estimates: Sequence[Estimate]


def stops(problems: Problems, strict: bool) -> bool:
    """Whether a build must not go on: errors, and warnings too if they count."""
    wanted = {"error", "warning"} if strict else {"error"}
    return any(problem.severity in wanted for problem in problems)


def run_plan(
    order: Plan, inputs: Inputs, problems: Problems, staff: Workers, progress: Progress = silent
) -> Built:
    """The finished datasets of a plan, worked out in this process or in those that stand by."""
    number = inputs.number_of_parts(staff.count)

    def work(plan: Plan, parts: Iterable[Part]) -> Iterator[Outcome]:
        for done, outcome in enumerate(staff.outcomes(plan, parts), 1):
            progress("build", done, number)
            yield outcome

    return build(order, inputs.parts(number), problems, work)


def _check_only(study: Study, only: Collection[str], problems: Problems) -> None:
    for name in only:
        if name not in study.datasets:
            problems.add("RF202", "is not a dataset of the study", value=name, mark=study.mark)


def _chosen(built: Built, only: Collection[str]) -> Built:
    """The datasets asked for, with their supplemental qualifiers."""
    kept = {
        name: dataset
        for name, dataset in built.datasets.items()
        if name in only or dataset.parent in only
    }
    return Built(kept, {name: steps for name, steps in built.accounts.items() if name in only})


def _estimates(study: Study, problems: Problems) -> tuple[Estimate, ...]:
    """What the study's results file asks to be estimated."""
    if not study.results:
        return ()
    path = inside(study.folder, study.results)
    if path is None or not path.is_file():
        return ()  # lint has said so
    text = path.read_text(encoding="utf-8-sig")
    shown = f"{study.folder.name}/{study.results}"
    try:
        loaded, marks = load_marked(text, shown)
    except StudyError as error:
        problems.extend(error.problems)
        return ()
    columns = {
        name: {*dataset.variables, *dataset.identifiers, "STUDYID", "USUBJID", "ASEQ"}
        for name, dataset in study.datasets.items()
    }
    return read_results(loaded, columns, marks.values.get, problems)


def _write(
    request: Request, made: _Made, problems: Problems, staff: Workers, progress: Progress
) -> Report:
    study, built, inputs = made.study, made.built, made.inputs
    with replaced(request.out) as folder:
        defines = _begun_defines(study, built.datasets, request.created, staff)
        waiting = []
        # The largest first: they take longest to be read back.
        by_size = sorted(built.datasets.values(), key=lambda one: -one.frame.size)
        for done, dataset in enumerate(by_size, 1):
            progress(f"write {dataset.name}", done, len(by_size))
            waiting.append(write_transport(dataset, folder, request.created, staff))
        _write_defines(defines, folder, problems)
        if made.estimates and not request.only:
            frames = _frames(study, built, {SUBJECTS, *(one.dataset for one in made.estimates)})
            target = folder / "results"
            target.mkdir()
            write_results(estimate(made.estimates, frames, problems), target)
        for written in waiting:
            written.verify(problems)
        said = manifest(study, built, inputs, folder, request.raw, request.created, problems)
        text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
        (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
        if stops(problems, request.strict):
            raise StudyError(problems)
        outputs = {str(entry["file"]): str(entry["sha256"]) for entry in said["outputs"]}
    return Report(problems, study, built, outputs)


def _frames(study: Study, built: Built, names: Collection[str]) -> dict[str, pd.DataFrame]:
    """The records of some datasets of the study, without records where none was made."""
    kinds = Kinds(study)
    found = {}
    for name, spec in study.datasets.items():
        if name not in names:
            continue
        found[name] = (
            written_out(built.datasets[name].frame)
            if name in built.datasets
            else no_records(spec, kinds)
        )
    return found


def _begun_defines(
    study: Study, datasets: Mapping[str, Dataset], created: datetime, staff: Workers
) -> dict[str, Callable[[], DefineFile]]:
    """What gives the define.xml of each standard: the larger is made elsewhere where it can be."""
    by_standard = {
        standard: {name: one for name, one in datasets.items() if one.standard == standard}
        for standard in STANDARDS
    }
    found: dict[str, Callable[[], DefineFile]] = {}
    for standard, chosen in by_standard.items():
        if not chosen:
            continue
        elsewhere = None
        if standard == STANDARDS[0]:
            elsewhere = later_define(staff, chosen, standard, created)
        here = partial(made_define, study, chosen, standard, created)
        found[standard] = here if elsewhere is None else elsewhere.result
    return found


def _write_defines(
    defines: Mapping[str, Callable[[], DefineFile]], folder: Path, problems: Problems
) -> None:
    """Write the define.xml of each standard; what is made here first, while others work."""
    for standard in reversed(list(defines)):
        made = defines[standard]()
        problems.extend(made.problems)
        (folder / standard.lower() / "define.xml").write_bytes(made.content)
