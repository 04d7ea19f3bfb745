"""Notes: what is allowed and may not be what was meant."""

from collections.abc import Iterator

from mappings.expressions import Name, Part
from mappings.lint_places import Finds
from mappings.lint_walk import Said, Walk, mark_at, throughs
from mappings.model import DatasetSpec
from mappings.problems import Mark
from mappings.reach import Cell, Own, There, automatic_names

REPEATED = 3


def lint_notes(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Note comparisons that lose missing values, and conditions written over and over."""
    for said in walk.conditions(dataset):
        asked = {str(name) for name in _asked(said.argument.expression.root)}
        for part in _different(said.argument.expression.root):
            name = part.parts[0].value
            if isinstance(name, Name) and str(name) not in asked and _may_lack(walk, said, name):
                finds.add(
                    "RF209", f"is false where {name} is missing",
                    finds.places.exact(mark_at(said.argument, name.offset), str(name)),
                    dataset=dataset.name, variable=said.name,
                    hint=f"write not missing({name}) or missing({name}) beside it",
                )  # fmt: skip
    _lint_repeated(walk, dataset, finds)


def _different(part: Part) -> Iterator[Part]:
    if part.sign in {"!=", "not in"}:
        yield part
    for inner in part.parts:
        yield from _different(inner)


def _asked(part: Part) -> Iterator[Name]:
    """Names of which an expression says what holds where they are missing."""
    if part.sign == "missing" and isinstance(part.parts[0].value, Name):
        yield part.parts[0].value
    for inner in part.parts:
        yield from _asked(inner)


def _may_lack(walk: Walk, said: Said, name: Name) -> bool:
    """Whether a name may be missing on some record, as far as the file tells."""
    target = walk.target(said.dataset, said.block, name, said.through)
    if not walk.means(said.dataset, said.block, name, said.through):
        return False
    if isinstance(target, Own):
        transpose = said.block.transpose
        if transpose is not None and target.name in transpose.into:
            return not transpose.is_literal(target.name)
        spec = said.dataset.body_of(said.block, target.name)
        body = spec.body if spec else None
        if body is not None and body.operation.name in {"constant", "count", "count_distinct"}:
            return body.where is not None
        if body is not None and body.operation.name == "flag":
            return "no" not in body.arguments or body.where is not None
        return not _always(said.dataset, target.name)
    if isinstance(target, There | Cell):
        other = walk.study.datasets.get(target.source)
        return other is None or not _always(other, target.column)
    return False


def _always(dataset: DatasetSpec, name: str) -> bool:
    """Whether the standard or the engine sees to it that a variable has a value."""
    standard = dataset.standard_variable(name)
    required = standard is not None and standard.core == "Req"
    return required or name in dataset.keys[:3] or name in automatic_names(dataset)


def _lint_repeated(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    found: dict[tuple[str, str], dict[Mark, str]] = {}
    for spot in walk.spots(dataset):
        for through in throughs(spot.body):
            if through.among is not None:
                key = (through.of.prefix, through.among.expression.text)
                found.setdefault(key, {}).setdefault(spot.body.mark, spot.name)
                found[key][spot.body.mark] = spot.name
    for (source, text), places in found.items():
        if len(places) >= REPEATED:
            mark, name = next(iter(places.items()))
            finds.add(
                "RF210", f"the same among: over {source} stands in {len(places)} operations",
                finds.places.after(mark, "among"), dataset=dataset.name, variable=name, value=text,
            )  # fmt: skip
