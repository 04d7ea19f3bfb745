"""Adverse events, the day sheets of CRS and ICANS, and the committee's review of toxicity."""

import numpy as np
from simulate_course import Course
from simulate_forms import page
from simulate_laboratory import visit_of
from simulate_people import CUTOFF
from simulate_terms import CRS, EVENTS, ICANS
from simulate_text import FAR, Array, Scribe, Table, either, numbers, rendered, taken

RELATIONS = (
    ("Not related",),
    ("Unlikely",),
    ("Possible", "possible"),
    ("Probably",),
    ("Definitely",),
)
CONSCIOUSNESS = (
    "normal",
    "awakens spontaneously",
    "to voice",
    "to tactile stimulus",
    "unarousable",
)
ROMAN = ("I", "II", "III", "IV", "V")
GRADES = tuple((f"{n}", f"Grade {n}", f"G{n}", roman) for n, roman in enumerate(ROMAN, start=1))


def _background(known: Course, block: Array, rng: np.random.Generator) -> tuple[Array, ...]:
    """Person, event, first day, last day and grade of what is neither CRS nor ICANS."""
    given = known.treatment
    chance = np.array([event.chance for event in EVENTS])
    share = np.where(given.infused[block], 1.0, 0.12 * (given.depletion[block] < FAR))
    row, event = np.nonzero(rng.random((len(block), len(EVENTS))) < share[:, None] * chance)
    who = block[row]
    onset = np.array([each.onset for each in EVENTS])[event]
    wait = np.where(
        onset > 3, rng.gamma(2.0, np.maximum(onset, 1) / 2), onset + rng.integers(0, 4, len(who))
    )
    infusion = given.anchor[who] + np.where(given.infused[who], 0, -4)
    start = infusion + np.where(onset == 0, 0, wait).astype("int64")
    lasting = np.array([each.lasting for each in EVENTS])[event]
    end = start + np.rint(rng.gamma(2.0, lasting / 2)).astype("int64")
    shares = np.cumsum([each.grades for each in EVENTS], axis=1)
    grade = 1 + (rng.random((len(who), 1)) > shares[event][:, :3]).sum(axis=1)
    return who, event, start, end, grade


def adverse_events(known: Course, block: Array, rng: np.random.Generator) -> Table:
    """Events of the block with their numbers: who, event, start, end (``FAR`` ongoing), grade."""
    harm, later = known.toxicity, known.outcome
    ill, confused = block[harm.crs[block] > 0], block[harm.icans[block] > 0]
    rows = zip(
        (ill, np.full(len(ill), CRS), harm.crs_start[ill], harm.crs_end[ill], harm.crs[ill]),
        (
            confused,
            np.full(len(confused), ICANS),
            harm.icans_start[confused],
            harm.icans_end[confused],
            harm.icans[confused],
        ),
        _background(known, block, rng),
        strict=True,
    )
    who, event, start, end, grade = (np.concatenate(parts) for parts in rows)
    kept = start < later.end[who]
    who, event, start, end, grade = (each[kept] for each in (who, event, start, end, grade))
    fatal = (grade == 5) & (later.death[who] < FAR)
    sepsis = np.array([each.coded == "Sepsis" for each in EVENTS])[event]
    fatal |= sepsis & (grade == 4) & (later.cause[who] == 2) & (end >= later.death[who])
    grade = np.where(fatal, 5, np.minimum(grade, 4))
    end = np.where(fatal, later.death[who], np.where(end >= later.end[who], FAR, end))
    order = np.lexsort((event, start, who))
    table: Table = {"who": who, "event": event, "start": start, "end": end, "grade": grade}
    table = taken(table, order)
    place = np.arange(len(order)) - np.searchsorted(table["who"], table["who"]) + 1
    return table | {"number": place}


def event_pages(known: Course, events: Table, scribe: Scribe) -> Table:
    """AE: one row for each event at its worst grade."""
    rng, who, size = scribe.rng, events["who"], len(events["who"])
    start, end, grade = events["start"], events["end"], events["grade"]
    terms = [event.terms for event in EVENTS]
    hour = np.where(np.isin(events["event"], (CRS, ICANS)), rng.integers(0, 1440, size), -1)
    fatal, ongoing = grade == 5, end >= FAR
    serious = (
        fatal | (grade == 4) & (rng.random(size) < 0.25) | (grade == 3) & (rng.random(size) < 0.2)
    )
    ticked = ongoing | (scribe.slips(size, 0.005) & ~fatal)
    shown_end = np.where(scribe.slips(size, 0.005), FAR, end)
    seen = np.minimum(start + rng.integers(0, 4, size), known.outcome.end[who] - 1)
    relations = np.array([event.relation for event in EVENTS])[events["event"]]
    related = (rng.random(size) < relations) & (start >= known.treatment.infusion[who])
    relation = np.where(related, rng.integers(2, 5, size), rng.integers(0, 2, size))
    judged = related & (grade >= 3) & (start <= known.treatment.infusion[who] + 28)
    limiting = judged & np.isin(events["event"], (CRS, ICANS)) & (grade >= 4)
    treated = (grade >= 2) | (rng.random(size) < 0.3)
    depleted = (
        ~related
        & (start >= known.treatment.depletion[who])
        & (start <= known.treatment.anchor[who] + 30)
    )

    def criterion(holds: Array) -> Array:
        return either(serious, np.where(holds, "Y", "N"))

    out = np.select([fatal, ongoing, scribe.slips(size, 0.01)], [2, 1, 3], 0)
    return page(known, scribe, who, seen) | {
        "AETERM": scribe.spelled(events["event"], terms),
        "AESTDAT": scribe.dates(start, no_day=0.01, no_month=0.001),
        "AESTTIM": either(hour < 0, "", scribe.times(np.maximum(hour, 0), 0.1)),
        "AEENDAT": scribe.dates(shown_end, no_day=0.01),
        "AEENTIM": "",
        "AEONGO": either(ticked, "Y"),
        "AEGR": scribe.spelled(grade - 1, GRADES),
        "AESER": either(serious, "Y", "N"),
        "AESDTH": criterion(fatal),
        "AESLIFE": criterion(grade == 4),
        "AESHOSP": criterion(grade <= 3),
        "AESDIS": either(serious, "N"),
        "AESCONG": either(serious, "N"),
        "AESMI": either(serious, "N"),
        "AEREL": scribe.spelled(relation, RELATIONS),
        "AERELLD": either(depleted & (relation == 0), "Related", "Not related"),
        "AEACN": "None",
        "AEOUT": scribe.spelled(
            out, [("Resolved",), ("Ongoing",), ("fatal", "Fatal"), ("Unknown",)]
        ),
        "AEDLT": either(judged, np.where(limiting, "Y", "N")),
        "AECONTR": either(treated, "Y", "N"),
        "AENO": rendered(events["number"], str),
    }


def toxicity_reviews(known: Course, events: Table, scribe: Scribe) -> Table:
    """DLTREV: the committee's decision on severe CRS and ICANS."""
    asked = np.isin(events["event"], (CRS, ICANS)) & (events["grade"] >= 3)
    events = taken(events, asked)
    days = events["start"] + scribe.rng.integers(28, 45, len(events["who"]))
    events, days = taken(events, days <= CUTOFF), days[days <= CUTOFF]
    limiting = (events["grade"] >= 4) & (scribe.rng.random(len(days)) < 0.9)
    return page(known, scribe, events["who"], days) | {
        "AENO": rendered(events["number"], str),
        "DLTDEC": either(limiting, "Y", "N"),
        "DECDAT": scribe.dates(days),
    }


def _daily(known: Course, events: Table, kind: int) -> Table:
    """One row for each day of the syndrome; the grade rises within a day and then falls."""
    chosen = taken(events, events["event"] == kind)
    harm = known.toxicity
    ends = harm.crs_end if kind == CRS else harm.icans_end
    last = np.minimum(ends[chosen["who"]], known.outcome.end[chosen["who"]] - 1)
    length = np.maximum(last - chosen["start"] + 1, 1)
    rows = np.repeat(np.arange(len(length)), length)
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    top = np.minimum(1, length - 1)[rows]
    worst = np.minimum(chosen["grade"][rows], 4)
    share = 1 - np.abs(place - top) / np.maximum(length[rows] - top, 1)
    grade = np.clip(np.ceil(worst * share), 1, worst).astype("int64")
    table = taken(chosen, rows)
    return table | {"day": table["start"] + place, "grade": grade}


def _sheet(known: Course, rows: Table, scribe: Scribe, found: Table) -> Table:
    """Day sheet with the findings of one syndrome, the other columns empty."""
    size, grade = len(rows["who"]), rows["grade"]
    words = [(str(n), f"Gr {n}") for n in range(5)]
    visit = visit_of(known, rows["who"], rows["day"])
    empty = np.full(size, "", dtype=object)
    names = ("FEVER", "TMAX", "HYPOT", "HYPOX", "ICE", "CONSC", "SEIZ", "MOTOR", "EDEMA")
    return (
        page(known, scribe, rows["who"], rows["day"], visit)
        | {
            "TOXDAT": scribe.dates(rows["day"]),
            "AENO": rendered(rows["number"], str),
            "ASTCTGR": scribe.spelled(grade, words),
        }
        | dict.fromkeys(names, empty)
        | found
    )


def release_sheets(known: Course, events: Table, scribe: Scribe) -> Table:
    """TOX of CRS: fever, hypotension and hypoxia that make the recorded grade."""
    rows = _daily(known, events, CRS)
    size, grade = len(rows["who"]), rows["grade"]
    which = scribe.rng.integers(0, 3, size)  # 0 blood pressure, 1 oxygen, 2 both
    pressure = np.where((which == 1) & (grade > 1), 0, np.maximum(grade - 1, 0))
    oxygen = np.where((which == 0) & (grade > 1), 0, np.maximum(grade - 1, 0))
    fever = grade > 0
    heat = np.where(fever, 38.1 + 0.3 * grade + scribe.rng.random(size), 36.8)
    found: Table = {
        "TOXTYPE": np.full(size, "CRS", dtype=object),
        "FEVER": either(fever, "Y", "N"),
        "TMAX": numbers(heat, 1),
        "HYPOT": np.array(["none", "fluids", "1 pressor", ">1 pressor"], dtype=object)[pressure],
        "HYPOX": np.array(["none", "low-flow", "high-flow", "PPV"], dtype=object)[oxygen],
    }
    return _sheet(known, rows, scribe, found)


def neurotoxicity_sheets(known: Course, events: Table, scribe: Scribe) -> Table:
    """TOX of ICANS: ICE score, consciousness and signs that make the recorded grade."""
    rows = _daily(known, events, ICANS)
    size, grade = len(rows["who"]), rows["grade"]
    low, high = np.array([10, 7, 3, 0, 0])[grade], np.array([10, 9, 6, 2, 0])[grade]
    score = scribe.rng.integers(low, high + 1)
    seizure = (grade >= 3) & (scribe.rng.random(size) < 0.15)
    found: Table = {
        "TOXTYPE": np.full(size, "ICANS", dtype=object),
        "ICE": either(scribe.slips(size, 0.03), "ND", rendered(score, str)),
        "CONSC": np.array(CONSCIOUSNESS, dtype=object)[grade],
        "SEIZ": either(seizure, "Y", "N"),
        "MOTOR": np.full(size, "N", dtype=object),
        "EDEMA": np.full(size, "none", dtype=object),
    }
    return _sheet(known, rows, scribe, found)
