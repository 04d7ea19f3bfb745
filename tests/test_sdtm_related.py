"""Related records: datasets as wholes, and records that share a value."""

import numpy as np
import pytest

from mappings.columns import numbers, texts
from mappings.looked import Looked
from mappings.problems import Problems
from sdtm.related import relate_datasets, relate_records


def look(dataset, variable, rows, size=3, column=texts):
    """Values of ``(subject, value)`` pairs; rows are numbered from 0."""
    record = np.array([subject for subject, _ in rows], dtype=np.int64)
    values = column([value for _, value in rows])
    return Looked(record, np.arange(len(rows)), values, size, dataset, variable)


def test_related_datasets():
    problems = Problems()
    made = relate_datasets({"EX.EXLNKID": "ONE", "EC.ECLNKID": "MANY"}, "EXEC", problems)
    assert made.frame.to_dict("list") == {
        "RDOMAIN": ["EX", "EC"],
        "IDVAR": ["EXLNKID", "ECLNKID"],
        "RELTYPE": ["ONE", "MANY"],
        "RELID": ["EXEC", "EXEC"],
    }
    assert made.parent.tolist() == [-1, -1]
    assert not list(problems)


@pytest.mark.parametrize(
    ("links", "code", "value"),
    [
        pytest.param({"EX.EXLNKID": "ONE"}, "SP105", "", id="one dataset alone"),
        pytest.param({"EX.EXLNKID": "ONE", "EX.EXGRPID": "ONE"}, "SP105", "", id="one twice"),
        pytest.param({"EX.EXLNKID": "ONE", "EC.ECTRT": "MANY"}, "SP107", "EC.ECTRT",
                     id="a variable that identifies nothing"),
        pytest.param({"EX.EXLNKID": "ONE", "EC.EXLNKID": "MANY"}, "SP107", "EC.EXLNKID",
                     id="a variable of another dataset"),
    ],
)  # fmt: skip
def test_related_datasets_refused(links, code, value):
    problems = Problems()
    relate_datasets(links, "X", problems)
    assert [(problem.code, problem.value) for problem in problems] == [(code, value)]


def rows(made):
    frame = made.frame
    return list(zip(made.parent.tolist(), frame["RDOMAIN"], frame["IDVAR"], frame["IDVARVAL"],
                    frame["RELID"], strict=True))  # fmt: skip


@pytest.mark.parametrize(
    ("response", "marrow", "expected"),
    [
        pytest.param(
            [(0, "A")], [(0, "A")],
            [(0, "RS", "RSLNKGRP", "A", "R1"), (0, "LB", "LBGRPID", "A", "R1")],
            id="one value in two datasets",
        ),
        pytest.param([(0, "A")], [(0, "B")], [], id="a value in one dataset is not related"),
        pytest.param([(0, "A"), (0, "A")], [], [], id="not even if it stands there twice"),
        pytest.param([(0, "A")], [(1, "A")], [], id="another subject's value is another value"),
        pytest.param([(0, "")], [(0, "")], [], id="missing is no value"),
        pytest.param(
            [(0, "B"), (0, "A")], [(0, "A"), (0, "B"), (0, "B")],
            [(0, "RS", "RSLNKGRP", "A", "R1"), (0, "LB", "LBGRPID", "A", "R1"),
             (0, "RS", "RSLNKGRP", "B", "R2"), (0, "LB", "LBGRPID", "B", "R2")],
            id="numbered by the text, one record however many rows",
        ),
        pytest.param(
            [(0, "A"), (2, "C"), (2, "B")], [(0, "A"), (2, "C")],
            [(0, "RS", "RSLNKGRP", "A", "R1"), (0, "LB", "LBGRPID", "A", "R1"),
             (2, "RS", "RSLNKGRP", "C", "R1"), (2, "LB", "LBGRPID", "C", "R1")],
            id="each subject counts from 1, related values only",
        ),
        pytest.param([], [], [], id="nothing"),
    ],
)  # fmt: skip
def test_related_records(response, marrow, expected):
    made = relate_records(
        [look("RS", "RSLNKGRP", response), look("LB", "LBGRPID", marrow)], "R", Problems()
    )
    assert rows(made) == expected


def test_all_rows_of_the_value_are_origins():
    made = relate_records(
        [look("RS", "RSGRPID", [(0, "A")]), look("LB", "LBGRPID", [(0, "B"), (0, "A"), (0, "A")])],
        "R", Problems(),
    )  # fmt: skip
    found = {one.source: (one.record.tolist(), one.row.tolist()) for one in made.origins}
    assert found == {"RS": ([0], [0]), "LB": ([1, 1], [1, 2])}


def test_numbers_are_written_short():
    made = relate_records(
        [look("AE", "AESEQ", [(0, 2.0)], column=numbers), look("CM", "CMGRPID", [(0, "2")])],
        "R", Problems(),
    )  # fmt: skip
    assert made.frame["IDVARVAL"].tolist() == ["2", "2"]


def test_related_records_refused():
    problems = Problems()
    relate_records([look("RS", "RSTESTCD", [(0, "A")])], "R", problems)
    assert [problem.code for problem in problems] == ["SP105", "SP107"]
