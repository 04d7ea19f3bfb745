"""A small whole study that builds without errors: two subjects, three domains, and ADSL apart."""

from pathlib import Path

from studies import write_study

STUDY = """
settings: {cutoff: "2024-12-31"}
raw:
  defaults: {subject: SUBJ}
  dm: {file: dm.csv, page: 1}
  vs: {file: vs.csv, page: 2, date: [DAY], unused: [EXTRA]}
  ae: {file: ae.csv, page: 3, duplicates: [NO]}
"""
DM = """
dataset: DM
keys: [STUDYID, USUBJID]
records:
  - name: people
    from: dm
variables:
  SUBJID:  source.SUBJID
  RFSTDTC: {iso8601: [dm.START]}
  SITEID:  {constant: "01"}
  SEX:     {recode: dm.SEX}
  COUNTRY: {constant: CHN}
"""
VS = """
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD, VSDTC]
records:
  - name: pressures
    from: vs
    transpose:
      into: [test, result]
      rows: [[SYSBP, SBP], [DIABP, DBP]]
    where: not missing(result)
    set: {VSTESTCD: test, VSORRES: result}
  - name: means
    from: vs
    one_per: [vs.DAY]
    where: not missing(vs.SBP)
    set:
      VSTESTCD: {constant: MAP}
      VSORRES:  {last: vs.SBP, order: [vs.row]}
variables:
  VSTESTCD: from records
  VSTEST:   {decode: VSTESTCD}
  VSORRES:  from records
  VSLOBXFL: {last_before: VSDTC, before: DM.RFSTDTC, by: [VSTESTCD]}
  VSDTC:    {iso8601: [vs.DAY]}
  VSDY:     {study_day: VSDTC}
"""
AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records:
  - name: pages
    from: ae
working:
  pressure:
    last: VS.VSORRES
    among: VS.VSTESTCD == "SYSBP" and VS.VSDTC <= AESTDTC
    order: [VS.VSDTC]
variables:
  AETERM:  ae.TERM
  AEDECOD: {clean: ae.TERM, case: upper}
  AESER:   {recode: ae.SER}
  AESTDTC: {iso8601: [ae.START]}
  AESTDY:  {study_day: AESTDTC}
supp:
  AEBP: {copy: pressure, label: Last Blood Pressure before Onset}
"""
ADSL = """
dataset: ADSL
label: Subject-Level Analysis Dataset
keys: [STUDYID, USUBJID]
records:
  - name: subjects
    from: DM
variables:
  SUBJID:  DM.SUBJID
  SITEID:  DM.SITEID
  SEX:     DM.SEX
  AGE:     {constant: null}
  AGEU:    {constant: null}
  RACE:    {constant: null}
  ARM:     {constant: null}
  TRT01P:  {constant: null}
  EVENTS:  {count: AE.AETERM, label: Number of Events}
  LASTDT:  {last_date: [AE.AESTDTC, VS.VSDTC], label: Last Date}
"""
RAW = {
    "dm": "SUBJ,SEX,START\n1,Male,2024-01-10\n2,F,2024-02-10\n",
    "vs": (
        "SUBJ,DAY,SBP,DBP,EXTRA,SPARE\n"
        "1,2024-01-09,120,80,a,x\n"
        "1,2024-01-10,130,,b,x\n"
        "1,2024-01-12,110,70,c,x\n"
        "2,2024-02-11,140,90,d,x\n"
    ),
    "ae": (
        "SUBJ,NO,TERM,SER,START\n"
        "1,1,Headache,N,2024-01-11\n"
        "1,2,Nausea,Y,2024-01-12\n"
        "1,2,Nausea,Y,2024-01-12\n"
        "2,1,=cmd(),N,2024-02\n"
    ),
}
FILES = {"study": STUDY, "dm": DM, "vs": VS, "ae": AE}


def small_study(folder: Path, **changed: str) -> Path:
    """The study in a folder; files named replace or join those that it has."""
    return write_study(folder, {**FILES, **changed}, RAW)
