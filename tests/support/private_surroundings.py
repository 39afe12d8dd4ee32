"""Hides the person's files, keychain, desktop session and AWS from tests; a pytest plugin."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

DUMMY_AWS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
"""Environment in which boto3 knows nobody's account, and asks nothing for one."""


@pytest.fixture(scope="session", autouse=True)
def private_session() -> Iterator[None]:
    """Give the run its own runtime folder, without the desktop's D-Bus, keychain and AWS account.

    Qt warns without ``XDG_RUNTIME_DIR``, and sockets in it must have short paths. The credentials
    open nothing.
    """
    with (
        tempfile.TemporaryDirectory(prefix="fg-run-") as runtime,
        pytest.MonkeyPatch.context() as m,
    ):
        m.setenv("XDG_RUNTIME_DIR", runtime)
        m.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        for variable in [name for name in os.environ if name.startswith("AWS_")]:
            m.delenv(variable)
        for variable, value in DUMMY_AWS.items():
            m.setenv(variable, value)
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
