"""What the commands share: how problems are told, how a request that fails ends, how values print.

Nothing heavy is imported here before it is needed.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mappings.problems import Problem

Command = Callable[..., None]
JSON = "json"

format_option = click.option(
    "--format", "style", type=click.Choice(["text", JSON]), default="text", show_default=True,
    help="text for people; json prints one JSON document on stdout.",
)  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """How problems are told: in which style, with notes and values or without, what counts."""

    strict: bool
    quiet: bool
    verbose: bool
    hide_values: bool
    style: str

    def tell(self, problems: "Iterable[Problem]") -> "list[Problem]":
        """The problems as they may be shown; as text they are shown here, on stderr."""
        from submission.problem_report import without_values

        found = without_values(problems) if self.hide_values else list(problems)
        if self.style != JSON:
            told = [one for one in found if not self.quiet or one.severity != "note"]
            print_problems(told, notes=self.verbose)
        return found

    def leave(self, problems: "Iterable[Problem]") -> None:
        """Exit with 1 where there are errors, or warnings that count as such."""
        wrong = {"error", "warning"} if self.strict else {"error"}
        raise SystemExit(1 if any(one.severity in wrong for one in problems) else 0)


def telling(command: Command) -> Command:
    """Give a command the options of those that report problems; it gets ``told``, a Telling."""

    @wraps(command)
    def run(
        strict: bool, quiet: bool, verbose: bool, hide_values: bool, style: str, **rest: Any
    ) -> None:
        command(told=Telling(strict, quiet, verbose, hide_values, style), **rest)

    made: Command = run
    for option in (
        format_option,
        click.option("--hide-values", is_flag=True,
                     help="Blank values and identifiers of subjects in problems."),
        click.option("--verbose", is_flag=True, help="List every note one by one."),
        click.option("--quiet", is_flag=True, help="Show neither progress nor notes."),
        click.option("--strict", is_flag=True, help="Let warnings count as errors."),
    ):  # fmt: skip
        made = option(made)
    return made


@contextmanager
def answered() -> Iterator[None]:
    """Turn what a request or a study has wrong into messages and exit statuses."""
    from mappings.problems import StudyError
    from submission.place import PlaceError
    from submission.requests import RequestError

    try:
        yield
    except (RequestError, PlaceError) as error:
        raise click.UsageError(str(error)) from error
    except StudyError as error:
        print_problems(error.problems, notes=True)
        raise SystemExit(1) from error


def print_problems(problems: "Iterable[Problem]", *, notes: bool) -> None:
    """Problems on stderr, a line each."""
    from submission.problem_report import lines

    for line in lines(problems, notes=notes):
        click.echo(line, err=True)


def split_names(text: str) -> tuple[str, ...]:
    """Names of a list with commas, in capitals."""
    return tuple(name.strip().upper() for name in text.split(",") if name.strip())


def print_json(value: Any) -> None:
    """A value as JSON for people and programs, on stdout."""
    click.echo(as_json(value))


def as_json(value: Any) -> str:
    """A value as JSON text."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def width() -> int | None:
    """Width of the terminal that stdout is; None where it is a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
