"""The codelists of a define.xml: which list an item has, and which of its terms.

A published list shows the terms that the data hold and those the study added; a list of the study
shows all that it allows. A part of a list stands apart where a variable may hold no more (``Y``),
and where the values described at value level hold less than their variable does.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from controlled_terms.codelists import Codelist, Term
from define_xml.description import CodeList, Comment, ListedTerm
from define_xml.facts import Values, printed
from mappings.model import DatasetSpec, Study
from mappings.terms import codelist_of, spec_of

DICTIONARIES: Mapping[str, str] = {
    "MedDRA": "MedDRA",
    "WHODRUG": "WHODD",
    "WHO Drug": "WHODD",
    "LOINC": "LOINC",
    "ISO 21090 NullFlavor": "ISO 21090",
}
# Not codes of something else: the names that decode the codes of another list.
_NAMES = re.compile(r"(Name|Parameters)$")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LETTERS = 2
_LONGEST_OID = 40


@dataclass(frozen=True)
class Wanted:
    """The list an item refers to: ``values`` are those it holds.

    ``key`` names the list within the file. ``part`` names the value-level item that wants no more
    than its own values. ``codes`` says that another published list names what the terms stand for.
    Without ``codelist`` and ``dictionary`` the values themselves are the list, named by ``label``.
    """

    key: str
    data_type: str
    values: tuple[str, ...]
    part: str = ""
    label: str = ""
    dictionary: str = ""
    version: str = ""
    codes: bool = False
    codelist: Codelist | None = field(default=None, compare=False, repr=False)


def wanted_list(
    study: Study, dataset: DatasetSpec, name: str, data_type: str, values: Values
) -> Wanted | None:
    """The list of a variable with the given values; None where it has none."""
    plain = "integer" if data_type == "integer" else "float" if data_type == "float" else "text"
    found = codelist_of(study, dataset, name)
    standard = dataset.standard_variable(name)
    own = spec_of(dataset, name)
    if found is not None:
        texts = printed(values)
        if _numbers_beside(found, texts):
            return None
        key = _key(study, dataset, found, own.codelist if own is not None else "", name)
        codes = found.published and study.terminology.paired(found.code) is not None
        wanted = Wanted(key, plain, tuple(texts), codes=codes, codelist=found)
        return _limited(wanted, standard_values(dataset, name))
    dictionary = DICTIONARIES.get(standard.value_domain if standard else "", "")
    dictionary = "ISO 3166" if name == "COUNTRY" else dictionary
    if dictionary:
        version = study.standards.get(dictionary, "")
        return Wanted(slug(dictionary).upper(), plain, (), dictionary=dictionary, version=version)
    fixed = standard_values(dataset, name)
    listed = study.terminology.get("DOMAIN" if name in {"DOMAIN", "RDOMAIN"} else "NY")
    if listed is None or not fixed or not all(map(listed.submitted, fixed)):
        return None
    texts = printed(values)
    if not all(map(listed.submitted, texts)):
        return None
    return _limited(Wanted(listed.name, plain, tuple(texts), codelist=listed), fixed)


def _numbers_beside(found: Codelist, values: Sequence[str]) -> bool:
    """Whether results hold numbers beside the words that a published list is for."""
    if not found.published or not found.extensible:
        return False
    other = [value.lstrip("<>=") for value in values if not found.submitted(value)]
    return any(_NUMBER.fullmatch(value) for value in other)


def standard_values(dataset: DatasetSpec, name: str) -> tuple[str, ...]:
    """The few values that the standard lets a variable have, where it names them."""
    standard = dataset.standard_variable(name)
    return standard.value_list if standard else ()


def _limited(wanted: Wanted, fixed: Sequence[str]) -> Wanted:
    """The part of a published list that a variable may have by the standard."""
    listed = wanted.codelist
    if not fixed or listed is None or not listed.published or not all(map(listed.submitted, fixed)):
        return wanted
    values = tuple(dict.fromkeys([*fixed, *wanted.values]))
    return replace(wanted, key=f"{wanted.key}.{'-'.join(map(slug, fixed))}", values=values)


def _key(study: Study, dataset: DatasetSpec, found: Codelist, said: str, name: str) -> str:
    """A list of the dataset's file is its own; lists of the study and published ones are shared."""
    own = dataset.codelists.get(said or name)
    own = None if study.codelists.get(found.name) is own else own
    if found.published and not found.code:
        return f"{dataset.name}.{name}"  # several published lists in one
    return f"{dataset.name}.{slug(found.name)}" if own is found else slug(found.name)


def slug(text: str) -> str:
    """A text as a part of an OID."""
    return re.sub(r"[^A-Za-z0-9-]+", "_", text.replace("%", "PCT")).strip("_") or "_"


def code_lists(
    wanted: Iterable[Wanted], standards: Mapping[str, str]
) -> tuple[dict[Wanted, str], tuple[CodeList, ...], tuple[Comment, ...]]:
    """The OID of each list that is wanted, the lists, and comments on those that need one.

    ``standards`` gives the OID of each set of published terminology. Parts with the same terms are
    one list, and no other than the whole if they have all of its terms. A list of which nothing is
    to be shown has no OID.
    """
    requests = tuple(dict.fromkeys(wanted))
    whole = [one for one in requests if not one.part]
    lists = _whole_lists(whole, standards)
    oids = {one: _oid(one) for one in whole}
    parts: dict[tuple[str, tuple[str, ...]], str] = {
        (oid, _values(made)): oid for oid, made in lists.items()
    }
    for request in (one for one in requests if one.part):
        made = _code_list(_oid(request), request, request.values, standards, part=True)
        if (made.oid, _values(made)) not in parts:
            ending = _ending(request, made, lists)
            parts[made.oid, _values(made)] = f"{made.oid}.{ending}"
            name = f"{made.name}, subset {ending}"
            lists[f"{made.oid}.{ending}"] = replace(made, oid=f"{made.oid}.{ending}", name=name)
        oids[request] = parts[made.oid, _values(made)]
    filled = _told_apart({oid: one for oid, one in lists.items() if one.terms or one.dictionary})
    oids = {request: oid for request, oid in oids.items() if oid in filled}
    comments = {one.oid: one for one in map(_comment, oids) if one is not None}
    return oids, tuple(filled.values()), tuple(comments.values())


def _told_apart(lists: Mapping[str, CodeList]) -> dict[str, CodeList]:
    """The lists by OID, each with a name of its own: where several share one, the key follows."""
    shared = Counter(one.name for one in lists.values())
    return {
        oid: replace(one, name=f"{one.name} ({oid.removeprefix('CL.')})")
        if shared[one.name] > 1
        else one
        for oid, one in lists.items()
    }


def _whole_lists(requests: Sequence[Wanted], standards: Mapping[str, str]) -> dict[str, CodeList]:
    """The lists of whole variables by OID, with what all of their variables hold."""
    together: dict[str, list[Wanted]] = {}
    for request in requests:
        together.setdefault(_oid(request), []).append(request)
    return {
        oid: _code_list(
            oid, same[0], [value for one in same for value in one.values], standards, part=False
        )
        for oid, same in together.items()
    }


def _values(made: CodeList) -> tuple[str, ...]:
    return tuple(term.value for term in made.terms)


def _ending(request: Wanted, made: CodeList, taken: Mapping[str, CodeList]) -> str:
    """What tells a part of a list from others: its terms where they are short, else its item."""
    ending = slug("-".join(_values(made)))
    ending = ending if len(ending) <= _LONGEST_OID else slug(request.part)
    ways = (ending if number == 1 else f"{ending}.{number}" for number in count(1))
    return next(way for way in ways if f"{made.oid}.{way}" not in taken)


def _oid(wanted: Wanted) -> str:
    """Identifier of a list; one of numbers is another than that of the same texts."""
    return f"CL.{wanted.key}" + ("" if wanted.data_type == "text" else ".N")


def _code_list(
    oid: str, wanted: Wanted, values: Iterable[str], standards: Mapping[str, str], *, part: bool
) -> CodeList:
    listed = wanted.codelist
    if wanted.dictionary:
        return CodeList(
            oid, wanted.dictionary, wanted.data_type,
            dictionary=wanted.dictionary, version=wanted.version,
        )  # fmt: skip
    if listed is None:
        terms = tuple(ListedTerm(value) for value in dict.fromkeys(values))
        return CodeList(oid, wanted.label, wanted.data_type, terms)
    comment = _comment(wanted)
    return CodeList(
        oid=oid,
        name=listed.label if listed.published else wanted.key.replace(".", " "),
        data_type=wanted.data_type,
        terms=_terms(wanted, listed, tuple(dict.fromkeys(values)), part=part),
        code=listed.code,
        standard=standards.get(listed.standard, "") if listed.published else "",
        comment=comment.oid if comment else "",
    )


def _terms(
    request: Wanted, listed: Codelist, used: Sequence[str], *, part: bool
) -> tuple[ListedTerm, ...]:
    """The terms to show in the order of the list; values it does not have stand last."""
    wanted = set(used)
    if not part:
        wanted |= _allowed(listed)
    known = [term for term in listed.terms if term.value in wanted]
    decoded = request.codes or _are_codes(listed, known)
    shown = [
        ListedTerm(
            term.value,
            (term.decode or term.value) if decoded else "",
            "" if term.extended else term.code,
            term.extended,
        )
        for term in known
    ]
    other = sorted(value for value in wanted if not listed.submitted(value))
    return (
        *shown,
        *(
            ListedTerm(value, value if decoded else "", extended=listed.published)
            for value in other
        ),
    )


def _are_codes(listed: Codelist, terms: Sequence[Term]) -> bool:
    """Whether terms stand for something else: by decodes of the study, or because they are letters.

    The preferred term of a published one is no decode: that of g/L is Kilogram per Cubic Meter.
    """
    if any(term.decode and term.decode != (term.preferred or term.value) for term in terms):
        return not listed.published or not _NAMES.search(listed.label)
    return listed.published and bool(terms) and all(len(term.value) <= _LETTERS for term in terms)


def _allowed(listed: Codelist) -> set[str]:
    """Terms the study allows: all of a list of its own, what it says of a published one."""
    if not listed.published:
        return {term.value for term in listed.terms}
    said = set() if listed.units else {value for _, value in listed.collected}
    return said | {term.value for term in listed.extensions}


def _comment(wanted: Wanted) -> Comment | None:
    """Why a list has terms of the study."""
    listed = wanted.codelist
    return Comment(f"COM.CL.{wanted.key}", listed.reason) if listed and listed.reason else None
