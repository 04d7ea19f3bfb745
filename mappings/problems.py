"""What is wrong and where: marks, problems, and the catalogue of their codes.

A problem's message is a fragment that finishes ``path:line:column: error[CODE] AE.AESEV: …``.
Code, place, value and count are fields, so that a report, a JSON line and a test read the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

import numpy as np
import pandas as pd

Severity = Literal["error", "warning", "note"]
EXAMPLES = 5

# code: (severity, what it means). One line each; README lists them and a test raises each of them.
CATALOGUE: Mapping[str, tuple[Severity, str]] = {
    # The shape of a spec
    "SP101": ("error", "the file is not YAML the loader accepts"),
    "SP102": ("error", "a key stands twice"),
    "SP103": ("error", "an unknown key"),
    "SP104": ("error", "an unknown parameter of an operation"),
    "SP105": ("error", "something required is not there"),
    "SP106": ("error", "a value of the wrong type"),
    "SP107": ("error", "a value that is not one of the permitted words"),
    "SP108": ("error", "an unknown operation"),
    "SP109": ("error", "pieces of an expression broken by a comma, bracket or colon in braces"),
    "SP110": ("error", "an expression outside the grammar"),
    "SP111": ("error", "a name that is reserved or badly formed"),
    "SP112": ("error", "a name defined twice"),
    "SP113": ("error", "a file of the study that is not there or leaves its folder"),
    "SP114": ("error", "a drop of something that is not there"),
    "SP115": ("warning", "an attribute that has no effect where it stands"),
    # References and their order
    "RF201": ("error", "a circular definition"),
    "RF202": ("error", "a name that nothing defines"),
    "RF203": ("error", "a column that a raw form or table does not have"),
    "RF204": ("error", "a name out of reach where it stands"),
    "RF205": ("error", "kinds of values that do not go together"),
    "RF206": ("error", "an unknown table or table column"),
    "RF207": ("error", "an unknown codelist"),
    "RF208": ("warning", "a raw form that nothing reads"),
    "RF209": ("note", "a comparison that is false for missing values"),
    "RF210": ("note", "the same among: stands in several operations"),
    "RF211": ("note", "a block does not fill a variable that is filled from records"),
    "RF212": ("error", "rows of a table that repeat their keys or overlap"),
    "RF213": ("warning", "a private column that nothing reads"),
    "RF214": ("warning", "columns declared not submitted that no raw form has"),
    # Terminology
    "CT301": ("error", "a constant that is not a term of its codelist"),
    "CT302": ("error", "a value that is not a term of a closed codelist"),
    "CT303": ("note", "a value that extends an extensible codelist"),
    "CT304": ("error", "a collected text that means several terms"),
    "CT305": ("error", "a literal in a condition that is not a term of the compared variable"),
    "CT306": ("error", "a closed codelist extended without a reason"),
    "CT307": ("error", "a code without a decode"),
    # The standard
    "ST401": ("error", "a variable that the standard does not know"),
    "ST402": ("warning", "variables out of the standard's order"),
    "ST403": ("error", "a Required variable is not there"),
    "ST404": ("error", "a name, label or text beyond the limits of a SAS transport file"),
    "ST405": ("error", "a Required variable with missing values"),
    "ST406": ("error", "keys that are not variables of the dataset"),
    "ST407": ("error", "a supplemental qualifier that is a variable of the standard"),
    "ST408": ("error", "a variable without a label or type"),
    "ST409": ("warning", "an Expected variable is not there"),
    "ST410": ("error", "a type that contradicts the standard or the values"),
    # Data
    "DT501": ("error", "a raw file that is missing or cannot be read"),
    "DT502": ("error", "a byte that is not of the declared encoding"),
    "DT503": ("error", "a column that is missing or stands twice in a raw file"),
    "DT504": ("error", "a row with the wrong number of fields"),
    "DT505": ("error", "a subject that cannot be resolved"),
    "DT506": ("error", "one person under two subject identifiers"),
    "DT507": ("error", "records of a subject who is not in DM"),
    "DT508": ("note", "raw records dropped as deleted or duplicate"),
    "DT511": ("error", "a text that is not a date or time"),
    "DT512": ("error", "a date whose order of day and month is not declared"),
    "DT513": ("error", "a text that is not a number"),
    "DT514": ("error", "a value without a rule that handles it"),
    "DT515": ("error", "a unit without a conversion"),
    "DT516": ("error", "several values where one is expected"),
    "DT517": ("note", "a tie decided by the row number"),
    "DT518": ("error", "records that the keys do not tell apart"),
    "DT519": ("error", "a check of the study that does not hold"),
    "DT520": ("warning", "a check of the study that does not hold, of lesser weight"),
    "DT521": ("note", "a value changed or set aside by a rule"),
    "DT522": ("error", "an operation that failed"),
    "DT523": ("warning", "dates that contradict each other"),
    "DT524": ("warning", "a value that could not be used and is missing"),
    "DT525": ("warning", "a row without a subject or result that was left out"),
    "DT526": ("note", "raw records that no record was made from"),
    "DT527": ("error", "a year of two digits whose century is not declared"),
    "DT528": ("note", "records of raw rows that keep: left out for another"),
    # Transport files
    "XP601": ("error", "text that SAS transport cannot carry"),
    "XP602": ("error", "a number that SAS transport cannot carry"),
    "XP603": ("error", "a name, label or length that SAS transport cannot carry"),
    "XP604": ("error", "no records, or blank ones at the end, which SAS transport cannot carry"),
    "XP605": ("error", "a file that reads back differently"),
    # Define-XML
    "DX701": ("error", "a reference of define.xml that does not resolve"),
    "DX702": ("error", "a definition of define.xml that nothing uses"),
    "DX703": ("error", "define.xml against its schema or rules"),
    "DX704": ("error", "define.xml against the data"),
}


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a text file; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Example:
    """One record that shows a problem: whose it is and where it came from.

    ``instead`` is the row of the same source that stands for it, 0 where none does.
    """

    subject: str
    source: str = ""
    row: int = 0
    instead: int = 0

    def __str__(self) -> str:
        place = f"{self.source}:{self.row}" if self.row else self.source
        if self.instead:
            place += f" ({self.instead} stands)"
        return " ".join(part for part in (self.subject, place) if part)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with everything needed to find it."""

    code: str
    message: str
    mark: Mark | None = None
    dataset: str = ""
    variable: str = ""
    value: str = ""
    count: int = 0
    examples: tuple[Example, ...] = ()
    hint: str = ""

    @property
    def severity(self) -> Severity:
        """Severity the catalogue gives the code."""
        return CATALOGUE[self.code][0]

    def __str__(self) -> str:
        place = f"{self.mark}: " if self.mark else ""
        name = ".".join(part for part in (self.dataset, self.variable) if part)
        text = f"{place}{self.severity}[{self.code}] "
        text += f"{name}: " if name else ""
        text += f"{self.value!r} " if self.value else ""
        text += self.message
        if self.count:
            text += f", {self.count} record{'s' if self.count > 1 else ''}"
        if self.examples:
            more = ", …" if self.count > len(self.examples) else ""
            text += f": {', '.join(map(str, self.examples))}{more}"
        return f"{text} ({self.hint})" if self.hint else text


class Problems:
    """Problems collected so far; bound to a place, its finds carry that place.

    ``bound`` gives a collector for one variable that adds to the same list. ``records`` gives
    those of that place: a frame with ``subject``, ``source`` and ``row``, a row for each record.
    """

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._place: Mapping[str, object] = {}
        self._records: Callable[[], pd.DataFrame] | None = None
        self._only: np.ndarray | None = None

    def bound(
        self,
        *,
        mark: Mark | None,
        dataset: str = "",
        variable: str = "",
        records: Callable[[], pd.DataFrame] | None = None,
        only: "np.ndarray | None" = None,
    ) -> "Problems":
        """Collector of the same list for one place; ``at`` keeps to the mask ``only``."""
        there = Problems()
        there._found = self._found
        there._place = {"mark": mark, "dataset": dataset, "variable": variable}
        there._records = records
        there._only = only
        return there

    def add(self, code: str, message: str, **fields: object) -> None:
        """Note one problem; fields given here win over those of the place."""
        self._found.append(Problem(code, message, **{**self._place, **fields}))  # type: ignore[arg-type]

    def at(
        self,
        rows: "pd.Series[bool] | np.ndarray",
        values: "pd.Series | None",
        code: str,
        message: str,
        hint: str | Callable[[str], str] = "",
    ) -> None:
        """Note a problem for each distinct value among the rows of a mask, with its records.

        ``hint`` may be made from the value as it is shown.
        """
        wanted = np.asarray(rows, dtype=bool)
        where = np.flatnonzero(wanted if self._only is None else wanted & self._only)
        if not len(where):
            return
        if values is None:
            groups: Iterable[tuple[object, np.ndarray]] = [("", where)]
        else:
            codes, distinct = pd.factorize(values.iloc[where], use_na_sentinel=False)
            order = np.argsort(codes, kind="stable")
            cuts = np.cumsum(np.bincount(codes))[:-1]
            groups = zip(distinct, np.split(where[order], cuts), strict=True)
        for value, found in groups:
            shown = _shown(value)
            self.add(
                code,
                message,
                value=shown,
                count=len(found),
                examples=self._examples(found),
                hint=hint if isinstance(hint, str) else hint(shown),
            )

    def _examples(self, where: np.ndarray) -> tuple[Example, ...]:
        if self._records is None:
            return ()
        columns = ["subject", "source", "row"]
        chosen = self._records().iloc[where].drop_duplicates(columns)
        chosen = chosen.sort_values(columns, kind="stable")
        return tuple(
            Example(str(subject), str(source), int(row), *map(int, instead))
            for subject, source, row, *instead in chosen.head(EXAMPLES).itertuples(
                index=False, name=None
            )
        )

    def extend(self, others: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        self._found.extend(others)

    def __iter__(self) -> Iterator[Problem]:
        """Iterate over the problems in order of place, merged where only the records differ."""
        return iter(merged(self._found))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop a build."""
        return [problem for problem in self if problem.severity == "error"]


def merged(problems: Iterable[Problem]) -> list[Problem]:
    """Problems in order of place; those that differ in their records alone become one.

    Counts are added and the lowest examples kept, so a study built in parts reports the same.
    """
    together: dict[Problem, Problem] = {}
    for problem in problems:
        key = replace(problem, count=0, examples=())
        seen = together.get(key)
        if seen is not None:
            shown = sorted({*seen.examples, *problem.examples})[:EXAMPLES]
            problem = replace(key, count=seen.count + problem.count, examples=tuple(shown))
        together[key] = problem
    return sorted(together.values(), key=_order)


def _order(problem: Problem) -> tuple[object, ...]:
    mark = problem.mark or Mark("", 0, 0)
    return (mark, problem.code, problem.dataset, problem.variable, problem.value, problem.message)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else repr(value).removesuffix(".0")
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return "" if value is None or value is pd.NaT else str(value)


def nearest(word: str, words: Iterable[str]) -> str:
    """The nearest of the words, or nothing."""
    folded = {known.casefold(): known for known in words}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def close_match(word: str, words: Iterable[str]) -> str:
    """Hint that offers the nearest of the words, or nothing."""
    near = nearest(word, words)
    return f"did you mean {near}?" if near else ""


class StudyError(Exception):
    """A study that cannot be loaded or built; carries its problems."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
