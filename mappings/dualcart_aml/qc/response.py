"""Response assessments and what follows from them (endpoints.md 2.5, 2.10, 2.11)."""

from pathlib import Path

import pandas as pd

from dates import (
    ONE_DAY,
    after_infusion,
    complete,
    first_day,
    last_day,
    missing_part,
    not_after,
    not_before,
)
from transport import read

ELN = "ELN DOHNER AML 2022"
COMPLETE = ("CR", "CRh", "CRi")
RESPONSE = (*COMPLETE, "MLFS", "PR")
ENDS = ("PD", "RELAPSE", "TRTFAIL")  # the stretch of 2.11 ends with the first of these
ORDER = {  # 2.10: smaller is better
    name: number for number, name in enumerate([*RESPONSE, "NR", *ENDS, "NE", "MISSING"], start=1)
}
CATEGORY = {
    "MORPHOLOGIC LEUKEMIA-FREE STATE": "MLFS",
    "SD": "NR",
    "RELAPSED DISEASE": "RELAPSE",
    "TREATMENT FAILURE": "TRTFAIL",
}
RS = ["USUBJID", "RSSEQ", "RSCAT", "RSTESTCD", "RSSTRESC", "RSSTAT", "RSEVAL", "RSACPTFL",
      "VISITNUM", "VISIT", "RSDTC"]  # fmt: skip
SUBJECT = ["USUBJID", "TRTSDT", "TRTSDTM", "FASFL", "RSPCUTDT", "HSCTDT", "DCUTDT"]


def assessments(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Overall responses in the order of their dates, with AVALC, AVAL, ADT, ADTF and eligibility.

    ``counts`` marks what may count for anything: done, dated, accepted (Q05), after the infusion
    and not after the cut-off. ANL01FL and ANL02FL are those of 2.5, ``d`` the days of 2.1.
    """
    records = read(sdtm, "RS", RS)
    records = records[(records["RSCAT"] == ELN) & (records["RSTESTCD"] == "OVRLRESP")]
    records = records.merge(subjects[SUBJECT], on="USUBJID", how="left", validate="many_to_one")
    done = (records["RSSTAT"] == "") & (records["RSSTRESC"] != "")
    avalc = records["RSSTRESC"].replace(CATEGORY).where(done, "")
    records = records.assign(AVALC=avalc, AVAL=avalc.map(ORDER), done=done)
    records = _dated(records)
    records = records.assign(d=(records["ADT"] - records["TRTSDT"]).dt.days)
    return _flagged(records)


def _dated(records: pd.DataFrame) -> pd.DataFrame:
    """Date and sort the assessments; without its month a date is not used (2.7, Q11)."""
    part = missing_part(records["RSDTC"])
    known = records.assign(date=complete(records["RSDTC"])).dropna(subset="date")
    guessed = records[part == "D"]
    imputed = _imputed(guessed, known)
    adt = complete(records["RSDTC"]).fillna(imputed["date"].reindex(records.index))
    behind = imputed["behind"].reindex(records.index, fill_value=False)
    dated = records.assign(ADT=adt, ADTF=part.where(part == "D", ""), behind=behind)
    # Of one date the worse response decides, as it does for a window (2.4).
    order = ["USUBJID", "ADT", "behind", "AVAL", "RSSEQ"]
    falling = [True, True, True, False, True]
    return dated.sort_values(order, ascending=falling, kind="stable", ignore_index=True)


def _imputed(guessed: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Dates of assessments without a day, from the dated assessments around them (2.7, Q11).

    ``behind`` marks those that follow the assessment before them on its date (Q11).
    """
    first, last = first_day(guessed["RSDTC"]), last_day(guessed["RSDTC"])
    columns = ["USUBJID", "VISITNUM"]
    pairs = guessed.assign(record=guessed.index, first=first, last=last)
    pairs = pairs[[*columns, "record", "first", "last"]].merge(
        known[[*columns, "date", "AVALC"]], on="USUBJID", suffixes=("", "_of")
    )
    visit = pairs["VISITNUM_of"] - pairs["VISITNUM"]  # the visits tell the order where both do
    before = (visit < 0) | (visit.isna() & (pairs["date"] < pairs["first"]))
    behind = (visit > 0) | (visit.isna() & (pairs["date"] > pairs["last"]))
    evaluable = pairs["AVALC"].isin(set(ORDER) - {"NE"})
    earlier = pairs[evaluable & before].groupby("record")["date"].max()
    later = pairs[(pairs["AVALC"] != "") & behind].groupby("record")["date"].min()
    earlier = earlier.reindex(guessed.index)
    event = not_after(not_before(first, earlier + ONE_DAY), last)
    response = not_after(last, later.reindex(guessed.index) - ONE_DAY)
    response = not_after(response, guessed["DCUTDT"])
    date = event.where(guessed["AVALC"].isin(ENDS), response)
    return pd.DataFrame({"date": date, "behind": date == earlier})


def _flagged(records: pd.DataFrame) -> pd.DataFrame:
    chosen = records["RSACPTFL"] == "Y"
    decided = chosen.groupby([records["USUBJID"], records["RSDTC"]]).transform("any")
    accepted = chosen | ~decided  # Q05
    start = records["TRTSDTM"]
    imputed = (records["ADTF"] != "") & (records["ADT"] > records["TRTSDT"])
    later = after_infusion(records["RSDTC"], start) | imputed
    within = records["ADT"] <= records["DCUTDT"]
    counts = records["done"] & accepted & later & within & (records["FASFL"] == "Y")
    primary = counts & _on_or_before(records["ADT"], records["RSPCUTDT"])
    sensitive = primary & _on_or_before(records["ADT"], records["HSCTDT"])
    flags = {"ANL01FL": primary, "ANL02FL": sensitive}
    named = {name: flag.map({True: "Y", False: ""}) for name, flag in flags.items()}
    return records.assign(accepted=accepted, counts=counts, **named)


def _on_or_before(date: pd.Series, bound: pd.Series) -> pd.Series:
    return (date <= bound) | bound.isna()


def stretch(records: pd.DataFrame, flag: str = "ANL01FL") -> pd.DataFrame:
    """Eligible assessments up to and including the first PD, RELAPSE or TRTFAIL (2.11)."""
    eligible = records[records[flag] == "Y"]
    ends = eligible["AVALC"].isin(ENDS).astype(int)
    ended_before = ends.groupby(eligible["USUBJID"]).cumsum() - ends
    return eligible[ended_before == 0]


def best(eligible: pd.DataFrame) -> pd.DataFrame:
    """The best assessment of each subject, the earliest of equals (2.11), of one date the last."""
    order, rising = ["USUBJID", "AVAL", "ADT", "RSSEQ"], [True, True, True, False]
    ranked = eligible.sort_values(order, ascending=rising, kind="stable")
    return ranked.groupby("USUBJID").head(1)


def first_of(records: pd.DataFrame, values: tuple[str, ...]) -> pd.DataFrame:
    """The first assessment of each subject that has one of some values."""
    return _by_date(records[records["AVALC"].isin(values)]).groupby("USUBJID").head(1)


def last_evaluable(records: pd.DataFrame) -> pd.DataFrame:
    """The last evaluable assessment of each subject on or before the cut-off (adam.md 7)."""
    evaluable = records[records["counts"] & (records["AVALC"] != "NE")]
    return _by_date(evaluable).groupby("USUBJID").tail(1)


def _by_date(records: pd.DataFrame) -> pd.DataFrame:
    return records.sort_values(["USUBJID", "ADT", "behind", "RSSEQ"], kind="stable")
