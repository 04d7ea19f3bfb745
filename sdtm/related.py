"""Related records (RELREC): datasets linked by an identifier, records that share a value of one.

Source: SDTMIG 3.4, sections 8.2 (relating records) and 8.3 (relating datasets).
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from mappings.columns import texts
from mappings.looked import Looked
from mappings.operations import Made, Origin, Records, operation
from mappings.problems import Problems
from sdtm.plain_text import printed

IDENTIFIERS = ("SEQ", "GRPID", "REFID", "SPID", "LNKID", "LNKGRP")


@operation(
    method="Datasets related by {links}",
    makes={"RDOMAIN": "text", "IDVAR": "text", "RELTYPE": "text", "RELID": "text"},
)
def relate_datasets(links: dict[str, Literal["ONE", "MANY"]], id: str, problems: Problems) -> Made:
    """A record for each dataset of a relationship, once for the study and of no subject.

    ``links`` names the identifying variable of each dataset (``PC.PCGRPID``) and says whether one
    or many of its records have a value. Fewer than two datasets, or a variable that identifies no
    records, is a problem.
    """
    names = [name.partition(".")[::2] for name in links]
    _check(names, problems)
    frame = pd.DataFrame(
        {
            "RDOMAIN": texts([dataset for dataset, _ in names]),
            "IDVAR": texts([variable for _, variable in names]),
            "RELTYPE": texts(list(links.values())),
            "RELID": texts(id, len(links)),
        }
    )
    return Made(frame, np.full(len(links), -1))


@operation(
    method="Records that share a value of {values}",
    makes={"RDOMAIN": "text", "IDVAR": "text", "IDVARVAL": "text", "RELID": "text"},
)
def relate_records(values: list[Records], id: str, problems: Problems) -> Made:
    """A record for each dataset in which a value stands, if it stands in two or more of them.

    RELID is ``id`` and the number of the value within the subject, counted in the order of the
    texts. However many records of a dataset have the value, they are one record here; all of them
    are its origins.
    """
    _check([(looked.dataset, looked.variable) for looked in values], problems)
    pairs = _shared(values)
    groups = pairs.groupby(["record", "value", "source"], sort=True)
    pairs = pairs.assign(member=groups.ngroup())
    members = pairs.drop_duplicates("member").sort_values("member", ignore_index=True)
    number = members.groupby("record")["value"].rank(method="dense").astype(np.int64)
    source = members["source"].to_numpy()
    frame = pd.DataFrame(
        {
            "RDOMAIN": _named([looked.dataset for looked in values], source),
            "IDVAR": _named([looked.variable for looked in values], source),
            "IDVARVAL": texts(members["value"].to_numpy()),
            "RELID": texts([f"{id}{one}" for one in number]),
        }
    )
    return Made(frame, members["record"].to_numpy(), tuple(_origins(values, pairs)))


def _check(names: Sequence[tuple[str, str]], problems: Problems) -> None:
    if len({dataset for dataset, _ in names}) < 2:
        problems.add("SP105", "a relationship needs two datasets")
    for dataset, variable in names:
        if variable.removeprefix(dataset) not in IDENTIFIERS or not variable.startswith(dataset):
            known = ", ".join(f"--{name}" for name in IDENTIFIERS)
            problems.add(
                "SP107", "does not identify records of a dataset",
                value=f"{dataset}.{variable}", hint=f"one of {known}",
            )  # fmt: skip


def _shared(values: Sequence[Looked]) -> pd.DataFrame:
    """Rows whose value stands in two datasets of the subject; ``source`` counts the arguments."""
    parts = []
    for source, looked in enumerate(values):
        filled = looked.filled()
        parts.append(
            pd.DataFrame(
                {
                    "record": filled.record,
                    "value": printed(filled.values),
                    "source": source,
                    "dataset": filled.dataset,
                    "row": filled.row,
                }
            )
        )
    pairs = pd.concat(parts, ignore_index=True)
    datasets = pairs.groupby(["record", "value"])["dataset"].transform("nunique")
    return pairs[datasets > 1].reset_index(drop=True)


def _named(names: Sequence[str], source: np.ndarray) -> pd.Series:
    return texts(np.array(names, dtype=object)[source])


def _origins(values: Sequence[Looked], pairs: pd.DataFrame) -> Iterable[Origin]:
    for source, looked in enumerate(values):
        rows = pairs[pairs["source"] == source]
        yield Origin(looked.dataset, rows["member"].to_numpy(), rows["row"].to_numpy())
