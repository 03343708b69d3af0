"""The exercises: each can be solved, its starter cannot pass by luck, and its tests see through likely mistakes."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import pytest
import rendering
from build_decks.cards.figures import exercises
from build_decks.cards.pipeline import reading
from build_decks.cli import config

ROOT = Path(__file__).parent.parent
TRACK = ROOT / "python-backend"
PRACTICE = TRACK / "_practice"
FOLDERS = sorted(path.parent for path in PRACTICE.glob("*/*/exercise.toml"))
MUTANTS = sorted(PRACTICE.glob("*/*/.meta/mutants/*.py"))
ALTERNATIVES = sorted(PRACTICE.glob("*/*/.meta/alternatives/*.py"))

# Puts the tests in an order that the seed decides.
SHUFFLE = """\
import os, random
def pytest_collection_modifyitems(items):
    random.Random(os.environ["SEED"]).shuffle(items)
"""


@dataclass(frozen=True)
class Report:
    """What pytest said of an exercise's tests."""

    tests: int
    passed: int
    failed: int
    errors: int
    skipped: int
    seconds: float


def names(folder: Path) -> tuple[str, str]:
    """The files of an exercise: the one to write, and its tests."""
    stem = folder.name.replace("-", "_")
    return f"{stem}.py", f"{stem}_test.py"


def run(code: Path, folder: Path, work: Path, seed: str = "0", more: tuple[str, ...] = ()) -> Report:
    """Run an exercise's tests on `code` in a folder of their own."""
    target, tests = names(folder)
    work.mkdir()
    shutil.copy(code, work / target)
    shutil.copy(folder / tests, work)
    (work / "conftest.py").write_text(SHUFFLE)
    (work / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = [sys.executable, *more, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=report.xml", tests]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    subprocess.run(command, cwd=work, env={**env, "SEED": seed}, capture_output=True, timeout=60, check=False)
    suite = ElementTree.parse(work / "report.xml").getroot()[0]
    tests_, failed, errors, skipped = (int(suite.attrib[key]) for key in ("tests", "failures", "errors", "skipped"))
    seconds = float(suite.attrib["time"])
    return Report(tests_, tests_ - failed - errors - skipped, failed, errors, skipped, seconds)


def exercise_of(path: Path) -> Path:
    return next(folder for folder in FOLDERS if folder in path.parents)


def label(path: Path) -> str:
    return path.relative_to(PRACTICE).as_posix().replace("/.meta/", " ")


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
    settings = config.settings(TRACK)
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
def test_the_solution_passes_every_test_in_any_order(folder: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        report = run(folder / ".meta" / "solution.py", folder, tmp_path / seed, seed)
        assert report.tests == report.passed > 0
        assert report.seconds < 5


@pytest.mark.parametrize("folder", FOLDERS, ids=label)
def test_the_starter_is_collected_whole_and_fails(folder: Path, tmp_path: Path) -> None:
    solved = run(folder / ".meta" / "solution.py", folder, tmp_path / "solved")
    report = run(folder / names(folder)[0], folder, tmp_path / "starter")
    assert report.tests == solved.tests
    assert (report.errors, report.skipped) == (0, 0)
    assert report.failed


@pytest.mark.parametrize("path", MUTANTS, ids=label)
def test_a_likely_mistake_is_caught(path: Path, tmp_path: Path) -> None:
    report = run(path, exercise_of(path), tmp_path / "mutant")
    assert (report.errors, report.skipped) == (0, 0)
    assert 0 < report.failed < report.tests, "a mistake that all tests catch is none that somebody makes"
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", ALTERNATIVES, ids=label)
def test_another_way_passes_too(path: Path, tmp_path: Path) -> None:
    report = run(path, exercise_of(path), tmp_path / "alternative")
    assert report.tests == report.passed > 0


@pytest.mark.parametrize("folder", FOLDERS, ids=label)
def test_every_line_of_the_solution_is_needed(folder: Path, tmp_path: Path) -> None:
    target, _ = names(folder)
    work = tmp_path / "covered"
    run(folder / ".meta" / "solution.py", folder, work, more=("-m", "coverage", "run", f"--include={target}"))
    done = subprocess.run(
        [sys.executable, "-m", "coverage", "report", "--show-missing", "--fail-under=100"],
        cwd=work, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


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
