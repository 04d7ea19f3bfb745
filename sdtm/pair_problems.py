"""Problems of looked-through rows, told by the records here that see them."""

import numpy as np
import pandas as pd

from mappings.columns import texts
from mappings.problems import Problems
from sdtm.plain_text import printed


def report(
    problems: Problems,
    wrong: "np.ndarray | pd.Series",
    record: np.ndarray,
    values: pd.Series,
    code: str,
    message: str,
    hint: str = "",
) -> None:
    """Note a problem for each distinct value among the pairs of a mask.

    ``record`` is the position here of each pair; a record that sees a value twice counts once.
    """
    pairs = np.flatnonzero(np.asarray(wrong, dtype=bool))
    if not len(pairs):
        return
    size = int(record[pairs].max()) + 1
    codes, distinct = pd.factorize(printed(values.iloc[pairs].reset_index(drop=True)))
    for position, value in enumerate(distinct):
        here = np.zeros(size, dtype=bool)
        here[record[pairs[codes == position]]] = True
        problems.at(here, texts(str(value), size), code, message, hint)
