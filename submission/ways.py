"""Which of the five ways fills a variable on the records of a block (language section 1.6)."""

from dataclasses import dataclass

from mappings.model import Block, DatasetSpec, VariableSpec, made_names
from mappings.reach import automatic_names

MISSING = 5


@dataclass(frozen=True)
class Way:
    """How a name is filled on the records of a block.

    ``number`` counts as language section 1.6 does: 1 ``set:``, 2 the record operation, 3 a body of
    the file, 4 an identifier, 5 missing; 0 is the program itself. ``said`` names the place.
    """

    block: str
    number: int
    said: str
    spec: VariableSpec | None = None


def way_of(dataset: DatasetSpec, block: Block, name: str) -> Way:
    """The way that holds for a name on the records of a block."""
    if name in block.set:
        return Way(block.name, 1, "set", block.set[name])
    if block.transpose is not None and name in block.transpose.into:
        return Way(block.name, 2, "transpose")
    if name in made_names(block) or name == block.call.operation.base_name:
        return Way(block.name, 2, block.call.operation.name)
    spec = dataset.body_of(block, name)
    if spec is not None:
        return Way(block.name, 4 if spec.section == "identifiers" else 3, spec.section, spec)
    if name in automatic_names(dataset):
        return Way(block.name, 0, "the program")
    return Way(block.name, MISSING, "missing")


def ways_of(dataset: DatasetSpec, name: str) -> tuple[Way, ...]:
    """The ways of a name, block by block."""
    return tuple(way_of(dataset, block, name) for block in dataset.blocks)
