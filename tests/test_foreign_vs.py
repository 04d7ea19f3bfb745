"""Vital signs of studies this project was not made for, against records written by hand.

``foreign/bedside`` has two layouts of its own: a page with a column for each sign and a device with
a line for each, two spellings of dates, two units of one sign. ``foreign/viedoc`` reads the export
of a data capture system as it comes: two header rows, codes beside texts, wide laboratory forms.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from studies import Result

from submission.run import Report, Request, build_study

SPECS = Path(__file__).parent / "foreign"
VIEDOC = Path(__file__).parents[2] / "shared" / "foreign" / "viedoc"


def run(name: str, raw: Path, folder: Path) -> tuple[Report, Result]:
    """A spec of this folder built to files, and its records."""
    created = datetime(2025, 1, 1, tzinfo=UTC)
    report = build_study(Request(SPECS / name, raw, folder / "out", created, jobs=1))
    assert not report.problems.errors
    assert report.study
    assert report.built
    return report, Result(report.study, report.built, report.problems)


@pytest.fixture(scope="module")
def bedside(tmp_path_factory) -> tuple[Report, Result]:
    return run("bedside", SPECS / "bedside" / "raw", tmp_path_factory.mktemp("bedside"))


@pytest.fixture(scope="module")
def viedoc(tmp_path_factory) -> tuple[Report, Result]:
    if not VIEDOC.is_dir():
        pytest.skip("the export of Viedoc is not beside the project")
    return run("viedoc", VIEDOC, tmp_path_factory.mktemp("viedoc"))


def test_no_line_of_python():
    assert {path.suffix for path in SPECS.rglob("*") if path.is_file()} == {".yaml", ".csv"}


def test_what_is_said_of_the_bedside_study(bedside):
    report, _ = bedside
    assert {one.code for one in report.problems} == {"ST409"}  # DM and EX are as short as may be
    assert {"sdtm/vs.xpt", "sdtm/define.xml"} <= set(report.written)


# Who, sign, position, as collected, standard, status, baseline.
RESULTS = [
    ("NORD-01-007", "PULSE", "SUPINE", "64", "beats/min", "64", 64, "beats/min", None, "Y"),
    ("NORD-01-007", "PULSE", "STANDING", "71", "beats/min", "71", 71, "beats/min", None, None),
    ("NORD-01-007", "TEMP", None, "36,8", "C", "36.8", 36.8, "C", None, "Y"),
    ("NORD-01-007", "TEMP", None, "37,1", "C", "37.1", 37.1, "C", None, None),
    ("NORD-01-007", "TEMP", None, "98.6", "F", "37", 37, "C", None, None),
    ("NORD-01-007", "WEIGHT", None, "80,5", "kg", "80.5", 80.5, "kg", None, None),
    ("NORD-01-007", "WEIGHT", None, "176", "LB", "79.8", 79.8, "kg", None, "Y"),
    ("NORD-01-007", "WEIGHT", None, "80,0", "kg", "80.0", 80, "kg", None, None),
    ("NORD-01-008", "TEMP", None, None, None, None, None, None, "NOT DONE", None),
    ("NORD-01-008", "WEIGHT", None, None, None, None, None, None, "NOT DONE", None),
]
# Number in the subject, visit, when; the dose was given on 6 March at 10:00.
TIMES = [
    (1, 2, "DAY 1", 1, "2024-03-06T09:10", 1),
    (2, 2, "DAY 1", 1, "2024-03-06T10:30", 1),
    (3, 1, "SCREENING", -2, "2024-03-04T08:30", -2),
    (4, 3, "WEEK 1", 8, "2024-03-13", 8),
    (5, 3, "WEEK 1", 8, "2024-03-13", 8),
    (6, 1, "SCREENING", -2, "2024-03-04T08:30", -2),
    (7, 2, "DAY 1", 1, "2024-03-06T09:05", 1),
    (8, 3, "WEEK 1", 8, "2024-03-13", 8),
    (1, 1, "SCREENING", -2, "2024-03-05", None),
    (2, 1, "SCREENING", -2, "2024-03-05", None),
]


def test_results_of_two_layouts_and_two_units(bedside):
    _, result = bedside
    assert (
        result.rows(
            "VS", "USUBJID", "VSTESTCD", "VSPOS", "VSORRES", "VSORRESU",
            "VSSTRESC", "VSSTRESN", "VSSTRESU", "VSSTAT", "VSLOBXFL",
        )
        == RESULTS
    )  # fmt: skip


def test_visits_by_a_table_alone(bedside):
    _, result = bedside
    assert result.rows("VS", "VSSEQ", "VISITNUM", "VISIT", "VISITDY", "VSDTC", "VSDY") == TIMES


def test_what_is_said_of_the_export(viedoc):
    report, _ = viedoc
    assert {one.code for one in report.problems} == {"CT303", "RF211"}
    assert len(report.written) == 6


def test_vital_signs_of_the_export(viedoc):
    _, result = viedoc
    rows = result.rows(
        "VS", "USUBJID", "VSTESTCD", "VSPOS", "VSORRES", "VSSTRESN", "VSSTRESU", "VSSTAT",
        "VSREASND", "VSLOBXFL", "VISITNUM", "VSDTC", "VSDY",
    )  # fmt: skip
    assert len(rows) == 53
    one, two = "GDISC-KIEM-01", "GDISC-KIEM-02"
    supine, late = "SUPINE", "2023-10-02T10:04"
    assert [row for row in rows if row[0] == two] == [
        (two, "BMI", None, "19.8", 19.8, "kg/m2", None, None, None, 1, late, None),
        (two, "DIABP", supine, "81", 81, "mmHg", None, None, None, 1, late, None),
        (two, "HEIGHT", None, "163", 163, "cm", None, None, None, 1, late, None),
        (two, "PULSE", supine, "58", 58, "beats/min", None, None, None, 1, late, None),
        (two, "SYSBP", supine, "131", 131, "mmHg", None, None, None, 1, late, None),
        (two, "TEMP", None, "37.0", 37, "C", None, None, None, 1, late, None),
        (two, "WEIGHT", None, "52.5", 52.5, "kg", None, None, None, 1, late, None),
    ]
    assert [row for row in rows if row[0] == one and row[1] in {"TEMP", "VSALL"}] == [
        (one, "TEMP", None, "36.7", 36.7, "C", None, None, None, 1, "2023-08-01T16:17", -6),
        (one, "TEMP", None, "36.4", 36.4, "C", None, None, "Y", 2, "2023-08-04T16:20", -3),
        (one, "TEMP", None, "36.1", 36.1, "C", None, None, None, 4, "2023-08-31T16:30", 25),
        (one, "TEMP", None, "36.9", 36.9, "C", None, None, None, 5, "2023-09-25T16:34", 50),
        (one, "VSALL", None, None, None, None, "NOT DONE", "FORGOTTEN", None, 3, None, None),
    ]


def test_wide_laboratory_form_with_comparators_and_ranges(viedoc):
    _, result = viedoc
    rows = result.rows(
        "LB", "USUBJID", "LBTESTCD", "LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI", "LBSTRESC",
        "LBSTRESU", "LBSTNRLO", "LBSTNRHI", "LBNRIND", "LBSTAT", "LBCLSIG", "LBFAST",
    )  # fmt: skip
    assert len(rows) == 33
    last = [row[1:] for row in rows if row[0] == "GDISC-KIEM-03" and row[1] in {"GLUC", "LBALL"}]
    assert last == [
        ("GLUC", "105", "mg/dL", "60", "110", "5.8", "mmol/L", 3.3, 6.1, "NORMAL", None, None, "Y"),
        ("GLUC", "130", "mg/dL", "60", "110", "7.2", "mmol/L", 3.3, 6.1, "HIGH", None, "Y", "Y"),
        ("GLUC", "110", "mg/dL", "60", "110", "6.1", "mmol/L", 3.3, 6.1, "NORMAL", None, None, "Y"),
        ("LBALL", None, None, None, None, None, None, None, None, None, "NOT DONE", None, None),
    ]
    alt = [row[2:11] for row in rows if row[:2] == ("GDISC-KIEM-03", "ALT")]
    assert alt == [
        ("37", "U/L", None, "<35", "37", "U/L", None, 35, "HIGH"),
        ("37", "U/L", None, "<35", "37", "U/L", None, 35, "HIGH"),
        ("33", "U/L", None, "<35", "33", "U/L", None, 35, "NORMAL"),
    ]


def test_events_of_the_export_with_boxes_ticked_and_partial_dates(viedoc):
    _, result = viedoc
    assert result.rows(
        "AE", "USUBJID", "AETERM", "AEACN", "AEOUT", "AECONTRT", "AESTDTC", "AEENDTC", "AESTDY"
    ) == [
        ("GDISC-KIEM-01", "Sun stroke", "NOT APPLICABLE", "RECOVERED/RESOLVED", "Y",
         "2023-09-30", "2023-10", 55),
        ("GDISC-KIEM-01", "Broken finger", "DOSE NOT CHANGED", "RECOVERED/RESOLVED", "Y",
         "2023-08-31", "2023-08-31", 25),
        ("GDISC-KIEM-03", "Diarrhea", "NOT APPLICABLE", "RECOVERED/RESOLVED", "Y",
         "2023-11-27", "2023-11-27", None),
        ("GDISC-KIEM-03", "Aeromonas infection", "DRUG WITHDRAWN", "RECOVERED/RESOLVED", "Y",
         "2023-12-22", "2024-01", None),
    ]  # fmt: skip
