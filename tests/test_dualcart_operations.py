"""The example study's own operation: response by the ELN 2022 algorithm."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.columns import numbers, texts
from mappings.dualcart_aml.operations import OPERATIONS, eln_response
from mappings.looked import Looked
from mappings.operations import registry

DAY = "2024-05-01"
RECOVERED = {"NEUT": 1.5, "PLAT": 150, "PBBLAST": 0}
LOW = {"NEUT": 0.4, "PLAT": 30, "PBBLAST": 0}


@dataclass(frozen=True)
class Marrow:
    """One marrow with what was known at it; counts of the day unless ``later`` says how far off."""

    blasts: float | None
    counts: dict[str, float] = field(default_factory=lambda: dict(RECOVERED))
    date: str = DAY
    base: float | None = 46
    quality: str = "ADEQUATE"
    auer: str = "ABSENT"
    cells: float | None = None
    cellularity: float | None = None
    outside: str = "NED"
    circulating_base: float | None = None
    later: int = 0
    subject: str = "1"


def moved(date: str, days: int) -> str:
    return str(np.datetime64(date) + np.timedelta64(days, "D"))


def looked(marrows, rows):
    """Rows of (subject, value) as every marrow of the subject sees them."""
    pairs = [
        (record, row)
        for record, marrow in enumerate(marrows)
        for row, (subject, _) in enumerate(rows)
        if subject == marrow.subject
    ]
    values = pd.Series([rows[row][1] for _, row in pairs])
    record, row = (np.array([pair[side] for pair in pairs], dtype=int) for side in (0, 1))
    return Looked(record, row, values, len(marrows))


def responses(marrows, more_counts=(), transfusions=()):
    """Response and day of each marrow; more counts are (subject, date, code, value)."""
    counts = [
        (one.subject, moved(one.date, one.later), code, value)
        for one in marrows
        for code, value in one.counts.items()
    ]
    counts += more_counts
    values = looked(marrows, [(one[0], one[3]) for one in counts])
    codes = looked(marrows, [(one[0], one[2]) for one in counts])
    dates = looked(marrows, [(one[0], pd.Timestamp(one[1])) for one in counts])
    given = looked(marrows, [("1", date) for date in transfusions])
    made = eln_response(
        texts([one.date for one in marrows]),
        texts([one.subject for one in marrows]),
        numbers([one.blasts for one in marrows]),
        numbers([one.base for one in marrows]),
        texts([one.quality for one in marrows]),
        texts([one.auer for one in marrows]),
        numbers([one.cells for one in marrows]),
        numbers([one.cellularity for one in marrows]),
        texts([one.outside for one in marrows]),
        numbers([one.circulating_base for one in marrows]),
        Looked(values.record, values.row, numbers(values.values), values.size),
        Looked(codes.record, codes.row, texts(codes.values), codes.size),
        Looked(
            dates.record, dates.row, pd.to_datetime(dates.values).astype("datetime64[s]"),
            dates.size,
        ),
        Looked(given.record, given.row, texts(given.values), given.size),
    )  # fmt: skip
    return [
        (response, "" if pd.isna(day) else str(day.date()))
        for response, day in zip(made["AVALC"], made["ADT"], strict=True)
    ]


def response(marrow, **more):
    ((found, _),) = responses([marrow], **more)
    return found


@pytest.mark.parametrize(
    ("neut", "plat", "expected"),
    [
        pytest.param(1.0, 100, "CR", id="both counts recovered, limits included"),
        pytest.param(0.99, 100, "CRh", id="one recovered and both partly is still CRh"),
        pytest.param(0.5, 50, "CRh", id="both partly, limits included"),
        pytest.param(1.0, 49, "CRi", id="neutrophils alone"),
        pytest.param(0.49, 100, "CRi", id="platelets alone"),
        pytest.param(0.49, 99, "MLFS", id="neither, enough cells"),
        pytest.param(1.0, None, "NE", id="without platelets nothing is known"),
        pytest.param(None, 20, "NE", id="without neutrophils nothing is known"),
    ],
)
def test_a_marrow_without_leukemia_by_recovery(neut, plat, expected):
    counts = {"NEUT": neut, "PLAT": plat, "PBBLAST": 0}
    known = {code: value for code, value in counts.items() if value is not None}
    assert response(Marrow(4.9, known, cells=200)) == expected


@pytest.mark.parametrize(
    ("cells", "cellularity", "expected"),
    [
        pytest.param(200, None, "MLFS", id="200 cells are enough"),
        pytest.param(199, None, "NE", id="199 are not"),
        pytest.param(199, 10, "MLFS", id="or a cellularity of 10 percent"),
        pytest.param(199, 9, "NE", id="neither"),
        pytest.param(None, None, "NE", id="nothing known"),
    ],
)
def test_an_aplastic_marrow_is_no_mlfs(cells, cellularity, expected):
    assert response(Marrow(2, LOW, cells=cells, cellularity=cellularity)) == expected


@pytest.mark.parametrize(
    ("marrow", "expected"),
    [
        pytest.param(Marrow(3, auer="PRESENT"), "NR", id="Auer rods"),
        pytest.param(Marrow(3, {**RECOVERED, "PBBLAST": 1}), "NR", id="blasts in blood"),
        pytest.param(Marrow(3, {"NEUT": 1, "PLAT": 100}), "CR", id="blood blasts not looked for"),
        pytest.param(Marrow(3, outside="SD"), "NR", id="persistent extramedullary disease"),
        pytest.param(Marrow(3, outside="PD"), "PD", id="new extramedullary disease"),
        pytest.param(Marrow(3, outside="CR"), "CR", id="resolved extramedullary disease"),
        pytest.param(Marrow(3, outside=""), "CR", id="extramedullary disease not looked for"),
        pytest.param(Marrow(5, base=10), "PR", id="PR: half of the baseline, 5 percent"),
        pytest.param(Marrow(5, base=9), "NR", id="less than half is no PR"),
        pytest.param(Marrow(25, base=50), "PR", id="PR up to 25 percent"),
        pytest.param(Marrow(25.5, base=60), "NR", id="no PR above 25 percent"),
        pytest.param(Marrow(15, {"NEUT": 1, "PLAT": 99}), "NR", id="no PR without recovery"),
        pytest.param(Marrow(15, base=None), "NR", id="no PR without a baseline"),
        pytest.param(Marrow(60, base=40), "NR", id="half more than the baseline is no PD"),
        pytest.param(Marrow(60.5, base=40), "PD", id="PD: more than half more"),
        pytest.param(Marrow(34, base=20), "NR", id="a low baseline and 14 points"),
        pytest.param(Marrow(35, base=20), "PD", id="a low baseline and 15 points"),
    ],
)  # fmt: skip
def test_response_of_one_marrow(marrow, expected):
    assert response(marrow) == expected


@pytest.mark.parametrize(
    ("share", "base", "expected"),
    [
        pytest.param(26, 17, "PD", id="more than 25, more than half up"),
        pytest.param(25, 10, "NR", id="25 are not more than 25"),
        pytest.param(27, 18, "NR", id="half up is not more than half up"),
        pytest.param(60, None, "NR", id="without a baseline no rise can be shown"),
    ],
)
def test_progression_in_blood(share, base, expected):
    counts = {"WBC": 100, "PBBLAST": share, "NEUT": 1, "PLAT": 40}
    assert response(Marrow(40, counts, circulating_base=base)) == expected
    assert response(Marrow(None, counts, quality="DRY TAP", circulating_base=base)) == (
        "PD" if expected == "PD" else "NE"
    )


@pytest.mark.parametrize(
    ("marrow", "expected"),
    [
        pytest.param(Marrow(None, quality="DRY TAP"), "NE", id="dry tap"),
        pytest.param(Marrow(None, quality=""), "NE", id="no result"),
        pytest.param(Marrow(3, quality="HEMODILUTE"), "NE", id="hemodilute"),
        pytest.param(Marrow(None, quality="DRY TAP", outside="PD"), "PD", id="dry tap, new site"),
        pytest.param(Marrow(3, date="2024-05"), "", id="a marrow without a day has no response"),
    ],
)  # fmt: skip
def test_a_marrow_that_cannot_be_read(marrow, expected):
    assert response(Marrow(**{**marrow.__dict__, "counts": {}})) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(-7, "CR", id="7 days before"),
        pytest.param(7, "CR", id="7 days after"),
        pytest.param(-8, "NE", id="8 days before is too far"),
        pytest.param(8, "NE", id="8 days after is too far"),
    ],
)
def test_counts_are_those_within_a_week(days, expected):
    assert response(Marrow(2, later=days)) == expected


def test_of_several_counts_the_nearest_is_taken_and_of_two_as_near_the_later():
    before = [("1", moved(DAY, -2), "PLAT", 60), ("1", moved(DAY, -2), "NEUT", 2)]
    assert response(Marrow(2, {"PLAT": 150}, later=2), more_counts=before) == "CR"
    assert response(Marrow(2, {"PLAT": 150}, later=3), more_counts=before) == "CRh"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(-8, "CR", id="eight days before"),
        pytest.param(-7, "NE", id="seven days before: both counts are those of a donor"),
        pytest.param(-2, "CRh", id="between the counts: the older one is taken"),
        pytest.param(0, "CRh", id="the same day"),
        pytest.param(1, "CR", id="the day after"),
    ],
)
def test_platelets_of_the_week_after_a_transfusion_do_not_count(given, expected):
    older = [("1", moved(DAY, -3), "PLAT", 60)]
    marrow = Marrow(2, {"PLAT": 150, "NEUT": 2})
    assert response(marrow, more_counts=older, transfusions=[moved(DAY, given)]) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(Marrow(2), Marrow(5), "RELAPSE", id="CR, then 5 percent"),
        pytest.param(Marrow(2), Marrow(4.9), "CR", id="CR, then less"),
        pytest.param(Marrow(2), Marrow(12, quality="HEMODILUTE"), "RELAPSE", id="even if diluted"),
        pytest.param(Marrow(2), Marrow(2, outside="PD"), "RELAPSE", id="CR, then new disease"),
        pytest.param(Marrow(2, {"NEUT": 1, "PLAT": 20}), Marrow(6), "RELAPSE", id="CRi, then 6"),
        pytest.param(Marrow(2, LOW, cells=500), Marrow(6, base=60), "PR", id="MLFS is none"),
        pytest.param(Marrow(30), Marrow(40), "NR", id="no response, then more"),
    ],
)  # fmt: skip
def test_relapse_needs_a_known_remission(first, second, expected):
    later = Marrow(**{**second.__dict__, "date": "2024-07-01"})
    assert responses([first, later])[1] == (expected, "2024-07-01")


def test_after_a_relapse_no_remission_is_known_until_the_next():
    days = ["2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01"]
    blasts = [2, 20, 40, 3, 8]
    found = responses([Marrow(b, date=d, base=46) for b, d in zip(blasts, days, strict=True)])
    assert [one for one, _ in found] == ["CR", "RELAPSE", "NR", "CR", "RELAPSE"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([30, 37], ("RELAPSE", "2024-05-31"), id="a week apart: the day of the first"),
        pytest.param([30, 33, 37], ("RELAPSE", "2024-05-31"), id="one more in between"),
        pytest.param([30, 36], ("CR", "2024-07-01"), id="less than a week apart"),
        pytest.param([30], ("CR", "2024-07-01"), id="once only"),
        pytest.param([-10, 30], ("CR", "2024-07-01"), id="one of them before the remission"),
        pytest.param([30, 70], ("CR", "2024-07-01"), id="one of them after the marrow"),
    ],
)
def test_relapse_in_blood_needs_two_samples(days, expected):
    samples = [("1", moved(DAY, day), "PBBLAST", 4) for day in days]
    assert responses([Marrow(2), Marrow(2, date="2024-07-01")], samples)[1] == expected


@given(st.permutations(range(6)))
def test_the_order_of_the_rows_and_other_subjects_change_nothing(order):
    marrows = [
        Marrow(blasts, date=date, subject=subject)
        for subject, course in {"1": [2, 20, 3], "2": [30, 2, 7]}.items()
        for blasts, date in zip(course, ["2024-05-01", "2024-06-01", "2024-07-01"], strict=True)
    ]
    found = responses([marrows[place] for place in order])
    expected = ["CR", "RELAPSE", "CR", "NR", "CR", "RELAPSE"]
    assert [one for one, _ in found] == [expected[place] for place in order]


def test_no_marrow_no_response():
    assert responses([]) == []


def test_the_operation_has_a_signature_the_language_knows():
    (name,) = registry(OPERATIONS)
    assert name == "eln_response"
