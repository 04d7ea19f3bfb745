"""Work in several processes: parts of a study, and transport files read back."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mappings.build import Outcome, Plan, one_by_one, plan, work_out
from mappings.loader import load_study
from mappings.part import Part
from submission.catalogue import catalogue

# A process takes a second or two to start; below this many subjects one process is done sooner.
WORTH_IT = 200

_plan: Plan | None = None


def processes(jobs: int, subjects: int) -> int:
    """How many processes to use: as many as asked for, else the processors if it is worth it."""
    return max(1, jobs or (os.cpu_count() or 1 if subjects >= WORTH_IT else 1))


class Workers:
    """Processes that stand by, or none where one process is enough."""

    def __init__(self, count: int, pool: ProcessPoolExecutor | None = None) -> None:
        self.count = count
        self._pool = pool

    def outcomes(self, order: Plan, parts: Iterable[Part]) -> Iterator[Outcome]:
        """What each part gave, in the order of the parts."""
        return one_by_one(order, parts) if self._pool is None else self._ahead(self._pool, parts)

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
        return None if self._pool is None else self._pool.submit(function, *arguments)


@contextmanager
def workers(order: Plan, jobs: int, subjects: int) -> Iterator[Workers]:
    """Processes for a plan, gone when the block ends.

    Each process loads the study itself, so that nothing but columns travels between them.
    """
    count = processes(jobs, subjects)
    if count == 1:
        yield Workers(1)
        return
    made = (*order.early, *order.late)
    only = () if set(made) == set(order.study.datasets) else made
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
        initargs=(order.study.folder, only),
    ) as pool:
        yield Workers(count, pool)


def _start(folder: Path, only: tuple[str, ...]) -> None:
    global _plan
    _plan = plan(load_study(folder, catalogue()), only)


def _work(part: Part) -> Outcome:
    if _plan is None:
        raise RuntimeError("the process was not started with a study")
    return work_out(_plan, part)
