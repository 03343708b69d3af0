#!/usr/bin/env bash
# On import Anki takes the first `src=` that it meets in an <img>, be it inside alt text or the end of `data-src`.
#
# anki 26.9.3, genanki 0.13.1, Python 3.11. A package shows real.png; the learner has another real.png already. Anki then stores
# the package's picture under a name with its hash and rewrites the reference. Of <img alt="src=x.png" src="real.png"> it
# rewrites the alt text instead, loses a quotation mark, does not store the picture, and the card shows the learner's own
# picture. With data-src before src the picture is not stored either. All four fields are valid HTML.
# Seen:
#   plain:      <img src="real-HASH.png" alt="x">            stored: yes
#   alt first:  <img alt="x" src="real-HASH.png">            stored: yes
#   src in alt: <img alt="src=x.png src="real.png">          stored: no
#   data-src:   <img data-src="x.png" src="real.png">        stored: no
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq anki==26.9.3 genanki==0.13.1
cat > "$work/run.py" <<'PY'
import re
import sys
from pathlib import Path

import genanki
from anki.collection import Collection, ImportAnkiPackageRequest

FIELDS = {
    "plain": '<img src="real.png" alt="x">',
    "alt first": '<img alt="x" src="real.png">',
    "src in alt": '<img alt="src=x.png" src="real.png">',
    "data-src": '<img data-src="x.png" src="real.png">',
}
SEEN = {
    "plain": ('<img src="real-HASH.png" alt="x">', True),
    "alt first": ('<img alt="x" src="real-HASH.png">', True),
    "src in alt": ('<img alt="src=x.png src="real.png">', False),
    "data-src": ('<img data-src="x.png" src="real.png">', False),
}
folder = Path(sys.argv[1])
(folder / "real.png").write_bytes(b"the picture of the package")
templates = [{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{Back}}"}]
model = genanki.Model(1607392319, "Pictures", fields=[{"name": "Front"}, {"name": "Back"}], templates=templates)
for label, field in FIELDS.items():
    deck = genanki.Deck(2059400110, "Pictures")
    deck.add_note(genanki.Note(model, ["question", field]))
    package = genanki.Package(deck, media_files=[str(folder / "real.png")])
    package.write_to_file(folder / "pictures.apkg")
    collection = Collection(str(folder / f"{label}.anki2"))
    collection.media.write_data("real.png", b"the learner's own picture")
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(folder / "pictures.apkg")))
    found = collection.get_note(collection.find_notes("")[0]).fields[1]
    names = [path.name for path in Path(collection.media.dir()).iterdir()]
    shown = re.sub(r"real-[0-9a-f]{40}", "real-HASH", found)
    stored = any(re.fullmatch(r"real-[0-9a-f]{40}\.png", name) for name in names)
    print(f"{label + ':':<12}{shown:<46}stored: {'yes' if stored else 'no'}")
    assert (shown, stored) == SEEN[label], (label, shown, stored)
    collection.close()
PY
"$work/venv/bin/python" "$work/run.py" "$work"
