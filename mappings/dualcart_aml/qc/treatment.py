"""Infusions, what prepared them and what therapy followed (adam.md 3.1; endpoints.md 2.1, 2.5)."""

from pathlib import Path

import numpy as np
import pandas as pd

from dates import (
    ONE_DAY,
    complete,
    first_day,
    last_day,
    missing_part,
    moment,
    not_after,
    not_before,
)
from subjects import before, yes_no
from transport import qualified, read

DECIMALS = 9  # more than a dose has; of a sum of decimals they leave the decimal, 3.85


def infusions(sdtm: Path) -> pd.DataFrame:
    """Started infusions in the order of their start, numbered from 1 (2.1)."""
    columns = ["USUBJID", "EXSEQ", "EXLNKID", "EXDOSE", "EXDOSU", "EXSTDTC", "EXENDTC"]
    given = read(sdtm, "EX", columns).loc[lambda rows: rows["EXSTDTC"] != ""]
    end = given["EXENDTC"].where(given["EXENDTC"] != "", given["EXSTDTC"])
    given = given.assign(start=moment(given["EXSTDTC"]), end=complete(end), ENDTC=end)
    given = given.sort_values(["USUBJID", "start", "EXSEQ"], ignore_index=True)
    return given.assign(number=given.groupby("USUBJID").cumcount() + 1)


def exposure(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Dates of the infusions (adam.md 3.1, endpoints.md 2.1)."""
    given = infusions(sdtm)
    first, second = (given[given["number"] == n].set_index("USUBJID") for n in (1, 2))
    first, second = first.reindex(subjects.index), second.reindex(subjects.index)
    last = given.assign(stop=_end_moment(given["ENDTC"])).groupby("USUBJID")["stop"].max()
    last = last.reindex(subjects.index)
    again = second["start"].notna()
    return pd.DataFrame(
        {
            "TRTSDT": first["start"].dt.normalize(),
            "TRTSDTM": first["start"],
            "TRTSTMF": _time_flag(first["EXSTDTC"].fillna("")),
            "TRTEDT": last.dt.normalize(),
            "TRTEDTM": last,
            "TR01SDT": first["start"].dt.normalize(),
            "TR01EDT": first["end"],
            "TR02SDT": second["start"].dt.normalize(),
            "TR02EDT": second["end"],
            "TRT02P": subjects["TRT01P"].where(again, ""),
            "TRT02A": subjects["TRT01A"].where(again, ""),
            "REINFFL": again.map({True: "Y", False: "N"}),
            "REINFDT": second["start"].dt.normalize(),
        }
    )


def _end_moment(dtc: pd.Series) -> pd.Series:
    """The moment of an end; without a time the last second of its day (adam.md 3.1)."""
    untimed = ~dtc.str.contains("T")
    return moment(dtc).mask(untimed, complete(dtc) + ONE_DAY - pd.Timedelta(seconds=1))


def _time_flag(dtc: pd.Series) -> pd.Series:
    """The highest part of a time that was imputed: H, M or S (adam.md 2.2)."""
    length = dtc.str.len()
    flag = np.select(
        [length == 0, length <= 10, length <= 13, length <= 16], ["", "H", "M", "S"], ""
    )
    return pd.Series(flag, index=dtc.index)


def doses(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Planned and given doses of infusion 1, from EX, EC and SUPPEC."""
    given = infusions(sdtm)
    first = given[given["number"] == 1].set_index("USUBJID").reindex(subjects.index)
    columns = ["USUBJID", "ECSEQ", "ECLNKID", "ECMOOD", "ECOCCUR", "ECDOSE"]
    collected = qualified(read(sdtm, "EC", columns), sdtm, "EC", "ECBWT")
    ordered = collected.groupby("USUBJID")["ECLNKID"].min()
    link = (
        first["EXLNKID"].fillna(ordered).rename("link")
    )  # never infused: the one that was ordered
    bags = collected.join(link, on="USUBJID").loc[lambda rows: rows["ECLNKID"] == rows["link"]]
    performed = bags[(bags["ECMOOD"] == "PERFORMED") & (bags["ECOCCUR"] != "N")]
    by_subject = performed.groupby("USUBJID")["ECDOSE"].sum(min_count=1).reindex(subjects.index)
    by_subject = by_subject.round(DECIMALS)
    scheduled = bags[bags["ECMOOD"] == "SCHEDULED"].groupby("USUBJID")["ECDOSE"].first()
    scheduled = scheduled.reindex(subjects.index)
    weight = pd.to_numeric(bags["ECBWT"]).groupby(bags["USUBJID"]).first().reindex(subjects.index)
    return pd.DataFrame(
        {
            "DOSE01A": first["EXDOSE"],
            "DOSE01P": scheduled * weight,
            "DOSE01U": first["EXDOSU"].fillna(""),
            "DOSEKG1": by_subject,
            "DOSEPCT1": 100 * by_subject / scheduled,
        }
    )


def preparation(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Leukapheresis and lymphodepletion before the infusion."""
    procedures = read(sdtm, "PR", ["USUBJID", "PRSEQ", "PRDECOD", "PRSTDTC"])
    procedures = qualified(procedures, sdtm, "PR", "PRSUCC")
    collected = procedures[
        (procedures["PRDECOD"] == "LEUKAPHERESIS") & (procedures["PRSUCC"] == "Y")
    ]
    earlier = before(collected, complete(collected["PRSTDTC"]), subjects)
    drugs = read(sdtm, "CM", ["USUBJID", "CMCAT", "CMSTDTC", "CMENDTC"])
    drugs = drugs[drugs["CMCAT"] == "LYMPHODEPLETING CHEMOTHERAPY"]
    begun = complete(drugs["CMSTDTC"])
    course = before(drugs, begun, subjects)  # not that of a re-infusion
    ended = complete(course["CMENDTC"]).fillna(course["date"])
    return pd.DataFrame(
        {
            "APHDT": earlier.groupby("USUBJID")["date"].max(),
            "LDSDT": begun.groupby(drugs["USUBJID"]).min(),
            "LDEDT": ended.groupby(course["USUBJID"]).max(),
        }
    ).reindex(subjects.index)


def interventions(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """HSCT, new anti-leukaemia therapy and the response cut-off (2.5, 2.7)."""
    procedures = read(sdtm, "PR", ["USUBJID", "PRDECOD", "PRCAT", "PRSTDTC"])
    drugs = read(sdtm, "CM", ["USUBJID", "CMCAT", "CMSTDTC"])
    transplants = procedures.loc[procedures["PRCAT"] == "HSCT", ["USUBJID", "PRSTDTC"]]
    lymphocytes = procedures["PRDECOD"] == "DONOR LYMPHOCYTE INFUSION"
    subsequent = drugs["CMCAT"] == "SUBSEQUENT ANTI-LEUKEMIA THERAPY"  # Q14: nothing else
    therapies = pd.concat(
        [
            drugs.loc[subsequent, ["USUBJID", "CMSTDTC"]].set_axis(["USUBJID", "dtc"], axis=1),
            procedures.loc[lymphocytes, ["USUBJID", "PRSTDTC"]].set_axis(
                ["USUBJID", "dtc"], axis=1
            ),
        ]
    )
    prior = before(transplants, last_day(transplants["PRSTDTC"]), subjects)
    hsct = _first_after(transplants.set_axis(["USUBJID", "dtc"], axis=1), subjects)
    nalt = _first_after(therapies, subjects)
    return pd.DataFrame(
        {
            "PRHSCTFL": yes_no(subjects.index.isin(prior["USUBJID"]), subjects),
            "HSCTDT": hsct["date"],
            "HSCTDTF": hsct["part"].fillna(""),
            "HSCTFL": yes_no(hsct["date"].notna(), subjects),
            "NALTDT": nalt["date"],
            "NALTDTF": nalt["part"].fillna(""),
            "NALTFL": yes_no(nalt["date"].notna(), subjects),
            "RSPCUTDT": not_after(nalt["date"].fillna(subjects["REINFDT"]), subjects["REINFDT"]),
        }
    )


def _first_after(records: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """The earliest date after the day of the infusion of each subject, imputed by 2.7."""
    start = records["USUBJID"].map(subjects["TRTSDT"])
    part = missing_part(records["dtc"])
    date = first_day(records["dtc"])
    date = date.mask(part != "", not_before(date, start + ONE_DAY))
    known = records.assign(date=date, part=part)[last_day(records["dtc"]) > start]
    known = known.sort_values(["USUBJID", "date", "part"], kind="stable")
    return known.groupby("USUBJID").head(1).set_index("USUBJID").reindex(subjects.index)
