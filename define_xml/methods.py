"""The method text of an item: how its values come about, block by block.

A text is the operation's own sentence with its places filled, followed by the conditions under
which it holds and by what each private name in it stands for, each once, in order of use. Where
several blocks make a value in different ways, each way is a paragraph headed by its records.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from define_xml.places import Place, place_of
from define_xml.tables import looked_up
from define_xml.wording import Wording, flat, is_case, shown
from mappings.expressions import Name
from mappings.model import (
    Argument,
    Block,
    Body,
    ItemArgument,
    ListArgument,
    LiteralArgument,
    NameArgument,
    ThroughArgument,
    VariableSpec,
    made_names,
)
from mappings.operations import Parameter, Role
from mappings.reach import Own, resolve, sequence_name

_PLACE = re.compile(r"\{(\w+)\}")
_PIECES = re.compile(r"(; |, )")
_OWN_WORDS = re.compile(r"^(missing|the)\b")

# What a parameter means that the operation's sentence has no place for; of others the name says it.
_PHRASES: Mapping[str, str] = {
    "no": "else {}",
    "otherwise": "else {}",
    "until": "none after {}",
    "impute": "unknown parts taken as the {} possible",
    "compare": "partial dates compared by the {} day they may be",
    "words": "words read by {}",
    "units": "units by {}",
    "decimals": "rounded to {} decimals",
    "keys": "matched on {}",
    "up_to": "imputing the {} at most",
    "unreadable": "missing where unreadable",
    "start": "counted from {}",
    "as_collected": "as collected",
    "case": "in {} case",
    "confirm": "a response counts only if it is confirmed ({})",
    "pre_dose": "a date without a time that equals it counts only where {}",
}
# Said nowhere: how a file is written, and what only the check of a mapping needs.
_SILENT = frozenset(
    {"order", "pivot", "decimal", "parts", "carry", "distinct", "problems", "group"}
)
# An operation that only copies a collected value or writes it in another form.
_KEEPS_VALUE = frozenset({"copy", "clean", "iso8601", "iso8601_parts", "parse_result"})
_LOOKUP_ELSE = {"missing": "missing", "keep": "the value itself", "problem": ""}


def method_text(places: Sequence[Place], name: str) -> str:
    """How a variable is made on the records of some blocks; a paragraph for each different way.

    Nothing where no block makes it; a block that leaves it missing has no paragraph.
    """
    ways: dict[str, list[Wording]] = {}
    for place in places:
        wording = Wording(place, name)
        text = _value(wording, name)
        if text:
            sentences = [text, *_helpers(wording, {name})]
            ways.setdefault(_sentences(sentences), []).append(wording)
    several = len(ways) > 1
    return "\n".join(_paragraph(text, wordings, several) for text, wordings in ways.items())


def _paragraph(text: str, wordings: Sequence[Wording], several: bool) -> str:
    """A way with the records it is for, where that must be said."""
    heads: dict[str, None] = {}
    helpers: dict[str, None] = {}
    for wording in wordings:
        block = wording.place.block
        chosen = block.keep is not None or block.one_per is not None
        built = block.source in wording.place.study.datasets
        if several or (chosen and built and wording.reads_source):
            own = Wording(wording.place)
            heads.setdefault(_heading(own))
            helpers.update(dict.fromkeys(_helpers(own, set(wording.used))))
    if not heads:
        return text
    return " ".join([f"{'; '.join(heads)}: {text}", *([_sentences(helpers)] if helpers else [])])


def keeps_value(place: Place, name: str) -> bool:
    """Whether a collected value reaches a variable unchanged but for the way it is written."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        spec = place.dataset.body_of(place.block, current)
        if spec is None or spec.body is None or current in seen:
            continue
        seen.add(current)
        if spec.body.operation.name not in _KEEPS_VALUE or spec.body.where is not None:
            return False
        first = next(iter(spec.body.arguments.values()), None)
        for argument in flat([first] if first is not None else []):
            if isinstance(argument, NameArgument):
                target = resolve(place.study, place.dataset, place.block, argument.name)
                waiting += [target.name] if isinstance(target, Own) else []
    return True


def _value(wording: Wording, name: str) -> str:
    """The sentence of a name on the records of a place."""
    place = wording.place
    spec = place.dataset.body_of(place.block, name)
    if spec is not None and spec.method:
        return spec.method.rstrip(".")
    if name == "USUBJID" and spec is not None and spec.section == "identifiers":
        return _automatic(place, name)
    if spec is not None and spec.body is not None:
        return _call(wording, spec.body, spec)
    if name in made_names(place.block) or name == place.block.call.operation.base_name:
        return _made(wording, name)
    return _automatic(place, name)


def _made(wording: Wording, name: str) -> str:
    block = wording.place.block
    if block.transpose is not None and name in block.transpose.into:
        return _transposed(wording, block.transpose.into.index(name))
    first = next(iter(block.call.arguments.values()), None)
    if name == block.call.operation.base_name and isinstance(first, NameArgument):
        return wording.name(first.name)
    carried = block.call.arguments.get("carry")
    if isinstance(carried, ItemArgument) and name in carried.fields:
        column = carried.fields[name]
        return f"last {column.value} of the visit" if isinstance(column, LiteralArgument) else ""
    return _call(wording, block.call, None)


def _transposed(wording: Wording, position: int) -> str:
    """A column that transposing fills: the literals, the columns of the form, or both."""
    cells = [row[position] for row in wording.place.rows]
    literals = dict.fromkeys(f'"{cell.literal}"' for cell in cells if cell.literal is not None)
    columns = dict.fromkeys(cell.column for cell in cells if cell.column is not None)
    if not columns:
        return " or ".join(literals) or "missing on these records"
    source = wording.place.block.source
    names = [*(wording.name(Name(source, column)) for column in columns), *literals]
    return names[0] if len(names) == 1 else f"the column of its test among {', '.join(names)}"


def _automatic(place: Place, name: str) -> str:
    """What the engine fills where the file says nothing."""
    made = place.block.source in place.study.datasets
    if name == "USUBJID" and made and place.dataset.standard == "ADaM":
        return "USUBJID of the record it is made from"
    if name == "USUBJID":
        parts = ", ".join(place.study.subjects.id)
        return f"Identifiers joined by a hyphen: {parts}; a person keeps the first one given"
    if name and name == sequence_name(place.dataset):
        keys = [key for key in place.dataset.keys if key not in {"STUDYID", "USUBJID", name}]
        return f"Number of the record within the subject in the order of {', '.join(keys)}"
    return ""


def _call(wording: Wording, body: Body, spec: VariableSpec | None) -> str:
    """One call in words with the conditions that go with it."""
    where = wording.condition(body.where) if body.where is not None else ""
    if where == "never":
        return "missing on these records"
    shared = _shared_among(wording, body)
    words = _words(wording, body, shared)
    text, placed = _decided(body, words) or _filled(body, words)
    rows = looked_up(wording.place, body)
    text += f" ({rows})" if rows else ""
    if body.operation.name == "copy" and spec is not None and not spec.name.islower():
        text = f"Equal to {text}"
    if shared:
        text += f", among records with {shared}"
    for parameter, argument in body.parameters():
        phrase = "" if parameter.name in placed else _phrase(parameter, argument, words, body)
        text += f"; {phrase}" if phrase else ""
    if body.over:
        text += f"; among the records of {', '.join(body.over)}"
    if where:
        text += f"; only where {where}"
    return text


def _decided(body: Body, words: Mapping[str, str]) -> tuple[str, frozenset[str]] | None:
    """A flag whose condition holds on all records, or on none of them."""
    if body.operation.name != "flag" or words["condition"] not in {"always", "never"}:
        return None
    given = "yes" if words["condition"] == "always" else "no"
    return words.get(given, "missing on these records"), frozenset(words)


def _shared_among(wording: Wording, body: Body) -> str:
    """The condition that all that is looked through has in common, to be said once."""
    found = list(flat(body.arguments.values()))
    throughs = [one for one in found if isinstance(one, ThroughArgument)]
    if any(_mixed(argument) for argument in body.arguments.values()):
        return ""
    written = {one.among.expression.text if one.among else "" for one in throughs}
    names = {one.of.prefix for one in throughs}
    if len(written) != 1 or len(names) != 1 or "" in written:
        return ""
    return wording.among(throughs[0])


def _mixed(argument: Argument) -> bool:
    """Whether some of the items of a list look through other records and some do not."""
    if isinstance(argument, ItemArgument):
        return any(isinstance(one, ThroughArgument) for one in flat([argument]))
    if not isinstance(argument, ListArgument):
        return False
    looks = {isinstance(one, ThroughArgument) for one in argument.items}
    return len(looks) > 1 or any(_mixed(one) for one in argument.items)


def _words(wording: Wording, body: Body, shared: str) -> dict[str, str]:
    """The parameters of a call in words; those that say nothing are left out."""
    words = {}
    cases, left, ends = _cases_left(wording, body)
    for parameter, argument in body.parameters():
        if ends and parameter.name == "otherwise":
            continue
        text = wording.argument(parameter, argument, body, shared)
        if not (parameter.role is Role.CHOICE and text == "none"):
            words[parameter.name] = text
    for parameter in body.operation.parameters.values():
        if parameter.name in body.arguments or parameter.default in {None, "none"}:
            continue
        if parameter.role in {Role.WORD, Role.INTEGER, Role.NUMBER}:
            words[parameter.name] = shown(parameter.default)
        elif parameter.role is Role.CHOICE:
            words[parameter.name] = str(parameter.default)
    if not left:
        words[cases] = words.pop("otherwise", "missing")
    if "by" in body.operation.parameters and not wording.place.dataset.trial_design:
        words["by"] = ", ".join(filter(None, ("subject", words.get("by", ""))))
    return {name: text for name, text in words.items() if text}


def _cases_left(wording: Wording, body: Body) -> tuple[str, int, bool]:
    """The parameter that holds cases, how many may hold, and whether one always does."""
    for name, argument in body.arguments.items():
        cases = argument.items if isinstance(argument, ListArgument) else ()
        if cases and all(map(is_case, cases)):
            left, ends = wording.cases_left(cases)
            return name, len(left), ends
    return "", 1, False


def _filled(body: Body, words: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    """The operation's sentence with its places filled, and which parameters it says.

    A piece between commas or semicolons goes where its place has nothing to fill it.
    """
    template = body.operation.method.rstrip(".")
    pieces = _PIECES.split(template)
    text = ""
    for mark, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        if all(name in words for name in _PLACE.findall(piece)):
            filled = _PLACE.sub(lambda found: words[found[1]], piece)
            filled = filled.replace("table table ", "table ")
            text += f"{mark}{filled}" if text else filled
    placed = _PLACE.findall(template)
    if template.startswith("{") and body.operation.parameters[placed[0]].role is Role.CHOICE:
        text = text[:1].upper() + text[1:]
    return text, frozenset(placed)


def _phrase(parameter: Parameter, argument: Argument, words: Mapping[str, str], body: Body) -> str:
    """What a parameter says that has no place in the sentence; nothing for what is usual."""
    text = words.get(parameter.name, "")
    usual = str(parameter.default)
    if not text or parameter.name in _SILENT or _plain(argument) == usual:
        return ""
    if parameter.name == "otherwise" and body.operation.name == "lookup":
        text = _LOOKUP_ELSE.get(_plain(argument), text)
    if not text:
        return ""
    if parameter.name == "decimals" and text == "1":
        return "rounded to 1 decimal"
    known = parameter.name.strip("_").replace("_", " ")
    return _PHRASES.get(parameter.name, f"{known} {{}}").format(text)


def _plain(argument: Argument) -> str:
    """An argument as it was written, where it is one word."""
    if isinstance(argument, LiteralArgument):
        return str(argument.value)
    if isinstance(argument, NameArgument):
        return str(argument.name)
    if isinstance(argument, ThroughArgument):
        return str(argument.of)
    return "" if isinstance(argument, ListArgument | ItemArgument) else "?"


def _helpers(wording: Wording, said: set[str]) -> list[str]:
    """What each private name stands for that a text uses, in order of use."""
    found = []
    calls: set[int] = set()
    own = wording.variable
    while left := [one for one in wording.used if one not in said]:
        said.add(left[0])
        wording.variable = left[0]
        made = _helper(wording, left[0], calls)
        if made:
            found.append(f"{left[0]} is {_inner(made)}")
    wording.variable = own
    return found


def _sentences(texts: Iterable[str]) -> str:
    """The texts as sentences; a name at the beginning keeps its case."""
    said = (f"{text.rstrip('.')}." for text in texts)
    return " ".join(_OWN_WORDS.sub(lambda found: found[0].capitalize(), text) for text in said)


def _helper(wording: Wording, name: str, calls: set[int]) -> str:
    """The sentence of a private name; what one record operation makes is said once."""
    place = wording.place
    if name in place.block.call.operation.makes and name not in place.block.set:
        if id(place.block) in calls:
            return "made with it"
        calls.add(id(place.block))
    before = set(wording.used)
    text = _value(wording, name) or wording.cells(name)
    if name in wording.elsewhere:
        wording.elsewhere.update(set(wording.used) - before)
    if text or name not in wording.elsewhere:
        return text or "missing on these records"
    for block in place.dataset.blocks:
        if name in block.set or name in made_names(block):
            other = Wording(place_of(place.study, place.dataset, block))
            text = _value(other, name)
            wording.elsewhere.update(set(other.used) - set(wording.used))
            wording.used.update(other.used)
            return text
    return ""


def _inner(text: str) -> str:
    """A sentence inside another: only an ordinary first word loses its capital."""
    ordinary = len(text) > 1 and text[0].isupper() and (text[1].islower() or text[1] == " ")
    return text[0].lower() + text[1:] if ordinary else text


def _heading(wording: Wording) -> str:
    """Which records a block makes, from what."""
    place, block = wording.place, wording.place.block
    text = f"Records from {_source(place, block)}" if block.source else f'Block "{block.name}"'
    where = wording.condition(block.where) if block.where is not None else ""
    text += f" where {where}" if where else ""
    if block.one_per is not None:
        columns = [wording.name(one.name) for one in block.one_per]
        text += f", one for each {_whose(place, columns)}"
    if block.keep is not None:
        order = [
            f"{wording.name(one.name)}{' descending' if one.descending else ''}"
            for one in block.keep.order
        ]
        by = _whose(place, [wording.name(one.name) for one in block.keep.by])
        which = "last" if block.keep.last else "first"
        text += f", the {which} by {', '.join(order)} of each {by}"
    return text


def _whose(place: Place, columns: Sequence[str]) -> str:
    return " and ".join([*([] if place.dataset.trial_design else ["subject"]), *columns])


def _source(place: Place, block: Block) -> str:
    if block.source in place.study.raw:
        return f"form {block.source}"
    if block.source in place.study.datasets:
        return block.source
    return "the study" if block.source == "study" else f"table {block.source}"
