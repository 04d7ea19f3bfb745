"""What a study says, after loading: frozen, with the mark of everything that can be wrong.

A body is always a call: a plain reference is the call of ``copy``. Names stay as written; ``reach``
says what a name means where it stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from controlled_terms.codelists import Codelist, Terminology
from mappings.expressions import Expression, Name
from mappings.operations import Operation, Parameter, Registry, StudyTable
from mappings.problems import Mark
from mappings.raw_form import RawForm, SubjectRules
from mappings.standard import Standard, StandardVariable

Section = Literal["variables", "supp", "working", "set", "identifiers"]


@dataclass(frozen=True)
class NameArgument:
    """A name whose value on this record is wanted."""

    name: Name
    mark: Mark


@dataclass(frozen=True)
class LiteralArgument:
    """A value that stands in the file; ``None`` is missing."""

    value: Any
    mark: Mark


@dataclass(frozen=True)
class ExpressionArgument:
    """A condition or an expression."""

    expression: Expression
    mark: Mark


@dataclass(frozen=True)
class ThroughArgument:
    """Values of other records, and which of them."""

    of: Name
    among: ExpressionArgument | None
    mark: Mark


@dataclass(frozen=True)
class SortArgument:
    """One column of an order."""

    name: Name
    descending: bool
    mark: Mark


@dataclass(frozen=True)
class TemplateArgument:
    """Text with names in braces: ``texts`` has one part more than ``names``."""

    texts: tuple[str, ...]
    names: tuple[NameArgument, ...]
    mark: Mark


@dataclass(frozen=True)
class ItemArgument:
    """One item of a list of described things: its fields by name."""

    fields: Mapping[str, "Argument"]
    mark: Mark


@dataclass(frozen=True)
class ListArgument:
    """Several arguments of one parameter."""

    items: tuple["Argument", ...]
    mark: Mark


Argument = (
    NameArgument
    | LiteralArgument
    | ExpressionArgument
    | ThroughArgument
    | SortArgument
    | TemplateArgument
    | ItemArgument
    | ListArgument
)


@dataclass(frozen=True)
class Body:
    """One operation with its arguments and the words that hold for any body."""

    operation: Operation
    arguments: Mapping[str, Argument]
    mark: Mark
    where: ExpressionArgument | None = None
    over: tuple[str, ...] = ()
    anywhere: bool = False
    is_reference: bool = False

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What has been worked out from the body before, by what worked it out."""
        return {}

    def parameters(self) -> Iterator[tuple[Parameter, Argument]]:
        """The parameters that were written or have a default, with their arguments."""
        for name, argument in self.arguments.items():
            yield self.operation.parameters[name], argument


@dataclass(frozen=True)
class VariableSpec:
    """One name of a dataset: how it is filled and what is said about it.

    ``body`` is missing for ``from records``. Empty attributes are taken from the standard.
    """

    name: str
    section: Section
    body: Body | None
    mark: Mark
    label: str = ""
    type: str = ""
    length: int | None = None
    format: str = ""
    codelist: str = ""
    origin: str = ""
    role: str = ""
    core: str = ""
    comment: str = ""
    method: str = ""
    overflow: str = ""
    evaluator: str = ""
    place_after: str = ""


@dataclass(frozen=True)
class TransposeCell:
    """A cell of ``transpose:``: a literal, or a column of the source; neither where it is empty."""

    mark: Mark
    literal: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Transpose:
    """Columns to records: for each row the cells of the names in ``into``."""

    into: tuple[str, ...]
    rows: tuple[tuple[TransposeCell, ...], ...]
    mark: Mark

    def cells(self, name: str) -> tuple[TransposeCell, ...]:
        """The cells of a name, row by row."""
        position = self.into.index(name)
        return tuple(row[position] for row in self.rows)

    def is_literal(self, name: str) -> bool:
        """Whether a name has a literal on every row."""
        return all(cell.literal is not None for cell in self.cells(name))


@dataclass(frozen=True)
class Keep:
    """Which record stays of those that share the subject and ``by``."""

    last: bool
    order: tuple[SortArgument, ...]
    by: tuple[NameArgument, ...]
    mark: Mark


@dataclass(frozen=True)
class Block:
    """One block of ``records:``."""

    name: str
    position: int
    call: Body
    mark: Mark
    source: str = ""
    transpose: Transpose | None = None
    for_each: StudyTable | None = None
    where: ExpressionArgument | None = None
    one_per: tuple[NameArgument, ...] | None = None
    keep: Keep | None = None
    set: Mapping[str, VariableSpec] = field(default_factory=dict)

    @cached_property
    def made(self) -> Mapping[str, str]:
        """Names that its record operation or ``transpose:`` fills, with their kinds."""
        made: dict[str, str] = dict(self.call.operation.makes)
        carried = self.call.arguments.get("carry")
        if isinstance(carried, ItemArgument):
            made.update(dict.fromkeys(carried.fields, "text"))
        if self.transpose:
            made.update(dict.fromkeys(self.transpose.into, "text"))
        return made


@dataclass(frozen=True)
class ValueLevel:
    """Variables described per combination of others."""

    by: tuple[str, ...]
    variables: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True)
class Check:
    """A condition that the finished records must meet."""

    must: ExpressionArgument
    where: ExpressionArgument | None
    severity: str
    message: str
    mark: Mark


@dataclass(frozen=True)
class DatasetSpec:
    """One dataset as its file and the standard say it.

    ``files`` are those it is written in: its own, what it extends, its tables and codelists.
    """

    name: str
    label: str
    structure: str
    class_name: str
    standard: Literal["SDTM", "ADaM"]
    keys: tuple[str, ...]
    blocks: tuple[Block, ...]
    variables: Mapping[str, VariableSpec]
    supp: Mapping[str, VariableSpec]
    working: Mapping[str, VariableSpec]
    identifiers: Mapping[str, VariableSpec]
    tables: Mapping[str, StudyTable]
    codelists: Mapping[str, Codelist]
    value_level: tuple[ValueLevel, ...]
    checks: tuple[Check, ...]
    comment: str
    guide: Standard | None
    guide_key: str
    mark: Mark
    files: tuple[Path, ...] = ()

    def standard_variable(self, name: str) -> StandardVariable | None:
        """What the guide, or for SDTM the model behind it, says of a variable of this dataset."""
        if name not in self._known:
            self._known[name] = self._standard_variable(name)
        return self._known[name]

    @cached_property
    def _known(self) -> dict[str, StandardVariable | None]:
        return {}

    def _standard_variable(self, name: str) -> StandardVariable | None:
        if self.guide is None:
            return None
        found = self.guide.variable(self.guide_key, name)
        if found is None and self.standard == "SDTM":
            found = self.guide.model_variable(self.guide_key, name, self.class_name)
        return found

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What has been worked out from the specification before, by what worked it out."""
        return {}

    @property
    def trial_design(self) -> bool:
        """Whether the dataset has no subject and sees the whole study."""
        return self.class_name.upper() == "TRIAL DESIGN"

    def body_of(self, block: Block, name: str) -> VariableSpec | None:
        """The specification that fills a name on records of a block, by language section 1.6.

        None where the record operation fills it or nothing does.
        """
        if name in block.set:
            return block.set[name]
        if name in made_names(block):
            return None
        for section in (self.variables, self.supp, self.working):
            if name in section and section[name].body is not None:
                return section[name]
        return self.identifiers.get(name)


def made_names(block: Block) -> Mapping[str, str]:
    """Names the record operation or ``transpose:`` of a block fills, with their kinds."""
    return block.made


@dataclass(frozen=True)
class Study:
    """A whole study, ready to be linted and built."""

    id: str
    name: str
    protocol: str
    folder: Path
    standards: Mapping[str, str]
    settings: Mapping[str, Any]
    raw: Mapping[str, RawForm]
    subjects: SubjectRules
    tables: Mapping[str, StudyTable]
    codelists: Mapping[str, Codelist]
    datasets: Mapping[str, DatasetSpec]
    operations: Registry
    terminology: Terminology
    files: tuple[Path, ...]
    mark: Mark
    results: str = ""

    def table(self, dataset: DatasetSpec, name: str) -> StudyTable | None:
        """A table by the name a dataset uses for it."""
        return dataset.tables.get(name) or self.tables.get(name)

    def codelist(self, dataset: DatasetSpec, name: str) -> Codelist | None:
        """A codelist by the name a dataset uses for it: its own, the study's, the published."""
        own = dataset.codelists.get(name) or self.codelists.get(name)
        return own or self.terminology.get(name)
