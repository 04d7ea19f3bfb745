"""How long a comparison takes, beside datacompy on pandas frames that are already read.

``python benchmarks/comparing.py [--rows N] [--most N] [--times N]`` prints tables in Markdown:

* two transport files of the size of LB of the CDISC pilot, with the start of the process;
* two of N records by 30 variables, 10 numbers and 20 texts of up to 1 to 40 bytes, half of them
  different on every record; one shuffled, 3 records fewer, 100 values changed; file to file here,
  frame to frame in datacompy, which has read them before its time begins;
* the same dataset twice, where variables have another order, or texts other lengths;
* the same with ten times as many records up to ``--most``.

Each run is a process of its own; wall and CPU time are the medians, memory the most that was
resident. datacompy pins pandas, so it is installed into an environment of its own (``--datacompy``
names one that is there).
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from xpt_writing import CREATED, lb_like, wide  # makes the packages beside this folder known

from sas.layout import read_layout
from sas.numbers import ibm_floats
from submission.xpt import XptDataset, write_xpt

ROOT = Path(__file__).resolve().parents[1]

KEYS = ("T2", "N0")
CHANGES = 100
FEWER = 3
AT_ONCE = 1 << 16

OURS = """
import sys, time
wall, cpu = time.perf_counter(), time.process_time()
from pathlib import Path
from comparison.compare import compare_files
from comparison.options import Options
found = compare_files(Path(sys.argv[1]), Path(sys.argv[2]), Options(keys=tuple(sys.argv[3:])))
taken = time.perf_counter() - wall, time.process_time() - cpu
counts = found.cells.total, found.records.base_only.total, found.records.other_only.total
"""
THEIRS = """
import sys, time
from pathlib import Path
import numpy as np
import pandas as pd
import datacompy
from sas.layout import read_layout
from sas.numbers import floats_of_ibm

def frame(path):
    layout = read_layout(Path(path))
    names = [field.name for field in layout.fields]
    kinds = [f"S{field.length}" if field.text else ">u8" for field in layout.fields]
    kind = np.dtype({"names": names, "formats": kinds,
                     "offsets": [field.position for field in layout.fields],
                     "itemsize": layout.width})
    records = np.fromfile(path, kind, layout.records, offset=layout.start)
    return pd.DataFrame({
        field.name: pd.Series(np.char.rstrip(records[field.name].astype(str))) if field.text
        else floats_of_ibm(records[field.name])[0]
        for field in layout.fields
    })

base, other = frame(sys.argv[1]), frame(sys.argv[2])
wall, cpu = time.perf_counter(), time.process_time()
Compare = getattr(datacompy, "PandasCompare", None) or datacompy.Compare
found = Compare(base, other, join_columns=sys.argv[3:], cast_column_names_lower=False)
unequal = sum(one["unequal_cnt"] for one in found.column_stats)
taken = time.perf_counter() - wall, time.process_time() - cpu
counts = int(unequal), len(found.df1_unq_rows), len(found.df2_unq_rows)
"""
TOLD = """
import json, re, resource, sys
most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
most *= 1 if sys.platform == "darwin" else 1024
if sys.platform == "linux":  # there it may be that of the process that started this one
    status = Path("/proc/self/status").read_text()
    most = int(re.search(r"VmHWM:\\s*(\\d+)", status)[1]) * 1024
print(json.dumps({"wall": taken[0], "cpu": taken[1], "memory": most / 1e6, "counts": counts}))
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description="Time comparisons of SAS transport files.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="records of the wide dataset")
    parser.add_argument("--most", type=int, default=0, help="records up to which growth is shown")
    parser.add_argument("--times", type=int, default=3, help="runs of each")
    parser.add_argument("--folder", type=Path, help="where to write, a temporary folder if missing")
    parser.add_argument("--datacompy", type=Path, help="environment that has datacompy")
    asked = parser.parse_args(arguments)
    if asked.rows < 1000 or asked.times < 1:
        parser.error("--rows from 1000 and --times from 1")
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} cores; "
        f"medians of {asked.times}."
    )
    with tempfile.TemporaryDirectory(dir=asked.folder) as made:
        folder = Path(made)
        theirs = asked.datacompy or environment(folder / "datacompy")
        print(small(folder, asked.times), flush=True)
        made = keyed(wide(asked.rows))
        paths = pair(folder, made)
        print(side_by_side(paths, theirs, asked.times), flush=True)
        print(layouts(folder, paths[0], made, asked.times), flush=True)
        if asked.most > asked.rows:
            print(growth(folder, paths, asked.rows, asked.most, asked.times), flush=True)


def environment(folder: Path) -> Path:
    """A new environment with datacompy in it."""
    venv.create(folder, with_pip=True)
    subprocess.run(
        [python(folder), "-m", "pip", "install", "-q", "datacompy", "pyarrow"], check=True
    )
    return folder


def python(folder: Path) -> str:
    """The interpreter of an environment."""
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def keyed(made: XptDataset) -> XptDataset:
    """The dataset with the number of the record in N0, so that keys tell all records apart."""
    return replace(made, frame=made.frame.assign(N0=np.arange(len(made.frame), dtype="float64")))


def pair(folder: Path, made: XptDataset) -> tuple[Path, Path]:
    """A dataset as a file, and the same shuffled, with fewer records and changed values."""
    base = folder / f"{made.name.lower()}.xpt"
    write_xpt(made, base, created=CREATED)
    return base, shuffled(base, folder / f"{made.name.lower()}_other.xpt")


def shuffled(base: Path, other: Path) -> Path:
    """The records of a file in another order, without a few, and with some values changed."""
    layout = read_layout(base)
    records = np.memmap(base, f"V{layout.width}", "r", layout.start, (layout.records,))
    rng = np.random.default_rng(3)
    order = rng.permutation(layout.records)[FEWER:]
    fields = [field for field in layout.fields if field.name not in KEYS]
    with base.open("rb") as source, other.open("wb") as file:
        file.write(source.read(layout.start))
        for start in range(0, len(order), AT_ONCE):
            file.write(records[order[start : start + AT_ONCE]].tobytes())
        file.write(b" " * (-file.tell() % 80))
    content = np.memmap(other, np.uint8, "r+", layout.start, (len(order) * layout.width,))
    for place, row in enumerate(rng.choice(len(order), CHANGES, replace=False).tolist()):
        field = fields[place % len(fields)]
        at = row * layout.width + field.position
        if field.text:
            content[at] ^= 1
        elif (content[at + 1 : at + 8] == 0).all():  # missing: 1 in its place
            content[at : at + 2] = 0x41, 0x10
        else:
            content[at + 3] ^= 1
    content.flush()
    return other


def run(code: str, interpreter: str, paths: tuple[Path, Path], times: int) -> dict[str, Any]:
    """Medians of a comparison in processes of its own; ``process`` is the time of the whole one."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        made = subprocess.run(
            [interpreter, "-c", code + TOLD, *map(str, paths), *KEYS], capture_output=True,
            text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        found.append({**json.loads(made.stdout), "process": time.perf_counter() - start})
    names = ("wall", "cpu", "memory", "process")
    medians = {name: statistics.median(one[name] for one in found) for name in names}
    return {**medians, "counts": found[0]["counts"]}


def command(paths: tuple[Path, Path], times: int) -> float:
    """Median of the whole command, its report included."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        made = subprocess.run(
            [sys.executable, "-m", "submission", "compare", *map(str, paths), "--keys",
             ",".join(KEYS)],
            capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        found.append(time.perf_counter() - start)
        if made.returncode != 1:
            raise RuntimeError(made.stderr.decode())
    return statistics.median(found)


def small(folder: Path, times: int) -> str:
    """The table of a dataset like LB."""
    paths = pair(folder, keyed(lb_like()))
    ours = run(OURS, sys.executable, paths, times)
    layout = read_layout(paths[0])
    return "\n".join([
        "", f"**LB**, {layout.records:,} x {len(layout.fields)}, process start included", "",
        "| | whole process s | CPU s | memory MB | values, records found |",
        "| --- | ---: | ---: | ---: | --- |",
        f"| comparison | {ours['process']:.2f} | {ours['cpu']:.2f} | {ours['memory']:,.0f} | "
        f"{ours['counts']} |",
        f"| cdiscgen compare, as text | {command(paths, times):.2f} | | | |",
    ])  # fmt: skip


def side_by_side(paths: tuple[Path, Path], theirs: Path, times: int) -> str:
    """The table of both programs on the same two files."""
    layout = read_layout(paths[0])
    made = [
        "", f"**Wide**, {layout.records:,} x {len(layout.fields)}, "
        f"{paths[0].stat().st_size / 1e6:,.0f} MB each", "",
        "| | wall s | CPU s | memory MB | values, records found |",
        "| --- | ---: | ---: | ---: | --- |",
    ]  # fmt: skip
    ours = run(OURS, sys.executable, paths, times)
    other = run(THEIRS, python(theirs), paths, times)
    for name, one in (("comparison, file to file", ours), ("datacompy, frames read", other)):
        made.append(
            f"| {name} | {one['wall']:.2f} | {one['cpu']:.2f} | {one['memory']:,.0f} | "
            f"{one['counts']} |"
        )
    ratios = [other[name] / ours[name] for name in ("wall", "cpu", "memory")]
    made.append(f"| datacompy / comparison | {' | '.join(f'{one:.1f}' for one in ratios)} | |")
    return "\n".join(made)


def layouts(folder: Path, base: Path, made: XptDataset, times: int) -> str:
    """The table of files that hold the same and are laid out in other ways."""
    mixed = np.random.default_rng(4).permutation(len(made.variables)).tolist()
    longer = [
        replace(one, length=one.length + 3) if one.kind == "text" else one for one in made.variables
    ]
    table = [
        "",
        "**Layouts**",
        "",
        "| | wall s | CPU s | memory MB |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, variables in (
        ("the same", made.variables),
        ("another order of variables", tuple(made.variables[place] for place in mixed)),
        ("longer texts", tuple(longer)),
    ):
        other = folder / "layout.xpt"
        write_xpt(replace(made, variables=variables), other, created=CREATED)
        one = run(OURS, sys.executable, (base, other), times)
        table.append(f"| {name} | {one['wall']:.2f} | {one['cpu']:.2f} | {one['memory']:,.0f} |")
    return "\n".join(table)


def growth(folder: Path, paths: tuple[Path, Path], rows: int, most: int, times: int) -> str:
    """The table of ever more records: time over n log n is to stay the same."""
    made = [
        "", "**Growth**", "",
        "| records | MB | wall s | CPU s | wall per n log n, ns | memory MB |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    first, size = paths[0], rows
    while size <= most:
        one = run(OURS, sys.executable, paths, times)
        each = one["wall"] / (size * math.log(size)) * 1e9
        made.append(
            f"| {size:,} | {paths[0].stat().st_size / 1e6:,.0f} | {one['wall']:.2f} | "
            f"{one['cpu']:.2f} | {each:.0f} | {one['memory']:,.0f} |"
        )
        size *= 10
        if size <= most:
            base = tiled(first, folder / f"{size}.xpt", size // rows)
            paths = base, shuffled(base, folder / f"{size}_other.xpt")
    return "\n".join(made)


def tiled(source: Path, target: Path, times: int) -> Path:
    """The records of a file several times over, each with a number of its own in N0."""
    layout = read_layout(source)
    (number,) = [field for field in layout.fields if field.name == "N0"]
    records = np.memmap(source, np.uint8, "r", layout.start, (layout.records * layout.width,))
    records = records.reshape(layout.records, layout.width)
    with source.open("rb") as file, target.open("wb") as made:
        made.write(file.read(layout.start))
        for time_over in range(times):
            for start in range(0, layout.records, AT_ONCE):
                block = np.array(records[start : start + AT_ONCE])
                first = time_over * layout.records + start
                numbers = ibm_floats(np.arange(first, first + len(block), dtype="float64"))
                there = slice(number.position, number.position + 8)
                block[:, there] = numbers.astype(">u8").view(np.uint8).reshape(-1, 8)
                made.write(block.tobytes())
        made.write(b" " * (-made.tell() % 80))
    return target


if __name__ == "__main__":
    main()
