"""Names that mean nothing where they stand (language sections 1.2 and 1.8)."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from mappings.expressions import Name
from mappings.lint_places import Finds
from mappings.lint_walk import Read, Spot, Walk, throughs
from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    ItemArgument,
    ListArgument,
    LiteralArgument,
    ThroughArgument,
    VariableSpec,
)
from mappings.operations import Role
from mappings.problems import Mark, close_match
from mappings.reach import (
    Cell,
    Identity,
    Subject,
    There,
    Unreached,
    Use,
    resolve,
    uses,
)

# How many columns some operations take at most, and what takes more.
MOST = {("iso8601", "parts"): (2, "iso8601_parts takes year, month and day from a column each")}
LOOK = "look through it with an aggregate, as in {only: …}"
Say = Callable[..., None]


def lint_names(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report every name of a dataset that nothing defines or that is out of reach."""
    known: set[tuple[str, Name, str, Mark, bool]] = set()
    for read in walk.reads(dataset):
        key = (read.block.name, read.use.name, read.use.through, read.use.mark, read.above)
        if key not in known:
            known.add(key)
            _lint_read(walk, read, finds)
    for spec in unused(dataset):
        _lint_unused(walk, dataset, spec, finds)
    for spot in walk.spots(dataset):
        _lint_length(spot, finds)
        _lint_among(spot, finds)
        _lint_over(spot, finds)
        _lint_maps(walk, spot, finds)


def _lint_read(walk: Walk, read: Read, finds: Finds) -> None:
    dataset, block, use = read.dataset, read.block, read.use
    target = walk.target(dataset, block, use.name, use.through)
    if isinstance(target, Cell) and walk.is_grouped(read):
        target = resolve(walk.study, dataset, block, use.name, use.through, grouped=True)
    say = partial(_say, read, finds)
    if isinstance(target, Unreached):
        say(target.code, target.message, target.hint)
    elif isinstance(target, There | Cell):
        _lint_column(walk, read, target, say)
    elif isinstance(target, Identity):
        _lint_identity(walk, dataset, block, target.column, say)
    elif isinstance(target, Subject):
        _lint_subject(walk, dataset, target, say)


def unused(dataset: DatasetSpec) -> Iterator[VariableSpec]:
    """Bodies that hold on no block, since every block fills the name itself."""
    for name, spec in (*dataset.variables.items(), *dataset.supp.items()):
        if spec.body is not None and all(
            dataset.body_of(block, name) is not spec for block in dataset.blocks
        ):
            yield spec


def _lint_unused(walk: Walk, dataset: DatasetSpec, spec: VariableSpec, finds: Finds) -> None:
    """Report a name that would mean nothing on any block, in a body that no block uses."""
    for use in uses(spec.body) if spec.body else ():
        targets = [walk.target(dataset, one, use.name, use.through) for one in dataset.blocks]
        if all(isinstance(target, Unreached) for target in targets):
            read = Read(dataset, dataset.blocks[0], spec.name, use, above=False)
            _lint_read(walk, read, finds)


def _lint_length(spot: Spot, finds: Finds) -> None:
    """Report an empty list where an operation needs something in it, and one that is too long."""
    operation = spot.body.operation.name
    for parameter, argument in spot.body.parameters():
        if not isinstance(argument, ListArgument):
            continue
        if parameter.required and not argument.items:
            finds.add(
                "SP105", f"{parameter.name.rstrip('_')} of {operation} is empty",
                argument.mark, dataset=spot.dataset.name, variable=spot.name,
            )  # fmt: skip
        most, hint = MOST.get((operation, parameter.name), (len(argument.items), ""))
        if len(argument.items) > most:
            finds.add(
                "SP106", f"is one more than the {most} that {operation} takes",
                argument.items[most].mark, dataset=spot.dataset.name, variable=spot.name,
                hint=hint,
            )  # fmt: skip


def _say(read: Read, finds: Finds, code: str, message: str, hint: str = "") -> None:
    word = str(read.use.name)
    finds.add(
        code, message, finds.places.exact(read.use.mark, word), dataset=read.dataset.name,
        variable=read.name, value=word, hint=hint,
    )  # fmt: skip


def _lint_column(walk: Walk, read: Read, target: There | Cell, say: Say) -> None:
    """Report a column that a source does not have; those of raw forms are known with the data."""
    source, column = target.source, target.column
    if source in walk.study.datasets:
        _lint_built(walk, read, target, say)
        return
    if source in walk.study.raw:
        return
    table = walk.study.table(read.dataset, source)
    if table is not None:
        columns = [*table.frame.columns, "row"]
        if column not in columns:
            say("RF206", f"is not a column of table {source}", close_match(column, columns))
    elif not _left_out(read.body, read.use):
        known = [*walk.study.datasets, *walk.study.raw, *walk.study.tables, *read.dataset.tables]
        say("RF202", f"{source} is no dataset, raw form or table", close_match(source, known))


def _lint_built(walk: Walk, read: Read, target: There | Cell, say: Say) -> None:
    dataset, source, column = read.dataset, target.source, target.column
    names = walk.names(source)
    if column not in names:
        say("RF202", f"is not a name of {source}", close_match(column, names))
    elif source != dataset.name:
        _lint_private(source, column, say)
    elif read.above and read.block.position == 0:
        say("RF204", "is of blocks above, and this is the first block", "")


def _lint_private(source: str, column: str, say: Say) -> None:
    if not column.isupper():
        say(
            "RF204",
            f"is a working column of {source}, which only {source} itself reads",
            "give it a variable or a supp: name there",
        )


def _lint_subject(walk: Walk, dataset: DatasetSpec, target: Subject, say: Say) -> None:
    if walk.study.datasets[target.dataset].trial_design:
        say("RF204", f"{target.dataset} has no record of the subject", LOOK)
    elif dataset.trial_design:
        say("RF204", f"{dataset.name} has no subject whose {target.dataset} it could be", LOOK)
    else:
        _lint_private(target.dataset, target.name, say)


def _lint_identity(walk: Walk, dataset: DatasetSpec, block: Block, column: str, say: Say) -> None:
    """Report ``source.X`` where the source of the block has no such column."""
    source = block.source
    if source in walk.study.raw:
        if column == "VISIT" and walk.study.raw[source].visit is None:
            say("RF203", f"block {block.name}: raw form {source} declares no visit:", "")
        return
    if column == "USUBJID" and not dataset.trial_design:
        return
    table = walk.study.table(dataset, source)
    if source in walk.study.datasets:
        columns: Sequence[str] = sorted(walk.names(source))
    else:
        columns = () if table is None else list(table.frame.columns)
    if column not in columns:
        what = source or f"the {block.call.operation.name} operation"
        say("RF204", f"block {block.name}: {what} has no {column}", close_match(column, columns))


def _left_out(body: Body | None, use: Use) -> bool:
    """Whether a dataset that the study does not have is read by a default that may be left out."""
    if body is None:
        return False
    signature = inspect.signature(body.operation.function).parameters
    for name, argument in body.arguments.items():
        optional = signature[name].default is not inspect.Parameter.empty
        rows = body.operation.parameters[name].role is Role.ROWS
        if isinstance(argument, ThroughArgument) and argument.of == use.name and optional and rows:
            return True
    return False


def _lint_among(spot: Spot, finds: Finds) -> None:
    """Report one ``among:`` that stands for items of several datasets."""
    seen: dict[int, list[ThroughArgument]] = {}
    for through in throughs(spot.body):
        if through.among is not None:
            seen.setdefault(id(through.among), []).append(through)
    for shared in seen.values():
        sources = list(dict.fromkeys(through.of.prefix for through in shared))
        among = shared[0].among
        if len(sources) > 1 and among is not None:
            finds.add(
                "RF204", f"is one condition for the records of {' and '.join(sources)}",
                among.mark, dataset=spot.dataset.name, variable=spot.name,
                value=among.expression.text, hint="write it in the items, as {of: …, among: …}",
            )  # fmt: skip


def _lint_over(spot: Spot, finds: Finds) -> None:
    names = [block.name for block in spot.dataset.blocks]
    for word in spot.body.over:
        if word not in names:
            finds.add(
                "RF202", "is not a block of this file",
                finds.places.after(spot.body.mark, "over", word), dataset=spot.dataset.name,
                variable=spot.name, value=word, hint=close_match(word, names),
            )  # fmt: skip


def _lint_maps(walk: Walk, spot: Spot, finds: Finds) -> None:
    """Report datasets and forms that are named in the keys and values of maps."""
    for name, argument in spot.body.arguments.items():
        if spot.body.operation.parameters[name].role is not Role.MAP:
            continue
        inner = spot.body.operation.parameters[name].inner
        if isinstance(argument, ItemArgument):
            for key, value in argument.fields.items():
                _lint_link(walk, spot, key, argument.mark, finds)
                if isinstance(value, LiteralArgument) and inner and inner.role is Role.WORD:
                    _lint_carried(walk, spot, value, finds)


def _lint_link(walk: Walk, spot: Spot, key: str, mark: Mark, finds: Finds) -> None:
    """Report a key ``DATASET.NAME`` that is neither."""
    prefix, dot, name = key.partition(".")
    if not dot:
        return
    message, hint = f"{prefix} is not a dataset", close_match(prefix, walk.study.datasets)
    if prefix in walk.study.datasets:
        names = walk.names(prefix)
        if name in names:
            return
        message, hint = f"is not a name of {prefix}", close_match(name, names)
    finds.add(
        "RF202", message, finds.places.after(mark, key), dataset=spot.dataset.name, value=key,
        hint=hint,
    )  # fmt: skip


def _lint_carried(walk: Walk, spot: Spot, value: LiteralArgument, finds: Finds) -> None:
    """Report what is no ``form.COLUMN``, or of a form that the study does not have."""
    form, dot, _ = str(value.value).partition(".")
    if not dot or form not in walk.study.raw:
        message = f"{form} is no raw form" if dot else "is no column of a raw form: form.COLUMN"
        finds.add(
            "RF202", message, value.mark, dataset=spot.dataset.name,
            value=str(value.value), hint=close_match(form, walk.study.raw),
        )  # fmt: skip
