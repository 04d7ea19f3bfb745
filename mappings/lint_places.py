"""Where lint points, and the collector of what it finds.

The model keeps the mark of every value, not of every word: a key, an item of a list of names and a
name inside an expression have only the mark of what holds them. Such a word is looked for in the
text of the file, from that mark on, when there is a problem to report and not before.
"""

import re
from pathlib import Path

from mappings.model import Study
from mappings.problems import Mark, Problems

COMMENT = re.compile(r"(^|\s)#.*")


class Places:
    """Marks of words in the files of a study."""

    def __init__(self, study: Study) -> None:
        self._root = study.folder.parent
        self._texts: dict[str, list[str]] = {}

    def _lines(self, file: str) -> list[str]:
        """Lines of a file without comments; none of one that cannot be read any more."""
        if file not in self._texts:
            path = self._root / Path(file)
            lines = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []
            self._texts[file] = [COMMENT.sub("", line) for line in lines]
        return self._texts[file]

    def after(self, mark: Mark, *words: str) -> Mark:
        """Place of the last word, each looked for behind the one before, below what the mark is in.

        The mark itself if a word is not there.
        """
        found, start = mark, mark
        for word in words:
            place = self._search(start, mark, word)
            if place is None:
                return mark
            found = place
            start = Mark(place.file, place.line, place.column + len(word))
        return found

    def _search(self, start: Mark, owner: Mark, word: str) -> Mark | None:
        lines = self._lines(start.file)
        pattern = _whole(word)
        column = start.column - 1
        for number in range(start.line, _end(lines, owner) + 1):
            match = pattern.search(lines[number - 1], column)
            if match:
                return Mark(start.file, number, match.start() + 1)
            column = 0
        return None

    def key(self, mark: Mark, word: str) -> Mark:
        """Place of the key whose value has the mark; the mark itself if it is not there."""
        lines = self._lines(mark.file)
        pattern = re.compile(rf"(?<!\w)[\"']?{re.escape(word)}[\"']?\s*:")
        end: int | None = mark.column - 1
        for number in range(min(mark.line, len(lines)), max(0, mark.line - 4), -1):
            matches = list(pattern.finditer(lines[number - 1][:end]))
            if matches:
                return Mark(mark.file, number, matches[-1].start() + 1)
            end = None
        return mark

    def exact(self, mark: Mark, word: str) -> Mark:
        """Place of a word of an expression that should stand at the mark.

        Quotes and line breaks of YAML are not counted in an expression, so it may stand further on.
        """
        lines = self._lines(mark.file)
        if mark.line <= len(lines) and lines[mark.line - 1].startswith(word, mark.column - 1):
            return mark
        return self.after(mark, word)


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(word)}(?!\w)")


def _end(lines: list[str], owner: Mark) -> int:
    """Last line of what begins at a mark: the lines below that are indented more."""
    if owner.line > len(lines):
        return 0
    line = lines[owner.line - 1]
    alone = not line[: owner.column - 1].strip(" -")
    least = owner.column - 1 if alone else len(line) - len(line.lstrip()) + 1
    number = owner.line
    while number < len(lines):
        below = lines[number]
        if below.strip() and len(below) - len(below.lstrip()) < least:
            break
        number += 1
    return number


class Finds:
    """Problems found by lint, each once: a body holds on several blocks, its mistake is one."""

    def __init__(self, study: Study) -> None:
        self.problems = Problems()
        self.places = Places(study)
        self._known: set[tuple[str, Mark, str, str]] = set()

    def add(
        self,
        code: str,
        message: str,
        mark: Mark,
        *,
        dataset: str = "",
        variable: str = "",
        value: str = "",
        hint: str = "",
    ) -> None:
        """Note one problem, unless the same stands there already."""
        key = (code, mark, variable, value)
        if key in self._known:
            return
        self._known.add(key)
        self.problems.add(
            code, message, mark=mark, dataset=dataset, variable=variable, value=value, hint=hint
        )
