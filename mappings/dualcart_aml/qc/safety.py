"""Dose-limiting toxicity and worst CRS, ICANS and neurotoxicity grades (E01, E19-E24)."""

from pathlib import Path

import numpy as np
import pandas as pd

from dates import complete, first_day, last_day, missing_part, moment, not_after
from transport import qualified, read

LAST_DAY = 28  # days after the infusion, both ends in: E01, E19
CRS = ("CRS", "CYTOKINE RELEASE SYNDROME")
ICANS = ("ICANS", "IMMUNE EFFECTOR CELL-ASSOCIATED NEUROTOXICITY SYNDROME")
AE = ["USUBJID", "AESEQ", "AECAT", "AEOUT", "AETOXGR", "AESTDTC", "AEENDTC"]


def toxicity(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """DLTFL of every subject, and the worst grades of those in the safety population."""
    early = early_events(sdtm, subjects)
    judged = early["AEDLTSRC"].where(early["AEDLTSRC"] != "", early["AEDLT"])
    limiting = subjects.index.isin(early.loc[judged == "Y", "USUBJID"])
    crs, icans = (_worst(sdtm, early, subjects, *syndrome) for syndrome in (CRS, ICANS))
    other = early[early["AECAT"] == "OTHER NEUROTOXICITY"]
    grade = other.groupby("USUBJID")["grade"].max().reindex(subjects.index)
    return pd.DataFrame(
        {
            "DLTFL": np.where(limiting, "Y", "N"),
            "CRSMXGR": crs,
            "ICNMXGR": icans,
            "NTXMXGR": icans.where(~(grade > icans), grade),
        }
    )


def early_events(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Adverse events with an onset on days 0 to 28 of infusion 1, not before it began (E01)."""
    events = read(sdtm, "AE", AE)
    for qnam in ("AEDLT", "AEDLTSRC"):
        events = qualified(events, sdtm, "AE", qnam)
    events = events.join(subjects[["TRTSDT", "TRTSDTM", "DTHDT", "DCUTDT"]], on="USUBJID")
    onset = _onset(events)
    day = (onset - events["TRTSDT"]).dt.days
    timed = events["AESTDTC"].str.contains("T")
    not_earlier = ~timed | (moment(events["AESTDTC"]) >= events["TRTSDTM"])
    events = events.assign(grade=pd.to_numeric(events["AETOXGR"], errors="coerce"))
    return events[day.between(0, LAST_DAY) & not_earlier]


def _onset(events: pd.DataFrame) -> pd.Series:
    """The start, imputed to the first of its period or to the day of the infusion (2.7)."""
    dtc, start = events["AESTDTC"], events["TRTSDT"]
    ended = last_day(events["AEENDTC"])
    ended = ended.mask(missing_part(events["AEENDTC"]) != "", not_after(ended, events["DTHDT"]))
    first = first_day(dtc)
    in_period = (missing_part(dtc) != "") & (first <= start) & (start <= last_day(dtc))
    return first.mask(in_period & ~(ended < start), start)


def _worst(
    sdtm: Path, early: pd.DataFrame, subjects: pd.DataFrame, category: str, syndrome: str
) -> pd.Series:
    """5 if fatal, else the highest daily ASTCT grade, else the event's grade, else 0 (E19)."""
    findings = read(sdtm, "FA", ["USUBJID", "FATESTCD", "FAOBJ", "FASTRESN", "FADTC"])
    graded = findings[(findings["FATESTCD"] == "TOXGR") & (findings["FAOBJ"] == syndrome)]
    day = (complete(graded["FADTC"]) - graded["USUBJID"].map(subjects["TRTSDT"])).dt.days
    daily = graded[day.between(0, LAST_DAY)].groupby("USUBJID")["FASTRESN"].max()
    events = early[early["AECAT"] == category]
    recorded = events.groupby("USUBJID")["grade"].max().reindex(subjects.index)
    fatal = subjects.index.isin(events.loc[events["AEOUT"] == "FATAL", "USUBJID"])
    worst = daily.reindex(subjects.index).fillna(recorded).fillna(0).mask(fatal, 5)
    return worst.where(subjects["TRTSDT"].notna())
