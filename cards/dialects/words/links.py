"""Text -> the targets of its links inside the page: headings, or the top."""

from __future__ import annotations

import re

from . import vocabulary

_LOCAL = re.compile(r"\]\(#([^)\s]+)\)")
_BACK = re.compile(r"(?:<[^<>]+>|\s|\*\*|__)*\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(#[^)]*\)(?:<[^<>]+>|\s|\*\*|__)*")
_BACK_HTML = re.compile(
    r"<(?:div|p|a|b|sup|h\d)\b[^<>]*>(?:\s*<[^<>]+>)*[^<>]{0,40}(?:</?[^<>]+>\s*)+", re.IGNORECASE
)  # fmt: skip
_HREF_HERE = re.compile(r"href\s*=\s*[\"']?#", re.IGNORECASE)


# The text of links within brackets of their own would cost too much to find in a long line.
_LONGEST = 600
_LINK = re.compile(
    r"!?\[(?P<text>[^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:[ \t]+\"[^\"\n]*\")?\)"
    r"|<a\b[^<>]*>(?P<shown>[^<>]*)</a>|<https?://[^<>\s]+>|(?<![\w/])https?://[^\s<>()]+",
    re.IGNORECASE,
)
# A page of the same notes, by its name; alone it may be an answer.
_PAGE = re.compile(r"!?\[\[[^\[\]\n]+\]\]|`?[\w./-]+\.(?:md|markdown|mdx|html?|pdf|ipynb)(?:#[\w-]*)?`?", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)|（[^（）]*）")
_FEW_WORDS = 6
# With more there are more words than those, even in the texts of several links.
_MOST_SPACES = 40


def is_page(text: str) -> bool:
    """Whether a text is the name of a page, or a link to one of the same notes, and nothing else."""
    return _PAGE.fullmatch(text) is not None or ("](" in text and "://" not in text and is_only_link(text))


def is_only_link(text: str) -> bool:
    """Whether a text is one link or several and nothing else, but for the marks between them."""
    if len(text) > _LONGEST or "`" in text or not _has_link(text) or not _LINK.search(text):
        return False
    return not re.search(r"\w", _LINK.sub("", text))


def _has_link(text: str) -> bool:
    return "](" in text or "://" in text or "href" in text


def points_elsewhere(text: str) -> bool:
    """Whether a paragraph only says where the answer is, or where the question comes from.

    `[Docs](https://…)`, "Read the answer on [a site](…)", "(asked 3 times, [a firm](…))".
    """
    if len(text) > _LONGEST or text.count(" ") > _MOST_SPACES:
        return False
    rest = _LINK.sub("", text) if _has_link(text) and "`" not in text else text
    if rest != text and (not re.search(r"\w", rest) or _ASIDE.fullmatch(rest.strip(" *_"))):
        return True
    rest = _PAGE.sub("", rest)
    if rest == text or "`" in rest:
        return False
    words = re.findall(r"[^\W_]+", rest)
    return len(words) <= _FEW_WORDS and vocabulary.points_elsewhere(rest.lstrip(" *_-–—>(👉➡️🔗"))


def anchors(text: str) -> frozenset[str]:
    """The anchors that the links of a page lead to."""
    return frozenset(_LOCAL.findall(text))


def leads_back(text: str) -> bool:
    """Whether a paragraph is a link to somewhere in its page and nothing else."""
    return "](#" in text and _BACK.fullmatch(text) is not None


def html_leads_back(html: str) -> bool:
    """Whether raw HTML is such a link and nothing else."""
    return _BACK_HTML.fullmatch(html) is not None and _HREF_HERE.search(html) is not None
