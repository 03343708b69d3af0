"""Markdown as people write it -> the Markdown that they meant, line for line, so that every place stays correct.

CommonMark reads some forms differently from their authors. A fence in a list item swallows the text after it if its
code or its end is to the left of the item. A fence that shows a fence ends too early. `##Title` is a paragraph.
Admonitions (`??? question`) and the marks of other flashcard tools are text. House files are never repaired.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKERS = r"(?:[ \t]*(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*"
_FENCE = re.compile(rf"(?P<lead>{_MARKERS}[ \t]*)(?P<mark>`{{3,}}(?!`)(?!.*`)|~{{3,}}(?!~))[ \t]*(?P<info>.*)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_HEADING = re.compile(r"(#{2,6})(?=[^\s#])")
_ADMONITION = re.compile(r"(?:\?{3}\+?|!{3})[ \t]+(\w+)[^\n\"]*(?:\"(.*)\")?[ \t]*$")
_TOOL = re.compile(r"[ \t]*(?:%%[ \t]*(?:ANKI|END)?[ \t]*(?:%%)?|END[ \t]*%%|<!--[ \t]*(?:ANKI|END)[ \t]*-->)[ \t]*$")
_HEADING_IN = re.compile(r"#{1,6}[ \t]+\S")
_NEAR = 4
_OPENED = re.compile(r"[ \t]*%%(?P<tool>[A-Z]{2,})?[ \t]*(?!.*%%)")
_NOTE_TYPE = re.compile(r"[ \t]*[A-Z][\w -]{1,40}(?:\([\w ]+\))?[ \t]*")
_HIDDEN = re.compile(r"(?<![\w%`])%%(?=[^\s%])[^%`\n]{1,200}(?<=\S)%%(?![\w%`])")
_BLOCK_ID = re.compile(r"(?:^|(?<![ \t])[ \t]+)\^[A-Za-z0-9-]{4,40}[ \t]*$")
_TAB = 4
_LONG = 400
_LISTED = frozenset("-*+0123456789")
# How far to search for the end of a fence: code in questions is short, and a longer search could take quadratic time.
_REACH = 400


def repair(text: str) -> str:
    """The repaired text, with as many lines as before."""
    lines = text.split("\n")
    if "%%" in text or "^" in text:
        _hide(lines)
    _repair(lines)
    return "\n".join(lines)


def _hide(lines: list[str]) -> None:
    """Blank what Obsidian does not show: comments (`%%…%%`), on a line or over several, and the ids of blocks (`^id`).

    A comment may be a note for another tool (`%%ANKI`), in a form that is not read here.
    """
    fence, closes = "", 0
    for index, line in enumerate(lines):
        mark = _mark(line) if "```" in line or "~~~" in line else ""
        if fence:
            fence = "" if mark.startswith(fence) else fence
        elif mark:
            fence = mark
        elif index < closes:
            lines[index] = ""
        elif "%%" in line and (opened := _OPENED.match(line)):
            end = next((at for at in range(index + 1, min(index + _REACH, len(lines))) if "%%" in lines[at]), index)
            closes = end + 1
            if opened["tool"] and not _NOTE_TYPE.fullmatch(lines[index + 1] if index + 1 < len(lines) else ""):
                closes = 0  # cards in a form that is read
            elif opened["tool"] or end > index:
                lines[index] = ""
        elif "%%" in line and not _TOOL.match(line):
            shown = _HIDDEN.sub("", line)
            lines[index] = shown if shown == line else shown.rstrip()
        if not fence and "^" in line and (block_id := _BLOCK_ID.search(lines[index])):
            lines[index] = lines[index][: block_id.start()]


def _repair(lines: list[str]) -> None:
    """Repair the lines in place, in one pass."""
    items: list[int] = []  # the column at which the content of each enclosing list item begins
    index = 0
    while index < len(lines):
        line = lines[index]
        text = line.lstrip()
        if not text:
            index += 1
            continue
        indent = len(line) - len(text) if line[0] != "\t" else _width(line)
        while items and indent < items[-1]:
            items.pop()
        # Testing the first character, and for three equal ones, keeps prose cheap.
        fence = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence:
            index = _fence(lines, index, fence, items)
            continue
        first = text[0]
        if first in _LISTED and (item := _ITEM.match(line)):
            items.append(len(item[0].expandtabs(_TAB)))
        elif first == "#" and indent and _HEADING_IN.match(text) and _next_indent(lines, index) < indent:
            lines[index] = text  # it only looks as if it were in the item above
            items.clear()
        elif line[0] == "#":
            lines[index] = _HEADING.sub(r"\1 ", line, count=1)
        elif line[0] == ":" and line[1:2] in " \t":
            index = _definition(lines, index)
            continue
        elif line[0] in "?!" and len(line) < _LONG and (found := _ADMONITION.match(line)):
            index = _admonition(lines, index, found)
            continue
        elif first in "%E<" and _TOOL.match(line):
            lines[index] = "***" if "END" in line else ""  # a rule, which ends the card above
        index += 1


def _next_indent(lines: Sequence[str], index: int) -> int:
    """The column at which the next line with text begins."""
    after = next((line for line in lines[index + 1 : index + 1 + _NEAR] if line.strip()), "")
    return _width(after) if after else _TAB


def _width(line: str) -> int:
    """The column, from 0, at which the text of a line begins."""
    lead = line[: len(line) - len(line.lstrip(" \t"))]
    return len(lead.expandtabs(_TAB)) if "\t" in lead else len(lead)


def _fence(lines: list[str], start: int, fence: re.Match[str], items: Sequence[int]) -> int:
    """Close the fence that begins at `start` where its author did; the index of the line after it."""
    mark, info = fence["mark"], fence["info"].strip()
    lead = re.sub(r"[^ \t]", " ", fence["lead"]).expandtabs(_TAB)
    own = fence["lead"].strip() != ""
    home = len(lead) if own else max((item for item in items if item <= len(lead)), default=0)
    closing = re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    if not home:
        if info.split(" ")[0].lower() in ("markdown", "md", "mdx"):
            _nested(lines, start, mark, closing)
            closing = re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(_mark(lines[start]))},}}[ \t]*$")
        return next((at + 1 for at in range(start + 1, len(lines)) if closing.match(lines[at])), len(lines))
    least = home
    for at in range(start + 1, min(start + 1 + _REACH, len(lines))):
        line = lines[at]
        if closing.match(line):
            shift = " " * (home - min(least, home))
            for number in range(start + 1, at):
                lines[number] = shift + lines[number] if lines[number].strip() else lines[number]
            lines[at] = " " * home + line.strip()
            return at + 1
        opened = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if opened and opened["info"].strip():
            break  # the next fence: this one was never closed, and ends with its item
        if line.strip():
            least = min(least, _width(line))
    return start + 1


def _mark(line: str) -> str:
    fence = _FENCE.match(line)
    return fence["mark"] if fence else ""


def _nested(lines: list[str], start: int, mark: str, closing: re.Pattern[str]) -> None:
    """Make a fence longer than the fences in the Markdown that it shows, if each of those is closed before it."""
    depth, nested = 1, False
    for at in range(start + 1, min(start + 1 + _REACH, len(lines))):
        if closing.match(lines[at]):
            depth -= 1
            if not depth:
                if nested:
                    lines[start] = lines[start].replace(mark, mark + mark[0], 1)
                    lines[at] = lines[at].replace(mark, mark + mark[0], 1)
                return
        elif _mark(lines[at]).startswith(mark):
            depth, nested = depth + 1, True


def _admonition(lines: list[str], start: int, found: re.Match[str]) -> int:
    """Rewrite an admonition as a callout; the index of the line after it."""
    lines[start] = f"> [!{found[1].lower()}] {found[2] or ''}".rstrip()
    at = start + 1
    while at < len(lines) and (not lines[at].strip() or _width(lines[at]) >= _TAB):
        at += 1
    while not lines[at - 1].strip():
        at -= 1
    inside = [line.expandtabs(_TAB)[_TAB:] for line in lines[start + 1 : at]]
    _repair(inside)
    lines[start + 1 : at] = [f"> {line}".rstrip() for line in inside]
    return at


def _definition(lines: list[str], start: int) -> int:
    """Reduce the indentation under a definition, so that it is not read as code; the index of the line after it."""
    at = start + 1
    while at < len(lines) and (not lines[at].strip() or _width(lines[at]) >= _TAB):
        if lines[at].strip():
            lines[at] = "  " + lines[at].expandtabs(_TAB)[_TAB:]
        at += 1
    return at
