"""Raw rows that were read and that no record is made from."""

from collections.abc import Mapping

import numpy as np

from mappings.model import Study
from mappings.part import Part
from mappings.part_results import PartDataset
from mappings.problems import EXAMPLES, Example, Mark, Problems


def check_rows(
    study: Study, part: Part, made: Mapping[str, PartDataset], problems: Problems
) -> None:
    """Note the rows of forms that no record was made from, though forms of their kind make some.

    Of forms with datasets that are not built now nothing is said, nor of rows whose record another
    one stands for, which is said where that is decided.
    """
    makers: dict[str, dict[str, None]] = {}
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            if block.source in study.raw:
                makers.setdefault(block.source, {}).setdefault(dataset.name)
    for form, names in makers.items():
        if all(name in made for name in names):
            _check_form(study, part, form, [made[name] for name in names], problems)


def _check_form(
    study: Study, part: Part, form: str, made: list[PartDataset], problems: Problems
) -> None:
    held = part.raw[form]
    numbers = held.frame["row"].to_numpy(dtype=np.int64)
    used = [numbers[:0]]
    for one in made:
        of_form = (one.provenance["source"] == form).to_numpy(dtype=bool)
        used.append(one.provenance["row"].to_numpy()[of_form].astype(np.int64))
        used.append(one.replaced.get(form, numbers[:0]))
    left = np.flatnonzero((held.subject >= 0) & ~np.isin(numbers, np.concatenate(used)))
    if not len(left):
        return
    file = study.raw[form].file
    problems.add(
        "DT526",
        "no record was made from it",
        mark=Mark(file, 1),
        variable=form,
        count=len(left),
        examples=tuple(
            Example(part.subjects[held.subject[row]], file, int(numbers[row]))
            for row in left[:EXAMPLES]
        ),
    )
