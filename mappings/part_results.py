"""What a part of a study gives back: sorted records with where they came from, and their checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mappings.blocks import examples, origins
from mappings.coded import in_codes
from mappings.columns import nothing
from mappings.expression_values import fails
from mappings.here import Here
from mappings.kinds import Kinds
from mappings.looked import sorted_positions
from mappings.model import Check, DatasetSpec, Study
from mappings.operations import SortKey
from mappings.part import FINAL, State, _column
from mappings.problems import Problems
from mappings.reach import automatic_names, sequence_name

IDENTIFIERS = ("STUDYID", "DOMAIN", "USUBJID")


@dataclass(frozen=True)
class PartDataset:
    """The records of one dataset for some subjects, sorted by subject and keys.

    Text is kept by its distinct values (see ``coded``).
    ``provenance`` has columns ``record`` (position), ``source`` and ``row``. ``replaced`` has, by
    form, the rows of records that ``keep:`` left out for another.
    """

    frame: pd.DataFrame
    block: np.ndarray
    provenance: pd.DataFrame
    account: Mapping[str, Mapping[str, int]]
    replaced: Mapping[str, np.ndarray] = field(default_factory=dict)


def submitted_names(dataset: DatasetSpec) -> list[str]:
    """Names of the variables in their order: identifiers, --SEQ, then those of the file."""
    automatic = automatic_names(dataset)
    sequence = sequence_name(dataset)
    first = [name for name in IDENTIFIERS if name in automatic or name in dataset.variables]
    if dataset.standard == "SDTM" and "USUBJID" in first:
        place = first.index("USUBJID")
        first[place:place] = _ahead_of(dataset, "USUBJID")
    common = [name for name in dataset.identifiers if name not in first]
    names = [*first, *([sequence] if sequence else []), *common, *dataset.variables]
    if dataset.standard == "ADaM" and sequence:
        names = [*first, *common, sequence, *dataset.variables]
    return list(dict.fromkeys(names))


def _ahead_of(dataset: DatasetSpec, name: str) -> list[str]:
    """Variables of the file that the standard puts before an identifier: RDOMAIN of RELREC."""
    rows = {one: dataset.standard_variable(one) for one in (name, *dataset.variables)}
    orders = {
        one: row.order for one, row in rows.items() if row is not None and one not in IDENTIFIERS
    }
    own = rows[name]
    return [one for one, order in orders.items() if own is not None and order < own.order]


def part_dataset(state: State, dataset: DatasetSpec, problems: Problems) -> PartDataset:
    """The finished records of a dataset in a part; what its checks find goes to the problems."""
    _check_blocks(state, dataset, problems)
    blocks = dataset.blocks
    names = [*submitted_names(dataset), *dataset.supp]
    columns = {name: state.whole(dataset.name, name, blocks) for name in names}
    subject = state.whole_subject(dataset.name, blocks)
    sizes = [state.block(dataset, block).size(FINAL) for block in blocks]
    position = np.repeat(np.arange(len(blocks)), sizes)
    keys = [
        SortKey(columns[key]) for key in dataset.keys if key in columns and key not in IDENTIFIERS
    ]
    order = sorted_positions([subject], keys, len(subject))
    return PartDataset(
        frame=pd.DataFrame({name: in_codes(column, order) for name, column in columns.items()}),
        block=position[order],
        provenance=_provenance(state, dataset, order),
        account={block.name: dict(state.block(dataset, block).account) for block in blocks},
        replaced=_replaced(state, dataset),
    )


def _replaced(state: State, dataset: DatasetSpec) -> dict[str, np.ndarray]:
    """Rows of forms whose record another one stands for."""
    rows: dict[str, list[np.ndarray]] = {}
    for block in dataset.blocks:
        found = state.block(dataset, block).replaced
        if len(found) and block.source in state.study.raw:
            rows.setdefault(block.source, []).append(_row_numbers(state, block.source, found))
    return {form: np.concatenate(found) for form, found in rows.items()}


def _provenance(state: State, dataset: DatasetSpec, order: np.ndarray) -> pd.DataFrame:
    """Source rows of the sorted records."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    parts = []
    start = 0
    for block in dataset.blocks:
        for origin in origins(state, dataset, block):
            if not origin.source or not len(origin.record):
                continue
            parts.append(
                pd.DataFrame(
                    {
                        "record": place[origin.record + start],
                        "source": origin.source,
                        "row": _row_numbers(state, origin.source, origin.row),
                    }
                )
            )
        start += state.block(dataset, block).size(FINAL)
    if not parts:
        return pd.DataFrame({"record": np.zeros(0, dtype=np.int64), "source": [], "row": []})
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values(["record", "source", "row"], kind="stable", ignore_index=True)


def _row_numbers(state: State, source: str, rows: np.ndarray) -> np.ndarray:
    """What a person calls a source row: line of a file, --SEQ of a dataset, else its place."""
    study = state.study
    if source in study.raw:
        numbers = state.part.raw[source].frame["row"].to_numpy()
        return numbers[rows].astype(np.int64)
    if source in study.datasets:
        other = study.datasets[source]
        sequence = sequence_name(other)
        if sequence:
            return state.whole(source, sequence, other.blocks).to_numpy()[rows].astype(np.int64)
        return np.ones(len(rows), dtype=np.int64)
    return rows + 1


def _check_blocks(state: State, dataset: DatasetSpec, problems: Problems) -> None:
    for check in dataset.checks:
        for block in dataset.blocks:
            here = Here(state, dataset, block, FINAL)
            if here.size:
                _check(here, check, problems)


def _check(here: Here, check: Check, problems: Problems) -> None:
    failed = fails(check.must.expression, here.size, here.value)
    if check.where is not None:
        failed &= here.holds(check.where)
    if failed.any():
        code = "DT519" if check.severity == "error" else "DT520"
        problems.bound(
            mark=check.mark, dataset=here.dataset.name, records=lambda: examples(here)
        ).at(failed, None, code, check.message)


def check_subjects(state: State, names: Iterable[str], problems: Problems) -> None:
    """Report records of subjects who have no record in DM (R27)."""
    study: Study = state.study
    chosen = [study.datasets[name] for name in names if name != "DM"]
    chosen = [one for one in chosen if one.standard == "SDTM" and not one.trial_design]
    if "DM" not in study.datasets or not chosen:
        return
    _, counts = state.one_of("DM")
    for dataset in chosen:
        for block in dataset.blocks:
            here = Here(state, dataset, block, FINAL)
            codes = here.subject
            absent = np.where(codes >= 0, counts[codes] == 0, False)
            if absent.any():
                problems.bound(
                    mark=block.mark, dataset=dataset.name, variable="USUBJID",
                    records=lambda here=here: examples(here),  # type: ignore[misc]
                ).at(absent, None, "DT507", "is of a subject who has no record in DM")  # fmt: skip


def no_records(dataset: DatasetSpec, kinds: Kinds) -> pd.DataFrame:
    """The variables of a dataset without a record."""
    return pd.DataFrame(
        {
            name: nothing(_column(kinds.of_whole(dataset.name, name) or "text"), 0)
            for name in submitted_names(dataset)
        }
    )
