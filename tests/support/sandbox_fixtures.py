"""Sandboxes for tests, each on ports and folders of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from ferrygate.common.clock import Clock, SystemClock
from ferrygate.sandbox.sandbox import Sandbox, SandboxOptions


class MakeSandbox(Protocol):
    """Starts a sandbox, which is stopped when the test ends."""

    def __call__(self, *, clock: Clock | None = None, **options: Any) -> Sandbox: ...


@pytest.fixture
def make_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeSandbox]:
    """Any number of sandboxes; ``options`` are those of ``SandboxOptions``."""
    with contextlib.ExitStack() as running:

        def make(*, clock: Clock | None = None, **options: Any) -> Sandbox:
            folder: Path = tmp_path_factory.mktemp("sandbox")
            chosen = {"state": folder / "state", "root": folder / "root", **options}
            sandbox = Sandbox(SandboxOptions(**chosen), clock or SystemClock())
            running.callback(sandbox.stop)
            sandbox.start()
            return sandbox

        yield make


@pytest.fixture
def sandbox(make_sandbox: MakeSandbox) -> Sandbox:
    """Run one sandbox whose codes live for three seconds."""
    return make_sandbox(period=3)
