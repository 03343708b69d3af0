"""Code -> Pygments' tokens, by Pygments' own rules, tried all at once.

A Pygments lexer tries the rules of its state one after another, about thirty for each token, each in a separate call.
That takes half the time of a build. Here the rules of a state are joined into one regular expression, and the group
that matched identifies the rule. The tokens are the same; a lexer whose rules cannot be joined is left to Pygments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pygments.lexer import Lexer, RegexLexer
from pygments.token import Error, Whitespace, _TokenType

# Flags at the beginning of a rule apply only to that rule.
_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")
# A reference to a group by number or name would find a different group in the joined expression.
_REFERENCE = re.compile(r"\\[1-9]|\(\?P|\(\?\(")

# A state: the match function for all its rules, and each rule by the number of its group.
_State = tuple[Any, dict[int, tuple[Any, Any, Any]]]


def tokens(lexer: Lexer, code: str) -> Iterator[tuple[_TokenType, str]]:
    """The tokens of `lexer.get_tokens_unprocessed`, without their positions."""
    states = _joined(lexer)
    if states is None:
        for _, kind, text in lexer.get_tokens_unprocessed(code):
            yield kind, text
        return
    stack = ["root"]
    match, rules = states["root"]
    position = 0
    while (found := match(code, position)) or position < len(code):
        if not found:
            if code[position] == "\n":  # Pygments starts again after a line end that no rule matches
                stack = ["root"]
                match, rules = states["root"]
            yield (Whitespace if code[position] == "\n" else Error), code[position]
            position += 1
            continue
        rule, action, state = rules[found.lastindex]
        if isinstance(action, _TokenType):
            yield action, found[0]
        elif action is not None:
            for _, kind, text in action(lexer, rule(code, position)):
                yield kind, text
        position = found.end()
        if state is not None:
            _move(stack, state)
            match, rules = states[stack[-1]]


def _move(stack: list[str], state: Any) -> None:
    """Change the stack of states: `state` is a number of states to leave, or the names of states to enter."""
    if isinstance(state, int):
        del stack[max(len(stack) + state, 1) :]
        return
    for name in state if isinstance(state, tuple) else (state,):
        if name == "#pop":
            del stack[max(len(stack) - 1, 1) :]
        else:
            stack.append(stack[-1] if name == "#push" else name)


@cache
def _joined(lexer: Lexer) -> dict[str, _State] | None:
    """The joined rules of each state, or None if they cannot be joined."""
    if not isinstance(lexer, RegexLexer) or type(lexer).get_tokens_unprocessed is not RegexLexer.get_tokens_unprocessed:
        return None
    states: dict[str, _State] = {}
    for name, rules in lexer._tokens.items():  # type: ignore[attr-defined]
        patterns = [rule[0].__self__ for rule in rules]
        if any(_REFERENCE.search(pattern.pattern) for pattern in patterns):
            return None
        group, by_group = 1, {}
        for rule, pattern in zip(rules, patterns, strict=True):
            by_group[group] = rule
            group += 1 + pattern.groups
        joined = "|".join(f"({_own_flags(pattern.pattern)})" for pattern in patterns)
        states[name] = (re.compile(joined, lexer.flags).match, by_group)
    return states


def _own_flags(pattern: str) -> str:
    flags = _FLAGS.match(pattern)
    return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else pattern
