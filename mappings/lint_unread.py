"""Private columns that nothing reads: what they are made from would be lost without a word."""

from collections.abc import Iterator

from mappings.lint_places import Finds
from mappings.lint_walk import Walk
from mappings.model import Block, DatasetSpec, ItemArgument
from mappings.private_names import ends, is_private
from mappings.problems import Mark


def lint_unread(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report private columns from which nothing submitted comes and on which no record depends."""
    reached = ends(walk.reads(dataset))
    blocks = [one for one in dataset.blocks if (dataset.name, one.name) not in walk.without_source]
    for block in blocks:
        for name, mark in _of_block(block, finds):
            if not reached.get((block.name, name)):
                _report(dataset, name, mark, finds)
    for name, spec in dataset.working.items():
        if len(blocks) == len(dataset.blocks) and not any(
            reached.get((block.name, name)) for block in blocks
        ):
            _report(dataset, name, finds.places.key(spec.mark, name), finds)


def _of_block(block: Block, finds: Finds) -> Iterator[tuple[str, Mark]]:
    """Private columns that the lines of a block name, each with its place."""
    for name, spec in block.set.items():
        if is_private(name):
            yield name, finds.places.key(spec.mark, name)
    if block.transpose is not None:
        for name in block.transpose.into:
            yield name, finds.places.after(block.transpose.mark, "into", name)
    carried = block.call.arguments.get("carry")
    if isinstance(carried, ItemArgument):
        for name in carried.fields:
            yield name, finds.places.after(carried.mark, name)


def _report(dataset: DatasetSpec, name: str, mark: Mark, finds: Finds) -> None:
    finds.add(
        "RF213", "is read by nothing that is submitted or decides which records there are", mark,
        dataset=dataset.name, variable=name, value=name,
        hint="submit it, or take it away and list its raw column under unused:",
    )  # fmt: skip
