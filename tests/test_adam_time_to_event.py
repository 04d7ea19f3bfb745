"""Time to event: the expected records of the shared cohort, and every step of the decision."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.time_to_event import End, Event, Intervention, Reason, time_to_event
from mappings.columns import dates, numbers
from mappings.looked import Looked
from mappings.problems import Problems

CUTOFF = "2025-06-30"
SUBJECTS = ["001", "002", "003", "004", "005", "006", "007"]
TRTSDT = {
    "001": "2024-03-01", "002": "2024-04-10", "003": "2024-05-06", "004": "2024-06-20",
    "005": "2024-08-01", "006": "2024-09-12", "007": "2024-11-04",
}  # fmt: skip
FCRC = {"001": "2024-03-29", "002": "2024-06-10", "006": "2024-10-10", "007": "2024-12-02"}
FRSP = {"001": "2024-03-29", "002": "2024-05-08", "004": "2024-07-18", "006": "2024-10-10",
        "007": "2024-12-02"}  # fmt: skip
DTHDT = {"001": "2025-01-20", "003": "2024-09-11", "005": "2024-08-20"}
HSCTDT, NALTDT = {"002": "2024-07-25"}, {"003": "2024-07-12", "007": "2025-01-15"}
REINFDT = {"004": "2024-10-02"}
LSTALVDT = {
    "001": "2025-01-10", "002": "2025-06-15", "003": "2024-09-10", "004": "2025-03-15",
    "005": "2024-08-19", "006": "2025-06-25", "007": "2025-06-20",
}  # fmt: skip
LSTEXMDT = {
    "001": "2025-01-10", "002": "2025-05-20", "003": "2024-08-15", "004": "2025-02-20",
    "005": "2024-08-19", "006": "2025-06-12", "007": "2025-05-30",
}  # fmt: skip
LSTDA = {"001": "2024-11-29", "002": "2025-04-10", "004": "2024-12-20", "006": "2025-06-12",
         "007": "2025-04-28"}  # fmt: skip
# Relapses and progressions, with the number of the response record.
WORSE = {"001": ("2024-11-29", 5), "003": ("2024-07-05", 2), "004": ("2024-09-19", 3),
         "007": ("2025-04-28", 4)}  # fmt: skip


def look(dataset, variable, rows, size, sequence=None):
    """Looked-through dates of ``(record, date)`` pairs; the rows are numbered as they come."""
    record = np.array([record for record, _ in rows], dtype=np.int64)
    return Looked(
        record=record,
        row=np.arange(len(rows)),
        values=dates([date for _, date in rows]),
        size=size,
        dataset=dataset,
        variable=variable,
        sequence=None if sequence is None else numbers(sequence),
    )


def of_subjects(subjects, variable, known):
    rows = [(place, known[one]) for place, one in enumerate(subjects) if one in known]
    return look("ADSL", variable, rows, len(subjects))


def worse(subjects, after):
    """Relapses and progressions strictly after a date of each subject."""
    found = [
        (place, *WORSE[one])
        for place, one in enumerate(subjects)
        if one in WORSE and WORSE[one][0] > after[one]
    ]
    rows = [(place, date) for place, date, _ in found]
    return look("ADRS", "ADT", rows, len(subjects), [number for *_, number in found])


def deaths(subjects):
    return Event(of_subjects(subjects, "DTHDT", DTHDT), "DEATH")


def reasons(subjects):
    lost = pd.Series([one == "004" for one in subjects])
    never = pd.Series([False] * len(subjects))
    cut = dates([CUTOFF] * len(subjects))
    return [Reason(2, lost), Reason(3, never), Reason(8, never, cut, "DATA CUT-OFF")]


def interventions(subjects, kind):
    hsct = Intervention(of_subjects(subjects, "HSCTDT", HSCTDT), 5, "DATE OF HSCT")
    nalt = Intervention(
        of_subjects(subjects, "NALTDT", NALTDT), 6, "START OF NEW ANTI-LEUKEMIA THERAPY"
    )
    again = Intervention(of_subjects(subjects, "REINFDT", REINFDT), 7, "DATE OF RE-INFUSION")
    return {"": [], "HSCT": [hsct], "NALT": [nalt, again]}[kind]


def overall(subjects, _):
    alive = of_subjects(subjects, "LSTALVDT", LSTALVDT)
    return TRTSDT, [deaths(subjects)], End(alive, "ALIVE", "DATE LAST KNOWN ALIVE")


def relapse_free(subjects, _):
    alive = of_subjects(subjects, "LSTALVDT", LSTALVDT)
    events = [Event(worse(subjects, FCRC), "HEMATOLOGIC RELAPSE"), deaths(subjects)]
    return FCRC, events, End(alive, "ALIVE WITHOUT RELAPSE", "DATE LAST KNOWN ALIVE")


def event_free(subjects, rule):
    seen = of_subjects(subjects, "LSTEXMDT", LSTEXMDT)
    after, name = (FCRC, "RELAPSE") if rule == "A" else (TRTSDT, "DISEASE PROGRESSION")
    events = [Event(worse(subjects, after), name), deaths(subjects)]
    return TRTSDT, events, End(seen, "EVENT-FREE", "LAST FOLLOW-UP EXAMINATION DATE")


def duration(subjects, _):
    assessed = of_subjects(subjects, "LSTDA", LSTDA)
    remission = pd.Series([one in FCRC for one in subjects])
    again = worse(subjects, FRSP)
    events = [Event(again, "RELAPSE", remission), Event(again, "DISEASE PROGRESSION", ~remission),
              deaths(subjects)]  # fmt: skip
    return FRSP, events, End(assessed, "RESPONSE ONGOING", "LAST DISEASE ASSESSMENT DATE")


def cohort(parameter):
    """Records of a parameter for all subjects of its population, by subject."""
    name = parameter[:3] if parameter[:2] != "OS" else "OS"
    define, known = {
        "OS": (overall, TRTSDT), "RFS": (relapse_free, FCRC), "EFS": (event_free, TRTSDT),
        "DOR": (duration, FRSP),
    }[name]  # fmt: skip
    ruled = {
        "A": [one for one in known if one in FCRC],
        "B": [one for one in known if one not in FCRC],
    }
    made = []
    for rule, subjects in ruled.items() if name == "EFS" else [("", list(known))]:
        start, events, end = define(subjects, rule)
        problems = Problems()
        records = time_to_event(
            dates([start[one] for one in subjects]),
            dates([CUTOFF] * len(subjects)),
            events,
            end,
            problems,
            interventions=interventions(subjects, parameter.removeprefix(name)),
            reasons=[] if name == "DOR" else reasons(subjects),
        )
        assert not list(problems)
        made.append(records.assign(subject=subjects))
    return pd.concat(made).set_index("subject").sort_index()


@pytest.mark.parametrize(
    ("subject", "parameter", "start", "adt", "days", "cnsr", "description", "date_description"),
    [
        ("001", "OS", "2024-03-01", "2025-01-20", 326, 0, "DEATH", ""),
        ("002", "OS", "2024-04-10", "2025-06-15", 432, 1, "ALIVE", "DATE LAST KNOWN ALIVE"),
        ("003", "OS", "2024-05-06", "2024-09-11", 129, 0, "DEATH", ""),
        ("004", "OS", "2024-06-20", "2025-03-15", 269, 2, "ALIVE", "DATE LAST KNOWN ALIVE"),
        ("005", "OS", "2024-08-01", "2024-08-20", 20, 0, "DEATH", ""),
        ("006", "OS", "2024-09-12", "2025-06-25", 287, 1, "ALIVE", "DATE LAST KNOWN ALIVE"),
        ("007", "OS", "2024-11-04", "2025-06-20", 229, 1, "ALIVE", "DATE LAST KNOWN ALIVE"),
        ("001", "EFS", "2024-03-01", "2024-11-29", 274, 0, "RELAPSE", ""),
        ("002", "EFS", "2024-04-10", "2025-05-20", 406, 1, "EVENT-FREE",
         "LAST FOLLOW-UP EXAMINATION DATE"),
        ("003", "EFS", "2024-05-06", "2024-07-05", 61, 0, "DISEASE PROGRESSION", ""),
        ("004", "EFS", "2024-06-20", "2024-09-19", 92, 0, "DISEASE PROGRESSION", ""),
        ("005", "EFS", "2024-08-01", "2024-08-20", 20, 0, "DEATH", ""),
        ("006", "EFS", "2024-09-12", "2025-06-12", 274, 1, "EVENT-FREE",
         "LAST FOLLOW-UP EXAMINATION DATE"),
        ("007", "EFS", "2024-11-04", "2025-04-28", 176, 0, "RELAPSE", ""),
        ("001", "RFS", "2024-03-29", "2024-11-29", 246, 0, "HEMATOLOGIC RELAPSE", ""),
        ("002", "RFS", "2024-06-10", "2025-06-15", 371, 1, "ALIVE WITHOUT RELAPSE",
         "DATE LAST KNOWN ALIVE"),
        ("006", "RFS", "2024-10-10", "2025-06-25", 259, 1, "ALIVE WITHOUT RELAPSE",
         "DATE LAST KNOWN ALIVE"),
        ("007", "RFS", "2024-12-02", "2025-04-28", 148, 0, "HEMATOLOGIC RELAPSE", ""),
        ("002", "RFSHSCT", "2024-06-10", "2024-07-25", 46, 5, "ALIVE WITHOUT RELAPSE",
         "DATE OF HSCT"),
        ("007", "RFSNALT", "2024-12-02", "2025-01-15", 45, 6, "ALIVE WITHOUT RELAPSE",
         "START OF NEW ANTI-LEUKEMIA THERAPY"),
        ("001", "DOR", "2024-03-29", "2024-11-29", 246, 0, "RELAPSE", ""),
        ("002", "DOR", "2024-05-08", "2025-04-10", 338, 1, "RESPONSE ONGOING",
         "LAST DISEASE ASSESSMENT DATE"),
        ("004", "DOR", "2024-07-18", "2024-09-19", 64, 0, "DISEASE PROGRESSION", ""),
        ("006", "DOR", "2024-10-10", "2025-06-12", 246, 1, "RESPONSE ONGOING",
         "LAST DISEASE ASSESSMENT DATE"),
        ("007", "DOR", "2024-12-02", "2025-04-28", 148, 0, "RELAPSE", ""),
        ("002", "OSHSCT", "2024-04-10", "2024-07-25", 107, 5, "ALIVE", "DATE OF HSCT"),
        ("002", "EFSHSCT", "2024-04-10", "2024-07-25", 107, 5, "EVENT-FREE", "DATE OF HSCT"),
        ("003", "EFSNALT", "2024-05-06", "2024-07-05", 61, 0, "DISEASE PROGRESSION", ""),
        ("004", "EFSNALT", "2024-06-20", "2024-09-19", 92, 0, "DISEASE PROGRESSION", ""),
        ("007", "EFSNALT", "2024-11-04", "2025-01-15", 73, 6, "EVENT-FREE",
         "START OF NEW ANTI-LEUKEMIA THERAPY"),
        ("002", "DORHSCT", "2024-05-08", "2024-07-25", 79, 5, "RESPONSE ONGOING", "DATE OF HSCT"),
        ("007", "DORNALT", "2024-12-02", "2025-01-15", 45, 6, "RESPONSE ONGOING",
         "START OF NEW ANTI-LEUKEMIA THERAPY"),
    ],
)  # fmt: skip
def test_shared_cohort(
    subject, parameter, start, adt, days, cnsr, description, date_description
):  # fmt: skip
    made = cohort(parameter).loc[subject]
    assert (made["STARTDT"], made["ADT"]) == (pd.Timestamp(start), pd.Timestamp(adt))
    assert (made["ADT"] - made["STARTDT"]).days + 1 == days
    assert made["CNSR"] == cnsr
    assert (made["EVNTDESC"], made["CNSDTDSC"]) == (description, date_description)


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("OS", [(326, 0), (432, 1), (129, 0), (269, 2), (20, 0), (287, 1), (229, 1)]),
        ("EFS", [(274, 0), (406, 1), (61, 0), (92, 0), (20, 0), (274, 1), (176, 0)]),
        ("RFS", [(246, 0), (371, 1), (259, 1), (148, 0)]),
        ("RFSHSCT", [(246, 0), (46, 5), (259, 1), (148, 0)]),
        ("RFSNALT", [(246, 0), (371, 1), (259, 1), (45, 6)]),
        ("DOR", [(246, 0), (338, 1), (64, 0), (246, 1), (148, 0)]),
    ],
)
def test_times_that_the_survival_curves_use(parameter, expected):
    made = cohort(parameter)
    days = (made["ADT"] - made["STARTDT"]).dt.days + 1
    assert list(zip(days, made["CNSR"], strict=True)) == expected


@pytest.mark.parametrize(
    ("parameter", "subject", "source"),
    [
        pytest.param("RFS", "001", ("ADRS", "ADT", 5), id="an event: its record"),
        pytest.param("OS", "001", ("ADSL", "DTHDT", None), id="a death: ADSL has no sequence"),
        pytest.param("OS", "002", ("ADSL", "LSTALVDT", None), id="the end of follow-up"),
        pytest.param("OSHSCT", "002", ("ADSL", "HSCTDT", None), id="an intervention"),
    ],
)
def test_source_is_the_deciding_record(parameter, subject, source):
    made = cohort(parameter).loc[subject]
    dataset, variable, sequence = source
    assert (made["SRCDOM"], made["SRCVAR"]) == (dataset, variable)
    assert made["SRCSEQ"] == pytest.approx(sequence or math.nan, nan_ok=True)


START, END = "2024-01-01", "2024-12-31"
ALIVE = ("ALIVE", "LAST CONTACT")


def one(
    *,
    start=START,
    cutoff="2025-06-30",
    events=(),
    end=END,
    interventions=(),
    reasons=(),
):
    """The record of one subject; events and interventions by ``(date, …)``, reasons as they are."""
    problems = Problems()
    made = time_to_event(
        dates([start]),
        dates([cutoff]),
        [Event(look("EV", "DT", [(0, date)], 1, [1]), name) for date, name in events],
        End(look("ADSL", "LSTDT", [(0, end)], 1), *ALIVE),
        problems,
        interventions=[
            Intervention(look("IN", "DT", [(0, date)], 1, [1]), code, name)
            for date, code, name in interventions
        ],
        reasons=[
            Reason(code, pd.Series([holds]), None if at is None else dates([at]), text)
            for code, holds, at, text in reasons
        ],
    ).iloc[0]
    date = "" if pd.isna(made["ADT"]) else made["ADT"].strftime("%Y-%m-%d")
    return (date, made["CNSR"], made["EVNTDESC"], made["CNSDTDSC"]), problems


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        pytest.param({"events": [("2024-05-01", "DEATH")]}, ("2024-05-01", 0, "DEATH", ""),
                     id="0: an event"),
        pytest.param({"events": [("2024-05-01", "DEATH"), ("2024-04-01", "RELAPSE")]},
                     ("2024-04-01", 0, "RELAPSE", ""), id="0: the earliest event"),
        pytest.param({"events": [("2024-05-01", "RELAPSE"), ("2024-05-01", "DEATH")]},
                     ("2024-05-01", 0, "RELAPSE", ""), id="0: of one day the one listed first"),
        pytest.param({"events": [("2025-06-30", "DEATH")]}, ("2025-06-30", 0, "DEATH", ""),
                     id="0: an event on the cut-off"),
        pytest.param({"events": [(START, "DEATH")]}, (START, 0, "DEATH", ""),
                     id="0: a death on the start"),
        pytest.param({"events": [("2024-05-01", "DEATH")], "end": ""},
                     ("2024-05-01", 0, "DEATH", ""), id="0: an event needs no follow-up"),
        pytest.param({"events": [("2024-05-01", "DEATH")], "reasons": [(2, True, None, "")]},
                     ("2024-05-01", 0, "DEATH", ""), id="0: an event of a subject lost later"),
        pytest.param({}, (END, 1, *ALIVE), id="1: nothing happened"),
        pytest.param({"reasons": [(2, False, None, ""), (3, False, None, "")]},
                     (END, 1, *ALIVE), id="1: no reason holds"),
        pytest.param({"reasons": [(2, True, None, "")]}, (END, 2, *ALIVE), id="2: lost"),
        pytest.param({"reasons": [(2, False, None, ""), (3, True, None, "")]},
                     (END, 3, *ALIVE), id="3: withdrew"),
        pytest.param({"reasons": [(2, True, None, ""), (3, True, None, "")]},
                     (END, 2, *ALIVE), id="2: the first reason that holds"),
        pytest.param({"reasons": [(3, True, None, "CONSENT WITHDRAWN")]},
                     (END, 3, "ALIVE", "CONSENT WITHDRAWN"), id="3: a date with words of its own"),
        pytest.param({"end": ""}, (START, 4, "ALIVE", "START DATE"), id="4: no follow-up"),
        pytest.param({"end": "2023-12-01"}, (START, 4, "ALIVE", "START DATE"),
                     id="4: follow-up ends before the start"),
        pytest.param({"end": START}, (START, 4, "ALIVE", "START DATE"),
                     id="4: follow-up ends on the start"),
        pytest.param({"end": START, "reasons": [(2, True, None, ""), (3, True, None, "")]},
                     (START, 4, "ALIVE", "START DATE"), id="4 comes before 2 and 3"),
        pytest.param({"interventions": [("2024-03-01", 5, "DATE OF HSCT")]},
                     ("2024-03-01", 5, "ALIVE", "DATE OF HSCT"), id="5: a transplant"),
        pytest.param({"interventions": [("2024-03-01", 6, "NEW"), ("2024-03-01", 7, "AGAIN")]},
                     ("2024-03-01", 6, "ALIVE", "NEW"), id="6: of one day the one listed first"),
        pytest.param({"interventions": [("2024-03-02", 6, "NEW"), ("2024-03-01", 7, "AGAIN")]},
                     ("2024-03-01", 7, "ALIVE", "AGAIN"), id="7: the earliest intervention"),
        pytest.param({"interventions": [(START, 5, "DATE OF HSCT")]},
                     (START, 5, "ALIVE", "DATE OF HSCT"), id="5: on the start"),
        pytest.param({"interventions": [("2023-12-31", 5, "DATE OF HSCT")]},
                     (END, 1, *ALIVE), id="1: an intervention before the start is none"),
        pytest.param({"interventions": [("2025-01-01", 5, "DATE OF HSCT")]},
                     (END, 1, *ALIVE), id="1: an intervention after the end of follow-up"),
        pytest.param({"interventions": [(END, 5, "DATE OF HSCT")]},
                     (END, 5, "ALIVE", "DATE OF HSCT"), id="5: on the end of follow-up"),
        pytest.param({"interventions": [("2024-03-01", 5, "DATE OF HSCT")],
                      "events": [("2024-03-01", "RELAPSE")]},
                     ("2024-03-01", 0, "RELAPSE", ""), id="0: an event on the intervention's day"),
        pytest.param({"interventions": [("2024-02-28", 5, "DATE OF HSCT")],
                      "events": [("2024-03-01", "RELAPSE")]},
                     ("2024-02-28", 5, "ALIVE", "DATE OF HSCT"),
                     id="5: an event after the intervention"),
        pytest.param({"interventions": [("2024-03-01", 5, "DATE OF HSCT")],
                      "reasons": [(2, True, None, "")]},
                     ("2024-03-01", 5, "ALIVE", "DATE OF HSCT"), id="5 comes before 2"),
        pytest.param({"events": [("2025-07-01", "DEATH")]},
                     ("2025-06-30", 8, "ALIVE", "DATA CUT-OFF"), id="8: an event cut off"),
        pytest.param({"events": [("2025-07-01", "DEATH"), ("2024-05-01", "RELAPSE")]},
                     ("2024-05-01", 0, "RELAPSE", ""), id="0: another event is cut off"),
        pytest.param({"reasons": [(8, True, "2025-06-30", "DATA CUT-OFF")]},
                     ("2025-06-30", 8, "ALIVE", "DATA CUT-OFF"), id="8: a contact cut off"),
        pytest.param({"reasons": [(2, True, None, ""), (8, True, "2025-06-30", "DATA CUT-OFF")]},
                     (END, 2, *ALIVE), id="2: listed before the cut-off"),
        pytest.param({"events": [("2025-07-01", "DEATH")], "reasons": [(2, True, None, "")]},
                     (END, 2, *ALIVE), id="2: a reason comes before an event cut off"),
        pytest.param({"reasons": [(8, True, "", "DATA CUT-OFF")]}, (END, 8, *ALIVE),
                     id="8: a reason whose own date is missing stands at the end date"),
        pytest.param({"end": "", "events": [("2025-07-01", "DEATH")]},
                     ("2025-06-30", 8, "ALIVE", "DATA CUT-OFF"),
                     id="8: known alive at the cut-off by a later event, though never seen"),
        pytest.param({"end": START, "reasons": [(8, True, "2025-06-30", "DATA CUT-OFF")]},
                     ("2025-06-30", 8, "ALIVE", "DATA CUT-OFF"),
                     id="8: known alive at the cut-off by a later contact"),
        pytest.param({"end": "2024-06-01", "interventions": [("2025-01-01", 6, "NEW")],
                      "reasons": [(8, True, "2025-06-30", "DATA CUT-OFF")]},
                     ("2025-01-01", 6, "ALIVE", "NEW"),
                     id="6: follow-up to the cut-off has the intervention in it"),
    ],
)  # fmt: skip
def test_order_of_decision(given_, expected):
    decided, problems = one(**given_)
    assert decided == expected
    assert not list(problems)


@pytest.mark.parametrize(
    ("given_", "code", "value"),
    [
        pytest.param({"start": ""}, "DT514", "", id="no start"),
        pytest.param({"end": "2025-07-01"}, "DT514", "2025-07-01T00:00:00", id="after the cut-off"),
        pytest.param({"events": [("2023-12-31", "DEATH")]}, "DT523", "2023-12-31",
                     id="an event before the start"),
    ],
)  # fmt: skip
def test_refused(given_, code, value):
    _, problems = one(**given_)
    assert [(problem.code, problem.value) for problem in problems] == [(code, value)]


def test_without_a_start_nothing_is_decided():
    decided, _ = one(start="", events=[("2024-05-01", "DEATH")])
    assert decided == ("", pytest.approx(math.nan, nan_ok=True), "", "")


def test_two_ends_of_follow_up_are_an_error():
    problems = Problems()
    ends = look("ADSL", "LSTDT", [(0, END), (0, "2024-11-30")], 1)
    time_to_event(dates([START]), dates([CUTOFF]), [], End(ends, *ALIVE), problems)
    assert [problem.code for problem in problems] == ["DT516"]


def test_items_hold_on_their_base_records_only():
    both = [(0, "2024-05-01"), (1, "2024-05-01")]
    made = time_to_event(
        dates([START, START]),
        dates([CUTOFF, CUTOFF]),
        [Event(look("EV", "DT", both, 2), "RELAPSE", pd.Series([True, False]))],
        End(look("ADSL", "LSTDT", [(0, END), (1, END)], 2), *ALIVE),
        Problems(),
        interventions=[
            Intervention(look("IN", "DT", both, 2), 5, "DATE OF HSCT", pd.Series([False, True]))
        ],
    )
    assert made["CNSR"].tolist() == [0, 5]


def test_of_one_day_and_source_the_lowest_row_is_named():
    seen = look("ADRS", "ADT", [(0, "2024-06-01"), (0, "2024-05-01"), (0, "2024-05-01")], 1,
                [9, 4, 3])  # fmt: skip
    made = time_to_event(
        dates([START]), dates([CUTOFF]), [Event(seen, "RELAPSE")],
        End(look("ADSL", "LSTDT", [(0, END)], 1), *ALIVE), Problems(),
    )  # fmt: skip
    assert made["SRCSEQ"].tolist() == [4]


def test_no_base_record_gives_no_record():
    made = time_to_event(
        dates([]), dates([]), [Event(look("ADRS", "ADT", [], 0, []), "RELAPSE")],
        End(look("ADSL", "LSTDT", [], 0), *ALIVE), Problems(),
    )  # fmt: skip
    assert list(made.columns) == [
        "STARTDT", "ADT", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ",
    ]  # fmt: skip
    assert len(made) == 0


day = st.dates(pd.Timestamp("2024-01-01").date(), pd.Timestamp("2024-12-31").date())
items = st.lists(day.map(str), max_size=3)


@settings(max_examples=30)
@given(items, items, st.none() | day.map(str))
def test_every_record_is_described_and_inside_its_time(events, interventions, end):
    decided, _ = one(
        cutoff="2024-10-01",
        events=[(date, "EVENT") for date in events],
        interventions=[(date, 5, "DATE OF HSCT") for date in interventions],
        end=min(end, "2024-10-01") if end else "",
    )
    date, code, description, date_description = decided
    assert START <= date <= "2024-10-01"
    assert description
    assert (code == 0) == (date_description == "")
    if code == 0:
        assert date == min(events)
    if code == 5:
        assert date == min(interventions)
        assert not events or date < min(events)
