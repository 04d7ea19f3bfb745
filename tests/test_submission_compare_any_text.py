"""Whatever texts the data hold, every report is whole, reads back, and holds them as texts."""

import json
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pytest
from compared import BASE, KEYS, compare
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from comparison.findings import Collection, Header
from comparison.options import Options
from submission.compare_html import html_report
from submission.compare_junit import junit_report
from submission.compare_layout import WIDTH
from submission.compare_text import text_report
from submission.compare_values import json_report
from submission.compare_xlsx import xlsx_report

ANY = st.text(max_size=60) | st.sampled_from(
    ["=1+1", "</script><script>", "<!--", "]]>", "\x00", "\u202e", "\ufffe", "a" * 300, "\r\n"]
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    other = BASE.cell("AVALC", 1, "x").cell("AVALC", 3, "y").rows(1, 2, 3, 5, 6)
    return compare(tmp_path_factory.mktemp("any"), BASE, other, Options(keys=KEYS))


def holding(found, texts) -> Collection:
    """The comparison with some texts as values, keys, label, sentence, note, names of files."""
    first, second, third = texts
    column = np.empty(len(found.cells), dtype=object)
    column[:] = first
    cells = replace(found.cells, base=column, other=column[::-1], keys=(column, column))
    causes = tuple(
        replace(one, sentence=second, examples=(cells[0],), records=()) for one in found.causes
    )
    one = replace(
        found, cells=cells, causes=causes, notes=(third,),
        base=replace(found.base, label=first, path=second), other=replace(found.other, label=third),
    )  # fmt: skip
    return Collection(Header(first, second), third, first, one.options, (one,))


@settings(max_examples=40)
@given(texts=st.tuples(ANY, ANY, ANY))
def test_every_report_is_whole(found, texts):
    held = holding(found, texts)
    text = text_report(held)
    assert text.isascii()
    assert all(len(line) <= WIDTH and line.isprintable() for line in text.split("\n"))
    (read,) = json.loads(json_report(held))["comparisons"]
    assert (read["base"]["label"], read["notes"]) == (texts[0], [texts[2]])
    assert {one["base"] for one in read["cells"]["listed"]} == {texts[0]}
    assert len(list(ElementTree.fromstring(junit_report(held)).iter("testcase"))) == 14
    root = html.document_fromstring(html_report(held).decode())
    assert len(root.xpath("//script")) == 2
    (block,) = json.loads(root.xpath("//script[@id='data']")[0].text)["datasets"]
    assert set(block["base"]) == {texts[0]}


@settings(max_examples=10)
@given(texts=st.tuples(ANY, ANY, ANY))
def test_no_cell_of_a_workbook_is_a_formula(found, texts):
    book = openpyxl.load_workbook(BytesIO(xlsx_report(holding(found, texts))))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n"}
    assert book["Differences"].max_row == len(found.cells) + 1
