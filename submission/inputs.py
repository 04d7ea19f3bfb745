"""A study's raw forms, read and resolved to subjects, ready to be cut."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
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

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Subject identifiers of all rows, sorted."""
        found: set[str] = set()
        for name, people in self.identified.identity.forms.items():
            if len(self.identified.frames[name]):
                found.update(pd.unique(people["USUBJID"]))
        return tuple(sorted(found - {""}))

    def parts(self, number: int = 1) -> Iterator[Part]:
        """The subjects in so many runs, one after another."""
        frames = self.identified.frames
        people = self.identified.identity.forms
        return cut(self.subjects, {name: (frames[name], people[name]) for name in frames}, number)

    def number_of_parts(self, processes: int) -> int:
        """As many parts as processes, more where a part would hold too many subjects."""
        return max(processes, -(-len(self.subjects) // SUBJECTS_PER_PART))


def raw_size(study: Study, folder: Path) -> int:
    """Bytes of the files of a study's raw forms; what is not there counts nothing."""
    files = {folder / form.file for form in study.raw.values()}
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file))


def read_inputs(
    study: Study, folder: Path, problems: Problems, progress: Callable[[str], None] | None = None
) -> Inputs:
    """The raw forms of a folder; everything that cannot be read is in the problems."""
    raw = read_raw(study.raw, folder, problems, progress)
    identified = identify_records(study.id, study.subjects, study.raw, raw, problems)
    # A form without a file, or with one that cannot be read, has no columns to speak of.
    columns = {
        name: tuple(column for column in frame.columns if column != "row")
        for name, frame in raw.items()
        if len(frame.columns) > 1
    }
    return Inputs(identified, columns)
