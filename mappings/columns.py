"""What a column may hold: text, numbers, dates, and how each of them is missing.

Text is the text dtype of the installed pandas and never NA: missing text is ``""``, because a SAS
file cannot tell the two apart. Numbers are float64 with NaN, dates and datetimes datetime64[s] with
NaT. pandas 2 and 3 infer other dtypes from the same values, so every column an operation gives back
passes ``settle`` once and nothing else asks about dtypes.
"""

import weakref
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import pandas as pd
import pyarrow.compute as pc

Kind = Literal["text", "number", "iso", "date", "datetime"]
KINDS: tuple[Kind, ...] = ("text", "number", "iso", "date", "datetime")

TEXT: Any = pd.StringDtype(na_value=np.nan) if int(pd.__version__.split(".")[0]) >= 3 else object
DATE = "datetime64[s]"
FEW = 16  # columns remembered at a time
T = TypeVar("T")


def is_text(column: pd.Series) -> bool:
    """Whether a column holds text, written out or by distinct values (see ``coded``)."""
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype)


def texts(values: Any, size: int | None = None) -> pd.Series:
    """Text column of the values, None and NaN as ``""``; one value is repeated ``size`` times."""
    if size is not None:
        return pd.Series(_one(values).take(np.zeros(size, dtype=np.intp)), copy=False)
    column = renumbered(pd.Series(values, dtype=TEXT))
    return column.fillna("") if _has_null(column) else column


def _has_null(column: pd.Series) -> bool:
    """Whether a text column has values that pandas takes for missing."""
    if _is_arrow(column):
        return bool(column.array.__arrow_array__().null_count)  # known without looking
    return bool(column.hasnans)


def _is_arrow(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.StringDtype) and column.dtype.storage == "pyarrow"


@lru_cache(1024)
def _one(value: str) -> Any:
    """An array of one text, to be repeated; made once for each text."""
    return pd.array([value], dtype=TEXT)


def numbers(values: Any, size: int | None = None) -> pd.Series:
    """Float column of the given values; one value is repeated ``size`` times."""
    if size is not None:
        return pd.Series(np.full(size, values, dtype="float64"))
    return pd.Series(values, dtype="float64").reset_index(drop=True)


def dates(values: Any) -> pd.Series:
    """Date column of the given values, ISO text included; what is no full date is NaT."""
    column = pd.to_datetime(pd.Series(values, dtype=object), errors="coerce", format="ISO8601")
    return column.astype(DATE).reset_index(drop=True)


def nothing(kind: Kind, size: int) -> pd.Series:
    """Column of ``size`` missing values of the kind."""
    if kind in {"text", "iso"}:
        return texts("", size)
    if kind == "number":
        return numbers(np.nan, size)
    return pd.Series(np.full(size, np.datetime64("NaT", "s"), dtype=DATE))


def missing(column: pd.Series) -> pd.Series:
    """Mask of the missing values of a column of any kind."""
    if not is_text(column):
        return column.isna()
    return pd.Series(equal_text(column, ""), index=column.index, copy=False)


def equal_text(column: pd.Series, text: str) -> np.ndarray:
    """Mask of the values of a text column that are the text."""
    held = column.array
    if _is_arrow(column):
        # Straight to the function that pandas would come to after many others.
        return np.asarray(pc.equal(held.__arrow_array__(), text))
    return np.asarray(held == text, dtype=bool)


def settle(column: pd.Series, kind: Kind) -> pd.Series:
    """Column in the dtype of its kind with a fresh index; ValueError if it holds something else."""
    column = renumbered(column)
    if kind in {"text", "iso"}:
        if column.dtype == TEXT and TEXT is not object and not _has_null(column):
            return column
        if not is_text(column):
            if len(column) == 0 or column.isna().all():
                return nothing(kind, len(column))
            raise ValueError(f"text was promised, {column.dtype} came back")
        return column.astype(TEXT).fillna("")
    if kind == "number":
        return column.astype("float64")
    return column.astype(DATE)


def renumbered(column: pd.Series) -> pd.Series:
    """The column with an index from 0; the very same where it has that already."""
    index = column.index
    if isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1:
        return column
    return column.reset_index(drop=True)


class Remembered(Generic[T]):
    """A function of a column, with what it made kept as long as the column is there.

    Columns are never changed, so the same object has the same result; several operations on one
    column then work on it once. The last few are kept. What was made of a column is known of its
    values at other positions too (see ``inherit``); ``select`` takes it at them, -1 for missing.
    """

    def __init__(
        self, work: Callable[[pd.Series], T], select: Callable[[T, np.ndarray], T]
    ) -> None:
        self._work = work
        self._select = select
        self._held: dict[int, tuple[weakref.ref[pd.Series], T]] = {}

    def __call__(self, column: pd.Series) -> T:
        """What the function makes of the column."""
        found = self._held.get(id(column))
        if found is not None and found[0]() is column:
            return found[1]
        return self._keep(column, self._work(column))

    def inherit(self, column: pd.Series, source: pd.Series, positions: np.ndarray) -> None:
        """Take over what is known of ``source`` for the column of its values at the positions."""
        found = self._held.get(id(source))
        if found is not None and found[0]() is source:
            self._keep(column, self._select(found[1], positions))

    def _keep(self, column: pd.Series, made: T) -> T:
        key = id(column)
        self._held[key] = (weakref.ref(column, lambda _: self._held.pop(key, None)), made)
        if len(self._held) > FEW:
            del self._held[next(iter(self._held))]
        return made


def plain_texts(values: Any) -> list[str]:
    """The values of a text column or index as a list; faster than going through them one by one."""
    return list(np.asarray(values, dtype=object))


def by_distinct(
    column: pd.Series, compute: Callable[[Sequence[str]], pd.DataFrame]
) -> pd.DataFrame:
    """What ``compute`` makes of each distinct text, one row for each value of the column.

    ``compute`` gets the distinct texts once and returns a frame with one row for each of them, so
    the cost of parsing grows with what is different, not with the number of records.
    """
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    made = compute(plain_texts(distinct))
    return made.take(codes).reset_index(drop=True)


def mapped(column: pd.Series, compute: Callable[[str], Any]) -> pd.Series:
    """Result of ``compute`` for each text, worked out once for each distinct text."""
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    made = np.empty(len(distinct), dtype=object)
    made[:] = [compute(text) for text in plain_texts(distinct)]
    return pd.Series(made[codes]) if len(codes) else pd.Series([], dtype=object)


def mapped_texts(column: pd.Series, compute: Callable[[str], str]) -> pd.Series:
    """The same as a text column, for a ``compute`` that gives text."""
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    made = texts([compute(text) for text in plain_texts(distinct)])
    return pd.Series(made.array.take(codes), copy=False)
