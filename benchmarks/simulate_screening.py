"""Screening and treatment as entered: consent, history, genetics, leukapheresis, infusion."""

from collections.abc import Sequence

import numpy as np
from simulate_course import Course
from simulate_forms import page
from simulate_people import CUTOFF, PLANNED, completed_years
from simulate_terms import HISTORY
from simulate_text import FAR, Array, Scribe, Table, either, numbers, rendered, stacked, taken

REASONS = (
    ("EX04", "Excl 4 - active infection"),
    ("EX02", "Excl 2 - CNS leukemia, active"),
    ("EX07", "Excl 7 - LVEF < 45%"),
    ("IN03", "Incl 3 - target antigen expression not confirmed"),
    ("IN05", "Incl 5 - inadequate organ function"),
)
SEXES = (("Male", "male", "M", "1"), ("Female", "female", "F", "2"))
RACES = (
    ("Asian", "ASIAN"),
    ("White", "white"),
    ("Black or African American",),
    ("Other", "OTHER"),
    ("Asian;White",),
)


def _attempts(known: Course, block: Array) -> tuple[Array, Array]:
    """Person of each screening attempt, and whether it is the first of two."""
    again = block[known.people.rescreened[block]]
    who = np.concatenate([block, again])
    first = np.repeat([False, True], [len(block), len(again)])
    order = np.lexsort((~first, who))
    return who[order], first[order]


def _consents(known: Course, block: Array) -> tuple[Array, Array, Array, Array]:
    """Person, first-of-two mask, day of consent and subject number of each attempt."""
    who, first = _attempts(known, block)
    persons = known.people
    consent = np.where(first, persons.first_consent[who], persons.consent[who])
    number = np.where(first, persons.first_number[who], persons.number[who])
    return who, first, consent, number


def _numbered(number: Array) -> Array:
    """Screening numbers; 0 is none."""
    return rendered(number, lambda code: f"S-{code:03d}" if code else "")


def _reason(known: Course, who: Array) -> Array:
    """Index of the reason a failed attempt failed; the same wherever it is asked for."""
    return (known.people.number[who] * 7 + known.people.site[who]) % len(REASONS)


def enrolment(known: Course, block: Array, scribe: Scribe) -> Table:
    """ENR: one row for each screening attempt."""
    who, first, consent, number = _consents(known, block)
    persons, given = known.people, known.treatment
    failed = first | persons.failed[who]
    reasons = np.array([text for _, text in REASONS], dtype=object)[_reason(known, who)]
    screening = np.where(first, persons.first_screening[who], persons.screening[who])
    levels = scribe.spelled(given.level[who] - 1, [(f"DL{n}", f"dl {n}") for n in (1, 2, 3)])
    return page(known, scribe, who, consent, 1, number) | {
        "ICDAT": scribe.dates(consent),
        "ICTIM": scribe.times(scribe.minutes(len(who), 9, 17), vague=0.05),
        "SCRNO": _numbered(screening),
        "PREVSCRNO": _numbered(np.where(first, 0, persons.first_screening[who])),
        "ENRYN": scribe.spelled(failed, [("Yes", "yes", "Y"), ("No", "no", "N")], 0.2),
        "ENRDAT": scribe.dates(np.where(failed, FAR, given.enrolled[who])),
        "SFREAS": np.where(failed, reasons, ""),
        "DOSELVL": np.where(failed, "", levels),
    }


def demographics(known: Course, block: Array, scribe: Scribe) -> Table:
    """DEM: one row for each screening attempt; the two attempts of a person agree."""
    who, _, consent, number = _consents(known, block)
    persons = known.people
    race = np.searchsorted([0.85, 0.93, 0.97, 0.99], (who * 0.61803398875) % 1.0)
    return page(known, scribe, who, consent, 1, number) | {
        "BRTHDAT": scribe.dates(persons.birth[who], no_day=0.1, no_month=0.5),
        "AGE": numbers(completed_years(persons.birth[who], consent), 0),
        "SEX": scribe.spelled(~persons.male[who], SEXES),
        "RACE": scribe.spelled(race, RACES),
        "RACEOTH": either(race == 3, "Mixed ancestry"),
        "ETHNIC": scribe.spelled(
            (who * 0.7548) % 1.0 > 0.97, [("Not Hispanic or Latino",), ("Unk", "Unknown")]
        ),
    }


def eligibility(known: Course, block: Array, scribe: Scribe) -> Table:
    """ELIG: the criterion that made an attempt fail."""
    who, first, consent, number = _consents(known, block)
    failed = first | known.people.failed[who]
    who, consent, number = who[failed], consent[failed], number[failed]
    criterion = np.array([code for code, _ in REASONS], dtype=object)[_reason(known, who)]
    excluded = np.char.startswith(criterion.astype("U4"), "EX")
    return page(known, scribe, who, consent, 1, number) | {
        "IECRIT": criterion,
        "IEYN": either(excluded, "Y", "N"),
    }


def leukaemia_history(known: Course, block: Array, scribe: Scribe) -> Table:
    """DXH: diagnosis, relapses in order of time, earlier transplant."""
    who, rng, size = block, scribe.rng, len(block)
    consent = known.people.consent[who]
    onset = consent - 120 - rng.exponential(420, size).astype("int64")
    relapses = rng.choice(4, size, p=[0.25, 0.45, 0.22, 0.08])
    shares = np.sort(rng.uniform(0.3, 0.95, (size, 3)), axis=1)
    days = onset[:, None] + (shares * (consent - onset)[:, None]).astype("int64")
    status = np.where(relapses == 0, 1, np.where(rng.random(size) < 0.3, 2, 0))
    grafted = (relapses > 0) & (rng.random(size) < 0.3)
    graft = np.where(grafted, (onset + days[:, 0]) // 2, FAR)
    table = page(known, scribe, who, known.visits[who, 1], 1) | {
        "DXDAT": scribe.dates(onset, 0.25, 0.08),
        "AMLTYPE": scribe.any_of(size, ("de novo", "s-AML", "t-AML"), (75, 17, 8)),
        "FAB": scribe.any_of(size, ("M1", "M2", "M4", "M5", ""), (12, 30, 20, 28, 10)),
        "RSTATUS": np.array(["relapsed", "refractory", "both"], dtype=object)[status],
        "NRELAPSE": numbers(relapses, 0),
        "PRHSCT": scribe.spelled(grafted, [("N", "No"), ("Y", "Yes")], 0.2),
        "PRHSCTDAT": scribe.dates(graft, 0.1),
        "EMDSITE": scribe.any_of(size, ("none", "skin", "CNS", "lymph node"), (88, 6, 3, 3)),
    }
    for place in range(3):
        day = np.where(relapses > place, days[:, place], FAR)
        table[f"REL{place + 1}DAT"] = scribe.dates(day, 0.2, 0.04)
    return table


def medical_history(known: Course, block: Array, scribe: Scribe) -> Table:
    """MH: other conditions, none to several."""
    rng = scribe.rng
    row, term = np.nonzero(rng.random((len(block), len(HISTORY))) < 0.15)
    who, size = block[row], len(row)
    consent = known.people.consent[who]
    start = consent - 60 - rng.exponential(1800, size).astype("int64")
    ongoing = rng.random(size) < 0.7
    end = np.where(ongoing, FAR, start + ((consent - start) * rng.random(size)).astype("int64"))
    return page(known, scribe, who, known.visits[who, 1], 1) | {
        "MHTERM": np.array([entered for entered, _, _ in HISTORY], dtype=object)[term],
        "MHSTDAT": scribe.dates(start, 0.35, 0.3),
        "MHENDAT": scribe.dates(end, 0.3, 0.05),
        "MHONGO": either(ongoing, "Y"),
    }


def genetics(known: Course, block: Array, scribe: Scribe) -> Table:
    """GEN: NPM1, FLT3-ITD and the two fusions of every person."""
    rng, marker, size = scribe.rng, known.treatment.marker[block], len(block)
    internal = known.treatment.secondary[block] & (marker < 2)
    names: Sequence[Sequence[Sequence[str]]] = (
        [("NPM1",), ("NPM1", "npm1 type A")],
        [("FLT3-ITD",)],
        [("RUNX1-RUNX1T1", "t(8;21)")],
        [("CBFB-MYH11", "inv(16)")],
    )
    found = (marker == 1, internal, marker == 2, marker == 3)
    tables = []
    for place, (spellings, positive) in enumerate(zip(names, found, strict=True)):
        gene = place < 2
        name = scribe.spelled(positive & (place == 0), [*spellings, spellings[-1]][:2], 0.6)
        share = np.where(positive & gene, rng.uniform(8, 48, size), np.nan)
        percent = either(np.isfinite(share) & scribe.slips(size, 0.2), "%")
        words = (
            [("wt", "Negative"), ("Mutated", "mut", "pos")]
            if gene
            else [("Negative",), ("pos", "Positive")]
        )
        bands = np.isin(name, ("t(8;21)", "inv(16)"))
        other = scribe.any_of(size, ("FISH", "RT-PCR"))
        tables.append(
            page(known, scribe, block, known.visits[block, 1], 1)
            | {
                "GDAT": scribe.dates(known.people.consent[block] + 2),
                "MARKER": name,
                "GRES": scribe.spelled(positive, words),
                "VAF": numbers(share, 1) + percent,
                "GMETH": np.full(size, "NGS", dtype=object)
                if gene
                else np.where(bands, "karyotype", other),
            }
        )
    return taken(stacked(tables), np.argsort(np.tile(np.arange(size), 4), kind="stable"))


def leukapheresis(known: Course, block: Array, scribe: Scribe) -> Table:
    """APH: the successful collection and, before it, a failed one."""
    given = known.treatment
    days = np.column_stack([given.failed_apheresis[block], given.apheresis[block]])
    row, column = np.nonzero(days < known.outcome.end[block][:, None])
    who, day = block[row], days[row, column]
    return page(known, scribe, who, day, 2) | {
        "APHDAT": scribe.dates(day),
        "APHTIM": scribe.times(scribe.minutes(len(who), 8, 12)),
        "APHOK": either(column == 1, "Y", "N"),
        "APHVOL": numbers(scribe.rng.normal(180, 35, len(who)).clip(60), 0),
    }


def lymphodepletion(known: Course, block: Array, scribe: Scribe) -> Table:
    """LD: fludarabine and cyclophosphamide on days -5 to -3."""
    who = block[known.treatment.depletion[block] < known.outcome.end[block]]
    row, place, drug = (each.ravel() for each in np.indices((len(who), 3, 2)))
    day = known.treatment.depletion[who[row]] + place
    kept = day < known.outcome.end[who[row]]
    who, drug, day = who[row][kept], drug[kept], day[kept]
    drugs = [("Fludarabine", "Flu"), ("Cyclophosphamide", "CTX", "cyclophosphamide ")]
    return page(known, scribe, who, day, 3) | {
        "LDDRUG": scribe.spelled(drug, drugs),
        "LDDOSE": either(drug == 0, "30", "500"),
        "LDUNIT": scribe.spelled(0 * drug, [("mg/m2", "mg/m^2")], 0.1),
        "LDDAT": scribe.dates(day),
        "LDTIM": scribe.times(np.where(drug == 0, 9 * 60, 11 * 60)),
    }


def _bags(known: Course, block: Array) -> tuple[Array, Array, Array, Array]:
    """Person, bag, number of bags and day of each bag given, both infusions."""
    given, again = known.treatment, known.outcome.reinfusion
    who = np.concatenate([block[given.infused[block]], block[again[block] <= CUTOFF]])
    day = np.where(
        np.arange(len(who)) < given.infused[block].sum(), given.infusion[who], again[who]
    )
    count = np.where(day == given.infusion[who], given.bags[who], 1)
    bag = np.concatenate([np.arange(each) for each in count]) if len(count) else count
    return np.repeat(who, count), bag, np.repeat(count, count), np.repeat(day, count)


def infusions(known: Course, block: Array, scribe: Scribe) -> Table:
    """INF: one row for each bag, and one for an infusion that was planned and not given."""
    given, rng = known.treatment, scribe.rng
    never = block[(given.enrolled[block] < FAR) & ~given.infused[block]]
    never = never[given.anchor[never] < known.outcome.end[never]]
    who, bag, count, day = _bags(known, block)
    start = given.minute[who] + bag * 25
    dose = given.dose[who] * known.people.weight[who] / count
    done, size, none = np.repeat([True, False], [len(who), len(never)]), len(who), len(never)

    def joined(column: Array) -> Array:
        return np.concatenate([column, np.full(none, "", dtype=object)])

    again = day > given.infusion[who]
    subject = np.concatenate([who, never])
    days = np.concatenate([day, given.anchor[never]])
    visit = np.where(np.concatenate([again, np.zeros(none, dtype=bool)]), 0, 4)
    lots = rendered(
        who * 32 + again * 16 + bag,
        lambda c: f"DC{c // 32 + 1:05d}-{'AB'[c // 16 % 2]}{c % 16 + 1}",
    )
    why = scribe.any_of(
        none, ("manufacturing failure", "disease progression", "uncontrolled infection")
    )
    table = page(known, scribe, subject, days, visit) | {
        "INFNO": either(visit == 0, "2", "1"),
        "PLANDOSE": numbers(PLANNED[given.level[subject] - 1], 1),
        "PLANUNIT": scribe.spelled(0 * subject, [("10^6/kg", "x10E6 CAR+/kg")]),
        "INFSTDAT": joined(scribe.dates(day)),
        "INFSTTIM": joined(scribe.times(start)),
        "INFENDAT": joined(scribe.dates(day)),
        "INFENTIM": joined(scribe.times(start + rng.integers(12, 20, size))),
        "BAGLOT": joined(lots),
        "WT": joined(numbers(known.people.weight[who], 1)),
        "CARPOS": joined(numbers(dose * rng.normal(1, 0.01, size), 1)),
        "VIAB": joined(numbers(rng.uniform(78, 97, size), 0)),
        "INFYN": scribe.spelled(~done, [("Yes", "yes", "Y"), ("No", "no", "N")], 0.2),
        "INFREAS": np.concatenate([np.full(size, "", dtype=object), why]),
    }
    return taken(table, np.argsort(subject, kind="stable"))
