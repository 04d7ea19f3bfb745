"""A build from its files to its files: nothing is written or touched while anything is wrong."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from mappings.problems import Problem, Problems
from submission.place import PlaceError
from submission.run import Report, Request, build_study

CREATED = datetime(2025, 7, 1, 12, 0, 0)
OLDER = {"sdtm/dm.xpt": b"of an earlier build", "manifest.json": b"{}"}

STUDY = r"""study: TST
name: A Study for Tests
standards: {SDTMIG: "3.4", ADAMIG: "1.3", SDTM CT: "2025-03-28", ADaM CT: "2025-03-28"}
results: results.yaml
settings: {country: CHN}
subjects:
  id: [study, subject]
  patterns: ['^(?P<subject>\d{1,3})$']
  widths: {subject: 3}
raw:
  defaults: {subject: SUBJ}
  dem: {file: dem.csv, page: 1, required: true}
  ae: {file: ae.csv, page: 2}
identifiers:
  sdtm: {STUDYID: study.study, USUBJID: source.USUBJID}
  adam: {STUDYID: study.study, USUBJID: source.USUBJID}
datasets: [dm, ae, adsl]
"""
DM = """dataset: DM
keys: [STUDYID, USUBJID]
records:
  - from: dem
variables:
  SUBJID:   source.SUBJID
  RFSTDTC:  {iso8601: [dem.STDAT]}
  SITEID:   {constant: "01"}
  AGE:      {number: dem.AGE}
  AGEU:     {constant: YEARS, where: not missing(AGE)}
  SEX:      {recode: dem.SEX}
  COUNTRY:  study.country
"""
AE = """dataset: AE
keys: [STUDYID, USUBJID, AEDECOD, AESTDTC, AESPID]
records:
  - name: pages
    from: ae
working:
  verbatim: {clean: ae.AETERM, case: upper}
variables:
  AESPID:   ae.AENO
  AETERM:   verbatim
  AEDECOD:  {lookup: [verbatim], table: coding, keys: [TERM], give: PT}
  AESER:    {recode: ae.AESER}
  AEOUT:    {recode: ae.AEOUT}
  AESTDTC:  {iso8601: [ae.AESTDAT]}
  AESTDY:   {study_day: AESTDTC, since: DM.RFSTDTC}
checks:
  - {must: AESTDTC >= DM.RFSTDTC, severity: warning, message: starts before the study}
tables:
  coding:
    columns: [TERM, PT]
    rows: [[HEADACHE, Headache], [NAUSEA, Nausea]]
"""
ADSL = """dataset: ADSL
keys: [STUDYID, USUBJID]
records:
  - from: DM
variables:
  STUDYID: DM.STUDYID
  USUBJID: DM.USUBJID
  SUBJID:  DM.SUBJID
  SITEID:  DM.SITEID
  AGE:     DM.AGE
  AGEU:    DM.AGEU
  SEX:     DM.SEX
  RACE:    {constant: null}
  ARM:     {constant: Drug}
  TRT01P:  ARM
  TRTSDT:  {date: DM.RFSTDTC}
  SAFFL:   {flag: not missing(TRTSDT), no: "N"}
  AEFL:    {exists: AE.AETERM, among: AE.AESER == "Y", label: Serious Event Flag, codelist: NY}
"""
RESULTS = """estimates:
  - statistic: rate
    dataset: ADSL
    event: {AEFL: "Y"}
    population: SAFFL
    endpoints:
      E1: {title: Rate of serious events}
"""
SPECS = {
    "study.yaml": STUDY,
    "dm.yaml": DM,
    "ae.yaml": AE,
    "adsl.yaml": ADSL,
    "results.yaml": RESULTS,
}
RAW = {
    "dem.csv": b"SUBJ,STDAT,AGE,SEX\n1,01MAR2024,62,F\n2,2024-03-05,55,M\n",
    "ae.csv": b"SUBJ,AENO,AETERM,AESER,AEOUT,AESTDAT\n"
    b"1,1,Headache,N,FATAL,02MAR2024\n2,1,Nausea,Y,UNKNOWN,06MAR2024\n",
}


def study(folder: Path, **changes: tuple[str, str]) -> Path:
    """The clean study with one place of some files changed."""
    made = folder / "tst"
    made.mkdir()
    for name, text in SPECS.items():
        old, new = changes.get(name.removesuffix(".yaml"), ("", ""))
        assert not old or text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        (made / name).write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return made


def request(folder: Path, made: Path, raw: Mapping[str, bytes | None] | None = None) -> Request:
    """A build of a study and of the raw files with some changed, over an older output."""
    forms = folder / "raw"
    forms.mkdir()
    for name, content in {**RAW, **(raw or {})}.items():
        if content is not None:
            (forms / name).write_bytes(content)
    out = folder / "there" / "out"
    for name, content in OLDER.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    return Request(made, forms, out, CREATED, jobs=1)


def assert_untouched(asked: Request, report: Report) -> None:
    """The older output stands as it was, and nothing beside it."""
    held = {
        path.relative_to(asked.out).as_posix(): path.read_bytes()
        for path in asked.out.rglob("*")
        if path.is_file()
    }
    assert held == OLDER
    assert [path.name for path in asked.out.parent.iterdir()] == ["out"]
    assert report.written == {}


def test_a_clean_study_is_written_whole(tmp_path):
    asked = request(tmp_path, study(tmp_path))
    report = build_study(asked)
    assert report.problems.errors == []
    there = {path.relative_to(asked.out).as_posix() for path in asked.out.rglob("*.*")}
    assert there == {*report.written, "manifest.json"}
    assert {"sdtm/dm.xpt", "sdtm/define.xml", "adam/adsl.xpt", "results/endpoints.csv"} < there
    for name, digest in report.written.items():
        assert hashlib.sha256((asked.out / name).read_bytes()).hexdigest() == digest
    said = json.loads((asked.out / "manifest.json").read_text(encoding="utf-8"))
    assert {one["file"]: one["sha256"] for one in said["outputs"]} == dict(report.written)
    assert [path.name for path in asked.out.parent.iterdir()] == ["out"]


# One thing wrong in a spec: what was changed, what is said, and the text the place points at.
BROKEN = [
    ("study", "study: TST\n", "study: TST\nstudi: TST\n", "SP103 tst/study.yaml:2:1", "studi:"),
    ("study", "name: A", "name A", "SP101 tst/study.yaml:3:1", "standards:"),
    (
        "study",
        'SDTM CT: "2025-03-28"',
        'SDTM CT: "2020-01-01"',
        "SP107 tst/study.yaml:3:53",
        "2020",
    ),
    ("study", r"\d{1,3})$", r"\d{1,3}$", "SP110 tst/study.yaml:8:15", "^(?P<subject>"),
    ("study", "true}", "maybe}", "SP106 tst/study.yaml:12:43", "maybe"),
    ("study", "page: 2}", "page: 2, encodng: utf-8}", "SP103 tst/study.yaml:13:31", "encodng:"),
    ("study", "page: 2}", "page: 2, pivot: 150}", "SP106 tst/study.yaml:13:38", "150"),
    ("study", "ae, adsl]", "ae, adsl, vs]", "SP113 tst/study.yaml:17:26", "vs]"),
    ("study", "country: CHN", "land: CHN", "RF202 tst/dm.yaml:12:13", "study.country"),
    ("dm", "keys: [STUDYID, USUBJID]\n", "", "SP105 tst/dm.yaml:1:1", "dataset:"),
    ("dm", "from: dem", "from: dm", "RF202 tst/dm.yaml:4:11", "dm"),
    ("dm", "YEARS", "YEAR", "CT301 tst/dm.yaml:10:24", "YEAR,"),
    ("dm", "missing(AGE)", "misssing(AGE)", "SP110 tst/dm.yaml:10:42", "misssing"),
    ("dm", "not missing(AGE)", "AGE in (1, 2)", "SP109 tst/dm.yaml:10:38", "AGE in"),
    ("dm", "  COUNTRY:  study.country\n", "", "ST403 tst/dm.yaml:2:7", "[STUDYID"),
    ("dm", "recode: dem.SEX", "recode: ae.SEX", "RF204 tst/dm.yaml:11:22", "ae.SEX"),
    ("dm", "dem.AGE}", "dem.AGEYR}", "RF203 tst/dm.yaml:9:22", "dem.AGEYR"),
    ("ae", "AEDECOD, AESTDTC, AESPID]", "AEDECOD", "SP101 tst/ae.yaml:3:8", ":"),
    ("ae", "AESTDTC, AESPID]", "AESTDTC, AESPIDX]", "ST406 tst/ae.yaml:2:44", "AESPIDX"),
    ("ae", "clean: ae.AETERM", "clean: AEDECOD", "RF201 tst/ae.yaml:7:21", "AEDECOD"),
    ("ae", "case: upper", "cas: upper", "SP104 tst/ae.yaml:7:32", "cas:"),
    ("ae", "case: upper", "case: UPPER", "SP107 tst/ae.yaml:7:38", "UPPER"),
    ("ae", "  AESPID:   ae", "\tAESPID:   ae", "SP101 tst/ae.yaml:9:1", "\t"),
    ("ae", "verbatim\n", "verbatm\n", "RF202 tst/ae.yaml:10:13", "verbatm"),
    ("ae", "table: coding", "table: codings", "RF206 tst/ae.yaml:11:41", "codings"),
    ("ae", "give: PT", "give: PTT", "RF206 tst/ae.yaml:11:69", "PTT"),
    ("ae", "[NAUSEA, Nausea]", "[HEADACHE, Pain]", "RF212 tst/ae.yaml:11:41", "coding"),
    ("ae", "recode: ae.AESER", "recod: ae.AESER", "SP108 tst/ae.yaml:12:14", "recod:"),
    ("ae", "  AESTDTC:  ", "  AESER: ae.AESER\n  AESTDTC:  ", "SP102 tst/ae.yaml:14:3", "AESER:"),
    ("ae", "AESTDY: ", "AESTDYY:", "ST401 tst/ae.yaml:15:3", "AESTDYY:"),
    ("ae", "since: DM.RFSTDTC", "since: DM.RFSTDT", "RF202 tst/ae.yaml:15:41", "DM.RFSTDT"),
    ("ae", "checks:", "cheks:", "SP103 tst/ae.yaml:16:1", "cheks:"),
    ("ae", ">= DM.RFSTDTC", ">= DM.AGE", "RF205 tst/ae.yaml:17:23", "DM.AGE"),
    ("ae", "severity: warning", "severity: warn", "SP107 tst/ae.yaml:17:45", "warn,"),
    ("adsl", "{date:", "{dat:", "SP108 tst/adsl.yaml:16:13", "dat:"),
    ("adsl", "label: Serious Event Flag, ", "", "ST408 tst/adsl.yaml:18:3", "AEFL:"),
    ("adsl", "exists: AE.", "exists: EA.", "RF202 tst/adsl.yaml:18:21", "EA.AETERM"),
    ("adsl", '"Y", label', '"Yes", label', "CT305 tst/adsl.yaml:18:51", '"Yes"'),
    ("adsl", "Serious Event", "F" * 41, "SP106 tst/adsl.yaml:18:63", "FFF"),
    ("adsl", "codelist: NY", "codelist: NYY", "RF207 tst/adsl.yaml:18:93", "NYY"),
    ("results", "rate\n", "ratio\n", "SP107 tst/results.yaml:2:16", "ratio"),
    ("results", "dataset: ADSL", "dataset: ADLS", "RF202 tst/results.yaml:3:14", "ADLS"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "said", "points_at"),
    [pytest.param(*case, id=f"{case[3]} {case[4].strip()}") for case in BROKEN],
)
def test_a_broken_spec_is_told_by_its_place(tmp_path, name, old, new, said, points_at):
    asked = request(tmp_path, study(tmp_path, **{name: (old, new)}))
    report = build_study(asked)
    (error,) = report.problems.errors
    assert f"{error.code} {error.mark}" == said
    line = (tmp_path / error.mark.file).read_text(encoding="utf-8").split("\n")[error.mark.line - 1]
    assert line[error.mark.column - 1 :].startswith(points_at)
    assert_untouched(asked, report)


DEM, AE_ROWS = RAW["dem.csv"], RAW["ae.csv"]


def dem(old: bytes, new: bytes) -> dict[str, bytes | None]:
    assert DEM.count(old) == 1
    return {"dem.csv": DEM.replace(old, new)}


def ae(old: bytes, new: bytes) -> dict[str, bytes | None]:
    assert AE_ROWS.count(old) == 1
    return {"ae.csv": AE_ROWS.replace(old, new)}


def told(problem: Problem) -> str:
    """Code, place and records of a problem."""
    return " ".join([problem.code, str(problem.mark), *map(str, problem.examples)])


# Raw files that cannot be read: the changed files, and every error.
UNREADABLE = [
    pytest.param(ae(b",Nausea,", b",Nausea,x,"), ["DT504 ae.csv:3:7 ae.csv:3"], id="a field more"),
    pytest.param(ae(b",Nausea,", b","), ["DT504 ae.csv:3:6 ae.csv:3"], id="a field less"),
    pytest.param(ae(b"Nausea", b'"Nausea'), ["DT504 ae.csv:3:1"], id="an open quote"),
    pytest.param(ae(b"Nausea", b"Naus\xe9e"), ["DT502 ae.csv:3:9"], id="a byte of no letter"),
    pytest.param(ae(b"AEOUT", b"AESER"), ["DT503 ae.csv:1:5"], id="a column twice"),
    pytest.param(ae(b"SUBJ", b"SUBJECT"), ["DT503 ae.csv:1:1"], id="no subject column"),
    pytest.param({"ae.csv": b""}, ["DT501 ae.csv:1:1"], id="an empty file"),
    pytest.param({"dem.csv": None}, ["DT501 tst/study.yaml:12:3"], id="a required file is missing"),
    pytest.param(ae(b"\n2,", b"\n2-X,"), ["DT505 ae.csv:3:1 2-X ae.csv:3"], id="no such subject"),
    pytest.param(
        {**ae(b"AEOUT", b"AESER"), "dem.csv": None},
        ["DT501 tst/study.yaml:12:3", "DT503 ae.csv:1:5"],
        id="two files, both told",
    ),
]


@pytest.mark.parametrize(("raw", "errors"), UNREADABLE)
def test_a_raw_file_that_cannot_be_read(tmp_path, raw, errors):
    asked = request(tmp_path, study(tmp_path), raw)
    report = build_study(asked)
    assert sorted(map(told, report.problems.errors)) == errors
    assert_untouched(asked, report)


# Records that must not be submitted: the changed file, and every error.
IN_ERROR = [
    pytest.param(
        ae(b"FATAL", b"DEAD"), ["CT302 tst/ae.yaml:13:13 TST-001 ae.csv:2"], id="no term of a list"
    ),
    pytest.param(
        ae(b"02MAR2024", b"31FEB2024"),
        ["DT511 tst/ae.yaml:14:13 TST-001 ae.csv:2"],
        id="no day of the calendar",
    ),
    pytest.param(
        ae(b"02MAR2024", b"02/03/2024"),
        ["DT512 tst/ae.yaml:14:13 TST-001 ae.csv:2"],
        id="day or month first",
    ),
    pytest.param(
        dem(b"62", b"sixty"), ["DT513 tst/dm.yaml:9:13 TST-001 dem.csv:2"], id="no number"
    ),
    pytest.param(
        ae(b"Nausea", b"Fever"),
        ["DT514 tst/ae.yaml:11:13 TST-002 ae.csv:3", "ST405 tst/ae.yaml:11:13 TST-002 AE:1"],
        id="a term that is not coded, and Required",
    ),
    pytest.param(
        ae(b"\n2,", b"\n3,"), ["DT507 tst/ae.yaml:4:5 TST-003 ae.csv:3"], id="a subject not in DM"
    ),
    pytest.param(
        {"ae.csv": AE_ROWS + b"2,1,Nausea,Y,UNKNOWN,06MAR2024\n"},
        ["DT518 tst/ae.yaml:2:7 TST-002 AE:1 TST-002 AE:2"],
        id="records that the keys do not tell apart",
    ),
]


@pytest.mark.parametrize(("raw", "errors"), IN_ERROR)
def test_a_record_that_must_not_be_submitted(tmp_path, raw, errors):
    asked = request(tmp_path, study(tmp_path), raw)
    report = build_study(asked)
    assert sorted(map(told, report.problems.errors)) == errors
    assert_untouched(asked, report)


def test_a_check_of_the_study_that_fails(tmp_path):
    made = study(tmp_path, ae=("severity: warning, ", ""))
    asked = request(tmp_path, made, ae(b"02MAR2024", b"01FEB2024"))
    report = build_study(asked)
    assert list(map(told, report.problems.errors)) == ["DT519 tst/ae.yaml:17:12 TST-001 ae.csv:2"]
    assert_untouched(asked, report)


# What a transport file cannot carry: the changed file, and code, place and variable of the errors.
NOT_CARRIED = [
    pytest.param(
        ae(b"\n2,1", "\n2,\u00b5".encode()), ["XP601 tst/ae.yaml:9:13 AESPID"], id="not ASCII"
    ),
    pytest.param(ae(b"\n2,1", b"\n2,\x07"), ["XP601 tst/ae.yaml:9:13 AESPID"], id="a control sign"),
    pytest.param(
        ae(b"\n2,1", b"\n2," + b"x" * 201),
        ["XP601 tst/ae.yaml:9:13 AESPID", "XP603 tst/ae.yaml:9:13 AESPID"],
        id="201 bytes and nowhere to continue",
    ),
    pytest.param(
        dem(b"62", b"1" + b"0" * 80),
        ["XP602 tst/adsl.yaml:10:12 AGE", "XP602 tst/dm.yaml:9:13 AGE"],
        id="a number beyond the format",
    ),
]


@pytest.mark.parametrize(("raw", "errors"), NOT_CARRIED)
def test_what_a_transport_file_cannot_carry(tmp_path, raw, errors):
    asked = request(tmp_path, study(tmp_path), raw)
    report = build_study(asked)
    found = sorted(f"{one.code} {one.mark} {one.variable}" for one in report.problems.errors)
    assert found == errors
    rows = {example.row for one in report.problems.errors for example in one.examples}
    assert rows <= {1, 2, 3}
    sources = {example.source for one in report.problems.errors for example in one.examples}
    assert sources <= {"ae.csv", "dem.csv", "DM"}
    assert_untouched(asked, report)


def test_200_bytes_are_carried(tmp_path):
    asked = request(tmp_path, study(tmp_path), ae(b"\n2,1", b"\n2," + b"x" * 200))
    assert build_study(asked).written


def test_a_text_that_xml_cannot_hold_is_a_problem(tmp_path):
    made = study(tmp_path, ae=("recode: ae.AESER", r'recode: ae.AESER, comment: "a\x07"'))
    assert build_study(request(tmp_path, made)).problems.errors


def test_what_fails_while_define_xml_is_written_changes_nothing(tmp_path):
    """The transport files are written aside by then."""
    made = study(tmp_path, ae=("recode: ae.AESER", r'recode: ae.AESER, comment: "a\x07"'))
    asked = request(tmp_path, made)
    report = Report(Problems())
    with suppress(ValueError):
        report = build_study(asked)
    assert_untouched(asked, report)


@pytest.mark.parametrize("name", ["endpoints.yaml", "../results.yaml", "."])
def test_a_results_file_that_is_not_there(tmp_path, name):
    asked = request(tmp_path, study(tmp_path, study=("results.yaml", name)))
    report = build_study(asked)
    (error,) = report.problems.errors
    assert f"{error.code} {error.mark}" == "SP113 tst/study.yaml:4:10"
    assert_untouched(asked, report)


def test_warnings_stop_a_strict_build(tmp_path):
    asked = replace(request(tmp_path, study(tmp_path)), strict=True)
    report = build_study(asked)
    assert {problem.severity for problem in report.problems} == {"warning"}
    assert_untouched(asked, report)


def test_a_dataset_the_study_does_not_have(tmp_path):
    asked = replace(request(tmp_path, study(tmp_path)), only=("AE", "ZZ"))
    report = build_study(asked)
    (error,) = report.problems.errors
    assert (error.code, error.value) == ("RF202", "ZZ")
    assert_untouched(asked, report)


def test_only_some_datasets_take_the_place_of_all(tmp_path):
    asked = replace(request(tmp_path, study(tmp_path)), only=("AE",))
    assert list(build_study(asked).written) == ["sdtm/ae.xpt", "sdtm/define.xml"]
    held = sorted(path.name for path in asked.out.rglob("*.*"))
    assert held == ["ae.xpt", "define.xml", "manifest.json"]


def test_a_foreign_folder_is_refused_before_anything_is_read(tmp_path):
    asked = request(tmp_path, study(tmp_path, dm=("YEARS", "YEAR")))
    (asked.out / "notes.txt").write_bytes(b"mine")
    with pytest.raises(PlaceError, match=r"notes\.txt"):
        build_study(asked)
    assert (asked.out / "notes.txt").read_bytes() == b"mine"


def test_a_first_build_that_fails_makes_no_folder(tmp_path):
    asked = replace(
        request(tmp_path, study(tmp_path), ae(b"FATAL", b"DEAD")), out=tmp_path / "new" / "out"
    )
    assert build_study(asked).problems.errors
    assert not (tmp_path / "new").exists()
