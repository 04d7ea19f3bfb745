"""Subject elements: where each begins and ends, in which order, and what is refused."""

import numpy as np
import pytest

from mappings.columns import texts
from mappings.looked import Looked
from mappings.problems import Problems
from sdtm.elements import Element, elements


def look(starts, dataset="DM"):
    """One subject's dates."""
    size = len(starts)
    return Looked(np.zeros(size, dtype=np.int64), np.arange(size), texts(starts), 1, dataset)


def made_of(given, end="2025-03-01"):
    """ETCD, start and end of one subject's elements, and the problems."""
    problems = Problems()
    made = elements(given, texts([end]), problems)
    frame = made.frame
    assert made.parent.tolist() == [0] * len(frame)
    return list(zip(frame["ETCD"], frame["SESTDTC"], frame["SEENDTC"], strict=True)), problems


def trial(consent="2024-02-03", preparation="2024-02-25", infusion="2024-03-01T10:00",
          again=(), last="2025-03-01"):  # fmt: skip
    """The elements of a trial with one infusion and follow-up from day 28 on."""
    given = [
        Element("SCRN", look([consent] if consent else [])),
        Element("LD", look([preparation] if preparation else [])),
        Element("INF", look([infusion] if infusion else [])),
        Element("FU", look([infusion] if infusion else []), plus=28, unless_after=texts([last])),
        Element("UNPLAN", look(list(again)), description="RE-INFUSION"),
    ]
    return made_of(given, last)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-29"), ("FU", "2024-03-29", "2025-03-01"),
        ], id="each to the start of the next, the last to the end"),
        pytest.param({"preparation": ""}, [
            ("SCRN", "2024-02-03", "2024-03-01T10:00"), ("INF", "2024-03-01T10:00", "2024-03-29"),
            ("FU", "2024-03-29", "2025-03-01"),
        ], id="an element without a start is left out"),
        pytest.param({"infusion": "", "last": "2024-12-01"}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-12-01"),
        ], id="never infused"),
        pytest.param({"last": "2024-03-20"}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-20"),
        ], id="not begun after the end of participation"),
        pytest.param({"last": "2024-03-29T08:00"}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-29"), ("FU", "2024-03-29", "2024-03-29T08:00"),
        ], id="begun on its day"),
        pytest.param({"last": "2024-03"}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-29"), ("FU", "2024-03-29", "2024-03"),
        ], id="an end that may be later leaves nothing out"),
        pytest.param({"again": ["2024-10-02", "2024-12-02", "2024-10-02"]}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-29"), ("FU", "2024-03-29", "2024-10-02"),
            ("UNPLAN", "2024-10-02", "2024-12-02"), ("UNPLAN", "2024-12-02", "2025-03-01"),
        ], id="several starts make several elements, one start one"),
        pytest.param({"again": ["2024-03-10"]}, [
            ("SCRN", "2024-02-03", "2024-02-25"), ("LD", "2024-02-25", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-10"), ("UNPLAN", "2024-03-10", "2024-03-29"),
            ("FU", "2024-03-29", "2025-03-01"),
        ], id="an unplanned element stands anywhere"),
        pytest.param({"preparation": "2024-02-03"}, [
            ("SCRN", "2024-02-03", "2024-02-03"), ("LD", "2024-02-03", "2024-03-01T10:00"),
            ("INF", "2024-03-01T10:00", "2024-03-29"), ("FU", "2024-03-29", "2025-03-01"),
        ], id="of one start in the listed order"),
        pytest.param({"consent": "2024-01", "infusion": "2024-03-15"}, [
            ("SCRN", "2024-01", "2024-02-25"), ("LD", "2024-02-25", "2024-03-15"),
            ("INF", "2024-03-15", "2024-04-12"), ("FU", "2024-04-12", "2025-03-01"),
        ], id="a partial start is kept"),
    ],
)  # fmt: skip
def test_elements(given, expected):
    made, problems = trial(**given)
    assert made == expected
    assert not list(problems)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        pytest.param({"preparation": "2024-03-02"}, [("DT514", "2024-03-02")],
                     id="planned elements out of order"),
        pytest.param({"consent": "2024-02-25", "preparation": "2024-02"}, [("DT514", "2024-02-25")],
                     id="a partial start stands at its first completion"),
        pytest.param({"infusion": "2024-03"}, [("DT524", "2024-03")],
                     id="no day can be counted from a partial date"),
        pytest.param({"consent": "--02-03"}, [("DT524", "--02-03")], id="a start without a year"),
        pytest.param({"infusion": "", "last": "2024-02-01"}, [("DT523", "2024-02-01")],
                     id="participation ends before the last element starts"),
    ],
)  # fmt: skip
def test_refused(given, codes):
    _, problems = trial(**given)
    assert [(problem.code, problem.value) for problem in problems] == codes


def test_subjects_descriptions_and_origins():
    infusions = Looked(np.array([0, 1, 1]), np.array([4, 5, 6]),
                       texts(["2024-03-01", "2024-04-10", "2024-09-01"]), 2, "EX")  # fmt: skip
    consent = Looked(np.array([0, 1]), np.array([0, 1]), texts(["2024-02-01", "2024-03-01"]), 2)
    made = elements(
        [Element("SCRN", consent), Element("INF", infusions, description="INFUSION")],
        texts(["2025-01-01", ""]),
        Problems(),
    )
    assert made.parent.tolist() == [0, 0, 1, 1, 1]
    assert made.frame["SEENDTC"].tolist() == [
        "2024-03-01", "2025-01-01", "2024-04-10", "2024-09-01", "",
    ]  # fmt: skip
    assert made.frame["SEUPDES"].tolist() == ["", "INFUSION", "", "INFUSION", "INFUSION"]
    (origin,) = made.origins
    assert (origin.source, origin.record.tolist(), origin.row.tolist()) == (
        "EX", [1, 3, 4], [4, 5, 6],
    )  # fmt: skip


def test_no_starts_make_no_records():
    made, problems = trial(consent="", preparation="", infusion="")
    assert made == []
    assert not list(problems)
