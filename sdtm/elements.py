"""Subject elements (SE): from the start of one element to the start of the next.

Source: SDTMIG 3.4, section 5.3 (SE), and section 7.2.2 (trial elements).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mappings.columns import texts
from mappings.looked import sorted_positions, take
from mappings.operations import Column, Either, Made, Origin, SortKey, operation
from mappings.partial_dates import compare, completions, full_date, span
from mappings.problems import Problems
from sdtm.pair_problems import report


@dataclass(frozen=True)
class Element:
    """When subjects enter an element.

    ``plus`` days are added to the start; the element is left out where it would then start after
    ``unless_after``. A ``description`` marks an element that the trial design does not plan.
    """

    code: str
    start: Either
    plus: int = 0
    unless_after: Column | None = None
    description: str = ""


@operation(
    method="Each element from its start to the start of the next, the last to {end}",
    makes={"ETCD": "text", "SESTDTC": "iso", "SEENDTC": "iso", "SEUPDES": "text"},
)
def elements(elements: list[Element], end: Column, problems: Problems) -> Made:
    """A record for each element that a subject entered, in the order of their starts.

    Starts are kept as collected; a partial one stands where its first completion does, and elements
    that start at one time stand as listed. Several starts make several elements, an element without
    a start is left out. Planned elements that start out of the listed order are an error.
    """
    starts = pd.concat(
        [_starts(element, place, problems) for place, element in enumerate(elements)],
        ignore_index=True,
    )
    at = SortKey(completions(texts(starts["start"]))["first"])
    listed = SortKey(starts["place"])
    order = sorted_positions([starts["record"].to_numpy()], [at, listed], len(starts))
    starts = starts.iloc[order].reset_index(drop=True)
    record = starts["record"].to_numpy()
    _refuse_disorder(elements, starts, problems)
    begun, ended = texts(starts["start"]), _ends(starts, end)
    backward, _ = compare(span(ended, "iso"), "<", span(begun, "iso"))
    report(problems, backward, record, ended, "DT523", "ends an element before its start")
    frame = pd.DataFrame(
        {
            "ETCD": _of_element([element.code for element in elements], starts),
            "SESTDTC": begun,
            "SEENDTC": ended,
            "SEUPDES": _of_element([element.description for element in elements], starts),
        }
    )
    return Made(frame, record, tuple(_origins(elements, starts)))


def _starts(element: Element, place: int, problems: Problems) -> pd.DataFrame:
    """Record, start and source row of one element, each start of a subject once."""
    given = element.start.filled()
    start = given.values
    wrong = completions(start)["first"].isna()
    if element.plus:
        wrong = full_date(start).isna()
        start = _later(start, element.plus)
    report(problems, wrong, given.record, given.values, "DT524",
           f"cannot start element {element.code}")  # fmt: skip
    starts = pd.DataFrame(
        {"record": given.record, "start": start, "place": place, "row": given.row}
    )
    keep = ~wrong
    if element.unless_after is not None:
        limit = take(element.unless_after.reset_index(drop=True), given.record)
        keep &= ~compare(span(start, "iso"), ">", span(limit, "iso"))[0]
    return starts[keep.to_numpy()].drop_duplicates(["record", "start"])


def _later(dtc: pd.Series, days: int) -> pd.Series:
    """Date texts so many days after the full dates; missing for partial ones."""
    moved = full_date(dtc) + pd.Timedelta(days=days)
    return texts(moved.dt.strftime("%Y-%m-%d"))


def _refuse_disorder(elements: Sequence[Element], starts: pd.DataFrame, problems: Problems) -> None:
    unplanned = np.array([element.description != "" for element in elements], dtype=bool)
    planned = starts[~unplanned[starts["place"].to_numpy()]].reset_index(drop=True)
    before = planned.groupby("record")["place"].shift()
    for place, element in enumerate(elements):
        wrong = (planned["place"] == place) & (before > place)
        report(problems, wrong, planned["record"].to_numpy(), texts(planned["start"]), "DT514",
               f"starts element {element.code} after an element listed below it")  # fmt: skip


def _of_element(words: Sequence[str], starts: pd.DataFrame) -> pd.Series:
    return texts(np.array(words, dtype=object)[starts["place"].to_numpy()])


def _ends(starts: pd.DataFrame, end: pd.Series) -> pd.Series:
    following = starts.groupby("record")["start"].shift(-1)
    last = take(end.reset_index(drop=True), starts["record"].to_numpy())
    return texts(following.where(following.notna(), last))


def _origins(elements: Sequence[Element], starts: pd.DataFrame) -> Iterable[Origin]:
    place, row = starts["place"].to_numpy(), starts["row"].to_numpy()
    for position, element in enumerate(elements):
        if element.start.dataset:
            made = np.flatnonzero(place == position)
            yield Origin(element.start.dataset, made, row[made])
