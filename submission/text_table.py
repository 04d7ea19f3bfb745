"""Tables as text: columns aligned, as wide as they need or folded into the width of a terminal."""

from collections.abc import Sequence
from io import StringIO


def text_table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None
) -> str:
    """Rows under their headers without colours or frames.

    ``width`` folds long cells; without it every row is one line for each line of its cells.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    for header in headers:
        table.add_column(Text(header), overflow="fold", no_wrap=width is None)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    stream = StringIO()
    console = Console(file=stream, color_system=None, width=width or _natural(headers, rows))
    console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _natural(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Width at which nothing is folded; wide characters take two places."""
    return sum(
        2 * max((len(line) for cell in column for line in cell.splitlines()), default=0) + 2
        for column in zip(headers, *rows, strict=True)
    )
