"""A comparison as one page that needs nothing else: no network, no other file.

Everything but the differing values is written out. They stand in a block of JSON, and the script of
the page draws some hundred of them at a time, so that a page of 100,000 stays usable.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.builder import E

from comparison.cells import Cells
from comparison.findings import Collection
from comparison.options import KINDS
from submission.compare_facts import (
    code_text,
    header_rows,
    left_out_text,
    number,
    option_rows,
    printable,
    shown,
    verdict_of_all,
)
from submission.compare_html_dataset import badge, count, dataset_section, facts, table

MOST = 100_000
_HERE = Path(__file__).parent


def html_report(found: Collection, elsewhere: str = "", most: int = MOST) -> bytes:
    """The page, in UTF-8. It holds at most so many differences and says where the others are.

    ``elsewhere`` is the file that holds all that were kept, "" where there is none.
    """
    style, script = (asset(name) for name in ("compare_page.css", "compare_page.js"))
    data, embedded = _data(found, most)
    title = _title(found)
    body = E.body(E.h1(printable(title), " ", badge(outcome(found))))
    if found.several:
        body.extend([E.p(verdict_of_all(found)), facts(_request(found))])
        body.extend([E.h2("Datasets"), _datasets(found)])
    else:
        body.append(facts(_request(found)))
    body.extend([
        dataset_section(one, place, folded=found.several and not one.different)
        for place, one in enumerate(found.comparisons)
    ])  # fmt: skip
    total = sum(one.cells.total for one in found.comparisons)
    if total:
        body.extend([
            *_differences(found, embedded, total, elsewhere),
            E.script(data, id="data", type="application/json"), E.script(script),
        ])  # fmt: skip
    return page(title, body, style, script)


def asset(name: str) -> str:
    """Text of a file beside this module."""
    return (_HERE / name).read_text(encoding="utf-8")


def page(title: str, body: Any, style: str, script: str = "") -> bytes:
    """A whole page. Its policy lets nothing be fetched and no other script or style be used."""
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    root = E.html(
        E.head(
            E.meta(charset="utf-8"),
            E.meta(**{"http-equiv": "Content-Security-Policy", "content": policy}),
            E.meta(name="viewport", content="width=device-width, initial-scale=1"),
            E.title(printable(title)),
            E.style(style),
        ),
        body,
        lang="en",
    )
    return etree.tostring(root, method="html", encoding="utf-8", doctype="<!DOCTYPE html>") + b"\n"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _title(found: Collection) -> str:
    if not found.several:
        return f"Comparison of {found.comparisons[0].name}"
    return "Comparison"


def outcome(found: Collection) -> str:
    """One word for the whole."""
    return "error" if found.unread else "different" if found.different else "same"


def _request(found: Collection) -> list[tuple[str, str]]:
    return [
        ("base", found.base), ("other", found.other), *header_rows(found.header),
        ("code", code_text(found.code)), *option_rows(found.options),
    ]  # fmt: skip


def _datasets(found: Collection) -> Any:
    rows: list[tuple[Any, ...]] = [
        (one.name, E.td(badge("error")), "", "", "", one.message) for one in found.unread
    ]
    for sides, word in ((found.base_only, "base"), (found.other_only, "other")):
        rows += [
            (one.name, E.td(badge("different")), "", "", "", f"in the {word} only") for one in sides
        ]
    numbered = sorted(enumerate(found.comparisons), key=lambda pair: not pair[1].different)
    for place, one in numbered:
        rows.append((
            E.td(E.a(printable(one.name), href=f"#dataset-{place}")),
            E.td(badge("different" if one.different else "same")), count(one.base.records),
            count(one.other.records), count(one.cells.total), code_text(one.code),
        ))  # fmt: skip
    rows += [
        (one.name, E.td(badge("not compared")), "", "", "", left_out_text(one))
        for one in found.left_out
    ]
    headers = ("Dataset", "Result", "Base records", "Other records", "Unequal values", "Code")
    return table(headers, rows, (2, 3, 4))


def _differences(found: Collection, embedded: int, total: int, elsewhere: str) -> list[Any]:
    """The part of the page that the script fills."""
    told = f"{number(embedded)} of {number(total)} differences are in this page."
    if embedded < total:
        told += (
            f" All that were kept are in {printable(elsewhere)}."
            if elsewhere
            else " --differences FILE writes all that are kept; --most says how many of a variable."
        )
    several = len(found.comparisons) > 1
    chosen = E.select(E.option("all", value=""), id="dataset")
    headers = ("Dataset",) * several + (
        "Keys", "Record of base", "Record of other", "Variable", "Base", "Other", "Difference",
        "Kind",
    )  # fmt: skip
    numbers = {several + place for place in (1, 2, 6)}
    return [
        E.h2("Differences", id="differences"),
        E.p(told),
        E.noscript(E.p("The list is drawn by the script of this page, which is not allowed here.")),
        E.div(
            E.label("Dataset", chosen, **({} if several else {"hidden": "hidden"})),
            E.label("Variable", E.select(E.option("all", value=""), id="variable")),
            E.label("Kind", E.select(E.option("all", value=""), id="kind")),
            E.label("Keys or values contain", E.input(id="text", type="search")),
            E.button("Show all", id="clear", type="button"),
            E.span("", id="shown", **{"class": "soft"}),
            **{"class": "filters"},
        ),
        E.div(table(headers, [], sorted(numbers)), id="rows"),
    ]


def _data(found: Collection, most: int) -> tuple[str, int]:
    """Differences as JSON that is safe inside a page, and how many; datasets share the room."""
    blocks, room = [], most
    for place, one in enumerate(found.comparisons):
        taken = min(len(one.cells), room // (len(found.comparisons) - place))
        room -= taken
        blocks.append({"name": one.name, **_block(one.cells, taken)})
    text = json.dumps({"kinds": KINDS, "datasets": blocks}, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"), most - room


def _block(cells: Cells, taken: int) -> dict[str, Any]:
    """Columns of the first differences of a dataset; variables and kinds by their places."""
    variables = list(dict.fromkeys(cells.variable[:taken].tolist()))
    numbers = {name: place for place, name in enumerate(variables)}
    units = cells.unit[:taken].tolist()
    return {
        "names": cells.names,
        "variables": variables,
        "keys": [column[:taken].tolist() for column in cells.keys],
        "base_row": cells.base_row[:taken].tolist(),
        "other_row": cells.other_row[:taken].tolist(),
        "variable": [numbers[name] for name in cells.variable[:taken].tolist()],
        "base": cells.base[:taken].tolist(),
        "other": cells.other[:taken].tolist(),
        "kind": [KINDS.index(kind) for kind in cells.kind[:taken].tolist()],
        "difference": [
            "" if value != value else f"{shown(value)} {unit}".rstrip()
            for value, unit in zip(cells.difference[:taken].tolist(), units, strict=True)
        ],
    }
