"""What `cdiscgen compare` was asked for: options put together, keys found, the comparison made."""

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from comparison.compare import compare
from comparison.findings import Collection, ComparisonError, Header
from comparison.options import KeySource, Options
from comparison.sides import ENDINGS
from submission.version import program_version

if TYPE_CHECKING:
    from mappings.model import Study

Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Sought:
    """Two files or folders, where their keys may be found, and which datasets are wanted.

    ``shared_only`` leaves out the datasets that one folder lacks.
    """

    base: Path
    other: Path
    study: Path | None = None
    define: Path | None = None
    shared_only: bool = False


def compared(sought: Sought, options: Options, who: str, when: str) -> Collection:
    """The comparison of two files or folders; ComparisonError where it cannot be made."""
    if not (options.keys or options.keys_of):
        keys, source = known_keys(sought)
        options = replace(options, keys_of=keys, keys_from=source)
    return compare(
        sought.base, sought.other, options, header(who, when), shared_only=sought.shared_only
    )


def header(who: str, when: str) -> Header:
    """Who compared, when, and with which programs."""
    import numpy as np

    programs = (
        ("cdiscgen", program_version()),
        ("Python", platform.python_version()),
        ("numpy", np.__version__),
    )
    return Header(who, when, programs)


def known_keys(sought: Sought) -> tuple[Keys, KeySource]:
    """Keys by dataset: of the study's spec, of the define.xml named, else of one beside the files.

    Of the base's first, then of the other's; nothing where there is none.
    """
    from comparison.keys import keys_of_define

    if sought.study is not None:
        return keys_of_study(sought.study), "spec"
    if sought.define is not None:
        return keys_of_define(sought.define), "define.xml"
    for side in (sought.base, sought.other):
        found: dict[str, tuple[str, ...]] = {}
        for path in defines_beside(side):
            found |= keys_of_define(path)
        if found:
            return found, "define.xml"
    return {}, "define.xml"


def defines_beside(side: Path) -> list[Path]:
    """Every define.xml in a folder or in those in it; of a file, the one in its folder."""
    if not side.is_dir():
        return [path for path in [side.parent / "define.xml"] if path.is_file()]
    here = side / "define.xml"
    return [here] if here.is_file() else sorted(side.glob("*/define.xml"))


def keys_of_study(folder: Path) -> Keys:
    """Keys of each dataset of a study, of its supplemental qualifiers too."""
    from mappings.supplemental import KEYS

    study = loaded(folder)
    keys = {f"SUPP{name}": KEYS for name, spec in study.datasets.items() if spec.supp}
    return keys | {name: spec.keys for name, spec in study.datasets.items()}


def loaded(folder: Path) -> "Study":
    """The study of a folder; ComparisonError where it does not hold."""
    from mappings.problems import StudyError
    from submission.run import load

    try:
        return load(folder)
    except StudyError as wrong:
        first = next(iter(wrong.problems))
        raise ComparisonError(f"{first}; cdiscgen lint {folder} says everything") from wrong


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what keeps a file from being written into a ComparisonError."""
    try:
        yield
    except OSError as wrong:
        raise ComparisonError(f"{path} cannot be written: {wrong.strerror}") from wrong


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; an older one stays until the new one is whole. ComparisonError if it fails."""
    part = path.with_name(f"{path.name}.part")
    with writing(path):
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def check_outputs(sought: Sought, outputs: list[Path]) -> None:
    """ComparisonError where an output would replace what is compared, join it, or another output.

    What lies in a folder that is compared and is named as a dataset would be compared next time.
    """
    taken = {path.resolve() for path in (sought.base, sought.other)}
    folders = [path for path in taken if path.is_dir()]
    for path in outputs:
        place = path.resolve()
        dataset = place.suffix.lower() in ENDINGS and any(map(place.is_relative_to, folders))
        if place in taken or dataset:
            raise ComparisonError(f"{path} is among what is compared, or another output too")
        if not place.parent.is_dir():
            raise ComparisonError(f"{path} cannot be written: there is no folder {path.parent}")
        taken.add(place)
