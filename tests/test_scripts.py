"""Script, foreign addresses and styles in every place of a card, shown by Chromium with the note types' own templates.

The lines of `data/scripts.txt` are what people try. `CANARY` is replaced by script that asks for an address of this
test's own server, `URL` by that address: what gets through asks for it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from build_decks.cards.identity.decks import Names
from build_decks.cli import config
from learner import all_notes, learner, take
from tracks import Track

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
VECTORS = (Path(__file__).parent / "data" / "scripts.txt").read_text(encoding="utf-8").splitlines()

# Where a vector stands; each is a found note, since the house refuses raw HTML that is not safe.
PLACES = (
    "### What is {n}a {vector}?\n\nAn answer.\n\n",
    "### What is {n}b?\n\nAn answer. {vector}\n\n",
    "### What is {n}c?\n\n- an item {vector}\n- another\n\n",
    "### What is {n}d?\n\n| a | b |\n|---|---|\n| {vector} | x |\n\n",
    "### What is {n}e?\n\n```{vector}\n{vector}\n```\n\n",
    "### What is {n}f?\n\n> **{vector}** and `{vector}`\n\n",
    "### What is {n}g?\n\nAn answer.[^{n}]\n\n[^{n}]: A note {vector}\n\n",
    "### What is {n}h?\n\n[a link](https://example.org/{vector}) ![{vector}](p.png)\n\n",
)  # fmt: skip

# The card is in a frame of its own; what lies beside it must stay where and as it is.
PAGE = """<!doctype html><meta charset="utf-8"><style>{css}</style><body class="card">
<p id="outside" style="color: rgb(1, 2, 3)">outside</p>{cards}
<script>
addEventListener("load", () => setTimeout(() => {{
  const outside = document.getElementById("outside");
  const style = getComputedStyle(outside), box = outside.getBoundingClientRect();
  const isPlaced = element => /fixed|absolute/.test(getComputedStyle(element).position);
  const placed = [...document.querySelectorAll(".shown *")].filter(isPlaced);
  const hit = document.elementFromPoint(box.left + 1, box.top + 1);
  const fine = style.color === "rgb(1, 2, 3)" && style.display === "block" && hit === outside && !placed.length;
  new Image().src = "/seen?{name}=" + (fine ? "fine" : "changed");
}}, 50));
</script>"""


class Server(ThreadingHTTPServer):
    """Serves pages from memory and remembers what else was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        if page is None:
            self.server.asked.append(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def show(server: Server, pages: dict[str, str], folder: Path) -> None:
    """Let Chromium show pages, each in a frame, until all have been seen."""
    server.pages |= {f"/{name}": page for name, page in pages.items()}
    server.pages["/"] = "".join(f'<iframe src="/{name}" width="400" height="800"></iframe>' for name in pages)
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
        "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={folder}", "--virtual-time-budget=5000",
        "--dump-dom", f"http://127.0.0.1:{server.server_port}/",
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=120, check=True)


def vectors(server: Server) -> dict[str, str]:
    """What is tried, by name."""
    url = f"http://127.0.0.1:{server.server_port}/canary"
    return {
        f"v{number}": line.replace("CANARY", "fetch('/canary')").replace("URL", url)
        for number, line in enumerate(VECTORS)
    }


def sides(deck: Path, folder: Path, name: str) -> str:
    """A page with both sides of every card of a built deck, as Anki fills the templates."""
    with learner(folder / name) as collection:
        take(collection, deck)
        outputs = [card.render_output() for note in all_notes(collection) for card in note.cards()]
    assert outputs
    css = re.sub(r"</?style>", "", outputs[0].css)
    shown = [text for output in outputs for text in (output.question_text, output.answer_text)]
    return PAGE.format(css=css, name=name, cards="".join(f'<div class="shown">{text}</div>' for text in shown))


def held(server: Server, pages: dict[str, str]) -> None:
    seen = {path for path in server.asked if path.startswith("/seen?")}
    assert seen == {f"/seen?{name}=fine" for name in pages}
    assert [path for path in server.asked if "canary" in path] == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
def test_the_canary_sings_where_nothing_guards(tmp_path: Path) -> None:
    with serving() as server:
        show(
            server,
            {"bare": PAGE.format(css="", name="bare", cards="<script>new Image().src = '/canary'</script>")},
            tmp_path,
        )
        assert {path.partition("?")[0] for path in server.asked} >= {"/canary", "/seen"}
        style = "<style>p { position: fixed; color: red !important }</style><div class=shown><p>x</p></div>"
        show(server, {"styled": PAGE.format(css="", name="styled", cards=style)}, tmp_path)
        assert "/seen?styled=changed" in server.asked


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
def test_no_script_runs_nothing_is_fetched_and_no_style_leaves_the_card(tmp_path: Path) -> None:
    tracks = Track(tmp_path / "tracks")
    with serving() as server:
        tried = vectors(server)
        for name, vector in tried.items():
            text = "".join(place.format(n=name, vector=vector) for place in PLACES)
            tracks.write(f"{name}/deck.yaml", f"tag: {name}\n")
            tracks.write(f"{name}/notes/a.md", f"# Questions\n\n{text}")
        tracks.build()
        pages = {name: sides(tracks.deck(name), tmp_path, name) for name in tried}
        show(server, pages, tmp_path / "profile")
        held(server, pages)


HOUSE = "### What is it?\n\n<!-- card: id=a difficulty=beginner -->\n\n**A:** [This](b.md).\n"
CONFIGURED = {
    "titles": "title: 'A {vector} track'\nsubdomains:\n  - folder: notes\n    title: 'A {vector} part'\n",
    "source-url": "source-url: 'https://example.org/{vector}/'\n",
}


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
@pytest.mark.parametrize("key", CONFIGURED)
def test_nothing_of_deck_yaml_runs_on_a_card(tmp_path: Path, key: str) -> None:
    tracks = Track(tmp_path / "tracks")
    with serving() as server:
        for name, vector in vectors(server).items():
            said = CONFIGURED[key].format(vector=vector.replace("'", "''"))
            tracks.write(f"{name}/notes/a.md", HOUSE)
            tracks.write(f"{name}/deck.yaml", f"tag: {name}\n{said}")
            if config.settings(tracks.root / name, Names())[1]:
                shutil.rmtree(tracks.root / name)
        named = sorted(path.name for path in tracks.root.iterdir())
        if named:
            tracks.build()
        pages = {name: sides(tracks.deck(name), tmp_path, name) for name in named}
        if pages:
            show(server, pages, tmp_path / "profile")
        held(server, pages)
