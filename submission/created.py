"""The time stamped into the files: said by who builds or by the study, never read off a clock."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mappings.loader import STUDY_FILE
from mappings.marked_yaml import load_marked
from mappings.problems import StudyError
from submission.requests import RequestError

UNSAID = datetime(1970, 1, 1)


def creation_time(source_date_epoch: str | None, setting: Any = None) -> datetime:
    """Creation time in UTC, to the second and without a zone.

    ``source_date_epoch`` is the environment's SOURCE_DATE_EPOCH, seconds since 1970; without it the
    study's ``settings.created``, ISO 8601 text, counts; without either it is the start of 1970.
    """
    if source_date_epoch:
        try:
            return _plain(datetime.fromtimestamp(int(source_date_epoch), UTC))
        except (ValueError, OverflowError, OSError) as error:
            message = f"SOURCE_DATE_EPOCH={source_date_epoch!r} is not a number of seconds"
            raise RequestError(message) from error
    if setting in {None, ""}:
        return UNSAID
    try:
        return _plain(datetime.fromisoformat(str(setting)))
    except ValueError as error:
        message = f"settings.created: {str(setting)!r} is not a date and time in ISO 8601"
        raise RequestError(message) from error


def created_setting(folder: Path) -> Any:
    """What ``settings.created`` of a study folder says; None where nothing can be read there."""
    try:
        study, _ = load_marked((folder / STUDY_FILE).read_text(encoding="utf-8-sig"), STUDY_FILE)
    except (OSError, UnicodeDecodeError, StudyError):
        return None  # the build itself says what is wrong with the file
    settings = study.get("settings") if isinstance(study, dict) else None
    return settings.get("created") if isinstance(settings, dict) else None


def _plain(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.replace(microsecond=0)
