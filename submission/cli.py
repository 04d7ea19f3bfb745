"""The command line: parses, calls one function for each command, prints what comes back.

Results go to stdout, problems and progress to stderr. The exit status is 0 where nothing is wrong,
1 where there are errors, 2 where the request itself is wrong. What a command needs is imported when
it runs, so that help is there at once.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from submission.cli_compare import compare
from submission.cli_qc import qc
from submission.terminal import (
    JSON,
    Telling,
    answered,
    as_json,
    format_option,
    print_json,
    print_problems,
    split_names,
    telling,
    width,
)

if TYPE_CHECKING:
    from mappings.operations import Registry
    from mappings.problems import Problem
    from submission.run import Report

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)

study_argument = click.argument("study", type=FOLDER)
raw_option = click.option(
    "--raw", type=FOLDER, help="Folder of the raw files; without it, STUDY/raw."
)


def print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """Print the version and stop."""
    if not wanted or context.resilient_parsing:
        return
    from submission.version import program_version

    click.echo(f"cdiscgen {program_version()}")
    context.exit()


class InOrder(click.Group):
    """Commands in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Names of the commands as they are defined."""
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False,
              callback=print_version, help="Show the version and exit.")  # fmt: skip
def main() -> None:
    """Build SDTM and ADaM datasets, transport files and define.xml from one YAML spec.

    Results go to stdout, problems and progress to stderr. The exit status is 0 where nothing is
    wrong, 1 where there are errors and 2 where the request itself is wrong.

    Example, with the bundled study: cdiscgen demo
    """


@main.command()
@click.option("--out", type=NEW_FOLDER, default=Path("cdiscgen-demo"), show_default=True,
              help="Folder for the study and its outputs.")  # fmt: skip
@telling
def demo(out: Path, told: Telling) -> None:
    """Copy the bundled study out, build it, and say what to look at.

    Example: cdiscgen demo --out first-look
    """
    from submission.demo import copy_study, next_steps

    with answered():
        study, target = copy_study(out)
        report = built(study, study / "raw", target, told)
    found = print_build(report, target, told)
    if report.written and told.style != JSON:
        click.echo(f"\n{next_steps(study, target)}")
    told.leave(found)


@main.command()
@click.argument("folder", type=NEW_FOLDER)
@click.option("--domains", default="DM", show_default=True, metavar="DM,AE,…",
              help="SDTM domains to begin with.")  # fmt: skip
@click.option("--study", default="STUDY01", show_default=True, help="Identifier of the study.")
def init(folder: Path, domains: str, study: str) -> None:
    """Write a study folder to start from, with the standard's variables for the domains named.

    Nothing is overwritten.

    Example: cdiscgen init mystudy --domains DM,AE,VS --study ABC-101
    """
    from submission.init import new_study, next_steps, write_new

    with answered():
        for path in write_new(folder, new_study(study, split_names(domains))):
            click.echo(path)
    click.echo(f"\n{next_steps(folder)}")


@main.command()
@study_argument
@raw_option
@telling
def lint(study: Path, raw: Path | None, told: Telling) -> None:
    """Say what is wrong with a study before any data are read.

    With raw files at hand, their headers are compared too.

    Example: cdiscgen lint mystudy --strict
    """
    from submission.problem_report import as_values, counted
    from submission.run import lint_study

    with answered():
        found = told.tell(lint_study(study, raw or study / "raw"))
    if told.style == JSON:
        print_json({"problems": as_values(found)})
    else:
        click.echo(counted(found))
    told.leave(found)


@main.command()
@study_argument
@raw_option
@click.option("--out", type=NEW_FOLDER,
              help="Folder of the outputs; without it, cdiscgen-out beside the study.")  # fmt: skip
@click.option("--only", default="", metavar="AE,…", help="Build these datasets alone.")
@click.option("--jobs", type=click.IntRange(min=0), default=0, show_default=True,
              help="Processes to use; 0 lets the number of subjects decide.")  # fmt: skip
@telling
def build(
    study: Path, raw: Path | None, out: Path | None, only: str, jobs: int, told: Telling
) -> None:
    """Build a study: sdtm/ and adam/ with their define.xml, results/ and manifest.json.

    Where anything is wrong, nothing is written and what stood there stays. The time stamped into
    the files is SOURCE_DATE_EPOCH, else settings.created of the study, else the start of 1970.

    Example: cdiscgen build mystudy --raw export --out submission --only AE,LB
    """
    target = out or study.resolve().parent / "cdiscgen-out"
    with answered():
        report = built(study, raw or study / "raw", target, told, split_names(only), jobs)
    told.leave(print_build(report, target, told))


@main.command()
@study_argument
@click.argument("name", required=False, metavar="[DATASET[.VARIABLE]]")
@click.option("--xlsx", type=NEW_FILE, help="Write the list to a workbook instead.")
@format_option
def show(study: Path, name: str | None, xlsx: Path | None, style: str) -> None:
    """Show the variables of a dataset and how each block makes them.

    The number in brackets is the way that fills a variable: (1) set: of the block, (2) its record
    operation, (3) a body of the file, (4) an identifier of the study. Without a dataset, the
    datasets are listed.

    Example: cdiscgen show mystudy AE.AESEV
    """
    from submission.run import load
    from submission.show import found_text, found_values, looked_up

    with answered():
        found = looked_up(load(study), name or "", every=xlsx is not None or style == JSON)
    if xlsx is not None:
        from submission.show_xlsx import write_workbook

        write_workbook(xlsx, found.datasets, found.names)
        click.echo(xlsx)
    elif style == JSON:
        print_json(found_values(found))
    else:
        click.echo(found_text(found, width()))


@main.command()
@study_argument
@click.argument("name", metavar="DATASET.VARIABLE")
@click.option("--subject", default="", help="Whose value: USUBJID, or its end after a hyphen.")
@click.option("--record", type=click.IntRange(min=1), default=None,
              help="Which record of the subject, in the order of the keys.")  # fmt: skip
@click.option("--where", default="", metavar="CONDITION",
              help="Which records, by their variables: 'VISITNUM == 10'.")  # fmt: skip
@click.option("--depth", type=click.IntRange(min=0), default=6, show_default=True,
              help="How many values deep to follow what was read.")  # fmt: skip
@raw_option
@format_option
def explain(
    study: Path, name: str, subject: str, record: int | None, where: str, depth: int,
    raw: Path | None, style: str,
) -> None:  # fmt: skip
    """Explain a value: the operation with its actual arguments, down to rows of raw files.

    Only the subject asked for is built. Rows marked * gave the value above them.

    Example: cdiscgen explain mystudy AE.AESTDY --subject 01-004 --record 2
    """
    from submission.explain import Question, answer_text, answer_values
    from submission.explain import explain as explained
    from submission.run import load

    dataset, _, variable = name.partition(".")
    if not dataset or not variable:
        raise click.UsageError(f"{name!r}: write DATASET.VARIABLE, as in AE.AESTDY")
    question = Question(dataset, variable, subject, record or 0, where, depth)
    with answered():
        answer = explained(load(study), raw or study / "raw", question)
    print_problems(answer.problems, notes=True)
    click.echo(as_json(answer_values(answer)) if style == JSON else answer_text(answer))
    raise SystemExit(1 if any(one.severity == "error" for one in answer.problems) else 0)


@main.command()
@study_argument
@raw_option
@click.option("--strict", is_flag=True, help="Let open columns count as errors.")
@click.option("--open", "only_open", is_flag=True, help="List the open columns alone.")
@format_option
def account(study: Path, raw: Path | None, strict: bool, only_open: bool, style: str) -> None:
    """Account for every raw row and column: used and by what, declared not submitted, or open.

    Example: cdiscgen account mystudy --raw export --strict
    """
    from submission.account import account_text, account_values, accounted
    from submission.run import load

    with answered():
        found = accounted(load(study), raw or study / "raw")
    print_problems(found.errors, notes=False)
    values = account_values(found, only_open=only_open)
    text = account_text(found, width(), only_open=only_open)
    click.echo(as_json(values) if style == JSON else text)
    raise SystemExit(1 if found.errors or (strict and found.open) else 0)


main.add_command(compare)
main.add_command(qc)


@main.command()
@click.option("--study", type=FOLDER, help="Include the operations of this study.")
@click.option("--out", type=NEW_FILE, help="File to write; without it, the schema is printed.")
def schema(study: Path | None, out: Path | None) -> None:
    """Write a JSON Schema of the study and dataset files, for editors that complete and check them.

    Example: cdiscgen schema --out cdiscgen.schema.json
    """
    from submission.json_schema import json_schema

    with answered():
        text = as_json(json_schema(operations_of(study)))
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8", newline="\n")
        click.echo(out)


@main.command()
@click.argument("name", required=False)
@click.option("--study", type=FOLDER, help="Include the operations of this study.")
@format_option
def operations(name: str | None, study: Path | None, style: str) -> None:
    """List the operations, or say everything about one of them.

    Example: cdiscgen operations study_day
    """
    from submission import catalogue_text as texts

    with answered():
        known = operations_of(study)
        one = texts.operation_of(known, name) if name else None
    if style == JSON:
        chosen = [one] if one else [known[key] for key in sorted(known)]
        print_json([texts.operation_values(each) for each in chosen])
    else:
        click.echo(texts.operation_text(one) if one else texts.operations_text(known, width()))


@main.command()
@format_option
def problems(style: str) -> None:
    """List the codes of problems with their severity and what they mean.

    Example: cdiscgen problems --format json
    """
    from submission.catalogue_text import problems_text, problems_values

    click.echo(as_json(problems_values()) if style == JSON else problems_text(width()))


def operations_of(study: Path | None) -> "Registry":
    """The catalogue, with the operations of a study where one is named."""
    from submission.catalogue import catalogue
    from submission.run import load

    return catalogue() if study is None else load(study).operations


def built(
    study: Path, raw: Path, out: Path, told: Telling, only: tuple[str, ...] = (), jobs: int = 0
) -> "Report":
    """The report of a build whose progress is shown."""
    from submission.created import created_setting, creation_time
    from submission.memory import collect_seldom
    from submission.progress import shown
    from submission.run import Request, build_study

    collect_seldom()
    created = creation_time(os.environ.get("SOURCE_DATE_EPOCH"), created_setting(study))
    request = Request(study, raw, out, created, only, jobs, told.strict)
    with shown(sys.stderr, quiet=told.quiet) as progress:
        return build_study(request, progress)


def print_build(report: "Report", out: Path, told: Telling) -> "list[Problem]":
    """Tell the problems of a build and, on stdout, what it made."""
    from submission.summary import summary_text, summary_values

    found = told.tell(report.problems)
    if told.style == JSON:
        print_json(summary_values(report, out, found))
    else:
        click.echo(summary_text(report, out, found))
    return found
