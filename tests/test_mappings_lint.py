"""Lint: a clean study, and that study with one thing wrong at a time."""

from pathlib import Path

import pytest

from mappings.lint import lint, lint_columns
from mappings.loader import load_study
from mappings.model import Study
from submission.catalogue import catalogue

STUDY = r"""
study: TST
name: A Study for Tests
standards: {SDTMIG: "3.4", ADAMIG: "1.3", SDTM CT: "2025-03-28", ADaM CT: "2025-03-28"}
results: results.yaml
settings: {cutoff: "2025-06-30"}
subjects:
  id: [study, subject]
  patterns: ['^(?P<subject>\d{1,3})$']
  widths: {subject: 3}
  same_person: {form: dem, number: SCRNO, previous: PREVNO}
raw:
  defaults: {subject: SUBJ, site: SITE, visit: VISIT}
  dem: {file: dem.csv}
  evt: {file: evt.csv, order: dmy}
  vit: {file: vit.csv, date: [DAY]}
  inf: {file: inf.csv, visit: null}
identifiers:
  sdtm: {STUDYID: study.study, USUBJID: source.USUBJID}
  adam: {STUDYID: study.study, USUBJID: source.USUBJID, TRTP: ADSL.TRT01P}
tables:
  visits:
    columns: [VISITNUM, VISIT, VISITDY, labels]
    rows: [[1, SCREENING, -7, [SCR]], [2, DAY 1, 1, [D1, BASE]]]
codelists:
  ARMCD: {columns: [value, decode], rows: [[DRUG, Study Drug]]}
  ACTARMCD: {same: ARMCD}
datasets: [tv, dm, sv, ex, ae, vs, adsl, advs]
"""
TV = """
dataset: TV
keys: [STUDYID, VISITNUM, ARMCD]
records:
  - name: planned
    from: visits
variables:
  VISITNUM: visits.VISITNUM
  VISIT:    visits.VISIT
  VISITDY:  visits.VISITDY
  ARMCD:    {constant: null}
  TVSTRL:   {template: "day {visits.VISITDY}"}
"""
DM = """
dataset: DM
keys: [STUDYID, USUBJID]
records:
  - name: screened
    from: dem
    keep: {last: [dem.row]}
working:
  given: {exists: EX.EXTRT, among: EX.EXDOSE > 0}
variables:
  SUBJID:   source.SUBJID
  RFSTDTC:  {earliest: EX.EXSTDTC}
  RFENDTC:  {latest: [EX.EXSTDTC, EX.EXENDTC]}
  RFXSTDTC: RFSTDTC
  RFXENDTC: RFENDTC
  RFICDTC:  {iso8601: [dem.CONSENT]}
  RFPENDTC: RFENDTC
  DTHDTC:   {constant: null}
  DTHFL:    {constant: null}
  SITEID:   source.SITEID
  AGE:      {number: dem.AGE}
  AGEU:     {constant: YEARS, where: not missing(AGE)}
  SEX:      {recode: dem.SEX}
  RACE:     {recode: dem.RACE, codelist: RACE}
  ARMCD:    {constant: DRUG}
  ARM:      {decode: ARMCD}
  ACTARMCD: {constant: DRUG, where: given == "Y"}
  ACTARM:   {decode: ACTARMCD}
  ARMNRS:   {constant: NOT ASSIGNED, where: missing(given)}
  ACTARMUD: {constant: null}
  COUNTRY:  {constant: CHN}
supp:
  SCRNO:    {copy: dem.SCRNO, label: Screening Number}
"""
SV = """
dataset: SV
keys: [STUDYID, USUBJID, VISITNUM]
records:
  - name: register
    visits: all
    table: visits
    unscheduled: [UNS]
    carry: {why: vit.REASON}
variables:
  VISITNUM: from records
  VISIT:    from records
  SVPRESP:  {constant: "Y", where: VISITNUM < 3}
  SVOCCUR:  {flag: not missing(SVSTDTC), where: SVPRESP == "Y"}
  SVREASOC: why
  VISITDY:  {visit_day: VISITNUM}
  SVSTDTC:  from records
  SVENDTC:  from records
"""
EX = """
dataset: EX
keys: [STUDYID, USUBJID, EXTRT, EXSTDTC]
records:
  - name: infusions
    from: inf
    one_per: [inf.INFNO]
    set:
      first_bag: {first: inf.BAG, order: [inf.row]}
      start:     {first: inf.DAY, order: [inf.row]}
working:
  planned: {constant: 100}
variables:
  EXLNKID:  inf.INFNO
  EXTRT:    {constant: STUDY DRUG}
  EXDOSE:   {copy: planned}
  EXDOSU:   {constant: mg}
  EXDOSFRM: {constant: TABLET}
  EXDOSFRQ: {constant: ONCE}
  EXROUTE:  {constant: ORAL}
  EXLOT:    first_bag
  EPOCH:    {constant: TREATMENT}
  EXSTDTC:  {iso8601: [start]}
  EXENDTC:  EXSTDTC
"""
AE = """
dataset: AE
keys: [STUDYID, USUBJID, AEDECOD, AESTDTC, AESPID]
records:
  - name: reported
    from: evt
working:
  serious: {recode: evt.SERIOUS, codelist: NY}
variables:
  AESPID:   evt.NO
  AETERM:   {clean: evt.TERM}
  AELLT:    {constant: null}
  AELLTCD:  {constant: null}
  AEDECOD:  {lookup: [evt.TERM], table: coding, give: PT, otherwise: UNCODED}
  AEPTCD:   {lookup: [evt.TERM], table: coding, give: code, otherwise: missing}
  AEHLT:    {constant: null}
  AEHLTCD:  {constant: null}
  AEHLGT:   {constant: null}
  AEHLGTCD: {constant: null}
  AEBODSYS: {constant: null}
  AEBDSYCD: {constant: null}
  AESOC:    {constant: null}
  AESOCCD:  {constant: null}
  AESEV:
    cases:
      - {when: evt.SEV == "1", value: MILD}
      - {when: evt.SEV == "2", value: MODERATE}
    otherwise: SEVERE
  AESER:    {copy: serious}
  AEACN:    {constant: DOSE NOT CHANGED, where: serious == "N"}
  AEREL:    {recode: evt.REL, codelist: RELATED}
  EPOCH:    {constant: TREATMENT}
  AESTDTC:  {iso8601: [evt.START]}
  AEENDTC:  {iso8601: [evt.END]}
  AESTDY:   {study_day: AESTDTC}
tables:
  coding:
    columns: [TERM, PT, code]
    rows: [[headache, Headache, 10019211], [head ache, Headache, 10019211]]
codelists:
  RELATED: {columns: [collected, value], rows: [[yes, RELATED], [no, NOT RELATED]]}
"""
VS = """
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD, VSDTC]
records:
  - name: measured
    from: vit
    transpose:
      into: [test, result]
      rows: [[SYSBP, SBP], [DIABP, DBP]]
    where: not missing(result)
    set:
      VSTESTCD: test
      VSORRES:  result
  - name: weighed
    from: vit
    keep: {first: [vit.DAY], by: [VSTESTCD]}
    set:
      VSTESTCD: {constant: WEIGHT}
      VSORRES:  vit.WEIGHT
working:
  units: {lookup: [VSTESTCD], table: units_of, give: unit}
  order_no: {number_within: [VSDTC], by: [VSTESTCD]}
variables:
  VSTESTCD: from records
  VSTEST:   {decode: VSTESTCD}
  VSORRES:  from records
  VSORRESU: {copy: units, where: not missing(VSORRES)}
  VSSTRESC: VSORRES
  VSSTRESN: {number: VSSTRESC}
  VSSTRESU: VSORRESU
  VSLOBXFL: {last_before: VSDTC, before: DM.RFXSTDTC, by: [VSTESTCD]}
  VISITNUM: {visit_number: source.VISIT, date: VSDTC}
  VSDTC:    {iso8601: [vit.DAY]}
  VSDY:     {study_day: VSDTC}
value_level:
  - {by: [VSTESTCD], variables: [VSORRES, VSSTRESN]}
checks:
  - {must: VSSTRESN > 0, where: not missing(VSSTRESN), message: not above zero}
  - {must: order_no > 0, message: no order}
tables:
  units_of:
    columns: [VSTESTCD, unit]
    rows: [[SYSBP, mmHg], [DIABP, mmHg], [WEIGHT, kg]]
"""
ADSL = """
dataset: ADSL
keys: [STUDYID, USUBJID]
records:
  - name: subjects
    from: DM
variables:
  SUBJID:  DM.SUBJID
  SITEID:  DM.SITEID
  AGE:     DM.AGE
  AGEU:    DM.AGEU
  SEX:     DM.SEX
  RACE:    DM.RACE
  ARM:     DM.ARM
  TRT01P:  DM.ARM
  TRTSDT:  {date: DM.RFXSTDTC}
  DCUTDT:  {date: study.cutoff, label: Date of Data Cut-off}
  SAFFL:   {flag: not missing(TRTSDT), no: "N"}
"""
ADVS = """
dataset: ADVS
label: Vital Signs Analysis Dataset
keys: [STUDYID, USUBJID, PARAMCD, ADT, DTYPE]
records:
  - name: observed
    from: VS
    set:
      PARAMCD: VS.VSTESTCD
      AVAL:    VS.VSSTRESN
      ADT:     {date: VS.VSDTC}
      DTYPE:   {constant: null}
      chosen:  {flag_first: [ADT], by: [PARAMCD]}
  - name: highest
    from: ADSL
    for_each:
      columns: [paramcd, codes]
      rows: [[MAXSYS, [SYSBP]], [MAXDIA, [DIABP]]]
    set:
      PARAMCD: each.paramcd
      AVAL:    {largest: ADVS.AVAL, among: ADVS.PARAMCD in each.codes}
      ADT:     ADSL.TRTSDT
      DTYPE:   {constant: MAXIMUM}
variables:
  PARAM:   {decode: PARAMCD}
  PARAMCD: from records
  AVAL:    from records
  ADT:     from records
  ADY:     {study_day: ADT, since: ADSL.TRTSDT}
  DTYPE:   from records
  AVALCAT1: {lookup_between: AVAL, table: ranges, low: low, high: high, give: category}
  ANL01FL: {flag_last: [ADT], by: [PARAMCD], over: observed}
  ANL02FL: chosen
tables:
  ranges:
    columns: [low, high, category]
    rows: [[0, 99, LOW], [100, null, HIGH]]
codelists:
  PARAMCD:
    columns: [value, decode]
    rows: [[SYSBP, Systolic], [DIABP, Diastolic], [WEIGHT, Weight],
           [MAXSYS, Highest Systolic], [MAXDIA, Highest Diastolic]]
"""
FILES = {
    "study": STUDY, "tv": TV, "dm": DM, "sv": SV, "ex": EX, "ae": AE, "vs": VS, "adsl": ADSL,
    "advs": ADVS,
}  # fmt: skip
HERE = "»"  # stands before the word that a problem must point at


def write(folder: Path, files: dict[str, str]) -> Study:
    folder.mkdir()
    (folder / "results.yaml").write_text("", encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text.lstrip(), encoding="utf-8")
    return load_study(folder, catalogue())


def changed(name: str, old: str, new: str) -> tuple[dict[str, str], str]:
    """The files with one text changed, and the place of the mark in it.

    Where two texts change together, ``...`` stands between them.
    """
    text = FILES[name].lstrip()
    for before, after in zip(old.split("..."), new.split("..."), strict=True):
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times"
        text = text.replace(before, after)
    at = text.index(HERE)
    place = f"tst/{name}.yaml:{text[:at].count(chr(10)) + 1}:{at - text.rfind(chr(10), 0, at)}"
    return {**FILES, name: text.replace(HERE, "", 1)}, place


def found(study: Study) -> list[tuple[str, str, str]]:
    return [(problem.code, str(problem.mark), problem.hint) for problem in lint(study)]


def assert_only(tmp_path: Path, name: str, old: str, new: str, code: str, hint: str) -> None:
    """One problem, at the mark, with the hint where one is given.

    A change may leave a private column that nothing reads; that is told apart from the mistake.
    """
    files, place = changed(name, old, new)
    problems = found(write(tmp_path / "tst", files))
    problems = [problem for problem in problems if code == "RF213" or problem[0] != "RF213"]
    assert [problem[:2] for problem in problems] == [(code, place)]
    assert not hint or problems[0][2] == hint


def test_a_clean_study_has_no_problems(tmp_path):
    assert [str(problem) for problem in lint(write(tmp_path / "tst", FILES))] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("ae", "study_day: AESTDTC", "study_day: »AESTDT", "RF202",
                     "did you mean AESTDTC?", id="a variable that is misspelled"),
        pytest.param("ae", "where: serious ==", "where: »serius ==", "RF202",
                     "did you mean serious?", id="a working column in a condition"),
        pytest.param("dm", "RFSTDTC:  {earliest: EX.EXSTDTC}",
                     "RFSTDTC:  {earliest: »EX.EXSTDT}", "RF202", "did you mean EXSTDTC?",
                     id="a variable of another dataset"),
        pytest.param("dm", "earliest: EX.EXSTDTC}", "earliest: »EXX.EXSTDTC}", "RF202",
                     "did you mean EX?", id="a dataset that is not there"),
        pytest.param("dm", "among: EX.EXDOSE > 0", "among: »EX.EXDOSES > 0", "RF202",
                     "did you mean EXDOSE?", id="a name in among:"),
        pytest.param("vs", "must: VSSTRESN > 0", "must: »VSSTRESNN > 0", "RF202",
                     "did you mean VSSTRESN?", id="a name in a check"),
        pytest.param("vs", "where: not missing(result)", "where: not missing(»results)", "RF202",
                     "did you mean result?", id="a name in where: of a block"),
        pytest.param("vs", "keep: {first: [vit.DAY], by: [VSTESTCD]}",
                     "keep: {first: [-vit.DAY], by: [»VSTESTC]}", "RF202", "did you mean VSTESTCD?",
                     id="a name in keep:"),
        pytest.param("tv", '"day {visits.VISITDY}"', '"day {»visits.VISITD}"', "RF206",
                     "did you mean VISITDY?", id="a table column in a template"),
        pytest.param("adsl", "date: study.cutoff", "date: »study.cutof", "RF202",
                     "did you mean cutoff?", id="a setting"),
        pytest.param("advs", "PARAMCD: each.paramcd", "PARAMCD: »each.paramc", "RF206",
                     "did you mean paramcd?", id="a cell of for_each:"),
        pytest.param("advs", "PARAMCD: VS.VSTESTCD", "PARAMCD: »each.paramcd", "RF204", "",
                     id="each in a block without for_each:"),
        pytest.param("ae", "iso8601: [evt.START]", "iso8601: [»vit.DAY]", "RF204",
                     "look through it with an aggregate, as in {last: …}",
                     id="a column of a form this record is not made from"),
        pytest.param("ex", "EXLNKID:  inf.INFNO", "EXLNKID:  »inf.BAG", "RF204",
                     "list it in one_per: or use an aggregate",
                     id="the value of one row of a group"),
        pytest.param("advs", "AVAL:    VS.VSSTRESN", "AVAL:    »ADVS.AVAL", "RF204",
                     "look through them with an aggregate, as in {only: …}",
                     id="other records of the same dataset as one value"),
        pytest.param("advs", "AVAL:    VS.VSSTRESN", "AVAL:    {largest: »ADVS.AVAL}", "RF204", "",
                     id="the blocks above in the first block"),
        pytest.param("dm", "given: {exists: EX.EXTRT,", "given: {exists: »EX.planned,", "RF204",
                     "give it a variable or a supp: name there",
                     id="a working column of another dataset"),
        pytest.param("ae", "EPOCH:    {constant: TREATMENT}",
                     "EPOCH:    {copy: »TV.VISIT}", "RF204",
                     "look through it with an aggregate, as in {only: …}",
                     id="a trial-design dataset as the record of a subject"),
        pytest.param("tv", "VISIT:    visits.VISIT\n", "VISIT:    »source.VISTI\n", "RF204",
                     "did you mean VISIT?", id="a column that the source does not have"),
        pytest.param("ex", "EXTRT:    {constant: STUDY DRUG}",
                     "EXTRT:    {constant: STUDY DRUG, where: not missing(»source.VISIT)}",
                     "RF203", "", id="the visit of a form that declares none"),
        pytest.param("ae", "[evt.START]", "[evt.START, evt.NO, »evt.SEV]", "SP106",
                     "iso8601_parts takes year, month and day from a column each",
                     id="a date in three columns"),
        pytest.param("advs", "over: observed", "over: »observd", "RF202", "did you mean observed?",
                     id="a block in over:"),
        pytest.param("dm", "RFENDTC:  {latest: [EX.EXSTDTC, EX.EXENDTC]}",
                     "RFENDTC:  {latest: [EX.EXSTDTC, AE.AEENDTC], among: »EX.EXDOSE > 0}",
                     "RF204", "write it in the items, as {of: …, among: …}",
                     id="one among: for items of two datasets"),
        pytest.param("sv", "carry: {why: vit.REASON}", "carry: {why: »vitals.REASON}", "RF202",
                     "did you mean vit?", id="a form that is carried along"),
        pytest.param("sv", "{why: vit.REASON}", "{why: »REASON}", "RF202", "",
                     id="a column that is carried along without its form"),
        pytest.param("sv", "SVSTDTC:  from records", "SVSTDTC:  »records", "RF202", "",
                     id="a body that no block uses"),
        pytest.param("vs", "{lookup: [VSTESTCD],", "{lookup: »[],", "SP105", "",
                     id="a list with nothing in it"),
        pytest.param("dm", "EX.EXDOSE > 0}", "EX.EXDOSE > »SV.visitno}", "RF202", "",
                     id="a name of another dataset in among:"),
    ],
)  # fmt: skip
def test_names_that_mean_nothing_here(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("ae", "from: evt", "from: »event", "RF202", "did you mean evt?",
                     id="a block from what is not there"),
        pytest.param("ae", "from: evt", "from: »AE", "RF204", "",
                     id="the first block from its own dataset"),
        pytest.param("tv", "from: visits", "from: »evt", "RF204", "",
                     id="trial design from rows of subjects"),
        pytest.param("tv", "ARMCD:    {constant: null}", "ARMCD:    {only: »evt.ARM}", "RF204", "",
                     id="trial design that looks through rows of subjects"),
        pytest.param("tv", "ARMCD:    {constant: null}", "ARMCD:    »DM.ARMCD", "RF204",
                     "look through it with an aggregate, as in {only: …}",
                     id="trial design that takes the record of a subject"),
        pytest.param("advs", "from: VS\n", "from: VS\n    transpose: {into: [code, value_text],"
                     " rows: [[A, »VSORRS]]}\n    where: code == value_text\n", "RF202",
                     "did you mean VSORRES?",
                     id="a transposed column that a dataset does not have"),
        pytest.param("advs", "    from: VS\n    set:",
                     '    from: VS\n    where: »chosen == "Y"\n    set:',
                     "RF201", "", id="a where: that needs the records it chooses"),
        pytest.param("advs", "    from: VS\n    set:",
                     "    from: VS\n    keep: {first: [ADT], by: [»chosen]}\n    set:", "RF201", "",
                     id="a keep: that needs the records it chooses"),
        pytest.param("vs", "VSORRES:  result\n", "VSORRES:  {text: »order_no}\n", "RF204",
                     "set it in the block, or give it over:",
                     id="a block that reads what looks at all records"),
        pytest.param("dm", "RFENDTC:  {latest: [EX.EXSTDTC, EX.EXENDTC]}",
                     "RFENDTC:  »RFPENDTC", "RF201", "",
                     id="a circle of two variables"),
    ],
)  # fmt: skip
def test_blocks_and_their_order(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


def test_a_circle_names_everything_on_it_with_its_place(tmp_path):
    files, _ = changed("dm", "RFENDTC:  {latest: [EX.EXSTDTC, EX.EXENDTC]}", "RFENDTC: »RFPENDTC")
    (problem,) = lint(write(tmp_path / "tst", files))
    assert problem.message == (
        "circular: DM(screened).RFENDTC (tst/dm.yaml:12:12) ->"
        " DM(screened).RFPENDTC (tst/dm.yaml:16:13) -> DM(screened).RFENDTC"
    )


def test_trial_design_that_counts_subjects_is_not_read_by_their_datasets(tmp_path):
    files, place = changed(
        "dm", "COUNTRY:  {constant: CHN}", "COUNTRY:  {only: »TV.TVSTRL, among: TV.VISITNUM == 1}"
    )
    files["tv"] = TV.replace(
        'TVSTRL:   {template: "day {visits.VISITDY}"}', "TVSTRL:   {first: DM.SEX, order: [DM.SEX]}"
    )
    assert ("RF204", place, "") in found(write(tmp_path / "tst", files))


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("dm", "working:\n", "working:\n  »count: {exists: EX.EXTRT}\n", "SP111", "",
                     id="a working column named like an operation"),
        pytest.param("ae", "working:\n", "working:\n  »label: {clean: evt.TERM}\n", "SP111", "",
                     id="a working column named like a word of the language"),
        pytest.param("vs", "into: [test, result]...SYSBP, SBP], [DIABP, DBP]",
                     "into: [test, result, »value]...SYSBP, SBP, A], [DIABP, DBP, B]", "SP111", "",
                     id="a transposed name that is a word of the language"),
        pytest.param("study", "  inf: {file: inf.csv, visit: null}",
                     "  inf: {file: inf.csv, visit: null}\n  »source: {file: s.csv}", "SP111", "",
                     id="a raw form named like a word of the language"),
        pytest.param("ae", "tables:\n",
                     "tables:\n  »rows: {columns: [a], rows: [[x]]}\n", "SP111", "",
                     id="a table named like a word of the language"),
        pytest.param("study", "  visits:\n", "  »Labels: {columns: [a], rows: [[x]]}\n  visits:\n",
                     "SP111", "", id="a table that looks like a dataset"),
        pytest.param("vs", "VSORRES:  vit.WEIGHT", "VSORRES:  vit.WEIGHT\n      »VSORESU: units",
                     "RF202", "did you mean VSORRESU?", id="a variable that is set and lost"),
        pytest.param("ae", "[STUDYID, USUBJID, AEDECOD,", "[STUDYID, USUBJID, »AEDECD,", "ST406",
                     "did you mean AEDECOD?", id="a key that is no variable"),
        pytest.param("vs", "{by: [VSTESTCD],", "{by: [»VSTESTC],", "RF202",
                     "did you mean VSTESTCD?", id="value level by what is not there"),
        pytest.param("vs", "{by: [VSTESTCD],", "{»by: [],", "SP105", "",
                     id="value level by nothing"),
        pytest.param("vs", "variables: [VSORRES, VSSTRESN]}", "variables: [VSORRES, »units]}",
                     "RF202", "", id="value level of a private column"),
        pytest.param("advs", "      DTYPE:   {constant: null}\n...DTYPE:   from records",
                     "...DTYPE:   »from records", "RF211", "",
                     id="a block that does not fill a variable"),
        pytest.param("ex", "EXTRT:    {constant: STUDY DRUG}", "EXTRT:    »from records", "ST403",
                     "", id="a Required variable that no block fills"),
    ],
)  # fmt: skip
def test_names_of_sections(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


def test_a_name_under_variables_and_supp(tmp_path):
    files, place = changed("dm", "supp:\n", "supp:\n  »SEX: {copy: dem.SEX, label: Sex}\n")
    problems = found(write(tmp_path / "tst", files))
    assert [problem[:2] for problem in problems] == [("SP112", place), ("ST407", place)]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("ae", "AESEV:\n", "»AESEVX:   {constant: null}\n  AESEV:\n", "ST401",
                     "did you mean AESEV?",
                     id="a variable that the standard does not know"),
        pytest.param("vs", "  VSDY:     {study_day: VSDTC}\n", "  VSDY:     {study_day: VSDTC}\n"
                     "  »VSPOS:    {constant: SITTING}\n", "ST402", "",
                     id="a variable out of the standard's order"),
        pytest.param("ae", "keys: [...  AESOC:    {constant: null}\n", "keys: »[...", "ST409",
                     "{constant: null} keeps it without values",
                     id="an Expected variable that is not there"),
        pytest.param("adsl", "keys: [...  RACE:    DM.RACE\n", "keys: »[...", "ST403", "",
                     id="a Required variable that is not there"),
        pytest.param("advs", "label: Vital Signs Analysis Dataset\nkeys: [", "keys: »[", "ST408",
                     "say label:", id="a dataset without a label"),
        pytest.param("adsl", "label: Date of Data Cut-off}", "label: »Date of Data Données}",
                     "ST404", "", id="a label that is not ASCII"),
        pytest.param("adsl", "DCUTDT:  {date: study.cutoff, label: Date of Data Cut-off}",
                     "»DCUTDT:  {date: study.cutoff}", "ST408", "say label:",
                     id="a variable of the study without a label"),
        pytest.param("dm", "  SCRNO:    {copy: dem.SCRNO, label: Screening Number}",
                     "  »SCRNO:    dem.SCRNO", "ST408",
                     "say label:", id="a supplemental qualifier without a label"),
        pytest.param("dm", "  SCRNO:    {", "  »DMDTC:    {", "ST407", "put it under variables:",
                     id="a supplemental qualifier that is a variable of the guide"),
        pytest.param("adsl", "  SAFFL:", "supp:\n  »GROUP: {constant: A, label: Group}\n"
                     "working:\n  saffl:", "SP103", "put it under variables:",
                     id="supplemental qualifiers of an analysis dataset"),
        pytest.param("ae", "{clean: evt.TERM}", f"{{constant: »{'word ' * 41}}}", "ST404", "",
                     id="a constant that is longer than 200 bytes"),
    ],
)  # fmt: skip
def test_the_standard(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("ae", "table: coding, give: PT", "table: »codings, give: PT", "RF206",
                     "did you mean coding?", id="a table that is not there"),
        pytest.param("ae", "give: PT,", "give: »PTT,", "RF206", "did you mean PT?",
                     id="a column to give that is not there"),
        pytest.param("vs", "table: units_of, give: unit}",
                     "table: units_of, keys: [»VSTEST], give: unit}", "RF206",
                     "did you mean VSTESTCD?", id="a key column that is not there"),
        pytest.param("vs", "lookup: [VSTESTCD], table: units_of, give: unit}",
                     "lookup: [VSTESTCD], table: units_of, keys: »[VSTESTCD, unit], give: unit}",
                     "RF206", "", id="more keys than values"),
        pytest.param("vs", "table: units_of, give: unit}...[WEIGHT, kg]",
                     "table: »units_of, give: unit}...[weight, kg], [WEIGHT, kg]", "RF212", "",
                     id="a key in two rows"),
        pytest.param("advs", "table: ranges...[0, 99, LOW]", "table: »ranges...[0, 120, LOW]",
                     "RF212", "", id="ranges that overlap"),
        pytest.param("advs", "low: low, high: high", "low: »category, high: high", "RF205", "",
                     id="a bound that is no number"),
        pytest.param("ae", "give: code, otherwise: missing", "give: code, otherwise: »NONE",
                     "RF205", "", id="a text where a table gives numbers"),
        pytest.param("study", "[D1, BASE]", "[D1, »SCR]", "SP112", "",
                     id="a label of two visits"),
        pytest.param("study", "[2, DAY 1, 1, [D1", "[2, DAY 1, 1, [D1]], [»2, DAY 2, 2, [D2",
                     "SP112", "", id="a number of two visits"),
        pytest.param("sv", "    table: visits",
                     "    table: »visitors", "RF206", "did you mean visits?",
                     id="a table of visits that is not there"),
        pytest.param("sv", "{visit_day: VISITNUM}", "{visit_day: VISITNUM, planned: »xyz}", "RF206",
                     "tables: xyz: {columns: [VISITNUM, VISIT], rows: …}",
                     id="a table of visits that is nowhere near"),
        pytest.param("dm", "{recode: dem.RACE, codelist: RACE}",
                     "{recode: dem.RACE, codelist: »RACES}", "RF207", "did you mean RACE?",
                     id="a codelist that is not there"),
        pytest.param("ae", "AEREL:    {recode: evt.REL, codelist: RELATED}",
                     "AEREL:    {»recode: evt.REL}", "RF207",
                     "say codelist:, or add one of that name to codelists:",
                     id="recode without a codelist"),
        pytest.param("ae", "{copy: serious}", "{copy: serious, codelist: »NYY}", "RF207", "",
                     id="a codelist of a variable that is not there"),
        pytest.param("ae", "rows: [[yes, RELATED], [no, NOT RELATED]]",
                     "rows: [[yes, RELATED], [»yes, NOT RELATED]]", "CT304", "",
                     id="a collected text with two meanings"),
    ],
)  # fmt: skip
def test_tables_and_codelists(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("ae", "AELLTCD:  {constant: null}", "AELLTCD:  »evt.TERM", "RF205",
                     "number: reads it", id="text for a number of the standard"),
        pytest.param("vs", "VSSTRESC: VSORRES", "VSSTRESC: »{number: VSORRES}", "RF205",
                     "text: writes it in digits", id="a number for text of the standard"),
        pytest.param("ae", "{iso8601: [evt.END]}", "»evt.END", "RF205",
                     "iso8601: reads a collected date", id="a collected text for a --DTC"),
        pytest.param("dm", "RFPENDTC: RFENDTC", "RFPENDTC: »{date: RFENDTC}", "RF205",
                     "date_text: writes it", id="a date for text of the standard"),
        pytest.param("advs", "{date: VS.VSDTC}", "»VS.VSDTC", "RF205", "",
                     id="ISO text for a date of the standard"),
        pytest.param("vs", "must: VSSTRESN > 0", 'must: VSSTRESN > »"0"', "RF205", "",
                     id="a number compared with text"),
        pytest.param("ae", 'evt.SEV == "1"', "evt.SEV == »1", "RF205", "",
                     id="a text compared with a number"),
        pytest.param("advs", "in each.codes}", "in »each.paramcd}", "RF205", "",
                     id="in a cell that is no list"),
        pytest.param("ae", "where: serious ==", "where: AESTDTC < »\"01/02/2024\" and serious ==",
                     "RF205", "", id="a date compared with text that is none"),
        pytest.param("adsl", "{flag: not missing(TRTSDT),", "{flag: »TRTSDT,", "RF205", "",
                     id="a value where a condition is needed"),
        pytest.param("ex", "EXDOSE:   {copy: planned}", "EXDOSE:\n    compute: »EXLNKID * 2",
                     "RF205", "", id="text in arithmetic"),
        pytest.param("ex", "EXDOSE:   {copy: planned}", "EXDOSE:\n    compute: »missing(EXLNKID)",
                     "RF205", "", id="a condition where a value is needed"),
        pytest.param("ae", "study_day: AESTDTC", "study_day: »evt.START", "RF205",
                     "iso8601: reads a collected date", id="a collected text as a date"),
        pytest.param("ae", "study_day: AESTDTC", "study_day: »AEPTCD", "RF205", "",
                     id="a number as a date"),
        pytest.param("sv", "visit_day: VISITNUM", "visit_day: »VISIT", "RF205",
                     "number: reads it", id="a text as a number"),
        pytest.param("advs", "{largest: ADVS.AVAL,", "{largest: »ADVS.PARAMCD,", "RF205",
                     "number: reads it", id="the largest of texts"),
        pytest.param("advs", "lookup_between: AVAL", "lookup_between: »PARAMCD", "RF205",
                     "number: reads it", id="a range for a text"),
        pytest.param("ae", "otherwise: SEVERE", "otherwise: »3", "RF205", "",
                     id="values of different kinds in cases"),
        pytest.param("ex", "EXDOSE:   {copy: planned}",
                     "EXDOSE:   {coalesce: [planned, »EXLNKID]}", "RF205", "",
                     id="values of different kinds in coalesce"),
    ],
)  # fmt: skip
def test_kinds_that_do_not_go_together(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("dm", "AGEU:     {constant: YEARS,", "AGEU:     {constant: »Years,", "CT301",
                     "did you mean YEARS?", id="a constant outside a closed list"),
        pytest.param("ae", "value: MODERATE}", "value: »MODERAT}", "CT301",
                     "did you mean MODERATE?", id="a value of cases"),
        pytest.param("ae", "otherwise: SEVERE", "otherwise: »SEVER", "CT301",
                     "did you mean SEVERE?", id="the value of no case"),
        pytest.param("sv", "{flag: not missing(SVSTDTC),", "{flag: not missing(SVSTDTC), no: »NO,",
                     "CT301", "did you mean N?", id="a word of a flag"),
        pytest.param("ae", "serious: {recode: evt.SERIOUS, codelist: NY}",
                     "serious: {constant: »Yes}", "CT301", "did you mean Y?",
                     id="a constant that comes by a working column"),
        pytest.param("vs", "[test, result]...[SYSBP, SBP], [DIABP, DBP]...VSORRES:  result\n",
                     "[test, result, final]...[SYSBP, SBP, null], [DIABP, DBP, {constant: »Yes}]..."
                     "VSORRES:  result\n      VSLOBXFL: final\n", "CT301", "did you mean Y?",
                     id="a literal of transpose:"),
        pytest.param("ae", 'serious == "N"', 'serious == »"No"', "CT305", "did you mean N?",
                     id="a literal that a recoded column never has"),
        pytest.param("ae", "{copy: serious}",
                     "{copy: serious, where: 'AESEV in (\"MILD\", »\"SEVRE\")'}",
                     "CT305", "did you mean SEVERE?", id="a literal in a list of a condition"),
        pytest.param("adsl", "{flag: not missing(TRTSDT),", '{flag: DM.SEX == »"Male",', "CT305",
                     "did you mean M?", id="a literal that a variable elsewhere never has"),
        pytest.param("ae", "AEDECOD:  {lookup:...AEREL:    {recode: evt.REL, codelist: RELATED}",
                     "AEDECOD:  {lookup:...AEREL:    {decode: »serious, codelist: RELATED}",
                     "CT307", "", id="a codelist without decodes"),
    ],
)  # fmt: skip
def test_terms(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "codes"),
    [
        pytest.param("vs", "[SYSBP, SBP]", "[»SYSBPX, SBP]", ["CT303", "CT307"],
                     id="a transposed code outside an extensible list, without a decode"),
        pytest.param("advs", "PARAMCD: each.paramcd...[MAXDIA, Highest",
                     "PARAMCD: »each.paramcd...[MAXDIAS, Highest", ["CT301", "CT307"],
                     id="a cell of for_each: outside a list of the study"),
    ],
)  # fmt: skip
def test_codes_without_a_decode(tmp_path, name, old, new, codes):
    files, place = changed(name, old, new)
    problems = found(write(tmp_path / "tst", files))
    assert [problem[:2] for problem in problems] == [(code, place) for code in codes]


@pytest.mark.parametrize(
    ("old", "new", "code", "hint"),
    [
        pytest.param('ADaM CT: "2025-03-28"', 'ADaM CT: "»2024-03-29"', "SP107", "",
                     id="a release of terminology that is not here"),
        pytest.param("file: evt.csv", "file: »../evt.csv", "SP113", "",
                     id="a raw file outside its folder"),
        pytest.param("results: results.yaml", "results: »result.yaml", "SP113", "",
                     id="a file of results that is not there"),
        pytest.param("'^(?P<subject>\\d{1,3})$'", "'»^(?P<subject>\\d{1,3}$'", "SP110", "",
                     id="a pattern that is no regular expression"),
        pytest.param("'^(?P<subject>\\d{1,3})$'", "'»^(\\d{1,3})$'", "SP110", "",
                     id="a pattern without a subject"),
        pytest.param("'^(?P<subject>\\d{1,3})$'", "'»^(?P<subject>\\d)(?P<arm>A)$'", "SP110", "",
                     id="a pattern with a group of another name"),
        pytest.param("widths: {subject: 3}", "widths: {»subjct: 3}", "SP107",
                     "did you mean subject?", id="a width of something else"),
        pytest.param("same_person: {form: dem,", "same_person: {form: »demo,", "RF202",
                     "did you mean dem?", id="persons chained by a form that is not there"),
        pytest.param("  inf: {file: inf.csv, visit: null}",
                     "  inf: {file: inf.csv, visit: null}\n  »lab: {file: lab.csv}", "RF208", "",
                     id="a raw form that nothing reads"),
        pytest.param("  inf: {file: inf.csv, visit: null}",
                     "  »inf: {file: inf.csv, visit: null, subject: null}", "SP105", "",
                     id="a raw form without a subject"),
    ],
)  # fmt: skip
def test_the_study_file(tmp_path, old, new, code, hint):
    assert_only(tmp_path, "study", old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("ae", 'where: serious == "N"}', 'where: »serious != "Y"}', "RF209",
                     "write not missing(serious) or missing(serious) beside it",
                     id="a comparison that loses missing values"),
        pytest.param("dm", "RFENDTC:  {latest: [EX.EXSTDTC, EX.EXENDTC]}...RFXENDTC: RFENDTC",
                     "RFENDTC:  {latest: EX.EXENDTC, »among: EX.EXDOSE > 0}..."
                     "RFXENDTC: {latest: EX.EXENDTC, among: EX.EXDOSE > 0}", "RF210", "",
                     id="the same among: three times"),
    ],
)  # fmt: skip
def test_notes(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("ae", "copy: serious}...where: serious ==...  serious:",
                     "recode: evt.SERIOUS}...where: AESER ==...  »serious:",
                     id="a working column"),
        pytest.param("ex", "EXLOT:    first_bag...      first_bag:",
                     "EXLOT:    {constant: A}...      »first_bag:", id="a column set by a block"),
        pytest.param("vs", "into: [test, result]...[SYSBP, SBP], [DIABP, DBP]",
                     "into: [test, result, »how]...[SYSBP, SBP, HOW], [DIABP, DBP, HOW]",
                     id="a column of transpose:"),
        pytest.param("vs", "into: [test, result]...VSTESTCD: test",
                     "into: [»test, result]...VSTESTCD: {constant: PULSE}",
                     id="the literals of transpose:"),
        pytest.param("sv", "SVREASOC: why...{why:", "SVREASOC: {constant: A}...{»why:",
                     id="a column that a record operation carries along"),
        pytest.param("vs", "    set:\n      VSTESTCD: {constant: WEIGHT}",
                     "    set:\n      »units: vit.UNIT\n      VSORRESU: {constant: kg}"
                     "\n      VSTESTCD: {constant: WEIGHT}",
                     id="a name that is read on other blocks only"),
    ],
)  # fmt: skip
def test_private_columns_that_nothing_reads(tmp_path, name, old, new):
    assert_only(tmp_path, name, old, new, "RF213", "")


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "hint"),
    [
        pytest.param("sv", "{visit_day: VISITNUM}", "{text: VISITNUM, type: »text}", "ST410",
                     "leave type: out", id="text where SDTM has a number"),
        pytest.param("dm", "{recode: dem.SEX}", "{recode: dem.SEX, type: »integer}", "ST410",
                     "leave type: out", id="a number where SDTM has text"),
        pytest.param("ae", "[evt.START]}", "[evt.START], type: »datetime}", "ST410",
                     "leave type: out", id="a numeric datetime where SDTM has ISO 8601"),
        pytest.param("adsl", "{date: DM.RFXSTDTC}", "{date: DM.RFXSTDTC, type: »text}", "ST410",
                     "leave type: out", id="text where ADaM has a numeric date"),
        pytest.param("adsl", "label: Date of Data Cut-off}",
                     "label: Date of Data Cut-off, type: »integer}", "ST410", "",
                     id="a number where the values are dates"),
        pytest.param("adsl", "label: Date of Data Cut-off}",
                     "label: Date of Data Cut-off}\n  NOTE: {copy: DM.SEX, label: Note, "
                     "type: »float}", "ST410", "", id="a number where the values are text"),
        pytest.param("dm", "{copy: dem.SCRNO, label: Screening Number}",
                     "{copy: dem.SCRNO, label: Screening Number, type: »integer}", "ST410", "",
                     id="a qualifier"),
        pytest.param("advs", "AVAL:    VS.VSSTRESN", "AVAL:    {copy: VS.VSSTRESN, »format: '5.1'}",
                     "SP115", "under variables: write AVAL: {from: records, format: …}",
                     id="an attribute of a variable in one block"),
        pytest.param("ex", "planned: {constant: 100}", "planned: {constant: 100, »label: Dose}",
                     "SP115", "", id="an attribute of a working column"),
    ],
)  # fmt: skip
def test_types_and_attributes(tmp_path, name, old, new, code, hint):
    assert_only(tmp_path, name, old, new, code, hint)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("dm", "{number: dem.AGE}", "{number: dem.AGE, type: »float}",
                     id="a number is one or the other"),
        pytest.param("dm", "{copy: dem.SCRNO, label: Screening Number}",
                     "{number: dem.SCRNO, label: »Screening Number, type: integer}",
                     id="a qualifier that is a number"),
        pytest.param("advs", "AVAL:    from records", "AVAL:    {from: »records, format: '5.1'}",
                     id="attributes of what blocks fill"),
        pytest.param("adsl", "label: Date of Data Cut-off}",
                     "label: »Date of Data Cut-off, type: date}", id="a date of the study's own"),
    ],
)  # fmt: skip
def test_types_and_attributes_that_hold(tmp_path, name, old, new):
    files, _ = changed(name, old, new)
    assert found(write(tmp_path / "tst", files)) == []


def test_a_body_of_a_block_against_the_type_of_its_variable(tmp_path):
    files, place = changed(
        "advs",
        "      DTYPE:   {constant: null}...  DTYPE:   from records\n",
        "      DTYPE:   {constant: null}\n      NOTE:    »VS.VSTESTCD..."
        "  DTYPE:   from records\n  NOTE:    {from: records, label: Note, type: integer}\n",
    )
    (note, error) = sorted(found(write(tmp_path / "tst", files)), key=lambda one: one[0])
    assert (note[0], error[:2]) == ("RF211", ("ST410", place))


def test_a_private_column_that_is_read_for_another_which_nothing_reads(tmp_path):
    files, place = changed(
        "ae", "copy: serious}...where: serious ==...working:\n",
        "recode: evt.SERIOUS}...where: AESER ==...working:\n  »grave: {copy: serious}\n",
    )  # fmt: skip
    problems = found(write(tmp_path / "tst", files))
    below = place.replace(":7:", ":8:")
    assert [problem[:2] for problem in problems] == [("RF213", place), ("RF213", below)]


def test_a_comparison_that_asks_for_missing_values_is_not_noted(tmp_path):
    text = 'where: missing(serious) or serious != "Y"}'
    files = {**FILES, "ae": AE.replace('where: serious == "N"}', text)}
    assert found(write(tmp_path / "tst", files)) == []


HEADERS = {
    "dem": ["SUBJ", "SITE", "VISIT", "SCRNO", "PREVNO", "CONSENT", "AGE", "SEX", "RACE"],
    "evt": ["SUBJ", "SITE", "VISIT", "NO", "TERM", "SERIOUS", "SEV", "REL", "START", "END"],
    "vit": ["SUBJ", "SITE", "VISIT", "DAY", "SBP", "DBP", "WEIGHT", "REASON"],
    "inf": ["SUBJ", "SITE", "INFNO", "BAG", "DAY"],
}


def test_columns_that_all_forms_have(tmp_path):
    assert not len(lint_columns(write(tmp_path / "tst", FILES), HEADERS))


def test_columns_of_a_form_that_is_not_at_hand_are_left_alone(tmp_path):
    assert not len(lint_columns(write(tmp_path / "tst", FILES), {}))


@pytest.mark.parametrize(
    ("name", "old", "new", "hint"),
    [
        pytest.param("ae", "{clean: evt.TERM}", "{clean: »evt.TERMS}", "did you mean TERM?",
                     id="a reference"),
        pytest.param("ae", 'evt.SEV == "1"', '»evt.SEVE == "1"', "did you mean SEV?",
                     id="a name in a condition"),
        pytest.param("vs", "[DIABP, DBP]", "[DIABP, »DPB]", "did you mean DBP?",
                     id="a transposed column"),
        pytest.param("vs", "[DIABP, DBP]", "[DIABP, »mm of mercury]",
                     "a literal is written {constant: …}", id="a transposed literal"),
        pytest.param("sv", "vit.REASON", "»vit.REASONS", "did you mean REASON?",
                     id="a column that is carried along"),
        pytest.param("vs", "source.VISIT", "»source.WEIGT", "did you mean WEIGHT?",
                     id="a column of whichever source"),
        pytest.param("study", "date: [DAY]", "date: [»DAYS]", "did you mean DAY?",
                     id="a column with a role"),
        pytest.param("study", "previous: PREVNO", "previous: »PREV", "did you mean PREVNO?",
                     id="a column that chains persons"),
    ],
)  # fmt: skip
def test_columns_that_a_form_does_not_have(tmp_path, name, old, new, hint):
    files, place = changed(name, old, new)
    (problem,) = lint_columns(write(tmp_path / "tst", files), HEADERS)
    assert (problem.code, str(problem.mark), problem.hint) == ("RF203", place, hint)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        pytest.param("vit: {file: vit.csv,", "vit: {file: vit.csv, unused: [WEIGHT, »WEIGT],",
                     "did you mean WEIGHT?", id="a name"),
        pytest.param("inf: {file: inf.csv,", "inf: {file: inf.csv, unused: »_AUDIT_*,", "",
                     id="a pattern"),
        pytest.param("visit: VISIT}", 'visit: VISIT, unused: [RE*, B*, "*NO", »X*]}', "",
                     id="a pattern for all forms that is met in none"),
    ],
)  # fmt: skip
def test_columns_declared_unused_that_are_not_there(tmp_path, old, new, hint):
    files, place = changed("study", old, new)
    (problem,) = lint_columns(write(tmp_path / "tst", files), HEADERS)
    assert (problem.code, str(problem.mark), problem.hint) == ("RF214", place, hint)


def test_a_pattern_for_all_forms_waits_for_the_headers_of_all(tmp_path):
    files, _ = changed("study", "visit: VISIT}", "visit: VISIT, unused: [»X*]}")
    some = {name: names for name, names in HEADERS.items() if name != "inf"}
    assert not len(lint_columns(write(tmp_path / "tst", files), some))


def test_a_near_column_that_is_no_plain_name_is_offered_in_back_quotes(tmp_path):
    files, place = changed(
        "ae",
        "{clean: evt.TERM}...[evt.TERM], table: coding, give: PT...[evt.TERM]",
        "{clean: »evt.AETERM}...[evt.NO], table: coding, give: PT...[evt.NO]",
    )
    headers = {**HEADERS, "evt": [*HEADERS["evt"][:4], "IT.AETERM", *HEADERS["evt"][5:]]}
    (problem,) = lint_columns(write(tmp_path / "tst", files), headers)
    assert (str(problem.mark), problem.hint) == (place, "did you mean evt.`IT.AETERM`?")
