"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from tracks import Track

# A machine under load is no fault, and a build of main must not depend on the luck of its examples.
settings.register_profile("everywhere", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the command remembers is remembered for the tests alone."""
    os.environ["BUILD_DECKS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def track(tmp_path: Path) -> Track:
    """An empty track called Track, tagged `track`."""
    root = tmp_path / "a track"
    root.mkdir()
    (root / "deck.yaml").write_text("title: Track\ntag: track\n", encoding="utf-8")
    return Track(root)
