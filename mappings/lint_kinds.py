"""Kinds of values that do not go together, in expressions and in the arguments of operations."""

from typing import Any

from mappings.columns import texts
from mappings.expression_kinds import kind_of
from mappings.expressions import TOKEN, ExpressionError, Name
from mappings.kinds import AnyKind, Kinds, literal_kind
from mappings.lint_places import Finds
from mappings.lint_walk import Said, Spot, Walk, Written, mark_at, written
from mappings.model import (
    DatasetSpec,
    ExpressionArgument,
    LiteralArgument,
    NameArgument,
    ThroughArgument,
)
from mappings.partial_dates import is_iso
from mappings.problems import Mark
from mappings.reach import Cell, Each, Setting, There
from mappings.standard import StandardVariable

DATES = frozenset({"iso", "date", "datetime"})
FAMILIES = {"text": "text", "iso": "text", "date": "date", "datetime": "date", "number": "number"}
# What a parameter of this name takes in every operation of the catalogue.
DATED = frozenset(
    [
        "date",
        "dates",
        "dtc",
        "since",
        "before",
        "until",
        "birth",
        "at",
        "not_before",
        "not_after",
        "cutoff",
        "start",
    ]
)
NUMBERED = frozenset({"number"})
# Parameters whose names say nothing of their kind.
NUMBERS_OF = {
    "age": {"otherwise"},
    "lookup_between": {"value"},
    "smallest": {"values"},
    "largest": {"values"},
    "total": {"values"},
    "nca": {"value"},
}
# Parameters whose values end up in one column.
TOGETHER = {
    "coalesce": {"values"},
    "cases": {"value", "otherwise"},
    "earliest": {"dates"},
    "latest": {"dates"},
}
RESULTS = frozenset({"value", "values", "otherwise"})
HINTS = {
    ("number", "text"): "number: reads it",
    ("text", "number"): "text: writes it in digits",
    ("date", "text"): "iso8601: reads a collected date",
    ("text", "date"): "date_text: writes it",
}


def lint_kinds(walk: Walk, dataset: DatasetSpec, kinds: Kinds, finds: Finds) -> None:
    """Report kinds that do not go together in a dataset."""
    for said in walk.conditions(dataset):
        _lint_said(walk, said, kinds, finds)
    for spot in walk.spots(dataset):
        if not walk.body_means(spot):
            continue
        for one in written(spot.body):
            _lint_argument(walk, spot, one, kinds, finds)
        _lint_together(spot, kinds, finds)
        _lint_result(walk, spot, kinds, finds)


def _lint_said(walk: Walk, said: Said, kinds: Kinds, finds: Finds) -> None:
    argument = said.argument

    def kind(name: Name) -> Any:
        if not walk.means(said.dataset, said.block, name, said.through):
            return None
        return kinds.of_name(said.dataset, said.block, name, said.through) or None

    message, offset = "", 0
    try:
        found = kind_of(argument.expression, kind)
    except ExpressionError as error:
        message, offset = error.message, error.offset
    else:
        offset = argument.expression.root.offset
        if said.wanted == "condition" and found != "condition":
            message = "is a value where a condition is needed: compare it"
        elif said.wanted == "value" and found in {"condition", "list"}:
            message = f"is a {found} where a value is needed"
    if message:
        word = _word_at(argument, offset)
        finds.add(
            "RF205", message, _place(argument, offset, word, finds), dataset=said.dataset.name,
            variable=said.name, value=word,
        )  # fmt: skip


def _word_at(argument: ExpressionArgument, offset: int) -> str:
    token = TOKEN.match(argument.expression.text, offset)
    return token[0] if token else ""


def _place(argument: ExpressionArgument, offset: int, word: str, finds: Finds) -> Mark:
    mark = mark_at(argument, offset)
    return finds.places.exact(mark, word) if word else mark


def _lint_argument(walk: Walk, spot: Spot, one: Written, kinds: Kinds, finds: Finds) -> None:
    """Report an argument of a kind that its operation cannot take."""
    wanted, argument = _wanted(spot, one.parameter.name), one.argument
    if not wanted or not isinstance(argument, NameArgument | ThroughArgument):
        return
    kind = argument_kind(spot, one, kinds)
    if not kind or kind == wanted or (wanted == "date" and kind in DATES):
        return
    if wanted == "date" and kind == "text" and _may_be_iso(walk, spot, one):
        return
    name = str(_name_of(argument))
    finds.add(
        "RF205", f"is {kind}, {spot.body.operation.name} takes a {wanted} as its"
        f" {one.parameter.name.rstrip('_')}",
        finds.places.exact(argument.mark, name), dataset=spot.dataset.name,
        variable=spot.name, value=name, hint=HINTS.get((wanted, kind), ""),
    )  # fmt: skip


def _wanted(spot: Spot, parameter: str) -> str:
    """Kind that a parameter takes, ``date`` for any kind of date; nothing where any kind goes."""
    plain = parameter.rstrip("_")
    if plain in NUMBERED or plain in NUMBERS_OF.get(spot.body.operation.name, ()):
        return "number"
    return "date" if plain in DATED else ""


def _name_of(argument: NameArgument | ThroughArgument) -> Name:
    return argument.of if isinstance(argument, ThroughArgument) else argument.name


def argument_kind(spot: Spot, one: Written, kinds: Kinds) -> AnyKind:
    """Kind of the values of one argument; nothing where it has none."""
    argument = one.argument
    if isinstance(argument, NameArgument):
        return kinds.of_name(spot.dataset, spot.block, argument.name)
    if isinstance(argument, ThroughArgument):
        return kinds.of_name(spot.dataset, spot.block, argument.of, argument.of.prefix)
    if isinstance(argument, LiteralArgument):
        return literal_kind(argument.value)
    return ""


def _may_be_iso(walk: Walk, spot: Spot, one: Written) -> bool:
    """Whether a text is of the study's own tables or settings, where dates are ISO text."""
    if not isinstance(one.argument, NameArgument | ThroughArgument):
        return False
    name = _name_of(one.argument)
    through = name.prefix if isinstance(one.argument, ThroughArgument) else ""
    target = walk.target(spot.dataset, spot.block, name, through)
    if isinstance(target, Setting | Each):
        return True
    if not isinstance(target, Cell | There):
        return False
    return walk.study.table(spot.dataset, target.source) is not None


def _lint_together(spot: Spot, kinds: Kinds, finds: Finds) -> None:
    """Report values of one column that are of different kinds."""
    parameters = TOGETHER.get(spot.body.operation.name, ())
    first = ""
    for one in written(spot.body):
        if one.parameter.name not in parameters:
            continue
        kind = argument_kind(spot, one, kinds)
        if not kind:
            continue
        if not first:
            first = kind
        elif FAMILIES.get(kind) != FAMILIES.get(first):
            finds.add(
                "RF205", f"is {kind} where the values before are {first}", one.argument.mark,
                dataset=spot.dataset.name, variable=spot.name, value=_shown(one),
            )  # fmt: skip
            return


def _shown(one: Written) -> str:
    argument = one.argument
    if isinstance(argument, NameArgument | ThroughArgument):
        return str(_name_of(argument))
    return str(argument.value) if isinstance(argument, LiteralArgument) else ""


def _lint_result(walk: Walk, spot: Spot, kinds: Kinds, finds: Finds) -> None:
    """Report a body that does not give the kind its variable has in the standard."""
    dataset, spec = spot.dataset, spot.spec
    if spec is None or spec.name not in {*dataset.variables, *dataset.identifiers}:
        return
    standard = dataset.standard_variable(spec.name)
    if standard is None or _stated(dataset, spec.name):
        return
    kind = kinds.of_body(dataset, spot.block, spot.body)
    if not kind or _suits(kind, standard) or _iso_anyway(walk, spot, kind, standard):
        return
    family = FAMILIES.get(standard.kind, "number")
    wanted = "an ISO 8601 date" if standard.kind == "iso" else f"a {standard.kind}"
    key = (
        "date" if standard.kind == "iso" and kind == "text" else family,
        FAMILIES.get(kind, kind),
    )
    finds.add(
        "RF205", f"is {kind}, the standard has {wanted}", spot.body.mark, dataset=dataset.name,
        variable=spec.name, hint=HINTS.get(key, ""),
    )  # fmt: skip


def _stated(dataset: DatasetSpec, name: str) -> bool:
    """Whether the file states a type, which ``lint_types`` holds against standard and values."""
    return name in dataset.variables and bool(dataset.variables[name].type)


def _suits(kind: str, standard: StandardVariable) -> bool:
    if standard.kind == "text":
        return kind in {"text", "iso"}
    if standard.kind == "iso":
        # A duration is ISO 8601 too, and no operation makes one but a template.
        return kind == "iso" or (kind == "text" and not standard.name.endswith("DTC"))
    return kind == ("number" if standard.kind == "time" else standard.kind)


def _iso_anyway(walk: Walk, spot: Spot, kind: str, standard: StandardVariable) -> bool:
    """Whether texts that the study writes itself are the dates an ISO variable needs."""
    if kind != "text" or standard.kind != "iso":
        return False
    results = [one for one in written(spot.body) if one.parameter.name in RESULTS]
    return bool(results) and all(
        _is_iso_text(one) or _may_be_iso(walk, spot, one) for one in results
    )


def _is_iso_text(one: Written) -> bool:
    if not isinstance(one.argument, LiteralArgument):
        return False
    return one.argument.value is None or bool(is_iso(texts([str(one.argument.value)]))[0])
