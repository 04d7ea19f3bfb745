"""Items with the list they want and the method that makes them, before either has its OID."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from define_xml.codelists import Wanted, wanted_list
from define_xml.description import Item
from define_xml.facts import Values, facts
from define_xml.methods import keeps_value, method_text
from define_xml.origins import ASSIGNED, NOT_AVAILABLE, item_origins
from define_xml.places import Place, Places
from mappings.coded import Coded
from mappings.finished import Dataset, FinalColumn
from mappings.model import DatasetSpec, Study
from mappings.origins import VariableOrigin
from mappings.terms import predecessor, spec_of

# What a SUPP-- dataset has from its parent; the rest but QVAL only says where a qualifier belongs.
FROM_PARENT = frozenset({"STUDYID", "USUBJID"})


@dataclass(frozen=True)
class Draft:
    """An item whose codelist and method are still what they say."""

    item: Item
    wanted: Wanted | None = None
    method: str = ""


def filling_places(dataset: Dataset, column: Coded, places: Places) -> tuple[Place, ...]:
    """The blocks whose records have a value; all where no record has one."""
    counts = np.bincount(dataset.block[column.there], minlength=1)
    made = set(map(int, np.flatnonzero(counts))) or {
        block.position for block in dataset.spec.blocks
    }
    return tuple(
        places.at(block.position) for block in dataset.spec.blocks if block.position in made
    )


def variable_draft(
    study: Study,
    dataset: Dataset,
    column: FinalColumn,
    known_places: Places,
    *,
    described_by_value: bool,
) -> Draft:
    """A whole variable; where its values are described one by one, they say origin and method."""
    spec, coded = dataset.spec, dataset.coded(column.name)
    values = coded.present
    meaning = qualifier_spec(dataset) if dataset.parent else spec
    known = facts(column, values, iso=is_iso(meaning, column))
    item = Item(
        oid=f"IT.{dataset.name}.{column.name}",
        name=column.name,
        data_type=known.data_type,
        length=known.length,
        digits=known.digits,
        field_name=column.name,
        format=column.format,
        label=column.label,
    )
    if described_by_value:
        wanted = wanted_list(study, meaning, column.name, known.data_type, values)
        return Draft(item, wanted)
    if dataset.parent and column.name not in FROM_PARENT:
        wanted = wanted_list(study, meaning, column.name, known.data_type, values)
        return Draft(replace(item, origins=(ASSIGNED,)), wanted)
    places = filling_places(dataset, coded, known_places)
    origins = origins_of(places, column.name)
    wanted = _wanted(study, meaning, column.name, known.data_type, values, origins)
    method = _method(places, column.name, origins)
    return Draft(replace(item, origins=origins), wanted, method)


def value_draft(item: Item, places: Sequence[Place], name: str, wanted: Wanted | None) -> Draft:
    """The values of a variable on some records, with where they come from there."""
    origins = origins_of(places, name)
    return Draft(replace(item, origins=origins), wanted, _method(places, name, origins))


def origins_of(places: Sequence[Place], name: str) -> tuple[VariableOrigin, ...]:
    """The origins of a name; what continues a long text has those of the variable it continues."""
    found = item_origins(places, name)
    if not found and name[-1:].isdigit():
        found = item_origins(places, name.rstrip("0123456789"))
    return found or (NOT_AVAILABLE,)


def _method(places: Sequence[Place], name: str, origins: Sequence[VariableOrigin]) -> str:
    """The method of a name, where its values are not what was collected, copied or assigned."""
    types = {origin.type for origin in origins}
    said = any(_says_method(place, name) for place in places)
    changed = "Collected" in types and not all(keeps_value(place, name) for place in places)
    if "Derived" in types or said or changed:
        return method_text(places, name) or _continued(name)
    return ""


def _says_method(place: Place, name: str) -> bool:
    spec = place.dataset.body_of(place.block, name)
    return spec is not None and bool(spec.method)


def _continued(name: str) -> str:
    """The method of the rest of a text that is too long for its variable."""
    first = name.rstrip("0123456789")
    return f"Continues the text of {first}." if first != name and first else ""


def _wanted(
    study: Study,
    spec: DatasetSpec,
    name: str,
    data_type: str,
    values: Values,
    origins: Sequence[VariableOrigin],
) -> Wanted | None:
    """The list of a variable; of a copy without one of its own that of its predecessor."""
    if not _states_list(study, spec, name) and len(origins) == 1 and origins[0].predecessor:
        source, _, copied = origins[0].predecessor.removeprefix("SUPP").partition(".")
        before = study.datasets.get(source)
        while before and not _states_list(study, before, copied):
            further = predecessor(study, before, copied)
            if further is None:
                break
            before, copied = further
        found = wanted_list(study, before, copied, data_type, values) if before else None
        if found is not None:
            return found
    return wanted_list(study, spec, name, data_type, values)


def _states_list(study: Study, spec: DatasetSpec, name: str) -> bool:
    """Whether the file names or holds a list for a variable."""
    own = spec_of(spec, name)
    stated = own is not None and bool(own.codelist)
    return stated or name in spec.codelists or name in study.codelists


def is_iso(spec: DatasetSpec, column: FinalColumn) -> bool:
    """Whether a text holds dates, times or durations in ISO 8601."""
    standard = spec.standard_variable(column.name)
    return column.kind == "iso" or (standard is not None and standard.kind == "iso")


def qualifier_spec(dataset: Dataset) -> DatasetSpec:
    """The specification under which the guide knows the variables of a SUPP-- dataset."""
    return replace(
        dataset.spec, name=dataset.name, guide_key=dataset.name, variables={}, supp={}, working={},
        identifiers={}, codelists={},
    )  # fmt: skip


def missing_throughout(dataset: Dataset, name: str) -> bool:
    """Whether no record has a value of a variable."""
    return not len(dataset.coded(name).present)
