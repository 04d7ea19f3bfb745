"""The disorder of real raw data, case by case, through the specs of the example study.

Every case is a person of their own in one cohort: what the site or the vendor wrote, the records
that must come of it, and everything that must be said about it. The cohort is built once.
"""

import csv
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import pytest
from studies import plain

from mappings.build import build, plan
from mappings.finished import Built
from mappings.loader import load_study
from mappings.model import Study
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import Inputs, read_inputs
from submission.run import Report, Request, build_study

STUDY = Path(__file__).parents[1] / "mappings" / "dualcart_aml"
CREATED = datetime(2025, 7, 1)
ENCODINGS = {"cm": "windows-1252"}
Row = dict[str, str]

# What every person has unless the case says otherwise: consent, demographics, one infusion.
BASE = {
    "enr": """
        VISDAT    | ICDAT     | ICTIM | SCRNO | ENRYN | ENRDAT    | DOSELVL
        10FEB2024 | 10FEB2024 | 09:00 | S-### | Yes   | 12FEB2024 | DL1
        """,
    "dem": """
        VISDAT    | BRTHDAT   | AGE | SEX    | RACE  | ETHNIC
        10FEB2024 | 17APR1961 | 62  | Female | Asian | Not Hispanic or Latino
        """,
    "inf": """
        VISIT|INFNO|PLANDOSE|PLANUNIT|INFSTDAT |INFSTTIM|INFENDAT |INFENTIM|BAGLOT|WT|CARPOS|INFYN
        D0   |1    |2.0     |10^6/kg |01MAR2024|10:00   |01MAR2024|10:30   |L1    |60|120   |Yes
        """,
}


@dataclass(frozen=True)
class Case:
    """One disorder: raw rows by form, records by dataset, and what is said of them.

    ``###`` in a table is the subject's number. ``says`` has the code of a problem and the row of
    the case it points at: ``DT508 lab 2`` is the second row of the case's table of ``lab``.
    """

    raw: Mapping[str, str]
    gives: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cohort:
    """Raw files of some cases: the folder, each case's number, and the lines its rows stand on."""

    folder: Path
    numbers: Mapping[str, str]
    lines: Mapping[tuple[str, str], Sequence[int]]


def table(text: str) -> list[Row]:
    """Rows of a text table: a line of names, then a line for each row, cells between bars."""
    lines = [line for line in dedent(text).strip("\n").splitlines() if line.strip()]
    names, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [dict(zip(names, row, strict=True)) for row in rows]


def header(form: str) -> list[str]:
    """Columns of a form as the bundled raw file has them."""
    first = (STUDY / "raw" / f"{form}.csv").read_bytes().splitlines()[0]
    return [name for name in first.decode("utf-8-sig").split(",") if name]


def write_raw(study: Study, cases: Mapping[str, Case], folder: Path) -> Cohort:
    """Raw files of the cases, people numbered from 101; a form without rows is a header."""
    folder.mkdir(parents=True)
    numbers = {name: str(101 + place) for place, name in enumerate(cases)}
    rows: dict[str, list[Row]] = {form: [] for form in study.raw}
    lines: dict[tuple[str, str], list[int]] = {}
    for name, case in cases.items():
        for form, text in {**BASE, **case.raw}.items():
            held = rows[form]
            said = table(text.replace("###", numbers[name])) if text.strip() else []
            lines[name, form] = [len(held) + 2 + place for place in range(len(said))]
            start = len(held)
            held += [
                completed(study, form, numbers[name], start + place, row)
                for place, row in enumerate(said)
            ]
    for form, held in rows.items():
        with (folder / f"{form}.csv").open(
            "w", newline="", encoding=ENCODINGS.get(form, "utf-8")
        ) as file:
            writer = csv.DictWriter(file, header(form), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(held)
    return Cohort(folder, numbers, lines)


def completed(study: Study, form: str, number: str, place: int, row: Row) -> Row:
    """A row with what the forms fill in by themselves, unless the case says it."""
    roles = study.raw[form]
    common = {roles.subject: number, roles.site: "01", roles.record: str(10001 + place)}
    common |= {roles.updated: "2025-06-29T12:00:00", "STUDY": "DUALCART-AML"}
    columns = set(header(form))
    return {name: text for name, text in common.items() if name in columns} | row


def records(built: Built, dataset: str, subject: str, names: Sequence[str]) -> list[Row]:
    """Records of a subject as texts, in the order of the dataset."""
    if dataset not in built.datasets:
        return []
    frame = built.datasets[dataset].frame
    mine = frame[frame["USUBJID"].eq(f"DUALCART-AML-01-{subject}")]
    return [
        dict(zip(names, map(shown, row), strict=True))
        for row in mine[list(names)].itertuples(index=False, name=None)
    ]


def by_name(qualifiers: list[Row]) -> list[Row]:
    return sorted(qualifiers, key=lambda row: (row.get("IDVARVAL", ""), row["QNAM"]))


def column_names(text: str) -> list[str]:
    return [name.strip() for name in text.strip().splitlines()[0].split("|")]


def shown(value: object) -> str:
    return "" if plain(value) is None else str(plain(value))


def said(problems: Problems, subject: str) -> list[str]:
    """Code and place of what is said of a subject's rows: ``DT508 lab.csv:12``."""
    return sorted(
        f"{problem.code} {example.source}:{example.row}"
        for problem in problems
        for example in problem.examples
        if example.subject == f"DUALCART-AML-01-{subject}"
    )


CASES = {
    "R01 site and subject in four spellings": Case(
        {
            "ae": """
                SITE    | SUBJ                | AENO | AETERM | AESTDAT   | AEGR
                1       | ###                 | 1    | Nausea | 02MAR2024 | 1
                S01     | S01-###             | 2    | Nausea | 03MAR2024 | 1
                Site 01 | 01-###              | 3    | Nausea | 04MAR2024 | 1
                01      | DUALCART-AML-01-### | 4    | Nausea | 05MAR2024 | 1
                """,
        },
        {"AE": "AESPID\n1\n2\n3\n4"},
    ),
    "R02 a person screened again is one subject": Case(
        {
            "enr": """
                SUBJ|VISDAT   |ICDAT    |ICTIM|SCRNO|PREVSCRNO|ENRYN|ENRDAT   |SFREAS|DOSELVL
                ### |10JAN2024|10JAN2024|09:00|S-002|         |No   |         |fever  |
                902 |10FEB2024|10FEB2024|09:00|S-014|S-002    |Yes  |12FEB2024|      |DL2
                """,
            "dem": """
                SUBJ | VISDAT    | BRTHDAT   | AGE | SEX    | RACE  | ETHNIC
                ###  | 10JAN2024 | 17APR1961 | 62  | Male   | Asian | Unknown
                902  | 10FEB2024 | 17APR1961 | 62  | Female | Asian | Not Hispanic or Latino
                """,
            "inf": BASE["inf"].replace("VISIT|", "SUBJ|VISIT|").replace("D0   |", "902 |D0   |"),
        },
        {
            "DM": """
                SUBJID | RFICDTC          | SEX | ETHNIC                 | ACTARMCD
                902    | 2024-02-10T09:00 | F   | NOT HISPANIC OR LATINO | DUALCART
                """,
            "SUPPDM": """
                QNAM     | QVAL
                PRVSCRNO | S-002
                SCRNO    | S-014
                DOSELVL  | DL2
                """,
            "DS": """
                DSDECOD                   | DSTERM                    | DSSTDTC          | DSSCAT
                SCREEN FAILURE            | FEVER                     | 2024-01-10       |
                INFORMED CONSENT OBTAINED | INFORMED CONSENT OBTAINED | 2024-01-10T09:00 |
                INFORMED CONSENT OBTAINED | INFORMED CONSENT OBTAINED | 2024-02-10T09:00 |
                ENTERED INTO TRIAL        | ENTERED INTO TRIAL        | 2024-02-12       |
                """,
        },
        ("DT528 enr 1",),
    ),
    "R03 of the same record twice the lowest number stays": Case(
        {
            "lab": """
                RECID | LBDAT      | LBTIM | LABTEST | LABRES | LABU   | LABID
                11    | 04/03/2024 | 08:00 | WBC     | 3.2    | 10^9/L | A1
                10    | 04/03/2024 | 08:00 | WBC     | 3.2    | 10^9/L | A1
                """
        },
        {"LB": "LBSPID | LBSTRESN\n10 | 3.2"},
        ("DT508 lab 1",),
    ),
    "R04 of a corrected record the latest stays": Case(
        {
            "lab": """
                RECID | UPDTS               | LBDAT      | LBTIM | LABTEST | LABRES | LABU   | LABID
                21    | 2024-03-05T11:30:00 | 04/03/2024 | 08:00 | ANC     | 2.3    | 10^9/L | A1
                22    | 2024-03-05T09:00:00 | 04/03/2024 | 08:00 | ANC     | 3.2    | 10^9/L | A1
                31    | 2024-03-05T09:00:00 | 05/03/2024 | 08:00 | ANC     | 1.1    | 10^9/L | A2
                32    | 2024-03-05T09:00:00 | 05/03/2024 | 08:00 | ANC     | 1.7    | 10^9/L | A2
                """
        },
        {"LB": "LBSPID | LBSTRESN\n21 | 2.3\n32 | 1.7"},
        ("DT508 lab 2", "DT508 lab 3"),
    ),
    "R05 of a sample assayed again the highest run stays": Case(
        {
            "kin": """
                NOMTIME | COLLDTTM   | MATRIX | CP_UG | LLOQ | UNIT           | RUN
                D7      | 2024-03-08 | PB     | 300   | 50   | copies/ug gDNA | 10
                D7      | 2024-03-08 | PB     | 100   | 50   | copies/ug gDNA | 9
                D7      | 2024-03-08 | BM     | 200   | 50   | copies/ug gDNA | 1
                """
        },
        {"PC": "PCSPEC | PCORRES\nBLOOD | 300\nBONE MARROW, LIQUID | 200"},
        ("DT528 kin 2",),
    ),
    "R06 two times on one day both stand": Case(
        {
            "lab": """
                VISIT | LBDAT      | LBTIM | LABTEST | LABRES | LABU   | LABID
                D4    | 05/03/2024 | 18:40 | WBC     | 1.9    | 10^9/L | A2
                D4    | 05/03/2024 | 06:30 | WBC     | 3.2    | 10^9/L | A1
                """
        },
        {
            "LB": """
                LBDTC | LBSTRESN | LBSEQ
                2024-03-05T06:30 | 3.2 | 1
                2024-03-05T18:40 | 1.9 | 2
                """,
            "ADLB": """
                PARAMCD | ADTM                | AVAL | AVISIT | ANL03FL
                WBC     | 2024-03-05T06:30:00 | 3.2  | Day 4  |
                WBC     | 2024-03-05T18:40:00 | 1.9  | Day 4  | Y
                """,
        },
    ),
    "R07 dates known in part": Case(
        {
            "ae": """
                AENO | AETERM | AESTDAT     | AESTTIM | AEENDAT   | AEGR
                1    | Nausea | UN MAR 2024 | 14:05   | UNMAR2024 | 1
                2    | Nausea | 15 UNK 2024 |         | 01JUN2024 | 1
                3    | Nausea | UN-UNK-2024 |         | 2024-UN-UN| 1
                4    | Nausea | UNK         |         | NK        | 1
                5    | Nausea | 1-Mar-2024  | 24:00   | 2024/3/4  | 1
                6    | Nausea | 2024-03-UN  |         | ND        | 1
                7    | Nausea | 05MAR2024   | 14:UN   | 05MAR2024 | 1
                """,
        },
        {
            "AE": """
                AESPID | AESTDTC          | AEENDTC    | AESTDY
                4      |                  |            |
                3      | 2024             | 2024       |
                2      | 2024---15        | 2024-06-01 |
                1      | 2024-03          | 2024-03    |
                6      | 2024-03          |            |
                5      | 2024-03-02T00:00 | 2024-03-04 | 2
                7      | 2024-03-05T14    | 2024-03-05 | 5
                """
        },
        ("DT521 ae 1",),
    ),
    "R07 an end before its start": Case(
        {
            "cm": """
                RECID | CMTRT       | CMCATR | CMSTDAT     | CMENDAT
                71    | Paracetamol | other  | 06MAR2024   | 05MAR2024
                72    | Paracetamol | other  | UN MAR 2024 | 05MAR2024
                73    | Paracetamol | other  | UN MAR 2024 | UN MAR 2024
                """,
            "ae": """
                AENO | AETERM | AESTDAT     | AEENDAT     | AEGR
                1    | Nausea | 06MAR2024   | 05MAR2024   | 1
                2    | Nausea | UN MAR 2024 | 05MAR2024   | 1
                3    | Nausea | UN MAR 2024 | UN FEB 2024 | 1
                """,
            "mh": """
                MHTERM       | MHSTDAT     | MHENDAT
                Hypertension | UN-UNK-2015 | UN-UNK-2015
                Hypertension | UN-UNK-2016 | UN-UNK-2015
                """,
            "proc": """
                PRTRT           | PRSTDAT     | PRENDAT
                lumbar puncture | UN FEB 2024 | UN FEB 2024
                lumbar puncture | 05FEB2024   | 04FEB2024
                """,
        },
        {
            "CM": """
                CMSPID | CMSTDTC    | CMENDTC
                72     | 2024-03    | 2024-03-05
                73     | 2024-03    | 2024-03
                71     | 2024-03-06 | 2024-03-05
                """,
            "AE": """
                AESPID | AESTDTC    | AEENDTC
                2      | 2024-03    | 2024-03-05
                3      | 2024-03    | 2024-02
                1      | 2024-03-06 | 2024-03-05
                """,
        },
        ("DT520 cm 1", "DT520 ae 1", "DT520 ae 3", "DT520 mh 2", "DT520 proc 2"),
    ),
    "R08 dates after the entry or before birth": Case(
        {
            "lab": """
                UPDTS               | LBDAT      | LBTIM | LABTEST | LABRES | LABU   | LABID
                2024-03-04T18:00:00 | 05/03/2024 | 08:00 | WBC     | 3.2    | 10^9/L | A1
                2024-03-06T07:00:00 | 06/03/2024 |       | WBC     | 3.4    | 10^9/L | A2
                """,
            "ae": """
                UPDTS               | AENO | AETERM | AESTDAT   | AEGR
                2024-03-04T18:00:00 | 1    | Nausea | 05MAR2024 | 1
                2024-03-04T18:00:00 | 2    | Nausea | MAR2024   | 1
                """,
            "cm": """
                UPDTS               | RECID | CMTRT       | CMCATR | CMSTDAT
                2024-03-04T18:00:00 | 81    | Paracetamol | other  | 05MAR2024
                """,
            "vs": """
                UPDTS               | VSDAT     | TEMP
                2024-03-04T18:00:00 | 05MAR2024 | 36.6
                """,
            "mh": """
                MHTERM       | MHSTDAT
                Hypertension | UN-UNK-1960
                Hypertension | UN-UNK-1961
                """,
        },
        {
            "LB": "LBDTC\n2024-03-05T08:00\n2024-03-06",
            "AE": "AESTDTC\n2024-03\n2024-03-05",
            "CM": "CMSTDTC\n2024-03-05",
            "VS": "VSDTC\n2024-03-05",
            "MH": "MHSTDTC\n1960\n1961",
        },
        ("DT520 lab 1", "DT520 ae 1", "DT520 cm 1", "DT520 vs 1", "DT520 mh 1"),
    ),
    "R09 signs, commas, units and words among the results": Case(
        {
            "lab": """
                LBDAT      | LABTEST   | LABRES   | LABU
                05/03/2024 | ANC       | <0.1     | 10^9/L
                05/03/2024 | Ferr      | > 1000   | ng/mL
                05/03/2024 | WBC       | 1,250    | /uL
                05/03/2024 | NEU%      | 3.5 %    |
                05/03/2024 | PB blasts | neg      | %
                05/03/2024 | LDH       | hemolyzed| U/L
                05/03/2024 | PLT       | 1.2x10^2 | 10^9/L
                """
        },
        {
            "LB": """
                LBTESTCD|LBORRES |LBORRESU|LBSTRESC|LBSTRESN|LBSTRESU|LBSTAT  |LBREASND
                BLASTLE  | neg      |          | NEGATIVE |          |          |          |
                FERRITIN | > 1000   | ug/L     | >1000    |          | ug/L     |          |
                LDH     |        |        |        |        |        |NOT DONE|SPECIMEN HEMOLYZED
                NEUT     | <0.1     | 10^9/L   | <0.1     |          | 10^9/L   |          |
                NEUTLE   | 3.5      | %        | 3.5      | 3.5      | %        |          |
                PLAT     | 1.2x10^2 | 10^9/L   | 120      | 120      | 10^9/L   |          |
                WBC      | 1,250    | 10^6/L   | 1.25     | 1.25     | 10^9/L   |          |
                """
        },
        ("DT521 lab 6",),
    ),
    "R10 spellings of a unit, and none": Case(
        {
            "lab": """
                LBDAT      | LABTEST | LABRES | LABU
                01/03/2024 | WBC     | 3.2    | 10^9/L
                02/03/2024 | WBC     | 3.2    | 10E9/L
                03/03/2024 | WBC     | 3.2    | x10*9/L
                04/03/2024 | WBC     | 3.2    | G/L
                05/03/2024 | WBC     | 3.2    | K/uL
                06/03/2024 | WBC     | 3.2    | 10^3/uL
                07/03/2024 | WBC     | 3200   | /uL
                08/03/2024 | WBC     | 3200   | cells/mm3
                09/03/2024 | WBC     | 3.2    |
                """
        },
        {
            "LB": """
                LBDTC      | LBORRES | LBORRESU | LBSTRESC | LBSTRESN | LBSTRESU
                2024-03-01 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                2024-03-02 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                2024-03-03 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                2024-03-04 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                2024-03-05 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                2024-03-06 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                2024-03-07 | 3200    | 10^6/L   | 3.2      | 3.2      | 10^9/L
                2024-03-08 | 3200    | 10^6/L   | 3.2      | 3.2      | 10^9/L
                2024-03-09 | 3.2     | 10^9/L   | 3.2      | 3.2      | 10^9/L
                """
        },
    ),
    "R11 units that terminology has as synonyms only": Case(
        {
            "lab": """
                LBDAT      | LABTEST | LABRES | LABU
                05/03/2024 | IL-6    | 812.4  | pg/mL
                05/03/2024 | Ferr    | 900    | ng/mL
                05/03/2024 | CRP     | 12     | mcg/mL
                """
        },
        {
            "LB": """
                LBTESTCD | LBORRES | LBORRESU | LBSTRESN | LBSTRESU
                CRP      | 12      | mg/L     | 12       | mg/L
                FERRITIN | 900     | ug/L     | 900      | ug/L
                INTLK6   | 812.4   | ng/L     | 812.4    | ng/L
                """
        },
    ),
    "R12 local names of tests": Case(
        {
            "lab": """
                LBDAT      | LABTEST      | LABRES | LABU
                01/03/2024 | WBC          | 3      | 10^9/L
                02/03/2024 | Leuco        | 3      | 10^9/L
                01/03/2024 | ANC          | 2      | 10^9/L
                02/03/2024 | Neut#        | 2      | 10^9/L
                03/03/2024 | NEU%         | 60     | %
                01/03/2024 | PLT          | 90     | 10^9/L
                02/03/2024 | Thrombocytes | 90     | 10^9/L
                01/03/2024 | Hb           | 98     | g/L
                02/03/2024 | HGB          | 98     | g/L
                01/03/2024 | sGPT         | 20     | U/L
                01/03/2024 | T.Bili       | 9      | umol/L
                01/03/2024 | hs-CRP       | 4      | mg/L
                01/03/2024 | SF           | 300    | ug/L
                01/03/2024 | IL-6         | 5      | ng/L
                """
        },
        {
            "LB": """
                LBTESTCD | LBTEST                 | LBDTC
                ALT      | Alanine Aminotransferase | 2024-03-01
                BILI     | Bilirubin              | 2024-03-01
                CRP      | C Reactive Protein     | 2024-03-01
                FERRITIN | Ferritin               | 2024-03-01
                HGB      | Hemoglobin             | 2024-03-01
                HGB      | Hemoglobin             | 2024-03-02
                INTLK6   | Interleukin 6          | 2024-03-01
                NEUT     | Neutrophils            | 2024-03-01
                NEUT     | Neutrophils            | 2024-03-02
                NEUTLE   | Neutrophils/Leukocytes | 2024-03-03
                PLAT     | Platelets              | 2024-03-01
                PLAT     | Platelets              | 2024-03-02
                WBC      | Leukocytes             | 2024-03-01
                WBC      | Leukocytes             | 2024-03-02
                """
        },
    ),
    "R13 a count known from its percentage is derived for analysis alone": Case(
        {
            "lab": """
                LBDAT      | LBTIM | LABTEST | LABRES | LABU   | LABID
                05/03/2024 | 08:00 | WBC     | 2.0    | 10^9/L | A1
                05/03/2024 | 08:00 | NEU%    | 45     | %      | A1
                06/03/2024 | 08:00 | WBC     | 2.0    | 10^9/L | A2
                06/03/2024 | 08:00 | NEU%    | 45     | %      | A2
                06/03/2024 | 08:00 | ANC     | 0.8    | 10^9/L | A2
                """
        },
        {
            "LB": "LBTESTCD\nNEUT\nNEUTLE\nNEUTLE\nWBC\nWBC",
            "ADLB": """
                PARAMCD | ADT        | AVAL | DTYPE
                NEUT    | 2024-03-05 | 0.9  | COMPUTED
                NEUT    | 2024-03-06 | 0.8  |
                WBC     | 2024-03-05 | 2    |
                WBC     | 2024-03-06 | 2    |
                """,
        },
    ),
    "R14 spellings of a grade": Case(
        {
            "ae": """
                AENO | AETERM | AESTDAT   | AEGR
                1    | Nausea | 02MAR2024 | Grade 3
                2    | Nausea | 03MAR2024 | G3
                3    | Nausea | 04MAR2024 | III
                4    | Nausea | 05MAR2024 | 3
                5    | Nausea | 06MAR2024 | grade  3
                """
        },
        {"AE": "AESPID | AETOXGR\n1 | 3\n2 | 3\n3 | 3\n4 | 3\n5 | 3"},
    ),
    "R15 spellings of a response": Case(
        {
            "resp": """
                VISIT | RSDAT     | RESP | MRDCONC
                M1    | 29MAR2024 | CRH  |
                M2    | 30APR2024 | cri  |
                M3    | 30MAY2024 | cr   |
                M6    | 30AUG2024 | mlfs |
                """
        },
        {
            "RS": """
                RSORRES | RSSTRESC
                CRH     | CRh
                cri     | CRi
                cr      | CR
                mlfs    | MORPHOLOGIC LEUKEMIA-FREE STATE
                """
        },
    ),
    "R16 visits without a plan": Case(
        {
            "ecog": """
                VISIT       | ECDAT     | ECOGPS
                D10         | 11MAR2024 | 1
                            | 12MAR2024 | 1
                UNS         | 13MAR2024 | 1
                D14         | 15MAR2024 | 1
                Unscheduled | 20MAR2024 | 1
                """,
            "vs": "VISIT | VSDAT | TEMP\nUNS | 12MAR2024 | 36.6",
        },
        {
            "RS": """
                VISITNUM | VISIT            | RSDTC
                7        | DAY 10           | 2024-03-11
                7.01     | UNSCHEDULED 7.01 | 2024-03-12
                7.02     | UNSCHEDULED 7.02 | 2024-03-13
                8        | DAY 14           | 2024-03-15
                8.01     | UNSCHEDULED 8.01 | 2024-03-20
                """,
            "VS": "VISITNUM\n7.01",
            "SV": """
                VISITNUM | SVSTDTC
                4        | 2024-03-01
                7        | 2024-03-11
                7.01     | 2024-03-12
                7.02     | 2024-03-13
                8        | 2024-03-15
                8.01     | 2024-03-20
                """,
        },
    ),
    "R17 one visit under five labels": Case(
        {
            "ecog": "VISIT | ECDAT | ECOGPS\nD28 | 29MAR2024 | 1",
            "resp": "VISIT | RSDAT | RESP\nM1 | 29MAR2024 | CR",
            "vs": "VISIT | VSDAT | TEMP\nMonth 1 | 30MAR2024 | 36.6",
            "lab": "VISIT | LBDAT | LABTEST | LABRES\n1 month | 29/03/2024 | WBC | 3",
            "bma": "VISIT | BMDAT | NCELLS\nDay 28 | 29MAR2024 | 200",
        },
        {
            "RS": "VISITNUM | VISIT\n10 | DAY 28\n10 | DAY 28",
            "VS": "VISITNUM | VISIT\n10 | DAY 28",
            "LB": "VISITNUM | VISIT\n10 | DAY 28\n10 | DAY 28",
            "SV": """
                VISITNUM | SVSTDTC | SVENDTC
                4 | 2024-03-01 | 2024-03-01
                10 | 2024-03-29 | 2024-03-30
                """,
        },
    ),
    "R18 two aspirates of one visit": Case(
        {
            "bma": """
                RECID | VISIT | BMDAT     | BMQUAL   | BLASTPCT
                91    | M1    | 29MAR2024 | dry tap  |
                92    | M1    | 01APR2024 | adequate | 3.5 %
                """,
            "resp": "VISIT | RSDAT | RESP\nM1 | 01APR2024 | NE",
        },
        {
            "LB": """
                LBTESTCD | LBDTC      | LBSPID | LBSTRESN | LBSTAT   | LBREASND | LBLNKGRP
                AUERRODS | 2024-03-29 | 91     |          | NOT DONE | DRY TAP  |
                BLASTCE  | 2024-03-29 | 91     |          | NOT DONE | DRY TAP  |
                BLASTCE  | 2024-04-01 | 92     | 3.5      |          |          | RSP-10-2024-04-01
                CELLS    | 2024-03-29 | 91     |          | NOT DONE | DRY TAP  |
                """,
            "RS": "RSORRES | RSLNKGRP\nNE | RSP-10-2024-04-01",
        },
    ),
    "R19 degrees Fahrenheit, pounds and inches": Case(
        {
            "vs": """
                VSDAT     | TEMP  | TEMPU | WT    | WTU | HT | HTU
                05MAR2024 | 101.3 | F     | 135.6 | lb  | 70 | in
                """
        },
        {
            "VS": """
                VSTESTCD | VSORRES | VSORRESU | VSSTRESC | VSSTRESN | VSSTRESU
                BMI      | 19.5    | kg/m2    | 19.5     | 19.5     | kg/m2
                HEIGHT   | 70      | in       | 177.8    | 177.8    | cm
                TEMP     | 101.3   | F        | 38.5     | 38.5     | C
                WEIGHT   | 135.6   | LB       | 61.5     | 61.5     | kg
                """
        },
    ),
    "R20 a wide sheet with one unit and spoilt samples": Case(
        {
            "cyto": """
                VISIT | COLL_DTTM        | ACCN | IL6  | GMCSF | IFNG  | UNITS
                D4    | 2024-03-05 08:10 | C1   | 38.1 | QNS   | >5000 | pg/mL
                """
        },
        {
            "LB": """
                LBTESTCD | LBORRES | LBORRESU | LBSTRESC | LBSTRESN | LBSTAT   | LBREASND
                GMCSF   |       |        |        |        |NOT DONE|QUANTITY NOT SUFFICIENT
                IFNG     | >5000   | ng/L     | >5000    |          |          |
                INTLK6   | 38.1    | ng/L     | 38.1     | 38.1     |          |
                """
        },
        ("DT521 cyto 1",),
    ),
    "R21 an event that goes on or ended without saying so": Case(
        {
            "ae": """
                AENO | AETERM | AESTDAT   | AEENDAT   | AEONGO | AEGR | AEOUT
                1    | Nausea | 02MAR2024 | 04MAR2024 | Y      | 1    | Resolved
                2    | Nausea | 03MAR2024 |           |        | 1    | Resolved
                3    | Nausea | 04MAR2024 |           | Y      | 1    | Ongoing
                4    | Nausea | 05MAR2024 |           |        | 1    | Unknown
                """,
            "ecog": "VISIT | ECDAT | ECOGPS\nD28 | 29MAR2024 | 1",
        },
        {
            "AE": """
                AESPID | AEENDTC    | AEENRTPT | AEENTPT
                1      | 2024-03-04 |          |
                2      |            | BEFORE   | 2024-03-29
                3      |            | ONGOING  | 2024-03-29
                4      |            | UNKNOWN  | 2024-03-29
                """
        },
        ("DT520 ae 1",),
    ),
    "R22 a death known to the month and a call in that month": Case(
        {
            "death": "VISDAT | DTHDAT | DTHCAUSE\n01OCT2024 | UN SEP 2024 | AML progression",
            "surv": "SVSTAT | CONTDAT | CONTMODE\nAlive | 10SEP2024 | phone",
        },
        {
            "DM": "DTHDTC | DTHFL\n2024-09 | Y",
            "SS": "SSSTRESC | SSDTC\nALIVE | 2024-09-10",
            "ADSL": "DTHDT | DTHDTF | LSTALVDT\n2024-09-11 | D | 2024-09-10",
        },
    ),
    "R23 prepared and never infused": Case(
        {
            "aph": "VISIT | APHDAT | APHOK\nLEUKAPHERESIS | 14FEB2024 | Y",
            "ld": """
                VISIT           | LDDRUG | LDDOSE | LDUNIT | LDDAT
                LYMPHODEPLETION | Flu    | 30     | mg/m2  | 25FEB2024
                LYMPHODEPLETION | CTX    | 300    | mg/m2  | 25FEB2024
                """,
            "inf": """
                VISIT | INFNO | PLANDOSE | PLANUNIT | INFYN | INFREAS
                D0    | 1     | 2.0      | 10^6/kg  | No    | manufacturing failure
                """,
            "surv": "SVSTAT | CONTDAT | CONTMODE\nAlive | 10MAR2024 | clinic",
        },
        {
            "DM": """
                ARMCD    | ACTARMCD | ARMNRS                | RFSTDTC | RFXSTDTC
                DUALCART |          | ASSIGNED, NOT TREATED |         |
                """,
            "EX": "EXDOSE",
            "EC": """
                ECMOOD    | ECOCCUR | ECREASOC              | ECDOSE | ECDOSU
                PERFORMED | N       | MANUFACTURING FAILURE |        |
                SCHEDULED |         |                       | 2      | 10^6/kg
                """,
            "CM": "CMTRT\nCYCLOPHOSPHAMIDE\nFLUDARABINE",
            "PR": "PRTRT\nLEUKAPHERESIS",
            "SE": "ETCD | SESTDTC\nSCRN | 2024-02-10T09:00\nLD | 2024-02-25",
        },
    ),
    "R24 a second infusion months later": Case(
        {
            "inf": """
                VISIT|INFNO|PLANDOSE|PLANUNIT|INFSTDAT |INFSTTIM|INFENDAT |INFENTIM|WT|CARPOS|INFYN
                D0   |1    |2.0     |10^6/kg |01MAR2024|10:00   |01MAR2024|10:30   |60|120   |Yes
                UNS  |2    |3.0     |10^6/kg |02OCT2024|11:00   |02OCT2024|11:20   |60|150   |Yes
                """,
            "surv": "SVSTAT | CONTDAT | CONTMODE\nAlive | 10DEC2024 | phone",
        },
        {
            "EX": """
                EXSTDTC          | EXDOSE | EXDOSRGM
                2024-03-01T10:00 | 120    | DL1 2x10^6/kg
                2024-10-02T11:00 | 150    | DL1 3x10^6/kg
                """,
            "DM": """
                RFSTDTC          | RFXSTDTC         | RFENDTC          | RFXENDTC
                2024-03-01T10:00 | 2024-03-01T10:00 | 2024-10-02T11:20 | 2024-10-02T11:20
                """,
            "SE": """
                ETCD   | SESTDTC          | SEENDTC          | EPOCH     | SEUPDES
                SCRN   | 2024-02-10T09:00 | 2024-03-01T10:00 | SCREENING |
                INF    | 2024-03-01T10:00 | 2024-03-30       | TREATMENT |
                FU     | 2024-03-30       | 2024-10-02T11:00 | FOLLOW-UP |
                UNPLAN | 2024-10-02T11:00 | 2024-12-10       | TREATMENT | RE-INFUSION
                """,
        },
    ),
    "R25 residual disease by events, percent and words that disagree": Case(
        {
            "flow": """
                VISIT|COLLDT    |SPEC|NUCL_EVENTS|LAIP_EVENTS|MRDPCT|LLOD|PHENO      |INTERP
                M1   |2024-03-29|BM  |512344     |9          |0.0018|0.01|CD34+/CD7+ |POS
                M2   |2024-05-02|BMA |512344     |0          |<0.01 |0.01|CD34+/CD7+ |MRD neg
                """,
            "resp": "VISIT | RSDAT | RESP | MRDCONC\nM1 | 29MAR2024 | CR | MRD-LL",
        },
        {
            "CP": """
                CPTESTCD | CPDTC      | CPORRES | CPSTRESC | CPSTRESN
                ABC      | 2024-03-29 | 9       | 9        | 9
                ABC      | 2024-05-02 | 0       | 0        | 0
                ABCCE    | 2024-03-29 | 0.0018  | 0.0018   | 0.0018
                ABCCE    | 2024-05-02 | <0.01   | <0.01    |
                CELLS    | 2024-03-29 | 512344  | 512344   | 512344
                CELLS    | 2024-05-02 | 512344  | 512344   | 512344
                """,
            "SUPPCP": """
                IDVARVAL | QNAM     | QVAL
                3        | CPINTERP | POS
                3        | CPLLOD   | 0.01
                4        | CPINTERP | MRD neg
                4        | CPLLOD   | 0.01
                """,
            "RS": """
                RSTESTCD | RSORRES | RSSTRESC
                MRDRESP  | MRD-LL  | MRD LOW LEVEL
                OVRLRESP | CR      | CR
                """,
        },
    ),
    "R26 subject keys of vendors": Case(
        {
            "cyto": """
                SITE_SUBJ | VISIT | COLL_DTTM | ACCN | IL6 | UNITS
                01-### | D4 | 2024-03-05 08:10 | C1 | 38.1 | pg/mL
                """,
            "ada": "SUBJ_ID | VISIT | COLLDT | TIER | RESULT\n### | D0 | 2024-03-01 | Screen | NEG",
            "kin": """
                SUBJ_ID | NOMTIME | COLLDTTM | MATRIX | CP_UG | LLOQ | UNIT | RUN
                DUALCART01### | D7 | 2024-03-08 | PB | 300 | 50 | copies/ug gDNA | 1
                """,
        },
        {"LB": "LBTESTCD\nINTLK6", "IS": "ISSTRESC\nNEGATIVE", "PC": "PCORRES\n300"},
    ),
    "R28 forms with a header alone": Case({}, {"IE": "IETESTCD", "GF": "GFTESTCD"}),
    "R29 bytes of Windows, byte-order mark, quoted commas, empty columns": Case(
        {
            "cm": """
                RECID | CMTRT              | CMCATR | CMSTDAT
                99    | \u201cAra\u2013C\u201d 50 \u00b5g, i.v. | other  | 05MAR2024
                """,
            "ae": "AENO | AETERM | AESTDAT | AEGR\n1 | Rash, face | 05MAR2024 | 1",
            "cyto": """
                VISIT | COLL_DTTM | ACCN | IL6 | UNITS
                D4 | 2024-03-05 08:10 | C9 | 12.5 | pg/mL
                """,
            "rcl": """
                VISIT | COLLDT | SPEC | RESULT | LOD
                M3 | 31-May-2024 | PB | Not detected | 10
                """,
        },
        {
            "CM": 'CMSPID | CMTRT\n99 | "ARA-C" 50 UG, I.V.',
            "AE": "AETERM\nRASH, FACE",
            "LB": "LBREFID | LBSTRESN\nC9 | 12.5",
            "MB": "MBSTRESC | MBDTC\nNOT DETECTED | 2024-05-31",
        },
        ("DT520 ae 1",),
    ),
    "R30 a decimal comma that nobody declared is no number": Case(
        {"lab": "LBDAT | LABTEST | LABRES | LABU\n05/03/2024 | WBC | 3,2 | 10^9/L"},
        {"LB": "LBORRES | LBSTRESC | LBSTRESN\n3,2 | 3,2 |"},
        ("DT524 lab 1",),
    ),
}

# What must stop the build: every error of the case, and nothing else that is one.
REFUSED = {
    "R07 a date that does not say which is the day": Case(
        {"ae": "AENO | AETERM | AESTDAT | AEGR\n1 | Nausea | 03/04/2024 | 1"},
        says=("DT512 ae 1",),
    ),
    "R10 a unit nobody knows": Case(
        {"lab": "LBDAT | LABTEST | LABRES | LABU\n05/03/2024 | WBC | 3.2 | barrels"},
        says=("DT515 lab 1",),
    ),
    "R10 a blank unit without a declared one": Case(
        {"cyto": "VISIT | COLL_DTTM | ACCN | IL6 | UNITS\nD4 | 2024-03-05 08:10 | C1 | 38.1 |"},
        says=("DT515 cyto 1",),
    ),
    "R12 a test nobody knows": Case(
        {"lab": "LBDAT | LABTEST | LABRES | LABU\n05/03/2024 | Weisse | 3.2 | 10^9/L"},
        says=("DT514 lab 1", "DT515 lab 1"),
    ),
    "R15 a response that is no category": Case(
        {"resp": "VISIT | RSDAT | RESP\nM1 | 29MAR2024 | CRp"},
        says=("DT514 resp 1",),
    ),
    "R16 a visit label nobody knows": Case(
        {"ecog": "VISIT | ECDAT | ECOGPS\nDay 5.5 | 06MAR2024 | 1"},
        says=("DT514 ecog 1",),
    ),
    "R27 rows of a subject who is not in DM": Case(
        {
            "enr": "",
            "ae": "AENO | AETERM | AESTDAT | AEGR\n1 | Nausea | 05MAR2024 | 1",
            "kin": """
                NOMTIME | COLLDTTM | MATRIX | CP_UG | LLOQ | UNIT | RUN
                D7 | 2024-03-08 | PB | 300 | 50 | copies/ug gDNA | 1
                """,
        },
        says=("DT507 ae 1", "DT507 kin 1", "DT507 inf 1"),
    ),
}


def soil(cohort: Cohort) -> None:
    """The files as they come: byte-order mark and CRLF, empty columns at the end."""
    cyto, rcl = (cohort.folder / f"{form}.csv" for form in ("cyto", "rcl"))
    if cyto.is_file():
        text = cyto.read_text(encoding="utf-8")
        cyto.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    if rcl.is_file():
        rcl.write_text(re.sub("$", ",,", rcl.read_text().rstrip(), flags=re.MULTILINE) + "\n")


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(STUDY, catalogue())


@dataclass(frozen=True)
class Made:
    """A cohort and what was built of it."""

    cohort: Cohort
    report: Report
    inputs: Inputs

    @property
    def built(self) -> Built:
        assert self.report.built is not None
        return self.report.built


def made(study: Study, cases: Mapping[str, Case], folder: Path) -> Made:
    cohort = write_raw(study, cases, folder / "raw")
    soil(cohort)
    report = build_study(Request(STUDY, cohort.folder, folder / "out", CREATED, jobs=1))
    return Made(cohort, report, read_inputs(study, cohort.folder, Problems()))


@pytest.fixture(scope="module")
def good(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(study, CASES, tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def refused(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(study, REFUSED, tmp_path_factory.mktemp("refused"))


def expected(cohort: Cohort, study: Study, name: str, case: Case) -> list[str]:
    """Code and place of what a case says is said."""
    found = []
    for text in case.says:
        code, form, row = text.split()
        line = cohort.lines[name, form][int(row) - 1]
        found.append(f"{code} {study.raw[form].file}:{line}")
    return sorted(found)


def errors_of_rows(problems: Problems, subject: str) -> list[str]:
    """Errors that point at a row of a raw file, once for each code and row."""
    errors = Problems()
    errors.extend(problems.errors)
    return sorted({text for text in said(errors, subject) if ".csv:" in text})


@pytest.mark.parametrize("name", CASES)
def test_records(good, name):
    subject = good.cohort.numbers[name]
    for dataset, text in CASES[name].gives.items():
        wanted = table(text.replace("###", subject))
        got = records(good.built, dataset, subject, column_names(text))
        if dataset.startswith("SUPP"):
            got, wanted = by_name(got), by_name(wanted)
        assert got == wanted, dataset


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(good, study, name):
    found = said(good.report.problems, good.cohort.numbers[name])
    assert found == expected(good.cohort, study, name, CASES[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_stops_a_build(refused, study, name):
    found = errors_of_rows(refused.report.problems, refused.cohort.numbers[name])
    assert found == expected(refused.cohort, study, name, REFUSED[name])


def test_every_rule_of_the_catalogue_has_a_case():
    tests = [name for name in globals() if name.startswith("test_r")]
    numbers = {name[:3] for name in [*CASES, *REFUSED]} | {name[5:8].upper() for name in tests}
    assert numbers >= {f"R{number:02}" for number in range(1, 31)}


def test_what_was_written(good):
    """All of it, and no dataset that has no records (R28)."""
    assert not good.report.problems.errors
    files = {name.split("/")[-1] for name in good.report.written}
    assert {"dm.xpt", "suppdm.xpt", "lb.xpt", "adsl.xpt", "define.xml"} <= files
    assert not files & {"ie.xpt", "gf.xpt", "suppgf.xpt"}
    assert (good.cohort.folder.parent / "out" / "manifest.json").is_file()


def test_relations_are_of_datasets_that_are_there(good):
    """GF has no records here (R28)."""
    related = set(good.built.datasets["RELREC"].frame["RDOMAIN"])
    assert related <= set(good.built.datasets)


def test_nothing_is_written_where_a_record_is_in_error(refused):
    assert refused.report.written == {}
    assert not (refused.cohort.folder.parent / "out").exists()


def case_of(rule: str) -> str:
    """The first case of a rule of the catalogue."""
    return next(name for name in CASES if name.startswith(rule))


# Rows of a case that do not count, why, and the row that stands for each.
LEFT_OUT = [
    ("R03", "lab", [(1, "repeated", 2)]),
    ("R04", "lab", [(2, "replaced", 1), (3, "replaced", 4)]),
]


@pytest.mark.parametrize(("rule", "form", "rows"), LEFT_OUT)
def test_rows_that_do_not_count_are_accounted_for(good, rule, form, rows):
    lines = good.cohort.lines[case_of(rule), form]
    dropped = good.inputs.identified.accounts[form].dropped
    mine = dropped[dropped["row"].isin(lines)]
    wanted = [(lines[row - 1], reason, lines[instead - 1]) for row, reason, instead in rows]
    assert list(mine.itertuples(index=False, name=None)) == wanted


def test_r05_earlier_runs_are_counted(good):
    steps = good.built.accounts["PC"]["copies"]
    assert steps["source rows"] - steps["after keep"] == 1


def sources(good: Made, dataset: str, subject: str) -> list[tuple[int, str, int]]:
    """Record (from 1, of the subject), source and row that a dataset's records come from."""
    finished = good.built.datasets[dataset]
    mine = finished.frame["USUBJID"].eq(f"DUALCART-AML-01-{subject}").to_numpy()
    found = finished.provenance[mine[finished.provenance["record"]]]
    first = found["record"].min() - 1
    return [
        (int(record - first), str(source), int(row))
        for record, source, row in found[["record", "source", "row"]].itertuples(index=False)
    ]


# Records (from 1) of a dataset with the rows of the case they come from.
COMES_FROM = [
    ("R02", "DM", "enr", [(1, 2)]),
    ("R03", "LB", "lab", [(1, 2)]),
    ("R04", "LB", "lab", [(1, 1), (2, 4)]),
    ("R05", "PC", "kin", [(1, 1), (2, 3)]),
    ("R07", "AE", "ae", [(1, 4), (2, 3), (3, 2), (4, 1), (5, 6), (6, 5), (7, 7)]),
    ("R20", "LB", "cyto", [(1, 1), (2, 1), (3, 1)]),
]


@pytest.mark.parametrize(("rule", "dataset", "form", "rows"), COMES_FROM)
def test_records_know_their_rows(good, rule, dataset, form, rows):
    name = case_of(rule)
    wanted = [(record, form, good.cohort.lines[name, form][row - 1]) for record, row in rows]
    assert sources(good, dataset, good.cohort.numbers[name]) == wanted


def test_no_record_comes_from_a_row_of_somebody_else(good, study):
    identified = good.inputs.identified
    owners = {
        (form, row): person
        for form, people in identified.identity.forms.items()
        for row, person in zip(identified.frames[form]["row"], people["USUBJID"], strict=True)
    }
    for dataset in good.built.datasets.values():
        of_forms = dataset.provenance[dataset.provenance["source"].isin(list(study.raw))]
        people = dataset.frame["USUBJID"].iloc[of_forms["record"]] if len(of_forms) else []
        for person, source, row in zip(people, of_forms["source"], of_forms["row"], strict=True):
            assert owners[source, row] == person


def test_rows_that_count_give_a_record(good):
    """All but those that are only looked through (demographics) and an earlier run (R05)."""
    used = {
        (str(source), int(row))
        for name, dataset in good.built.datasets.items()
        for source, row in dataset.provenance[["source", "row"]].itertuples(index=False)
        if name != "SV"  # the dates of every form make visits
    }
    frames = good.inputs.identified.frames
    rows = {(form, int(row)) for form, frame in frames.items() for row in frame["row"]}
    lines = good.cohort.lines[case_of("R05"), "kin"]
    assert {one for one in rows - used if one[0] != "dem"} == {("kin", lines[1])}


def raw_copy(folder: Path, **changed: bytes | None) -> Path:
    """The bundled raw files with some forms replaced, or left out."""
    shutil.copytree(STUDY / "raw", folder)
    for form, content in changed.items():
        (folder / f"{form}.csv").unlink()
        if content is not None:
            (folder / f"{form}.csv").write_bytes(content)
    return folder


def read(study: Study, raw: Path) -> list[str]:
    problems = Problems()
    read_inputs(study, raw, problems)
    return [str(problem) for problem in problems.errors]


def bundled(form: str) -> bytes:
    return (STUDY / "raw" / f"{form}.csv").read_bytes()


def test_r01_a_subject_in_no_known_spelling(study, tmp_path):
    changed = bundled("surv").replace(b",01,3,", b",01,subject 3,", 1)
    raw = raw_copy(tmp_path / "raw", surv=changed)
    assert read(study, raw) == [
        "surv.csv:2:1: error[DT505] surv.SUBJ: 'subject 3' matches none of the patterns of "
        "subjects:, 1 record: subject 3 surv.csv:2"
    ]


def test_r02_one_screening_number_of_two_people(study, tmp_path):
    changed = bundled("enr").replace(b",S-003,", b",S-002,")
    raw = raw_copy(tmp_path / "raw", enr=changed)
    assert read(study, raw) == [
        "enr.csv:3:1: error[DT506] enr.SCRNO: 'S-002' is the screening number of several subjects, "
        "2 records: DUALCART-AML-01-002 enr.csv:3, DUALCART-AML-01-003 enr.csv:4"
    ]


def test_r28_a_required_form_is_missing(study, tmp_path):
    problems = Problems()
    read_inputs(study, raw_copy(tmp_path / "raw", dem=None), problems)
    assert [(one.code, one.value) for one in problems.errors] == [("DT501", "dem.csv")]


def test_r28_optional_forms_are_missing(tmp_path):
    optional = ("elig", "rcl", "vis", "ada", "mol", "gen", "bmb", "dltrev")
    raw = raw_copy(tmp_path / "raw", **dict.fromkeys(optional))
    out = tmp_path / "out"
    report = build_study(Request(STUDY, raw, out, CREATED, only=("DM", "IE", "MB"), jobs=1))
    assert [str(problem) for problem in report.problems.errors] == []
    assert sorted(path.name for path in (out / "sdtm").glob("*.xpt")) == ["dm.xpt", "suppdm.xpt"]


def test_r28_only_the_required_forms_are_there(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for form in ("enr", "dem"):
        shutil.copy(STUDY / "raw" / f"{form}.csv", raw)
    report = build_study(Request(STUDY, raw, tmp_path / "out", CREATED, jobs=1))
    assert [str(problem) for problem in report.problems.errors] == []
    assert {"sdtm/dm.xpt", "adam/adsl.xpt"} <= set(report.written)


def test_r29_a_byte_of_no_letter(study, tmp_path):
    lines = bundled("cm").split(b"\n")
    lines[4] = lines[4].replace(b"Venetoclax", b"Venetocla\x81")
    assert b"\x81" in lines[4], lines[4]
    raw = raw_copy(tmp_path / "raw", cm=b"\n".join(lines))
    problems = Problems()
    read_inputs(study, raw, problems)
    (error,) = problems.errors
    place = lines[4].index(b"\x81") + 1
    assert (error.code, str(error.mark)) == ("DT502", f"cm.csv:5:{place}")


def test_r30_a_declared_decimal_comma(tmp_path):
    copied = tmp_path / "dualcart_aml"
    shutil.copytree(STUDY, copied, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copied / "study.yaml").read_text(encoding="utf-8")
    declared = text.replace("{file: lab.csv, ", '{file: lab.csv, decimal: ",", ')
    (copied / "study.yaml").write_text(declared, encoding="utf-8")
    variant = load_study(copied, catalogue())
    assert variant.raw["lab"].decimal == ","
    case = Case(
        {
            "lab": """
                LBDAT      | LABTEST | LABRES  | LABU   | LOREF | HIREF
                05/03/2024 | WBC     | 3,2     | 10^9/L | 4,0   | 10,5
                06/03/2024 | WBC     | 1,250   | 10^9/L | 1,250 |
                07/03/2024 | WBC     | 1.250,5 | 10^9/L |       |
                """
        }
    )
    cohort = write_raw(variant, {"R30": case}, tmp_path / "raw")
    problems = Problems()
    inputs = read_inputs(variant, cohort.folder, problems)
    made = build(plan(variant, ["LB"]), inputs.parts(), problems)
    assert [str(problem) for problem in problems.errors] == []
    assert records(made, "LB", "101", column_names(STANDARD)) == table(STANDARD)


STANDARD = """
    LBORRES | LBSTRESC | LBSTRESN | LBSTNRLO | LBSTNRHI | LBNRIND
    3,2     | 3.2      | 3.2      | 4        | 10.5     | LOW
    1,250   | 1.250    | 1.25     | 1.25     |          | NORMAL
    1.250,5 | 1250.5   | 1250.5   |          |          |
    """
