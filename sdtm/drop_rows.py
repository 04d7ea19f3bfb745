"""Leave out raw rows that do not count, and keep an account of each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mappings.columns import mapped_texts, texts
from mappings.looked import group_codes
from mappings.problems import EXAMPLES, Example, Mark, Problems
from mappings.raw_form import RawForm
from sdtm.raw_table import ROW

# Why a row does not count; the last, because its subject is not known, is an error elsewhere.
REASONS = ("deleted", "repeated", "replaced", "unresolved")


@dataclass(frozen=True)
class Account:
    """How many rows a form had and which of them do not count.

    ``dropped`` has the ``row`` of each, the ``reason``, and ``instead``, the row that stands for it
    (0: none).
    """

    read: int
    dropped: pd.DataFrame

    @property
    def kept(self) -> int:
        """Number of rows that count."""
        return self.read - len(self.dropped)

    def remaining(self, frame: pd.DataFrame) -> pd.Series:
        """Mask of the rows of the form that count."""
        return ~frame[ROW].isin(self.dropped[ROW])

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of rows dropped for each reason."""
        return {reason: int(self.dropped["reason"].eq(reason).sum()) for reason in REASONS}


def drop_rows(
    form: RawForm, frame: pd.DataFrame, problems: Problems, subject: pd.Series | None = None
) -> Account:
    """The account of the rows that do not count.

    Rows deleted at the source go first. Of those that share the ``subject`` and the key columns of
    ``duplicates:``, the values of the latest ``updated`` stand, then of the highest ``record``; of
    several rows with these values the lowest ``record`` stays. ``subject`` is the person resolved
    for each row, ``""`` for nobody; without it, the subject column as collected.
    """
    if subject is None:
        subject = frame[form.subject] if form.subject in frame else texts(".", len(frame))
    gone = deleted_rows(form, frame)
    _report_unknown_marks(form, frame, problems)
    dropped = [_dropped(frame.loc[gone, ROW], "deleted")]
    if form.duplicates and len(frame):
        dropped += _duplicates(form, frame, ~gone & subject.ne(""), subject, problems)
    account = Account(len(frame), pd.concat(dropped, ignore_index=True))
    _report(form, frame, subject, account, problems)
    return account


def unresolved_rows(account: Account, rows: pd.Series) -> Account:
    """The account with the rows of nobody added."""
    dropped = pd.concat([account.dropped, _dropped(rows, "unresolved")], ignore_index=True)
    return replace(account, dropped=dropped)


def deleted_rows(form: RawForm, frame: pd.DataFrame) -> pd.Series:
    """Mask of the rows that were deleted at the source: their ``deleted`` column is ``Y``."""
    if not form.deleted or form.deleted not in frame:
        return pd.Series(np.zeros(len(frame), dtype=bool))
    return _mark(frame[form.deleted]).eq("Y")


def _mark(column: pd.Series) -> pd.Series:
    return mapped_texts(column, lambda text: text.strip().upper())


def _report_unknown_marks(form: RawForm, frame: pd.DataFrame, problems: Problems) -> None:
    if not form.deleted or form.deleted not in frame:
        return
    unknown = ~_mark(frame[form.deleted]).isin(["", "N", "Y"])
    if not unknown.any():
        return
    for value, rows in frame[unknown].groupby(form.deleted):
        problems.add(
            "DT524",
            "is neither Y nor N: the rows count as not deleted",
            mark=Mark(form.file, int(rows[ROW].iloc[0])),
            variable=f"{form.name}.{form.deleted}",
            value=str(value),
            count=len(rows),
        )


def _dropped(rows: pd.Series, reason: str, instead: pd.Series | None = None) -> pd.DataFrame:
    made = pd.DataFrame({ROW: rows.astype("int64").reset_index(drop=True)})
    stands = 0 if instead is None else instead.to_numpy(dtype="int64")
    return made.assign(reason=texts(reason, len(made)), instead=stands)


def _duplicates(
    form: RawForm, frame: pd.DataFrame, among: pd.Series, subject: pd.Series, problems: Problems
) -> list[pd.DataFrame]:
    """Of some rows those another row stands for, by the reason ``repeated`` or ``replaced``."""
    subject = subject[among]
    keys = pd.DataFrame({key: frame[key][among].str.strip() for key in form.duplicates})
    group = pd.Series(
        group_codes([subject, *(keys[key] for key in keys)], len(keys)), index=keys.index
    )
    shared = group.duplicated(keep=False)
    if not shared.any():
        return []
    keyless = keys[shared].eq("").all(axis=1)
    some = frame.loc[shared.index[shared]]
    ranked = _ranked(form, some, group[shared], keyless, subject[shared])
    _report_ties(form, ranked, problems)
    winner = ranked.groupby("group")["version"].transform("last")
    stays = ranked[ranked["version"].eq(winner)].sort_values(
        ["group", "record", ROW], na_position="last", kind="stable"
    )
    instead = stays.drop_duplicates("group").set_index("group")[ROW]
    ranked = ranked.assign(instead=ranked["group"].map(instead), same=ranked["version"].eq(winner))
    ranked = ranked[ranked[ROW].ne(ranked["instead"])].sort_values(ROW, kind="stable")
    return [
        _dropped(part[ROW], reason, part["instead"])
        for reason, part in (
            ("repeated", ranked[ranked["same"]]),
            ("replaced", ranked[~ranked["same"]]),
        )
    ]


def _ranked(
    form: RawForm, rows: pd.DataFrame, group: pd.Series, keyless: pd.Series, subject: pd.Series
) -> pd.DataFrame:
    """Rows from earliest to latest within their ``group``, with the ``version`` of their values.

    Rows whose key columns are all missing share no key: only equal values make them one group.
    """
    apart = {ROW, form.record, form.updated, form.deleted, form.subject, form.site}
    values = [rows[name] for name in rows.columns if name not in apart]
    version = group_codes([group, *values], len(rows))
    ranked = pd.DataFrame(
        {
            "group": np.where(keyless, -1 - version, group),
            "version": version,
            "record": _records(form, rows).to_numpy(),
            "updated": _updates(form, rows).to_numpy(),
            "stated": _stated(form, rows).to_numpy(),
            "subject": subject.to_numpy(),
            ROW: rows[ROW].to_numpy(),
        }
    )
    order = ["group", "updated", "record", ROW]
    return ranked.sort_values(order, na_position="first", kind="stable", ignore_index=True)


def _records(form: RawForm, rows: pd.DataFrame) -> pd.Series:
    column = rows[form.record] if form.record in rows else texts("", len(rows))
    return pd.to_numeric(column, errors="coerce").astype("float64")


def _stated(form: RawForm, rows: pd.DataFrame) -> pd.Series:
    return rows[form.updated] if form.updated in rows else texts("", len(rows))


def _updates(form: RawForm, rows: pd.DataFrame) -> pd.Series:
    stated = _stated(form, rows).str.strip()
    times = pd.to_datetime(stated, format="ISO8601", errors="coerce", utc=True)
    return times.dt.tz_localize(None)


def _report_ties(form: RawForm, ranked: pd.DataFrame, problems: Problems) -> None:
    """Note times that cannot be compared, and groups whose latest row only the file order shows."""
    differs = ranked.groupby("group")["version"].transform("nunique").gt(1)
    unread = ranked[differs & ranked["updated"].isna() & ranked["stated"].ne("")]
    if len(unread):
        message = "is not an ISO 8601 time and counts as the earliest"
        _note(form, unread, str(form.updated), ("DT524", message), problems)
    last = ranked[differs].groupby("group").tail(2)
    first, second = (last.groupby("group").nth(place) for place in (0, 1))
    tied = second[
        second["version"].ne(first["version"].to_numpy())
        & (_equal(second["updated"], first["updated"]) & _equal(second["record"], first["record"]))
    ]
    if len(tied):
        message = "share their key, time and record number: the last one stands"
        _note(form, tied, form.duplicates[0], ("DT517", message), problems)


def _equal(left: pd.Series, right: pd.Series) -> np.ndarray:
    both = left.isna().to_numpy() & right.isna().to_numpy()
    return both | (left.to_numpy() == right.to_numpy())


def _report(
    form: RawForm, frame: pd.DataFrame, subject: pd.Series, account: Account, problems: Problems
) -> None:
    texts_of = {
        "deleted": (form.deleted, "dropped: deleted at the source"),
        "repeated": (None, "dropped: the same values stand in another record"),
        "replaced": (None, "dropped: a later record has the same key and other values"),
    }
    subjects = pd.DataFrame({ROW: frame[ROW], "subject": subject})
    for reason, (column, message) in texts_of.items():
        rows = account.dropped[account.dropped["reason"].eq(reason)]
        if len(rows):
            theirs = subjects[subjects[ROW].isin(rows[ROW])]
            rows = rows.merge(theirs, on=ROW, how="left", validate="one_to_one")
            place = column or ", ".join(form.duplicates)
            _note(form, rows, place, ("DT508", message), problems)


def _note(
    form: RawForm,
    rows: pd.DataFrame,
    column: str,
    finding: tuple[str, str],
    problems: Problems,
) -> None:
    rows = rows.sort_values(ROW, kind="stable")
    shown = rows.head(EXAMPLES)
    instead = shown["instead"] if "instead" in shown else [0] * len(shown)
    problems.add(
        *finding,
        mark=Mark(form.file, int(rows[ROW].iloc[0])),
        variable=f"{form.name}.{column}",
        count=len(rows),
        examples=tuple(
            Example(str(person), form.file, int(row), int(other))
            for person, row, other in zip(shown["subject"], shown[ROW], instead, strict=True)
        ),
    )
