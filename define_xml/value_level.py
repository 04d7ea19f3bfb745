"""Value-level metadata: variables described for each combination of others (language section 3.15).

Each combination of the variables of ``by:`` that the data hold is one where clause. Its items have
type, length, digits and terms of those records alone, and origin and method of the blocks that made
them. The values of supplemental qualifiers are described by QNAM.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from define_xml.codelists import Wanted, slug, wanted_list
from define_xml.combinations import Combinations, combinations
from define_xml.description import CheckedValues, Item, WhereClause
from define_xml.drafts import Draft, is_iso, value_draft
from define_xml.facts import facts, printed
from define_xml.places import Places
from mappings.columns import texts
from mappings.finished import Dataset, FinalColumn
from mappings.kinds import Kinds
from mappings.model import Study, ValueLevel

# Results whose words are a list of their own where they are few; and how few.
_RESULTS = ("ORRES", "STRESC", "AVALC")
_MOST_WORDS = 12


@dataclass(frozen=True)
class Part:
    """The records of one combination: the value of each variable of ``by:``, and the first."""

    known: Mapping[str, Any]
    first: int

    @property
    def name(self) -> str:
        """The values that make the combination."""
        return ".".join(filter(None, self.key))

    @property
    def key(self) -> tuple[str, ...]:
        """The values as text, those that are missing empty."""
        return tuple(_shown(value) for value in self.known.values())

    @property
    def slug(self) -> str:
        """The same as a part of an OID."""
        return ".".join(map(slug, self.key))


@dataclass(frozen=True)
class Described:
    """What stands at value level of one variable: drafts with the where clause of each."""

    variable: str
    values: tuple[tuple[Draft, WhereClause], ...]


def described(study: Study, dataset: Dataset) -> tuple[Described, ...]:
    """The variables of a dataset that are described at value level and have values there."""
    levels: Sequence[ValueLevel] = dataset.spec.value_level
    if dataset.parent:
        levels = (ValueLevel(("QNAM",), ("QVAL",), dataset.spec.mark),)
    found: dict[str, Described] = {}
    places = Places(study, dataset.spec)
    for level in levels:
        held = combinations(dataset, level.by)
        parts = _parts(held)
        clauses = _clauses(dataset, level.by, parts)
        for variable in level.variables:
            if variable in found or variable not in dataset.frame:
                continue
            made = tuple(_values(study, dataset, variable, held, parts, clauses, places))
            if made:
                found[variable] = Described(variable, made)
    return tuple(found.values())


def _parts(held: Combinations) -> list[Part]:
    """The combinations that the data hold, in order."""
    columns = [held.values[name].tolist() for name in held.values]
    return [
        Part(dict(zip(held.values, map(_plain, values), strict=True)), int(first))
        for values, first in zip(zip(*columns, strict=True), held.first, strict=True)
    ]


def _plain(value: Any) -> Any:
    """A key of a group as text or number."""
    return float(value) if isinstance(value, int | float | np.number) else str(value)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else np.format_float_positional(value, trim="-")
    return str(value)


def _clauses(
    dataset: Dataset, by: Sequence[str], parts: Sequence[Part]
) -> dict[tuple[str, ...], WhereClause]:
    """The where clause of each combination; none where nothing tells it apart.

    A missing value cannot be compared with; it is none of those that the variable has elsewhere.
    """
    present = {name: tuple(printed(dataset.coded(name).distinct)) for name in by}
    clauses: dict[tuple[str, ...], WhereClause] = {}
    taken: set[str] = set()
    for part in parts:
        checks = []
        for name, value in part.known.items():
            item, text = f"IT.{dataset.name}.{name}", _shown(value)
            if text:
                checks.append(CheckedValues(item, "EQ", (text,)))
            elif present[name]:
                checks.append(CheckedValues(item, "NOTIN", present[name]))
        names = ".".join(f"{name}.{slug(_shown(one))}" for name, one in part.known.items())
        oid = _free(f"WC.{dataset.name}.{names}", taken)
        if checks:
            clauses[part.key] = WhereClause(oid, tuple(checks))
    return clauses


def _free(oid: str, taken: set[str]) -> str:
    """An OID that is not taken: the second of a name has a number."""
    number, free = 1, oid
    while free in taken:
        number += 1
        free = f"{oid}.{number}"
    taken.add(free)
    return free


def _values(
    study: Study,
    dataset: Dataset,
    variable: str,
    held: Combinations,
    parts: Sequence[Part],
    clauses: Mapping[tuple[str, ...], WhereClause],
    places: Places,
) -> Iterator[tuple[Draft, WhereClause]]:
    """The items of a variable; combinations without a value have none."""
    column = dataset.column(variable)
    coded = dataset.coded(variable)
    kinds = Kinds(study)
    taken: set[str] = set()
    distinct, blocks = held.distinct(coded), held.blocks(dataset, coded)
    for part, values, made_by in zip(parts, distinct, blocks, strict=True):
        if not len(values) or part.key not in clauses:
            continue
        name = part.name if dataset.parent else variable
        iso = _holds_iso(dataset, column, name, kinds)
        known = facts(column, values, iso=iso, whole=False)
        oid = _free(f"IT.{dataset.name}.{variable}.{part.slug}", taken)
        item = Item(
            oid, part.name, known.data_type, known.length, known.digits, format=column.format,
            label=_label(dataset, part),
        )  # fmt: skip
        known_of_all = {} if dataset.parent else part.known
        made_at = [places.at(int(block), known_of_all) for block in made_by]
        wanted = _wanted(study, dataset, name, part, known.data_type, values)
        yield value_draft(item, made_at, name, wanted), clauses[part.key]


def _holds_iso(dataset: Dataset, column: FinalColumn, name: str, kinds: Kinds) -> bool:
    if not dataset.parent:
        return is_iso(dataset.spec, column)
    return name in dataset.spec.supp and kinds.of_whole(dataset.spec.name, name) == "iso"


def _label(dataset: Dataset, part: Part) -> str:
    """The label of a qualifier; other values have none of their own."""
    return str(dataset.frame["QLABEL"].iloc[part.first]) if dataset.parent else ""


def _wanted(
    study: Study, dataset: Dataset, name: str, part: Part, data_type: str, values: np.ndarray
) -> Wanted | None:
    """The list of the values: what they hold of the variable's, or their own few words."""
    found = wanted_list(study, dataset.spec, name, data_type, values)
    if found is not None:
        if found.dictionary or dataset.parent:
            return found
        return replace(found, values=tuple(printed(values)), part=f"{name}.{part.slug}")
    if dataset.parent or not name.endswith(_RESULTS) or not _are_words(values):
        return None
    label = f"{dataset.column(name).label}, {part.name}"
    words = tuple(printed(values))
    return Wanted(f"{dataset.name}.{name}.{part.slug}", "text", words, label=label)


def _are_words(values: np.ndarray) -> bool:
    """Whether results are a few words that come again, not numbers or remarks."""
    if values.dtype != object or len(values) > _MOST_WORDS:
        return False
    bare = texts([value.strip("<>=") for value in values])
    return not pd.to_numeric(bare, errors="coerce").notna().any()
