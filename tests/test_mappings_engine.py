"""The engine on small studies: what each construct of the language makes (language part 1)."""

import pandas as pd
import pytest
from studies import built, write_study

DM = """
    dataset: DM
    keys: [STUDYID, USUBJID]
    records:
      - from: dm
    variables:
      SUBJID:   source.SUBJID
      RFSTDTC:  {iso8601: [dm.START]}
      RFXSTDTC: RFSTDTC
      SEX:      {recode: dm.SEX}
"""
DM_RAW = """
    SUBJ,SEX,START
    1,Male,2024-01-10
    2,F,2024-02-10
    3,f,
"""


def vs(records: str, variables: str = "", rest: str = "") -> str:
    """A VS file with some blocks; the identifying variables and --SEQ come by themselves."""
    return f"""
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD, VSDTC, VSORRES]
records:
{records}
variables:
  VSTESTCD: from records
  VSORRES:  from records
  VSDTC:    from records
{variables}
{rest}
"""


VS_RAW = """
    SUBJ,DAY,SBP,DBP,NOTE
    1,2024-01-09,120,80,a
    1,2024-01-10,130,,b
    1,2024-01-12,110,70,c
    2,2024-02-11,140,90,d
"""
WIDE = """
  - name: wide
    from: vs
    transpose:
      into: [test, result]
      rows: [[SYSBP, SBP], [DIABP, DBP]]
    where: not missing(result)
    set: {VSTESTCD: test, VSORRES: result, VSDTC: {iso8601: [vs.DAY]}}
"""


def study(tmp_path, parts=1, **files):
    raw = {"dm": DM_RAW, "vs": VS_RAW}
    return built(write_study(tmp_path / "tst", {"dm": DM, **files}, raw), parts)


def test_transpose_makes_a_record_per_source_row_and_table_row(tmp_path):
    result = study(tmp_path, vs=vs(WIDE))
    assert result.codes() == []
    assert result.rows("VS", "USUBJID", "VSSEQ", "VSTESTCD", "VSDTC", "VSORRES") == [
        ("TST-001", 1, "DIABP", "2024-01-09", "80"),
        ("TST-001", 2, "DIABP", "2024-01-12", "70"),
        ("TST-001", 3, "SYSBP", "2024-01-09", "120"),
        ("TST-001", 4, "SYSBP", "2024-01-10", "130"),
        ("TST-001", 5, "SYSBP", "2024-01-12", "110"),
        ("TST-002", 1, "DIABP", "2024-02-11", "90"),
        ("TST-002", 2, "SYSBP", "2024-02-11", "140"),
    ]


def test_transposed_literals_stand_on_every_record_of_their_row(tmp_path):
    literal = WIDE.replace("into: [test, result]", "into: [test, result, unit, place]")
    literal = literal.replace("[SYSBP, SBP]", "[SYSBP, SBP, {constant: mmHg}, NOTE]")
    literal = literal.replace("[DIABP, DBP]", "[DIABP, DBP, {constant: mm Hg}, {constant: 7}]")
    literal = literal.replace("VSORRES: result,", "VSORRES: result, VSORRESU: unit,")
    more = "  VSORRESU: from records\n  VSLOC:    {copy: place, codelist: ANY}"
    rest = "codelists:\n  ANY: {columns: [value], rows: [[a], [b], [c], [d], ['7']]}"
    result = study(tmp_path, vs=vs(literal, more, rest))
    assert result.codes() == []
    assert result.rows("VS", "VSTESTCD", "VSORRES", "VSORRESU", "VSLOC")[:5] == [
        ("DIABP", "80", "mm Hg", "7"),
        ("DIABP", "70", "mm Hg", "7"),
        ("SYSBP", "120", "mmHg", "a"),
        ("SYSBP", "130", "mmHg", "b"),
        ("SYSBP", "110", "mmHg", "c"),
    ]


def test_provenance_names_the_file_row_of_every_record(tmp_path):
    result = study(tmp_path, vs=vs(WIDE))
    found = result.built.datasets["VS"].provenance
    assert list(found["row"]) == [2, 4, 2, 3, 4, 5, 5]
    assert set(found["source"]) == {"vs"}


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_a_study_cut_by_subject_gives_the_same_datasets(tmp_path, parts):
    whole = study(tmp_path / "a", vs=vs(WIDE))
    cut = study(tmp_path / "b", parts, vs=vs(WIDE))
    for name, dataset in whole.built.datasets.items():
        pd.testing.assert_frame_equal(dataset.frame, cut.built.datasets[name].frame)
        pd.testing.assert_frame_equal(dataset.provenance, cut.built.datasets[name].provenance)
    assert [str(one) for one in whole.problems] == [str(one) for one in cut.problems]
    assert whole.built.accounts == cut.built.accounts


def test_for_each_repeats_a_block_for_every_combination_of_table_rows(tmp_path):
    block = """
  - from: dm
    for_each: [tests, days]
    where: dm.SEX in each.sexes
    set: {VSTESTCD: each.code, VSORRES: each.day_text, VSDTC: {constant: "2024-01-01"}}
"""
    tables = """
tables:
  tests: {columns: [code, sexes], rows: [[SYSBP, [Male]], [PULSE, [Male, F]]]}
  days: {columns: [day_text], rows: [["1"], ["2"]]}
"""
    result = study(tmp_path, vs=vs(block, rest=tables))
    assert result.rows("VS", "USUBJID", "VSTESTCD", "VSORRES") == [
        ("TST-001", "PULSE", "1"),
        ("TST-001", "PULSE", "2"),
        ("TST-001", "SYSBP", "1"),
        ("TST-001", "SYSBP", "2"),
        ("TST-002", "PULSE", "1"),
        ("TST-002", "PULSE", "2"),
    ]


def test_one_per_makes_a_record_per_group_and_aggregates_see_the_group(tmp_path):
    block = """
  - name: best
    from: vs
    one_per: []
    set:
      VSTESTCD: {constant: SYSBP}
      top:      {last: vs.SBP, order: [vs.SBP]}
      VSORRES:  top
      VSDTC:    {latest: vs.DAY}
"""
    result = study(tmp_path, vs=vs(block))
    assert result.rows("VS", "USUBJID", "VSORRES", "VSDTC") == [
        ("TST-001", "130", "2024-01-12"),
        ("TST-002", "140", "2024-02-11"),
    ]
    assert list(result.built.datasets["VS"].provenance["row"]) == [2, 3, 4, 5]


def test_one_per_a_column_and_anywhere(tmp_path):
    block = """
  - from: vs
    one_per: [vs.NOTE]
    where: vs.NOTE != "d"
    set:
      VSTESTCD: {constant: SYSBP}
      VSORRES:  {only: vs.SBP}
      VSDTC:    {latest: vs.DAY, anywhere: true}
"""
    result = study(tmp_path, vs=vs(block))
    assert result.rows("VS", "VSORRES", "VSDTC") == [
        ("110", "2024-01-12"),
        ("120", "2024-01-12"),
        ("130", "2024-01-12"),
    ]


def test_keep_takes_one_record_and_reports_what_the_row_decided(tmp_path):
    block = """
  - from: vs
    keep: {last: [reading]}
    set:
      reading:  {number: vs.DBP, unreadable: missing}
      VSTESTCD: {constant: DIABP}
      VSORRES:  vs.DBP
      VSDTC:    vs.DAY
"""
    result = study(tmp_path, vs=vs(block))
    assert result.rows("VS", "USUBJID", "VSORRES") == [("TST-001", "80"), ("TST-002", "90")]
    tie = """
  - from: vs
    keep: {first: [dm_sex]}
    set:
      dm_sex:   DM.SEX
      VSTESTCD: {constant: DIABP}
      VSORRES:  vs.NOTE
      VSDTC:    vs.DAY
"""
    result = study(tmp_path / "tie", vs=vs(tie))
    assert result.rows("VS", "VSORRES") == [("a",), ("d",)]
    assert "DT517" in [problem.code for problem in result.problems]


def test_a_correlated_among_pairs_each_record_with_the_rows_it_names(tmp_path):
    extra = """  VSLOC:    {last: vs.NOTE, among: vs.row < line, order: [vs.row]}
  VSPOS:    {first: vs.NOTE, among: vs.DAY == VSDTC, order: [vs.row]}"""
    result = study(tmp_path, vs=vs(WIDE, extra, "working:\n  line: vs.row"))
    rows = result.rows("VS", "USUBJID", "VSTESTCD", "VSDTC", "VSLOC", "VSPOS")
    assert rows[2:5] == [
        ("TST-001", "SYSBP", "2024-01-09", None, "a"),
        ("TST-001", "SYSBP", "2024-01-10", "a", "b"),
        ("TST-001", "SYSBP", "2024-01-12", "b", "c"),
    ]


def test_set_wins_over_variables_and_a_false_where_does_not_fall_through(tmp_path):
    block = """
  - name: plain
    from: vs
    set:
      VSTESTCD: {constant: SYSBP}
      VSORRES:  vs.SBP
      VSDTC:    vs.DAY
  - name: other
    from: vs
    set:
      VSTESTCD: {constant: PULSE}
      VSORRES:  vs.SBP
      VSDTC:    vs.DAY
      VSLOC:    {constant: ARM, where: vs.NOTE == "a"}
"""
    extra = "  VSLOC:    {constant: LEG}"
    result = study(tmp_path, vs=vs(block, extra))
    assert [row for row in result.rows("VS", "VSTESTCD", "VSLOC") if row[0] == "PULSE"] == [
        ("PULSE", "ARM"),
        ("PULSE", None),
        ("PULSE", None),
        ("PULSE", None),
    ]
    assert {row for row in result.rows("VS", "VSTESTCD", "VSLOC") if row[0] == "SYSBP"} == {
        ("SYSBP", "LEG")
    }


def test_scope_operations_see_all_blocks_and_over_names_some(tmp_path):
    second = (
        WIDE
        + """
  - name: again
    from: vs
    set: {VSTESTCD: {constant: SYSBP}, VSORRES: vs.NOTE, VSDTC: vs.DAY}
"""
    )
    extra = """  VSLOBXFL:
    {flag_last: [VSDTC], by: [VSTESTCD], over: [wide], where: VSDTC < DM.RFXSTDTC}
  VSBLFL:   {flag_first: [VSDTC, VSORRES], by: [VSTESTCD], where: VSTESTCD == "SYSBP"}"""
    result = study(tmp_path, vs=vs(second, extra))
    flagged = [row[1:] for row in result.rows("VS", "VSLOBXFL", "USUBJID", "VSTESTCD", "VSORRES")
               if row[0] == "Y"]  # fmt: skip
    assert flagged == [("TST-001", "DIABP", "80"), ("TST-001", "SYSBP", "120")]
    first = [row[1:] for row in result.rows("VS", "VSBLFL", "USUBJID", "VSORRES") if row[0] == "Y"]
    assert first == [("TST-001", "120"), ("TST-002", "140")]


def test_a_block_reads_the_blocks_above_through_its_own_dataset(tmp_path):
    block = (
        WIDE
        + """
  - name: means
    from: VS
    where: VS.VSTESTCD == "SYSBP"
    set:
      VSTESTCD: {constant: MAP}
      low:      {only: VS.VSORRES, among: VS.VSTESTCD == "DIABP" and VS.VSDTC == VSDTC}
      VSDTC:    VS.VSDTC
      VSORRES:  {template: "{VS.VSORRES}/{low}"}
"""
    )
    result = study(tmp_path, vs=vs(block))
    means = [row[1:] for row in result.rows("VS", "VSTESTCD", "USUBJID", "VSDTC", "VSORRES")
             if row[0] == "MAP"]  # fmt: skip
    assert means == [
        ("TST-001", "2024-01-09", "120/80"),
        ("TST-001", "2024-01-10", None),
        ("TST-001", "2024-01-12", "110/70"),
        ("TST-002", "2024-02-11", "140/90"),
    ]


def test_supplemental_qualifiers_are_read_like_variables_and_written_apart(tmp_path):
    rest = """
supp:
  VSNOTE: {copy: vs.NOTE, label: Note of the Nurse}
"""
    adsl = """
    dataset: ADSL
    keys: [STUDYID, USUBJID]
    records:
      - from: DM
    variables:
      SUBJID: DM.SUBJID
      NOTE:   {last: VS.VSNOTE, order: [VS.VSSEQ], label: Last Note}
"""
    result = study(tmp_path, vs=vs(WIDE, rest=rest), adsl=adsl)
    names = ("USUBJID", "RDOMAIN", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG")
    assert result.rows("SUPPVS", *names)[0] == (
        "TST-001", "VS", "VSSEQ", "1", "VSNOTE", "Note of the Nurse", "a", "CRF",
    )  # fmt: skip
    assert len(result.rows("SUPPVS", "QVAL")) == 7
    assert result.rows("ADSL", "USUBJID", "NOTE") == [
        ("TST-001", "c"),
        ("TST-002", "d"),
        ("TST-003", None),
    ]


def test_trial_design_is_built_once_and_may_count_subjects(tmp_path):
    ts = """
    dataset: TS
    keys: [STUDYID, TSPARMCD, TSSEQ]
    records:
      - from: study
        set:
          TSPARMCD: {constant: ACTSUB}
          number:   {count_distinct: DM.USUBJID, among: DM.SEX == "F"}
          TSVAL:    {text: number}
    variables:
      TSSEQ:    {number_within: [TSPARMCD], by: [TSPARMCD]}
      TSPARMCD: from records
      TSPARM:   {decode: TSPARMCD}
      TSVAL:    from records
"""
    for parts in (1, 3):
        result = study(tmp_path / str(parts), parts, ts=ts)
        assert result.rows("TS", "DOMAIN", "TSSEQ", "TSPARMCD", "TSVAL") == [
            ("TS", 1, "ACTSUB", "2")
        ]


def test_a_failing_check_names_its_records(tmp_path):
    rest = """
checks:
  - {must: VSORRES != "130", message: is too high}
  - {must: VSDTC < "2024-01-12", severity: warning, message: is late}
"""
    result = study(tmp_path, vs=vs(WIDE, rest=rest))
    found = {problem.code: problem for problem in result.problems}
    assert str(found["DT519"].examples[0]) == "TST-001 vs.csv:3"
    assert found["DT520"].count == 4


def test_keys_that_do_not_tell_records_apart_are_an_error(tmp_path):
    text = vs(WIDE).replace("keys: [STUDYID, USUBJID, VSTESTCD, VSDTC, VSORRES]",
                            "keys: [STUDYID, USUBJID, VSTESTCD]")  # fmt: skip
    result = study(tmp_path, vs=text)
    assert "DT518" in result.codes()


def test_a_value_outside_a_closed_codelist_is_an_error_with_its_records(tmp_path):
    bad = DM_RAW.replace("2,F,", "2,woman,")
    folder = write_study(tmp_path / "tst", {"dm": DM}, {"dm": bad})
    (problem,) = [one for one in built(folder).problems if one.code == "CT302"]
    assert (problem.dataset, problem.variable, problem.value) == ("DM", "SEX", "woman")
    assert str(problem.examples[0]) == "TST-002 dm.csv:3"
    assert problem.mark.line == 9


def test_records_of_a_subject_who_is_not_in_dm_are_an_error(tmp_path):
    folder = write_study(
        tmp_path / "tst", {"dm": DM, "vs": vs(WIDE)},
        {"dm": DM_RAW, "vs": VS_RAW + "    9,2024-01-01,1,2,x\n"},
    )  # fmt: skip
    result = built(folder)
    (problem,) = [one for one in result.problems if one.code == "DT507"]
    assert (problem.dataset, problem.count, problem.examples[0].subject) == ("VS", 2, "TST-009")


@pytest.mark.parametrize("parts", [1, 2])
def test_rows_that_no_record_was_made_from_are_noted(tmp_path, parts):
    block = """
  - from: vs
    where: not missing(vs.DBP)
    set:
      VSTESTCD: {constant: DIABP}
      VSORRES:  vs.DBP
      VSDTC:    vs.DAY
"""
    raw = {"dm": DM_RAW, "vs": VS_RAW + "    2,2024-02-12,141,,e\n"}
    result = built(write_study(tmp_path / "tst", {"dm": DM, "vs": vs(block)}, raw), parts)
    (problem,) = [one for one in result.problems if one.code == "DT526"]
    assert (problem.variable, problem.severity, problem.count) == ("vs", "note", 2)
    assert [str(one) for one in problem.examples] == ["TST-001 vs.csv:3", "TST-002 vs.csv:6"]


def test_a_row_of_which_one_of_two_blocks_makes_a_record_is_not_noted(tmp_path):
    block = (
        WIDE
        + """
  - name: note
    from: vs
    set: {VSTESTCD: {constant: NOTE}, VSORRES: vs.NOTE, VSDTC: vs.DAY}
"""
    )
    raw = {"dm": DM_RAW, "vs": VS_RAW + "    2,2024-02-12,,,e\n"}
    result = built(write_study(tmp_path / "tst", {"dm": DM, "vs": vs(block)}, raw))
    assert "DT526" not in [one.code for one in result.problems]


DATES = """
    dataset: AE
    keys: [STUDYID, USUBJID, AETERM]
    records:
      - from: ae
    working:
      start: {clean: ae.START}
    variables:
      AETERM:  ae.TERM
      AESTDTC: {iso8601: [start]}
      AEENDTC: {iso8601_parts: ae.YY, month: ae.MM, day: ae.DD, time: ae.TM%s}
"""
DATES_RAW = """
    SUBJ,TERM,START,YY,MM,DD,TM
    1,Cough,3/4/24,24,4,UN,
    1,Fever,3/4/61,61,APR,30,08:10
"""


@pytest.mark.parametrize(
    ("declared", "parameter", "starts", "ends"),
    [
        pytest.param(
            ", order: dmy, pivot: 50", "", ["2024-04-03", "1961-04-03"],
            ["2024-04", "1961-04-30T08:10"], id="by the form, through a working column",
        ),
        pytest.param(
            ", order: mdy, pivot: 50", ", pivot: 70", ["2024-03-04", "1961-03-04"],
            ["2024-04", "2061-04-30T08:10"], id="a parameter wins",
        ),
    ],
)  # fmt: skip
def test_short_years_and_dates_in_parts(tmp_path, declared, parameter, starts, ends):
    form = f"raw: {{ae: {{file: ae.csv, subject: SUBJ{declared}}}}}"
    files = {"study": form, "ae": DATES % parameter}
    result = built(write_study(tmp_path / "tst", files, {"ae": DATES_RAW}))
    assert result.codes() == []
    assert result.rows("AE", "AESTDTC", "AEENDTC") == list(zip(starts, ends, strict=True))


def test_a_short_year_without_a_pivot_is_an_error_at_its_variable(tmp_path):
    form = "raw: {ae: {file: ae.csv, subject: SUBJ, order: dmy}}"
    files = {"study": form, "ae": DATES % ""}
    result = built(write_study(tmp_path / "tst", files, {"ae": DATES_RAW}))
    found = [(one.code, str(one.mark), one.value) for one in result.problems.errors]
    assert found == [
        ("DT527", "tst/ae.yaml:9:12", "3/4/24"),
        ("DT527", "tst/ae.yaml:9:12", "3/4/61"),
        ("DT527", "tst/ae.yaml:10:12", "year 24, month 4, day UN"),
        ("DT527", "tst/ae.yaml:10:12", "year 61, month APR, day 30, time 08:10"),
    ]


def test_attributes_of_what_blocks_fill(tmp_path):
    said = "VSORRES:  {from: records, label: Result, length: 20}"
    text = vs(WIDE).replace("VSORRES:  from records", said)
    column = study(tmp_path, vs=text).built.datasets["VS"].column("VSORRES")
    assert (column.label, column.length) == ("Result", 20)


def test_decimals_where_the_type_says_integer(tmp_path):
    working = "working:\n  shown: {number: VSORRES}"
    text = vs(WIDE, "  VSSTRESN: {compute: shown / 8, type: integer}", working)
    found = study(tmp_path, vs=text).problems.errors
    assert [(one.code, str(one.mark), one.message) for one in found] == [
        ("ST410", "tst/vs.yaml:17:13", "is said of values with 2 decimals")
    ]


def left_out(result):
    return [
        (one.code, str(one.mark), one.count, ", ".join(map(str, one.examples)))
        for one in result.problems
        if one.code == "DT528"
    ]


@pytest.mark.parametrize("parts", [1, 2])
def test_rows_that_keep_leaves_out_are_noted_with_those_that_stand(tmp_path, parts):
    block = """
  - name: highest
    from: vs
    keep: {last: [vs.SBP]}
    set: {VSTESTCD: {constant: SYSBP}, VSORRES: vs.SBP, VSDTC: {iso8601: [vs.DAY]}}
"""
    result = study(tmp_path, parts, vs=vs(block))
    noted = "TST-001 vs.csv:2 (3 stands), TST-001 vs.csv:4 (3 stands)"
    assert left_out(result) == [("DT528", "tst/vs.yaml:7:11", 2, noted)]


def test_records_of_a_dataset_that_keep_leaves_out_are_in_that_dataset(tmp_path):
    block = """
  - name: again
    from: VS
    keep: {first: [VS.VSORRES]}
    set: {VSTESTCD: {constant: PULSE}, VSORRES: VS.VSORRES, VSDTC: VS.VSDTC}
"""
    assert left_out(study(tmp_path, vs=vs(WIDE + block))) == []


def test_records_of_one_row_do_not_stand_for_each_other_by_its_number(tmp_path):
    block = WIDE.replace("where: not", "keep: {last: [result]}\n    where: not")
    ((_, _, count, shown),) = left_out(study(tmp_path, vs=vs(block)))
    first = ["TST-001 vs.csv:2", "TST-001 vs.csv:3 (2 stands)"]
    assert (count, shown.split(", ")[:2]) == (5, first)


COUNTED = """
  - name: counted
    from: vs
    where: {where}
    set:
      VSTESTCD: {{constant: SBP}}
      VSORRES:  vs.SBP
      VSDTC:    vs.DAY
      figure:   {{number: vs.NOTE}}
"""


@pytest.mark.parametrize(
    ("where", "read"),
    [
        pytest.param("figure > 1", 3, id="of every row"),
        pytest.param('vs.NOTE == "7" and figure > 1', 0, id="of the rows that may count"),
        pytest.param('figure > 1 and DM.SEX == "M"', 2, id="of the rows of some subjects"),
        pytest.param('figure > 1 or vs.NOTE == "7"', 3, id="of every row, with or"),
    ],
)
def test_nothing_is_worked_out_for_rows_that_their_source_leaves_out(tmp_path, where, read):
    """Texts that are no number are reported where they are read."""
    raw = {"dm": DM_RAW, "vs": VS_RAW.replace(",d", ",x").replace(",a", ",7")}
    spec = vs(COUNTED.format(where=where))
    result = built(write_study(tmp_path / "tst", {"dm": DM, "vs": spec}, raw))
    assert sum(one.count for one in result.problems if one.code == "DT513") == read
    assert result.rows("VS", "VSORRES") == [("120",)]


def test_an_operation_over_several_rows_sees_those_that_where_leaves_out(tmp_path):
    block = """
  - name: latest
    from: vs
    where: vs.NOTE != "c" and latest == "Y"
    set:
      VSTESTCD: {constant: SBP}
      VSORRES:  vs.SBP
      VSDTC:    vs.DAY
      latest:   {flag_last: [vs.DAY]}
"""
    assert study(tmp_path, vs=vs(block)).rows("VS", "USUBJID", "VSORRES") == [("TST-002", "140")]
