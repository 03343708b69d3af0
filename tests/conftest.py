"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from tracks import Track


@pytest.fixture
def track(tmp_path: Path) -> Track:
    """An empty track called Track, tagged `track`."""
    root = tmp_path / "a track"
    root.mkdir()
    (root / "deck.yaml").write_text("title: Track\ntag: track\n", encoding="utf-8")
    return Track(root)
