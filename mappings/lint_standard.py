"""Datasets held against the implementation guides and the limits of SAS transport files."""

from collections.abc import Iterator, Mapping, Sequence

from mappings.lint_places import Finds
from mappings.lint_walk import Walk, written
from mappings.model import DatasetSpec, LiteralArgument, VariableSpec
from mappings.name_patterns import NamePattern, has_places
from mappings.part_results import submitted_names
from mappings.problems import close_match
from mappings.standard import StandardVariable

LONGEST_LABEL = 40
LONGEST_NAME = 8
LONGEST_TEXT = 200


def lint_standard(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report where a dataset leaves its standard."""
    known = {name: dataset.standard_variable(name) for name in dataset.variables}
    _lint_known(dataset, known, finds)
    if dataset.standard == "SDTM":
        _lint_order(dataset, known, finds)
    _lint_lacking(dataset, finds)
    _lint_supp(dataset, finds)
    _lint_labels(dataset, known, finds)
    _lint_constants(walk, dataset, finds)


Known = Mapping[str, StandardVariable | None]


def _lint_known(dataset: DatasetSpec, known: Known, finds: Finds) -> None:
    """Report variables of SDTM that neither the guide nor the model has; ADaM may add its own."""
    for name, standard in known.items():
        if standard is not None or dataset.standard != "SDTM":
            continue
        hint = close_match(name, _guide_names(dataset))
        finds.add(
            "ST401", f"is not a variable of {dataset.name} in the SDTMIG or the SDTM model",
            finds.places.key(dataset.variables[name].mark, name), dataset=dataset.name,
            variable=name, hint=hint or "what the standard does not have stands under supp:",
        )  # fmt: skip


def _guide_names(dataset: DatasetSpec) -> list[str]:
    if dataset.guide is None:
        return []
    found = dataset.guide.variables(dataset.guide_key, dataset.class_name)
    return [one.name for one in found]


def _lint_order(dataset: DatasetSpec, known: Known, finds: Finds) -> None:
    """Report the fewest variables whose place would have to change for the standard's order."""
    placed = [one for one in known.values() if one is not None]
    right = _longest_run(placed)
    for one in placed:
        if one in right:
            continue
        before = [other.name for other in right if other.order <= one.order]
        where = f"after {before[-1]}" if before else f"before {right[0].name}"
        finds.add(
            "ST402", f"stands {where} in the standard",
            finds.places.key(dataset.variables[one.name].mark, one.name), dataset=dataset.name,
            variable=one.name,
        )  # fmt: skip


def _longest_run(placed: Sequence[StandardVariable]) -> list[StandardVariable]:
    """The most of the variables that stand in the standard's order."""
    runs: list[list[StandardVariable]] = []
    for one in placed:
        fitting = (run for run in runs if run[-1].order <= one.order)
        runs.append([*max(fitting, key=len, default=[]), one])
    return max(runs, key=len, default=[])


def _lint_lacking(dataset: DatasetSpec, finds: Finds) -> None:
    """Report Required and Expected variables that are not there."""
    if dataset.guide is None:
        return
    submitted = submitted_names(dataset)
    for one in dataset.guide.variables(dataset.guide_key, dataset.class_name):
        code = {"Req": "ST403", "Exp": "ST409"}.get(one.core, "")
        if code and _applies(dataset, one) and not _is_there(one.name, submitted):
            word = "Required" if code == "ST403" else "Expected"
            finds.add(
                code, f"is {word} by the standard and not there", dataset.mark,
                dataset=dataset.name, variable=one.name, value="",
                hint="{constant: null} keeps it without values" if code == "ST409" else "",
            )  # fmt: skip


def _applies(dataset: DatasetSpec, one: StandardVariable) -> bool:
    """Whether a Required variable holds for the dataset.

    OCCDS lists the coding of every dictionary as Required; only one of them is the dataset's.
    """
    return not (dataset.guide_key == "OCCDS" and one.role.endswith("Coding"))


def _is_there(name: str, submitted: list[str]) -> bool:
    if not has_places(name):
        return name in submitted
    pattern = NamePattern(name)
    return any(pattern.match(other) for other in submitted)


def _lint_supp(dataset: DatasetSpec, finds: Finds) -> None:
    guide = dataset.guide
    for name, spec in dataset.supp.items():
        code, message = "", ""
        if dataset.standard == "ADaM":
            code, message = "SP103", "an analysis dataset has no supplemental qualifiers"
        elif guide is not None and guide.variable(dataset.guide_key, name) is not None:
            code, message = "ST407", f"is a variable of {dataset.name} in the SDTMIG"
        if code:
            finds.add(
                code, message, finds.places.key(spec.mark, name), dataset=dataset.name,
                variable=name, hint="put it under variables:",
            )  # fmt: skip
    if dataset.supp and len(dataset.name) > LONGEST_NAME - len("SUPP"):
        finds.add(
            "ST404", f"SUPP{dataset.name} is longer than {LONGEST_NAME}", dataset.mark,
            dataset=dataset.name,
        )  # fmt: skip


def _lint_labels(dataset: DatasetSpec, known: Known, finds: Finds) -> None:
    if not dataset.label:
        finds.add("ST408", "has no label", dataset.mark, dataset=dataset.name, hint="say label:")
    for problem in _text_problems(dataset.label, LONGEST_LABEL):
        finds.add("ST404", f"label {problem}", dataset.mark, dataset=dataset.name)
    for name, spec in dataset.variables.items():
        standard = known[name]
        if standard is not None or dataset.standard == "ADaM":
            _lint_label(dataset, spec, standard.label if standard else "", finds)
    for spec in dataset.supp.values():
        _lint_label(dataset, spec, "", finds)


def _lint_label(dataset: DatasetSpec, spec: VariableSpec, standard: str, finds: Finds) -> None:
    label = spec.label or standard
    if not label:
        finds.add(
            "ST408", "has no label, and the standard has none for it",
            finds.places.key(spec.mark, spec.name), dataset=dataset.name, variable=spec.name,
            hint="say label:",
        )  # fmt: skip
    for problem in _text_problems(label, LONGEST_LABEL):
        finds.add(
            "ST404", f"label {problem}", finds.places.after(spec.mark, "label", spec.label),
            dataset=dataset.name, variable=spec.name, value=label,
        )  # fmt: skip


def _text_problems(text: str, longest: int) -> Iterator[str]:
    """What SAS transport cannot carry in a text."""
    if not text.isascii():
        yield "has a character that is not ASCII"
    if len(text.encode()) > longest:
        yield f"is longer than {longest} bytes"


def _lint_constants(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    """Report texts of the file that would not fit a variable."""
    submitted = {*dataset.variables, *dataset.supp}
    for spot in walk.spots(dataset):
        if spot.name not in submitted or {**dataset.variables, **dataset.supp}[spot.name].overflow:
            continue
        for one in written(spot.body):
            argument = one.argument
            if not isinstance(argument, LiteralArgument) or not isinstance(argument.value, str):
                continue
            if one.parameter.name in RESULTS:
                for problem in _text_problems(argument.value, LONGEST_TEXT):
                    finds.add(
                        "ST404", problem, argument.mark, dataset=dataset.name,
                        variable=spot.name, value=argument.value,
                    )  # fmt: skip


# Parameters whose text becomes the value itself.
RESULTS = frozenset({"value", "otherwise", "yes", "no"})
