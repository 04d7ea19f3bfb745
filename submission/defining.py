"""define.xml of one standard, made here or in a process that stands by.

What travels to another process is columns: the specification is loaded there from the study folder,
because operations are functions and stay where they are.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from define_xml import check_define, define, define_bytes
from mappings.finished import Dataset
from mappings.model import Study
from mappings.problems import Problem, Problems
from mappings.terms import spec_of
from submission.parallel import Workers, current_study

# Beyond so many cells it takes longer, and too much memory, to hand them over.
MOST_CELLS = 60_000_000


@dataclass(frozen=True)
class DefineFile:
    """The bytes of a define.xml and what its check found."""

    content: bytes
    problems: tuple[Problem, ...]


def made_define(
    study: Study, datasets: Mapping[str, Dataset], standard: str, created: datetime
) -> DefineFile:
    """The define.xml of finished datasets of a standard, checked against them."""
    problems = Problems()
    content = define_bytes(define(study, datasets, standard, created=created))
    check_define(content, datasets, problems)
    return DefineFile(content, tuple(problems))


def later_define(
    staff: Workers, datasets: Mapping[str, Dataset], standard: str, created: datetime
) -> "Future[DefineFile] | None":
    """The same from a process that stands by; None where there is none or the way is too long."""
    if sum(dataset.frame.size for dataset in datasets.values()) > MOST_CELLS:
        return None
    return staff.later(_define_there, _packed(datasets), standard, created)


def _packed(datasets: Mapping[str, Dataset]) -> dict[str, tuple[Dataset, tuple[str, ...]]]:
    """Datasets without their specifications, and the name of that of each column.

    Which rows the records come from is in no define.xml and stays here too.
    """
    packed = {}
    for name, dataset in datasets.items():
        columns = tuple(replace(column, spec=None) for column in dataset.columns)
        names = tuple(column.spec.name if column.spec else "" for column in dataset.columns)
        bare: Any = None
        nowhere = dataset.provenance.iloc[:0]
        sent = replace(dataset, spec=bare, columns=columns, provenance=nowhere)
        packed[name] = (sent, names)
    return packed


def _define_there(
    packed: Mapping[str, tuple[Dataset, tuple[str, ...]]], standard: str, created: datetime
) -> DefineFile:
    study = current_study()
    datasets = {}
    for name, (dataset, names) in packed.items():
        spec = study.datasets[dataset.parent or dataset.name]
        columns = tuple(
            replace(column, spec=spec_of(spec, said) if said else None)
            for column, said in zip(dataset.columns, names, strict=True)
        )
        datasets[name] = replace(dataset, spec=spec, columns=columns)
    return made_define(study, datasets, standard, created)
