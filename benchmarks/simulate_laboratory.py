"""Laboratory and vital signs: local panels, central cytokines, temperature to oxygen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from simulate_course import Course, flare, level
from simulate_forms import NOMINAL, attended_visits, in_follow_up, page, vendor_key
from simulate_text import (
    Array,
    Scribe,
    Table,
    clock,
    either,
    iso_dates,
    numbers,
    rendered,
    stacked,
    taken,
    with_commas,
)

Units = tuple[tuple[str, float, int], ...]  # text, standard value of 1, decimals


@dataclass(frozen=True)
class Test:
    """A local test: its names and units, and its normal range in the first, standard unit."""

    names: tuple[str, ...]
    units: Units
    low: float | None
    high: float | None
    blank: bool = False  # the unit may be left out where the form's default is the standard unit
    odd: Mapping[str, float] = field(default_factory=dict)


def _cells(decimals: int) -> Units:
    """Spellings of 10^9/L, and the counts per microlitre."""
    same = ("10^9/L", "10E9/L", "x10*9/L", "G/L", "K/uL", "10^3/uL")
    return (*((unit, 1.0, decimals) for unit in same), ("/uL", 0.001, 0), ("cells/mm3", 0.001, 0))


ENZYME: Units = (("U/L", 1.0, 0),)
PERCENT: Units = (("%", 1.0, 1),)
BILIRUBIN: Units = (("umol/L", 1.0, 1), ("\u00b5mol/L", 1.0, 1), ("mg/dL", 17.1, 1))
CREATININE: Units = (("umol/L", 1.0, 0), ("\u00b5mol/L", 1.0, 0), ("mg/dL", 88.4, 2))
DIMER: Units = (("mg/L", 1.0, 2), ("ug/mL", 1.0, 2), ("mcg/mL", 1.0, 2))
HEMOLYZED, CLOTTED = {"hemolyzed": 0.003, "QNS": 0.001}, {"clotted": 0.001}
PANELS: Mapping[str, tuple[str, tuple[Test, ...]]] = {
    "CBC": (
        "blood",
        (
            Test(("WBC", "Leuco"), _cells(2), 4.0, 10.0, blank=True, odd=CLOTTED),
            Test(("ANC", "NEU#", "Neut abs", "Neut#"), _cells(2), 1.8, 6.3, blank=True),
            Test(("NEU%", "Neut %"), PERCENT, 40, 75),
            Test(("LYM", "ALC"), _cells(2), 1.1, 3.2, blank=True),
            Test(("PLT", "Thrombocytes"), _cells(0), 125, 350, blank=True, odd=CLOTTED),
            Test(("Hb", "HGB"), (("g/L", 1.0, 0), ("g/dL", 10.0, 1)), 115, 150),
            Test(("PB blasts", "circ blasts"), PERCENT, None, 0),
        ),
    ),
    "CHEM": (
        "serum",
        (
            Test(("ALT", "sGPT"), ENZYME, None, 40, odd=HEMOLYZED),
            Test(("AST", "sGOT"), ENZYME, None, 40, odd=HEMOLYZED),
            Test(("ALP",), ENZYME, 40, 130),
            Test(("T.Bili",), BILIRUBIN, 3.4, 20.5),
            Test(("Cr", "SCr"), CREATININE, 44, 106),
            Test(("LDH",), ENZYME, 120, 250, odd={"hemolyzed": 0.01}),
            Test(("ALB",), (("g/L", 1.0, 0), ("g/dL", 10.0, 1)), 35, 52),
            Test(("CK",), ENZYME, 40, 200, odd=HEMOLYZED),
        ),
    ),
    "COAG": (
        "plasma",
        (
            Test(("Fibrinogen",), (("g/L", 1.0, 2), ("mg/dL", 0.01, 0)), 2.0, 4.0, odd=CLOTTED),
            Test(("D-dimer",), DIMER, None, 0.5, odd={"++": 0.0005}),
        ),
    ),
    "CRP/Ferr": (
        "serum",
        (
            Test(("CRP", "hs-CRP"), (("mg/L", 1.0, 1), ("mg/dL", 10.0, 2)), None, 5.0),
            Test(("Ferr", "SF"), (("ug/L", 1.0, 0), ("ng/mL", 1.0, 0)), 30, 400, odd=HEMOLYZED),
            Test(("PCT",), (("ug/L", 1.0, 2), ("ng/mL", 1.0, 2)), None, 0.05),
        ),
    ),
}  # fmt: skip
# base, spread between persons, gain of the logarithm for each grade of CRS, spread within
CHEMISTRY = np.array([
    [24, 0.45, 0.30, 0.18], [22, 0.40, 0.32, 0.18], [85, 0.30, 0.10, 0.10],
    [10, 0.35, 0.15, 0.15], [68, 0.22, 0.10, 0.07], [230, 0.35, 0.25, 0.12],
    [38, 0.09, -0.06, 0.04], [70, 0.50, 0.15, 0.25],
])  # fmt: skip
COAGULATION = np.array([[3.1, 0.22, -0.15, 0.10], [0.6, 0.60, 0.55, 0.25]])
INFLAMMATION = np.array([[8, 0.8, 0.75, 0.30], [900, 0.8, 0.85, 0.15], [0.08, 0.5, 0.55, 0.30]])

# base (ng/L), gain for each grade of CRS, lower and upper limit of quantification
CYTOKINES: Mapping[str, tuple[float, float, float, float]] = {
    "IL2": (2.2, 0.55, 1.5, 5000),
    "IL6": (7.0, 1.50, 1.5, 5000),
    "IL8": (16.0, 0.90, 1.5, 5000),
    "IL10": (5.0, 1.15, 1.5, 5000),
    "IL15": (9.0, 0.60, 1.5, 5000),
    "IFNG": (9.0, 1.30, 1.5, 5000),
    "TNFA": (4.0, 0.65, 1.5, 5000),
    "GMCSF": (2.0, 0.90, 1.5, 5000),
    "MCP1": (90.0, 0.80, 1.5, 5000),
    "SIL2RA": (700.0, 0.70, 50, 50000),
}


def visit_of(known: Course, who: Array, days: Array) -> Array:
    """Number of the planned visit on a day, 0 where there is none."""
    match = known.attended[who] & (known.visits[who] == days[:, None])
    visit = np.where(match.any(axis=1), match.argmax(axis=1), 0)
    since = days - known.treatment.depletion[who]
    return np.where((visit == 0) & (since > 0) & (since <= 2), 3, visit)


def hospital_days(known: Course, block: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Person and day of every examination: daily from -5 to 28, the visits, some in between."""
    given = known.treatment
    stay = given.depletion[block][:, None] + np.arange(34)
    between = given.infusion[block][:, None] + rng.integers(35, 420, (len(block), 3))
    early, late = known.visits[block][:, 1:3], known.visits[block][:, 9:]
    came = known.attended[block]
    early = np.where(came[:, 1:3], early, -1)
    late = np.where(came[:, 9:], late, -1)
    again = known.outcome.reinfusion[block][:, None] + np.arange(0, 15, 2)
    days = np.column_stack([early, stay, between, late, again])
    row, column = np.nonzero((days >= 0) & in_follow_up(known, block[:, None], days))
    pairs = np.unique(np.column_stack([block[row], days[row, column]]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _person_effect(scribe: Scribe, who: Array, spread: float) -> Array:
    """Factor of each person, constant over his records."""
    persons, place = np.unique(who, return_inverse=True)
    return scribe.rng.lognormal(0, spread, len(persons))[place]


def blood_counts(known: Course, who: Array, days: Array, scribe: Scribe) -> Array:
    """White cells, neutrophils (count, share), lymphocytes, platelets, haemoglobin, blasts."""
    rng, size = scribe.rng, len(who)

    def measured(name: str, spread: float) -> Array:
        noise = np.clip(rng.normal(0, spread, size), -2 * spread, 2 * spread)
        return level(known, name, who, days) * np.exp(noise)

    neutrophils, lymphocytes = measured("anc", 0.03), measured("lym", 0.06)
    blasts = np.minimum(measured("blasts", 0.1), 0.9)
    white = (1.08 * neutrophils + lymphocytes) / (1 - blasts)
    return np.column_stack(
        [
            white,
            neutrophils,
            100 * neutrophils / white,
            lymphocytes,
            measured("plt", 0.03),
            measured("hgb", 0.02),
            100 * blasts,
        ]
    )


def _driven(known: Course, who: Array, days: Array, scribe: Scribe, table: Array) -> Array:
    """Values that rise or fall with CRS, one column for each row of the parameter table."""
    strength = flare(known, who, days)
    columns = [
        base
        * _person_effect(scribe, who, between)
        * np.exp(gain * strength + scribe.rng.normal(0, within, len(who)))
        for base, between, gain, within in table
    ]
    return np.column_stack(columns)


def _habits(scribe: Scribe, who: Array) -> Array:
    """Number that stands for the habits of each person's laboratory; 0 is the clean one."""
    persons, place = np.unique(who, return_inverse=True)
    drawn = scribe.rng.integers(0, 10**6, len(persons))
    return np.where(scribe.slips(len(persons), 0.6), drawn, 0)[place]


def _preferred(scribe: Scribe, habit: Array, count: int) -> Array:
    """Which of several spellings a laboratory uses: always its own, rarely another."""
    other = scribe.rng.integers(0, count, len(habit))
    return np.where(scribe.slips(len(habit), 0.02), other, habit % count)


def _limit(limit: float | None, unit: Array, test: Test) -> Array:
    """Normal limit in the unit of each record."""
    if limit is None:
        return np.full(len(unit), "", dtype=object)
    texts = []
    for _, factor, decimals in test.units:
        shown = limit / factor
        texts.append(f"{shown:.{decimals if shown < 0.1 else min(decimals, 1)}f}")
    return np.array(texts, dtype=object)[unit]


def _results(test: Test, values: Array, unit: Array, scribe: Scribe) -> Array:
    """Result text in the unit of each record, with the laboratory's ways of writing it."""
    size, text = len(values), np.full(len(values), "", dtype=object)
    for place, (_, factor, decimals) in enumerate(test.units):
        chosen = unit == place
        text[chosen] = numbers(values[chosen] / factor, decimals)
    factors = np.array([factor for _, factor, _ in test.units])[unit]
    thousands = (factors == 0.001) & (values >= 1) & scribe.slips(size, 0.4)
    text[thousands] = with_commas(values[thousands] / 0.001)
    if test.blank and test.high is not None and test.high < 20:
        low = (values < 0.1) & scribe.slips(size, 0.7)
        text[low] = np.where(factors[low] == 0.001, "<100", "<0.1")
    if test.names[0] == "Ferr":
        spaced = np.where(scribe.slips(size, 0.3), "> 40000", ">40000")
        text = np.where(values > 40000, spaced, text)
    if test.names[0] == "PB blasts":
        text = np.where((values < 0.05) & scribe.slips(size, 0.05), "neg", text)
    for word, rate in test.odd.items():
        text[scribe.slips(size, rate)] = word
    return text.astype(object)


def _test_rows(test: Test, values: Array, habit: Array, scribe: Scribe) -> Table:
    """Name, result, unit and limits of one test in every draw."""
    size = len(habit)
    unit = _preferred(scribe, habit, len(test.units))
    units = np.array([text for text, _, _ in test.units], dtype=object)[unit]
    result = _results(test, values, unit, scribe)
    if test.units is PERCENT:
        inside = scribe.slips(size, 0.01) & (result != "neg")
        result, units = np.where(inside, result + " %", result), np.where(inside, "", units)
    if test.blank:
        units = np.where((unit == 0) & scribe.slips(size, 0.004), "", units)
    low, high = _limit(test.low, unit, test), _limit(test.high, unit, test)
    if test.names[0] == "CRP":
        written = scribe.rng.integers(0, 3, size) * scribe.slips(size, 0.5)
        high = np.choose(written, [high, "<" + high, "0-" + high])
    return {
        "LABTEST": np.array(test.names, dtype=object)[_preferred(scribe, habit, len(test.names))],
        "LABRES": result,
        "LABU": units.astype(object),
        "LOREF": low,
        "HIREF": high.astype(object),
    }


def _panel(known: Course, name: str, who: Array, days: Array, scribe: Scribe) -> Table:
    """Rows of one panel, draw after draw."""
    specimen, tests = PANELS[name]
    second = np.flatnonzero(scribe.slips(len(who), 0.02))  # drawn again the same evening
    draws = np.sort(np.concatenate([np.arange(len(who)), second]), kind="stable")
    evening = np.concatenate([[False], draws[1:] == draws[:-1]]) if len(draws) else draws > 0
    who, days, size = who[draws], days[draws], len(draws)
    drivers = {"CHEM": CHEMISTRY, "COAG": COAGULATION, "CRP/Ferr": INFLAMMATION}
    values = (
        blood_counts(known, who, days, scribe)
        if name == "CBC"
        else _driven(known, who, days, scribe, drivers[name])
    )
    minute = scribe.rng.integers(6 * 60, 8 * 60, size) + np.where(evening, 11 * 60, 0)
    first = int(who[0]) * 10**5 if size else 0
    accession = rendered(
        first + list(PANELS).index(name) * 10**5 // 4 + np.arange(size), lambda n: f"L{n:09d}"
    )
    missed = scribe.slips(size, 0.003)
    draw = page(known, scribe, who, days, visit_of(known, who, days)) | {
        "LBDAT": scribe.dates(days),
        "LBTIM": scribe.times(minute, vague=0.01),
        "PANEL": name,
        "LABSPEC": specimen,
        "LABID": accession,
        "LABND": either(missed, "Not done"),
        "LABNDR": either(missed, "tube clotted"),
    }
    habit = _habits(scribe, who)
    rows = [_test_rows(test, values[:, place], habit, scribe) for place, test in enumerate(tests)]
    table = taken(draw, np.repeat(np.arange(size), len(tests)))
    for column in rows[0]:
        table[column] = np.column_stack([row[column] for row in rows]).ravel()
    gone = np.repeat(missed, len(tests)) | scribe.slips(size * len(tests), 0.0005)
    table["LABRES"] = either(gone, "", table["LABRES"])
    if name == "CBC":  # the count of neutrophils is forgotten now and then, its share is not
        kept = np.ones((size, len(tests)), dtype=bool)
        kept[scribe.slips(size, 0.01), 1] = False
        table = taken(table, kept.ravel())
    return table


def local_laboratory(known: Course, block: Array, scribe: Scribe) -> Table:
    """LAB: blood count, chemistry, coagulation and markers of inflammation."""
    who, days = hospital_days(known, block, scribe.rng)
    treated = days >= known.treatment.depletion[who]
    tables = [
        _panel(known, name, who[chosen], days[chosen], scribe)
        for name, chosen in (
            ("CBC", days >= 0),
            ("CHEM", days >= 0),
            ("COAG", treated),
            ("CRP/Ferr", treated),
        )
    ]
    return stacked(tables)


def cytokines(known: Course, block: Array, scribe: Scribe) -> Table:
    """CYTO: one row for each sample, one column for each analyte."""
    rng = scribe.rng
    who, visit, days = attended_visits(known, block, range(4, 13))
    height = known.toxicity.crs_start[block] + 2
    extra = (known.toxicity.crs[block] > 0) & in_follow_up(known, block, height)
    extra &= visit_of(known, block, height) == 0
    who = np.concatenate([who, block[extra]])
    days = np.concatenate([days, height[extra]])
    visit = np.concatenate([visit, np.zeros(int(extra.sum()), dtype="int64")])
    order = np.lexsort((days, who))
    who, days, visit, size = who[order], days[order], visit[order], len(order)
    minute = np.where(visit == 4, known.treatment.minute[who] - 50, rng.integers(480, 600, size))
    strength = flare(known, who, days)
    none = scribe.slips(size, 0.008)
    table: Table = {
        "SITE_SUBJ": vendor_key(known, who, "dash"),
        "VISIT": NOMINAL[visit],
        "COLL_DTTM": iso_dates(days) + " " + clock(minute),
        "ACCN": rendered(np.int64(block[0]) * 40 + np.arange(size), lambda n: f"C{70001 + n}"),
        "UNITS": "pg/mL",
    }
    for analyte, (base, gain, lower, upper) in CYTOKINES.items():
        noise = rng.normal(0, 0.35, size)
        value = base * _person_effect(scribe, who, 0.4) * np.exp(gain * strength + noise)
        text = numbers(value, 0 if analyte == "SIL2RA" else 1)
        text = np.where(value < lower, f"<{lower:g}", np.where(value > upper, f">{upper:g}", text))
        table[analyte] = either(none | scribe.slips(size, 0.003), "QNS", text)
    return table


def _oxygen(strength: Array) -> Array:
    """Index of the oxygen device: none, cannula, high flow, positive pressure, intubated."""
    return np.searchsorted([1.7, 2.5, 3.3, 3.8], strength)


def vital_signs(known: Course, block: Array, scribe: Scribe) -> Table:
    """VS: one row for each examination, two more on the day of the infusion."""
    rng, persons = scribe.rng, known.people
    who, days = hospital_days(known, block, rng)
    zero = days == known.treatment.infusion[who]
    rows = np.repeat(np.arange(len(who)), np.where(zero, 3, 1))
    turn = np.arange(len(rows)) - np.searchsorted(rows, rows)
    who, days, size = who[rows], days[rows], len(rows)
    minute = rng.integers(7 * 60, 9 * 60, size)
    after = known.treatment.minute[who] + 60 * turn * turn
    minute = np.where(zero[rows] & (turn > 0), after, minute)
    visit = visit_of(known, who, days)
    strength = flare(known, who, days)
    heat = 36.6 + rng.normal(0, 0.22, size) + np.where(strength > 0.4, 1.6 + 0.25 * strength, 0)
    fahrenheit, pounds, inches = (scribe.slips(size, rate) for rate in (0.06, 0.04, 0.1))
    weighed = (visit > 0) & (turn == 0) | (days % 7 == 0)
    weight = persons.weight[who] * rng.normal(1, 0.012, size)
    weight = np.where(visit == 4, persons.weight[who], weight)
    measured, height = (visit == 1) & (turn == 0), persons.height[who]
    device = _oxygen(strength)
    missed = scribe.slips(size, 0.004) & (visit == 0)
    pressure = rng.normal(122, 9, size) - 8 * strength
    table = page(known, scribe, who, days, visit) | {
        "VSDAT": scribe.dates(days),
        "VSTIM": scribe.times(minute),
        "TEMP": numbers(np.where(fahrenheit, heat * 1.8 + 32, heat), 1),
        "TEMPU": either(fahrenheit, "F", "C"),
        "SBP": numbers(pressure, 0),
        "DBP": numbers(0.62 * pressure + rng.normal(0, 4, size), 0),
        "HR": numbers(rng.normal(79, 6, size) + 9 * strength, 0),
        "RR": numbers(rng.normal(17, 1.2, size) + 2 * strength, 0),
        "SPO2": numbers(np.minimum(rng.normal(97.6, 1, size) - 1.8 * strength, 100), 0),
        "O2DEV": np.array(
            ["room air", "nasal cannula", "HFNC", "BiPAP", "intubated"], dtype=object
        )[device],
        "O2FLOW": np.array(["", "2", "40", "", ""], dtype=object)[device],
        "WT": numbers(np.where(weighed, np.where(pounds, weight / 0.45359237, weight), np.nan), 1),
        "WTU": either(weighed, np.where(pounds, "lb", "kg")),
        "HT": numbers(np.where(measured, np.where(inches, height / 2.54, height), np.nan), 1),
        "HTU": either(measured, np.where(inches, "in", "cm")),
        "VSND": either(missed, "Y"),
    }
    for name in ("TEMP", "TEMPU", "SBP", "DBP", "HR", "RR", "SPO2", "O2DEV", "O2FLOW", "WT", "WTU"):
        table[name] = either(missed, "", table[name])
    return table
