"""The time stamped into files: SOURCE_DATE_EPOCH, else the study, else the start of 1970."""

from datetime import datetime

import pytest

from submission.created import created_setting, creation_time
from submission.requests import RequestError


@pytest.mark.parametrize(
    ("epoch", "setting", "time"),
    [
        pytest.param(None, None, datetime(1970, 1, 1), id="nobody says a time"),
        pytest.param("", "", datetime(1970, 1, 1), id="an empty variable and setting say nothing"),
        pytest.param("1750000000", None, datetime(2025, 6, 15, 15, 6, 40), id="seconds, in UTC"),
        pytest.param("0", "2025-06-30", datetime(1970, 1, 1), id="the environment wins, zero too"),
        pytest.param(None, "2025-06-30", datetime(2025, 6, 30), id="a day is its midnight"),
        pytest.param(
            None, "2025-06-30T08:15:30", datetime(2025, 6, 30, 8, 15, 30), id="a time as it stands"
        ),
        pytest.param(
            None, "2025-06-30T08:15+08:00", datetime(2025, 6, 30, 0, 15), id="a zone becomes UTC"
        ),
        pytest.param(
            None, "2025-06-30T08:15:30.9", datetime(2025, 6, 30, 8, 15, 30), id="to the second"
        ),
    ],
)
def test_creation_time(epoch, setting, time):
    assert creation_time(epoch, setting) == time


@pytest.mark.parametrize(
    ("epoch", "setting", "said"),
    [
        pytest.param("today", None, "SOURCE_DATE_EPOCH='today'", id="not a number of seconds"),
        pytest.param("9" * 30, None, "SOURCE_DATE_EPOCH", id="beyond any calendar"),
        pytest.param(None, "30 June 2025", "settings.created: '30 June 2025'", id="not ISO 8601"),
    ],
)
def test_a_time_that_cannot_be_read_is_refused(epoch, setting, said):
    with pytest.raises(RequestError, match=said):
        creation_time(epoch, setting)


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        pytest.param('settings: {created: "2025-06-30"}', "2025-06-30", id="it is said"),
        pytest.param("settings: {cutoff: x}", None, id="other settings are said"),
        pytest.param("study: X", None, id="there are no settings"),
        pytest.param("settings: [x]", None, id="settings of another shape are for lint to report"),
        pytest.param("settings: {", None, id="a file that is not YAML is for lint to report"),
    ],
)
def test_created_setting(tmp_path, text, setting):
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    assert created_setting(tmp_path) == setting


def test_a_folder_without_a_study_has_no_setting(tmp_path):
    assert created_setting(tmp_path) is None
