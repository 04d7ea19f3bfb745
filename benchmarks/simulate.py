"""Synthetic raw data of the bundled trial, as case report forms and vendor files.

``python benchmarks/simulate.py --subjects 1000 --seed 1 --out DIR`` writes one CSV file per form.
The same seed, number of subjects and disorder give the same bytes. What happens to the persons is
drawn for all of them at once; the forms are written in blocks of persons, each form of each block
from a random stream of its own, so that memory does not grow with the number of subjects.
"""

import argparse
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np
import simulate_disease as disease
import simulate_followup as followup
import simulate_laboratory as laboratory
import simulate_safety as safety
import simulate_screening as screening
import simulate_therapy as therapy
import simulate_vectors as vectors
from simulate_coding import drugs_file, terms_file
from simulate_course import Course, course
from simulate_forms import ENTERED, SENT, columns_of, entered_twice
from simulate_text import Array, Scribe, Table, rendered, rows_of, stacked, write_rows

BLOCK = 400
FIRST_RECORD = 10001
MARKED = "cyto"  # the file with a byte-order mark and CRLF line ends
TRAILING = "rcl"  # the file with two empty columns at the end of every line

MAKERS: Mapping[str, Callable[[Course, Array, Scribe], Table]] = {
    "enr": screening.enrolment,
    "dem": screening.demographics,
    "elig": screening.eligibility,
    "dxh": screening.leukaemia_history,
    "mh": screening.medical_history,
    "gen": screening.genetics,
    "aph": screening.leukapheresis,
    "ld": screening.lymphodepletion,
    "inf": screening.infusions,
    "vs": laboratory.vital_signs,
    "lab": laboratory.local_laboratory,
    "cyto": laboratory.cytokines,
    "bma": disease.aspirates,
    "bmb": disease.biopsies,
    "flow": disease.flow_mrd,
    "mol": disease.molecular_mrd,
    "resp": disease.responses,
    "ecog": disease.performance,
    "kin": vectors.copy_numbers,
    "kinf": vectors.cell_numbers,
    "ada": vectors.antibodies,
    "rcl": vectors.lentivirus,
    "vis": vectors.insertion_sites,
    "surv": followup.survival_calls,
    "visitlog": followup.visit_log,
    "death": followup.deaths,
    "eot": followup.end_of_treatment,
    "eos": followup.end_of_study,
}
FORMS = (*ENTERED, *SENT)


def scribe_of(form: str, block: int, seed: int, disorder: float) -> Scribe:
    """Scribe of one form of one block, with a random stream of its own."""
    stream = np.random.default_rng([seed, zlib.crc32(form.encode()), block])
    return Scribe(stream, disorder)


def forms_of(
    known: Course, block: Array, number: int, seed: int, disorder: float
) -> dict[str, Table]:
    """Every form of a block of persons; the forms on toxicity share the list of its events."""

    def scribe(form: str) -> Scribe:
        return scribe_of(form, number, seed, disorder)

    tables = {form: make(known, block, scribe(form)) for form, make in MAKERS.items()}
    events = safety.adverse_events(known, block, scribe("events").rng)
    tables["ae"] = safety.event_pages(known, events, scribe("ae"))
    sheets = scribe("tox")
    tables["tox"] = stacked(
        [
            safety.release_sheets(known, events, sheets),
            safety.neurotoxicity_sheets(known, events, sheets),
        ]
    )
    tables["dltrev"] = safety.toxicity_reviews(known, events, scribe("dltrev"))
    tables["cm"] = therapy.drug_pages(known, block, events, scribe("cm"))
    tables["proc"] = therapy.procedure_pages(known, block, events, scribe("proc"))
    for form in ENTERED:
        again = scribe_of(f"{form} again", number, seed, disorder)
        tables[form] = entered_twice(tables[form], form, again)
    return tables


def layout(form: str, disorder: float) -> tuple[str, str]:
    """Line end of the file and what stands before it."""
    ending = "\r\n" if form == MARKED and disorder else "\n"
    return ending, ",," if form == TRAILING and disorder else ""


def head(stream: BinaryIO, form: str, disorder: float) -> None:
    """Write the header line of a form."""
    ending, trailing = layout(form, disorder)
    mark = "\ufeff" if form == MARKED and disorder else ""
    stream.write(f"{mark}{','.join(columns_of(form))}{trailing}{ending}".encode())


def append(stream: BinaryIO, form: str, table: Table, first: int, disorder: float) -> int:
    """Write the rows of a form, record numbers from ``first``; the number of rows written."""
    size = rows_of(table)
    ending, trailing = layout(form, disorder)
    if form in ENTERED:
        table = table | {"RECID": rendered(np.arange(first, first + size), str)}
    write_rows(stream, table, columns_of(form), trailing + ending)
    return size


def simulate(
    subjects: int,
    seed: int,
    out: Path,
    disorder: float = 1.0,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Write the forms of so many subjects to a directory; the rows written of each form."""
    out.mkdir(parents=True, exist_ok=True)
    known = course(subjects, np.random.default_rng([seed, 0]))
    written = dict.fromkeys(FORMS, 0)
    with ExitStack() as files:
        streams = {form: files.enter_context((out / f"{form}.csv").open("wb")) for form in FORMS}
        for form, stream in streams.items():
            head(stream, form, disorder)
        for number, start in enumerate(range(0, subjects, BLOCK)):
            block = np.arange(start, min(start + BLOCK, subjects))
            tables = forms_of(known, block, number, seed, disorder)
            for form, stream in streams.items():
                first = FIRST_RECORD + written[form]
                written[form] += append(stream, form, tables[form], first, disorder)
            progress(int(block[-1]) + 1)
    (out / "coding.csv").write_bytes(terms_file())
    (out / "cmcoding.csv").write_bytes(drugs_file())
    return written


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the forms."""
    parser = argparse.ArgumentParser(description="Write synthetic raw data of the bundled trial.")
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--disorder", type=float, default=1.0, help="0 none, 1 realistic")
    asked = parser.parse_args(arguments)
    if asked.subjects < 1 or not 0 <= asked.disorder <= 1:
        parser.error("--subjects from 1, --disorder from 0 to 1")
    begun = time.perf_counter()
    written = simulate(
        asked.subjects,
        asked.seed,
        asked.out,
        asked.disorder,
        lambda done: print(f"{done} of {asked.subjects} subjects", file=sys.stderr),
    )
    seconds = time.perf_counter() - begun
    print(f"{sum(written.values())} rows in {len(written)} forms, {seconds:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
