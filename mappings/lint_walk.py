"""The bodies and clauses of a dataset, each where it holds, with what stands in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from mappings.expressions import Name
from mappings.graph import FINAL, GROUPED, Graph, Node, build_graph
from mappings.model import (
    Argument,
    Block,
    Body,
    DatasetSpec,
    ExpressionArgument,
    ItemArgument,
    ListArgument,
    NameArgument,
    Study,
    ThroughArgument,
    VariableSpec,
)
from mappings.operations import Parameter, Role
from mappings.problems import Mark
from mappings.reach import (
    Cell,
    Own,
    Subject,
    Target,
    There,
    Unreached,
    Use,
    expression_uses,
    keep_uses,
    names_of,
    remembered,
    resolve,
    uses,
)


@dataclass(frozen=True)
class Spot:
    """A body on the records of one block.

    ``spec`` is None for the record operation of the block; ``above`` says that the dataset's own
    name means the blocks above.
    """

    dataset: DatasetSpec
    block: Block
    body: Body
    spec: VariableSpec | None = None

    @property
    def name(self) -> str:
        """Name of what the body fills."""
        return self.spec.name if self.spec else ""

    @property
    def above(self) -> bool:
        """Whether the dataset's own name means the blocks above."""
        return self.spec is None or self.spec.section == "set"


def spots(dataset: DatasetSpec) -> Iterator[Spot]:
    """Every body on every block where it is the one that holds, record operations first."""
    for block in dataset.blocks:
        if block.call.operation.name != "from":
            yield Spot(dataset, block, block.call)
        for spec in block.set.values():
            if spec.body is not None:
                yield Spot(dataset, block, spec.body, spec)
        for name, spec in sections(dataset):
            if spec.body is not None and dataset.body_of(block, name) is spec:
                yield Spot(dataset, block, spec.body, spec)


def sections(dataset: DatasetSpec) -> Iterator[tuple[str, VariableSpec]]:
    """Names of the dataset as a whole with what is said of them."""
    for section in (dataset.variables, dataset.supp, dataset.working, dataset.identifiers):
        yield from section.items()


@dataclass(frozen=True)
class Written:
    """An argument with its parameter; ``item`` has the other fields of the item it is in."""

    parameter: Parameter
    argument: Argument
    item: Mapping[str, Argument] | None = None


@remembered
def written(body: Body) -> tuple[Written, ...]:
    """The arguments of a body one by one, those inside lists, maps and items too."""
    return tuple(
        one for parameter, argument in body.parameters() for one in _flat(parameter, argument, None)
    )


def _flat(
    parameter: Parameter, argument: Argument, item: Mapping[str, Argument] | None
) -> Iterator[Written]:
    if isinstance(argument, ListArgument):
        for one in argument.items:
            yield from _flat(parameter, one, item)
    elif isinstance(argument, ItemArgument) and parameter.inner is not None:
        for one in argument.fields.values():
            yield from _flat(parameter.inner, one, argument.fields)
    elif isinstance(argument, ItemArgument):
        fields = {part.name: part for part in parameter.fields}
        for name, one in argument.fields.items():
            if name in fields:
                yield from _flat(fields[name], one, argument.fields)
    else:
        yield Written(parameter, argument, item)


@dataclass(frozen=True)
class Said:
    """A condition or an expression on the records of one block."""

    dataset: DatasetSpec
    block: Block
    name: str
    argument: ExpressionArgument
    wanted: Literal["condition", "value"] = "condition"
    through: str = ""


def conditions(dataset: DatasetSpec) -> Iterator[Said]:
    """Every condition and expression of a dataset on every block where it holds."""
    for spot in spots(dataset):
        yield from _of_body(spot)
    for block in dataset.blocks:
        if block.where is not None:
            yield Said(dataset, block, "", block.where)
        for check in dataset.checks:
            for argument in (check.must, check.where):
                if argument is not None:
                    yield Said(dataset, block, "", argument)


def _of_body(spot: Spot) -> Iterator[Said]:
    dataset, block, name = spot.dataset, spot.block, spot.name
    if spot.body.where is not None:
        yield Said(dataset, block, name, spot.body.where)
    for one in written(spot.body):
        argument = one.argument
        if isinstance(argument, ThroughArgument) and argument.among is not None:
            yield Said(dataset, block, name, argument.among, through=argument.of.prefix)
        elif isinstance(argument, ExpressionArgument):
            wanted: Literal["condition", "value"] = (
                "value" if one.parameter.role is Role.EXPRESSION else "condition"
            )
            yield Said(dataset, block, name, argument, wanted)


@dataclass(frozen=True)
class Read:
    """A name that is read on the records of one block; ``body`` is missing in a clause."""

    dataset: DatasetSpec
    block: Block
    name: str
    use: Use
    above: bool
    body: Body | None = None


def reads(dataset: DatasetSpec) -> Iterator[Read]:
    """Every name that a dataset reads, on every block where it is read."""
    for spot in spots(dataset):
        for use in uses(spot.body):
            yield Read(dataset, spot.block, spot.name, use, spot.above, spot.body)
    for block in dataset.blocks:
        for use in clause_uses(block):
            yield Read(dataset, block, "", use, above=True)
        for check in dataset.checks:
            for argument in (check.must, check.where):
                for use in expression_uses(argument) if argument else ():
                    yield Read(dataset, block, "", use, above=False)


def clause_uses(block: Block) -> Iterator[Use]:
    """Names that ``where:``, ``one_per:`` and ``keep:`` of a block read."""
    if block.where is not None:
        yield from expression_uses(block.where)
    for key in block.one_per or ():
        yield Use(key.name, key.mark)
    yield from keep_uses(block)


def throughs(body: Body) -> Iterator[ThroughArgument]:
    """What a body looks through."""
    for one in written(body):
        if isinstance(one.argument, ThroughArgument):
            yield one.argument


def first_name(body: Body) -> NameArgument | None:
    """The first argument of a body if it is a name."""
    first = next(iter(body.arguments.values()), None)
    return first if isinstance(first, NameArgument) else None


def mark_at(argument: ExpressionArgument, offset: int) -> Mark:
    """Place of what stands at an offset of an expression."""
    return Mark(argument.mark.file, argument.mark.line, argument.mark.column + offset)


class Walk:
    """The datasets of a study, each gone through once, and what names mean in them."""

    def __init__(self, study: Study, graph: Graph | None = None) -> None:
        self.study = study
        self._graph = graph
        self._spots: dict[str, tuple[Spot, ...]] = {}
        self._conditions: dict[str, tuple[Said, ...]] = {}
        self._reads: dict[str, tuple[Read, ...]] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._targets: dict[tuple[str, str, Name, str], Target] = {}
        self._means: dict[tuple[str, str, str], bool] = {}
        # Blocks whose source is not there; nothing that stands on their records can be judged.
        self.without_source: set[tuple[str, str]] = set()

    def spots(self, dataset: DatasetSpec) -> tuple[Spot, ...]:
        """Every body on every block where it is the one that holds."""
        if dataset.name not in self._spots:
            self._spots[dataset.name] = tuple(filter(self._has_source, spots(dataset)))
        return self._spots[dataset.name]

    def conditions(self, dataset: DatasetSpec) -> tuple[Said, ...]:
        """Every condition and expression on every block where it holds."""
        if dataset.name not in self._conditions:
            self._conditions[dataset.name] = tuple(filter(self._has_source, conditions(dataset)))
        return self._conditions[dataset.name]

    def reads(self, dataset: DatasetSpec) -> tuple[Read, ...]:
        """Every name that is read, on every block where it is read."""
        if dataset.name not in self._reads:
            self._reads[dataset.name] = tuple(reads(dataset))
        found = self._reads[dataset.name]
        if not self.without_source:
            return found
        return tuple(filter(self._has_source, found))

    def prefixes(self, dataset: DatasetSpec) -> set[str]:
        """What a dataset reads from, wherever it does."""
        self.reads(dataset)
        return {read.use.name.prefix for read in self._reads[dataset.name]}

    def _has_source(self, place: Spot | Said | Read) -> bool:
        return (place.dataset.name, place.block.name) not in self.without_source

    def names(self, dataset: str) -> frozenset[str]:
        """Every name that records of a dataset may have."""
        if dataset not in self._names:
            self._names[dataset] = frozenset(names_of(self.study.datasets[dataset]))
        return self._names[dataset]

    @cached_property
    def graph(self) -> Graph:
        """What needs what."""
        return build_graph(self.study) if self._graph is None else self._graph

    def is_grouped(self, read: Read) -> bool:
        """Whether a name is read when the rows of its block are groups already."""
        block = read.block
        if block.one_per is None:
            return False
        if read.name:
            node = Node("name", read.dataset.name, block.name, read.name)
            return self.graph.phases.get(node, FINAL) >= GROUPED
        return read.body is None and (not read.above or read.use in keep_uses(block))

    def target(self, dataset: DatasetSpec, block: Block, name: Name, through: str = "") -> Target:
        """What a name means on the records of a block."""
        key = (dataset.name, block.name, name, through)
        if key not in self._targets:
            self._targets[key] = resolve(self.study, dataset, block, name, through)
        return self._targets[key]

    def means(self, dataset: DatasetSpec, block: Block, name: Name, through: str = "") -> bool:
        """Whether a name means something here, as does all that it is made from.

        What does not is a problem of its own; nothing more is to be said of what it is used for.
        """
        target = self.target(dataset, block, name, through)
        if isinstance(target, Own):
            return self._is_made(dataset, block, target.name)
        if isinstance(target, Subject):
            return self._is_there(target.dataset, target.name)
        if isinstance(target, There | Cell):
            if target.source in self.study.datasets:
                return self._is_there(target.source, target.column)
            known = self.study.table(dataset, target.source) is not None
            return known or target.source in self.study.raw
        return not isinstance(target, Unreached)

    def body_means(self, spot: Spot) -> bool:
        """Whether every name that a body reads means something."""
        return all(
            self.means(spot.dataset, spot.block, use.name, use.through) for use in uses(spot.body)
        )

    def _is_there(self, source: str, column: str) -> bool:
        """Whether a dataset has a column and each of its blocks can make it."""
        dataset = self.study.datasets[source]
        return column in self.names(source) and all(
            self._is_made(dataset, block, column) for block in dataset.blocks
        )

    def _is_made(self, dataset: DatasetSpec, block: Block, name: str) -> bool:
        key = (dataset.name, block.name, name)
        if key not in self._means:
            self._means[key] = True  # a name that stands in its own definition is a cycle
            spec = dataset.body_of(block, name)
            if spec is not None and spec.body is not None:
                self._means[key] = self.body_means(Spot(dataset, block, spec.body, spec))
        return self._means[key]
