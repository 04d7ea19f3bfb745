"""What ``raw:`` and ``subjects:`` of the study file say, after ``defaults:`` are applied."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mappings.problems import Mark


@dataclass(frozen=True)
class UnusedColumns:
    """Columns declared not submitted: a name, in which ``*`` stands for any text.

    ``shared`` says that it was declared for all forms.
    """

    pattern: str
    mark: Mark
    shared: bool = False

    def has(self, column: str) -> bool:
        """Whether a column is one of them."""
        expression = ".*".join(map(re.escape, self.pattern.split("*")))
        return re.fullmatch(expression, column, re.DOTALL) is not None


@dataclass(frozen=True)
class RawForm:
    """One raw form: the file it is read from and the columns that play a role.

    ``file`` is relative to the folder of the raw files; ``sheet`` is the first one where it is
    empty. The last of the ``header_rows`` holds the names. A role without a column is None.
    Years of two digits are of the 1900s from ``pivot`` on, of the 2000s below it.
    ``unused`` says which collected columns are declared not submitted.
    """

    name: str
    file: str
    sheet: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    header_rows: int = 1
    decimal: str = "."
    order: str = ""
    pivot: int | None = None
    page: int | str | None = None
    required: bool = False
    subject: str | None = None
    site: str | None = None
    record: str | None = None
    updated: str | None = None
    deleted: str | None = None
    visit: str | None = None
    date: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    mark: Mark | None = None
    unused: tuple[UnusedColumns, ...] = ()

    @property
    def manner(self) -> Mapping[str, Any]:
        """How its dates and numbers are written, by the parameters of operations that read them.

        What the form does not declare is not there.
        """
        said = {"decimal": self.decimal, "order": self.order or None, "pivot": self.pivot}
        return {name: value for name, value in said.items() if value is not None}

    def declares_unused(self, column: str) -> bool:
        """Whether a column is declared not submitted."""
        return any(one.has(column) for one in self.unused)

    @property
    def roles(self) -> tuple[str, ...]:
        """Columns the form must have because they play a role, each once."""
        single = (self.subject, self.site, self.record, self.updated, self.deleted, self.visit)
        named = [column for column in single if column]
        return tuple(dict.fromkeys([*named, *self.date, *self.duplicates]))


@dataclass(frozen=True)
class SamePerson:
    """The form that says which screening numbers are attempts of one person.

    ``number`` is the column of the attempt's own number, ``previous`` that of the one before it.
    """

    form: str
    number: str
    previous: str
    mark: Mark | None = None


# A number after the usual words for a site, and any other code without blanks as it stands.
SITE_PATTERNS = (
    r"(?i:site|cent(?:er|re)|s)?[\s._#-]*(?P<site>\d+)",
    r"(?P<site>[A-Za-z0-9]+)",
)


@dataclass(frozen=True)
class SubjectRules:
    """How the text of a subject column becomes a subject identifier.

    ``id`` joins, with ``-``, the words ``study``, ``site`` and ``subject``; any other word stands
    for itself. ``patterns`` have the groups ``subject`` and ``site`` (which may be left out),
    ``site_patterns`` the group ``site``; the first that matches the whole text wins. ``widths``
    pads ``site`` and ``subject`` with zeros.
    """

    id: tuple[str, ...] = ("study", "site", "subject")
    patterns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    same_person: SamePerson | None = None
    site_patterns: tuple[str, ...] = SITE_PATTERNS
    mark: Mark | None = None
