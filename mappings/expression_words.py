"""Expressions as a reader of define.xml sees them: ``AESER = "Y" and AESTDTC is not missing``."""

import re
from collections.abc import Callable

from mappings.expressions import FUNCTIONS, Expression, Name, Part

COMPARED = {"==": "=", "!=": "is not", "in": "is one of", "not in": "is none of"}

# How tightly a part holds together; an operand that holds less than it must stands in parentheses.
BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_ONE = re.compile(r"""\(([^"',]*|"[^"]*"|'[^']*')\)""")  # a list of one value
PHRASE, SUM, NEGATIVE, ATOM = 4, 5, 7, 9


def in_words(expression: Expression, name: Callable[[Name], str] = str) -> str:
    """The expression as text; ``name`` writes a name, for instance as the value it stands for."""
    return _words(expression.root, name)


def _words(part: Part, name: Callable[[Name], str]) -> str:
    def inside(inner: Part, least: int) -> str:
        text = _words(inner, name)
        return text if _binding(inner) >= least else f"({text})"

    sign, parts, binding = part.sign, part.parts, _binding(part)
    if isinstance(part.value, Name):
        return name(part.value)
    if not parts:
        return _literal(part.value)
    if sign in {"and", "or"}:
        return f" {sign} ".join(inside(inner, BINDING["not"]) for inner in parts)
    if sign == "list":
        return f"({', '.join(_words(inner, name) for inner in parts)})"
    if sign == "not" and parts[0].sign == "missing":
        return f"{inside(parts[0].parts[0], ATOM)} is not missing"
    if sign == "not":
        return f"not ({_words(parts[0], name)})"
    if sign == "-" and len(parts) == 1:
        return f"-{inside(parts[0], ATOM)}"
    if sign in BINDING:
        return f"{inside(parts[0], binding)} {sign} {inside(parts[1], binding + 1)}"
    if sign in FUNCTIONS:
        return _phrase(sign, [inside(inner, ATOM) for inner in parts])
    return _comparison(sign, inside(parts[0], SUM), inside(parts[1], SUM))


def _binding(part: Part) -> int:
    if not part.parts or part.sign == "list":
        return ATOM
    if part.sign == "-" and len(part.parts) == 1:
        return NEGATIVE
    return BINDING.get(part.sign, PHRASE)


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}'" if '"' in value else f'"{value}"'
    return str(value)


def _comparison(sign: str, left: str, right: str) -> str:
    """Both sides with what is between them; a list of one is that one."""
    only = _ONE.fullmatch(right)
    if sign in {"in", "not in"} and only is not None:
        sign, right = {"in": "==", "not in": "!="}[sign], only[1]
    return f"{left} {COMPARED.get(sign, sign)} {right}"


def _phrase(sign: str, words: list[str]) -> str:
    """What a function says of its operands."""
    first, last = words[0], words[-1]
    several = f"{', '.join(words[:-1])} and {last}"
    smallest, largest = ("smaller", "larger") if len(words) == 2 else ("smallest", "largest")
    return {
        "missing": f"{first} is missing",
        "min": f"the {smallest} of {several}",
        "max": f"the {largest} of {several}",
        "abs": f"the absolute value of {first}",
        "round": f"{first} rounded to {last} {'decimal' if last == '1' else 'decimals'}",
        "log10": f"the decimal logarithm of {first}",
        "days": f"the days from {first} to {last}",
    }[sign]
