"""What every report of a comparison says in the same words: verdict, request, the two sides."""

from collections.abc import Iterable, Mapping

from comparison.attributes import Side
from comparison.cells import Cell, RecordTable
from comparison.findings import (
    Cause,
    Check,
    Code,
    Collection,
    Comparison,
    Extreme,
    Header,
    Keys,
    LeftOut,
    Records,
)
from comparison.options import EXACT, Options, Tolerance
from comparison.shown import shown_number

Rows = list[tuple[str, str]]
SOURCES: Mapping[str, str] = {
    "given": "as given",
    "spec": "from the spec",
    "define.xml": "from define.xml",
    "Dataset-JSON": "from the Dataset-JSON file",
    "record order": "records are paired in their order",
}


def printable(text: str) -> str:
    """A text on one line: characters that are not seen, or steer what shows them, are escaped.

    A blank that must not break is not what it seems, so it is escaped too.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text
    )


def number(value: int) -> str:
    """A count with commas."""
    return f"{value:,}"


def counted(count: int, word: str) -> str:
    """A count with its word in the right number."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share of 1 in percent; what is there is never 0, what is not all never 100."""
    told = f"{100 * share:.1f}"
    if told == "0.0" and share:
        return "< 0.1%"
    if told == "100.0" and share < 1:
        return "> 99.9%"
    return f"{told.removesuffix('.0')}%"


def verdict(one: Comparison) -> str:
    """One sentence: same, or different and in what."""
    made = checks_of(one, "same", "different", "noted")
    found = checks_of(one, "different")
    if not found:
        return f"Same: {counted(len(made), 'check')} made, no difference found."
    told = (f"{check.name} ({check.found:,} of {check.looked_at:,})" for check in found)
    return f"Different: {', '.join(told)}."


def verdict_of_all(found: Collection) -> str:
    """One sentence for all datasets together."""
    different = sum(one.different for one in found.comparisons)
    told = [f"{counted(len(found.comparisons), 'dataset')} compared", f"{different:,} different"]
    told += [f"{len(found.base_only):,} in the base only"] if found.base_only else []
    told += [f"{len(found.other_only):,} in the other only"] if found.other_only else []
    told += [f"{len(found.unread):,} could not be compared"] if found.unread else []
    told += [f"{len(found.left_out):,} left out"] if found.left_out else []
    word = "Not compared" if found.unread else "Different" if found.different else "Same"
    return f"{word}: {', '.join(told)}."


def left_out_text(one: LeftOut) -> str:
    """Why a dataset was not compared."""
    return f"in the {one.where} only, left out as asked"


def in_common(one: Comparison) -> int:
    """How many variables both sides have, of those that were to be compared."""
    named = (check for check in one.checks if check.name == "variables in one dataset only")
    return sum(check.looked_at - check.found for check in named)


def checks_of(one: Comparison, *outcomes: str) -> tuple[Check, ...]:
    """The checks that came out in one of some ways."""
    return tuple(check for check in one.checks if check.outcome in outcomes)


def code_text(code: Code) -> str:
    """The code with the names of its bits: ``4128 (LABEL, VALUE)``."""
    return f"{int(code)} ({', '.join(code.names())})" if code else "0"


def keys_text(keys: Keys) -> str:
    """The keys and where they are from."""
    if not keys.names:
        return f"none; {SOURCES[keys.source]}"
    return f"{', '.join(keys.names)} ({SOURCES[keys.source]})"


def header_rows(header: Header) -> Rows:
    """Who, when and with what; nothing of what was not given."""
    rows = [("compared by", header.who), ("compared on", header.when)]
    programs = ", ".join(f"{name} {version}" for name, version in header.programs)
    return [(name, text) for name, text in (*rows, ("with", programs)) if text]


def option_rows(options: Options) -> Rows:
    """What was asked for, beginning with how numbers are compared; the rest where it was asked."""
    rows = [("numbers", tolerance_text(options.tolerance, options.digits))]
    for name in sorted({*options.tolerances, *options.digits_of}):
        told = tolerance_text(
            options.tolerances.get(name, options.tolerance),
            options.digits_of.get(name, options.digits),
        )
        rows.append((f"numbers of {name}", told))
    sides = [
        word
        for word, asked in (
            ("base", options.missing_in_base_equal),
            ("other", options.missing_in_other_equal),
        )
        if asked
    ]
    rows += _listed("only the variables", options.only)
    rows += _listed("without the variables", options.without)
    rows += _listed("attributes left out", sorted(options.ignored))
    rows += _listed("set aside", sorted(options.set_aside))
    rows += _listed("missing equals any value in", sides)
    return [*rows, ("differences kept of a variable", f"{options.most:,}")]


def options_text(options: Options) -> str:
    """How values are compared, on one line, without what is only shown or kept."""
    return "; ".join(f"{name}: {text}" for name, text in option_rows(options)[:-1])


def _listed(name: str, words: Iterable[str]) -> Rows:
    told = ", ".join(words)
    return [(name, told)] if told else []


def tolerance_text(tolerance: Tolerance, digits: int | None) -> str:
    """How numbers are compared."""
    rounded = "" if digits is None else f"rounded to {counted(digits, 'decimal')}"
    if tolerance == EXACT:
        return rounded or "exactly"
    return ", ".join(filter(None, (rounded, f"within {tolerance}")))


def side_rows(base: Side, other: Side) -> list[tuple[str, str, str]]:
    """What is known of the two files and datasets, a row for each fact."""
    return [(name, _known(base, name), _known(other, name)) for name in _KNOWN]


_KNOWN = (
    "file", "format", "sha256", "bytes", "dataset", "label", "type", "created", "modified",
    "encoding", "records", "variables",
)  # fmt: skip


def _known(side: Side, name: str) -> str:
    """One fact of a side; a hyphen is what its format does not carry or the file does not say."""
    if name in {"label", "type"}:
        value = getattr(side, name)
        return "-" if value is None else value
    if name in {"created", "modified"}:
        return getattr(side, name) or "-"
    texts = {
        "file": side.path,
        "dataset": side.name,
        "bytes": f"{side.bytes:,}",
        "records": f"{side.records:,}",
        "variables": f"{len(side.variables):,}",
    }
    return texts[name] if name in texts else str(getattr(side, name))


def keyed(names: Iterable[str], keys: Iterable[str]) -> str:
    """Keys of a record with their names: ``USUBJID=S1 PARAMCD=OS``."""
    return " ".join(f"{name}={key}" for name, key in zip(names, keys, strict=True))


def place(names: Iterable[str], cell: Cell) -> str:
    """Where a value stands: keys and row numbers."""
    rows = f"record {cell.base_row}"
    rows += "" if cell.base_row == cell.other_row else f" / {cell.other_row}"
    keys = keyed(names, cell.keys)
    return f"{keys} ({rows})" if keys else rows


def cause_share(cause: Cause) -> str:
    """How much a cause explains: ``12 differences, 80% of those in AVAL``, ``3 records, 100%``.

    A sentence about all differences has said so.
    """
    whole = cause.of_records or cause.pattern == "swapped"
    count = counted(cause.count, "record" if whole else "difference")
    if cause.share == 1 and not cause.conditions and not cause.of_records:
        return count
    of = ""
    if cause.share < 1 and cause.records:
        of = " of those without a partner"
    elif cause.share < 1 and cause.variables:
        of = f" of those in {', '.join(cause.variables)}"
    return f"{count}, {percent(cause.share)}{of}"


def cause_examples(one: Comparison, cause: Cause) -> list[str]:
    """At most three examples of a cause, a line each."""
    names = one.keys.names
    told = [
        f"{place(names, cell)}: {cell.variable} {quoted(cell, cell.base)} -> "
        f"{quoted(cell, cell.other)}"
        for cell in cause.examples
    ]
    for keys, row in cause.records:
        told.append(f"{keyed(names, keys)} (record {row})" if keys else f"record {row}")
    return told


def quoted(cell: Cell, text: str) -> str:
    """A shown value; in quotes where blanks are what differs, a word where it is missing text."""
    if cell.kind == "white space":
        return f"'{text}'"
    return text or "(missing)"


def extreme(largest: Extreme | None) -> str:
    """The value of an extreme in at most six digits; nothing where there is none."""
    return "" if largest is None else shown(largest.value)


def shown(value: float) -> str:
    """A statistic in at most six digits; a value is never rounded to 0."""
    return shown_number(float(f"{value:.6g}"))


def label_of(one: Comparison, name: str) -> str:
    """Label of a variable, that of the other where the base has none."""
    found = (side.variable(name) for side in (one.base, one.other))
    return next((each.label for each in found if each and each.label), "")


def record_tables(records: Records) -> list[tuple[str, RecordTable]]:
    """The lists of records by what they have in common, in the order of the checks."""
    return [
        ("in base only", records.base_only),
        ("in other only", records.other_only),
        ("missing key in base", records.missing_keys_base),
        ("missing key in other", records.missing_keys_other),
    ]
