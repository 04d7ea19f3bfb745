"""Columns by their distinct values say the same as columns written out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.coded import chosen, coded, in_codes, pairs, plain, ranked, stacked, written_out
from mappings.columns import TEXT, dates, is_text, missing, numbers, texts

WORDS = st.lists(st.sampled_from(["", "a", "B", "b", "é", "a b"]))


@given(WORDS)
def test_text_comes_back_as_it_was(values):
    column = texts(values)
    kept = in_codes(column)
    assert is_text(kept)
    assert plain(kept).dtype == TEXT
    assert plain(kept).tolist() == values
    assert missing(kept).tolist() == missing(column).tolist()
    assert sorted(coded(kept).distinct) == sorted(set(values))


@given(WORDS, st.randoms())
def test_records_in_an_order(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    order = np.array(order[: len(order) // 2], dtype=np.int64)
    wanted = [values[place] for place in order]
    assert plain(in_codes(texts(values), order)).tolist() == wanted
    frame = chosen(pd.DataFrame({"A": in_codes(texts(values))}), order)
    assert plain(frame["A"]).tolist() == wanted
    assert set(frame["A"].cat.categories) == set(wanted)


@given(st.lists(WORDS, min_size=1))
def test_columns_are_stacked(parts):
    whole = stacked([in_codes(texts(part)) for part in parts])
    assert plain(whole).tolist() == [text for part in parts for text in part]


def test_a_column_written_out_among_those_in_codes():
    mixed = stacked([in_codes(texts(["a", ""])), texts(["b"])])
    assert plain(mixed).tolist() == ["a", "", "b"]


@pytest.mark.parametrize(
    ("column", "distinct", "there"),
    [
        pytest.param(texts(["x", "", "x"]), ["x", ""], [True, False, True], id="text"),
        pytest.param(numbers([2, np.nan, 2]), [2.0], [True, False, True], id="numbers"),
        pytest.param(
            dates(["2024-01-05", None]), [pd.Timestamp("2024-01-05")], [True, False], id="dates"
        ),
        pytest.param(texts([]), [], [], id="no records"),
        pytest.param(numbers([np.nan]), [], [False], id="nothing but missing"),
    ],
)
def test_what_is_missing(column, distinct, there):
    held = coded(column)
    assert held.distinct.tolist() == distinct
    assert held.there.tolist() == there


def test_a_frame_is_written_out():
    frame = pd.DataFrame({"A": in_codes(texts(["a", "b"])), "N": [1.0, 2.0]})
    written = written_out(frame)
    assert written["A"].dtype == TEXT
    assert written.to_dict("list") == {"A": ["a", "b"], "N": [1.0, 2.0]}


@given(st.lists(st.integers(0, 10**7)))
def test_whole_numbers_are_ranked(values):
    found, place = ranked(np.array(values, dtype=np.int64))
    assert found.tolist() == sorted(set(values))
    assert found[place].tolist() == values


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3))))
def test_distinct_pairs_are_sorted(values):
    left, right = np.array(values, dtype=np.int64).reshape(-1, 2).T
    assert list(zip(*pairs(left, right, 4), strict=True)) == sorted(set(values))
