"""Causes: a change with one rule is told in one sentence that names change and records."""

import math

import numpy as np
import pytest
from compared import NAN, Data, compare

from comparison.options import Options

SUBJECTS, PARAMETERS, VISITS = 8, ("ALT", "AST", "BILI"), ("Baseline", "Week 1", "Week 2", "Week 4")
OPTIONS = Options(keys=("USUBJID", "PARAMCD", "AVISIT"))


def laboratory() -> Data:
    """96 records: 8 subjects of two sites, three parameters, four visits."""
    rng = np.random.default_rng(5)
    rows = [
        (subject, parameter, visit)
        for subject in range(SUBJECTS)
        for parameter in PARAMETERS
        for visit in VISITS
    ]
    values = ((rng.integers(1000, 9000, len(rows)) * 10 + 3) / 1000).tolist()
    days = {"Baseline": 0, "Week 1": 7, "Week 2": 14, "Week 4": 28}
    return Data(
        {
            "USUBJID": [f"01-{subject:03}" for subject, _, _ in rows],
            "SITEID": ["01" if subject < 5 else "02" for subject, _, _ in rows],
            "PARAM": [f"Parameter {parameter} (U/L)" for _, parameter, _ in rows],
            "PARAMCD": [parameter for _, parameter, _ in rows],
            "AVISIT": [visit for _, _, visit in rows],
            "AVISITN": [float(days[visit]) for _, _, visit in rows],
            "ADT": [23000.0 + 31 * subject + days[visit] for subject, _, visit in rows],
            "ADTF": ["D" if subject % 3 == 1 and visit == "Week 4" else ""
                     for subject, _, visit in rows],
            "AVAL": values,
            "BASE": [values[place // 4 * 4] for place in range(len(rows))],
            "LBDTC": [f"{2016 + subject}-01-{1 + days[visit]:02}" for subject, _, visit in rows],
            "AVALC": [f"{value}" for value in values],
            "ANL01FL": ["Y" if place % 2 else "" for place in range(len(rows))],
        },
        formats={"ADT": "DATE9."},
        lengths={"AVISIT": 12, "AVALC": 12, "LBDTC": 10, "USUBJID": 20, "SITEID": 4, "PARAMCD": 8},
    )  # fmt: skip


def changed(name, change, where=lambda _: True):
    """The laboratory with one variable changed in the records that meet a condition."""

    def make() -> Data:
        data = laboratory()
        rows = [
            dict(zip(data.columns, row, strict=True))
            for row in zip(*data.columns.values(), strict=True)
        ]
        return data.with_values(**{
            name: [change(row) if where(row) else row[name] for row in rows]
        })  # fmt: skip

    return make


def numbered(data):
    """The data with a number that is 3 in all records of ALT but one, which is of site 01."""
    numbers = [3.0 if code == "ALT" else 1.0 for code in data.columns["PARAMCD"]]
    return data.with_values(ASEQ=[2.0, *numbers[1:]])


def case(name, other, *sentences):
    return pytest.param(other, list(sentences), id=name)


def late(row):
    return row["PARAMCD"] == "ALT"


def second(row):
    return row["SITEID"] == "02"


CASES = [
    case("one parameter by a day", changed("ADT", lambda r: r["ADT"] + 1, late),
         "ADT is 1 day later in the other in all 32 records with PARAMCD = ALT."),
    case("one site by a month", changed("ADT", lambda r: r["ADT"] - 30, second),
         "ADT is 30 days earlier in the other in all 36 records with SITEID = 02."),
    case("imputed dates", changed("ADT", lambda r: r["ADT"] + 2, lambda r: r["ADTF"] == "D"),
         "ADT is 2 days later in the other in all 9 records with ADTF = D."),
    case("imputed dates by different spans",
         changed("ADT", lambda r: r["ADT"] - ord(r["USUBJID"][-1]) % 7 - ord(r["PARAMCD"][1]) % 5,
                 lambda r: r["ADTF"] == "D"),
         "ADT is 1 to 9 days earlier in the other in all 9 records with ADTF = D."),
    case("a date as text", changed("LBDTC", lambda r: r["LBDTC"][:8] + "30",
                                   lambda r: r["AVISIT"] == "Week 4"),
         "LBDTC is 1 day later in the other in all 24 records with AVISIT = Week 4."),
    case("a unit", changed("AVAL", lambda r: r["AVAL"] * 1000, late),
         "AVAL is multiplied by 1000 in the other in all 32 records with PARAMCD = ALT."),
    case("a unit the other way", changed("AVAL", lambda r: r["AVAL"] / 88.4, late),
         "AVAL is divided by 88.4 in the other in all 32 records with PARAMCD = ALT."),
    case("a unit, rounded", changed("AVAL", lambda r: round(r["AVAL"] * 17.104, 2), late),
         "AVAL is multiplied by 17.104 and rounded to 2 decimals in the other in all 32 records "
         "with PARAMCD = ALT."),
    case("a unit, rounded to whole numbers",
         changed("AVAL", lambda r: float(round(r["AVAL"] * 88.4)), late),
         "AVAL is multiplied by 88.4 and rounded to a whole number in the other in all 32 records "
         "with PARAMCD = ALT."),
    case("the sign", changed("AVAL", lambda r: -r["AVAL"], late),
         "AVAL has the opposite sign in the other in all 32 records with PARAMCD = ALT."),
    case("an offset", changed("AVAL", lambda r: r["AVAL"] + 0.25),
         "AVAL is 0.25 higher in the other in all 96 records that differ."),
    case("rounded", changed("AVAL", lambda r: round(r["AVAL"], 1)),
         "AVAL is rounded to 1 decimal in the other in all 96 records that differ."),
    case("cut", changed("AVAL", lambda r: math.floor(r["AVAL"] * 10) / 10),
         "AVAL is cut to 1 decimal in the other in all 96 records that differ."),
    case("missing in one visit", changed("AVAL", lambda _: NAN, lambda r: r["AVISIT"] == "Week 2"),
         "AVAL is missing in the other in all 24 records with AVISIT = Week 2."),
    case("case in one parameter", changed("PARAM", lambda r: r["PARAM"].upper(), late),
         "PARAM differs in case alone in all 32 records with PARAMCD = ALT."),
    case("white space", changed("PARAM", lambda r: r["PARAM"].replace(" (", "  ("), late),
         "PARAM differs in white space alone in all 32 records with PARAMCD = ALT."),
    case("a value for a value", changed("SITEID", lambda _: "20", lambda r: r["SITEID"] == "02"),
         "SITEID is '02' in the base and '20' in the other in all 36 records with SITEID = 02."),
    case("a number written differently", changed("AVALC", lambda r: f"{r['AVAL']:.6f}"),
         "AVALC is the same number written in another way in all 96 records that differ."),
    case("the value of the record before",
         lambda: laboratory().with_values(AVAL=[NAN, *laboratory().columns["AVAL"][:-1]]),
         "AVAL in the other is that of the record before in the base in 95 of the 96 records that "
         "differ.",
         "AVAL is missing in the other in 1 of the 96 records that differ."),
    case("two variables swapped",
         lambda: laboratory().with_values(
             AVAL=laboratory().columns["BASE"], BASE=laboratory().columns["AVAL"]),
         "AVAL and BASE are swapped in all 72 records with AVISITN >= 7."),
    case("two conditions", changed("AVAL", lambda r: r["AVAL"] + 1,
                                   lambda r: late(r) and r["SITEID"] == "02"),
         "AVAL is 1 higher in the other in all 12 records with PARAMCD = ALT and SITEID = 02."),
    case("two conditions, and a number that nearly says one of them",
         lambda: numbered(changed("AVAL", lambda r: r["AVAL"] + 1,
                                  lambda r: late(r) and r["SITEID"] == "02")()),
         "AVAL is 1 higher in the other in all 12 records with PARAMCD = ALT and SITEID = 02."),
    case("imputed dates, most of them by one span",
         changed("ADT", lambda r: r["ADT"] - 27 - (r["USUBJID"] == "01-001") * 2,
                 lambda r: r["ADTF"] == "D"),
         "ADT is 27 to 29 days earlier in the other in all 9 records with ADTF = D."),
    case("from a date on", changed("AVAL", lambda r: r["AVAL"] + 1, lambda r: r["ADT"] >= 23190),
         "AVAL is 1 higher in the other in all 21 records with ADT >= 2023-07-02."),
    case("one value", changed("AVAL", lambda _: 1.5,
                              lambda r: (r["USUBJID"], r["PARAMCD"], r["AVISITN"])
                              == ("01-003", "ALT", 7.0)),
         "AVAL is 64.133 in the base and 1.5 in the other in 1 record only."),
]  # fmt: skip


@pytest.mark.parametrize(("other", "sentences"), CASES)
def test_a_change_is_told_in_one_sentence(tmp_path, other, sentences):
    changed = other()
    base = numbered(laboratory()) if "ASEQ" in changed.columns else laboratory()
    found = compare(tmp_path, base, changed, OPTIONS)
    assert [cause.sentence for cause in found.causes] == sentences


def kept(keep, **columns):
    """The laboratory with the records that meet a condition, and other values of some variables."""
    data = laboratory()
    rows = [
        dict(zip(data.columns, row, strict=True))
        for row in zip(*data.columns.values(), strict=True)
    ]
    chosen = [number for number, row in enumerate(rows, 1) if keep(row)]
    made = {name: [change(row) for row in rows] for name, change in columns.items()}
    return data.with_values(**made).rows(*chosen)


def renamed(row):
    return "Day 28" if row["AVISIT"] == "Week 4" else row["AVISIT"]


@pytest.mark.parametrize(
    ("other", "keys", "sentences"),
    [
        pytest.param(
            lambda: kept(lambda r: not late(r)), OPTIONS.keys,
            ["32 records are in the base alone: all 32 records with PARAMCD = ALT."],
            id="a parameter is not there",
        ),
        pytest.param(
            lambda: kept(lambda r: r["AVISIT"] != "Week 2" or not second(r)), OPTIONS.keys,
            ["9 records are in the base alone: "
             "all 9 records with AVISIT = Week 2 and SITEID = 02."],
            id="a visit of a site is not there",
        ),
        pytest.param(
            lambda: kept(lambda _: True, AVISIT=renamed), OPTIONS.keys,
            ["AVISIT is 'Week 4' in the base and 'Day 28' in the other in 24 records, which pair "
             "without this key: all 24 records with AVISITN = 28."],
            id="a visit has another name",
        ),
        pytest.param(
            lambda: kept(lambda _: True, ADT=lambda r: r["ADT"] + late(r)),
            ("USUBJID", "PARAMCD", "ADT"),
            ["ADT is 1 day later in the other in 32 records, which pair without this key: "
             "all 32 records with PARAMCD = ALT."],
            id="a key is a day later",
        ),
        pytest.param(
            lambda: kept(lambda r: r["PARAMCD"] != "BILI" or r["AVISIT"] != "Week 1",
                         ADT=lambda r: r["ADT"] + late(r)),
            ("USUBJID", "PARAMCD", "ADT"),
            ["ADT is 1 day later in the other in 32 records, which pair without this key: "
             "all 32 records with PARAMCD = ALT.",
             "8 more records are in the base alone: all 8 records with AVISIT = Week 1 and "
             "PARAMCD = BILI."],
            id="a key is a day later, and a visit of a parameter is not there",
        ),
        pytest.param(
            lambda: kept(lambda _: True, USUBJID=lambda r: f"XYZ-{r['USUBJID']}"),
            OPTIONS.keys,
            ["USUBJID has 'XYZ-' before it in the other alone in 96 records, which pair without "
             "this key."],
            id="subjects have the study before them",
        ),
        pytest.param(
            lambda: kept(lambda _: True, ADT=lambda r: r["ADT"] + 2 * late(r),
                         AVISITN=lambda r: r["AVISITN"] + 100 * late(r),
                         AVALC=lambda r: "x" if late(r) and r["SITEID"] == "02" else r["AVALC"]),
            ("USUBJID", "PARAMCD", "AVISIT", "AVISITN", "ADT"),
            ["AVISITN is 100 higher in the other and ADT is 2 days later in the other in 32 "
             "records, which pair without these keys: all 32 records with PARAMCD = ALT.",
             "Among the 32 records that pair without AVISITN and ADT, AVALC differs in all 12 "
             "records with SITEID = 02."],
            id="two keys at once, and a value with them",
        ),
        pytest.param(
            lambda: kept(lambda _: True, ADT=lambda r: r["ADT"] + late(r) * (1 + second(r)),
                         AVISITN=lambda r: r["AVISITN"] + 100 * (late(r) and second(r)),
                         LBDTC=lambda r: "2030" if late(r) else r["LBDTC"]),
            ("USUBJID", "PARAMCD", "AVISIT", "AVISITN", "ADT"),
            ["AVISITN is 100 higher in the other (12 records) and ADT is 1 to 2 days later in "
             "the other in 32 records, which pair without these keys: all 32 records with "
             "PARAMCD = ALT; LBDTC differs there too."],
            id="two keys, one of them in some of the records",
        ),
        pytest.param(
            lambda: kept(lambda _: True, USUBJID=lambda r: f"X{r['USUBJID']}",
                         PARAMCD=lambda r: r["PARAMCD"].lower(),
                         AVISIT=lambda r: r["AVISIT"].upper()),
            OPTIONS.keys,
            ["USUBJID has 'X' before it in the other alone and PARAMCD and AVISIT differ in case "
             "alone in 96 records, which pair by all other values."],
            id="every key is written in another way",
        ),
        pytest.param(
            lambda: kept(lambda _: True, LBDTC=lambda r: r["LBDTC"][2:]), ("LBDTC",),
            ["LBDTC has '20' before it in the base alone in 96 records, which pair by all other "
             "values."],
            id="the one key there is",
        ),
        pytest.param(
            lambda: kept(lambda _: True, **{
                name: lambda r, name=name: f"{r[name][:-1]}!" if late(r) else r[name]
                for name in ("AVISIT", "SITEID", "PARAM", "ADTF", "LBDTC", "AVALC", "ANL01FL")
            }), OPTIONS.keys,
            ["32 records are in the base alone: all 32 records with PARAMCD = ALT.",
             "32 records are in the other alone: all 32 records with PARAMCD = ALT."],
            id="records that share a key and little else are others",
        ),
    ],
)  # fmt: skip
def test_records_without_a_partner_are_explained(tmp_path, other, keys, sentences):
    found = compare(tmp_path, laboratory(), other(), Options(keys=keys))
    assert [cause.sentence for cause in found.causes] == sentences


def test_a_changed_key_is_counted_in_all_records_where_few_differences_are_kept(tmp_path):
    other = changed("ADT", lambda r: r["ADT"] + 1, late)()
    options = Options(keys=("USUBJID", "PARAMCD", "ADT"), most=10)
    (cause,) = compare(tmp_path, laboratory(), other, options).causes
    assert cause.sentence.startswith("ADT is 1 day later in the other in 32 records, which pair")
    assert (cause.count, cause.share, cause.changed_keys) == (32, 1, ("ADT",))
    assert cause.of_records


def test_a_cause_has_count_share_condition_and_examples(tmp_path):
    other = changed("ADT", lambda r: r["ADT"] + 1 + (r["PARAMCD"] == "BILI"), second)()
    found = compare(tmp_path, laboratory(), other, OPTIONS)
    first, rest = found.causes
    assert (first.count, rest.count) == (24, 12)
    assert first.share == pytest.approx(24 / 36)
    assert (first.pattern, first.amount) == ("day", 1)
    assert [str(one) for one in first.conditions] == ["SITEID = 02"]
    assert first.conditions[0].records == 36
    assert len(first.examples) == 3
    assert all(one.variable == "ADT" and one.difference == 1 for one in first.examples)
    assert [str(one) for one in rest.conditions] == ["PARAMCD = BILI", "SITEID = 02"]


def test_differences_without_a_rule_get_no_condition(tmp_path):
    rng = np.random.default_rng(7)
    chosen = set(rng.choice(96, 12, replace=False).tolist())
    amounts = rng.normal(size=96)
    data = laboratory()
    other = data.with_values(
        AVAL=[
            value + amounts[place] * (place in chosen)
            for place, value in enumerate(data.columns["AVAL"])
        ]
    )
    (cause,) = compare(tmp_path, data, other, OPTIONS).causes
    assert cause.sentence == "AVAL differs without a pattern in all 12 records that differ."
    assert cause.conditions == ()


def test_causes_are_exact_for_the_records_looked_at_where_not_all_is_kept(tmp_path):
    other = changed("AVAL", lambda r: r["AVAL"] + 1, late)()
    options = Options(keys=OPTIONS.keys, most=10)
    found = compare(tmp_path, laboratory(), other, options)
    (cause,) = found.causes
    assert cause.sentence == ("AVAL is 1 higher in the other in all 10 records with PARAMCD = ALT.")
    assert found.cells.total == 32
    assert len(found.cells) == 10
    assert found.notes == (
        "of AVAL only the first 10 differences are listed",
        "causes are sought in the first 26 matched records",
    )


def test_a_condition_of_the_other_names_its_side(tmp_path):
    arms = ["A" if number % 7 in {1, 4} else "B" for number in range(96)]
    values = laboratory().columns["AVAL"]
    moved = [value + (arm == "A") for value, arm in zip(values, arms, strict=True)]
    other = laboratory().with_values(AVAL=moved, ARM=arms)
    (cause,) = compare(tmp_path, laboratory(), other, OPTIONS).causes
    assert cause.sentence == (
        "AVAL is 1 higher in the other in all 28 records with ARM = A in the other."
    )


def test_offsets_of_numbers_near_each_other_are_no_factor(tmp_path):
    subjects = [f"01-{place:03}" for place in range(60)]
    base = Data({"USUBJID": subjects, "AVAL": [20000.0 + place * 7 % 60 for place in range(60)]})
    moved = [value + 1 + place % 3 for place, value in enumerate(base.columns["AVAL"])]
    causes = compare(
        tmp_path, base, base.with_values(AVAL=moved), Options(keys=("USUBJID",))
    ).causes
    assert [(cause.pattern, cause.amount, cause.count) for cause in causes] == [
        ("constant", 1, 20), ("constant", 2, 20), ("constant", 3, 20),
    ]  # fmt: skip


def test_consecutive_numbers_one_higher_are_not_those_of_the_record_after(tmp_path):
    subjects = [f"01-{place:03}" for place in range(60)]
    base = Data({"USUBJID": subjects, "AVAL": [float(place) for place in range(60)]})
    other = base.with_values(AVAL=[place + 1.0 for place in range(60)])
    (cause,) = compare(tmp_path, base, other, Options(keys=("USUBJID",))).causes
    assert (cause.pattern, cause.amount, cause.count) == ("constant", 1.0, 60)
