"""What the parts may touch, and what is installed; who may import whom is in pyproject.toml, for lint-imports."""

from __future__ import annotations

import ast
import fnmatch
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from build_decks.cards.explain import explanations

if sys.version_info >= (3, 11):
    import tomllib

ROOT = Path(__file__).parent.parent
MODULES = sorted([*(ROOT / "cards").rglob("*.py"), *(ROOT / "cli").rglob("*.py")])

# Of others: where each may be imported.
HOMES = {
    "anki": {"cards.updates.collection", "cli.profile"},
    "click": {"cli"},
    "genanki": {"cards.outputs.apkg"},
    "markdown_it": {"cards.markdown"},
    "mdit_py_plugins": {"cards.markdown.parser"},
    "nh3": {"cards.rendering.sanitise"},
    "pygments": {"cards.rendering.highlight", "cards.rendering.lexing"},
    "sqlite3": {"cards.outputs.apkg"},
    "packaging": {"cards.proof"},
    "subprocess": {"cli.cage", "cli.running"},
    "time": {"cli.cache", "cli.cage", "cli.clock"},
    "tomllib": {"cards.dialects.words.vocabulary", "cards.figures.exercises"},
    "yaml": {"cards.mapping"},
}


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """The modules that a file imports, others than ours by their top level."""
    known = {module(other) for other in MODULES}
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            stem = ".".join(part for part in base if part)
            found |= {name if (name := f"{stem}.{alias.name}") in known else stem for alias in node.names}
    return found


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    users = {module(path) for path in MODULES if library in imports(path)}
    homes = HOMES[library]
    assert {user for user in users if not any(f"{user}.".startswith(f"{home}.") for home in homes)} == set()
    assert users


@pytest.mark.parametrize("path", [path for path in MODULES if module(path).startswith("cards")], ids=module)
def test_cards_neither_print_nor_exit_nor_read_clock_or_environment(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & {"print", "input", "exit", "quit", "breakpoint"}
    assert not attributes & {"environ", "getenv", "now", "today", "utcnow", "exit", "stdout", "stderr", "getcwd", "cwd"}
    assert not imports(path) & {"sys", "random", "uuid", "secrets", "locale", "socket", "urllib3"}
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_os(node.value)}
    assert calls <= ({"walk"} if module(path) == "cards.sources.discover" else set())


def _is_os(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"


def test_the_package_list_names_every_folder_of_code() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = set(re.findall(r'^  "build_decks\.([a-z.]+)",$', text, re.MULTILINE))
    assert listed == {module(path) for path in MODULES if path.name == "__init__.py"}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")
def test_every_file_beside_the_code_is_package_data() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    packages = [path.parent for path in MODULES if path.name == "__init__.py"]
    data = [path for top in ("cards", "cli") for path in (ROOT / top).rglob("*") if path.is_file()]
    data = [path for path in data if path.suffix not in (".py", ".pyc")]
    assert data
    for path in data:
        package = next(folder for folder in path.parents if folder in packages)
        name = path.relative_to(package).as_posix()
        matching = [p for p in patterns["*"] if p.count("/") == name.count("/") and fnmatch.fnmatch(name, p)]
        assert matching, name


def test_a_wheel_holds_every_file_of_the_code(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for folder in ("cards", "cli"):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, source]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
    if "No matching distribution found for setuptools" in done.stderr or "No module named pip" in done.stderr:
        pytest.skip("no pip, or no index to fetch setuptools from")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = [path for top in ("cards", "cli") for path in (ROOT / top).rglob("*") if path.is_file()]
    wanted = {f"build_decks/{path.relative_to(ROOT).as_posix()}" for path in files if path.suffix != ".pyc"}
    assert names == wanted


def test_each_diagnostic_code_has_one_meaning() -> None:
    documented = list(explanations())
    assert documented == sorted(set(documented))
    used = {code for path in MODULES for code in re.findall(r'"(C\d{3})"', path.read_text(encoding="utf-8"))}
    assert used == set(documented)
