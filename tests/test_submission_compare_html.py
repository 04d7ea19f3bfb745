"""The page of a comparison: complete, self-contained, safe whatever the data hold."""

import json
import re
from dataclasses import replace

import pytest
from compared import BASE, KEYS, compare
from lxml import html

from comparison.findings import Collection, Comparison, Header, Unread
from comparison.options import Options
from submission.compare_html import html_report

HOSTILE = (
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", '"><b onclick="x">',
    "<!--", "]]>", "&lt;&amp;", "'; alert(1); '",
)  # fmt: skip


def collection(*found: Comparison, **more) -> Collection:
    return Collection(Header("A. Person", "2026-11-27", (("cdiscgen", "0.1.0"),)), "b", "o",
                      found[0].options, found, **more)  # fmt: skip


def page(found: Collection, *arguments, **more):
    return html.document_fromstring(html_report(found, *arguments, **more).decode())


def data(root):
    (block,) = root.xpath("//script[@type='application/json']")
    return json.loads(block.text)


def words(root) -> str:
    for script in root.xpath("//script|//style"):
        script.getparent().remove(script)
    return " ".join(root.text_content().split())


@pytest.fixture
def equal(tmp_path):
    return compare(tmp_path, BASE, BASE, Options(keys=KEYS))


@pytest.fixture
def one(tmp_path):
    return compare(tmp_path, BASE, BASE.cell("AVAL", 1, 1.75), Options(keys=KEYS))


def many(tmp_path, number=3000):
    rows = [row % 6 + 1 for row in range(number)]
    base = BASE.rows(*rows).with_values(AVAL=[float(row) for row in range(number)])
    other = base.with_values(AVAL=[row + 2.0 for row in range(number)])
    return compare(tmp_path, base, other, Options(keys=KEYS))


def test_equal_datasets_show_every_check_and_no_list(equal):
    root = page(collection(equal))
    rows = root.xpath("//h3[.='Checks']/following-sibling::table[1]//tbody/tr")
    assert [row.xpath("string(td[1])") for row in rows] == [check.name for check in equal.checks]
    assert {row.xpath("string(td[2])") for row in rows} == {"same"}
    assert not root.xpath("//script")
    told = words(root)
    for text in ("A. Person", "2026-11-27", "cdiscgen 0.1.0", equal.base.sha256, "exactly",
                 "Same: 14 checks made, no difference found."):  # fmt: skip
        assert text in told


def test_one_difference_is_in_the_block_that_the_script_draws(one):
    root = page(collection(one))
    (block,) = data(root)["datasets"]
    assert block["names"] == list(KEYS)
    assert (block["keys"], block["variables"]) == ([["S1"], ["OS"]], ["AVAL"])
    assert (block["base"], block["other"], block["difference"]) == (["1.5"], ["1.75"], ["0.25"])
    told = words(root)
    assert "1 of 1 differences are in this page." in told
    assert one.causes[0].sentence in told


@pytest.mark.parametrize(
    ("elsewhere", "said"),
    [("", "--differences FILE writes all that are kept"),
     ("d.parquet", "All that were kept are in d.parquet.")],
)  # fmt: skip
def test_a_page_says_where_the_differences_are_that_it_does_not_hold(tmp_path, elsewhere, said):
    root = page(collection(many(tmp_path)), elsewhere, most=1000)
    (block,) = data(root)["datasets"]
    assert len(block["base"]) == 1000
    told = words(root)
    assert "1,000 of 3,000 differences are in this page." in told
    assert said in told
    assert len(root.xpath("//table")) < 10
    assert len(root.xpath("//tr")) < 100  # no row of a difference is written out


def test_datasets_share_the_room(tmp_path, one):
    root = page(collection(many(tmp_path), one, one), most=30)
    assert [len(block["base"]) for block in data(root)["datasets"]] == [10, 1, 1]


def hostile(tmp_path) -> Comparison:
    texts = dict(enumerate(HOSTILE[:6], 1))
    other = BASE
    for row, text in texts.items():
        other = other.cell("AVALC", row, text)
    labelled = replace(other, label=HOSTILE[0], labels={"AVAL": HOSTILE[1], "ADT": HOSTILE[2]})
    base = BASE.cell("USUBJID", 1, HOSTILE[0]).cell("PARAMCD", 1, HOSTILE[1])
    both = labelled.cell("USUBJID", 1, HOSTILE[0]).cell("PARAMCD", 1, HOSTILE[1])
    lone = both.cell("USUBJID", 6, HOSTILE[1])
    return compare(tmp_path, base, lone, Options(keys=KEYS), ("ndjson", "ndjson"))


def test_nothing_in_the_data_becomes_part_of_the_page(tmp_path):
    found = hostile(tmp_path)
    held = collection(
        replace(found, notes=HOSTILE), unread=(Unread(HOSTILE[0], "base", "x", HOSTILE[1]),)
    )
    held = replace(held, base=HOSTILE[1], header=Header(HOSTILE[0], HOSTILE[2]))
    content = html_report(held, HOSTILE[1], most=3)
    root = html.document_fromstring(content.decode())
    assert [script.get("type") for script in root.xpath("//script")] == ["application/json", None]
    assert not root.xpath("//img|//b|//comment()|//@onclick|//@onerror")
    assert content.count(b"<script") == 2
    texts = root.text_content()
    for text in HOSTILE[:6]:
        assert text in texts
    block = data(root)["datasets"][0]
    assert set(block["other"]) <= set(HOSTILE)


def test_the_page_needs_nothing_from_anywhere(one):
    content = html_report(collection(one)).decode()
    assert not re.search(r"https?:|//[a-z]|@import|url\(", content.replace("://", "//"))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', content)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_datasets_of_folders_are_listed_with_those_that_need_a_look_first(equal, one):
    root = page(collection(equal, one, other_only=(equal.other,)))
    rows = root.xpath("//h2[.='Datasets']/following-sibling::table[1]//tbody/tr")
    assert [row.xpath("string(td[2])") for row in rows] == ["different", "different", "same"]
    assert [len(row) for row in rows] == [6, 6, 6]
    assert rows[0].xpath("string(td[6])") == "in the other only"
    folded = root.xpath("//section[details/summary[starts-with(., 'Checks')]]/@id")
    assert folded == ["dataset-0"]
    assert [link.get("href") for link in root.xpath("//td/a")] == ["#dataset-1", "#dataset-0"]


def test_the_same_comparison_gives_the_same_bytes(tmp_path):
    first = html_report(collection(many(tmp_path)))
    assert first == html_report(collection(many(tmp_path)))
