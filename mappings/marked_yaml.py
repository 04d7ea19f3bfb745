"""YAML text as plain values, with the place in the file of every key and value.

The stock rules of YAML 1.1 destroy clinical data: ``NO`` becomes false, ``001`` one, ``12:30`` 750,
``2024-01-02`` a date. Here a plain scalar is text unless it is ``true``, ``false``, ``null`` or a
number as JSON writes it; a quoted scalar is always text, an empty value is None, a key is text as
written. What hides where a value comes from is refused: duplicate keys, anchors, aliases, merge
keys, tags, several documents.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import yaml

from mappings.problems import Mark, Problem, Problems, StudyError

Route = tuple[str | int, ...]

WORDS = {"": None, "null": None, "true": True, "false": False}
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
DEPTH = (
    50  # a spec is some eight levels deep; without a limit the recursion below would break first
)

BROKEN = "a comma, bracket or colon breaks this expression or text in two"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
QUOTE_IT = "write it in block style or in single quotes"
OPENING = frozenset("(\"'")
UNFINISHED = re.compile(r"(==|!=|[<>]=?|[-+*/(,]|\b(in|and|or|not))\s*$")


@dataclass(frozen=True)
class Marks:
    """Places of the keys and of the values, by the route that leads to them."""

    keys: Mapping[Route, Mark]
    values: Mapping[Route, Mark]


@dataclass(frozen=True)
class Piece:
    """A plain scalar in braces or brackets."""

    text: str
    mark: Mark


@dataclass
class _Reading:
    """What has been found so far while the events of one file become values."""

    file: str
    keys: dict[Route, Mark] = field(default_factory=dict)
    values: dict[Route, Mark] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)

    def mark(self, event: Any) -> Mark:
        return _mark(self.file, event.start_mark)


def load_marked(text: str, file: str) -> tuple[object, Marks]:
    """Plain values of a YAML text and the marks of its keys and values.

    A mark points at the first character of its key or value; an empty value is marked where it
    would stand. An empty text is None. Raises StudyError with SP101 (not YAML, or YAML that is
    refused), SP102 (duplicate keys) and SP109 (an expression broken in braces or brackets).
    """
    reading = _Reading(file)
    try:
        events = _events(text)
    except yaml.YAMLError as error:
        reading.problems.extend([_syntax(error, text, file)])
        raise StudyError(reading.problems) from error
    reading.problems.extend(_refused(events, file))
    if len(reading.problems):
        raise StudyError(reading.problems)
    content = (e for e in events if isinstance(e, yaml.NodeEvent | yaml.CollectionEndEvent))
    first = next(content, None)
    if first is None:
        return None, Marks({}, {(): Mark(file, 1, 1)})
    value = _value(first, content, (), reading, [])
    if len(reading.problems):
        raise StudyError(reading.problems)
    return value, Marks(reading.keys, reading.values)


def _events(text: str) -> list[Any]:
    """The events of a text.

    The parser in C is several times faster; the one in Python says better what is wrong, so it has
    the last word.
    """
    with suppress(AttributeError, yaml.YAMLError):
        return list(yaml.parse(text, Loader=yaml.CSafeLoader))
    return list(yaml.parse(text, Loader=yaml.SafeLoader))


def _mark(file: str, place: Any) -> Mark:
    return Mark(file, place.line + 1, place.column + 1)


def _refused(events: Iterable[Any], file: str) -> Iterator[Problem]:
    """Problems of what is YAML but not accepted."""
    depth = documents = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        reason = ""
        if isinstance(event, yaml.DocumentStartEvent):
            reason = "a second document in one file" if documents == 2 else ""
        elif isinstance(event, yaml.AliasEvent):
            reason = f"the alias *{event.anchor} is not accepted, write out what it stands for"
        elif getattr(event, "anchor", None):
            reason = f"the anchor &{event.anchor} is not accepted"
        elif getattr(event, "tag", None):
            reason = f"the tag {event.tag} is not accepted"
        elif depth == DEPTH + 1 and isinstance(event, yaml.CollectionStartEvent):
            reason = f"more than {DEPTH} levels of nesting"
        if reason:
            yield Problem("SP101", reason, mark=_mark(file, event.start_mark))


def _value(
    event: Any, events: Iterator[Any], route: Route, reading: _Reading, pieces: list[Piece]
) -> object:
    """Value that starts with the event; a plain scalar is added to the pieces around it."""
    mark = reading.values[route] = reading.mark(event)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(event, events, route, reading)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(event, events, route, reading)
    if event.style:
        if CONTROL.search(event.value):
            # Only an escape in double quotes can say it; no file that is written can hold it.
            message = "the text holds a control character"
            reading.problems.extend([Problem("SP101", message, mark=mark)])
        return event.value
    pieces.append(Piece(event.value, mark))
    return _plain(event.value)


def _mapping(
    start: Any, events: Iterator[Any], route: Route, reading: _Reading
) -> dict[str, object]:
    found: dict[str, object] = {}
    pieces: list[Piece] = []
    twice: list[Problem] = []
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        mark = reading.mark(event)
        key = _key(event, mark, events, reading, pieces)
        here = (*route, key)
        if key in found:
            message = f"key {key!r} stands twice, first in line {reading.keys[here].line}"
            twice.append(Problem("SP102", message, mark=mark))
        reading.keys.setdefault(here, mark)
        found[key] = _value(next(events), events, here, reading, pieces)
    pieces_broken = list(broken(pieces)) if start.flow_style else []
    reading.problems.extend(pieces_broken or twice)  # broken pieces can make equal keys
    return found


def _key(
    event: Any, mark: Mark, events: Iterator[Any], reading: _Reading, pieces: list[Piece]
) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        message = "a list or mapping as a key, a key is text"
        reading.problems.add("SP101", message, mark=mark)
        _value(event, events, (), _Reading(reading.file), [])
        return ""
    if not event.style:
        pieces.append(Piece(event.value, mark))
        if event.value in {"", "<<"}:
            message = "a merge key is not accepted, write out what it adds"
            message = message if event.value else "a key without text"
            reading.problems.add("SP101", message, mark=mark)
    return str(event.value)


def _sequence(start: Any, events: Iterator[Any], route: Route, reading: _Reading) -> list[object]:
    items: list[object] = []
    pieces: list[Piece] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_value(event, events, (*route, len(items)), reading, pieces))
    if start.flow_style:
        reading.problems.extend(broken(pieces))
    return items


def _plain(text: str) -> object:
    """Value of a plain scalar; a number that no double can hold stays text."""
    if text in WORDS:
        return WORDS[text]
    form = NUMBER.fullmatch(text)
    if not form or not math.isfinite(float(text)):
        return text
    return float(text) if form[2] or form[3] else int(text)


def broken(pieces: Sequence[Piece]) -> Iterator[Problem]:
    """Problems of the pieces of one flow collection that belong together.

    YAML reads ``{flag: min(a, b)}`` as a key ``flag`` with the value ``min(a`` and a key ``b)``: a
    piece leaves a parenthesis or quote open that later ones close.
    """
    opened: Piece | None = None
    together = ""
    for piece in pieces:
        if opened:
            together = f"{together}, {piece.text}"
            if not _left_open(together):
                yield Problem("SP109", BROKEN, mark=opened.mark, value=opened.text, hint=QUOTE_IT)
                opened = None
        elif _left_open(piece.text):
            opened, together = piece, piece.text


def _left_open(text: str) -> bool:
    """Whether a parenthesis or a quote of the text is not closed.

    A quote opens only where a text can start in an expression; elsewhere it is an apostrophe or a
    sign of inches.
    """
    if OPENING.isdisjoint(text):
        return False
    quote = before = ""
    depth = 0
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'" and before in {"=", "<", ">", "(", ","}:
            quote = sign
        else:
            depth = max(0, depth + (sign == "(") - (sign == ")"))
        before = before if sign.isspace() else sign
    return bool(quote or depth)


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Problem of a text that is not YAML: SP109 at a broken expression, else SP101."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        position = getattr(error, "position", 0)
        above = text[:position].split("\n")
        message = f"the character {text[position : position + 1]!r} is not accepted"
        return Problem("SP101", message, mark=Mark(file, len(above), len(above[-1]) + 1))
    piece = _unfinished(text, file, error.problem_mark.index)
    if piece:
        return Problem("SP109", BROKEN, mark=piece.mark, value=piece.text, hint=QUOTE_IT)
    message = f"{error.context}: {error.problem}" if error.context else str(error.problem)
    hint = "a text that holds a colon and a space stands in single quotes"
    hint = hint if error.problem == "mapping values are not allowed here" else ""
    return Problem("SP101", message, mark=_mark(file, error.problem_mark), hint=hint)


def _unfinished(text: str, file: str, end: int) -> Piece | None:
    """The first piece left open in the braces and brackets that are open where YAML gives up."""
    stack: list[list[Piece]] = []
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if token.start_mark.index >= end:
                break
            if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                stack.append([])
            elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken) and stack:
                stack.pop()
            elif isinstance(token, yaml.ScalarToken) and token.plain and stack:
                stack[-1].append(Piece(token.value, _mark(file, token.start_mark)))
    opened = [piece for pieces in stack for piece in pieces if _left_open(piece.text)]
    last = stack[-1][-1:] if stack else []
    opened += [piece for piece in last if UNFINISHED.search(piece.text)]
    return opened[0] if opened else None
