"""Finished datasets held against the standard."""

import pytest
from small_study import AE, DM, small_study
from studies import built


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "found"),
    [
        pytest.param(
            "ae", AE, "AEDECOD: {clean: ae.TERM, case: upper}",
            "AEDECOD: {clean: ae.TERM, where: AESTDY > 2}", [("AEDECOD", 2)], id="in two records",
        ),
        pytest.param(
            "dm", DM, "COUNTRY: {constant: CHN}", "COUNTRY: {constant: null}", [("COUNTRY", 2)],
            id="in every record",
        ),
        pytest.param(
            "dm", DM, "RFSTDTC: {iso8601: [dm.START]}", "RFSTDTC: {constant: null}", [],
            id="an Expected variable may be missing",
        ),
    ],
)  # fmt: skip
def test_a_required_variable_has_a_value(tmp_path, name, text, old, new, found):
    assert text.count(old) == 1
    result = built(small_study(tmp_path / "tst", **{name: text.replace(old, new)}))
    assert [
        (problem.variable, problem.count) for problem in result.problems if problem.code == "ST405"
    ] == found
