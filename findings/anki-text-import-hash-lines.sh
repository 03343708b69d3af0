#!/usr/bin/env bash
# In Anki's text import a row that begins with `#` is a comment anywhere in the file, not only in the header, and is dropped
# without being counted; an unknown `#notetype:` falls back to another note type without a word.
#
# anki 26.9.3, Python 3.11. Of three rows, of which the second begins with "# of a list", two notes are made and two are
# reported as found; quoted, the same row is a note. With `#notetype:No such type` the row becomes a note of the type "Basic".
# Seen: notes: ['first', '# quoted'] of 3 rows, found 2 / the note of an unknown type is a Basic
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq anki==26.9.3
cat > "$work/run.py" <<'PY'
import sys
from pathlib import Path

from anki.collection import Collection, ImportCsvRequest

folder = Path(sys.argv[1])
collection = Collection(str(folder / "collection.anki2"))


def take(text):
    path = folder / "rows.txt"
    path.write_text(text, encoding="utf-8")
    metadata = collection.get_csv_metadata(str(path), None)
    return collection.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log


header = "#separator:tab\n#html:true\n#notetype:"
log = take(header + 'Basic\nfirst\tone\n# of a list\ttwo\n"# quoted"\tthree\n')
fronts = [collection.get_note(note).fields[0] for note in sorted(collection.find_notes(""))]
print(f"notes: {fronts} of 3 rows, found {log.found_notes}")
assert fronts == ["first", "# quoted"], fronts
assert log.found_notes == 2, log.found_notes
take(header + "No such type\nsecond\tfour\n")
kind = collection.get_note(collection.find_notes("second")[0]).note_type()["name"]
print(f"the note of an unknown type is a {kind}")
assert kind == "Basic", kind
PY
"$work/venv/bin/python" "$work/run.py" "$work"
