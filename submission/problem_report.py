"""Problems for people and for programs: lines of text, or values that become JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from mappings.problems import CATALOGUE, Problem, merged

SEVERITIES = ("error", "warning", "note")
VALUES = 5  # of a problem at one place that are told one by one
# Families whose problems quote what subjects' records hold, and the codes in them that do not.
_OF_DATA = ("CT", "DT", "ST", "XP")
_NAMES_ONLY = frozenset(
    {"CT301", "CT305", "CT306", "CT307", "DT501", "DT503", "DT519", "DT520"}
    | {"ST401", "ST402", "ST403", "ST404", "ST406", "ST407", "ST408", "ST409"}
)
# The row they offer begins with the value.
_QUOTED_IN_HINTS = frozenset({"CT302", "CT304"})


def without_values(problems: Iterable[Problem]) -> list[Problem]:
    """Problems without values and identifiers of subjects; files and rows stay."""
    return merged(_blanked(problem) for problem in problems)


def _blanked(problem: Problem) -> Problem:
    examples = tuple(sorted({replace(one, subject="") for one in problem.examples}))
    problem = replace(problem, examples=examples)
    if problem.code == "DT522":
        # What an exception says may quote a value; which operation failed and how does not.
        return replace(problem, message=": ".join(problem.message.split(": ")[:2]))
    if problem.code in _NAMES_ONLY or not problem.code.startswith(_OF_DATA):
        return problem
    hint = "" if problem.code in _QUOTED_IN_HINTS else problem.hint
    return replace(problem, value="", hint=hint)


def lines(problems: Iterable[Problem], *, notes: bool) -> list[str]:
    """A line for each problem, most severe first; without ``notes`` one for each code of them."""
    found = list(problems)
    severe = [one for level in SEVERITIES[:2] for one in found if one.severity == level]
    made = list(_some_of_each(severe))
    mere = [one for one in found if one.severity == "note"]
    if notes:
        return made + list(_some_of_each(mere))
    counts = Counter(one.code for one in mere)
    return made + [
        f"note[{code}] {CATALOGUE[code][1]}: {count} place{'s' if count > 1 else ''}"
        for code, count in sorted(counts.items())
    ]


def _some_of_each(problems: Iterable[Problem]) -> Iterator[str]:
    """A line for each problem; of one at one place a line for the values beyond the first few."""
    alike: dict[tuple[Any, ...], list[Problem]] = {}
    for problem in problems:
        alike.setdefault(_but_value(problem), []).append(problem)
    for (mark, code, dataset, variable, _), same in alike.items():
        yield from map(str, same[:VALUES])
        if len(same) > VALUES:
            more = same[VALUES:]
            told = f"and {len(more)} more value{'s' if len(more) > 1 else ''}"
            count = sum(one.count for one in more)
            yield str(Problem(code, told, mark, dataset, variable, count=count))


def _but_value(problem: Problem) -> tuple[Any, ...]:
    one = problem
    return one.mark, one.code, one.dataset, one.variable, one.message


def counted(problems: Iterable[Problem]) -> str:
    """Numbers of problems by severity: ``0 errors, 2 warnings, 1 note``."""
    counts: Counter[str] = Counter(one.severity for one in problems)
    return ", ".join(
        f"{counts[level]} {level}{'' if counts[level] == 1 else 's'}" for level in SEVERITIES
    )


def as_values(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as plain values, each with all of its fields."""
    return [
        {
            "code": one.code,
            "severity": one.severity,
            "message": one.message,
            "file": one.mark.file if one.mark else "",
            "line": one.mark.line if one.mark else 0,
            "column": one.mark.column if one.mark else 0,
            "dataset": one.dataset,
            "variable": one.variable,
            "value": one.value,
            "count": one.count,
            "examples": [
                {
                    "subject": example.subject,
                    "source": example.source,
                    "row": example.row,
                    "instead": example.instead,
                }
                for example in one.examples
            ],
            "hint": one.hint,
        }
        for one in problems
    ]
