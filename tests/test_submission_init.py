"""A study folder to start from: it loads as it is, for every domain of the guide."""

import pytest

from mappings.lint import lint, lint_columns
from mappings.loader import load_study
from mappings.standard import Standard
from submission.catalogue import catalogue
from submission.created import UNSAID
from submission.init import GUIDE, RELATIONSHIP, new_study, write_new
from submission.requests import RequestError
from submission.run import Request, build_study

DOMAINS = [
    one.name for one in Standard.shipped(*GUIDE).datasets.values() if one.class_name != RELATIONSHIP
]


def loaded(folder, domains, study="NEW01"):
    start = new_study(study, domains)
    write_new(folder, start)
    return start, load_study(folder, catalogue())


def test_every_domain_of_the_guide_loads_without_problems(tmp_path):
    start, study = loaded(tmp_path / "new", DOMAINS)
    assert [str(problem) for problem in lint(study)] == []
    columns = {name.removesuffix(".csv"): names for name, names in start.columns.items()}
    assert [str(problem) for problem in lint_columns(study, columns)] == []


def test_a_domain_has_what_the_guide_requires_and_expects(tmp_path):
    _, study = loaded(tmp_path / "new", ["AE"])
    wanted = [
        one.name
        for one in Standard.shipped(*GUIDE).variables("AE")
        if one.core != "Perm" and one.name not in {"STUDYID", "DOMAIN", "USUBJID", "AESEQ"}
    ]
    assert list(study.datasets["AE"].variables) == wanted


def test_permissible_variables_stand_as_comments():
    text = new_study("NEW01", ["AE"]).files["ae.yaml"]
    (line,) = [line.split() for line in text.splitlines() if "AESEV:" in line]
    assert line == ["#", "AESEV:", "{recode:", "ae.AESEV}", "#", "Severity/Intensity,", "Perm"]


@pytest.mark.parametrize(
    ("domains", "file", "line"),
    [
        pytest.param(["VS", "DM"], "vs.yaml", "# VSDY: {study_day: VSDTC}", id="study day"),
        pytest.param(["VS"], "vs.yaml", "# VSDY: {number: vs.VSDY}", id="no DM, no study day"),
        pytest.param(["VS"], "vs.yaml", "VSTEST: {decode: VSTESTCD}", id="name of a test"),
        pytest.param(["QS"], "qs.yaml", "QSTEST: qs.QSTEST", id="tests without a codelist"),
        pytest.param(["VS"], "vs.yaml", "VSDTC: {iso8601: [vs.VSDTC]}", id="a date"),
        pytest.param(["VS"], "vs.yaml", "VSSTRESN: {number: vs.VSSTRESN}", id="a number"),
        pytest.param(["DM"], "dm.yaml", "SUBJID: source.SUBJID", id="who it is"),
        pytest.param(["SV"], "sv.yaml", "keys: [STUDYID, USUBJID, VISITNUM, SVSTDTC]", id="keys"),
        pytest.param(["TE"], "te.yaml", "columns: [ETCD, ELEMENT, TESTRL", id="a table of design"),
    ],
)
def test_first_guesses(domains, file, line):
    lines = new_study("NEW01", domains).files[file].splitlines()
    assert any(" ".join(text.split()).startswith(line) for text in lines)


@pytest.mark.parametrize("study", ["NEW01", "123", "A: b", "no", "x y"])
def test_any_identifier_is_text(tmp_path, study):
    _, made = loaded(tmp_path / "new", ["DM"], study)
    assert made.id == study


def test_with_raw_files_it_builds(tmp_path):
    start, _ = loaded(tmp_path / "new", ["DM", "AE"])
    raw = tmp_path / "raw"
    raw.mkdir()
    values = {"SUBJID": "7", "SEX": "F", "SITEID": "01", "COUNTRY": "CHN", "AETERM": "Headache"}
    values |= {"AEDECOD": "Headache", "AESTDTC": "2024-01-02"}
    for name, columns in start.columns.items():
        row = ",".join(values.get(column, "") for column in columns)
        (raw / name).write_text(f"{','.join(columns)}\n{row}\n")
    report = build_study(Request(tmp_path / "new", raw, tmp_path / "out", UNSAID))
    assert [str(problem) for problem in report.problems.errors] == []
    assert "sdtm/ae.xpt" in report.written


@pytest.mark.parametrize(
    ("domains", "said"),
    [
        pytest.param([], "name at least one domain", id="none"),
        pytest.param(["AX"], "'AX' is not a domain of SDTMIG 3.4", id="unknown"),
        pytest.param(["RELREC"], "made from other datasets", id="a relationship"),
        pytest.param(["SUPPAE"], "under supp: of their domain", id="supplemental qualifiers"),
    ],
)
def test_what_is_no_domain_is_refused(domains, said):
    with pytest.raises(RequestError, match=said):
        new_study("NEW01", domains)


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "ae.yaml").write_text("mine")
    with pytest.raises(RequestError, match="is there already"):
        write_new(tmp_path, new_study("NEW01", ["DM", "AE"]))
    assert [path.name for path in tmp_path.iterdir()] == ["ae.yaml"]
    assert (tmp_path / "ae.yaml").read_text() == "mine"
