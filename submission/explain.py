"""Why a value is what it is: one subject built, and its value followed back to the raw files."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mappings.build import Plan, cut, plan
from mappings.engine import Engine
from mappings.expression_values import holds
from mappings.expressions import Expression, ExpressionError, Name, parse_expression
from mappings.kinds import Kinds
from mappings.lint import lint
from mappings.looked import sorted_positions
from mappings.model import DatasetSpec, Study
from mappings.operations import SortKey
from mappings.part import Part, State
from mappings.part_results import IDENTIFIERS
from mappings.problems import Mark, Problem, Problems, StudyError
from mappings.reach import names_of
from submission.explain_records import Records, Spot
from submission.explain_steps import Step, Tracer
from submission.explain_values import shown
from submission.inputs import Inputs, read_inputs
from submission.requests import RequestError, unknown
from submission.show import dataset_of
from submission.written import flow, written_values

RECORDS = 10


@dataclass(frozen=True)
class Question:
    """A variable of a dataset, and whose; ``record`` counts from 1, ``where`` is an expression.

    ``depth`` is how many values deep the answer goes.
    """

    dataset: str
    variable: str
    subject: str = ""
    record: int = 0
    where: str = ""
    depth: int = 6


@dataclass(frozen=True)
class Explained:
    """One record: its number among the subject's, its keys, its value, what it was made from."""

    number: int
    block: str
    keys: Mapping[str, str]
    step: Step
    sources: Step


@dataclass(frozen=True)
class Answer:
    """What was asked for of a subject; ``left_out`` records are not listed."""

    dataset: str
    variable: str
    subject: str
    records: tuple[Explained, ...]
    left_out: int
    problems: tuple[Problem, ...]


def explain(study: Study, raw: Path, question: Question) -> Answer:
    """The answer to a question; RequestError where it names what is not there.

    StudyError where the study could not be built.
    """
    dataset = dataset_of(study, question.dataset)
    variable = _variable(dataset, question.variable)
    condition = _condition(dataset, question.where)
    _refuse_unresolved(study)
    problems = Problems()
    inputs = read_inputs(study, raw, problems)
    order = plan(study, [dataset.name])
    subjects = _subjects(dataset, order, inputs, question.subject)
    part = _part(inputs, subjects)
    kinds = Kinds(study)
    state = Engine(study, order.graph, kinds, problems).run(part, (*order.in_parts, *order.after))
    spots = _records(state, dataset)
    chosen = _chosen(state, dataset, spots, question.record, condition)
    tracer = Tracer(Records(state), order.graph, _Written(study).text, question.depth)
    return Answer(
        dataset=dataset.name,
        variable=variable,
        subject=", ".join(subjects) if len(subjects) == 1 else "",
        records=tuple(
            _explained(tracer, spots[place], place + 1, variable) for place in chosen[:RECORDS]
        ),
        left_out=len(chosen[RECORDS:]),
        problems=tuple(
            one for one in problems if one.dataset == dataset.name and one.variable == variable
        ),
    )


def _refuse_unresolved(study: Study) -> None:
    """StudyError where names do not resolve; what else is wrong with a study may be explained."""
    wrong = Problems()
    wrong.extend(one for one in lint(study).errors if one.code.startswith(("SP", "RF")))
    if len(wrong):
        raise StudyError(wrong)


class _Written:
    """Bodies as written, the files of each dataset read once."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._known: dict[str, Mapping[Mark, Any]] = {}

    def text(self, dataset: DatasetSpec, mark: Mark) -> str:
        """The body of a dataset that starts at a mark."""
        if dataset.name not in self._known:
            self._known[dataset.name] = written_values(self._study, dataset)
        found = self._known[dataset.name]
        return flow(found[mark]) if mark in found else ""


def _variable(dataset: DatasetSpec, asked: str) -> str:
    names = names_of(dataset)
    if asked in names:
        return asked
    folded = {name.casefold(): name for name in names}
    if asked.casefold() not in folded:
        raise unknown(asked, f"a name of {dataset.name}", names)
    return folded[asked.casefold()]


def _condition(dataset: DatasetSpec, text: str) -> Expression | None:
    """A condition on names of the dataset."""
    if not text:
        return None
    try:
        condition = parse_expression(text)
    except ExpressionError as error:
        raise RequestError(f"--where, column {error.offset + 1}: {error.message}") from error
    for name in condition.names:
        if name.prefix or name.name not in names_of(dataset):
            raise unknown(str(name), f"a name of {dataset.name}", names_of(dataset))
    return condition


def _subjects(dataset: DatasetSpec, order: Plan, inputs: Inputs, asked: str) -> tuple[str, ...]:
    """Whom to build: the subject asked for; nobody or everybody for a trial-design dataset."""
    if dataset.trial_design:
        return inputs.subjects if order.after else ()
    if not asked:
        raise RequestError(f"whose {dataset.name}? name a subject with --subject")
    first = inputs.identified.identity.first
    return (subject_of(inputs.subjects, first.get(asked, asked)),)


def subject_of(subjects: Collection[str], asked: str) -> str:
    """A subject by its identifier, or by the end of it after a hyphen where only one ends so."""
    if asked in subjects:
        return asked
    ends = [subject for subject in subjects if subject.endswith(f"-{asked}")]
    if len(ends) > 1:
        raise RequestError(f"{asked!r} may be {', '.join(ends[:5])}; give the whole identifier")
    if not ends:
        raise unknown(asked, "a subject of the raw files", subjects)
    return ends[0]


def _part(inputs: Inputs, subjects: tuple[str, ...]) -> Part:
    """The subjects as one part."""
    identified = inputs.identified
    raw = {
        name: (frame, identified.identity.forms[name]) for name, frame in identified.frames.items()
    }
    (part,) = cut(subjects, raw, 1)
    return part


def _records(state: State, dataset: DatasetSpec) -> list[Spot]:
    """The records of a dataset in the order in which they are submitted."""
    subject = state.whole_subject(dataset.name, dataset.blocks)
    keys = [
        SortKey(state.whole(dataset.name, key, dataset.blocks))
        for key in dataset.keys
        if key not in IDENTIFIERS
    ]
    spots = [
        Spot(dataset, block, index)
        for block in dataset.blocks
        for index in range(len(state.whole_subject(dataset.name, [block])))
    ]
    return [spots[place] for place in sorted_positions([subject], keys, len(subject))]


def _chosen(
    state: State,
    dataset: DatasetSpec,
    spots: list[Spot],
    record: int,
    condition: Expression | None,
) -> list[int]:
    """Positions of the records asked for; RequestError where there are none."""
    chosen = list(range(len(spots)))
    if record:
        chosen = [place for place in chosen if place == record - 1]
    if condition is not None:
        held = _held(state, dataset, condition)
        places = {(spot.block.name, spot.index): place for place, spot in enumerate(spots)}
        kept = {places[key] for key in held}
        chosen = [place for place in chosen if place in kept]
    if not chosen:
        count = f"{len(spots)} record{'' if len(spots) == 1 else 's'}"
        raise RequestError(f"none of {count} of {dataset.name} is the one asked for")
    return chosen


def _held(state: State, dataset: DatasetSpec, condition: Expression) -> list[tuple[str, int]]:
    """The records, by block and position, on which a condition holds."""
    blocks = dataset.blocks
    keys = [
        (block.name, index)
        for block in blocks
        for index in range(len(state.whole_subject(dataset.name, [block])))
    ]

    def value(name: Name) -> Any:
        kind = state.kinds.of_whole(dataset.name, name.name)
        return state.whole(dataset.name, name.name, blocks), kind

    return [keys[place] for place in np.flatnonzero(holds(condition, len(keys), value))]


def _explained(tracer: Tracer, spot: Spot, number: int, variable: str) -> Explained:
    keys = [key for key in spot.dataset.keys if key != "STUDYID"]
    return Explained(
        number=number,
        block=spot.block.name,
        keys={key: shown(tracer.records.value(spot, key)) for key in keys},
        step=tracer.step(spot, variable),
        sources=tracer.sources(spot),
    )


def answer_text(answer: Answer) -> str:
    """An answer as indented lines; ``*`` marks the rows that gave the value above them.

    Of a record, what was said once is not said again.
    """
    made = []
    for one in answer.records:
        keys = ", ".join(f"{name}={value}" for name, value in one.keys.items())
        said: set[tuple[str, str]] = set()
        made += [f"record {one.number}: {keys}", *_step_lines(one.step, 1, said)]
        made += _step_lines(one.sources, 1, said) if one.sources.parts else []
        made.append("")
    if answer.left_out:
        made.append(f"{answer.left_out} more records; choose with --record or --where")
    return "\n".join(made).rstrip()


def _step_lines(step: Step, depth: int, said: set[tuple[str, str]]) -> list[str]:
    blank = "  " * depth
    mark = "* " if step.chosen else ""
    value = f" = {step.value}" if step.value else ""
    place = f"  ({step.place})" if step.place else ""
    made = [f"{blank}{mark}{step.name}{value}{place}"]
    if step.way and (step.name, step.place) in said:
        return [f"{made[0]}, as above"]
    if step.parts and step.place:
        said.add((step.name, step.place))
    made += [f"{blank}  {text}" for text in (step.way, step.call) if text]
    for part in step.parts:
        made += _step_lines(part, depth + 1, said)
    if step.left_out:
        made.append(f"{blank}  … {step.left_out} more")
    return made


def answer_values(answer: Answer) -> dict[str, Any]:
    """An answer as plain values, without the problems."""
    made = asdict(replace(answer, problems=()))
    del made["problems"]
    return made
