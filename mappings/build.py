"""A study built: cut by subject, worked out part by part, joined, and reduced to finished datasets.

Subjects are cut in the order of their identifiers and joined in the same order, so the number of
parts changes nothing in what comes out. What needs the whole study (lengths, terms, the sort of
datasets without subjects, trial design that counts subjects) is worked out after the join.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from mappings.coded import chosen, plain
from mappings.engine import Engine
from mappings.finished import Built, Dataset
from mappings.graph import Graph, Node, build_graph, made_last
from mappings.kinds import Kinds
from mappings.left_rows import check_rows
from mappings.model import Study
from mappings.part import NOBODY, Part, RawRows
from mappings.part_results import PartDataset, check_subjects, part_dataset
from mappings.problems import Problem, Problems
from mappings.reduce import finished, joined, related_to_written, with_lengths

Results = Mapping[str, PartDataset]
Work = Callable[["Plan", Iterable[Part]], Iterator["Outcome"]]


@dataclass(frozen=True)
class Outcome:
    """What one part gave: its datasets and what was found wrong."""

    datasets: Results
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Plan:
    """What is worked out in every part and what after the join, each in its order.

    Every part gives back the datasets of ``early`` and what is wrong with them; ``in_parts`` has
    all that they need.
    """

    study: Study
    graph: Graph
    in_parts: tuple[Node, ...]
    early: tuple[str, ...]
    after: tuple[Node, ...]
    late: tuple[str, ...]


def plan(study: Study, only: Iterable[str] = (), graph: Graph | None = None) -> Plan:
    """The order of a study's nodes; with ``only`` those that the named datasets need.

    Trial design that reads datasets of subjects waits until the parts are joined.
    """
    graph = build_graph(study) if graph is None else graph
    wanted = _needed(graph, set(only)) if only else set(graph.needs)
    order = [node for node in graph.order() if node in wanted]
    late = made_last(study, graph)
    in_parts = tuple(node for node in order if node.dataset not in late)
    made = {node.dataset for node in in_parts}
    return Plan(
        study=study,
        graph=graph,
        in_parts=in_parts,
        early=tuple(name for name in study.datasets if name in made),
        after=tuple(node for node in order if node.dataset in late),
        late=tuple(
            name
            for name in study.datasets
            if name in late and any(node.dataset == name for node in order)
        ),
    )


def _needed(graph: Graph, names: set[str]) -> set[Node]:
    """The nodes of some datasets and, with all of their datasets, what those need."""
    datasets = set(names)
    while True:
        nodes = {node for node in graph.needs if node.dataset in datasets}
        more = {need.dataset for node in nodes for need in graph.needs[node]}
        if more <= datasets:
            return nodes
        datasets |= more


def shares(plan: Plan, count: int) -> tuple[Plan, ...]:
    """Plans that together give what one gives, for a part that is too small to be cut.

    Each works out some of the datasets and whatever these need, so what many need is worked out in
    each; datasets go where the number of nodes stays lowest.
    """
    needed = {name: _behind(plan, name) for name in plan.early}
    place = dict.fromkeys(plan.early, 0)
    best = _sizes(needed, place, count)
    improved = True
    while improved:
        improved = False
        for name in plan.early:
            for there in range(count):
                moved = {**place, name: there}
                sizes = _sizes(needed, moved, count)
                if sizes < best:
                    place, best, improved = moved, sizes, True
    return tuple(
        _share(plan, [name for name in plan.early if place[name] == there], needed)
        for there in range(count)
    )


def _sizes(
    needed: Mapping[str, set[Node]], place: Mapping[str, int], count: int
) -> tuple[int, int]:
    """How many nodes the largest of the shares has, and all together."""
    sizes = [
        len(set().union(*(needed[name] for name in place if place[name] == there)))
        for there in range(count)
    ]
    return max(sizes), sum(sizes)


def _share(plan: Plan, names: Sequence[str], needed: Mapping[str, set[Node]]) -> Plan:
    """The plan for some of the datasets."""
    chosen = set().union(*(needed[name] for name in names))
    return replace(
        plan,
        in_parts=tuple(node for node in plan.in_parts if node in chosen),
        early=tuple(names),
    )


def _behind(plan: Plan, name: str) -> set[Node]:
    """A dataset as it is finished, and all that this needs."""
    found: set[Node] = set()
    waiting = [Node("finished", name)]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += plan.graph.needs[node]
    return found


def cut(
    subjects: Sequence[str], raw: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]], parts: int
) -> Iterator[Part]:
    """The subjects in ``parts`` runs of about the same number, each with its raw rows.

    ``raw`` gives for each form its frame and, aligned with it, who each row is (USUBJID, SITEID,
    SUBJID). Rows of nobody are left out.
    """
    ordered = sorted(subjects)
    codes = {
        name: pd.Index(ordered).get_indexer(plain(identity["USUBJID"]))
        for name, (_, identity) in raw.items()
    }
    bounds = np.linspace(0, len(ordered), max(1, min(parts, len(ordered) or 1)) + 1).astype(int)
    for low, high in pairwise(bounds):
        rows = {}
        for name, (frame, identity) in raw.items():
            inside = np.flatnonzero((codes[name] >= low) & (codes[name] < high))
            rows[name] = RawRows(
                chosen(frame, inside),
                codes[name][inside].astype(np.int64) - low,
                chosen(identity, inside),
            )
        yield Part(tuple(ordered[low:high]), rows)


def work_out(plan: Plan, part: Part) -> Outcome:
    """One part worked out; what is wrong with datasets that it does not give is left to others."""
    problems = Problems()
    engine = Engine(plan.study, plan.graph, Kinds(plan.study), problems)
    state = engine.run(part, plan.in_parts)
    check_subjects(state, plan.early, problems)
    datasets = {
        name: part_dataset(state, plan.study.datasets[name], problems) for name in plan.early
    }
    named = set(plan.early)
    told = (one for one in problems if one.dataset in named or not one.dataset)
    return Outcome(datasets, tuple(told))


def together(outcomes: Sequence[Outcome], plan: Plan, part: Part) -> Outcome:
    """What the shares of a plan gave of a part, and what is to be said of all of it."""
    made = {name: one for outcome in outcomes for name, one in outcome.datasets.items()}
    problems = Problems()
    check_rows(plan.study, part, made, problems)
    told = [problem for outcome in outcomes for problem in outcome.problems]
    return Outcome({name: made[name] for name in plan.early}, (*told, *problems))


def one_by_one(plan: Plan, parts: Iterable[Part]) -> Iterator[Outcome]:
    """Parts worked out in this process, one after another."""
    for part in parts:
        yield together([work_out(plan, part)], plan, part)


def build(plan: Plan, parts: Iterable[Part], problems: Problems, work: Work = one_by_one) -> Built:
    """The finished datasets of a study; what is wrong with the data is collected.

    ``work`` works the parts out and gives their outcomes in the order of the parts, in this process
    or in others.
    """
    outcomes = []
    for outcome in work(plan, parts):
        problems.extend(outcome.problems)
        outcomes.append(dict(outcome.datasets))
    study = plan.study
    # Each dataset's parts are let go as soon as they are joined: memory holds little of it twice.
    whole = {
        name: joined(study.datasets[name], [results.pop(name) for results in outcomes])
        for name in plan.early
    }
    whole |= _after(plan, whole, problems)
    whole = related_to_written(whole)
    datasets: dict[str, Dataset] = {}
    kinds = Kinds(study)
    for name in study.datasets:
        if name in whole:
            datasets |= finished(study, study.datasets[name], whole[name], kinds, problems)
    return Built(
        with_lengths(datasets),
        {name: whole[name].account for name in study.datasets if name in whole},
    )


def _after(plan: Plan, whole: Mapping[str, PartDataset], problems: Problems) -> Results:
    """What is worked out on the joined datasets."""
    if not plan.late:
        return {}
    study = plan.study
    given = {name: result.frame for name, result in whole.items()}
    engine = Engine(study, plan.graph, Kinds(study), problems)
    raw = {
        name: RawRows(pd.DataFrame({"row": []}), np.full(0, NOBODY), pd.DataFrame())
        for name in study.raw
    }
    state = engine.run(Part((), raw, given), plan.after)
    return {name: part_dataset(state, study.datasets[name], problems) for name in plan.late}
