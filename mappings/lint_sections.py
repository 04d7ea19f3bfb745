"""Names of a dataset among its own sections: said twice, never filled, lost, not there."""

from mappings.lint_places import Finds
from mappings.model import DatasetSpec, VariableSpec
from mappings.part_results import submitted_names
from mappings.problems import Mark, close_match
from mappings.reach import automatic_names, fills, names_of

SECTIONS = ("variables", "supp", "working")


def lint_sections(dataset: DatasetSpec, finds: Finds) -> None:
    """Report names of a dataset's sections that do not fit together."""
    _lint_twice(dataset, finds)
    _lint_lost(dataset, finds)
    _lint_unfilled(dataset, finds)
    _lint_keys(dataset, finds)
    _lint_value_level(dataset, finds)


def _lint_twice(dataset: DatasetSpec, finds: Finds) -> None:
    known: dict[str, str] = {}
    for section in SECTIONS:
        for name, spec in getattr(dataset, section).items():
            if name in known:
                finds.add(
                    "SP112", f"stands under {known[name]}: and under {section}:",
                    finds.places.key(spec.mark, name), dataset=dataset.name, value=name,
                )  # fmt: skip
            known.setdefault(name, section)


def _lint_lost(dataset: DatasetSpec, finds: Finds) -> None:
    """Report a variable that a block sets and no section submits."""
    submitted = {*submitted_names(dataset), *dataset.supp}
    for block in dataset.blocks:
        for name, spec in block.set.items():
            if name.isupper() and name not in submitted:
                finds.add(
                    "RF202", "is set but stands neither under variables: nor under supp:",
                    finds.places.key(spec.mark, name), dataset=dataset.name, variable=name,
                    value=name,
                    hint=close_match(name, submitted) or "a private column is in lower case",
                )  # fmt: skip


def _lint_unfilled(dataset: DatasetSpec, finds: Finds) -> None:
    """Report blocks that do not fill a variable which is filled from records."""
    automatic = automatic_names(dataset)
    for section in (dataset.variables, dataset.supp):
        for name, spec in section.items():
            if spec.body is not None or name in automatic:
                continue
            lacking = [
                block.name for block in dataset.blocks if not fills(dataset, block, name)
            ]  # fmt: skip
            if lacking:
                _unfilled(dataset, spec, lacking, finds)


def _unfilled(dataset: DatasetSpec, spec: VariableSpec, lacking: list[str], finds: Finds) -> None:
    standard = dataset.standard_variable(spec.name)
    core = spec.core or (standard.core if standard else "")
    if len(lacking) == len(dataset.blocks):
        who = "no block fills it"
    else:
        who = f"not filled by {'block' if len(lacking) == 1 else 'blocks'} {', '.join(lacking)}"
    code, what = ("ST403", "is Required and ") if core == "Req" else ("RF211", "")
    finds.add(code, f"{what}{who}", spec.mark, dataset=dataset.name, variable=spec.name)


def _lint_keys(dataset: DatasetSpec, finds: Finds) -> None:
    submitted = submitted_names(dataset)
    for key in dataset.keys:
        if key not in submitted:
            finds.add(
                "ST406", "is a key but no variable", finds.places.after(dataset.mark, key),
                dataset=dataset.name, value=key, hint=close_match(key, submitted),
            )  # fmt: skip
    for key in {key for key in dataset.keys if dataset.keys.count(key) > 1}:
        finds.add(
            "SP112", "stands twice among the keys", finds.places.after(dataset.mark, key, key),
            dataset=dataset.name, value=key,
        )  # fmt: skip


def _lint_value_level(dataset: DatasetSpec, finds: Finds) -> None:
    known = [*submitted_names(dataset), *dataset.supp]
    for item in dataset.value_level:
        for word, names in (("by", item.by), ("variables", item.variables)):
            if not names:
                mark = finds.places.after(item.mark, word)
                finds.add("SP105", f"{word} of value_level is empty", mark, dataset=dataset.name)
            for name in names:
                if name not in known:
                    _unknown(dataset, finds, finds.places.after(item.mark, word, name), name)


def _unknown(dataset: DatasetSpec, finds: Finds, mark: Mark, name: str) -> None:
    private = name in names_of(dataset)
    message = "is not submitted" if private else f"is not a variable of {dataset.name}"
    hint = "" if private else close_match(name, submitted_names(dataset))
    finds.add("RF202", message, mark, dataset=dataset.name, value=name, hint=hint)
