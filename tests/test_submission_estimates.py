"""What a results file of a study may say, and where each mistake is reported."""

import copy
from pathlib import Path

import pytest

from mappings.marked_yaml import load_marked
from mappings.problems import Mark, Problems
from submission.estimates import Unit, read_results

SHIPPED = Path(__file__).parent.parent / "mappings" / "dualcart_aml" / "results.yaml"
COLUMNS = {
    "ADSL": ["USUBJID", "FASFL", "RSPEVFL", "DOSELVL", "DLTFL", "DLTEVLFL"],
    "ADRS": ["USUBJID", "PARAMCD", "AVISIT", "AVISITN", "AVALC", "ANL01FL"],
    "ADTTE": ["USUBJID", "PARAMCD", "DURDAYS", "CNSR"],
}
RATE = {
    "statistic": "rate",
    "dataset": "ADRS",
    "where": {"ANL01FL": "Y"},
    "event": {"AVALC": "Y"},
    "by": ["AVISITN", "AVISIT"],
    "population": "FASFL",
    "endpoints": {"E03": {"title": "Overall response rate", "parameter": "ORR"}},
}
SURVIVAL = {
    "statistic": "survival",
    "dataset": "ADTTE",
    "event": {"CNSR": 0},
    "time": "DURDAYS",
    "unit": {"name": "month", "days": 30.4375},
    "landmarks": [1, 2],
    "population": ["FASFL"],
    "subgroups": ["DOSELVL"],
    "endpoints": {"E10": {"title": "Overall survival", "parameter": ["OS", "OSHSCT"]}},
}


def marks_of(loaded):
    """A mark for each value there is: its line is the length of the route, its column its place."""
    marks = {}

    def walk(value, route):
        marks[route] = Mark("results.yaml", len(route) + 1, len(marks) + 1)
        items = value.items() if isinstance(value, dict) else ()
        items = enumerate(value) if isinstance(value, list) else items
        for key, inside in items:
            walk(inside, (*route, key))

    walk(loaded, ())
    return marks


def read(loaded):
    problems, marks = Problems(), marks_of(loaded)
    return read_results(loaded, COLUMNS, marks.get, problems), list(problems), marks


def changed(block, route, value):
    """A file of one block, changed at a route; a value of None takes the key out."""
    loaded = {"estimates": [copy.deepcopy(block)]}
    inside = loaded["estimates"][0]
    for key in route[:-1]:
        inside = inside[key]
    if value is None:
        del inside[route[-1]]
    else:
        inside[route[-1]] = value
    return loaded


def test_the_shipped_file_is_read():
    loaded, marks = load_marked(SHIPPED.read_text(encoding="utf-8"), "results.yaml")
    problems = Problems()
    estimates = read_results(loaded, COLUMNS, marks.values.get, problems)
    assert list(problems) == []
    assert str(estimates[0].mark) == "results.yaml:11:12"
    assert [(item.endpoint, item.parameters) for item in estimates] == [
        ("E03", ("ORR", "ORRH")),
        ("E04", ("CRR", "CRRH")),
        ("E05", ("PRR", "PRRH")),
        ("E16", ("CRHR", "CRHRH")),
        ("E17", ("CRIR", "CRIRH")),
        ("E18", ("MLFSR", "MLFSRH")),
        ("E08", ("RFS", "RFSHSCT", "RFSNALT")),
        ("E09", ("EFS", "EFSTF", "EFSHSCT", "EFSNALT")),
        ("E10", ("OS", "OSHSCT")),
        ("E11", ("DOR", "DORHSCT", "DORNALT")),
    ]


def test_one_item_needs_no_list():
    (item,), _, marks = read({"estimates": [RATE]})
    assert (item.parameters, item.populations, item.subgroups) == (("ORR",), ("FASFL",), ())
    assert (item.event, item.where) == ({"AVALC": ("Y",)}, {"ANL01FL": ("Y",)})
    assert item.by == ("AVISITN", "AVISIT")
    assert (item.level, item.unit, item.landmarks) == (0.95, None, ())
    assert item.mark == marks["estimates", 0, "endpoints", "E03"]


def test_survival_has_time_unit_and_landmarks():
    (item,), _, _ = read({"estimates": [{**SURVIVAL, "level": 0.9}]})
    assert (item.time, item.unit, item.landmarks) == ("DURDAYS", Unit("month", 30.4375), (1, 2))
    assert item.level == 0.9


TOXICITY = {
    "statistic": "rate",
    "dataset": "ADSL",
    "event": {"DLTFL": "Y"},
    "population": "DLTEVLFL",
    "endpoints": {"E01": {"title": "Dose-limiting toxicity"}},
}


def test_a_dataset_without_parameters():
    (item,), problems, _ = read({"estimates": [TOXICITY]})
    assert (item.parameters, item.by, problems) == ((), (), [])


def test_a_parameter_of_a_dataset_without_parameters():
    route = ("endpoints", "E01", "parameter")
    _, (problem,), marks = read(changed(TOXICITY, route, "DLT"))
    assert str(problem).endswith("error[RF202] 'PARAMCD' is not a variable of ADSL")
    assert problem.mark == marks["estimates", 0, *route]


@pytest.mark.parametrize(
    ("block", "route", "value", "code", "named", "hint"),
    [
        pytest.param(
            RATE, ("populaton",), "FASFL", "SP103", "populaton", "population", id="an unknown key"
        ),
        pytest.param(
            RATE, ("landmarks",), [1], "SP103", "landmarks", "", id="a key of another statistic"
        ),
        pytest.param(
            RATE,
            ("endpoints", "E03", "parametr"),
            "ORR",
            "SP103",
            "parametr",
            "parameter",
            id="an unknown key of an endpoint",
        ),
        pytest.param(RATE, ("event",), None, "SP105", "", "", id="no event"),
        pytest.param(SURVIVAL, ("time",), None, "SP105", "", "", id="no time"),
        pytest.param(RATE, ("endpoints", "E03", "title"), None, "SP105", "", "", id="no title"),
        pytest.param(RATE, ("population",), [], "SP105", "[]", "", id="an empty list"),
        pytest.param(
            RATE, ("statistic",), "rat", "SP107", "rat", "rate", id="an unknown statistic"
        ),
        pytest.param(
            SURVIVAL, ("unit", "name"), "months", "SP107", "months", "month", id="an unknown unit"
        ),
        pytest.param(RATE, ("level",), 95, "SP107", "95", "", id="a level in percent"),
        pytest.param(RATE, ("dataset",), 1, "SP106", "1", "", id="a number for a name"),
        pytest.param(
            SURVIVAL, ("landmarks", 1), "two", "SP106", "two", "", id="a text for a landmark"
        ),
        pytest.param(RATE, ("dataset",), "ADRX", "RF202", "ADRX", "ADRS", id="an unknown dataset"),
        pytest.param(
            RATE,
            ("event", "AVALX"),
            "Y",
            "RF202",
            "AVALX",
            "AVALC",
            id="an unknown variable of the event",
        ),
        pytest.param(
            RATE,
            ("where", "ANL09FL"),
            "Y",
            "RF202",
            "ANL09FL",
            "ANL01FL",
            id="an unknown variable of where",
        ),
        pytest.param(
            RATE,
            ("by", 1),
            "VISITX",
            "RF202",
            "VISITX",
            "AVISIT",
            id="an unknown variable of the visit",
        ),
        pytest.param(
            SURVIVAL, ("time",), "DURDAY", "RF202", "DURDAY", "DURDAYS", id="an unknown time"
        ),
        pytest.param(
            RATE, ("population",), "FASFLG", "RF202", "FASFLG", "FASFL", id="an unknown population"
        ),
        pytest.param(
            SURVIVAL,
            ("subgroups", 0),
            "DOSELEVL",
            "RF202",
            "DOSELEVL",
            "DOSELVL",
            id="an unknown subgroup",
        ),
    ],
)
def test_a_mistake_is_reported_where_it_stands(block, route, value, code, named, hint):
    estimates, (problem,), marks = read(changed(block, route, value))
    assert estimates == ()
    assert (problem.code, problem.value) == (code, named)
    assert problem.mark == marks["estimates", 0, *(route if value is not None else route[:-1])]
    assert problem.hint == (f"did you mean {hint}?" if hint else "")


@pytest.mark.parametrize(
    "loaded", [pytest.param(None, id="an empty file"), pytest.param([RATE], id="a bare list")]
)
def test_a_file_that_is_no_mapping(loaded):
    _, (problem,), _ = read(loaded)
    assert (problem.code, str(problem.mark)) == ("SP106", "results.yaml:1:1")


def test_all_mistakes_of_a_file_are_reported():
    wrong = {"estimates": [{**RATE, "populaton": "FASFL"}, {**SURVIVAL, "time": "DAYS"}]}
    _, problems, _ = read(wrong)
    assert sorted(problem.code for problem in problems) == ["RF202", "SP103"]


def test_messages_read_as_a_line():
    _, (problem,), _ = read(changed(RATE, ("dataset",), 1))
    assert str(problem).endswith("error[SP106] dataset: '1' is not a text")
    _, (problem,), _ = read(changed(RATE, ("by",), 1))
    assert str(problem).endswith("error[SP106] by: '1' is not a text or list")
