"""The analysis datasets of the example study against its worked examples."""

import csv
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from studies import plain

from mappings.build import build, plan
from mappings.finished import Built
from mappings.loader import load_study
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import read_inputs

STUDY = Path(__file__).parent.parent / "mappings" / "dualcart_aml"
DATASETS = ("ADSL", "ADLB", "ADRS", "ADTTE")
Row = dict[str, str]


def made(raw: Path) -> tuple[Built, Problems]:
    study = load_study(STUDY, catalogue())
    problems = Problems()
    inputs = read_inputs(study, raw, problems)
    return build(plan(study, DATASETS), inputs.parts(), problems), problems


@pytest.fixture(scope="module")
def cohort() -> tuple[Built, Problems]:
    return made(STUDY / "raw")


def frame(result: tuple[Built, Problems], dataset: str) -> pd.DataFrame:
    found = result[0].datasets[dataset].frame
    return found.assign(subject=found["USUBJID"].str[-3:])


def rows(found: pd.DataFrame, *names: str) -> list[tuple[object, ...]]:
    """Records as plain values."""
    return [tuple(map(plain, row)) for row in found[list(names)].itertuples(index=False)]


def of(found: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The records with certain values."""
    for name, value in wanted.items():
        found = found[found[name].map(plain).eq(value).to_numpy(dtype=bool)]
    return found


def by_subject(found: pd.DataFrame, name: str) -> dict[str, object]:
    """The filled values of a variable by subject."""
    return {subject: value for subject, value in rows(found, "subject", name) if value is not None}


def test_nothing_of_the_analysis_is_wrong(cohort):
    wrong = [str(one) for one in cohort[1] if one.dataset in DATASETS and one.severity != "note"]
    assert wrong == []


COHORT = {
    "TRTSDT": {
        "001": "2024-03-01", "002": "2024-04-10", "003": "2024-05-06", "004": "2024-06-20",
        "005": "2024-08-01", "006": "2024-09-12", "007": "2024-11-04",
    },
    "BMBLBL": {"001": 46, "002": 62, "003": 78, "004": 40, "005": 55, "006": 30, "007": 24},
    "GENGRP": {
        "001": "OTHER", "002": "CBF", "003": "OTHER", "004": "OTHER", "005": "OTHER",
        "006": "NPM1-MUTANT", "007": "OTHER", "008": "OTHER",
    },
    "HSCTDT": {"002": "2024-07-25"},
    "NALTDT": {"003": "2024-07-12", "007": "2025-01-15"},
    "REINFDT": {"004": "2024-10-02"},
    "RSPCUTDT": {"003": "2024-07-12", "004": "2024-10-02", "007": "2025-01-15"},
    "DTHDT": {"001": "2025-01-20", "003": "2024-09-11", "005": "2024-08-20", "008": "2024-12-01"},
    "DTHDTF": {"003": "D"},
    "LSTEXMDT": {
        "001": "2025-01-10", "002": "2025-05-20", "003": "2024-08-15", "004": "2025-02-20",
        "005": "2024-08-19", "006": "2025-06-12", "007": "2025-05-30", "008": "2024-11-25",
    },
    "LSTALVDT": {
        "001": "2025-01-10", "002": "2025-06-15", "003": "2024-09-10", "004": "2025-03-15",
        "005": "2024-08-19", "006": "2025-06-25", "007": "2025-06-20", "008": "2024-11-25",
    },
    "BORC": {
        "001": "CR", "002": "CR", "003": "NR", "004": "PR", "005": "MISSING", "006": "CR",
        "007": "CRi",
    },
    "BORDT": {
        "001": "2024-03-29", "002": "2024-10-09", "003": "2024-06-03", "004": "2024-07-18",
        "006": "2024-11-12", "007": "2024-12-02",
    },
    "FRSPDT": {
        "001": "2024-03-29", "002": "2024-05-08", "004": "2024-07-18", "006": "2024-10-10",
        "007": "2024-12-02",
    },
    "FCRDT": {
        "001": "2024-03-29", "002": "2024-06-10", "006": "2024-10-10", "007": "2024-12-02",
    },
    "DOSE01A": {
        "001": 123, "002": 141.1, "003": 150, "004": 217.2, "005": 270, "006": 236, "007": 298,
    },
    "EOSSTT": {
        "001": "DISCONTINUED", "002": "ONGOING", "003": "DISCONTINUED", "004": "DISCONTINUED",
        "005": "DISCONTINUED", "006": "ONGOING", "007": "ONGOING", "008": "DISCONTINUED",
    },
    "CRSMXGR": {"001": 1, "002": 2, "003": 0, "004": 1, "005": 5, "006": 2, "007": 3},
    "ICNMXGR": {"001": 0, "002": 1, "003": 0, "004": 0, "005": 3, "006": 0, "007": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", COHORT)
def test_subject_level_values_of_the_cohort(cohort, name):
    assert by_subject(frame(cohort, "ADSL"), name) == COHORT[name]


@pytest.mark.parametrize(
    ("flag", "subjects"),
    [
        pytest.param("ENRLFL", "001 002 003 004 005 006 007 008", id="enrolled"),
        pytest.param("SAFFL", "001 002 003 004 005 006 007", id="infused"),
        pytest.param("FASFL", "001 002 003 004 005 006 007", id="full analysis set"),
        pytest.param("RSPEVFL", "001 002 003 004 005 006 007", id="assessed, or dead without one"),
        pytest.param("DLTEVLFL", "001 002 003 004 005 006 007", id="followed to day 28, or a DLT"),
        pytest.param("DLTFL", "005", id="fatal cytokine release syndrome"),
        pytest.param("HSCTFL", "002", id="transplanted on study"),
        pytest.param("PRHSCTFL", "003", id="transplanted before"),
        pytest.param("NPM1FL", "006", id="NPM1 mutated"),
        pytest.param("CBFFL", "002", id="core binding factor"),
        pytest.param("EMDBLFL", "004", id="extramedullary at baseline"),
    ],
)
def test_flags_of_the_cohort(cohort, flag, subjects):
    found = by_subject(frame(cohort, "ADSL"), flag)
    assert set(found.values()) == {"Y", "N"} - ({"N"} if len(subjects.split()) == 8 else set())
    assert " ".join(sorted(one for one, value in found.items() if value == "Y")) == subjects


EXPECTED_TIMES = """
001 OS 2024-03-01 2025-01-20 326 0 DEATH||
002 OS 2024-04-10 2025-06-15 432 1 ALIVE|DATE LAST KNOWN ALIVE|
003 OS 2024-05-06 2024-09-11 129 0 DEATH||
004 OS 2024-06-20 2025-03-15 269 2 ALIVE|DATE LAST KNOWN ALIVE|
005 OS 2024-08-01 2024-08-20 20 0 DEATH||
006 OS 2024-09-12 2025-06-25 287 1 ALIVE|DATE LAST KNOWN ALIVE|
007 OS 2024-11-04 2025-06-20 229 1 ALIVE|DATE LAST KNOWN ALIVE|
001 EFS 2024-03-01 2024-11-29 274 0 RELAPSE||A
002 EFS 2024-04-10 2025-05-20 406 1 EVENT-FREE|LAST FOLLOW-UP EXAMINATION DATE|A
003 EFS 2024-05-06 2024-07-05 61 0 DISEASE PROGRESSION||B
004 EFS 2024-06-20 2024-09-19 92 0 DISEASE PROGRESSION||B
005 EFS 2024-08-01 2024-08-20 20 0 DEATH||B
006 EFS 2024-09-12 2025-06-12 274 1 EVENT-FREE|LAST FOLLOW-UP EXAMINATION DATE|A
007 EFS 2024-11-04 2025-04-28 176 0 RELAPSE||A
001 RFS 2024-03-29 2024-11-29 246 0 HEMATOLOGIC RELAPSE||
002 RFS 2024-06-10 2025-06-15 371 1 ALIVE WITHOUT RELAPSE|DATE LAST KNOWN ALIVE|
006 RFS 2024-10-10 2025-06-25 259 1 ALIVE WITHOUT RELAPSE|DATE LAST KNOWN ALIVE|
007 RFS 2024-12-02 2025-04-28 148 0 HEMATOLOGIC RELAPSE||
002 RFSHSCT 2024-06-10 2024-07-25 46 5 ALIVE WITHOUT RELAPSE|DATE OF HSCT|
007 RFSNALT 2024-12-02 2025-01-15 45 6 ALIVE WITHOUT RELAPSE|START OF NEW ANTI-LEUKEMIA THERAPY|
001 DOR 2024-03-29 2024-11-29 246 0 RELAPSE||
002 DOR 2024-05-08 2025-04-10 338 1 RESPONSE ONGOING|LAST DISEASE ASSESSMENT DATE|
004 DOR 2024-07-18 2024-09-19 64 0 DISEASE PROGRESSION||
006 DOR 2024-10-10 2025-06-12 246 1 RESPONSE ONGOING|LAST DISEASE ASSESSMENT DATE|
007 DOR 2024-12-02 2025-04-28 148 0 RELAPSE||
"""
TIME = ("STARTDT", "ADT", "DURDAYS", "CNSR", "EVNTDESC", "CNSDTDSC", "EFSRULE")


def expected_times() -> dict[tuple[str, str], tuple[object, ...]]:
    """The worked rows by subject and parameter."""
    found = {}
    for line in EXPECTED_TIMES.strip().splitlines():
        subject, parameter, start, end, days, code, words = line.split(" ", 6)
        event, date, rule = words.split("|")
        found[subject, parameter] = (
            start, end, int(days), int(code), event, date or None, rule or None,
        )  # fmt: skip
    return found


def times(result: tuple[Built, Problems]) -> dict[tuple[object, object], tuple[object, ...]]:
    """Records of ADTTE by subject and parameter."""
    found = frame(result, "ADTTE")
    return {(row[0], row[1]): row[2:] for row in rows(found, "subject", "PARAMCD", *TIME)}


@pytest.mark.parametrize("key", expected_times(), ids=" ".join)
def test_times_to_event_of_the_cohort(cohort, key):
    assert times(cohort)[key] == expected_times()[key]


def test_a_parameter_has_a_record_for_each_subject_of_its_population(cohort):
    found = (
        frame(cohort, "ADTTE").groupby("PARAMCD", observed=True)["subject"].agg(" ".join).to_dict()
    )
    infused, remitted = "001 002 003 004 005 006 007", "001 002 006 007"
    responded = "001 002 004 006 007"
    assert found == {
        **dict.fromkeys(["OS", "OSHSCT", "EFS", "EFSTF", "EFSHSCT", "EFSNALT"], infused),
        **dict.fromkeys(["RFS", "RFSHSCT", "RFSNALT"], remitted),
        **dict.fromkeys(["DOR", "DORHSCT", "DORNALT"], responded),
    }


def test_a_time_names_the_record_that_decided_it(cohort):
    event = of(frame(cohort, "ADTTE"), subject="001", PARAMCD="EFS")
    ((dataset, variable, sequence),) = rows(event, "SRCDOM", "SRCVAR", "SRCSEQ")
    source = of(frame(cohort, "ADRS"), subject="001", ASEQ=sequence)
    assert (dataset, variable) == ("ADRS", "ADT")
    assert rows(source, "PARAMCD", "AVALC", "ADT") == [("OVR", "RELAPSE", "2024-11-29")]


# Subjects with the response, by visit; then those who could have reached the visit.
VISITS = ("Month 1", "Month 2", "Month 3", "Month 6", "Month 9", "Month 12", "BEST OVERALL")
RATES = {
    "ORR": (5, 5, 3, 3, 2, 1, 5),
    "CRR": (3, 4, 3, 3, 2, 1, 4),
    "PRR": (1, 1, 0, 0, 0, 0, 1),
    "CRHR": (1, 0, 1, 0, 0, 0, 0),
    "CRIR": (1, 2, 0, 0, 0, 0, 1),
    "MLFSR": (1, 0, 0, 0, 0, 0, 0),
    "ORRH": (5, 5, 3, 2, 1, 0, 5),
    "CRRH": (3, 4, 3, 2, 1, 0, 4),
    "PRRH": (1, 1, 0, 0, 0, 0, 1),
    "CRHRH": (1, 0, 1, 0, 0, 0, 1),
    "CRIRH": (1, 2, 0, 0, 0, 0, 1),
    "MLFSRH": (1, 0, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("parameter", RATES)
def test_rates_of_the_cohort(cohort, parameter):
    found = of(frame(cohort, "ADRS"), PARAMCD=parameter, ANL01FL="Y")
    counts = found.groupby("AVISIT", observed=True)["AVAL"].agg(["sum", "count"])
    assert tuple(counts["sum"][list(VISITS)]) == RATES[parameter]
    assert tuple(counts["count"][list(VISITS)]) == (7, 7, 7, 7, 6, 4, 7)


def test_a_visit_without_a_record_that_counts_is_a_phantom(cohort):
    found = of(frame(cohort, "ADRS"), PARAMCD="ORR", AVISIT="Month 3")
    assert rows(found, "subject", "AVALC", "DTYPE", "SRCDOM") == [
        ("001", "Y", None, "RS"),
        ("002", "Y", None, "RS"),
        ("003", "N", "PHANTOM", None),
        ("004", "N", None, "RS"),
        ("005", "N", "PHANTOM", None),
        ("006", "Y", None, "RS"),
        ("007", "N", "PHANTOM", None),
    ]


def test_confirmed_best_responses_equal_the_best_responses_here(cohort):
    found = frame(cohort, "ADRS")
    best, confirmed = (
        rows(found[found["PARAMCD"] == code], "subject", "AVALC", "ADT") for code in ("BOR", "CBOR")
    )
    assert confirmed == best


@pytest.mark.parametrize(
    ("subject", "date", "expected"),
    [
        pytest.param(
            "006", "2024-11-12", [("CRi", None, None, None), ("CR", "Y", "Y", "Y")],
            id="of two readings of a day the accepted one counts",
        ),
        pytest.param(
            "004", "2024-12-20", [("CR", None, None, None)], id="remission after re-infusion"
        ),
        pytest.param(
            "007", "2025-02-03", [("CR", None, None, None)], id="remission after new therapy"
        ),
        pytest.param(
            "002", "2024-10-09", [("CR", "Y", None, "Y")], id="remission after a transplant"
        ),
        pytest.param("004", "2025-02-20", [(None, None, None, None)], id="not done"),
    ],
)  # fmt: skip
def test_assessments_that_count(cohort, subject, date, expected):
    found = of(frame(cohort, "ADRS"), PARAMCD="OVR", subject=subject, ADT=date)
    assert rows(found, "AVALC", "ANL01FL", "ANL02FL", "ANL03FL") == expected


def test_the_algorithm_agrees_with_the_investigator(cohort):
    found = frame(cohort, "ADRS")
    said, ruled = (
        found[(found["PARAMCD"] == code) & (found["AVALC"] != "")] for code in ("OVR", "OVRELN")
    )
    said = said[(said["ANL01FL"] == "Y") | (said["AVISIT"] != "")]
    both = said.merge(ruled, on=["subject", "ADT"], suffixes=("_said", "_ruled"))
    assert len(both) == 26
    assert (both["AVALC_said"] == both["AVALC_ruled"]).all()


@pytest.mark.parametrize(
    ("parameter", "medians"),
    [
        ("BMDECL", (26, 28.5, 37, 44, 29, 61)),
        ("BMPDECL", (85.625, 90.289, 96.7204, 98.3871, 96.6667, 98.3871)),
    ],
)
def test_decline_of_the_marrow_blasts(cohort, parameter, medians):
    found = of(frame(cohort, "ADLB"), PARAMCD=parameter).groupby("AVISIT", observed=True)["AVAL"]
    assert list(found.count()[list(VISITS[:6])]) == [6, 6, 4, 3, 3, 1]
    assert list(found.median()[list(VISITS[:6])]) == pytest.approx(medians, rel=1e-4)


@pytest.mark.parametrize(
    ("wanted", "names", "expected"),
    [
        pytest.param(
            {"subject": "002", "PARAMCD": "BMBLAST", "AVISIT": "Baseline"},
            ("AVAL", "ABLFL", "BASE"), [(62, "Y", 62), (48, None, 62)],
            id="the baseline marrow is that before the lymphodepletion",
        ),
        pytest.param(
            {"subject": "006", "PARAMCD": "BMBLAST", "DTYPE": "LLOQ"},
            ("AVAL", "BLQFL", "AVISIT"), [(1, "Y", "Month 2")],
            id="blasts below a limit take the limit",
        ),
        pytest.param(
            {"subject": "001", "DTYPE": "COMPUTED"},
            ("PARAMCD", "AVAL", "AVISIT", "SRCVAR"),
            [("NEUT", pytest.approx(1.001), "Day 21", "LBSTRESN")],
            id="neutrophils from leukocytes and percentage",
        ),
        pytest.param(
            {"subject": "005", "PARAMCD": "PKIL6"},
            ("AVAL", "AVISIT", "AVISITN", "DTYPE"), [(5000, "PEAK DAY 0-28", 97, None)],
            id="a peak above the limit takes the limit",
        ),
        pytest.param(
            {"subject": "006", "AVALC": "NEGATIVE"}, ("PARAMCD", "AVAL", "AVALC"),
            [("PBBLAST", None, "NEGATIVE")], id="a word is no number",
        ),
    ],
)  # fmt: skip
def test_laboratory_records(cohort, wanted, names, expected):
    assert rows(of(frame(cohort, "ADLB"), **wanted), *names) == expected


@pytest.mark.parametrize("dataset", ["ADLB", "ADRS", "ADTTE"])
def test_every_code_has_one_number_and_one_text(dataset):
    spec = load_study(STUDY, catalogue()).datasets[dataset]
    register = spec.tables["register"].frame
    assert list(register["PARAMN"]) == list(range(1, len(register) + 1))
    assert list(register["PARAMCD"]) == [term.value for term in spec.codelists["PARAMCD"].terms]


def changed(raw: Path, form: str, change: Callable[[list[Row]], list[Row]]) -> None:
    """Rewrite a raw form with other rows."""
    path = raw / f"{form}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        names, found = list(reader.fieldnames or ()), list(reader)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(found))


def cells(record: str, **values: str) -> Callable[[list[Row]], list[Row]]:
    """The rows with other values on the one of a record number."""
    return lambda found: [{**row, **values} if row["RECID"] == record else row for row in found]


def without(*records: str) -> Callable[[list[Row]], list[Row]]:
    return lambda found: [row for row in found if row["RECID"] not in records]


def more(**values: str) -> Callable[[list[Row]], list[Row]]:
    new = {"STUDY": "DUALCART-AML", "SITE": "01", "RECID": "99001", "UPDTS": "2025-08-01T09:00:00"}
    return lambda found: [*found, {**new, **values}]


@pytest.fixture(scope="module")
def other_courses(tmp_path_factory) -> tuple[Built, Problems]:
    """The cohort with other courses of the same subjects, one rule tried on each."""
    raw = tmp_path_factory.mktemp("courses") / "raw"
    shutil.copytree(STUDY / "raw", raw)
    # 001: a remission and a toxicity on day 28.
    changed(raw, "resp", cells("10002", RSDAT="UN MAY 2024"))
    changed(raw, "ae", cells("10005", AESTDAT="29-Mar-2024", AEENDAT="31-Mar-2024", AEDLT="Y"))
    # 002: a toxicity on day 29, an examination after the cut-off.
    changed(raw, "ae", cells("10018", AESTDAT="2024/5/9", AEENDAT="2024/5/12", AEDLT="Y"))
    changed(raw, "visitlog", more(SUBJ="002", VISDAT="2025-07-05", VISYN="Y", CONTMODE="clinic"))
    # 003: a failure instead of a progression, alive.
    changed(raw, "resp", cells("10008", RESP="Treatment failure"))
    changed(raw, "death", without("10002"))
    changed(raw, "eos", without("10002"))
    # 004: the day of the progression is not known.
    changed(raw, "resp", cells("10013", RSDAT="UN SEP 2024"))
    # 005: a remission and a progression on one day.
    for record, response in (("99005", "CR"), ("99006", "PD")):
        seen = {"SUBJ": "005", "RECID": record, "RSDAT": "2024-08-15", "VISIT": "UNS"}
        changed(raw, "resp", more(**seen, RESP=response))
    # 003, 006: neurotoxicity of unknown start, and over before the infusion of the same month.
    neurotoxicity = {"AETERM": "Seizure", "AEGR": "4", "AESER": "N", "AEREL": "Not related"}
    neurotoxicity |= {"AERELLD": "Not related", "AEOUT": "Resolved", "AENO": "99"}
    changed(raw, "ae", more(**neurotoxicity, SUBJ="003", AEENDAT="2024-05-20"))
    over = {"SUBJ": "016", "RECID": "99002", "AESTDAT": "UN SEP 2024", "AEENDAT": "2024-09-05"}
    changed(raw, "ae", more(**{**neurotoxicity, **over}))
    # 008: never infused, with a toxicity judged dose-limiting and without a date of consent.
    changed(raw, "ae", cells("10079", AEDLT="Y"))
    changed(raw, "enr", cells("10009", ICDAT="UNK"))
    # 006: a telephone contact after the cut-off.
    changed(raw, "surv", more(SUBJ="016", SVSTAT="Alive", CONTDAT="2025-07-10", CONTMODE="phone"))
    # 007: less than 80 percent of the dose, consent withdrawn.
    changed(raw, "inf", cells("10010", CARPOS="90"))
    changed(raw, "inf", cells("10011", CARPOS="95"))
    changed(raw, "eos", more(SUBJ="007", ENDDAT="2025-06-20", STATUS="Withdrew consent"))
    return made(raw)


OTHER_TIMES: Mapping[str, tuple[str, str, int, int, str | None]] = {
    "contact after the cut-off": ("006", "OS", 292, 8, "DATA CUT-OFF"),
    "contact after the cut-off, remission": ("006", "RFS", 264, 8, "DATA CUT-OFF"),
    "a telephone call is no examination": (
        "006", "EFS", 274, 1, "LAST FOLLOW-UP EXAMINATION DATE",
    ),
    "the cut-off does not end a response": ("006", "DOR", 246, 1, "LAST DISEASE ASSESSMENT DATE"),
    "an examination after the cut-off": ("002", "EFS", 447, 8, "DATA CUT-OFF"),
    "an examination is a sign of life": ("002", "OS", 447, 8, "DATA CUT-OFF"),
    "an intervention before the cut-off": ("002", "OSHSCT", 107, 5, "DATE OF HSCT"),
    "failure without remission is no event": (
        "003", "EFS", 102, 1, "LAST FOLLOW-UP EXAMINATION DATE",
    ),
    "but in its own parameter": ("003", "EFSTF", 61, 0, None),
    "progression as early as may be": ("004", "DOR", 46, 0, None),
    "consent withdrawn": ("007", "OS", 229, 3, "DATE LAST KNOWN ALIVE"),
    "an event before that": ("007", "RFS", 148, 0, None),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHER_TIMES)
def test_times_to_event_of_other_courses(other_courses, case):
    subject, parameter, *expected = OTHER_TIMES[case]
    _, _, days, code, _, date, _ = times(other_courses)[subject, parameter]
    assert [days, code, date] == expected


@pytest.mark.parametrize(
    ("subject", "visit", "expected"),
    [
        pytest.param(
            "001", "MONTH 2", ("CR", "2024-05-30", "D"),
            id="a remission as late as may be before the next assessment",
        ),
        pytest.param(
            "004", "MONTH 2", ("PR", "2024-08-20", None), id="a known day is left alone"
        ),
        pytest.param(
            "004", "MONTH 3", ("PD", "2024-09-01", "D"), id="a progression on the first"
        ),
    ],
)  # fmt: skip
def test_assessments_whose_day_is_not_known(other_courses, subject, visit, expected):
    found = of(frame(other_courses, "ADRS"), PARAMCD="OVR", subject=subject, VISIT=visit)
    assert rows(found, "AVALC", "ADT", "ADTF") == [expected]


def test_a_progression_of_the_same_day_leaves_no_response(other_courses):
    subject = of(frame(other_courses, "ADRS"), subject="005")
    assert rows(of(subject, PARAMCD="BOR"), "AVALC", "ADT") == [("PD", "2024-08-15")]
    assert rows(of(subject, PARAMCD="FRSP"), "ADT") == []
    for rate in ("ORR", "ORRH"):
        best = of(subject, PARAMCD=rate, AVISIT="BEST OVERALL")
        assert rows(best, "AVALC", "ADT") == [("N", "2024-08-15")]


def test_neurotoxicity_counts_only_where_it_began_after_the_infusion(cohort, other_courses):
    before, after = (
        by_subject(frame(result, "ADSL"), "NTXMXGR") for result in (cohort, other_courses)
    )
    assert {one: after[one] for one in ("003", "006")} == {
        one: before[one] for one in ("003", "006")
    }
    assert max(before["003"], before["006"]) < 4


def test_nobody_is_enrolled_without_consent(other_courses):
    enrolled = by_subject(frame(other_courses, "ADSL"), "ENRLFL")
    assert [subject for subject, flag in enrolled.items() if flag == "N"] == ["008"]


def test_dose_limiting_toxicity_of_other_courses(other_courses):
    subjects = frame(other_courses, "ADSL")
    # 001 on day 28; 002 on day 29; 005 as before; 007 had 60 percent of the dose.
    assert by_subject(subjects, "DLTFL") == {
        "001": "Y", "002": "N", "003": "N", "004": "N", "005": "Y", "006": "N", "007": "N",
        "008": "N",
    }  # fmt: skip
    # 008 was never infused, whatever was judged.
    evaluable = by_subject(subjects, "DLTEVLFL")
    assert sorted(subject for subject, flag in evaluable.items() if flag == "N") == ["007", "008"]
