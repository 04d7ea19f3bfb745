"""How the time and memory of a build grow with the number of subjects.

    python benchmarks/building.py [--subjects 100 1000 10000] [--jobs 2] [--seed 1]

Writes the simulated raw forms of the bundled trial for each size, builds the bundled specs on them
in a process of its own, and prints a Markdown table: seconds from start to exit, the memory of the
largest process, records written, records per second, and between two sizes the exponent with
which time and memory grow (1 is linear).
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDY = ROOT / "mappings" / "dualcart_aml"


@dataclass(frozen=True)
class Run:
    """One build: how many subjects, how long, how much memory, how many records."""

    subjects: int
    seconds: float
    megabytes: float
    records: int


def simulated(subjects: int, seed: int, folder: Path) -> Path:
    """The folder with the raw forms of so many subjects."""
    target = folder / f"raw-{subjects}"
    command = [sys.executable, str(ROOT / "benchmarks" / "simulate.py"), "--subjects",
               str(subjects), "--seed", str(seed), "--out", str(target)]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return target


def built(subjects: int, raw: Path, out: Path, jobs: int) -> Run:
    """One build of the bundled specs, measured from outside."""
    command = [sys.executable, "-m", "submission", "build", str(STUDY), "--raw", str(raw),
               "--out", str(out), "--jobs", str(jobs), "--quiet"]  # fmt: skip
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the build failed:\n{error.decode(errors='replace')[-4000:]}")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    records = sum(dataset["records"] for dataset in manifest["datasets"].values())
    return Run(subjects, seconds, used.ru_maxrss / 1024, records)


def exponent(before: Run, after: Run, figure: str) -> float:
    """With which power of the number of subjects a figure grew from one run to the next."""
    grown = getattr(after, figure) / getattr(before, figure)
    return math.log(grown) / math.log(after.subjects / before.subjects)


def table(runs: Sequence[Run]) -> str:
    """The runs as a Markdown table."""
    lines = [
        "| subjects | seconds | peak MB | records | records/s | time exponent | memory exponent |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for position, run in enumerate(runs):
        grown = ["", ""]
        if position:
            before = runs[position - 1]
            grown = [f"{exponent(before, run, name):.2f}" for name in ("seconds", "megabytes")]
        lines.append(
            f"| {run.subjects:,} | {run.seconds:.1f} | {run.megabytes:,.0f} | {run.records:,} "
            f"| {run.records / run.seconds:,.0f} | {grown[0]} | {grown[1]} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--subjects", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    runs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for subjects in asked.subjects:
            raw = simulated(subjects, asked.seed, folder)
            runs.append(built(subjects, raw, folder / f"out-{subjects}", asked.jobs))
            print(f"{subjects}: {runs[-1].seconds:.1f} s", file=sys.stderr)
    print(table(runs))


if __name__ == "__main__":
    main()
