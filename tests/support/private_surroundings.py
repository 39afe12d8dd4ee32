"""Hides the person's files, keychain and desktop session from tests; a pytest plugin."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def private_session() -> Iterator[None]:
    """Give the run its own runtime folder, without the desktop's D-Bus and keychain.

    Qt warns without ``XDG_RUNTIME_DIR``, and sockets in it must have short paths.
    """
    with (
        tempfile.TemporaryDirectory(prefix="fg-run-") as runtime,
        pytest.MonkeyPatch.context() as m,
    ):
        m.setenv("XDG_RUNTIME_DIR", runtime)
        m.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        yield


@pytest.fixture(autouse=True)
def private_home(
    private_session: None,  # noqa: ARG001  ordered after it
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """``FERRYGATE_HOME`` and the XDG folders, fresh for each test; gives the former."""
    root = tmp_path_factory.mktemp("home")
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(root / variable.lower()))
    for variable in [name for name in os.environ if name.startswith("FERRYGATE_")]:
        monkeypatch.delenv(variable)
    home = root / "ferrygate"
    monkeypatch.setenv("FERRYGATE_HOME", str(home))
    return home
