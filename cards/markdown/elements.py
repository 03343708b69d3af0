"""What stands in angle brackets: an element of HTML, or text, such as `<T>`, `<path>` and `<pod-name>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Set
from typing import Any

from markdown_it.common.html_re import close_tag, open_tag

INERT = "inert-"
"""Begins a name that no element has."""

# https://html.spec.whatwg.org/multipage/indices.html#elements-3, then those that are obsolete.
ELEMENTS = frozenset(
    """
    a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption cite code col
    colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark math menu meta
    meter nav noscript object ol optgroup option output p picture pre progress q rp rt ruby s samp script search section
    select selectedcontent slot small source span strong style sub summary sup svg table tbody td template textarea
    tfoot th thead time title tr track u ul var video wbr

    acronym applet basefont bgsound big blink center dir font frame frameset image isindex keygen listing marquee
    menuitem multicol nextid nobr noembed noframes param plaintext rb rtc spacer strike tt xmp
    """.split()  # noqa: SIM905
)
_OPENING = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_ANY = re.compile(r"<(/?)([A-Za-z][^\s/<>]*)|</(?![A-Za-z])")
_PICTURE = re.compile(r"<(?:svg|math)\b", re.IGNORECASE)
_TAG = re.compile(f"{open_tag}|{close_tag}")
# In the environment of a parser: the names that no element has, but that were opened with attributes.
_FOREIGN = "foreign"


def name(text: str, at: int = 0) -> str:
    """The name of the element whose tag begins there, or ""."""
    found = _OPENING.match(text, at)
    return found[2].lower() if found and found[2].lower() in ELEMENTS else ""


def is_word(tag: str, environment: MutableMapping[str, Any]) -> bool:
    """Whether a tag is text: no element has its name, and it has no attribute with a value, nor has what it closes."""
    found = _OPENING.match(tag)
    if not found or found[2].lower() in ELEMENTS:
        return False
    foreign: set[str] = environment.setdefault(_FOREIGN, set())
    if not found[1] and "=" in tag:
        foreign.add(found[2].lower())
    return found[2].lower() not in foreign if found[1] else "=" not in tag


def tag_at(text: str, at: int) -> str:
    """The tag that begins there, or ""."""
    found = _TAG.match(text, at)
    return found[0] if found else ""


def tame(html: str, inert: Set[str], words: bool) -> str:
    """Raw HTML that can be sanitised without a loss of text.

    What no element of HTML is called, and those that are `inert`, have INERT before their name. `words` in angle
    brackets are escaped, but for those in a picture or formula.
    """
    if not _ANY.search(html):
        return html
    return "".join(_tamed(html, ELEMENTS - inert, words and not _PICTURE.search(html)))


def _tamed(html: str, known: Set[str], words: bool) -> Iterator[str]:
    at, environment = 0, dict[str, Any]()
    for found in _ANY.finditer(html):
        if found.start() < at:  # in the value of an attribute
            continue
        yield html[at : found.start()]
        tag = _TAG.match(html, found.start())
        at = tag.end() if tag else found.end()
        shown = html[found.start() : at]
        if words and (is_word(shown, environment) if tag else not name(shown)):
            yield f"&lt;{shown[1:]}"
        elif found[2] and found[2].lower() not in known:
            yield f"<{found[1]}{INERT}{shown[1 + len(found[1]) :]}"
        else:
            yield shown
    yield html[at:]


def without_tags(text: str, kept: str = "") -> str:
    """The text of HTML, with code in backticks; elements of the name that is `kept` stay."""
    text = re.sub(r"</?(?:code|kbd|tt|pre)\b[^<>]*>", "`", text)

    def shown(tag: re.Match[str]) -> str:
        found = name(tag[0])
        return "" if (found or "=" in tag[0]) and not (kept and found == kept) else tag[0]

    return re.sub(r"</?[A-Za-z][^<>]*>", shown, text)
