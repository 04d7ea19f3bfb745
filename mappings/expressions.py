"""The expressions of the mapping language: read, taken apart and put into words.

Python's own grammar, narrowed: names, texts, numbers, ``== != < <= > >=``, ``in``, ``and or not``,
``+ - * /`` and seven functions (language section 1.8). A text is taken as it stands between its
quotes, there are no escapes. A name has at most one dot; a raw column that Python would not take as
a name stands in back-quotes after it: ``ae.`Site code```. Before Python's parser sees the text,
every name and text in it is masked by a placeholder of the same length, so that offsets hold and no
word means more than the language says.
"""

import ast
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FUNCTIONS: Mapping[str, tuple[int, int]] = {  # least and most arguments
    "missing": (1, 1),
    "min": (2, 99),
    "max": (2, 99),
    "abs": (1, 1),
    "round": (2, 2),
    "log10": (1, 1),
    "days": (2, 2),
}
ARITHMETIC: Mapping[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARED: Mapping[type, str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
CONDITIONS = {*COMPARED.values(), "and", "or", "not", "missing"}
WORDS = {"and", "or", "not", "in"}
CONSTANTS = {"True", "False", "None"}
DEPTH = 100
DIGITS = 15

_PLAIN = r"[^\W\d]\w*"
_NAME = rf"{_PLAIN}(?:\.(?:{_PLAIN}|`[^`]+`))?"
TOKEN = re.compile(
    rf"""
    (?P<space>\s+)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<name>{_NAME})
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<sign>[=!<>]=|<(?!>)|>|[-+*/(),\[\]])
    """,
    re.VERBOSE,
)
INSTEAD = {
    "=": "== compares",
    "<": "!= compares",
    "!": "write not",
    "&": "write and",
    "|": "write or",
    "{": "a list stands in parentheses",
    "`": "back-quotes stand after a form and a dot",
    '"': "the quote is not closed",
    "'": "the quote is not closed",
    ".": "a name has one dot, a number digits on both sides of it",
    **dict.fromkeys("\u2018\u2019\u201c\u201d", "texts stand in straight quotes"),
}


class ExpressionError(Exception):
    """What is wrong with an expression, where in its text, and under which code to report it."""

    def __init__(self, message: str, offset: int, code: str = "SP110") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.code = code


@dataclass(frozen=True)
class Name:
    """A name as written: the prefix stands before the dot and is empty for a bare name.

    Names are equal wherever they stand.
    """

    prefix: str
    name: str
    offset: int = field(default=0, compare=False)

    def __str__(self) -> str:
        name = self.name if re.fullmatch(_PLAIN, self.name) else f"`{self.name}`"
        return f"{self.prefix}.{name}" if self.prefix else name


@dataclass(frozen=True)
class Part:
    """A piece of an expression.

    ``sign`` is ``name``, ``text``, ``number``, ``list``, or an operator or function as written,
    with its operands in ``parts``; a chain ``a < b < c`` is ``and`` of its comparisons.
    """

    sign: str
    offset: int
    parts: tuple["Part", ...] = ()
    value: Name | str | int | float | None = None


@dataclass(frozen=True)
class Expression:
    """An expression, or a part of one; offsets count in the text of the whole."""

    text: str
    names: tuple[Name, ...]
    root: Part = field(repr=False)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    offset: int


@dataclass(frozen=True)
class _Source:
    """What stands behind the placeholders: tokens by offset; Python counts from ``start``."""

    start: int
    tokens: Mapping[int, _Token]

    def offset(self, node: ast.expr) -> int:
        return node.col_offset + self.start

    def token(self, node: ast.expr) -> _Token:
        return self.tokens[self.offset(node)]

    def in_parentheses(self, node: ast.expr) -> bool:
        before = [token for token in self.tokens.values() if token.offset < self.offset(node)]
        return bool(before) and before[-1].text == "("


def parse_expression(text: str) -> Expression:
    """Expression of a text; ExpressionError says what is outside the grammar and where."""
    tokens = tuple(_tokens(text))
    if not tokens:
        raise ExpressionError("is empty", 0)
    start = tokens[0].offset
    masked = [" "] * len(text)
    for token in tokens:
        masked[token.offset : token.offset + len(token.text)] = _mask(token)
    try:
        tree = ast.parse("".join(masked).strip(), mode="eval")
    except SyntaxError as error:
        offset = min(start + max((error.offset or 1) - 1, 0), len(text))
        raise ExpressionError(f"cannot be read from here on: {error.msg}", offset) from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError("is nested too deeply", start) from error
    source = _Source(start, {token.offset: token for token in tokens})
    return _expression(text, _part(tree.body, source, 0))


def parse_name(text: str) -> Name:
    """Name of a reference: ``NAME``, ``name``, ``X.Y`` or ``x.`any column```."""
    stripped = text.strip()
    offset = text.find(stripped)
    if not re.fullmatch(_NAME, stripped) or stripped in {*WORDS, *CONSTANTS, *FUNCTIONS}:
        prefix, dot, column = stripped.partition(".")
        hint = f"back-quotes take any column: {prefix}.`{column.strip('`')}`" if dot else ""
        message = f"{stripped!r} is not a name"
        raise ExpressionError(f"{message}; {hint}" if hint else message, offset)
    return _name(stripped, offset)


def _name(text: str, offset: int) -> Name:
    prefix, dot, name = text.partition(".")
    return Name(prefix, name.strip("`"), offset) if dot else Name("", text, offset)


def _expression(text: str, root: Part) -> Expression:
    places = {name.offset: name for name in _names(root)}  # a chain has its middle twice
    return Expression(text, tuple(places[offset] for offset in sorted(places)), root)


def _names(part: Part) -> Iterator[Name]:
    if isinstance(part.value, Name):
        yield part.value
    for inner in part.parts:
        yield from _names(inner)


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The conditions that a top-level ``and`` joins; an expression without one is its only part."""
    if expression.root.sign != "and":
        return (expression,)
    parts = [_expression(expression.text, part) for part in expression.root.parts]
    return tuple(inner for part in parts for inner in conjuncts(part))


def equality(expression: Expression) -> tuple[Expression, Expression] | None:
    """Both sides of an expression that is ``a == b`` and nothing else."""
    if expression.root.sign != "==":
        return None
    left, right = expression.root.parts
    return _expression(expression.text, left), _expression(expression.text, right)


def _tokens(text: str) -> Iterator[_Token]:
    """Tokens of the text without blanks; what cannot follow one another is refused here."""
    before = _Token("", "", 0)
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            hint = INSTEAD.get(text[position], "not a sign of an expression")
            raise ExpressionError(f"unexpected {text[position]}: {hint}", position)
        if match.lastgroup != "space":
            token = _Token(str(match.lastgroup), match[0], position)
            _refuse(before, token, text)
            yield token
            before = token
        position = match.end()
    if before.text in WORDS or (before.kind == "sign" and before.text not in {")", "]"}):
        raise ExpressionError(f"something is missing after {before.text}", before.offset)


def _refuse(before: _Token, token: _Token, text: str) -> None:
    if token.kind == "name" and token.text in CONSTANTS:
        raise ExpressionError(f"{token.text} is no value; ask missing(x) or compare", token.offset)
    if token.kind == "name" and token.text not in WORDS and token.text.lower() in WORDS:
        raise ExpressionError(f"write {token.text.lower()} in lower case", token.offset)
    if token.kind == "text" and len(token.text) == 2:
        raise ExpressionError("an empty text is missing: ask missing(x)", token.offset)
    if token.kind == "number" and re.match(r"0[0-9]", token.text):
        raise ExpressionError("a number does not start with 0: put a text in quotes", token.offset)
    if token.kind == "number" and re.match(r"[\w.`]", text[token.offset + len(token.text) :]):
        raise ExpressionError(f"{token.text} runs into what follows", token.offset)
    if before.kind == token.kind == "text":
        raise ExpressionError("two texts side by side: put a comma between", token.offset)
    ends = before.kind in {"text", "number", "name"} and before.text not in WORDS
    starts = token.kind in {"text", "number", "name"} and token.text not in WORDS
    if starts and (ends or before.text in {")", "]"}):
        raise ExpressionError(f"an operator is missing before {token.text}", token.offset)


def _mask(token: _Token) -> str:
    if token.kind == "text":
        return f'"{"x" * (len(token.text) - 2)}"'
    if token.kind == "name" and token.text not in WORDS:
        return "_" * len(token.text)
    return token.text


def _part(node: ast.expr, source: _Source, depth: int = 0) -> Part:
    """Part of a node of Python's tree; what the language does not have is refused."""
    offset = source.offset(node)
    if depth > DEPTH:
        raise ExpressionError("is nested too deeply", source.start)
    deeper = depth + 1
    match node:
        case ast.Constant() | ast.Name():
            return _atom(source.token(node))
        case ast.BoolOp():
            sign = "and" if isinstance(node.op, ast.And) else "or"
            parts = [_condition(value, source, deeper) for value in node.values]
            return Part(sign, offset, tuple(parts))
        case ast.UnaryOp(op=ast.Not()):
            return Part("not", offset, (_condition(node.operand, source, deeper),))
        case ast.UnaryOp(op=ast.USub()):
            inner = _operand(node.operand, source, deeper)
            if isinstance(inner.value, int | float):
                return Part("number", offset, value=-inner.value)
            return Part("-", offset, (inner,))
        case ast.BinOp() if type(node.op) in ARITHMETIC:
            sides = (_operand(side, source, deeper) for side in (node.left, node.right))
            return Part(ARITHMETIC[type(node.op)], offset, tuple(sides))
        case ast.Compare():
            return _comparisons(node, source, deeper)
        case ast.Call(func=ast.Name()):
            return _call(node, source, deeper)
    raise ExpressionError("is not part of the language", offset)


def _atom(token: _Token) -> Part:
    if token.kind == "text":
        return Part("text", token.offset, value=token.text[1:-1])
    if token.kind == "name":
        if token.text in FUNCTIONS:
            raise ExpressionError(f"{token.text} needs parentheses", token.offset)
        return Part("name", token.offset, value=_name(token.text, token.offset))
    if not math.isfinite(float(token.text)):
        raise ExpressionError(f"{token.text} is more than a number holds", token.offset)
    whole = token.text.isdigit() and len(token.text) <= DIGITS
    return Part("number", token.offset, value=int(token.text) if whole else float(token.text))


def _condition(node: ast.expr, source: _Source, depth: int) -> Part:
    part = _part(node, source, depth)
    if part.sign in CONDITIONS:
        return part
    raise ExpressionError("a value where a condition is needed: compare it", part.offset)


def _operand(node: ast.expr, source: _Source, depth: int) -> Part:
    if isinstance(node, ast.Tuple | ast.List):
        raise ExpressionError("a list stands after in only", source.offset(node))
    part = _part(node, source, depth)
    if part.sign not in CONDITIONS:
        return part
    raise ExpressionError("a condition where a value is needed", part.offset)


def _comparisons(node: ast.Compare, source: _Source, depth: int) -> Part:
    """The comparisons of a chain, joined by ``and``; one alone stands for itself."""
    offset = source.offset(node)
    signs = [COMPARED.get(type(sign), "") for sign in node.ops]
    left = _operand(node.left, source, depth)
    if signs in (["in"], ["not in"]):
        return Part(signs[0], offset, (left, _list(node.comparators[0], source, depth)))
    made = []
    for sign, right_node in zip(signs, node.comparators, strict=True):
        if sign in {"", "in", "not in"}:
            raise ExpressionError("is not part of a chain of comparisons", offset)
        right = _operand(right_node, source, depth)
        made.append(Part(sign, offset, (left, right)))
        left = right
    return made[0] if len(made) == 1 else Part("and", offset, tuple(made))


def _list(node: ast.expr, source: _Source, depth: int) -> Part:
    """What stands after ``in``: literals in parentheses or brackets, or a name that is a list."""
    offset = source.offset(node)
    if isinstance(node, ast.Name):
        return _part(node, source, depth)
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    if nodes == [node] and not source.in_parentheses(node):
        raise ExpressionError("the list after in stands in parentheses", offset)
    parts = tuple(_operand(element, source, depth) for element in nodes)
    for part in parts:
        if part.sign not in {"text", "number"}:
            raise ExpressionError("a list holds texts and numbers only", part.offset)
        if part.sign != parts[0].sign:
            raise ExpressionError("texts and numbers in one list", part.offset)
    if not parts:
        raise ExpressionError("the list is empty", offset)
    return Part("list", offset, parts)


def _call(node: ast.Call, source: _Source, depth: int) -> Part:
    offset = source.offset(node)
    name = source.tokens[offset].text
    if name not in FUNCTIONS:
        hint = f"there are {', '.join(FUNCTIONS)}; operations do not stand in expressions"
        raise ExpressionError(f"{name} is not a function: {hint}", offset)
    least, most = FUNCTIONS[name]
    parts = tuple(_operand(argument, source, depth) for argument in node.args)
    if not least <= len(parts) <= most:
        wanted = str(least) if least == most else f"{least} or more"
        raise ExpressionError(f"{name} takes {wanted} values, not {len(parts)}", offset)
    if name == "round" and parts[1].value not in range(DIGITS + 1):
        raise ExpressionError(f"round takes 0 to {DIGITS} as its digits", parts[1].offset)
    return Part(name, offset, parts)
