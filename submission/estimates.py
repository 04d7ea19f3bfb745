"""What a study asks for in its results file: the ``estimates`` of its YAML, checked.

    estimates:
      - statistic: rate             # subjects with the event, Clopper-Pearson limits
        dataset: ADRS
        where: {ANL01FL: "Y"}       # optional: the records looked at
        event: {AVALC: "Y"}         # the values that count; with several variables all must hold
        by: [AVISITN, AVISIT]       # optional: the visits, the last variable names them
        population: [FASFL]         # flags of ADSL; "Y" is in
        subgroups: [DOSELVL]        # optional: variables of ADSL
        endpoints:                  # parameter: PARAMCD; left out where the dataset has none
          E03: {title: Overall response rate, parameter: [ORR, ORRH]}
      - statistic: survival         # Kaplan-Meier; dataset to endpoints as above, without by
        time: DURDAYS               # in days
        unit: {name: month, days: 30.4375}
        landmarks: [1, 2, 3]        # in that unit

``level: 0.9`` asks for other than 95 % limits. One item needs no list.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import cerberus
from cerberus import errors

from mappings.problems import Mark, Problems, close_match

Route = tuple[str | int, ...]
MarkOf = Callable[[Route], Mark | None]
Values = tuple[str | float, ...]

SUBJECTS = "ADSL"
SUBJECT = "USUBJID"
PARAMETER = "PARAMCD"

_NAME = {"type": "string", "empty": False}
_NAMES = {"type": ["string", "list"], "empty": False, "schema": _NAME}
_SELECTION = {
    "type": "dict",
    "empty": False,
    "keysrules": _NAME,
    "valuesrules": {
        "type": ["string", "number", "list"],
        "empty": False,
        "schema": {"type": ["string", "number"]},
    },
}
_ENDPOINT = {"title": {**_NAME, "required": True}, "parameter": _NAMES}
_COMMON = {
    "statistic": {"type": "string", "required": True},
    "dataset": {**_NAME, "required": True},
    "where": _SELECTION,
    "event": {**_SELECTION, "required": True},
    "population": {**_NAMES, "required": True},
    "subgroups": _NAMES,
    # From one half on: 0.05 for 0.95 is a slip that would give limits all the same.
    "level": {"type": "number", "min": 0.5, "max": 0.9999},
    "endpoints": {
        "type": "dict",
        "required": True,
        "empty": False,
        "keysrules": _NAME,
        "valuesrules": {"type": "dict", "schema": _ENDPOINT},
    },
}
_UNIT = {
    "name": {"type": "string", "required": True, "allowed": ["week", "month", "year"]},
    "days": {"type": "number", "required": True, "min": 1},
}
_BLOCKS: Mapping[str, Mapping[str, Any]] = {
    "rate": {**_COMMON, "by": _NAMES},
    "survival": {
        **_COMMON,
        "time": {**_NAME, "required": True},
        "unit": {"type": "dict", "required": True, "schema": _UNIT},
        "landmarks": {
            "type": "list",
            "required": True,
            "schema": {"type": "number", "min": 0},
        },
    },
}
_DOCUMENT = {
    "estimates": {
        "type": "list",
        "required": True,
        "empty": False,
        "schema": {
            "type": "dict",
            "allow_unknown": True,
            "schema": {"statistic": {"type": "string", "required": True, "allowed": list(_BLOCKS)}},
        },
    }
}


@dataclass(frozen=True)
class Unit:
    """A unit of time for people, and its length in days."""

    name: str
    days: float


@dataclass(frozen=True)
class Estimate:
    """How one endpoint is estimated.

    ``event`` and ``where`` give for a variable the values that count; all the variables must hold.
    ``by`` names the visits, its last variable the one shown; ``time``, ``unit`` and ``landmarks``
    belong to survival.
    """

    endpoint: str
    title: str
    statistic: str
    dataset: str
    parameters: tuple[str, ...]
    populations: tuple[str, ...]
    subgroups: tuple[str, ...]
    event: Mapping[str, Values]
    where: Mapping[str, Values]
    by: tuple[str, ...] = ()
    time: str = ""
    unit: Unit | None = None
    landmarks: tuple[float, ...] = ()
    level: float = 0.95
    mark: Mark | None = None


def read_results(
    loaded: object,
    columns: Mapping[str, Collection[str]],
    mark_of: MarkOf,
    problems: Problems,
) -> tuple[Estimate, ...]:
    """Estimates a study asks for, in the order of its file; none if the file has problems.

    ``columns`` names the variables of every dataset the study builds, ``mark_of`` the place of a
    route in the file (``("estimates", 0, "event")``).
    """
    before = len(problems)
    if not isinstance(loaded, Mapping):
        problems.add("SP106", "the file is not a mapping with estimates", mark=mark_of(()))
        return ()
    _validate(loaded, _DOCUMENT, (), mark_of, problems)
    blocks: Sequence[Mapping[str, Any]] = loaded["estimates"] if len(problems) == before else ()
    found: list[Estimate] = []
    for position, block in enumerate(blocks):
        route = ("estimates", position)
        if _validate(block, _BLOCKS[block["statistic"]], route, mark_of, problems):
            _check_names(block, columns, route, mark_of, problems)
            found += _estimates(block, route, mark_of)
    return tuple(found) if len(problems) == before else ()


def _validate(
    document: Mapping[str, Any],
    schema: Mapping[str, Any],
    route: Route,
    mark_of: MarkOf,
    problems: Problems,
) -> bool:
    """Whether a part of the file has its shape; where not, each error is a problem."""
    validator = cerberus.Validator(schema)
    holds: bool = validator.validate(document, normalize=False)
    for error in _leaves(validator._errors):
        path = (*route, *error.document_path)
        code, message, hint = _said(error, schema)
        problems.add(
            code,
            message,
            mark=_nearest(mark_of, path),
            variable=str(path[-1]) if code != "SP103" else "",
            value=str(path[-1]) if code == "SP103" else shown(error.value),
            hint=hint,
        )
    return holds


def _leaves(found: Any) -> Iterator[Any]:
    for error in found:
        if error.is_group_error:
            yield from _leaves(error.child_errors)
        else:
            yield error


def _said(error: Any, schema: Mapping[str, Any]) -> tuple[str, str, str]:
    """Code, message and hint of a cerberus error."""
    if error.code == errors.UNKNOWN_FIELD.code:
        here = schema if len(error.document_path) == 1 else [*_ENDPOINT, *_UNIT]
        return "SP103", "is an unknown key", close_match(str(error.document_path[-1]), here)
    if error.code == errors.REQUIRED_FIELD.code:
        return "SP105", "is required", ""
    if error.code == errors.UNALLOWED_VALUE.code:
        words = ", ".join(error.constraint)
        return "SP107", f"is not one of {words}", close_match(str(error.value), error.constraint)
    if error.code == errors.BAD_TYPE.code:
        return "SP106", f"is not a {' or '.join(map(_kind, _listed(error.constraint)))}", ""
    if error.code == errors.EMPTY_NOT_ALLOWED.code:
        return "SP105", "is empty", ""
    return "SP107", f"is out of range, {error.rule} {error.constraint}", ""


def _kind(name: str) -> str:
    """Name of a kind of value for people."""
    return {"dict": "mapping", "string": "text"}.get(name, name)


def _nearest(mark_of: MarkOf, path: Route) -> Mark | None:
    """Mark of a route, or of what encloses it: a key that is not there has no place."""
    marks = (mark_of(path[:length]) for length in range(len(path), -1, -1))
    return next((mark for mark in marks if mark), None)


def _check_names(
    block: Mapping[str, Any],
    columns: Mapping[str, Collection[str]],
    route: Route,
    mark_of: MarkOf,
    problems: Problems,
) -> None:
    """Report the datasets and variables of a block that the study does not build."""
    reported: set[str] = set()
    for place, dataset, name in _names(block):
        mark = _nearest(mark_of, (*route, *place))
        if dataset not in columns:
            if dataset not in reported:
                hint = close_match(dataset, columns)
                problems.add("RF202", "is not a dataset", mark=mark, value=dataset, hint=hint)
            reported.add(dataset)
        elif name not in columns[dataset]:
            hint = close_match(name, columns[dataset])
            message = f"is not a variable of {dataset}"
            problems.add("RF202", message, mark=mark, value=name, hint=hint)


def _names(block: Mapping[str, Any]) -> Iterator[tuple[Route, str, str]]:
    """Place, dataset and variable of every name in a block."""
    dataset = block["dataset"]
    yield ("dataset",), dataset, SUBJECT
    for key in ("where", "event"):
        for name in block.get(key, ()):
            yield (key, name), dataset, name
    for key, owner in (
        ("by", dataset),
        ("time", dataset),
        ("population", SUBJECTS),
        ("subgroups", SUBJECTS),
    ):
        for position, name in enumerate(_listed(block.get(key))):
            yield (key, position), owner, name
    for endpoint, body in block["endpoints"].items():
        if "parameter" in body:
            yield ("endpoints", endpoint, "parameter"), dataset, PARAMETER


def _estimates(block: Mapping[str, Any], route: Route, mark_of: MarkOf) -> Iterator[Estimate]:
    """One estimate for each endpoint of a block that has its shape."""
    unit = block.get("unit")
    for endpoint, body in block["endpoints"].items():
        yield Estimate(
            endpoint=endpoint,
            title=body["title"],
            statistic=block["statistic"],
            dataset=block["dataset"],
            parameters=_listed(body.get("parameter")),
            populations=_listed(block["population"]),
            subgroups=_listed(block.get("subgroups")),
            event=_values(block["event"]),
            where=_values(block.get("where", {})),
            by=_listed(block.get("by")),
            time=block.get("time", ""),
            unit=Unit(unit["name"], float(unit["days"])) if unit else None,
            landmarks=tuple(float(landmark) for landmark in block.get("landmarks", ())),
            level=float(block.get("level", 0.95)),
            mark=_nearest(mark_of, (*route, "endpoints", endpoint)),
        )


def _listed(said: Any) -> tuple[Any, ...]:
    """What was said, as a tuple; one item needs no list in the file."""
    if said is None:
        return ()
    return tuple(said) if isinstance(said, list) else (said,)


def _values(selection: Mapping[str, Any]) -> dict[str, Values]:
    return {name: _listed(said) for name, said in selection.items()}


def shown(value: Any) -> str:
    """A value as its own text, a number without a needless fraction, nothing as empty text."""
    if isinstance(value, float):
        return "" if isnan(value) else repr(float(value)).removesuffix(".0")
    return "" if value is None else str(value)
