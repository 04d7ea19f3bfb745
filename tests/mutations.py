"""Errors that a production spec may hold, and where each of them shows in the datasets.

Each is planted in a copy of the bundled study. Its SDTM stays as it is, so whatever differs from
the true analysis datasets, or from those of the QC programs, is the work of the one changed line.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Shown = Mapping[str, frozenset[str]]


def shown(**variables: str) -> Shown:
    """Variables that differ, by dataset; the names of a dataset separated by blanks."""
    return {dataset: frozenset(names.split()) for dataset, names in variables.items()}


@dataclass(frozen=True)
class Told:
    """The sentence that tells an error, of the comparison of a dataset with the true one.

    ``variable`` is the one the spec has wrong, or the first key that it moves; ``condition`` is
    what the sentence says of the records, ``among`` which of them it looks at where keys moved. It
    is that of the simulated cohort.
    """

    dataset: str
    variable: str
    change: str
    condition: str
    among: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.among} {self.variable} {self.change} {self.condition}.".lstrip()


@dataclass(frozen=True)
class Mutation:
    """A wrong line in one file of the study.

    ``shown`` are the variables that differ in the example cohort, in all and only the datasets
    named; keys of records stand among them where the error moves records. ``condition`` is what
    the records that differ have in common, in the words of the spec; for several datasets of the
    first of them. ``told`` is how ``compare`` tells it, by dataset or variable.
    """

    file: str
    old: str
    new: str
    shown: Shown
    condition: str
    told: tuple[Told, ...]

    def plant(self, study: Path) -> None:
        """Put the error into a copy of the study."""
        path = study / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.file} has not exactly one {self.old!r}"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def with_errors(study: Path, folder: Path, *mutations: Mutation) -> Path:
    """A copy of a study with some errors in it."""
    copy = folder / study.name
    shutil.copytree(study, copy, ignore=shutil.ignore_patterns("__pycache__", "qc"))
    for mutation in mutations:
        mutation.plant(copy)
    return copy


MUTATIONS = {
    "a wrong censoring date": Mutation(
        "adtte.yaml",
        "{date: ADSL.LSTALVDT, description: ALIVE, date_description: DATE LAST KNOWN ALIVE}",
        "{date: ADSL.LSTEXMDT, description: ALIVE, date_description: DATE LAST KNOWN ALIVE}",
        shown(ADTTE="ADT ADY AVAL DURDAYS SRCVAR"),
        'PARAMCD in ("OS", "OSHSCT") and CNSDTDSC == "DATE LAST KNOWN ALIVE"',
        (
            Told(
                "ADTTE",
                "ADT",
                "is 1 to 117 days later in the other in 21 of the 44 records with",
                "EVNTDESC = ALIVE",
            ),
        ),
    ),
    "a duration one day short": Mutation(
        "adtte.yaml",
        "{compute: ADT - STARTDT + 1, label: Time to Event (Days)}",
        "{compute: ADT - STARTDT, label: Time to Event (Days)}",
        shown(ADTTE="AVAL DURDAYS"),
        "every record",
        (Told("ADTTE", "DURDAYS", "is 1 higher in the other in", "all 297 records that differ"),),
    ),
    "a window that ends too early": Mutation(
        "study.yaml",
        "[320, 410, 365, 12, Month 12]",
        "[320, 400, 365, 12, Month 12]",
        shown(ADRS="AWHI"),
        'AVISIT == "Month 12"',
        (
            Told(
                "ADRS",
                "AWHI",
                "is 400 in the base and 410 in the other in all 212 records with",
                "AVISITN = 12",
            ),
        ),
    ),
    "a where: left out": Mutation(
        "adtte.yaml",
        'code: 5, description: DATE OF HSCT, where: each.paramcd == "OSHSCT"}',
        "code: 5, description: DATE OF HSCT}",
        shown(ADTTE="ADT ADY AVAL CNSDTDSC CNSR DURDAYS SRCVAR"),
        'PARAMCD == "OS" and not missing(ADSL.HSCTDT)',
        (
            Told(
                "ADTTE",
                "CNSR",
                "is 5 in the base and 1 in the other in all 3 records with",
                "SRCVAR = HSCTDT and PARAMCD = OS",
            ),
        ),
    ),
    "two dates swapped": Mutation(
        "adtte.yaml",
        "{study_day: ADT, since: ADSL.TRTSDT}",
        "{study_day: ADSL.TRTSDT, since: ADT}",
        shown(ADTTE="ADY"),
        "every record",
        (
            Told(
                "ADTTE",
                "ADY",
                "is 55 to 1259 higher in the other in",
                "all 297 records that differ",
            ),
        ),
    ),
    "years for months": Mutation(
        "adsl.yaml",
        "{compute: (TRTSDT - DXDT + 1) / 30.4375, label",
        "{compute: (TRTSDT - DXDT + 1) / 365.25, label",
        shown(ADSL="DURDXM"),
        "not missing(TRTSDT)",
        (
            Told(
                "ADSL",
                "DURDXM",
                "is multiplied by 12 in the other in all 30 records with",
                "SAFFL = Y",
            ),
        ),
    ),
    "response categories in a wrong order": Mutation(
        "adrs.yaml",
        """    order: [CR, CRh, CRi, MLFS, PR, NR, PD, RELAPSE, TRTFAIL, NE]
    stop: [PD, RELAPSE, TRTFAIL]
    none: MISSING
    set:
      PARAMCD: {constant: BOR}
""",
        """    order: [CRh, CR, CRi, MLFS, PR, NR, PD, RELAPSE, TRTFAIL, NE]
    stop: [PD, RELAPSE, TRTFAIL]
    none: MISSING
    set:
      PARAMCD: {constant: BOR}
""",
        shown(ADRS="ADT ADY ARELTM AVAL AVALC SRCSEQ", ADSL="BORC BORDT"),
        'PARAMCD == "BOR" or AVISIT == "BEST OVERALL"',
        (
            Told(
                "ADSL",
                "BORC",
                "is 'CRh' in the base and 'CR' in the other in 5 of the 6 records with",
                "BORC = CRh",
            ),
            Told(
                "ADRS",
                "AVALC",
                "is 'CRh' in the base and 'CR' in the other in all 5 records with",
                "PARAMCD = BOR",
                among="Among the 35 records that pair without ADT and SRCSEQ,",
            ),
            Told(
                "ADRS",
                "ADT",
                "is 32 to 265 days later in the other and SRCSEQ is 1 to 3 higher in the other in "
                "35 records, which pair without these keys:",
                "35 of the 521 records with AWU missing; ADY and ARELTM differ there too",
            ),
        ),
    ),
    "a population of the enrolled for the infused": Mutation(
        "adsl.yaml",
        '  SAFFL:    {exists: EX.EXSTDTC, no: "N", codelist: NY}',
        '  SAFFL:    {flag: entered == "Y", no: "N", codelist: NY}',
        shown(ADSL="CRSMXGR ICNMXGR NTXMXGR SAFFL"),
        'ENRLFL == "Y" and missing(TRTSDT)',
        (
            Told(
                "ADSL",
                "SAFFL",
                "is 'Y' in the base and 'N' in the other in all 8 records with",
                "FASFL = N and ENRLFL = Y",
            ),
        ),
    ),
    "responses after a new therapy": Mutation(
        "adrs.yaml",
        "(missing(ADSL.RSPCUTDT) or ADT <= ADSL.RSPCUTDT)",
        "(missing(ADSL.REINFDT) or ADT <= ADSL.REINFDT)",
        shown(
            ADRS="ADT ADY ANL01FL ANL02FL ANL03FL ARELTM ARELTMU AVAL AVALC AWTDIFF DTYPE SRCDOM"
            " SRCSEQ SRCVAR",
            ADSL="BORC BORDT",
        ),
        "not missing(ADSL.NALTDT)",
        (
            Told(
                "ADRS",
                "ADT",
                "and SRCSEQ are missing in the other in 114 records, which pair without these "
                "keys:",
                "114 of the 955 records with RSPCUTDT not missing; DTYPE, ADY, ARELTM, ARELTMU, "
                "AWTDIFF, SRCDOM and SRCVAR differ there too",
            ),
        ),
    ),
    "a death as late as may be": Mutation(
        "adsl.yaml",
        "{date: DM.DTHDTC, impute: first, not_before: alive_plus}",
        "{date: DM.DTHDTC, impute: last, not_before: alive_plus}",
        shown(
            ADSL="AP01EDT DTHDT EOSDT FUPMOS", ADRS="ADT ADY ARELTM", ADTTE="ADT ADY AVAL DURDAYS"
        ),
        'DTHDTF == "D"',
        (
            Told(
                "ADSL",
                "DTHDT",
                "is 2 to 29 days earlier in the other in all 5 records with",
                "DTHDTF = D",
            ),
        ),
    ),
}
# Errors that show in different datasets are planted in one build.
TOGETHER = [
    ["years for months", "a window that ends too early", "a duration one day short"],
    ["a population of the enrolled for the infused", "two dates swapped"],
    ["response categories in a wrong order", "a where: left out"],
    ["responses after a new therapy", "a wrong censoring date"],
    ["a death as late as may be"],
]
