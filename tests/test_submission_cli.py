"""The commands: help, exit statuses, what goes to stdout and what to stderr."""

import json
import os
import subprocess
import sys

import openpyxl
import pytest
from click.testing import CliRunner
from small_study import AE, small_study

from submission.cli import main

COMMANDS = [
    "demo", "init", "lint", "build", "show", "explain", "account", "compare", "qc",
    "schema", "operations", "problems",
]  # fmt: skip


@pytest.fixture
def run(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def ran(*arguments, **environment):
        return CliRunner().invoke(main, [str(one) for one in arguments], env=environment)

    return ran


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("c") / "tst")


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}  # fmt: skip


def test_help_lists_the_commands_in_the_order_one_meets_them(run):
    result = run("--help")
    lines = result.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: cdiscgen {command}" in " ".join(result.stdout.split())


def test_help_needs_none_of_the_heavy_packages():
    code = (
        "import sys\n"
        "from submission.cli import main\n"
        "main(['build', '--help'], standalone_mode=False)\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'lxml', 'openpyxl', 'scipy', 'rich', 'mappings'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert made.stdout.strip().endswith("[]")


def test_python_m_submission_is_the_same_command():
    made = subprocess.run(
        [sys.executable, "-m", "submission", "problems"], capture_output=True, text=True,
        check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert made.stdout.startswith("Code")


def test_version(run):
    assert run("--version").stdout.startswith("cdiscgen ")


def test_build_writes_the_folder_and_prints_a_line_for_each_dataset(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["DM", "2", "records", "8", "variables"],
        ["VS", "11", "records", "10", "variables"],
        ["AE", "3", "records", "9", "variables"],
        ["SUPPAE", "2", "records", "10", "variables"],
    ]
    assert lines[4].startswith(f"written to {tmp_path / 'out'}: sdtm/")
    assert lines[5].startswith("0 errors, ")
    assert sorted(files(tmp_path / "out")) == [
        "manifest.json", "sdtm/ae.xpt", "sdtm/define.xml", "sdtm/dm.xpt", "sdtm/suppae.xpt",
        "sdtm/vs.xpt",
    ]  # fmt: skip


def test_problems_and_progress_go_to_stderr(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out")
    lines = result.stderr.splitlines()
    assert "read dm" in lines
    assert any("warning[ST409]" in line for line in lines)
    assert "ST409" not in result.stdout


def test_notes_are_counted_unless_they_are_wanted(run, study, tmp_path):
    brief = run("build", study, "--out", tmp_path / "out").stderr
    whole = run("build", study, "--out", tmp_path / "out", "--verbose").stderr
    assert "note[DT508] raw records dropped as deleted or duplicate: 1 place" in brief
    assert "note[DT508] AE" not in brief
    assert ": note[DT508] " in whole


def test_quiet_leaves_errors_and_warnings(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out", "--quiet")
    assert result.exit_code == 0
    assert all("warning[" in line for line in result.stderr.splitlines())


def test_builds_are_the_same_byte_for_byte(run, study, tmp_path):
    run("build", study, "--out", tmp_path / "a", "--jobs", "1")
    run("build", study, "--out", tmp_path / "b", "--jobs", "2")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_the_time_of_creation_is_that_of_the_environment(run, study, tmp_path):
    run("build", study, "--out", tmp_path / "out", SOURCE_DATE_EPOCH="1750000000")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["created"] == "2025-06-15T15:06:40"


def test_outputs_lie_beside_the_study_unless_said(run, tmp_path):
    small_study(tmp_path / "tst")
    assert run("build", tmp_path / "tst").exit_code == 0
    assert (tmp_path / "cdiscgen-out" / "manifest.json").is_file()


def test_only_builds_what_is_named(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out", "--only", "ae,dm")
    assert result.exit_code == 0
    assert {line.split()[0] for line in result.stdout.splitlines()[:3]} == {"DM", "AE", "SUPPAE"}


def test_an_unknown_dataset_is_an_error(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out", "--only", "AX")
    assert result.exit_code == 1
    assert "error[RF202] 'AX' is not a dataset of the study" in result.stderr


def test_strict_lets_warnings_stop_the_build_and_nothing_is_written(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out", "--strict")
    assert result.exit_code == 1
    assert f"nothing was written to {tmp_path / 'out'}" in result.stdout
    assert not (tmp_path / "out").exists()


def test_errors_leave_what_was_there(run, tmp_path):
    folder = small_study(tmp_path / "tst")
    run("build", folder, "--out", tmp_path / "out")
    before = files(tmp_path / "out")
    small_study(folder, ae=AE.replace("ae.TERM", "ae.TERMS"))
    result = run("build", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "did you mean TERM?" in result.stderr
    assert files(tmp_path / "out") == before


def test_json_is_one_document_with_problems_and_files(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out", "--format", "json")
    report = json.loads(result.stdout)
    assert [one["name"] for one in report["datasets"]] == ["DM", "VS", "AE", "SUPPAE"]
    assert "sdtm/ae.xpt" in report["files"]
    assert {"code", "severity", "line", "column"} <= set(report["problems"][0])
    assert "ST409" not in result.stderr


def test_hidden_values_are_in_neither_style(run, tmp_path):
    folder = small_study(tmp_path / "tst")
    raw = folder / "raw" / "ae.csv"
    raw.write_text(raw.read_text().replace(",N,2024-01-11", ",Perhaps,2024-01-11"))
    for style in ("text", "json"):
        told = run("build", folder, "--out", tmp_path / "out", "--format", style)
        hidden = run("build", folder, "--out", tmp_path / "out", "--format", style, "--hide-values")
        assert "Perhaps" in told.output
        assert "TST-001" in told.output
        assert hidden.exit_code == 1
        assert "Perhaps" not in hidden.output
        assert "TST-001" not in hidden.output
        assert "CT302" in hidden.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["build", "nowhere"], "'nowhere' does not exist", id="no such study"),
        pytest.param(["build"], "Missing argument 'STUDY'", id="no study"),
        pytest.param(["bild"], "No such command 'bild'", id="no such command"),
        pytest.param(["build", ".", "--jobs", "-1"], "x>=0", id="a negative number of jobs"),
        pytest.param(["operations", "study_days"], "did you mean study_day?", id="operation"),
        pytest.param(["init", "new", "--domains", "AX"], "'AX' is not a domain", id="domain"),
    ],
)
def test_usage_is_2(run, arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_folder_of_other_things_is_not_replaced(run, study, tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    result = run("build", study, "--out", tmp_path)
    assert result.exit_code == 2
    assert "thesis.docx" in result.stderr


def test_a_time_that_is_none_is_a_wrong_request(run, study, tmp_path):
    result = run("build", study, "--out", tmp_path / "out", SOURCE_DATE_EPOCH="now")
    assert result.exit_code == 2
    assert "SOURCE_DATE_EPOCH='now'" in result.stderr


@pytest.mark.parametrize(
    ("options", "status"),
    [
        pytest.param([], 0, id="warnings are no errors"),
        pytest.param(["--strict"], 1, id="unless they count"),
    ],
)
def test_lint(run, study, options, status):
    result = run("lint", study, *options)
    assert result.exit_code == status
    assert result.stdout.startswith("0 errors, ")
    assert "warning[ST409]" in result.stderr


def test_lint_as_json(run, tmp_path):
    folder = small_study(tmp_path / "tst", ae=AE.replace("{study_day: AESTDTC}", "AESTDTX"))
    result = run("lint", folder, "--format", "json")
    assert result.exit_code == 1
    (error,) = [
        one for one in json.loads(result.stdout)["problems"] if one["severity"] == "error"
    ]  # fmt: skip
    assert (error["code"], error["file"], error["hint"]) == (
        "RF202", "tst/ae.yaml", "did you mean AESTDTC?",
    )  # fmt: skip
    assert result.stderr == ""


@pytest.mark.parametrize("command", ["show", "account", "explain"])
def test_a_study_that_does_not_load_is_1(run, tmp_path, command):
    folder = small_study(tmp_path / "tst", ae="dataset: AE\n")
    more = ["AE.AETERM", "--subject", "001"] if command == "explain" else []
    result = run(command, folder, *more)
    assert result.exit_code == 1
    assert "error[SP105]" in result.stderr
    assert result.stdout == ""


def test_show(run, study):
    assert "(3) variables: {study_day: AESTDTC}" in run("show", study, "AE").stdout
    assert run("show", study, "AE.AESER").stdout.startswith("AE.AESER\n")
    assert run("show", study).stdout.splitlines()[1].startswith("DM ")
    values = json.loads(run("show", study, "AE", "--format", "json").stdout)
    assert values["variables"][4]["blocks"][0]["body"] == "ae.TERM"
    assert run("show", study, "AE.X").exit_code == 2


def test_show_writes_a_workbook(run, study, tmp_path):
    path = tmp_path / "ae.xlsx"
    assert run("show", study, "AE", "--xlsx", path).stdout.strip() == str(path)
    names = [row[2] for row in openpyxl.load_workbook(path)["Variables"].values]
    assert names[1:6] == ["STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM"]


def test_explain(run, study):
    result = run("explain", study, "AE.AESTDY", "--subject", "001", "--record", "1")
    assert result.exit_code == 0
    assert 'study_day(date="2024-01-11", since="2024-01-10")' in result.stdout
    assert "(ae.csv:2)" in result.stdout
    values = json.loads(
        run("explain", study, "AE.AESTDY", "--subject", "001", "--format", "json").stdout
    )
    assert [record["step"]["value"] for record in values["records"]] == ["2", "3"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["AE", "--subject", "001"], "write DATASET.VARIABLE", id="no variable"),
        pytest.param(["AE.AETERM"], "name a subject with --subject", id="no subject"),
        pytest.param(["AE.AETERM", "--subject", "9"], "not a subject", id="an unknown subject"),
    ],
)
def test_explain_refuses_what_is_not_there(run, study, arguments, said):
    result = run("explain", study, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("options", "status"),
    [
        pytest.param([], 0, id="open columns are told"),
        pytest.param(["--strict"], 1, id="and count where that is asked for"),
    ],
)
def test_account(run, study, options, status):
    result = run("account", study, *options)
    assert result.exit_code == status
    assert "vs.SPARE  open" in result.stdout
    values = json.loads(run("account", study, "--format", "json").stdout)
    assert [one["used"] for one in values["forms"]] == [2, 4, 3]


def test_a_raw_file_that_cannot_be_read_is_an_error_of_the_account(run, tmp_path):
    folder = small_study(tmp_path / "tst")
    (folder / "raw" / "ae.csv").write_text("SUBJ,NO\n1,1,1,1\n")
    result = run("account", folder)
    assert result.exit_code == 1
    assert "error[DT50" in result.stderr


def test_schema(run, study, tmp_path):
    printed = run("schema").stdout
    path = tmp_path / "cdiscgen.schema.json"
    assert run("schema", "--out", path).stdout.strip() == str(path)
    assert path.read_text(encoding="utf-8") == printed
    assert json.loads(printed)["$schema"].endswith("2020-12/schema")
    assert run("schema", "--study", study).stdout == printed


def test_operations_and_problems(run):
    assert "{study_day: …, [since: …]}" in run("operations").stdout
    assert run("operations", "study_day").stdout.startswith("{study_day: …")
    (one,) = json.loads(run("operations", "study_day", "--format", "json").stdout)
    assert one["name"] == "study_day"
    assert json.loads(run("problems", "--format", "json").stdout)[0]["code"] == "SP101"


def test_init_then_lint(run, tmp_path):
    result = run("init", tmp_path / "new", "--domains", "dm,ae", "--study", "NEW01")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if line.endswith(".yaml")] == [
        str(tmp_path / "new" / name) for name in ("study.yaml", "dm.yaml", "ae.yaml")
    ]
    assert run("lint", tmp_path / "new", "--strict").exit_code == 0
    assert run("init", tmp_path / "new", "--domains", "DM").exit_code == 2


def test_demo_refuses_a_folder_of_other_things(run, tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    result = run("demo", "--out", tmp_path)
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_demo_builds_the_bundled_study(run, tmp_path):
    result = run("demo", "--out", tmp_path / "demo", "--quiet")
    assert result.exit_code == 0, result.stderr
    made = files(tmp_path / "demo" / "out")
    assert {"sdtm/define.xml", "sdtm/ae.xpt", "adam/define.xml", "adam/adsl.xpt"} <= set(made)
    assert {"results/endpoints.csv", "results/endpoints.json", "manifest.json"} <= set(made)
    assert "AE " in result.stdout
    assert f"cdiscgen show {tmp_path / 'demo' / 'study'} AE" in result.stdout
