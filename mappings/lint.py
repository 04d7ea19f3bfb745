"""Everything that can be said of a study before any data is read.

``lint`` is called before every build; ``lint_columns`` when the headers of raw files are at hand.
"""

from mappings.graph import Graph
from mappings.kinds import Kinds
from mappings.lint_blocks import lint_order, lint_sources
from mappings.lint_kinds import lint_kinds
from mappings.lint_names import lint_names
from mappings.lint_notes import lint_notes
from mappings.lint_places import Finds
from mappings.lint_raw import lint_columns
from mappings.lint_sections import lint_sections
from mappings.lint_standard import lint_standard
from mappings.lint_study import lint_study
from mappings.lint_tables import lint_codelists, lint_tables
from mappings.lint_terms import lint_terms
from mappings.lint_types import lint_types
from mappings.lint_unread import lint_unread
from mappings.lint_walk import Walk
from mappings.model import Study
from mappings.problems import Problems

__all__ = ["lint", "lint_columns"]


def lint(study: Study, graph: Graph | None = None) -> Problems:
    """Errors, warnings and notes of a study as its files stand; ``graph`` is its, if at hand."""
    finds, walk, kinds = Finds(study), Walk(study, graph), Kinds(study)
    for dataset in study.datasets.values():
        lint_sources(walk, dataset, finds)
    lint_study(walk, finds)
    lint_codelists(walk, finds)
    for dataset in study.datasets.values():
        lint_sections(dataset, finds)
        lint_standard(walk, dataset, finds)
        lint_names(walk, dataset, finds)
        lint_tables(walk, dataset, finds)
        lint_kinds(walk, dataset, kinds, finds)
        lint_types(walk, dataset, kinds, finds)
        lint_terms(walk, dataset, finds)
        lint_notes(walk, dataset, finds)
        lint_unread(walk, dataset, finds)
    lint_order(walk, finds)
    return finds.problems
