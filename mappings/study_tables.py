"""Tables and codelists of a study, and the rows of ``for_each`` (language section 1.10)."""

import csv
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from controlled_terms.codelists import Codelist, Terminology
from mappings.columns import numbers, texts
from mappings.nodes import Node
from mappings.operations import StudyTable
from mappings.problems import Problems, close_match

Kinds = Mapping[str, str]


def read_table(
    node: Node, name: str, folder: Path, settings: Mapping[str, Any], problems: Problems
) -> StudyTable | None:
    """A table with typed columns; None with a problem where it has no rows to read."""
    columns = [str(column) for column in node.value.get("columns", ())]
    if "file" in node:
        return _table_file(node, name, folder, columns, problems)
    if not columns or "rows" not in node:
        problems.add("SP105", f"table {name} needs columns and rows, or a file", mark=node.mark)
        return None
    rows = _rows(node["rows"], columns, settings, problems)
    return StudyTable(name, _frame(columns, rows, node, problems))


def _rows(
    node: Node, columns: Sequence[str], settings: Mapping[str, Any], problems: Problems
) -> list[list[Any]]:
    rows = []
    for row in node.each():
        if not isinstance(row.value, list) or len(row.value) != len(columns):
            size = len(row.value) if isinstance(row.value, list) else 1
            problems.add("SP106", f"has {size} cells for {len(columns)} columns", mark=row.mark)
            continue
        rows.append([_cell(cell, settings, problems) for cell in row.each()])
    return rows


def _cell(node: Node, settings: Mapping[str, Any], problems: Problems) -> Any:
    """One cell: text, number, list or missing; ``{take: study.x}`` is the setting."""
    value = node.value
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, dict):
        return value
    taken = str(value.get("take", ""))
    prefix, _, name = taken.partition(".")
    if list(value) != ["take"] or prefix != "study" or name not in settings:
        problems.add(
            "RF202", "is not a setting of the study", mark=node.mark, value=taken,
            hint=close_match(name, settings),
        )  # fmt: skip
        return None
    return settings[name]


def _frame(
    columns: Sequence[str], rows: list[list[Any]], node: Node, problems: Problems
) -> pd.DataFrame:
    frame = {}
    for position, column in enumerate(columns):
        cells = [row[position] for row in rows]
        known = [cell for cell in cells if cell is not None]
        if any(isinstance(cell, tuple) for cell in known):
            lists = np.empty(len(cells), dtype=object)
            lists[:] = [_listed(cell) for cell in cells]
            frame[column] = pd.Series(lists, dtype=object)
        elif known and all(
            isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known
        ):
            frame[column] = numbers([np.nan if cell is None else cell for cell in cells])
        elif any(isinstance(cell, int | float) for cell in known):
            problems.add(
                "RF205", f"column {column} mixes text and numbers", mark=node.mark,
                hint="put the numbers in quotes",
            )  # fmt: skip
            frame[column] = texts([str(cell) for cell in cells])
        else:
            frame[column] = texts(["" if cell is None else cell for cell in cells])
    return pd.DataFrame(frame)


def _listed(cell: Any) -> tuple[Any, ...]:
    if cell is None:
        return ()
    return cell if isinstance(cell, tuple) else (cell,)


def _table_file(
    node: Node, name: str, folder: Path, columns: Sequence[str], problems: Problems
) -> StudyTable | None:
    path = inside(folder, str(node["file"].value))
    if path is None or not path.is_file():
        problems.add(
            "SP113", "is not a file of the study folder", mark=node["file"].mark,
            value=str(node["file"].value),
        )  # fmt: skip
        return None
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    header = rows[0] if rows else []
    lacking = [column for column in columns if column not in header]
    if lacking or not rows:
        problems.add(
            "RF206", f"is not a column of {path.name}", mark=node.mark, value=", ".join(lacking)
        )
        return None
    wanted = columns or header
    places = [header.index(column) for column in wanted]
    uneven = [number for number, row in enumerate(rows, 1) if len(row) != len(header)]
    if uneven:
        problems.add(
            "DT504",
            f"row {uneven[0]} of {path.name} has the wrong number of fields",
            mark=node.mark,
        )
        return None
    return StudyTable(
        name,
        pd.DataFrame(
            {
                column: texts([row[place].strip() for row in rows[1:]])
                for column, place in zip(wanted, places, strict=True)
            }
        ),
    )


def inside(folder: Path, relative: str) -> Path | None:
    """The path of a file below a folder, None where the text leads out of it."""
    root = folder.resolve()
    path = (root / relative).resolve()
    return path if path.is_relative_to(root) else None


def loop_table(
    node: Node, tables: Mapping[str, StudyTable], settings: Mapping[str, Any], problems: Problems
) -> StudyTable | None:
    """The rows of ``for_each:``; several tables give every combination of their rows."""
    if isinstance(node.value, dict):
        return read_table(node, "for_each", Path(), settings, problems)
    found = []
    for item in node.each():
        table = tables.get(str(item.value))
        if table is None:
            problems.add(
                "RF206", "is not a table of the study", mark=item.mark, value=str(item.value),
                hint=close_match(str(item.value), tables),
            )  # fmt: skip
            return None
        found.append(table)
    return _combined(found, node, problems)


def _combined(found: Sequence[StudyTable], node: Node, problems: Problems) -> StudyTable | None:
    names = [column for table in found for column in table.frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.add("SP112", "is a column of two of the tables", mark=node.mark, value=twice[0])
        return None
    positions = list(product(*(range(len(table.frame)) for table in found)))
    parts = [
        table.frame.iloc[[row[place] for row in positions]].reset_index(drop=True)
        for place, table in enumerate(found)
    ]
    return StudyTable(" x ".join(table.name for table in found), pd.concat(parts, axis=1))


def read_codelists(
    node: Node | None,
    folder: Path,
    settings: Mapping[str, Any],
    others: Mapping[str, Codelist],
    terminology: Terminology,
    problems: Problems,
) -> dict[str, Codelist]:
    """Codelists of a file by name; aliases last, so that they may point at any of them."""
    made: dict[str, Codelist] = {}
    aliases = []
    for name, entry in node.items() if node else ():
        if "same" in entry:
            aliases.append((name, entry))
            continue
        found = _codelist(name, entry, folder, settings, terminology, problems)
        if found is not None:
            made[name] = found
    for name, entry in aliases:
        target = str(entry["same"].value)
        known = made.get(target) or others.get(target) or terminology.get(target)
        if known is None:
            problems.add(
                "RF207", "is not a codelist", mark=entry["same"].mark, value=target,
                hint=close_match(target, {**others, **made}),
            )  # fmt: skip
        else:
            made[name] = known
    return made


def _codelist(
    name: str,
    node: Node,
    folder: Path,
    settings: Mapping[str, Any],
    terminology: Terminology,
    problems: Problems,
) -> Codelist | None:
    table = read_table(node, name, folder, settings, problems)
    if table is None:
        return None
    frame = table.frame
    if "value" not in frame.columns:
        problems.add("SP105", f"codelist {name} needs a column value", mark=node.mark)
        return None
    cells = {
        column: [_written(cell) for cell in frame[column]] if column in frame else [""] * len(frame)
        for column in ("collected", "value", "decode")
    }
    base = None
    if "base" in node:
        base = terminology.get(str(node["base"].value))
        if base is None:
            problems.add(
                "RF207", "is not a published codelist", mark=node["base"].mark,
                value=str(node["base"].value),
            )  # fmt: skip
            return None
    reason = str(node.value.get("reason", ""))
    rows = zip(cells["collected"], cells["value"], cells["decode"], strict=True)
    try:
        made = Codelist.of_study(name, rows, base=base, reason=reason)
    except ValueError as error:
        problems.add("SP105", str(error), mark=node.mark)
        return None
    if base is not None and not base.extensible and made.extensions and not reason:
        problems.add(
            "CT306", f"is added to the closed list {base.name} ({base.code})", mark=node.mark,
            value=made.extensions[0].value, hint="say why under reason:",
        )  # fmt: skip
    return made


def _written(cell: Any) -> str:
    """A cell of a codelist as text; a number as it is written."""
    if isinstance(cell, float):
        return "" if np.isnan(cell) else repr(cell).removesuffix(".0")
    return str(cell)
