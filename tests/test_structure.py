"""Who may import whom, what the parts may touch, and what is installed."""

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

# Of ours: what each module imports, and nothing more. A stage imports no stage.
EDGES = {
    "cards": set(),
    "cards.checks": {
        "cards.checks.answers", "cards.checks.claims", "cards.checks.clozes", "cards.checks.code",
        "cards.checks.labels", "cards.checks.questions", "cards.checks.rule", "cards.checks.sources",
        "cards.checks.twins", "cards.model", "cards.settings",
    },
    "cards.checks.answers": {"cards.checks.rule", "cards.markdown", "cards.settings"},
    "cards.checks.claims": {"cards.checks.rule", "cards.settings"},
    "cards.checks.clozes": {"cards.checks.rule", "cards.markdown", "cards.settings"},
    "cards.checks.code": {"cards.checks.rule", "cards.model", "cards.settings"},
    "cards.checks.guide": {"cards.markdown", "cards.media", "cards.model", "cards.settings"},
    "cards.checks.labels": {"cards.checks.rule", "cards.settings"},
    "cards.checks.questions": {"cards.checks.rule", "cards.settings"},
    "cards.checks.rule": {"cards.markdown", "cards.model", "cards.settings"},
    "cards.checks.sources": {"cards.markdown", "cards.model"},
    "cards.checks.twins": {"cards.checks.rule", "cards.model"},
    "cards.dialects": {
        "cards.dialects.block", "cards.dialects.choose", "cards.dialects.cloze", "cards.dialects.definition",
        "cards.dialects.heading", "cards.dialects.house", "cards.dialects.levels", "cards.dialects.spaced",
        "cards.dialects.table", "cards.model",
    },
    "cards.dialects.answer": {
        "cards.dialects.labels", "cards.dialects.levels", "cards.dialects.pieces", "cards.dialects.words",
        "cards.markdown", "cards.model",
    },
    "cards.dialects.block": {"cards.dialects.levels", "cards.markdown", "cards.model"},
    "cards.dialects.bold": {
        "cards.dialects.candidate", "cards.dialects.labels", "cards.dialects.pieces", "cards.dialects.question",
        "cards.dialects.words", "cards.markdown", "cards.model",
    },
    "cards.dialects.candidate": {"cards.dialects.question", "cards.model"},
    "cards.dialects.choose": {
        "cards.dialects.bold", "cards.dialects.candidate", "cards.dialects.details", "cards.dialects.evidence",
        "cards.dialects.facts", "cards.dialects.heading", "cards.dialects.label", "cards.dialects.levels",
        "cards.dialects.marks", "cards.dialects.pieces", "cards.dialects.walk", "cards.model",
    },
    "cards.dialects.cloze": {"cards.dialects.block", "cards.markdown", "cards.model"},
    "cards.dialects.definition": {"cards.dialects.block", "cards.dialects.question", "cards.markdown", "cards.model"},
    "cards.dialects.details": {
        "cards.dialects.candidate", "cards.dialects.labels", "cards.dialects.pieces", "cards.dialects.question",
        "cards.dialects.words",
    },
    "cards.dialects.evidence": set(),
    "cards.dialects.facts": {
        "cards.dialects.answer", "cards.dialects.candidate", "cards.dialects.evidence", "cards.dialects.labels",
        "cards.dialects.marks", "cards.dialects.pieces", "cards.dialects.sections", "cards.dialects.words",
        "cards.model",
    },
    "cards.dialects.heading": {
        "cards.dialects.block", "cards.dialects.candidate", "cards.dialects.labels", "cards.dialects.levels",
        "cards.dialects.pieces", "cards.dialects.question", "cards.dialects.words", "cards.markdown", "cards.model",
    },
    "cards.dialects.house": {"cards.markdown", "cards.model"},
    "cards.dialects.label": {
        "cards.dialects.candidate", "cards.dialects.pieces", "cards.dialects.question", "cards.dialects.words",
    },
    "cards.dialects.labels": {"cards.dialects.words"},
    "cards.dialects.levels": {"cards.dialects.words", "cards.model"},
    "cards.dialects.marks": {
        "cards.dialects.candidate", "cards.dialects.labels", "cards.dialects.pieces", "cards.dialects.words",
        "cards.markdown",
    },
    "cards.dialects.pieces": {"cards.dialects.labels", "cards.dialects.words", "cards.markdown", "cards.model"},
    "cards.dialects.question": {"cards.dialects.levels", "cards.dialects.words"},
    "cards.dialects.sections": {
        "cards.dialects.candidate", "cards.dialects.levels", "cards.dialects.pieces", "cards.dialects.question",
        "cards.dialects.words",
    },
    "cards.dialects.spaced": {"cards.dialects.block", "cards.dialects.question", "cards.markdown", "cards.model"},
    "cards.dialects.table": {
        "cards.dialects.block", "cards.dialects.labels", "cards.dialects.levels", "cards.dialects.question",
        "cards.dialects.words", "cards.markdown", "cards.model",
    },
    "cards.dialects.walk": {
        "cards.dialects.answer", "cards.dialects.block", "cards.dialects.candidate", "cards.dialects.cloze",
        "cards.dialects.evidence", "cards.dialects.labels", "cards.dialects.levels", "cards.dialects.marks",
        "cards.dialects.pieces", "cards.dialects.question", "cards.dialects.sections", "cards.dialects.words",
        "cards.markdown", "cards.model",
    },
    "cards.dialects.words": {"cards.model"},
    "cards.discover": {"cards.model"},
    "cards.exercises": {"cards.discover", "cards.model", "cards.settings"},
    "cards.explain": set(),
    "cards.highlight": {"cards.lexing"},
    "cards.identity": set(),
    "cards.index": {"cards.model", "cards.stats"},
    "cards.ledger": {"cards.model"},
    "cards.lexing": set(),
    "cards.mapping": set(),
    "cards.markdown": {
        "cards.markdown.document", "cards.markdown.guide", "cards.markdown.inline", "cards.markdown.labels",
        "cards.markdown.parser", "cards.markdown.parts", "cards.markdown.renderer",
    },
    "cards.markdown.blocks": {"cards.markdown.inline", "cards.model"},
    "cards.markdown.document": {"cards.markdown.blocks", "cards.markdown.parser", "cards.model"},
    "cards.markdown.guide": {"cards.markdown.blocks", "cards.markdown.inline", "cards.markdown.parser", "cards.model"},
    "cards.markdown.inline": {"cards.markdown.parser", "cards.model"},
    "cards.markdown.labels": {"cards.markdown.parser", "cards.model"},
    "cards.markdown.parser": set(),
    "cards.markdown.parts": {"cards.markdown.blocks", "cards.model"},
    "cards.markdown.renderer": {
        "cards.markdown.blocks", "cards.markdown.inline", "cards.markdown.parser", "cards.model",
    },
    "cards.media": {"cards.model"},
    "cards.model": set(),
    "cards.notetypes": {"cards.model"},
    "cards.outputs": set(),
    "cards.outputs.apkg": {"cards.identity", "cards.model", "cards.notetypes"},
    "cards.package": {"cards.model", "cards.outputs.apkg", "cards.settings"},
    "cards.parse": {
        "cards.dialects", "cards.dialects.house", "cards.dialects.levels", "cards.mapping", "cards.markdown",
        "cards.model", "cards.repair",
    },
    "cards.pipeline": {
        "cards.checks", "cards.checks.guide", "cards.checks.twins", "cards.discover", "cards.exercises",
        "cards.ledger", "cards.markdown", "cards.media", "cards.model", "cards.notetypes", "cards.package",
        "cards.parse", "cards.recognise", "cards.render", "cards.settings", "cards.stats", "cards.tag",
        "cards.verify",
    },
    "cards.recognise": {"cards.identity", "cards.ledger", "cards.model", "cards.traces"},
    "cards.record": {"cards.model", "cards.verify"},
    "cards.render": {
        "cards.highlight", "cards.markdown", "cards.media", "cards.model", "cards.notetypes", "cards.sanitise",
    },
    "cards.repair": set(),
    "cards.sanitise": set(),
    "cards.settings": {"cards.model"},
    "cards.stats": {"cards.exercises", "cards.model", "cards.settings"},
    "cards.tag": {"cards.identity", "cards.markdown", "cards.model", "cards.settings", "cards.traces"},
    "cards.traces": {"cards.model"},
    "cards.verify": {"cards.model"},
    "cli": set(),
    "cli.cage": {"cards.verify"},
    "cli.cage.hook": set(),
    "cli.cage.inside": set(),
    "cli.clock": {"cards.ledger", "cli.config"},
    "cli.config": {"cards.checks", "cards.dialects", "cards.mapping", "cards.model", "cards.settings"},
    "cli.diagnostics": {"cards.discover", "cards.explain", "cards.model", "cli", "cli.config"},
    "cli.main": {
        "cards.explain", "cards.index", "cards.ledger", "cards.model", "cards.pipeline", "cards.record",
        "cards.settings", "cli", "cli.clock", "cli.config", "cli.diagnostics", "cli.report", "cli.verify",
        "cli.write",
    },
    "cli.report": {
        "cards.dialects", "cards.identity", "cards.index", "cards.ledger", "cards.model", "cards.stats",
        "cards.verify", "cli.config", "cli.diagnostics", "cli.verify", "cli.write",
    },
    "cli.verify": {
        "cards.model", "cards.record", "cards.settings", "cards.verify", "cli.cage", "cli.config", "cli.report",
    },
    "cli.write": {"cli.config"},
}  # fmt: skip

# Of others: where each may be imported.
HOMES = {
    "click": {"cli.clock", "cli.config", "cli.diagnostics", "cli.main", "cli.report", "cli.write"},
    "genanki": {"cards.outputs.apkg"},
    "markdown_it": {
        "cards.markdown.blocks",
        "cards.markdown.document",
        "cards.markdown.guide",
        "cards.markdown.inline",
        "cards.markdown.labels",
        "cards.markdown.parser",
        "cards.markdown.parts",
        "cards.markdown.renderer",
    },
    "mdit_py_plugins": {"cards.markdown.parser"},
    "nh3": {"cards.sanitise"},
    "pygments": {"cards.highlight", "cards.lexing"},
    "sqlite3": {"cards.outputs.apkg"},
    "packaging": {"cards.record", "cards.verify"},
    "subprocess": {"cli.cage", "cli.verify"},
    "time": {"cli.cage", "cli.clock"},
    "tomllib": {"cards.dialects.words", "cards.exercises"},
    "yaml": {"cards.mapping"},
}


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """The modules that a file imports: ours as cards.… or cli.…, of others the top level."""
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


@pytest.mark.parametrize("path", MODULES, ids=module)
def test_a_module_imports_only_what_its_place_allows(path: Path) -> None:
    ours = {name for name in imports(path) if name.split(".")[0] in ("cards", "cli", "build_decks")}
    assert ours - {module(path)} == EDGES[module(path)]


def test_the_table_names_no_module_that_is_gone() -> None:
    assert set(EDGES) == {module(path) for path in MODULES}


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    users = {module(path) for path in MODULES if library in imports(path)}
    assert users <= HOMES[library]
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
    assert calls <= ({"walk"} if module(path) == "cards.discover" else set())


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
