"""Raw columns that a study reads, held against the headers of the raw forms at hand."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from mappings.expressions import Name
from mappings.lint_blocks import LITERAL, transposed_cells
from mappings.lint_places import Finds
from mappings.lint_walk import Walk
from mappings.model import DatasetSpec, ItemArgument, LiteralArgument, Study
from mappings.problems import Mark, Problems, close_match, nearest
from mappings.reach import IDENTITY, Cell, Identity, There


@dataclass(frozen=True)
class RawColumn:
    """A column of a raw form where it is read; ``words`` lead from the mark to its name.

    ``hint`` is what else may have been meant.
    """

    form: str
    column: str
    mark: Mark
    words: tuple[str, ...]
    dataset: str = ""
    variable: str = ""
    hint: str = ""


def lint_columns(study: Study, columns: Mapping[str, Collection[str]]) -> Problems:
    """Columns that are read, or declared not submitted, and that their raw form does not have.

    ``columns`` gives the header of each raw form that is at hand; the others are left alone.
    """
    finds = Finds(study)
    for read in raw_columns(Walk(study)):
        if read.form not in columns or read.column in columns[read.form]:
            continue
        finds.add(
            "RF203", f"is not a column of raw form {read.form} ({study.raw[read.form].file})",
            finds.places.after(read.mark, *read.words), dataset=read.dataset,
            variable=read.variable, value=read.column,
            hint=_meant(read, columns[read.form]) or read.hint,
        )  # fmt: skip
    _lint_unused(study, columns, finds)
    return finds.problems


def _meant(read: RawColumn, columns: Collection[str]) -> str:
    """Hint that offers the nearest column, in a body as it is written there."""
    near = nearest(read.column, columns)
    if near and read.variable and not near.isidentifier():
        return f"did you mean {Name(read.form, near)}?"
    return f"did you mean {near}?" if near else ""


def _lint_unused(study: Study, columns: Mapping[str, Collection[str]], finds: Finds) -> None:
    """Report declarations of unused columns that no column meets, those for all forms once."""
    everywhere = set(study.raw) <= set(columns)
    for name, form in study.raw.items():
        for one in form.unused:
            forms = list(study.raw) if one.shared else [name]
            known = [column for other in forms for column in columns.get(other, ())]
            at_hand = everywhere if one.shared else name in columns
            if at_hand and not any(map(one.has, known)):
                where = "any raw form" if one.shared else f"raw form {name} ({form.file})"
                finds.add(
                    "RF214", f"is no column of {where}", one.mark, value=one.pattern,
                    hint=close_match(one.pattern, known),
                )  # fmt: skip


def raw_columns(walk: Walk) -> Iterator[RawColumn]:
    """Every column of a raw form that the study reads, at every place where it does."""
    for name, form in walk.study.raw.items():
        for column in form.roles:
            yield RawColumn(name, column, form.mark or walk.study.mark, (column,))
    person = walk.study.subjects.same_person
    if person is not None and person.form in walk.study.raw:
        for column in (person.number, person.previous):
            yield RawColumn(person.form, column, person.mark or walk.study.mark, (column,))
    for dataset in walk.study.datasets.values():
        yield from _read(walk, dataset)
        yield from _transposed(walk, dataset)
        yield from _carried(walk, dataset)


def _read(walk: Walk, dataset: DatasetSpec) -> Iterator[RawColumn]:
    for read in walk.reads(dataset):
        use = read.use
        target = walk.target(dataset, read.block, use.name, use.through)
        source = ""
        column = ""
        if isinstance(target, There | Cell):
            source, column = target.source, target.column
        elif isinstance(target, Identity) and target.column not in IDENTITY:
            source, column = read.block.source, target.column
        if source in walk.study.raw and column != "row":
            yield RawColumn(source, column, use.mark, (), dataset.name, read.name)


def _transposed(walk: Walk, dataset: DatasetSpec) -> Iterator[RawColumn]:
    for block in dataset.blocks:
        if block.transpose is not None and block.source in walk.study.raw:
            for cell in transposed_cells(block):
                yield RawColumn(
                    block.source, cell.column or "", cell.mark, (), dataset.name, hint=LITERAL
                )  # fmt: skip


def _carried(walk: Walk, dataset: DatasetSpec) -> Iterator[RawColumn]:
    """Columns that stand as ``form.COLUMN`` among the values of a map."""
    for spot in walk.spots(dataset):
        for argument in spot.body.arguments.values():
            if not isinstance(argument, ItemArgument):
                continue
            for value in argument.fields.values():
                if isinstance(value, LiteralArgument):
                    form, _, column = str(value.value).partition(".")
                    if form in walk.study.raw:
                        yield RawColumn(form, column, value.mark, (), dataset.name)
