"""Supplemental qualifiers: what ``supp:`` names, as the SUPP-- dataset of its domain.

Text that is too long for its variable and says ``overflow: supp`` continues here too. Source:
SDTMIG 3.4, sections 8.4 and 4.5.3.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mappings.coded import in_codes, plain
from mappings.columns import is_text, missing, texts
from mappings.finished import Dataset, FinalColumn
from mappings.model import DatasetSpec, Study
from mappings.origins import one_origin, origins_of
from mappings.overflow import Overflow, part_number
from mappings.problems import Problems
from mappings.reach import sequence_name
from mappings.standard import StandardVariable

COLUMNS = (
    "STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL",
    "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL",
)  # fmt: skip
KEYS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
# QORIG speaks of the CRF where Define-XML speaks of what was collected.
QORIG = {"Collected": "CRF", "Predecessor": "Derived"}


@dataclass(frozen=True)
class _Qualifier:
    """The values of one qualifier: of which records, and what is said of them."""

    name: str
    label: str
    origin: str
    evaluator: str
    records: np.ndarray
    values: np.ndarray


def qualifiers(
    study: Study,
    dataset: DatasetSpec,
    fitted: Overflow,
    block: np.ndarray,
    problems: Problems,
) -> Dataset | None:
    """The supplemental qualifiers of a dataset's sorted records; None where it has none."""
    if not (dataset.supp or fitted.supp) or dataset.standard != "SDTM":
        return None
    frame = fitted.frame
    parts = [
        *_parts(study, dataset, frame, problems),
        *_continued(study, dataset, fitted),
    ]
    if not parts:
        return None
    sequence = sequence_name(dataset)
    numbered = sequence and dataset.name != "DM"
    sizes = [len(part.records) for part in parts]
    names = np.repeat([part.name for part in parts], sizes)
    record = np.concatenate([part.records for part in parts])
    order = np.lexsort((names, record))
    record = record[order]

    def said(words: Sequence[str]) -> pd.Series:
        return texts(np.repeat(np.array(words, dtype=object), sizes)[order])

    subject = plain(frame["USUBJID"])
    columns = {
        "STUDYID": texts(study.id, len(record)),
        "RDOMAIN": texts(dataset.name, len(record)),
        "USUBJID": pd.Series(subject.array.take(record), copy=False),
        "IDVAR": texts(sequence if numbered else "", len(record)),
        "IDVARVAL": (
            texts(frame[sequence].to_numpy()[record].astype("int64").astype(str))
            if numbered
            else texts("", len(record))
        ),
        "QNAM": said([part.name for part in parts]),
        "QLABEL": said([part.label for part in parts]),
        "QVAL": texts(np.concatenate([part.values for part in parts])[order]),
        "QORIG": said([part.origin for part in parts]),
        "QEVAL": said([part.evaluator for part in parts]),
    }
    result = pd.DataFrame({name: in_codes(column) for name, column in columns.items()}, copy=False)
    return _dataset(dataset, result, record, block)


def _parts(
    study: Study, dataset: DatasetSpec, frame: pd.DataFrame, problems: Problems
) -> Iterator[_Qualifier]:
    for name, spec in dataset.supp.items():
        made = _values(study, dataset, name, frame[name], spec.label, spec.evaluator)
        if not len(made.records):
            continue
        if not spec.label:
            problems.add(
                "ST408", "is a supplemental qualifier without a label", mark=spec.mark,
                dataset=dataset.name, variable=name, hint="write label:",
            )  # fmt: skip
        yield made


def _continued(study: Study, dataset: DatasetSpec, fitted: Overflow) -> Iterator[_Qualifier]:
    """The parts of texts that are too long for their variable."""
    for name, whole in fitted.supp.items():
        standard = dataset.standard_variable(whole)
        said = dataset.variables[whole].label if whole in dataset.variables else ""
        label = said or (standard.label if standard else whole)
        number = part_number(name, whole)
        made = _values(study, dataset, whole, fitted.frame[name], f"{label[:38]} {number}", "")
        yield replace(made, name=name)


def _values(
    study: Study, dataset: DatasetSpec, name: str, column: pd.Series, label: str, evaluator: str
) -> _Qualifier:
    """The values there are of a name."""
    there = np.flatnonzero(~missing(column).to_numpy(dtype=bool))
    origin = one_origin(origins_of(study, dataset, name))
    return _Qualifier(
        name,
        label,
        QORIG.get(origin.type, origin.type) if origin else "Derived",
        evaluator,
        there,
        np.asarray(as_text(column.iloc[there]), dtype=object),
    )


def as_text(column: pd.Series) -> pd.Series:
    """A column of any kind as text; numbers as they print, dates as ISO 8601."""
    if is_text(column):
        return column
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        whole = (column.dropna() == column.dropna().dt.normalize()).all()
        return column.dt.strftime("%Y-%m-%d" if whole else "%Y-%m-%dT%H:%M:%S").fillna("")
    shown = column.map(lambda number: np.format_float_positional(number, trim="-"), "ignore")
    return texts(shown.to_numpy())


def _dataset(
    dataset: DatasetSpec,
    frame: pd.DataFrame,
    record: np.ndarray,
    block: np.ndarray,
) -> Dataset:
    name = f"SUPP{dataset.name}"
    known = dataset.guide.dataset(name) if dataset.guide else None
    variables: Mapping[str, StandardVariable] = (
        {one.name: one for one in dataset.guide.variables(name)} if dataset.guide else {}
    )
    columns = tuple(_column(column, variables.get(column), frame[column]) for column in COLUMNS)
    provenance = pd.DataFrame(
        {"record": np.arange(len(frame)), "source": dataset.name, "row": record + 1}
    )
    return Dataset(
        name=name,
        label=known.label if known else f"Supplemental Qualifiers for {dataset.name}",
        structure=known.structure if known else "",
        class_name=known.class_name if known else "RELATIONSHIP",
        standard="SDTM",
        keys=KEYS,
        spec=dataset,
        frame=frame,
        columns=columns,
        block=block[record],
        provenance=provenance,
        parent=dataset.name,
    )


def _column(name: str, known: StandardVariable | None, column: pd.Series) -> FinalColumn:
    return FinalColumn(
        name=name,
        label=known.label if known else name,
        kind="text",
        type="text",
        length=max((len(str(text).encode()) for text in pd.unique(column)), default=1) or 1,
        role=known.role if known else "",
        core=known.core if known else "",
        key=KEYS.index(name) + 1 if name in KEYS else 0,
    )
