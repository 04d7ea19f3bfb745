"""The files of a study folder as documents, ``extends:`` applied (language section 1.11).

What comes out is one document per dataset whose parts keep the marks of the file they stand in, so
that nothing further on knows that a dataset was written in two files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mappings.nodes import Node
from mappings.problems import Problems, StudyError, close_match
from mappings.schema import AMENDMENT, DATASET, validate
from mappings.study_tables import inside

MAPPINGS = ("working", "variables", "supp", "tables", "codelists")
LISTS = ("value_level", "checks")
SINGLE = ("label", "structure", "class", "keys", "comment")


@dataclass(frozen=True)
class Document:
    """A dataset file: its parts as nodes, entries of mappings by name and blocks in order."""

    name: str
    node: Node
    single: Mapping[str, Node]
    blocks: tuple[Node, ...]
    entries: Mapping[str, Mapping[str, Node]]
    lists: Mapping[str, tuple[Node, ...]]
    files: tuple[Path, ...] = ()
    added: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_file(path: Path, folder: Path, problems: Problems) -> Node | None:
    """The document of a file, named in marks by its path below the study folder's parent."""
    shown = (
        path.relative_to(folder.parent).as_posix() if path.is_relative_to(folder.parent) else path
    )
    try:
        return Node.of_text(path.read_text(encoding="utf-8-sig"), str(shown))
    except StudyError as error:
        problems.extend(error.problems)
    except UnicodeDecodeError as error:
        problems.add("SP101", f"{shown} is not UTF-8 text: byte {error.start + 1}")
    return None


def read_document(
    path: Path, folder: Path, problems: Problems, above: tuple[Path, ...] = ()
) -> Document | None:
    """A dataset file with what it extends; None where it cannot be read."""
    node = read_file(path, folder, problems)
    if node is None:
        return None
    extends = node.get("extends")
    if not validate(node, AMENDMENT if extends else DATASET, problems):
        return None
    own = _document(node, path)
    if extends is None:
        return own
    target = inside(folder, str((path.parent / str(extends.value)).resolve()))
    if target is None or not target.is_file():
        problems.add(
            "SP113", "is not a file of the study folder", mark=extends.mark,
            value=str(extends.value),
        )  # fmt: skip
        return None
    if target in {*above, path.resolve()}:
        problems.add("RF201", "extends itself", mark=extends.mark, value=str(extends.value))
        return None
    base = read_document(target, folder, problems, (*above, path.resolve()))
    return None if base is None else _amended(base, own, problems)


def _document(node: Node, path: Path) -> Document:
    return Document(
        name=str(node["dataset"].value),
        node=node,
        single={key: node[key] for key in SINGLE if key in node},
        blocks=tuple(node["records"].each()) if "records" in node else (),
        entries={key: dict(node[key].items()) if key in node else {} for key in MAPPINGS},
        lists={key: tuple(node[key].each()) if key in node else () for key in LISTS},
        files=(path,),
    )


def _amended(base: Document, own: Document, problems: Problems) -> Document:
    """The base with what the own file replaces, adds and drops."""
    if base.name != own.name:
        problems.add(
            "SP107", f"extends a file of {base.name}", mark=own.node["dataset"].mark, value=own.name
        )
    base = _dropped(base, own, problems)
    blocks = {_block_name(block, place): block for place, block in enumerate(base.blocks)}
    for place, block in enumerate(own.blocks, len(blocks)):
        blocks[_block_name(block, place)] = block
    return Document(
        name=own.name,
        node=own.node,
        single={**base.single, **own.single},
        blocks=tuple(blocks.values()),
        entries={key: {**base.entries[key], **own.entries[key]} for key in MAPPINGS},
        lists={key: (*base.lists[key], *own.lists[key]) for key in LISTS},
        files=(*base.files, *own.files),
        added={
            key: frozenset(own.entries[key]) - frozenset(base.entries[key])
            | base.added.get(key, frozenset())
            for key in MAPPINGS
        },
    )


def _block_name(block: Node, place: int) -> str:
    return str(block.value.get("name") or f"block_{place + 1}")


def _dropped(base: Document, own: Document, problems: Problems) -> Document:
    drop = own.node.get("drop")
    if drop is None:
        return base
    blocks = {_block_name(block, place): block for place, block in enumerate(base.blocks)}
    entries = {key: dict(base.entries[key]) for key in MAPPINGS}
    for section, names in drop.items():
        there = blocks if section == "records" else entries[section]
        for name in names.each():
            if there.pop(str(name.value), None) is None:
                problems.add(
                    "SP114", f"is not among the {section} of the file extended", mark=name.mark,
                    value=str(name.value), hint=close_match(str(name.value), there),
                )  # fmt: skip
    return Document(
        base.name, base.node, base.single, tuple(blocks.values()), entries, base.lists, base.files
    )
