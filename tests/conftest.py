"""Fixtures for all tests; sockets reach no further than this machine."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from spacedoctor import Catalogue

LOCAL = ("127.0.0.1", "::1", "localhost")
ROOT = Path(__file__).resolve().parent.parent
settings.register_profile(
    "ours",
    deadline=None,
    database=None,
    derandomize="EXAMPLES" not in os.environ,
    max_examples=int(os.environ.get("EXAMPLES", "25")),
)
settings.load_profile("ours")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise AssertionError(f"a test reached out to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The built-in catalogue, without a cache."""
    return Catalogue.load()


@pytest.fixture
def own_catalogue(tmp_path: Path) -> Path:
    """A folder for a catalogue of the test's own: write entries with `make_entry`."""
    (tmp_path / "own").mkdir()
    return tmp_path / "own"
