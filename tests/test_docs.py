"""What the documents say is what the program does: commands, operations, codes, examples.

``python tests/test_docs.py`` writes the catalogue of operations in docs/language.md anew.
"""

import inspect
import re
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from mappings.block_bodies import read_block
from mappings.bodies import Reader, read_variable
from mappings.nodes import Node
from mappings.operations import Operation, Parameter, Registry, registry
from mappings.problems import CATALOGUE, Problems
from mappings.schema import AMENDMENT, STUDY, SUPPLIED, validate
from mappings.study_tables import read_table
from submission.catalogue import catalogue
from submission.catalogue_text import SCOPES, kind_of, signature
from submission.cli import main

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
LANGUAGE = ROOT / "docs" / "language.md"
COMPARISON = ROOT / "docs" / "comparison.md"
DOCUMENTS = [
    README, LANGUAGE, COMPARISON, ROOT / "docs" / "architecture.md", ROOT / "CHANGELOG.md",
]  # fmt: skip
CONTINUOUS = ROOT / ".ci" / "run"

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^`first/(\S+)`\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
START, END = "## The operations\n", "## What is left out\n"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def fenced(path: Path, language: str) -> list[str]:
    return [body for word, body in FENCED.findall(text_of(path)) if word == language]


# The catalogue of operations


def entry(one: Operation) -> str:
    """One operation as docs/language.md has it."""
    parameters = {
        one.name if parameter is one.first else parameter.name.rstrip("_"): parameter
        for parameter in one.parameters.values()
        if parameter.role not in SUPPLIED
    }
    gives = ", ".join(f"`{name}`" for name in one.makes) or one.result
    items = [
        f"`{name}`: {plain(parameter.item)}\n"
        for name, parameter in parameters.items()
        if parameter.item is not None
    ]
    return "\n".join(
        [
            f"#### {one.name}\n",
            f"`{signature(one)}` gives {gives}.\n",
            f"{plain(one.function)}\n",
            *items,
            "| parameter | takes | unless said |",
            "|---|---|---|",
            *(row for name, parameter in parameters.items() for row in rows(name, parameter)),
            "",
        ]
    )


def plain(thing: object) -> str:
    """A docstring as Markdown."""
    return inspect.getdoc(thing).replace("``", "`")


def rows(name: str, parameter: Parameter) -> list[str]:
    """A row for a parameter and one for each key of the mappings it takes."""
    default = "" if parameter.default in {None, ""} else f"`{parameter.default}`"
    takes = kind_of(parameter).replace(" | ", ", ")
    said = f"| `{name}` | {takes} | {'required' if parameter.required else default} |"
    below = (rows(f"{name}.{part.name.rstrip('_')}", part) for part in parameter.fields)
    return [said, *chain.from_iterable(below)]


def entries(operations: Registry) -> str:
    """The catalogue as docs/language.md has it."""
    parts = []
    for scope, sees in SCOPES.items():
        chosen = [one for _, one in sorted(operations.items()) if one.scope == scope]
        parts += [f"### {sees[0].upper()}{sees[1:]}\n", *map(entry, chosen)]
    return "\n".join(parts)


def test_language_has_the_catalogue():
    section = text_of(LANGUAGE).partition(START)[2].partition(END)[0]
    shown = section[section.index("### ") :]
    assert shown == entries(catalogue()) + "\n", "run python tests/test_docs.py"


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_readme_has_the_operation(name):
    assert text_of(README).count(f"| `{signature(catalogue()[name])}` | ") == 1


# Commands and problems


@pytest.mark.parametrize("name", list(main.commands))
def test_readme_has_the_command(name):
    rows = re.findall(rf"^\| `cdiscgen {name}\b[^`]*` \| .+ \|$", text_of(README), re.MULTILINE)
    assert len(rows) == 1


def test_comparison_names_the_options_that_there_are():
    compare, status = main.commands["compare"], main.commands["qc"].commands["status"]
    there = {word for command in (compare, status) for one in command.params for word in one.opts}
    named = set(re.findall(r"--[a-z][a-z-]+", text_of(COMPARISON))) - {"--help"}
    assert named <= there
    reports = {"--html", "--xlsx", "--json", "--junit", "--differences", "--record"}
    assert reports | {"--study", "--define", "--keys", "--options", "--who", "--when"} <= named


@pytest.mark.parametrize("code", CATALOGUE)
def test_readme_has_the_code(code):
    severity, meaning = CATALOGUE[code]
    assert text_of(README).count(f"\n| {code} | {severity} | {meaning} |\n") == 1


def test_every_code_stands_in_the_program_and_in_a_test():
    packages = ("controlled_terms", "mappings", "sdtm", "adam", "define_xml", "sas",
                "comparison", "submission")  # fmt: skip
    modules = [path for name in packages for path in sorted((ROOT / name).rglob("*.py"))]
    modules.remove(ROOT / "mappings" / "problems.py")
    tests = [path for path in (ROOT / "tests").glob("test_*.py") if path != Path(__file__)]
    for files in (modules, tests):
        named = set(re.findall(r"\b[A-Z]{2}\d{3}\b", "\n".join(map(text_of, files))))
        assert not set(CATALOGUE) - named


# The two commands


@pytest.mark.parametrize(
    ("heading", "end"),
    [
        pytest.param("### Install and build the demo", ".venv/bin/cdiscgen demo", id="demo"),
        pytest.param("### Run the tests", ".venv/bin/python -m pytest", id="tests"),
    ],
)
def test_the_commands_that_are_run_for_every_change(heading, end):
    assert f"command_of '{heading}'" in text_of(CONTINUOUS)
    _, found, rest = text_of(README).partition(f"\n{heading}\n")
    assert found
    command = re.search(r"^    (.*)$", rest, re.MULTILINE)[1]
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert command.endswith(end)


# The study of the README


@pytest.fixture
def first(tmp_path, monkeypatch):
    """The README's study, in the folder that its commands are run in."""
    files = dict(FILE.findall(text_of(README)))
    assert set(files) == {"study.yaml", "dm.yaml", "ae.yaml", "raw/dm.csv", "raw/ae.csv"}
    for name, content in files.items():
        path = tmp_path / "first" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return tmp_path / "first"


def run(command: str, status: int = 0) -> tuple[str, str]:
    """What a command of the README prints on stdout and on stderr."""
    made = CliRunner().invoke(main, command.split()[1:])
    assert made.exit_code == status, made.output
    return made.stdout, made.stderr


def test_the_commands_of_the_example_print_what_is_shown(first):
    session = "".join(fenced(README, "console"))
    turns = re.findall(r"^\$ (cdiscgen .*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
    assert [command.split()[1] for command, _ in turns] == ["lint", "build", "show", "explain"]
    for command, shown in turns:
        assert run(command)[0] == shown
    names = sorted(path.name for path in (first.parent / "out").rglob("*") if path.is_file())
    assert names == ["ae.xpt", "define.xml", "dm.xpt", "manifest.json"]


def test_the_messages_of_the_example(first):
    warning, error = (line for block in fenced(README, "") for line in re.findall(
        r"^first/.*$", block, re.MULTILINE))  # fmt: skip
    assert warning in run("cdiscgen lint first")[1].splitlines()
    path = first / "ae.yaml"
    changed = text_of(path).replace(", [sev., SEVERE]", "")
    assert changed != text_of(path)
    path.write_text(changed, encoding="utf-8")
    assert error in run("cdiscgen build first --out out", 1)[1].splitlines()
    assert not (first.parent / "out").exists()


@pytest.mark.usefixtures("first")
def test_an_unknown_day_gives_no_study_day():
    shown = run("cdiscgen explain first AE.AESTDY --subject 01-002")[0]
    assert 'AE.AESTDTC = "2024-02"' in shown
    assert "AE.AESTDY = missing" in shown


def own_operations() -> Registry:
    """The operation that README shows a study adding."""
    (source,) = fenced(README, "python")
    module: dict[str, object] = {}
    exec(compile(source, "operations.py", "exec"), module)
    return registry(module["OPERATIONS"])


def test_an_operation_of_the_study(first):
    one = own_operations()["body_mass_index"]
    made = one.function(pd.Series([81.0, float("nan")]), pd.Series([180.0, 170.0]))
    assert made.iloc[0] == pytest.approx(25)
    assert made.isna().tolist() == [False, True]
    (source,) = fenced(README, "python")
    (first / "operations.py").write_text(source, encoding="utf-8")
    study = first / "study.yaml"
    study.write_text(f"{text_of(study)}operations: operations.py\n", encoding="utf-8")
    shown = run("cdiscgen operations body_mass_index --study first")[0]
    assert signature(one) in shown


# Examples of the language


def pieces() -> list[object]:
    return [
        pytest.param(block, id=f"{path.name} {number}")
        for path in (README, LANGUAGE)
        for number, block in enumerate(fenced(path, "yaml"), 1)
    ]


@pytest.mark.parametrize("piece", pieces())
def test_examples_read_as_the_language(piece):
    problems = Problems()
    node = Node.of_text(piece, "example.yaml")
    study = set(node.value) & (set(STUDY) - set(AMENDMENT))
    rules = {
        name: {key: rule for key, rule in rules.items() if key != "required"}
        for name, rules in (STUDY if study else AMENDMENT).items()
    }
    assert validate(node, rules, problems), list(map(str, problems))
    tables = {
        name: read_table(entry, name, ROOT, {}, problems)
        for name, entry in (node["tables"].items() if "tables" in node else ())
    }
    reader = Reader({**catalogue(), **own_operations()}, problems, tables, {})
    for section in ("working", "variables", "supp"):
        for name, body in node[section].items() if section in node else ():
            read_variable(reader, body, name, section)
    for place, block in enumerate(node["records"].each() if "records" in node else ()):
        read_block(reader, block, place)
    assert not list(map(str, problems))


# Links


def anchors(path: Path) -> set[str]:
    """Anchors of a document's headings, as GitHub makes them."""
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(text_of(path)))
    return {title.replace(" ", "-") for title in plain}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for file, anchor in LINK.findall(text_of(path)):
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), file
        assert not anchor or anchor in anchors(target), anchor


def rewrite() -> None:
    """Write the catalogue of operations in docs/language.md anew."""
    before, start, rest = text_of(LANGUAGE).partition(START)
    section, end, after = rest.partition(END)
    kept = section[: section.index("### ")]
    made = f"{before}{start}{kept}{entries(catalogue())}\n{end}{after}"
    LANGUAGE.write_text(made, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    rewrite()
