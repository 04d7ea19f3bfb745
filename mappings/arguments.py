"""Arguments as an operation gets them: names become columns, conditions masks, items objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from controlled_terms.codelists import Codelist
from mappings.columns import nothing, numbers, texts
from mappings.expression_values import evaluate
from mappings.expressions import Expression, Name
from mappings.here import Here
from mappings.kinds import AnyKind, literal_kind
from mappings.looked import Looked, Rows, take
from mappings.looking import Pairs, Side, pair
from mappings.model import (
    Argument,
    Body,
    ExpressionArgument,
    ItemArgument,
    ListArgument,
    LiteralArgument,
    NameArgument,
    SortArgument,
    TemplateArgument,
    ThroughArgument,
    VariableSpec,
)
from mappings.operations import (
    Parameter,
    Role,
    SortKey,
    TemplateParts,
    VisitForm,
)
from mappings.part import FINAL, GROUPED, MADE, SOURCE, _column
from mappings.partial_dates import read_once
from mappings.problems import Problems
from mappings.reach import (
    sequence_name,
    through_prefixes,
)
from mappings.terms import codelist_of


@dataclass(frozen=True)
class Call:
    """One body about to be worked out: resolves each of its arguments."""

    here: Here
    body: Body
    variable: VariableSpec | None
    problems: Problems
    kind: AnyKind

    def keywords(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of the operation's function; what was not written keeps its default."""
        made = {
            parameter.name: self.resolved(parameter, argument)
            for parameter, argument in self.body.parameters()
        }
        for parameter in self.body.operation.parameters.values():
            if parameter.role is Role.PROBLEMS:
                made[parameter.name] = self.problems
            elif parameter.name in given and parameter.name not in made:
                made[parameter.name] = given[parameter.name]
        return made

    def resolved(self, parameter: Parameter, argument: Argument) -> Any:
        """One argument in the form its parameter promises."""
        if isinstance(argument, ListArgument) and (
            parameter.many or parameter.role in {Role.COLUMNS, Role.ORDER}
        ):
            found = [self._single(parameter, item) for item in argument.items]
            return tuple(found) if parameter.role is Role.ITEM else found
        return self._single(parameter, argument)

    def _single(self, parameter: Parameter, argument: Argument) -> Any:
        if isinstance(argument, ThroughArgument):
            return self._rows(argument) if parameter.role is Role.ROWS else self.look(argument)
        if isinstance(argument, NameArgument):
            column, _ = self.here.value(argument.name)
            if parameter.role is Role.EITHER:
                return self._as_looked(column, argument)
            return column
        if isinstance(argument, ExpressionArgument):
            if parameter.role is Role.CONDITION:
                return pd.Series(self.here.holds(argument))
            return evaluate(argument.expression, self.here.size, self.here.value)
        if isinstance(argument, SortArgument):
            return SortKey(self._sorting(argument), argument.descending)
        if isinstance(argument, TemplateArgument):
            columns = tuple(self.here.value(one.name)[0] for one in argument.names)
            return TemplateParts(argument.texts, columns)
        if isinstance(argument, ItemArgument):
            return self._item(parameter, argument)
        if isinstance(argument, LiteralArgument):
            return self._literal(parameter, argument)
        raise TypeError(f"{parameter.name}: {type(argument).__name__}")

    def _literal(self, parameter: Parameter, argument: LiteralArgument) -> Any:
        value = argument.value
        if parameter.role is Role.VALUE:
            return self._column_of(value)
        if parameter.role is Role.TABLE:
            return self.here.state.study.table(self.here.dataset, value)
        if parameter.role is Role.TERMS:
            return self._codelist(value)
        if parameter.role is Role.FORMS:
            return self._forms(value)
        return value

    def _column_of(self, value: Any) -> pd.Series:
        size = self.here.size
        if value is None:
            return nothing(_column(self.kind or "text"), size)
        return numbers(value, size) if literal_kind(value) == "number" else texts(str(value), size)

    def _codelist(self, name: str) -> Codelist | None:
        state, dataset = self.here.state, self.here.dataset
        if name in {"own", "argument"}:
            variable = self.variable.name if self.variable else ""
            first = next(iter(self.body.arguments.values()), None)
            if name == "argument" and isinstance(first, NameArgument) and not first.name.prefix:
                variable = first.name.name
            return codelist_of(state.study, dataset, variable)
        return state.study.codelist(dataset, name)

    def _item(self, parameter: Parameter, argument: ItemArgument) -> Any:
        if parameter.role is Role.MAP and parameter.inner is not None:
            return {
                name: self._single(parameter.inner, value)
                for name, value in argument.fields.items()
            }
        if parameter.item is None:
            raise TypeError(parameter.name)
        fields = {part.name: part for part in parameter.fields}
        return parameter.item(
            **{
                name: self.resolved(fields[name], value)
                for name, value in argument.fields.items()
                if name in fields
            }
        )

    def _as_looked(self, column: pd.Series, argument: NameArgument) -> Looked:
        """A column of this record as if it looked through itself."""
        positions = np.arange(len(column))
        return Looked(positions, positions, column, len(column), "", argument.name.name)

    def _rows(self, argument: ThroughArgument) -> Rows | None:
        here, source = self.here, argument.of.prefix
        study = here.state.study
        if source not in study.datasets and source not in study.raw:
            return None
        values = here.state.source_column(here.dataset, source, argument.of.name, here.above)
        subject = here.state.source_subject(here.dataset, source, here.above)
        return Rows(values, subject, here.subject)

    def _sorting(self, argument: SortArgument) -> pd.Series:
        """Column of an order: of the rows looked through where it names them."""
        name = argument.name
        if self.body.operation.scope == "aggregate" and name.prefix in through_prefixes(self.body):
            through = next(one for one in self._throughs() if one.of.prefix == name.prefix)
            pairs = self.pairs(through)
            return take(self._there_column(through, name.name), pairs.row)
        return self.here.value(name)[0]

    def _throughs(self) -> list[ThroughArgument]:
        found: list[ThroughArgument] = []
        waiting: list[Argument] = list(self.body.arguments.values())
        while waiting:
            argument = waiting.pop(0)
            if isinstance(argument, ThroughArgument):
                found.append(argument)
            elif isinstance(argument, ListArgument):
                waiting += argument.items
            elif isinstance(argument, ItemArgument):
                waiting += argument.fields.values()
        return found

    def _there_column(self, argument: ThroughArgument, column: str) -> pd.Series:
        here = self.here
        return here.state.source_column(
            here.dataset, argument.of.prefix, column, here.above, here.over
        )

    def look(self, argument: ThroughArgument) -> Looked:
        """The rows looked through, paired with the records here."""
        here, source = self.here, argument.of.prefix
        pairs = self.pairs(argument)
        column = self._there_column(argument, argument.of.name)
        if here.state.kinds.of_name(here.dataset, here.block, argument.of, source) == "iso":
            read_once(column)
        values = take(column, pairs.row)
        sequence = None
        # Records of the dataset itself are numbered when all of them are made.
        other = here.state.study.datasets.get(source) if source != here.dataset.name else None
        if other is not None and sequence_name(other) and self.body.operation.scope == "records":
            sequence = take(self._there_column(argument, sequence_name(other)), pairs.row)
        return Looked(
            pairs.record, pairs.row, values, here.size, source, argument.of.name, sequence
        )

    def pairs(self, argument: ThroughArgument) -> Pairs:
        """Which rows each record here looks through."""
        here, source = self.here, argument.of.prefix
        state = here.state
        subject = state.source_subject(here.dataset, source, here.above, here.over)
        kinds = state.kinds

        def there_value(name: Name) -> tuple[pd.Series, Any]:
            kind = kinds.of_name(here.dataset, here.block, name, source)
            return self._there_column(argument, name.name), kind

        there = Side(len(subject), subject, there_value)
        mine = Side(here.size, here.subject, here.value)
        subjects = source in state.study.datasets or source in state.study.raw
        if source in state.study.datasets and state.study.datasets[source].trial_design:
            subjects = False
        among = argument.among.expression if argument.among else None
        grouped = here.block.one_per is not None and here.phase >= GROUPED
        if grouped and source == here.block.source and not here.anywhere:
            return _in_groups(here, there, mine, source, among)
        return pair(
            mine, there, source, among, by_subject=subjects and not here.dataset.trial_design
        )

    def _forms(self, wanted: tuple[str, ...]) -> tuple[VisitForm, ...]:
        """The raw forms that declare a visit and dates, with the columns asked of them."""
        study, raw = self.here.state.study, self.here.state.part.raw
        carried = self.body.arguments.get("carry")
        asked = [
            str(value.value)
            for value in (carried.fields.values() if isinstance(carried, ItemArgument) else ())
            if isinstance(value, LiteralArgument)
        ]
        found = []
        for name, form in study.raw.items():
            named = name in wanted or wanted == ("all",)
            if not named or not form.date or not form.visit:
                continue
            held = raw[name]
            size = len(held.frame)

            def column(text: str | None, held: Any = held, size: int = size) -> pd.Series:
                return held.frame[text] if text in held.frame else nothing("text", size)

            columns = [one.partition(".")[2] for one in asked if one.partition(".")[0] == name]
            found.append(
                VisitForm(
                    name, form.order, held.subject, column(form.visit),
                    tuple(column(one) for one in form.date),
                    {one: column(one) for one in columns}, form.pivot,
                )
            )  # fmt: skip
        return tuple(found)


def _in_groups(here: Here, there: Side, mine: Side, source: str, among: Expression | None) -> Pairs:
    """Pairs of the groups here with the rows of the block's source that are in them."""
    held = here.state.block(here.dataset, here.block)
    if held.member is None or held.source_row is None:
        raise ValueError(f"{here.block.name}: a group is looked through before it is made")
    rows = held.lift(held.source_row, SOURCE, MADE)
    groups = held.member
    if here.phase == FINAL:
        kept = np.full(held.size(GROUPED), -1, dtype=np.int64)
        kept[held.select[FINAL]] = np.arange(held.size(FINAL))
        groups = np.where(groups >= 0, kept[groups], -1)

    def value(name: Name) -> tuple[pd.Series, Any]:
        column, kind = there.value(name)
        return take(column, rows), kind

    members = Side(len(rows), there.subject[rows], value)
    found = pair(mine, members, source, among, by_subject=False, shared=groups)
    return Pairs(found.record, rows[found.row])
