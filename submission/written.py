"""Bodies as they stand in the files of a study."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from mappings.documents import read_file
from mappings.model import DatasetSpec, Study, VariableSpec
from mappings.nodes import Node
from mappings.problems import Mark, Problems

WIDE = 10**6


def written_values(study: Study, dataset: DatasetSpec) -> Mapping[Mark, Any]:
    """Every value in the files a dataset is written in, by the place where it starts."""
    files = {spec.mark.file for spec in specs_of(dataset)} | {dataset.mark.file}
    found: dict[Mark, Any] = {}
    for file in sorted(files):
        node = read_file(study.folder.parent / file, study.folder, Problems())
        if node is not None:
            found |= {mark: _at(node, route) for route, mark in node.marks.values.items()}
    return found


def specs_of(dataset: DatasetSpec) -> Iterable[VariableSpec]:
    """Everything a dataset says of names, blocks first."""
    for block in dataset.blocks:
        yield from block.set.values()
    for section in (dataset.variables, dataset.supp, dataset.working, dataset.identifiers):
        yield from section.values()


def _at(node: Node, route: Iterable[str | int]) -> Any:
    value = node.value
    for step in route:
        value = value[step]
    return value


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, width=WIDE, allow_unicode=True, sort_keys=False
    )
    return text.removesuffix("\n").removesuffix("\n...").strip()
