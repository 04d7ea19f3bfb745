"""The commands about the QC of a study; what they need is imported when they run."""

from pathlib import Path

import click

from submission.cli_compare import compared
from submission.terminal import JSON, answered, format_option, print_json, width

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def qc() -> None:
    """Say how the QC of a study stands.

    `cdiscgen compare PRODUCTION QC --record STUDY` puts a comparison on file, in qc.yaml of the
    study folder.

    Example: cdiscgen qc status mystudy
    """


@qc.command()
@click.argument("study", type=FOLDER)
@click.option("--production", type=FOLDER,
              help="Look for production here, not where it was when it was compared.")  # fmt: skip
@click.option("--qc", "qc_folder", type=FOLDER, help="Look for the QC datasets here.")
@click.option("--html", type=NEW_FILE, help="Write a page for the lead too.")
@format_option
def status(
    study: Path, production: Path | None, qc_folder: Path | None, html: Path | None, style: str
) -> None:
    """List the datasets of a study: result, date, who, and stale where something changed since.

    A result is stale where production, the QC, or the dataset's own spec (its file, what it
    extends, its tables and codelists) is not what was compared. The exit status is 0 where every
    dataset is the same and that still holds, else 1.

    Example: cdiscgen qc status mystudy --html qc.html
    """
    from submission import qc_status
    from submission.compare_request import write_whole
    from submission.run import load

    with answered(), compared():
        loaded = load(study)
        found = qc_status.statuses(loaded, production, qc_folder)
        if html is not None:
            write_whole(html, qc_status.status_page(loaded, found))
    if style == JSON:
        print_json(qc_status.status_values(loaded, found))
    else:
        click.echo(qc_status.status_text(found, width()))
    raise SystemExit(0 if qc_status.done(found) else 1)
