"""The simulator's files: repeatable, in the columns of the forms, clinically coherent."""

import re
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import simulate  # noqa: E402
import simulate_people as people  # noqa: E402
import simulate_text as text  # noqa: E402
from simulate_forms import ENTERED, SENT, columns_of  # noqa: E402

RAW = ROOT / "mappings" / "dualcart_aml" / "raw"
CUTOFF = date(2025, 6, 30)
SUBJECTS = 250
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
RESPONSES = {
    *("cr", "crh", "cri", "mlfs", "pr", "nr", "sd", "pd", "ne", "relapse", "relapsed", ""),
    *("no response", "treatment failure", "not evaluable"),
}
FULL = (
    r"(?P<d>\d\d)(?P<m>[A-Z]{3})(?P<y>\d{4})",
    r"(?P<d>\d{1,2})-(?P<m>[A-Z]{3})-(?P<y>\d{4})",
    r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
)
PARTIAL = re.compile(
    r"UN ?[A-Z]{3} ?\d{4}|UN-?UNK-?\d{4}|\d{4}-\d\d-UN|\d{4}-UN-UN|UNK|NK|ND|", re.IGNORECASE
)
UNITS = {
    *("10^9/L", "10E9/L", "x10*9/L", "G/L", "K/uL", "10^3/uL", "/uL", "cells/mm3", "%", "U/L"),
    *("g/L", "g/dL", "umol/L", "\u00b5mol/L", "mg/dL", "mg/L", "ug/mL", "mcg/mL", "ug/L", "ng/mL"),
}


def read(folder, form):
    return pd.read_csv(
        folder / f"{form}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )


def day(written):
    """Date of a complete date text, None of a partial one; AssertionError for anything else."""
    for pattern in FULL:
        if found := re.fullmatch(pattern, written.upper()):
            month = found["m"]
            number = MONTHS.index(month) + 1 if month.isalpha() else int(month)
            return date(int(found["y"]), number, int(found["d"]))
    assert PARTIAL.fullmatch(written), written
    return None


def days(column):
    known = {written: day(written) for written in set(column)}
    return column.map(known)


def subjects(frame):
    """Subject number of each row, whatever the spelling, with the site the row or the text says."""
    number = frame["SUBJ"].str.extract(r"(\d+)$", expand=False).str.zfill(3)
    site = frame["SITE"].str.extract(r"(\d+)$", expand=False).str.zfill(2)
    return site + "-" + number


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated")
    simulate.simulate(SUBJECTS, 7, out)
    return out


@pytest.fixture(scope="module")
def tidy(tmp_path_factory):
    out = tmp_path_factory.mktemp("tidy")
    simulate.simulate(60, 7, out, disorder=0.0)
    return out


@pytest.fixture(scope="module")
def deaths(folder):
    ends = read(folder, "eos")
    ends = ends[ends["STATUS"].eq("Death") & ends["DELFL"].eq("")]
    return dict(zip(subjects(ends), days(ends["ENDDAT"]), strict=True))


def test_same_seed_same_bytes(tmp_path):
    for name in ("one", "two", "other"):
        simulate.simulate(30, 4 if name == "other" else 3, tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(
        [*(f"{form}.csv" for form in simulate.FORMS), "cmcoding.csv", "coding.csv"]
    )
    for name in files:
        one, two = (tmp_path / each / name for each in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), name
    assert (tmp_path / "one/lab.csv").read_bytes() != (tmp_path / "other/lab.csv").read_bytes()


@pytest.mark.parametrize("form", [*ENTERED, *SENT, "coding", "cmcoding"])
def test_columns_are_those_of_the_bundled_forms(folder, form):
    header = [
        path.read_bytes().splitlines()[0].decode("utf-8-sig")
        for path in (folder / f"{form}.csv", RAW / f"{form}.csv")
    ]
    made, bundled = header
    assert made.rstrip(",") == bundled.rstrip(",")


@pytest.mark.parametrize("form", [*ENTERED, *SENT])
def test_dates_parse_and_none_is_after_the_cut_off(folder, form):
    frame = read(folder, form)
    for name in [each for each in frame if "DAT" in each or each == "COLLDT"]:
        known = days(frame[name]).dropna()
        assert known.empty or known.max() <= CUTOFF, name
    for name in [each for each in ("UPDTS", "COLL_DTTM", "COLLDTTM") if each in frame]:
        known = frame[name].str[:10].map(date.fromisoformat)
        assert known.max() <= CUTOFF, name


@pytest.mark.parametrize("form", list(ENTERED))
def test_records_are_numbered_upwards(folder, form):
    numbers = read(folder, form)["RECID"].astype(int)
    assert numbers.is_unique
    assert numbers.is_monotonic_increasing


@pytest.mark.parametrize("form", list(ENTERED))
def test_every_subject_is_enrolled_or_screened(folder, form):
    frame = read(folder, form)
    assert set(subjects(frame)) <= set(subjects(read(folder, "enr")))
    assert set(frame["STUDY"]) == {"DUALCART-AML"}


@pytest.mark.parametrize("form", list(SENT))
def test_vendor_keys_name_a_subject(folder, form):
    frame = read(folder, form)
    key = frame[columns_of(form)[0]]
    number = key.str.extract(r"^(?:01-|DUALCART01)?(\d{3})$", expand=False)
    assert set("01-" + number) <= set(subjects(read(folder, "enr")))


def test_every_infusion_given_has_times_and_cells(folder):
    frame = read(folder, "inf")
    given_ = frame["INFYN"].str.upper().str.startswith("Y")
    for name in ("INFSTDAT", "INFENDAT"):
        assert days(frame.loc[given_, name]).notna().all()
    for name in ("INFSTTIM", "INFENTIM"):
        assert frame.loc[given_, name].str.fullmatch(r"\d{1,2}:?\d\d(:\d\d)?( [AP]M)?").all()
    assert (pd.to_numeric(frame.loc[given_, "CARPOS"]) > 0).all()
    assert frame.loc[~given_, "INFREAS"].ne("").all()


@pytest.mark.parametrize(
    ("form", "name"),
    [
        pytest.param("vs", "VSDAT", id="vital signs"),
        pytest.param("lab", "LBDAT", id="laboratory"),
        pytest.param("bma", "BMDAT", id="marrow"),
        pytest.param("resp", "RSDAT", id="response"),
        pytest.param("ecog", "ECDAT", id="performance status"),
        pytest.param("ae", "AESTDAT", id="start of an adverse event"),
        pytest.param("ae", "VISDAT", id="page of an adverse event"),
        pytest.param("tox", "TOXDAT", id="day sheet"),
        pytest.param("cm", "CMSTDAT", id="drug"),
        pytest.param("proc", "PRSTDAT", id="procedure"),
        pytest.param("inf", "INFSTDAT", id="infusion"),
        pytest.param("visitlog", "VISDAT", id="visit"),
    ],
)
def test_nothing_happens_on_or_after_the_day_of_death(folder, deaths, form, name):
    frame = read(folder, form)
    table = pd.DataFrame({"death": subjects(frame).map(deaths), "day": days(frame[name])}).dropna()
    assert len(table)
    assert (table["day"] < table["death"]).all()


def test_alive_contacts_are_before_death(folder, deaths):
    frame = read(folder, "surv")
    death, contact = subjects(frame).map(deaths), days(frame["CONTDAT"])
    dead = frame["SVSTAT"].eq("Dead")
    known = death.notna()
    assert (contact[known & ~dead] < death[known & ~dead]).all()
    assert (contact[dead] >= death[dead]).all()


def test_responses_are_of_the_vocabulary(folder):
    frame = read(folder, "resp")
    assert set(frame["RESP"].str.lower()) <= RESPONSES
    assert frame["RESP"].eq("").equals(frame["RSND"].eq("Y"))


def test_complete_remission_agrees_with_marrow_and_counts(tidy):
    frame = read(tidy, "resp")
    frame = frame[frame["RESP"].eq("CR")][["SUBJ", "RSDAT"]]
    assert len(frame)
    marrow = read(tidy, "bma").rename(columns={"BMDAT": "RSDAT"})
    blasts = frame.merge(marrow, on=["SUBJ", "RSDAT"], how="left", validate="many_to_one")
    assert (pd.to_numeric(blasts["BLASTPCT"]) < 5).all()
    counts = read(tidy, "lab").rename(columns={"LBDAT": "RSDAT"})
    counts = counts[counts["LABTEST"].isin(["ANC", "PLT"])]
    counts = frame.merge(counts, on=["SUBJ", "RSDAT"], how="left")
    least = counts["LABTEST"].map({"ANC": 1.0, "PLT": 100.0})
    assert (pd.to_numeric(counts["LABRES"]) >= least).all()


def test_relapse_follows_a_remission_and_has_blasts(tidy):
    frame = read(tidy, "resp")
    relapsed = frame[frame["RESP"].eq("Relapse")]
    assert len(relapsed)
    remitted = frame[frame["RESP"].isin(["CR", "CRh", "CRi"])]
    assert set(relapsed["SUBJ"]) <= set(remitted["SUBJ"])
    marrow = read(tidy, "bma").rename(columns={"BMDAT": "RSDAT"})
    found = relapsed.merge(marrow, on=["SUBJ", "RSDAT"], how="left")
    assert (pd.to_numeric(found["BLASTPCT"]) >= 5).all()


def test_cytokines_rise_with_the_grade_of_release_syndrome(tidy):
    sheets = read(tidy, "tox")
    worst = sheets[sheets["TOXTYPE"].eq("CRS")].groupby("SUBJ")["ASTCTGR"].max().astype(int)
    samples = read(tidy, "cyto")
    samples["SUBJ"] = samples["SITE_SUBJ"].str[-3:]
    value = pd.to_numeric(samples["IL6"].str.strip("<>"), errors="coerce")
    peak = value.groupby(samples["SUBJ"]).max()
    grade = worst.reindex(peak.index, fill_value=0)
    assert peak[grade >= 2].median() > 3 * peak[grade == 0].median()


def test_day_sheets_reach_the_grade_of_their_event(tidy):
    events, sheets = read(tidy, "ae"), read(tidy, "tox")
    worst = sheets.groupby(["SUBJ", "AENO"])["ASTCTGR"].max().rename("sheet").reset_index()
    both = worst.merge(events, on=["SUBJ", "AENO"], how="left", validate="one_to_one")
    assert both["AETERM"].str.contains("syndrome").all()
    assert (both["sheet"].astype(int) <= both["AEGR"].astype(int)).all()


def test_laboratory_units_can_be_converted(folder):
    frame = read(folder, "lab")
    assert set(frame["LABU"]) <= UNITS | {""}
    blank = frame[frame["LABU"].eq("")]
    counts = {"WBC", "Leuco", "ANC", "NEU#", "Neut abs", "Neut#", "LYM", "ALC", "PLT"}
    shares = {"NEU%", "Neut %", "PB blasts", "circ blasts"}
    assert set(blank["LABTEST"]) <= counts | shares | {"Thrombocytes"}
    inside = blank[blank["LABTEST"].isin(shares)]
    assert inside["LABRES"].str.contains("%").mean() > 0.9


@pytest.mark.parametrize(
    ("form", "name", "word"),
    [
        pytest.param("lab", "LABRES", "hemolyzed", id="R09 spoilt sample"),
        pytest.param("lab", "LABRES", "<0.1", id="R09 below the limit"),
        pytest.param("lab", "LABU", "/uL", id="R10 counts per microlitre"),
        pytest.param("lab", "LABTEST", "Leuco", id="R12 local name"),
        pytest.param("ae", "AEGR", "G3", id="R14 grade with a letter"),
        pytest.param("ae", "AEGR", "III", id="R14 Roman grade"),
        pytest.param("resp", "RESP", "cri", id="R15 response in lower case"),
        pytest.param("resp", "VISIT", "Month 1", id="R17 month 1 for day 28"),
        pytest.param("vs", "TEMPU", "F", id="R19 Fahrenheit"),
        pytest.param("vs", "WTU", "lb", id="R19 pounds"),
        pytest.param("cyto", "IL6", "QNS", id="R20 too little serum"),
        pytest.param("kin", "RUN", "2", id="R05 second run"),
        pytest.param("lab", "DELFL", "Y", id="deleted record"),
        pytest.param("inf", "INFNO", "2", id="R24 second infusion"),
        pytest.param("inf", "INFYN", "No", id="R23 never infused"),
        pytest.param("enr", "SUBJ", "DUALCART-AML-01-001", id="R01 whole key"),
    ],
)
def test_disorder_stands_in_the_files_and_not_in_tidy_ones(folder, tidy, form, name, word):
    frame = read(folder, form)
    present = frame[name].eq(word).any()
    if word == "DUALCART-AML-01-001":
        present = frame[name].str.startswith("DUALCART-AML-01-").any()
    assert present
    if name not in {"INFNO", "INFYN"}:
        assert not read(tidy, form)[name].eq(word).any()


def test_tidy_files_have_one_spelling(tidy):
    frame = read(tidy, "lab")
    assert set(frame["SITE"]) == {"01"}
    assert frame["SUBJ"].str.fullmatch(r"\d{3}").all()
    assert frame["LBDAT"].str.fullmatch(r"\d\d[A-Z]{3}\d{4}").all()
    assert not (tidy / "cyto.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_mark_line_ends_and_trailing_columns(folder):
    marked = (folder / "cyto.csv").read_bytes()
    assert marked.startswith(b"\xef\xbb\xbf")
    assert marked.count(b"\r\n") == marked.count(b"\n")
    assert all(line.endswith(b",,") for line in (folder / "rcl.csv").read_bytes().splitlines())


def test_rescreened_persons_have_two_numbers(folder):
    frame = read(folder, "enr")
    frame = frame[frame["DELFL"].eq("")]
    again = frame[frame["PREVSCRNO"].ne("")]
    first = frame[frame["SCRNO"].isin(again["PREVSCRNO"])]
    assert len(again) == len(first) > 0
    assert first["ENRYN"].str.upper().str.startswith("N").all()
    assert not set(subjects(first)) & set(subjects(again))
    births = read(folder, "dem")
    assert set(subjects(first)) | set(subjects(again)) <= set(subjects(births))


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        pytest.param("failed", 0.05, 0.16, id="screen failures"),
        pytest.param("never", 0.01, 0.10, id="enrolled and never infused"),
        pytest.param("second", 0.01, 0.11, id="second infusions"),
        pytest.param("dead", 0.25, 0.65, id="deaths"),
        pytest.param("responded", 0.45, 0.85, id="CR, CRh or CRi"),
    ],
)
def test_rates_are_those_of_a_trial(folder, share, low, high):
    enrolled, infused, response = (read(folder, form) for form in ("enr", "inf", "resp"))
    given_ = infused["INFYN"].str.upper().str.startswith("Y")
    persons = len(set(subjects(infused[given_])))
    failed = enrolled["ENRYN"].str.upper().str.startswith("N") & enrolled["DELFL"].eq("")
    again = enrolled["PREVSCRNO"].ne("") & enrolled["DELFL"].eq("")
    good = response["RESP"].str.lower().isin(["cr", "crh", "cri"])
    rates = {
        "failed": (failed.sum() - again.sum()) / SUBJECTS,
        "never": len(set(subjects(infused[~given_]))) / SUBJECTS,
        "second": infused["INFNO"].eq("2").sum() / persons,
        "dead": read(folder, "death")["SUBJ"].size / SUBJECTS,
        "responded": len(set(subjects(response[good]))) / persons,
    }
    assert low < rates[share] < high


def test_terms_and_drugs_are_coded(folder):
    def entered(form, name):
        plain = read(folder, form)[name].str.upper().str.split()
        return set(plain.str.join(" "))

    terms = set(read(folder, "coding")["TERM"])
    assert entered("ae", "AETERM") | entered("mh", "MHTERM") <= terms
    assert entered("cm", "CMTRT") <= set(read(folder, "cmcoding")["TERM"])


def test_many_persons_take_several_sites():
    made = people.people(2000, np.random.default_rng(1))
    assert made.sites == 3
    numbers = pd.DataFrame({"site": made.site, "number": made.number})
    first = pd.DataFrame({"site": made.site, "number": made.first_number})[made.rescreened]
    every = pd.concat([numbers, first])
    assert every["number"].between(1, 999).all()
    assert not every.duplicated().any()
    assert (made.first_number < made.number).all()
    assert every.groupby("site")["number"].max().eq(every.groupby("site").size()).all()


@given(
    st.lists(st.integers(0, text.day_of("2025-06-30")), min_size=1),
    st.integers(0, 2**32),
)
def test_date_texts_read_back(numbers, seed):
    scribe = text.Scribe(np.random.default_rng(seed), 1.0)
    made = scribe.dates(np.array(numbers))
    assert [(day(each) - text.ORIGIN).days for each in made] == numbers
    assert all(day(each) is None for each in scribe.dates(np.array(numbers), no_day=1.0))


@pytest.mark.parametrize("size", [pytest.param(1, id="one"), pytest.param(3, id="three")])
def test_few_subjects_are_enough(tmp_path, size):
    written = simulate.simulate(size, 5, tmp_path)
    assert written["enr"] >= size
    assert all(len(read(tmp_path, form)) == rows for form, rows in written.items())


def test_command_line_writes_the_files(tmp_path, capsys):
    simulate.main(["--subjects", "2", "--seed", "1", "--out", str(tmp_path), "--disorder", "0.5"])
    assert "2 of 2 subjects" in capsys.readouterr().err
    assert (tmp_path / "lab.csv").exists()
    with pytest.raises(SystemExit):
        simulate.main(["--subjects", "0", "--out", str(tmp_path)])
