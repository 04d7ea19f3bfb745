"""Values of every subject from records of some."""

import numpy as np
import pandas as pd


def yes_no(condition: "pd.Series | np.ndarray", subjects: pd.DataFrame) -> pd.Series:
    """A flag of subjects that is never null (adam.md 3.1)."""
    return pd.Series(np.where(condition, "Y", "N"), index=subjects.index)


def text(values: pd.Series, subjects: pd.DataFrame) -> pd.Series:
    """Values of a subject's only record for every subject, "" without one."""
    return values.reindex(subjects.index).fillna("")


def before(records: pd.DataFrame, date: pd.Series, subjects: pd.DataFrame) -> pd.DataFrame:
    """Records dated before the infusion; of a subject never infused all of them."""
    start = records["USUBJID"].map(subjects["TRTSDT"])
    return records.assign(date=date)[(date < start) | start.isna()]
