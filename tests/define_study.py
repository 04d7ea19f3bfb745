"""A small study with a form, a vendor's file, value level and two analysis datasets."""

from datetime import datetime
from pathlib import Path

from studies import Result, built, write_study

CREATED = datetime(2025, 7, 1, 12, 0, 0)

STUDY = """
    protocol: TST-01
    settings: {cutoff: "2025-06-30", country: CHN}
    raw:
      defaults: {subject: SUBJ}
      dem: {file: dem.csv, page: 2}
      ae:  {file: ae.csv, page: 30}
      lab: {file: lab.csv, page: 12, order: dmy}
      kit: {file: kit.csv}
    codelists:
      RACE:
        base: RACE
        columns: [collected, value]
        rows: [[Asian, ASIAN], [several, MULTIPLE]]
        reason: More than one race was ticked.
"""

DM = """
    dataset: DM
    keys: [STUDYID, USUBJID]
    records:
      - from: dem
    working:
      begun: {recode: dem.GIVEN, codelist: NY}
    variables:
      SUBJID:  source.SUBJID
      RFSTDTC: {iso8601: [dem.STDAT], where: begun == "Y"}
      DTHFL:   {exists: AE.AETERM, among: AE.AEOUT == "FATAL"}
      SITEID:  {constant: "01"}
      AGE:     {number: dem.AGE}
      AGEU:    {constant: YEARS}
      SEX:     {recode: dem.SEX}
      RACE:    {recode: dem.RACE}
      ARMCD:   {constant: CART}
      ARM:     {decode: ARMCD}
      ARMNRS:  {constant: null}
      COUNTRY: study.country
    supp:
      DOSELVL: {copy: dem.DOSE, label: Assigned Dose Level}
    codelists:
      ARMCD: {columns: [value, decode], rows: [[CART, CAR-T Cells]]}
      DOSELVL: {columns: [value], rows: [[DL1], [DL2]]}
"""

AE = """
    dataset: AE
    keys: [STUDYID, USUBJID, AEDECOD, AESPID]
    comment: Events from first infusion on.
    records:
      - from: ae
    working:
      verbatim: {clean: ae.TERM, case: upper}
      serious:  {recode: ae.SER, codelist: NY}
    variables:
      AESPID:  ae.NO
      AETERM:  verbatim
      AEDECOD: {lookup: [verbatim], table: coding, give: PT, otherwise: UNCODED, origin: Assigned}
      AESER:
        cases:
          - {when: AEOUT == "FATAL", value: "Y"}
        otherwise: {take: serious}
      AEREL:   {recode: ae.REL, comment: As judged by the investigator.}
      AEOUT:   {recode: ae.OUT}
      AESTDTC: {iso8601: [ae.STDAT]}
      AESTDY:  {study_day: AESTDTC}
    supp:
      AEDLT:   {recode: ae.DLT, codelist: NY, label: Dose Limiting Toxicity}
    tables:
      coding: {columns: [TERM, PT], rows: [[FEVER, Pyrexia]]}
    codelists:
      AEREL:
        columns: [collected, value]
        rows: [["yes", RELATED], ["no", NOT RELATED], [maybe, POSSIBLY RELATED]]
"""

LB = """
    dataset: LB
    keys: [STUDYID, USUBJID, LBTESTCD, LBDTC]
    records:
      - name: local
        from: lab
        set:
          test:  lab.TEST
          found: lab.RES
          unit:  lab.UNIT
          LBDTC: {iso8601: [lab.DAT]}
      - name: cytokines
        from: kit
        transpose: {into: [test, found], rows: [[INTLK6, IL6], [AUERRODS, AUER]]}
        where: not missing(found)
        set:
          unit:  {constant: ng/L, where: test == "INTLK6"}
          LBDTC: kit.DAT
    variables:
      LBTESTCD: test
      LBTEST:   {decode: LBTESTCD}
      LBORRES:  {parse_result: found, part: original}
      LBORRESU: {recode: unit, codelist: UNIT}
      LBSTRESC: LBORRES
      LBSTRESN: {number: LBSTRESC, unreadable: missing}
      LBDTC:    from records
    value_level:
      - {by: [LBTESTCD], variables: [LBORRES, LBORRESU, LBSTRESN]}
"""

ADSL = """
    dataset: ADSL
    keys: [STUDYID, USUBJID]
    records:
      - from: DM
    working:
      cutoff: {date: study.cutoff}
    variables:
      SUBJID:  DM.SUBJID
      AGE:     DM.AGE
      AGEGR1:
        cases:
          - {when: AGE < 65, value: "<65"}
        otherwise: ">=65"
        label: Pooled Age Group 1
      RACE:    DM.RACE
      DOSELVL: {copy: DM.DOSELVL, label: Dose Level}
      TRTSDT:  {date: DM.RFSTDTC}
      DCUTDT:  {copy: cutoff, label: Data Cut-off Date}
      SAFFL:   {flag: not missing(TRTSDT), no: "N"}
"""

ADLB = """
    dataset: ADLB
    keys: [STUDYID, USUBJID, PARAMCD, ADT, SRCSEQ]
    records:
      - name: measured
        from: LB
        where: not missing(LB.LBSTRESN)
        set:
          PARAMCD: LB.LBTESTCD
          AVAL:    LB.LBSTRESN
          ADT:     {date: LB.LBDTC}
          SRCSEQ:  LB.LBSEQ
      - name: flags
        from: ADSL
        for_each:
          columns: [paramcd, tests]
          rows: [[ANYHIGH, [ALT, AST]], [ANYIL6, [INTLK6]]]
        where: ADSL.SAFFL == "Y"
        set:
          PARAMCD: each.paramcd
          seen:    {largest: ADLB.AVAL, among: ADLB.PARAMCD in each.tests}
          AVAL:
            cases:
              - {when: seen > 40 and each.paramcd == "ANYHIGH", value: 1}
              - {when: seen > 10 and each.paramcd == "ANYIL6", value: 1}
            otherwise: 0
          AVALC:   {flag: AVAL == 1, no: "N"}
      - name: peak
        from: ADLB
        where: ADLB.PARAMCD == "ALT"
        keep: {first: [-ADLB.AVAL, ADLB.ADT]}
        set:
          PARAMCD: {constant: PKALT}
          AVAL:    ADLB.AVAL
          ADT:     ADLB.ADT
    variables:
      PARAM:   {decode: PARAMCD}
      PARAMCD: from records
      AVAL:    from records
      AVALC:   from records
      ADT:     from records
      ADY:     {study_day: ADT, since: ADSL.TRTSDT}
      SRCSEQ:  from records
    value_level:
      - {by: [PARAMCD], variables: [AVAL, AVALC, ADT]}
    codelists:
      PARAMCD:
        columns: [value, decode]
        rows: [[ALT, Alanine Aminotransferase (U/L)], [INTLK6, Interleukin 6 (ng/L)],
               [ANYHIGH, Any High Value], [ANYIL6, Any High Interleukin 6],
               [PKALT, Peak Alanine Aminotransferase]]
"""

RAW = {
    "dem": """
        SUBJ,STDAT,GIVEN,AGE,SEX,RACE,DOSE
        1,2024-01-05,Yes,44,F,Asian,DL1
        2,2024-02,Yes,71,M,several,
    """,
    "ae": """
        SUBJ,NO,TERM,SER,REL,OUT,STDAT,DLT
        1,1,fever,N,yes,RECOVERED/RESOLVED,2024-01-06,N
        2,1,cough  of  days,N,no,FATAL,2024-02,
    """,
    "lab": """
        SUBJ,TEST,RES,UNIT,DAT
        1,ALT,35,U/L,05/01/2024
        1,ALT,47,U/L,06/01/2024
        2,ALT,12,U/L,07/02/2024
    """,
    "kit": """
        SUBJ,IL6,AUER,DAT
        1,2.5,Absent,2024-01-06
        2,<1,present,2024-02-07
    """,
}

FILES = {"study": STUDY, "dm": DM, "ae": AE, "lb": LB, "adsl": ADSL, "adlb": ADLB}


def small_study(folder: Path) -> Result:
    """The study built; it has no problem but notes and warnings."""
    result = built(write_study(folder / "small", FILES, RAW))
    assert not result.problems.errors, "\n".join(map(str, result.problems.errors))
    return result
