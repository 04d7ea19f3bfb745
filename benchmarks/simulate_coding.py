"""Synthetic coding tables of the terms and drugs that the forms can hold; every code is made up."""

import csv
import io
from collections.abc import Sequence

from simulate_terms import DRUGS, EVENTS, GROUPS, HISTORY

TERMS_HEAD = ("TERM", "LLT", "PT", "PTCD", "HLT", "HLGT", "SOC", "SOCCD")
DRUGS_HEAD = ("TERM", "DECOD", "CLAS", "CLASCD")
DISEASE = ("Acute myeloid leukemia", "Acute myeloid leukaemia", GROUPS["tumour"])


def _file(rows: Sequence[Sequence[str]]) -> bytes:
    """CSV of the rows."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def terms_file() -> bytes:
    """CSV that codes adverse events and medical history, by the cleaned upper-case term."""
    events = [(term, event.coded, event.group) for event in EVENTS for term in event.terms]
    known = {
        " ".join(entered.split()): (coded, group)  # no-break spaces become blanks
        for entered, coded, group in [*events, *HISTORY, DISEASE]
    }
    coded_terms = sorted({coded for coded, _ in known.values()})
    groups = sorted({group for _, group in known.values()})
    rows = [
        (
            entered.upper(),
            entered,
            coded,
            str(91001001 + coded_terms.index(coded)),
            f"Synthetic group: {coded.lower()}",
            f"Synthetic class: {group.split(',')[0].lower()}",
            group,
            str(92001001 + groups.index(group)),
        )
        for entered, (coded, group) in sorted(known.items(), key=lambda item: item[0].upper())
    ]
    return _file([TERMS_HEAD, *rows])


def drugs_file() -> bytes:
    """CSV that codes the drugs, by the cleaned upper-case name."""
    groups = sorted({drug.group for drug in DRUGS})
    known = {drug.name.upper(): drug for drug in DRUGS}
    rows = [
        (name, drug.coded, drug.group, f"SYN-{groups.index(drug.group) + 1:02d}")
        for name, drug in sorted(known.items())
    ]
    return _file([DRUGS_HEAD, *rows])
