"""Blocks of ``records:`` as they stand in a file, read into the model (language section 1.5)."""

from mappings.bodies import Reader, read_call, read_names, read_variable
from mappings.model import Block, Keep, NameArgument, Transpose, TransposeCell
from mappings.nodes import Node
from mappings.operations import Role
from mappings.schema import BLOCK_WORDS
from mappings.study_tables import loop_table


def read_block(reader: Reader, node: Node, position: int) -> Block | None:
    """One block of ``records:``; None where it cannot be read at all."""
    call = read_call(reader, node, BLOCK_WORDS, records=True)
    if call is None:
        return None
    source = ""
    if call.operation.name == "from":
        source = str(node["from"].value)
    elif call.operation.first.role is Role.BASE:
        base = call.arguments[call.operation.first.name]
        source = base.name.prefix if isinstance(base, NameArgument) else ""
    name = node.value.get("name") or f"block_{position + 1}"
    one_per = node.get("one_per")
    loop = node.get("for_each")
    keep = node.get("keep")
    sets = node.get("set")
    return Block(
        name=str(name),
        position=position,
        call=call,
        mark=node.mark,
        source=source,
        transpose=_transpose(reader, node.get("transpose")),
        for_each=loop_table(loop, reader.tables, reader.settings, reader.problems)
        if loop
        else None,
        where=reader.expression(node.get("where")),
        one_per=None if one_per is None else read_names(reader, one_per),
        keep=_keep(reader, keep) if keep else None,
        set={
            key: read_variable(reader, body, key, "set")
            for key, body in (sets.items() if sets else ())
        },
    )


def _keep(reader: Reader, node: Node) -> Keep | None:
    which = [word for word in ("first", "last") if word in node]
    if len(which) != 1:
        reader.problems.add("SP105", "keep needs first: or last:", mark=node.mark)
        return None
    by = node.get("by")
    return Keep(
        last=which[0] == "last",
        order=reader.sorts(node[which[0]]),
        by=read_names(reader, by) if by else (),
        mark=node.mark,
    )


def _transpose(reader: Reader, node: Node | None) -> Transpose | None:
    if node is None or "into" not in node or "rows" not in node:
        return None
    into = tuple(str(name) for name in node["into"].value)
    for row in node["rows"].each():
        if len(row.value) != len(into):
            reader.problems.add(
                "SP106", f"has {len(row.value)} cells for {len(into)} names", mark=row.mark
            )
            return None
    rows = tuple(
        tuple(_cell(reader, cell, first=not position) for position, cell in enumerate(row.each()))
        for row in node["rows"].each()
    )
    return Transpose(into, rows, node.mark)


def _cell(reader: Reader, node: Node, *, first: bool) -> TransposeCell:
    """A cell: the name of a column, in the first place and as ``{constant: …}`` a literal."""
    value = node.value
    if isinstance(value, dict) and list(value) == ["constant"]:
        node, value, first = node["constant"], value["constant"], True
    if isinstance(value, dict | list):
        reader.problems.add(
            "SP106", "is neither a column nor a literal", mark=node.mark,
            hint="write {constant: …} for a literal",
        )  # fmt: skip
        return TransposeCell(node.mark)
    if value is None:
        return TransposeCell(node.mark)
    return (
        TransposeCell(node.mark, str(value), None)
        if first
        else TransposeCell(node.mark, None, str(value))
    )
