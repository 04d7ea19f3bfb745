"""Blocks: what they are made from, and the order of what they need (sections 1.5 and 1.9)."""

from collections.abc import Iterator

from mappings.graph import Graph, cycle_problem, made_last
from mappings.lint_places import Finds
from mappings.lint_walk import Walk, clause_uses
from mappings.model import Block, DatasetSpec, LiteralArgument, NameArgument, TransposeCell
from mappings.operations import Role
from mappings.problems import Mark, close_match
from mappings.reach import Cell, Own, There, Use, uses

OWN = "from"
HINT = "set it in the block, or give it over:"
LITERAL = "a literal is written {constant: …}"


def lint_order(walk: Walk, finds: Finds) -> None:
    """Report what cannot be worked out in any order."""
    graph = walk.graph
    cycle_problem(graph, walk.study, finds.problems)
    _lint_late(walk, graph, finds)
    for dataset in walk.study.datasets.values():
        for block in dataset.blocks:
            _lint_clauses(walk, dataset, block, finds)
        _lint_scopes(walk, dataset, finds)


def _lint_late(walk: Walk, graph: Graph, finds: Finds) -> None:
    """Report datasets of subjects that read a trial-design dataset which itself reads subjects."""
    late = made_last(walk.study, graph)
    for node, needs in graph.needs.items():
        for need in needs:
            if not walk.study.datasets[node.dataset].trial_design and need.dataset in late:
                mark = graph.marks.get((node, need)) or walk.study.datasets[node.dataset].mark
                finds.add(
                    "RF204", f"{need.dataset} is made last, from the records of all subjects",
                    mark, dataset=node.dataset, variable=node.name,
                    value=f"{need.dataset}.{need.name}" if need.name else need.dataset,
                )  # fmt: skip


def _lint_clauses(walk: Walk, dataset: DatasetSpec, block: Block, finds: Finds) -> None:
    """Report a clause that needs the records it is there to choose."""
    for use in clause_uses(block):
        scoped = _scoped(walk, dataset, block, use)
        if scoped:
            finds.add(
                "RF201", f"circular: {scoped} looks at the records block {block.name} ends with",
                finds.places.exact(use.mark, str(use.name)), dataset=dataset.name,
                value=str(use.name),
            )  # fmt: skip


def _scoped(walk: Walk, dataset: DatasetSpec, block: Block, use: Use) -> str:
    """Name that a name needs, directly or in turn, and that looks at all records of the block."""
    waiting = [use]
    seen: set[str] = set()
    while waiting:
        needed = waiting.pop(0)
        target = walk.target(dataset, block, needed.name, needed.through)
        if not isinstance(target, Own) or target.name in seen:
            continue
        seen.add(target.name)
        spec = dataset.body_of(block, target.name)
        if spec is None or spec.body is None:
            continue
        if spec.body.operation.scope == "scope" and spec.section == "set":
            return spec.name
        waiting += list(uses(spec.body))
    return ""


def _lint_scopes(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report a block that reads what is only known when all blocks are there."""
    whole = {
        name
        for section in (dataset.variables, dataset.supp, dataset.working)
        for name, spec in section.items()
        if spec.body is not None and spec.body.operation.scope == "scope" and not spec.body.over
    }
    if not whole:
        return
    for read in walk.reads(dataset):
        if not read.above or read.use.name.name not in whole:
            continue
        target = walk.target(dataset, read.block, read.use.name, read.use.through)
        own = isinstance(target, Own) and _is_whole(dataset, read.block, target.name)
        there = isinstance(target, There | Cell) and target.source == dataset.name
        if own or there:
            finds.add(
                "RF204", "looks at the records of all blocks, so no block can read it",
                finds.places.exact(read.use.mark, str(read.use.name)), dataset=dataset.name,
                variable=read.name, value=str(read.use.name), hint=HINT,
            )  # fmt: skip


def _is_whole(dataset: DatasetSpec, block: Block, name: str) -> bool:
    spec = dataset.body_of(block, name)
    return spec is not None and spec.section != "set"


def lint_sources(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report what blocks are made from and cannot be."""
    for block in dataset.blocks:
        mark = _source_mark(block)
        message, code, hint = _source_problem(walk, dataset, block)
        if message:
            finds.add(code, message, mark, dataset=dataset.name, value=block.source, hint=hint)
            walk.without_source.add((dataset.name, block.name))
        elif block.transpose is not None:
            _lint_transpose(walk, dataset, block, finds)
    if dataset.trial_design:
        _lint_design(walk, dataset, finds)


def _source_mark(block: Block) -> Mark:
    first = block.call.arguments.get(block.call.operation.first.name)
    return first.mark if isinstance(first, LiteralArgument | NameArgument) else block.mark


def _source_problem(walk: Walk, dataset: DatasetSpec, block: Block) -> tuple[str, str, str]:
    """Message, code and hint of what is wrong with a block's source; nothing if all is well."""
    source, operation = block.source, block.call.operation
    built, base = source in walk.study.datasets, operation.first.role is Role.BASE
    if base:
        if not built:
            hint = close_match(source, walk.study.datasets)
            return "is no dataset whose records could be the base", "RF202", hint
    elif operation.name != OWN or source == "study":
        return "", "", ""
    if source == dataset.name and block.position == 0:
        return "has no records before the first block", "RF204", ""
    if not built and source not in walk.study.raw and walk.study.table(dataset, source) is None:
        study = walk.study
        known = ["study", *study.datasets, *study.raw, *study.tables, *dataset.tables]
        return "is no dataset, raw form or table", "RF202", close_match(source, known)
    if source in walk.study.raw and dataset.trial_design:
        return "has rows of subjects, a trial-design dataset has none", "RF204", ""
    return "", "", ""


def _lint_transpose(walk: Walk, dataset: DatasetSpec, block: Block, finds: Finds) -> None:
    transpose = block.transpose
    if transpose is None or block.source in walk.study.raw:
        return
    for cell in transposed_cells(block):
        column = cell.column or ""
        if block.source in walk.study.datasets:
            known, code = set(walk.names(block.source)), "RF202"
        else:
            table = walk.study.table(dataset, block.source)
            known, code = set() if table is None else set(table.frame.columns), "RF206"
        if column not in known:
            finds.add(
                code, f"is not a column of {block.source or 'the records made'}",
                cell.mark, dataset=dataset.name, value=column,
                hint=close_match(column, known) or LITERAL,
            )  # fmt: skip


def transposed_cells(block: Block) -> Iterator[TransposeCell]:
    """Cells of ``transpose:`` of a block that name columns of the source."""
    for row in block.transpose.rows if block.transpose else ():
        yield from (cell for cell in row if cell.column is not None)


def _lint_design(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report raw rows that a trial-design dataset looks through: each part has only some."""
    for spot in walk.spots(dataset):
        for use in uses(spot.body):
            if use.through in walk.study.raw:
                finds.add(
                    "RF204", "has rows of subjects; a trial-design dataset reads built datasets",
                    use.mark, dataset=dataset.name, variable=spot.name, value=str(use.name),
                )  # fmt: skip
