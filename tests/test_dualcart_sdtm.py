"""The tabulations of the example study against rules that reviewers of a submission run.

The rules are worked out here from the finished records alone: nothing of what made them is used.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from studies import plain

from controlled_terms.codelists import Terminology
from mappings.build import build, plan
from mappings.loader import load_study
from mappings.problems import Problems
from mappings.standard_tables import sdtm_variables
from submission.catalogue import catalogue
from submission.inputs import read_inputs

STUDY = Path(__file__).parent.parent / "mappings" / "dualcart_aml"
FINDINGS = ("CP", "DD", "FA", "GF", "IS", "LB", "MB", "MI", "PC", "RS", "SS", "VS")
# What tells the results of one test apart: one standard unit, one last result before exposure.
PARTS = ("TESTCD", "SPEC", "METHOD", "CAT", "TSTDTL", "SBMRKS", "TSTOPO", "SYM")
ISO = re.compile(r"\d{4}(-(\d\d|-)(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?")
Row = Mapping[str, object]


@pytest.fixture(scope="module")
def sdtm() -> Mapping[str, list[Row]]:
    """The records of each dataset as plain values."""
    study = load_study(STUDY, catalogue())
    problems = Problems()
    names = tuple(name for name, one in study.datasets.items() if one.standard == "SDTM")
    inputs = read_inputs(study, STUDY / "raw", problems)
    built = build(plan(study, names), inputs.parts(), problems)
    return {name: records(one.frame) for name, one in built.datasets.items()}


def records(frame: pd.DataFrame) -> list[Row]:
    columns = list(frame.columns)
    cells = frame.itertuples(index=False, name=None)
    return [dict(zip(columns, map(plain, row), strict=True)) for row in cells]


def domains(sdtm: Mapping[str, list[Row]]) -> Iterable[tuple[str, list[Row]]]:
    """The datasets with records, relationships left out."""
    return (
        (name, rows)
        for name, rows in sdtm.items()
        if rows and not name.startswith("SUPP") and name != "RELREC"
    )


def by_subject(sdtm: Mapping[str, list[Row]], name: str) -> Mapping[object, object]:
    return {row["USUBJID"]: row[name] for row in sdtm["DM"]}


def group(row: Row, domain: str) -> tuple[object, ...]:
    return (row["USUBJID"], *(row.get(f"{domain}{part}") for part in PARTS))


def study_day(text: object, reference: object) -> int | None:
    """Days from the reference, which is day 1, without a day 0; None where a date is not full."""
    if len(str(text or "")) < 10 or "--" in str(text) or not reference:
        return None
    days = (date.fromisoformat(str(text)[:10]) - date.fromisoformat(str(reference)[:10])).days
    return days + 1 if days >= 0 else days


def test_variables_stand_in_the_order_of_the_implementation_guide(sdtm):
    wrong = {}
    for name, rows in sdtm.items():
        order = [row.name for row in sdtm_variables().get(name, ())]
        places = [order.index(column) for column in (rows[0] if rows else ()) if column in order]
        if places != sorted(places):
            wrong[name] = list(rows[0])
    assert wrong == {}


def test_required_variables_have_values(sdtm):
    missing = [
        (name, row.name)
        for name, rows in domains(sdtm)
        for row in sdtm_variables()[name]
        if row.core == "Req" and any(record.get(row.name) is None for record in rows)
    ]
    assert missing == []


def test_dates_are_iso_8601_and_have_their_study_days(sdtm):
    reference = by_subject(sdtm, "RFSTDTC")
    dates = {"DTC": "DY", "STDTC": "STDY", "ENDTC": "ENDY"}
    wrong = []
    for name, rows in domains(sdtm):
        for ending, day in dates.items():
            if name not in {"DM", "TS"} and f"{name}{ending}" in rows[0]:
                for row in rows:
                    text = row[f"{name}{ending}"]
                    if text is not None and not ISO.fullmatch(str(text)):
                        wrong.append((name, ending, text))
                    if row[f"{name}{day}"] != study_day(text, reference[row["USUBJID"]]):
                        wrong.append((name, day, text, row[f"{name}{day}"]))
    assert wrong == []


def test_observations_with_a_date_have_an_epoch(sdtm):
    """Not the special purpose datasets, and not what was over before the first element began."""
    without = {
        name for name, rows in domains(sdtm) if "USUBJID" in rows[0] and "EPOCH" not in rows[0]
    }
    assert without == {"DM", "SV", "DD", "MH"}


def test_tests_have_one_name_and_one_standard_unit(sdtm):
    for name in FINDINGS:
        names, codes, units = defaultdict(set), defaultdict(set), defaultdict(set)
        for row in sdtm[name]:
            names[row[f"{name}TESTCD"]].add(row[f"{name}TEST"])
            codes[row[f"{name}TEST"]].add(row[f"{name}TESTCD"])
            units[group(row, name)[1:]].add(row.get(f"{name}STRESU"))
        assert {len(found) for found in [*names.values(), *codes.values()]} == {1}, name
        assert all(len(found - {None}) <= 1 for found in units.values()), name


def test_results_agree_with_each_other_and_with_what_was_not_done(sdtm):
    wrong = []
    for name in FINDINGS:
        for row in sdtm[name]:
            said, text = row.get(f"{name}ORRES"), row[f"{name}STRESC"]
            number, status = row.get(f"{name}STRESN"), row.get(f"{name}STAT")
            plain_number = re.fullmatch(r"-?\d+(\.\d+)?", str(text or "")) is not None
            holds = (
                (said is None) == (text is None) == (status == "NOT DONE")
                and (row.get(f"{name}REASND") is None or status == "NOT DONE")
                and (row.get(f"{name}STRESU") is None or text is not None)
            )
            if f"{name}STRESN" in row:
                holds &= (number is not None) == plain_number
                holds &= number is None or float(str(text)) == number
            if not holds:
                wrong.append((name, said, text, number, status))
    assert wrong == []


def test_one_result_of_a_test_is_the_last_before_exposure(sdtm):
    started = by_subject(sdtm, "RFXSTDTC")
    for name in FINDINGS:
        flag = f"{name}LOBXFL"
        if flag not in sdtm[name][0]:
            continue
        flagged, expected = defaultdict(list), {}
        for row in sdtm[name]:
            taken, start = str(row[f"{name}DTC"]), str(started[row["USUBJID"]] or "")
            whole = len(taken) == len(start) or taken[:10] != start[:10]
            before = taken < start if whole else row["VISITNUM"] == 4
            if start and before and row[f"{name}STRESC"] is not None:
                expected[group(row, name)] = max(expected.get(group(row, name), ""), taken)
            if row[flag] == "Y":
                flagged[group(row, name)].append(taken)
        assert flagged == {key: [taken] for key, taken in expected.items()}, name


def test_visits_are_those_of_the_subject(sdtm):
    visited = {(row["USUBJID"], row["VISITNUM"]): row for row in sdtm["SV"]}
    planned = {row["VISITNUM"]: (row["VISIT"], row["VISITDY"]) for row in sdtm["TV"]}
    wrong = [
        (name, row["USUBJID"], row["VISITNUM"], row["VISIT"])
        for name, rows in domains(sdtm)
        if "VISITNUM" in rows[0] and name != "TV"
        for row in rows
        if row["VISITNUM"] is not None
        and (
            (row["USUBJID"], row["VISITNUM"]) not in visited
            or (row["VISIT"], row["VISITDY"])
            != planned.get(row["VISITNUM"], (f"UNSCHEDULED {row['VISITNUM']:.2f}", None))
        )
    ]
    assert wrong == []


def test_qualifiers_and_relationships_name_records_that_are_there(sdtm):
    wrong = []
    for name, rows in sdtm.items():
        for row in rows if name.startswith("SUPP") else ():
            parent = sdtm[str(row["RDOMAIN"])]
            found = [
                one
                for one in parent
                if one["USUBJID"] == row["USUBJID"]
                and (row["IDVAR"] is None or str(one[str(row["IDVAR"])]) == row["IDVARVAL"])
            ]
            wrong += [] if len(found) == 1 and row["QVAL"] is not None else [row]
    for row in sdtm["RELREC"]:
        held = [one[str(row["IDVAR"])] for one in sdtm[str(row["RDOMAIN"])]]
        wrong += (
            [] if any(value is not None for value in held) and row["USUBJID"] is None else [row]
        )
    assert wrong == []


def test_parameters_of_the_trial_have_a_value_and_the_code_of_their_term(sdtm):
    terminology = Terminology.shipped()
    codes = defaultdict(set)
    for name in terminology.names:
        for term in terminology.get(name).terms:
            codes[term.code].add(term.value)
    for row in sdtm["TS"]:
        assert (row["TSVAL"] is None) != (row["TSVALNF"] is None), row
        assert row["TSVALCD"] is None or row["TSVCDREF"] is not None, row
        assert (row["TSVCDVER"] == "2025-03-28") == (row["TSVCDREF"] == "CDISC CT"), row
        if row["TSVCDREF"] == "CDISC CT":
            assert row["TSVAL"] in codes[row["TSVALCD"]], row
    of = {row["TSPARMCD"]: (row["TSVAL"], row["TSVALCD"], row["TSVCDREF"]) for row in sdtm["TS"]}
    assert of["SDTMVER"] == ("2.0", "C189639", "CDISC CT")
    assert of["SDTIGVER"] == ("3.4", "C189638", "CDISC CT")
    assert of["LENGTH"] == of["TRGFUDUR"] == ("P15Y", None, "ISO 8601")
    assert of["DCUTDTC"] == ("2025-06-30", None, "ISO 8601")
    assert of["SSTDTC"] == ("2024-01-31", None, "ISO 8601")


def test_history_says_when_it_was_taken(sdtm):
    found = {
        (row["MHTERM"], row["MHEVDTYP"]): row for row in sdtm["MH"] if row["USUBJID"][-3:] == "001"
    }
    diagnosis = found["ACUTE MYELOID LEUKEMIA", "INITIAL DIAGNOSIS"]
    assert (diagnosis["MHDTC"], diagnosis["MHDY"]) == ("2024-02-03", -27)
    assert (diagnosis["MHSTDTC"], diagnosis["MHSTDY"]) == ("2022-05-11", -660)
    assert found["APPENDECTOMY", None]["MHENDY"] is None


def test_genetics_before_exposure_are_marked(sdtm):
    marked = {
        (row["USUBJID"][-3:], row["GFTSTDTL"], row["GFSYM"], row["GFMETHOD"], row["EPOCH"])
        for row in sdtm["GF"]
        if row["GFLOBXFL"] == "Y"
    }
    assert ("006", "DETECTION", "NPM1", "NEXT GENERATION SEQUENCING", "SCREENING") in marked
    assert {subject for subject, *_ in marked} == {f"00{number}" for number in range(1, 8)}
