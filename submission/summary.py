"""What a build made, for people and for programs."""

from pathlib import Path
from typing import Any

from mappings.finished import Dataset
from mappings.problems import Problem
from submission.problem_report import as_values, counted
from submission.run import Report


def summary_text(report: Report, out: Path, problems: list[Problem]) -> str:
    """A line for each dataset, where the files are, and how many problems there are."""
    datasets = list(report.built.datasets.values()) if report.built else []
    width = max((len(one.name) for one in datasets), default=0)
    made = [_line(one, width) for one in datasets]
    made.append(_files(report, out))
    return "\n".join([*made, counted(problems)])


def _line(dataset: Dataset, width: int) -> str:
    return (
        f"{dataset.name.ljust(width)}  {len(dataset.frame):>7} records"
        f"  {len(dataset.columns):>4} variables"
    )


def _files(report: Report, out: Path) -> str:
    if not report.written:
        return f"nothing was written to {out}"
    tops = (name.partition("/") for name in report.written)
    folders = dict.fromkeys(f"{top}{slash}" for top, slash, _ in tops if slash)
    return f"written to {out}: {', '.join([*folders, 'manifest.json'])}"


def summary_values(report: Report, out: Path, problems: list[Problem]) -> dict[str, Any]:
    """The same as plain values."""
    datasets = report.built.datasets.values() if report.built else ()
    return {
        "out": str(out) if report.written else "",
        "datasets": [
            {"name": one.name, "records": len(one.frame), "variables": len(one.columns)}
            for one in datasets
        ],
        "files": dict(report.written),
        "problems": as_values(problems),
    }
