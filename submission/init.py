"""A study folder to start from: a study file and, for each domain, the standard's own variables.

Every Required and Expected variable stands with a first guess at its body, every Permissible one as
a comment, so that the folder loads as it is and is finished by replacing names of raw columns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mappings.loader import STUDY_FILE
from mappings.standard import Standard, StandardDataset, StandardVariable
from submission.requests import RequestError, unknown
from submission.written import flow

GUIDE = ("SDTMIG", "3.4")
RELATIONSHIP = "Relationship"
TRIAL_DESIGN = "Trial Design"
AUTOMATIC = frozenset({"STUDYID", "DOMAIN", "USUBJID"})

STUDY = """\
# {study}: what is true of the whole study. Each file beside this one is one dataset.
# Lower case is collected (form.COLUMN), upper case is built (DATASET.NAME).
study: {study}
name: {study}
protocol: {study}
standards: {{SDTMIG: "3.4", ADAMIG: "1.3", SDTM CT: "2025-03-28", ADaM CT: "2025-03-28"}}

subjects:                         # how the text of a subject column becomes USUBJID
  id: [study, subject]            # joined by "-"; add site where sites number their own subjects
  patterns:                       # the first that matches the whole text wins
    - '^(?P<subject>\\S+)$'

raw:                              # the raw files, below the folder given with --raw
  # Columns with a role: subject, site, visit, record, updated, deleted; unused: not submitted.
  defaults: {{subject: SUBJID}}
{forms}
identifiers:                      # in every dataset that does not define the name itself
  sdtm: {{STUDYID: study.study, USUBJID: source.USUBJID}}
  adam: {{STUDYID: study.study, USUBJID: source.USUBJID}}

datasets: [{names}]
"""
DATASET = """\
# {label}: {structure}
dataset: {domain}
keys: [{keys}]
records:
  - from: {source}
variables:                        # in submission order; --SEQ comes by itself
{variables}
"""
TABLE = """\
tables:
  {source}:
    columns: [{columns}]
    rows:                         # one for each record
      - [{cells}]
"""


@dataclass(frozen=True)
class Start:
    """The files of a new study folder by name; ``columns`` are the raw columns each form needs."""

    files: dict[str, str]
    columns: dict[str, tuple[str, ...]]


def new_study(study: str, domains: Sequence[str]) -> Start:
    """The files to start a study of some domains from; RequestError for a name that is none."""
    guide = Standard.shipped(*GUIDE)
    wanted = list(dict.fromkeys(name.upper() for name in domains))
    if not wanted:
        raise RequestError("name at least one domain with --domains")
    known = {name: _known(guide, name) for name in wanted}
    collected = [name for name, one in known.items() if one.class_name != TRIAL_DESIGN]
    forms = [f"  {name.lower()}: {{file: {name.lower()}.csv, page: 1}}" for name in collected]
    if not forms:
        forms = ["  # dm: {file: dm.csv, page: 1}"]
    names = ", ".join(name.lower() for name in wanted)
    forms_text = "\n".join(forms) + "\n"
    files = {STUDY_FILE: STUDY.format(study=flow(study), forms=forms_text, names=names)}
    columns = {}
    for name in wanted:
        domain = _Domain(known[name], guide.variables(name), "DM" in wanted)
        files[f"{name.lower()}.yaml"] = domain.text()
        if not domain.design:
            columns[f"{name.lower()}.csv"] = ("SUBJID", *domain.raw_columns())
    return Start(files, columns)


def _known(guide: Standard, name: str) -> StandardDataset:
    """What the guide says of a domain that is filled from raw files or tables."""
    found = guide.dataset(name) if guide.knows(name) else None
    usual = [one.name for one in guide.datasets.values() if one.class_name != RELATIONSHIP]
    if found is None:
        raise unknown(name, f"a domain of {' '.join(GUIDE)}", usual)
    if found.class_name == RELATIONSHIP:
        raise RequestError(
            f"{name} is made from other datasets: write qualifiers under supp: of their domain, "
            "and relationships with relate_records and relate_datasets"
        )
    return found


@dataclass(frozen=True)
class _Domain:
    """One domain with the guide's variables; ``with_dm`` says that DM is built too."""

    known: StandardDataset
    variables: tuple[StandardVariable, ...]
    with_dm: bool

    @property
    def name(self) -> str:
        return self.known.name

    @property
    def source(self) -> str:
        return self.name.lower()

    @property
    def design(self) -> bool:
        return self.known.class_name == TRIAL_DESIGN

    def listed(self) -> list[StandardVariable]:
        """Variables that a file writes down; the program fills the others."""
        sequence = "" if self.design else f"{self.name}SEQ"
        return [one for one in self.variables if one.name not in AUTOMATIC | {sequence}]

    def active(self) -> list[StandardVariable]:
        """Variables that are expected to be there."""
        return [one for one in self.listed() if one.core != "Perm"]

    def text(self) -> str:
        """The file of the domain."""
        bodies = [(one, self.body(one)) for one in self.listed()]
        names = max(len(one.name) for one, _ in bodies) + 5
        wide = max(len(body) for _, body in bodies) + 2
        made = DATASET.format(
            label=self.known.label,
            structure=self.known.structure.lower(),
            domain=self.name,
            keys=", ".join(self.keys()),
            source=self.source,
            variables="\n".join(_line(one, body, names, wide) for one, body in bodies),
        )
        if not self.design:
            return made
        columns = ", ".join(one.name for one in self.active())
        cells = ", ".join("1" if one.kind == "number" else "null" for one in self.active())
        return made + TABLE.format(source=self.source, columns=columns, cells=cells)

    def keys(self) -> list[str]:
        """Variables that will tell most records of the domain apart."""
        names = [one.name for one in self.active()]
        topics = [one.name for one in self.active() if one.role == "Topic"]
        if self.design:
            required = [one.name for one in self.active() if one.core == "Req"]
            return ["STUDYID", *(topics or required[:1]), *_of(required, f"{self.name}SEQ")]
        if self.name == "DM":
            return ["STUDYID", "USUBJID"]
        dates = [f"{self.name}STDTC", f"{self.name}DTC"]
        visit = [] if "VISITNUM" in topics else _of(names, "VISITNUM")
        return ["STUDYID", "USUBJID", *topics, *visit, *_of(names, *dates)[:1]]

    def body(self, one: StandardVariable) -> str:
        """A first guess at how a variable is filled."""
        cell, prefix = f"{self.source}.{one.name}", self.name
        dates = {f"{prefix}DY": f"{prefix}DTC", f"{prefix}STDY": f"{prefix}STDTC",
                 f"{prefix}ENDY": f"{prefix}ENDTC"}  # fmt: skip
        names = {other.name for other in self.listed()}
        listed = {other.name for other in self.variables if other.codelists}
        if self.design:
            return cell
        if one.name == "SUBJID":
            return "source.SUBJID"
        if dates.get(one.name) in names and self.with_dm:
            return f"{{study_day: {dates[one.name]}}}"
        if one.name == f"{prefix}TEST" and f"{prefix}TESTCD" in listed:
            return f"{{decode: {prefix}TESTCD}}"
        if one.kind == "iso" and "duration" not in one.value_domain:
            return f"{{iso8601: [{cell}]}}"
        if one.kind == "number":
            return f"{{number: {cell}}}"
        return f"{{recode: {cell}}}" if one.codelists else cell

    def raw_columns(self) -> list[str]:
        """Columns that the bodies of the file take from its raw form."""
        bodies = [self.body(one) for one in self.active()]
        cells = (body.partition(f"{self.source}.")[2].rstrip("]}") for body in bodies)
        return [cell for cell in cells if cell]


def _of(names: Iterable[str], *wanted: str) -> list[str]:
    return [name for name in wanted if name in set(names)]


def _line(one: StandardVariable, body: str, names: int, wide: int) -> str:
    """A variable with its body and its label; a Permissible one as a comment."""
    start = f"{'# ' if one.core == 'Perm' else ''}{one.name}:"
    return f"  {start.ljust(names)}{body.ljust(wide)}# {one.label}, {one.core}"


def write_new(folder: Path, start: Start) -> list[Path]:
    """Write the files into a folder and say which; RequestError where one is there already."""
    paths = {folder / name: text for name, text in start.files.items()}
    taken = [path for path in paths if path.exists()]
    if taken:
        raise RequestError(f"{taken[0]} is there already; nothing is overwritten")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(paths)


def next_steps(folder: Path) -> str:
    """What is left to do after the files are written."""
    return "\n".join(
        [
            f"next: put the raw files into {folder / 'raw'} and, in the dataset files, replace the",
            f"names of raw columns by your own; what is left to do says cdiscgen lint {folder}",
        ]
    )
