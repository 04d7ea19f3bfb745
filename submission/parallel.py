"""Work in several processes: parts of a study, and transport files read back."""

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mappings.build import Outcome, Plan, one_by_one, plan, shares, together, work_out
from mappings.loader import load_study
from mappings.model import Study
from mappings.part import Part
from submission.catalogue import catalogue
from submission.memory import collect_seldom, keep_freed_memory

# Bytes of raw files that are worth a process: those of some 100 subjects. Where that is not two,
# two processes rather share the datasets, because most of the work is the same for every part.
WORTH_IT = 1 << 23
MOST = 61  # as many as Windows waits for
HERE_AND_THERE = 2  # the shares of a part that is not cut: this process and the one that stands by

_plan: Plan | None = None


class Workers:
    """Processes that stand by, or none where one process is enough.

    They begin at once, so that they are there when this one has read the raw files. A study with
    ``size`` bytes of raw files is worked out in parts by ``count`` of them, or by this process and
    one that helps.
    """

    def __init__(self, study: Study, only: tuple[str, ...], jobs: int, size: int) -> None:
        most = min(jobs or os.cpu_count() or 1, MOST)
        self.count = most if jobs else max(1, min(most, size // WORTH_IT))
        self._pool: ProcessPoolExecutor | None = None
        if most > 1:
            self._pool = ProcessPoolExecutor(
                self.count,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start,
                initargs=(study.folder, only, self.count == 1),
            )
            for _ in range(self.count):
                self._pool.submit(_ready)

    def outcomes(self, order: Plan, parts: Iterable[Part]) -> Iterator[Outcome]:
        """What each part gave, in the order of the parts."""
        if self._pool is None:
            return one_by_one(order, parts)
        if self.count > 1:
            return self._ahead(self._pool, parts)
        return self._shared(self._pool, order, parts)

    def _shared(
        self, pool: ProcessPoolExecutor, order: Plan, parts: Iterable[Part]
    ) -> Iterator[Outcome]:
        """Outcomes of which the process that stands by gives about half of the datasets."""
        for part in parts:
            there = pool.submit(_work_share, part)
            here = work_out(shares(order, HERE_AND_THERE)[0], part)
            yield together([here, there.result()], order, part)

    def _ahead(self, pool: ProcessPoolExecutor, parts: Iterable[Part]) -> Iterator[Outcome]:
        """Outcomes with one part for each process under way, so that few parts exist at a time."""
        under_way: deque[Future[Outcome]] = deque()
        for part in parts:
            under_way.append(pool.submit(_work, part))
            if len(under_way) > self.count:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def later(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any] | None":
        """The result of a call in another process, when it is there; None without processes."""
        return self._pool.submit(function, *arguments) if self._pool else None

    def leave(self) -> None:
        """Let all processes go."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def workers(study: Study, only: tuple[str, ...], jobs: int, size: int) -> Iterator[Workers]:
    """Processes for a study, gone when the block ends; none where one is asked for or there is.

    Each process loads the study itself, so that nothing but columns travels between them; it does
    so while this one checks the study and reads its raw files.
    """
    staff = Workers(study, only, jobs, size)
    try:
        yield staff
    finally:
        staff.leave()


def current_study() -> Study:
    """The study that this process was started with."""
    return _current_plan().study


def _ready() -> None:
    """Nothing: what it takes to begin has been done when this is called."""


def _start(folder: Path, only: tuple[str, ...], helps: bool) -> None:
    global _plan
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_freed_memory()
    collect_seldom()
    whole = plan(load_study(folder, catalogue()), only)
    _plan = shares(whole, HERE_AND_THERE)[1] if helps else whole


def _end_with_parent() -> None:
    """End this process when the one it works for is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _current_plan() -> Plan:
    if _plan is None:
        raise RuntimeError("the process was not started with a study")
    return _plan


def _work(part: Part) -> Outcome:
    made = together([work_out(_current_plan(), part)], _current_plan(), part)
    # Columns in circles would stay beside those of the next part.
    gc.collect()
    return made


def _work_share(part: Part) -> Outcome:
    return work_out(_current_plan(), part)
