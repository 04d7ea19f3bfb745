"""Drugs and procedures before, during and after the CAR-T infusion."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from simulate_course import Course
from simulate_followup import therapy_unreported
from simulate_forms import page
from simulate_terms import CRS, ICANS, Drug, drugs_for
from simulate_text import FAR, Array, Scribe, Table, either, stacked, taken

TRANSPLANT = (("allo-HSCT", "Haplo SCT"), "AML in remission")
LYMPHOCYTES = (("DLI",), "AML")
PUNCTURE = (("lumbar puncture",), "neurotoxicity")
VENTILATION = (("mechanical ventilation",), "respiratory failure")
PLATELETS = (("platelet transfusion",), "thrombocytopenia")
DONORS = ("matched sibling", "matched unrelated", "haploidentical, mother")
USES = {
    "bridging": "bridging",
    "subsequent": "subsequent AML tx",
    "conditioning": "conditioning",
    "rescue": "CRS mgmt",
    "support": "other",
}
SUPPORT_CHANCE = np.array([0.9, 0.7, 0.6, 0.55, 0.5, 0.4, 0.15])
SUPPORT_START = np.array([-5, -5, -3, 8, 1, 4, 6])
SUPPORT_LASTING = np.array([150, 90, 30, 12, 4, 9, 8])


@dataclass(frozen=True)
class Given:
    """One drug given to persons over time; ``line`` is the line of an earlier therapy, or 0."""

    drug: Drug
    who: Array
    start: Array
    end: Array
    line: int = 0


def _earlier(known: Course, block: Array, rng: np.random.Generator) -> list[Given]:
    """Lines of therapy before consent, in order."""
    consent = known.people.consent[block]
    lines = 1 + rng.choice(4, len(block), p=[0.25, 0.4, 0.25, 0.1])
    given = []
    for place in range(4):
        had = lines > place
        ago = (lines - place) * rng.integers(70, 150, len(block)) + 20
        start = (consent - ago)[had]
        given += [
            Given(drug, block[had], start, start + 28, place + 1)
            for drug in drugs_for(f"prior {place + 1}")
        ]
    return given


def _after(known: Course, block: Array) -> list[Given]:
    """Bridging, new therapy after failure, conditioning before a transplant."""
    treated, later = known.treatment, known.outcome
    bridged = block[(treated.depletion[block] < FAR) & (block % 5 < 2)]
    start = treated.apheresis[bridged] + 2
    given = [Given(drugs_for("bridging")[0], bridged, start, treated.depletion[bridged] - 2)]
    reported = block[(later.therapy[block] < FAR) & ~therapy_unreported(block)]
    choices = drugs_for("subsequent")
    for place, drug in enumerate(choices):
        who = reported[reported % len(choices) == place]
        given.append(Given(drug, who, later.therapy[who], later.therapy[who] + 60))
    grafted = block[(later.transplant[block] < FAR) & ~therapy_unreported(block)]
    day = later.transplant[grafted]
    given += [Given(drug, grafted, day - 6, day - 2) for drug in drugs_for("conditioning")]
    return given


def _rescue(events: Table) -> list[Given]:
    """Drugs against CRS and ICANS, by grade."""
    kind, grade = events["event"], events["grade"]
    chosen = (
        (kind == CRS) & (grade >= 2),
        ((kind == CRS) & (grade >= 3)) | ((kind == ICANS) & (grade >= 2)),
        (kind == CRS) & (grade >= 3),
    )
    given = []
    for drug, mask, lasting in zip(drugs_for("rescue"), chosen, (0, 4, 2), strict=True):
        start = events["start"][mask] + 1
        given.append(Given(drug, events["who"][mask], start, start + lasting))
    return given


def _support(known: Course, block: Array, rng: np.random.Generator) -> list[Given]:
    """Prophylaxis and supportive drugs around the infusion."""
    stay = block[known.treatment.depletion[block] < FAR]
    given = []
    for place, drug in enumerate(drugs_for("support")):
        who = stay[rng.random(len(stay)) < SUPPORT_CHANCE[place]]
        start = known.treatment.anchor[who] + SUPPORT_START[place] + rng.integers(0, 3, len(who))
        lasting = rng.gamma(4.0, SUPPORT_LASTING[place] / 4, len(who)).astype("int64")
        given.append(Given(drug, who, start, start + lasting))
    return given


def _drug_rows(known: Course, given: Given, scribe: Scribe) -> Table:
    """Pages of one drug; what lasts beyond the follow-up is ongoing."""
    reach = known.outcome.end[given.who]
    kept = given.start < reach
    who, start, end, reach = given.who[kept], given.start[kept], given.end[kept], reach[kept]
    size, drug = len(who), given.drug
    ongoing, early = end >= reach, given.line > 0
    end = np.where(scribe.slips(size, 0.002), start - 1, end)
    seen = known.visits[who, 1] if early else start
    no_day, no_month = (0.45, 0.06) if early else (0.015, 0.001)
    dose = np.full(size, drug.dose, dtype=object)
    return page(known, scribe, who, seen) | {
        "CMTRT": np.full(size, drug.name, dtype=object),
        "CMCATR": USES.get(drug.use, "prior AML tx"),
        "CMINDC": drug.indication,
        "CMSTDAT": scribe.dates(start, no_day, no_month),
        "CMENDAT": scribe.dates(np.where(ongoing, FAR, end), no_day),
        "CMONGO": either(ongoing, "Y"),
        "CMDOSE": dose,
        "CMUNIT": drug.unit,
        "CMROUTE": drug.route,
        "CMFREQ": drug.frequency,
        "PRIORLINE": str(given.line) if given.line else "",
        "who": who,
    }


def drug_pages(known: Course, block: Array, events: Table, scribe: Scribe) -> Table:
    """CM: every drug page of the block, person by person."""
    courses = [
        *_earlier(known, block, scribe.rng),
        *_after(known, block),
        *_rescue(events),
        *_support(known, block, scribe.rng),
    ]
    table = stacked([_drug_rows(known, each, scribe) for each in courses])
    return _by_person(table)


def _by_person(table: Table) -> Table:
    """Rows in the order of the persons, whose column then goes."""
    who = table.pop("who")
    return taken(table, np.argsort(who.astype("int64"), kind="stable"))


def _procedure(
    known: Course,
    scribe: Scribe,
    kind: tuple[tuple[str, ...], str],
    who: Array,
    days: tuple[Array, Array],
    donors: Sequence[str] = ("",),
) -> Table:
    """Pages of one kind of procedure, from the first to the last day of it."""
    kept = days[0] < known.outcome.end[who]
    who, start, end = who[kept], days[0][kept], days[1][kept]
    size = len(who)
    last = np.minimum(end, known.outcome.end[who] - 1)
    return page(known, scribe, who, start) | {
        "PRTRT": scribe.any_of(size, kind[0]),
        "PRSTDAT": scribe.dates(start, no_day=0.005),
        "PRENDAT": scribe.dates(last),
        "PRINDC": kind[1],
        "DONOR": scribe.any_of(size, donors),
        "who": who,
    }


def procedure_pages(known: Course, block: Array, events: Table, scribe: Scribe) -> Table:
    """PROC: transplants, lymphocytes, punctures, ventilation, platelet transfusions."""
    rng, later = scribe.rng, known.outcome
    grafted = block[(later.transplant[block] < FAR) & ~therapy_unreported(block)]
    graft = later.transplant[grafted]
    given = grafted[grafted % 12 == 1]
    boost = later.transplant[given] + 60
    confused = (events["event"] == ICANS) & (events["grade"] >= 2)
    punctured, day = events["who"][confused], events["start"][confused] + 1
    choked = (events["event"] == CRS) & (events["grade"] >= 4)
    intubated, crisis = events["who"][choked], events["start"][choked] + 1
    stay = block[known.treatment.infused[block]]
    who = np.repeat(stay, rng.poisson(3.0, len(stay)))
    units = known.treatment.anchor[who] + rng.integers(1, 26, len(who))
    parts = [
        _procedure(known, scribe, TRANSPLANT, grafted, (graft, graft), DONORS),
        _procedure(known, scribe, LYMPHOCYTES, given, (boost, boost)),
        _procedure(known, scribe, PUNCTURE, punctured, (day, day)),
        _procedure(known, scribe, VENTILATION, intubated, (crisis, crisis + 5)),
        _procedure(known, scribe, PLATELETS, who, (units, units)),
    ]
    return _by_person(stacked(parts))
