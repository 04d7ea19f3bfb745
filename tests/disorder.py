"""A simulated cohort whose courses and dates are disturbed, so that rare rules apply to somebody.

The simulator's subjects are clinically coherent; few have a transplant, a second infusion, a date
without a day or two readings of one date. Here a quarter of them do. The same seed gives the same
disorder.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

HEADER = {"STUDY": "DUALCART-AML", "SITE": "01", "UPDTS": "2025-09-30T10:00:00"}
ENCODINGS = {"cm": "windows-1252"}


class Disorder:
    """Raw forms of a folder that are read, disturbed and written back."""

    def __init__(self, raw: Path, seed: int) -> None:
        self.raw = raw
        self.random = np.random.default_rng(seed)
        given = self.form("inf")
        given = given[given["INFYN"].str.lower() == "yes"]
        by_subject = given.assign(number=number(given["SUBJ"])).groupby("number")
        self.first = by_subject.head(1).set_index(number(by_subject.head(1)["SUBJ"]))
        self.start = day(self.first["INFSTDAT"])

    def form(self, name: str) -> pd.DataFrame:
        encoding = ENCODINGS.get(name, "utf-8-sig")
        path = self.raw / f"{name}.csv"
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)

    def write(self, name: str, form: pd.DataFrame) -> None:
        encoding = ENCODINGS.get(name, "utf-8")
        form.to_csv(self.raw / f"{name}.csv", index=False, encoding=encoding)

    def add(self, name: str, rows: Iterable[dict[str, str]]) -> None:
        """More rows of a form, with record numbers of their own."""
        form = self.form(name)
        first = form["RECID"].astype(int).max() + 50000
        more = pd.DataFrame(
            [{**row, **HEADER, "RECID": str(first + place)} for place, row in enumerate(rows)]
        )
        whole = pd.concat([form, more.reindex(columns=form.columns)], ignore_index=True)
        self.write(name, whole.fillna(""))

    def hits(self, size: int, share: float) -> np.ndarray:
        return self.random.random(size) < share

    def some(self, share: float) -> list[str]:
        """Numbers of some infused subjects."""
        return list(self.start.index[self.hits(len(self.start), share)])

    def later(self, subject: str, low: int, high: int) -> str:
        """A date some days after the first infusion of a subject."""
        days = int(self.random.integers(low, high))
        return f"{self.start[subject] + pd.Timedelta(days=days):%Y-%m-%d}"

    def partial(self, texts: pd.Series, month: float, year: float) -> pd.Series:
        """Date texts, some known to the month and some to the year only."""
        dates, chance = day(texts), self.random.random(len(texts))
        to_month = "UN " + dates.dt.strftime("%b %Y").str.upper()
        to_year = "UN-UNK-" + dates.dt.strftime("%Y")
        known = dates.notna()
        return texts.mask(known & (chance < month), to_month).mask(
            known & (chance >= month) & (chance < month + year), to_year
        )

    def partly(self, text: str, month: float = 0.3, year: float = 0.1) -> str:
        return self.partial(pd.Series([text]), month, year)[0]


def number(subjects: pd.Series) -> pd.Series:
    return subjects.str.extract(r"(\d{1,3})$", expand=False).str.zfill(3)


def day(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts, format="mixed", errors="coerce")


def disturb(raw: Path, seed: int) -> None:
    """Disturb the raw forms of a simulated cohort."""
    disorder = Disorder(raw, seed)
    for change in (infusions, responses, interventions, ends, toxicity, samples):
        change(disorder)


def infusions(disorder: Disorder) -> None:
    """Second infusions, each after a lymphodepletion of its own."""
    again, depletion = [], []
    for subject in disorder.some(0.2):
        row, date = disorder.first.loc[subject].to_dict(), disorder.later(subject, 10, 250)
        dates = dict.fromkeys(["INFSTDAT", "INFENDAT", "VISDAT"], date)
        again.append({**row, **dates, "INFNO": "2", "VISIT": "UNS", "BAGLOT": f"{row['BAGLOT']}X"})
        dose = {"LDDRUG": "Fludarabine", "LDDOSE": "30", "LDUNIT": "mg/m2", "VISIT": "UNS"}
        before = f"{pd.Timestamp(date) - pd.Timedelta(days=4):%Y-%m-%d}"
        depletion.append({**dose, "SUBJ": row["SUBJ"], "LDDAT": before})
    disorder.add("inf", again)
    disorder.add("ld", depletion)


def responses(disorder: Disorder) -> None:
    """Other responses, days not known, and second readings, accepted or not."""
    form, random = disorder.form("resp"), disorder.random
    other = random.choice(["NE", "PD", "Treatment failure", "PR", "Relapse"], len(form))
    form["RESP"] = form["RESP"].mask(disorder.hits(len(form), 0.18), pd.Series(other))
    undone = disorder.hits(len(form), 0.03)
    form.loc[undone, ["RSND", "RESP", "RSREAS"]] = ["Y", "", "declined"]
    form = form.assign(CONFFL="", RSDAT=disorder.partial(form["RSDAT"], 0.1, 0.03))
    second = form[disorder.hits(len(form), 0.15) & ~undone]
    said = random.choice(["CR", "CRi", "MLFS", "PD", "NR", "NE"], len(second))
    second = second.assign(RESP=said, CONFFL=random.choice(["Y", ""], len(second)))
    disorder.write("resp", form)
    disorder.add("resp", second.to_dict("records"))


def interventions(disorder: Disorder) -> None:
    """Transplants, lymphocytes and drugs around and after the infusion."""
    subjects, random = disorder.first["SUBJ"], disorder.random
    procedures, drugs = [], []
    for share, names, low in ((0.3, ["allo-HSCT", "Haplo SCT"], -20), (0.15, ["DLI"], 1)):
        procedures += [
            {
                "SUBJ": subjects[one],
                "PRTRT": str(random.choice(names)),
                "PRSTDAT": disorder.partly(disorder.later(one, low, 400)),
            }
            for one in disorder.some(share)
        ]
    for one in disorder.some(0.35):
        kind = random.choice(["subsequent AML tx", "subsequent AML tx", "conditioning", "other"])
        began = disorder.partly(disorder.later(one, -30, 420))
        drug = {"CMTRT": "Venetoclax", "CMINDC": "AML", "CMCATR": str(kind)}
        drugs.append({**drug, "SUBJ": subjects[one], "CMSTDAT": began})
    disorder.add("proc", procedures)
    disorder.add("cm", drugs)


def ends(disorder: Disorder) -> None:
    """Deaths of unknown day, withdrawals, contacts on either side of the cut-off."""
    subjects, random = disorder.first["SUBJ"], disorder.random
    deaths = disorder.form("death")
    dated = disorder.partial(deaths["DTHDAT"], 0.35, 0.12)
    unknown = disorder.hits(len(deaths), 0.07)
    disorder.write("death", deaths.assign(DTHDAT=dated.mask(unknown, "UNK")))
    ended = set(number(disorder.form("eos")["SUBJ"]))
    status = ["Withdrew consent", "Lost to f/u", "Completed"]
    disorder.add("eos", [
        {
            "SUBJ": subjects[one],
            "ENDDAT": disorder.partly(disorder.later(one, 1, 600), 0.2, 0.05),
            "STATUS": str(random.choice(status)),
        }
        for one in disorder.some(0.5)
        if one not in ended
    ])  # fmt: skip
    disorder.add("surv", [
        {
            "SUBJ": subjects[one],
            "SVSTAT": str(random.choice(["Alive", "Unknown"])),
            "CONTDAT": disorder.partly(disorder.later(one, 0, 600), 0.15, 0.03),
            "CONTMODE": str(random.choice(["phone", "clinic", ""])),
        }
        for one in disorder.some(0.4)
    ])  # fmt: skip
    disorder.add("visitlog", [
        {
            "SUBJ": subjects[one],
            "VISIT": "UNS",
            "VISDAT": disorder.later(one, 5, 620),
            "VISYN": "Y",
            "CONTMODE": str(random.choice(["phone", "clinic", ""])),
        }
        for one in disorder.some(0.3)
    ])  # fmt: skip


def toxicity(disorder: Disorder) -> None:
    """Events of unknown onset, more of them dose-limiting, some judged by the committee."""
    events, random = disorder.form("ae"), disorder.random
    began = disorder.partial(events["AESTDAT"], 0.15, 0.05)
    began = began.mask(disorder.hits(len(events), 0.03), "")
    judged = events["AEDLT"].mask(disorder.hits(len(events), 0.1), "Y")
    events = events.assign(AESTDAT=began, AEDLT=judged)
    disorder.write("ae", events)
    copied = events[disorder.hits(len(events), 0.15)]
    terms = random.choice(["Seizure", "Cytokine release syndrome", "ICANS"], len(copied))
    grade = random.choice(list("12345"), len(copied))
    fatal = grade == "5"
    more = copied.assign(
        AETERM=terms,
        AEGR=grade,
        AESER="Y",
        AENO=[str(500 + place) for place in range(len(copied))],
        AEOUT=np.where(fatal, "fatal", "Resolved"),
        AESDTH=np.where(fatal, "Y", "N"),
    )
    disorder.add("ae", more.to_dict("records"))
    reviewed = events[disorder.hits(len(events), 0.05)].drop_duplicates(["SUBJ", "AENO"])
    decided = random.choice(["Y", "N"], len(reviewed))
    reviewed = reviewed.assign(DLTDEC=decided, DECDAT="2025-06-01")
    disorder.add("dltrev", reviewed[["SUBJ", "AENO", "DLTDEC", "DECDAT"]].to_dict("records"))


def samples(disorder: Disorder) -> None:
    """Subjects without some kinds of samples, leukaphereses that failed, dates before the study."""
    for name in ("gen", "kin", "kinf", "ada", "rcl", "vis", "tox"):
        form = disorder.form(name)
        subject = number(form["SUBJ" if "SUBJ" in form else "SUBJ_ID"])
        disorder.write(name, form[~subject.isin(disorder.some(0.3))])
    collected = disorder.form("aph")
    failed = disorder.hits(len(collected), 0.2)
    disorder.write("aph", collected.assign(APHOK=collected["APHOK"].mask(failed, "N")))
    status = disorder.form("ecog")
    dated = disorder.partial(status["ECDAT"], 0.1, 0)
    disorder.write("ecog", status.assign(ECDAT=dated))
    leukaemia = disorder.form("dxh")
    dates = {name: disorder.partial(leukaemia[name], 0.3, 0.2) for name in ("DXDAT", "PRHSCTDAT")}
    disorder.write("dxh", leukaemia.assign(**dates))
