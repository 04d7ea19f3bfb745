"""Progress: lines where nobody watches, a bar on a terminal, nothing where it is not wanted."""

from io import StringIO

from submission.progress import shown


class Terminal(StringIO):
    def isatty(self):
        return True


def follow(stream, **options):
    with shown(stream, **options) as progress:
        progress("read ae", 0, 0)
        progress("build", 1, 4)
        progress("write AE", 2, 3)
    return stream.getvalue()


def test_elsewhere_each_step_is_a_line():
    assert follow(StringIO()) == "read ae\nbuild (1 of 4)\nwrite AE (2 of 3)\n"


def test_quiet_shows_nothing_even_on_a_terminal():
    assert follow(Terminal(), quiet=True) == ""


def test_a_terminal_gets_a_bar_that_is_taken_away(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    text = follow(Terminal())
    assert "write AE" in text
    assert "\x1b[" in text
