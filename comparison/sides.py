"""Files as datasets to compare, by how their names end."""

from pathlib import Path

from comparison.findings import ComparisonError
from comparison.source import Source

ENDINGS = (".xpt", ".sas7bdat", ".json", ".ndjson", ".dsjc", ".csv", ".parquet")


def open_side(path: Path, shown: str) -> Source:
    """The dataset of a file; ComparisonError where it is none or cannot be read.

    What a format needs is imported here, so that transport files need numpy alone.
    """
    ending = path.suffix.lower()
    if not path.is_file():
        raise ComparisonError(f"there is no file {path}")
    if ending == ".xpt":
        from comparison.side_xpt import XptSource

        return XptSource(path, shown)
    if ending == ".sas7bdat":
        from comparison.read_sas import read_sas7bdat

        return read_sas7bdat(path, shown)
    if ending in {".json", ".ndjson", ".dsjc"}:
        from comparison.read_json import read_json

        return read_json(path, shown)
    if ending == ".csv":
        from comparison.read_csv import read_csv

        return read_csv(path, shown)
    if ending == ".parquet":
        from comparison.read_parquet import read_parquet

        return read_parquet(path, shown)
    raise ComparisonError(f"{path} is not one of {', '.join(ENDINGS)}")
