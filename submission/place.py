"""Output folders that are whole at every moment: written aside, then exchanged in one step.

Where the system can exchange two folders it does; elsewhere the older folder is set aside under a
name that the next run knows, so that it is put back if this one was stopped in between.
"""

import ctypes
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTENT = frozenset({"sdtm", "adam", "results", "manifest.json"})
EXCHANGE = 2
_HERE = -100


class PlaceError(Exception):
    """An output folder that must not be replaced."""


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A folder to write to that takes the place of ``folder`` when the block ends without error.

    PlaceError where the folder holds anything a build does not make.
    """
    folder = folder.resolve()
    _restore(folder)
    check_place(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_left(folder)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.{os.getpid()}.", dir=folder.parent))
    try:
        # mkdtemp keeps others out; the outputs are meant to be read like any other files.
        umask = os.umask(0)
        os.umask(umask)
        aside.chmod(0o777 & ~umask)
        yield aside
        _take_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_place(folder: Path) -> None:
    """PlaceError where a folder holds anything that a build does not make."""
    if folder.exists() and not folder.is_dir():
        raise PlaceError(f"{folder} is a file; name a folder with --out")
    strange = sorted(set(os.listdir(folder)) - CONTENT) if folder.is_dir() else []
    if strange:
        raise PlaceError(
            f"{folder} holds {strange[0]}, which no build makes; name another folder with --out"
        )


def _take_place(aside: Path, folder: Path) -> None:
    check_place(folder)  # somebody may have put a file there meanwhile
    if not folder.exists():
        aside.rename(folder)
        return
    if _exchanged(aside, folder):
        return
    previous = _previous(folder)
    folder.rename(previous)
    aside.rename(folder)
    shutil.rmtree(previous)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _restore(folder: Path) -> None:
    """Put back an older folder that a stopped run had set aside."""
    previous = _previous(folder)
    if not previous.is_dir():
        return
    if folder.is_dir() and not os.listdir(folder):
        folder.rmdir()
    if folder.exists():
        shutil.rmtree(previous)
    else:
        previous.rename(folder)


def _clear_left(folder: Path) -> None:
    """Remove what a stopped run was writing; a run that still goes on is left alone."""
    if os.name != "posix":
        return
    for path in folder.parent.glob(f".{glob.escape(folder.name)}.*.*"):
        number = path.name.removeprefix(f".{folder.name}.").partition(".")[0]
        if number.isdigit() and not _runs(int(number)):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether a process of that number is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _exchanged(aside: Path, folder: Path) -> bool:
    """Whether the system exchanged the two folders in one step."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return library.renamex_np(os.fsencode(aside), os.fsencode(folder), EXCHANGE) == 0
        return (
            library.renameat2(_HERE, os.fsencode(aside), _HERE, os.fsencode(folder), EXCHANGE) == 0
        )
    except (OSError, AttributeError, TypeError):
        return False
