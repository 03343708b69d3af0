"""An author's raw HTML -> HTML without scripts, handlers or network access: the only module that uses nh3."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import nh3

_COMMON = {"class", "dir", "lang", "title"}
TAGS = frozenset(
    """
    a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub
    summary sup table tbody td tfoot th thead tr u ul var wbr
    """.split()  # noqa: SIM905
)
ATTRIBUTES = {
    "*": _COMMON,
    "a": {"href"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "input": {"checked", "disabled"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
ALIGN = {f"text-align:{side}" for side in ("left", "center", "right")}  # from the colons in a Markdown table
SCHEMES = frozenset({"http", "https", "mailto"})

# A picture without a source shows nothing, but Anki looks for one in the title that it may have.
_NO_PICTURE = re.compile(r'<img(?:(?! (?:src|alt)=")[^>])*>')

MAX_NESTING = 200
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]*)[^<>]*")
_FORMATS = frozenset({"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})
# Of these none stands in another of its kind, or nothing stands in them.
_NEVER_DEEP = frozenset(
    """
    area base br col embed hr img input link meta param source track wbr
    colgroup dd dt li optgroup option p rb rp rt rtc tbody td tfoot th thead tr
    """.split()  # noqa: SIM905
)

Rewrite = Callable[[str, str, str], "str | None"]


def sanitise(text: str, rewrite: Rewrite) -> tuple[str, tuple[str, ...]]:
    """Safe HTML, and what was dropped from it (`<script>`, `onclick=`), sorted.

    `rewrite(tag, attribute, value)` gives the value of each allowed attribute, or None to drop it; it reports what it
    drops.
    """
    refused: Counter[str] = Counter()

    def judge(tag: str, attribute: str, value: str) -> str | None:
        new = rewrite(tag, attribute, value)
        refused[f"{attribute}="] += new is None
        return new

    clean = nh3.clean(
        text,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        tag_attribute_values={"input": {"type": {"checkbox"}}, "td": {"style": ALIGN}, "th": {"style": ALIGN}},
        attribute_filter=judge,
        clean_content_tags={"script", "style"},
        link_rel=None,
        url_schemes=set(SCHEMES),
    )
    dropped = _inventory(text) - _inventory(clean) - refused
    clean = _NO_PICTURE.sub("", clean)
    return clean, tuple(sorted(dropped))


def is_deep(text: str) -> bool:
    """Whether elements are nested so deep that parsing them would cost the square of their number.

    A format that is not closed goes on in all that follows, whatever it stands in.
    """
    within: list[str] = []
    open_now: Counter[str] = Counter()
    formats = 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if name in _NEVER_DEEP or (tag[1] and not open_now[name]):
            continue
        open_now[name] += -1 if tag[1] else 1
        if name in _FORMATS:
            formats += -1 if tag[1] else 1
        elif not tag[1]:
            within.append(name)
        else:
            while (left := within.pop()) != name:
                open_now[left] -= 1
        if len(within) + formats > MAX_NESTING:
            return True
    return False


def swallows(text: str) -> bool:
    """Whether a tag, comment or verbatim element is not closed, so that the text after it would be lost."""
    return "\x06" not in nh3.clean(f"{text}\x06", tags=set(TAGS), clean_content_tags={"script", "style"})


class _Inventory(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[f"<{tag}>"] += 1
        for name, _ in attrs:
            self.found[f"{name}="] += 1

    def handle_pi(self, data: str) -> None:
        self.found["<?"] += 1

    def handle_decl(self, decl: str) -> None:
        self.found["<!"] += 1

    def handle_comment(self, data: str) -> None:
        if data.startswith("[CDATA["):
            self.found["<![CDATA["] += 1

    def unknown_decl(self, data: str) -> None:
        self.found["<![CDATA["] += 1


def _inventory(text: str) -> Counter[str]:
    parser = _Inventory()
    parser.feed(text)
    parser.close()
    return parser.found
