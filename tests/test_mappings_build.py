"""A plan is cut by dataset for a study that is too small to be cut by subject."""

import pandas as pd
import pytest
from small_study import small_study

from mappings.build import Outcome, Plan, plan, shares, together, work_out
from mappings.loader import load_study
from mappings.part import Part
from mappings.problems import Problems
from submission.catalogue import catalogue
from submission.inputs import read_inputs


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[Plan, Part]:
    folder = small_study(tmp_path_factory.mktemp("tst"))
    study = load_study(folder, catalogue())
    (part,) = read_inputs(study, folder / "raw", Problems()).parts()
    return plan(study), part


@pytest.mark.parametrize("count", [1, 2, 3])
def test_shares_give_every_dataset_once_and_have_what_they_need(small, count):
    whole, _ = small
    parts = shares(whole, count)
    assert sorted(name for one in parts for name in one.early) == sorted(whole.early)
    for one in parts:
        done = set()
        for node in one.in_parts:
            assert set(whole.graph.needs[node]) <= done
            done.add(node)


def test_two_shares_are_about_half_each(small):
    whole, _ = small
    sizes = [len(one.in_parts) for one in shares(whole, 2)]
    assert max(sizes) < len(whole.in_parts)


@pytest.mark.parametrize("count", [2, 3])
def test_shares_together_give_what_the_plan_gives(small, count):
    whole, part = small
    once = together([work_out(whole, part)], whole, part)
    shared = together([work_out(one, part) for one in shares(whole, count)], whole, part)
    assert list(shared.datasets) == list(once.datasets)
    for name, made in once.datasets.items():
        pd.testing.assert_frame_equal(shared.datasets[name].frame, made.frame)
        pd.testing.assert_frame_equal(shared.datasets[name].provenance, made.provenance)
        assert shared.datasets[name].account == made.account
    assert told(shared) == told(once)


def told(outcome: Outcome) -> list[str]:
    return sorted(map(str, outcome.problems))


def test_a_dataset_without_subjects_is_built_alone(tmp_path):
    """Nothing of DM is worked out then, and nothing of it is asked."""
    elements = """
    dataset: TE
    keys: [STUDYID, ETCD]
    records:
      - from: study
        set: {ETCD: {constant: SCRN}}
    variables:
      ETCD:    from records
      ELEMENT: {constant: Screening}
      TESTRL:  {constant: Informed consent}
    """
    study = load_study(small_study(tmp_path / "tst", te=elements), catalogue())
    alone = plan(study, ["TE"])
    (part,) = read_inputs(study, tmp_path / "tst" / "raw", Problems()).parts()
    assert alone.early == ("TE",)
    assert len(work_out(alone, part).datasets["TE"].frame) == 1
