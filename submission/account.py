"""What became of every raw column and row: used and by what, declared not submitted, or open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mappings.lint_walk import reads
from mappings.model import Block, DatasetSpec, ItemArgument, LiteralArgument, Study
from mappings.private_names import ends, is_private
from mappings.problems import Problem, Problems
from mappings.raw_form import RawForm
from mappings.reach import IDENTITY, Use
from sdtm.drop_rows import Account
from sdtm.raw_table import ROW
from submission.inputs import read_inputs
from submission.text_table import text_table

USED, UNUSED, OPEN = "used", "not submitted", "open"
FORM = ("Form", "File", "Rows read", "Rows used")
SHOWN = 10
ROLES = ("subject", "site", "record", "updated", "deleted", "visit")
Cell = tuple[str, str]  # a raw form and one of its columns


@dataclass(frozen=True)
class ColumnAccount:
    """One raw column; ``by`` names the variables that come from it and the roles it plays.

    For an open one it names the private columns that read it and that nothing reads.
    """

    form: str
    file: str
    column: str
    state: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A row that does not count, why, and the row that stands for it (0: none)."""

    row: int
    reason: str
    instead: int


@dataclass(frozen=True)
class FormAccount:
    """The rows of one raw form: read, left out by reason, used, and each that was left out.

    ``kept_by`` names the blocks whose ``keep:`` chooses among the records of the rows used.
    """

    form: str
    file: str
    read: int
    used: int
    left_out: Mapping[str, int]
    rows: tuple[LeftOut, ...] = ()
    kept_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accounted:
    """What became of rows and columns, and the errors that kept files from being read."""

    forms: tuple[FormAccount, ...]
    columns: tuple[ColumnAccount, ...]
    errors: tuple[Problem, ...] = ()

    @property
    def open(self) -> list[ColumnAccount]:
        """Columns that nothing reads and nobody declared."""
        return [one for one in self.columns if one.state == OPEN]


def column_accounts(study: Study, columns: Mapping[str, Iterable[str]]) -> list[ColumnAccount]:
    """Every column of every raw form that was read, in the order of the files."""
    readers, lost = _readers(study)
    found = []
    for name, form in study.raw.items():
        roles = _roles(study, form)
        for column in columns.get(name, ()):
            by = [f"role {role}" for role in roles.get(column, ())]
            by += sorted(readers.get((name, column), ()))
            state = USED if by else UNUSED if form.declares_unused(column) else OPEN
            if state == OPEN:
                by += sorted(lost.get((name, column), ()))
            found.append(ColumnAccount(name, form.file, column, state, tuple(by)))
    return found


def form_accounts(study: Study, accounts: Mapping[str, Account]) -> list[FormAccount]:
    """What became of the rows of every raw form."""
    kept_by = _kept_by(study)
    return [
        FormAccount(
            name, study.raw[name].file, one.read, one.kept, _left(one), _rows(one),
            tuple(kept_by.get(name, ())),
        )
        for name, one in accounts.items()
    ]  # fmt: skip


def _rows(account: Account) -> tuple[LeftOut, ...]:
    """Every row that was left out, in file order."""
    found = account.dropped.sort_values(ROW, kind="stable")[[ROW, "reason", "instead"]]
    return tuple(
        LeftOut(int(row), str(reason), int(instead))
        for row, reason, instead in found.itertuples(index=False, name=None)
    )


def _kept_by(study: Study) -> dict[str, list[str]]:
    """Blocks with ``keep:`` by the raw form they are made from."""
    found: dict[str, list[str]] = {}
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            if block.keep is not None and block.source in study.raw:
                found.setdefault(block.source, []).append(f"{dataset.name} {block.name}")
    return found


def _left(account: Account) -> dict[str, int]:
    return {reason: count for reason, count in account.counts.items() if count}


def _roles(study: Study, form: RawForm) -> dict[str, list[str]]:
    """The roles that the columns of a form play."""
    found: dict[str, list[str]] = {}
    for role in ROLES:
        column = getattr(form, role)
        if column:
            found.setdefault(column, []).append(role)
    for role in ("date", "duplicates"):
        for column in getattr(form, role):
            found.setdefault(column, []).append(role)
    person = study.subjects.same_person
    if person is not None and person.form == form.name:
        for column in (person.number, person.previous):
            found.setdefault(column, []).append("same_person")
    return found


def _readers(study: Study) -> tuple[dict[Cell, set[str]], dict[Cell, set[str]]]:
    """What reads each raw column, as ``DATASET.VARIABLE`` or ``DATASET records``.

    First those that end in something, then the private columns that nothing reads.
    """
    found: dict[Cell, set[str]] = {}
    lost: dict[Cell, set[str]] = {}
    for dataset in study.datasets.values():
        reached = ends(reads(dataset))
        for block, name, cell in _cells(study, dataset):
            readers = reached.get((block, name), ()) if is_private(name) else {name}
            for end in readers:
                reader = f"{dataset.name}.{end}" if end else f"{dataset.name} records"
                found.setdefault(cell, set()).add(reader)
            if not readers:
                lost.setdefault(cell, set()).add(f"{dataset.name}.{name}, which nothing reads")
    return found, lost


def _cells(study: Study, dataset: DatasetSpec) -> Iterator[tuple[str, str, Cell]]:
    """Raw columns that a dataset reads, each with the block and the name it is read for.

    The name is empty for what decides which records there are.
    """
    for read in reads(dataset):
        cell = _cell(study, read.block, read.use)
        if cell is not None:
            yield read.block.name, read.name, cell
    for block in dataset.blocks:
        for name, cell in (*_transposed(study, block), *_carried(study, block)):
            yield block.name, name, cell


def _cell(study: Study, block: Block, use: Use) -> Cell | None:
    """The raw column that a name means on a block."""
    source, column = use.name.prefix, use.name.name
    if source == "source" and block.source in study.raw:
        form = study.raw[block.source]
        if column == "VISIT":
            return (form.name, form.visit) if form.visit else None
        return None if column in IDENTITY else (form.name, column)
    return (source, column) if source in study.raw else None


def _transposed(study: Study, block: Block) -> Iterator[tuple[str, Cell]]:
    """Columns that become records; each is read for the name its value goes to."""
    if block.transpose is None or block.source not in study.raw:
        return
    for row in block.transpose.rows:
        for name, cell in zip(block.transpose.into, row, strict=True):
            if cell.column is not None:
                yield name, (block.source, cell.column)


def _carried(study: Study, block: Block) -> Iterator[tuple[str, Cell]]:
    """Columns that a record operation is told to carry along."""
    carried = block.call.arguments.get("carry")
    fields = carried.fields.items() if isinstance(carried, ItemArgument) else ()
    for name, value in fields:
        if isinstance(value, LiteralArgument):
            form, _, column = str(value.value).partition(".")
            if form in study.raw:
                yield name, (form, column)


def accounted(study: Study, raw: Path) -> Accounted:
    """The account of a study's raw files in a folder."""
    problems = Problems()
    inputs = read_inputs(study, raw, problems)
    return Accounted(
        tuple(form_accounts(study, inputs.identified.accounts)),
        tuple(column_accounts(study, inputs.columns)),
        tuple(problems.errors),
    )


def account_text(found: Accounted, width: int | None, *, only_open: bool = False) -> str:
    """Both accounts as tables, and how many columns are open."""
    columns = found.open if only_open else found.columns
    forms = [
        (one.form, one.file, str(one.read), str(one.used), _reasons(one.left_out),
         ", ".join(one.kept_by))
        for one in found.forms
    ]  # fmt: skip
    rows = [
        (one.form, reason, _some(one.rows, reason))
        for one in found.forms
        for reason in one.left_out
    ]
    cells = [(f"{one.form}.{one.column}", one.state, ", ".join(one.by)) for one in columns]
    return "\n".join(
        [
            text_table((*FORM, "Left out", "keep: in"), forms, width),
            "",
            *([text_table(("Form", "Left out", "Rows"), rows, width), ""] if rows else []),
            *([text_table(("Column", "State", "By"), cells, width), ""] if cells else []),
            f"{len(found.open)} open of {len(found.columns)} columns",
        ]
    )


def _some(rows: tuple[LeftOut, ...], reason: str) -> str:
    """The first rows left out for a reason, each with the row that stands for it."""
    those = [one for one in rows if one.reason == reason]
    shown = [f"{one.row} ({one.instead} stands)" if one.instead else f"{one.row}" for one in those]
    more = [f"and {len(those) - SHOWN} more"] if len(those) > SHOWN else []
    return ", ".join(shown[:SHOWN] + more)


def _reasons(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in left_out.items())


def account_values(found: Accounted, *, only_open: bool = False) -> dict[str, Any]:
    """Both accounts as plain values."""
    columns = found.open if only_open else found.columns
    return {
        "forms": [asdict(one) for one in found.forms],
        "columns": [asdict(one) for one in columns],
    }
