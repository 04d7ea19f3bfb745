"""The command that compares two datasets or folders; what it needs is imported when it runs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from submission.terminal import split_names

if TYPE_CHECKING:
    from comparison.findings import Collection
    from comparison.options import Options, Tolerance

EXISTING = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
AMOUNT = click.FloatRange(min=0)
SIDES = click.Choice(["base", "other", "both"])

Command = Callable[..., None]


def table_file(
    _context: click.Context, _parameter: click.Parameter, path: Path | None
) -> Path | None:
    """A file that differences may be written to, by its ending."""
    if path is not None:
        from comparison.differences import ENDINGS

        if path.suffix.lower() not in ENDINGS:
            raise click.BadParameter(f"{path} does not end in {' or '.join(ENDINGS)}")
    return path


DATASET_OPTIONS = (
    click.option("--shared", is_flag=True,
                 help="Of two folders compare the datasets that both have, as where QC has done "
                      "some; the others are listed as left out and make no difference."),
)  # fmt: skip
KEY_OPTIONS = (
    click.option("--keys", default="", metavar="A,B,…",
                 help="Variables that pair records, in every dataset."),
    click.option("--study", type=FOLDER, help="Take the keys from the specs of this study."),
    click.option("--define", type=FILE,
                 help="Take the keys from this define.xml; without it, from one beside the files."),
)  # fmt: skip
VALUE_OPTIONS = (
    click.option("--absolute", type=AMOUNT, metavar="NUMBER",
                 help="Numbers are equal so far apart: |y - x|."),
    click.option("--relative", type=AMOUNT, metavar="NUMBER",
                 help="Numbers are equal so far apart, as a share of their mean."),
    click.option("--percent", type=AMOUNT, metavar="NUMBER",
                 help="Numbers are equal so far apart, in percent of the base."),
    click.option("--digits", type=click.IntRange(min=0), metavar="N",
                 help="Round numbers to so many decimals before they are compared."),
    click.option("--missing-equal", type=SIDES,
                 help="A value missing on this side equals any other; both is NOMISSING."),
    click.option("--set-aside", default="", metavar="KIND,…",
                 help="Count these kinds of difference and do not call the data different: "
                      "precision, case, white space, look-alike, missing kind."),
    click.option("--ignore", default="", metavar="ATTRIBUTE,…",
                 help="Do not compare these: label, type, length, format, informat, order."),
    click.option("--only", default="", metavar="A,B,…", help="Compare these variables alone."),
    click.option("--without", default="", metavar="A,B,…", help="Leave these variables out."),
    click.option("--options", "options_file", type=FILE,
                 help="YAML file of options, for tolerances by variable and what is used again; "
                      "options of the command line win."),
)  # fmt: skip
REPORT_OPTIONS = (
    click.option("--who", default="", help="Who compares, for the reports."),
    click.option("--when", default="", help="When it was compared, for the reports."),
    click.option("--record", type=FOLDER, metavar="STUDY",
                 help="Put the result on file in this study, for cdiscgen qc status: BASE is "
                      "production, OTHER the QC. Needs --who and --when."),
    click.option("--most", type=click.IntRange(min=1), metavar="N",
                 help="Differences of each variable that are kept for the reports; 100000 unless "
                      "said. Numbers are always of all."),
    click.option("--first", type=click.IntRange(min=0), metavar="N", default=20, show_default=True,
                 help="Differences of each variable that the text lists."),
    click.option("--format", "style", type=click.Choice(["text", "json", "junit"]),
                 default="text", show_default=True,
                 help="text for people; json and junit print one document on stdout."),
    click.option("--html", type=NEW_FILE,
                 help="Write a page that needs no other file, to filter and to read side by side."),
    click.option("--xlsx", type=NEW_FILE, help="Write a workbook."),
    click.option("--json", type=NEW_FILE, help="Write everything that was found as JSON."),
    click.option("--junit", type=NEW_FILE, help="Write the checks as JUnit XML, for pipelines."),
    click.option("--differences", type=NEW_FILE, callback=table_file,
                 help="Write all differing values as a table: .parquet or .csv."),
)  # fmt: skip


def options(*groups: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    """Give a command the options of some groups, in their order."""

    def given(command: Command) -> Command:
        for group in reversed(groups):
            for option in reversed(group):
                command = option(command)
        return command

    return given


@click.command()
@click.argument("base", type=EXISTING)
@click.argument("other", type=EXISTING)
@options(DATASET_OPTIONS, KEY_OPTIONS, VALUE_OPTIONS, REPORT_OPTIONS)
def compare(
    base: Path, other: Path, shared: bool, study: Path | None, define: Path | None, who: str,
    when: str, record: Path | None, first: int, style: str, html: Path | None, xlsx: Path | None,
    json: Path | None, junit: Path | None, differences: Path | None, **values: Any,
) -> None:  # fmt: skip
    """Compare two datasets, or the datasets of two folders by name, and say why they differ.

    Each may be SAS transport 5 or 8, SAS7BDAT, Dataset-JSON, CSV or Parquet. Records are paired by
    the keys given, those of the spec or of define.xml, else in their order. Values are compared
    exactly unless a tolerance is given. The exit status is 0 where all is the same, 1 where
    anything differs, 2 where something could not be compared.

    Example: cdiscgen compare production/adtte.xpt qc/adtte.xpt --keys USUBJID,PARAMCD
    """
    files = {"html": html, "xlsx": xlsx, "json": json, "junit": junit, "differences": differences}
    reports = {name: path for name, path in files.items() if path is not None}
    if record is not None and not (who and when):
        raise click.UsageError("--record needs --who and --when")
    with compared():
        from submission.compare_request import Sought, check_outputs
        from submission.compare_request import compared as made

        sought = Sought(base, other, study or (None if define else record), define, shared)
        check_outputs(sought, list(reports.values()))
        found = made(sought, asked(values), who, when)
        write_reports(found, reports)
        if record is not None:
            from submission.qc_record import put_on_file

            put_on_file(found, record)
    click.echo(report(found, style, first), nl=False)
    raise SystemExit(found.exit_status)


def write_reports(found: "Collection", files: Mapping[str, Path]) -> None:
    """Write the reports that were asked for, by their kinds."""
    from submission.compare_request import write_whole, writing

    elsewhere = files["differences"].name if "differences" in files else ""
    for kind, path in files.items():
        if kind == "differences":
            from comparison.differences import write_differences

            with writing(path):
                write_differences(found, path)
        else:
            write_whole(path, report(found, kind, elsewhere=elsewhere))


def report(found: "Collection", kind: str, first: int = 0, elsewhere: str = "") -> bytes:
    """A report of that kind as the bytes of a file.

    ``first`` is for the text alone; ``elsewhere``, the file with all differences, for the page.
    """
    if kind == "html":
        from submission.compare_html import html_report

        return html_report(found, elsewhere)
    if kind == "xlsx":
        from submission.compare_xlsx import xlsx_report

        return xlsx_report(found)
    if kind == "json":
        from submission.compare_values import json_report

        return json_report(found)
    if kind == "junit":
        from submission.compare_junit import junit_report

        return junit_report(found)
    from submission.compare_text import text_report

    return text_report(found, first).encode("ascii")


@contextmanager
def compared() -> Iterator[None]:
    """Turn what cannot be compared into a message and exit status 2."""
    from comparison.findings import ComparisonError

    try:
        yield
    except ComparisonError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(2) from error


def asked(values: dict[str, Any]) -> "Options":
    """The options of a file, where one is named, with those of the command line in their place."""
    from dataclasses import replace

    from comparison.options import ATTRIBUTES, MINOR, Options

    made = Options()
    if values["options_file"] is not None:
        from comparison.options_file import read_options

        made = read_options(values["options_file"])
    given: dict[str, Any] = {
        "keys": split_names(values["keys"]),
        "only": words("--only", values["only"]),
        "without": words("--without", values["without"]),
        "tolerance": tolerance(values),
        "set_aside": frozenset(words("--set-aside", values["set_aside"], MINOR)),
        "ignored": frozenset(words("--ignore", values["ignore"], ATTRIBUTES)),
        "missing_in_base_equal": values["missing_equal"] in {"base", "both"},
        "missing_in_other_equal": values["missing_equal"] in {"other", "both"},
        "most": values["most"],
    }
    given = {name: value for name, value in given.items() if value}
    if values["digits"] is not None:
        given["digits"] = values["digits"]
    return replace(made, **given)


def tolerance(values: dict[str, Any]) -> "Tolerance | None":
    """The tolerance that was given; None without one."""
    from comparison.options import Tolerance

    named = [name for name in ("absolute", "relative", "percent") if values[name] is not None]
    if len(named) > 1:
        raise click.UsageError(f"--{named[0]} and --{named[1]} do not go together")
    return Tolerance(named[0], values[named[0]]) if named else None  # type: ignore[arg-type]


def words(option: str, text: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The words of a list with commas; a usage error at one that is not known."""
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in found:
        if known and word not in known:
            raise click.UsageError(f"{option}: {word!r} is not one of {', '.join(known)}")
    return found
