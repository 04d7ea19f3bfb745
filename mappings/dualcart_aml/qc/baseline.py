"""Baseline measurements of ADSL (adam.md 2.6, 3.1; endpoints.md E07)."""

from pathlib import Path

import pandas as pd

from dates import before_infusion, complete, last_day, moment
from transport import read


def baseline(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Weight, height, body mass index, ECOG status and blasts before the infusion."""
    vital = _results(sdtm, "VS", subjects)
    status = _results(sdtm, "RS", subjects)
    blood = _results(sdtm, "LB", subjects)
    weight = _last(vital[vital["test"] == "WEIGHT"], subjects)
    height = _last(vital[vital["test"] == "HEIGHT"], subjects)
    index = _last(vital[vital["test"] == "BMI"], subjects)
    blasts = blood[(blood["test"] == "BLASTLE") & (blood["spec"] == "BLOOD")]
    return pd.DataFrame(
        {
            "WTBL": weight,
            "HTBL": height,
            "BMIBL": index.fillna(weight / (height / 100) ** 2),
            "ECOGBL": _last(status[status["test"] == "ECOG101"], subjects),
            "BMBLBL": _marrow(sdtm, blood, subjects),
            "PBBLBL": _last(blasts, subjects),
        }
    )


def _marrow(sdtm: Path, blood: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """Marrow blasts up to lymphodepletion, else up to the infusion, else of a biopsy (E07)."""
    aspirates = blood[(blood["test"] == "BLASTCE") & (blood["spec"] == "BONE MARROW, LIQUID")]
    depletion = aspirates["USUBJID"].map(subjects["LDSDT"])
    before = aspirates[aspirates["date"] <= depletion]
    tissue = _results(sdtm, "MI", subjects)
    biopsies = _last(tissue[tissue["test"] == "BLASTCE"], subjects)
    found = _last(before, subjects).fillna(_last(aspirates, subjects))
    return found.fillna(biopsies)


def _results(sdtm: Path, domain: str, subjects: pd.DataFrame) -> pd.DataFrame:
    """Results before the infusion; a blast share below a limit counts as the limit (adam.md 6)."""
    names = [f"{domain}{name}" for name in ("TESTCD", "SPEC", "STRESC", "STRESN", "DTC", "SEQ")]
    records = read(sdtm, domain, ["USUBJID", "VISIT", *names])
    records = records.rename(
        columns=dict(zip(names, ("test", "spec", "text", "value", "dtc", "seq"), strict=True))
    )
    limit = pd.to_numeric(records["text"].str.extract(r"^<(.+)", expand=False), errors="coerce")
    blasts = records["test"].isin(["BLASTCE", "BLASTLE"])
    records = records.assign(
        value=pd.to_numeric(records["value"], errors="coerce").mask(blasts & limit.notna(), limit),
        date=complete(records["dtc"]),
        moment=moment(records["dtc"]).fillna(last_day(records["dtc"])),
    )
    start = records["USUBJID"].map(subjects["TRTSDTM"])
    earlier = before_infusion(records["dtc"], records["VISIT"], start)
    return records[earlier & records["value"].notna()]


def _last(records: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """The last value of each subject."""
    ordered = records.sort_values(["USUBJID", "moment", "seq"], kind="stable")
    return ordered.groupby("USUBJID")["value"].last().reindex(subjects.index)
