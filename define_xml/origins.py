"""The origins of an item over the blocks that make its records (language section 1.12)."""

from collections.abc import Iterable
from dataclasses import replace

from define_xml.places import Place
from mappings.model import Study
from mappings.origins import VariableOrigin, origin_on, pieces

NOT_AVAILABLE = VariableOrigin("Not Available")
PROTOCOL = VariableOrigin("Protocol", "Sponsor")
ASSIGNED = VariableOrigin("Assigned", "Sponsor")


def item_origins(places: Iterable[Place], name: str) -> tuple[VariableOrigin, ...]:
    """The different origins of a name, pages of one kind together; none where nothing fills it."""
    pages: dict[VariableOrigin, dict[str, None]] = {}
    for place, block in ((one, block) for one in places for block in pieces(one.block, one.rows)):
        found = origin_on(place.study, place.dataset, block, name)
        if found is not None:
            kind = replace(found, pages=(), predecessor=_submitted(place.study, found.predecessor))
            pages.setdefault(kind, {}).update(dict.fromkeys(found.pages))
    return tuple(replace(kind, pages=_ordered(found)) for kind, found in pages.items())


def _submitted(study: Study, predecessor: str) -> str:
    """A predecessor where it stands in the submission: a qualifier in its SUPP-- dataset."""
    source, _, name = predecessor.partition(".")
    known = study.datasets.get(source)
    return f"SUPP{predecessor}" if known is not None and name in known.supp else predecessor


def _ordered(pages: Iterable[str]) -> tuple[str, ...]:
    """Pages in order, numbers by their size."""
    single = {page for text in pages for page in text.replace(",", " ").split()}
    return tuple(sorted(single, key=lambda page: (not page.isdigit(), page.zfill(6), page)))
