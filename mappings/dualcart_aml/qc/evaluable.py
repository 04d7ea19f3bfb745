"""Analysis populations (endpoints.md 2.3, E01, E14, E25; adam.md 3.1, 3.2)."""

from pathlib import Path

import numpy as np
import pandas as pd

import response
from dates import after_infusion, complete
from transport import read

FULL_DOSE = 80  # percent of the scheduled dose: E01
DLT_DAYS = 28  # E01
ADA_DAYS = 336  # 48 weeks: E25
VECTOR_YEARS = 15  # E14, E15


def populations(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """The population flags, Y or N."""
    treated = subjects["TRTSDT"].notna()
    enrolled = subjects["ENRLDT"].notna() & (subjects["RFICDTC"] != "")
    flags = {
        "ENRLFL": enrolled,
        "SAFFL": treated,
        "FASFL": treated,
        "RSPEVFL": treated & _response(sdtm, subjects),
        "DLTEVLFL": treated & _dose_limiting(subjects),
        "CARPKFL": treated & _kinetics(sdtm, subjects),
        "ADAEVLFL": treated & _antibodies(sdtm, subjects),
        "RCLEVLFL": treated & _lentivirus(sdtm, subjects),
        "VISEVLFL": treated & _insertion_sites(sdtm, subjects),
    }
    named = {name: np.where(flag, "Y", "N") for name, flag in flags.items()}
    return pd.DataFrame(named, index=subjects.index)


def _response(sdtm: Path, subjects: pd.DataFrame) -> pd.Series:
    """An evaluable assessment up to the response cut-off, or a death (2.3, Q16)."""
    treated = subjects.assign(FASFL=np.where(subjects["TRTSDT"].notna(), "Y", "N"))
    assessed = response.assessments(sdtm, treated.reset_index(drop=True))
    evaluable = assessed[(assessed["ANL01FL"] == "Y") & (assessed["AVALC"] != "NE")]
    died, end = subjects["DTHDT"], subjects["RSPCUTDT"]
    death = (died <= subjects["DCUTDT"]) & ((died <= end) | end.isna())
    return death | subjects.index.isin(evaluable["USUBJID"])


def _dose_limiting(subjects: pd.DataFrame) -> pd.Series:
    """A DLT, or the full dose and 28 days of follow-up without other treatment (E01, Q15)."""
    end = subjects["TRTSDT"] + pd.Timedelta(days=DLT_DAYS)
    others = subjects[["REINFDT", "HSCTDT", "NALTDT"]].le(end, axis=0).any(axis=1)
    dosed = subjects["DOSEPCT1"] >= FULL_DOSE
    followed = subjects["LSTALVDT"] >= end
    return (subjects["DLTFL"] == "Y") | (dosed & followed & ~others)


def _kinetics(sdtm: Path, subjects: pd.DataFrame) -> pd.Series:
    """A valid copy-number or CAR-T cell sample after the infusion."""
    copies = read(sdtm, "PC", ["USUBJID", "PCSTRESC", "PCSTAT", "PCDTC"])
    cells = read(sdtm, "CP", ["USUBJID", "CPSCAT", "CPSTRESC", "CPSTAT", "CPDTC"])
    cells = cells[cells["CPSCAT"] == "CAR-T KINETICS"].drop(columns="CPSCAT")
    names = ["USUBJID", "result", "stat", "dtc"]
    samples = pd.concat([copies.set_axis(names, axis=1), cells.set_axis(names, axis=1)])
    valid = samples[(samples["stat"] == "") & (samples["result"] != "")]
    start = valid["USUBJID"].map(subjects["TRTSDTM"])
    return _any(valid[after_infusion(valid["dtc"], start)], subjects)


def _antibodies(sdtm: Path, subjects: pd.DataFrame) -> pd.Series:
    """An evaluable binding-antibody sample on days 1 to 336 (E25)."""
    tiers = read(sdtm, "IS", ["USUBJID", "ISTESTCD", "ISTSTOPO", "ISSTRESC", "ISDTC"])
    tiers = tiers[tiers["ISTESTCD"] == "ADA_BAB"].assign(date=lambda rows: complete(rows["ISDTC"]))
    samples = tiers.pivot_table(
        index=["USUBJID", "date"], columns="ISTSTOPO", values="ISSTRESC", aggfunc="first"
    ).reindex(columns=["SCREEN", "CONFIRM"])
    confirmed = samples["CONFIRM"].isin(["POSITIVE", "NEGATIVE"])
    valid = samples[(samples["SCREEN"] == "NEGATIVE") | confirmed].reset_index()
    day = (valid["date"] - valid["USUBJID"].map(subjects["TRTSDT"])).dt.days
    return _any(valid[day.between(1, ADA_DAYS)], subjects)


def _lentivirus(sdtm: Path, subjects: pd.DataFrame) -> pd.Series:
    """A valid RCL result of blood from day 1 to year 15 (E14)."""
    samples = read(sdtm, "MB", ["USUBJID", "MBTESTCD", "MBTSTDTL", "MBSTRESC", "MBDTC"])
    samples = samples[samples["MBTESTCD"].str.startswith("RCL")]
    valid = samples[
        (samples["MBTSTDTL"] == "DETECTION")
        & samples["MBSTRESC"].isin(["DETECTED", "NOT DETECTED"])
    ]
    return _any(_within_years(valid, complete(valid["MBDTC"]), subjects), subjects)


def _insertion_sites(sdtm: Path, subjects: pd.DataFrame) -> pd.Series:
    """A valid insertion-site sample from day 1 to year 15 (E15)."""
    samples = read(sdtm, "GF", ["USUBJID", "GFTESTCD", "GFSTRESC", "GFDTC"])
    valid = samples[(samples["GFTESTCD"] == "VCTINTST") & (samples["GFSTRESC"] != "")]
    return _any(_within_years(valid, complete(valid["GFDTC"]), subjects), subjects)


def _within_years(records: pd.DataFrame, date: pd.Series, subjects: pd.DataFrame) -> pd.DataFrame:
    start = records["USUBJID"].map(subjects["TRTSDT"])
    return records[(date > start) & (date <= start + pd.DateOffset(years=VECTOR_YEARS))]


def _any(records: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    return pd.Series(subjects.index.isin(records["USUBJID"]), index=subjects.index)
