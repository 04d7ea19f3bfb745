"""What the datasets of several parameters have in common (adam.md 2.1, 2.3, 2.5)."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dates import study_day
from labels import ADSL, COMMON
from transport import as_dates, read

PLANNED = {"TRTP": "TRT01P", "TRTA": "TRT01A"}


def subjects(adsl: Path) -> pd.DataFrame:
    """The records of the QC side of ADSL, with dates as dates."""
    return as_dates(read(adsl, "ADSL", list(ADSL)))


def finished(
    records: pd.DataFrame,
    subjects: pd.DataFrame,
    parameters: Sequence[tuple[str, str, str]],
    key: Sequence[str],
) -> pd.DataFrame:
    """Records with subject, parameter, study day and sequence number, in the order of their key."""
    copied = subjects.assign(**{name: subjects[source] for name, source in PLANNED.items()})
    carried = [name for name in [*COMMON, "RSPCUTDT", "HSCTDT", "DCUTDT"] if name != "USUBJID"]
    own = records.drop(columns=[name for name in carried if name in records])
    register = pd.DataFrame(parameters, columns=["PARAMCD", "PARAM", "PARCAT1"])
    register["PARAMN"] = range(1, len(register) + 1)
    full = own.merge(register, on="PARAMCD", how="left", validate="many_to_one")
    full = full.merge(copied[["USUBJID", *carried]], on="USUBJID", validate="many_to_one")
    full = full.assign(ADY=study_day(full["ADT"], full["TRTSDT"]))
    ordered = full.sort_values(list(key), kind="stable", na_position="first", ignore_index=True)
    return ordered.assign(ASEQ=ordered.groupby("USUBJID").cumcount() + 1)
