"""Processes that stand by: they end with the one they work for."""

import os
import subprocess
import sys
from pathlib import Path

from small_study import small_study

ROOT = Path(__file__).parent.parent
KILLED = """
import os, sys
from pathlib import Path
from mappings.loader import load_study
from submission.catalogue import catalogue
from submission.parallel import workers

if __name__ == "__main__":
    study = load_study(Path(sys.argv[1]), catalogue())
    with workers(study, (), 2, 0) as staff:
        print(staff.later(os.getpid).result() != os.getpid(), flush=True)
        os.kill(os.getpid(), 9)
"""


def test_processes_end_with_the_one_they_work_for_though_it_was_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(small_study(tmp_path / "tst"))],
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    # All of them write to the same pipe, which ends when the last of them does.
    told, _ = process.communicate(timeout=60)
    assert told.split() == [b"True"]
    assert process.returncode != 0
