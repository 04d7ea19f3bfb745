"""Work in several processes: parts of a study, and transport files read back."""

import multiprocessing
import os
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
from submission.memory import keep_freed_memory

# A process takes a second or two to start; below this many subjects one process is done sooner.
WORTH_IT = 200
HERE_AND_THERE = 2  # the shares of a part that is not cut: this process and the one that stands by

_plan: Plan | None = None


class Workers:
    """Processes that stand by, or none where one process is enough.

    One is started at once, to help with what is left when the datasets are finished; those that
    work parts out are started when it is known how many subjects there are.
    """

    def __init__(self, study: Study, only: tuple[str, ...], jobs: int) -> None:
        self._start = (study.folder, only)
        self._jobs = jobs or os.cpu_count() or 1
        self._asked = jobs
        self._pools: list[ProcessPoolExecutor] = []
        self.count = 1
        if self._jobs > 1:
            self._begin(1).submit(_ready)

    def _begin(self, count: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_start, initargs=self._start
        )
        self._pools.append(pool)
        return pool

    def prepare(self, subjects: int) -> None:
        """Have as many processes for parts as so many subjects are worth."""
        self.count = self._asked or (self._jobs if subjects >= WORTH_IT else 1)
        if self.count > 1:
            self._begin(self.count)

    def outcomes(self, order: Plan, parts: Iterable[Part]) -> Iterator[Outcome]:
        """What each part gave, in the order of the parts."""
        if self.count > 1:
            return self._ahead(self._pools[-1], parts)
        if not self._pools:
            return one_by_one(order, parts)
        return self._shared(self._pools[-1], order, parts)

    def _shared(
        self, pool: ProcessPoolExecutor, order: Plan, parts: Iterable[Part]
    ) -> Iterator[Outcome]:
        """Outcomes of which the process that stands by gives about half of the datasets."""
        mine, _ = shares(order, HERE_AND_THERE)
        for part in parts:
            there = pool.submit(_work_share, part)
            here = work_out(mine, part)
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
        return self._pools[-1].submit(function, *arguments) if self._pools else None

    def leave(self) -> None:
        """Let all processes go."""
        for pool in self._pools:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def workers(study: Study, only: tuple[str, ...], jobs: int) -> Iterator[Workers]:
    """Processes for a study, gone when the block ends; none where one is asked for or there is.

    Each process loads the study itself, so that nothing but columns travels between them; it does
    so while this one checks the study and reads its raw files.
    """
    staff = Workers(study, only, jobs)
    try:
        yield staff
    finally:
        staff.leave()


def current_study() -> Study:
    """The study that this process was started with."""
    return _current_plan().study


def _ready() -> None:
    """Nothing: what it takes to begin has been done when this is called."""


def _start(folder: Path, only: tuple[str, ...]) -> None:
    global _plan
    keep_freed_memory()
    _plan = plan(load_study(folder, catalogue()), only)


def _current_plan() -> Plan:
    if _plan is None:
        raise RuntimeError("the process was not started with a study")
    return _plan


def _work(part: Part) -> Outcome:
    return together([work_out(_current_plan(), part)], _current_plan(), part)


def _work_share(part: Part) -> Outcome:
    return work_out(shares(_current_plan(), HERE_AND_THERE)[1], part)
