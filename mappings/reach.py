"""What a name means where it stands (language sections 1.2 and 1.8).

A name is resolved for one block of one dataset; the same body may mean different things on the
records of different blocks, or nothing at all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import update_wrapper
from typing import TypeVar

from mappings.expressions import Name, conjuncts
from mappings.model import (
    Argument,
    Block,
    Body,
    DatasetSpec,
    ExpressionArgument,
    ItemArgument,
    ListArgument,
    NameArgument,
    SortArgument,
    Study,
    TemplateArgument,
    ThroughArgument,
    made_names,
)
from mappings.operations import Role
from mappings.problems import Mark, close_match

Spec = TypeVar("Spec", DatasetSpec, Body)
Made = TypeVar("Made")

IDENTITY = ("USUBJID", "SITEID", "SUBJID", "VISIT")


@dataclass(frozen=True)
class Own:
    """A name of this record; ``filled`` says whether anything fills it on this block."""

    name: str
    filled: bool = True


@dataclass(frozen=True)
class Cell:
    """A column of the row this record is made from."""

    source: str
    column: str


@dataclass(frozen=True)
class Subject:
    """A name of the one record which another dataset has for this subject."""

    dataset: str
    name: str


@dataclass(frozen=True)
class Each:
    """A cell of the current row of ``for_each``."""

    column: str


@dataclass(frozen=True)
class Setting:
    """A setting of the study."""

    name: str


@dataclass(frozen=True)
class Identity:
    """``source.X``: the column of that role, or of that name, in whichever source there is."""

    column: str


@dataclass(frozen=True)
class There:
    """A column of the records looked through."""

    source: str
    column: str


@dataclass(frozen=True)
class Unreached:
    """A name that means nothing here, and why."""

    code: str
    message: str
    hint: str = ""


Target = Own | Cell | Subject | Each | Setting | Identity | There | Unreached


@dataclass(frozen=True)
class Use:
    """A name a body reads, the dataset looked through where it stands, if any."""

    name: Name
    mark: Mark
    through: str = ""


def remembered(work: Callable[[Spec], Made]) -> Callable[[Spec], Made]:
    """The function, worked out once for each dataset or body: specifications do not change."""

    def once(spec: Spec) -> Made:
        if work not in spec.memory:
            spec.memory[work] = work(spec)
        made: Made = spec.memory[work]
        return made

    return update_wrapper(once, work)


@remembered
def sequence_name(dataset: DatasetSpec) -> str:
    """Name of the sequence number the engine assigns, empty where the dataset has none."""
    name = f"{dataset.name}SEQ"
    if dataset.standard == "ADaM":
        name = "" if dataset.guide_key == "ADSL" else "ASEQ"
    elif dataset.trial_design or dataset.standard_variable(name) is None:
        return ""
    return "" if not name or _defined(dataset, name) else name


@remembered
def automatic_names(dataset: DatasetSpec) -> tuple[str, ...]:
    """Names the engine fills in a dataset that does not define them itself."""
    names = ["STUDYID", "DOMAIN"] if dataset.standard == "SDTM" else ["STUDYID"]
    if dataset.guide is not None and dataset.standard_variable("DOMAIN") is None:
        names = ["STUDYID"]
    if not dataset.trial_design:
        names.append("USUBJID")
    sequence = sequence_name(dataset)
    return tuple([*names, sequence] if sequence else names)


def _defined(dataset: DatasetSpec, name: str) -> bool:
    return any(name in section for section in (dataset.variables, dataset.supp)) or any(
        name in block.set or name in made_names(block) for block in dataset.blocks
    )


@remembered
def names_of(dataset: DatasetSpec) -> frozenset[str]:
    """Every name a record of the dataset may have, private ones included."""
    names = {*dataset.variables, *dataset.supp, *dataset.working, *dataset.identifiers}
    for block in dataset.blocks:
        names |= {*block.set, *made_names(block)}
    return frozenset(names) | set(automatic_names(dataset))


def fills(dataset: DatasetSpec, block: Block, name: str) -> bool:
    """Whether anything fills a name on the records of a block."""
    return (
        dataset.body_of(block, name) is not None
        or name in made_names(block)
        or name in automatic_names(dataset)
    )


def resolve(
    study: Study,
    dataset: DatasetSpec,
    block: Block,
    name: Name,
    through: str = "",
    *,
    grouped: bool = False,
) -> Target:
    """What a name means on the records of a block, in an ``among:`` over ``through`` if given.

    ``grouped`` says that the records are groups already: of their rows only the columns of
    ``one_per:`` are one value.
    """
    prefix, word = name.prefix, name.name
    if not prefix:
        return _bare(dataset, block, word)
    if prefix == through:
        return There(prefix, word)
    if prefix == "each":
        return _each(block, word)
    if prefix == "study":
        known = word in study.settings
        hint = close_match(word, study.settings)
        return Setting(word) if known else Unreached("RF202", "is not a setting", hint)
    if prefix == "source":
        return Identity(word)
    if prefix == block.source:
        return _cell(block, name, grouped)
    if prefix in _looked_through(block.call):
        return Cell(prefix, word)
    if prefix in study.datasets:
        return _subject(study, dataset, block, prefix, word)
    if prefix in study.raw or study.table(dataset, prefix) is not None:
        return Unreached(
            "RF204", f"is not of this record: block {block.name} is not made from {prefix}",
            "look through it with an aggregate, as in {last: …}",
        )  # fmt: skip
    known_names = [*study.datasets, *study.raw, *study.tables, *dataset.tables]
    return Unreached("RF202", f"{prefix} is no dataset, raw form or table",
                     close_match(prefix, known_names))  # fmt: skip


def _bare(dataset: DatasetSpec, block: Block, word: str) -> Target:
    if word == block.call.operation.base_name or fills(dataset, block, word):
        return Own(word)
    if word in names_of(dataset):
        return Own(word, filled=False)
    return Unreached("RF202", f"is not a name of {dataset.name}",
                     close_match(word, names_of(dataset)))  # fmt: skip


def _each(block: Block, word: str) -> Target:
    if block.for_each is None:
        return Unreached("RF204", f"stands in block {block.name}, which has no for_each:")
    if word in block.for_each.frame.columns:
        return Each(word)
    return Unreached("RF206", "is not a column of the rows of for_each:",
                     close_match(word, block.for_each.frame.columns))  # fmt: skip


def _cell(block: Block, name: Name, grouped: bool) -> Target:
    listed = {str(argument.name) for argument in block.one_per or ()}
    if grouped and block.one_per is not None and str(name) not in listed:
        return Unreached(
            "RF204", "is a value of one row of a group", "list it in one_per: or use an aggregate"
        )
    return Cell(name.prefix, name.name)


def _subject(study: Study, dataset: DatasetSpec, block: Block, prefix: str, word: str) -> Target:
    if prefix == dataset.name and set(dataset.keys) <= {"STUDYID", "USUBJID"}:
        # With one record per subject, the subject's record of this dataset is this one.
        return _bare(dataset, block, word)
    if prefix == dataset.name:
        return Unreached("RF204", "is of other records of this dataset",
                         "look through them with an aggregate, as in {only: …}")  # fmt: skip
    other = study.datasets[prefix]
    if word in names_of(other):
        return Subject(prefix, word)
    return Unreached("RF202", f"is not a name of {prefix}", close_match(word, names_of(other)))


def _looked_through(call: Body) -> frozenset[str]:
    """Sources whose rows a record operation without a base makes its records from."""
    if call.operation.scope != "records" or call.operation.first.role is not Role.RECORDS:
        return frozenset()
    return through_prefixes(call)


@remembered
def through_prefixes(call: Body) -> frozenset[str]:
    """Datasets, forms and tables that the arguments of a call look through."""
    return frozenset(
        argument.of.prefix
        for argument in _flat(call.arguments.values())
        if isinstance(argument, ThroughArgument)
    )


def _flat(arguments: Iterable[Argument]) -> Iterator[Argument]:
    for argument in arguments:
        if isinstance(argument, ListArgument):
            yield from _flat(argument.items)
        elif isinstance(argument, ItemArgument):
            yield from _flat(argument.fields.values())
        else:
            yield argument


@remembered
def uses(body: Body) -> tuple[Use, ...]:
    """Every name a body reads, what it looks through and its conditions included."""
    looked = through_prefixes(body)
    found = [use for one in _flat(body.arguments.values()) for use in _uses_of(one, looked)]
    return (*found, *(expression_uses(body.where) if body.where is not None else ()))


def _uses_of(argument: Argument, looked: frozenset[str]) -> Iterator[Use]:
    if isinstance(argument, NameArgument):
        yield Use(argument.name, argument.mark)
    elif isinstance(argument, ExpressionArgument):
        yield from expression_uses(argument)
    elif isinstance(argument, ThroughArgument):
        yield Use(argument.of, argument.mark, argument.of.prefix)
        if argument.among is not None:
            yield from expression_uses(argument.among, argument.of.prefix)
    elif isinstance(argument, SortArgument):
        prefix = argument.name.prefix
        yield Use(argument.name, argument.mark, prefix if prefix in looked else "")
    elif isinstance(argument, TemplateArgument):
        for named in argument.names:
            yield Use(named.name, named.mark)


def expression_uses(argument: ExpressionArgument, through: str = "") -> Iterator[Use]:
    """Every name of an expression, each at its own place."""
    mark = argument.mark
    for name in argument.expression.names:
        yield Use(name, Mark(mark.file, mark.line, mark.column + name.offset), through)


def of_the_row(study: Study, dataset: DatasetSpec, block: Block) -> tuple[ExpressionArgument, ...]:
    """The conditions joined in ``where:`` of a block that speak of its source row alone.

    A row for which one of them does not hold becomes no record, whatever is worked out for it. A
    record operation that starts from subjects makes its own rows, and an operation over several
    records might see others than are left: for their blocks there are none.
    """
    operation = block.call.operation
    starts = operation.name == "from" or operation.first.role is Role.BASE
    bodies = [spec.body for spec in block.set.values() if spec.body is not None]
    if block.where is None or not starts or any(one.operation.scope == "scope" for one in bodies):
        return ()
    into = block.transpose.into if block.transpose is not None else ()

    def known(name: Name) -> bool:
        target = resolve(study, dataset, block, name)
        if isinstance(target, Own):
            return target.name in into and target.name not in block.set
        return not isinstance(target, Unreached)

    return tuple(
        replace(block.where, expression=part)
        for part in conjuncts(block.where.expression)
        if all(map(known, part.names))
    )


def keep_uses(block: Block) -> Iterator[Use]:
    """Names that ``keep:`` of a block reads."""
    if block.keep is not None:
        for key in block.keep.order:
            yield Use(key.name, key.mark)
        for column in block.keep.by:
            yield Use(column.name, column.mark)
