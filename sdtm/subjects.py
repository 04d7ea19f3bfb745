"""Say who each raw row belongs to: the identity step, before the study is cut by subject.

A subject text is matched once per distinct text, whatever the number of rows. The step reads the
columns that play a role and those of ``same_person``, and no clinical value.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pandas as pd

from mappings.coded import chosen
from mappings.columns import TEXT, mapped_texts, plain_texts, texts
from mappings.problems import EXAMPLES, Example, Mark, Problems
from mappings.raw_form import RawForm, SubjectRules
from sdtm.drop_rows import Account, deleted_rows, drop_rows, unresolved_rows
from sdtm.raw_table import ROW
from sdtm.same_person import first_identifiers

IDENTITY = ("USUBJID", "SITEID", "SUBJID")


@dataclass(frozen=True)
class Identity:
    """Who each row is: per form a frame with USUBJID, SITEID and SUBJID, aligned with its rows.

    SITEID and SUBJID are those of the row; USUBJID is the first identifier the person was given,
    and ``first`` has it for every later one. A row without a subject has ``""`` in all three.
    """

    forms: Mapping[str, pd.DataFrame]
    first: Mapping[str, str]


@dataclass(frozen=True)
class Identified:
    """Rows that count, in file order, with who they are and an account of those that do not.

    Text is kept by its distinct values (see ``mappings.coded``).
    """

    frames: Mapping[str, pd.DataFrame]
    identity: Identity
    accounts: Mapping[str, Account]


def identify_records(
    study_id: str,
    rules: SubjectRules,
    forms: Mapping[str, RawForm],
    raw: Mapping[str, pd.DataFrame],
    problems: Problems,
) -> Identified:
    """Rows that count and who they are: none deleted, repeated, replaced or without a subject."""
    whole = resolve_subjects(study_id, rules, forms, raw, problems)
    frames, people, accounts = {}, {}, {}
    for name, frame in raw.items():
        form, subjects = forms[name], whole.forms[name]
        counted = form.subject is not None
        owner = subjects["USUBJID"] if counted else None
        account = drop_rows(form, frame, problems, owner)
        remaining = account.remaining(frame)
        if counted:
            known = subjects["USUBJID"].ne("")
            account = unresolved_rows(account, frame.loc[remaining & ~known, ROW])
            remaining &= known
        frames[name] = chosen(frame, np.flatnonzero(remaining))
        people[name] = chosen(subjects, np.flatnonzero(remaining))
        accounts[name] = account
    return Identified(frames, Identity(people, whole.first), accounts)


def resolve_subjects(
    study_id: str,
    rules: SubjectRules,
    forms: Mapping[str, RawForm],
    raw: Mapping[str, pd.DataFrame],
    problems: Problems,
) -> Identity:
    """Identifier of the person each row of each form belongs to.

    The site is that of the matching pattern, else of the site column, else the only one of the
    study. What cannot be resolved is a problem; deleted rows are nobody's.
    """
    # The same people stand in every form.
    matched = cache(partial(_one, patterns=_patterns(rules), widths=rules.widths))
    found = {
        name: _matched(forms[name], frame, matched)
        for name, frame in raw.items()
        if forms[name].subject and len(frame)
    }
    sites = {site for rows in found.values() for site in rows["site"].unique() if site}
    only = next(iter(sites)) if len(sites) == 1 else ""
    own: dict[str, pd.DataFrame] = {}
    for name, frame in raw.items():
        if name in found:
            rows = _with_site(found[name], only, rules)
            _report(forms[name], frame, rows, problems)
            own[name] = _identifiers(study_id, rows, rules)
        else:
            own[name] = pd.DataFrame({column: texts("", len(frame)) for column in IDENTITY})
    first = _chains(rules, forms, raw, own, problems)
    if first:
        for name, people in own.items():
            person = mapped_texts(people["USUBJID"], lambda given: first.get(given, given))
            own[name] = people.assign(USUBJID=person)
    return Identity(own, first)


def clean(text: str) -> str:
    """The text without outer blanks, and with one plain blank for each run of white space."""
    return " ".join(text.split())


def _matched(
    form: RawForm, frame: pd.DataFrame, matched: Callable[[str, str], tuple[str, str, str, str]]
) -> pd.DataFrame:
    """Site, subject and what is wrong (``why``) of each row, and the site that was set aside."""
    subject_codes, subject_texts = pd.factorize(frame[form.subject], use_na_sentinel=False)
    site_column = frame[form.site] if form.site else texts("", len(frame))
    site_codes, site_texts = pd.factorize(site_column, use_na_sentinel=False)
    pairs, back = np.unique(subject_codes * len(site_texts) + site_codes, return_inverse=True)
    people = [clean(text) for text in plain_texts(subject_texts)]
    sites = [clean(text) for text in plain_texts(site_texts)]
    made = [
        matched(people[person], sites[site])
        for person, site in zip(*np.divmod(pairs, len(sites)), strict=True)
    ]
    columns = ["site", "subject", "aside", "why"]
    distinct = pd.DataFrame(made, columns=columns, dtype=TEXT)
    rows = distinct.take(back.reshape(-1)).reset_index(drop=True)
    gone = deleted_rows(form, frame) | _is_blank(frame, rows["why"].eq("empty"))
    if not gone.any():
        return rows
    return rows.mask(gone, "").assign(why=rows["why"].mask(gone, "gone"))


def _is_blank(frame: pd.DataFrame, among: pd.Series) -> pd.Series:
    """Which of some rows hold nothing at all: they are no records."""
    if not among.any():
        return among
    filled = frame.loc[among].drop(columns=ROW).ne("").any(axis=1)
    return among & ~frame.index.isin(filled.index[filled])


Patterns = tuple[re.Pattern[str], ...]


def _patterns(rules: SubjectRules) -> tuple[Patterns, Patterns]:
    """The patterns of subjects and those of sites."""
    found = (rules.patterns, rules.site_patterns)
    subjects, sites = (tuple(map(re.compile, patterns)) for patterns in found)
    return subjects, sites


def _one(
    subject_text: str,
    site_text: str,
    *,
    patterns: tuple[Patterns, Patterns],
    widths: Mapping[str, int],
) -> tuple[str, str, str, str]:
    """Site, subject, site column set aside, and what is wrong, of one pair of texts."""
    if not subject_text:
        return "", "", "", "empty"
    match = _first_match(patterns[0], subject_text)
    subject = match.get("subject") or ""
    if not subject:
        return "", "", "", "pattern"
    subject = _padded(subject, widths.get("subject", 0))
    column_site = _first_match(patterns[1], site_text).get("site") or ""
    column_site = _padded(column_site, widths.get("site", 0)) if column_site else ""
    site = match.get("site") or ""
    if site:
        site = _padded(site, widths.get("site", 0))
        return site, subject, column_site if column_site != site else "", ""
    return column_site, subject, "", "site" if site_text and not column_site else ""


def _first_match(patterns: Sequence[re.Pattern[str]], text: str) -> dict[str, str | None]:
    matches = (pattern.fullmatch(text) for pattern in patterns)
    return next((match.groupdict() for match in matches if match), {})


def _padded(text: str, width: int) -> str:
    """The number with zeros to the width; a code that is no number as it stands."""
    return text.lstrip("0").zfill(width) if width and text.isdecimal() else text


def _with_site(rows: pd.DataFrame, only: str, rules: SubjectRules) -> pd.DataFrame:
    """Rows with the only site of the study where they name none; without any, that is wrong."""
    lacking = rows["why"].eq("") & rows["site"].eq("")
    if only or "site" not in rules.id:
        return rows.assign(site=rows["site"].mask(lacking, only))
    return rows.assign(why=rows["why"].mask(lacking, "nowhere"))


def _identifiers(study_id: str, rows: pd.DataFrame, rules: SubjectRules) -> pd.DataFrame:
    parts = {"study": texts(study_id, len(rows)), "site": rows["site"], "subject": rows["subject"]}
    joined = texts("", len(rows))
    for place, word in enumerate(rules.id):
        joined = joined + ("-" if place else "") + parts.get(word, texts(word, len(rows)))
    made = {"USUBJID": joined, "SITEID": rows["site"], "SUBJID": rows["subject"]}
    wrong = rows["why"].ne("")
    if not wrong.any():
        return pd.DataFrame(made)
    return pd.DataFrame(
        {name: column.mask(wrong, "").astype(TEXT) for name, column in made.items()}
    )


def _chains(
    rules: SubjectRules,
    forms: Mapping[str, RawForm],
    raw: Mapping[str, pd.DataFrame],
    own: Mapping[str, pd.DataFrame],
    problems: Problems,
) -> Mapping[str, str]:
    same = rules.same_person
    if same is None or same.form not in raw:
        return {}
    return first_identifiers(
        same, forms[same.form], raw[same.form], own[same.form]["USUBJID"], problems
    )


def _report(form: RawForm, frame: pd.DataFrame, rows: pd.DataFrame, problems: Problems) -> None:
    """Note the rows whose subject or site is not known, and the site columns set aside."""
    subject, site = str(form.subject), form.site or str(form.subject)
    for why, column, message in (
        ("empty", subject, "a row without a subject"),
        ("pattern", subject, "matches none of the patterns of subjects:"),
        ("site", site, "is not a site"),
        ("nowhere", subject, "names no site, and the study has more than one"),
    ):
        _note(form, frame, rows["why"].eq(why), column, ("DT505", message), problems)
    message = "is set aside: the subject names another site"
    _note(form, frame, rows["aside"].ne(""), site, ("DT521", message), problems)


def _note(
    form: RawForm,
    frame: pd.DataFrame,
    which: pd.Series,
    column: str,
    finding: tuple[str, str],
    problems: Problems,
) -> None:
    """Note a problem for each distinct text of the rows, at the first of them."""
    if not which.any():
        return
    there = frame.loc[which, [str(form.subject), ROW]].assign(value=frame.loc[which, column])
    for value, rows in there.groupby("value", sort=False):
        shown = zip(rows[str(form.subject)], rows[ROW], strict=True)
        examples = [Example(clean(text), form.file, int(row)) for text, row in shown][:EXAMPLES]
        problems.add(
            *finding,
            mark=Mark(form.file, int(rows[ROW].iloc[0])),
            variable=f"{form.name}.{column}",
            value=str(value),
            count=len(rows),
            examples=tuple(examples),
        )
