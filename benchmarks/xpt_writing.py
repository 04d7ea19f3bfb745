"""How long a SAS transport file takes to write, beside pyreadstat and beside the bare bytes.

``python benchmarks/xpt_writing.py [--rows N] [--times N]`` prints a table in Markdown for each of
two datasets: one like LB of the CDISC pilot, and one of N records with 10 numbers and 20 texts of
up to 1 to 40 bytes, half of them with a value of its own on every record. The writers take turns in
one process and each time is the median; every file is written anew. Where the text of a frame is no
object, from pandas 3, pyreadstat is also timed with Python objects, which it takes faster.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

# The packages stand beside this folder, installed or not.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mappings.columns import TEXT
from submission.xpt import XptDataset, XptVariable, write_xpt

CREATED = datetime(2024, 1, 5, 14, 3, 2)
LETTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", np.uint8)
LB_RECORDS = 59_580
LB_NUMBERS = 7
# Length and count of different values of each text, as in LB of the pilot.
LB_TEXTS = (
    (12, 1), (2, 1), (11, 254), (7, 70), (40, 70), (10, 3), (13, 1500), (12, 40), (13, 1500),
    (12, 25), (6, 2), (8, 2), (1, 2), (8, 16), (16, 2000), (1, 2), (3, 2), (8, 20),
)  # fmt: skip
WIDE_NUMBERS = 10
WIDE_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 8, 10, 10, 12, 14, 16, 18, 20, 22, 30, 35, 36, 40)


@dataclass(frozen=True)
class Seconds:
    """Time of one run, or the medians of several."""

    wall: float
    cpu: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description="Time the writing of SAS transport files.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="records of the wide dataset")
    parser.add_argument("--times", type=int, default=3, help="runs of each writer")
    parser.add_argument("--folder", type=Path, help="where to write, a temporary folder if missing")
    asked = parser.parse_args(arguments)
    if asked.rows < 1 or asked.times < 1:
        parser.error("--rows and --times from 1")
    print(
        f"Python {platform.python_version()}, pandas {pd.__version__}, numpy {np.__version__}, "
        f"pyreadstat {pyreadstat.__version__}, {os.cpu_count()} cores; medians of {asked.times}."
    )
    for make in (lb_like, partial(wide, asked.rows)):
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            print(table(make(), Path(folder), asked.times), flush=True)


def lb_like() -> XptDataset:
    """Dataset of the size of LB of the CDISC pilot: text that repeats itself, some numbers."""
    rng = np.random.default_rng(1)
    columns = [made_texts(rng, LB_RECORDS, length, count) for length, count in LB_TEXTS]
    lengths = [length for length, _ in LB_TEXTS]
    return dataset("LB", columns, lengths, made_numbers(rng, LB_RECORDS, LB_NUMBERS))


def wide(records: int) -> XptDataset:
    """Dataset in which every second text is different on every record."""
    rng = np.random.default_rng(2)
    columns = [
        made_texts(rng, records, length, records if place % 2 else 100)
        for place, length in enumerate(WIDE_LENGTHS)
    ]
    return dataset("WIDE", columns, WIDE_LENGTHS, made_numbers(rng, records, WIDE_NUMBERS))


def made_texts(rng: np.random.Generator, records: int, length: int, count: int) -> np.ndarray:
    """Texts drawn from ``count`` random ones of 1 to ``length`` letters and digits."""
    letters = rng.choice(LETTERS, (count, length))
    letters[np.arange(length) >= rng.integers(1, length + 1, (count, 1))] = 0
    pool = letters.view(f"S{length}").ravel().astype(str).astype(object)
    return pool if count == records else pool[rng.integers(0, count, records)]


def made_numbers(rng: np.random.Generator, records: int, count: int) -> list[np.ndarray]:
    """Columns of numbers of two decimals, one in twenty missing."""
    made = rng.normal(100, 30, (count, records)).round(2)
    made[rng.random((count, records)) < 0.05] = np.nan
    return list(made)


def dataset(
    name: str, columns: list[np.ndarray], lengths: Sequence[int], numbers: list[np.ndarray]
) -> XptDataset:
    """Dataset of the given texts, with their lengths, and numbers."""
    variables = [
        XptVariable(f"T{place}", f"Text {place}", "text", length, f"${length}.")
        for place, length in enumerate(lengths)
    ]
    variables += [
        XptVariable(f"N{place}", f"Number {place}", "number", 8, "8.2")
        for place in range(len(numbers))
    ]
    values = [*(pd.Series(column, dtype=TEXT) for column in columns), *map(pd.Series, numbers)]
    frame = pd.DataFrame(
        {variable.name: column for variable, column in zip(variables, values, strict=True)}
    )
    return XptDataset(name, name.title(), tuple(variables), frame)


def table(made: XptDataset, folder: Path, times: int) -> str:
    """Markdown table of the writers of a dataset, with the size of its file."""
    write_xpt(made, folder / "bytes.xpt", created=CREATED)
    content = (folder / "bytes.xpt").read_bytes()
    writers: dict[str, Callable[[Path], None]] = {
        "`write_xpt`": partial(write_xpt, made, created=CREATED),
        "`pyreadstat.write_xport`": partial(by_pyreadstat, made, made.frame),
    }
    if TEXT is not object:
        objects = made.frame.astype({name: object for name in made.frame if name.startswith("T")})
        writers["`pyreadstat.write_xport`, objects"] = partial(by_pyreadstat, made, objects)
    writers["bare bytes, `write` and `fsync`"] = partial(bare, content)
    taken: dict[str, list[Seconds]] = {name: [] for name in writers}
    for _ in range(times):
        for name, writer in writers.items():
            taken[name].append(timed(writer, folder / "written.xpt"))
    medians = {name: median(runs) for name, runs in taken.items()}
    size = f"{len(made.frame):,} x {len(made.variables)}, {len(content) / 1e6:,.1f} MB"
    return "\n".join(["", f"**{made.name}**, {size}", "", *lines(medians)])


def lines(medians: Mapping[str, Seconds]) -> list[str]:
    """Lines of a table; the first writer and the last, the bare bytes, are the measures."""
    ours, *_, bytes_alone = medians.values()
    titles = ["writer", "wall s", "CPU s", "wall / ours", "CPU / ours", "wall / bytes"]
    made = [f"| {' | '.join(titles)} |", "| --- |" + " ---: |" * (len(titles) - 1)]
    for name, seconds in medians.items():
        ratios = (
            seconds.wall / ours.wall,
            seconds.cpu / ours.cpu,
            seconds.wall / bytes_alone.wall,
        )
        shown = " | ".join(f"{ratio:.1f}" for ratio in ratios)
        made.append(f"| {name} | {seconds.wall:.3f} | {seconds.cpu:.3f} | {shown} |")
    return made


def timed(writer: Callable[[Path], None], path: Path) -> Seconds:
    """Time that a writer takes for a file that is not there yet."""
    path.unlink(missing_ok=True)
    os.sync()  # what others left to be written is not ours to wait for
    wall, cpu = time.perf_counter(), time.process_time()
    writer(path)
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def median(runs: Sequence[Seconds]) -> Seconds:
    """Medians of wall time and CPU time, each by itself."""
    return Seconds(
        statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs)
    )


def by_pyreadstat(made: XptDataset, frame: pd.DataFrame, path: Path) -> None:
    """Write the same dataset with pyreadstat."""
    pyreadstat.write_xport(
        frame,
        str(path),
        file_label=made.label,
        table_name=made.name,
        column_labels=[variable.label for variable in made.variables],
        variable_format={variable.name: variable.format for variable in made.variables},
        file_format_version=5,
    )


def bare(content: bytes, path: Path) -> None:
    """Write bytes and wait until they are on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    main()
