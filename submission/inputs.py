"""A study's raw forms, read and resolved to subjects, ready to be cut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mappings.build import cut
from mappings.model import Study
from mappings.part import Part
from mappings.problems import Problems
from sdtm.raw import read_raw
from sdtm.subjects import Identified, identify_records

# About as many subjects as keep a part small beside what Python itself takes.
SUBJECTS_PER_PART = 500


@dataclass(frozen=True)
class Inputs:
    """Raw rows that count, with who they are, and the columns each form has."""

    identified: Identified
    columns: Mapping[str, tuple[str, ...]]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Subject identifiers of all rows, sorted."""
        found: set[str] = set()
        for name, people in self.identified.identity.forms.items():
            if len(self.identified.frames[name]):
                found.update(pd.unique(people["USUBJID"]))
        return tuple(sorted(found - {""}))

    def parts(self, at_least: int = 1) -> list[Part]:
        """The subjects in runs, at least as many as asked for."""
        frames = self.identified.frames
        people = self.identified.identity.forms
        number = max(at_least, -(-len(self.subjects) // SUBJECTS_PER_PART))
        return list(
            cut(self.subjects, {name: (frames[name], people[name]) for name in frames}, number)
        )


def read_inputs(
    study: Study, folder: Path, problems: Problems, progress: Callable[[str], None] | None = None
) -> Inputs:
    """The raw forms of a folder; everything that cannot be read is in the problems."""
    raw = read_raw(study.raw, folder, problems, progress)
    identified = identify_records(study.id, study.subjects, study.raw, raw, problems)
    columns = {
        name: tuple(column for column in frame.columns if column != "row")
        for name, frame in raw.items()
    }
    return Inputs(identified, columns)
