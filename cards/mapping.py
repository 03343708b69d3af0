"""YAML text -> a mapping that knows the line of each key: the one user of PyYAML.

The text may come from a stranger: aliases (which multiply), tags (which construct) and depth without
end are faults, not behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

MAX_LENGTH = 65_536


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and the place of its key; lines and columns count from 1."""

    value: Any
    line: int
    column: int


class MappingError(ValueError):
    """The text is no mapping that we read; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class _Loader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise MappingError("YAML aliases (*name) are not read", *_place(self.text, mark))
        return super().compose_node(parent, index)


def _place(text: str, mark: yaml.Mark) -> tuple[int, int]:
    """Line and column of a mark; PyYAML counts line ends that other tools do not (U+0085, U+2028)."""
    before = text[: mark.index].split("\n")
    return len(before), len(before[-1]) + 1


def read(text: str) -> dict[str, Entry]:
    """The keys and values of a YAML mapping; an empty text is an empty mapping.

    Raises MappingError where the text is not YAML, no mapping, too long, or names a key twice.
    """
    if len(text) > MAX_LENGTH:
        raise MappingError(f"longer than {MAX_LENGTH:,} characters")
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise MappingError("not a mapping of key: value lines", *_place(text, node.start_mark))
        entries: dict[str, Entry] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node, deep=True))
            line, column = _place(text, key_node.start_mark)
            if key in entries:
                raise MappingError(f"the key {key!r} stands twice", line, column)
            entries[key] = Entry(loader.construct_object(value_node, deep=True), line, column)
        return entries
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MappingError(error.problem or str(error), *(_place(text, mark) if mark else (1, 1))) from error
    except yaml.YAMLError as error:
        raise MappingError(str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise MappingError("nested too deep") from error
    except MappingError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        # PyYAML's constructors let these through, for a date that is none or a number without digits.
        raise MappingError("a value is not what its form says; put it in quotes") from error
