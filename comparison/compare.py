"""Two files compared, or two folders: the whole way from paths to findings."""

from collections.abc import Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from comparison import checks
from comparison.attributes import Side
from comparison.causes import causes
from comparison.describe import (
    Shared,
    attribute_differences,
    comparable,
    dataset_differences,
    order_differences,
    same_names,
    shared,
    two_types,
)
from comparison.file_hash import file_sha256
from comparison.findings import (
    Collection,
    Comparison,
    ComparisonError,
    Header,
    LeftOut,
    Unread,
    Where,
)
from comparison.keys import chosen_keys
from comparison.options import Options
from comparison.pairing import Pairs, by_keys, in_order
from comparison.record_causes import record_causes
from comparison.records import records
from comparison.side_xpt import XptSource
from comparison.sides import ENDINGS, open_side
from comparison.source import Source
from comparison.tables import cells_of, cuts, variable_result
from comparison.values import Compared, compare_values

_HEAD = 1 << 12  # bytes of a JSON file that tell whether it is a dataset


def compare_files(base: Path, other: Path, options: Options = Options()) -> Comparison:  # noqa: B008
    """Two files compared; ComparisonError where one cannot be read or a key does not do."""
    left, right = open_side(base, str(base)), open_side(other, str(other))
    with ThreadPoolExecutor(2) as later:  # digests need the whole file, nothing else waits for them
        digests = [later.submit(file_sha256, path) for path in (base, other)]
        encodings = [later.submit(side.encoding) for side in (left, right)]
        made = compare_sources(left, right, options)
        sides = [
            replace(side, sha256=one.result(), encoding=encoding.result())
            for side, one, encoding in zip((made.base, made.other), digests, encodings, strict=True)
        ]
    notes = [
        f"texts of the {word} that are not UTF-8 are read as Windows-1252"
        for word, side in zip(("base", "other"), sides, strict=True)
        if side.encoding == "windows-1252"
    ]
    return replace(made, base=sides[0], other=sides[1], notes=(*made.notes, *notes))


@np.errstate(all="ignore")  # a difference beyond a double is infinite, which is what it is
def compare_sources(base: Source, other: Source, options: Options) -> Comparison:
    """Two datasets compared, without what is known of their files alone."""
    other, notes = same_names(base, other)
    base, other, typed = _agreed(base, other)
    keys, keyed = chosen_keys(base, other, options)
    names = keys.names
    common = shared(base.about, other.about, options)
    pairs = _pairs(base, other, names, options)
    variables = _compared(base, common, names, options)
    found, unequal = compare_values(base, other, pairs, variables, options)
    cells = cells_of(base, names, pairs, found, options)
    results = tuple(variable_result(one, base, names, pairs, options) for one in found)
    dataset = dataset_differences(base.about, other.about, options)
    attributes = attribute_differences(base.about, other.about, common.both, options)
    order = order_differences(common.both)
    if comparable(base.about, other.about, "order", options):
        order = ()
    told = records(base, other, names, pairs, int(unequal.sum()), options)
    return Comparison(
        base=base.about,
        other=other.about,
        options=options,
        keys=keys,
        dataset_attributes=dataset,
        base_variables=common.base_only,
        other_variables=common.other_only,
        attributes=attributes,
        order=order,
        records=told,
        variables=results,
        cells=cells,
        causes=(
            *record_causes(base, other, names, pairs, variables, options),
            *causes(base, other, names, pairs, found, cells, options),
        ),
        checks=checks.checks(
            (base.about, other.about),
            common,
            keys,
            dataset,
            attributes,
            order,
            told,
            results,
            options,
        ),
        notes=(
            *notes,
            *typed,
            *keyed,
            *two_types(common.both),
            *base.notes,
            *other.notes,
            *cuts(found, pairs, options),
        ),
        code=checks.code(common, dataset, attributes, told, results),
    )


def _agreed(base: Source, other: Source) -> tuple[Source, Source, list[str]]:
    """Both with the types of the other where they have none; transport files always have theirs."""
    if isinstance(base, XptSource) and isinstance(other, XptSource):
        return base, other, []
    from comparison.agree import agreed

    return agreed(base, other)


def _pairs(base: Source, other: Source, names: tuple[str, ...], options: Options) -> Pairs:
    if not names:
        return in_order(base.about.records, other.about.records)
    return by_keys(base, other, names, options.chunk)


def _compared(
    base: Source, common: Shared, keys: tuple[str, ...], options: Options
) -> list[Compared]:
    """The variables whose values are compared: of one type on both sides, and no keys."""
    name = base.about.name
    return [
        Compared(
            left.name,
            left.nature,
            right.nature,
            options.tolerance_of(name, left.name),
            options.rounding_of(name, left.name),
        )
        for left, right in common.both
        if left.type == right.type and left.name not in keys
    ]


def compare(
    base: Path, other: Path, options: Options, header: Header, *, shared_only: bool = False
) -> Collection:
    """Two files, or the datasets of two folders by name, compared.

    With ``shared_only`` the datasets that one folder lacks are left out, and make no difference.
    ComparisonError where the two are not both files or both folders, two files cannot be compared,
    or no dataset is left. In folders a file that cannot be compared is in ``unread`` and the
    others go on.
    """
    if base.is_dir() != other.is_dir():
        raise ComparisonError(f"{base} and {other} are not both files or both folders")
    if not base.is_dir():
        made = compare_files(base, other, options)
        return Collection(header, str(base), str(other), options, (made,))
    left, right = datasets(base), datasets(other)
    left_out: tuple[LeftOut, ...] = ()
    if shared_only:
        left_out = _left_out(left, right)
        left, right = ({name: side[name] for name in left.keys() & right.keys()}
                       for side in (left, right))  # fmt: skip
        if not left:
            raise ComparisonError(f"{base} and {other} have no dataset in common")
    comparisons: list[Comparison] = []
    unread: list[Unread] = []
    for name in sorted(left.keys() & right.keys()):
        try:
            comparisons.append(compare_files(left[name], right[name], options))
        except ComparisonError as wrong:
            where: Where = "other" if str(right[name]) in str(wrong) else "base"
            path = {"base": left, "other": right}[where][name]
            unread.append(Unread(name, where, str(path), str(wrong)))
    base_only = _alone(left, left.keys() - right.keys(), "base", unread)
    other_only = _alone(right, right.keys() - left.keys(), "other", unread)
    return Collection(
        header,
        str(base),
        str(other),
        options,
        tuple(comparisons),
        base_only,
        other_only,
        tuple(unread),
        left_out,
    )


def _left_out(left: Mapping[str, Path], right: Mapping[str, Path]) -> tuple[LeftOut, ...]:
    """The datasets that one folder has alone, by name."""
    made = [LeftOut(name, "base", str(path)) for name, path in left.items() if name not in right]
    made += [LeftOut(name, "other", str(path)) for name, path in right.items() if name not in left]
    return tuple(sorted(made, key=lambda one: one.name))


def _alone(
    files: Mapping[str, Path], names: Set[str], where: Where, unread: list[Unread]
) -> tuple[Side, ...]:
    """Descriptions of the datasets that one folder has alone."""
    sides = []
    for name in sorted(names):
        try:
            side = open_side(files[name], str(files[name]))
        except ComparisonError as wrong:
            unread.append(Unread(name, where, str(files[name]), str(wrong)))
            continue
        sides.append(replace(side.about, sha256=file_sha256(files[name]), encoding=side.encoding()))
    return tuple(sides)


def datasets(folder: Path) -> Mapping[str, Path]:
    """Files of a folder that hold a dataset, by the upper-case name without its ending.

    Where there is none, those of the folders in it (``sdtm``, ``adam``). Raises ComparisonError
    where two files have one name or there is no dataset at all.
    """
    files = [path for path in sorted(folder.iterdir()) if _may_hold(path)]
    if not files:
        files = [path for path in sorted(folder.glob("*/*")) if _may_hold(path)]
    made: dict[str, Path] = {}
    for path in files:
        name = path.stem.upper()
        if name in made:
            raise ComparisonError(f"{made[name]} and {path} are both {name}")
        made[name] = path
    if not made:
        raise ComparisonError(f"{folder} holds no dataset")
    return made


def _may_hold(path: Path) -> bool:
    """Whether a file is a dataset by its name; JSON is used for much else, so it is looked into."""
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    if path.suffix.lower() != ".json":
        return True
    with path.open("rb") as file:
        return b"datasetJSONVersion" in file.read(_HEAD)
