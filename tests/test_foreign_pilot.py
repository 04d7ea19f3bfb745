"""The CDISC pilot study from its raw forms, against the datasets that others made of it.

The specs in ``foreign/pilot`` name the raw columns as they are (``IT.AETERM``, ``01/16/2014``,
``701-1015``). Every cell of the written transport files is held against the reference, and every
difference must be one of the tables below, in exactly as many records.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from submission.run import Report, Request, build_study

SPECS = Path(__file__).parent / "foreign" / "pilot"
FOREIGN = Path(__file__).parents[2] / "shared" / "foreign" / "cdiscpilot"
FILES = ("raw/dm_raw.csv", "raw/ae_raw.csv", "sdtm/ex.csv", "sdtm/ds.csv")

pytestmark = pytest.mark.skipif(
    not FOREIGN.is_dir(), reason="the CDISC pilot data are not beside the project"
)


@dataclass(frozen=True)
class Difference:
    """Records in which a variable may differ from the reference, how many, and why.

    ``holds`` gets all records, built and reference side by side, and says which it speaks of.
    """

    variable: str
    count: int
    reason: str
    holds: Callable[[pd.DataFrame, pd.DataFrame], "pd.Series[bool]"]


def _tied(_built: pd.DataFrame, reference: pd.DataFrame) -> "pd.Series[bool]":
    return reference.duplicated(["USUBJID", "AEDTC", "AESTDTC"], keep=False)


def _with_start_lost(built: pd.DataFrame, reference: pd.DataFrame) -> "pd.Series[bool]":
    lost = reference["USUBJID"].where(built["AESTDTC"].ne(reference["AESTDTC"]))
    return reference["USUBJID"].isin(lost.dropna())


def _on_first_day(built: pd.DataFrame, reference: pd.DataFrame) -> "pd.Series[bool]":
    return built["AESTDY"].eq("1") & reference["AESTDY"].eq("366")


DIFFERENCES = {
    "DM": (
        Difference("BRTHDTC", 306, "not on the raw form", lambda built, _: built["BRTHDTC"].eq("")),
        Difference("RFICDTC", 254, "on the raw form, not in the reference",
                   lambda _, reference: reference["RFICDTC"].eq("")),
        Difference("RFPENDTC", 80, "a later contact, in domains that are not given",
                   lambda built, reference: reference["RFPENDTC"] > built["RFPENDTC"]),
    ),
    "EX": (),
    "DS": (
        Difference("DSSPID", 58, "a blank before the number, which transport files cannot carry",
                   lambda built, reference: reference["DSSPID"].eq(" " + built["DSSPID"])),
    ),
    "AE": (
        Difference("AESPID", 1191, "not on the raw form; the line of the form stands for it",
                   lambda built, _: built["AESPID"].str.isdigit()),
        Difference("AESEQ", 229, "equal in AEDTC and AESTDTC, which AESPID orders", _tied),
        Difference("AESEQ", 2, "before or after an event whose start was lost", _with_start_lost),
        Difference("AELLTCD", 1182, "on the raw form, not in the reference",
                   lambda _, reference: reference["AELLTCD"].eq("")),
        Difference("AESOCCD", 1182, "on the raw form, not in the reference",
                   lambda _, reference: reference["AESOCCD"].eq("")),
        Difference("AESTDTC", 15, "a start known to the month is not on the raw form",
                   lambda built, reference: built["AESTDTC"].eq("")
                   & reference["AESTDTC"].str.len().eq(7)),
        Difference("AESTDY", 1, "an event on RFSTDTC is on day 1; there is no day 366 of 1 day",
                   _on_first_day),
    ),
    "SUPPAE": (
        Difference("QVAL", 6, "a start known to the month is not on the raw form",
                   lambda built, reference: built["QVAL"].eq("N") & reference["QVAL"].eq("Y")),
        Difference("QORIG", 1191, "the published term is Derived",
                   lambda _, reference: reference["QORIG"].eq("DERIVED")),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pilot")
    (folder / "raw").mkdir()
    for name in FILES:
        shutil.copyfile(FOREIGN / name, folder / "raw" / Path(name).name)
    return folder


@pytest.fixture(scope="module")
def report(folder) -> Report:
    created = datetime(2025, 1, 1, tzinfo=UTC)
    return build_study(Request(SPECS, folder / "raw", folder / "out", created, jobs=1))


@pytest.fixture(scope="module")
def written(folder, report) -> dict[str, pd.DataFrame]:
    assert report.written
    return by_line(
        {
            path.stem.upper(): pyreadstat.read_xport(str(path))[0].apply(as_text)
            for path in (folder / "out" / "sdtm").glob("*.xpt")
        },
        lambda events: events["AESPID"].astype(int),
    )


@pytest.fixture(scope="module")
def reference() -> dict[str, pd.DataFrame]:
    texts = {
        path.stem.upper(): pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in (FOREIGN / "sdtm").glob("*.csv")
    }
    # The records stand in the order of the raw form, whose first line is its header.
    return by_line(
        {name: one.apply(without_zero) for name, one in texts.items()},
        lambda events: pd.Series(events.index + 2),
    )


def as_text(column: pd.Series) -> pd.Series:
    """A column of a transport file as a CSV file has it."""
    if pd.api.types.is_numeric_dtype(column):
        return without_zero(column.map(lambda one: "" if one != one else repr(float(one))))
    return column.astype(str)


def without_zero(column: pd.Series) -> pd.Series:
    """Whole numbers without the decimal that pandas gives them."""
    return column.str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)


def by_line(
    datasets: dict[str, pd.DataFrame], line: Callable[[pd.DataFrame], pd.Series]
) -> dict[str, pd.DataFrame]:
    """Datasets with their events, and what speaks of one, in the order of the lines of the form.

    IDVARVAL names the line, because AESEQ may differ.
    """
    events = datasets["AE"].assign(line=line)
    number = events.set_index(["USUBJID", "AESEQ"])["line"]
    qualifiers = datasets["SUPPAE"]
    lines = number.loc[pd.MultiIndex.from_frame(qualifiers[["USUBJID", "IDVARVAL"]])].to_numpy()
    qualifiers = qualifiers.assign(line=lines, IDVARVAL=lines.astype(str))
    sorted_ones = {
        name: one.sort_values("line", ignore_index=True).drop(columns="line")
        for name, one in (("AE", events), ("SUPPAE", qualifiers))
    }
    return {**datasets, **sorted_ones}


def differences(
    built: pd.DataFrame, reference: pd.DataFrame, known: tuple[Difference, ...]
) -> dict[tuple[str, str], int]:
    """Records that differ by variable and reason; without a reason, what stands in them."""
    assert len(built) == len(reference)
    columns = list(dict.fromkeys([*reference, *built]))
    built = built.reindex(columns=columns, fill_value="")
    reference = reference.reindex(columns=columns, fill_value="")
    found: dict[tuple[str, str], int] = {}
    for variable in columns:
        open_ = built[variable].ne(reference[variable])
        for one in known:
            if one.variable == variable:
                explained = open_ & one.holds(built, reference)
                found[variable, one.reason] = int(explained.sum())
                open_ &= ~explained
        pairs = zip(built.loc[open_, variable], reference.loc[open_, variable], strict=True)
        for ours, theirs in pairs:
            place = (variable, f"{ours!r} instead of {theirs!r}")
            found[place] = found.get(place, 0) + 1
    return found


def test_no_line_of_python():
    assert {path.suffix for path in SPECS.iterdir()} == {".yaml"}


def test_builds_and_says_what_is_unusual(report):
    assert [(one.code, one.variable, one.value) for one in report.problems] == [
        ("CT303", "DSDECOD", "FINAL LAB VISIT"),
        ("CT303", "DSDECOD", "FINAL RETRIEVAL VISIT"),
    ]
    assert {name.rpartition("/")[2] for name in report.written} >= {"ae.xpt", "define.xml"}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_every_cell_against_the_reference(name, written, reference):
    known = DIFFERENCES[name]
    assert differences(written[name], reference[name], known) == {
        (one.variable, one.reason): one.count for one in known
    }


def test_a_difference_without_a_reason_is_told():
    built = pd.DataFrame({"AETERM": ["RASH", "COUGH"]})
    reference = pd.DataFrame({"AETERM": ["RASH", "FEVER"]})
    assert differences(built, reference, ()) == {("AETERM", "'COUGH' instead of 'FEVER'"): 1}
