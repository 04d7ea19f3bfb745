"""Subject visits (SV): which visits the rows of all forms speak of, and when each of them was.

A row belongs to the planned visit that its label names or, with one of the unscheduled labels, to
the unscheduled visit of its date.

Source: SDTMIG 3.4, section 5.5 (SV).
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from mappings.columns import DATE, TEXT, missing, numbers, texts
from mappings.operations import Forms, Made, Origin, StudyTable, Table, VisitForm, operation
from mappings.partial_dates import completions, full_date
from mappings.problems import Problems
from sdtm.dates import date_text, iso8601
from sdtm.pair_problems import report
from sdtm.plain_text import comparable, printed

UNKNOWN, UNSCHEDULED = -1, -2
MOST = 99  # unscheduled dates that find a number before the next visit's


@operation(
    method="A visit for each planned one of {table} that rows of {forms} name, from its first to"
    " its last date; rows with one of the labels {unscheduled} make an unscheduled visit of each"
    " date, numbered on from the last planned visit before it",
    makes={"VISITNUM": "number", "VISIT": "text", "SVSTDTC": "iso", "SVENDTC": "iso"},
)
def visits(
    forms: Forms,
    table: Table,
    unscheduled: list[str],
    problems: Problems,
    carry: dict[str, str] | None = None,
) -> Made:
    """A record for each visit of each subject, with the first and the last day of its rows.

    A planned visit is made without a date too. An unscheduled one is made for each day: its number
    is that of the last planned visit begun by then (0 before the first) plus 0.01 for the first
    such day, 0.02 for the second; a row without a date known to the day makes none. Partial dates
    are compared by their first completion for the start, by their last for the end. ``carry`` names
    columns (``form.COLUMN``) whose last value among the rows of the visit goes with it.
    """
    planned = planned_visits(table, problems)
    rows = _visit_rows(forms, planned, unscheduled, problems)
    made = _spans(rows)
    made = made.assign(number=_numbers(made, planned, problems))
    made = made.sort_values(["subject", "number"], kind="stable")
    made = made[made["number"].notna()]
    position = pd.Series(np.arange(len(made)), index=made.index)
    rows = rows.assign(visit=rows["visit"].map(position)).dropna(subset=["visit"])
    rows = rows.astype({"visit": np.int64}).drop_duplicates(["visit", "form", "row"])
    frame = pd.DataFrame(
        {
            "VISITNUM": numbers(made["number"]),
            "VISIT": _names(made, planned),
            "SVSTDTC": texts(made["start"]),
            "SVENDTC": texts(made["end"]),
        }
    )
    carried = {name: _last(forms, of, rows, len(made)) for name, of in (carry or {}).items()}
    return Made(
        frame=frame.assign(**carried),
        parent=made["subject"].to_numpy(dtype=np.int64),
        origins=tuple(_origins(forms, rows)),
    )


def planned_visits(table: StudyTable, problems: Problems) -> pd.DataFrame:
    """Number, name and labels of the planned visits; the labels are ready to be compared.

    A visit answers to its name and to the texts in its cell of ``labels``. A label of two visits is
    a problem and stays with the first.
    """
    names = texts(table.frame["VISIT"])
    cells = table.frame.get("labels", pd.Series([()] * len(names)))
    labels = [
        tuple(dict.fromkeys(comparable(texts([name, *_words(cell)]))))
        for name, cell in zip(names, cells, strict=True)
    ]
    known: set[str] = set()
    for label in chain.from_iterable(labels):
        if label in known:
            problems.add("DT516", f"is a label of two visits of table {table.name}", value=label)
        known.add(label)
    number = pd.to_numeric(table.frame["VISITNUM"])
    return pd.DataFrame({"number": numbers(number), "name": names, "labels": labels})


def _words(cell: object) -> Sequence[str]:
    """The texts in a cell: a list of them, one, or none."""
    if isinstance(cell, str):
        return [cell] if cell else []
    return [str(word) for word in cell] if isinstance(cell, Iterable) else []


def label_places(label: pd.Series, planned: pd.DataFrame, unscheduled: Sequence[str]) -> np.ndarray:
    """Position of the planned visit that each label names, else ``UNSCHEDULED`` or ``UNKNOWN``."""
    known = dict.fromkeys(comparable(texts(list(unscheduled))), UNSCHEDULED)
    for place, labels in enumerate(planned["labels"]):
        for word in labels:
            known.setdefault(word, place)
    return comparable(label).map(known).fillna(UNKNOWN).to_numpy(dtype=np.int64)


def _visit_rows(
    forms: Sequence[VisitForm],
    planned: pd.DataFrame,
    unscheduled: Sequence[str],
    problems: Problems,
) -> pd.DataFrame:
    """A row for each date of each row of the forms that belongs to a visit.

    ``visit`` numbers the visits from 0: rows share one if they agree in ``subject``, in ``place``
    and, where they are unscheduled, in the day.
    """
    columns = {"form": int, "row": int, "subject": int, "place": int, "day": TEXT, "dated": bool}
    empty = pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in columns.items()})
    parts = [
        _form_rows(form, number, label_places(form.label, planned, unscheduled), problems)
        for number, form in enumerate(forms)
    ]
    rows = pd.concat([part for part in parts if len(part)] or [empty], ignore_index=True)
    read = completions(rows["day"])
    when = full_date(rows["day"]).where(rows["place"].eq(UNSCHEDULED))
    lost = rows["place"].eq(UNSCHEDULED) & when.isna() & (rows["day"].ne("") | ~rows["dated"])
    for number, form in enumerate(forms):
        report(problems, lost & rows["form"].eq(number), rows["subject"].to_numpy(), rows["day"],
               "DT524", f"is no day of an unscheduled visit, in form {form.name}")  # fmt: skip
    rows = rows.assign(first=read["first"], last=read["last"], precision=read["precision"])
    rows = rows.assign(when=when.to_numpy(DATE).astype(np.int64))
    rows = rows[when.notna() | rows["place"].ne(UNSCHEDULED)].reset_index(drop=True)
    return rows.assign(visit=rows.groupby(["subject", "place", "when"]).ngroup())


def _form_rows(form: VisitForm, number: int, place: np.ndarray, problems: Problems) -> pd.DataFrame:
    """A row for each row of a form and each of its date columns, with date or without."""
    report(problems, place == UNKNOWN, form.subject, form.label, "DT514",
           f"names no visit, in form {form.name}")  # fmt: skip
    days = [_days(form, column, problems) for column in form.dates] or [texts("", len(place))]
    one = pd.DataFrame({"form": number, "row": np.arange(len(place)), "subject": form.subject})
    one = one.assign(place=place, dated=np.logical_or.reduce([~missing(day) for day in days]))
    every = pd.concat([one.assign(day=day) for day in days], ignore_index=True)
    return every[every["place"] != UNKNOWN]


def _days(form: VisitForm, date: pd.Series, problems: Problems) -> pd.Series:
    """Days of collected dates as ISO 8601 text, as far as known."""
    found = Problems()
    order = form.order if form.order in {"dmy", "mdy", "ymd"} else None
    day = date_text(iso8601([date], found, order, form.pivot))
    shown = printed(date)
    for problem in found:
        report(problems, shown.eq(problem.value), form.subject, shown, problem.code,
               f"{problem.message}, in form {form.name}")  # fmt: skip
    return day


def _spans(rows: pd.DataFrame) -> pd.DataFrame:
    """Each visit with the texts of its first and last day; of equal ones the better known."""
    known = rows.assign(vague=-rows["precision"])
    start = known.sort_values(["visit", "first", "vague"], kind="stable").drop_duplicates("visit")
    end = known.sort_values(["visit", "last", "precision"], kind="stable", na_position="first")
    end = end.drop_duplicates("visit", keep="last")
    made = start[["subject", "place", "when", "day"]].reset_index(drop=True)
    return made.rename(columns={"day": "start"}).assign(end=end["day"].to_numpy())


def _numbers(made: pd.DataFrame, planned: pd.DataFrame, problems: Problems) -> np.ndarray:
    """VISITNUM of each visit; missing for an unscheduled one that no number is left for."""
    scheduled = made["place"].to_numpy() >= 0
    number = np.full(len(made), np.nan)
    number[scheduled] = planned["number"].to_numpy()[made["place"].to_numpy()[scheduled]]
    begun = full_date(completions(made["start"])["last"])
    known = pd.DataFrame({"subject": made["subject"], "day": begun, "after": number})
    known = known[scheduled & begun.notna()].sort_values(["day", "after"], kind="stable")
    extra = made[["subject"]].assign(day=full_date(made["start"]), visit=np.arange(len(made)))
    extra = extra[~scheduled].reset_index(drop=True)
    extra = pd.merge_asof(extra.sort_values("day", kind="stable"), known, on="day", by="subject")
    after = extra["after"].fillna(0)
    count = extra.groupby(["subject", after]).cumcount() + 1
    report(problems, count > MOST, extra["subject"].to_numpy(), extra["day"], "DT514",
           f"follows more than {MOST} unscheduled days after one planned visit")  # fmt: skip
    number[extra["visit"]] = np.where(count > MOST, np.nan, np.round(after + count / 100, 2))
    return number


def _names(made: pd.DataFrame, planned: pd.DataFrame) -> pd.Series:
    place = made["place"].to_numpy()
    names = planned["name"].to_numpy(dtype=object)[np.maximum(place, 0)] if len(planned) else ""
    extra = "UNSCHEDULED " + made["number"].map("{:.2f}".format).to_numpy(dtype=object)
    return texts(np.where(place >= 0, names, extra))


def _last(forms: Sequence[VisitForm], of: str, rows: pd.DataFrame, size: int) -> pd.Series:
    """For each visit the last value of a column of a form; missing where no such form is there."""
    name, _, column = of.partition(".")
    carried = np.full(size, "", dtype=object)
    for number, form in enumerate(forms):
        if form.name != name:
            continue
        if column not in form.columns:
            raise ValueError(f"{of} is carried and not given with its form")
        own = rows[rows["form"] == number].sort_values("row", kind="stable")
        value = printed(form.columns[column]).to_numpy(dtype=object)[own["row"].to_numpy()]
        filled = value != ""
        carried[own["visit"].to_numpy()[filled]] = value[filled]  # the last one stays
    return texts(carried)


def _origins(forms: Sequence[VisitForm], rows: pd.DataFrame) -> Iterable[Origin]:
    for number, form in enumerate(forms):
        own = rows[rows["form"] == number]
        yield Origin(form.name, own["visit"].to_numpy(), own["row"].to_numpy())
