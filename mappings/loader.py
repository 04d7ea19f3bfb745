"""A study folder to the model: documents read, checked for shape, completed from the standards."""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from controlled_terms.codelists import Codelist, Terminology
from mappings.block_bodies import read_block
from mappings.bodies import Reader, read_variable
from mappings.documents import Document, read_document, read_file
from mappings.model import (
    Block,
    Check,
    DatasetSpec,
    Section,
    Study,
    ValueLevel,
    VariableSpec,
)
from mappings.nodes import Node
from mappings.operations import Operation, Registry, StudyTable, registry
from mappings.problems import Problems, StudyError, close_match
from mappings.raw_specs import read_forms, read_subjects
from mappings.reach import uses
from mappings.schema import STUDY, validate
from mappings.standard import Standard, StandardDataset
from mappings.study_tables import inside, read_codelists, read_table

STUDY_FILE = "study.yaml"


def load_study(folder: Path, operations: Registry) -> Study:
    """The study of a folder; StudyError with every problem of shape that was found.

    ``operations`` is the catalogue; the study's own operations are added to it.
    """
    problems = Problems()
    folder = folder.resolve()
    path = folder / STUDY_FILE
    if not path.is_file():
        problems.add("SP113", f"there is no {STUDY_FILE} in {folder.name}",
                     hint="cdiscgen init makes a study folder")  # fmt: skip
        raise StudyError(problems)
    node = read_file(path, folder, problems)
    study = None
    if node is not None and validate(node, STUDY, problems):
        study = _study(node, folder, operations, problems)
    if study is None or problems.errors:
        raise StudyError(problems)
    return study


def _study(node: Node, folder: Path, operations: Registry, problems: Problems) -> Study:
    settings = _settings(node)
    terminology = Terminology.shipped()
    operations = {**operations, **_own_operations(node, folder, operations, problems)}
    tables = _tables(node.get("tables"), folder, settings, problems)
    codelists = read_codelists(node.get("codelists"), folder, settings, {}, terminology, problems)
    reader = Reader(operations, problems, tables, settings)
    identifiers = {
        standard: _variables(reader, dict(bodies.items()), "identifiers")
        for standard, bodies in (node["identifiers"].items() if "identifiers" in node else ())
    }
    documents = _documents(node, folder, problems)
    versions = {name: str(version) for name, version in node.value["standards"].items()}
    common = _Common(folder, settings, terminology, tables, codelists, identifiers, reader)
    datasets = {
        document.name: dataset
        for document in documents
        if (dataset := _dataset(document, common, versions, problems)) is not None
    }
    files = [
        folder / STUDY_FILE,
        *(path for document in documents for path in document.files),
        *_named_files(node, documents, folder),
    ]
    return Study(
        id=str(node.value["study"]),
        name=str(node.value.get("name", "")),
        protocol=str(node.value.get("protocol", "")),
        folder=folder,
        standards=versions,
        settings=settings,
        raw=read_forms(node["raw"], problems),
        subjects=read_subjects(node.get("subjects")),
        tables=tables,
        codelists=codelists,
        datasets=datasets,
        operations=operations,
        terminology=terminology,
        files=tuple(dict.fromkeys(files)),
        mark=node["study"].mark,
        results=str(node.value.get("results", "")),
    )


class _Common:
    """What all datasets of a study share while they are read."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Any],
        terminology: Terminology,
        tables: Mapping[str, StudyTable],
        codelists: Mapping[str, Codelist],
        identifiers: Mapping[str, Mapping[str, VariableSpec]],
        reader: Reader,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.terminology = terminology
        self.tables = tables
        self.codelists = codelists
        self.identifiers = identifiers
        self.reader = reader


def _settings(node: Node) -> dict[str, Any]:
    """Settings by name; ``study.study`` is the study's identifier."""
    given = node["settings"].value if "settings" in node else {}
    return {**given, "study": str(node.value["study"])}


def _own_operations(
    node: Node, folder: Path, known: Registry, problems: Problems
) -> Mapping[str, Operation]:
    """The study's own operations, read from the file the study names and from nowhere else."""
    if "operations" not in node:
        return {}
    said = node["operations"]
    path = inside(folder, str(said.value))
    if path is None or not path.is_file():
        problems.add("SP113", "is not a file of the study folder", mark=said.mark,
                     value=str(said.value))  # fmt: skip
        return {}
    loader = importlib.util.spec_from_file_location(f"study_{path.stem}", path)
    if loader is None or loader.loader is None:
        problems.add("SP113", "is not a Python file", mark=said.mark, value=str(said.value))
        return {}
    module = importlib.util.module_from_spec(loader)
    loader.loader.exec_module(module)
    own = registry(module.OPERATIONS)
    for name in own:
        if name in known:
            problems.add("SP112", "is an operation of the catalogue", mark=said.mark, value=name)
    return own


def _tables(
    node: Node | None, folder: Path, settings: Mapping[str, Any], problems: Problems
) -> dict[str, StudyTable]:
    found = {}
    for name, entry in node.items() if node else ():
        table = read_table(entry, name, folder, settings, problems)
        if table is not None:
            found[name] = table
    return found


def _documents(node: Node, folder: Path, problems: Problems) -> list[Document]:
    documents: dict[str, Document] = {}
    for item in node["datasets"].each():
        name = str(item.value)
        path = inside(folder, f"{name}.yaml")
        if path is None or not path.is_file():
            there = [one.stem for one in sorted(folder.glob("*.yaml"))]
            problems.add("SP113", f"there is no {name}.yaml in the study folder", mark=item.mark,
                         value=name, hint=close_match(name, there))  # fmt: skip
            continue
        document = read_document(path, folder, problems)
        if document is None:
            continue
        if document.name.lower() != name or document.name in documents:
            problems.add("SP112" if document.name in documents else "SP107",
                         f"is not the dataset of {name}.yaml",
                         mark=document.node["dataset"].mark, value=document.name)  # fmt: skip
        documents[document.name] = document
    return list(documents.values())


def _named_files(node: Node, documents: list[Document], folder: Path) -> Iterator[Path]:
    """Files of the study that its documents name: tables, codelists, operations, results."""
    for word in ("operations", "results"):
        if word in node:
            yield folder / str(node[word].value)
    sections: list[Mapping[str, Node]] = [
        dict(node[word].items()) for word in ("tables", "codelists") if word in node
    ]
    yield from _files_in(sections, folder)
    for document in documents:
        yield from _files_of(document, folder)


def _files_of(document: Document, folder: Path) -> Iterator[Path]:
    """Files that the tables and codelists of a dataset are read from."""
    return _files_in([document.entries["tables"], document.entries["codelists"]], folder)


def _files_in(sections: Iterable[Mapping[str, Node]], folder: Path) -> Iterator[Path]:
    for section in sections:
        for entry in section.values():
            if "file" in entry:
                yield folder / str(entry["file"].value)


def _variables(
    reader: Reader, entries: Mapping[str, Node], section: Section
) -> dict[str, VariableSpec]:
    return {name: read_variable(reader, node, name, section) for name, node in entries.items()}


def _dataset(
    document: Document, common: _Common, versions: Mapping[str, str], problems: Problems
) -> DatasetSpec | None:
    node = document.node
    tables = {}
    for name, entry in document.entries["tables"].items():
        if name in common.tables:
            problems.add("SP112", "is a table of the study file too", mark=entry.mark, value=name)
        table = read_table(entry, name, common.folder, common.settings, problems)
        if table is not None:
            tables[name] = table
    reader = Reader(
        common.reader.operations, problems, {**common.tables, **tables}, common.settings
    )
    blocks = _blocks(reader, document, problems)
    standard = _standard_of(document.name)
    guide = _guide(document, standard, versions, problems)
    key = _key(document, standard, guide, problems)
    known = guide.dataset(key) if guide is not None else None
    single = {key: entry.value for key, entry in document.single.items()}
    class_name = str(single.get("class") or (_class_of(known) if known else ""))
    variables = _variables(reader, document.entries["variables"], "variables")
    return DatasetSpec(
        name=document.name,
        label=str(single.get("label") or (known.label if known else "")),
        structure=str(single.get("structure") or (known.structure if known else "")),
        class_name=class_name,
        standard=standard,
        keys=tuple(str(key) for key in single.get("keys", ())),
        blocks=blocks,
        variables=_placed(variables, document.added.get("variables", frozenset()), guide, key),
        supp=_variables(reader, document.entries["supp"], "supp"),
        working=_variables(reader, document.entries["working"], "working"),
        identifiers=_identifiers(common, standard, class_name, document.name),
        tables=tables,
        codelists=_codelists(document, common, problems),
        value_level=tuple(_value_level(entry) for entry in document.lists["value_level"]),
        checks=tuple(
            found
            for entry in document.lists["checks"]
            if (found := _check(reader, entry)) is not None
        ),
        comment=str(single.get("comment", "")),
        guide=guide,
        guide_key=key,
        mark=document.single["keys"].mark if "keys" in document.single else node.mark,
        files=tuple(dict.fromkeys((*document.files, *_files_of(document, common.folder)))),
    )


def _identifiers(
    common: _Common, standard: str, class_name: str, dataset: str
) -> Mapping[str, VariableSpec]:
    """Identifiers of the standard, less those that would be taken from the dataset itself.

    A trial-design dataset has the study's identifier alone.
    """
    found = common.identifiers.get(standard.lower(), {})
    if class_name.upper() == "TRIAL DESIGN":
        return {name: spec for name, spec in found.items() if name == "STUDYID"}
    return {
        name: spec
        for name, spec in found.items()
        if spec.body is None or all(use.name.prefix != dataset for use in uses(spec.body))
    }


def _class_of(known: StandardDataset) -> str:
    return f"{known.class_name} ({known.subclass})" if known.subclass else known.class_name


def _codelists(document: Document, common: _Common, problems: Problems) -> dict[str, Codelist]:
    entries = document.entries["codelists"]
    if not entries:
        return {}
    made: dict[str, Codelist] = {}
    ordered = sorted(entries, key=lambda name: "same" in entries[name])
    for name in ordered:
        entry = entries[name]
        parent = Node({name: entry.value}, entry.route[:-1], entry.marks)
        made.update(
            read_codelists(
                parent, common.folder, common.settings, {**common.codelists, **made},
                common.terminology, problems,
            )
        )  # fmt: skip
    return made


def _blocks(reader: Reader, document: Document, problems: Problems) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for position, node in enumerate(document.blocks):
        block = read_block(reader, node, position)
        if block is None:
            continue
        if block.name in {known.name for known in blocks}:
            problems.add("SP112", "names two blocks", mark=node.mark, value=block.name)
        blocks.append(block)
    return tuple(blocks)


def _standard_of(name: str) -> Any:
    """ADaM names begin with AD; no SDTM domain does."""
    return "ADaM" if name.startswith("AD") else "SDTM"


def _guide(
    document: Document, standard: str, versions: Mapping[str, str], problems: Problems
) -> Standard | None:
    """The implementation guide of a dataset's standard, in the version the study names."""
    name = "SDTMIG" if standard == "SDTM" else "ADAMIG"
    if name not in versions:
        problems.add("SP105", f"standards: lacks {name}", mark=document.node.mark)
        return None
    try:
        return Standard.shipped(name, versions[name])
    except ValueError as error:
        problems.add("SP107", str(error), mark=document.node.mark, value=versions[name])
        return None


def _key(document: Document, standard: str, guide: Standard | None, problems: Problems) -> str:
    """Under which name the guide knows a dataset: an SDTM domain, a structure of ADaM."""
    said = document.single.get("class")
    if standard == "SDTM":
        if guide is not None and not guide.knows(document.name) and said is None:
            problems.add("ST401", "is not a dataset of the SDTMIG", dataset=document.name,
                         mark=document.node["dataset"].mark, hint="say its class:")  # fmt: skip
        return document.name
    if said is None or guide is None:
        return _structure(document)
    key = guide.structure_of(str(said.value))
    if not key:
        problems.add("SP107", "is not a class of ADaM", mark=said.mark, value=str(said.value))
    return key or "OTHER"


def _structure(document: Document) -> str:
    """The data structure of an ADaM dataset that does not say its class."""
    if document.name == "ADSL":
        return "ADSL"
    variables = document.entries["variables"]
    if "PARAMCD" in variables:
        return "TTE" if "CNSR" in variables else "BDS"
    return "AE" if "AETERM" in variables or "AEDECOD" in variables else "OCCDS"


def _placed(
    variables: Mapping[str, VariableSpec], added: frozenset[str], guide: Standard | None, key: str
) -> dict[str, VariableSpec]:
    """Variables in order; those an amendment added stand where the standard or the file says."""
    names = [name for name in variables if name not in added]
    order = {one.name: one.order for one in guide.variables(key)} if guide else {}
    for name in (name for name in variables if name in added):
        after = variables[name].place_after
        if after in names:
            names.insert(names.index(after) + 1, name)
        elif name in order:
            before = [at for at, other in enumerate(names) if order.get(other, -1) < order[name]]
            names.insert(max(before, default=-1) + 1, name)
        else:
            names.append(name)
    return {name: variables[name] for name in names}


def _value_level(node: Node) -> ValueLevel:
    return ValueLevel(
        by=tuple(str(item.value) for item in node["by"].each()),
        variables=tuple(str(item.value) for item in node["variables"].each()),
        mark=node.mark,
    )


def _check(reader: Reader, node: Node) -> Check | None:
    must = reader.expression(node["must"])
    if must is None:
        return None
    return Check(
        must=must,
        where=reader.expression(node.get("where")),
        severity=str(node.value.get("severity", "error")),
        message=str(node.value["message"]),
        mark=node["must"].mark,
    )
