"""What becomes of private columns: the submitted names, or the records, that come from each."""

from collections.abc import Iterable, Mapping

from mappings.lint_walk import Read

Place = tuple[str, str]  # a block and a private name on its records


def is_private(name: str) -> bool:
    """Whether a name is a column that only its own dataset reads."""
    return bool(name) and name == name.lower()


def ends(reads: Iterable[Read]) -> dict[Place, set[str]]:
    """For each private name that is read on a block, the names that are not private it ends in.

    The empty text among them stands for what decides records: a clause, a record operation or a
    check. A private name that is not there, or ends in nothing, is lost.
    """
    direct: dict[Place, set[Place]] = {}
    for read in reads:
        name = read.use.name
        if name.prefix not in {"", read.dataset.name} or not is_private(name.name):
            continue
        # Of other records of the dataset a name may be any block's.
        blocks = [read.block] if not name.prefix else read.dataset.blocks
        for block in blocks:
            direct.setdefault((block.name, name.name), set()).add((read.block.name, read.name))
    return {place: _reached(place, direct) for place in direct}


def _reached(place: Place, direct: Mapping[Place, set[Place]]) -> set[str]:
    seen, waiting, found = {place}, [place], set()
    while waiting:
        for reader in direct.get(waiting.pop(), ()):
            if not is_private(reader[1]):
                found.add(reader[1])
            elif reader not in seen:
                seen.add(reader)
                waiting.append(reader)
    return found
