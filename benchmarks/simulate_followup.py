"""What becomes of everybody: visits kept and missed, survival calls, death, end of study."""

import numpy as np
from simulate_course import CAUSES, Course
from simulate_forms import page
from simulate_people import CUTOFF
from simulate_text import FAR, Array, Scribe, Table, either

ONLY_CALLED = 8  # for one person in eight the new therapy is known from a survival call only


def therapy_unreported(who: Array) -> Array:
    """Mask of the persons whose new therapy or transplant never reaches the drug pages."""
    return who % ONLY_CALLED == 3


def _contacts(known: Course, block: Array, scribe: Scribe) -> tuple[Array, Array, Array, Array]:
    """Person, day, status (0 alive, 1 dead, 2 unknown, 3 lost) and whether by telephone."""
    rng, later, given = scribe.rng, known.outcome, known.treatment
    alive_to = np.minimum(later.end[block], CUTOFF + 1)[:, None]
    called = given.anchor[block][:, None] + 45 + 80 * np.arange(9)
    called = called + rng.integers(-12, 13, called.shape)
    last = CUTOFF - rng.integers(0, 28, (len(block), 1))
    called = np.column_stack([called, np.where(rng.random(last.shape) < 0.9, last, FAR)])
    enrolled = given.enrolled[block][:, None] < FAR
    row, _ = np.nonzero((called < alive_to) & enrolled)
    day = called[(called < alive_to) & enrolled]
    seen = known.visits[block][:, 12:]
    came = known.attended[block][:, 12:] & (rng.random(seen.shape) < 0.6)
    place, _ = np.nonzero(came)
    told = np.minimum(later.death[block] + rng.integers(0, 15, len(block)), CUTOFF)
    dead = np.flatnonzero((later.death[block] < FAR) & (rng.random(len(block)) < 0.95))
    lost = np.flatnonzero(later.lost[block] < FAR)
    who = block[np.concatenate([row, place, dead, lost])]
    days = np.concatenate([day, seen[came], told[dead], later.lost[block][lost]])
    sizes = [len(row), len(place), len(dead), len(lost)]
    status = np.repeat([0, 0, 1, 3], sizes)
    status = np.where((status == 0) & scribe.slips(len(status), 0.01), 2, status)
    phone = np.repeat([True, False, True, True], sizes)
    order = np.lexsort((status, days, who))
    return who[order], days[order], status[order], phone[order]


def _first_told(who: Array, days: Array, event: Array, alive: Array) -> Array:
    """Mask of the first contact of each person on or after the event of that person."""
    after = (days >= event) & (event < FAR) & alive
    rows = np.flatnonzero(after)
    first = np.zeros(len(who), dtype=bool)
    first[rows[np.unique(who[rows], return_index=True)[1]]] = True
    return first


def survival_calls(known: Course, block: Array, scribe: Scribe) -> Table:
    """SURV: contacts by telephone and at visits; the first one after an event tells of it."""
    who, days, status, phone = _contacts(known, block, scribe)
    later = known.outcome
    told = _first_told(who, days, later.therapy[who], status == 0)
    grafted = _first_told(who, days, later.transplant[who], status == 0)
    asked = status < 2
    words = [("Alive", "alive"), ("Dead",), ("Unknown",), ("LTFU", "Unknown")]
    return page(known, scribe, who, days) | {
        "SVSTAT": scribe.spelled(status, words, 0.2),
        "CONTDAT": scribe.dates(days),
        "CONTMODE": either(phone, "phone", "clinic"),
        "NEWTX": either(asked, np.where(told, "Y", "N")),
        "NEWTXDAT": scribe.dates(np.where(told, later.therapy[who], FAR), no_day=0.1),
        "HSCTYN": either(asked, np.where(grafted, "Y", "N")),
        "HSCTDAT": scribe.dates(np.where(grafted, later.transplant[who], FAR), no_day=0.05),
    }


def deaths(known: Course, block: Array, scribe: Scribe) -> Table:
    """DEATH: one row for each death known by the cut-off, the day often missing."""
    later = known.outcome
    who = block[later.death[block] < FAR]
    reported = np.minimum(later.death[who] + scribe.rng.integers(0, 12, len(who)), CUTOFF)
    cause = later.cause[who]
    return page(known, scribe, who, reported) | {
        "DTHDAT": scribe.dates(later.death[who], no_day=0.12, no_month=0.004),
        "DTHCAUSE": np.array(CAUSES, dtype=object)[cause],
        "DTHREL": either(cause == 1, "Definitely", "Not related"),
        "AUTOPSY": scribe.any_of(len(who), ("N", "Y"), (96, 4)),
    }


def end_of_treatment(known: Course, block: Array, scribe: Scribe) -> Table:
    """EOT: the last infusion, or that there was none."""
    given, later = known.treatment, known.outcome
    who = block[given.enrolled[block] < later.end[block]]
    done = given.infused[who]
    last = np.where(later.reinfusion[who] < FAR, later.reinfusion[who], given.infusion[who])
    days = np.where(done, last, np.minimum(given.anchor[who], later.end[who] - 1))
    return page(known, scribe, who, days) | {
        "ENDDAT": scribe.dates(days),
        "STATUS": either(done, "Completed", "Not infused"),
        "STATTXT": either(done, "", "product failed release"),
    }


def end_of_study(known: Course, block: Array, scribe: Scribe) -> Table:
    """EOS: death, loss or withdrawal; who is followed has none."""
    later = known.outcome
    ends = np.column_stack([later.death[block], later.lost[block], later.withdrawn[block]])
    left = (ends.min(axis=1) < FAR) & ~known.people.failed[block]
    who, why = block[left], ends[left].argmin(axis=1)
    days = ends[left].min(axis=1)
    words = [("Death",), ("Lost to f/u",), ("Withdrew consent",)]
    causes = np.array(CAUSES, dtype=object)[later.cause[who]]
    text = np.select([why == 0, why == 1], [causes, "moved abroad, no further contact"], "")
    return page(known, scribe, who, days) | {
        "ENDDAT": scribe.dates(days),
        "STATUS": scribe.spelled(why, words),
        "STATTXT": text.astype(object),
    }


def visit_log(known: Course, block: Array, scribe: Scribe) -> Table:
    """VISITLOG: every planned visit up to the last one due, kept or missed and why."""
    later = known.outcome
    planned, came = known.visits[block], known.attended[block]
    end = later.end[block][:, None]
    missed = ~came & (planned < end) & (planned <= CUTOFF)
    after = ~came & (planned >= end) & (planned <= CUTOFF)
    first_after = after & (np.cumsum(after, axis=1) == 1) & ~known.people.failed[block][:, None]
    row, visit = np.nonzero(came | missed | first_after)
    who, days, kept = block[row], planned[row, visit], came[row, visit]
    why = np.select(
        [kept, missed[row, visit], later.death[who] < FAR, later.lost[who] < FAR],
        ["", "sampling forgotten, patient well", "died", "lost to follow-up"],
        "withdrew consent",
    )
    table = page(known, scribe, who, days, visit) | {
        "VISYN": either(kept, "Y", "N"),
        "CONTMODE": either(kept & ~scribe.slips(len(who), 0.2), "clinic"),
        "MISSREAS": why.astype(object),
    }
    table["VISDAT"] = either(kept, table["VISDAT"])
    return table
