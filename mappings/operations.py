"""What an operation is: a pure function on columns whose signature is its YAML schema.

The annotations of the parameters say what the engine resolves before the call and what the loader
accepts in YAML; the annotation of the result says what kind of column comes out. ``registry`` reads
both once and refuses, at import, what has no rule.

Parameters
    Column       one value of this record                       ``AESTDTC``, ``ae.AETERM``
    Columns      a list of them; one alone is taken as a list
    Value        a literal or ``{take: reference}``, as a column
    Records      rows of another dataset, paired with this record (``among:`` decides which)
    Records | Column    either
    Rows         all rows of another dataset, not paired; the operation matches them itself
    Base         the column of a built dataset from which a record operation makes its records
    Order        columns to sort by, ``-NAME`` for descending
    Condition    an expression of language section 1.8, as a mask
    Expression   the same, as a column
    Terms        a codelist; ``own`` is that of the variable
    Table        a table of the study
    Template     text with names in braces
    Forms        raw forms that declare a visit and dates
    Scoped       whose the records are and which compete, supplied by the engine
    Problems     the collector of this variable, supplied by the engine
    str, int, float, bool, Literal[...], dict[str, str], list[...], frozen dataclasses of these
"""

import inspect
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from controlled_terms.codelists import Codelist
from mappings.columns import Kind
from mappings.looked import Looked, Rows
from mappings.problems import Problems


class Role(Enum):
    """What the engine does with a parameter before an operation sees it."""

    COLUMN = "column"
    COLUMNS = "columns"
    VALUE = "value"
    RECORDS = "records"
    EITHER = "records or column"
    ROWS = "rows"
    BASE = "base"
    ORDER = "order"
    CONDITION = "condition"
    EXPRESSION = "expression"
    TERMS = "terms"
    TABLE = "table"
    TEMPLATE = "template"
    FORMS = "forms"
    GROUP = "group"
    PROBLEMS = "problems"
    ITEM = "item"
    WORD = "word"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LITERAL = "literal"
    CHOICE = "choice"
    MAP = "map"


@dataclass(frozen=True)
class SortKey:
    """One column to sort by."""

    values: pd.Series
    descending: bool = False


@dataclass(frozen=True)
class StudyTable:
    """A table of the study: typed columns, missing cells missing; list cells are tuples."""

    name: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class TemplateParts:
    """A text with places: the texts around them (one more than columns) and what they hold."""

    texts: tuple[str, ...]
    columns: tuple[pd.Series, ...]


@dataclass(frozen=True)
class Group:
    """Whose each record is, which compete, and the row number that decides what is left tied."""

    subject: np.ndarray
    competing: np.ndarray
    row: np.ndarray


@dataclass(frozen=True)
class VisitForm:
    """The rows of a raw form that declares a visit and dates, for the register of visits.

    ``subject`` codes whose each row is; ``columns`` holds the other columns that are carried along.
    """

    name: str
    order: str
    subject: np.ndarray
    label: pd.Series
    dates: tuple[pd.Series, ...]
    columns: Mapping[str, pd.Series] = field(default_factory=dict)
    pivot: int | None = None


@dataclass(frozen=True)
class Made:
    """Records made by a record operation.

    ``frame`` has a row for each record; ``parent`` says from which row of the base (of the
    subjects, where there is no base) each was made, -1 where it is of no subject; ``origins``
    names the rows a record came from. ``row`` is the looked-through row that stands for a record,
    where there is one.
    """

    frame: pd.DataFrame
    parent: np.ndarray
    origins: tuple["Origin", ...] = ()
    row: np.ndarray | None = None


@dataclass(frozen=True)
class Origin:
    """Source rows of made records: pairs of a record's position and a row of ``source``."""

    source: str
    record: np.ndarray
    row: np.ndarray


Column = Annotated[pd.Series, Role.COLUMN]
Columns = Annotated[list[pd.Series], Role.COLUMNS]
Value = Annotated[pd.Series, Role.VALUE]
Records = Annotated[Looked, Role.RECORDS]
Either = Annotated[Looked, Role.EITHER]
AllRows = Annotated[Rows, Role.ROWS]
Base = Annotated[pd.Series, Role.BASE]
Order = Annotated[Sequence[SortKey], Role.ORDER]
Condition = Annotated[pd.Series, Role.CONDITION]
Expression = Annotated[pd.Series, Role.EXPRESSION]
Terms = Annotated[Codelist, Role.TERMS]
Table = Annotated[StudyTable, Role.TABLE]
Template = Annotated[TemplateParts, Role.TEMPLATE]
Forms = Annotated[Sequence[VisitForm], Role.FORMS]
Scoped = Annotated[Group, Role.GROUP]

Text = Annotated[pd.Series, "text"]
Number = Annotated[pd.Series, "number"]
Iso = Annotated[pd.Series, "iso"]
Date = Annotated[pd.Series, "date"]
Datetime = Annotated[pd.Series, "datetime"]
Same = Annotated[pd.Series, "same"]

Scope = Literal["row", "aggregate", "scope", "records"]

# Words of any body; ``codelist`` is both a word and, where an operation asks for it, its argument.
RESERVED = frozenset(
    {
        "where", "among", "over", "anywhere", "label", "type", "length", "format", "origin", "role",
        "core", "comment", "method", "overflow", "evaluator", "place_after",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation, or one field of an item."""

    name: str
    role: Role
    many: bool = False
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()
    item: type[Any] | None = None
    fields: tuple["Parameter", ...] = ()
    inner: "Parameter | None" = None


@dataclass(frozen=True)
class Operation:
    """An operation as the loader, the engine and define.xml see it."""

    name: str
    method: str
    function: Callable[..., Any]
    parameters: Mapping[str, Parameter]
    result: str
    scope: Scope
    makes: Mapping[str, Kind] = field(default_factory=dict)
    base_name: str = ""
    collected: bool = False
    summary: str = ""

    @property
    def first(self) -> Parameter:
        """The parameter written under the operation's name."""
        return next(iter(self.parameters.values()))


Registry = Mapping[str, Operation]


def operation(
    *,
    method: str,
    defaults: Mapping[str, Any] | None = None,
    scope: Scope | None = None,
    makes: Mapping[str, Kind] | None = None,
    base_name: str = "",
    collected: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function as an operation.

    ``method`` is the define.xml text with ``{parameter}`` places; ``defaults`` are references used
    when a parameter is not written; ``makes`` names what a record operation fills, ``base_name``
    the name under which its base column is known in the block; ``collected`` says that the result
    of a raw column is still a collected value (language section 1.12).
    """

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.cdiscgen = {  # type: ignore[attr-defined]
            "method": method,
            "defaults": dict(defaults or {}),
            "scope": scope,
            "makes": dict(makes or {}),
            "base_name": base_name,
            "collected": collected,
        }
        return function

    return mark


def registry(functions: Iterable[Callable[..., Any]]) -> Registry:
    """Operations by name; ValueError for a name twice or a signature without a rule."""
    operations: dict[str, Operation] = {}
    for function in functions:
        made = _operation(function)
        if made.name in operations:
            raise ValueError(f"two operations are named {made.name}")
        operations[made.name] = made
    return operations


def _operation(function: Callable[..., Any]) -> Operation:
    said = function.cdiscgen  # type: ignore[attr-defined]
    name = function.__name__.rstrip("_")
    hints = get_type_hints(function, include_extras=True)
    parameters = {}
    for position, parameter in enumerate(inspect.signature(function).parameters.values()):
        # The first parameter is written under the operation's name, so its own name is free.
        if position and parameter.name.rstrip("_") in RESERVED:
            raise ValueError(f"{name}: the language keeps the name {parameter.name}")
        default = said["defaults"].get(parameter.name, parameter.default)
        parameters[parameter.name] = _parameter(
            f"{name}.{parameter.name}", hints[parameter.name], parameter.name, default
        )
    result = _result(name, hints["return"])
    return Operation(
        name=name,
        method=said["method"],
        function=function,
        parameters=parameters,
        result=result,
        scope=said["scope"] or _scope(result, parameters.values()),
        makes=said["makes"],
        base_name=said["base_name"],
        collected=said["collected"],
        summary=(inspect.getdoc(function) or "").split("\n", 1)[0],
    )


def _result(name: str, hint: Any) -> str:
    if hint is Made or hint is pd.DataFrame:
        return "records"
    for extra in get_args(hint)[1:]:
        if isinstance(extra, str):
            return extra
    raise ValueError(f"{name}: the result has no kind")


def _scope(result: str, parameters: Iterable[Parameter]) -> Scope:
    if result == "records":
        return "records"
    return "aggregate" if any(_looks(parameter) for parameter in parameters) else "row"


def _looks(parameter: Parameter) -> bool:
    if parameter.role in {Role.RECORDS, Role.EITHER}:
        return True
    return any(_looks(inner) for inner in parameter.fields)


_PLAIN: Mapping[Any, Role] = {
    str: Role.WORD,
    int: Role.INTEGER,
    float: Role.NUMBER,
    bool: Role.BOOLEAN,
    Problems: Role.PROBLEMS,
}


def _parameter(place: str, hint: Any, name: str, default: Any) -> Parameter:
    required = default is inspect.Parameter.empty
    common: dict[str, Any] = {
        "name": name,
        "required": required,
        "default": None if required else default,
    }
    if get_origin(hint) in {Union, types.UnionType}:
        some = [part for part in get_args(hint) if part is not type(None)]
        if len(some) != 1:
            raise ValueError(f"{place}: no rule for {hint}")
        hint = some[0]
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Role):
            return Parameter(role=extra, **common)
    if get_origin(hint) is Literal:
        return Parameter(role=Role.CHOICE, choices=get_args(hint), **common)
    if hint in _PLAIN:
        return Parameter(role=_PLAIN[hint], **common)
    if get_origin(hint) is dict:
        inner = _parameter(place, get_args(hint)[1], name, inspect.Parameter.empty)
        return Parameter(role=Role.MAP, inner=inner, **common)
    if get_origin(hint) in {list, tuple}:
        inner = _parameter(place, get_args(hint)[0], name, default)
        return Parameter(
            role=inner.role, many=True, item=inner.item, fields=inner.fields,
            choices=inner.choices, **common,
        )  # fmt: skip
    if is_dataclass(hint) and isinstance(hint, type):
        return Parameter(role=Role.ITEM, item=hint, fields=_item_fields(place, hint), **common)
    raise ValueError(f"{place}: no rule for {hint}")


def _item_fields(place: str, item: type[Any]) -> tuple[Parameter, ...]:
    hints = get_type_hints(item, include_extras=True)
    found = []
    for part in fields(item):
        default = inspect.Parameter.empty if part.default is MISSING else part.default
        found.append(_parameter(f"{place}.{part.name}", hints[part.name], part.name, default))
    return tuple(found)
