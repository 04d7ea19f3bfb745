"""Finished datasets: what every output reads, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from mappings.coded import Coded, coded
from mappings.model import DatasetSpec, VariableSpec

DataType = Literal["text", "integer", "float", "date", "datetime", "time"]


@dataclass(frozen=True)
class FinalColumn:
    """One submitted variable with everything settled from spec, standard and data.

    ``kind`` is that of the values in the frame (``iso`` is text that holds ISO 8601 dates).
    ``length`` is in bytes for text, the longest of that name in the study, 8 for numbers;
    ``digits`` is the largest number of decimals in the data. ``key`` is the place among the keys
    from 1, 0 for none. ``spec`` is missing for what the engine itself fills.
    """

    name: str
    label: str
    kind: str
    type: DataType
    length: int
    digits: int = 0
    format: str = ""
    role: str = ""
    core: str = ""
    key: int = 0
    spec: VariableSpec | None = None


@dataclass(frozen=True)
class Dataset:
    """One finished dataset, sorted by its keys; text is kept by distinct values (see ``coded``).

    ``parent`` names the domain of supplemental qualifiers, else it is empty and ``spec`` is there.
    ``block`` gives the position of the block each record was made by; ``provenance`` has a row for
    each source row of a record: ``record`` (position), ``source`` (form or dataset) and ``row``
    (row of the file; --SEQ or position, from 1, in a dataset).
    """

    name: str
    label: str
    structure: str
    class_name: str
    standard: Literal["SDTM", "ADaM"]
    keys: tuple[str, ...]
    spec: DatasetSpec
    frame: pd.DataFrame
    columns: tuple[FinalColumn, ...]
    block: np.ndarray
    provenance: pd.DataFrame
    parent: str = ""
    _coded: dict[str, Coded] = field(init=False, default_factory=dict, repr=False, compare=False)

    def coded(self, name: str) -> Coded:
        """The values of a variable by distinct values, worked out once."""
        if name not in self._coded:
            self._coded[name] = coded(self.frame[name])
        return self._coded[name]

    def column(self, name: str) -> FinalColumn:
        """A column by name; KeyError where it is not submitted."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True)
class Built:
    """The finished datasets of a study in the order of define.xml, and how records came and went.

    ``accounts`` gives, for each dataset and block, the records after each step.
    """

    datasets: Mapping[str, Dataset]
    accounts: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
