"""The general observation classes: which variables SDTM allows beyond those the guide lists."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mappings.standard_tables import Rows, StandardDataset, StandardVariable

GENERAL_CLASSES = ("Interventions", "Events", "Findings")

# Order of the model's identifier and timing variables, which no domain of the guide has all of.
# Source: SDTM 2.0, sections 3.1.4 and 3.1.5.
_IDENTIFIERS = (
    "STUDYID DOMAIN USUBJID SPDEVID NHOID FOCID --SEQ --GRPID --REFID --SPID --BEATNO --LNKID"
    " --LNKGRP"
)
_TIMING = (
    "VISITNUM VISIT VISITDY TAETORD EPOCH --DTC --STDTC --ENDTC --DY --STDY --ENDY --DUR --TPT"
    " --TPTNUM --ELTM --TPTREF --RFTDTC --STRF --ENRF --EVLINT --EVINTX --STRTPT --STTPT --ENRTPT"
    " --ENTPT MIDS RELMIDS MIDSDTC --STINT --ENINT --PTFL --PDUR"
)

# Labels of variables whose label in every domain of the guide names that domain's subject.
# Source: SDTM 2.0, sections 3.1.1 to 3.1.5.
_GENERAL_LABELS: Mapping[str, str] = {
    "--TRT": "Name of Treatment",
    "--TERM": "Reported Term",
    "--TESTCD": "Short Name of Measurement, Test or Exam",
    "--TEST": "Name of Measurement, Test or Examination",
    "--DECOD": "Standardized or Dictionary-Derived Term",
    "--CAT": "Category",
    "--SCAT": "Subcategory",
    "--PRESP": "Pre-Specified",
    "--OCCUR": "Occurrence Indicator",
    "--REASND": "Reason Not Done",
    "--CLAS": "Class",
    "--CLASCD": "Class Code",
    "--LOC": "Location",
    "--STDTC": "Start Date/Time of Observation",
    "--ENDTC": "End Date/Time of Observation",
    "--STDY": "Study Day of Start of Observation",
    "--ENDY": "Study Day of End of Observation",
    "--DUR": "Duration",
    "--DTC": "Date/Time of Collection",
    "--DY": "Study Day of Visit/Collection/Exam",
}


def general_class(class_name: str) -> str:
    """General observation class of a class as the guide, Define-XML or a study writes it."""
    title = class_name.title().removesuffix(" About")
    return title if title in GENERAL_CLASSES else ""


def general_name(name: str, domain: str) -> str:
    """Name with ``--`` for the prefix of its domain."""
    return f"--{name[2:]}" if name.startswith(domain) and len(name) > len(domain) else name


def class_models(
    datasets: Mapping[str, StandardDataset], rows: Rows
) -> Mapping[str, Mapping[str, StandardVariable]]:
    """Variables of each general observation class, names with ``--``, in the order of the model."""
    domains: dict[str, list[str]] = {}
    for domain, known in datasets.items():
        general = general_class(known.class_name)
        if general:
            domains.setdefault(general, []).append(domain)
    return {general: _class_model(general, domains, rows) for general in domains}


def _class_model(
    general: str, domains: Mapping[str, Sequence[str]], rows: Rows
) -> Mapping[str, StandardVariable]:
    """Identifiers, topic and qualifiers, timing; the first and last from all classes.

    The guide gives no order across domains, so each domain, the longest first, puts the qualifiers
    that are new behind what stands before them there.
    """
    qualifiers: list[str] = []
    seen: dict[str, list[StandardVariable]] = {}
    for other in sorted(domains, key=lambda name: name != general):
        for domain in sorted(domains[other], key=lambda name: (-len(rows[name]), name)):
            place = 0
            for row in rows[domain]:
                name = general_name(row.name, domain)
                common = row.role in {"Identifier", "Timing"}
                if other != general and not common:
                    continue
                if name not in seen and not common:
                    qualifiers.insert(place, name)
                seen.setdefault(name, []).append(row)
                if not common:
                    place = qualifiers.index(name) + 1
    order = [*_IDENTIFIERS.split(), *qualifiers, *_TIMING.split()]
    return {
        name: _common(name, seen[name], place) for place, name in enumerate(order) if name in seen
    }


def _common(name: str, rows: Sequence[StandardVariable], order: int) -> StandardVariable:
    """What the rows of one variable in several domains have in common."""
    codelists = {row.codelists for row in rows}
    labels = Counter(row.label for row in rows)
    return replace(
        rows[0],
        name=name,
        label=_GENERAL_LABELS.get(name) or labels.most_common(1)[0][0],
        core="Perm",
        codelists=codelists.pop() if len(codelists) == 1 else (),
        value_domain=Counter(row.value_domain for row in rows).most_common(1)[0][0],
        value_list=(),
        order=order,
    )
