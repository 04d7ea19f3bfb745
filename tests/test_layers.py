"""Imports go one way, and modules and functions stay of a size that can be read at one sitting."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BELOW = {
    "controlled_terms": set(),
    "mappings": {"controlled_terms"},
    "sdtm": {"controlled_terms", "mappings"},
    "adam": {"controlled_terms", "mappings", "sdtm"},
    "define_xml": {"controlled_terms", "mappings"},
    "sas": set(),
    "comparison": {"controlled_terms", "mappings", "sas"},
    "submission": {
        "controlled_terms",
        "mappings",
        "sdtm",
        "adam",
        "define_xml",
        "sas",
        "comparison",
    },
}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def modules() -> list[Path]:
    return [path for package in BELOW for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Packages of ours that a module imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(str(node.module).partition(".")[0])
    return found & set(BELOW)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_go_down(path):
    package = path.relative_to(ROOT).parts[0]
    assert imported(path) <= BELOW[package] | {package}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            doc = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) else 0
            assert node.end_lineno - node.lineno + 1 - doc <= LONGEST_FUNCTION, node.name
