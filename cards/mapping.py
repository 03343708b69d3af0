"""YAML text -> a tree of values that know their places: the one user of PyYAML.

The text may come from a stranger: aliases (which multiply), tags (which construct) and depth without
end are faults, not behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

MAX_LENGTH = 65_536
MAX_DEPTH = 16
MAX_SHOWN = 60
UNREAD: Final = object()
"""The value of a node that has a fault already: there is nothing more to say about it."""
_UNREAD_TAG = "unread"


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its place; lines and columns count from 1.

    `value` is a tuple of Nodes for a list, Entries by key for a mapping, else what YAML makes of the text `written`.
    """

    value: Any
    line: int
    column: int
    written: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping and its value, each with its own place."""

    key: Node
    value: Node


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is not read, where, and how to fix it."""

    line: int
    column: int
    message: str
    hint: str


def read(text: str) -> tuple[Mapping[str, Entry], tuple[Fault, ...]]:
    """The entries of a YAML mapping, and every fault of it; an empty text is an empty mapping.

    A text that is no YAML, or no mapping, has one fault and no entries.
    """
    if len(text) > MAX_LENGTH:
        return {}, (Fault(1, 1, f"longer than {MAX_LENGTH:,} characters", "keep only what it needs"),)
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.reader.ReaderError as error:
        return {}, (Fault(*_place(text, error.position), *_character(error.character)),)
    except yaml.MarkedYAMLError as error:
        return {}, (_syntax(text, error),)
    if root is None:
        return {}, ()
    node = loader.node(root)
    if isinstance(node.value, dict):
        return node.value, tuple(sorted(loader.faults))
    faults = loader.faults or [Fault(node.line, node.column, "not a mapping", "write `key: value` lines")]
    return {}, tuple(sorted(faults))


class _Loader(yaml.SafeLoader):
    """PyYAML's nodes -> ours, with the faults that do not keep the rest from being read."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        self.faults: list[Fault] = []
        self.depth = 0

    def fault(self, mark: Any, message: str, hint: str) -> None:
        self.faults.append(Fault(*_place(self.text, mark.index), message, hint))

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self.fault(event.start_mark, "YAML aliases (`*name`) are not read", "write the value again")
            return yaml.ScalarNode(_UNREAD_TAG, "", event.start_mark, event.end_mark)
        if self.depth == MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, f"nested more than {MAX_DEPTH} deep", event.start_mark)
        tagged, event.anchor = event.tag is not None, None
        if tagged:
            self.fault(event.start_mark, "YAML tags (`!name`) are not read", "delete the tag; put text in quotes")
        self.depth += 1
        node: Any = super().compose_node(parent, index)
        self.depth -= 1
        if tagged:
            node.tag = _UNREAD_TAG
        return node

    def node(self, found: yaml.Node) -> Node:
        value, written = UNREAD, ""
        if found.tag == _UNREAD_TAG:
            pass
        elif isinstance(found, yaml.MappingNode):
            value = self.entries(found)
        elif isinstance(found, yaml.SequenceNode):
            value = tuple(self.node(item) for item in found.value)
        else:
            value, written = self.scalar(found), found.value
        return Node(value, *_place(self.text, found.start_mark.index), written)

    def entries(self, found: yaml.MappingNode) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for key_node, value_node in found.value:
            key, value = self.node(key_node), self.node(value_node)
            if isinstance(key.value, (tuple, dict)):
                self.fault(key_node.start_mark, "a key that is no text", "write `key: value`, or quote the brackets")
            elif key.written in entries:
                first = entries[key.written].key.line
                message = f"the key `{key.written[:MAX_SHOWN]}` stands twice, first on line {first}"
                self.fault(key_node.start_mark, message, "keep one of them")
            elif key.value is not UNREAD:
                entries[key.written] = Entry(key, value)
        return entries

    def scalar(self, found: yaml.Node) -> Any:
        try:
            return self.construct_object(found)
        except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            # PyYAML's constructors let these through, for a date that is none or a number without digits.
            self.fault(found.start_mark, "this looks like a date or number and is none", "put it in quotes")
            return UNREAD


def _place(text: str, index: int) -> tuple[int, int]:
    """Line and column; PyYAML itself counts line ends that other tools do not (U+0085, U+2028)."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _character(code: int) -> tuple[str, str]:
    """What is wrong with a character that YAML does not allow; a byte that is no UTF-8 comes as a surrogate."""
    if 0xDC80 <= code <= 0xDCFF:
        return f"byte 0x{code - 0xDC00:02x} is not UTF-8", "save the file as UTF-8"
    return f"the character U+{code:04X} is not allowed in YAML", "delete it"


def _syntax(text: str, error: yaml.MarkedYAMLError) -> Fault:
    """Where the text stops being YAML. What is never closed is shown where it is opened, not at the end."""
    problem, context = error.problem or str(error), error.context or ""
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and mark.index >= len(text.rstrip()):
        mark = error.context_mark
    message = f"{problem}, {context}" if context else problem
    hint = "check the quotes, brackets and indentation here and on the line above"
    if "another document" in problem:
        message, hint = "a second YAML document begins here", "keep one document"
    elif r"'\t'" in problem:
        message, hint = "a tab where YAML wants spaces", "indent with spaces"
    elif "mapping values" in problem:
        message, hint = "a second `: ` on this line", "put the text in quotes, or begin a new line for the key"
    elif "deep" in problem:
        hint = "flatten it"
    return Fault(*(_place(text, mark.index) if mark else (1, 1)), message, hint)
