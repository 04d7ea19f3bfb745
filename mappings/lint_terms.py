"""Literals held against codelists: constants, literals in conditions, codes to be decoded."""

from collections.abc import Iterator

from controlled_terms.codelists import Codelist
from mappings.expressions import Name, Part
from mappings.lint_places import Finds
from mappings.lint_tables import KEPT, codelist_argument
from mappings.lint_walk import Said, Spot, Walk, first_name, mark_at, written
from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    LiteralArgument,
    NameArgument,
)
from mappings.operations import Role
from mappings.problems import Mark, close_match
from mappings.reach import Cell, Each, Own, Subject, There
from mappings.term_hints import decode_to_add, named
from mappings.terms import codelist_of

# Parameters whose literals become the value itself.
RESULTS = frozenset({"value", "otherwise", "yes", "no"})
# Operations that hand on the values of these names.
PASSED_ON = {"copy": {"value"}, "coalesce": {"values"}, "cases": {"value", "otherwise"}}
Literal = tuple[str, Mark]


def lint_terms(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report literals of a dataset that are not terms of the codelists they are meant for."""
    submitted = {*dataset.variables, *dataset.supp}
    for spot in walk.spots(dataset):
        if spot.name in submitted:
            _lint_constants(walk, spot, finds)
        if spot.body.operation.name == "decode":
            _lint_decode(walk, spot, finds)
    for said in walk.conditions(dataset):
        for part in _comparisons(said.argument.expression.root):
            _lint_comparison(walk, said, part, finds)


def _lint_constants(walk: Walk, spot: Spot, finds: Finds) -> None:
    """Report values that a body may give and its variable may not have."""
    if spot.body.operation.name == "decode":
        return
    codelist = codelist_of(walk.study, spot.dataset, spot.name)
    if codelist is None:
        return
    for value, mark in _literals(walk, spot.dataset, spot.block, spot.body, finds, set()):
        if not codelist.submitted(value):
            code = "CT303" if codelist.extensible else "CT301"
            finds.add(
                code, f"is not a term of {named(codelist)}", mark, dataset=spot.dataset.name,
                variable=spot.name, value=value, hint=_nearest(codelist, value),
            )  # fmt: skip


def _nearest(codelist: Codelist, value: str) -> str:
    meant = codelist.recode(value).value
    return f"did you mean {meant}?" if meant else close_match(value, codelist.values)


def _literals(
    walk: Walk, dataset: DatasetSpec, block: Block, body: Body, finds: Finds, seen: set[str]
) -> Iterator[Literal]:
    """Texts that a body may give, as far as the file says them, with their places."""
    passed_on = PASSED_ON.get(body.operation.name, ())
    for one in written(body):
        argument = one.argument
        if isinstance(argument, LiteralArgument) and one.parameter.name in RESULTS:
            word = argument.value if isinstance(argument.value, str) else ""
            if word and not (one.parameter.role is Role.WORD and word in KEPT):
                yield word, argument.mark
        elif isinstance(argument, NameArgument) and one.parameter.name in passed_on:
            yield from _literals_of(walk, dataset, block, argument, finds, seen)


def _literals_of(
    walk: Walk, dataset: DatasetSpec, block: Block, argument: NameArgument, finds: Finds,
    seen: set[str],
) -> Iterator[Literal]:  # fmt: skip
    """Texts that a private name or a cell of ``for_each:`` may have."""
    target = walk.target(dataset, block, argument.name)
    if isinstance(target, Each) and block.for_each is not None:
        cells = block.for_each.frame[target.column]
        yield from ((cell, argument.mark) for cell in cells if isinstance(cell, str) and cell)
    if not isinstance(target, Own) or target.name.isupper() or target.name in seen:
        return
    seen.add(target.name)
    transpose = block.transpose
    if transpose is not None and target.name in transpose.into:
        for cell in transpose.cells(target.name):
            if cell.literal is not None:
                yield cell.literal, cell.mark
        return
    spec = dataset.body_of(block, target.name)
    if spec is not None and spec.body is not None:
        yield from _literals(walk, dataset, block, spec.body, finds, seen)


def _lint_decode(walk: Walk, spot: Spot, finds: Finds) -> None:
    """Report codes that have no decode."""
    said = spot.body.arguments.get("codelist")
    first = first_name(spot.body)
    if not isinstance(said, LiteralArgument) or first is None:
        return
    codelist = codelist_argument(walk, spot, said)
    if codelist is None:
        return
    lacking = [term.value for term in codelist.terms if not term.decode]
    found: list[Literal] = []
    if len(lacking) == len(codelist.terms):
        finds.add(
            "CT307", f"no term of {named(codelist)} has a decode", first.mark,
            dataset=spot.dataset.name, variable=spot.name,
        )  # fmt: skip
        return
    if not codelist.code:
        found += [(value, first.mark) for value in lacking]
    found += [
        (value, mark)
        for value, mark in _given(walk, spot, first, finds)
        if not codelist.decode(value) and value not in {one for one, _ in found}
    ]
    for value, mark in found:
        finds.add(
            "CT307", f"has no decode in {named(codelist)}", mark, dataset=spot.dataset.name,
            variable=spot.name, value=value, hint=decode_to_add(codelist, value),
        )  # fmt: skip


def _given(walk: Walk, spot: Spot, first: NameArgument, finds: Finds) -> Iterator[Literal]:
    """Texts that the first argument may have."""
    dataset, block = spot.dataset, spot.block
    if not first.name.prefix and first.name.name.isupper():
        spec = dataset.body_of(block, first.name.name)
        if spec is not None and spec.body is not None:
            yield from _literals(walk, dataset, block, spec.body, finds, set())
        return
    yield from _literals_of(walk, dataset, block, first, finds, set())


def _comparisons(part: Part) -> Iterator[Part]:
    """Comparisons for equality and memberships within an expression."""
    if part.sign in {"==", "!=", "in", "not in"}:
        yield part
    for inner in part.parts:
        yield from _comparisons(inner)


def _lint_comparison(walk: Walk, said: Said, part: Part, finds: Finds) -> None:
    """Report texts that a compared variable with a closed codelist never has."""
    left, right = part.parts
    if not isinstance(left.value, Name):
        left, right = right, left
    if not isinstance(left.value, Name):
        return
    literals = [one for one in (right.parts or (right,)) if one.sign == "text"]
    if not literals:
        return
    codelist = _codelist_here(walk, said, left.value)
    if codelist is None or codelist.extensible:
        return
    for literal in literals:
        value = str(literal.value)
        if not codelist.submitted(value):
            start = mark_at(said.argument, literal.offset)
            text = said.argument.expression.text
            quoted = text[literal.offset : literal.offset + len(value) + 2]
            finds.add(
                "CT305", f"is never a value of {left.value}: no term of {named(codelist)}",
                finds.places.exact(start, quoted), dataset=said.dataset.name, variable=said.name,
                value=value, hint=_nearest(codelist, value),
            )  # fmt: skip


def _codelist_here(walk: Walk, said: Said, name: Name) -> Codelist | None:
    """Codelist of what a name means in an expression."""
    target = walk.target(said.dataset, said.block, name, said.through)
    if isinstance(target, Own):
        spec = said.dataset.body_of(said.block, target.name)
        if not target.name.isupper() and spec is not None:
            return _codelist_of_body(walk, said.dataset, spec.codelist, spec.body)
        return codelist_of(walk.study, said.dataset, target.name)
    if isinstance(target, Subject):
        return codelist_of(walk.study, walk.study.datasets[target.dataset], target.name)
    if isinstance(target, There | Cell) and target.source in walk.study.datasets:
        return codelist_of(walk.study, walk.study.datasets[target.source], target.column)
    return None


def _codelist_of_body(
    walk: Walk, dataset: DatasetSpec, word: str, body: Body | None
) -> Codelist | None:
    """Codelist that a private column is recoded to."""
    if not word or body is None or body.operation.name == "decode":
        return None
    return walk.study.codelist(dataset, word)
