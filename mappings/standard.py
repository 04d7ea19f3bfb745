"""The implementation guides: order, label, type, role, core and codelists of variables.

SDTM is asked by domain (``AE``, ``SUPPAE``, ``LBHM``), ADaM by structure (``ADSL``, ``BDS``,
``OCCDS``, its profile ``AE``, and ``TTE``, which is BDS with its own rows first).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from mappings.general_classes import class_models, general_class, general_name
from mappings.name_patterns import NamePattern, filled_label, has_places
from mappings.standard_tables import (
    Rows,
    StandardDataset,
    StandardVariable,
    adam_variables,
    sdtm_datasets,
    sdtm_variables,
)

__all__ = ["Standard", "StandardDataset", "StandardVariable"]

# The texts are those of def:Class in Define-XML 2.1 and, in brackets, of its subclass.
_ADAM_STRUCTURES: Mapping[str, StandardDataset] = {
    "ADSL": StandardDataset(
        "ADSL", "Subject-Level Analysis Dataset", "SUBJECT LEVEL ANALYSIS DATASET",
        "One record per subject",
    ),
    "BDS": StandardDataset("BDS", "", "BASIC DATA STRUCTURE", ""),
    "TTE": StandardDataset("TTE", "", "BASIC DATA STRUCTURE", "", "TIME-TO-EVENT"),
    "OCCDS": StandardDataset("OCCDS", "", "OCCURRENCE DATA STRUCTURE", ""),
    "AE": StandardDataset("AE", "", "OCCURRENCE DATA STRUCTURE", "", "ADVERSE EVENT"),
    "OTHER": StandardDataset("OTHER", "", "ADAM OTHER", ""),
}  # fmt: skip

# Where a name is looked for, in order. ADSL's variables may stand in every ADaM dataset, and the
# suffixes of "*" name dates and times anywhere.
_ADAM_CHAINS: Mapping[str, tuple[str, ...]] = {
    "ADSL": ("ADSL", "*"),
    "BDS": ("BDS", "ADSL", "*"),
    "TTE": ("TTE", "BDS", "ADSL", "*"),
    "OCCDS": ("OCCDS", "ADSL", "*"),
    "AE": ("AE", "ADSL", "*"),
    "OTHER": ("ADSL", "*"),
}


@dataclass(frozen=True)
class Standard:
    """One implementation guide."""

    name: str
    version: str
    datasets: Mapping[str, StandardDataset] = field(repr=False)
    _rows: Rows = field(repr=False)

    @staticmethod
    @lru_cache(maxsize=4)
    def shipped(name: str, version: str) -> "Standard":
        """Guide this version carries; ValueError for another."""
        if (name, version) == ("SDTMIG", "3.4"):
            return Standard(name, version, sdtm_datasets(), sdtm_variables())
        if (name, version) == ("ADAMIG", "1.3"):
            return Standard(name, version, _ADAM_STRUCTURES, adam_variables())
        raise ValueError(f"{name} {version} is not here: SDTMIG 3.4 and ADAMIG 1.3 are")

    def knows(self, dataset: str) -> bool:
        """Whether a name is a dataset of the guide, SUPP-- and split domains included."""
        return self._key(dataset) in self._rows

    def dataset(self, name: str) -> StandardDataset | None:
        """What the guide says of a dataset as a whole; a split domain is as its domain."""
        known = self.datasets.get(self._key(name))
        if known is None:
            return None
        if known.name == "SUPPQUAL":
            label = f"Supplemental Qualifiers for {name.removeprefix('SUPP')}"
            return replace(known, name=name, label=label)
        return replace(known, name=name)

    def variables(self, dataset: str, class_name: str = "") -> tuple[StandardVariable, ...]:
        """Variables of a dataset in the guide's order; names of ADaM still hold their places.

        A domain the guide does not have gets those of its class. Nothing for what is unknown. A
        structure of ADaM lists neither what it may borrow from ADSL nor the suffixes of dates.
        """
        key = self._key(dataset)
        if key not in self._rows and class_name:
            made = (
                self.model_variable(dataset, name, class_name) for name in self._model(class_name)
            )
            return tuple(variable for variable in made if variable)
        if key in self._chains:
            listed = [part for part in self._chains[key] if part == key or part in {"BDS", "OCCDS"}]
            rows: dict[str, StandardVariable] = {}
            for row in (row for part in listed for row in self._rows[part]):
                rows.setdefault(row.name, row)
            return tuple(rows.values())
        return self._rows.get(key, ())

    def variable(self, dataset: str, name: str) -> StandardVariable | None:
        """Variable of a dataset of SDTM or of a structure of ADaM.

        A name as it stands wins over one with places; of those the one that says most letters. The
        places of the label are filled. A variable of ADSL is permissible in another structure.
        """
        key = self._key(dataset)
        chain = self._chains.get(key, (key,))
        for part in chain:
            exact = self._exact.get((part, name))
            if exact:
                return _borrowed(exact, part, key)
        for part in chain:
            matches = [
                (pattern.literal, row, places)
                for pattern, row in self._patterns.get(part, ())
                if (places := pattern.match(name)) is not None
            ]
            if matches:
                _, row, places = max(matches, key=lambda match: match[0])
                return _borrowed(_filled(row, name, places), part, key)
        return None

    def model_variable(
        self, domain: str, name: str, class_name: str = ""
    ) -> StandardVariable | None:
        """Variable that the SDTM model allows in a domain, listed there by the guide or not.

        These are the identifier and timing variables of all general observation classes and the
        qualifiers of the domain's own class, as far as any domain of the guide has them. The label
        is general, the core permissible, the order after what precedes it in the model.
        ``class_name`` is needed for a domain that the guide does not have. One that the guide does
        list is given as listed.
        """
        key, prefix = self._key(domain), domain[:2]
        listed = self._exact.get((key, name))
        if listed:
            return listed
        known = self.datasets.get(key)
        model = self._model(known.class_name if known else class_name)
        found = model.get(general_name(name, prefix)) or model.get(name)
        if found is None:
            return None
        own = {general_name(row.name, prefix): row.order for row in self._rows.get(key, ())}
        before = [
            own[other] for other, row in model.items() if other in own and row.order < found.order
        ]
        order = before[-1] + found.order / 1000 if before else found.order
        return replace(found, name=found.name.replace("--", prefix), order=order)

    def structure_of(self, class_name: str, subclass: str = "") -> str:
        """Structure of ADaM that a class of Define-XML names, nothing if none does.

        The subclass may stand behind the class in brackets, as in ``OCCURRENCE DATA STRUCTURE
        (ADVERSE EVENT)``; one without a structure of its own has that of its class.
        """
        main, _, inner = class_name.strip().removesuffix(")").partition(" (")
        wanted = (main.upper(), (subclass or inner).upper())
        for structure in _ADAM_STRUCTURES.values():
            if (structure.class_name, structure.subclass) == wanted:
                return structure.name
        return "" if not wanted[1] else self.structure_of(main)

    @property
    def _chains(self) -> Mapping[str, tuple[str, ...]]:
        return _ADAM_CHAINS if self.name == "ADAMIG" else {}

    def _key(self, name: str) -> str:
        """Name under which the tables hold a dataset."""
        if name in self._rows or name in self._chains:
            return name
        if name.startswith("SUPP"):
            return "SUPPQUAL" if len(name) > len("SUPP") else name
        whole = self.datasets.get(name[:2]) if len(name) in {3, 4} else None
        return whole.name if whole and general_class(whole.class_name) else name

    @cached_property
    def _exact(self) -> Mapping[tuple[str, str], StandardVariable]:
        return {
            (dataset, row.name): row
            for dataset, rows in self._rows.items()
            for row in reversed(rows)
            if not has_places(row.name)
        }

    @cached_property
    def _patterns(self) -> Mapping[str, Sequence[tuple[NamePattern, StandardVariable]]]:
        return {
            dataset: [(NamePattern(row.name), row) for row in rows if has_places(row.name)]
            for dataset, rows in self._rows.items()
        }

    def _model(self, class_name: str) -> Mapping[str, StandardVariable]:
        return self._models.get(general_class(class_name), {})

    @cached_property
    def _models(self) -> Mapping[str, Mapping[str, StandardVariable]]:
        """Variables of each general observation class in the order of the model."""
        return class_models(self.datasets, self._rows)


def _borrowed(row: StandardVariable, part: str, key: str) -> StandardVariable:
    """Row as it holds in a structure that has it from ADSL."""
    return replace(row, core="Perm") if part == "ADSL" and key != "ADSL" else row


def _filled(row: StandardVariable, name: str, places: dict[str, str]) -> StandardVariable:
    """Row of a name with places as it holds for a real name.

    A variable copied from SDTM keeps the label and codelists it has there.
    """
    copied = None
    if "prefix" in places:
        copied = Standard.shipped("SDTMIG", "3.4").variable(places["prefix"], name)
    if copied:
        codelists = row.codelists or copied.codelists
        return replace(row, name=name, label=copied.label, codelists=codelists)
    return replace(row, name=name, label=filled_label(row.label, places))
