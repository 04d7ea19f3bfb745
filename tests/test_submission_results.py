"""Estimates of the shared cohort against the worked examples, and the two files."""

import csv
import io
import json
from datetime import datetime
from math import isnan, nan
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mappings.columns import TEXT
from mappings.marked_yaml import load_marked
from mappings.problems import Mark, Problems
from submission.estimates import Estimate, Unit, read_results
from submission.results import Row, csv_text, estimate, json_text, write_results
from submission.run import Request, build_study

SHIPPED = Path(__file__).parent.parent / "mappings" / "dualcart_aml" / "results.yaml"
VISITS = {1: "Month 1", 2: "Month 2", 3: "Month 3", 6: "Month 6", 9: "Month 9", 12: "Month 12"}
BEST = 99

# Status at each reached visit and the best one: "." no counted assessment, "-" visit not reached.
STATUS = """
subject  1     2    3    6        9        12  99
001      CR    CR   CR   CR       RELAPSE  .   CR
002      MLFS  CRi  CRh  CR       CR       CR  CR
003      NR    PD   .    .        .        .   NR
004      PR    PR   PD   .        .        .   PR
005      .     .    .    .        .        -   MISSING
006      CRh   CR   CR   CR       CR       -   CR
007      CRi   CRi  .    RELAPSE  -        -   CRi
"""
# The same, not counted after HSCT: only 002 had one, between month 3 and month 6.
STATUS_HSCT = {("002", 6): ".", ("002", 9): ".", ("002", 12): ".", ("002", BEST): "CRh"}
RATES = {
    "ORR": {"CR", "CRh", "CRi", "MLFS", "PR"},
    "CRR": {"CR", "CRh", "CRi"},
    "PRR": {"PR"},
    "CRHR": {"CRh"},
    "CRIR": {"CRi"},
    "MLFSR": {"MLFS"},
}
TIMES = """
PARAMCD subject DURDAYS CNSR
OS  001 326 0
OS  002 432 1
OS  003 129 0
OS  004 269 2
OS  005 20 0
OS  006 287 1
OS  007 229 1
EFS 001 274 0
EFS 002 406 1
EFS 003 61 0
EFS 004 92 0
EFS 005 20 0
EFS 006 274 1
EFS 007 176 0
RFS 001 246 0
RFS 002 371 1
RFS 006 259 1
RFS 007 148 0
RFSHSCT 001 246 0
RFSHSCT 002 46 5
RFSHSCT 006 259 1
RFSHSCT 007 148 0
RFSNALT 001 246 0
RFSNALT 002 371 1
RFSNALT 006 259 1
RFSNALT 007 45 6
DOR 001 246 0
DOR 002 338 1
DOR 004 64 0
DOR 006 246 1
DOR 007 148 0
"""
# n of N: percent and limits, as printed for the visits
PERCENTS = {
    (5, 7): (71.4, 29.0, 96.3),
    (4, 7): (57.1, 18.4, 90.1),
    (3, 7): (42.9, 9.9, 81.6),
    (2, 7): (28.6, 3.7, 71.0),
    (1, 7): (14.3, 0.4, 57.9),
    (0, 7): (0.0, 0.0, 41.0),
    (2, 6): (33.3, 4.3, 77.7),
    (1, 6): (16.7, 0.4, 64.1),
    (0, 6): (0.0, 0.0, 45.9),
    (1, 4): (25.0, 0.6, 80.6),
    (0, 4): (0.0, 0.0, 60.2),
}
RATE_ORACLE = """
visit         ORR  CRR  PRR  CRHR  CRIR  MLFSR  ORRH  CRRH  PRRH  CRHRH  CRIRH  MLFSRH
Month_1       5/7  3/7  1/7  1/7   1/7   1/7    5/7   3/7   1/7   1/7    1/7    1/7
Month_2       5/7  4/7  1/7  0/7   2/7   0/7    5/7   4/7   1/7   0/7    2/7    0/7
Month_3       3/7  3/7  0/7  1/7   0/7   0/7    3/7   3/7   0/7   1/7    0/7    0/7
Month_6       3/7  3/7  0/7  0/7   0/7   0/7    2/7   2/7   0/7   0/7    0/7    0/7
Month_9       2/6  2/6  0/6  0/6   0/6   0/6    1/6   1/6   0/6   0/6    0/6    0/6
Month_12      1/4  1/4  0/4  0/4   0/4   0/4    0/4   0/4   0/4   0/4    0/4    0/4
BEST_OVERALL  5/7  4/7  1/7  0/7   1/7   0/7    5/7   4/7   1/7   1/7    1/7    0/7
"""
# parameter, visit: events so far, N, value, lower, upper
SURVIVAL_ORACLE = [
    ("RFS", "Month 1", 0, 4, 1, nan, nan),
    ("RFS", "Month 2", 0, 4, 1, nan, nan),
    ("RFS", "Month 3", 0, 4, 1, nan, nan),
    ("RFS", "Month 6", 1, 4, 0.7500, 0.1279, 0.9605),
    ("RFS", "Month 9", 2, 4, 0.5000, 0.0578, 0.8449),
    ("RFS", "Month 12", 2, 4, 0.5000, 0.0578, 0.8449),
    ("RFSHSCT", "Month 6", 1, 4, 0.6667, 0.0541, 0.9452),
    ("RFSHSCT", "Month 12", 2, 4, nan, nan, nan),
    ("RFSNALT", "Month 9", 1, 4, 0.6667, 0.0541, 0.9452),
    ("EFS", "Month 1", 1, 7, 0.8571, 0.3341, 0.9786),
    ("EFS", "Month 2", 1, 7, 0.8571, 0.3341, 0.9786),
    ("EFS", "Month 3", 2, 7, 0.7143, 0.2582, 0.9198),
    ("EFS", "Month 6", 4, 7, 0.4286, 0.0978, 0.7344),
    ("EFS", "Month 9", 4, 7, 0.4286, 0.0978, 0.7344),
    ("EFS", "Month 12", 5, 7, 0.2857, 0.0411, 0.6115),
    ("OS", "Month 1", 1, 7, 0.8571, 0.3341, 0.9786),
    ("OS", "Month 2", 1, 7, 0.8571, 0.3341, 0.9786),
    ("OS", "Month 3", 1, 7, 0.8571, 0.3341, 0.9786),
    ("OS", "Month 6", 2, 7, 0.7143, 0.2582, 0.9198),
    ("OS", "Month 9", 2, 7, 0.7143, 0.2582, 0.9198),
    ("OS", "Month 12", 3, 7, 0.3571, 0.0141, 0.7798),
    ("DOR", "Month 1", 0, 5, 1, nan, nan),
    ("DOR", "Month 2", 0, 5, 1, nan, nan),
    ("DOR", "Month 3", 1, 5, 0.8000, 0.2038, 0.9692),
    ("DOR", "Month 6", 2, 5, 0.6000, 0.1257, 0.8818),
    ("DOR", "Month 9", 3, 5, 0.4000, 0.0520, 0.7528),
    ("DOR", "Month 12", 3, 5, nan, nan, nan),
]
# parameter: events, N, median in days and months, limits in days
MEDIAN_ORACLE = [
    ("RFS", 2, 4, 246, 8.0821, 148, nan),
    ("RFSHSCT", 2, 4, 246, 8.0821, 148, nan),
    ("RFSNALT", 1, 4, nan, nan, 246, nan),
    ("EFS", 5, 7, 176, 5.7823, 20, nan),
    ("OS", 3, 7, 326, 10.7105, 20, nan),
    ("DOR", 3, 5, 246, 8.0821, 64, nan),
]


def table(text):
    header, *lines = text.strip().splitlines()
    return header.split(), [line.split() for line in lines]


def adsl():
    subjects = [f"00{number}" for number in range(1, 9)]
    infused = ["Y"] * 7 + ["N"]
    levels = ["DL1"] * 3 + ["DL2"] * 4 + [""]
    columns = {"USUBJID": subjects, "FASFL": infused, "RSPEVFL": infused, "DOSELVL": levels}
    return pd.DataFrame(columns, dtype=TEXT)


def status_at(subject, visit, status, hsct):
    return STATUS_HSCT.get((subject, visit), status) if hsct else status


def adrs():
    """The rate records of the cohort, ORR to MLFSR and the same not counted after HSCT."""
    header, lines = table(STATUS)
    rows = [
        (subject, parameter + hsct, VISITS.get(visit, "BEST OVERALL"), float(visit), counted)
        for subject, *statuses in lines
        for visit, status in zip(map(int, header[1:]), statuses, strict=True)
        if status != "-"
        for parameter, responses in RATES.items()
        for hsct in ("", "H")
        for counted in ["Y" if status_at(subject, visit, status, hsct) in responses else "N"]
    ]
    names = ["USUBJID", "PARAMCD", "AVISIT", "AVISITN", "AVALC"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({name: TEXT for name in names if name != "AVISITN"})


def adtte():
    _, lines = table(TIMES)
    frame = pd.DataFrame(lines, columns=["PARAMCD", "USUBJID", "DURDAYS", "CNSR"])
    kinds = {"PARAMCD": TEXT, "USUBJID": TEXT, "DURDAYS": "float64", "CNSR": "float64"}
    return frame.astype(kinds)


FRAMES = {"ADSL": adsl(), "ADRS": adrs(), "ADTTE": adtte()}


@pytest.fixture(scope="module")
def results():
    problems = Problems()
    loaded = load_marked(SHIPPED.read_text(encoding="utf-8"), "results.yaml")[0]
    columns = {name: list(frame.columns) for name, frame in FRAMES.items()}
    estimates = read_results(loaded, columns, lambda _: None, problems)
    made = estimate(estimates, FRAMES, problems)
    assert list(problems) == []
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The results file of the bundled study as it is built from its raw forms."""
    study = SHIPPED.parent
    out = tmp_path_factory.mktemp("built") / "out"
    assert build_study(Request(study, study / "raw", out, datetime(2025, 7, 1))).written
    read = pd.read_csv(out / "results" / "endpoints.csv")
    return read.fillna({name: "" for name in ("visit", "subgroup", "note")})


@pytest.fixture(scope="module", params=["worked example", "built study"])
def shared(request, results):
    """The estimates of the shared cohort, from its worked values and from its raw forms."""
    worked = request.param == "worked example"
    return results if worked else request.getfixturevalue("built")


def row_of(results, **wanted):
    wanted = {"subgroup": "ALL", "population": "FASFL", **wanted}
    mask = np.logical_and.reduce([results[name].eq(value) for name, value in wanted.items()])
    (row,) = results[mask].itertuples(index=False)
    return row


def interval(row):
    return row.value, row.lower, row.upper


RATE_CASES = [
    pytest.param(parameter, line[0].replace("_", " "), *map(int, cell.split("/")))
    for header, lines in [table(RATE_ORACLE)]
    for line in lines
    for parameter, cell in zip(header[1:], line[1:], strict=True)
]


@pytest.mark.parametrize("population", ["FASFL", "RSPEVFL"])
@pytest.mark.parametrize(("parameter", "visit", "n", "total"), RATE_CASES)
def test_rates_of_the_shared_cohort(shared, population, parameter, visit, n, total):
    row = row_of(shared, parameter=parameter, visit=visit, population=population)
    assert (row.statistic, row.n, row.N, row.note) == ("percent", n, total, "")
    assert interval(row) == pytest.approx(PERCENTS[n, total], abs=0.05)


@pytest.mark.parametrize(
    ("parameter", "visit", "n", "total", "value", "lower", "upper"), SURVIVAL_ORACLE
)
def test_survival_of_the_shared_cohort(shared, parameter, visit, n, total, value, lower, upper):
    row = row_of(shared, parameter=parameter, visit=visit, statistic="survival")
    assert (row.n, row.N) == (n, total)
    assert interval(row) == pytest.approx((value, lower, upper), abs=1e-4, nan_ok=True)
    assert row.note == ("beyond the longest observed time" if isnan(value) else "")


@pytest.mark.parametrize(
    ("parameter", "n", "total", "days", "months", "lower", "upper"), MEDIAN_ORACLE
)
def test_median_of_the_shared_cohort(shared, parameter, n, total, days, months, lower, upper):
    in_days = row_of(shared, parameter=parameter, statistic="median_days")
    in_months = row_of(shared, parameter=parameter, statistic="median_months")
    assert interval(in_days) == pytest.approx((days, lower, upper), nan_ok=True)
    assert in_months.value == pytest.approx(months, rel=1e-4, nan_ok=True)
    assert in_months.lower == lower / 30.4375
    assert (in_days.n, in_days.N, in_months.n, in_months.N) == (n, total, n, total)
    assert in_days.note == in_months.note == ("not reached" if isnan(days) else "")
    assert row_of(shared, parameter=parameter, statistic="events").value == n


def test_columns_and_their_kinds(results):
    assert list(results.columns) == [
        "endpoint", "parameter", "visit", "population", "subgroup", "n", "N", "statistic",
        "value", "lower", "upper", "note",
    ]  # fmt: skip
    assert {results[name].dtype.kind for name in ("n", "N")} == {"i"}
    assert {results[name].dtype.kind for name in ("value", "lower", "upper")} == {"f"}


def test_every_endpoint_of_the_file_has_rows(results):
    assert list(results["endpoint"].unique()) == [
        "E03", "E04", "E05", "E16", "E17", "E18", "E08", "E09", "E10", "E11",
    ]  # fmt: skip


def test_visits_are_in_order_of_their_number(results):
    whole = results[results["parameter"].eq("ORR") & results["population"].eq("FASFL")]
    for _, group in whole.groupby("subgroup"):
        assert list(group["visit"]) == [*VISITS.values(), "BEST OVERALL"][: len(group)]


def test_whole_population_first_then_its_dose_levels(results):
    orr = results[results["parameter"].eq("ORR") & results["visit"].eq("Month 2")]
    assert list(zip(orr["population"], orr["subgroup"], orr["n"], orr["N"], strict=True)) == [
        ("FASFL", "ALL", 5, 7),
        ("FASFL", "DL1", 2, 3),
        ("FASFL", "DL2", 3, 4),
        ("RSPEVFL", "ALL", 5, 7),
        ("RSPEVFL", "DL1", 2, 3),
        ("RSPEVFL", "DL2", 3, 4),
    ]


def test_a_visit_nobody_of_a_subgroup_reached_has_no_row(results):
    twelve = results[results["parameter"].eq("ORR") & results["visit"].eq("Month 12")]
    twelve = twelve[twelve["population"].eq("FASFL")]
    assert list(zip(twelve["subgroup"], twelve["N"], strict=True)) == [
        ("ALL", 4),
        ("DL1", 3),
        ("DL2", 1),
    ]


def test_an_analysis_of_no_records_says_so(results):
    row = row_of(results, parameter="OSHSCT", visit="Month 6")
    assert (row.n, row.N, isnan(row.value), row.note) == (0, 0, True, "no records")


RESPONSE = Estimate(
    endpoint="R1",
    title="response",
    statistic="rate",
    dataset="ADRS",
    parameters=("RSP",),
    populations=("FASFL",),
    subgroups=(),
    event={"AVALC": ("CR", "PR")},
    where={},
    mark=Mark("results.yaml", 8, 7),
)
SURVIVAL = Estimate(
    endpoint="S1",
    title="survival",
    statistic="survival",
    dataset="ADTTE",
    parameters=("OS",),
    populations=("FASFL",),
    subgroups=(),
    event={"CNSR": (0.0,)},
    where={},
    time="DURDAYS",
    unit=Unit("week", 7.0),
    landmarks=(1.0, 2.5),
    mark=Mark("results.yaml", 20, 7),
)


def texts(**columns):
    return pd.DataFrame(columns, dtype=TEXT)


SUBJECTS = texts(
    USUBJID=["A", "B", "C", "D"],
    FASFL=["Y", "Y", "Y", "N"],
    SEX=["F", "M", "F", "M"],
    DOSELVL=["2", "", "1", "1"],
)


def responses(values, **more):
    return texts(USUBJID=["A", "B", "C", "D"], PARAMCD=["RSP"] * 4, AVALC=values, **more)


def changed(item, **fields):
    return Estimate(**{**vars(item), **fields})


def small(item, records):
    problems = Problems()
    frames = {"ADSL": SUBJECTS, item.dataset: records} if item.dataset != "ADSL" else {}
    return estimate([item], frames or {"ADSL": records}, problems), list(problems)


@pytest.mark.parametrize(
    ("item", "records", "counts"),
    [
        pytest.param(RESPONSE, responses(["CR", "PR", "NE", "CR"]), {"ALL": (2, 3)}, id="any of"),
        pytest.param(
            RESPONSE, responses(["CR", "", "", ""]), {"ALL": (1, 3)}, id="missing is none"
        ),
        pytest.param(
            changed(RESPONSE, where={"ANL01FL": ("Y",)}),
            responses(["CR", "CR", "NE", "CR"], ANL01FL=["Y", "", "Y", "Y"]),
            {"ALL": (1, 2)},
            id="only the records looked at",
        ),
        pytest.param(
            changed(RESPONSE, subgroups=("DOSELVL",)),
            responses(["CR", "CR", "NE", "CR"]),
            {"ALL": (2, 3), "1": (0, 1), "2": (1, 1)},
            id="a subject without a level is in the whole only",
        ),
        pytest.param(
            changed(RESPONSE, subgroups=("SEX", "DOSELVL")),
            responses(["CR", "CR", "NE", "CR"]),
            {
                "ALL": (2, 3),
                "SEX=F": (1, 2),
                "SEX=M": (1, 1),
                "DOSELVL=1": (0, 1),
                "DOSELVL=2": (1, 1),
            },
            id="levels of several variables are told apart",
        ),
    ],
)
def test_who_is_counted(item, records, counts):
    made, problems = small(item, records)
    assert problems == []
    found = zip(made["subgroup"], made["n"], made["N"], strict=True)
    assert {subgroup: (n, total) for subgroup, n, total in found} == counts


def test_toxicity_by_subject():
    subjects = texts(
        USUBJID=["A", "B", "C", "D", "E", "F"],
        DLTEVLFL=["Y", "Y", "N", "Y", "N", "Y"],
        DLTFL=["Y", "N", "N", "N", "N", "Y"],
    )
    item = changed(
        RESPONSE, dataset="ADSL", parameters=(), populations=("DLTEVLFL",), event={"DLTFL": ("Y",)}
    )
    made, problems = small(item, subjects)
    (row,) = made.itertuples(index=False)
    assert (problems, row.parameter, row.visit, row.n, row.N) == ([], "", "", 2, 4)
    assert interval(row) == pytest.approx((50.0, 6.8, 93.2), abs=0.05)


def test_a_rate_without_records_has_one_row():
    made, _ = small(RESPONSE, responses(["CR"] * 4).assign(PARAMCD="XYZ").astype(TEXT))
    (row,) = made.itertuples(index=False)
    assert (row.visit, row.n, row.N, isnan(row.value), row.note) == ("", 0, 0, True, "no records")


def test_records_without_a_visit_are_not_lost():
    records = responses(["CR", "NR", "CR", "CR"]).assign(AVISITN=[2.0, 1.0, nan, 1.0])
    made, _ = small(changed(RESPONSE, by=("AVISITN",)), records)
    found = zip(made["visit"], made["n"], made["N"], strict=True)
    assert list(found) == [("1", 0, 1), ("2", 1, 1), ("", 1, 1)]


def test_another_level():
    made, _ = small(changed(RESPONSE, level=0.8), responses(["CR", "PR", "NE", "CR"]))
    assert made["lower"][0] == pytest.approx(19.58, abs=0.01)


def test_another_unit():
    records = pd.DataFrame(
        {"USUBJID": ["A", "B"], "PARAMCD": "OS", "DURDAYS": [14.0, 21.0], "CNSR": [0.0, 1.0]}
    )
    made, _ = small(SURVIVAL, records)
    found = zip(made["statistic"], made["visit"], made["value"], strict=True)
    assert list(found) == [
        ("events", "", 1),
        ("median_days", "", 14),
        ("median_weeks", "", 2),
        ("survival", "Week 1", 1),
        ("survival", "Week 2.5", 0.5),
    ]


def test_a_subject_counted_twice_is_a_problem():
    records = responses(["CR", "PR", "NE", "CR"])
    _, (problem,) = small(RESPONSE, pd.concat([records, records.head(1)], ignore_index=True))
    assert str(problem) == (
        "results.yaml:8:7: error[DT516] ADRS: 'RSP' counts a subject more than once in response, "
        "1 record: A"
    )


def test_a_missing_time_is_left_out_and_said():
    records = pd.DataFrame(
        {"USUBJID": ["A", "B"], "PARAMCD": "OS", "DURDAYS": [14.0, nan], "CNSR": [0.0, 1.0]}
    )
    made, (problem,) = small(SURVIVAL, records)
    assert set(made["N"]) == {1}
    assert str(problem) == (
        "results.yaml:20:7: warning[DT525] ADTTE: 'OS' has no DURDAYS and is left out of survival, "
        "1 record: B"
    )


@pytest.mark.parametrize(
    ("item", "records", "variable"),
    [
        pytest.param(
            changed(SURVIVAL, event={"CNSR": ("0",)}),
            FRAMES["ADTTE"],
            "CNSR",
            id="text for a number",
        ),
        pytest.param(
            changed(RESPONSE, where={"AVALC": (1.0,)}),
            responses(["CR"] * 4),
            "AVALC",
            id="number for a text",
        ),
    ],
)
def test_unlike_kinds_are_a_problem(item, records, variable):
    made, (problem,) = small(item, records)
    assert made.empty
    assert (problem.code, problem.variable, problem.mark) == ("RF205", variable, item.mark)


def test_a_dataset_that_was_not_given_is_refused():
    with pytest.raises(ValueError, match="ADRS, ADSL"):
        estimate([RESPONSE], {}, Problems())


def test_order_of_records_does_not_matter(results):
    frames = {
        name: frame.sample(frac=1, random_state=1).reset_index(drop=True)
        for name, frame in FRAMES.items()
    }
    loaded = load_marked(SHIPPED.read_text(encoding="utf-8"), "results.yaml")[0]
    columns = {name: list(frame.columns) for name, frame in frames.items()}
    estimates = read_results(loaded, columns, lambda _: None, Problems())
    pd.testing.assert_frame_equal(estimate(estimates, frames, Problems()), results)


def test_inputs_are_left_alone():
    before = {name: frame.copy() for name, frame in FRAMES.items()}
    estimate([changed(RESPONSE, parameters=("ORR",)), SURVIVAL], FRAMES, Problems())
    for name, frame in FRAMES.items():
        pd.testing.assert_frame_equal(frame, before[name])


# Numbers here are literal: the last digit of a computed limit may differ between scipy releases.
ROWS = [
    ("E03", "ORR", "Month 1", "FASFL", "ALL", 1, 3, "percent", 100 / 3, 0.1 + 0.2, 1e-9, ""),
    ("E08", "RFS", "", "FASFL", "DL 1, low", 2, 4, "median_days", 246.0, 148.0, nan, ""),
    ("E08", "RFS", "Month 12", "FASFL", "αβ", 0, 0, "survival", nan, nan, nan, "no records"),
]
CSV = """\
endpoint,parameter,visit,population,subgroup,n,N,statistic,value,lower,upper,note
E03,ORR,Month 1,FASFL,ALL,1,3,percent,33.333333333333336,0.30000000000000004,1e-09,
E08,RFS,,FASFL,"DL 1, low",2,4,median_days,246.0,148.0,,
E08,RFS,Month 12,FASFL,αβ,0,0,survival,,,,no records
"""
JSON = """\
[
  {"endpoint": "E03", "parameter": "ORR", "visit": "Month 1", "population": "FASFL", \
"subgroup": "ALL", "n": 1, "N": 3, "statistic": "percent", "value": 33.333333333333336, \
"lower": 0.30000000000000004, "upper": 1e-09, "note": ""},
  {"endpoint": "E08", "parameter": "RFS", "visit": "", "population": "FASFL", \
"subgroup": "DL 1, low", "n": 2, "N": 4, "statistic": "median_days", "value": 246.0, \
"lower": 148.0, "upper": null, "note": ""},
  {"endpoint": "E08", "parameter": "RFS", "visit": "Month 12", "population": "FASFL", \
"subgroup": "αβ", "n": 0, "N": 0, "statistic": "survival", "value": null, \
"lower": null, "upper": null, "note": "no records"}
]
"""


def test_the_two_files(tmp_path):
    write_results(pd.DataFrame(ROWS, columns=list(Row._fields)), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["endpoints.csv", "endpoints.json"]
    assert (tmp_path / "endpoints.csv").read_bytes() == CSV.encode()
    assert (tmp_path / "endpoints.json").read_bytes() == JSON.encode()


def test_files_give_the_numbers_back(results):
    in_csv = list(csv.DictReader(io.StringIO(csv_text(results))))
    in_json = json.loads(json_text(results))
    for name in ("n", "N", "value", "lower", "upper"):
        expected = [None if isnan(number) else number for number in results[name]]
        assert [float(row[name]) if row[name] else None for row in in_csv] == expected
        assert [row[name] for row in in_json] == expected


def test_nothing_asked_gives_empty_files():
    made = estimate([], {"ADSL": SUBJECTS}, Problems())
    assert csv_text(made) == CSV.splitlines()[0] + "\n"
    assert json_text(made) == "[]\n"
