"""Building: what is written, what a second build does, what keeps a build from writing."""

from __future__ import annotations

from tracks import Track, card, rows


def test_a_card_becomes_a_note(track: Track) -> None:
    track.write("basics/gil.md", card("gil.why", "Why is there a GIL?", "One **cheap** lock."))
    track.build()
    found = rows(track.deck(), "select flds, tags from notes", track.root)
    assert len(found) == 1
    fields = found[0][0].split("\x1f")
    assert fields[0] == "Why is there a GIL?"
    assert fields[2] == "<p>One <strong>cheap</strong> lock.</p>"
    assert "track::topic::gil" in found[0][1].split()
