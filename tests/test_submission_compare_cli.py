"""The command that compares: what it takes, prints and writes, how it exits, how fast it starts."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner
from compared import BASE, DEFINE, write
from lxml import html
from small_study import small_study

from submission.cli import main

KEYED = ("--keys", "usubjid, PARAMCD")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command in a folder with the base, the same again, and one with a difference."""
    monkeypatch.chdir(tmp_path)
    for name, data in (("base", BASE), ("same", BASE), ("other", BASE.cell("AVAL", 1, 1.75))):
        (tmp_path / name).mkdir()
        write(data, tmp_path / name / "adtte")

    def ran(*arguments):
        return CliRunner().invoke(main, ["compare", *map(str, arguments)])

    return ran


FILES = {name: f"{name}/adtte.xpt" for name in ("base", "same", "other")}


@pytest.mark.parametrize(
    ("other", "arguments", "status"),
    [
        pytest.param("same", (), 0, id="the same"),
        pytest.param("other", (), 1, id="a difference"),
        pytest.param("other", ("--absolute", "0.25"), 0, id="within an absolute tolerance"),
        pytest.param("other", ("--absolute", "0.2"), 1, id="beyond it"),
        pytest.param("other", ("--relative", "0.16"), 0, id="within a relative tolerance"),
        pytest.param("other", ("--percent", "17"), 0, id="within percent"),
        pytest.param("other", ("--percent", "16"), 1, id="beyond percent"),
        pytest.param("other", ("--digits", "0"), 0, id="equal once rounded"),
        pytest.param("other", ("--without", "AVAL"), 0, id="left out"),
        pytest.param("other", ("--only", "ADT,ADTM"), 0, id="only others"),
        pytest.param("other", ("--options", "options.yaml"), 0, id="a tolerance in a file"),
        pytest.param("other", ("--options", "options.yaml", "--without", "ADT"), 0, id="both"),
    ],
)
def test_options_reach_the_comparison(run, tmp_path, other, arguments, status):
    (tmp_path / "options.yaml").write_text("tolerances: {AVAL: 0.25}\n", encoding="utf-8")
    result = run(FILES["base"], FILES[other], *KEYED, *arguments)
    assert result.exit_code == status, result.output
    verdict = ("Same: 14 checks made, no difference found.", "Different: values (1 of 30).")[status]
    assert result.stdout.startswith(f"ADTTE: {verdict}\n")


def test_the_command_line_wins_over_the_file(run, tmp_path):
    (tmp_path / "options.yaml").write_text("tolerance: 1\ndigits: 0\n", encoding="utf-8")
    result = run(FILES["base"], FILES["other"], *KEYED, "--options", "options.yaml",
                 "--absolute", "0.1", "--digits", "3")  # fmt: skip
    assert result.exit_code == 1
    assert "numbers                        rounded to 3 decimals, within absolute 0.1" in (
        result.stdout
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--ignore", "colour"), "--ignore: 'colour' is not one of label", id="word"),
        pytest.param(("--set-aside", "value"), "is not one of precision", id="a real difference"),
        pytest.param(("--absolute", "1", "--percent", "1"), "do not go together", id="tolerances"),
        pytest.param(("--absolute", "-1"), "--absolute", id="a negative tolerance"),
        pytest.param(("--keys", "NOPE"), "key NOPE is not in the base", id="an unknown key"),
        pytest.param(("--differences", "d.txt"), "does not end in .parquet or .csv", id="ending"),
        pytest.param(("--json", "other/adtte.xpt"), "is among what is compared", id="an input"),
        pytest.param(("--differences", "no/d.csv"), "there is no folder no", id="no folder"),
        pytest.param(("--define", "base/adtte.xpt"), "is not a define.xml", id="no define"),
    ],
)
def test_what_does_not_do_is_told_with_status_2(run, tmp_path, arguments, said):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.xpt")}
    result = run(FILES["base"], FILES["other"], *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_file_that_is_none_is_told(run, tmp_path):
    (tmp_path / "bad.xpt").write_bytes(b"nothing")
    result = run(FILES["base"], "bad.xpt")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert "bad.xpt" in result.stderr


def test_a_define_beside_the_files_gives_the_keys(run, tmp_path):
    (tmp_path / "other" / "define.xml").write_text(DEFINE, encoding="utf-8")
    assert (
        "  keys         USUBJID, PARAMCD (from define.xml)\n"
        in run(FILES["base"], FILES["other"]).stdout
    )
    assert (
        "  keys         USUBJID (as given)\n"
        in run(FILES["base"], FILES["other"], "--keys", "USUBJID").stdout
    )


def test_a_define_below_a_folder_gives_the_keys(run, tmp_path):
    for side in ("a", "b"):
        (tmp_path / side / "adam").mkdir(parents=True)
        write(BASE, tmp_path / side / "adam" / "adtte")
    (tmp_path / "a" / "adam" / "define.xml").write_text(DEFINE, encoding="utf-8")
    result = run("a", "b")
    assert result.exit_code == 0
    assert "(from define.xml)" in result.stdout


def test_the_spec_gives_the_keys(run, tmp_path):
    study = small_study(tmp_path / "tst")
    built = CliRunner().invoke(main, ["build", str(study), "--out", str(tmp_path / "out")])
    assert built.exit_code == 0
    result = run("out", "out", "--study", study)
    assert result.exit_code == 0
    assert "Same: 4 datasets compared, 0 different." in result.stdout
    assert "Keys: STUDYID, RDOMAIN, USUBJID, IDVAR, IDVARVAL, QNAM (from the spec)." in " ".join(
        result.stdout.split()
    )


def test_two_folders_are_told_dataset_by_dataset(run, tmp_path):
    write(BASE, tmp_path / "base" / "adsl")
    write(BASE, tmp_path / "other" / "adae")
    (tmp_path / "base" / "dm.xpt").write_bytes(b"nothing")
    (tmp_path / "other" / "dm.xpt").write_bytes(b"nothing")
    result = run("base", "other", *KEYED)
    assert result.exit_code == 2
    assert result.stdout.startswith(
        "Not compared: 1 dataset compared, 1 different, 1 in the base only, 1 in the other only, "
        "1 could\nnot be compared.\n"
    )
    for line in (
        "  ADTTE    different",
        "in the base only",
        "in the other only",
        "\nNot compared\n------------\n  DM: ",
    ):
        assert line in result.stdout


def test_datasets_that_one_folder_lacks_are_left_out_and_told_in_every_report(run, tmp_path):
    for place in ("base/adsl", "base/adae", "same/adlb"):
        write(BASE, tmp_path / place)
    assert run("base", "same", *KEYED).exit_code == 1
    files = {kind: tmp_path / f"r.{kind}" for kind in ("html", "xlsx", "json", "junit")}
    result = run("base", "same", *KEYED, "--shared", *(
        part for kind, path in files.items() for part in (f"--{kind}", path)
    ))  # fmt: skip
    assert result.exit_code == 0
    assert result.stdout.startswith("Same: 1 dataset compared, 0 different, 3 left out.\n")
    said = "in the base only, left out as asked"
    assert f"\nNot compared\n------------\n  ADAE, ADSL: {said}\n" in result.stdout
    assert "  ADLB: in the other only, left out as asked\n" in result.stdout
    page = html.document_fromstring(files["html"].read_bytes().decode())
    (row,) = page.xpath("//tr[td='ADSL']")
    assert [cell.text_content() for cell in row] == ["ADSL", "not compared", "", "", "", said]
    summary = openpyxl.load_workbook(files["xlsx"])["Summary"].iter_rows(values_only=True)
    assert ("ADSL", "not compared", str(Path("base/adsl.xpt")), said) in list(summary)
    made = json.loads(files["json"].read_bytes())
    assert [(one["name"], one["where"]) for one in made["left_out"]] == [
        ("ADAE", "base"), ("ADLB", "other"), ("ADSL", "base"),
    ]  # fmt: skip
    suites = ElementTree.fromstring(files["junit"].read_bytes())
    assert (suites.get("failures"), suites.get("skipped")) == ("0", "3")
    (skipped,) = suites.findall("./testsuite[@name='ADSL']/testcase/skipped")
    assert skipped.get("message") == f"{said}: {Path('base/adsl.xpt')}"


def test_folders_without_a_dataset_in_common_are_told(run, tmp_path):
    (tmp_path / "same" / "adtte.xpt").rename(tmp_path / "same" / "adsl.xpt")
    result = run("base", "same", "--shared")
    assert (result.exit_code, result.stderr) == (
        2, "Error: base and same have no dataset in common\n",
    )  # fmt: skip


def test_who_and_when_are_shown_and_no_clock(run):
    result = run(FILES["base"], FILES["other"], "--who", "A. Person", "--when", "2026-11-27")
    assert "  compared by  A. Person\n  compared on  2026-11-27\n" in result.stdout
    assert "compared on" not in run(FILES["base"], FILES["other"]).stdout


def test_differences_are_written(run, tmp_path):
    run(FILES["base"], FILES["other"], *KEYED, "--differences", "d.csv")
    lines = (tmp_path / "d.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "ADTTE,S1,OS,1,1,AVAL,1.5,1.75,value,0.25,0.25,0.15384615384615385," \
        "16.666666666666668,"  # fmt: skip
    assert len(lines) == 2


def test_stdout_and_file_hold_the_same_document(run, tmp_path):
    for kind in ("json", "junit"):
        result = run(FILES["base"], FILES["other"], *KEYED, f"--{kind}", "made", "--format", kind)
        assert result.exit_code == 1
        assert result.stdout_bytes == (tmp_path / "made").read_bytes()
    made = json.loads(run(FILES["base"], FILES["base"], "--format", "json").stdout)
    assert made["verdict"] == "Same: 1 dataset compared, 0 different."


def test_all_reports_are_written_at_once_and_always_alike(run, tmp_path):
    names = ["r.html", "r.xlsx", "r.json", "r.xml", "r.parquet"]
    kinds = ["html", "xlsx", "json", "junit", "differences"]
    files = [text for kind, name in zip(kinds, names, strict=True) for text in (f"--{kind}", name)]
    made = []
    for _ in range(2):
        assert run(FILES["base"], FILES["other"], *KEYED, *files).exit_code == 1
        made.append({name: (tmp_path / name).read_bytes() for name in names})
    assert made[0] == made[1]
    assert all(made[0].values())
    assert not list(tmp_path.glob("*.part"))


def test_every_report_is_written_where_no_dataset_could_be_compared(run, tmp_path):
    for side in ("base", "other"):
        (tmp_path / side / "adtte.xpt").write_bytes(b"nothing")
    for kind, ending in (("html", "html"), ("xlsx", "xlsx"), ("json", "json"), ("junit", "xml"),
                         ("differences", "csv"), ("differences", "parquet")):  # fmt: skip
        result = run("base", "other", f"--{kind}", f"r.{ending}")
        assert result.exit_code == 2
        assert result.stdout.startswith("Not compared: ")
        assert (tmp_path / f"r.{ending}").stat().st_size


def test_two_reports_in_one_file_are_refused(run, tmp_path):
    result = run(FILES["base"], FILES["other"], "--html", "r", "--json", "r")
    assert result.exit_code == 2
    assert "r is among what is compared, or another output too" in result.stderr
    assert not (tmp_path / "r").exists()


def test_a_report_does_not_become_a_dataset_of_a_folder(run, tmp_path):
    result = run("base", "other", "--json", "base/found.json", *KEYED)
    assert result.exit_code == 2
    assert "base/found.json is among what is compared" in result.stderr
    assert run("base", "other", "--html", "base/found.html", *KEYED).exit_code == 1
    assert sorted(path.name for path in (tmp_path / "base").iterdir()) == [
        "adtte.xpt", "found.html",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["html", "differences"])
def test_a_file_that_cannot_be_written_is_told(run, tmp_path, kind):
    (tmp_path / "r.csv.part").mkdir()
    result = run(FILES["base"], FILES["other"], f"--{kind}", "r.csv")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: r.csv cannot be written: ")


@pytest.mark.usefixtures("run")
def test_transport_files_are_compared_with_numpy_alone(tmp_path):
    code = (
        "import sys\n"
        "from submission.cli import main\n"
        "try:\n"
        f"    main(['compare', {FILES['base']!r}, {FILES['other']!r}])\n"
        "except SystemExit as left:\n"
        "    assert left.code == 1\n"
        "heavy = {'pandas', 'pyarrow', 'lxml', 'openpyxl', 'scipy', 'rich', 'mappings', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert made.stdout.endswith("\n[]\n")
