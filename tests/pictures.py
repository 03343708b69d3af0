"""Cards of the built deck -> docs/*.png, as Anki renders them and Chromium shows them.

    python tests/pictures.py

The cards are imported into the real Anki engine, which fills the templates; Chromium must be on the PATH.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageRequest
from PIL import Image

ROOT = Path(__file__).parent.parent
DECK = ROOT / "decks_out" / "python-backend.apkg"
GAP = 16

PAGE = """<!doctype html><meta charset="utf-8"><style>body {{ margin: 0; padding: 16px }}
{css}</style><body class="card {mode}"><div id="qa">{html}</div></body>"""
FRAME = """<!doctype html><style>body {{ margin: 0 }} iframe {{ border: 0; display: block }}</style>
<iframe src="{page}" width="{width}" height="{height}"></iframe>"""
HEIGHT = "<script>document.title = 'height ' + document.documentElement.scrollHeight</script>"


@dataclass(frozen=True)
class Picture:
    """A note's card, shown at a width by day or night; `name` is the file's."""

    name: str
    note: str
    width: int
    night: bool = False


PICTURES = (
    Picture("card", "gil.lost-update", 520),
    Picture("card-night", "gil.lost-update", 520, night=True),
    Picture("cloze-phone", "object-model.hash-contract", 360),
    Picture("bug-phone-night", "decorators.lru-method", 360, night=True),
    Picture("design-phone", "http-semantics.order-contract", 360),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        collection = Collection(str(folder / "collection.anki2"))
        collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(DECK)))
        for picture in PICTURES:
            note = collection.find_notes(f"Id:{picture.note}")[0]
            card = collection.get_note(note).cards()[0]
            output = card.render_output()
            sides = [
                _shoot(side, output.css, picture, Path(collection.media.dir()), folder)
                for side in (output.question_text, output.answer_text)
            ]
            _beside(sides).save(ROOT / "docs" / f"{picture.name}.png", optimize=True)
        collection.close()


def _shoot(html: str, css: str, picture: Picture, media: Path, folder: Path) -> Image.Image:
    mode = "nightMode night_mode" if picture.night else ""
    page = media / "page.html"
    html = re.sub("<details", "<details open", html)
    page.write_text(PAGE.format(css=css, mode=mode, html=html) + HEIGHT, encoding="utf-8")
    wide = media / "frame.html"
    wide.write_text(
        f"<!doctype html><body><iframe src=page.html width={picture.width} height=10 "
        'onload="document.title = this.contentDocument.title"></iframe>',
        encoding="utf-8",
    )
    dom = _chromium(folder, "--allow-file-access-from-files", "--dump-dom", wide.as_uri())
    found = re.search(r"<title>height (\d+)", dom)
    height = int(found[1]) if found else 800
    wide.write_text(FRAME.format(page=page.name, width=picture.width, height=height), encoding="utf-8")
    shot = folder / "shot.png"
    size = f"--window-size={max(picture.width, 500)},{height}"
    _chromium(folder, "--force-device-scale-factor=2", size, f"--screenshot={shot}", wide.as_uri())
    return Image.open(shot).convert("RGB").crop((0, 0, picture.width * 2, height * 2))


def _chromium(folder: Path, *args: str) -> str:
    command = shutil.which("chromium") or shutil.which("google-chrome")
    if not command:
        raise SystemExit("pictures need Chromium on the PATH")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run([command, *options, *quiet, profile, *args], capture_output=True, text=True, check=True)
    return done.stdout


def _beside(sides: list[Image.Image]) -> Image.Image:
    height = max(side.height for side in sides)
    whole = Image.new("RGB", (sum(side.width for side in sides) + GAP, height), sides[0].getpixel((0, 0)))
    left = 0
    for side in sides:
        whole.paste(side, (left, 0))
        left += side.width + GAP
    return whole.quantize(64)


if __name__ == "__main__":
    main()
