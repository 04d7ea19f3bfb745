"""Marrow, residual disease, response and performance status, all of one story per visit."""

import numpy as np
from simulate_course import ASSESSED, CR, CRI, FAILURE, MLFS, NONE, NR, PD, RELAPSE, Course
from simulate_forms import NOMINAL, attended_visits, in_follow_up, page, vendor_key
from simulate_text import Array, Scribe, Table, either, iso_dates, numbers, rendered, stacked, taken

FIRST_ASSESSMENT = int(ASSESSED[0])
RESPONSES = (
    ("CR", "cr"),
    ("CRh", "CRH", "crh"),
    ("CRi", "CRI", "cri"),
    ("MLFS",),
    ("PR",),
    ("NR", "No response", "SD"),
    ("PD",),
    ("Relapse", "relapsed"),
    ("Treatment failure",),
    ("NE", "Not evaluable"),
)
NEGATIVE, POSITIVE, LOW_LEVEL, NOT_DONE, NO_CONCLUSION = range(5)
CONCLUSIONS = (("Negative",), ("Positive",), ("MRD-LL",), ("Not done",), ("",))
PHENOTYPES = (
    "CD34+/CD117+/CD7+/CD38dim",
    "CD33bright/CD117+/CD56+",
    "CD64+/CD4+/CD56+",
    "CD34+/HLA-DR+/CD11b+",
)
TARGETS = np.array(["", "NPM1 type A", "RUNX1-RUNX1T1", "CBFB-MYH11"], dtype=object)


def _assessments(known: Course, block: Array) -> tuple[Array, Array, Array, Array]:
    """Person, visit, day and state of the disease assessments that took place."""
    who, visit, days = attended_visits(known, block, ASSESSED.tolist())
    state = known.states[who, visit - FIRST_ASSESSMENT]
    done = state != NONE
    return who[done], visit[done], days[done], state[done]


def _marrows(known: Course, block: Array) -> tuple[Array, Array, Array, Array]:
    """Person, visit, day and blasts of every marrow, screening included."""
    who, visit, days, _ = _assessments(known, block)
    first, one, start = attended_visits(known, block, (1,))
    who, visit = np.concatenate([first, who]), np.concatenate([one, visit])
    days = np.concatenate([start, days])
    later = known.blasts[who, np.maximum(visit - FIRST_ASSESSMENT, 0)]
    blasts = np.where(visit == 1, known.baseline[who], later)
    order = np.lexsort((days, who))
    return who[order], visit[order], days[order], blasts[order]


def _burden(known: Course, who: Array, visit: Array, blasts: Array) -> Array:
    """Share of leukaemic cells among nucleated cells."""
    column = np.maximum(visit - FIRST_ASSESSMENT, 0)
    state, residual = known.states[who, column], 10.0 ** known.residual[who, column]
    return np.where((visit >= FIRST_ASSESSMENT) & (state <= MLFS), residual, blasts / 105)


def _transcripts(known: Course, who: Array, visit: Array) -> Array:
    """Copies of the fusion or NPM1 transcript per 100 copies of ABL1."""
    column = np.maximum(visit - FIRST_ASSESSMENT, 0)
    residual = known.residual[who, column]
    remission = (visit >= FIRST_ASSESSMENT) & (known.states[who, column] <= MLFS)
    return np.where(remission, 10.0 ** (residual + 3.4), 60.0 + 25 * (who % 8))


def aspirates(known: Course, block: Array, scribe: Scribe) -> Table:
    """BMA: one aspirate for each assessment, now and then a second one some days later."""
    rng = scribe.rng
    who, visit, days, blasts = _marrows(known, block)
    repeat = scribe.slips(len(who), 0.02) & in_follow_up(known, who, days + 3)
    rows = np.repeat(np.arange(len(who)), 1 + repeat)
    second = np.concatenate([[False], rows[1:] == rows[:-1]]) if len(rows) else rows > 0
    poor = repeat[rows] & ~second
    who, visit, blasts, size = who[rows], visit[rows], blasts[rows], len(rows)
    days = days[rows] + 3 * second
    missed = scribe.slips(size, 0.01) & ~second & (visit > 1) & (blasts < 5)
    dry = poor & (rng.random(size) < 0.5)
    text = np.where(blasts % 1 == 0, numbers(blasts, 0), numbers(blasts, 1))
    text = np.where((blasts < 1) & scribe.slips(size, 0.5), "<1", text)
    text = np.where(scribe.slips(size, 0.03), text + " %", text)
    nothing = missed | dry
    auer = (blasts >= 5) & (rng.random(size) < 0.25)
    sparse = rng.random(size) < np.where(blasts < 5, 0.5, 0.1)
    quality = np.select([missed, dry, poor], ["", "dry tap", "hemodilute"], "adequate")
    full = np.where(blasts < 5, "normocellular", "hypercellular")
    cells = np.select([missed, sparse], ["", "hypocellular"], full)
    return page(known, scribe, who, days, visit) | {
        "BMDAT": scribe.dates(days),
        "BMTIM": either(missed, "", scribe.times(scribe.minutes(size, 9, 12))),
        "BMND": either(missed, "Y"),
        "BMREAS": either(missed, "patient declined"),
        "BMQUAL": quality.astype(object),
        "BLASTPCT": either(nothing, "", text),
        "NCELLS": either(nothing, "", scribe.any_of(size, ("200", "500"), (8, 2))),
        "AUER": either(nothing, "", scribe.spelled(auer, [("Absent",), ("present",)])),
        "CELLTY": cells.astype(object),
    }


def biopsies(known: Course, block: Array, scribe: Scribe) -> Table:
    """BMB: a core biopsy beside some of the aspirates."""
    who, visit, days, blasts = _marrows(known, block)
    taken_too = scribe.rng.random(len(who)) < 0.3
    who, visit, days, blasts = who[taken_too], visit[taken_too], days[taken_too], blasts[taken_too]
    cells = np.clip(scribe.rng.normal(40, 18, len(who)) + blasts / 2, 4, 98)
    return page(known, scribe, who, days, visit) | {
        "BXDAT": scribe.dates(days),
        "CELLPCT": either(cells < 10, "<10", numbers(np.rint(cells / 5) * 5, 0)),
        "BXBLAST": numbers(np.clip(blasts * scribe.rng.normal(1, 0.1, len(who)), 0, 98), 0),
    }


def flow_mrd(known: Course, block: Array, scribe: Scribe) -> Table:
    """FLOW: residual leukaemia by flow; counts, percent and text now and then disagree."""
    rng = scribe.rng
    who, visit, days, blasts = _marrows(known, block)
    sent = rng.random(len(who)) < np.where(visit == 1, 0.95, 0.92)
    blood = np.flatnonzero(sent)[scribe.slips(int(sent.sum()), 0.04)]
    rows = np.sort(np.concatenate([np.flatnonzero(sent), blood]), kind="stable")
    second = np.concatenate([[False], rows[1:] == rows[:-1]]) if len(rows) else rows > 0
    who, visit, days, size = who[rows], visit[rows], days[rows], len(rows)
    share = _burden(known, who, visit, blasts[rows]) * np.where(second, 0.3, 1.0)
    cells = np.where(scribe.slips(size, 0.04), 60000, rng.integers(200, 700, size) * 1000)
    events = np.rint(share * cells)
    percent = 100 * events / cells
    text = np.where(percent >= 1, numbers(percent, 1), numbers(percent, 4))
    below = percent < 0.01
    text = np.where(below & scribe.slips(size, 0.2), "<0.01", text)
    text = np.where(~below & scribe.slips(size, 0.04), text + "%", text)
    blank = scribe.slips(size, 0.05)
    marked = (known.treatment.marker[who] > 0) & (percent < 0.1)
    code = np.select([below & (cells < 10**5), below, marked], [3, 0, 2], 1)
    code = np.where(scribe.slips(size, 0.03), rng.integers(0, 4, size), code)
    words = [("Negative", "MRD neg"), ("POS", "Positive"), ("low level",), ("indeterminate",)]
    return {
        "SUBJECT": vendor_key(known, who, "bare"),
        "VISIT": either(visit == 10, "M1", NOMINAL[visit]),
        "COLLDT": iso_dates(days),
        "SPEC": either(second, "PB", scribe.spelled(0 * visit, [("BM", "BMA")])),
        "NUCL_EVENTS": either(blank, "", numbers(cells, 0)),
        "LAIP_EVENTS": either(blank, "", numbers(events, 0)),
        "MRDPCT": text.astype(object),
        "LLOD": "0.01",
        "PHENO": np.array(PHENOTYPES, dtype=object)[who % len(PHENOTYPES)],
        "INTERP": scribe.spelled(code, words),
    }


def molecular_mrd(known: Course, block: Array, scribe: Scribe) -> Table:
    """MOL: transcript of the person's own marker against ABL1."""
    who, visit, days, _ = _marrows(known, block[known.treatment.marker[block] > 0])
    reference = scribe.rng.integers(40000, 55000, len(who))
    copies = np.rint(_transcripts(known, who, visit) / 100 * reference)
    copies = np.where(copies < 4, 0, copies)
    ratio = 100 * copies / reference
    text = np.where(ratio >= 1, numbers(ratio, 1), numbers(ratio, 2))
    return {
        "SUBJECT": vendor_key(known, who, "joined"),
        "COLLDT": iso_dates(days),
        "SPEC": "BM",
        "TARGET": TARGETS[known.treatment.marker[who]],
        "REFGENE": "ABL1",
        "COPIES_T": numbers(copies, 0),
        "COPIES_R": numbers(reference, 0),
        "RATIO": either(copies == 0, "Undetected", text),
    }


def _conclusions(known: Course, who: Array, visit: Array, state: Array, scribe: Scribe) -> Array:
    """Conclusion on residual disease at an assessment."""
    share = 10.0 ** known.residual[who, visit - FIRST_ASSESSMENT]
    low = (known.treatment.marker[who] > 0) & (_transcripts(known, who, visit) < 2)
    code = np.where(share < 1e-4, NEGATIVE, np.where(low, LOW_LEVEL, POSITIVE))
    code = np.where(state > MLFS, np.where(who % 3 == 0, NO_CONCLUSION, POSITIVE), code)
    other = np.where(scribe.rng.random(len(who)) < 0.7, NOT_DONE, LOW_LEVEL)
    return np.where(scribe.slips(len(who), 0.04), other, code)


def _extramedullary(known: Course, who: Array, state: Array, scribe: Scribe) -> Array:
    """Extramedullary disease; new where blasts alone cannot show a progression."""
    high = known.baseline[who] >= 60
    other = scribe.any_of(len(who), ("None", "Resolved", "Persistent"), (94, 4, 2))
    other = np.where((state <= MLFS) & (other == "Persistent"), "None", other)
    return either((state == PD) & high, "New", other)


def responses(known: Course, block: Array, scribe: Scribe) -> Table:
    """RESP: investigator's response; a second reading of a date has one accepted record."""
    who, visit, days, state = _assessments(known, block)
    size = len(who)
    missed = scribe.slips(size, 0.012) & ~np.isin(state, (PD, RELAPSE, FAILURE))
    unclear = scribe.slips(size, 0.01) & (state == NR)
    shown = np.where(unclear, NONE, state)  # the last response word stands for "not evaluable"
    text = scribe.spelled(shown, RESPONSES, 0.4)
    mrd = scribe.spelled(_conclusions(known, who, visit, state, scribe), CONCLUSIONS)
    first = page(known, scribe, who, days, visit) | {
        "RSDAT": scribe.dates(days),
        "RSND": either(missed, "Y"),
        "RSREAS": either(missed, "marrow declined"),
        "RESP": either(missed, "", text),
        "MRDCONC": either(missed, "", mrd),
        "EMDR": either(missed, "", _extramedullary(known, who, state, scribe)),
        "CONFFL": np.full(size, "", dtype=object),
    }
    twice = np.flatnonzero(scribe.slips(size, 0.015) & ~missed & (state <= CRI))
    second = taken(first, twice)
    first["CONFFL"][twice] = "Y"
    other = np.where(state[twice] == CR, CRI, MLFS)
    second["RESP"] = scribe.spelled(other, RESPONSES, 0.4)
    order = np.argsort(np.concatenate([np.arange(size), twice]), kind="stable")
    return taken(stacked([first, second]), order)


def performance(known: Course, block: Array, scribe: Scribe) -> Table:
    """ECOG: performance status at screening, on the day of infusion and at the assessments."""
    who, visit, days = attended_visits(known, block, (1, 4, *ASSESSED.tolist()))
    state = known.states[who, np.maximum(visit - FIRST_ASSESSMENT, 0)]
    worse = (visit >= FIRST_ASSESSMENT) & (state >= NR)
    drawn = scribe.rng.random(len(who))
    status = np.where(
        worse, np.searchsorted([0.1, 0.5, 0.88, 0.98], drawn), np.searchsorted([0.35, 0.9], drawn)
    )
    return page(known, scribe, who, days, visit) | {
        "ECDAT": scribe.dates(days),
        "ECOGPS": rendered(status, str),
    }
