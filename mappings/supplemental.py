"""Supplemental qualifiers: what ``supp:`` names, as the SUPP-- dataset of its domain.

Text that is too long for its variable and says ``overflow: supp`` continues here too. Source:
SDTMIG 3.4, sections 8.4 and 4.5.3.
"""

from collections.abc import Iterator, Mapping

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
    made = pd.concat(parts, ignore_index=True)
    made = made.sort_values(["record", "QNAM"], kind="stable", ignore_index=True)
    numbered = sequence and dataset.name != "DM"
    value = frame[sequence].iloc[made["record"]] if numbered else None
    result = pd.DataFrame(
        {
            "STUDYID": texts(study.id, len(made)),
            "RDOMAIN": texts(dataset.name, len(made)),
            "USUBJID": plain(frame["USUBJID"]).iloc[made["record"]].reset_index(drop=True),
            "IDVAR": texts(sequence if numbered else "", len(made)),
            "IDVARVAL": (
                texts(value.astype("int64").astype(str).to_numpy())
                if value is not None
                else texts("", len(made))
            ),
            **{name: texts(made[name]) for name in ("QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")},
        }
    )
    result = pd.DataFrame({name: in_codes(result[name]) for name in result})
    return _dataset(dataset, result, made, block)


def _parts(
    study: Study, dataset: DatasetSpec, frame: pd.DataFrame, problems: Problems
) -> Iterator[pd.DataFrame]:
    for name, spec in dataset.supp.items():
        column = frame[name]
        there = np.flatnonzero(~missing(column).to_numpy(dtype=bool))
        if not len(there):
            continue
        if not spec.label:
            problems.add(
                "ST408", "is a supplemental qualifier without a label", mark=spec.mark,
                dataset=dataset.name, variable=name, hint="write label:",
            )  # fmt: skip
        yield _records(study, dataset, name, column, spec.label, spec.evaluator)


def _continued(study: Study, dataset: DatasetSpec, fitted: Overflow) -> Iterator[pd.DataFrame]:
    """The parts of texts that are too long for their variable."""
    for name, whole in fitted.supp.items():
        standard = dataset.standard_variable(whole)
        said = dataset.variables[whole].label if whole in dataset.variables else ""
        label = said or (standard.label if standard else whole)
        number = part_number(name, whole)
        made = _records(study, dataset, whole, fitted.frame[name], f"{label[:38]} {number}", "")
        yield made.assign(QNAM=name)


def _records(
    study: Study, dataset: DatasetSpec, name: str, column: pd.Series, label: str, evaluator: str
) -> pd.DataFrame:
    """One record for each value there is."""
    there = np.flatnonzero(~missing(column).to_numpy(dtype=bool))
    origin = one_origin(origins_of(study, dataset, name))
    return pd.DataFrame(
        {
            "record": there,
            "QNAM": name,
            "QLABEL": label,
            "QVAL": as_text(column.iloc[there]).to_numpy(),
            "QORIG": QORIG.get(origin.type, origin.type) if origin else "Derived",
            "QEVAL": evaluator,
        }
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
    made: pd.DataFrame,
    block: np.ndarray,
) -> Dataset:
    name = f"SUPP{dataset.name}"
    known = dataset.guide.dataset(name) if dataset.guide else None
    variables: Mapping[str, StandardVariable] = (
        {one.name: one for one in dataset.guide.variables(name)} if dataset.guide else {}
    )
    columns = tuple(_column(column, variables.get(column), frame[column]) for column in COLUMNS)
    record = made["record"].to_numpy()
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
