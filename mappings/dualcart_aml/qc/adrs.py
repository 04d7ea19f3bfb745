"""QC of ADRS: one record per subject, parameter and analysis visit or date (adam.md section 7).

python adrs.py --sdtm OUT/sdtm --adsl QC --out QC
"""

from pathlib import Path

import numpy as np
import pandas as pd

import algorithm
import bds
from labels import ADRS, ADRS_PARAMETERS
from response import (
    COMPLETE,
    ENDS,
    ORDER,
    RESPONSE,
    assessments,
    best,
    first_of,
    last_evaluable,
    stretch,
)
from transport import arguments, write

KEY = ["USUBJID", "PARAMCD", "AVISITN", "ADT", "SRCSEQ"]  # adam.md 16
WINDOWS = pd.DataFrame(  # endpoints.md 2.4, in days after the infusion
    [
        ("Month 1", 1, 28, 15, 44),
        ("Month 2", 2, 61, 45, 76),
        ("Month 3", 3, 91, 77, 137),
        ("Month 6", 6, 183, 138, 228),
        ("Month 9", 9, 274, 229, 319),
        ("Month 12", 12, 365, 320, 410),
    ],
    columns=["AVISIT", "AVISITN", "AWTARGET", "AWLO", "AWHI"],
)
RATES = {  # E03-E05, E16-E18
    "ORR": RESPONSE,
    "CRR": COMPLETE,
    "PRR": ("PR",),
    "CRHR": ("CRh",),
    "CRIR": ("CRi",),
    "MLFSR": ("MLFS",),
}
OVERALL = {"AVISIT": "BEST OVERALL", "AVISITN": 99.0}  # adam.md 2.5
CONFIRMING = 28  # days: 2.11
RESULT = ["AVALC", "AVAL", "ADT", "ADTF", "SRCDOM", "SRCVAR", "SRCSEQ"]


def adrs(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Every record of ADRS, sorted and numbered."""
    assessed = windowed(assessments(sdtm, subjects))
    assessed = assessed.assign(SRCSEQ=assessed["RSSEQ"], SRCDOM="RS", SRCVAR="RSSTRESC")
    treated = subjects[subjects["FASFL"] == "Y"]
    primary = best_overall(assessed, treated, "ANL01FL")
    sensitive = best_overall(assessed, treated, "ANL02FL")
    records = pd.concat(
        [
            overall(assessed),
            windowed(algorithm.records(sdtm, subjects)),
            primary,
            confirmed(assessed, primary),
            rates(assessed, primary, treated, "ANL01FL", ""),
            rates(assessed, sensitive, treated, "ANL02FL", "H"),
            events(assessed, subjects),
        ],
        ignore_index=True,
    )
    return bds.finished(records, subjects, ADRS_PARAMETERS, KEY).assign(
        ARELTM=lambda rows: (rows["ADT"] - rows["TRTSDT"]).dt.days,
        ARELTMU=lambda rows: rows["ARELTM"].notna().map({True: "DAYS", False: ""}),
        AWU=lambda rows: rows["AWTARGET"].notna().map({True: "DAYS", False: ""}),
    )


def windowed(records: pd.DataFrame) -> pd.DataFrame:
    """Assessments with their analysis visit and its window (2.4), none where another one stands."""
    d = records["d"].where(records["accepted"])
    number = np.searchsorted(WINDOWS["AWLO"], d, side="right") - 1
    inside = d.between(WINDOWS["AWLO"].min(), WINDOWS["AWHI"].max())
    window = WINDOWS.reindex(np.where(inside, number, -1)).set_index(records.index)
    outside = [d.isna(), d <= 0, d < WINDOWS["AWLO"].min(), ~inside]
    visit = np.select(outside, ["", "Baseline", "EARLY", "LATE"], window["AVISIT"].fillna(""))
    number = np.select(outside, [np.nan, 0, 0.5, 98], window["AVISITN"])
    return records.assign(
        AVISIT=visit,
        AVISITN=number,
        AWTARGET=window["AWTARGET"],
        AWLO=window["AWLO"],
        AWHI=window["AWHI"],
        AWTDIFF=(d - window["AWTARGET"]).abs(),
    )


def of_window(records: pd.DataFrame, flag: str) -> pd.DataFrame:
    """The one record of each subject and window among eligible ones (2.4; Q08)."""
    eligible = records[(records[flag] == "Y") & records["AWTARGET"].notna()]
    ranked = eligible.assign(
        unevaluable=eligible["AVALC"] == "NE", accepted=eligible["RSACPTFL"] == "Y"
    ).sort_values(
        ["USUBJID", "AVISITN", "unevaluable", "AWTDIFF", "ADT", "accepted", "AVAL", "RSSEQ"],
        ascending=[True, True, True, True, False, False, False, False],
        kind="stable",
    )
    return ranked.groupby(["USUBJID", "AVISITN"]).head(1)


def overall(assessed: pd.DataFrame) -> pd.DataFrame:
    """OVR: every assessment, whatever counts of it, with the one of each window marked."""
    chosen = of_window(assessed, "ANL01FL").index
    return assessed.assign(PARAMCD="OVR", ANL03FL=np.where(assessed.index.isin(chosen), "Y", ""))


def best_overall(assessed: pd.DataFrame, treated: pd.DataFrame, flag: str) -> pd.DataFrame:
    """BOR: the best of the stretch, MISSING without an assessment (2.11)."""
    chosen = best(stretch(assessed, flag))[["USUBJID", *RESULT]]
    found = treated[["USUBJID"]].merge(chosen, on="USUBJID", how="left", validate="one_to_one")
    return found.assign(
        PARAMCD="BOR",
        AVALC=found["AVALC"].fillna("MISSING"),
        AVAL=found["AVAL"].fillna(ORDER["MISSING"]),
        ANL01FL="Y",
    )


def confirmed(assessed: pd.DataFrame, primary: pd.DataFrame) -> pd.DataFrame:
    """CBOR: the best response that a later assessment confirms (2.11, Q06)."""
    eligible = stretch(assessed)
    responses = eligible[eligible["AVALC"].isin(RESPONSE)].reset_index(names="record")
    worse = eligible.loc[eligible["AVALC"].isin(("NR", *ENDS)), ["USUBJID", "ADT"]]
    breaks = responses.merge(worse, on="USUBJID", suffixes=("", "_break"))
    breaks = breaks[breaks["ADT_break"] > breaks["ADT"]].groupby("record")["ADT_break"].min()
    pairs = responses.merge(
        eligible[["USUBJID", "ADT", "AVAL"]], on="USUBJID", suffixes=("", "_later")
    )
    late = (pairs["ADT_later"] - pairs["ADT"]).dt.days >= CONFIRMING
    unbroken = ~(pairs["ADT_later"] > pairs["record"].map(breaks))
    confirming = late & unbroken & (pairs["AVAL_later"] <= pairs["AVAL"])
    holding = responses[responses["record"].isin(pairs.loc[confirming, "record"])]
    chosen = best(holding).set_index("USUBJID")[RESULT]
    evaluable = eligible[eligible["AVALC"] != "NE"]
    reached = evaluable.groupby("USUBJID")["d"].max() >= CONFIRMING
    kept = primary.set_index("USUBJID")
    fallback = reached.map({True: "NR", False: "NE"}).reindex(kept.index)
    unconfirmed = kept["AVALC"].isin(RESPONSE) & ~kept.index.isin(chosen.index)
    kept.loc[unconfirmed, RESULT] = np.nan
    kept.loc[unconfirmed, "AVALC"] = fallback[unconfirmed]
    kept.loc[unconfirmed, "AVAL"] = fallback[unconfirmed].map(ORDER).astype(float)
    kept.loc[chosen.index, RESULT] = chosen
    return kept.reset_index().assign(PARAMCD="CBOR")


def rates(
    assessed: pd.DataFrame, best: pd.DataFrame, treated: pd.DataFrame, flag: str, suffix: str
) -> pd.DataFrame:
    """Y or N of every rate at each visit a subject could reach, and overall (E03, 2.6)."""
    visits = treated[["USUBJID", "TRTSDT", "DCUTDT"]].merge(WINDOWS, how="cross")
    target = visits["TRTSDT"] + pd.to_timedelta(visits["AWTARGET"], unit="D")
    reached = visits[target <= visits["DCUTDT"]].drop(columns=["TRTSDT", "DCUTDT"])
    chosen = of_window(assessed, flag)[["USUBJID", "AVISITN", "AWTDIFF", *RESULT]]
    status = reached.merge(chosen, on=["USUBJID", "AVISITN"], how="left", validate="one_to_one")
    status = pd.concat([status, best.assign(**OVERALL)], ignore_index=True)
    status = status.assign(DTYPE=np.where(status["SRCSEQ"].isna(), "PHANTOM", ""))
    counted = [
        status.assign(
            PARAMCD=code + suffix,
            AVAL=status["AVALC"].isin(values).astype(float),
            AVALC=np.where(status["AVALC"].isin(values), "Y", "N"),
            ANL01FL="Y",
        )
        for code, values in RATES.items()
    ]
    return pd.concat(counted, ignore_index=True)


def events(assessed: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """First responses, first events, death and the last assessment, where they happened."""
    eligible, counted = stretch(assessed), assessed[assessed["counts"]]
    found = [
        first_of(eligible, RESPONSE).assign(PARAMCD="FRSP"),
        first_of(eligible, COMPLETE).assign(PARAMCD="FCRC"),
        *(
            first_of(counted, (value,)).assign(PARAMCD=value)
            for value in ("RELAPSE", "PD", "TRTFAIL")
        ),
        last_evaluable(assessed).assign(PARAMCD="LSTDA"),
    ]
    died = subjects[(subjects["DTHDT"] <= subjects["DCUTDT"]) & (subjects["FASFL"] == "Y")]
    death = died[["USUBJID"]].assign(
        PARAMCD="DEATH", ADT=died["DTHDT"], ADTF=died["DTHDTF"], SRCDOM="DM", SRCVAR="DTHDTC"
    )
    dated = pd.concat(found)[["USUBJID", "PARAMCD", *RESULT]]
    return pd.concat([dated, death], ignore_index=True).assign(AVALC="Y", AVAL=1.0, ANL01FL="Y")


def main() -> None:
    """Write the QC side of ADRS."""
    folders = arguments(__doc__, "adsl")
    write(adrs(folders.sdtm, bds.subjects(folders.adsl)), ADRS, folders.out, "ADRS")


if __name__ == "__main__":
    main()
