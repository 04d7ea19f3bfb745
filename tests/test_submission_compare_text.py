"""Text reports of comparisons: every case of the table word for word, and what must hold for all.

``python tests/test_submission_compare_text.py`` writes the texts in tests/golden/compare anew.
"""

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from compared import BASE, KEYS, compare
from test_comparison_cases import ATTRIBUTES, CASES, ENCODINGS, EQUAL, OTHERS, RECORDS, VALUES

from comparison.findings import Collection, Comparison, Header
from comparison.options import Options
from submission.compare_facts import printable
from submission.compare_layout import WIDTH, around, table
from submission.compare_text import text_report

GOLDEN = Path(__file__).parent / "golden" / "compare"
TOLD = [*ATTRIBUTES, *RECORDS, *VALUES, *ENCODINGS, *OTHERS, EQUAL[1]]
HEADER = Header("A. Person", "2026-11-27", (("cdiscgen", "0.1.0"),))


def named(case) -> Path:
    """File of a case's report."""
    return GOLDEN / f"{re.sub('[^a-z0-9]+', '-', case.id.lower()).strip('-')}.txt"


def settled(found: Comparison, folder: Path) -> Comparison:
    """The comparison without what depends on the place or on versions of other writers."""

    def side(one):
        path = Path(one.path).relative_to(folder).as_posix()
        dated = {"created": "", "modified": ""} if one.format == "XPT v8" else {}
        return replace(one, path=path, sha256="0" * 64, bytes=1000, **dated)

    return replace(found, base=side(found.base), other=side(found.other))


def report(case, folder: Path) -> str:
    base, other, _, _, options, endings = case.values
    one = settled(compare(folder, base, other, options, endings), folder)
    return text_report(Collection(HEADER, one.base.path, one.other.path, options, (one,)))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in TOLD])
def test_report_of_the_case(case, tmp_path):
    made = report(case, tmp_path)
    assert made == named(case).read_text(encoding="ascii"), f"run python {Path(__file__).name}"


def test_there_is_a_text_for_each_case_and_no_other():
    names = {named(case).name for case in TOLD}
    assert len(names) == len(TOLD) >= 40
    assert {path.name for path in GOLDEN.iterdir()} == names
    assert len(TOLD) == len(CASES) - len(EQUAL) + 1


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_reports_fit_and_hold_nothing_but_ascii(path):
    text = path.read_bytes().decode("ascii")
    assert max(map(len, text.splitlines())) <= WIDTH
    assert not re.search(r"[^\n -~]| $", text, re.MULTILINE)


def told(found, **more):
    return text_report(Collection(HEADER, "base", "other", found.options, (found,)), **more)


def many(tmp_path, number=500):
    """A comparison with so many differences in AVAL."""
    rows = [row for row in range(1, 6) for _ in range(number // 5)]
    base = BASE.rows(*rows).with_values(AVAL=[float(row) for row in range(number)])
    other = base.with_values(AVAL=[row + 2.0 for row in range(number)])
    return compare(tmp_path, base, other, Options(keys=KEYS))


def test_the_verdict_and_the_first_cause_stand_on_the_first_screen(tmp_path):
    screen = told(many(tmp_path)).splitlines()[:24]
    assert screen[0] == "ADTTE: Different: values (500 of 2,500)."
    assert any("AVAL is 2 higher in the other in" in line for line in screen)


def test_records_that_moved_say_how_many_of_those_without_a_partner_they_are(tmp_path):
    rows = [row for row in range(1, 6) for _ in range(10)]
    base = BASE.rows(*rows).with_values(AVAL=[float(row) for row in range(50)])
    other = base.with_values(AVAL=[row + 100.0 for row in range(50)]).rows(*range(1, 46))
    text = told(compare(tmp_path, base, other, Options(keys=("AVAL", "ADTM"))))
    assert "[45 records, 94.7% of those without a partner]" in " ".join(text.split())


def test_lists_say_what_they_leave_out(tmp_path):
    text = told(many(tmp_path), first=7)
    listing = text.partition("Value Comparison Results for AVAL")[2]
    assert len(re.findall(r"^  S\d ", listing, re.MULTILINE)) == 7
    assert listing.endswith("  ... and 493 values more\n")
    assert "Value Comparison Results" not in told(many(tmp_path), first=0)


def test_the_sections_come_in_the_order_of_proc_compare(tmp_path):
    text = told(many(tmp_path))
    titles = ["Causes", "Checks", "Data Set Summary", "Variables Summary", "Observation Summary",
              "Values Comparison Summary", "Variables with Unequal Values",
              "Value Comparison Results for AVAL (Analysis Value)"]  # fmt: skip
    places = [text.index(f"\n{title}\n") for title in titles]
    assert places == sorted(places)


def test_the_same_comparison_gives_the_same_text(tmp_path):
    assert told(many(tmp_path)) == told(many(tmp_path))


def test_values_that_would_steer_a_terminal_are_escaped(tmp_path):
    hostile = BASE.cell("AVALC", 1, "\x1b[2Jgone\x07").cell("AVALC", 3, "two\nlines")
    text = told(compare(tmp_path, BASE, hostile, Options(keys=KEYS), ("ndjson", "ndjson")))
    assert r"\x1b[2Jgone\x07" in text
    assert r"two\nlines" in text
    assert not re.search(r"[^\n -~]", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("caf\u00e9 1", "caf\u00e9 1", id="what is seen stays"),
        pytest.param("a\u00a0b", r"a\xa0b", id="a blank that must not break"),
        pytest.param("a\u202eb", r"a\u202eb", id="another direction of writing"),
        pytest.param("a\r\nb\x00", r"a\r\nb\x00", id="line ends and controls"),
    ],
)
def test_what_is_not_seen_is_escaped(text, expected):
    assert printable(text) == expected


@pytest.mark.parametrize(
    ("base", "other", "expected"),
    [
        pytest.param("abc", "abd", ("abc", "abd"), id="short texts are whole"),
        pytest.param("a" * 30 + "b", "a" * 30 + "c", ("...aaab", "...aaac"), id="the end differs"),
        pytest.param(
            "b" + "a" * 30, "c" + "a" * 30, ("baaa...", "caaa..."), id="the start differs"
        ),
        pytest.param("a" * 30, "a" * 31, ("...aaa", "...aaaa"), id="one is longer"),
    ],
)
def test_long_values_show_where_they_differ(base, other, expected):
    assert around(base, other, 7) == expected


def test_a_table_that_is_too_wide_gives_up_its_widest_column():
    lines = table(("A", "B"), [("x" * 200, "short")])
    assert lines[1] == f"  {'x' * 84}...  short"
    assert len(lines[1]) <= WIDTH


LONG = Options(keys=("USUBJID", "PARAMCD", "AVALC"))


def long_keys(data):
    longer = [f"{text or 'x'} of the hospital by the lake" for text in data.columns["AVALC"]]
    return replace(data.with_values(AVALC=longer), lengths={**data.lengths, "AVALC": 200})


def test_values_are_whole_where_keys_are_long(tmp_path):
    base, other = long_keys(BASE), long_keys(BASE).cell("AVAL", 3, 100.0 * (1 + 2e-12))
    listing = told(compare(tmp_path, base, other, LONG)).partition("Results for AVAL")[2]
    assert "  USUBJID=S2 PARAMCD=OS AVALC=dead of the hospital by the lake\n" in listing
    assert re.search(r" 3 +3 +100 +100\.00000000019999 +1\.\d+e-10 ", listing)


def test_labels_that_differ_at_their_end_are_whole(tmp_path):
    labels = [f"{'Number of Days since the Last Infusion':39}{end}" for end in "AB"]
    base, other = (replace(BASE, labels={"AVAL": label}) for label in labels)
    listing = told(compare(tmp_path, base, other, Options(keys=KEYS)))
    assert f"  AVAL label\n    base   {labels[0]}\n    other  {labels[1]}\n" in listing


def test_records_with_long_keys_are_whole(tmp_path):
    wide = long_keys(BASE).cell("AVALC", 4, "a site with a very long name " * 4 + "and its end")
    text = told(compare(tmp_path, wide, wide.rows(1, 2, 3, 5, 6), LONG))
    assert "and its end" in text.partition("in base only\n")[2]


def rewrite() -> None:
    """Write the reports of all cases anew."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for path in GOLDEN.iterdir():
        path.unlink()
    for case in TOLD:
        with tempfile.TemporaryDirectory() as folder:
            made = report(case, Path(folder))
        named(case).write_text(made, encoding="ascii", newline="\n")


if __name__ == "__main__":
    rewrite()
