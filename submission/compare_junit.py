"""A comparison as JUnit XML: a suite for each dataset, a test case for each check.

A check that found a difference fails, and the failure tells the causes; one that was not made is
skipped, as is a dataset that was left out; a file that could not be compared is an error. No times
are told, because none are taken.
"""

from lxml import etree

from comparison.findings import Check, Collection, Comparison
from submission.compare_facts import (
    cause_examples,
    cause_share,
    checks_of,
    code_text,
    header_rows,
    keys_text,
    left_out_text,
    options_text,
    printable,
    verdict,
)

# The checks whose differences the causes are of.
_VALUES = "values"
_RECORDS = "records in one dataset only"


def junit_report(found: Collection) -> bytes:
    """The document, in UTF-8."""
    root = etree.Element("testsuites", name="cdiscgen compare")
    for one in found.comparisons:
        _suite(root, one, found)
    for side, word in (
        *((side, "base") for side in found.base_only),
        *((side, "other") for side in found.other_only),
    ):
        told = f"{side.name} is in the {word} only: {side.path}"
        _lone(root, side.name, "dataset on both sides", "failure", told)
    for unread in found.unread:
        _lone(root, unread.name, "comparison", "error", unread.message)
    for left in found.left_out:
        _lone(root, left.name, "comparison", "skipped", f"{left_out_text(left)}: {left.path}")
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _suite(root: etree._Element, one: Comparison, found: Collection) -> None:
    failures, skipped = checks_of(one, "different"), checks_of(one, "not compared")
    suite = etree.SubElement(
        root, "testsuite", name=printable(one.name), tests=str(len(one.checks)),
        failures=str(len(failures)), errors="0", skipped=str(len(skipped)),
    )  # fmt: skip
    properties = etree.SubElement(suite, "properties")
    for name, text in (
        *header_rows(found.header), ("base", one.base.path), ("other", one.other.path),
        ("sha256 of base", one.base.sha256), ("sha256 of other", one.other.sha256),
        ("keys", keys_text(one.keys)), ("options", options_text(one.options)),
        ("code", code_text(one.code)), ("verdict", verdict(one)),
    ):  # fmt: skip
        etree.SubElement(properties, "property", name=name, value=printable(text))
    for check in one.checks:
        _case(suite, one, check)


def _case(suite: etree._Element, one: Comparison, check: Check) -> None:
    case = etree.SubElement(suite, "testcase", classname=printable(one.name), name=check.name)
    if check.outcome == "not compared":
        etree.SubElement(case, "skipped", message=printable(check.detail))
    elif check.outcome == "different":
        message = f"{check.found:,} of {check.looked_at:,} differ"
        failure = etree.SubElement(case, "failure", message=message, type=check.name)
        failure.text = "\n".join(map(printable, [message, *_told(one, check)]))
    elif check.outcome == "noted":
        etree.SubElement(case, "system-out").text = printable(
            f"noted: {check.found:,} of {check.looked_at:,}; {check.detail}".removesuffix("; ")
        )


def _told(one: Comparison, check: Check) -> list[str]:
    """What explains a check that found differences: its causes, or the differences themselves."""
    if check.name in {_VALUES, _RECORDS}:
        lines = []
        for cause in one.causes:
            if cause.of_records == (check.name == _RECORDS):
                lines += [f"{cause.sentence} [{cause_share(cause)}]"]
                lines += [f"  {text}" for text in cause_examples(one, cause)]
        return lines
    if check.name == "order of variables":
        return [f"{each.variable}: place {each.base} / {each.other}" for each in one.order]
    if check.name == "variables in one dataset only":
        return [
            f"{each.name} in the {word} only"
            for word, variables in (("base", one.base_variables), ("other", one.other_variables))
            for each in variables
        ]
    attribute = check.name.removeprefix("dataset ").removesuffix(" of variables")
    those = one.dataset_attributes if check.name.startswith("dataset ") else one.attributes
    return [
        f"{each.variable or one.name}: '{each.base}' / '{each.other}'"
        for each in those
        if each.attribute == attribute
    ]


def _lone(root: etree._Element, dataset: str, name: str, kind: str, told: str) -> None:
    """A suite of one test case that fails or is skipped."""
    suite = etree.SubElement(
        root, "testsuite", name=printable(dataset), tests="1",
        failures=str(int(kind == "failure")), errors=str(int(kind == "error")),
        skipped=str(int(kind == "skipped")),
    )  # fmt: skip
    case = etree.SubElement(suite, "testcase", classname=printable(dataset), name=name)
    etree.SubElement(case, kind, message=printable(told))
