"""Who a raw row belongs to, which attempts are one person, and which rows do not count."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import TEXT
from mappings.problems import Mark, Problems
from mappings.raw_form import RawForm, SamePerson, SubjectRules
from sdtm.drop_rows import drop_rows
from sdtm.raw import read_raw
from sdtm.subjects import identify_records, resolve_subjects

SHARED = Path(__file__).parents[2] / "shared" / "foreign"
STUDY = "DUALCART-AML"
PATTERNS = (
    r"^(?:DUALCART-?AML-?)?(?:S|Site )?(?P<site>\d{1,2})-(?P<subject>\d{1,3})$",
    r"^DUALCART(?P<site>\d{2})(?P<subject>\d{3})$",
    r"^(?P<subject>\d{1,3})$",
)
RULES = SubjectRules(patterns=PATTERNS, widths={"site": 2, "subject": 3})
CHAINED = SubjectRules(
    patterns=PATTERNS,
    widths={"site": 2, "subject": 3},
    same_person=SamePerson("enr", "SCRNO", "PREVSCRNO"),
)


def table(names, rows):
    """Frame of text rows as a reader gives it, the first on line 2."""
    names = names.split()
    frame = pd.DataFrame([list(row) for row in rows], columns=names, dtype=TEXT)
    return frame.assign(row=np.arange(len(rows), dtype="int64") + 2)


def form(name="enr", **said):
    return RawForm(name, f"{name}.csv", **{"subject": "SUBJ", "site": "SITE", **said})


def resolve(frames, rules=RULES, forms=None):
    problems = Problems()
    forms = forms or {name: form(name) for name in frames}
    return resolve_subjects(STUDY, rules, forms, frames, problems), list(problems)


def one(site, subject, rules=RULES):
    identity, problems = resolve({"enr": table("SITE SUBJ", [(site, subject)])}, rules)
    return tuple(identity.forms["enr"].iloc[0]), problems


@pytest.mark.parametrize(
    ("site", "subject"),
    [
        pytest.param("01", "001", id="as it should be"),
        pytest.param("1", "1", id="R01 without zeros"),
        pytest.param("S01", "01-001", id="R01 site with its letter, subject with its site"),
        pytest.param("Site 01", "S01-001", id="R01 site as words"),
        pytest.param("site_1", " 001\u00a0", id="blanks of any kind around"),
        pytest.param("", "DUALCART-AML-01-001", id="R01 whole identifier"),
        pytest.param("", "DUALCART01001", id="R26 key of a vendor"),
        pytest.param("", "Site  1-001", id="a run of blanks is one"),
    ],
)
def test_one_subject_however_it_is_written(site, subject):
    assert one(site, subject) == (("DUALCART-AML-01-001", "01", "001"), [])


def test_r26_each_form_has_its_own_subject_column():
    frames = {
        "enr": table("SITE SUBJ", [("01", "001"), ("02", "001")]),
        "cyto": table("SITE_SUBJ", [("01-001",), ("02-001",)]),
        "kin": table("SUBJ_ID", [("DUALCART02001",)]),
    }
    forms = {
        "enr": form(),
        "cyto": RawForm("cyto", "cyto.csv", subject="SITE_SUBJ"),
        "kin": RawForm("kin", "kin.csv", subject="SUBJ_ID"),
    }
    identity, problems = resolve(frames, forms=forms)
    assert problems == []
    assert identity.forms["cyto"]["USUBJID"].tolist() == [f"{STUDY}-01-001", f"{STUDY}-02-001"]
    assert identity.forms["kin"]["USUBJID"].tolist() == [f"{STUDY}-02-001"]


def test_the_only_site_of_the_study_stands_where_none_is_named():
    frames = {"enr": table("SITE SUBJ", [("01", "001")]), "kin": table("SITE SUBJ", [("", "002")])}
    identity, problems = resolve(frames)
    assert problems == []
    assert identity.forms["kin"].iloc[0].tolist() == [f"{STUDY}-01-002", "01", "002"]


@pytest.mark.parametrize(
    ("parts", "identifier"),
    [
        pytest.param(("study", "subject"), "DUALCART-AML-001", id="without the site"),
        pytest.param(("01", "site", "subject"), "01-01-001", id="a word for itself"),
    ],
)
def test_parts_of_an_identifier(parts, identifier):
    rules = SubjectRules(id=parts, patterns=PATTERNS, widths={"site": 2, "subject": 3})
    assert one("01", "001", rules)[0][0] == identifier


def test_a_subject_needs_no_site_where_the_identifier_has_none():
    rules = SubjectRules(id=("study", "subject"), patterns=PATTERNS)
    assert one("", "7", rules) == (("DUALCART-AML-7", "", "7"), [])


@pytest.mark.parametrize(
    ("site", "site_patterns", "expected"),
    [
        pytest.param("Centre 7", None, "07", id="a number behind a word"),
        pytest.param("KIEM", None, "KIEM", id="a code of letters"),
        pytest.param("DE-07", (r"[A-Z]{2}-(?P<site>\d+)",), "07", id="patterns of the study"),
    ],
)
def test_sites_of_a_site_column(site, site_patterns, expected):
    said = {} if site_patterns is None else {"site_patterns": site_patterns}
    rules = SubjectRules(patterns=PATTERNS, widths={"site": 2, "subject": 3}, **said)
    assert one(site, "001", rules)[0][1] == expected


def test_the_first_pattern_that_matches_the_whole_text_wins():
    rules = SubjectRules(
        patterns=(r"(?P<subject>\d{3})", r"(?P<subject>\d)\d{3}"), id=("study", "subject")
    )
    assert [one("", text, rules)[0][2] for text in ("123", "1234")] == ["123", "1"]


@pytest.mark.parametrize(
    ("rows", "line", "column", "value", "words"),
    [
        pytest.param([("01", "X9")], 2, "enr.SUBJ", "X9", "none of the patterns", id="no match"),
        pytest.param([("01", "")], 2, "enr.SUBJ", "", "without a subject", id="empty subject"),
        pytest.param([("?", "001")], 2, "enr.SITE", "?", "is not a site", id="no site"),
        pytest.param(
            [("01", "001"), ("02", "001"), ("", "002")],
            4,
            "enr.SUBJ",
            "002",
            "names no site",
            id="one of several sites",
        ),
    ],
)
def test_a_subject_that_cannot_be_resolved(rows, line, column, value, words):
    identity, (problem,) = resolve({"enr": table("SITE SUBJ", rows)})
    assert (problem.code, problem.mark) == ("DT505", Mark("enr.csv", line))
    assert (problem.variable, problem.value, problem.count) == (column, value, 1)
    assert words in problem.message
    assert identity.forms["enr"].iloc[-1].tolist() == ["", "", ""]


def test_unresolved_rows_are_listed_for_each_distinct_text():
    rows = [("01", "X9"), ("01", "001"), ("01", "X9"), ("01", "X8")]
    _, problems = resolve({"enr": table("SITE SUBJ", rows)})
    assert [(p.value, p.count, [str(e) for e in p.examples]) for p in problems] == [
        ("X9", 2, ["X9 enr.csv:2", "X9 enr.csv:4"]),
        ("X8", 1, ["X8 enr.csv:5"]),
    ]


def test_a_row_that_holds_nothing_is_nobodys_and_no_problem():
    identity, problems = resolve({"enr": table("SITE SUBJ", [("", ""), ("01", "001")])})
    assert problems == []
    assert identity.forms["enr"]["SUBJID"].tolist() == ["", "001"]


def test_the_site_in_the_subject_wins_and_the_other_is_noted():
    (identifier, *_), (problem,) = one("02", "01-001")
    assert identifier == "DUALCART-AML-01-001"
    assert (problem.code, problem.variable, problem.value) == ("DT521", "enr.SITE", "02")


def test_a_form_without_a_subject_column_and_an_absent_form_have_nobody():
    frames = {"coding": table("TERM", [("x",)]), "ae": table("", [])}
    forms = {"coding": RawForm("coding", "coding.csv"), "ae": form("ae")}
    identity, problems = resolve(frames, forms=forms)
    assert problems == []
    assert identity.forms["coding"]["USUBJID"].tolist() == [""]
    assert len(identity.forms["ae"]) == 0


ENR = "SITE SUBJ SCRNO PREVSCRNO DELFL"


def chain(rows, **frames):
    enr = table(ENR, [(*row, "") if len(row) == 4 else row for row in rows])
    forms = {"enr": form(deleted="DELFL"), **{name: form(name) for name in frames}}
    return resolve({"enr": enr, **frames}, CHAINED, forms)


def test_r02_a_person_screened_again_keeps_the_first_identifier():
    identity, problems = chain(
        [("01", "009", "S-006", ""), ("01", "012", "S-014", "S-006")],
        vs=table("SITE SUBJ", [("01", "012"), ("01", "009"), ("01", "010")]),
    )
    assert problems == []
    assert identity.forms["enr"].to_numpy().tolist() == [
        [f"{STUDY}-01-009", "01", "009"],
        [f"{STUDY}-01-009", "01", "012"],
    ]
    first = [f"{STUDY}-01-{number}" for number in ("009", "009", "010")]
    assert identity.forms["vs"]["USUBJID"].tolist() == first
    assert identity.first == {f"{STUDY}-01-012": f"{STUDY}-01-009"}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            [
                ("01", "3", "S-3", "s-2 "),
                ("01", "2", "S-2", "S-1"),
                ("02", "1", "S-1", ""),
            ],
            id="three attempts in any order, at two sites, numbers in either case",
        ),
        pytest.param(
            [("02", "1", "S-1", ""), ("01", "2", "S-2", "S-1"), ("01", "3", "", "S-2")],
            id="the last attempt has no number yet",
        ),
        pytest.param(
            [
                ("02", "1", "S-1", ""),
                ("01", "2", "S-2", "S-1"),
                ("01", "3", "S-3", "S-2"),
                ("01", "9", "S-3", "", "Y"),
            ],
            id="a deleted row gives no number away",
        ),
    ],
)
def test_chains_lead_to_the_first_attempt(rows):
    identity, problems = chain(rows)
    assert problems == []
    live = [place for place, row in enumerate(rows) if row[-1] != "Y"]
    assert set(identity.forms["enr"]["USUBJID"].iloc[live]) == {f"{STUDY}-02-001"}


def test_a_second_attempt_under_the_same_subject_number_is_no_chain():
    identity, problems = chain([("01", "1", "S-1", ""), ("01", "1", "S-2", "S-1")])
    assert (problems, identity.first) == ([], {})


@pytest.mark.parametrize(
    ("rows", "code", "value", "words"),
    [
        pytest.param(
            [("01", "1", "S-1", "S-2"), ("01", "2", "S-2", "S-1")],
            "DT506",
            f"{STUDY}-01-001",
            f"{STUDY}-01-001 <- {STUDY}-01-002 <- {STUDY}-01-001",
            id="a circle",
        ),
        pytest.param(
            [("01", "1", "S-1", "S-1")], "DT506", "S-1", "this attempt and of the one", id="itself"
        ),
        pytest.param(
            [("01", "1", "S-1", ""), ("01", "2", "S-1", "")],
            "DT506",
            "S-1",
            "several subjects",
            id="a number given to two persons",
        ),
        pytest.param(
            [
                ("01", "1", "S-1", ""),
                ("01", "2", "S-2", ""),
                ("01", "3", "S-3", "S-1"),
                ("01", "3", "S-4", "S-2"),
            ],
            "DT506",
            f"{STUDY}-01-003",
            "follows several",
            id="one person under two chains",
        ),
        pytest.param(
            [("01", "1", "S-1", ""), ("01", "2", "S-2", "S-1"), ("01", "3", "S-3", "S-1")],
            "DT506",
            f"{STUDY}-01-001",
            "followed by several",
            id="two persons claim one attempt",
        ),
        pytest.param(
            [("01", "1", "S-1", "S-9")], "DT505", "S-9", "no earlier attempt", id="unknown number"
        ),
    ],
)
def test_a_chain_in_doubt_is_a_problem_and_not_followed(rows, code, value, words):
    identity, (problem,) = chain(rows)
    assert (problem.code, problem.value) == (code, value)
    assert words in problem.message
    assert problem.mark.file == "enr.csv"
    assert problem.examples
    assert identity.first == {}


def test_same_person_needs_its_columns():
    frames = {"enr": table("SITE SUBJ SCRNO", [("01", "001", "S-1")])}
    _, (problem,) = resolve(frames, CHAINED)
    assert (problem.code, problem.variable) == ("DT503", "enr.PREVSCRNO")


@given(st.permutations([f"{number:03d}" for number in range(1, 9)]), st.randoms())
def test_the_order_of_the_rows_does_not_change_who_is_who(numbers, random):
    rows = [
        ("01", number, f"S-{number}", f"S-{before}" if before else "")
        for number, before in zip(numbers, ["", *numbers[:3], "", *numbers[4:7]], strict=True)
    ]
    random.shuffle(rows)
    identity, problems = chain(rows)
    assert problems == []
    people = identity.forms["enr"]
    found = dict(zip(people["SUBJID"], people["USUBJID"], strict=True))
    chains = [f"{STUDY}-01-{numbers[0]}"] * 4 + [f"{STUDY}-01-{numbers[4]}"] * 4
    assert [found[number] for number in numbers] == chains


def left(frame, account):
    """The rows that count."""
    return frame[account.remaining(frame)].reset_index(drop=True)


LAB = "SUBJ RECID UPDTS DELFL LBDAT LABTEST LABRES"
LAB_FORM = RawForm(
    "lab",
    "lab.csv",
    subject="SUBJ",
    record="RECID",
    updated="UPDTS",
    deleted="DELFL",
    duplicates=("LBDAT", "LABTEST"),
)


def dropped(rows, lab=LAB_FORM):
    """Kept rows of the file, why the others went, and the problems."""
    problems = Problems()
    account = drop_rows(lab, table(LAB, rows), problems)
    kept = left(table(LAB, rows), account)
    assert kept.index.equals(pd.RangeIndex(len(kept)))
    assert account.kept == len(kept)
    reasons = account.dropped.to_numpy().tolist()
    return kept["row"].tolist(), reasons, list(problems)


T1, T2, LATER = "2024-05-02T14:11:09", "2024-05-02 14:11:10", "2024-05-10"
WBC = ("2024-03-01", "WBC")


@pytest.mark.parametrize(
    ("rows", "kept", "reasons"),
    [
        pytest.param(
            [("1", "10", T1, "", *WBC, "3"), ("1", "9", T2, "", *WBC, "3")],
            [3],
            [[2, "repeated", 3]],
            id="R03 the lowest record number stays, as numbers and not as text",
        ),
        pytest.param(
            [("1", "5", T2, "", *WBC, "3"), ("1", "6", T1, "", *WBC, "4")],
            [2],
            [[3, "replaced", 2]],
            id="R04 the latest time stands",
        ),
        pytest.param(
            [("1", "9", T1, "", *WBC, "3"), ("1", "10", T1, "", *WBC, "4")],
            [3],
            [[2, "replaced", 3]],
            id="R04 a tie goes to the highest record number",
        ),
        pytest.param(
            [("1", "5", LATER, "", *WBC, "3"), ("1", "6", T2, "", *WBC, "4")],
            [2],
            [[3, "replaced", 2]],
            id="times are compared as times",
        ),
        pytest.param(
            [
                ("1", "1", T1, "", *WBC, "3"),
                ("1", "2", T2, "", *WBC, "4"),
                ("1", "3", LATER, "", *WBC, "3"),
            ],
            [2],
            [[4, "repeated", 2], [3, "replaced", 2]],
            id="the latest values stand, in their first record",
        ),
        pytest.param(
            [("1", "1", T1, "", *WBC, "3"), ("1", "2", T2, "Y", *WBC, "4")],
            [2],
            [[3, "deleted", 0]],
            id="a deleted row replaces nothing",
        ),
        pytest.param(
            [("1", "1", T1, "", *WBC, "3"), ("2", "2", T2, "", *WBC, "3")],
            [2, 3],
            [],
            id="another subject",
        ),
        pytest.param(
            [("1", "1", T1, "", *WBC, "3"), ("1", "2", T2, "", "2024-03-02", "WBC", "3")],
            [2, 3],
            [],
            id="another key",
        ),
        pytest.param(
            [("1", "1", T1, "", "", "", "3"), ("1", "2", T2, "", "", "", "4")],
            [2, 3],
            [],
            id="rows without any key are apart",
        ),
        pytest.param(
            [("1", "1", T1, "", "", "", "3"), ("1", "2", T2, "", "", "", "3")],
            [2],
            [[3, "repeated", 2]],
            id="rows without any key and equal values",
        ),
        pytest.param(
            [("1", "1", T1, "", *WBC, "3"), ("1", "2", T2, "", *WBC[:1], " WBC ", "3")],
            [3],
            [[2, "replaced", 3]],
            id="blanks around a key do not matter",
        ),
        pytest.param([], [], [], id="no rows"),
    ],
)
def test_rows_another_row_stands_for(rows, kept, reasons):
    found, why, problems = dropped(rows)
    assert (found, why) == (kept, reasons)
    assert {problem.code for problem in problems} == ({"DT508"} if reasons else set())


def test_dropped_rows_are_logged_with_examples_and_counted():
    rows = [
        ("1", "1", T1, "Y", *WBC, "1"),
        ("1", "2", T1, "", *WBC, "3"),
        ("1", "3", T1, "", *WBC, "3"),
        ("2", "4", T1, "", *WBC, "3"),
        ("2", "5", T2, "", *WBC, "4"),
        ("2", "6", T1, "y", *WBC, "4"),
    ]
    problems = Problems()
    account = drop_rows(LAB_FORM, table(LAB, rows), problems)
    assert account.counts == {"deleted": 2, "repeated": 1, "replaced": 1, "unresolved": 0}
    assert (account.read, account.kept) == (6, 2)
    assert [
        (p.code, p.mark.line, p.variable, p.count, [str(e) for e in p.examples]) for p in problems
    ] == [
        ("DT508", 2, "lab.DELFL", 2, ["1 lab.csv:2", "2 lab.csv:7"]),
        ("DT508", 4, "lab.LBDAT, LABTEST", 1, ["1 lab.csv:4 (3 stands)"]),
        ("DT508", 5, "lab.LBDAT, LABTEST", 1, ["2 lab.csv:5 (6 stands)"]),
    ]


@pytest.mark.parametrize(
    ("rows", "kept", "code", "line"),
    [
        pytest.param(
            [("1", "", "", "", *WBC, "3"), ("1", "", "", "", *WBC, "4")],
            [3],
            "DT517",
            3,
            id="a tie in time and record: the last row stands",
        ),
        pytest.param(
            [("1", "1", "2 May 24", "", *WBC, "3"), ("1", "2", T1, "", *WBC, "4")],
            [3],
            "DT524",
            2,
            id="a time that cannot be read is the earliest",
        ),
        pytest.param(
            [("1", "1", T1, "maybe", *WBC, "3")], [2], "DT524", 2, id="a mark that is not Y or N"
        ),
    ],
)
def test_what_is_doubtful_about_duplicates(rows, kept, code, line):
    found, _, problems = dropped(rows)
    assert found == kept
    (problem,) = [problem for problem in problems if problem.code != "DT508"]
    assert (problem.code, problem.mark) == (code, Mark("lab.csv", line))


def test_duplicates_are_those_of_the_person_not_of_the_text():
    rows = [("1", "1", T1, "", *WBC, "3"), ("01-001", "2", T1, "", *WBC, "3")]
    people = pd.Series([f"{STUDY}-01-001"] * 2, dtype=TEXT)
    account = drop_rows(LAB_FORM, table(LAB, rows), Problems(), people)
    kept = left(table(LAB, rows), account)
    assert kept["SUBJ"].tolist() == ["1"]
    assert account.counts["repeated"] == 1


records = st.tuples(
    st.sampled_from(["1", "2"]),
    st.integers(1, 20).map(str),
    st.sampled_from([T1, T2, LATER]),
    st.sampled_from(["", "Y"]),
    st.sampled_from(["", "2024-03-01"]),
    st.sampled_from(["", "WBC"]),
    st.sampled_from(["3", "4"]),
)


@given(st.lists(records, max_size=12))
def test_every_row_is_kept_or_accounted_for(rows):
    frame = table(LAB, rows)
    account = drop_rows(LAB_FORM, frame, Problems())
    kept = left(frame, account)
    together = sorted([*kept["row"], *account.dropped["row"]])
    assert together == frame["row"].tolist()
    assert kept["row"].is_monotonic_increasing
    assert set(account.dropped["instead"]) - {0} <= set(kept["row"])
    keyed = kept[kept["LBDAT"].ne("") | kept["LABTEST"].ne("")]
    assert not keyed.duplicated(["SUBJ", "LBDAT", "LABTEST"]).any()
    assert left(kept, drop_rows(LAB_FORM, kept, Problems())).equals(kept)


def test_the_identity_step_as_a_whole():
    names = "SITE SUBJ RECID UPDTS DELFL AENO AETERM"
    ae = table(
        names,
        [
            ("01", "2", "1", T1, "", "1", "Fever"),
            ("01", "X9", "2", T1, "Y", "1", "Fever"),
            ("01", "X9", "3", T1, "", "1", "Fever"),
            ("S1", "01-001", "4", T2, "", "1", "Fever, high"),
            ("01", "001", "5", T1, "", "2", "Rash"),
        ],
    )
    enr = table(ENR, [("01", "1", "S-1", "", ""), ("01", "2", "S-2", "S-1", "")])
    forms = {
        "enr": form(deleted="DELFL"),
        "ae": form("ae", record="RECID", updated="UPDTS", deleted="DELFL", duplicates=("AENO",)),
    }
    before = ae.copy()
    problems = Problems()
    made = identify_records(STUDY, CHAINED, forms, {"enr": enr, "ae": ae}, problems)
    assert made.frames["ae"]["row"].tolist() == [5, 6]
    assert made.frames["ae"].index.equals(pd.RangeIndex(2))
    assert made.identity.forms["ae"].to_numpy().tolist() == [
        [f"{STUDY}-01-001", "01", "001"],
        [f"{STUDY}-01-001", "01", "001"],
    ]
    assert made.accounts["ae"].counts == {
        "deleted": 1,
        "repeated": 0,
        "replaced": 1,
        "unresolved": 1,
    }
    assert (made.accounts["ae"].read, made.accounts["ae"].kept) == (5, 2)
    assert [problem.code for problem in problems.errors] == ["DT505"]
    assert problems.errors[0].mark == Mark("ae.csv", 4)
    pd.testing.assert_frame_equal(ae, before)


def test_every_column_of_an_identity_is_text():
    identity, _ = resolve({"enr": table("SITE SUBJ", [("01", "001")]), "ae": table("", [])})
    for people in identity.forms.values():
        assert people.dtypes.tolist() == [TEXT] * 3
        assert list(people) == ["USUBJID", "SITEID", "SUBJID"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the foreign data are not beside the project")
@pytest.mark.parametrize(
    ("said", "rules", "expected", "people"),
    [
        pytest.param(
            {
                "file": "viedoc/DEMO_GDISC_20240903_072908_DM.csv",
                "header_rows": 2,
                "subject": "SubjectId",
                "site": "SiteCode",
            },
            SubjectRules(patterns=(r"(?P<site>[A-Z]+)-(?P<subject>\d+)",), widths={"subject": 3}),
            ["DUALCART-AML-KIEM-001", "KIEM", "001"],
            3,
            id="viedoc",
        ),
        pytest.param(
            {"file": "cdiscpilot/raw/dm_raw.csv", "subject": "PATNUM"},
            SubjectRules(
                id=("01", "site", "subject"), patterns=(r"(?P<site>\d{3})-(?P<subject>\d{4})",)
            ),
            ["01-701-1015", "701", "1015"],
            306,
            id="cdiscpilot",
        ),
    ],
)
def test_subjects_of_exports_nobody_here_made(said, rules, expected, people):
    forms, problems = {"dm": RawForm("dm", **said)}, Problems()
    raw = read_raw(forms, SHARED, problems)
    identity = resolve_subjects(STUDY, rules, forms, raw, problems)
    assert not len(problems)
    assert identity.forms["dm"].iloc[0].tolist() == expected
    assert identity.forms["dm"]["USUBJID"].nunique() == people
