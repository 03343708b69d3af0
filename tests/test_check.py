"""`build-decks check`: what it reports of a whole track, and the forms in which it says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from build_decks.cards.explain import explanations
from tracks import Result, Track, card

THEN = {"SOURCE_DATE_EPOCH": "1795564800"}  # 2026-11-25
GITHUB = re.compile(r"::(error|warning) file=([^,]+),line=(\d+),col=(\d+),title=(C\d{3})::(.+)")


def check(track: Track, *args: str) -> Result:
    return track.run("check", *args, env=THEN)


def places(result: Result) -> list[str]:
    return re.findall(r"^(\S+:\d+:\d+): \w+ (C\d{3})", result.err, re.MULTILINE)


def codes(result: Result) -> list[str]:
    return re.findall(r"^\S+:\d+:\d+: \w+ (C\d{3}) ", result.err, re.MULTILINE)


DECK = """\
title: Track
tag: track
subdomains:
  - {folder: basics, difficulty: [beginner], hours: 2}
  - {folder: web-api, difficulty: [beginner, intermediate], hours: 3.5}
"""
README = """\
# Track

| subdomain | focus | difficulty | hours |
|---|---|---|--:|
| [basics](basics/README.md) | all | beginner | 2 |
| [web-api](web-api/) | HTTP | beginner to intermediate | 3.5 |
| [`_practice`](basics/a.md) | | | |
| | | **total** | **5.5** |
"""


@pytest.fixture
def guide(track: Track) -> Track:
    """A track of two subdomains, with a README at its root and one in a folder."""
    track.write("deck.yaml", DECK)
    track.write("README.md", README.replace("[`_practice`](basics/a.md)", "_practice"))
    track.write(
        "basics/README.md", "# Basics\n\n| file | notes |\n|---|--:|\n| [a](a.md) | 2 |\n| [web](../web-api/) | 1 |\n"
    )
    track.write("basics/a.md", card("a.one") + "\n" + card("a.two"))
    track.write("web-api/b.md", card("b.one"))
    return track


def test_a_track_that_keeps_every_rule_is_silent(guide: Track) -> None:
    result = check(guide, "--strict")
    assert (result.code, result.out, result.err) == (0, "", "3 notes, no faults\n")


# The README


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("| beginner | 2 |", "| advanced | 2 |", "README.md:5:38 C601"),
        ("| beginner | 2 |", "| beginner | 3 |", "README.md:5:49 C601"),
        ("| beginner to intermediate |", "| all levels |", "README.md:6:32 C601"),
        ("**5.5**", "**6**", "README.md:8:19 C601"),
        ("[web-api](web-api/)", "[web](web/)", "README.md:3:3 C601"),
        ("[basics](basics/README.md)", "base", "README.md:3:3 C601"),
    ],
)
def test_a_readme_that_tells_another_story_is_an_error(guide: Track, old: str, new: str, place: str) -> None:
    text = README.replace("[`_practice`](basics/a.md)", "_practice")
    assert old in text
    guide.write("README.md", text.replace(old, new))
    result = check(guide)
    assert result.code == 1
    assert place in [" ".join(found) for found in places(result)]


def test_hours_of_deck_yaml_that_change_are_told_at_the_readme(guide: Track) -> None:
    guide.write("deck.yaml", DECK.replace("hours: 3.5", "hours: 4"))
    assert codes(check(guide)) == ["C601", "C601"]


@pytest.mark.parametrize(("old", "new"), [("| [a](a.md) | 2 |", "| [a](a.md) | 3 |"), ("| 1 |", "| many |")])
def test_a_number_of_notes_that_is_wrong_is_an_error(guide: Track, old: str, new: str) -> None:
    path = guide.root / "basics" / "README.md"
    path.write_text(path.read_text().replace(old, new))
    assert codes(check(guide)) == ["C604"]


def test_a_readme_with_other_tables_is_nobody_s_business(guide: Track) -> None:
    guide.write("README.md", "| difficulty | feeling |\n|---|---|\n| hard | good |\n")
    assert check(guide, "--strict").code == 0


# Links and media


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("See [it](c.md).", "1:10 C602"),
        ("See [it](../basics/a.md#nothing).", "1:10 C602"),
        ("See [it](#nothing).", "1:10 C602"),
        ("![a](img/a.png)", "1:6 C602"),
        ("See [it][1].\n\n[1]: c.md", "1:5 C602"),
        ('<img src="img/a.png">', "1:11 C602"),
        ('A <a href="c.md">link</a>.', "1:12 C602"),
        ("| a |\n|---|\n| [b](c.md) |", "3:7 C602"),
        ("- item\n\n  > [b](c.md)", "3:9 C602"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(guide: Track, text: str, place: str) -> None:
    guide.write("web-api/notes.md", f"{text}\n")
    result = check(guide)
    assert result.code == 1
    assert [" ".join(found) for found in places(result)] == [f"web-api/notes.md:{place}"]


def test_links_that_lead_somewhere_are_fine(guide: Track) -> None:
    guide.write("web-api/img/a b.png", b"png")
    guide.write(
        "web-api/notes.md",
        "# Some *Title*!\n\n# Some title\n\n> ## Quoted\n\n<a name='here'></a>\n\n"
        "[1](#some-title) [2](#some-title-1) [3](#quoted) [4](#here) [5](../basics/a.md#why-aone) [6](../basics)\n"
        "[7](https://example.org/x.md#y) [8](mailto:a@example.org) [9](../../elsewhere.md) [10](?q=1) [11](a%20b.md)\n"
        "![a](<img/a b.png>) `[code](c.md)`\n\n```markdown\n[fence](c.md)\n```\n\n<!-- [comment](c.md) -->\n",
    )
    guide.write("web-api/a b.md", "# A\n")
    result = check(guide, "--strict")
    assert (result.code, result.err) == (0, "3 notes, no faults\n")


def test_a_picture_that_no_page_uses_is_named(guide: Track) -> None:
    guide.write("basics/img/used.svg", b"<svg/>")
    guide.write("basics/img/raw.png", b"png")
    guide.write("basics/img/lost.svg", b"<svg/>")
    guide.write("basics/data.csv", b"1")
    guide.write("_practice/README.md", b"![a](../basics/img/used.svg) <img src='../basics/img/raw.png'>\n")
    result = check(guide)
    assert [" ".join(found) for found in places(result)] == ["basics/img/lost.svg:1:1 C603"]
    assert result.code == 0


# Exercises and hours


EXERCISE = """\
slug = "retry"
subdomain = "basics"
difficulty = "beginner"
minutes = 20
roles = ["backend"]
cards = ["a.one"]
"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("minutes = 20", 'minutes = "20"', 4),
        ("minutes = 20", "minutes = 0", 4),
        ("minutes = 20", "minutes = true", 4),
        ("minutes = 20", "", 1),
        ('"beginner"', '"easy"', 3),
        ('["a.one"]', '["a.none"]', 1),
        ('"basics"', '"advanced"', 1),
        ('"retry"', '"retry', 1),
        ('["backend"]', '"backend"', 5),
    ],
)
def test_an_exercise_that_cannot_be_read_is_an_error(guide: Track, old: str, new: str, line: int) -> None:
    guide.write("_practice/basics/retry/exercise.toml", EXERCISE.replace(old, new))
    result = check(guide)
    assert result.code == 1
    assert [(place.split(":")[1], code) for place, code in places(result)] == [(str(line), "C605")]


def test_an_exercise_counts_as_practice(guide: Track) -> None:
    guide.write("_practice/basics/retry/exercise.toml", EXERCISE)
    assert check(guide, "--strict").code == 0
    found = json.loads(guide.run("stats", "--json").out)
    assert found["subdomains"][0]["minutes"]["practice"] == 20
    assert found["subdomains"][0]["exercises"] == 1


def test_a_complete_subdomain_is_held_to_its_hours(guide: Track) -> None:
    guide.write("deck.yaml", DECK.replace("hours: 2}", "hours: 2, complete: true}"))
    result = check(guide)
    assert (result.code, codes(result)) == (0, ["C606"])
    assert check(guide, "--strict").code == 1
    guide.write("deck.yaml", DECK.replace("hours: 2}", "hours: 2, complete: true}") + "limits: {hours-percent: 100}\n")
    assert check(guide, "--strict").code == 0


# What deck.yaml and a card may change


def test_deck_yaml_tunes_severities_and_limits(guide: Track) -> None:
    guide.write("web-api/b.md", card("b.one", "Closures"))
    assert (check(guide).code, codes(check(guide))) == (0, ["C130"])
    guide.write("deck.yaml", f"{DECK}rules: {{C130: error}}\n")
    assert (check(guide).code, codes(check(guide))) == (1, ["C130"])
    guide.write("deck.yaml", f"{DECK}rules: {{C130: off}}\n")
    assert check(guide, "--strict").code == 0
    guide.write("deck.yaml", f"{DECK}rules: {{C130: off}}\nlimits: {{qa-words: 3}}\n")
    assert codes(check(guide)) == ["C134"] * 3


def test_a_rule_that_is_an_error_keeps_no_deck_from_being_built(guide: Track) -> None:
    guide.write("deck.yaml", f"{DECK}rules: {{C130: error}}\n")
    guide.write("web-api/b.md", card("b.one", "Closures"))
    assert check(guide).code == 1
    assert guide.run("build").code == 0


# Order


def test_faults_stand_in_the_order_of_places_whatever_that_of_files(guide: Track) -> None:
    (guide.root / "basics" / "README.md").unlink()
    guide.write("README.md", "# Track\n")
    for name in ("z", "m", "a"):
        guide.write(f"web-api/{name}.md", card(f"{name}.x", f"Topic {name}").replace("beginner", "advanced"))
    first = check(guide)
    assert places(first) == sorted(
        places(first), key=lambda found: (found[0].split(":")[0], int(found[0].split(":")[1]))
    )
    assert len(places(first)) == 6
    guide.write("deck.yaml", DECK.replace("hours: 3.5}", "hours: 3.5, files: [z.md, m.md]}"))
    assert check(guide).err == first.err


def test_many_files_are_judged_as_few_are(track: Track) -> None:
    for number in range(60):
        track.write(f"x/{number:02}.md", card(f"n.{number}", f"Topic {number}"))
    many = check(track)
    assert codes(many) == ["C130"] * 60
    for number in range(10, 60):
        (track.root / "x" / f"{number}.md").unlink()
    few = check(track)
    assert many.err.splitlines()[:40] == few.err.splitlines()[:40]


# Forms


@pytest.fixture
def faulty(guide: Track) -> Track:
    """A track with an error and a warning, in names and texts that every form has to escape."""
    (guide.root / "basics" / "README.md").unlink()
    guide.write("README.md", "# Track\n")
    guide.write(
        "web-api/ü %,b.md", "### Ärger: 100 %, *why*\n\n<!-- card: id=ü.x difficulty=beginner kind=riddle -->\n"
    )
    guide.write("web-api/b.md", card("b.one", "「ロック」 Closures"))
    return guide


def test_text_shows_the_line_and_a_caret_under_the_place(faulty: Track) -> None:
    faulty.write("web-api/b.md", card("b.one", "ロック new, was?") + "\n" + card("b.two", "x" * 300 + " new?"))
    lines = check(faulty).err.splitlines()
    at = lines.index("    1 | ### ロック new, was?")
    assert lines[at + 1] == "      |            ^"  # three full-width letters take six columns
    cut = next(line for line in lines if "…" in line)
    assert len(cut) < 130
    assert cut[lines[lines.index(cut) + 1].index("^")] == "n"


def test_a_line_of_a_file_that_is_no_text_is_never_shown(track: Track) -> None:
    secret = track.root.parent / "secret.md"
    secret.write_text("hunter2\n")
    (track.root / "a.md").symlink_to(secret)
    (track.root / "b.md").symlink_to(secret.parent)
    for form in ("text", "json", "github", "sarif"):
        result = check(track, "--format", form)
        assert "hunter2" not in result.out + result.err


def test_json_is_one_array_of_objects(faulty: Track) -> None:
    result = check(faulty, "--format", "json")
    rows = json.loads(result.out)
    assert result.code == 1
    assert [(row["path"], row["line"], row["column"], row["severity"], row["code"]) for row in rows] == [
        ("web-api/b.md", 1, 1, "warning", "C130"),
        ("web-api/ü %,b.md", 3, 39, "error", "C105"),
    ]
    assert all(row["message"] and row["help"] for row in rows)
    assert len(result.out.splitlines()) == 4


def test_json_of_no_fault_is_an_empty_array(guide: Track) -> None:
    result = check(guide, "--format", "json")
    assert (result.code, json.loads(result.out)) == (0, [])


def test_github_annotations_carry_path_line_column_and_code(faulty: Track) -> None:
    lines = check(faulty, "--format", "github").out.splitlines()
    found = [match.groups()[:5] for line in lines if (match := GITHUB.fullmatch(line))]
    assert found == [
        ("warning", "web-api/b.md", "1", "1", "C130"),
        ("error", "web-api/ü %25%2Cb.md", "3", "39", "C105"),
    ]
    assert all("%0Ahelp: " in line for line in lines)


def test_sarif_validates_and_names_each_place(faulty: Track) -> None:
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log

    result = check(faulty, "--format", "sarif")
    assert result.code == 1
    Log.model_validate_json(result.out)
    run = json.loads(result.out)["runs"][0]
    places = [found["locations"][0]["physicalLocation"] for found in run["results"]]
    assert [(p["artifactLocation"]["uri"], *p["region"].values()) for p in places] == [
        ("web-api/b.md", 1, 1), ("web-api/%C3%BC%20%25%2Cb.md", 3, 39),
    ]  # fmt: skip
    assert [found["level"] for found in run["results"]] == ["warning", "error"]
    rules = run["tool"]["driver"]["rules"]
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        assert rules[found["ruleIndex"]]["shortDescription"]["text"]


def test_sarif_that_is_broken_would_not_validate(guide: Track) -> None:
    from pydantic import ValidationError
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log

    log = check(guide, "--format", "sarif").out
    Log.model_validate_json(log)
    with pytest.raises(ValidationError):
        Log.model_validate_json(log.replace('"version": "2.1.0"', '"version": "3"'))


BREAK: dict[str, Callable[[Track], object]] = {
    "a fault": lambda track: track.write("web-api/b.md", card("b.one").replace("id=b.one", "")),
    "a warning": lambda track: track.write("web-api/b.md", card("b.one", "Topic")),
}


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_strict_fails_for_warnings_in_every_form(guide: Track, form: str) -> None:
    BREAK["a warning"](guide)
    assert check(guide, "--format", form).code == 0
    assert check(guide, "--format", form, "--strict").code == 1
    BREAK["a fault"](guide)
    assert check(guide, "--format", form).code == 1


# Explanations


@pytest.mark.parametrize("code", explanations())
def test_every_code_is_explained(code: str, tmp_path: Path) -> None:
    found = explanations()[code]
    assert found.title
    assert found.text


def test_explain_says_what_why_and_how(track: Track) -> None:
    result = track.run("check", "--explain", "c133")
    assert result.code == 0
    assert result.out.startswith("C133 yes-or-no question\n")
    assert "Wrong:" in result.out
    assert "Right:" in result.out
    assert track.run("check", "--explain", "C999").code == 2
