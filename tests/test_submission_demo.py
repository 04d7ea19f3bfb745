"""The bundled study copied out: whole, again, and never over anything else."""

import pytest

from submission.demo import bundled_files, copy_study, next_steps
from submission.requests import RequestError


def test_the_copy_has_every_file_of_the_bundle(tmp_path):
    study, out = copy_study(tmp_path / "demo")
    copied = {path.relative_to(study).as_posix(): path.read_bytes()
              for path in study.rglob("*") if path.is_file()}  # fmt: skip
    assert copied == bundled_files()
    assert {"study.yaml", "raw/ae.csv", "qc/adsl.py", "qc/README.md"} <= set(copied)
    assert not out.exists()


def test_a_copy_may_be_made_again_beside_its_outputs(tmp_path):
    copy_study(tmp_path / "demo")
    (tmp_path / "demo" / "out").mkdir()
    (tmp_path / "demo" / "qc").mkdir()
    (tmp_path / "demo" / "study" / "__pycache__").mkdir()
    assert copy_study(tmp_path / "demo")[0] == tmp_path / "demo" / "study"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("thesis.docx", "holds thesis.docx, which is not of the demo", id="beside it"),
        pytest.param("study/mine.yaml", "mine.yaml is not of the demo", id="in the study"),
        pytest.param("study/ae.yaml", "was changed and would be overwritten", id="an edited file"),
    ],
)
def test_foreign_content_is_refused_and_left_alone(tmp_path, name, said):
    path = tmp_path / "demo" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(RequestError, match=said):
        copy_study(tmp_path / "demo")
    assert [one for one in (tmp_path / "demo").rglob("*") if one.is_file()] == [path]
    assert path.read_text() == "mine"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(RequestError, match="is a file"):
        copy_study(tmp_path / "demo")


def test_next_steps_are_commands_on_the_copy(tmp_path):
    commands = [
        line.split() for line in next_steps(tmp_path / "study", tmp_path / "out").split("\n")
        if line.startswith("  cdiscgen ")
    ]  # fmt: skip
    assert [command[1] for command in commands] == ["show", "explain", "account", "compare"]
    *of_study, compare = commands
    assert all(command[2] == str(tmp_path / "study") for command in of_study)
    folders = [str(tmp_path / "out"), str(tmp_path / "qc")]
    assert compare[2:] == [*folders, "--shared", "--ignore", "length"]
