"""The complete variable list of a dataset: what each variable is and how each block makes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from define_xml.methods import method_text
from define_xml.places import place_of
from mappings.kinds import Kinds
from mappings.model import DatasetSpec, Study, VariableSpec
from mappings.origins import VariableOrigin, one_origin, origins_of
from mappings.part_results import submitted_names
from mappings.problems import Mark
from mappings.terms import codelist_of, spec_of
from submission.requests import unknown
from submission.text_table import text_table
from submission.ways import MISSING, Way, ways_of
from submission.written import flow, written_values

TYPES: Mapping[str, str] = {"iso": "text (ISO 8601)", "list": "text", "": "text"}
LIST_HEADERS = (
    "Variable", "Label", "Type", "Length", "Codelist", "Origin", "Core", "Key", "How it is made",
)  # fmt: skip
DATASET_HEADERS = ("Dataset", "Label", "Class", "Structure", "Keys", "Variables", "Files")


@dataclass(frozen=True)
class Made:
    """How one block makes a variable: which of the five ways, the body, the method, the place."""

    block: str
    number: int
    way: str
    body: str = ""
    method: str = ""
    place: str = ""


@dataclass(frozen=True)
class Shown:
    """One name of a dataset, fully resolved; ``length`` is empty where the data decide it."""

    dataset: str
    name: str
    section: str
    label: str
    type: str
    length: str
    codelist: str
    origin: str
    role: str
    core: str
    key: str
    format: str
    comment: str
    method: str
    place: str
    blocks: tuple[Made, ...]


@dataclass(frozen=True)
class Found:
    """Datasets and names that were asked for; ``single`` where it was one variable."""

    datasets: tuple[Mapping[str, str], ...]
    names: tuple[Shown, ...]
    single: bool = False


def dataset_of(study: Study, name: str) -> DatasetSpec:
    """A dataset by its name in any case; RequestError where the study has none of that name."""
    found = study.datasets.get(name.upper())
    if found is None:
        raise unknown(name, f"a dataset of {study.id}", study.datasets)
    return found


def looked_up(study: Study, asked: str, *, every: bool = False) -> Found:
    """What is known of ``DATASET.VARIABLE``, of ``DATASET``, or, asked nothing, of all datasets.

    ``every`` lists the names of all datasets then. RequestError for what is not there.
    """
    name, _, variable = asked.partition(".")
    chosen = [dataset_of(study, name)] if name else list(study.datasets.values())
    names: list[Shown] = []
    for dataset in chosen if name or every else ():
        names += shown(study, dataset, [variable] if variable else [])
    datasets = [_described(dataset) for dataset in chosen]
    return Found(tuple(datasets), tuple(names), single=bool(variable))


def _described(dataset: DatasetSpec) -> dict[str, str]:
    """What a dataset is, under DATASET_HEADERS."""
    files = {dataset.mark.file, *(spec.mark.file for spec in dataset.variables.values())}
    return {
        "Dataset": dataset.name,
        "Label": dataset.label,
        "Class": dataset.class_name,
        "Structure": dataset.structure,
        "Keys": ", ".join(dataset.keys),
        "Variables": str(len(submitted_names(dataset))),
        "Files": ", ".join(sorted(files)),
    }


def shown(study: Study, dataset: DatasetSpec, names: Iterable[str] = ()) -> list[Shown]:
    """The names of a dataset as they are made: variables, qualifiers, then private names.

    RequestError for a name that the dataset does not have.
    """
    sections = _sections(dataset)
    wanted = [_named(name, sections, dataset) for name in names] or list(sections)
    kinds, written = Kinds(study), written_values(study, dataset)
    return [_shown(study, dataset, name, sections[name], kinds, written) for name in wanted]


def _sections(dataset: DatasetSpec) -> dict[str, str]:
    """Every name of a dataset with the section it is listed in."""
    sections = dict.fromkeys(submitted_names(dataset), "variables")
    sections |= dict.fromkeys(dataset.supp, "supp")
    private = [*dataset.working, *(name for block in dataset.blocks for name in block.set)]
    return sections | {name: "working" for name in private if name not in sections}


def _named(name: str, sections: Mapping[str, str], dataset: DatasetSpec) -> str:
    folded = {known.casefold(): known for known in sections}
    if name.casefold() not in folded:
        raise unknown(name, f"a name of {dataset.name}", sections)
    return folded[name.casefold()]


def _shown(
    study: Study,
    dataset: DatasetSpec,
    name: str,
    section: str,
    kinds: Kinds,
    written: Mapping[Mark, Any],
) -> Shown:
    spec, standard = spec_of(dataset, name), dataset.standard_variable(name)
    said = spec or VariableSpec(name, "working", None, dataset.mark)
    kind = kinds.of_whole(dataset.name, name)
    codelist = codelist_of(study, dataset, name)
    blocks = [_made(study, dataset, name, way, written) for way in ways_of(dataset, name)]
    return Shown(
        dataset=dataset.name,
        name=name,
        section=section,
        label=said.label or (standard.label if standard else ""),
        type=said.type or TYPES.get(kind, kind),
        length=str(said.length or ("" if kind in {"text", "iso", ""} else 8)),
        codelist=f"{codelist.name} ({codelist.code})" if codelist and codelist.code
        else codelist.name if codelist else "",
        origin=_origin(origins_of(study, dataset, name)),
        role=said.role or (standard.role if standard else ""),
        core=said.core or (standard.core if standard else ""),
        key=str(dataset.keys.index(name) + 1) if name in dataset.keys else "",
        format=said.format or (standard.sas_format if standard else ""),
        comment=said.comment,
        method=method_text([place_of(study, dataset, block) for block in dataset.blocks], name),
        place=str(said.mark) if spec else "",
        blocks=tuple(blocks),
    )  # fmt: skip


def _made(
    study: Study, dataset: DatasetSpec, name: str, way: Way, written: Mapping[Mark, Any]
) -> Made:
    block = next(block for block in dataset.blocks if block.name == way.block)
    if way.spec is None:
        mark = block.mark if way.number in {1, 2} else None
        return Made(way.block, way.number, way.said, place=str(mark or ""))
    return Made(
        block=way.block,
        number=way.number,
        way=way.said,
        body=flow(written[way.spec.mark]) if way.spec.mark in written else "",
        method=method_text([place_of(study, dataset, block)], name),
        place=str(way.spec.mark),
    )


def _origin(found: Sequence[VariableOrigin]) -> str:
    """The origin in words; where blocks differ, each of theirs."""
    one = one_origin(found)
    return " / ".join(dict.fromkeys(map(_worded, [one] if one else found)))


def _worded(origin: VariableOrigin) -> str:
    if origin.predecessor:
        return f"{origin.type} {origin.predecessor}"
    if not origin.pages:
        return origin.type
    many = "s" if len(origin.pages) > 1 else ""
    return f"{origin.type} (page{many} {', '.join(origin.pages)})"


def how(blocks: Sequence[Made]) -> list[tuple[str, Made]]:
    """How a name is made: a line for each run of blocks that make it alike, with the first."""
    runs = [list(run) for _, run in groupby(blocks, lambda one: (one.number, one.way, one.body))]
    if len(runs) == 1:
        return [(_line(runs[0][0]), runs[0][0])]
    return [(f"{', '.join(one.block for one in run)} | {_line(run[0])}", run[0]) for run in runs]


def _line(made: Made) -> str:
    if made.number in {0, MISSING}:
        return made.way
    return f"({made.number}) {made.way}" + (f": {made.body}" if made.body else "")


def list_cells(one: Shown) -> tuple[str, ...]:
    """A name as a row under LIST_HEADERS, its bodies as written."""
    return (*_facts(one), "\n".join(line for line, _ in how(one.blocks)))


def _facts(one: Shown) -> tuple[str, ...]:
    return (
        one.name, one.label, one.type, one.length, one.codelist, one.origin, one.core, one.key,
    )  # fmt: skip


def _with_methods(one: Shown) -> tuple[str, ...]:
    """The row with the method below each body."""
    lines = []
    for line, made in how(one.blocks):
        lines += [line, *(f"    {text}" for text in made.method.splitlines())]
    return (*_facts(one), "\n".join(lines))


def found_text(found: Found, width: int | None) -> str:
    """What was asked for: one name in full, the list of a dataset, or the datasets."""
    if found.single:
        return "\n".join(map(detail_text, found.names))
    if not found.names:
        return text_table(DATASET_HEADERS, [list(one.values()) for one in found.datasets], width)
    return list_text(found.datasets[0], found.names, width)


def list_text(dataset: Mapping[str, str], names: Sequence[Shown], width: int | None) -> str:
    """The variable list as text: variables, then qualifiers, then private names."""
    name = dataset["Dataset"]
    headings = {"variables": "", "supp": f"\nSUPP{name}\n", "working": "\nworking\n"}
    parts = [f"{name}  {dataset['Label']}  ({dataset['Class']})\n"]
    for section, heading in headings.items():
        rows = [_with_methods(one) for one in names if one.section == section]
        if rows:
            parts.append(heading + text_table(LIST_HEADERS, rows, width))
    return "\n".join(parts)


def detail_text(one: Shown) -> str:
    """One name with everything that is known of it, a line for each fact."""
    facts = {
        "label": one.label, "section": one.section, "type": one.type, "length": one.length,
        "format": one.format, "codelist": one.codelist, "origin": one.origin, "role": one.role,
        "core": one.core, "key": one.key, "comment": one.comment, "said at": one.place,
    }  # fmt: skip
    made = [f"{one.dataset}.{one.name}"]
    made += [f"  {name + ':':<10}{value}" for name, value in facts.items() if value]
    for block in one.blocks:
        made.append(f"  block {block.block}: {_line(block)}")
        made += [f"    {block.place}"] if block.place else []
        made += [f"    {line}" for line in block.method.splitlines()]
    return "\n".join(made)


def found_values(found: Found) -> dict[str, Any]:
    """What was asked for as plain values."""
    return {
        "datasets": [dict(one) for one in found.datasets],
        "variables": [asdict(one) for one in found.names],
    }
