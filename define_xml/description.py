"""What a define.xml says, before it is XML: definitions that refer to each other by their OIDs."""

from dataclasses import dataclass
from datetime import datetime

from mappings.origins import VariableOrigin


@dataclass(frozen=True)
class Standard:
    """An implementation guide or a set of controlled terminology."""

    oid: str
    name: str
    type: str
    version: str
    publishing_set: str = ""


@dataclass(frozen=True)
class CheckedValues:
    """One condition of a where clause: an item compared with values."""

    item: str
    comparator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class WhereClause:
    """Conditions that hold together."""

    oid: str
    checks: tuple[CheckedValues, ...]


@dataclass(frozen=True)
class ItemUse:
    """An item in a dataset or in a value list, at its place from 1."""

    item: str
    order: int
    mandatory: bool = False
    key: int = 0
    role: str = ""
    method: str = ""
    where: str = ""
    non_standard: bool = False
    no_data: bool = False


@dataclass(frozen=True)
class Item:
    """A variable, or the values of one where a where clause holds; those have no ``field_name``."""

    oid: str
    name: str
    data_type: str
    length: int | None = None
    digits: int | None = None
    field_name: str = ""
    format: str = ""
    label: str = ""
    codelist: str = ""
    value_list: str = ""
    comment: str = ""
    origins: tuple[VariableOrigin, ...] = ()


@dataclass(frozen=True)
class ValueList:
    """The items that describe a variable part by part."""

    oid: str
    uses: tuple[ItemUse, ...]


@dataclass(frozen=True)
class Group:
    """A dataset. ``parent_label`` is that of the domain whose qualifiers it holds."""

    oid: str
    name: str
    domain: str
    label: str
    structure: str
    class_name: str
    subclass: str
    purpose: str
    repeating: bool
    reference: bool
    standard: str
    comment: str
    parent_label: str
    uses: tuple[ItemUse, ...]

    @property
    def leaf(self) -> str:
        """Identifier of the file."""
        return f"LF.{self.name}"

    @property
    def file(self) -> str:
        """Name of the transport file."""
        return f"{self.name.lower()}.xpt"


@dataclass(frozen=True)
class ListedTerm:
    """A term of a codelist; an extended one stands outside the published list."""

    value: str
    decode: str = ""
    code: str = ""
    extended: bool = False


@dataclass(frozen=True)
class CodeList:
    """A codelist, or the name of an external dictionary, which lists no terms."""

    oid: str
    name: str
    data_type: str
    terms: tuple[ListedTerm, ...] = ()
    code: str = ""
    standard: str = ""
    dictionary: str = ""
    version: str = ""
    comment: str = ""

    @property
    def decoded(self) -> bool:
        """Whether the terms stand with what they mean."""
        return any(term.decode for term in self.terms)


@dataclass(frozen=True)
class Method:
    """How values are made."""

    oid: str
    name: str
    text: str


@dataclass(frozen=True)
class Comment:
    """A remark on a dataset, an item or a codelist."""

    oid: str
    text: str


@dataclass(frozen=True)
class Define:
    """A whole define.xml of one standard."""

    study: str
    description: str
    protocol: str
    standard: str
    created: datetime
    version: str
    standards: tuple[Standard, ...]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]
    value_lists: tuple[ValueList, ...]
    where_clauses: tuple[WhereClause, ...]
    codelists: tuple[CodeList, ...]
    methods: tuple[Method, ...]
    comments: tuple[Comment, ...]

    @property
    def annotated_crf(self) -> bool:
        """Whether an origin names pages of the case report form."""
        return any(origin.pages for item in self.items for origin in item.origins)
