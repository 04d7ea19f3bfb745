"""Make the tables this project carries from published files: facts only, no definitions.

``python -m controlled_terms.make_tables SOURCE_FOLDER`` reads, of what lies in the folder,

    terminology   ``SDTM Terminology 2025-03-28.txt`` as NCI EVS publishes it (tab separated), or
                  ``sdtm_ct_2025-03-28.csv`` or ``.csv.gz``; the same for ADaM and Define-XML
    guides        ``sdtmig_3_4_variables.csv``, ``sdtmig_3_4_datasets.csv``,
                  ``adamig_1_3_variables.csv``

and writes the tables under ``controlled_terms/data`` and ``mappings/standards``.
"""

import csv
import gzip
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from controlled_terms.tables import SEPARATOR, ListRow, TermRow, write_release

Lists = list[tuple[ListRow, list[TermRow]]]

# publishing set as Define-XML spells it, pattern of the source's name, name of the table
TERMINOLOGY: Sequence[tuple[str, str, str]] = (
    ("SDTM", r"sdtm(_ct_| terminology)", "sdtm_ct.csv.gz"),
    ("ADaM", r"adam(_ct_| terminology)", "adam_ct.csv.gz"),
    ("DEFINE-XML", r"define(_ct_|-xml terminology)", "define_ct.csv.gz"),
)

# Tables of the guides and the columns that are kept.
GUIDES: Mapping[str, str] = {
    "sdtmig_3_4_variables.csv": (
        "domain order variable label type role core codelist_codes value_domain value_list"
    ),
    "sdtmig_3_4_datasets.csv": "domain label class structure",
    "adamig_1_3_variables.csv": (
        "structure order variable_set variable label type core codelist_codes value_domain"
        " value_list source"
    ),
}


def read_lists(path: Path) -> Lists:
    """Codelists of a published file in its own order, whichever of the two layouts it has."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    first = text.partition("\n")[0]
    if "Codelist Code\t" in first:
        return _from_evs(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    if first.startswith("codelist_code,"):
        return _from_csv(csv.DictReader(io.StringIO(text)))
    raise ValueError(f"{path.name} has neither of the two layouts of controlled terminology")


def _from_evs(rows: Iterable[Mapping[str, str]]) -> Lists:
    """Lists of the NCI EVS text: a row without a codelist code is a list, its terms name it."""
    lists: dict[str, tuple[ListRow, list[TermRow]]] = {}
    for row in rows:
        code, parent = _plain(row["Code"]), _plain(row["Codelist Code"])
        value, synonyms = _plain(row["CDISC Submission Value"]), row["CDISC Synonym(s)"]
        if not parent:
            extensible = _plain(row["Codelist Extensible (Yes/No)"]) == "Yes"
            lists[code] = (ListRow(code, value, _plain(row["Codelist Name"]), extensible), [])
            continue
        preferred = _plain(row["NCI Preferred Term"])
        lists[parent][1].append(TermRow(code, value, preferred, _synonyms(synonyms)))
    return list(lists.values())


def _from_csv(rows: Iterable[Mapping[str, str]]) -> Lists:
    """Lists of the CSV layout, where every term repeats its list."""
    lists: dict[str, tuple[ListRow, list[TermRow]]] = {}
    for row in rows:
        code = _plain(row["codelist_code"])
        name, label = _plain(row["codelist_submission_value"]), _plain(row["codelist_name"])
        codelist = ListRow(code, name, label, _plain(row["extensible"]) == "Yes")
        preferred, synonyms = _plain(row["preferred_term"]), _synonyms(row["synonyms"])
        term = TermRow(
            _plain(row["term_code"]), _plain(row["submission_value"]), preferred, synonyms
        )
        lists.setdefault(code, (codelist, []))[1].append(term)
    return list(lists.values())


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _synonyms(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in _plain(text).split(SEPARATOR) if part)


def release_date(path: Path, stated: str = "") -> str:
    """Release in the name of a published file, else the one stated; ValueError without either."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", path.name)
    if not found and not stated:
        raise ValueError(f"{path.name} does not name its release")
    return found[0] if found else stated


def guide_table(text: str, columns: Sequence[str]) -> str:
    """The named columns of a table of an implementation guide, as CSV text."""
    made = io.StringIO()
    writer = csv.DictWriter(made, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in csv.DictReader(io.StringIO(text)):
        writer.writerow({name: _plain(cell) for name, cell in row.items()})
    return made.getvalue()


def made_tables(source: Path, release: str = "") -> dict[str, bytes]:
    """Content of every table the source folder has something for, by path in the project."""
    made: dict[str, bytes] = {}
    files = sorted(path for path in source.iterdir() if path.is_file())
    for standard, pattern, table in TERMINOLOGY:
        found = [path for path in files if re.match(pattern, path.name, re.IGNORECASE)]
        if len(found) > 1:
            raise ValueError(f"several files for {standard}: {', '.join(p.name for p in found)}")
        for path in found:
            date = release_date(path, release)
            made[f"controlled_terms/data/{table}"] = write_release(standard, date, read_lists(path))
    for table, columns in GUIDES.items():
        if (source / table).exists():
            text = (source / table).read_text(encoding="utf-8-sig")
            made[f"mappings/standards/{table}"] = guide_table(text, columns.split()).encode("utf-8")
    return made


@click.command()
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--release", default="", help="Release of files that do not name theirs: YYYY-MM-DD.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(__file__).resolve().parents[1],
    help="Folder of the packages; the one of this script unless said.",
)
def main(source: Path, release: str, root: Path) -> None:
    """Make the terminology and standard tables from the published files in SOURCE."""
    try:
        made = made_tables(source, release)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if not made:
        raise click.ClickException(f"nothing in {source} that a table is made from")
    for name, content in made.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        click.echo(name)


if __name__ == "__main__":
    main()
