"""Output folders are whole at every moment: written aside, exchanged, put back after a kill."""

import ctypes
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from submission import place
from submission.place import PlaceError, check_place, replaced

ROOT = Path(__file__).parents[1]
OLD = {"sdtm/dm.xpt": b"old dm", "sdtm/define.xml": b"old define", "manifest.json": b"old"}
NEW = {"sdtm/dm.xpt": b"new dm", "sdtm/ae.xpt": b"new ae", "manifest.json": b"new"}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An output folder of an earlier build, alone in its folder."""
    folder = tmp_path / "here" / "out"
    write(folder, OLD)
    return folder


def beside(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.parent.iterdir())


def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot exchange two folders: there is no library to ask."""

    def nothing(*_: object, **__: object) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", nothing)


@pytest.fixture(params=[True, False], ids=["exchange", "no exchange"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        no_exchange(monkeypatch)
    return request.param


class StoppedError(Exception):
    """A build that ends in the middle of its writing."""


def stop(out: Path, written: Mapping[str, bytes], seen: Mapping[str, bytes] | None = None) -> None:
    """Write some files and stop; with ``seen``, what the folder holds meanwhile."""
    with replaced(out) as folder:
        write(folder, written)
        assert seen is None or files(out) == seen
        raise StoppedError


def disturb(out: Path) -> None:
    """Write an output while somebody saves a file in the folder."""
    with replaced(out) as folder:
        write(folder, NEW)
        write(out, {"notes.txt": b"mine"})


@pytest.mark.usefixtures("system")
def test_the_new_takes_the_place_of_the_older(older):
    with replaced(older) as folder:
        write(folder, NEW)
        assert files(older) == OLD
    assert files(older) == NEW
    assert beside(older) == ["out"]


@pytest.mark.usefixtures("system")
def test_a_first_build_makes_its_folder_and_those_above(tmp_path):
    with replaced(tmp_path / "a" / "b" / "out") as folder:
        write(folder, NEW)
        assert not (tmp_path / "a" / "b" / "out").exists()
    assert files(tmp_path / "a" / "b" / "out") == NEW
    assert os.listdir(tmp_path / "a" / "b") == ["out"]


@pytest.mark.usefixtures("system")
def test_an_empty_folder_may_be_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    with replaced(tmp_path / "out") as folder:
        write(folder, NEW)
    assert files(tmp_path / "out") == NEW


@pytest.mark.parametrize("written", [{}, {"sdtm/dm.xpt": b"new"}, NEW], ids=["0", "1", "all"])
def test_nothing_changes_where_the_block_ends_in_error(older, written):
    with pytest.raises(StoppedError):
        stop(older, written, seen=OLD)
    assert files(older) == OLD
    assert beside(older) == ["out"]


def test_nothing_is_made_where_the_block_ends_in_error(tmp_path):
    with pytest.raises(StoppedError):
        stop(tmp_path / "out", NEW)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("at", [1, 2], ids=["setting the older aside", "putting the new there"])
def test_an_error_while_folders_are_renamed_loses_nothing(older, monkeypatch, at):
    no_exchange(monkeypatch)
    calls = iter(range(1, 9))
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if next(calls) == at:
            raise OSError("the disk is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="the disk"), replaced(older) as folder:
        write(folder, NEW)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(StoppedError):
        stop(older, {}, seen=OLD)
    assert files(older) == OLD
    assert beside(older) == ["out"]


STRANGE = [
    pytest.param("notes.txt", id="a file of somebody"),
    pytest.param("archive/dm.xpt", id="a folder of somebody"),
    pytest.param(".git/config", id="a hidden folder"),
    pytest.param("SDTM/dm.xpt", id="a name in other letters"),
]


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("inside", [OLD, {}], ids=["beside an output", "alone"])
def test_foreign_content_is_refused(tmp_path, name, inside):
    out = tmp_path / "out"
    write(out, {**inside, name: b"mine"})
    before = files(out)
    with pytest.raises(PlaceError, match=name.split("/")[0]):
        check_place(out)
    with pytest.raises(PlaceError, match="no build makes"), replaced(out):
        pytest.fail("the block must not begin")
    assert files(out) == before
    assert os.listdir(tmp_path) == ["out"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(PlaceError, match="is a file"), replaced(tmp_path / "out"):
        pytest.fail("the block must not begin")
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_the_folder_given_may_be_a_link(older, tmp_path):
    link = tmp_path / "latest"
    link.symlink_to(older, target_is_directory=True)
    with replaced(link) as folder:
        write(folder, NEW)
    assert link.is_symlink()
    assert files(older) == NEW
    assert beside(older) == ["out"]


def test_a_relative_folder_is_that_of_the_start(older, tmp_path, monkeypatch):
    monkeypatch.chdir(older.parent)
    with replaced(Path("out")) as folder:
        monkeypatch.chdir(tmp_path)
        write(folder, NEW)
    assert files(older) == NEW


PREVIOUS = ".out.previous"


def test_an_older_output_set_aside_by_a_stopped_run_is_put_back(older):
    """Stopped between the two renames: the folder is gone, the older one waits beside it."""
    older.rename(older.with_name(PREVIOUS))
    with pytest.raises(StoppedError):
        stop(older, NEW, seen=OLD)
    assert files(older) == OLD
    assert beside(older) == ["out"]


def test_an_older_output_that_was_replaced_is_cleared_away(older):
    """Stopped after the second rename: the new folder stands, the older one is left over."""
    write(older.with_name(PREVIOUS), {"manifest.json": b"older still"})
    with replaced(older) as folder:
        write(folder, NEW)
    assert files(older) == NEW
    assert beside(older) == ["out"]


def test_an_empty_folder_does_not_cost_the_older_output(older):
    """Stopped between the two renames, the folder made again by hand before the next run."""
    older.rename(older.with_name(PREVIOUS))
    older.mkdir()
    with pytest.raises(StoppedError):
        stop(older, {}, seen=OLD)
    assert files(older) == OLD


def test_what_somebody_saves_there_meanwhile_is_not_lost(older):
    with pytest.raises(PlaceError):
        disturb(older)
    assert files(older) == {**OLD, "notes.txt": b"mine"}


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077, 0o002])
@pytest.mark.usefixtures("system")
def test_the_folder_has_the_rights_of_any_other(tmp_path, umask):
    before = os.umask(umask)
    try:
        with replaced(tmp_path / "out") as folder:
            write(folder, NEW)
        with replaced(tmp_path / "out") as folder:
            write(folder, NEW)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    for path in (tmp_path / "out", tmp_path / "out" / "sdtm"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o777 & ~umask
    assert stat.S_IMODE((tmp_path / "out" / "manifest.json").stat().st_mode) == 0o666 & ~umask


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_changes_nothing(older):
    older.parent.chmod(0o555)
    try:
        with pytest.raises(OSError, match="ermission"), replaced(older):
            pytest.fail("the block must not begin")
    finally:
        older.parent.chmod(0o755)
    assert files(older) == OLD


# Writes generation after generation of files that all say their number, and says so when it begins.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from submission import place
if sys.argv[3] == "without":
    import ctypes
    del ctypes.CDLL
print("ready", flush=True)
for number in range(1, 100000):
    with place.replaced(Path(sys.argv[1])) as folder:
        (folder / "sdtm").mkdir()
        for name in ("sdtm/a.xpt", "sdtm/b.xpt", "sdtm/c.xpt", "manifest.json"):
            (folder / name).write_bytes(b"%d" % number * 2000)
"""


def generations(folder: Path) -> set[bytes]:
    """What the files of an output say; a whole output says one thing in four files."""
    found = files(folder)
    assert sorted(found) == ["manifest.json", "sdtm/a.xpt", "sdtm/b.xpt", "sdtm/c.xpt"]
    return set(found.values())


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("exchange", ["with", "without"])
def test_a_kill_at_any_moment_leaves_a_whole_output(tmp_path, exchange):
    out = tmp_path / "here" / "out"
    moments = random.Random(20240301)
    command = [sys.executable, "-c", WRITER, str(out), str(ROOT), exchange]
    for _ in range(8):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(moments.uniform(0.01, 0.15))
            writer.send_signal(signal.SIGKILL)
        with pytest.raises(StoppedError):
            stop(out, {})
        if out.exists():
            assert len(generations(out)) == 1
    with replaced(out) as folder:
        write(folder, NEW)
    assert files(out) == NEW


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_reader_always_finds_a_whole_output(tmp_path):
    """Where the system exchanges folders there is no moment without one."""
    out = tmp_path / "out"
    write(out, dict.fromkeys(["sdtm/a.xpt", "sdtm/b.xpt", "sdtm/c.xpt", "manifest.json"], b"0"))
    if not place._exchanged(*two_folders(tmp_path)):
        pytest.skip("the system cannot exchange two folders")
    command = [sys.executable, "-c", WRITER, str(out), str(ROOT), "with"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            for _ in range(300):
                held = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
                os.close(held)
        finally:
            writer.kill()
    assert len(generations(out)) == 1


def two_folders(folder: Path) -> tuple[Path, Path]:
    one, other = folder / "one", folder / "other"
    one.mkdir()
    other.mkdir()
    return one, other


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_a_killed_run_was_writing_is_cleared_away(older):
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nsys.path.insert(0, sys.argv[2])\n"
        "from submission.place import replaced\n"
        "with replaced(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(older), str(ROOT)], check=False)
    assert len(beside(older)) == 2
    with replaced(older) as folder:
        write(folder, NEW)
    assert beside(older) == ["out"]
