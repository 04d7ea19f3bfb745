"""Tables and codelists that operations name: there, with the columns and rows they need."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from controlled_terms.codelists import Codelist, cleaned
from mappings.columns import is_text
from mappings.lint_places import Finds
from mappings.lint_study import table_mark
from mappings.lint_walk import Spot, Walk, first_name, sections, written
from mappings.model import DatasetSpec, ListArgument, LiteralArgument, VariableSpec
from mappings.operations import Role, StudyTable
from mappings.problems import Mark, close_match
from mappings.terms import codelist_of

# Parameters that name columns of the table of their call.
COLUMNS = ("keys", "give", "low", "high")
BOUNDS = ("low", "high")
VISITS = ("VISITNUM", "VISIT")
# Columns that the table of a parameter must have, whatever the operation.
NEEDED = {
    "planned": VISITS,
    "words": ("collected",),
    "units": ("test", "from_unit", "to_unit", "factor"),
}
KEPT = frozenset({"problem", "missing", "keep"})


def lint_tables(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report tables and codelists that operations of a dataset name and cannot use."""
    # What tables and codelists hold is the same on every block.
    for spot in {id(spot.body): spot for spot in walk.spots(dataset)}.values():
        for one in written(spot.body):
            if not isinstance(one.argument, LiteralArgument):
                continue
            if one.parameter.role is Role.TABLE:
                _lint_table(walk, spot, one.parameter.name, one.argument, finds)
            elif one.parameter.role is Role.TERMS:
                _lint_terms(walk, spot, one.argument, finds)
    for name, spec in chain(sections(dataset), _set_specs(dataset)):
        _lint_codelist_word(walk, dataset, name, spec, finds)


def _entry(name: str, columns: Sequence[str]) -> str:
    """Hint that shows how a table of certain columns is written."""
    return f"tables: {name}: {{columns: [{', '.join(columns)}], rows: …}}" if columns else ""


def _set_specs(dataset: DatasetSpec) -> Iterator[tuple[str, VariableSpec]]:
    for block in dataset.blocks:
        yield from block.set.items()


def _lint_table(
    walk: Walk, spot: Spot, parameter: str, argument: LiteralArgument, finds: Finds
) -> None:
    dataset, name = spot.dataset, str(argument.value)
    table = walk.study.table(dataset, name)
    operation = spot.body.operation.name
    needed = VISITS if operation == "visits" else NEEDED.get(parameter, ())
    if table is None:
        known = [*walk.study.tables, *dataset.tables]
        finds.add(
            "RF206", "is no table of the study", argument.mark, dataset=dataset.name,
            variable=spot.name, value=name, hint=close_match(name, known) or _entry(name, needed),
        )  # fmt: skip
        return
    lacking = [column for column in needed if column not in table.frame.columns]
    if lacking:
        finds.add(
            "RF206", f"has no column {', '.join(lacking)}, which {operation} needs", argument.mark,
            dataset=dataset.name, variable=spot.name, value=name,
        )  # fmt: skip
        return
    there = [
        column
        for column in COLUMNS
        if column in spot.body.arguments
        for word in _words(spot, column)
        if _lint_column(spot, table, word, finds)
    ]
    if operation == "lookup":
        _lint_lookup(spot, table, finds, complete=len(there) == _count(spot))
    if set(BOUNDS) <= set(there):
        _lint_ranges(spot, table, finds)
    if operation == "visits":
        _lint_visits(walk, spot, table, finds)


def _words(spot: Spot, parameter: str) -> list[LiteralArgument]:
    argument = spot.body.arguments.get(parameter)
    items = argument.items if isinstance(argument, ListArgument) else [argument]
    return [item for item in items if isinstance(item, LiteralArgument)]


def _count(spot: Spot) -> int:
    return sum(len(_words(spot, parameter)) for parameter in COLUMNS)


def _lint_column(spot: Spot, table: StudyTable, word: LiteralArgument, finds: Finds) -> bool:
    columns = list(table.frame.columns)
    name = str(word.value)
    if name in columns:
        return True
    finds.add(
        "RF206", f"is not a column of table {table.name}", word.mark, dataset=spot.dataset.name,
        variable=spot.name, value=name, hint=close_match(name, columns),
    )  # fmt: skip
    return False


def _lint_lookup(spot: Spot, table: StudyTable, finds: Finds, *, complete: bool) -> None:
    """Report keys that do not go with the values, or that two rows share."""
    values = spot.body.arguments.get("values")
    count = len(values.items) if isinstance(values, ListArgument) else 1
    columns = list(table.frame.columns)
    keys = [str(word.value) for word in _words(spot, "keys")] or columns[:count]
    mark = _mark_of(spot, "keys", "table")
    if len(keys) != count:
        finds.add(
            "RF206", f"{len(keys)} keys of table {table.name} for {count} values", mark,
            dataset=spot.dataset.name, variable=spot.name,
        )  # fmt: skip
    elif complete:
        twice = _repeated(table.frame, keys)
        if twice:
            finds.add(
                "RF212", f"stands in two rows of table {table.name}, so it finds none",
                _mark_of(spot, "table"), dataset=spot.dataset.name, variable=spot.name, value=twice,
            )  # fmt: skip
        _lint_otherwise(spot, table, finds)


def _mark_of(spot: Spot, *parameters: str) -> Mark:
    for parameter in parameters:
        argument = spot.body.arguments.get(parameter)
        if argument is not None:
            return argument.mark
    return spot.body.mark


def _repeated(frame: pd.DataFrame, keys: Sequence[str]) -> str:
    """The first keys that two rows share, compared cleaned and in any case; nothing if none do."""
    rows = list(zip(*(map(_comparable, frame[key]) for key in keys), strict=True))
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        if row in seen:
            return " | ".join(row)
        seen.add(row)
    return ""


def _comparable(cell: object) -> str:
    """A cell as ``lookup`` compares it."""
    if isinstance(cell, float):
        return "" if np.isnan(cell) else repr(cell).removesuffix(".0")
    return cleaned(str(cell)).casefold()


def _lint_otherwise(spot: Spot, table: StudyTable, finds: Finds) -> None:
    """Report a text that should stand where the table gives numbers."""
    for give, word in zip(_words(spot, "give"), _words(spot, "otherwise"), strict=False):
        text = str(word.value)
        cells = table.frame[str(give.value)]
        if text not in KEPT and not is_text(cells) and not _is_number(text):
            finds.add(
                "RF205", f"is text, table {table.name} gives numbers", word.mark,
                dataset=spot.dataset.name, variable=spot.name, value=text,
            )  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lint_ranges(spot: Spot, table: StudyTable, finds: Finds) -> None:
    """Report bounds that are not numbers, and ranges that overlap."""
    bounds = {name: _words(spot, name)[0] for name in BOUNDS}
    for word in bounds.values():
        if is_text(table.frame[str(word.value)]):
            finds.add(
                "RF205", f"is not a column of numbers in table {table.name}", word.mark,
                dataset=spot.dataset.name, variable=spot.name, value=str(word.value),
            )  # fmt: skip
            return
    low = table.frame[str(bounds["low"].value)].fillna(-np.inf).to_numpy(dtype="float64")
    high = table.frame[str(bounds["high"].value)].fillna(np.inf).to_numpy(dtype="float64")
    order = np.argsort(low, kind="stable")
    over = np.flatnonzero(high[order][:-1] >= low[order][1:])
    if len(over):
        row = int(order[over[0] + 1]) + 1
        finds.add(
            "RF212", f"row {row} of table {table.name} begins within the range of another",
            _mark_of(spot, "table"), dataset=spot.dataset.name, variable=spot.name,
            value=table.name,
        )  # fmt: skip


def _lint_visits(walk: Walk, spot: Spot, table: StudyTable, finds: Finds) -> None:
    """Report a label that two planned visits have."""
    file = spot.dataset.mark if table.name in spot.dataset.tables else walk.study.mark
    twice = table.frame["VISITNUM"][table.frame["VISITNUM"].duplicated()]
    for number in twice:
        word = _comparable(number)
        finds.add(
            "SP112", f"numbers two visits of table {table.name}",
            table_mark(finds, file, table.name, word, word), dataset=spot.dataset.name, value=word,
        )  # fmt: skip
    known: set[str] = set()
    nothing: list[tuple[()]] = [()] * len(table.frame)
    labels = table.frame.get("labels", nothing)
    for name, cell in zip(table.frame["VISIT"], labels, strict=True):
        words = [name, *(cell if isinstance(cell, tuple) else [cell] if cell else [])]
        own = {_comparable(word): str(word) for word in words}
        for comparable, word in own.items():
            if comparable in known:
                finds.add(
                    "SP112", f"names two visits of table {table.name}",
                    table_mark(finds, file, table.name, word, word), dataset=spot.dataset.name,
                    value=word,
                )  # fmt: skip
        known |= set(own)


def codelist_argument(walk: Walk, spot: Spot, argument: LiteralArgument) -> Codelist | None:
    """The codelist that a parameter means, as the engine takes it."""
    name = str(argument.value)
    if name not in {"own", "argument"}:
        return walk.study.codelist(spot.dataset, name)
    variable = spot.name
    first = first_name(spot.body)
    if name == "argument" and first is not None and not first.name.prefix:
        variable = first.name.name
    return codelist_of(walk.study, spot.dataset, variable)


def _lint_terms(walk: Walk, spot: Spot, argument: LiteralArgument, finds: Finds) -> None:
    if codelist_argument(walk, spot, argument) is not None:
        return
    name = str(argument.value)
    if name in {"own", "argument"}:
        first = first_name(spot.body)
        whose = str(first.name) if name == "argument" and first else spot.name
        operation = spot.body.operation.name
        message = f"{operation} needs a codelist, and {whose} has none"
        finds.add(
            "RF207", message, finds.places.after(argument.mark, operation),
            dataset=spot.dataset.name, variable=spot.name,
            hint="say codelist:, or add one of that name to codelists:",
        )  # fmt: skip
        return
    _unknown_codelist(walk, spot.dataset, spot.name, name, argument.mark, finds)


def _unknown_codelist(
    walk: Walk, dataset: DatasetSpec, variable: str, name: str, mark: Mark, finds: Finds
) -> None:
    own = close_match(name, [*dataset.codelists, *walk.study.codelists])
    published = walk.study.terminology.find(name)
    hint = own or (f"did you mean {published[0]}?" if published else "")
    finds.add(
        "RF207", "is no codelist", mark, dataset=dataset.name, variable=variable, value=name,
        hint=hint,
    )  # fmt: skip


def _lint_codelist_word(
    walk: Walk, dataset: DatasetSpec, name: str, spec: VariableSpec, finds: Finds
) -> None:
    """Report the ``codelist:`` of a body whose operation does not ask for one."""
    if not spec.codelist or spec.body is None or "codelist" in spec.body.arguments:
        return
    if walk.study.codelist(dataset, spec.codelist) is None:
        mark = finds.places.after(spec.mark, "codelist", spec.codelist)
        _unknown_codelist(walk, dataset, name, spec.codelist, mark, finds)


def lint_codelists(walk: Walk, finds: Finds) -> None:
    """Report collected texts that a codelist of the study gives two meanings."""
    for name, codelist in walk.study.codelists.items():
        _lint_meanings(name, codelist, walk.study.mark, finds, "")
    for dataset in walk.study.datasets.values():
        for name, codelist in dataset.codelists.items():
            _lint_meanings(name, codelist, dataset.mark, finds, dataset.name)


def _lint_meanings(name: str, codelist: Codelist, file: Mark, finds: Finds, dataset: str) -> None:
    if codelist.published:
        return
    meanings: dict[str, str] = {}
    for text, value in codelist.collected:
        if meanings.setdefault(text, value) != value:
            start = Mark(file.file, 1, 1)
            mark = finds.places.after(start, "codelists:", f"{name}:", text, text)
            finds.add(
                "CT304", f"means {meanings[text]} and {value} in codelist {name}",
                file if mark == start else mark, dataset=dataset, value=text,
            )  # fmt: skip
