"""How messages name a codelist, and what they offer where a text is none of its terms."""

import json
import re
from collections.abc import Sequence

from controlled_terms.codelists import Codelist
from mappings.problems import nearest

# For so many texts that are no terms of a list a way out is worked out; more are another mistake.
MOST = 20


def named(codelist: Codelist) -> str:
    """A codelist as messages name it."""
    return f"{codelist.name} ({codelist.code})" if codelist.code else codelist.name


def row_to_add(codelist: Codelist, text: str) -> str:
    """What to write in a codelist so that a collected text means one of its terms.

    The term is the nearest one, else dots in its place.
    """
    found = codelist.recode(text)
    values = [term.value for term in found.candidates] or codelist.values
    near = _near(text, values) or (values[0] if found.candidates else "…")
    row = json.dumps([text, near], ensure_ascii=False)
    if not codelist.published or codelist.collected or codelist.extensions:
        return f"add the row {row} to codelist {codelist.name}, of columns collected, value"
    entry = f"{{base: {codelist.name}, columns: [collected, value], rows: [{row}]}}"
    return f"under codelists: write {codelist.name}: {entry}"


def _near(text: str, values: Sequence[str]) -> str:
    """The nearest of the terms; of those that are words of the text the longest."""
    words = " ".join(["", *re.findall(r"\w+", text.upper()), ""])
    inside = [value for value in values if f" {value.upper()} " in words]
    return nearest(text, values) or max(inside, key=len, default="")


def decode_to_add(codelist: Codelist, value: str) -> str:
    """What to write so that a submission value has a decode."""
    row = f"[{json.dumps(value, ensure_ascii=False)}, …]"
    if not codelist.published or codelist.collected or codelist.extensions:
        return f"add the row {row} to codelist {codelist.name}, of columns value, decode"
    entry = f"{{base: {codelist.name}, columns: [value, decode], rows: [{row}]}}"
    return f"under codelists: write {codelist.name}: {entry}"


def term_or_row(codelist: Codelist, text: str) -> str:
    """What to do where a submitted value is no term: recode it, after adding a row if need be."""
    meant = codelist.recode(text).value
    return f"recode makes it {meant}" if meant else f"recode it, and {row_to_add(codelist, text)}"
