"""Which codelist a variable has, and which form a collected text comes from."""

from controlled_terms.codelists import Codelist
from mappings.model import (
    Block,
    Body,
    DatasetSpec,
    ListArgument,
    LiteralArgument,
    NameArgument,
    Study,
    ThroughArgument,
    VariableSpec,
)
from mappings.raw_form import RawForm


def spec_of(dataset: DatasetSpec, name: str) -> VariableSpec | None:
    """What the file says of a variable, a qualifier or a working column."""
    for section in (dataset.variables, dataset.supp, dataset.working, dataset.identifiers):
        if name in section:
            return section[name]
    return None


def _decodes(spec: VariableSpec) -> bool:
    """Whether ``codelist:`` of a body is that of what it decodes, not of what it gives."""
    return spec.body is not None and spec.body.operation.name == "decode"


def predecessor(study: Study, dataset: DatasetSpec, name: str) -> tuple[DatasetSpec, str] | None:
    """The variable of another dataset that a variable is a plain copy of; None where it is none."""
    spec = spec_of(dataset, name)
    if spec is None or spec.body is None or not spec.body.is_reference:
        return None
    argument = spec.body.arguments["value"]
    if not isinstance(argument, NameArgument):
        return None
    other = study.datasets.get(argument.name.prefix)
    if other is None or other is dataset or spec_of(other, argument.name.name) is None:
        return None
    return other, argument.name.name


def label_of(study: Study, dataset: DatasetSpec, name: str) -> str:
    """The label of a variable: of the file, the standard, what it copies; else its name."""
    spec = spec_of(dataset, name)
    standard = dataset.standard_variable(name)
    said = (spec.label if spec else "") or (standard.label if standard else "")
    if said:
        return said
    copied = predecessor(study, dataset, name)
    return label_of(study, *copied) if copied is not None else name


def codelist_of(study: Study, dataset: DatasetSpec, name: str) -> Codelist | None:
    """The codelist of a variable: the one its body names, the one of its name, the standard's."""
    spec = spec_of(dataset, name)
    if spec is not None and spec.codelist and not _decodes(spec):
        return study.codelist(dataset, spec.codelist)
    own = dataset.codelists.get(name) or study.codelists.get(name)
    if own is not None:
        return own
    copied = predecessor(study, dataset, name)
    if copied is not None:
        return codelist_of(study, *copied)
    standard = dataset.standard_variable(name)
    if standard is None or not standard.codelists:
        return None
    return study.terminology.joined(name, standard.codelists)


def form_of(
    study: Study, dataset: DatasetSpec, block: Block, body: Body, *, as_written: bool = False
) -> RawForm | None:
    """The raw form that the first argument of a body comes from, followed through other names.

    ``as_written`` follows only names whose text still stands as the form has it, so that its way to
    write dates and numbers still holds.
    """
    seen: set[str] = set()
    waiting = list(body.arguments.values())[:1]
    while waiting:
        argument = waiting.pop()
        if isinstance(argument, ListArgument):
            waiting += argument.items[:1]
            continue
        if isinstance(argument, NameArgument):
            name = argument.name
        elif isinstance(argument, ThroughArgument):
            name = argument.of
        else:
            continue
        source = block.source if name.prefix == "source" else name.prefix
        if source in study.raw:
            return study.raw[source]
        if name.prefix or name.name in seen:
            continue
        seen.add(name.name)
        if block.transpose and name.name in block.transpose.into:
            return study.raw.get(block.source)
        spec = dataset.body_of(block, name.name)
        if spec is not None and spec.body is not None and not (as_written and _has_read(spec.body)):
            waiting += list(spec.body.arguments.values())[:1]
    return None


def _has_read(body: Body) -> bool:
    """Whether an operation has read a date or a number, so that its result is written our way."""
    operation = body.operation
    if operation.result not in {"text", "same"}:
        return True
    part = body.arguments.get("part")
    said = part.value if isinstance(part, LiteralArgument) else ""
    # What parse_result calls the original, the word and so on stands as the form has it.
    return "decimal" in operation.parameters and (
        operation.name != "parse_result" or said == "number"
    )
