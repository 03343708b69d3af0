"""deck.yaml and the paths: what is wrong there is named, with the key, its line and what is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from build_decks.cli import config
from build_decks.cli.errors import ConfigError
from tracks import Track, card

KEYS = ("title", "tag", "source-url", "subdomains", "roles", "difficulty", "source-hosts", "include", "exclude")
SUBDOMAIN_KEYS = ("folder", "title", "difficulty", "hours", "files")
DIFFICULTIES = ("beginner", "intermediate", "advanced")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A track of one card, which is the current folder."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.md").write_text(card("one"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


BAD = [
    pytest.param("titel: a", "deck.yaml:1:", ("titel", *KEYS), id="an unknown key"),
    pytest.param("title: a\n\ncolour: b", "deck.yaml:3:", ("colour", *KEYS), id="an unknown key further down"),
    pytest.param("title: a\n🐍: b", "deck.yaml:2:", ("🐍", *KEYS), id="a key of any script"),
    pytest.param("1: a", "deck.yaml:1:", ("`1`", *KEYS), id="a key that is a number"),
    pytest.param("title: a\ntag: b\ntitle: c", "deck.yaml:3:1:", ("title", "twice"), id="a key twice"),
    pytest.param("- a", "deck.yaml:1:1:", ("mapping",), id="a list"),
    pytest.param("\n\na", "deck.yaml:3:1:", ("mapping",), id="a word"),
    pytest.param("title: a\nroles: [a", "deck.yaml:", ("expected",), id="no YAML"),
    pytest.param("title: a\n\troles: b", "deck.yaml:2:1:", (), id="a tab"),
    pytest.param("a: &a [b]\nc: [*a, *a]", "deck.yaml:2:5:", ("alias",), id="an alias"),
    pytest.param("title: " + "[" * 5000, "deck.yaml:", ("deep",), id="a nest too deep"),
    pytest.param("title: !!timestamp a", "deck.yaml:1:", (), id="a date that is none"),
    pytest.param("title: !!int ''", "deck.yaml:1:", (), id="a number that is none"),
    pytest.param("title: !!python/name:os.system a", "deck.yaml:1:", (), id="an object"),
    pytest.param("a: b\n---\nc: d", "deck.yaml:2:", (), id="two documents"),
    pytest.param("title: a\n#" + "b" * 70_000, "deck.yaml", ("longer",), id="a file too long"),
    pytest.param(b"title: a\xe9", "deck.yaml", ("utf-8",), id="no UTF-8"),
    pytest.param(b"title: a\x00b", "deck.yaml:1:", (), id="a control character"),
    pytest.param("title:", "deck.yaml:1:", ("title", "text"), id="a title that is empty"),
    pytest.param("title: 5", "deck.yaml:1:", ("title", "text"), id="a title that is a number"),
    pytest.param("title: [a]", "deck.yaml:1:", ("title", "text"), id="a title that is a list"),
    pytest.param("title: a::b", "deck.yaml:1:", ("title", "::"), id="a title that is a deck tree"),
    pytest.param('title: "a\\nb"', "deck.yaml:1:", ("title", "line"), id="a title of two lines"),
    pytest.param('title: "\\ud800"', "deck.yaml:1:", (), id="a title of half a character"),
    pytest.param("title: a\ntag: A b", "deck.yaml:2:", ("tag", "a-b"), id="a tag that is none"),
    pytest.param("tag: '!!'", "deck.yaml:1:", ("tag",), id="a tag without letters"),
    pytest.param("tag: a::b", "deck.yaml:1:", ("tag", "::"), id="a tag that is a tree"),
    pytest.param("source-url: guide/", "deck.yaml:1:", ("source-url", "https"), id="a url that is a path"),
    pytest.param("source-url: https://a.example", "deck.yaml:1:", ("source-url", "/"), id="a url without its end"),
    pytest.param("source-url: javascript:a/", "deck.yaml:1:", ("source-url", "https"), id="a url that runs"),
    pytest.param("source-url: 'https://[a/'", "deck.yaml:1:", ("source-url",), id="a url with half a bracket"),
    pytest.param("source-url: https:///", "deck.yaml:1:", ("source-url",), id="a url without a host"),
    pytest.param("roles: a", "deck.yaml:1:", ("roles", "list"), id="roles that are text"),
    pytest.param("roles: {a: b}", "deck.yaml:1:", ("roles", "list"), id="roles that are a mapping"),
    pytest.param("roles: [a, 1]", "deck.yaml:1:", ("roles", "list"), id="a role that is a number"),
    pytest.param("roles: [a, '']", "deck.yaml:1:", ("roles", "list"), id="a role that is empty"),
    pytest.param("roles:", "deck.yaml:1:", ("roles", "list"), id="roles that are not there"),
    pytest.param("include: '*'", "deck.yaml:1:", ("include", "list"), id="include that is text"),
    pytest.param("title: a\nexclude: 1", "deck.yaml:2:", ("exclude", "list"), id="exclude that is a number"),
    pytest.param("source-hosts: [[a]]", "deck.yaml:1:", ("source-hosts", "list"), id="hosts in a list of lists"),
    pytest.param("difficulty: hard", "deck.yaml:1:", ("difficulty", "hard", *DIFFICULTIES), id="an unknown difficulty"),
    pytest.param("difficulty: [beginner]", "deck.yaml:1:", ("difficulty",), id="a list of difficulties"),
    pytest.param("subdomains: a", "deck.yaml:1:", ("subdomains", "list"), id="subdomains that are text"),
    pytest.param("subdomains: []", "deck.yaml:1:", ("subdomains", "list"), id="no subdomains"),
    pytest.param("subdomains: [a]", "deck.yaml:1:", ("subdomain 1", *SUBDOMAIN_KEYS), id="a subdomain that is a word"),
    pytest.param("subdomains: [{}]", "deck.yaml:1:", ("subdomain 1", "folder"), id="a subdomain of nothing"),
    pytest.param(
        "title: a\nsubdomains:\n  - folder: a\n    name: b", "deck.yaml:2:", ("subdomain 1", "name", *SUBDOMAIN_KEYS),
        id="an unknown key of a subdomain",
    ),
    pytest.param("subdomains: [{folder: b}]", "deck.yaml:1:", ("folder", "`b`"), id="a folder that is not there"),
    pytest.param("subdomains: [{folder: ..}]", "deck.yaml:1:", ("folder", "`..`"), id="a folder above"),
    pytest.param("subdomains: [{folder: a/b}]", "deck.yaml:1:", ("folder", "`a/b`"), id="a folder below"),
    pytest.param("subdomains: [{folder: _anki}]", "deck.yaml:1:", ("folder", "`_anki`"), id="a folder of our own"),
    pytest.param(
        "subdomains: [{folder: a}, {folder: a}]", "deck.yaml:1:", ("subdomain 2", "twice"), id="a folder twice"
    ),
    pytest.param(
        "subdomains: [{folder: a, difficulty: [hard]}]", "deck.yaml:1:", ("subdomain 1", "difficulty", *DIFFICULTIES),
        id="an unknown difficulty of a subdomain",
    ),
    pytest.param(
        "subdomains: [{folder: a, difficulty: []}]", "deck.yaml:1:", ("difficulty", *DIFFICULTIES),
        id="no difficulty of a subdomain",
    ),
    pytest.param("subdomains: [{folder: a, hours: many}]", "deck.yaml:1:", ("hours", "number"), id="hours in words"),
    pytest.param("subdomains: [{folder: a, hours: true}]", "deck.yaml:1:", ("hours", "number"), id="true hours"),
    pytest.param("subdomains: [{folder: a, hours: -1}]", "deck.yaml:1:", ("hours", "number"), id="hours below none"),
    pytest.param("subdomains: [{folder: a, hours: .nan}]", "deck.yaml:1:", ("hours", "number"), id="no number"),
    pytest.param("subdomains: [{folder: a, hours: .inf}]", "deck.yaml:1:", ("hours", "number"), id="endless hours"),
    pytest.param(
        "subdomains: [{folder: a, files: [two.md]}]", "deck.yaml:1:", ("files", "`two.md`"), id="a file not there"
    ),
    pytest.param(
        "subdomains: [{folder: a, files: [../deck.yaml]}]", "deck.yaml:1:", ("files", "../deck.yaml"),
        id="a file outside its folder",
    ),
    pytest.param("subdomains: [{folder: a, title: 'b::c'}]", "deck.yaml:1:", ("title", "::"), id="a subdomain's tree"),
]  # fmt: skip


@pytest.mark.parametrize(("deck", "place", "words"), BAD)
def test_what_is_wrong_in_deck_yaml_is_named(deck: str | bytes, place: str, words: tuple[str, ...], root: Path) -> None:
    (root / "deck.yaml").write_bytes(deck.encode() if isinstance(deck, str) else deck)
    with pytest.raises(ConfigError) as caught:
        config.settings(root)
    said = caught.value.format_message()
    assert said.startswith(place)
    assert "\n" not in said
    for word in words:
        assert word in said


@pytest.mark.parametrize("command", ["build", "check", "list", "stats"])
def test_what_is_wrong_in_deck_yaml_ends_every_command_with_2(command: str, track: Track) -> None:
    track.write("a/one.md", card("one"))
    track.write("deck.yaml", "titel: a\n")
    result = track.run(command)
    assert (result.code, result.out) == (2, "")
    assert "deck.yaml:1: unknown key `titel`; the keys are title, tag" in result.err
    assert not (track.root / "decks_out").exists()


GOOD = [
    pytest.param("", id="nothing"),
    pytest.param("# a comment\n", id="a comment"),
    pytest.param("title: 'ä 👩‍💻 عنوان'\ntag: ä-b2\n", id="text of any script"),
    pytest.param("\ufefftitle: a\r\ntag: b\r\n", id="a byte order mark and CRLF"),
    pytest.param("{title: a, difficulty: beginner, roles: [], include: ['*'], exclude: []}", id="one line"),
    pytest.param("source-url: https://a.example/b/", id="a url"),
    pytest.param(
        "subdomains:\n- {folder: a, title: A b, difficulty: [beginner, advanced], hours: 1.5, files: [one.md]}\n",
        id="a whole subdomain",
    ),
]  # fmt: skip


@pytest.mark.parametrize("deck", GOOD)
def test_what_is_right_in_deck_yaml_is_taken(deck: str, root: Path) -> None:
    (root / "deck.yaml").write_bytes(deck.encode())
    assert config.settings(root).root == root


def test_no_deck_yaml_means_the_names_of_the_folders(track: Track) -> None:
    (track.root / "deck.yaml").unlink()
    track.write("api-design/http_semantics.md", card("http"))
    track.write("top.md", card("top"))
    found = {row["id"]: row for row in track.cards()}
    assert found["http"]["deck"] == "A Track::Api Design"
    assert found["http"]["subdomain"] == "api-design"
    assert found["top"]["deck"] == "A Track"
    assert "a-track::topic::http-semantics" in found["http"]["tags"]


def test_a_folder_of_signs_alone_has_a_name_of_its_own(track: Track) -> None:
    inner = Track(track.root / "+++")
    (track.root / "deck.yaml").unlink()
    inner.write("a.md", card("a"))
    assert [row["deck"] for row in inner.cards()] == ["+++"]
    inner.write("deck.yaml", "title: Signs\n")
    assert [row["deck"] for row in inner.cards()] == ["Signs"]


def test_subdomains_are_numbered_in_study_order_and_files_come_first(track: Track) -> None:
    for name in ("b/z.md", "b/a.md", "a/one.md"):
        track.write(name, card(Path(name).stem))
    track.write("deck.yaml", "title: T\nsubdomains: [{folder: b, files: [z.md]}, {folder: a, title: First}]\n")
    assert [(row["id"], row["deck"]) for row in track.cards()] == [
        ("z", "T::1 B"),
        ("a", "T::1 B"),
        ("one", "T::2 First"),
    ]


def test_the_nearest_track_above_a_path_is_meant(track: Track) -> None:
    track.write("a/one.md", card("one"))
    track.write("a/two.md", card("two"))
    track.write("b/three.md", card("three"))
    assert [row["id"] for row in track.cards("a")] == ["one", "two"]
    assert [row["id"] for row in track.cards("a/two.md", "b")] == ["two", "three"]
    inside = Track(track.root / "a")
    assert [row["id"] for row in inside.cards()] == ["one", "two"]
    assert [row["id"] for row in inside.cards("../b")] == ["three"]


def test_tracks_below_the_folder_are_found_and_those_in_hidden_folders_are_not(track: Track) -> None:
    (track.root / "deck.yaml").unlink()
    for folder in ("x", "y/z", ".hidden", "_own"):
        track.write(f"{folder}/deck.yaml", f"title: {folder[-1]}\n")
        track.write(f"{folder}/a.md", card("a"))
    assert [row["path"] for row in track.cards()] == ["x/a.md", "y/z/a.md"]


def test_two_tracks_of_one_tag_are_refused(track: Track) -> None:
    (track.root / "deck.yaml").unlink()
    for folder in ("x", "y"):
        track.write(f"{folder}/deck.yaml", "tag: same\n")
        track.write(f"{folder}/a.md", card("a"))
    result = track.run("check")
    assert result.code == 2
    assert "same" in result.err
    assert "deck.yaml" in result.err


def test_a_deck_yaml_of_a_track_below_is_named_by_its_path(track: Track) -> None:
    (track.root / "deck.yaml").unlink()
    track.write("x/deck.yaml", "titel: a\n")
    result = track.run("check")
    assert result.code == 2
    assert "x/deck.yaml:1:" in result.err


def test_a_path_that_is_not_there_is_wrong_usage(track: Track) -> None:
    result = track.run("check", "nowhere")
    assert result.code == 2
    assert "nowhere" in result.err


def test_the_folder_of_our_own_may_be_no_link(track: Track) -> None:
    elsewhere = track.root.parent / "elsewhere"
    elsewhere.mkdir()
    (track.root / "_anki").symlink_to(elsewhere, target_is_directory=True)
    track.write("a.md", card("a"))
    result = track.run("build")
    assert result.code == 2
    assert "_anki" in result.err
    assert not list(elsewhere.iterdir())


def test_difficulty_and_roles_of_deck_yaml_hold_for_its_cards(track: Track) -> None:
    track.write("a.md", "### Why?\n\n<!-- card: id=a roles=data -->\n\n**A:** so\n")
    track.write("deck.yaml", "title: T\ndifficulty: advanced\nroles: [backend, data]\n")
    assert [row["difficulty"] for row in track.cards()] == ["advanced"]
    track.write("deck.yaml", "title: T\nroles: [backend, data]\n")
    assert "C117" in track.run("check").err
    track.write("deck.yaml", "title: T\ndifficulty: advanced\nroles: [backend]\n")
    result = track.run("check")
    assert result.code == 1
    assert "a.md:3:17: error C105" in result.err
    assert "backend" in result.err
