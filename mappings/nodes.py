"""A value of a YAML file together with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mappings.marked_yaml import Marks, Route, load_marked
from mappings.problems import Mark


@dataclass(frozen=True)
class Node:
    """A plain value, the route to it and the marks of its file."""

    value: Any
    route: Route
    marks: Marks

    @classmethod
    def of_text(cls, text: str, file: str) -> "Node":
        """The whole document of a text; StudyError where it cannot be read."""
        value, marks = load_marked(text, file)
        return cls(value, (), marks)

    @property
    def mark(self) -> Mark:
        """Where the value starts."""
        return self.marks.values[self.route]

    def key_mark(self, key: str | int) -> Mark:
        """Where a key stands; the value's own place where there is no such key."""
        return self.marks.keys.get((*self.route, key), self.mark)

    def mark_of(self, path: Route) -> Mark:
        """The place of what lies at a path below, or of the nearest thing above it."""
        route = (*self.route, *path)
        while route and route not in self.marks.values and route not in self.marks.keys:
            route = route[:-1]
        return self.marks.keys.get(route) or self.marks.values[route]

    def __getitem__(self, key: str | int) -> "Node":
        return Node(self.value[key], (*self.route, key), self.marks)

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def get(self, key: str) -> "Node | None":
        """The value under a key, None where the key is not there."""
        there = key in self
        return self[key] if there else None

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """The keys and values of a mapping; nothing for any other value."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self[key]

    def each(self) -> Iterator["Node"]:
        """The items of a list; a value that is no list is its only item."""
        if isinstance(self.value, list):
            for position in range(len(self.value)):
                yield self[position]
        else:
            yield self
