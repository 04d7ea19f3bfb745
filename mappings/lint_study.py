"""The study file: raw forms, subjects, reserved words, files that must be there."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath

from mappings.lint_places import Finds
from mappings.lint_walk import Walk
from mappings.model import DatasetSpec, ItemArgument, LiteralArgument
from mappings.operations import Role
from mappings.problems import Mark, close_match
from mappings.schema import BLOCK_WORDS, BODY_WORDS, DATASET, PRIVATE, STUDY
from mappings.study_tables import inside

# Source: the mapping language, section 1.1.
WORDS = frozenset(
    [
        *("source", "each", "study"),
        *STUDY, *DATASET, *BLOCK_WORDS, *BODY_WORDS, "from",
        *("of", "among", "where", "when", "value", "take"),
        *("columns", "rows", "file", "row", "null"),
        *("and", "or", "not", "in", "missing", "min", "max", "abs", "round", "log10", "days"),
    ]
)  # fmt: skip
GROUPS = frozenset({"site", "subject"})
WORD = "is a word of the language"
OPERATION = "is the name of an operation"
NOT_PRIVATE = "does not read like a private name: lower case letters, digits, underscores"

Place = Callable[[], Mark]


def lint_study(walk: Walk, finds: Finds) -> None:
    """Report what is wrong with the study file itself."""
    _lint_releases(walk, finds)
    _lint_forms(walk, finds)
    _lint_subjects(walk, finds)
    _lint_names(walk, finds)
    if walk.study.results:
        path = inside(walk.study.folder, walk.study.results)
        if path is None or not path.is_file():
            finds.add(
                "SP113", "is not a file of the study folder",
                finds.places.after(top(walk.study.mark), "results:", walk.study.results),
                value=walk.study.results,
            )  # fmt: skip


def _lint_releases(walk: Walk, finds: Finds) -> None:
    """Report releases of controlled terminology that this version does not carry."""
    study = walk.study
    carried = {f"{name} CT".upper(): date for name, date in study.terminology.releases.items()}
    for name, version in study.standards.items():
        date = carried.get(name.upper())
        if not name.upper().endswith(" CT") or date == version:
            continue
        finds.add(
            "SP107", f"is not here as {name}: {date} is" if date else f"{name} is not here",
            finds.places.after(top(study.mark), "standards:", name, version), value=version,
        )  # fmt: skip


def top(mark: Mark) -> Mark:
    """The beginning of a mark's file."""
    return Mark(mark.file, 1, 1)


def _lint_forms(walk: Walk, finds: Finds) -> None:
    read = read_forms(walk)
    for name, form in walk.study.raw.items():
        mark = form.mark or walk.study.mark
        path = PurePosixPath(form.file.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in form.file:
            finds.add(
                "SP113", "leaves the folder of the raw files",
                finds.places.after(mark, "file", form.file), value=form.file,
            )  # fmt: skip
        if form.subject is None:
            finds.add("SP105", f"raw form {name} names no column as its subject:", mark)
        if name not in read:
            finds.add("RF208", f"nothing reads raw form {name}", mark)
    for dataset in walk.study.datasets.values():
        _lint_asked_forms(walk, dataset, finds)


def read_forms(walk: Walk) -> set[str]:
    """Raw forms that anything reads, the register of visits and the chain of persons included."""
    person = walk.study.subjects.same_person
    found = {person.form} if person else set()
    for dataset in walk.study.datasets.values():
        found |= {block.source for block in dataset.blocks}
        found |= walk.prefixes(dataset)
        for spot in walk.spots(dataset):
            for argument in spot.body.arguments.values():
                if isinstance(argument, ItemArgument):
                    found |= {str(key).partition(".")[0] for key in _literals(argument)}
        found |= set(_registered(walk, dataset))
    return found & set(walk.study.raw)


def _literals(argument: ItemArgument) -> Iterator[str]:
    for value in argument.fields.values():
        if isinstance(value, LiteralArgument):
            yield str(value.value)


def _forms_said(dataset: DatasetSpec) -> Iterator[LiteralArgument]:
    for block in dataset.blocks:
        for parameter, argument in block.call.parameters():
            if parameter.role is Role.FORMS and isinstance(argument, LiteralArgument):
                yield argument


def _registered(walk: Walk, dataset: DatasetSpec) -> Iterator[str]:
    for argument in _forms_said(dataset):
        dated = [name for name, form in walk.study.raw.items() if form.date]
        yield from dated if argument.value == ("all",) else argument.value


def _lint_asked_forms(walk: Walk, dataset: DatasetSpec, finds: Finds) -> None:
    for argument in _forms_said(dataset):
        for name in argument.value:
            if name in {"all", *walk.study.raw} or argument.value == ("all",):
                continue
            finds.add(
                "RF202", "is no raw form", finds.places.exact(argument.mark, name),
                dataset=dataset.name, value=name, hint=close_match(name, walk.study.raw),
            )  # fmt: skip


def _lint_subjects(walk: Walk, finds: Finds) -> None:
    rules = walk.study.subjects
    mark = rules.mark or walk.study.mark
    for word, needed, patterns in (
        ("patterns", "subject", rules.patterns),
        ("site_patterns", "site", rules.site_patterns),
    ):
        for pattern in patterns:
            message = _pattern_problem(pattern, needed)
            if message:
                finds.add(
                    "SP110", message, finds.places.after(mark, word, pattern), value=pattern
                )  # fmt: skip
    for name in rules.widths:
        if name not in GROUPS:
            finds.add(
                "SP107", "is neither site nor subject", finds.places.after(mark, "widths", name),
                value=name, hint=close_match(name, GROUPS),
            )  # fmt: skip
    person = rules.same_person
    if person is not None and person.form not in walk.study.raw:
        finds.add(
            "RF202", "is no raw form", finds.places.after(person.mark or mark, person.form),
            value=person.form, hint=close_match(person.form, walk.study.raw),
        )  # fmt: skip


def _pattern_problem(pattern: str, needed: str) -> str:
    """What is wrong with a pattern of subject or site texts."""
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        return f"is no regular expression: {error}"
    if needed not in groups:
        return f"has no group (?P<{needed}>…)"
    other = sorted(set(groups) - GROUPS)
    return f"has a group {other[0]}, site and subject are the only ones" if other else ""


def _lint_names(walk: Walk, finds: Finds) -> None:
    """Report names that the language keeps for itself or that do not look like private names."""
    for name, form in walk.study.raw.items():
        _lint_private(name, partial(_held, form.mark or walk.study.mark), finds)
    for name in walk.study.tables:
        _lint_table(walk, name, partial(table_mark, finds, walk.study.mark, name), finds)
    for name, operation in walk.study.operations.items():
        if operation.function.__module__.startswith("study_") and name in WORDS:
            finds.add("SP111", WORD, walk.study.mark, value=name)
    for dataset in walk.study.datasets.values():
        for name in dataset.tables:
            place = partial(table_mark, finds, dataset.mark, name)
            _lint_table(walk, name, place, finds, dataset.name)
        for name, key in _working(dataset, finds):
            taken = WORD if name in WORDS else OPERATION if name in walk.study.operations else ""
            if taken:
                finds.add("SP111", taken, key(), dataset=dataset.name, value=name)


def _held(mark: Mark) -> Mark:
    return mark


def _lint_table(walk: Walk, name: str, place: Place, finds: Finds, dataset: str = "") -> None:
    _lint_private(name, place, finds, dataset)
    if name in walk.study.raw:
        finds.add("SP112", "is a raw form and a table", place(), dataset=dataset, value=name)


def _lint_private(name: str, place: Place, finds: Finds, dataset: str = "") -> None:
    if name in WORDS:
        finds.add("SP111", WORD, place(), dataset=dataset, value=name)
    elif not re.fullmatch(PRIVATE, name):
        finds.add("SP111", NOT_PRIVATE, place(), dataset=dataset, value=name)


def table_mark(finds: Finds, file: Mark, name: str, *words: str) -> Mark:
    """Place of a table in the file of a mark, or of words in it one after another."""
    start = top(file)
    found = finds.places.after(start, "tables:", f"{name}:", *words)
    return file if found == start else found


def _working(dataset: DatasetSpec, finds: Finds) -> Iterator[tuple[str, Place]]:
    """Private names that the file gives, with what finds their places."""
    places = finds.places
    for name, spec in dataset.working.items():
        yield name, partial(places.key, spec.mark, name)
    for block in dataset.blocks:
        for name, spec in block.set.items():
            if not name.isupper():
                yield name, partial(places.key, spec.mark, name)
        if block.transpose is not None:
            for name in block.transpose.into:
                yield name, partial(places.after, block.transpose.mark, "into", name)
        carried = block.call.arguments.get("carry")
        if isinstance(carried, ItemArgument):
            for name in carried.fields:
                yield name, partial(places.after, carried.mark, name)
