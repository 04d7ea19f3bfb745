"""A study and its finished datasets as the description of a define.xml.

OIDs are made of names: ``IG.AE``, ``IT.AE.AETERM``, ``VL.LB.LBORRES``, ``WC.LB.LBTESTCD.ALT``,
``CL.NY``, ``MT.AE.AESTDY``, ``COM.AE``, ``LF.AE``. They stay the same while the names do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from define_xml.codelists import Wanted, code_lists
from define_xml.description import (
    Comment,
    Define,
    Group,
    Item,
    ItemUse,
    Method,
    Standard,
    ValueList,
    WhereClause,
)
from define_xml.drafts import Draft, missing_throughout, variable_draft
from define_xml.places import Places
from define_xml.value_level import Described, described
from mappings.finished import Dataset, FinalColumn
from mappings.model import Study

# Define-XML names the guide of ADaM otherwise than the study file does.
GUIDES = {"SDTM": ("SDTMIG", "SDTMIG"), "ADaM": ("ADAMIG", "ADaMIG")}
PURPOSES = {"SDTM": "Tabulation", "ADaM": "Analysis"}
REFERENCE_CLASSES = frozenset({"TRIAL DESIGN", "STUDY REFERENCE"})
NO_DATA = Comment("COM.NODATA", "No value was collected or derived for this variable.")


@dataclass
class _MethodUse:
    """A method with the variables of one dataset that it makes."""

    oid: str
    variables: dict[str, None]


@dataclass
class _Parts:
    """What has been described so far."""

    groups: list[Group] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    value_lists: list[ValueList] = field(default_factory=list)
    clauses: dict[str, WhereClause] = field(default_factory=dict)
    methods: dict[tuple[str, str], _MethodUse] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)


def define(
    study: Study, datasets: Mapping[str, Dataset], standard: str, *, created: datetime
) -> Define:
    """The description of the datasets of one standard, in their order; ValueError without any."""
    chosen = [dataset for dataset in datasets.values() if dataset.standard == standard]
    if standard not in GUIDES or not chosen:
        raise ValueError(f"there is no dataset of {standard} to define")
    standards = _standards(study, standard)
    parts = _Parts()
    for dataset in chosen:
        _describe(study, dataset, datasets, standards[0].oid, parts)
    sets = {one.publishing_set: one.oid for one in standards if one.type == "CT"}
    wanted = [draft.wanted for draft in parts.drafts if draft.wanted is not None]
    oids, lists, list_comments = code_lists(wanted, sets)
    comments = {**parts.comments, **{comment.oid: comment for comment in list_comments}}
    return Define(
        study=study.id,
        description=study.name or study.id,
        protocol=study.protocol or study.id,
        standard=standard,
        created=created,
        version=_version(),
        standards=standards,
        groups=tuple(parts.groups),
        items=tuple(_listed(draft, oids) for draft in parts.drafts),
        value_lists=tuple(parts.value_lists),
        where_clauses=tuple(parts.clauses.values()),
        codelists=lists,
        methods=tuple(_method(*key, use) for key, use in parts.methods.items()),
        comments=tuple(comments.values()),
    )


def _version() -> str:
    """Version of this program as it is installed."""
    try:
        return version("cdiscgen")
    except PackageNotFoundError:
        return "not installed"


def _standards(study: Study, standard: str) -> tuple[Standard, ...]:
    """The guide of the standard and the sets of terminology its codelists come from."""
    said, named = GUIDES[standard]
    guide = Standard(f"STD.{named}", named, "IG", study.standards.get(said, ""))
    wanted = ["SDTM", "DEFINE-XML"] if standard == "SDTM" else ["ADaM", "SDTM", "DEFINE-XML"]
    releases = study.terminology.releases
    sets = (
        Standard(f"STD.CT.{name}", "CDISC/NCI", "CT", releases[name], name)
        for name in wanted
        if name in releases
    )
    return (guide, *sets)


def _listed(draft: Draft, oids: Mapping[Wanted, str]) -> Item:
    """The item of a draft with its codelist."""
    return replace(draft.item, codelist=oids.get(draft.wanted, "") if draft.wanted else "")


def _describe(
    study: Study,
    dataset: Dataset,
    datasets: Mapping[str, Dataset],
    guide: str,
    parts: _Parts,
) -> None:
    """Describe one dataset: its variables in order, then what stands at value level."""
    by_value = {one.variable: one for one in described(study, dataset)}
    places = Places(study, dataset.spec)
    uses = []
    value_drafts: list[Draft] = []
    for order, column in enumerate(dataset.columns, 1):
        described_by_value = column.name in by_value
        draft = variable_draft(
            study, dataset, column, places, described_by_value=described_by_value
        )
        if described_by_value:
            made, value_list = _value_list(dataset, by_value[column.name], parts)
            value_drafts += made
            parts.value_lists.append(value_list)
            draft = replace(draft, item=replace(draft.item, value_list=value_list.oid))
        draft = _commented(dataset, column, draft, parts)
        method = _methods(dataset.name, column.name, [draft], parts)[0]
        uses.append(_use(dataset, column, order, method))
        parts.drafts.append(draft)
    parts.drafts += value_drafts
    parts.groups.append(_group(dataset, datasets, guide, tuple(uses), parts))


def _use(dataset: Dataset, column: FinalColumn, order: int, method: str) -> ItemUse:
    """A variable in its dataset."""
    known = dataset.parent or dataset.spec.standard_variable(column.name) is not None
    return ItemUse(
        item=f"IT.{dataset.name}.{column.name}",
        order=order,
        mandatory=column.core == "Req",
        key=column.key,
        role=column.role if dataset.standard == "SDTM" else "",
        method=method,
        non_standard=dataset.standard == "SDTM" and not known,
        no_data=missing_throughout(dataset, column.name),
    )


def _commented(dataset: Dataset, column: FinalColumn, draft: Draft, parts: _Parts) -> Draft:
    """The draft with what the file remarks on the variable, or that it has no value."""
    text = column.spec.comment if column.spec is not None else ""
    comment = Comment(f"COM.{dataset.name}.{column.name}", text)
    if not text:
        if not missing_throughout(dataset, column.name):
            return draft
        comment = NO_DATA
    parts.comments[comment.oid] = comment
    return replace(draft, item=replace(draft.item, comment=comment.oid))


def _value_list(
    dataset: Dataset, values: Described, parts: _Parts
) -> tuple[list[Draft], ValueList]:
    """The value list of a variable; its where clauses and methods are noted."""
    place = f"{dataset.name}.{values.variable}"
    drafts = [draft for draft, _ in values.values]
    methods = _methods(dataset.name, values.variable, drafts, parts)
    parts.clauses.update({clause.oid: clause for _, clause in values.values})
    uses = tuple(
        ItemUse(item=draft.item.oid, order=order, method=method, where=clause.oid)
        for order, ((draft, clause), method) in enumerate(
            zip(values.values, methods, strict=True), 1
        )
    )
    return drafts, ValueList(f"VL.{place}", uses)


def _methods(dataset: str, variable: str, drafts: Sequence[Draft], parts: _Parts) -> list[str]:
    """The OID of each draft's method; in a dataset what is made alike shares one."""
    first = f"MT.{dataset}.{variable}"
    own = 0
    oids = []
    for draft in drafts:
        key = (dataset, draft.method)
        if draft.method and key not in parts.methods:
            own += 1
            ending = "" if own == 1 else f".{own}"
            parts.methods[key] = _MethodUse(f"{first}{ending}", {})
        if draft.method:
            parts.methods[key].variables.setdefault(variable)
        oids.append(parts.methods[key].oid if draft.method else "")
    return oids


def _method(dataset: str, text: str, use: _MethodUse) -> Method:
    number = use.oid.rpartition(".")[2]
    ending = f", {number}" if number.isdigit() else ""
    return Method(use.oid, f"Algorithm for {dataset}: {', '.join(use.variables)}{ending}", text)


def _group(
    dataset: Dataset,
    datasets: Mapping[str, Dataset],
    guide: str,
    uses: tuple[ItemUse, ...],
    parts: _Parts,
) -> Group:
    """A dataset as a whole."""
    spec = dataset.spec
    class_name, subclass = _class(dataset.class_name)
    comment = "" if dataset.parent else spec.comment
    if comment:
        parts.comments[f"COM.{dataset.name}"] = Comment(f"COM.{dataset.name}", comment)
    known = spec.guide is not None and (
        dataset.standard == "ADaM" or spec.guide.knows(dataset.name)
    )
    parent = datasets.get(dataset.parent)
    return Group(
        oid=f"IG.{dataset.name}",
        name=dataset.name,
        domain=_domain(dataset) if dataset.standard == "SDTM" else "",
        label=dataset.label,
        structure=dataset.structure or _structure(dataset),
        class_name=class_name,
        subclass=subclass,
        purpose=PURPOSES[dataset.standard],
        repeating=not _once_per_subject(dataset.keys) and class_name not in REFERENCE_CLASSES,
        reference=class_name in REFERENCE_CLASSES,
        standard=guide if known else "",
        comment=f"COM.{dataset.name}" if comment else "",
        parent_label=parent.label if parent else "",
        uses=uses,
    )


def _structure(dataset: Dataset) -> str:
    """What one record is, by the keys, where neither file nor standard says it."""
    keys = [key for key in dataset.keys if key not in {"STUDYID", "USUBJID"}]
    return f"One record per {' and '.join([*keys, 'subject'])}"


def _class(text: str) -> tuple[str, str]:
    """Class and subclass as Define-XML spells them; the subclass stands in brackets."""
    main, _, inner = text.strip().removesuffix(")").upper().partition(" (")
    return main.replace("SPECIAL-PURPOSE", "SPECIAL PURPOSE"), inner


def _domain(dataset: Dataset) -> str:
    """The domain of the records: of the parent for qualifiers, of the whole for a split one."""
    if "DOMAIN" in dataset.frame and len(dataset.frame):
        return str(dataset.frame["DOMAIN"].iloc[0])
    return dataset.parent or dataset.name


def _once_per_subject(keys: Iterable[str]) -> bool:
    return set(keys) <= {"STUDYID", "USUBJID"}
