"""Where the values of a variable come from, read off its body (language section 1.12).

Define-XML 2.1 has the types Collected, Derived, Assigned, Protocol, Predecessor, Not Available.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    LiteralArgument,
    NameArgument,
    Study,
    TransposeCell,
    VariableSpec,
    made_names,
)
from mappings.reach import Cell, Each, Identity, Own, Setting, Subject, resolve
from mappings.terms import form_of


@dataclass(frozen=True, order=True)
class VariableOrigin:
    """An origin: its type, who is its source, the form's pages, the variable copied."""

    type: str
    source: str = ""
    pages: tuple[str, ...] = ()
    predecessor: str = ""


DERIVED = VariableOrigin("Derived", "Sponsor")
ASSIGNED = VariableOrigin("Assigned", "Sponsor")
PROTOCOL = VariableOrigin("Protocol", "Sponsor")


def origin_on(study: Study, dataset: DatasetSpec, block: Block, name: str) -> VariableOrigin | None:
    """Origin of a name on the records of a block; None where nothing fills it there."""
    spec = dataset.body_of(block, name)
    if spec is not None and spec.origin:
        return _said(study, dataset, block, spec)
    if spec is None or spec.body is None:
        return _automatic(study, block, name)
    return _of_body(study, dataset, block, spec.body, frozenset({name}))


def origins_of(study: Study, dataset: DatasetSpec, name: str) -> tuple[VariableOrigin, ...]:
    """The distinct origins of a name over the blocks that fill it, in order of the blocks."""
    found = (
        origin_on(study, dataset, piece, name)
        for block in dataset.blocks
        for piece in pieces(block)
    )
    return tuple(dict.fromkeys(origin for origin in found if origin is not None))


def pieces(block: Block, rows: Iterable[tuple[TransposeCell, ...]] | None = None) -> list[Block]:
    """The block once for all rows of ``transpose:`` that have literals in the same places.

    What is collected on some rows and a literal on others has an origin on each. ``rows`` are those
    that matter, all unless said.
    """
    table = block.transpose
    if table is None:
        return [block]
    alike: dict[tuple[bool, ...], list[tuple[TransposeCell, ...]]] = {}
    for row in table.rows if rows is None else rows:
        alike.setdefault(tuple(cell.literal is not None for cell in row), []).append(row)
    return [replace(block, transpose=replace(table, rows=tuple(same))) for same in alike.values()]


def one_origin(origins: Iterable[VariableOrigin]) -> VariableOrigin | None:
    """The origin of a whole variable where its blocks agree on the type; their pages together."""
    found = list(origins)
    if not found or len({(one.type, one.source, one.predecessor) for one in found}) > 1:
        return None
    pages = dict.fromkeys(page for one in found for page in one.pages)
    return VariableOrigin(found[0].type, found[0].source, tuple(pages), found[0].predecessor)


def _automatic(study: Study, block: Block, name: str) -> VariableOrigin | None:
    if block.transpose is not None and name in block.transpose.into:
        return ASSIGNED if block.transpose.is_literal(name) else _collected(study, block)
    if name in made_names(block):
        return DERIVED
    if name in {"STUDYID", "DOMAIN"}:
        return PROTOCOL if name == "STUDYID" else ASSIGNED
    if name == "USUBJID" or name.endswith("SEQ"):
        return DERIVED
    return None


def _collected(study: Study, block: Block) -> VariableOrigin:
    form = study.raw.get(block.source)
    return _form(form.page if form else None)


def _form(page: int | str | None) -> VariableOrigin:
    """A form with a page is the investigator's; one without is a vendor's file."""
    if page is None:
        return VariableOrigin("Collected", "Vendor")
    return VariableOrigin("Collected", "Investigator", (str(page),))


def _of_body(
    study: Study, dataset: DatasetSpec, block: Block, body: Body, above: frozenset[str]
) -> VariableOrigin | None:
    operation = body.operation
    if operation.name == "constant":
        return ASSIGNED
    if body.is_reference:
        argument = next(iter(body.arguments.values()))
        if isinstance(argument, NameArgument):
            return _of_name(study, dataset, block, argument, above)
    if operation.name == "copy" or operation.collected:
        if _reads_literal(block, body):
            return ASSIGNED
        form = form_of(study, dataset, block, body)
        if form is not None and _only_copies(dataset, block, body, above):
            return _form(form.page)
        argument = next(iter(body.arguments.values()))
        if operation.name == "copy" and isinstance(argument, NameArgument):
            return _of_name(study, dataset, block, argument, above)
    if all(isinstance(one, LiteralArgument) for one in body.arguments.values()):
        return ASSIGNED
    return DERIVED


def _reads_literal(block: Block, body: Body) -> bool:
    """Whether the first argument is a literal of ``transpose:``."""
    argument = next(iter(body.arguments.values()))
    table = block.transpose
    if table is None or not isinstance(argument, NameArgument) or argument.name.prefix:
        return False
    name = argument.name.name
    return name in table.into and name not in block.set and table.is_literal(name)


def _only_copies(dataset: DatasetSpec, block: Block, body: Body, above: frozenset[str]) -> bool:
    """Whether everything between a body and its form keeps a value collected."""
    argument = next(iter(body.arguments.values()))
    items = getattr(argument, "items", (argument,))
    for item in items:
        if not isinstance(item, NameArgument):
            return False
        name = item.name
        if name.prefix or name.name in above or name.name in made_names(block):
            continue
        spec = dataset.body_of(block, name.name)
        if spec is None or spec.body is None:
            return False
        inner = spec.body
        if not (inner.operation.collected or inner.is_reference or inner.operation.name == "copy"):
            return False
        if not _only_copies(dataset, block, inner, above | {name.name}):
            return False
    return True


def _of_name(
    study: Study, dataset: DatasetSpec, block: Block, argument: NameArgument, above: frozenset[str]
) -> VariableOrigin | None:
    target = resolve(study, dataset, block, argument.name)
    if isinstance(target, Setting | Each):
        return ASSIGNED
    if isinstance(target, Own):
        if target.name in above:
            return DERIVED
        spec: VariableSpec | None = dataset.body_of(block, target.name)
        if spec is None or spec.body is None:
            return _automatic(study, block, target.name)
        return _of_body(study, dataset, block, spec.body, above | {target.name})
    if isinstance(target, Identity):
        return _identity(study, dataset, block, target)
    if isinstance(target, Subject):
        return _built(dataset, target.dataset, target.name)
    if isinstance(target, Cell):
        if target.source in study.raw:
            return _form(study.raw[target.source].page)
        if target.source in study.datasets:
            return _built(dataset, target.source, target.column)
        return ASSIGNED
    return DERIVED


def _said(study: Study, dataset: DatasetSpec, block: Block, spec: VariableSpec) -> VariableOrigin:
    """The origin that the file states; what is said to be collected has the page of its form.

    The form is that of the first argument that comes from one: ``cases:`` may begin with a literal.
    """
    if spec.origin == "Predecessor":
        return VariableOrigin("Predecessor")
    if spec.origin != "Collected" or spec.body is None:
        return VariableOrigin(spec.origin, "Sponsor")
    ways = [replace(spec.body, arguments={key: one}) for key, one in spec.body.arguments.items()]
    forms = (form_of(study, dataset, block, way) for way in ways)
    form = next((form for form in forms if form is not None), None)
    return _collected(study, block) if form is None else _form(form.page)


def _identity(study: Study, dataset: DatasetSpec, block: Block, target: Identity) -> VariableOrigin:
    if block.source in study.datasets:
        return _built(dataset, block.source, target.column)
    if target.column == "USUBJID" or block.source not in study.raw:
        return DERIVED
    return _collected(study, block)


def _built(dataset: DatasetSpec, source: str, name: str) -> VariableOrigin:
    """A copy from a built dataset: a predecessor in ADaM, derived in SDTM and within a dataset."""
    if dataset.standard == "ADaM" and source != dataset.name:
        return VariableOrigin("Predecessor", "", (), f"{source}.{name}")
    return DERIVED
