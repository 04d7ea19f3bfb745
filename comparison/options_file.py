"""Options of a comparison in a YAML file.

    keys:       [USUBJID, PARAMCD]
    tolerance:  {relative: 1.0e-9}
    tolerances:
      AVAL:     {absolute: 0.001}
      LB.LBSTRESN: {percent: 0.1}
    digits:     8
    digits_of:  {CHG: 4}
    set_aside:  [case, white space]
    ignored:    [informat]
    without:    [SRCSEQ]
    most:       1000

``keys`` may also be a mapping of datasets to their keys.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from comparison.findings import ComparisonError
from comparison.options import ATTRIBUTES, MINOR, Options, Tolerance
from mappings.marked_yaml import load_marked
from mappings.problems import StudyError

_METHODS = ("absolute", "relative", "percent")
_KNOWN = (
    "keys", "only", "without", "tolerance", "tolerances", "digits", "digits_of", "set_aside",
    "ignored", "missing_in_base_equal", "missing_in_other_equal", "most", "chunk",
)  # fmt: skip


def read_options(path: Path, options: Options = Options()) -> Options:  # noqa: B008
    """Options with what a file says in their place; ComparisonError at what it does not know.

    The file is read as specs are: no duplicate keys, no anchors, ``NO`` is text.
    """
    try:
        stated, marks = load_marked(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError, StudyError) as wrong:
        raise ComparisonError(f"{path}: {wrong}") from wrong
    if stated is None:
        return options
    if not isinstance(stated, dict):
        raise ComparisonError(f"{path} does not hold a mapping of options")
    made: dict[str, Any] = {}
    for name, value in stated.items():
        try:
            if name not in _KNOWN:
                raise ValueError(f"there is no option {name!r}, but {', '.join(_KNOWN)}")
            made |= _value(name, value)
        except ValueError as wrong:
            raise ComparisonError(f"{marks.keys[name,]}: {wrong}") from wrong
    return replace(options, **made)


def _value(name: str, value: Any) -> dict[str, Any]:
    """The fields of ``Options`` that one entry of the file gives."""
    if name == "keys" and isinstance(value, dict):
        keys = {str(one): _names(one, given) for one, given in value.items()}
        return {"keys_of": keys, "keys_from": "given"}
    if name in {"keys", "only", "without"}:
        return {name: _names(name, value)}
    if name == "tolerance":
        return {name: tolerance(value)}
    if name == "tolerances":
        return {name: {str(one): tolerance(given) for one, given in _mapping(name, value)}}
    if name == "digits":
        return {name: None if value is None else _whole(name, value, 0)}
    if name == "digits_of":
        return {name: {str(one): _whole(one, given, 0) for one, given in _mapping(name, value)}}
    if name in {"set_aside", "ignored"}:
        return {name: _words(name, value, MINOR if name == "set_aside" else ATTRIBUTES)}
    if name in {"most", "chunk"}:
        return {name: _whole(name, value, 1)}
    if not isinstance(value, bool):
        raise ValueError(f"{name}: {value!r} is neither true nor false")
    return {name: value}


def tolerance(value: Any) -> Tolerance:
    """A tolerance as it is written: a method with its criterion, ``{relative: 1e-9, delta: 0}``.

    A number alone is absolute, ``exact`` no tolerance at all. Raises ValueError.
    """
    if value == "exact":
        return Tolerance()
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        return Tolerance("absolute", _amount("tolerance", value))
    if not isinstance(value, dict):
        raise ValueError(f"tolerance: {value!r} is no method with a criterion")
    methods = [name for name in value if name in _METHODS]
    others = set(value) - {*_METHODS, "delta"}
    if len(methods) != 1 or others:
        raise ValueError(f"tolerance: {value!r} is not one of {', '.join(_METHODS)}")
    delta = _amount("delta", value.get("delta", 0))
    return Tolerance(methods[0], _amount(methods[0], value[methods[0]]), delta)


def _amount(name: object, value: Any) -> float:
    """A number of at least 0; a quoted one is text in YAML."""
    try:
        number = float(value)
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"{name}: {value!r} is no number") from wrong
    if not 0 <= number < float("inf"):
        raise ValueError(f"{name}: {value!r} is not 0 or more")
    return number


def _whole(name: object, value: Any, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name}: {value!r} is no whole number of at least {least}")
    return value


def _names(name: object, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValueError(f"{name}: {value!r} is no list of names")
    return tuple(value)


def _mapping(name: str, value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, dict):
        raise ValueError(f"{name}: {value!r} does not map variables")
    return list(value.items())


def _words(name: str, value: Any, known: tuple[str, ...]) -> frozenset[str]:
    words = _names(name, value)
    for word in words:
        if word not in known:
            raise ValueError(f"{name}: {word!r} is not one of {', '.join(known)}")
    return frozenset(words)
