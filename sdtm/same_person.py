"""Follow screening numbers back to the first identifier a person was given."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mappings.columns import mapped
from mappings.problems import EXAMPLES, Example, Mark, Problems
from mappings.raw_form import RawForm, SamePerson
from sdtm.raw_table import ROW


def first_identifiers(
    same: SamePerson,
    form: RawForm,
    frame: pd.DataFrame,
    identifiers: pd.Series,
    problems: Problems,
) -> Mapping[str, str]:
    """First identifier of each person that has a later one, by the later identifier.

    ``identifiers`` are those of the rows of the form, ``""`` for rows that do not count. A person
    whose chain is in doubt is a problem and stays under the identifier at hand.
    """
    if not len(frame) or not _has_columns(same, form, frame, problems):
        return {}
    attempts = pd.DataFrame(
        {
            "person": identifiers,
            "number": mapped(frame[same.number], _compared),
            "previous": mapped(frame[same.previous], _compared),
            ROW: frame[ROW],
        }
    )
    attempts = attempts[attempts["person"].ne("")]
    owners = _owners(attempts, same, form, problems)
    parents = _parents(attempts, owners, same, form, problems)
    return _followed(parents, attempts, same, form, problems)


def _has_columns(same: SamePerson, form: RawForm, frame: pd.DataFrame, problems: Problems) -> bool:
    absent = [column for column in (same.number, same.previous) if column not in frame]
    for column in absent:
        problems.add(
            "DT503",
            "is not a column, but same_person needs it",
            mark=same.mark or Mark(form.file, 1),
            variable=f"{form.name}.{column}",
        )
    return not absent


def _compared(text: str) -> str:
    return " ".join(text.split()).upper()


def _owners(
    attempts: pd.DataFrame, same: SamePerson, form: RawForm, problems: Problems
) -> Mapping[str, str]:
    """Person of each screening number that was given to one person only."""
    given = attempts[attempts["number"].ne("")].drop_duplicates(["number", "person"])
    shared = given["number"].duplicated(keep=False)
    for number, rows in given[shared].groupby("number"):
        message = "is the screening number of several subjects"
        _note(problems, form, same.number, ("DT506", message), str(number), rows)
    single = given[~shared]
    return dict(zip(single["number"], single["person"], strict=True))


def _parents(
    attempts: pd.DataFrame,
    owners: Mapping[str, str],
    same: SamePerson,
    form: RawForm,
    problems: Problems,
) -> Mapping[str, str]:
    """Identifier before each later one, where exactly one leads to exactly one."""
    later = attempts[attempts["previous"].ne("")]
    itself = later["previous"].eq(later["number"])
    shared = later["previous"].isin(set(attempts["number"]) - set(owners))
    later = later.assign(before=mapped(later["previous"], owners.get).to_numpy())
    unknown = later["before"].isna() & ~shared
    for mask, code, message in (
        (itself, "DT506", "is the number of this attempt and of the one before it"),
        (unknown & ~itself, "DT505", "is the number of no earlier attempt"),
    ):
        for number, rows in later[mask].groupby("previous"):
            _note(problems, form, same.previous, (code, message), str(number), rows)
    usable = ~itself & later["before"].notna() & later["before"].ne(later["person"])
    steps = later[usable].drop_duplicates(["person", "before"])
    forks = steps["person"].duplicated(keep=False)
    for person, rows in steps[forks].groupby("person"):
        message = "follows several subjects"
        _note(problems, form, same.previous, ("DT506", message), str(person), rows)
    joins = steps["before"].duplicated(keep=False) & ~forks
    for person, rows in steps[joins].groupby("before"):
        message = "is followed by several subjects"
        _note(problems, form, same.previous, ("DT506", message), str(person), rows)
    sure = steps[~forks & ~joins]
    return dict(zip(sure["person"], sure["before"], strict=True))


def _followed(
    parents: Mapping[str, str],
    attempts: pd.DataFrame,
    same: SamePerson,
    form: RawForm,
    problems: Problems,
) -> Mapping[str, str]:
    """First identifier of each later one; a chain that comes back to itself is a problem."""
    first: dict[str, str] = {}
    circular: set[str] = set()
    for person in parents:
        path = [person]
        while path[-1] in parents and parents[path[-1]] not in path:
            path.append(parents[path[-1]])
        if path[-1] not in parents:
            first[person] = path[-1]
        elif person not in circular and parents[path[-1]] == person:
            circular |= set(path)
            rows = attempts[attempts["person"].isin(path)]
            message = "comes before itself: " + " <- ".join([*path, person])
            _note(problems, form, same.previous, ("DT506", message), person, rows)
    return first


def _note(
    problems: Problems,
    form: RawForm,
    column: str,
    finding: tuple[str, str],
    value: str,
    rows: pd.DataFrame,
) -> None:
    lines = np.sort(rows[ROW].to_numpy())
    shown = rows.sort_values(ROW).head(EXAMPLES)
    problems.add(
        *finding,
        mark=Mark(form.file, int(lines[0])),
        variable=f"{form.name}.{column}",
        value=value,
        count=len(rows),
        examples=tuple(
            Example(str(person), form.file, int(row))
            for person, row in zip(shown["person"], shown[ROW], strict=True)
        ),
    )
