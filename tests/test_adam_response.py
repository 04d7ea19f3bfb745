"""Best overall response: the shared cohort, and worked cases with and without confirmation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.response import Confirm, best_response
from mappings.columns import dates, texts
from mappings.looked import Looked
from mappings.problems import Problems

ORDER = ["CR", "CRh", "CRi", "MLFS", "PR", "NR", "PD", "RELAPSE", "TRTFAIL", "NE"]
STOP = ["PD", "RELAPSE", "TRTFAIL"]
CONFIRM = Confirm(
    responses=["CR", "CRh", "CRi", "MLFS", "PR"],
    after=28,
    may_skip=["NE"],
    fallback="NR",
    fallback_from=28,
    otherwise="NE",
)
# Start and the assessments that count: those up to new therapy, re-infusion and cut-off.
COHORT = {
    "001": ("2024-03-01", [("2024-03-29", "CR"), ("2024-05-02", "CR"), ("2024-05-31", "CR"),
                           ("2024-08-30", "CR"), ("2024-11-29", "RELAPSE")]),
    "002": ("2024-04-10", [("2024-05-08", "MLFS"), ("2024-06-10", "CRi"), ("2024-07-10", "CRh"),
                           ("2024-10-09", "CR"), ("2025-01-08", "CR"), ("2025-04-10", "CR")]),
    "003": ("2024-05-06", [("2024-06-03", "NR"), ("2024-07-05", "PD")]),
    "004": ("2024-06-20", [("2024-07-18", "PR"), ("2024-08-20", "PR"), ("2024-09-19", "PD")]),
    "005": ("2024-08-01", []),
    "006": ("2024-09-12", [("2024-10-10", "CRh"), ("2024-11-12", "CR"), ("2024-12-12", "CR"),
                           ("2025-03-13", "CR"), ("2025-06-12", "CR")]),
    "007": ("2024-11-04", [("2024-12-02", "CRi"), ("2025-01-03", "CRi")]),
}  # fmt: skip
BEST = [
    ("CR", "2024-03-29"), ("CR", "2024-10-09"), ("NR", "2024-06-03"), ("PR", "2024-07-18"),
    ("MISSING", ""), ("CR", "2024-11-12"), ("CRi", "2024-12-02"),
]  # fmt: skip


def best(subjects, confirm=None, order=ORDER):
    """Best response and date of each ``(start, [(date, response), …])``, and the problems."""
    rows = [(place, *one) for place, (_, seen) in enumerate(subjects) for one in seen]
    record = np.array([place for place, *_ in rows], dtype=np.int64)
    row, size = np.arange(len(rows)), len(subjects)
    problems = Problems()
    made = best_response(
        dates([start for start, _ in subjects]),
        Looked(record, row, texts([word for *_, word in rows]), size, "ADRS", "AVALC"),
        Looked(record, row, dates([date for _, date, _ in rows]), size, "ADRS", "ADT"),
        order=order,
        stop=STOP,
        none="MISSING",
        problems=problems,
        confirm=confirm,
    )
    assert list(made.columns) == ["AVALC", "ADT"]
    date = made["ADT"].dt.strftime("%Y-%m-%d").fillna("")
    return list(zip(made["AVALC"], date, strict=True)), problems


@pytest.mark.parametrize(
    "confirm", [pytest.param(None, id="BOR"), pytest.param(CONFIRM, id="CBOR")]
)
def test_shared_cohort(confirm):
    made, problems = best(list(COHORT.values()), confirm)
    assert made == BEST
    assert not list(problems)


def on_days(*seen):
    """A subject infused on 2024-01-01 with responses on days after."""
    start = pd.Timestamp("2024-01-01")
    return (
        "2024-01-01",
        [((start + pd.Timedelta(days=day)).strftime("%Y-%m-%d"), word) for day, word in seen],
    )


def day_of(day):
    return "" if day is None else on_days((day, ""))[1][0][0]


@pytest.mark.parametrize(
    ("seen", "response", "day"),
    [
        pytest.param([(28, "PR"), (61, "CR"), (91, "CR")], "CR", 61, id="the earliest of equals"),
        pytest.param([(91, "CR"), (28, "PR"), (61, "CR")], "CR", 61, id="rows in any order"),
        pytest.param([(28, "NR"), (61, "PD"), (91, "CR")], "NR", 28, id="not after a stop"),
        pytest.param([(61, "PD"), (61, "CR")], "PD", 61, id="not on the day of a stop"),
        pytest.param(
            [(28, "NR"), (61, "CR"), (61, "PD")], "NR", 28, id="in whatever order of rows"
        ),
        pytest.param([(61, "PD"), (61, "RELAPSE")], "RELAPSE", 61, id="of two stops the worse"),
        pytest.param([(28, "PD")], "PD", 28, id="a stop alone is the best there is"),
        pytest.param(
            [(28, "TRTFAIL"), (61, "RELAPSE")], "TRTFAIL", 28, id="the first stop ends it"
        ),
        pytest.param([(14, "NE"), (28, "PD")], "PD", 28, id="PD is better than not evaluable"),
        pytest.param([(28, "NE"), (61, "NE")], "NE", 28, id="only NE"),
        pytest.param([], "MISSING", None, id="nothing"),
        pytest.param([(28, ""), (61, "PR")], "PR", 61, id="an assessment not done is none"),
        pytest.param([(-3, "CR"), (28, "NR")], "NR", 28, id="not before the start"),
        pytest.param([(-3, "PD"), (28, "CR")], "CR", 28, id="a stop before the start is none"),
    ],
)
def test_best_response(seen, response, day):
    made, problems = best([on_days(*seen)])
    assert made == [(response, day_of(day))]
    assert not list(problems)


@pytest.mark.parametrize(
    ("seen", "response", "day"),
    [
        pytest.param([(28, "CR"), (56, "CR")], "CR", 28, id="again after exactly 28 days"),
        pytest.param([(28, "CR"), (55, "CR")], "NR", None, id="again after 27 days"),
        pytest.param([(28, "PR"), (61, "CR")], "PR", 28, id="a better one confirms, itself not"),
        pytest.param([(28, "CR"), (61, "PR")], "NR", None, id="a worse one does not confirm"),
        pytest.param([(28, "CR"), (61, "CRi"), (91, "CRi")], "CRi", 61,
                     id="the next lower category that is confirmed"),
        pytest.param([(28, "CR"), (61, "PR"), (91, "CR")], "CR", 28,
                     id="a lower response in between does no harm"),
        pytest.param([(28, "CR"), (61, "NR"), (91, "CR")], "NR", None, id="NR in between"),
        pytest.param([(28, "CR"), (61, "NR"), (91, "CR"), (121, "CR")], "CR", 91,
                     id="confirmed after the NR: the date of the one confirmed"),
        pytest.param([(28, "CR"), (61, "NE"), (91, "CR")], "CR", 28, id="NE in between"),
        pytest.param([(28, "CR"), (61, ""), (91, "CR")], "CR", 28, id="not done in between"),
        pytest.param([(28, "CR"), (61, "PD"), (91, "CR")], "NR", None,
                     id="the confirming one lies in the stretch"),
        pytest.param([(28, "CR"), (61, "CR"), (61, "PD")], "NR", None,
                     id="nothing is confirmed on the day of the stop"),
        pytest.param([(28, "CR"), (61, "NR"), (61, "CR")], "CR", 28,
                     id="an NR on the confirming day is not in between"),
        pytest.param([(28, "CR"), (40, "CR"), (70, "CR")], "CR", 28,
                     id="a later one confirms where the next is too near"),
        pytest.param([(14, "CR")], "NE", None, id="unconfirmed, seen before day 28 only"),
        pytest.param([(14, "CR"), (27, "CR")], "NE", None, id="last seen on day 27"),
        pytest.param([(14, "CR"), (28, "NE")], "NE", None,
                     id="the last evaluable one counts, not the last"),
        pytest.param([(14, "CR"), (28, "NR")], "NR", None,
                     id="the stand-in has no date, though NR was seen"),
        pytest.param([(14, "CR"), (30, "PD")], "NR", None, id="a stop is evaluable"),
        pytest.param([(28, "NR"), (61, "PD")], "NR", 28, id="NR needs no confirmation"),
        pytest.param([(28, "PD")], "PD", 28, id="nor does PD"),
        pytest.param([(28, "NE")], "NE", 28, id="nor does NE"),
        pytest.param([], "MISSING", None, id="nor does nothing"),
    ],
)  # fmt: skip
def test_confirmed_response(seen, response, day):
    made, problems = best([on_days(*seen)], CONFIRM)
    assert made == [(response, day_of(day))]
    assert not list(problems)


def test_stops_outside_the_order_are_worse_than_all_in_it():
    order = [word for word in ORDER if word not in STOP]
    made, _ = best([on_days((14, "NE"), (28, "PD")), on_days((28, "PD"))], order=order)
    assert [word for word, _ in made] == ["NE", "PD"]


@pytest.mark.parametrize(
    ("subject", "code", "value"),
    [
        pytest.param(on_days((28, "CRp"), (61, "PR")), "DT514", "CRp", id="a word of no list"),
        pytest.param(("2024-01-01", [("", "CR"), ("2024-03-01", "PR")]), "DT524", "CR",
                     id="a response without a date"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_reported(subject, code, value):
    made, problems = best([subject])
    assert [word for word, _ in made] == ["PR"]
    assert [(problem.code, problem.value) for problem in problems] == [(code, value)]


def test_to_confirm_what_is_not_in_the_order_is_refused():
    with pytest.raises(ValueError, match="SD"):
        best([], Confirm(["SD"], 28, [], "NR", 28, "NE"))


def test_no_base_record_gives_no_record():
    assert best([], CONFIRM)[0] == []


stories = st.lists(st.tuples(st.integers(1, 120), st.sampled_from(ORDER)), max_size=7)


@settings(max_examples=25)
@given(st.lists(stories, min_size=1, max_size=3))
def test_confirmed_is_never_better_than_best(subjects):
    subjects = [on_days(*seen) for seen in subjects]
    plain, _ = best(subjects)
    confirmed, _ = best(subjects, CONFIRM)
    rank = {word: place for place, word in enumerate([*ORDER, "MISSING"])}
    for (one, _), (other, _) in zip(plain, confirmed, strict=True):
        assert rank[other] >= rank[one]
        assert other == one or one in CONFIRM.responses


def told_by_hand(seen):
    """Confirmed best response and day of one story, read record by record."""
    seen = sorted(seen)
    rank = ORDER.index
    stops = [(day, -rank(word), word) for day, word in seen if word in STOP]
    if stops:
        first, _, end = min(stops)
        seen = [one for one in seen if one[0] < first or one == (first, end)]
    if not seen:
        return "MISSING", None
    top = min(seen, key=lambda one: (rank(one[1]), one[0]))
    if top[1] not in CONFIRM.responses:
        return top[1], top[0]
    sure = [
        (rank(word), day)
        for day, word in seen
        if word in CONFIRM.responses
        and any(
            rank(other) <= rank(word)
            and later >= day + 28
            and not any(
                day < between < later and what not in (*CONFIRM.responses, "NE")
                for between, what in seen
            )
            for later, other in seen
        )
    ]
    if sure:
        return ORDER[min(sure)[0]], min(sure)[1]
    followed = max(day for day, word in seen if word != "NE") >= 28
    return ("NR" if followed else "NE"), None


@settings(max_examples=25)
@given(st.lists(stories, min_size=1, max_size=3))
def test_confirmed_as_read_record_by_record(subjects):
    made, _ = best([on_days(*seen) for seen in subjects], CONFIRM)
    expected = [told_by_hand(seen) for seen in subjects]
    assert made == [(word, day_of(day)) for word, day in expected]
