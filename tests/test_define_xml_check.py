"""What the check of a define.xml finds, each by one thing changed in the file or in the data."""

from dataclasses import replace

import pytest
from define_study import CREATED, small_study

from define_xml import check_define, define, define_bytes
from mappings.columns import numbers, texts
from mappings.problems import Problems


@pytest.fixture(scope="module")
def datasets(result):
    return {name: one for name, one in result.built.datasets.items() if one.standard == "SDTM"}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("check"))


@pytest.fixture(scope="module")
def content(result, datasets):
    return define_bytes(define(result.study, datasets, "SDTM", created=CREATED))


def found(content, datasets):
    problems = Problems()
    check_define(content, datasets, problems)
    return [
        (problem.code, ".".join(filter(None, (problem.dataset, problem.variable))), problem.value)
        for problem in problems
    ]


def test_what_is_written_is_right(result, content, datasets):
    assert found(content, datasets) == []
    described = define(result.study, datasets, "SDTM", created=CREATED)
    assert found(described, datasets) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            '<MethodDef OID="MT.AE.AESTDY"', '<MethodDef OID="MT.GONE"',
            ("DX701", "", "MT.AE.AESTDY"), id="a reference to nothing",
        ),
        pytest.param(
            '<MethodDef OID="MT.AE.AESTDY"', '<MethodDef OID="MT.GONE"', ("DX702", "", "MT.GONE"),
            id="a definition that nothing uses",
        ),
        pytest.param(
            ' MethodOID="MT.AE.AESTDY"', "", ("DX703", "", "IT.AE.AESTDY"),
            id="derived without a method",
        ),
        pytest.param(
            'ItemOID="IT.AE.AETERM" OrderNumber="6"', 'ItemOID="IT.AE.AETERM" OrderNumber="60"',
            ("DX703", "", "IG.AE"), id="numbers that do not count",
        ),
        pytest.param(
            '<CodeList OID="CL.AGEU"', '<CodeList OID="CL.NY"', ("DX703", "", "CL.NY"),
            id="an identifier twice",
        ),
        pytest.param(
            'Name="AETERM" DataType="text" Length="13"', 'Name="AETERM" DataType="text" Length="9"',
            ("DX704", "AE.AETERM", "13"), id="another length",
        ),
        pytest.param(
            "Reported Term for the Adverse Event</", "Reported Term</",
            ("DX704", "AE.AETERM", "Reported Term for the Adverse Event"), id="another label",
        ),
        pytest.param(
            'ItemOID="IT.AE.AEDECOD" OrderNumber="7" Mandatory="Yes" KeySequence="3"',
            'ItemOID="IT.AE.AEDECOD" OrderNumber="7" Mandatory="Yes" KeySequence="7"',
            ("DX704", "AE.AEDECOD", "3"), id="another key",
        ),
        pytest.param(
            'Name="AGE" DataType="integer"', 'Name="AGE" DataType="text"',
            ("DX704", "DM.AGE", "IT.DM.AGE"), id="another type",
        ),
        pytest.param(
            'CodedValue="NOT RELATED"', 'CodedValue="NO"', ("DX704", "AE.AEREL", "NOT RELATED"),
            id="a term that the list lacks",
        ),
        pytest.param(
            "<CheckValue>INTLK6</CheckValue>", "<CheckValue>INTLK8</CheckValue>",
            ("DX704", "LB.LBORRES", ""), id="values that no item describes",
        ),
        pytest.param(
            'Name="INTLK6" DataType="float" Length="3" SignificantDigits="1"',
            'Name="INTLK6" DataType="float" Length="3" SignificantDigits="0"',
            ("DX704", "LB.LBSTRESN", "IT.LB.LBSTRESN.INTLK6"), id="too few decimals at value level",
        ),
        pytest.param('Name="DM" Domain', 'Name="DN" Domain', ("DX704", "DM", ""), id="no dataset"),
    ],
)  # fmt: skip
def test_a_changed_file_is_found(content, datasets, old, new, problem):
    text = content.decode()
    assert old in text
    assert problem in found(text.replace(old, new).encode(), datasets)


def changed(dataset, **columns):
    return replace(dataset, frame=dataset.frame.assign(**columns))


@pytest.mark.parametrize(
    ("name", "columns", "problem"),
    [
        pytest.param(
            "AE", {"AEREL": texts(["RELATED", "PROBABLE"])}, ("DX704", "AE.AEREL", "PROBABLE"),
            id="a value that is not listed",
        ),
        pytest.param(
            "AE", {"AETERM": texts(["FEVER", "A COUGH OF DAYS AND DAYS"])},
            ("DX704", "AE.AETERM", "IT.AE.AETERM"), id="a longer text",
        ),
        pytest.param(
            "DM", {"AGE": numbers([44.5, 71])}, ("DX704", "DM.AGE", "IT.DM.AGE"),
            id="decimals in a whole number",
        ),
        pytest.param(
            "AE", {"AESTDTC": texts(["2024-01-06", "soon"])},
            ("DX704", "AE.AESTDTC", "IT.AE.AESTDTC"), id="a date that is none",
        ),
    ],
)  # fmt: skip
def test_changed_data_are_found(content, datasets, name, columns, problem):
    other = {**datasets, name: changed(datasets[name], **columns)}
    assert problem in found(content, other)


def test_another_order_of_variables_is_found(content, datasets):
    dataset = datasets["DM"]
    other = {**datasets, "DM": replace(dataset, columns=dataset.columns[::-1])}
    assert ("DX704", "DM", "") in found(content, other)
