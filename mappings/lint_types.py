"""Attributes that have no effect where they stand, and types that contradict what they describe."""

from mappings.kinds import Kinds
from mappings.lint_places import Finds
from mappings.lint_walk import Spot, Walk
from mappings.model import DatasetSpec, VariableSpec
from mappings.problems import Mark

# The kinds of values that each type of define.xml may stand for.
KINDS = {
    "text": {"text", "iso"},
    "integer": {"number"},
    "float": {"number"},
    "time": {"number", "time"},
    "date": {"date"},
    "datetime": {"datetime"},
}
SHOWN = {"iso": "an ISO 8601 text", "date": "a numeric date", "datetime": "a numeric datetime"}
# Attributes of a variable as a whole.
WHOLE = (
    "label", "type", "length", "format", "role", "core", "overflow", "evaluator", "comment",
    "place_after",
)  # fmt: skip


def lint_types(walk: Walk, dataset: DatasetSpec, kinds: Kinds, finds: Finds) -> None:
    """Report types that contradict the standard or the values, and attributes without effect."""
    described = {**dataset.variables, **dataset.supp}
    for name, spec in described.items():
        standard = dataset.standard_variable(name) if name in dataset.variables else None
        if spec.type and standard is not None and standard.kind not in KINDS[spec.type]:
            finds.add(
                "ST410", f"contradicts the standard, which has {_shown(standard.kind)}",
                _place(spec, finds, "type:", spec.type), dataset=dataset.name, variable=name,
                value=spec.type, hint="leave type: out",
            )  # fmt: skip
    for spot in walk.spots(dataset):
        if spot.name in described and described[spot.name].type:
            _lint_values(spot, described[spot.name], kinds, finds)
    _lint_without_effect(dataset, finds)


def _lint_values(spot: Spot, said: VariableSpec, kinds: Kinds, finds: Finds) -> None:
    """Report a body whose values are not of the type that is said of its variable."""
    kind = kinds.of_body(spot.dataset, spot.block, spot.body)
    if not kind or kind in KINDS[said.type]:
        return
    own = spot.spec is said
    finds.add(
        "ST410", f"is said of values that are {_shown(kind)}" if own
        else f"is {_shown(kind)}, and type: of {said.name} says {said.type}",
        _place(said, finds, "type:", said.type) if own else spot.body.mark,
        dataset=spot.dataset.name, variable=said.name, value=said.type if own else "",
    )  # fmt: skip


def _shown(kind: str) -> str:
    return SHOWN.get(kind, f"a {kind}")


def _place(spec: VariableSpec, finds: Finds, *words: str) -> Mark:
    return finds.places.after(spec.mark, *words)


def _lint_without_effect(dataset: DatasetSpec, finds: Finds) -> None:
    """Report attributes of private columns, and those said of a variable in one block."""
    for block in dataset.blocks:
        for spec in block.set.values():
            _lint_words(dataset, spec, finds)
    for spec in dataset.working.values():
        _lint_words(dataset, spec, finds)


def _lint_words(dataset: DatasetSpec, spec: VariableSpec, finds: Finds) -> None:
    for word in WHOLE:
        if getattr(spec, word) not in {"", None}:
            finds.add(
                "SP115", "is not said of a private column" if spec.name.islower()
                else "is said of the variable as a whole, not in a block",
                _place(spec, finds, f"{word}:"), dataset=dataset.name, variable=spec.name,
                value=word,
                hint="" if spec.name.islower()
                else f"under variables: write {spec.name}: {{from: records, {word}: …}}",
            )  # fmt: skip
