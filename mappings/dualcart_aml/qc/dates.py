"""Dates of SDTM text: complete, partial, imputed (endpoints.md 2.1, 2.7; adam.md 2.2, 2.3, 2.6)."""

import numpy as np
import pandas as pd

MONTH = 30.4375  # days; endpoints.md 2.2
ONE_DAY = pd.Timedelta(days=1)
PRE_DOSE = "DAY 0"  # the visit planned before the infusion: sdtm.md 5, lobxfl


def complete(dtc: pd.Series) -> pd.Series:
    """The date part of a complete --DTC; missing where any part of the date is."""
    return pd.to_datetime(dtc.str.extract(r"^(\d{4}-\d{2}-\d{2})", expand=False))


def moment(dtc: pd.Series) -> pd.Series:
    """Date and time of a --DTC with a complete date; an unknown part of the time is 0."""
    parts = dtc.str.extract(r"T(\d{2}):?(\d{2})?:?(\d{2})?").fillna("0").astype(int)
    return complete(dtc) + pd.to_timedelta(parts[0] * 3600 + parts[1] * 60 + parts[2], unit="s")


def first_day(dtc: pd.Series) -> pd.Series:
    """The earliest date a partial --DTC may mean; the date itself where it is complete."""
    parts = dtc.str.extract(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
    return pd.to_datetime(parts[0] + "-" + parts[1].fillna("01") + "-" + parts[2].fillna("01"))


def last_day(dtc: pd.Series) -> pd.Series:
    """The latest date a partial --DTC may mean; the date itself where it is complete."""
    first, part = first_day(dtc), missing_part(dtc)
    last = first.mask(part == "D", first + pd.offsets.MonthEnd(0))
    return last.mask(part == "M", first + pd.offsets.YearEnd(0))


def missing_part(dtc: pd.Series) -> pd.Series:
    """What a --DTF says of an imputed date: D, M, or "" where it is complete or absent."""
    parts = dtc.str.extract(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
    kind = np.select([parts[0].isna() | parts[2].notna(), parts[1].notna()], ["", "D"], "M")
    return pd.Series(kind, index=dtc.index)


def not_before(date: pd.Series, bound: pd.Series) -> pd.Series:
    """The later of a date and a bound; the date alone where there is no bound."""
    return date.mask(bound > date, bound)


def not_after(date: pd.Series, bound: pd.Series) -> pd.Series:
    """The earlier of a date and a bound; the date alone where there is no bound."""
    return date.mask(bound < date, bound)


def study_day(date: pd.Series, start: pd.Series) -> pd.Series:
    """Days from the first infusion, counted from 1, without a day 0 (adam.md 2.3)."""
    days = (date - start).dt.days.astype(float)
    return days.where(days < 0, days + 1)


def after_infusion(dtc: pd.Series, start: pd.Series) -> pd.Series:
    """Whether a record is known to be later than the first infusion's start.

    On the day of the infusion only the time of the record can show it (endpoints.md 2.4).
    """
    timed = dtc.str.contains("T")
    return (complete(dtc) > start.dt.normalize()) | (timed & (moment(dtc) >= start))


def before_infusion(dtc: pd.Series, visit: pd.Series, start: pd.Series) -> pd.Series:
    """Whether a record is a baseline candidate (adam.md 2.6); never without an infusion.

    A record of the day of the infusion without a time counts at the visit planned before the dose,
    one of a partial date if all it may mean lies before the infusion (sdtm.md 5, lobxfl).
    """
    same_day, timed = complete(dtc) == start.dt.normalize(), dtc.str.contains("T")
    earlier = last_day(dtc) < start.dt.normalize()
    return (
        earlier
        | (same_day & timed & (moment(dtc) < start))
        | (same_day & ~timed & (visit == PRE_DOSE))
    )
