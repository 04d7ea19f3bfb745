"""OVRELN: the overall response that the ELN 2022 criteria give each marrow (endpoints.md 2.12)."""

from pathlib import Path

import numpy as np
import pandas as pd

from dates import after_infusion, complete, moment
from response import COMPLETE, ELN, ORDER
from transport import qualified, read

NEAR = 7  # days between a marrow and the blood counts that go with it
SEPARATE = 7  # days between two samples with blasts that make a relapse
TRANSFUSED = 7  # days after a transfusion in which platelets are not the marrow's own
LB = ["USUBJID", "LBSEQ", "LBTESTCD", "LBSPEC", "LBSTRESC", "LBSTRESN", "LBSTAT", "LBDTC"]


def records(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """One record per marrow aspirate after the infusion."""
    laboratory = _laboratory(sdtm)
    marrows = _marrows(sdtm, laboratory, subjects)
    blood = laboratory[laboratory["LBSPEC"] == "BLOOD"]
    circulating = _circulating(blood)
    counts = {
        "anc": _neutrophils(blood),
        "plt": _untransfused(sdtm, blood[blood["LBTESTCD"] == "PLAT"]),
        "pb": blood[blood["LBTESTCD"] == "BLASTLE"],
        "circulating": circulating,
    }
    for name, samples in counts.items():
        marrows = marrows.assign(**{name: _nearest(marrows, samples)})
    marrows = marrows.assign(base_circulating=_baseline(circulating, marrows))
    settled = _with_relapses(marrows, counts["pb"])
    return settled.assign(
        PARAMCD="OVRELN",
        accepted=True,
        AVAL=settled["AVALC"].map(ORDER),
        d=(settled["ADT"] - settled["TRTSDT"]).dt.days,
        SRCDOM="LB",
        SRCVAR="LBSTRESC",
        SRCSEQ=settled["LBSEQ"],
    )


def _laboratory(sdtm: Path) -> pd.DataFrame:
    """Results with date and value; marrow blasts below a limit count as it (adam.md 6)."""
    tests = read(sdtm, "LB", LB)
    limit = pd.to_numeric(tests["LBSTRESC"].str.extract(r"^<(.+)", expand=False), errors="coerce")
    aspirate = tests["LBTESTCD"] == "BLASTCE"
    return tests.assign(
        value=tests["LBSTRESN"].mask(aspirate & limit.notna(), limit),
        date=complete(tests["LBDTC"]),
        moment=moment(tests["LBDTC"]),
    )


def _marrows(sdtm: Path, tests: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Marrow aspirates after the infusion, in order, with what was seen at them."""
    aspirates = tests[tests["LBTESTCD"] == "BLASTCE"]
    aspirates = qualified(aspirates, sdtm, "LB", "LBBMQUAL")
    start = ["USUBJID", "TRTSDT", "TRTSDTM", "BMBLBL"]
    aspirates = aspirates.merge(subjects[start], on="USUBJID", validate="many_to_one")
    aspirates = aspirates[after_infusion(aspirates["LBDTC"], aspirates["TRTSDTM"])]
    aspirates = aspirates.sort_values(["USUBJID", "moment", "LBSEQ"], ignore_index=True)
    auer = tests[(tests["LBTESTCD"] == "AUERRODS") & (tests["LBSTRESC"] == "PRESENT")]
    cells = tests[tests["LBTESTCD"] == "CELLS"]
    tissue = read(sdtm, "MI", ["USUBJID", "MITESTCD", "MISTRESN", "MIDTC"])
    tissue = tissue[tissue["MITESTCD"] == "CELLULAR"].assign(
        date=lambda rows: complete(rows["MIDTC"]), value=lambda rows: rows["MISTRESN"]
    )
    status = read(sdtm, "RS", ["USUBJID", "RSCAT", "RSTESTCD", "RSSTRESC", "RSDTC"])
    status = status[(status["RSCAT"] == ELN) & (status["RSTESTCD"] == "EMDRESP")]
    status = status.assign(date=complete(status["RSDTC"]))
    return aspirates.assign(
        auer=_same_day(aspirates, auer.assign(value=1.0)).notna(),
        counted=_same_day(aspirates, cells),
        cellularity=_same_day(aspirates, tissue),
        disease=_same_day(
            aspirates, status[status["RSSTRESC"].isin(["SD", "PD"])].assign(value=1.0)
        ).notna(),
        new_disease=_same_day(
            aspirates, status[status["RSSTRESC"] == "PD"].assign(value=1.0)
        ).notna(),
    )


def _same_day(marrows: pd.DataFrame, records: pd.DataFrame) -> pd.Series:
    """The largest value of the subject's records on the day of each marrow."""
    values = records.dropna(subset=["date", "value"]).groupby(["USUBJID", "date"])["value"].max()
    keys = pd.MultiIndex.from_frame(marrows[["USUBJID", "date"]])
    return pd.Series(values.reindex(keys).to_numpy(dtype=float), index=marrows.index)


def _neutrophils(blood: pd.DataFrame) -> pd.DataFrame:
    """Neutrophil counts, worked out from leukocytes and percent where not reported (adam.md 6)."""
    return _with_product(blood, "NEUT", "NEUTLE")


def _circulating(blood: pd.DataFrame) -> pd.DataFrame:
    """Circulating blasts in 10^9/L, from leukocytes and percent."""
    return _with_product(blood, "BLAST", "BLASTLE")


def _with_product(blood: pd.DataFrame, count: str, percent: str) -> pd.DataFrame:
    """Reported counts, and products of leukocytes and percent of the samples without one."""
    keys = ["USUBJID", "moment"]
    tests = {
        code: blood[blood["LBTESTCD"] == code].dropna(subset="value")
        for code in (count, percent, "WBC")
    }
    pairs = tests[percent].merge(tests["WBC"][[*keys, "value"]], on=keys, suffixes=("", "_wbc"))
    product = pairs.assign(value=pairs["value"] * pairs["value_wbc"] / 100)
    reported = pd.MultiIndex.from_frame(tests[count][keys])
    missing = ~pd.MultiIndex.from_frame(product[keys]).isin(reported)
    return pd.concat([tests[count], product[missing]])


def _untransfused(sdtm: Path, platelets: pd.DataFrame) -> pd.DataFrame:
    """Platelets that were not counted within a week after a transfusion."""
    given = read(sdtm, "PR", ["USUBJID", "PRDECOD", "PRSTDTC"])
    given = given[given["PRDECOD"] == "PLATELET TRANSFUSION"]
    given = given.assign(given=complete(given["PRSTDTC"]))[["USUBJID", "given"]]
    pairs = platelets[["USUBJID", "LBSEQ", "date"]].merge(given, on="USUBJID")
    supported = pairs[(pairs["date"] - pairs["given"]).dt.days.between(0, TRANSFUSED)]
    keys = ["USUBJID", "LBSEQ"]
    marked = pd.MultiIndex.from_frame(platelets[keys]).isin(
        pd.MultiIndex.from_frame(supported[keys])
    )
    return platelets[~marked]


def _nearest(marrows: pd.DataFrame, samples: pd.DataFrame) -> pd.Series:
    """The value nearest to each marrow within a week, the later of two equally near ones."""
    values = samples.dropna(subset=["date", "value"])[
        ["USUBJID", "date", "moment", "LBSEQ", "value"]
    ]
    pairs = (
        marrows[["USUBJID", "date"]]
        .reset_index()
        .merge(values.rename(columns={"date": "sampled", "value": "found"}), on="USUBJID")
    )
    apart = (pairs["sampled"] - pairs["date"]).dt.days.abs()
    near = pairs.assign(apart=apart)[apart <= NEAR].sort_values(
        ["index", "apart", "moment", "LBSEQ"], ascending=[True, True, False, False]
    )
    return near.groupby("index")["found"].first().reindex(marrows.index)


def _baseline(samples: pd.DataFrame, marrows: pd.DataFrame) -> pd.Series:
    """The last value of each subject before the infusion, for each of its marrows."""
    start = marrows.groupby("USUBJID")["TRTSDTM"].first()
    before = samples[samples["moment"] < samples["USUBJID"].map(start)]
    last = before.sort_values(["USUBJID", "moment", "LBSEQ"]).groupby("USUBJID")["value"].last()
    return marrows["USUBJID"].map(last)


def _steps(marrow: pd.DataFrame) -> pd.Series:
    """Steps 2 to 6 of 2.12, in order: what a marrow is if no remission came before it."""
    blasts, base = marrow["value"], marrow["BMBLBL"]
    anc, plt = marrow["anc"], marrow["plt"]
    unusable = blasts.isna() | marrow["LBBMQUAL"].isin(["DRY TAP", "HEMODILUTE"])
    clear = (blasts < 5) & ~marrow["auer"] & ~(marrow["pb"] > 0) & ~marrow["disease"]
    cellular = (marrow["counted"] >= 200) | (marrow["cellularity"] >= 10)
    rise = marrow["circulating"] > 1.5 * marrow["base_circulating"]
    outside = ((marrow["circulating"] > 25) & rise) | marrow["new_disease"]
    recovered = (anc >= 1.0) & (plt >= 100)
    halved = (blasts <= base / 2) & blasts.between(5, 25) & recovered
    grown = (blasts > 1.5 * base) & ((base >= 30) | (blasts - base >= 15))
    steps = [
        (unusable & outside, "PD"),
        (unusable, "NE"),
        (clear & (anc.isna() | plt.isna()), "NE"),
        (clear & recovered, "CR"),
        (clear & (anc >= 0.5) & (plt >= 50), "CRh"),
        (clear & ((anc >= 1.0) | (plt >= 100)), "CRi"),
        (clear & cellular, "MLFS"),
        (clear, "NE"),
        (halved, "PR"),
        (grown | outside, "PD"),
    ]
    named = np.select([step for step, _ in steps], [value for _, value in steps], "NR")
    return pd.Series(named, index=marrow.index)


def _with_relapses(marrows: pd.DataFrame, blasts: pd.DataFrame) -> pd.DataFrame:
    """AVALC and ADT with step 1 of 2.12, which asks for the marrows before.

    So the first marrow of every subject is settled, then the second one, and so on. A relapse ends
    the remission that was known; blasts in blood count from the day after it began.
    """
    turn = marrows.groupby("USUBJID").cumcount()
    returned = (marrows["value"] >= 5) | marrows["new_disease"]
    since = pd.Series(pd.NaT, index=marrows["USUBJID"].unique(), dtype=marrows["date"].dtype)
    settled = marrows.assign(AVALC=_steps(marrows), ADT=marrows["date"])
    for _, now in settled.groupby(turn):
        begun = now["USUBJID"].map(since)
        first, last = _seen_in_blood(now.assign(begun=begun), blasts)
        in_blood = (last - first).dt.days >= SEPARATE
        relapse = begun.notna() & (returned.reindex(now.index) | in_blood)
        settled.loc[relapse[relapse].index, "AVALC"] = "RELAPSE"
        dated = relapse & in_blood
        settled.loc[dated[dated].index, "ADT"] = first[dated]
        remission = ~relapse & begun.isna() & now["AVALC"].isin(COMPLETE)
        since[now.loc[relapse, "USUBJID"]] = pd.NaT
        since[now.loc[remission, "USUBJID"]] = now.loc[remission, "date"].to_numpy()
    return settled


def _seen_in_blood(marrows: pd.DataFrame, blasts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """First and last day with circulating blasts between the remission and each marrow."""
    seen = blasts.loc[blasts["value"] > 0, ["USUBJID", "date"]].rename(columns={"date": "seen"})
    pairs = marrows[["USUBJID", "begun", "date"]].reset_index().merge(seen, on="USUBJID")
    inside = pairs[(pairs["seen"] > pairs["begun"]) & (pairs["seen"] <= pairs["date"])]
    days = inside.groupby("index")["seen"]
    return days.min().reindex(marrows.index), days.max().reindex(marrows.index)
