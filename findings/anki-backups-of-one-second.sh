#!/usr/bin/env bash
# Anki names a backup after the second in which it is made, so a later one in the same second replaces it.
#
# Version:   anki 26.9.3
# Seen:      `Collection.create_backup(force=True)` returns True twice, for two different states of the collection, but one
#            file is in the folder: the second backup has silently taken the place of the first.
# Expected:  a backup that was reported as made is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q anki==26.9.3
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
import time
from pathlib import Path

from anki.collection import Collection

folder = Path(sys.argv[1])
backups = folder / "backups"
backups.mkdir()
collection = Collection(str(folder / "collection.anki2"))


def add(front: str) -> None:
    note = collection.new_note(collection.models.by_name("Basic"))
    note["Front"] = front
    collection.add_note(note, collection.decks.id("Default"))


for attempt in range(5):  # until both fall into one second
    for file in backups.iterdir():
        file.unlink()
    time.sleep(1 - time.time() % 1)
    began, made = int(time.time()), []
    for front in ("first", "second"):
        add(f"{front} {attempt}")
        made.append(collection.create_backup(backup_folder=str(backups), force=True, wait_for_completion=True))
    if int(time.time()) == began:
        break
else:
    raise SystemExit("the two backups never fell into one second")
names = sorted(file.name for file in backups.iterdir())
print("reported as made:", made, "files:", len(names))
assert made == [True, True] and len(names) == 1
collection.close()
PYTHON
echo "seen: two backups were made, one file is there"
