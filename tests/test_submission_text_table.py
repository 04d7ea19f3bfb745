"""Tables as text."""

from submission.text_table import text_table


def test_columns_are_as_wide_as_they_need_and_end_without_blanks():
    table = text_table(("Name", "Label"), [("AE", "Adverse Events"), ("SUPPDM", "")])
    assert table.split("\n") == ["Name    Label", "AE      Adverse Events", "SUPPDM"]


def test_a_cell_of_several_lines_keeps_them():
    table = text_table(("A", "B"), [("x", "one\ntwo")])
    assert table.split("\n") == ["A  B", "x  one", "   two"]


def test_a_width_folds_long_cells():
    table = text_table(("A",), [("word " * 30,)], 40)
    assert max(map(len, table.split("\n"))) <= 40


def test_brackets_are_text_and_no_markup():
    assert "[bold]x[/bold]" in text_table(("A",), [("[bold]x[/bold]",)])


def test_a_long_cell_is_not_cut_without_a_width():
    assert "x" * 500 in text_table(("A", "B"), [("x" * 500, "y")])
