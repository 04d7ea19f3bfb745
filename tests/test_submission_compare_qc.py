"""The QC of a study: what is put on file, when it is stale, how it is told, how files merge."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import html
from small_study import small_study

from comparison.findings import ComparisonError
from submission.cli import main
from submission.qc_file import NAME, Entry, entries_text, read_entries

GIVEN = ("--who", "A. Person", "--when", "2026-11-27")
STATES = {"AE": "same", "DM": "same", "SUPPAE": "same", "VS": "same"}


def command(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("qc")
    study = small_study(folder / "tst")
    assert command("build", study, "--out", folder / "out").exit_code == 0
    shutil.copytree(folder / "out", folder / "qc")
    return folder


@pytest.fixture
def place(built, tmp_path, monkeypatch):
    """A folder with a study, its production and its QC, and their comparison on file."""
    shutil.copytree(built, tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    result = command("compare", "out", "qc", "--record", "tst", *GIVEN)
    assert result.exit_code == 0, result.output
    return tmp_path / "p"


def states(*arguments):
    made = json.loads(command("qc", "status", "tst", "--format", "json", *arguments).stdout)
    return {one["dataset"]: one["state"] for one in made["datasets"]}


def reasons():
    made = json.loads(command("qc", "status", "tst", "--format", "json").stdout)
    return {one["dataset"]: one["why"] for one in made["datasets"] if one["why"]}


def test_nothing_on_file_is_not_done(built):
    result = command("qc", "status", built / "tst")
    assert result.exit_code == 1
    assert result.stdout.endswith("\n3 datasets: 3 not done\n")


def test_what_is_compared_is_on_file(place):
    assert states() == STATES
    entry = read_entries(place / "tst")["AE"]
    assert (entry.result, entry.who, entry.when, entry.code) == (
        "same", "A. Person", "2026-11-27", "0",
    )  # fmt: skip
    assert (entry.production, entry.qc) == ("../out/sdtm/ae.xpt", "../qc/sdtm/ae.xpt")
    assert entry.keys.endswith("(from the spec)")
    assert str(place) not in (place / "tst" / NAME).read_text(encoding="utf-8")
    result = command("qc", "status", "tst")
    assert result.exit_code == 0
    assert result.stdout.endswith("\n4 datasets: 4 same\n")


def test_the_same_comparison_gives_the_same_file(place):
    before = (place / "tst" / NAME).read_bytes()
    command("compare", "out/sdtm/ae.xpt", "qc/sdtm/ae.xpt", "--record", "tst", *GIVEN)
    assert (place / "tst" / NAME).read_bytes() == before


def test_what_qc_has_not_done_yet_is_not_on_file(place):
    (place / "tst" / NAME).unlink()
    (place / "qc" / "sdtm" / "vs.xpt").unlink()
    result = command("compare", "out", "qc", "--shared", "--record", "tst", *GIVEN)
    assert result.exit_code == 0, result.output
    assert set(read_entries(place / "tst")) == {"AE", "DM", "SUPPAE"}
    assert states() == {**STATES, "VS": "not done"}
    assert command("qc", "status", "tst").exit_code == 1


def append(path: Path, text: str) -> None:
    path.write_bytes(path.read_bytes() + text.encode())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda: append(Path("out/sdtm/ae.xpt"), " "), {"AE": "production changed"},
                     id="production"),
        pytest.param(lambda: append(Path("qc/sdtm/ae.xpt"), " "), {"AE": "QC changed"}, id="QC"),
        pytest.param(lambda: append(Path("tst/ae.yaml"), "# more\n"),
                     {"AE": "spec changed", "SUPPAE": "spec changed"}, id="spec"),
        pytest.param(lambda: Path("out/sdtm/ae.xpt").unlink(), {"AE": "production not found"},
                     id="production is not there"),
        pytest.param(lambda: shutil.rmtree("qc"),
                     dict.fromkeys(STATES, "QC not found"), id="no QC is there"),
        pytest.param(lambda: Path("tst/ae.yaml").write_bytes(
            Path("tst/ae.yaml").read_bytes().replace(b"\n", b"\r\n")), {}, id="line ends alone"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("place")
def test_a_result_is_stale_when_something_changed(change, expected):
    change()
    assert reasons() == expected
    assert {name for name, state in states().items() if state == "stale"} == set(expected)
    assert command("qc", "status", "tst").exit_code == bool(expected)


def test_a_difference_stays_one_and_other_entries_stay(place):
    before = read_entries(place / "tst")
    result = command("compare", "out/sdtm/ae.xpt", "qc/sdtm/vs.xpt", "--record", "tst", "--who",
                     "B. Person", "--when", "2026-11-28", "--digits", "2")  # fmt: skip
    assert result.exit_code == 1
    after = read_entries(place / "tst")
    assert {name for name in after if after[name] != before[name]} == {"AE"}
    assert states() == {**STATES, "AE": "different"}
    assert "numbers: rounded to 2 decimals" in command("qc", "status", "tst").stdout


def test_files_are_looked_for_in_the_folders_given(place):
    shutil.move(place / "out", place / "elsewhere")
    assert set(states().values()) == {"stale"}
    assert states("--production", "elsewhere") == STATES


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("out", "qc"), "--record needs --who and --when", id="nobody"),
        pytest.param(("out", "out", *GIVEN), "is compared with itself", id="itself"),
    ],
)
def test_what_is_no_qc_is_not_put_on_file(place, arguments, said):
    before = (place / "tst" / NAME).read_bytes()
    result = command("compare", *arguments, "--record", "tst")
    assert result.exit_code == 2
    assert said in result.stderr
    assert (place / "tst" / NAME).read_bytes() == before


@pytest.mark.usefixtures("place")
def test_a_study_that_does_not_hold_is_told():
    append(Path("tst/ae.yaml"), "nonsense: 1\n")
    result = command("compare", "out", "qc", "--record", "tst", *GIVEN)
    assert result.exit_code == 2
    assert "SP103" in result.stderr
    assert "cdiscgen lint tst says everything" in result.stderr


def test_the_page_for_the_lead(place):
    append(place / "qc/sdtm/ae.xpt", " ")
    entries = read_entries(place / "tst")
    hostile = {**entries, "DM": replace(entries["DM"], who="<script>alert(1)</script>")}
    (place / "tst" / NAME).write_text(entries_text(hostile), encoding="utf-8")
    assert command("qc", "status", "tst", "--html", "qc.html").exit_code == 1
    content = (place / "qc.html").read_bytes()
    root = html.document_fromstring(content.decode())
    rows = [row.xpath("string(td[2])") for row in root.xpath("//tbody/tr")]
    assert rows == ["stale", "same", "same", "same"]
    assert not root.xpath("//script")
    assert "<script>alert(1)</script>" in root.text_content()
    command("qc", "status", "tst", "--html", "qc.html")
    assert (place / "qc.html").read_bytes() == content


def entry(**values) -> Entry:
    texts = {name: "" for name in Entry.__dataclass_fields__}
    return Entry(**{**texts, "result": "same", **values})


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=ascii(text)) for text in ('a "b": #c', "é", "null", "2026-11-27", "")],
)
def test_a_text_comes_back_as_it_was(tmp_path, text):
    entries = {"AE": entry(who=text), "DM": entry()}
    (tmp_path / NAME).write_text(entries_text(entries), encoding="utf-8")
    assert read_entries(tmp_path) == entries


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("AE: 5\n", "qc.yaml:1:1: is not a block of result", id="no block"),
        pytest.param("AE: {result: same}\n", "is missing or unknown", id="a short block"),
        pytest.param("- AE\n", "does not hold a block", id="a list"),
        pytest.param("AE: [\n", "cannot be read", id="no YAML"),
        pytest.param("<<<<<<< a\nAE:\n", "conflicts of a merge", id="conflict"),
    ],
)
def test_a_file_that_does_not_hold_is_told(tmp_path, text, said):
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(ComparisonError) as wrong:
        read_entries(tmp_path)
    assert said in str(wrong.value)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_two_people_who_record_neighbours_can_merge(tmp_path):
    before = {name: entry(who="A", spec_sha256="0" * 64) for name in ("AE", "DM", "VS")}
    files = {}
    for name, changed in (("ours", "AE"), ("before", ""), ("theirs", "DM")):
        held = {
            dataset: entry(who=name, when=name, spec_sha256="1" * 64) if dataset == changed else one
            for dataset, one in before.items()
        }
        files[name] = tmp_path / name
        files[name].write_text(entries_text(held), encoding="utf-8", newline="\n")
    subprocess.run(["git", "merge-file", *map(str, files.values())], check=True)
    (tmp_path / NAME).write_bytes(files["ours"].read_bytes())
    merged = read_entries(tmp_path)
    assert [merged[name].who for name in ("AE", "DM", "VS")] == ["ours", "theirs", "A"]
