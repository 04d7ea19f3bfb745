"""What a page says of one dataset: verdict, causes, checks, variables, attributes, records."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml.builder import E

from comparison.attributes import Variable
from comparison.cells import RecordTable
from comparison.findings import Comparison, VariableResult
from submission.compare_facts import (
    cause_examples,
    cause_share,
    code_text,
    extreme,
    keyed,
    keys_text,
    label_of,
    number,
    percent,
    printable,
    record_tables,
    side_rows,
    verdict,
)

MOST_RECORDS = 200  # records of a list in the page


def text(value: str, **attributes: str) -> Any:
    """A cell of a table with a text."""
    return E.td(printable(value), **attributes)


def count(value: int | str) -> Any:
    """A cell of a table with a number."""
    return E.td(value if isinstance(value, str) else number(value), **{"class": "number"})


def badge(outcome: str) -> Any:
    """A word on its colour."""
    return E.span(outcome, **{"class": f"badge {outcome.replace(' ', '-')}"})


def table(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], numbers: Sequence[int] = ()
) -> Any:
    """A table; cells are elements, or texts. Columns in ``numbers`` have headers at their ends."""
    head = E.tr(*(
        E.th(name, **({"class": "number"} if column in numbers else {}))
        for column, name in enumerate(headers)
    ))  # fmt: skip
    made = E.tbody()
    for row in rows:
        made.append(E.tr(*(text(cell) if isinstance(cell, str) else cell for cell in row)))
    return E.table(E.thead(head), made)


def facts(rows: Iterable[tuple[str, str]]) -> Any:
    """Names with what is said of them."""
    made = E.table(**{"class": "facts"})
    for name, said in rows:
        made.append(E.tr(E.th(printable(name)), text(said)))
    return made


def dataset_section(one: Comparison, place: int, *, folded: bool) -> Any:
    """The section of a dataset, the ``place``-th; its verdict alone where ``folded``."""
    outcome = "different" if one.different else "same"
    section = E.section(
        E.h2(printable(one.name), " ", badge(outcome)), E.p(verdict(one)), id=f"dataset-{place}"
    )
    within = section
    if folded:
        within = E.details(E.summary("Checks, variables, records and data sets"))
        section.append(within)
    within.extend([*_causes(one), *_notes(one), *_checks(one), *_variables(one, place)])
    within.extend([*_attributes(one), *_records(one), *_sides(one)])
    return section


def _causes(one: Comparison) -> Iterator[Any]:
    if not one.causes:
        return
    yield E.h3("Causes")
    made = E.ol(**{"class": "causes"})
    for cause in one.causes:
        examples = E.ul(**{"class": "examples"})
        examples.extend([E.li(printable(each)) for each in cause_examples(one, cause)])
        made.append(E.li(
            E.span(printable(cause.sentence), **{"class": "sentence"}), " ",
            E.span(printable(cause_share(cause)), **{"class": "soft"}), examples,
        ))  # fmt: skip
    yield made


def _notes(one: Comparison) -> Iterator[Any]:
    if one.notes:
        yield E.h3("Notes")
        yield E.ul(*(E.li(printable(f"{note}.")) for note in one.notes))


def _checks(one: Comparison) -> Iterator[Any]:
    yield E.h3("Checks")
    yield table(
        ("Check", "Result", "Compared", "Found", "Detail"),
        [
            (check.name, E.td(badge(check.outcome)), count(""), count(""), check.detail)
            if check.outcome == "not compared"
            else (check.name, E.td(badge(check.outcome)), count(check.looked_at),
                  count(check.found), check.detail)
            for check in one.checks
        ],
        (2, 3),
    )  # fmt: skip


def _variables(one: Comparison, place: int) -> Iterator[Any]:
    """Variables with differences first; the equal ones folded away."""
    headers = ("Variable", "Label", "Type", "Tolerance", "Compared", "Unequal", "Share", "Missing",
               "Max. difference", "Max. relative", "Kinds")  # fmt: skip
    unequal = [each for each in one.variables if each.unequal or each.set_aside]
    equal = [each for each in one.variables if not (each.unequal or each.set_aside)]
    numbers = range(4, 10)
    if unequal:
        yield E.h3("Variables with differences")
        yield table(headers, [_variable(one, each, place) for each in unequal], numbers)
    if equal:
        yield E.details(
            E.summary(f"Variables that are equal: {len(equal):,}"),
            table(headers, [_variable(one, each, place) for each in equal], numbers),
        )


def _variable(one: Comparison, each: VariableResult, place: int) -> tuple[Any, ...]:
    kinds = [f"{kind} {number(count)}" for kind, count in each.kinds.items()]
    kinds += [f"set aside: {why} {number(count)}" for why, count in each.set_aside.items()]
    name: Any = printable(each.variable)
    if each.unequal:
        name = E.td(E.button(name, type="button", **{
            "class": "plain", "data-variable": name, "data-dataset": str(place),
        }))  # fmt: skip
    relative = extreme(each.max_relative) if each.nature == "number" else ""
    return (
        name, label_of(one, each.variable), each.nature, each.tolerance, count(each.compared),
        count(each.unequal), count(percent(each.share)), count(each.missing),
        count(extreme(each.max_absolute)), count(relative), ", ".join(kinds),
    )  # fmt: skip


def _attributes(one: Comparison) -> Iterator[Any]:
    differences = [*one.dataset_attributes, *one.attributes]
    if differences:
        yield E.h3("Attributes that differ")
        yield table(
            ("Variable", "Attribute", "Base", "Other"),
            [
                (each.variable or "(dataset)", each.attribute, each.base or "(none)",
                 each.other or "(none)")
                for each in differences
            ],
        )  # fmt: skip
    if one.order:
        yield E.h3("Variables in another order")
        yield table(
            ("Variable", "Place in base", "Place in other"),
            [(each.variable, count(each.base), count(each.other)) for each in one.order],
            (1, 2),
        )
    yield from _lone("Variables in the base only", one.base_variables)
    yield from _lone("Variables in the other only", one.other_variables)


def _lone(title: str, variables: tuple[Variable, ...]) -> Iterator[Any]:
    if variables:
        yield E.h3(title)
        yield table(
            ("Variable", "Type", "Length", "Format", "Label"),
            [
                (each.name, each.type, count("-" if each.length is None else each.length),
                 each.format or "", each.label or "")
                for each in variables
            ],
            (2,),
        )  # fmt: skip


def _records(one: Comparison) -> Iterator[Any]:
    records = one.records
    yield E.h3("Records")
    yield E.p(
        f"{number(records.matched)} pairs of records compared, {number(records.unequal)} of them "
        f"with values that differ. Keys: {printable(keys_text(one.keys))}."
    )
    for name, listed in record_tables(records):
        yield from _record_list(f"Records: {name}", listed)
    if records.duplicated:
        yield E.details(
            E.summary(f"Keys that several records have: {number(records.duplicated)}"),
            table(
                ("Keys", "Records of the base", "Records of the other"),
                [
                    (keyed(one.keys.names, each.keys), ", ".join(map(str, each.base_rows)),
                     ", ".join(map(str, each.other_rows)))
                    for each in records.duplicates[:MOST_RECORDS]
                ],
            ),
        )  # fmt: skip


def _record_list(title: str, records: RecordTable) -> Iterator[Any]:
    if not records.total:
        return
    rows = [
        (count(row), *keys) for (keys, row), _ in zip(records, range(MOST_RECORDS), strict=False)
    ]
    made = E.details(
        E.summary(f"{title}: {number(records.total)}"),
        table(("Record", *records.names), rows, (0,)),
    )
    left = records.total - len(rows)
    if left:
        made.append(E.p(f"{number(left)} more are not in this page.", **{"class": "soft"}))
    yield made


def _sides(one: Comparison) -> Iterator[Any]:
    yield E.h3("Data sets")
    rows = [
        (E.th(name), text(base, **_style(name)), text(other, **_style(name)))
        for name, base, other in (
            ("code", code_text(one.code), ""),
            *side_rows(one.base, one.other),
        )
    ]
    yield table(("", "Base", "Other"), rows)


def _style(name: str) -> dict[str, str]:
    return {"class": "hash"} if name == "sha256" else {}
