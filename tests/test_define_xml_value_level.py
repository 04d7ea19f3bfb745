"""Value lists and where clauses of the combinations that the data hold."""

from dataclasses import replace

import pytest
from define_study import small_study

from define_xml.description import CheckedValues
from define_xml.value_level import described
from mappings.columns import texts
from mappings.finished import Dataset
from mappings.model import ValueLevel


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("value_level"))


def with_level(dataset: Dataset, *by: str, variables: tuple[str, ...]) -> Dataset:
    level = ValueLevel(by, variables, dataset.spec.mark)
    return replace(dataset, spec=replace(dataset.spec, value_level=(level,)))


def facts(result, dataset):
    """By variable, the facts of each item and its where clause."""
    return {
        one.variable: [
            (draft.item.name, draft.item.data_type, draft.item.length, draft.item.digits)
            for draft, _ in one.values
        ]
        for one in described(result.study, dataset)
    }


def test_items_have_the_facts_of_their_records(result):
    assert facts(result, result.built.datasets["LB"]) == {
        "LBORRES": [
            ("ALT", "text", 2, None),
            ("AUERRODS", "text", 7, None),
            ("INTLK6", "text", 3, None),
        ],
        "LBORRESU": [("ALT", "text", 3, None), ("INTLK6", "text", 4, None)],
        "LBSTRESN": [("ALT", "integer", 2, None), ("INTLK6", "float", 3, 1)],
    }


def test_combinations_of_several_variables(result):
    dataset = with_level(
        result.built.datasets["LB"], "LBTESTCD", "LBORRESU", variables=("LBORRES",)
    )
    (one,) = described(result.study, dataset)
    draft, clause = one.values[0]
    assert (draft.item.oid, draft.item.name) == ("IT.LB.LBORRES.ALT.U_L", "ALT.U/L")
    assert clause.oid == "WC.LB.LBTESTCD.ALT.LBORRESU.U_L"
    assert clause.checks == (
        CheckedValues("IT.LB.LBTESTCD", "EQ", ("ALT",)),
        CheckedValues("IT.LB.LBORRESU", "EQ", ("U/L",)),
    )


def test_a_missing_value_is_none_of_the_others(result):
    dataset = with_level(
        result.built.datasets["LB"], "LBTESTCD", "LBORRESU", variables=("LBORRES",)
    )
    (one,) = described(result.study, dataset)
    _, clause = next(pair for pair in one.values if pair[0].item.name == "AUERRODS")
    assert clause.checks == (
        CheckedValues("IT.LB.LBTESTCD", "EQ", ("AUERRODS",)),
        CheckedValues("IT.LB.LBORRESU", "NOTIN", ("U/L", "ng/L")),
    )


def test_values_that_make_one_oid_are_told_apart(result):
    dataset = result.built.datasets["AE"]
    frame = dataset.frame.assign(AETERM=texts(["a b", "a/b"]))
    changed = with_level(replace(dataset, frame=frame), "AETERM", variables=("AESER",))
    (one,) = described(result.study, changed)
    assert [draft.item.oid for draft, _ in one.values] == [
        "IT.AE.AESER.a_b",
        "IT.AE.AESER.a_b.2",
    ]
    assert len({clause.oid for _, clause in one.values}) == 2


def test_qualifiers_are_described_by_qnam(result):
    (one,) = described(result.study, result.built.datasets["SUPPAE"])
    ((draft, clause),) = one.values
    assert (one.variable, draft.item.oid) == ("QVAL", "IT.SUPPAE.QVAL.AEDLT")
    assert draft.item.label == "Dose Limiting Toxicity"
    assert clause.checks == (CheckedValues("IT.SUPPAE.QNAM", "EQ", ("AEDLT",)),)


def test_numbers_in_where_clauses_are_as_short_as_exact(result):
    dataset = with_level(result.built.datasets["LB"], "LBSEQ", variables=("LBORRES",))
    (one,) = described(result.study, dataset)
    assert {clause.checks[0].values for _, clause in one.values} == {("1",), ("2",), ("3",), ("4",)}
