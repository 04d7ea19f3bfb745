"""The kind of every name, known before any data is read.

Text from a form is text until an operation makes something else of it; the result of an operation
has the kind its signature promises, ``same`` that of its first argument that has one.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from mappings.columns import Kind, is_text
from mappings.expression_kinds import kind_of
from mappings.expressions import ExpressionError, Name
from mappings.model import (
    Argument,
    Block,
    Body,
    DatasetSpec,
    ExpressionArgument,
    ItemArgument,
    ListArgument,
    LiteralArgument,
    NameArgument,
    Study,
    ThroughArgument,
    made_names,
)
from mappings.reach import (
    Cell,
    Each,
    Identity,
    Own,
    Setting,
    Subject,
    There,
    resolve,
    sequence_name,
)

AnyKind = str  # a Kind, "list" for a list cell, or "" where nothing says


class Kinds:
    """Kinds of names by dataset and block; needs a study whose graph has no cycle."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._known: dict[tuple[str, str, str], AnyKind] = {}

    def of(self, dataset: DatasetSpec, block: Block, name: str) -> AnyKind:
        """Kind of a name on the records of a block; what the standard says where no body says."""
        key = (dataset.name, block.name, name)
        if key not in self._known:
            # Set before it is worked out: a name that stands in its own definition has no kind.
            self._known[key] = ""
            self._known[key] = self._work_out(dataset, block, name)
        return self._known[key]

    def _work_out(self, dataset: DatasetSpec, block: Block, name: str) -> AnyKind:
        spec = dataset.body_of(block, name)
        if spec is not None and spec.body is not None:
            found = self.of_body(dataset, block, spec.body)
            if found:
                return found
            return self._stated(dataset, name) or "text"
        if name in made_names(block):
            return made_names(block)[name]
        if name == block.call.operation.base_name:
            return self._base_kind(dataset, block)
        if name == sequence_name(dataset):
            return "number"
        others = [
            self.of(dataset, other, name)
            for other in dataset.blocks
            if other is not block
            and (dataset.body_of(other, name) is not None or name in made_names(other))
        ]
        return next(filter(None, others), "") or self._stated(dataset, name) or "text"

    def _base_kind(self, dataset: DatasetSpec, block: Block) -> AnyKind:
        argument = block.call.arguments[block.call.operation.first.name]
        if isinstance(argument, NameArgument):
            return self.of_name(dataset, block, argument.name)
        return ""

    def _stated(self, dataset: DatasetSpec, name: str) -> AnyKind:
        """Kind that the file or the standard states for a variable."""
        for section in (dataset.variables, dataset.supp):
            if name in section and section[name].type:
                return {"integer": "number", "float": "number", "time": "number"}.get(
                    section[name].type, section[name].type
                )
        known = dataset.standard_variable(name)
        if known is None:
            return ""
        return "number" if known.kind == "time" else known.kind

    def of_name(self, dataset: DatasetSpec, block: Block, name: Name, through: str = "") -> AnyKind:
        """Kind of what a name means on the records of a block; empty where it means nothing."""
        target = resolve(self._study, dataset, block, name, through)
        if isinstance(target, Own):
            return self.of(dataset, block, target.name)
        if isinstance(target, Subject):
            return self.of_whole(target.dataset, target.name)
        if isinstance(target, There | Cell):
            return self._of_column(dataset, target.source, target.column)
        if isinstance(target, Each) and block.for_each is not None:
            return column_kind(block.for_each.frame[target.column])
        if isinstance(target, Setting):
            value = self._study.settings[target.name]
            return "number" if isinstance(value, int | float) else "text"
        if isinstance(target, Identity):
            built = block.source in self._study.datasets
            return self.of_whole(block.source, target.column) if built else "text"
        return ""

    def of_whole(self, dataset: str, name: str) -> AnyKind:
        """Kind of a name over all blocks of a dataset."""
        spec = self._study.datasets[dataset]
        return next(filter(None, (self.of(spec, block, name) for block in spec.blocks)), "")

    def _of_column(self, dataset: DatasetSpec, source: str, column: str) -> AnyKind:
        if column == "row":
            return "number"
        if source in self._study.datasets:
            return self.of_whole(source, column)
        table = self._study.table(dataset, source)
        if table is not None and column in table.frame.columns:
            return column_kind(table.frame[column])
        return "text"

    def of_body(self, dataset: DatasetSpec, block: Block, body: Body) -> AnyKind:
        """Kind of what a body gives."""
        if body.operation.result != "same":
            return body.operation.result
        given = self._given(dataset, body)
        if given:
            return given
        found = (
            self._of_argument(dataset, block, argument) for argument in body.arguments.values()
        )
        return next(filter(None, found), "")

    def _given(self, dataset: DatasetSpec, body: Body) -> AnyKind:
        """Kind of the table column that a look-up gives."""
        table, give = body.arguments.get("table"), body.arguments.get("give")
        if not isinstance(table, LiteralArgument) or not isinstance(give, LiteralArgument):
            return ""
        found = self._study.table(dataset, str(table.value))
        if found is None or give.value not in found.frame.columns:
            return ""
        return column_kind(found.frame[give.value])

    def _of_argument(self, dataset: DatasetSpec, block: Block, argument: Argument) -> AnyKind:
        if isinstance(argument, NameArgument):
            return self.of_name(dataset, block, argument.name)
        if isinstance(argument, ThroughArgument):
            return self.of_name(dataset, block, argument.of, argument.of.prefix)
        if isinstance(argument, LiteralArgument):
            return literal_kind(argument.value)
        if isinstance(argument, ExpressionArgument):
            return self.of_expression(dataset, block, argument)
        if isinstance(argument, ListArgument):
            return self._first(dataset, block, argument.items)
        if isinstance(argument, ItemArgument):
            values = [argument.fields[name] for name in ("value",) if name in argument.fields]
            return self._first(dataset, block, values)
        return ""

    def _first(self, dataset: DatasetSpec, block: Block, arguments: Iterable[Argument]) -> AnyKind:
        found = (self._of_argument(dataset, block, argument) for argument in arguments)
        return next(filter(None, found), "")

    def of_expression(
        self, dataset: DatasetSpec, block: Block, argument: ExpressionArgument, through: str = ""
    ) -> AnyKind:
        """Kind of an expression; empty for a condition or where kinds do not go together."""

        def kind(name: Name) -> Any:
            return self.of_name(dataset, block, name, through) or None

        try:
            found = kind_of(argument.expression, kind)
        except ExpressionError:
            return ""
        return "" if found is None or found == "condition" else found


def literal_kind(value: Any) -> AnyKind:
    """Kind of a literal; a missing one has none."""
    if value is None:
        return ""
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else "text"


def column_kind(column: pd.Series) -> AnyKind:
    """Kind of a table's column; a column of lists is ``list``."""
    if column.dtype == object and any(isinstance(cell, tuple) for cell in column):
        return "list"
    kind: Kind = "text" if is_text(column) else "number"
    return kind
