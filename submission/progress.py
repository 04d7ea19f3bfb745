"""Progress of long work: a bar on a terminal, lines elsewhere, nothing where it is not wanted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Progress = Callable[[str, int, int], None]


@contextmanager
def shown(stream: TextIO, *, quiet: bool = False) -> Iterator[Progress]:
    """A progress function that writes to a stream while the block runs.

    It is told the step, how much of it is done and how much there is, 0 where that is not known.
    """
    if quiet:
        yield _silent
    elif stream.isatty():
        with _bar(stream) as progress:
            yield progress
    else:
        yield _lines(stream)


def _silent(_step: str, _done: int, _all: int) -> None:
    """Nothing shown."""


def _lines(stream: TextIO) -> Progress:
    def progress(step: str, done: int, every: int) -> None:
        count = f" ({done} of {every})" if every else ""
        stream.write(f"{step}{count}\n")
        stream.flush()

    return progress


@contextmanager
def _bar(stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("load", total=None)

        def progress(step: str, done: int, every: int) -> None:
            bar.update(task, description=step, completed=done, total=every or None)

        yield progress
