"""Codelists: what may stand in a dataset, what a collected text means, how a value is decoded.

A synonym says what a collected text means; it is never allowed in a dataset.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Literal

from controlled_terms.tables import ListRow, TermRow, read_release
from controlled_terms.unit_texts import DATA, UNIT_LISTS, spelled, unit_texts

Status = Literal[
    "exact", "collected", "synonym", "folded", "preferred", "spelling", "ambiguous", "unknown"
]

RELEASES = ("sdtm_ct.csv.gz", "adam_ct.csv.gz", "define_ct.csv.gz")

# How the list of names is called whose terms decode a list of codes.
_PAIRS = (
    ("Test Code", "Test Name"),
    ("Parameter Code", "Parameter Name"),
    ("Parameters Code", "Parameters Name"),
    ("Parameters Code", "Parameters"),
)

# Micro and mu, the dashes, the single quotes, and the two inequality signs.
_PLAIN = str.maketrans(
    {"\u00b5": "u", "\u03bc": "u", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-",
     "\u2018": "'", "\u2019": "'", "\u2265": ">=", "\u2264": "<="}
)  # fmt: skip


def cleaned(text: str) -> str:
    """Text trimmed, runs of white space as one blank, signs that ASCII lacks written in ASCII."""
    return " ".join(text.translate(_PLAIN).split())


@dataclass(frozen=True)
class Term:
    """One term of a codelist. ``extended``: the published list does not have it; it has no code."""

    value: str
    code: str = ""
    preferred: str = ""
    synonyms: tuple[str, ...] = ()
    decode: str = ""
    extended: bool = False


@dataclass(frozen=True)
class Recoded:
    """What a collected text means and by which way it was found.

    ``term`` is None where the status is ``ambiguous`` (``candidates`` are what it may mean) or
    ``unknown``.
    """

    text: str
    status: Status
    term: Term | None = None
    candidates: tuple[Term, ...] = ()

    @property
    def value(self) -> str:
        """Submission value, missing where the text has no one meaning."""
        return self.term.value if self.term else ""


@dataclass(frozen=True)
class Codelist:
    """A published codelist, one of the study, or one of the study on the base of a published one.

    ``name`` is the short name (``AESEV``), ``label`` the long one. ``published`` says that the list
    itself comes from a release; ``collected`` holds the study's texts with the value each means.
    ``units`` lists also know the spellings of ``unit_texts``.
    """

    name: str
    code: str = ""
    label: str = ""
    extensible: bool = False
    terms: tuple[Term, ...] = field(default=(), repr=False)
    published: bool = False
    release: str = ""
    standard: str = ""
    collected: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    reason: str = ""
    units: bool = False

    @classmethod
    def of_study(
        cls,
        name: str,
        rows: Iterable[tuple[str, str, str]],
        base: "Codelist | None" = None,
        reason: str = "",
    ) -> "Codelist":
        """Codelist of rows ``(collected, value, decode)``; a cell not used is ``""``.

        With a base its terms stay and a value it does not have is an extension, closed list or not:
        see ``extensions``. A decode that is written wins over the published one. Without a base the
        list is closed. ValueError for a row without a value.
        """
        terms = {term.value: term for term in base.terms} if base else {}
        texts = dict(base.collected) if base else {}
        own: list[tuple[str, str]] = []
        for collected, value, decode in rows:
            if not value:
                raise ValueError(f"codelist {name}: a row without a value")
            known = terms.get(value, Term(value, extended=base is not None))
            terms[value] = replace(known, decode=decode or known.decode)
            if collected:
                texts.pop(cleaned(collected), None)
                own.append((cleaned(collected), value))
        common = base or cls(name)
        return replace(
            common,
            name=name,
            label=common.label or name,
            terms=tuple(terms.values()),
            collected=(*texts.items(), *dict.fromkeys(own)),
            reason=reason,
        )

    @classmethod
    def union(cls, name: str, lists: Sequence["Codelist"]) -> "Codelist":
        """One list of the terms of several, for a variable that the standard gives several lists.

        The first list that has a value gives its term; one extensible list makes the union so.
        """
        terms: dict[str, Term] = {}
        for term in (term for part in lists for term in part.terms):
            terms.setdefault(term.value, term)
        return cls(
            name,
            label=" or ".join(part.label for part in lists),
            extensible=any(part.extensible for part in lists),
            terms=tuple(terms.values()),
            published=all(part.published for part in lists),
            release=lists[0].release,
            standard=lists[0].standard,
            collected=tuple(pair for part in lists for pair in part.collected),
            units=any(part.units for part in lists),
        )

    @property
    def values(self) -> tuple[str, ...]:
        """Submission values in the order of the list."""
        return tuple(self._terms)

    @property
    def extensions(self) -> tuple[Term, ...]:
        """Terms the study added to a published list."""
        return tuple(term for term in self.terms if term.extended)

    def submitted(self, value: str) -> bool:
        """Whether a dataset may hold the value: it is a submission value, letter by letter."""
        return value in self._terms

    def term(self, value: str) -> Term | None:
        """Term of a submission value."""
        return self._terms.get(value)

    def decode(self, value: str) -> str:
        """What a submission value stands for; missing where the list cannot say.

        Of a list of test codes it is the name that the paired list has under the same C-code, of
        others the decode of the study or the preferred term.
        """
        term = self._terms.get(value)
        return term.decode if term else ""

    def recode(self, collected: str) -> Recoded:
        """What a collected text means; ways are tried in order and the first that finds decides.

        The text as the study lists it, a submission value, the study's texts in any case, a
        synonym in its own case, then a submission value, a synonym and a preferred term in any
        case. A synonym in its own case comes before a value in another: ``G/L`` is giga, not gram,
        per litre.
        """
        text = cleaned(collected)
        for status, in_any_case, known in self._ways:
            found = known.get(text.casefold() if in_any_case else text, ())
            if len(found) == 1:
                return Recoded(collected, status, found[0])
            if found:
                return Recoded(collected, "ambiguous", candidates=found)
        if self.units and (unit := spelled(text)) != text:
            other = self.recode(unit)
            if other.term:
                return replace(other, text=collected, status="spelling")
        return Recoded(collected, "unknown")

    def recode_all(self, texts: Iterable[str]) -> dict[str, Recoded]:
        """What each distinct text means."""
        return {text: self.recode(text) for text in dict.fromkeys(texts)}

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        return {term.value: term for term in self.terms}

    @cached_property
    def _ways(self) -> Sequence[tuple[Status, bool, Mapping[str, tuple[Term, ...]]]]:
        values = [(term.value, term) for term in self.terms]
        own = [(text, self._terms[value]) for text, value in self.collected]
        synonyms = [(text, term) for term in self.terms for text in term.synonyms]
        preferred = [(term.preferred, term) for term in self.terms]
        return (
            ("collected", False, _index(own)),
            ("exact", False, _index(values)),
            ("collected", True, _index(own, fold=True)),
            ("synonym", False, _index(synonyms)),
            ("folded", True, _index(values, fold=True)),
            ("synonym", True, _index(synonyms, fold=True)),
            ("preferred", True, _index(preferred, fold=True)),
        )


def _index(
    pairs: Iterable[tuple[str, Term]], *, fold: bool = False
) -> Mapping[str, tuple[Term, ...]]:
    """Terms by text, each once."""
    found: dict[str, dict[str, Term]] = {}
    for text, term in pairs:
        if text:
            key = text.casefold() if fold else text
            found.setdefault(key, {})[term.value] = term
    return {text: tuple(terms.values()) for text, terms in found.items()}


@dataclass(frozen=True)
class Terminology:
    """Published codelists of one release of each set, cut apart when they are asked for.

    ``releases`` gives the date of each publishing set as Define-XML spells it: ``SDTM``, ``ADaM``,
    ``DEFINE-XML``. Where two sets hold the same list, the earlier in that order gives it.
    """

    releases: Mapping[str, str]
    _packed: Mapping[str, tuple[str, ListRow]] = field(repr=False)
    _codes: Mapping[str, str] = field(repr=False)
    _made: dict[str, Codelist] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    @lru_cache(maxsize=1)
    def shipped() -> "Terminology":
        """The releases this version carries."""
        return Terminology.of_files([(DATA / name).read_bytes() for name in RELEASES])

    @classmethod
    def of_files(cls, contents: Iterable[bytes]) -> "Terminology":
        """Terminology of releases in the compact form, the most important first."""
        releases: dict[str, str] = {}
        packed: dict[str, tuple[str, ListRow]] = {}
        codes: dict[str, str] = {}
        for release in map(read_release, contents):
            releases[release.standard] = release.date
            for row in release.lists:
                packed.setdefault(row.code, (release.standard, row))
                codes.setdefault(row.name, row.code)
        return cls(releases, packed, codes)

    @property
    def names(self) -> tuple[str, ...]:
        """Short names of all codelists."""
        return tuple(self._codes)

    def get(self, name: str) -> Codelist | None:
        """Codelist of a short name (``AESEV``) or C-code (``C66769``)."""
        code = self._codes.get(name, name)
        if code not in self._made and code in self._packed:
            self._made[code] = self._cut(code)
        return self._made.get(code)

    def joined(self, name: str, codes: Sequence[str]) -> Codelist | None:
        """One codelist of several names or codes; those that no release has are passed over."""
        lists = [found for found in map(self.get, codes) if found]
        if len(lists) > 1:
            return Codelist.union(name, lists)
        return lists[0] if lists else None

    def find(self, name: str) -> tuple[str, ...]:
        """Short names near to a name that is not there, the nearest first."""
        known = {short.casefold(): short for short in self._codes}
        known |= {row.label.casefold(): row.name for _, row in self._packed.values()}
        near = get_close_matches(name.casefold(), known, n=5, cutoff=0.6)
        return tuple(dict.fromkeys(known[match] for match in near))

    def paired(self, name: str) -> Codelist | None:
        """Codelist of names that decode a list of codes: ``LBTEST`` of ``LBTESTCD``."""
        row = self._row(name)
        code = self._pairs.get(row.code) if row else None
        return self.get(code) if code else None

    def _row(self, name: str) -> ListRow | None:
        found = self._packed.get(self._codes.get(name, name))
        return found[1] if found else None

    @cached_property
    def _pairs(self) -> Mapping[str, str]:
        """Codes of paired lists, found by their long names: no release says it otherwise."""
        labels = {row.label: code for code, (_, row) in self._packed.items()}
        return {
            code: labels[other]
            for label, code in labels.items()
            for ending, name_ending in _PAIRS
            if label.endswith(ending)
            and (other := label.removesuffix(ending) + name_ending) in labels
        }

    def _cut(self, code: str) -> Codelist:
        standard, row = self._packed[code]
        names = self._packed[self._pairs[code]][1].terms() if code in self._pairs else None
        decodes = None if names is None else {name.code: name.value for name in names}
        terms = tuple(_term(term, decodes) for term in row.terms())
        units = code in UNIT_LISTS
        return Codelist(
            name=row.name,
            code=code,
            label=row.label,
            extensible=row.extensible,
            terms=terms,
            published=True,
            release=self.releases[standard],
            standard=standard,
            collected=_texts(terms) if units else (),
            units=units,
        )


def _term(row: TermRow, decodes: Mapping[str, str] | None) -> Term:
    decode = row.preferred if decodes is None else decodes.get(row.code, "")
    return Term(row.value, row.code, row.preferred, row.synonyms, decode)


def _texts(terms: Iterable[Term]) -> tuple[tuple[str, str], ...]:
    values = {term.code: term.value for term in terms}
    return tuple((text, values[code]) for text, code in unit_texts() if code in values)
