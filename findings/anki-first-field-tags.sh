#!/usr/bin/env bash
# Anki cuts the tags out of a first field with nothing in their place before it compares: "no<br>table" is a duplicate
# of "notable".
#
# anki 26.9.3, Python 3.11. Two notes whose first fields a person reads as different words, "no" and "table" on two lines
# against "notable", are one to Anki. The editor's check calls the second a duplicate (state 2), and the text
# import with its default settings updates the first note instead of adding a second.
# Seen: state: DUPLICATE / notes after the import: 1 / the first note now: ["no<br>table", "two"]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq anki==26.9.3
cat > "$work/run.py" <<'PY'
import sys
from pathlib import Path

from anki.collection import Collection, ImportCsvRequest
from anki.notes import NoteFieldsCheckResult

folder = Path(sys.argv[1])
collection = Collection(str(folder / "collection.anki2"))
basic = collection.models.by_name("Basic")
first = collection.new_note(basic)
first.fields = ["notable", "one"]
collection.add_note(first, 1)
second = collection.new_note(basic)
second.fields = ["no<br>table", "two"]
state = second.fields_check()
sums = [collection.db.scalar("select csum from notes where id = ?", first.id)]
rows = folder / "rows.txt"
rows.write_text("#separator:tab\n#html:true\n#notetype:Basic\nno<br>table\ttwo\n", encoding="utf-8")
metadata = collection.get_csv_metadata(str(rows), None)
collection.import_csv(ImportCsvRequest(path=str(rows), metadata=metadata))
count = collection.note_count()
back = collection.get_note(first.id).fields
print("state:", "DUPLICATE" if state == NoteFieldsCheckResult.DUPLICATE else state)
print("notes after the import:", count)
print("the first note now:", back)
assert state == NoteFieldsCheckResult.DUPLICATE, state
assert count == 1, count
assert back == ["no<br>table", "two"], back
PY
"$work/venv/bin/python" "$work/run.py" "$work"
