"""How messages name a codelist, and what they offer where a text is none of its terms."""

import json

from controlled_terms.codelists import Codelist
from mappings.problems import nearest


def named(codelist: Codelist) -> str:
    """A codelist as messages name it."""
    return f"{codelist.name} ({codelist.code})" if codelist.code else codelist.name


def row_to_add(codelist: Codelist, text: str) -> str:
    """What to write in a codelist so that a collected text means one of its terms.

    The term is the nearest one, else dots in its place.
    """
    found = codelist.recode(text)
    values = [term.value for term in found.candidates] or codelist.values
    near = nearest(text, values) or (values[0] if found.candidates else "…")
    row = json.dumps([text, near], ensure_ascii=False)
    if not codelist.published or codelist.collected or codelist.extensions:
        return f"add the row {row} to codelist {codelist.name}, of columns collected, value"
    entry = f"{{base: {codelist.name}, columns: [collected, value], rows: [{row}]}}"
    return f"under codelists: write {codelist.name}: {entry}"


def term_or_row(codelist: Codelist, text: str) -> str:
    """What to do where a submitted value is no term: recode it, after adding a row if need be."""
    meant = codelist.recode(text).value
    return f"recode makes it {meant}" if meant else f"recode it, and {row_to_add(codelist, text)}"
