"""Variables and datasets as the tables of the implementation guides give them."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

STANDARDS = Path(__file__).parent / "standards"

VariableKind = Literal["text", "number", "iso", "date", "datetime", "time"]

# Formats of the numbers that are dates; the other kinds have none.
SAS_FORMATS: Mapping[str, str] = {"date": "DATE9.", "datetime": "DATETIME20.", "time": "TIME8."}


@dataclass(frozen=True)
class StandardVariable:
    """A variable as the standard has it.

    ``codelists`` are C-codes; ``order`` is its place in its dataset, between two whole numbers for
    a variable the guide does not list there. An empty label is left to the study.
    """

    name: str
    label: str
    type: Literal["Char", "Num"]
    role: str
    core: str
    codelists: tuple[str, ...]
    value_domain: str
    value_list: tuple[str, ...]
    order: float
    kind: VariableKind

    @property
    def sas_format(self) -> str:
        """SAS format of a date, datetime or time that is a number; nothing for other kinds."""
        return SAS_FORMATS.get(self.kind, "")


@dataclass(frozen=True)
class StandardDataset:
    """A dataset as the standard has it; an empty label is left to the study."""

    name: str
    label: str
    class_name: str
    structure: str
    subclass: str = ""


Rows = Mapping[str, tuple[StandardVariable, ...]]


def sdtm_datasets() -> dict[str, StandardDataset]:
    """Domains and relationship datasets of SDTMIG 3.4."""
    return {
        row["domain"]: StandardDataset(row["domain"], row["label"], row["class"], row["structure"])
        for row in _table("sdtmig_3_4_datasets.csv")
    }


def sdtm_variables() -> Rows:
    """Variables of SDTMIG 3.4 by domain."""
    rows: dict[str, list[StandardVariable]] = {}
    for row in _table("sdtmig_3_4_variables.csv"):
        kind: VariableKind = "number" if row["type"] == "Num" else "text"
        if row["value_domain"].startswith("ISO 8601"):
            kind = "iso"
        rows.setdefault(row["domain"], []).append(_variable(row, row["role"], kind))
    return {domain: tuple(variables) for domain, variables in rows.items()}


def adam_variables() -> Rows:
    """Variables of ADaMIG 1.3, OCCDS 1.1 and BDS for TTE 1.0 by structure.

    ``*`` has the suffixes for dates and times that a study names itself.
    """
    rows: dict[str, list[StandardVariable]] = {}
    for row in _table("adamig_1_3_variables.csv"):
        structure = "*" if row["variable"].startswith("*") else row["structure"]
        variable = _variable(row, row["variable_set"], _adam_kind(row))
        rows.setdefault(structure.removeprefix("OCCDS-"), []).append(variable)
    return {structure: tuple(variables) for structure, variables in rows.items()}


def _adam_kind(row: Mapping[str, str]) -> VariableKind:
    """Kind by type and suffix.

    Source: ADaMIG 1.3, section 3.1.2. PxxSwSDM and PxxSwEDM are datetimes that the limit of eight
    characters cut short; ARELTM is a number of ARELTMU, not a time of day.
    """
    name = row["variable"]
    if row["type"] == "Char":
        return "iso" if row["value_domain"].startswith("ISO 8601") else "text"
    if name.endswith(("DTM", "SDM", "EDM")):
        return "datetime"
    if name.endswith("DT"):
        return "date"
    return "time" if name.endswith("TM") and name != "ARELTM" else "number"


def _variable(row: Mapping[str, str], role: str, kind: VariableKind) -> StandardVariable:
    return StandardVariable(
        name=row["variable"],
        label=row["label"],
        type="Num" if row["type"] == "Num" else "Char",
        role=role,
        core=row["core"].title() if row["core"].lower() == "not used" else row["core"],
        codelists=tuple(row["codelist_codes"].split(";")) if row["codelist_codes"] else (),
        value_domain=row["value_domain"],
        value_list=tuple(row["value_list"].split(";")) if row["value_list"] else (),
        order=int(row["order"]),
        kind=kind,
    )


def _table(name: str) -> Iterable[Mapping[str, str]]:
    with (STANDARDS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
