"""QC of ADTTE: one record per subject and time-to-event parameter (adam.md section 9; E08-E11).

python adtte.py --sdtm OUT/sdtm --adsl QC --adrs QC --out QC
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import bds
from dates import MONTH, first_day
from followup import contacts, examinations, latest
from labels import ADTTE, ADTTE_PARAMETERS
from response import COMPLETE, ENDS, RESPONSE, assessments, first_of, stretch
from transport import arguments, read, write

KEY = ["USUBJID", "PARAMCD"]  # adam.md 16
LEFT = {"LOST TO FOLLOW-UP": 2.0, "WITHDRAWAL BY SUBJECT": 3.0}
NO_FOLLOW_UP, CUT = 4.0, 8.0
EVENTS = ["USUBJID", "ADT", "ADTF", "EVNTDESC", "rank", "SRCDOM", "SRCVAR", "SRCSEQ"]


@dataclass(frozen=True)
class Endpoint:
    """What a main parameter starts from, and how it ends without an event."""

    start: str  # variable of ADSL
    end: str  # variable of ADSL: the end of follow-up without an event
    ongoing: str
    ended: str


ENDPOINTS = {
    "OS": Endpoint("TRTSDT", "LSTALVDT", "ALIVE", "DATE LAST KNOWN ALIVE"),
    "EFS": Endpoint("TRTSDT", "LSTEXMDT", "EVENT-FREE", "LAST FOLLOW-UP EXAMINATION DATE"),
    "RFS": Endpoint("FCRDT", "LSTALVDT", "ALIVE WITHOUT RELAPSE", "DATE LAST KNOWN ALIVE"),
    "DOR": Endpoint("FRSPDT", "LSTDADT", "RESPONSE ONGOING", "LAST DISEASE ASSESSMENT DATE"),
}


@dataclass(frozen=True)
class Intervention:
    """What ends a sensitivity parameter where it comes before the event (E08)."""

    date: str  # variable of ADSL
    flag: str  # variable of ADSL: how its date was imputed
    code: float
    reason: str


# The earliest one counts, of one date the one that stands first.
SENSITIVITY = {
    "HSCT": [Intervention("HSCTDT", "HSCTDTF", 5.0, "DATE OF HSCT")],
    "NALT": [
        Intervention("NALTDT", "NALTDTF", 6.0, "START OF NEW ANTI-LEUKEMIA THERAPY"),
        Intervention("REINFDT", "", 7.0, "DATE OF RE-INFUSION"),
    ],
}


def adtte(sdtm: Path, subjects: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Every record of ADTTE, sorted and numbered."""
    treated = subjects[subjects["FASFL"] == "Y"].set_index("USUBJID", drop=False)
    treated.index.name = None
    assessed = assessments(sdtm, subjects)
    treated = treated.assign(EFSRULE=np.where(treated["FCRDT"].notna(), "A", "B"))
    treated = treated.join(_left(sdtm, treated)).join(_flags(assessed))
    disease = assessed[assessed["accepted"] & assessed["AVALC"].isin(ENDS)]
    disease = disease.merge(_numbers(responses), on=["USUBJID", "RSSEQ"], validate="one_to_one")
    beyond = _beyond(sdtm, treated, disease)
    parts = [
        parameter(
            main,
            treated,
            events(main, treated, disease, variant == "TF"),
            beyond[main],
            SENSITIVITY.get(variant, []),
        ).assign(PARAMCD=main + variant)
        for main, variant in _parameters()
    ]
    records = pd.concat(parts, ignore_index=True)
    records = records.assign(AVAL=records["DURDAYS"] / MONTH, ANL01FL="Y")
    return bds.finished(records, subjects, ADTTE_PARAMETERS, KEY)


def _parameters() -> list[tuple[str, str]]:
    """Codes of the parameters, split into the main one and its variant."""
    codes = [code for code, _, _ in ADTTE_PARAMETERS]
    return [
        (main, code[len(main) :]) for code in codes for main in ENDPOINTS if code.startswith(main)
    ]


def _left(sdtm: Path, treated: pd.DataFrame) -> pd.DataFrame:
    """CNSR 2 or 3 of subjects who left the study on or before the cut-off (adam.md 9)."""
    events = read(sdtm, "DS", ["USUBJID", "DSSCAT", "DSDECOD", "DSSTDTC"])
    events = events[events["DSSCAT"] == "STUDY PARTICIPATION"].set_index("USUBJID")
    events = events.reindex(treated.index)
    late = first_day(events["DSSTDTC"].fillna("")) > treated["DCUTDT"]
    return pd.DataFrame({"left": events["DSDECOD"].map(LEFT).mask(late)})


def _numbers(responses: pd.DataFrame) -> pd.DataFrame:
    """Where the assessments of RS stand in ADRS, as the source of what is read from them."""
    overall = responses.loc[responses["PARAMCD"] == "OVR", ["USUBJID", "SRCSEQ", "ASEQ"]]
    overall = overall.set_axis(["USUBJID", "RSSEQ", "SRCSEQ"], axis=1)
    return overall.assign(SRCDOM="ADRS", SRCVAR="ADT")


def _flags(responses: pd.DataFrame) -> pd.DataFrame:
    """Imputation flags of the dates that RFS and DOR start from."""
    eligible = stretch(responses)
    firsts = {"FRSPDTF": first_of(eligible, RESPONSE), "FCRDTF": first_of(eligible, COMPLETE)}
    return pd.DataFrame(
        {name: first.set_index("USUBJID")["ADTF"] for name, first in firsts.items()}
    )


def _beyond(sdtm: Path, treated: pd.DataFrame, disease: pd.DataFrame) -> Mapping[str, pd.Series]:
    """Whether anything dated after the cut-off was cut, by parameter (Q01)."""
    limit = treated["DCUTDT"]
    died = treated["DTHDT"] > limit
    alive = latest(contacts(sdtm)).reindex(treated.index) > limit
    seen = latest(examinations(sdtm)).reindex(treated.index) > limit
    event = disease.groupby("USUBJID")["ADT"].max().reindex(treated.index) > limit
    never = pd.Series(False, index=treated.index)
    return {"OS": died | alive, "RFS": died | alive, "EFS": died | seen | event, "DOR": never}


def events(main: str, treated: pd.DataFrame, disease: pd.DataFrame, failures: bool) -> pd.DataFrame:
    """The first event of each subject on or before the cut-off (adam.md 9, steps 1 to 3)."""
    start = treated[ENDPOINTS[main].start]
    died = treated[(treated["DTHDT"] <= treated["DCUTDT"]) & (treated["DTHDT"] >= start)]
    death = died[["USUBJID"]].assign(
        ADT=died["DTHDT"], ADTF=died["DTHDTF"], EVNTDESC="DEATH", rank=3,
        SRCDOM="ADSL", SRCVAR="DTHDT", SRCSEQ=np.nan,
    )  # fmt: skip
    found = (
        death if main == "OS" else pd.concat([_disease(main, treated, disease, failures), death])
    )
    first = found.sort_values(["USUBJID", "ADT", "rank"], kind="stable").groupby("USUBJID").head(1)
    return first.set_index("USUBJID")[EVENTS[1:]]


def _disease(
    main: str, treated: pd.DataFrame, disease: pd.DataFrame, failures: bool
) -> pd.DataFrame:
    """Relapse, progression and treatment failure that end a parameter (E08, E09, E11)."""
    facts = treated[["FCRDT", "FRSPDT", "EFSRULE", "TRTSDT", "DCUTDT"]].reset_index(names="USUBJID")
    own = disease[["USUBJID", "AVALC", "ADT", "ADTF", "SRCDOM", "SRCVAR", "SRCSEQ"]]
    records = own.merge(facts, on="USUBJID")
    records = records[records["ADT"] <= records["DCUTDT"]]
    origin = records["FCRDT"] if main == "RFS" else records["FRSPDT"]
    rule_a = records["EFSRULE"] == "A"
    if main == "EFS":
        origin = records["FCRDT"].where(rule_a, records["TRTSDT"])
    failed = records["AVALC"] == "TRTFAIL"
    counted = ~failed if main != "EFS" else ~failed | rule_a | failures
    remission = records["FCRDT"] <= records["ADT"]
    relapsed = (records["AVALC"] == "RELAPSE") | remission
    if main == "EFS":
        relapsed = rule_a
    names = ["TREATMENT FAILURE", "HEMATOLOGIC RELAPSE", "RELAPSE"]
    named = np.select([failed, main == "RFS", relapsed], names, "DISEASE PROGRESSION")
    records = records.assign(EVNTDESC=named, rank=failed.astype(int) + 1)
    return records[counted & (records["ADT"] > origin)][EVENTS]


def parameter(
    main: str,
    treated: pd.DataFrame,
    event: pd.DataFrame,
    beyond: pd.Series,
    interventions: Sequence[Intervention],
) -> pd.DataFrame:
    """Records of a parameter: event, intervention or end of follow-up (adam.md 9, 4 to 6)."""
    endpoint = ENDPOINTS[main]
    population = treated[treated[endpoint.start].notna()]
    start, cut = population[endpoint.start], beyond.reindex(population.index)
    event = event.reindex(population.index)
    end = _ending(endpoint, population, cut, main)
    censor = _intervention(interventions, start, event["ADT"], end["ADT"], population)
    happened = event["ADT"].notna() & censor["ADT"].isna()
    records = _instead(end, happened, event.assign(CNSR=0.0, CNSDTDSC=""))
    records = _instead(records, censor["ADT"].notna(), censor)
    flag = population.get(f"{endpoint.start}F", pd.Series("", index=population.index))
    return records.assign(
        USUBJID=population.index,
        EVNTDESC=records["EVNTDESC"].where(records["CNSR"] == 0, endpoint.ongoing),
        STARTDT=start,
        STARTDTF=flag.fillna(""),
        DURDAYS=(records["ADT"] - start).dt.days + 1,
        EFSRULE=population["EFSRULE"] if main == "EFS" else "",
    )


def _decided(
    index: pd.Index, date: "pd.Series | pd.Timestamp", code: "pd.Series | float", reason: object
) -> pd.DataFrame:
    """What may end the time of each subject, not from any record."""
    filled = {"ADT": date, "CNSR": code, "CNSDTDSC": reason, "SRCSEQ": np.nan}
    empty = dict.fromkeys(["ADTF", "EVNTDESC", "SRCDOM", "SRCVAR"], "")
    return pd.DataFrame(filled | empty, index=index)


def _instead(these: pd.DataFrame, mask: pd.Series, others: pd.DataFrame) -> pd.DataFrame:
    """The decisions with others in their place where the mask holds."""
    return pd.DataFrame({name: these[name].mask(mask, others[name]) for name in these})


def _ending(
    endpoint: Endpoint, population: pd.DataFrame, cut: pd.Series, main: str
) -> pd.DataFrame:
    """How follow-up ended without an event: CNSR 1, 2, 3, 4 or 8 (Q01 to Q03)."""
    start, last = population[endpoint.start], population[endpoint.end]
    left = population["left"] if main != "DOR" else pd.Series(np.nan, index=population.index)
    code = left.fillna(cut.map({True: CUT, False: 1.0}))
    at_cut = code == CUT
    date = last.mask(at_cut, population["DCUTDT"])
    none = ~(date > start)
    date, code = date.mask(none, start), code.mask(none, NO_FOLLOW_UP)
    reason = pd.Series(endpoint.ended, index=population.index)
    reason = reason.mask(at_cut, "DATA CUT-OFF").mask(none, "START DATE")
    ending = _decided(population.index, date, code, reason)
    recorded = ~(none | at_cut)  # the start and the cut-off are the date of no record
    return ending.assign(
        SRCDOM=recorded.map({True: "ADSL", False: ""}),
        SRCVAR=recorded.map({True: endpoint.end, False: ""}),
    )


def _intervention(
    interventions: Sequence[Intervention],
    start: pd.Series,
    event: pd.Series,
    end: pd.Series,
    population: pd.DataFrame,
) -> pd.DataFrame:
    """The first intervention before the event and not after follow-up (step 4, Q20)."""
    found = _decided(population.index, start.mask(start.notna()), np.nan, "")
    for one in interventions:
        date = population[one.date]
        before = (date < event) | event.isna()
        counts = (date >= start) & before & (date <= end) & ~(found["ADT"] <= date)
        decided = _decided(population.index, date, one.code, one.reason)
        decided = decided.assign(SRCDOM="ADSL", SRCVAR=one.date)
        if one.flag:
            decided = decided.assign(ADTF=population[one.flag])
        found = _instead(found, counts, decided)
    return found


def main() -> None:
    """Write the QC side of ADTTE."""
    folders = arguments(__doc__, "adsl", "adrs")
    responses = read(folders.adrs, "ADRS", ["USUBJID", "PARAMCD", "ASEQ", "SRCSEQ"])
    records = adtte(folders.sdtm, bds.subjects(folders.adsl), responses)
    write(records, ADTTE, folders.out, "ADTTE")


if __name__ == "__main__":
    main()
