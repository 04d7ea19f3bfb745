"""The forms: their columns, the header of a page, keys of the vendors, entry errors."""

from collections.abc import Mapping, Sequence

import numpy as np
from simulate_course import Course
from simulate_people import CUTOFF
from simulate_text import FAR, Array, Scribe, Table, either, iso_dates, rendered, rows_of, taken

STUDY = "DUALCART-AML"
HEADER = ("STUDY", "SITE", "SUBJ", "VISIT", "VISDAT", "RECID", "UPDTS", "DELFL")

ENTERED: Mapping[str, str] = {
    "enr": "ICDAT ICTIM SCRNO PREVSCRNO ENRYN ENRDAT SFREAS DOSELVL",
    "dem": "BRTHDAT AGE SEX RACE RACEOTH ETHNIC",
    "elig": "IECRIT IEYN",
    "dxh": "DXDAT AMLTYPE FAB RSTATUS NRELAPSE REL1DAT REL2DAT REL3DAT PRHSCT PRHSCTDAT EMDSITE",
    "mh": "MHTERM MHSTDAT MHENDAT MHONGO",
    "gen": "GDAT MARKER GRES VAF GMETH",
    "aph": "APHDAT APHTIM APHOK APHVOL",
    "ld": "LDDRUG LDDOSE LDUNIT LDDAT LDTIM",
    "inf": "INFNO PLANDOSE PLANUNIT INFSTDAT INFSTTIM INFENDAT INFENTIM BAGLOT WT CARPOS VIAB"
    " INFYN INFREAS",
    "vs": "VSDAT VSTIM TEMP TEMPU SBP DBP HR RR SPO2 O2DEV O2FLOW WT WTU HT HTU VSND",
    "lab": "LBDAT LBTIM PANEL LABTEST LABRES LABU LOREF HIREF LABSPEC LABID LABND LABNDR",
    "bma": "BMDAT BMTIM BMND BMREAS BMQUAL BLASTPCT NCELLS AUER CELLTY",
    "bmb": "BXDAT CELLPCT BXBLAST",
    "resp": "RSDAT RSND RSREAS RESP MRDCONC EMDR CONFFL",
    "ae": "AETERM AESTDAT AESTTIM AEENDAT AEENTIM AEONGO AEGR AESER AESDTH AESLIFE AESHOSP AESDIS"
    " AESCONG AESMI AEREL AERELLD AEACN AEOUT AEDLT AECONTR AENO",
    "tox": "TOXTYPE TOXDAT AENO FEVER TMAX HYPOT HYPOX ICE CONSC SEIZ MOTOR EDEMA ASTCTGR",
    "cm": "CMTRT CMCATR CMINDC CMSTDAT CMENDAT CMONGO CMDOSE CMUNIT CMROUTE CMFREQ PRIORLINE",
    "proc": "PRTRT PRSTDAT PRENDAT PRINDC DONOR",
    "ecog": "ECDAT ECOGPS",
    "surv": "SVSTAT CONTDAT CONTMODE NEWTX NEWTXDAT HSCTYN HSCTDAT",
    "death": "DTHDAT DTHCAUSE DTHREL AUTOPSY",
    "eot": "ENDDAT STATUS STATTXT",
    "eos": "ENDDAT STATUS STATTXT",
    "visitlog": "VISYN CONTMODE MISSREAS",
    "dltrev": "AENO DLTDEC DECDAT",
}
SENT: Mapping[str, str] = {
    "cyto": "SITE_SUBJ VISIT COLL_DTTM ACCN IL2 IL6 IL8 IL10 IL15 IFNG TNFA GMCSF MCP1 SIL2RA"
    " UNITS",
    "flow": "SUBJECT VISIT COLLDT SPEC NUCL_EVENTS LAIP_EVENTS MRDPCT LLOD PHENO INTERP",
    "mol": "SUBJECT COLLDT SPEC TARGET REFGENE COPIES_T COPIES_R RATIO",
    "kin": "SUBJ_ID NOMTIME COLLDTTM MATRIX CP_UG LLOQ UNIT RUN",
    "kinf": "SUBJ_ID NOMTIME COLLDTTM MATRIX CART_UL CART_PCT CD3_UL LLOQ_UL LLOQ_PCT",
    "ada": "SUBJ_ID VISIT COLLDT TIER RESULT",
    "rcl": "SUBJ_ID VISIT COLLDT SPEC RESULT CPML LOD",
    "vis": "SUBJ_ID VISIT COLLDT SPEC NOSITES CHR POS STRAND NEARGENE FRAGCNT RELAB CANCERGENE",
}

UNPLANNED = 0
LABELS: tuple[tuple[str, ...], ...] = (
    ("UNS", "Unscheduled", ""),
    ("SCREENING", "Screening"),
    ("LEUKAPHERESIS",),
    ("LYMPHODEPLETION",),
    ("D0", "Day 0"),
    ("D4", "Day 4", "Day04"),
    *((f"D{day}", f"Day {day}") for day in (7, 10, 14, 21)),
    ("D28", "Day 28", "M1", "Month 1", "1 month"),
    *((f"M{month}", f"Month {month}") for month in (2, 3, 6, 9, 12, 18)),
)
NOMINAL = np.array(["UNS", "SCREENING", "", "", *(label[0] for label in LABELS[4:])], dtype=object)
"""Visit as a vendor writes it, by visit number."""


def columns_of(form: str) -> tuple[str, ...]:
    """Columns of a form in the order of its file."""
    if form in SENT:
        return tuple(SENT[form].split())
    return (*HEADER, *ENTERED[form].split())


def _subject(code: int) -> str:
    """Subject as written, of (site * 1000 + number) * 8 + style."""
    style, person = code % 8, code // 8
    site, number = divmod(person, 1000)
    return (
        f"{number:03d}",
        f"{number}",
        f"{site:02d}-{number:03d}",
        f"S{site:02d}-{number:03d}",
        f"{STUDY}-{site:02d}-{number:03d}",
    )[style]


def _site(code: int) -> str:
    """Site as written, of site * 4 + style."""
    site, style = divmod(code, 4)
    return (f"{site:02d}", f"{site}", f"S{site:02d}", f"Site {site:02d}")[style]


def stamps(scribe: Scribe, days: Array) -> Array:
    """Moment of data entry, from the same day to some days later, never after the cut-off."""
    size = len(days)
    entered = np.minimum(days + scribe.rng.geometric(0.35, size) - 1, CUTOFF)
    second = scribe.rng.integers(8 * 3600, 19 * 3600, size)
    time = rendered(second, lambda s: f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}")
    return iso_dates(entered) + time


def page(
    known: Course,
    scribe: Scribe,
    who: Array,
    days: Array,
    visit: Array | int | None = None,
    number: Array | None = None,
) -> Table:
    """Header of one page for each person and day; without a visit the label stays empty.

    ``number`` replaces the subject number, for the first attempt of a re-screened person.
    """
    size, persons = len(who), known.people
    used = persons.number[who] if number is None else number
    person = (persons.site[who] * 1000 + used) * 8
    style = np.where(scribe.slips(size, 0.3), scribe.rng.integers(0, 5, size), 0)
    site = np.where(scribe.slips(size, 0.3), scribe.rng.integers(0, 4, size), 0)
    label: Array | str = ""
    if visit is not None:
        label = scribe.spelled(np.broadcast_to(visit, size), LABELS)
    return {
        "STUDY": STUDY,
        "SITE": rendered(persons.site[who] * 4 + site, _site),
        "SUBJ": rendered(person + style, _subject),
        "VISIT": label,
        "VISDAT": scribe.dates(days),
        "UPDTS": stamps(scribe, days),
        "DELFL": "",
    }


def vendor_key(known: Course, who: Array, style: str) -> Array:
    """Subject as a vendor writes it: ``dash`` 01-001, ``joined`` DUALCART01001, ``bare`` 001.

    A bare number says nothing where there are several sites; the vendor then writes 01-001.
    """
    persons = known.people
    person = persons.site[who] * 1000 + persons.number[who]
    if style == "joined":
        return rendered(person, lambda code: f"DUALCART{code // 1000:02d}{code % 1000:03d}")
    if style == "bare" and persons.sites == 1:
        return rendered(person, lambda code: f"{code % 1000:03d}")
    return rendered(person, lambda code: f"{code // 1000:02d}-{code % 1000:03d}")


def attended_visits(
    known: Course, block: Array, visits: Sequence[int]
) -> tuple[Array, Array, Array]:
    """Person, visit number and day of the visits of these numbers that took place."""
    chosen = np.array(visits)
    row, column = np.nonzero(known.attended[np.ix_(block, chosen)])
    who, visit = block[row], chosen[column]
    return who, visit, known.visits[who, visit]


def in_follow_up(known: Course, who: Array, days: Array) -> Array:
    """Mask of the days on which a person can be examined."""
    return (days < known.outcome.end[who]) & (days < FAR)


def transposed(text: str) -> str:
    """Number with its first two figures in the wrong order; other text as it is."""
    plain = text.replace(".", "", 1)
    if not plain.isdigit() or len(plain) < 2:
        return text
    places = [place for place, sign in enumerate(text) if sign.isdigit()][:2]
    signs = list(text)
    signs[places[0]], signs[places[1]] = signs[places[1]], signs[places[0]]
    return "".join(signs)


CORRECTED: Mapping[str, str] = {"lab": "LABRES", "vs": "HR"}
REPEATED = ("lab", "vs", "ae", "mh", "cm", "tox", "ecog", "resp", "bma")


def entered_twice(table: Table, form: str, scribe: Scribe) -> Table:
    """Rows with copies among them: exact duplicates, corrections re-entered, deleted records.

    A correction keeps the true value with a later time of entry; the first entry has the slip.
    """
    size = rows_of(table)
    if size == 0:
        return table
    twice = np.flatnonzero(scribe.slips(size, 0.003 if form in REPEATED else 0.0))
    deleted = np.flatnonzero(scribe.slips(size, 0.002))
    corrected = np.flatnonzero(scribe.slips(size, 0.001 if form in CORRECTED else 0.0))
    rows = np.concatenate([np.arange(size), twice, deleted, corrected])
    kind = np.repeat([0, 1, 2, 3], [size, len(twice), len(deleted), len(corrected)])
    order = np.argsort(rows, kind="stable")
    made, kind, rows = taken(table, rows[order]), kind[order], rows[order]
    made["DELFL"] = either(kind == 2, "Y")
    if form in CORRECTED and len(corrected):
        name = CORRECTED[form]
        first = (kind == 0) & np.isin(rows, corrected)
        made[name][first] = [transposed(text) for text in made[name][first]]
        again = kind == 3
        made["UPDTS"][again] = [f"{text[:10]}T20:{text[14:]}" for text in made["UPDTS"][again]]
    return made
