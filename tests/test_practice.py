"""The exercises: each can be solved, its starter cannot pass by luck, and its tests see through likely mistakes."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import rendering
from build_decks.cards.figures import exercises
from build_decks.cards.identity.decks import Names
from build_decks.cards.pipeline import reading
from build_decks.cli import config

ROOT = Path(__file__).parent.parent
TRACK = ROOT / "python-backend"
PRACTICE = TRACK / "_practice"
FOLDERS = sorted(path.parent for path in PRACTICE.glob("*/*/exercise.toml"))
MUTANTS = sorted(PRACTICE.glob("*/*/.meta/mutants/*.py"))
ALTERNATIVES = sorted(PRACTICE.glob("*/*/.meta/alternatives/*.py"))

RUNNER = Path(__file__).with_name("trying.py")


@dataclass(frozen=True)
class Report:
    """What pytest said of an exercise's tests."""

    tests: int
    passed: int
    failed: int
    errors: int
    skipped: int
    seconds: float
    covered: float
    output: str


def names(folder: Path) -> tuple[str, str]:
    """The files of an exercise: the one to write, and its tests."""
    stem = folder.name.replace("-", "_")
    return f"{stem}.py", f"{stem}_test.py"


def reports(folder: Path, work: Path, codes: Mapping[str, Path]) -> dict[str, Report]:
    """What the tests of an exercise say of each version of its code: all of them in one start of pytest."""
    jobs = [
        {
            "code": str(code),
            "work": f"{work}/{number}",
            "seed": name,
            "measure": name == "covered",
            "brief": code in MUTANTS,
        }
        for number, (name, code) in enumerate(codes.items())
    ]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(
        [sys.executable, RUNNER, folder], input=json.dumps(jobs), env=env,
        capture_output=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {name: Report(**row) for name, row in zip(codes, json.loads(done.stdout), strict=True)}


def exercise_of(path: Path) -> Path:
    return next(folder for folder in FOLDERS if folder in path.parents)


def label(path: Path) -> str:
    return path.relative_to(PRACTICE).as_posix().replace("/.meta/", " ")


def of(folder: Path, paths: Iterable[Path]) -> dict[str, Path]:
    """The versions of an exercise's code among the paths, under what they are called."""
    return {label(path): path for path in paths if exercise_of(path) == folder}


def test_there_are_exercises() -> None:
    assert FOLDERS
    assert {exercise_of(path) for path in MUTANTS} == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=label)
def test_an_exercise_is_complete(folder: Path) -> None:
    for name in ("README.md", *names(folder), ".meta/solution.py"):
        assert (folder / name).is_file(), name
    assert len(list((folder / ".meta" / "mutants").glob("*.py"))) >= 2
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.count("<details>") == text.count("</details>") >= 1


def test_every_exercise_toml_is_read_and_names_what_exists() -> None:
    settings, _ = config.settings(TRACK, Names())
    found, faults = exercises.read(TRACK, "")
    assert not faults
    assert {PRACTICE / exercise.subdomain / exercise.slug for exercise in found} == set(FOLDERS)
    ids = {row.card.id for row in rendering.found(settings, reading.concept_files(settings)) if hasattr(row, "card")}
    assert not list(exercises.check(found, settings.subdomains, ids))
    for exercise in found:
        assert exercise.cards
        assert set(exercise.roles) <= set(settings.roles or ())


def test_the_table_of_exercises_tells_the_same_as_their_files() -> None:
    text = (PRACTICE / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \[[^]]+\]\(([^)]+)/README\.md\) \|(.+)\|$", text, re.MULTILINE))
    found, _ = exercises.read(TRACK, "")
    assert sorted(rows) == sorted(f"{exercise.subdomain}/{exercise.slug}" for exercise in found)
    for exercise in found:
        cells = [cell.strip() for cell in rows[f"{exercise.subdomain}/{exercise.slug}"].split("|")]
        assert cells[1:] == [exercise.difficulty, str(exercise.minutes), ", ".join(exercise.roles)]


@pytest.mark.parametrize("folder", FOLDERS, ids=label)
def test_an_exercise_can_be_solved_and_its_starter_does_not_solve_it(folder: Path, tmp_path: Path) -> None:
    solution, starter = folder / ".meta" / "solution.py", folder / names(folder)[0]
    right = {"solution": solution, "shuffled": solution, "covered": solution} | of(folder, ALTERNATIVES)
    found = reports(folder, tmp_path, {**right, "starter": starter})
    for name in right:
        report = found[name]
        assert report.tests == report.passed > 0, f"{name}\n{report.output}"
        assert report.seconds < 5, name
    assert found["covered"].covered == 100, found["covered"].output
    assert found["starter"].tests == found["solution"].tests
    assert found["starter"].failed
    assert (found["starter"].errors, found["starter"].skipped) == (0, 0), found["starter"].output


@pytest.mark.heavy
@pytest.mark.parametrize("folder", FOLDERS, ids=label)
def test_the_tests_of_an_exercise_see_through_likely_mistakes(folder: Path, tmp_path: Path) -> None:
    for name, report in reports(folder, tmp_path, of(folder, MUTANTS)).items():
        assert (report.errors, report.skipped) == (0, 0), f"{name}\n{report.output}"
        assert report.failed > 0, f"no test sees through {name}"
        assert report.failed < report.tests, f"all tests catch {name}: nobody makes this mistake"


@pytest.mark.parametrize("path", MUTANTS, ids=label)
def test_a_likely_mistake_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("folder", FOLDERS, ids=label)
def test_the_examples_of_the_solution_and_the_starter_are_the_same_and_run(folder: Path, tmp_path: Path) -> None:
    solution, starter = folder / ".meta" / "solution.py", folder / names(folder)[0]
    assert examples(solution) == examples(starter) != []
    shutil.copy(solution, tmp_path / names(folder)[0])
    done = subprocess.run(
        [sys.executable, "-m", "doctest", names(folder)[0]],
        cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def examples(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [
        ast.get_docstring(node)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    ]
    return sorted(text for text in found if text and ">>>" in text)


# A learner's own copy


def practice(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "python-backend" / "_practice" / "start.py"), *args]
    return subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(PRACTICE, tmp_path / "python-backend" / "_practice")
    return tmp_path


def test_practice_makes_a_copy_and_runs_its_tests(checkout: Path) -> None:
    done = practice(checkout, "retry-decorator")
    assert done.returncode == 1, done.stderr
    assert sorted(path.name for path in (checkout / "practice" / "retry-decorator").glob("*.*")) == [
        "README.md", "retry_decorator.py", "retry_decorator_test.py",
    ]  # fmt: skip
    assert "failed" in done.stdout


def test_practice_leaves_what_the_learner_wrote(checkout: Path) -> None:
    practice(checkout, "retry-decorator")
    solution = PRACTICE / "fundamentals" / "retry-decorator" / ".meta" / "solution.py"
    own = checkout / "practice" / "retry-decorator" / "retry_decorator.py"
    shutil.copy(solution, own)
    done = practice(checkout, "retry-decorator")
    assert done.returncode == 0, done.stdout
    assert own.read_text() == solution.read_text()


@pytest.mark.parametrize("args", [(), ("no-such-exercise",)])
def test_practice_names_the_exercises_there_are(checkout: Path, args: tuple[str, ...]) -> None:
    done = practice(checkout, *args)
    assert done.returncode == (2 if args else 0)
    for folder in FOLDERS:
        assert folder.name in done.stdout + done.stderr
    assert not (checkout / "practice").exists()
