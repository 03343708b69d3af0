"""deck.yaml and the paths: every fault is named at its place; the schema says what the reader says."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from build_decks.cards.checks import CODES
from build_decks.cards.explain import explanations
from build_decks.cards.identity.decks import Names
from build_decks.cards.settings import Limits
from build_decks.cli import config, diagnostics
from build_decks.cli.main import main
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tracks import Track, card

ROOT = Path(__file__).parent.parent
KEYS = ("title", "tag", "source-url", "subdomains", "roles", "difficulty", "source-hosts", "include", "exclude")
SUBDOMAIN_KEYS = ("folder", "title", "difficulty", "also", "hours", "files", "complete")
DIFFICULTIES = ("beginner", "intermediate", "advanced")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A track of one card, which is the current folder."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.md").write_text(card("one"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Every fault at once


FIVE = """\
title: Web
roles: [backend, 5]
subdomains:
  - folder: a
    title: The Web
    hourz: 4
    difficulty: [beginner, hard]
  - folder: b
rules: {C142: of}
"""

SAID = """\
deck.yaml:2:18: error C903 an item of `roles` is `5`, not a name
    2 | roles: [backend, 5]
      |                  ^
    help: put it in quotes: "5"
deck.yaml:6:5: error C902 unknown key `hourz` of a subdomain
    6 |     hourz: 4
      |     ^
    help: did you mean `hours`? the keys are folder, title, difficulty, also, hours, files, complete
deck.yaml:7:28: error C903 `difficulty` cannot be "hard"
    7 |     difficulty: [beginner, hard]
      |                            ^
    help: it takes beginner, intermediate, advanced
deck.yaml:8:13: error C904 there is no folder `b` in the track
    8 |   - folder: b
      |             ^
    help: the folders are a
deck.yaml:9:15: error C903 `C142` cannot be "of"
    9 | rules: {C142: of}
      |               ^
    help: did you mean `off`? it takes error, warning, off
5 errors
"""


@pytest.mark.parametrize("command", ["build", "check", "list", "stats", "verify"])
def test_five_faults_of_deck_yaml_name_five_places_and_end_every_command_with_2(command: str, track: Track) -> None:
    track.write("a/one.md", card("one"))
    track.write("deck.yaml", FIVE)
    before = sorted(track.root.rglob("*"))
    result = track.run(command)
    assert (result.code, result.out, result.err) == (2, "", SAID)
    assert sorted(track.root.rglob("*")) == before


def test_faults_of_deck_yaml_are_reported_in_the_format_that_is_asked_for(track: Track) -> None:
    track.write("a/one.md", card("one"))
    track.write("deck.yaml", FIVE)
    found = track.run("check", "--format", "json")
    rows = json.loads(found.out)
    assert (found.code, found.err) == (2, "")
    assert [(row["line"], row["column"], row["code"]) for row in rows] == [
        (2, 18, "C903"), (6, 5, "C902"), (7, 28, "C903"), (8, 13, "C904"), (9, 15, "C903"),
    ]  # fmt: skip
    found = track.run("check", "--format", "github")
    assert found.code == 2
    assert found.out.splitlines()[1].startswith("::error file=deck.yaml,line=6,col=5,title=C902::unknown key `hourz`")
    found = track.run("check", "--format", "sarif")
    assert found.code == 2
    assert [row["ruleId"] for row in json.loads(found.out)["runs"][0]["results"]] == [row["code"] for row in rows]


@pytest.mark.parametrize("form", diagnostics.FORMATS)
def test_half_a_character_is_written_as_an_escape(form: str, track: Track) -> None:
    track.write("deck.yaml", '"\\ud800": 1\n"\\ud800": 2\n')
    result = track.run("check", "--format", form)
    assert result.code == 2
    assert re.search(r"the key `\\[ux]d800` stands twice", result.out + result.err)
    if form in ("json", "sarif"):
        json.loads(result.out)


def test_the_faults_of_several_tracks_are_reported_at_once(track: Track) -> None:
    (track.root / "deck.yaml").unlink()
    track.write("x/deck.yaml", "titel: a\n")
    track.write("y/deck.yaml", "tag: B\n")
    result = track.run("check", "x", "y", "x")
    assert (result.code, places(result.err)) == (2, ["x/deck.yaml:1:1 C902", "y/deck.yaml:1:6 C903"])


def places(said: str) -> list[str]:
    return [f"{place} {code}" for place, code in re.findall(r"^(\S+:\d+:\d+): error (C\d{3}) ", said, re.MULTILINE)]


BAD = [
    pytest.param("titel: a", "1:1 C902", ("did you mean `title`?", *KEYS), id="an unknown key"),
    pytest.param("title: a\n\ncolour: b", "3:1 C902", ("colour", *KEYS), id="an unknown key further down"),
    pytest.param("title: a\n🐍: b", "2:1 C902", ("🐍", *KEYS), id="a key of any script"),
    pytest.param("1: a", "1:1 C902", ("`1`", *KEYS), id="a key that is a number"),
    pytest.param("yes: a", "1:1 C902", ("`yes`", *KEYS), id="a key that YAML takes for a truth value"),
    pytest.param("title: a\ntag: b\ntitle: c", "3:1 C901", ("`title` stands twice", "line 1"), id="a key twice"),
    pytest.param(
        "subdomains:\n- folder: a\n  hours: 1\n  hours: 2", "4:3 C901", ("`hours` stands twice", "line 3"),
        id="a nested key twice",
    ),
    pytest.param("[a]: b", "1:1 C901", ("key",), id="a key that is a list"),
    pytest.param("- a", "1:1 C901", ("mapping",), id="a list"),
    pytest.param("\n\na", "3:1 C901", ("mapping",), id="a word"),
    pytest.param(
        "title: a\nroles: [a", "2:8 C901", ("expected ',' or ']'", "brackets"),
        id="a list that is never closed",
    ),
    pytest.param(
        "title: a\nroles: 'a\ntag: b\n", "2:8 C901", ("unexpected end of stream", "quotes"),
        id="a quote that is never closed",
    ),
    pytest.param("title: a: b", "1:9 C901", ("quotes",), id="two values on a line"),
    pytest.param("title: a\n\troles: b", "2:1 C901", ("tab", "spaces"), id="a tab"),
    pytest.param("title: &a b\ntag: *a", "2:6 C901", ("alias",), id="an alias"),
    pytest.param("roles: &a [b]\ninclude: [*a, *a]", "2:11 C901 2:15 C901", ("alias",), id="two aliases"),
    pytest.param("*a : b", "1:1 C901", ("alias",), id="a key that is an alias"),
    pytest.param("title: " + "[" * 5000, "1:23 C901", ("deep",), id="a nest too deep"),
    pytest.param("title: !!timestamp a", "1:8 C901", ("tag",), id="a date that is none"),
    pytest.param("title: !!python/name:os.system a", "1:8 C901", ("tag",), id="an object"),
    pytest.param("title: !a {b: *c}", "1:8 C901 1:15 C901", ("tag",), id="a mapping with a tag"),
    pytest.param("title: 2026-13-45", "1:8 C901", ("date", "quotes"), id="a month that is none"),
    pytest.param(
        "title: a\nhours: 1" + ":1" * 400 + ".5", "2:1 C902 2:8 C901", ("number",),
        id="a number of base sixty",
    ),
    pytest.param("title: =", "1:8 C901", ("quotes",), id="a sign that YAML keeps for itself"),
    pytest.param("a: b\n---\nc: d", "2:1 C901", ("document",), id="two documents"),
    pytest.param("title: a\n#" + "b" * 70_000, "1:1 C901", ("longer",), id="a file too long"),
    pytest.param(b"title: a\r\ntag: \xe9", "2:6 C901", ("UTF-8", "0xe9"), id="no UTF-8"),
    pytest.param(b"title: a\x00b", "1:9 C901", ("U+0000",), id="a control character"),
    pytest.param("title:", "1:7 C903", ("`title` is empty", "text"), id="a title that is empty"),
    pytest.param(
        "title: 5", "1:8 C903", ("`title` is `5`", 'write for example `title: "5"`'),
        id="a title that is a number",
    ),
    pytest.param("title: [a]", "1:8 C903", ("`title` is a list", "text"), id="a title that is a list"),
    pytest.param("title: a::b", "1:8 C903", ("title", "::"), id="a title that is a deck tree"),
    pytest.param('title: "a\\nb"', "1:8 C903", ("title", "line"), id="a title of two lines"),
    pytest.param('title: "\\ud800"', "1:8 C903", ("title",), id="a title of half a character"),
    pytest.param('"\\ud800": a\n"\\ud800": b', "1:1 C902 2:1 C901", ("twice",), id="half a character twice"),
    pytest.param("title: a\ntag: A b", "2:6 C903", ("tag", "`tag: a-b`"), id="a tag that is none"),
    pytest.param("tag: '!!'", "1:6 C903", ("tag",), id="a tag without letters"),
    pytest.param("tag: a::b", "1:6 C903", ("tag", "hyphens"), id="a tag that is a tree"),
    pytest.param("tag: Ä", "1:6 C903", ("tag", "`tag: ä`"), id="a tag of capital letters"),
    pytest.param("source-url: guide/", "1:13 C903", ("source-url", "https"), id="a url that is a path"),
    pytest.param("source-url: https://a.example", "1:13 C903", ("source-url", "/"), id="a url without its end"),
    pytest.param("source-url: javascript:a/", "1:13 C903", ("source-url", "https"), id="a url that runs"),
    pytest.param("source-url: 'https://[a/'", "1:13 C903", ("source-url",), id="a url with half a bracket"),
    pytest.param("source-url: https:///", "1:13 C903", ("source-url",), id="a url without a host"),
    pytest.param("source-url: https://a.example/b c/", "1:13 C903", ("source-url",), id="a url with a space"),
    pytest.param("roles: a", "1:8 C903", ("roles", "list"), id="roles that are text"),
    pytest.param("roles: {a: b}", "1:8 C903", ("roles", "list"), id="roles that are a mapping"),
    pytest.param("roles: [a, 1]", "1:12 C903", ("roles", '"1"'), id="a role that is a number"),
    pytest.param("roles: [a, '']", "1:12 C903", ("roles", "empty"), id="a role that is empty"),
    pytest.param("roles:\n- 1\n-\n- a\n- [b]", "2:3 C903 3:2 C903 5:3 C903", ("roles",), id="three roles"),
    pytest.param("roles:", "1:7 C903", ("roles", "list"), id="roles that are not there"),
    pytest.param("include: '*'", "1:10 C903", ("include", "list"), id="include that is text"),
    pytest.param("title: a\nexclude: 1", "2:10 C903", ("exclude", "list"), id="exclude that is a number"),
    pytest.param("source-hosts: [[a]]", "1:16 C903", ("source-hosts",), id="hosts in a list of lists"),
    pytest.param("difficulty: hard", "1:13 C903", ("difficulty", "hard", *DIFFICULTIES), id="an unknown difficulty"),
    pytest.param(
        "difficulty: beginer", "1:13 C903", ("did you mean `beginner`?",),
        id="a difficulty that is misspelt",
    ),
    pytest.param("difficulty: [beginner]", "1:13 C903", ("difficulty",), id="a list of difficulties"),
    pytest.param(
        "dialects: [house, labels]", "1:19 C903", ("did you mean `label`?", "heading"),
        id="an unknown dialect",
    ),
    pytest.param("lock: b.lock", "1:7 C904", ("`b.lock`", "folder of deck.yaml"), id="a lock that is not there"),
    pytest.param("lock: [b.lock]", "1:7 C903", ("lock",), id="a lock that is a list"),
    pytest.param("subdomains: a", "1:13 C903", ("subdomains", "list"), id="subdomains that are text"),
    pytest.param("subdomains: []", "1:13 C903", ("subdomains", "list"), id="no subdomains"),
    pytest.param(
        "subdomains: [a, 1]", "1:14 C903 1:17 C903", ("subdomain", "folder"),
        id="subdomains that are words",
    ),
    pytest.param("subdomains: [{}]", "1:14 C903", ("subdomain", "folder"), id="a subdomain of nothing"),
    pytest.param(
        "subdomains: [{foldr: a}]", "1:15 C902", ("did you mean `folder`?", *SUBDOMAIN_KEYS),
        id="a folder that is misspelt",
    ),
    pytest.param(
        "title: a\nsubdomains:\n  - folder: a\n    name: b", "4:5 C902", ("name", *SUBDOMAIN_KEYS),
        id="an unknown key of a subdomain",
    ),
    pytest.param(
        "subdomains: [{folder: b}]", "1:23 C904", ("folder", "`b`", "are a\n"),
        id="a folder that is not there",
    ),
    pytest.param("subdomains: [{folder: ..}]", "1:23 C903", ("folder", '".."'), id="a folder above"),
    pytest.param("subdomains: [{folder: a/b}]", "1:23 C903", ("folder", '"a/b"'), id="a folder below"),
    pytest.param("subdomains: [{folder: _anki}]", "1:23 C903", ("folder", '"_anki"'), id="a folder of our own"),
    pytest.param(
        "subdomains: [{folder: " + "b" * 300 + "}]", "1:23 C904", ("folder",),
        id="a folder of a name too long",
    ),
    pytest.param("subdomains: [{folder: a}, {folder: a}]", "1:36 C904", ("twice", "line 1"), id="a folder twice"),
    pytest.param(
        "subdomains: [{folder: b, files: [c.md]}]", "1:23 C904", ("folder",),
        id="a file in a folder that is not there",
    ),
    pytest.param(
        "subdomains: [{folder: a, difficulty: [hard]}]", "1:39 C903", ("difficulty", *DIFFICULTIES),
        id="an unknown difficulty of a subdomain",
    ),
    pytest.param(
        "subdomains: [{folder: a, difficulty: []}]", "1:38 C903", ("difficulty", "one or more"),
        id="no difficulty of a subdomain",
    ),
    pytest.param(
        "subdomains: [{folder: a, also: [hard]}]", "1:33 C903", ("also", *DIFFICULTIES),
        id="an unknown difficulty of a few",
    ),
    pytest.param("subdomains: [{folder: a, hours: many}]", "1:33 C903", ("hours", "number"), id="hours in words"),
    pytest.param(
        "subdomains: [{folder: a, hours: '4'}]", "1:33 C903", ("hours", '"4"', "number"),
        id="hours in quotes",
    ),
    pytest.param("subdomains: [{folder: a, hours: true}]", "1:33 C903", ("hours", "number"), id="true hours"),
    pytest.param("subdomains: [{folder: a, hours: -1}]", "1:33 C903", ("hours", "number"), id="hours below none"),
    pytest.param("subdomains: [{folder: a, hours: 0}]", "1:33 C903", ("hours", "above 0"), id="no hours"),
    pytest.param("subdomains: [{folder: a, hours: .nan}]", "1:33 C903", ("hours", "number"), id="no number"),
    pytest.param("subdomains: [{folder: a, hours: .inf}]", "1:33 C903", ("hours", "number"), id="endless hours"),
    pytest.param(
        "subdomains: [{folder: a, hours: 0x" + "f" * 9000 + "}]", "1:33 C903", ("hours", "number"),
        id="hours too many to write",
    ),
    pytest.param(
        "subdomains: [{folder: a, complete: 'true'}]", "1:36 C903", ("complete", '"true"'),
        id="truth in quotes",
    ),
    pytest.param(
        "subdomains: [{folder: a, files: [onn.md]}]", "1:34 C904", ("`onn.md`", "did you mean `one.md`?"),
        id="a file not there",
    ),
    pytest.param(
        "subdomains: [{folder: a, files: [../deck.yaml]}]", "1:34 C903", ("path", "../deck.yaml"),
        id="a file outside its folder",
    ),
    pytest.param("subdomains: [{folder: a, title: 'b::c'}]", "1:33 C903", ("title", "::"), id="a subdomain's tree"),
    pytest.param("rules: [C130]", "1:8 C903", ("rules", "mapping"), id="rules that are a list"),
    pytest.param("rules: {C110: off}", "1:9 C902", ("C110", "help: what", "C130"), id="a fault that is tuned"),
    pytest.param("rules: {C1300: off}", "1:9 C902", ("did you mean `C130`?",), id="a rule that is misspelt"),
    pytest.param("rules: {C130: loud}", "1:15 C903", ("loud", "warning"), id="an unknown severity"),
    pytest.param("limits: 3", "1:9 C903", ("limits", "mapping"), id="limits that are a number"),
    pytest.param("limits: {qa-word: 3}", "1:10 C902", ("did you mean `qa-words`?",), id="an unknown limit"),
    pytest.param("limits: {qa-words: 0}", "1:20 C903", ("qa-words", "whole number"), id="a limit of none"),
    pytest.param("limits: {qa-words: 1.5}", "1:20 C903", ("qa-words", "whole number"), id="half a word"),
    pytest.param("limits: {qa-words: true}", "1:20 C903", ("qa-words", "whole number"), id="a limit that is true"),
    pytest.param("limits: {twin-percent: 101}", "1:24 C903", ("twin-percent", "100"), id="more than all"),
]  # fmt: skip


@pytest.mark.parametrize(("deck", "where", "words"), BAD)
def test_what_is_wrong_in_deck_yaml_is_named(deck: str | bytes, where: str, words: tuple[str, ...], root: Path) -> None:
    (root / "deck.yaml").write_bytes(deck.encode() if isinstance(deck, str) else deck)
    result = CliRunner().invoke(main, ["check"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert places(result.stderr) == [f"deck.yaml:{place}" for place in re.findall(r"\S+ C\d+", where)]
    for word in words:
        assert word in result.stderr


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
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 0, result.stderr


# The schema


SCHEMA = json.loads(config.SCHEMA.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

# What a schema cannot tell. It sees neither folders and files nor how the YAML is written, and its patterns know
# neither capital letters of every script nor what is half of something.
BEYOND = {
    "a folder that is not there", "a folder of a name too long", "a folder twice", "a file not there",
    "a file in a folder that is not there", "a lock that is not there",
    "a key twice", "a nested key twice", "an alias", "a file too long",
    "a title of half a character", "a tag of capital letters", "a url with half a bracket", "no number",
}  # fmt: skip


def accepts(text: str | bytes) -> bool:
    """Whether the schema takes a deck.yaml; an empty one is an empty mapping."""
    return VALIDATOR.is_valid({} if (loaded := yaml.safe_load(text)) is None else loaded)


def test_the_command_prints_the_schema(track: Track) -> None:
    result = track.run("schema")
    assert (result.code, result.err) == (0, "")
    assert result.out == config.SCHEMA.read_text(encoding="utf-8")
    assert json.loads(result.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_explains_the_keys_that_the_reader_knows() -> None:
    properties, subdomain = SCHEMA["properties"], SCHEMA["$defs"]["subdomain"]["properties"]
    assert sorted(properties) == sorted(config.KEYS)
    assert sorted(subdomain) == sorted(config.SUBDOMAIN_KEYS)
    assert tuple(SCHEMA["$defs"]["difficulty"]["enum"]) == DIFFICULTIES
    rules, limits = properties["rules"]["properties"], properties["limits"]["properties"]
    assert {code: rule["title"] for code, rule in rules.items()} == {
        code: f"{code} {explanations()[code].title}" for code in CODES
    }
    assert {name: limit["default"] for name, limit in limits.items()} == {
        field.name.replace("_", "-"): field.default for field in fields(Limits)
    }
    for name, key in {**properties, **subdomain, **rules, **limits}.items():
        assert key["title"], name
        assert key["description"].endswith("."), name


@pytest.mark.parametrize(("deck", "where", "words"), BAD)
def test_the_schema_refuses_what_the_reader_refuses_for_its_form(
    deck: str | bytes, where: str, words: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    try:
        repr(yaml.safe_load(deck))
    except Exception:  # no YAML, or no number that can be written: there is nothing to judge
        return
    assert accepts(deck) == (request.node.callspec.id in BEYOND)


DECKS = [path for path in ROOT.glob("*/**/deck.yaml") if not path.relative_to(ROOT).parts[0].startswith(".")]


@pytest.mark.parametrize("deck", [*GOOD, *(pytest.param(path.read_text("utf-8"), id=str(path)) for path in DECKS)])
def test_the_schema_accepts_what_the_reader_accepts(deck: str) -> None:
    assert DECKS
    assert accepts(deck.removeprefix("\ufeff"))


def test_the_deck_yaml_of_the_track_names_the_schema() -> None:
    deck = ROOT / "python-backend" / "deck.yaml"
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", deck.read_text(encoding="utf-8"))
    assert found is not None
    assert (deck.parent / found[1]).samefile(config.SCHEMA)


# Any deck.yaml


WORDS = st.sampled_from(
    """
    a|b|A b|a-b|| |a::b|a/b|.a|_a|one.md|hard|beginner|advanced|house|label|error|off|true|5|🐍
    https://a.example/|https://a.example|http://a/b c/
    """.strip()
    .replace("\n    ", "|")
    .split("|")
) | st.sampled_from(["a\nb", "a\n"])
SCALARS = WORDS | st.none() | st.booleans() | st.integers(-2, 200_000) | st.sampled_from([0.5, 60.0, -0.0, 9999.5, 1e9])


def mappings(keys: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys) | WORDS.filter(bool), values, max_size=4)


LISTS = st.lists(SCALARS, max_size=3) | st.lists(st.sampled_from(DIFFICULTIES), max_size=3)
SIMPLE = SCALARS | LISTS | st.lists(LISTS, max_size=2)
SUBDOMAINS = mappings(list(config.SUBDOMAIN_KEYS), SIMPLE) | mappings(list(config.SUBDOMAIN_KEYS), SIMPLE).map(
    lambda found: {**found, "folder": "a"}
)
TUNED = mappings([*CODES[:3], "C110", "qa-words", "twin-percent"], SIMPLE)
DECK = mappings(list(config.KEYS), SIMPLE | TUNED | st.lists(SUBDOMAINS | SCALARS, max_size=2))


@settings(max_examples=300)
@given(DECK)
def test_schema_and_reader_refuse_the_same_forms(deck: dict[str, Any]) -> None:
    text = json.dumps(deck, ensure_ascii=False)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a").mkdir()
        (Path(folder) / "deck.yaml").write_text(text, encoding="utf-8")
        _, found = config.settings(Path(folder), Names())
    # Emoji in a tag: no pattern tells the letters of every script from its signs.
    wrong = [fault for fault in found if fault.code != "C904" and '`tag` is "🐍"' not in fault.message]
    assert accepts(text) == (not wrong), wrong


FRAGMENTS = st.sampled_from(
    """
    title: a|tag: b|subdomains:|- folder: a|  - folder: a|  hours: 1|rules: {C130: off}|limits:|  qa-words: 3|roles: [a
    [|]|{|}|: |- |? |!!int|!a|&a|*a|<<: |---|...|%YAML 9|| \t|'|"|>|#|@|`|~|.nan|.inf|2026-13-45|0x|1:60|yes|=|title:
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
YAML = st.lists(FRAGMENTS | st.text(max_size=8), max_size=12).flatmap(
    lambda parts: st.sampled_from(["\n", "", " "]).map(lambda glue: glue.join(parts))
) | st.recursive(SIMPLE, lambda inner: st.dictionaries(st.text(max_size=4), inner) | st.lists(inner)).map(
    lambda value: yaml.safe_dump(value, allow_unicode=True)
)  # fmt: skip


@settings(max_examples=300)
@given(
    YAML.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(), st.sampled_from([*diagnostics.FORMATS])
)
def test_no_deck_yaml_makes_a_traceback(deck: bytes, form: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "deck.yaml").write_bytes(deck)
        result = CliRunner().invoke(main, ["check", "--format", form, folder])
    assert isinstance(result.exception, (SystemExit, type(None))), result.exception
    assert result.exit_code in (0, 2)
    found = [*places(result.stderr), *re.findall('"path"|^::error|"ruleId"', result.stdout, re.MULTILINE)]
    assert bool(found) == (result.exit_code == 2)


# Tracks and paths


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
        ("z", "T::01 B"),
        ("a", "T::01 B"),
        ("one", "T::02 First"),
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
