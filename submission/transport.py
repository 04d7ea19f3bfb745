"""Finished datasets as SAS transport files."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from mappings.finished import Dataset, FinalColumn
from mappings.problems import Problems
from mappings.raw_form import RawForm
from submission.parallel import Workers
from submission.xpt import XptDataset, XptError, XptVariable, write_xpt
from submission.xpt_check import check_xpt, verify_xpt
from submission.xpt_digest import Digest, digest, file_digest

_KINDS = {"date": "date", "datetime": "datetime", "number": "number"}


def transport(dataset: Dataset) -> XptDataset:
    """A finished dataset as the writer takes it."""
    variables = tuple(_variable(column) for column in dataset.columns)
    return XptDataset(dataset.name, dataset.label, variables, dataset.frame)


def _variable(column: FinalColumn) -> XptVariable:
    kind = _KINDS.get(column.kind, "text")
    length = column.length if kind == "text" else 8
    return XptVariable(column.name, column.label, kind, length, column.format)  # type: ignore[arg-type]


def check_transport(dataset: Dataset, raw: Mapping[str, RawForm], problems: Problems) -> None:
    """Report everything in a dataset that a SAS transport file cannot carry.

    ``raw`` has the forms, whose files the records are named by.
    """
    found = Problems()
    check_xpt(transport(dataset), found, _records(dataset, raw))
    marks = {column.name: column.spec.mark for column in dataset.columns if column.spec}
    problems.extend(
        replace(problem, mark=marks.get(problem.variable, dataset.spec.mark)) for problem in found
    )


def _records(dataset: Dataset, raw: Mapping[str, RawForm]) -> Callable[[], pd.DataFrame]:
    """The records of a dataset as problems name them: subject and first source row."""
    files = {name: form.file for name, form in raw.items()}

    def made() -> pd.DataFrame:
        size = len(dataset.frame)
        subject = dataset.frame["USUBJID"] if "USUBJID" in dataset.frame else [""] * size
        first = dataset.provenance.drop_duplicates("record").set_index("record")
        first = first.reindex(range(size))
        return pd.DataFrame(
            {
                "subject": subject,
                "source": first["source"].replace(files).fillna(dataset.name).to_numpy(),
                "row": first["row"].fillna(0).astype("int64").to_numpy(),
            }
        )

    return made


@dataclass(frozen=True)
class Written:
    """A transport file that is written and waits to be read back."""

    content: XptDataset
    path: Path
    found: "Future[Digest] | None"

    def verify(self, problems: Problems) -> None:
        """Report where the second reader finds something else than was written.

        Digests are compared first; a file whose digest differs is read as a whole.
        """
        with suppress(XptError):
            written = digest(self.content)
            there = file_digest(self.path) if self.found is None else self.found.result()
            if there == written:
                return
        verify_xpt(self.content, self.path, problems)


def write_transport(dataset: Dataset, folder: Path, created: datetime, workers: Workers) -> Written:
    """The file of a dataset below a folder; processes that stand by begin to read it back."""
    target = folder / dataset.standard.lower()
    target.mkdir(exist_ok=True)
    path = target / f"{dataset.name.lower()}.xpt"
    made = transport(dataset)
    write_xpt(made, path, created=created)
    return Written(made, path, workers.later(file_digest, path))
