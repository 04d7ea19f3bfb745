"""Every date a subject was seen or heard from (endpoints.md 2.13 Q07, Q13; E09, E10).

Nothing is cut off here: whether there is anything after the cut-off decides CNSR 8 (Q01).
"""

from pathlib import Path

import pandas as pd

from dates import complete
from transport import read

# Q13: every dated record of these, by the variables that date it.
RECORDS = {
    "RS": ["RSDTC"],
    "LB": ["LBDTC"],
    "CP": ["CPDTC"],
    "PC": ["PCDTC"],
    "IS": ["ISDTC"],
    "MB": ["MBDTC"],
    "GF": ["GFDTC"],
    "MI": ["MIDTC"],
    "VS": ["VSDTC"],
    "FA": ["FADTC"],
    "AE": ["AESTDTC"],
    "CM": ["CMSTDTC"],
    "PR": ["PRSTDTC"],
    "EX": ["EXSTDTC", "EXENDTC"],
    "EC": ["ECSTDTC", "ECENDTC"],
}
# E09 and Q07: events, medication and procedures are reported, not examined.
NOT_EXAMINATIONS = frozenset({"AE", "CM", "PR"})
REMOTE = frozenset({"TELEPHONE CALL", "MAIL"})


def contacts(sdtm: Path) -> pd.DataFrame:
    """USUBJID and date of whatever shows a subject alive, complete dates alone (Q13)."""
    return pd.concat([_records(sdtm, set(RECORDS)), _visits(sdtm), _alive(sdtm)], ignore_index=True)


def examinations(sdtm: Path) -> pd.DataFrame:
    """USUBJID and date of what was done in person (E09, Q07)."""
    in_person = set(RECORDS) - NOT_EXAMINATIONS
    seen = _visits(sdtm).loc[lambda visits: ~visits["mode"].isin(REMOTE)]
    return pd.concat([_records(sdtm, in_person), seen], ignore_index=True)


def latest(dated: pd.DataFrame, cutoff: pd.Timestamp | None = None) -> pd.Series:
    """The last date of each subject, on or before the cut-off where one is given."""
    within = dated if cutoff is None else dated[dated["date"] <= cutoff]
    return within.groupby("USUBJID")["date"].max()


def _records(sdtm: Path, domains: set[str]) -> pd.DataFrame:
    parts = [
        _dated(read(sdtm, domain, ["USUBJID", name]), name)
        for domain in sorted(domains)
        for name in RECORDS[domain]
    ]
    return pd.concat(parts, ignore_index=True)


def _visits(sdtm: Path) -> pd.DataFrame:
    """Both ends of every visit that took place, with its contact mode."""
    visits = read(sdtm, "SV", ["USUBJID", "SVOCCUR", "SVCNTMOD", "SVSTDTC", "SVENDTC"])
    held = visits[visits["SVOCCUR"] != "N"].rename(columns={"SVCNTMOD": "mode"})
    return pd.concat([_dated(held, "SVSTDTC"), _dated(held, "SVENDTC")], ignore_index=True)


def _alive(sdtm: Path) -> pd.DataFrame:
    """Contacts that found the subject alive, and earlier dates last known alive they stated."""
    status = read(sdtm, "SS", ["USUBJID", "SSTESTCD", "SSSTRESC", "SSDTC"])
    alive = status[(status["SSTESTCD"] == "SURVSTAT") & (status["SSSTRESC"] == "ALIVE")]
    stated = status[status["SSTESTCD"] == "LSCFADTC"]
    return pd.concat([_dated(alive, "SSDTC"), _dated(stated, "SSSTRESC")], ignore_index=True)


def _dated(records: pd.DataFrame, name: str) -> pd.DataFrame:
    return records.assign(date=complete(records[name])).dropna(subset="date")
