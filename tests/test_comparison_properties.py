"""What holds for every pair of datasets."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from compared import Data, compare, told, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comparison.compare import compare_files
from comparison.findings import Comparison
from comparison.hashes import key_hashes
from comparison.numbers import rounded, within
from comparison.options import Options, Tolerance
from comparison.pairing import by_keys, ranked
from comparison.side_xpt import XptSource
from comparison.texts import decoded, shown, unequal, utf8, whole

KEYED = Options(keys=("USUBJID", "SEQ"))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

QUICK = settings(deadline=None)

# Text that the writer takes: no blank before or behind, not a lone point.
texts = st.text("abcXYZ 0-", max_size=6).map(str.strip)
numbers = st.one_of(
    st.just(float("nan")),
    st.integers(-1000, 1000).map(float),
    st.floats(-1e6, 1e6).map(lambda x: 0.0 if abs(x) < 1e-60 else x),
)


@st.composite
def datasets(draw: st.DrawFn) -> Data:
    size = draw(st.integers(1, 12))
    made = {
        "USUBJID": draw(st.lists(st.sampled_from("ABC"), min_size=size, max_size=size)),
        "SEQ": [float(number) for number in range(size)],
        "AVAL": draw(st.lists(numbers, min_size=size, max_size=size)),
        "CHG": draw(st.lists(numbers, min_size=size, max_size=size)),
        "AVALC": draw(st.lists(texts, min_size=size, max_size=size)),
        "DTYPE": draw(st.lists(st.sampled_from(["", "LOCF"]), min_size=size, max_size=size)),
    }
    return Data(made, lengths={"AVALC": 8, "DTYPE": 8})


def run(base: Data, other: Data, options: Options = KEYED) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        return compare(Path(folder), base, other, options)


@FEW
@given(datasets(), st.randoms(use_true_random=False))
def test_a_dataset_and_itself_shuffled_give_nothing(data, random):
    order = list(range(1, len(data.columns["SEQ"]) + 1))
    random.shuffle(order)
    found = run(data, data.rows(*order))
    assert told(found) == []
    assert not found.different
    assert found.code == 0
    assert found.causes == ()
    assert found.records.matched == len(order)


@FEW
@given(datasets(), st.data())
def test_as_many_cells_as_were_changed_are_found(data, drawn):
    size = len(data.columns["SEQ"])
    cells = [(name, row) for name in ("AVAL", "CHG", "AVALC") for row in range(1, size + 1)]
    chosen = drawn.draw(st.lists(st.sampled_from(cells), unique=True))
    other = data
    for name, row in chosen:
        value = data.columns[name][row - 1]
        changed = f"{value}q"[-7:] if name == "AVALC" else 5000.0 if value != value else value + 7
        other = other.cell(name, row, changed)
    found = run(data, other)
    assert found.cells.total == len(found.cells) == len(chosen)
    assert {(one.variable, one.base_row) for one in found.cells} == set(chosen)
    assert sum(one.unequal for one in found.variables) == len(chosen)
    assert found.records.unequal == len({row for _, row in chosen})
    explained = sum(cause.count for cause in found.causes)
    swapped = sum(cause.count for cause in found.causes if cause.pattern == "swapped")
    assert explained + swapped == len(chosen)


@FEW
@given(datasets(), st.data())
def test_another_layout_changes_nothing_in_the_values(data, drawn):
    size = len(data.columns["SEQ"])
    other = data
    for name in drawn.draw(st.lists(st.sampled_from(["AVAL", "CHG", "AVALC"]), unique=True)):
        row = drawn.draw(st.integers(1, size))
        other = other.cell(name, row, "changed" if name == "AVALC" else 5000.0)
    order = drawn.draw(st.permutations(list(data.columns)))
    left_out = drawn.draw(st.sampled_from(["", "DTYPE", "CHG"]))
    lengths = {name: drawn.draw(st.integers(8, 12)) for name in ("AVALC", "DTYPE", "USUBJID")}
    moved = replace(other.order(*(name for name in order if name != left_out)), lengths=lengths)
    without = replace(KEYED, without=(left_out,)) if left_out else KEYED
    alike, relaid = run(data, other, without), run(data, moved, without)
    assert {(one.base_row, one.variable, one.other) for one in alike.cells} == {
        (one.base_row, one.variable, one.other) for one in relaid.cells
    }
    assert relaid.records.unequal == alike.records.unequal
    assert run(moved, data, without).cells.total == alike.cells.total


MIRROR = {"missing in base": "missing in other", "missing in other": "missing in base"}


@FEW
@given(datasets(), datasets())
def test_swapping_the_sides_mirrors_what_is_found(one, two):
    there, back = run(one, two), run(two, one)
    assert there.records.matched == back.records.matched
    assert there.records.unequal == back.records.unequal
    assert list(there.records.base_only) == list(back.records.other_only)
    assert list(there.records.other_only) == list(back.records.base_only)
    mirrored = sorted(
        (cell.other_row, cell.base_row, cell.variable, cell.other, cell.base,
         MIRROR.get(cell.kind, cell.kind), str(-cell.difference), str(cell.relative))
        for cell in back.cells
    )  # fmt: skip
    assert mirrored == sorted(
        (cell.base_row, cell.other_row, cell.variable, cell.base, cell.other, cell.kind,
         str(cell.difference), str(cell.relative))
        for cell in there.cells
    )  # fmt: skip


def weak(_block, names, _text):
    """One hash for all keys."""
    del names
    return np.zeros(len(_block.records), dtype="uint64")


def low_bits(block, names, text):
    """Few different hashes."""
    return key_hashes(block, names, text) % np.uint64(3)


@FEW
@given(datasets(), datasets(), st.sampled_from([weak, low_bits]), st.integers(1, 5))
def test_a_weak_hash_pairs_the_same_records(one, two, hashing, chunk):
    names = ("USUBJID", "DTYPE")
    with tempfile.TemporaryDirectory() as folder:
        left = XptSource(write(one, Path(folder) / "one"), "")
        right = XptSource(write(two, Path(folder) / "two"), "")
        good = by_keys(left, right, names, 1000)
        bad = by_keys(left, right, names, chunk, hashing)
    expected = by_hand(one, two, names)
    assert list(zip(good.base.tolist(), good.other.tolist(), strict=True)) == expected
    assert list(zip(bad.base.tolist(), bad.other.tolist(), strict=True)) == expected
    for field in ("base_only", "other_only", "missing_base", "missing_other"):
        assert getattr(good, field).tolist() == getattr(bad, field).tolist()


@QUICK
@given(st.lists(st.one_of(st.integers(0, 40), st.integers(2**64 - 20, 2**64 - 1)), max_size=40))
def test_codes_are_sorted_whatever_bits_they_differ_in(codes):
    found = ranked(np.array(codes, dtype="uint64"))
    assert found.rows.tolist() == sorted(range(len(codes)), key=lambda row: (codes[row], row))
    assert found.codes.tolist() == sorted(set(codes))
    assert found.counts.tolist() == [codes.count(code) for code in sorted(set(codes))]


def by_hand(one, two, names):
    """Pairs nth with nth, by a loop over the records."""
    keys = [list(zip(*(data.columns[name] for name in names), strict=True)) for data in (one, two)]
    made, taken = [], set()
    for row, key in enumerate(keys[0]):
        for other, there in enumerate(keys[1]):
            if there == key and other not in taken:
                taken.add(other)
                made.append((row, other))
                break
    return made


@FEW
@given(datasets(), datasets(), st.integers(1, 4))
def test_the_size_of_a_chunk_changes_nothing(one, two, chunk):
    assert told(run(one, two)) == told(run(one, two, replace(KEYED, chunk=chunk)))


@pytest.mark.parametrize("held", [1, 200])
@FEW
@given(one=datasets(), two=datasets())
def test_files_too_large_to_be_held_give_the_same(monkeypatch, held, one, two):
    expected = told(run(one, two))
    with monkeypatch.context() as patched:
        patched.setattr("comparison.alike.HELD", held)
        patched.setattr("comparison.side_xpt.HELD", held)
        assert told(run(one, two)) == expected


@QUICK
@given(st.lists(st.text(max_size=5), max_size=5), st.lists(st.text(max_size=5), max_size=5))
def test_texts_differ_where_python_says_so(left, right):
    size = min(len(left), len(right))
    left, right = left[:size], right[:size]
    a, b = matrix(left), matrix(right)
    expected = [
        place
        for place, (x, y) in enumerate(zip(left, right, strict=True))
        if x.rstrip(" ") != y.rstrip(" ")
    ]
    assert unequal(a, b).tolist() == expected


def matrix(values):
    encoded = [value.encode() for value in values]
    width = max(map(len, encoded), default=0)
    content = b"".join(text.ljust(width) for text in encoded)
    return np.frombuffer(content, np.uint8).reshape(len(values), width)


@QUICK
@given(st.lists(st.binary(max_size=5), min_size=1, max_size=5))
def test_any_bytes_become_utf_8_that_reads_the_same(values):
    values = [value.rstrip(b" \0") for value in values]
    width = max(1, *map(len, values)) if len(values) > 1 else max(1, len(values[0]))
    content = np.frombuffer(b"".join(v.ljust(width) for v in values), np.uint8)
    made, _ = utf8(content.reshape(len(values), width))
    assert shown(made).tolist() == [decoded(value) for value in values]
    for text in whole(made).tolist():
        text.decode("utf-8")


@QUICK
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 10), st.floats(0, 1))
def test_tolerances_are_those_of_proc_compare(x, y, criterion, delta):
    def ask(method, **more):
        return bool(
            within(np.array([x]), np.array([y]), Tolerance(method, criterion, **more))[0]
        )  # fmt: skip

    assert ask("absolute") == (abs(y - x) <= criterion)
    below = (abs(x) + abs(y)) / 2 + delta
    assert ask("relative", delta=delta) == (below > 0 and abs(y - x) / below <= criterion)
    assert ask("percent") == (x != 0 and 100 * abs(y - x) / abs(x) <= criterion)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(1.005, 2, 1.01), (2.5, 0, 3.0), (-2.5, 0, -3.0), (1e300, 2, 1e300), (0.1 + 0.2, 15, 0.3),
     (1.2345, 3, 1.235), (-0.0004, 3, -0.0)],
)  # fmt: skip
def test_numbers_are_rounded_as_sas_rounds(value, digits, expected):
    assert rounded(np.array([value]), digits)[0] == expected


def test_the_same_files_give_the_same_findings(tmp_path):
    size = 300
    base = Data(
        {"USUBJID": [f"S{n % 7}" for n in range(size)], "SEQ": [float(n) for n in range(size)],
         "AVAL": [n / 7 for n in range(size)]}
    )  # fmt: skip
    other = base.with_values(AVAL=[n / 7 + (n % 7 == 3) for n in range(size)])
    paths = write(base, tmp_path / "base"), write(other, tmp_path / "other")
    one, two = (compare_files(*paths, KEYED) for _ in range(2))
    assert told(one) == told(two)
    assert one.causes == two.causes
    assert [cause.sentence for cause in one.causes] == [
        f"AVAL is 1 higher in the other in all {len(one.cells)} records with USUBJID = S3."
    ]
