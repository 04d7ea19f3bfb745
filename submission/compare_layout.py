"""Plain text in columns for reports that are kept: ASCII, as wide as a listing, always the same."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from submission.compare_facts import printable

WIDTH = 96
_GAP = "  "


def ascii_text(text: str) -> str:
    """A text on one line in ASCII; what is not is written as an escape."""
    return printable(text).encode("ascii", "backslashreplace").decode("ascii")


def heading(text: str) -> list[str]:
    """A heading with an empty line before and a rule below."""
    return ["", text, "-" * len(text)]


def paragraph(text: str, first: str = "", rest: str = "") -> list[str]:
    """A text folded into the width, behind ``first`` on its first line and ``rest`` on others."""
    made = wrap(
        ascii_text(text), WIDTH, initial_indent=first, subsequent_indent=rest,
        break_on_hyphens=False, drop_whitespace=True,
    )  # fmt: skip
    return made or [first.rstrip()]


def table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> list[str]:
    """Rows under their headers; columns in ``right`` are aligned at their ends.

    Where it is too wide the widest columns give way: their texts are cut, which three points say.
    """
    cells = [[ascii_text(text) for text in row] for row in (headers, *rows)]
    widths = _fitting([max(map(len, column)) for column in zip(*cells, strict=True)])
    ends = frozenset(right)
    made = []
    for row in cells:
        line = _GAP.join(
            cut(text, width).rjust(width) if column in ends else cut(text, width).ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        made.append(f"{_GAP}{line}".rstrip())
    return made


def fits(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Whether a table is narrow enough for its texts to be whole."""
    columns = zip(headers, *rows, strict=True)
    widths = [max(len(ascii_text(text)) for text in column) for column in columns]
    return sum(widths) + len(_GAP) * len(widths) <= WIDTH


def below(lines: Sequence[str], heads: Iterable[str]) -> list[str]:
    """The lines of a table with the text that belongs to each row, folded, on lines before it."""
    made = [lines[0]]
    for line, head in zip(lines[1:], heads, strict=True):
        made += [*paragraph(head, _GAP, _GAP * 2), line]
    return made


def _fitting(widths: list[int]) -> list[int]:
    """Widths that fit into a line: the widest are made smaller until they do."""
    room = WIDTH - len(_GAP) * len(widths)
    while sum(widths) > room:
        widest = max(widths)
        second = max((width for width in widths if width < widest), default=1)
        most = [place for place, width in enumerate(widths) if width == widest]
        less = min(widest - second, -(-(sum(widths) - room) // len(most)))
        for place in most:
            widths[place] -= less
    return widths


def cut(text: str, width: int) -> str:
    """A text no longer than a width."""
    if len(text) <= width:
        return text
    return f"{text[: width - 3]}..." if width > 3 else text[:width]


def around(base: str, other: str, width: int) -> tuple[str, str]:
    """Two texts cut to a width so that the first place where they differ is seen in both."""
    if max(len(base), len(other)) <= width:
        return base, other
    first = next(
        (place for place, pair in enumerate(zip(base, other, strict=False)) if pair[0] != pair[1]),
        min(len(base), len(other)),
    )
    start = min(first - width // 2, max(len(base), len(other)) - width)
    if start <= 3:
        return cut(base, width), cut(other, width)
    return cut(f"...{base[start + 3 :]}", width), cut(f"...{other[start + 3 :]}", width)
