"""Pictures and sounds: what is packaged, under which name, and what is refused with a place."""

from __future__ import annotations

import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from rendering import Rendered, render
from tracks import Track, card, rows

PNG, SVG, MP3 = b"\x89PNG\r\n\x1a\n1", b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"ID3\x04 sound"
NAME = re.compile(r"track-[0-9a-f]{16}\.[a-z0-9]+")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A track with a picture that is written about in basics/page.md."""
    put(tmp_path, "basics/img/dot.png", PNG)
    return tmp_path


def put(root: Path, name: str, data: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def only(found: Rendered) -> str:
    """The name of the one medium of a note that has no fault."""
    assert found.faults == ()
    assert len(found.media) == 1
    return next(iter(found.media))


def packaged(deck: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(deck) as archive:
        index = json.loads(archive.read("media"))
        return {name: archive.read(number) for number, name in index.items()}


def test_media_are_packaged_under_a_name_of_their_bytes(track: Track) -> None:
    for name, data in (("dot.png", PNG), ("art.svg", SVG), ("say.mp3", MP3)):
        track.write(f"basics/img/{name}", data)
    answer = "![a dot](img/dot.png) ![art](img/art.svg) ![speech](img/say.mp3)"
    track.write("basics/page.md", card("a.one", answer=answer))
    track.write("other/page.md", card("a.two", answer="![the same](../basics/img/dot.png)"))
    track.build()
    media = packaged(track.deck())
    assert sorted(media.values()) == sorted([PNG, SVG, MP3])
    assert all(NAME.fullmatch(name) for name in media)
    fields = "".join(row[0] for row in rows(track.deck(), "select flds from notes", track.root))
    assert all(name in fields for name in media)
    assert packaged(track.deck("track-other")) == {name: data for name, data in media.items() if data == PNG}


def test_a_picture_is_an_image_with_its_text(root: Path) -> None:
    found = render(root, '![a **dot** "here" & <there>](img/dot.png "title")\n')
    assert f'<img src="{only(found)}" alt="a dot &quot;here&quot; &amp; ' in found.fields["Answer"]


def test_a_sound_is_played_by_anki(root: Path) -> None:
    put(root, "basics/say.mp3", MP3)
    found = render(root, "Hear ![speech](say.mp3).\n")
    assert found.fields["Answer"] == f"<p>Hear [sound:{only(found)}].</p>"


@pytest.mark.parametrize("suffix", [".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"])
def test_pictures_that_anki_shows_everywhere_are_taken(root: Path, suffix: str) -> None:
    put(root, f"basics/dot{suffix}", PNG)
    assert only(render(root, f"![x](dot{suffix})\n")).endswith(suffix)


@pytest.mark.parametrize("suffix", [".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"])
def test_sounds_that_anki_plays_everywhere_are_taken(root: Path, suffix: str) -> None:
    put(root, f"basics/say{suffix}", MP3)
    assert only(render(root, f"![x](say{suffix})\n")).endswith(suffix)


def test_a_picture_used_twice_is_packaged_once(root: Path) -> None:
    put(root, "copy.png", PNG)
    only(render(root, "![a](img/dot.png) ![b](./img/../img/dot.png) ![c](../copy.png) <img src='img/dot.png'>\n"))


def test_other_bytes_have_another_name(root: Path) -> None:
    before = only(render(root, "![a](img/dot.png)\n"))
    put(root, "basics/img/dot.png", PNG + b"2")
    assert only(render(root, "![a](img/dot.png)\n")) != before


@pytest.mark.parametrize(
    ("file", "target"),
    [
        ("a b.png", "<a b.png>"),
        ("a b.png", "a%20b.png"),
        ("bild-ä日.png", "bild-ä日.png"),
        ("bild-ä日.png", "bild-%C3%A4%E6%97%A5.png"),
        ("LOUD.PNG", "LOUD.PNG"),
        ("(x).png", "<(x).png>"),
        ("100%.png", "100%25.png"),
        ("a#b?.png", "a%23b%3F.png"),
        ("dot.png", "dot.png?raw=true"),
        ("dot.png", "dot.png#gh-dark-mode-only"),
        ("dot.png", "../basics/./dot.png"),
    ],
)
def test_a_name_may_be_written_as_any_web_page_would(root: Path, file: str, target: str) -> None:
    put(root, f"basics/{file}", b"these bytes")
    found = render(root, f"![x]({target})\n")
    assert only(found).endswith(".png")
    assert list(found.media.values()) == [b"these bytes"]


def test_raw_html_keeps_the_size_of_a_picture(root: Path) -> None:
    found = render(root, 'See <img src="img/dot.png" width="120" height=80 alt="a dot"> here.\n')
    assert f'<img src="{only(found)}" width="120" height="80" alt="a dot">' in found.fields["Answer"]


def test_raw_html_leaves_the_pictures_of_markdown_alone(root: Path) -> None:
    found = render(root, "<b>b</b> ![x](img/dot.png)\n")
    assert f'<img src="{only(found)}" alt="x">' in found.fields["Answer"]


def test_a_sound_in_an_image_tag_is_no_broken_picture(root: Path) -> None:
    put(root, "basics/say.mp3", MP3)
    found = render(root, '<img src="say.mp3">\n')
    assert found.faults or "<img" not in found.fields["Answer"]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("missing.png", "C202"),
        ("img/missing/dot.png", "C202"),
        ("img", "C205"),
        ("folder.png", "C202"),
        ("a%00b.png", "C202"),
        (f"{'x' * 300}.png", "C202"),
        ("../../outside.png", "C203"),
        ("../../../../../../../../etc/passwd.png", "C203"),
        ("%2E%2E/%2E%2E/outside.png", "C203"),
        ("/etc/hostname.png", "C203"),
        ("link.png", "C203"),
        ("linked/outside.png", "C203"),
        ("loop.png", "C202"),
        ("https://example.org/a.png", "C204"),
        ("HTTP://example.org/a.png", "C204"),
        ("//example.org/a.png", "C204"),
        ("file:///etc/passwd.png", "C204"),
        ("data:image/png;base64,AAAA", "C202"),
        ("film.mp4", "C205"),
        ("dot.bmp", "C205"),
        ("page.md", "C205"),
        ("", "C205"),
        (".png", "C205"),
    ],
)
@pytest.mark.parametrize("form", ["![x](<{}>)", '<img alt="x" src="{}">'], ids=["Markdown", "HTML"])
def test_what_cannot_be_packaged_is_a_fault_with_its_place(tmp_path: Path, target: str, code: str, form: str) -> None:
    root = tmp_path / "track"
    put(tmp_path, "outside.png", PNG)
    put(root, "basics/film.mp4", PNG)
    put(root, "basics/dot.bmp", PNG)
    (root / "basics" / "folder.png").mkdir()
    (root / "basics" / "link.png").symlink_to(tmp_path / "outside.png")
    (root / "basics" / "linked").symlink_to(tmp_path)
    (root / "basics" / "loop.png").symlink_to("loop.png")
    found = render(root, f"Text.\n\n- See {form.format(target)}\n")
    # The sanitiser drops file: and data: before they are looked at.
    assert found.codes in ([code], ["C201"] if "<img" in form and target[:5] in ("file:", "data:") else [code])
    assert found.faults[0].span.line == 9
    assert found.media == {}


def test_a_fault_of_a_medium_points_at_its_name(root: Path) -> None:
    found = render(root, "Text.\n\nMore\nSee ![x](missing.png) here.\n")
    span = found.faults[0].span
    assert (span.path, span.line, span.column) == ("basics/page.md", 10, 10)


def test_a_link_inside_the_track_is_followed(root: Path) -> None:
    (root / "basics" / "link.png").symlink_to("img/dot.png")
    assert list(render(root, "![x](link.png)\n").media.values()) == [PNG]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads every file")
def test_a_medium_that_may_not_be_read_is_a_fault(root: Path) -> None:
    (root / "basics" / "img" / "dot.png").chmod(0)
    assert render(root, "![x](img/dot.png)\n").codes == ["C202"]


def test_a_missing_medium_leaves_nothing_written(track: Track) -> None:
    track.write("basics/page.md", card("a.one", answer="![x](missing.png)"))
    result = track.run("build")
    assert result.code == 1
    assert "basics/page.md:5:13: error C202 " in result.err
    assert not track.deck().exists()
