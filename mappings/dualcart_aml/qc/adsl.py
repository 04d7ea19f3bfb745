"""QC of ADSL: one record per subject of DM, derived from SDTM alone (adam.md section 3).

python adsl.py --sdtm OUT/sdtm --out QC
"""

from pathlib import Path

import numpy as np
import pandas as pd

import response
from baseline import baseline
from dates import MONTH, ONE_DAY, complete, first_day, last_day, missing_part, not_after, not_before
from evaluable import populations
from followup import contacts, examinations, latest
from history import genetics, history
from labels import ADSL
from safety import toxicity
from subjects import text, yes_no
from transport import arguments, qualifier, read, write
from treatment import doses, exposure, interventions, preparation

DM = ["STUDYID", "USUBJID", "SUBJID", "SITEID", "RFICDTC", "DTHDTC", "DTHFL", "AGE", "AGEU", "SEX",
      "RACE", "ETHNIC", "ARM", "ACTARM", "COUNTRY"]  # fmt: skip


def adsl(sdtm: Path) -> pd.DataFrame:
    """The subjects with every variable of adam.md 3.1, indexed by USUBJID."""
    subjects = identity(sdtm)
    subjects = subjects.assign(DCUTDT=cutoff(sdtm))
    for derive in (exposure, doses, preparation, interventions, followed, death, disposition):
        subjects = subjects.join(derive(sdtm, subjects))
    subjects = periods(subjects)
    for derive in (history, genetics, baseline, responses, toxicity, populations):
        subjects = subjects.join(derive(sdtm, subjects))
    until = subjects["DTHDT"].fillna(subjects["LSTALVDT"])
    followed_days = (not_after(until, subjects["DCUTDT"]) - subjects["TRTSDT"]).dt.days + 1
    return subjects.assign(FUPMOS=followed_days / MONTH).sort_index()


def identity(sdtm: Path) -> pd.DataFrame:
    """Subjects of DM with their copied variables and age groups."""
    dm = read(sdtm, "DM", DM).set_index("USUBJID", drop=False)
    dm.index.name = None
    group = np.select([dm["AGE"] < 65, dm["AGE"] >= 65], ["<65", ">=65"], "")
    level = qualifier(sdtm, "DM", "DOSELVL").set_index("USUBJID")["DOSELVL"]
    return dm.assign(
        AGEGR1=group,
        AGEGR1N=pd.Series(group, index=dm.index).map({"<65": 1.0, ">=65": 2.0}),
        TRT01P=dm["ARM"],
        TRT01A=dm["ACTARM"],
        DOSELVL=text(level, dm),
        RFICDT=complete(dm["RFICDTC"]),
        DTHFL=dm["DTHFL"],
    )


def cutoff(sdtm: Path) -> pd.Timestamp:
    """The data cut-off of the study, from its trial summary."""
    summary = read(sdtm, "TS", ["TSPARMCD", "TSVAL"])
    dates = summary.loc[summary["TSPARMCD"] == "DCUTDTC", "TSVAL"]
    if len(dates) != 1:
        raise SystemExit(
            f"{sdtm}: TS has {len(dates)} records of DCUTDTC, the cut-off, and needs one"
        )
    return pd.Timestamp(dates.item())


def followed(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """The last contact and the last examination up to the cut-off (E09, E10, Q13)."""
    limit = cutoff(sdtm)
    return pd.DataFrame(
        {
            "LSTALVDT": latest(contacts(sdtm), limit),
            "LSTEXMDT": latest(examinations(sdtm), limit),
        }
    ).reindex(subjects.index)


def death(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Date and cause of death; what is missing of the date is imputed (2.7, Q10)."""
    dtc, alive = subjects["DTHDTC"], subjects["LSTALVDT"]
    part = missing_part(dtc)
    next_day = alive + ONE_DAY
    date = first_day(dtc)
    imputed = not_after(not_before(date, next_day), last_day(dtc))
    imputed = imputed.mask(alive >= last_day(dtc), alive)
    unknown = (subjects["DTHFL"] == "Y") & (dtc == "") & alive.notna()
    date = date.mask(part != "", imputed).mask(unknown, next_day)
    causes = read(sdtm, "DD", ["USUBJID", "DDTESTCD", "DDSTRESC", "DDRESCAT"])
    primary = causes[causes["DDTESTCD"] == "PRCDTH"].set_index("USUBJID")
    return pd.DataFrame(
        {
            "DTHDT": date,
            "DTHDTF": part.mask(unknown, "Y"),
            "DTHCAUS": text(primary["DDSTRESC"], subjects),
            "DTHCGR1": text(primary["DDRESCAT"], subjects),
        }
    )


def disposition(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Enrolment, end of treatment and end of study, from DS."""
    events = read(sdtm, "DS", ["USUBJID", "DSSCAT", "DSDECOD", "DSSTDTC"])
    events = events[~(first_day(events["DSSTDTC"]) > cutoff(sdtm))]  # sdtm.md C12
    events = events.assign(date=complete(events["DSSTDTC"]))
    entered = events[events["DSDECOD"] == "ENTERED INTO TRIAL"].groupby("USUBJID")["date"].min()
    left = events[events["DSSCAT"] == "STUDY PARTICIPATION"].set_index("USUBJID")
    reason = text(left["DSDECOD"], subjects)
    treatment = events[events["DSSCAT"] == "STUDY TREATMENT"].set_index("USUBJID")
    ended = text(treatment["DSDECOD"], subjects)
    infused = subjects["TRTSDT"].notna()
    stopped = ~ended.isin(["", "COMPLETED"])
    complete_study = reason == "COMPLETED"
    date = left["date"].reindex(subjects.index)
    # Of partial dates only that of a death is imputed: 2.7, adam.md 2.2.
    date = date.fillna(subjects["DTHDT"].where(reason == "DEATH"))
    return pd.DataFrame(
        {
            "ENRLDT": entered.reindex(subjects.index),
            "EOTSTT": np.select([~infused, stopped], ["NOT STARTED", "DISCONTINUED"], "COMPLETED"),
            "EOSSTT": np.select(
                [reason == "", complete_study], ["ONGOING", "COMPLETED"], "DISCONTINUED"
            ),
            "EOSDT": date,
            "DCSREAS": reason.mask(complete_study, ""),
        }
    )


def periods(subjects: pd.DataFrame) -> pd.DataFrame:
    """Start and end of the periods of the two infusions."""
    end = subjects["EOSDT"].fillna(subjects["DCUTDT"])
    first = (subjects["REINFDT"] - ONE_DAY).fillna(end)
    return subjects.assign(
        AP01SDT=subjects["TRTSDT"],
        AP01EDT=first.where(subjects["TRTSDT"].notna()),
        AP02SDT=subjects["REINFDT"],
        AP02EDT=end.where(subjects["REINFDT"].notna()),
    )


def responses(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Best and first responses and the last assessment (adam.md 3.1 pass 2; endpoints.md 2.11)."""
    treated = subjects.assign(FASFL=yes_no(subjects["TRTSDT"].notna(), subjects))
    assessed = response.assessments(sdtm, treated.reset_index(drop=True))
    eligible = response.stretch(assessed)
    best = response.best(eligible).set_index("USUBJID")
    first = response.first_of(eligible, response.RESPONSE).set_index("USUBJID")
    remission = response.first_of(eligible, response.COMPLETE).set_index("USUBJID")
    last = response.last_evaluable(assessed).set_index("USUBJID")
    value = best["AVALC"].reindex(subjects.index).fillna("MISSING")
    return pd.DataFrame(
        {
            "BORC": value.where(treated["FASFL"] == "Y", ""),
            "BORDT": best["ADT"],
            "FRSPDT": first["ADT"],
            "FCRDT": remission["ADT"],
            "LSTDADT": last["ADT"],
        },
        index=subjects.index,
    )


def main() -> None:
    """Write the QC side of ADSL."""
    folders = arguments(__doc__)
    write(adsl(folders.sdtm), ADSL, folders.out, "ADSL")


if __name__ == "__main__":
    main()
