"""``python -m submission`` is ``cdiscgen``."""

from submission.cli import main

main(prog_name="cdiscgen")
