"""The product in the body, as the vendors send it: copies, cells, antibodies, RCL, insertion."""

import numpy as np
from simulate_course import Course, copies, level
from simulate_forms import NOMINAL, attended_visits, vendor_key
from simulate_text import Array, Scribe, Table, clock, either, iso_dates, numbers, rendered, taken

KINETIC = tuple(range(4, 16))
MARROW = (10, 12, 13, 15)
MOMENT = either(NOMINAL == "D0", "Pre", NOMINAL)
CELLS_PER_COPY = 1 / 300  # cells per microlitre for a copy per microgram of DNA
GENES = (
    "KDM2A", "FBXL20", "PACS1", "ANKRD11", "CDC42", "BAG6", "NFIX", "RBM39", "LRCH3", "SPTAN1",
    "PARP12", "BMX", "LMO2", "STAT3", "BIN3", "NSD1", "EYS", "FANCA", "GRB2", "ASXL1",
)  # fmt: skip
CANCER_GENES = ("LMO2", "STAT3", "NSD1", "ASXL1")


def _samples(known: Course, block: Array, scribe: Scribe) -> tuple[Array, Array, Array, Array]:
    """Person, visit, day and matrix (0 blood, 1 marrow, 2 tumour) of the kinetic samples."""
    who, visit, days = attended_visits(known, block, KINETIC)
    marrow = np.isin(visit, MARROW) & (scribe.rng.random(len(who)) < 0.6)
    tumour = (visit == 10) & (who % 40 == 7)
    rows = np.repeat(np.arange(len(who)), 3)
    matrix = np.tile(np.arange(3), len(who))
    kept = np.column_stack([np.ones(len(who), dtype=bool), marrow, tumour]).ravel()
    rows, matrix = rows[kept], matrix[kept]
    return who[rows], visit[rows], days[rows], matrix


def _moments(known: Course, who: Array, visit: Array, days: Array, scribe: Scribe) -> Array:
    """Date and time of a sample; some vendors' files drop the time."""
    minute = scribe.rng.integers(8 * 60, 10 * 60, len(who))
    minute = np.where(visit == 4, known.treatment.minute[who] - 40, minute)
    time = " " + clock(minute)
    return iso_dates(days) + either(scribe.slips(len(who), 0.15), "", time)


def _concentration(known: Course, who: Array, days: Array, matrix: Array, scribe: Scribe) -> Array:
    """Copies per microgram of DNA found in a sample; before the infusion there are none."""
    share = np.array([1.0, 0.6, 0.25])[matrix]
    noise = np.exp(scribe.rng.normal(0, 0.15, len(who)))
    return copies(known, who, days.astype("float64")) * share * noise


def copy_numbers(known: Course, block: Array, scribe: Scribe) -> Table:
    """KIN: transgene copies; a re-assay follows the run it replaces."""
    who, visit, days, matrix = _samples(known, block, scribe)
    size = len(who)
    value = _concentration(known, who, days, matrix, scribe)
    rounded = np.where(value >= 1000, np.rint(value / 100) * 100, np.rint(value / 10) * 10)
    below = scribe.spelled(0 * who, [("BLQ", "<50")])
    text = np.where(rounded < 50, below, numbers(rounded, 0))
    text = np.where(scribe.slips(size, 0.008), scribe.any_of(size, ("QNS", "NR")), text)
    table: Table = {
        "SUBJ_ID": vendor_key(known, who, "joined"),
        "NOMTIME": MOMENT[visit],
        "COLLDTTM": _moments(known, who, visit, days, scribe),
        "MATRIX": scribe.spelled(matrix, [("PB",), ("BM",), ("Tumour", "tumor tissue")]),
        "CP_UG": text.astype(object),
        "LLOQ": "50",
        "UNIT": "copies/ug gDNA",
    }
    again = scribe.slips(size, 0.015)
    rows = np.repeat(np.arange(size), 1 + again)
    run = 1 + np.arange(len(rows)) - np.searchsorted(rows, rows)
    made = taken(table, rows)
    replaced = again[rows] & (run == 1) & (rounded[rows] >= 50)
    made["CP_UG"] = np.where(replaced, numbers(np.rint(rounded[rows] * 0.8), 0), made["CP_UG"])
    return made | {"RUN": rendered(run, str)}


def cell_numbers(known: Course, block: Array, scribe: Scribe) -> Table:
    """KINF: CAR-T cells per microlitre and as a share of the T cells, by flow."""
    who, visit, days, matrix = _samples(known, block, scribe)
    cells = _concentration(known, who, days, matrix, scribe) * CELLS_PER_COPY
    others = level(known, "lym", who, days) * 1000 * scribe.rng.uniform(0.5, 0.8, len(who))
    total = np.rint((others + cells) / 10) * 10 + 10
    percent = 100 * cells / total
    count = np.where(cells >= 10, numbers(cells, 0), numbers(cells, 1))
    few = scribe.spelled(0 * who, [("BLQ", "<0.5")])
    small = scribe.spelled(0 * who, [("BLQ", "<0.05")])
    return {
        "SUBJ_ID": vendor_key(known, who, "dash"),
        "NOMTIME": MOMENT[visit],
        "COLLDTTM": _moments(known, who, visit, days, scribe),
        "MATRIX": scribe.spelled(matrix, [("PB",), ("BM",), ("Tumour", "tumor tissue")]),
        "CART_UL": either(cells < 0.5, few, count),
        "CART_PCT": either(percent < 0.05, small, numbers(percent, 2)),
        "CD3_UL": numbers(total, 0),
        "LLOQ_UL": "0.5",
        "LLOQ_PCT": "0.05",
    }


def antibodies(known: Course, block: Array, scribe: Scribe) -> Table:
    """ADA: screening of every sample; what is reactive goes on to the next tier."""
    rng = scribe.rng
    who, visit, days = attended_visits(known, block, (4, 10, 12, 13, 15))
    size = len(who)
    fate = (who * 0.61803398875) % 1.0  # below 0.03 positive before, below 0.13 induced
    true = (fate < 0.03) | ((fate < 0.13) & (visit > 10))
    reactive = true | (rng.random(size) < 0.04)
    titer = 40 * 2 ** rng.integers(0, 4, size)
    written = rendered(titer, lambda n: f"1:{n}")
    plain = scribe.slips(size, 0.2)
    results = np.column_stack(
        [
            scribe.spelled(reactive, [("NEG", "Negative"), ("Positive", "Reactive")]),
            scribe.spelled(true, [("NEG", "Negative"), ("Positive",)]),
            np.where(true, np.where(plain, rendered(titer, str), written), "Not tested"),
            scribe.spelled(true & (rng.random(size) < 0.25), [("NEG",), ("Positive",)]),
        ]
    )
    untested = scribe.slips(size, 0.3)
    every = np.ones(size, dtype=bool)
    kept = np.column_stack([every, reactive, reactive & (true | untested), true])
    row, tier = np.nonzero(kept)
    return {
        "SUBJ_ID": vendor_key(known, who, "bare")[row],
        "VISIT": either(visit == 10, "M1", NOMINAL[visit])[row],
        "COLLDT": iso_dates(days)[row],
        "TIER": np.array(["Screen", "Confirm", "Titer", "NAb"], dtype=object)[tier],
        "RESULT": results[row, tier].astype(object),
    }


def lentivirus(known: Course, block: Array, scribe: Scribe) -> Table:
    """RCL: replication-competent lentivirus, as good as never detected."""
    who, visit, days = attended_visits(known, block, (4, 12, 13, 14, 15, 16))
    size = len(who)
    drawn = scribe.rng.random(size)
    code = np.select([drawn < 0.0006, drawn < 0.006], [2, 3], 0)
    code = np.where((code == 0) & scribe.slips(size, 0.05), 1, code)
    words = [("Not detected",), ("<LOD",), ("Detected",), ("Indeterminate",)]
    return {
        "SUBJ_ID": vendor_key(known, who, "joined"),
        "VISIT": NOMINAL[visit],
        "COLLDT": scribe.dates(days),
        "SPEC": scribe.spelled(0 * who, [("PB", "whole blood", "PBMC")], 0.3),
        "RESULT": scribe.spelled(code, words),
        "CPML": either(code == 2, "25"),
        "LOD": "10",
    }


def insertion_sites(known: Course, block: Array, scribe: Scribe) -> Table:
    """VIS: the insertion sites of a sample, largest clone first; one row where there are none."""
    rng = scribe.rng
    who, visit, days = attended_visits(known, block, (12, 13, 15))
    sites = np.where(rng.random(len(who)) < 0.12, 0, rng.integers(3, 19, len(who)))
    rows = np.repeat(np.arange(len(who)), np.maximum(sites, 1))
    size, none = len(rows), sites[rows] == 0
    fragments = np.maximum(np.rint(rng.gamma(1.2, 12, size)), 1)
    order = np.lexsort((-fragments, rows))
    fragments = fragments[order]
    total = np.bincount(rows, fragments, len(who))[rows] if size else fragments
    chromosome = rng.integers(1, 24, size)
    name = rendered(chromosome, lambda n: "X" if n == 23 else str(n))
    prefix = either(scribe.slips(size, 0.1), "", "chr")
    gene = np.array(GENES, dtype=object)[rng.integers(0, len(GENES), size)]
    share = np.where(scribe.slips(size, 0.1), "", numbers(100 * fragments / total, 1))

    def shown(column: Array) -> Array:
        return either(none, "", column)

    return {
        "SUBJ_ID": vendor_key(known, who, "dash")[rows],
        "VISIT": NOMINAL[visit][rows],
        "COLLDT": iso_dates(days)[rows],
        "SPEC": "PB",
        "NOSITES": either(none, "Y"),
        "CHR": shown(prefix + name),
        "POS": shown(numbers(rng.integers(10**6, 140 * 10**6, size), 0)),
        "STRAND": shown(scribe.any_of(size, ("+", "-"))),
        "NEARGENE": shown(gene),
        "FRAGCNT": shown(numbers(fragments, 0)),
        "RELAB": shown(share),
        "CANCERGENE": shown(np.where(np.isin(gene, CANCER_GENES), "Y", "N")),
    }
