#!/usr/bin/env bash
# Anki's import of a package remembers its options as the user's own, for an engine caller too.
#
# Version:   anki 26.9.3
# Seen:      importing a package with explicit options through the Python engine writes those options to the collection's
#            configuration. `get_import_anki_package_presets`, from which the desktop fills its import dialog, then returns
#            them: a program that imports once with "update notes: always" leaves that choice ticked for the user.
# Expected:  options of a request stay with the request.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q anki==26.9.3 genanki==0.13.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from pathlib import Path

import genanki
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

folder = Path(sys.argv[1])
model = genanki.Model(
    1607392319, "Pair", fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{Back}}"}],
)
deck = genanki.Deck(2059400110, "Capitals")
deck.add_note(genanki.Note(model, ["Norway", "Oslo"]))
genanki.Package(deck).write_to_file(folder / "capitals.apkg")

collection = Collection(str(folder / "collection.anki2"))
before = collection._backend.get_import_anki_package_presets()
request = ImportAnkiPackageRequest(
    package_path=str(folder / "capitals.apkg"), options=ImportAnkiPackageOptions(merge_notetypes=True, update_notes=1)
)
collection.import_anki_package(request)
after = collection._backend.get_import_anki_package_presets()
print("presets before:", before.merge_notetypes, before.update_notes)
print("presets after: ", after.merge_notetypes, after.update_notes)
assert (before.merge_notetypes, before.update_notes) == (False, 0)
assert (after.merge_notetypes, after.update_notes) == (True, 1)
collection.close()
PYTHON
echo "seen: the options of one import became the user's presets"
