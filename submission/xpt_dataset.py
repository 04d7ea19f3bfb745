"""What a SAS transport file holds: one dataset, its variables and their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mappings.problems import Problems
from sas.formats import Kind

NUMBER_LENGTH = 8


class XptError(Exception):
    """A file that cannot be written or read; carries the problems of the dataset, if any."""

    def __init__(self, message: str, problems: Problems | None = None) -> None:
        super().__init__(message)
        self.problems = Problems() if problems is None else problems


@dataclass(frozen=True)
class XptVariable:
    """A variable; ``length`` is in bytes for text and 8 for everything else.

    ``format`` is a SAS format with its point (``DATE9.``, ``8.2``, ``$20.``) or nothing. Dates and
    datetimes stand in the frame as datetime64, times as seconds from midnight.
    """

    name: str
    label: str
    kind: Kind
    length: int
    format: str = ""


@dataclass(frozen=True, eq=False)
class XptDataset:
    """A dataset as the file has it: the frame has a column for each variable and no others.

    ``special`` gives, for a variable that is not text, the special missing value of each record:
    ``A`` to ``Z``, ``_``, or ``""`` where the value is there or missing in the ordinary way.
    """

    name: str
    label: str
    variables: tuple[XptVariable, ...]
    frame: pd.DataFrame
    special: Mapping[str, pd.Series] = field(default_factory=dict)

    def record_type(self) -> np.dtype:
        """Layout of one record: the variables one after the other, without gaps."""
        return np.dtype(
            [
                (variable.name, f"V{variable.length}" if variable.kind == "text" else ">u8")
                for variable in self.variables
            ]
        )
