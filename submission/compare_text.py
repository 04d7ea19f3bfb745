"""A comparison as text: the verdict and the causes first, then the sections of PROC COMPARE."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from comparison.attributes import AttributeDifference, Side, Variable
from comparison.cells import RecordTable
from comparison.findings import Collection, Comparison
from submission.compare_facts import (
    cause_examples,
    cause_share,
    checks_of,
    code_text,
    counted,
    header_rows,
    in_common,
    keyed,
    keys_text,
    left_out_text,
    number,
    option_rows,
    record_tables,
    side_rows,
    verdict,
    verdict_of_all,
)
from submission.compare_layout import WIDTH, ascii_text, below, fits, heading, paragraph, table
from submission.compare_text_values import unequal_variables, value_listings, values_summary

FIRST = 20


def text_report(found: Collection, first: int = FIRST) -> str:
    """The report of a pair of files or of two folders.

    ``first`` is how many records, and differing values of a variable, are listed; the numbers
    beside the lists are of all.
    """
    lines: list[str] = []
    if found.several:
        lines += _datasets(found)
    for one in found.comparisons:
        if found.several:
            lines += ["", "=" * WIDTH]
        if found.several and not one.different:
            lines += _same(one)
        else:
            lines += _report(one, found, first)
    return "\n".join(lines) + "\n"


def _datasets(found: Collection) -> list[str]:
    """The datasets of two folders, first those that need a look; then those left out."""
    lines = [*paragraph(verdict_of_all(found)), *_pairs([("base", found.base)])]
    lines += _pairs([("other", found.other), *header_rows(found.header)])
    rows = [(one.name, "not compared", "", "", "", "") for one in found.unread]
    rows += [(side.name, "in the base only", "", "", "", "") for side in found.base_only]
    rows += [(side.name, "in the other only", "", "", "", "") for side in found.other_only]
    for each in sorted(found.comparisons, key=lambda one: not one.different):
        rows.append((
            each.name, "different" if each.different else "same", number(each.base.records),
            number(each.other.records), number(each.cells.total), code_text(each.code),
        ))  # fmt: skip
    headers = ("Dataset", "Result", "Base obs", "Other obs", "Unequal values", "Code")
    lines += [*heading("Datasets"), *table(headers, rows, right=(2, 3, 4))]
    lines += heading("Not compared") if found.unread or found.left_out else []
    for one in found.unread:
        lines += paragraph(f"{one.name}: {one.message}", "  ", "    ")
    for why, some in groupby(sorted(found.left_out, key=left_out_text), left_out_text):
        names = ", ".join(each.name for each in some)
        lines += paragraph(f"{names}: {why}", "  ", "    ")
    return lines


def _same(one: Comparison) -> list[str]:
    """An equal dataset among others: which checks ran, and which could not."""
    made = ", ".join(check.name for check in checks_of(one, "same", "noted"))
    lines = paragraph(f"{one.name}: {verdict(one)}")
    lines += paragraph(f"Keys: {keys_text(one.keys)}. Checked: {made}.", "  ", "  ")
    for check in checks_of(one, "not compared"):
        lines += paragraph(f"Not compared: {check.name}; {check.detail}.", "  ", "  ")
    for check in checks_of(one, "noted"):
        lines += paragraph(f"Noted: {check.name} ({check.found:,}).", "  ", "  ")
    for note in one.notes:
        lines += paragraph(f"Note: {note}.", "  ", "  ")
    return lines


def _report(one: Comparison, found: Collection, first: int) -> list[str]:
    lines = paragraph(f"{one.name}: {verdict(one)}")
    lines += _pairs([
        ("base", one.base.path), ("other", one.other.path), ("keys", keys_text(one.keys)),
        ("code", code_text(one.code)), *header_rows(found.header),
    ])  # fmt: skip
    lines += [*_causes(one), *_checks(one)]
    lines += ["", f"{' Comparison ':=^{WIDTH}}"]
    lines += [*_data_sets(one.base, one.other), *_request(one)]
    lines += [*_variables(one), *_observations(one, first)]
    lines += [*values_summary(one), *unequal_variables(one), *value_listings(one, first)]
    return lines


def _pairs(rows: Iterable[tuple[str, str]], width: int = 12) -> list[str]:
    """Names with what is said of them."""
    lines = []
    for name, text in rows:
        lines += paragraph(text, f"  {name:{width}} ", " " * (width + 3))
    return lines


def _causes(one: Comparison) -> list[str]:
    """Why the datasets differ, a sentence each, with examples; and what the reader must know."""
    lines = heading("Causes") if one.causes else []
    for place, cause in enumerate(one.causes, 1):
        lines += paragraph(f"{cause.sentence} [{cause_share(cause)}]", f"{place:>3}. ", " " * 5)
        for example in cause_examples(one, cause):
            lines += paragraph(example, " " * 7, " " * 9)
    if one.notes:
        lines += heading("Notes")
        for note in one.notes:
            lines += paragraph(f"{note}.", "  - ", "    ")
    return lines


def _checks(one: Comparison) -> list[str]:
    rows = [
        (check.name, check.outcome, "", "", check.detail)
        if check.outcome == "not compared"
        else (check.name, check.outcome, number(check.looked_at), number(check.found), check.detail)
        for check in one.checks
    ]
    headers = ("Check", "Result", "Compared", "Found", "Detail")
    return [*heading("Checks"), *table(headers, rows, right=(2, 3))]


def _data_sets(base: Side, other: Side) -> list[str]:
    rows = side_rows(base, other)
    lines = heading("Data Set Summary")
    short = [row for row in rows if row[0] not in {"file", "sha256"}]
    lines += table(("", "Base", "Other"), short)
    for name, *texts in rows:
        if name in {"file", "sha256"}:
            for side, text in zip(("base", "other"), texts, strict=True):
                lines += paragraph(text, f"  {name} of {side}: ", "    ")
    return lines


def _request(one: Comparison) -> list[str]:
    rows = [("keys", keys_text(one.keys)), *option_rows(one.options)]
    return [*heading("Request"), *_pairs(rows, max(len(name) for name, _ in rows))]


def _variables(one: Comparison) -> Iterator[str]:
    differing = len({each.variable for each in one.attributes})
    yield from heading("Variables Summary")
    yield f"  Number of Variables in Common: {in_common(one):,}."
    yield f"  Number of Variables in Base but not in Other: {len(one.base_variables):,}."
    yield f"  Number of Variables in Other but not in Base: {len(one.other_variables):,}."
    yield f"  Number of Variables with Differing Attributes: {differing:,}."
    yield f"  Number of Variables in Another Order: {len(one.order):,}."
    yield f"  Number of ID Variables: {len(one.keys.names):,}."
    yield from _lone("Listing of Variables in Base but not in Other", one.base_variables)
    yield from _lone("Listing of Variables in Other but not in Base", one.other_variables)
    if one.attributes:
        yield from heading("Listing of Common Variables with Differing Attributes")
        yield from _differing(one.attributes)
    if one.order:
        yield from heading("Listing of Variables in Another Order")
        placed = [(each.variable, str(each.base), str(each.other)) for each in one.order]
        yield from table(("Variable", "Place in Base", "Place in Other"), placed, right=(1, 2))


def _differing(attributes: tuple[AttributeDifference, ...]) -> Iterator[str]:
    """Attributes in a table; base below other where it would have to cut them."""
    headers = ("Variable", "Attribute", "Base", "Other")
    rows = [
        (each.variable, each.attribute, each.base or "(none)", each.other or "(none)")
        for each in attributes
    ]
    if fits(headers, rows):
        yield from table(headers, rows)
        return
    for variable, attribute, base, other in rows:
        yield f"  {ascii_text(variable)} {attribute}"
        yield from paragraph(base, "    base   ", " " * 11)
        yield from paragraph(other, "    other  ", " " * 11)


def _lone(title: str, variables: tuple[Variable, ...]) -> Iterator[str]:
    if not variables:
        return
    yield from heading(title)
    rows = [
        (each.name, each.type, "-" if each.length is None else str(each.length), each.format or "",
         each.label or "")
        for each in variables
    ]  # fmt: skip
    yield from table(("Variable", "Type", "Length", "Format", "Label"), rows, right=(2,))


def _observations(one: Comparison, first: int) -> Iterator[str]:
    records = one.records
    yield from heading("Observation Summary")
    told = (
        ("Observations in Common", records.matched),
        ("Observations in Base but not in Other", records.base_only.total),
        ("Observations in Other but not in Base", records.other_only.total),
        ("Duplicate Keys", records.duplicated),
        ("Observations with a Missing Key in Base", records.missing_keys_base.total),
        ("Observations with a Missing Key in Other", records.missing_keys_other.total),
        ("Observations in Another Order", records.moved),
    )
    for name, count in told:
        yield f"  Number of {name}: {count:,}."
    for name, count in (
        ("Read from Base", one.base.records),
        ("Read from Other", one.other.records),
        ("with Some Compared Variables Unequal", records.unequal),
        ("with All Compared Variables Equal", records.matched - records.unequal),
    ):
        yield f"  Total Number of Observations {name}: {count:,}."
    for name, records_there in record_tables(records):
        yield from _record_list(f"Listing of Observations: {name}", records_there, first)
    if records.duplicates:
        yield from heading("Listing of Duplicate Keys")
        listed = records.duplicates[:first]
        places = [(_row_list(each.base_rows), _row_list(each.other_rows)) for each in listed]
        keys = [keyed(one.keys.names, each.keys) for each in listed]
        whole = [(key, *row) for key, row in zip(keys, places, strict=True)]
        if fits(("Keys", "Base obs", "Other obs"), whole):
            yield from table(("Keys", "Base obs", "Other obs"), whole)
        else:
            yield from below(table(("Base obs", "Other obs"), places), keys)
        yield from _more(records.duplicated - len(listed), "key")


def _row_list(rows: tuple[int, ...], most: int = 8) -> str:
    told = ", ".join(map(str, rows[:most]))
    return f"{told}, ... ({len(rows):,})" if len(rows) > most else told


def _record_list(title: str, records: RecordTable, first: int) -> Iterator[str]:
    if not records.total:
        return
    yield from heading(title)
    rows = [(str(row), *keys) for (keys, row), _ in zip(records, range(first), strict=False)]
    if fits(("Obs", *records.names), rows):
        yield from table(("Obs", *records.names), rows, right=(0,))
    else:
        for row, *keys in rows:
            yield from paragraph(keyed(records.names, keys), f"  {row:>7}  ", " " * 11)
    yield from _more(records.total - len(rows), "observation")


def _more(left: int, word: str) -> Iterator[str]:
    if left > 0:
        yield ascii_text(f"  ... and {counted(left, word)} more")
