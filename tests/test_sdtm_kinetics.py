"""Parameters of kinetic profiles: the worked examples, and the rules one by one."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.columns import numbers, texts
from mappings.looked import Looked
from mappings.problems import Problems
from sdtm.kinetics import Area, nca

ALL = ["CMAX", "TMAX", "AUCINT", "TLST", "CLST"]
AREA = Area(from_=0, to=28, early=25, late=31)
START = pd.Timestamp("2024-03-01")
NO_END = "NO SAMPLE FROM DAY 25 TO DAY 31"
NO_VALUE = "NO QUANTIFIABLE SAMPLE"


def story(text, limit):
    """Samples ``day:result`` of a text, ``B`` for below the limit, as ``(day, text)``."""
    parts = [part.split(":") for part in text.split()]
    return [(float(day), f"<{limit}" if result == "B" else result) for day, result in parts]


def kinetics(profiles, since="2024-03-01", parameters=ALL, subjects=None, as_records=True):
    """What is made of profiles of ``(day or date, text)``, one subject each, and the problems."""
    rows = [(place, when, what) for place, seen in enumerate(profiles) for when, what in seen]
    profile = np.array([place for place, *_ in rows], dtype=np.int64)
    record = profile if subjects is None else np.array(subjects, dtype=np.int64)[profile]
    size = int(record.max(initial=-1)) + 1
    row = np.arange(len(rows)) + 100
    shown = texts([what for *_, what in rows])
    times = texts([when if isinstance(when, str) else date(when) for _, when, _ in rows])

    def look(values, variable):
        return Looked(record, row, values, size, "PC", variable)

    begin = look(texts(since, len(rows)), "PCRFTDTC")
    if not as_records:
        begin = Looked(np.arange(size), np.arange(size), texts(since, size), size, "DM", "RFXENDTC")
    problems = Problems()
    made = nca(
        look(numbers(pd.to_numeric(shown.replace("", None), errors="coerce")), "PCSTRESN"),
        look(shown, "PCSTRESC"),
        look(times, "PCDTC"),
        begin,
        by=[look(texts([f"P{place}" for place in profile]), "PCGRPID")],
        parameters=parameters,
        area=AREA,
        problems=problems,
    )
    return made, problems


def date(day):
    at = START + pd.Timedelta(days=day)
    return at.strftime("%Y-%m-%d" if at == at.normalize() else "%Y-%m-%dT%H:%M")


def values(made):
    return dict(zip(made.frame["PPTESTCD"], made.frame["parameter_value"], strict=True))


nan = math.nan


@pytest.mark.parametrize(
    ("samples", "limit", "expected", "end"),
    [
        pytest.param("0:B 4:1200 7:15000 10:42000 14:38000 21:9000 28:2100 61:300 91:B 183:B", 50,
                     (42000, 10, 475550, 61, 300), 28, id="K1"),
        pytest.param("0:B 4:B 7:800 10:5200 14:5200 21:640 60:B", 50,
                     (5200, 10, nan, 21, 640), 28, id="K2: tie, day 28 missing"),
        pytest.param("0:B 4:350 7:2600 10:9100 14:12800 21:B 27:220 62:B", 50,
                     (12800, 14, 112097.5, 27, 220), 27, id="K3: below the limit in between"),
        pytest.param("0:B 4:2 7:18 10:95 14:140 21:40 28:10 61:1.2 91:B", 0.5,
                     (140, 14, 1478.5, 61, 1.2), 28, id="C1"),
        pytest.param("0:B 4:B 7:B 10:B 14:B 21:B 28:B", 0.5,
                     (nan, nan, 0, nan, nan), 28, id="C2: all below the limit"),
        pytest.param("4:2 7:9", 0.5, (9, 7, nan, 7, 9), 28, id="C3: died after day 7"),
    ],
)  # fmt: skip
def test_worked_examples(samples, limit, expected, end):
    made, problems = kinetics([story(samples, limit)])
    assert values(made) == pytest.approx(dict(zip(ALL, expected, strict=True)), nan_ok=True)
    assert made.frame["area_end"].tolist() == pytest.approx([nan, nan, end, nan, nan], nan_ok=True)
    assert not list(problems)


def area(samples):
    made, _ = kinetics([story(samples, 50)], parameters=["AUCINT"])
    return made.frame.iloc[0]


@pytest.mark.parametrize(
    ("samples", "value", "end"),
    [
        pytest.param("10:100 28:100", 500 + 1800, 28, id="from 0 where nothing is before"),
        pytest.param("0:60 10:100 28:100", 800 + 1800, 28, id="from the value at time 0"),
        pytest.param("-1:60 10:100 28:100", 800 + 1800, 28, id="from the value before time 0"),
        pytest.param("-7:60 -1:B 10:100 28:100", 500 + 1800, 28, id="from the last before time 0"),
        pytest.param("20:100 30:200", 1000 + 8 * 140, 28, id="interpolated at day 28"),
        pytest.param("20:100 26:100 30:200", 1600 + 2 * 125, 28,
                     id="a sample after 28 goes before one short of it"),
        pytest.param("20:100 25:100 27:300", 1000 + 500 + 400, 27, id="to the last short of 28"),
        pytest.param("20:100 25:100 60:300", 1000 + 500, 25, id="nothing beyond the last of them"),
        pytest.param("20:100 28:B", 1000 + 400, 28, id="below the limit after the last value: 0"),
        pytest.param("20:100 30:B", 1000 + 8 * 60, 28, id="falling to 0 beyond day 28"),
        pytest.param("10:100 20:B 25:B", 500 + 500, 25, id="0 from the first below the limit on"),
        pytest.param("10:B 20:100 28:100", 500 + 800, 28, id="0 before the first value"),
        pytest.param("10:100 12:B 14:B 28:100", 500 + 125 + 50 + 875, 28,
                     id="half the limit, each time, between values"),
        pytest.param("10:100 12:0 28:100", 500 + 100 + 800, 28, id="a plain 0 is below any limit"),
    ],
)  # fmt: skip
def test_area(samples, value, end):
    made = area(samples)
    assert (made["parameter_value"], made["area_end"]) == pytest.approx((value, end))
    assert made["reason"] == ""


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param("10:100 24:100 32:100", id="samples on either side of the days only"),
        pytest.param("4:B 7:B", id="all below the limit, but not followed to the end"),
        pytest.param("-1:B", id="nothing after the start"),
    ],
)
def test_area_not_calculable(samples):
    made = area(samples)
    assert math.isnan(made["parameter_value"])
    assert made["reason"] == NO_END


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        pytest.param(
            "-1:900 4:100 7:200", (200, 7, 7, 200), id="a sample before time 0 is no peak"
        ),
        pytest.param("-1:900 4:B", (nan, nan, nan, nan), id="nor is it the last value"),
        pytest.param("0:900 4:100", (900, 0, 4, 100), id="a sample at time 0 is"),
        pytest.param("7:200 4:100", (200, 7, 7, 200), id="rows in any order"),
        pytest.param("4:100 7:0", (100, 4, 4, 100), id="0 is not quantifiable"),
    ],
)
def test_peak_and_last(samples, expected):
    made, _ = kinetics([story(samples, 50)], parameters=["CMAX", "TMAX", "TLST", "CLST"])
    assert tuple(made.frame["parameter_value"]) == pytest.approx(expected, nan_ok=True)
    lacking = [NO_VALUE if math.isnan(value) else "" for value in expected]
    assert made.frame["reason"].tolist() == lacking


@pytest.mark.parametrize("as_records", [True, False])
def test_times_of_day_count_where_both_have_one(as_records):
    samples = [("2024-03-02T22:00", "10"), ("2024-03-05", "20"), ("2024-03-04T10", "15")]
    made, _ = kinetics(
        [samples], since="2024-03-01T10:00", parameters=["TMAX", "TLST"], as_records=as_records
    )
    assert made.frame["parameter_value"].tolist() == [4, 4]
    made, _ = kinetics(
        [samples[:1]], since="2024-03-01T10:00", parameters=["TMAX"], as_records=as_records
    )
    assert made.frame["parameter_value"].tolist() == [1.5]


def test_profiles_stand_apart():
    samples = [story("4:10 28:1", 1), story("4:20 28:2", 1), story("4:30 28:3", 1)]
    made, _ = kinetics(samples, parameters=["CMAX", "AUCINT"], subjects=[0, 0, 1])
    assert made.parent.tolist() == [0, 0, 0, 0, 1, 1]
    assert made.frame["PPTESTCD"].tolist() == ["CMAX", "AUCINT"] * 3
    assert made.frame["parameter_value"].tolist() == [10, 152, 20, 304, 30, 456]
    assert made.row.tolist() == [100, 100, 102, 102, 104, 104]


def test_origins_are_the_sample_read_or_all_of_them():
    made, _ = kinetics([story("4:10 7:30 10:20", 1)])
    (origin,) = made.origins
    found = {name: [] for name in ALL}
    for record, row in zip(origin.record, origin.row, strict=True):
        found[ALL[record]].append(int(row))
    assert origin.source == "PC"
    assert found == {"CMAX": [101], "TMAX": [101], "AUCINT": [100, 101, 102], "TLST": [102],
                     "CLST": [102]}  # fmt: skip


@pytest.mark.parametrize(
    ("samples", "code", "value"),
    [
        pytest.param([(4.0, "10"), (4.0, "12")], "DT516", "2024-03-05", id="two at one time"),
        pytest.param([("2024-03", "10"), (4.0, "12")], "DT524", "2024-03", id="a partial date"),
        pytest.param([(4.0, ">1000"), (7.0, "12")], "DT524", ">1000", id="above the range"),
    ],
)
def test_what_cannot_be_used_is_reported(samples, code, value):
    _, problems = kinetics([samples])
    assert [(problem.code, problem.value) for problem in problems] == [(code, value)]


def test_a_sample_without_a_result_is_ignored():
    made, problems = kinetics([[(4.0, "10"), (7.0, ""), (28.0, "10")]], parameters=["AUCINT"])
    assert made.frame["parameter_value"].tolist() == [20 + 240]
    assert not list(problems)


def test_no_samples_make_no_records():
    made, _ = kinetics([])
    assert len(made.frame) == len(made.parent) == len(made.row) == 0


samples = st.dictionaries(
    st.integers(-3, 40), st.sampled_from(["<50", "0", "50", "75", "200", "1000"]), max_size=9
)


def area_by_hand(seen):
    """Area of one profile by the rules as they are written, sample by sample."""
    seen = sorted(seen.items())
    ending = [day for day, _ in seen if 25 <= day <= 31]
    if not ending:
        return nan
    stop = 28 if max(ending) >= 28 else max(ending)
    known = [day for day, text in seen if float(text.lstrip("<")) > 0 and text[0] != "<"]
    points = {}
    for day, text in seen:
        value = float(text) if text[0] != "<" else None
        if not value:
            between = known and known[0] < day < known[-1] and text[0] == "<"
            value = 25.0 if between else 0.0
            if day <= 0:
                value = 0.0
        points[max(day, 0)] = value
    points.setdefault(0, 0.0)
    days = sorted(points)
    grid = sorted({day for day in [*days, stop] if day <= stop})
    heights = np.interp(grid, days, [points[day] for day in days])
    return float(np.sum(np.diff(grid) * (heights[1:] + heights[:-1]) / 2))


@settings(max_examples=30)
@given(st.lists(samples, min_size=1, max_size=3))
def test_area_as_read_sample_by_sample(profiles):
    made, _ = kinetics([list((float(day), text) for day, text in one.items()) for one in profiles],
                       parameters=["AUCINT"])  # fmt: skip
    expected = [area_by_hand(one) for one in profiles if one]
    assert made.frame["parameter_value"].tolist() == pytest.approx(expected, nan_ok=True)
