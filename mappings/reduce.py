"""From the records of all parts to finished datasets: joined, checked as a whole, described."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from controlled_terms.codelists import Codelist
from mappings.coded import chosen, coded, in_codes, plain, stacked
from mappings.columns import is_text, missing, plain_texts
from mappings.finished import Dataset, DataType, FinalColumn
from mappings.kinds import Kinds
from mappings.looked import sorted_positions
from mappings.model import DatasetSpec, Study, VariableSpec
from mappings.operations import SortKey
from mappings.overflow import overflowed, part_number
from mappings.part_results import PartDataset, submitted_names
from mappings.problems import EXAMPLES, Example, Problems
from mappings.reach import sequence_name
from mappings.supplemental import qualifiers
from mappings.term_hints import MOST, named, term_or_row
from mappings.terms import codelist_of, label_of, spec_of

# A codelist of results speaks of words; numbers, below or above a limit too, are not terms.
RESULTS = ("STRESC", "ORRES")
RESULT_NUMBER = re.compile(r"[<>]?=? ?[-+]?\d")

# Powers of ten up to here are doubles without loss; below this a product with one is off by less
# than a half.
EXACT_DIGITS, EXACT_WHOLE = 16, 2.0**51


def joined(dataset: DatasetSpec, parts: Sequence[PartDataset]) -> PartDataset:
    """The records of all parts, sorted by the keys where the subject is not the first of them.

    Records of no subject are made in every part alike and stand once.
    """
    alone = len(parts) == 1 or dataset.trial_design
    together = parts[0] if alone else _together(parts)
    if "USUBJID" in together.frame and len(together.frame):
        shared = together.frame["USUBJID"].eq("").to_numpy()
        if shared.any():
            repeated = together.frame.duplicated().to_numpy() & shared
            once = {
                block.name: parts[0].account[block.name]
                for block in dataset.blocks
                if shared[together.block == block.position].all()
            }
            together = _chosen(together, np.flatnonzero(~repeated))
            together = replace(together, account={**together.account, **once})
    return _sorted(dataset, together)


def _together(parts: Sequence[PartDataset]) -> PartDataset:
    starts = np.cumsum([0, *(len(part.frame) for part in parts[:-1])])
    provenance = [
        part.provenance.assign(record=part.provenance["record"] + start)
        for part, start in zip(parts, starts, strict=True)
        if len(part.provenance)
    ]
    frames = [part.frame for part in parts if len(part.frame)] or [parts[0].frame]
    account: dict[str, dict[str, int]] = {}
    for part in parts:
        for block, steps in part.account.items():
            held = account.setdefault(block, {})
            for step, count in steps.items():
                held[step] = held.get(step, 0) + count
    columns = {name: stacked([frame[name] for frame in frames]) for name in frames[0]}
    return PartDataset(
        pd.DataFrame(columns) if len(frames) > 1 else frames[0],
        np.concatenate([part.block for part in parts]),
        pd.concat(provenance, ignore_index=True) if provenance else parts[0].provenance,
        account,
    )


def _sorted(dataset: DatasetSpec, together: PartDataset) -> PartDataset:
    keys = [key for key in dataset.keys if key in together.frame and key != "STUDYID"]
    if not keys or (keys[0] == "USUBJID" and not dataset.trial_design):
        return together
    order = sorted_positions(
        [], [SortKey(plain(together.frame[key])) for key in keys], len(together.frame)
    )
    return _chosen(together, order)


def related_to_written(together: Mapping[str, PartDataset]) -> dict[str, PartDataset]:
    """The datasets, RELREC without relationships to a dataset that has no records.

    Such a dataset is not written, and a relationship of one side says nothing.
    """
    made = dict(together)
    relations = made.get("RELREC")
    if relations is None or not len(relations.frame):
        return made
    written = {name for name, one in made.items() if len(one.frame)}
    frame = relations.frame
    absent = ~frame["RDOMAIN"].isin(written) & frame["USUBJID"].eq("")
    kept = ~(frame["RELID"].isin(set(frame["RELID"][absent])) & frame["USUBJID"].eq(""))
    made["RELREC"] = _chosen(relations, np.flatnonzero(kept.to_numpy(dtype=bool)))
    return made


def _chosen(together: PartDataset, order: np.ndarray) -> PartDataset:
    """The records at some positions, in that order."""
    place = np.full(len(together.frame), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    record = place[together.provenance["record"].to_numpy(dtype=np.int64)]
    provenance = together.provenance.assign(record=record)
    provenance = provenance[provenance["record"] >= 0]
    return PartDataset(
        chosen(together.frame, order),
        together.block[order],
        provenance.sort_values(["record", "source", "row"], kind="stable", ignore_index=True),
        together.account,
    )


def finished(
    study: Study, dataset: DatasetSpec, together: PartDataset, kinds: Kinds, problems: Problems
) -> dict[str, Dataset]:
    """The finished dataset and its supplemental qualifiers; nothing of either without records."""
    if not len(together.frame):
        return {}
    fitted = overflowed(dataset, together.frame)
    names = _with_parts(submitted_names(dataset), fitted.columns)
    frame = pd.DataFrame({name: in_codes(fitted.frame[name]) for name in names}, copy=False)
    _check_keys(dataset, frame, problems)
    made = Dataset(
        name=dataset.name,
        label=dataset.label,
        structure=dataset.structure,
        class_name=dataset.class_name,
        standard=dataset.standard,
        keys=dataset.keys,
        spec=dataset,
        frame=frame,
        columns=tuple(
            _continued(
                final_column(study, dataset, fitted.columns.get(name, name), frame[name], kinds),
                name,
            )
            for name in names
        ),
        block=together.block,
        provenance=together.provenance,
    )
    _check_values(study, made, problems)
    found = {dataset.name: made}
    extra = qualifiers(study, dataset, fitted, together.block, problems)
    if extra is not None:
        found[extra.name] = extra
    return found


def _with_parts(names: Sequence[str], parts: Mapping[str, str]) -> list[str]:
    """Names with those of continued texts behind the variable each continues."""
    return [
        one for name in names for one in (name, *(part for part in parts if parts[part] == name))
    ]


def _continued(column: FinalColumn, name: str) -> FinalColumn:
    """The column under its own name; the part of a text is numbered in name and label."""
    if column.name == name:
        return column
    number = part_number(name, column.name)
    return replace(column, name=name, label=f"{column.label} {number}"[:40], core="Perm", key=0)


def final_column(
    study: Study, dataset: DatasetSpec, name: str, column: pd.Series, kinds: Kinds
) -> FinalColumn:
    """A variable with what file, standard and data say of it; its length is settled later."""
    spec = spec_of(dataset, name)
    standard = dataset.standard_variable(name)
    kind = kinds.of_whole(dataset.name, name) or "text"
    data_type, digits = _data_type(column, kind, spec)
    default = standard.sas_format if standard else ""
    if kind in {"date", "datetime"} and not default:
        default = "DATE9." if kind == "date" else "DATETIME20."
    return FinalColumn(
        name=name,
        label=label_of(study, dataset, name),
        kind=kind,
        type=data_type,
        length=_length(column, spec),
        digits=digits,
        format=(spec.format if spec and spec.format else default),
        role=(spec.role if spec and spec.role else standard.role if standard else ""),
        core=(spec.core if spec and spec.core else standard.core if standard else "Perm"),
        key=dataset.keys.index(name) + 1 if name in dataset.keys else 0,
        spec=spec,
    )


def _data_type(column: pd.Series, kind: str, spec: VariableSpec | None) -> tuple[DataType, int]:
    if kind in {"date", "datetime"}:
        return kind, 0  # type: ignore[return-value]
    if kind != "number":
        return "text", 0
    digits = decimals(column)
    if spec is not None and spec.type in {"integer", "float", "time"}:
        return spec.type, digits  # type: ignore[return-value]
    return ("float" if digits else "integer"), digits


def decimals(column: pd.Series | np.ndarray) -> int:
    """Largest number of decimals among the numbers as they print, 0 where all are whole."""
    left = np.abs(pd.unique(np.asarray(column, dtype="float64")))
    left = left[(left != np.floor(left)) & ~np.isnan(left)]
    most = 0
    for digits in range(1, EXACT_DIGITS):
        # A number that has so many decimals is the double nearest to a whole number by ten to them.
        scaled = left * 10.0**digits
        printed = (np.rint(scaled) / 10.0**digits == left) & (scaled < EXACT_WHOLE)
        left, most = left[~printed], digits if printed.any() else most
        if not len(left):
            return most
    return max([most, *map(_printed_decimals, left.tolist())])


def _printed_decimals(number: float) -> int:
    """Number of decimals of a number that is not whole, as it prints."""
    text = repr(number)
    if "e" in text:
        text = np.format_float_positional(number, trim="-")
    return len(text.partition(".")[2])


def _length(column: pd.Series, spec: VariableSpec | None) -> int:
    if spec is not None and spec.length:
        return spec.length
    if not is_text(column):
        return 8
    return longest(plain_texts(coded(column).distinct))


def longest(texts: Iterable[str]) -> int:
    """Bytes of the longest of some texts as UTF-8, 1 at least."""
    return max((len(text.encode()) for text in texts), default=1) or 1


def with_lengths(datasets: Mapping[str, Dataset]) -> dict[str, Dataset]:
    """Datasets whose text variables are as long as the longest value of that name in the study.

    Supplemental qualifiers are left out of it but for the identifiers. Source: FDA Study Data
    Technical Conformance Guide, on the length of variables.
    """
    common: dict[str, int] = {}
    for dataset in datasets.values():
        if not dataset.parent:
            for column in dataset.columns:
                if column.kind in {"text", "iso"}:
                    common[column.name] = max(common.get(column.name, 1), column.length)
    made = {}
    for name, dataset in datasets.items():
        columns = tuple(
            replace(column, length=common[column.name])
            if _shares(column, dataset) and column.name in common
            else column
            for column in dataset.columns
        )
        made[name] = replace(dataset, columns=columns)
    return made


def _shares(column: FinalColumn, dataset: Dataset) -> bool:
    if column.kind not in {"text", "iso"} or (column.spec and column.spec.length):
        return False
    return not dataset.parent or column.name in {"STUDYID", "USUBJID"}


def _check_keys(dataset: DatasetSpec, frame: pd.DataFrame, problems: Problems) -> None:
    keys = [key for key in dataset.keys if key in frame]
    repeated = frame.duplicated(keys, keep=False)
    if keys and repeated.any():
        problems.add(
            "DT518", f"do not tell the records of {dataset.name} apart", mark=dataset.mark,
            dataset=dataset.name, value=", ".join(keys), count=int(repeated.sum()),
            examples=_examples(dataset, frame[repeated]),
            hint="add variables to keys: until they do",
        )  # fmt: skip


def _examples(dataset: DatasetSpec, frame: pd.DataFrame) -> tuple[Example, ...]:
    """The first few records by subject and --SEQ."""
    sequence = sequence_name(dataset)
    numbered = frame[sequence] if sequence in frame else pd.Series(0, index=frame.index)
    subject = frame["USUBJID"] if "USUBJID" in frame else pd.Series("", index=frame.index)
    pairs = zip(subject.head(EXAMPLES), numbered.head(EXAMPLES), strict=True)
    return tuple(Example(str(who), dataset.name, int(number)) for who, number in pairs)


def _check_values(study: Study, made: Dataset, problems: Problems) -> None:
    """Required values that are missing and values outside a codelist.

    What an operation has reported of a value is not said again.
    """
    said = {
        (problem.variable, problem.value)
        for problem in problems
        if problem.dataset == made.name and problem.code in {"CT302", "CT303", "CT304"}
    }
    for column in made.columns:
        values = made.frame[column.name]
        mark = column.spec.mark if column.spec else made.spec.mark
        # In ADaM a Required variable must be there; only SDTM forbids missing values in it.
        if column.core == "Req" and made.standard == "SDTM":
            absent = missing(values)
            if absent.any():
                problems.add(
                    "ST405", "is Required by the standard and missing", mark=mark,
                    dataset=made.name, variable=column.name, count=int(absent.sum()),
                    examples=_examples(made.spec, made.frame[absent.to_numpy(dtype=bool)]),
                )  # fmt: skip
        if column.type == "integer" and column.digits:
            problems.add(
                "ST410", f"is said of values with {column.digits} decimals", mark=mark,
                dataset=made.name, variable=column.name, value=column.type,
            )  # fmt: skip
        terms = codelist_of(study, made.spec, column.name)
        if terms is not None and is_text(values):
            unknown = [
                text
                for text in plain_texts(made.coded(column.name).distinct)
                if text
                and not terms.submitted(text)
                and (column.name, text) not in said
                and not (column.name.endswith(RESULTS) and RESULT_NUMBER.match(text))
            ]
            _report_terms(made, column, sorted(unknown), terms, problems)


def _report_terms(
    made: Dataset, column: FinalColumn, unknown: Sequence[str], terms: Codelist, problems: Problems
) -> None:
    mark = column.spec.mark if column.spec else made.spec.mark
    offered = not terms.extensible and len(unknown) <= MOST
    for text in unknown:
        rows = made.frame[made.frame[column.name].eq(text).to_numpy(dtype=bool)]
        problems.add(
            "CT303" if terms.extensible else "CT302",
            f"extends {named(terms)}" if terms.extensible else f"is not a term of {named(terms)}",
            mark=mark, dataset=made.name, variable=column.name, value=text, count=len(rows),
            examples=_examples(made.spec, rows),
            hint=term_or_row(terms, text) if offered else "",
        )  # fmt: skip
