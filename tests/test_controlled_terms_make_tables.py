"""The tables this project carries are made from published files, the same bytes each time."""

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner

from controlled_terms.make_tables import guide_table, made_tables, main, read_lists, release_date
from controlled_terms.tables import ListRow, TermRow, read_release, write_release

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT.parent / "shared" / "standards"

EVS = (
    "Code\tCodelist Code\tCodelist Extensible (Yes/No)\tCodelist Name\tCDISC Submission Value\t"
    "CDISC Synonym(s)\tCDISC Definition\tNCI Preferred Term\n"
    "C66742\t\tNo\tNo Yes Response\tNY\tNo Yes Response\tA definition.\tList of Yes and No\n"
    "C49488\tC66742\t\tNo Yes Response\tY\tYes\tAnother, with a comma.\tYes\n"
    "C17998\tC66742\t\tNo Yes Response\tU\tUNK; Unknown\t\tUnknown\n"
    'C71620\t\tYes\tUnit\tUNIT\tUnit\tIn "quotes".\tUnit List\n'
    "C25613\tC71620\t\tUnit\t%\t\t\tPercentage\n"
)
CSV = (
    "codelist_code,codelist_name,codelist_submission_value,extensible,term_code,submission_value,"
    "preferred_term,synonyms\n"
    "C66742,No Yes Response,NY,No,C49488,Y,Yes,Yes\n"
    "C66742,No Yes Response,NY,No,C17998,U,Unknown,UNK; Unknown\n"
    "C71620,Unit,UNIT,Yes,C25613,%,Percentage,\n"
)
LISTS = [
    (
        ListRow("C66742", "NY", "No Yes Response", False),
        [
            TermRow("C49488", "Y", "Yes", ("Yes",)),
            TermRow("C17998", "U", "Unknown", ("UNK", "Unknown")),
        ],
    ),
    (ListRow("C71620", "UNIT", "Unit", True), [TermRow("C25613", "%", "Percentage", ())]),
]
COMPACT = (
    "SDTM,2025-03-28\n"
    "C66742,NY,No Yes Response,No\n"
    ",C49488,Y,Yes,Yes\n"
    ",C17998,U,Unknown,UNK; Unknown\n"
    "C71620,UNIT,Unit,Yes\n"
    ",C25613,%,Percentage,\n"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("SDTM Terminology.txt", EVS.encode(), id="the text of NCI EVS"),
        pytest.param("sdtm_ct_2025-03-28.csv", CSV.encode(), id="CSV, a term on each row"),
        pytest.param("sdtm_ct_2025-03-28.csv.gz", gzip.compress(CSV.encode()), id="CSV, gzipped"),
        pytest.param("a.csv", b"\xef\xbb\xbf" + CSV.encode(), id="with a byte order mark"),
        pytest.param("a.txt", EVS.replace("\n", "\r\n").encode(), id="with CRLF"),
    ],
)
def test_read_lists(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert read_lists(tmp_path / name) == LISTS


def test_a_file_of_another_layout_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("code,value\n")
    with pytest.raises(ValueError, match=r"a\.csv has neither of the two layouts"):
        read_lists(tmp_path / "a.csv")


def test_compact_form():
    data = write_release("SDTM", "2025-03-28", LISTS)
    assert gzip.decompress(data).decode() == COMPACT
    release = read_release(data)
    assert (release.standard, release.date) == ("SDTM", "2025-03-28")
    assert [row.terms() for row in release.lists] == [tuple(terms) for _, terms in LISTS]
    assert [row.extensible for row in release.lists] == [False, True]


def test_compact_form_keeps_commas_and_quotes():
    odd = [(ListRow("C1", "A", 'B, "C"', False), [TermRow("C2", 'x, "y"', "", ("p, q",))])]
    (row,) = read_release(write_release("SDTM", "2025-03-28", odd)).lists
    assert (row.label, row.terms()) == ('B, "C"', (TermRow("C2", 'x, "y"', "", ("p, q",)),))


def test_neither_time_nor_name_stands_in_the_header():
    data = write_release("SDTM", "2025-03-28", LISTS)
    assert data[3] == 0, "no optional fields"
    assert data[4:8] == bytes(4), "no time"
    assert data == write_release("SDTM", "2025-03-28", LISTS)


@pytest.mark.parametrize(
    ("name", "stated", "date"),
    [
        pytest.param("SDTM Terminology 2025-03-28.txt", "", "2025-03-28", id="in the name"),
        pytest.param("SDTM Terminology.txt", "2025-03-28", "2025-03-28", id="stated"),
        pytest.param("sdtm_ct_2025-03-28.csv", "2020-01-01", "2025-03-28", id="the name wins"),
    ],
)
def test_release_date(name, stated, date):
    assert release_date(Path(name), stated) == date


def test_release_date_is_never_guessed():
    with pytest.raises(ValueError, match="does not name its release"):
        release_date(Path("SDTM Terminology.txt"))


def test_guide_table_keeps_the_named_columns():
    text = "order,domain,label,notes\n1,AE,Adverse  Events,a note\n"
    assert guide_table(text, ["domain", "label"]) == "domain,label\nAE,Adverse Events\n"


def test_command(tmp_path):
    source, root = tmp_path / "source", tmp_path / "root"
    source.mkdir()
    root.mkdir()
    (source / "SDTM Terminology 2025-03-28.txt").write_text(EVS)
    (source / "sdtmig_3_4_datasets.csv").write_text("domain,label,class,structure\nAE,A,Events,B\n")
    result = CliRunner().invoke(main, [str(source), "--root", str(root)])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "controlled_terms/data/sdtm_ct.csv.gz",
        "mappings/standards/sdtmig_3_4_datasets.csv",
    ]
    made = gzip.decompress((root / "controlled_terms/data/sdtm_ct.csv.gz").read_bytes())
    assert made.decode() == COMPACT


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({}, "nothing in", id="nothing to read"),
        pytest.param(
            {"SDTM Terminology.txt": EVS}, "does not name its release", id="no release date"
        ),
        pytest.param(
            {"SDTM Terminology 2025-03-28.txt": EVS, "sdtm_ct_2025-03-28.csv": CSV},
            "several files for SDTM",
            id="two files for one set",
        ),
    ],
)
def test_command_refuses(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(main, [str(tmp_path), "--root", str(tmp_path)])
    assert result.exit_code == 1
    assert message in result.output


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published files are not beside the project")
def test_shipped_tables_are_those_of_the_published_files():
    made = made_tables(PUBLISHED)
    assert len(made) == 6
    for name, content in made.items():
        shipped = (ROOT / name).read_bytes()
        if name.endswith(".gz"):
            # Another zlib may compress the same text to other bytes.
            content, shipped = gzip.decompress(content), gzip.decompress(shipped)
        assert content == shipped, name


def test_shipped_terminology_is_complete():
    release = read_release((ROOT / "controlled_terms/data/sdtm_ct.csv.gz").read_bytes())
    assert (release.standard, release.date) == ("SDTM", "2025-03-28")
    assert len(release.lists) == 1158
    assert sum(len(row.terms()) for row in release.lists) == 43698
