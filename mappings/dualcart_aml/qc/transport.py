"""What the QC programs read and write: SDTM transport files in, one ADaM transport file out."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyreadstat

from labels import DATASETS

EPOCH = pd.Timestamp("1960-01-01")  # SAS counts days and seconds from here


def arguments(description: str | None, *inputs: str) -> argparse.Namespace:
    """The folders of the command line: ``--sdtm``, any further inputs, and ``--out``.

    Ends the program with a message where a folder does not hold what is to be read from it.
    """
    parser = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    for name in ("sdtm", *inputs, "out"):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar="FOLDER")
    chosen = parser.parse_args()
    for name, dataset in {"sdtm": "dm", **{name: name for name in inputs}}.items():
        path = getattr(chosen, name) / f"{dataset}.xpt"
        if not path.is_file():
            parser.error(f"--{name}: there is no {path}")
    return chosen


def read(folder: Path, dataset: str, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of a dataset; no records where the dataset was not built.

    Missing text is "" and a missing number NaN; --DT and --DTM stay numbers (see ``as_dates``).
    """
    path = folder / f"{dataset.lower()}.xpt"
    if not path.exists():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    records, _ = pyreadstat.read_xport(str(path), disable_datetime_conversion=True)
    built = records.reindex(columns=list(columns))
    absent = [name for name in columns if name not in records]
    return built.assign(**dict.fromkeys(absent, ""))  # permissible and not collected: sdtm.md C11


def qualifier(folder: Path, domain: str, qnam: str) -> pd.DataFrame:
    """Values of a supplemental qualifier, with the subject and --SEQ of their record."""
    columns = ["USUBJID", "IDVARVAL", "QNAM", "QVAL"]
    found = read(folder, f"SUPP{domain}", columns).loc[lambda rows: rows["QNAM"] == qnam]
    number = pd.to_numeric(found["IDVARVAL"], errors="coerce")
    return pd.DataFrame({"USUBJID": found["USUBJID"], f"{domain}SEQ": number, qnam: found["QVAL"]})


def qualified(records: pd.DataFrame, folder: Path, domain: str, qnam: str) -> pd.DataFrame:
    """The records of a domain with one of its supplemental qualifiers, "" where there is none."""
    keys = ["USUBJID", f"{domain}SEQ"]
    values = qualifier(folder, domain, qnam)
    joined = records.merge(values, on=keys, how="left", validate="one_to_one")
    return joined.assign(**{qnam: joined[qnam].fillna("")})


def as_dates(records: pd.DataFrame) -> pd.DataFrame:
    """The records with the numbers of --DT and --DTM variables turned into dates."""
    dates = {name: EPOCH + pd.to_timedelta(records[name], unit="D") for name in _dates(records)}
    times = {name: EPOCH + pd.to_timedelta(records[name], unit="s") for name in _times(records)}
    return records.assign(**dates, **times)


def write(records: pd.DataFrame, labels: Mapping[str, str], folder: Path, dataset: str) -> None:
    """Write the variables that have a label, in the order of their labels."""
    kept = records[list(labels)]
    dates, times = _dates(kept), _times(kept)
    days = {name: (kept[name] - EPOCH) / pd.Timedelta(days=1) for name in dates}
    seconds = {name: (kept[name] - EPOCH) / pd.Timedelta(seconds=1) for name in times}
    folder.mkdir(parents=True, exist_ok=True)
    pyreadstat.write_xport(
        kept.assign(**days, **seconds),
        str(folder / f"{dataset.lower()}.xpt"),
        file_label=DATASETS[dataset],
        table_name=dataset,
        column_labels=list(labels.values()),
        variable_format=dict.fromkeys(dates, "DATE9") | dict.fromkeys(times, "DATETIME20"),
        file_format_version=5,
    )


def _dates(records: pd.DataFrame) -> list[str]:
    return [name for name in records if name.endswith("DT")]


def _times(records: pd.DataFrame) -> list[str]:
    return [name for name in records if name.endswith("DTM")]
