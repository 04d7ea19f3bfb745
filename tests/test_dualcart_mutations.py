"""Errors planted in the bundled study change the variables they are said to, and no other."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from mutations import MUTATIONS, TOGETHER, with_errors

from mappings.build import build, plan
from mappings.coded import written_out
from mappings.loader import load_study
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import read_inputs

STUDY = Path(__file__).parents[1] / "mappings" / "dualcart_aml"
KEYS = {
    "ADSL": ["USUBJID"],
    "ADRS": ["USUBJID", "PARAMCD", "AVISITN", "ADT", "SRCSEQ"],
    "ADTTE": ["USUBJID", "PARAMCD"],
}
# A number that says where a record stands moves with the records before it.
FOLLOWING = {"ASEQ"}


def datasets(folder: Path) -> Mapping[str, pd.DataFrame]:
    study = load_study(folder, catalogue())
    problems = Problems()
    inputs = read_inputs(study, STUDY / "raw", problems)
    built = build(plan(study, tuple(KEYS)), inputs.parts(), problems)
    assert not [str(problem) for problem in problems if problem.severity == "error"]
    return {name: written_out(built.datasets[name].frame) for name in KEYS}


@pytest.fixture(scope="module")
def true() -> Mapping[str, pd.DataFrame]:
    return datasets(STUDY)


def named(frame: pd.DataFrame, names: list[str]) -> pd.Series:
    """Values of some variables of each record as one text."""
    first, *others = (frame[name].map(str) for name in names)
    return first.str.cat(others, sep=" ")


def paired(one: pd.DataFrame, other: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Records of both sides by their key; those left over by parameter, in their order."""
    groups = [name for name in ("USUBJID", "PARAMCD") if name in key]
    marked = []
    for frame, others in ((one, other), (other, one)):
        own = named(frame, key)
        left = named(frame[~own.isin(named(others, key))], groups)
        rest = left + " left over " + left.groupby(left).cumcount().astype(str)
        marked.append(frame.assign(pair=rest.reindex(frame.index).fillna(own)))
    return marked[0].merge(marked[1], on="pair", how="outer", suffixes=("", "_other"))


def differing(one: pd.DataFrame, other: pd.DataFrame, key: list[str]) -> frozenset[str]:
    """Variables that are not the same in every pair of records."""
    pairs = paired(one, other, key)
    assert len(pairs) == len(one) == len(other)
    apart = set()
    for name in set(one) - FOLLOWING:
        ours, theirs = pairs[name], pairs[f"{name}_other"]
        same = (ours == theirs) | (ours.isna() & theirs.isna())
        if ours.dtype.kind == "f":
            same |= (ours - theirs).abs() < 1e-9
        if not same.all():
            apart.add(name)
    return frozenset(apart)


@pytest.mark.parametrize("names", TOGETHER, ids=", ".join)
def test_errors_show_where_they_are_said_to_show(true, tmp_path, names):
    mutations = [MUTATIONS[name] for name in names]
    wrong = datasets(with_errors(STUDY, tmp_path, *mutations))
    found = {dataset: differing(true[dataset], wrong[dataset], KEYS[dataset]) for dataset in KEYS}
    said = [pair for mutation in mutations for pair in mutation.shown.items()]
    assert len(dict(said)) == len(said), "two errors of one dataset cannot be told apart"
    assert {dataset: names for dataset, names in found.items() if names} == dict(said)


def test_every_error_is_planted():
    assert sorted(name for names in TOGETHER for name in names) == sorted(MUTATIONS)


def test_there_is_no_difference_without_an_error(true):
    assert {name: differing(true[name], true[name], KEYS[name]) for name in KEYS} == dict.fromkeys(
        KEYS, frozenset()
    )
