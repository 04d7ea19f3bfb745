"""The variables that pair records, and where they come from."""

from collections.abc import Mapping
from pathlib import Path

from comparison.findings import ComparisonError, Keys
from comparison.options import KeySource, Options
from comparison.source import Source

_ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def chosen_keys(base: Source, other: Source, options: Options) -> tuple[Keys, list[str]]:
    """Keys of a pair of datasets: given, else by dataset, else those of a file, else none.

    Keys that are given must be variables of both sides, and all keys of one type there; of the
    others those that a side has not are left out with a note.
    """
    names, source = _stated(base, other, options)
    if not names:
        note = "records are paired in their order, because no keys are known"
        return Keys((), "record order"), [note]
    sides = {"base": base.natures, "other": other.natures}
    notes = []
    lacking = [name for name in names if any(name not in side for side in sides.values())]
    if lacking:
        where = next(word for word, side in sides.items() if lacking[0] not in side)
        if source == "given":
            raise ComparisonError(f"{base.about.name}: key {lacking[0]} is not in the {where}")
        notes.append(f"keys left out, because one side has them not: {', '.join(lacking)}")
        names = tuple(name for name in names if name not in lacking)
    for name in names:
        if (sides["base"][name] == "text") != (sides["other"][name] == "text"):
            raise ComparisonError(
                f"{base.about.name}: key {name} is text in one dataset and numeric in the other"
            )
    if not names:
        return Keys((), "record order"), [*notes, "records are paired in their order"]
    return Keys(names, source), notes


def _stated(base: Source, other: Source, options: Options) -> tuple[tuple[str, ...], KeySource]:
    """Keys in the spelling of the base."""
    spelled = {name.upper(): name for name in base.natures}
    name = base.about.name
    by_name = {dataset.upper(): keys for dataset, keys in options.keys_of.items()}
    found: tuple[str, ...]
    source: KeySource
    if options.keys:
        found, source = options.keys, "given"
    elif name.upper() in by_name:
        found, source = by_name[name.upper()], options.keys_from
    else:
        found, source = base.keys or other.keys, "Dataset-JSON"
    return tuple(dict.fromkeys(spelled.get(key.upper(), key) for key in found)), source


def keys_of_define(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Keys of each dataset of a define.xml, by KeySequence.

    Source: Define-XML 2.1, ItemRef. Entities and everything outside the file are left alone.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False,
    )  # fmt: skip
    try:
        tree = etree.parse(str(path), parser)
    except (etree.XMLSyntaxError, OSError) as wrong:
        raise ComparisonError(f"{path} is not a define.xml: {wrong}") from wrong
    if tree.docinfo.doctype:
        raise ComparisonError(f"{path} declares a document type, which no define.xml needs")
    names = {one.get("OID"): one.get("Name") for one in tree.iter(f"{_ODM}ItemDef")}
    made = {}
    for dataset in tree.iter(f"{_ODM}ItemGroupDef"):
        keyed = [
            (int(use.get("KeySequence")), names.get(use.get("ItemOID"), ""))
            for use in dataset.iterfind(f"{_ODM}ItemRef")
            if (use.get("KeySequence") or "").isdigit()
        ]
        if keyed:
            made[str(dataset.get("Name"))] = tuple(str(name) for _, name in sorted(keyed) if name)
    if not made:
        raise ComparisonError(f"{path} states no KeySequence")
    return made
