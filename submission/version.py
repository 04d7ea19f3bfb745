"""The version of this program, found without anything heavy."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """Version of this program as it is installed."""
    try:
        return version("cdiscgen")
    except PackageNotFoundError:
        return "not installed"
