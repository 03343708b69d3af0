"""Text -> the targets of its links inside the page: headings, or the top."""

from __future__ import annotations

import re

_LOCAL = re.compile(r"\]\(#([^)\s]+)\)")
_BACK = re.compile(r"(?:<[^<>]+>|\s|\*\*|__)*\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(#[^)]*\)(?:<[^<>]+>|\s|\*\*|__)*")
_BACK_HTML = re.compile(
    r"<(?:div|p|a|b|sup|h\d)\b[^<>]*>(?:\s*<[^<>]+>)*[^<>]{0,40}(?:</?[^<>]+>\s*)+", re.IGNORECASE
)  # fmt: skip
_HREF_HERE = re.compile(r"href\s*=\s*[\"']?#", re.IGNORECASE)


def anchors(text: str) -> frozenset[str]:
    """The anchors that the links of a page lead to."""
    return frozenset(_LOCAL.findall(text))


def leads_back(text: str) -> bool:
    """Whether a paragraph is a link to somewhere in its page and nothing else."""
    return "](#" in text and _BACK.fullmatch(text) is not None


def html_leads_back(html: str) -> bool:
    """Whether raw HTML is such a link and nothing else."""
    return _BACK_HTML.fullmatch(html) is not None and _HREF_HERE.search(html) is not None
