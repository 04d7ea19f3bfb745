"""The facts of the bundled study, counted in its raw data without any code of the project."""

import csv
import io
import re
from datetime import date, datetime
from pathlib import Path

import pytest

RAW = Path(__file__).parents[1] / "mappings" / "dualcart_aml" / "raw"
ENCODINGS = {"cm": "cp1252", "cyto": "utf-8-sig"}
CUTOFF = date(2025, 6, 30)
HEADER = ["STUDY", "SITE", "SUBJ", "VISIT", "VISDAT", "RECID", "UPDTS", "DELFL"]
VENDORS = ["cyto", "flow", "mol", "kin", "kinf", "ada", "rcl", "vis"]
KEYS = ["SUBJ", "SITE_SUBJ", "SUBJECT", "SUBJ_ID"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

FIELDS = {
    "enr": "ICDAT ICTIM SCRNO PREVSCRNO ENRYN ENRDAT SFREAS DOSELVL",
    "dem": "BRTHDAT AGE SEX RACE RACEOTH ETHNIC",
    "elig": "IECRIT IEYN",
    "dxh": "DXDAT AMLTYPE FAB RSTATUS NRELAPSE REL1DAT REL2DAT REL3DAT PRHSCT PRHSCTDAT EMDSITE",
    "mh": "MHTERM MHSTDAT MHENDAT MHONGO",
    "gen": "GDAT MARKER GRES VAF GMETH",
    "aph": "APHDAT APHTIM APHOK APHVOL",
    "ld": "LDDRUG LDDOSE LDUNIT LDDAT LDTIM",
    "inf": "INFNO PLANDOSE PLANUNIT INFSTDAT INFSTTIM INFENDAT INFENTIM BAGLOT WT CARPOS VIAB "
    "INFYN INFREAS",
    "vs": "VSDAT VSTIM TEMP TEMPU SBP DBP HR RR SPO2 O2DEV O2FLOW WT WTU HT HTU VSND",
    "lab": "LBDAT LBTIM PANEL LABTEST LABRES LABU LOREF HIREF LABSPEC LABID LABND LABNDR",
    "bma": "BMDAT BMTIM BMND BMREAS BMQUAL BLASTPCT NCELLS AUER CELLTY",
    "bmb": "BXDAT CELLPCT BXBLAST",
    "resp": "RSDAT RSND RSREAS RESP MRDCONC EMDR CONFFL",
    "ae": "AETERM AESTDAT AESTTIM AEENDAT AEENTIM AEONGO AEGR AESER AESDTH AESLIFE AESHOSP "
    "AESDIS AESCONG AESMI AEREL AERELLD AEACN AEOUT AEDLT AECONTR AENO",
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
OWN_FIELDS = {
    "cyto": "SITE_SUBJ VISIT COLL_DTTM ACCN IL2 IL6 IL8 IL10 IL15 IFNG TNFA GMCSF MCP1 SIL2RA "
    "UNITS",
    "flow": "SUBJECT VISIT COLLDT SPEC NUCL_EVENTS LAIP_EVENTS MRDPCT LLOD PHENO INTERP",
    "mol": "SUBJECT COLLDT SPEC TARGET REFGENE COPIES_T COPIES_R RATIO",
    "kin": "SUBJ_ID NOMTIME COLLDTTM MATRIX CP_UG LLOQ UNIT RUN",
    "kinf": "SUBJ_ID NOMTIME COLLDTTM MATRIX CART_UL CART_PCT CD3_UL LLOQ_UL LLOQ_PCT",
    "ada": "SUBJ_ID VISIT COLLDT TIER RESULT",
    "rcl": "SUBJ_ID VISIT COLLDT SPEC RESULT CPML LOD",
    "vis": "SUBJ_ID VISIT COLLDT SPEC NOSITES CHR POS STRAND NEARGENE FRAGCNT RELAB CANCERGENE",
    "coding": "TERM LLT PT PTCD HLT HLGT SOC SOCCD",
    "cmcoding": "TERM DECOD CLAS CLASCD",
}
# What is an examination or a sample, so that its date is a visit in person.
IN_PERSON = {
    "vs": "VSDAT", "lab": "LBDAT", "bma": "BMDAT", "bmb": "BXDAT", "resp": "RSDAT",
    "ecog": "ECDAT", "inf": "INFSTDAT", "tox": "TOXDAT", "aph": "APHDAT", "ld": "LDDAT",
    "proc": "PRSTDAT", "cyto": "COLL_DTTM", "flow": "COLLDT", "mol": "COLLDT", "kin": "COLLDTTM",
    "kinf": "COLLDTTM", "ada": "COLLDT", "rcl": "COLLDT", "vis": "COLLDT",
}  # fmt: skip
# What is written down after the end: not about the subject being seen.
AFTERWARDS = {("dltrev", "DECDAT"), ("death", "VISDAT"), ("eos", "VISDAT")}


def read(form, *, deleted=False):
    text = (RAW / f"{form}.csv").read_bytes().decode(ENCODINGS.get(form, "utf-8"))
    lines = csv.DictReader(io.StringIO(text, newline=""))
    return [line for line in lines if deleted or line.get("DELFL") != "Y"]


def person(line):
    """The cohort's number of a subject, however it is written; 016 is 006 screened again."""
    text = next(line[key] for key in KEYS if key in line)
    number = re.fullmatch(r"(?:.*-|DUALCART\d\d)?(\d{1,3})", text)
    assert number, text
    return {"016": "006"}.get(number[1].zfill(3), number[1].zfill(3))


def day(text):
    """The date of a text that holds a full one, time or not; None for all other text."""
    if iso := re.match(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:\s|$)", text):
        return date(*map(int, iso.groups()))
    if numeric := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text):
        return date(int(numeric[3]), int(numeric[2]), int(numeric[1]))
    if named := re.fullmatch(r"(\d{1,2})[- ]?([A-Za-z]{3})[- ]?(\d{4})", text):
        return date(int(named[3]), MONTHS.index(named[2].upper()) + 1, int(named[1]))
    return None


def days(form, column, number, **equals):
    kept = (
        line
        for line in read(form)
        if person(line) == number and all(line[key] == value for key, value in equals.items())
    )
    return sorted(found for line in kept if (found := day(line[column])))


def seen_in_person(number):
    logged = [
        day(line["VISDAT"])
        for line in read("visitlog")
        if person(line) == number and line["VISYN"] == "Y" and line["CONTMODE"] != "phone"
    ]
    return logged + [d for form, column in IN_PERSON.items() for d in days(form, column, number)]


def known_alive(number):
    return [
        *seen_in_person(number),
        *days("visitlog", "VISDAT", number, VISYN="Y"),
        *days("surv", "CONTDAT", number, SVSTAT="Alive"),
        *days("ae", "AESTDAT", number),
        *days("cm", "CMSTDAT", number),
    ]


FORMS = [*FIELDS, *OWN_FIELDS]
COHORT = [  # subject, infusion, last examination in person, last known alive, full date of death
    ("001", "2024-03-01", "2025-01-10", "2025-01-10", "2025-01-20"),
    ("002", "2024-04-10", "2025-05-20", "2025-06-15", None),
    ("003", "2024-05-06", "2024-08-15", "2024-09-10", None),
    ("004", "2024-06-20", "2025-02-20", "2025-03-15", None),
    ("005", "2024-08-01", "2024-08-19", "2024-08-19", "2024-08-20"),
    ("006", "2024-09-12", "2025-06-12", "2025-06-25", None),
    ("007", "2024-11-04", "2025-05-30", "2025-06-20", None),
    ("008", None, "2024-11-25", "2024-11-25", "2024-12-01"),
]
RESPONSES = {
    "001": "2024-03-29 CR 2, 2024-05-02 CR 1.5, 2024-05-31 CR 1, 2024-08-30 CR 2, "
    "2024-11-29 RELAPSE 32",
    "002": "2024-05-08 MLFS 4, 2024-06-10 CRI 3, 2024-07-10 CRH 2, 2024-10-09 CR 1, "
    "2025-01-08 CR 1, 2025-04-10 CR 1",
    "003": "2024-06-03 NO RESPONSE 61, 2024-07-05 PD 85",
    "004": "2024-07-18 PR 15, 2024-08-20 PR 12, 2024-09-19 PD 38, 2024-12-20 CR 3",
    "005": "",
    "006": "2024-10-10 CRH 3, 2024-11-12 CR <1, 2024-12-12 CR 1, 2025-03-13 CR 0, 2025-06-12 CR 1",
    "007": "2024-12-02 CRI 4.5, 2025-01-03 CRI 3.5 %, 2025-02-03 CR 2.5, 2025-04-28 RELAPSED 28",
    "008": "",
}
BASELINE_BLASTS = dict(zip(RESPONSES, ["46", "62", "78", "40", "55", "30", "24"], strict=False))


def test_every_form_is_there_and_no_other():
    assert sorted(path.stem for path in RAW.glob("*.csv")) == sorted(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_columns(form):
    text = (RAW / f"{form}.csv").read_bytes().decode(ENCODINGS.get(form, "utf-8"))
    expected = OWN_FIELDS[form].split() if form in OWN_FIELDS else HEADER + FIELDS[form].split()
    assert text.splitlines()[0].rstrip(",").split(",") == expected


@pytest.mark.parametrize("form", FIELDS)
def test_record_numbers_ascend(form):
    numbers = [int(line["RECID"]) for line in read(form, deleted=True)]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("form", [*FIELDS, *VENDORS])
def test_nothing_is_dated_after_the_cutoff(form):
    found = [d for line in read(form, deleted=True) for cell in line.values() if (d := day(cell))]
    assert all(d <= CUTOFF for d in found)


@pytest.mark.parametrize("form", FIELDS)
def test_a_record_is_saved_after_its_dates_and_before_the_cutoff(form):
    early = set()
    for line in read(form, deleted=True):
        saved = datetime.fromisoformat(line["UPDTS"]).date()
        assert saved <= CUTOFF
        early |= {line["RECID"] for cell in line.values() if (d := day(cell)) and d > saved}
    assert early == set(disorder()["R08", "lab"] if form == "lab" else [])


@pytest.mark.parametrize(("number", "infusion"), [row[:2] for row in COHORT])
def test_infusion(number, infusion):
    given = days("inf", "INFSTDAT", number, INFNO="1", INFYN="Yes")
    assert {str(d) for d in given} == ({infusion} if infusion else set())


@pytest.mark.parametrize(("number", "expected"), RESPONSES.items())
def test_responses_with_the_blasts_of_the_same_day(number, expected):
    blasts = {
        day(line["BMDAT"]): line["BLASTPCT"] for line in read("bma") if person(line) == number
    }
    lines = [line for line in read("resp") if person(line) == number and not line["RSND"]]
    accepted = {line["RSDAT"] for line in lines if line["CONFFL"] == "Y"}
    found = [
        (day(line["RSDAT"]), line["RESP"].upper())
        for line in lines
        if line["CONFFL"] == "Y" or line["RSDAT"] not in accepted
    ]
    assert ", ".join(f"{d} {value} {blasts[d]}" for d, value in sorted(found)) == expected


@pytest.mark.parametrize(("number", "blasts"), BASELINE_BLASTS.items())
def test_the_last_aspirate_before_lymphodepletion_is_the_baseline(number, blasts):
    start = min(days("ld", "LDDAT", number))
    before = [
        (taken, line["BLASTPCT"])
        for line in read("bma")
        if person(line) == number and (taken := day(line["BMDAT"])) <= start and line["BLASTPCT"]
    ]
    assert max(before)[1] == blasts


@pytest.mark.parametrize(("number", "last"), [(row[0], row[2]) for row in COHORT])
def test_last_examination_in_person(number, last):
    assert str(max(seen_in_person(number))) == last


@pytest.mark.parametrize(("number", "last"), [(row[0], row[3]) for row in COHORT])
def test_last_known_alive(number, last):
    assert str(max(known_alive(number))) == last


@pytest.mark.parametrize(("number", "last", "death"), [(row[0], row[3], row[4]) for row in COHORT])
def test_nothing_else_is_dated_after_the_last_sign_of_life_or_the_death(number, last, death):
    found = {
        str(d)
        for form in [*FIELDS, *VENDORS]
        for line in read(form)
        if person(line) == number
        for column, cell in line.items()
        if column != "UPDTS" and (form, column) not in AFTERWARDS and (d := day(cell))
    }
    assert max(found) <= (death or last)


@pytest.mark.parametrize(
    ("form", "wanted", "expected"),
    [
        pytest.param(
            "death",
            lambda x: day(x["DTHDAT"]) or x["DTHDAT"],
            {
                ("001", date(2025, 1, 20)), ("003", "UN SEP 2024"), ("005", date(2024, 8, 20)),
                ("008", date(2024, 12, 1)),
            },
            id="deaths",
        ),
        pytest.param(
            "proc",
            lambda x: "SCT" in x["PRTRT"] and (day(x["PRSTDAT"]) or x["PRSTDAT"]),
            {("002", date(2024, 7, 25)), ("003", "UN JUN 2022")},
            id="transplants, one of them before the study",
        ),
        pytest.param(
            "cm",
            lambda x: x["CMCATR"] == "subsequent AML tx" and day(x["CMSTDAT"]),
            {("003", date(2024, 7, 12))},
            id="new therapy by the medication form",
        ),
        pytest.param(
            "surv",
            lambda x: x["NEWTX"] == "Y" and day(x["NEWTXDAT"]),
            {("003", date(2024, 7, 12)), ("007", date(2025, 1, 15))},
            id="new therapy by the survival contact",
        ),
        pytest.param(
            "eos",
            lambda x: "Lost" in x["STATUS"] and day(x["ENDDAT"]),
            {("004", date(2025, 3, 15))},
            id="lost to follow-up",
        ),
        pytest.param(
            "gen",
            lambda x: x["GRES"] in {"pos", "Mutated"} and x["MARKER"][:8],
            {("002", "t(8;21)"), ("002", "RUNX1-RU"), ("003", "FLT3-ITD"), ("006", "npm1 typ")},
            id="genotypes",
        ),
    ],
)  # fmt: skip
def test_events_of_the_cohort(form, wanted, expected):
    assert {(person(line), found) for line in read(form) if (found := wanted(line))} == expected


@pytest.mark.parametrize(
    ("form", "column", "table"),
    [("ae", "AETERM", "coding"), ("mh", "MHTERM", "coding"), ("cm", "CMTRT", "cmcoding")],
)
def test_terms_are_coded_but_for_the_one_left_uncoded(form, column, table):
    coded = {line["TERM"] for line in read(table)}
    terms = {line[column].upper().replace("\u2019", "'") for line in read(form)}
    assert terms - coded == ({"HEAVINESS OF THE HEAD"} if form == "ae" else set())


def disorder():
    """The table of the README: (rule, form) to the records or lines it lists."""
    readme = (RAW / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (R\d\d|deleted) \| (\w+)\.csv \| ([^|]+) \|", readme)
    return {(rule, form): re.findall(r"\d+", places) for rule, form, places in rows}


def listed(rule, form):
    lines, places = read(form, deleted=True), disorder()[rule, form]
    if form in VENDORS:
        return [lines[int(place) - 2] for place in places]
    return [next(line for line in lines if line["RECID"] == place) for place in places]


def values(rule, form, column):
    return [line[column] for line in listed(rule, form)]


def same_but_for(first, second, *columns):
    keys = {key for key in first if first[key] != second[key]}
    return keys <= {"RECID", "UPDTS", *columns} and {*columns} <= keys


def test_the_readme_lists_every_rule_shipped():
    shipped = {f"R{n:02}" for n in range(1, 30)} - {"R27"}
    assert {rule for rule, _ in disorder()} - {"deleted"} == shipped


@pytest.mark.parametrize(
    ("rule", "form", "column", "found"),
    [
        ("R01", "ae", "SUBJ", ["DUALCART-AML-01-003", "S01-016"]),
        ("R01", "lab", "SUBJ", ["01-002", "4"]),
        ("R02", "enr", "SCRNO", ["S-006", "S-016"]),
        ("R02", "enr", "PREVSCRNO", ["", "S-006"]),
        ("R05", "kin", "RUN", ["1", "2"]),
        ("R06", "lab", "LBTIM", ["06:30", "18:40"]),
        ("R07", "dem", "BRTHDAT", ["UN-UNK-1957"]),
        ("R07", "mh", "MHSTDAT", ["UNK", "NK"]),
        ("R09", "bma", "BLASTPCT", ["<1", "3.5 %"]),
        ("R09", "flow", "MRDPCT", ["0.04%"]),
        ("R12", "lab", "LABTEST", ["Leuco", "Neut#", "Neut abs", "sGPT", "SF", "hs-CRP", "IL-6"]),
        ("R13", "lab", "LABTEST", ["WBC", "NEU%"]),
        ("R14", "ae", "AEGR", ["Grade 1", "G3", "III"]),
        ("R15", "resp", "RESP", ["CRH", "cri", "CRI", "cr"]),
        ("R18", "bma", "BMQUAL", ["dry tap", "adequate", "hemodilute", "adequate"]),
        ("R18", "bma", "BLASTPCT", ["", "61", "42", "40"]),
        ("R19", "vs", "TEMPU", ["C", "F"]),
        ("R19", "vs", "HTU", ["cm", "in"]),
        ("R20", "cyto", "GMCSF", ["QNS", "QNS"]),
        ("R22", "death", "DTHDAT", ["UN SEP 2024"]),
        ("R23", "inf", "INFYN", ["No"]),
        ("R24", "inf", "INFSTDAT", ["02OCT2024"]),
        ("R25", "flow", "INTERP", ["POS"]),
        ("R26", "mol", "SUBJECT", ["DUALCART01002"]),
        ("R26", "cyto", "SITE_SUBJ", ["01-001"]),
        ("deleted", "resp", "DELFL", ["Y"]),
    ],
)
def test_the_readme_points_at_the_disorder(rule, form, column, found):
    assert values(rule, form, column) == found


def test_repeated_records():
    first, second, third, fourth = listed("R03", "lab")
    assert same_but_for(first, second)
    assert same_but_for(third, fourth)
    assert same_but_for(*listed("R03", "ae"))
    assert same_but_for(*listed("R04", "lab"), "LABRES", "UPDTS")
    assert same_but_for(*listed("R04", "ae"), "AEGR", "UPDTS")


def test_results_of_one_column_are_of_every_kind():
    results = values("R09", "lab", "LABRES")
    assert {"hemolyzed", "> 1000", "neg", "1,250", "<0.1"} < set(results)
    assert any(re.fullmatch(r"[\d.]+ %", result) for result in results)
    assert set(values("R10", "lab", "LABU")) == {
        "10^9/L", "K/uL", "/uL", "G/L", "x10*9/L", "10E9/L", "cells/mm3", "10^3/uL", "",
    }  # fmt: skip


def test_visits_are_unscheduled_or_called_by_two_names():
    labels = set(values("R16", "lab", "VISIT") + values("R16", "visitlog", "VISIT"))
    assert labels <= {"", "UNS", "Unscheduled"}
    assert {"", "UNS"} <= {line["VISIT"] for line in read("lab")}
    assert "28" in listed("R17", "lab")[0]["VISIT"]
    assert all("1" in label and "28" not in label for label in values("R17", "resp", "VISIT"))


def test_an_event_is_ongoing_with_an_end_or_resolved_without():
    ongoing, resolved = listed("R21", "ae")
    assert ongoing["AEONGO"] == "Y"
    assert day(ongoing["AEENDAT"])
    assert (resolved["AEOUT"], resolved["AEENDAT"], resolved["AEONGO"]) == ("Resolved", "", "")


def test_files_as_they_come():
    assert (RAW / "elig.csv").read_text(encoding="utf-8").count("\n") == 1
    cyto = (RAW / "cyto.csv").read_bytes()
    assert cyto.startswith(b"\xef\xbb\xbf")
    assert cyto.count(b"\r\n") == cyto.count(b"\n")
    assert {b"\xb5", b"\x92", b"\x96"} <= {bytes([b]) for b in (RAW / "cm.csv").read_bytes()}
    assert all(x.endswith(",,") for x in (RAW / "rcl.csv").read_text(encoding="utf-8").splitlines())
    assert b'"Pneumonia, left lower lobe"' in (RAW / "ae.csv").read_bytes()
