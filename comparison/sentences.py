"""How causes are told: one sentence each, names and numbers as a reader of listings expects."""

from collections.abc import Sequence

from comparison.attributes import Nature
from comparison.findings import Condition, Where
from comparison.shown import shown_number

_UNITS = (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0))
DIFFERING = (" differs", " differ")  # the end of what is told where nothing more is known
MANY = {"is": "are", "differs": "differ", "has": "have"}


def amount_text(value: float) -> str:
    """A number in at most eight digits."""
    return shown_number(float(f"{value:.8g}"))


def span(value: float, nature: Nature) -> str:
    """A span of days, or of seconds in the largest unit that it is a whole number of."""
    if nature == "date":
        return counted(value, "day")
    for unit, seconds in _UNITS:
        if value % seconds == 0:
            return counted(value / seconds, unit)
    return counted(value, "second")


def counted(value: float, unit: str) -> str:
    """A number with its unit."""
    return f"{amount_text(value)} {unit}{'' if value == 1 else 's'}"


def record_count(count: int) -> str:
    """How many records, with commas."""
    return f"{count:,} record{'' if count == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def phrase(text: str, names: Sequence[str]) -> str:
    """A phrase about some variables, with its verbs in their number."""
    for one, many in MANY.items():
        text = text.replace(f"{{{one}}}", one if len(names) == 1 else many)
    return text.replace("{}", listed(names), 1)


def sentence(
    told: str, count: int, held: int, different: int, conditions: Sequence[Condition]
) -> str:
    """What is seen, and in which records: ``count``, of them ``held`` under the conditions.

    ``different`` records differ in the variables at all.
    """
    if not conditions:
        if told.endswith(DIFFERING):
            told += " without a pattern"
        if count < different:
            return f"{told} in {count:,} of the {different:,} records that differ."
        return (
            f"{told} in {'1 record only' if count == 1 else f'all {count:,} records that differ'}."
        )
    which = under(conditions, held)
    if held < count:
        return f"{told} in {which}, and in {count - held:,} more."
    return f"{told} in {which}."


def under(conditions: Sequence[Condition], held: int, side: Where = "base") -> str:
    """The records under some conditions, of which some are told of.

    A condition of another side than the one the reader thinks of names its side.
    """
    records = conditions[-1].records
    which = f"all {records:,}" if held == records else f"{held:,} of the {records:,}"
    told = [str(one) if one.of == side else f"{one} in the {one.of}" for one in conditions]
    return f"{which} records with {' and '.join(told)}"
