from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.program import Program, connection_file, program_for
from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_site import site_of


@pytest.fixture(autouse=True, scope="package")
def _interrupts_are_heard() -> Iterator[None]:
    """Hear SIGINT, which a command started with & in a script ignores, as all it starts does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def bare(private_home: Path) -> Program:  # noqa: ARG001  sets the environment
    """Give the program without secrets."""
    return Program(os.environ)


@pytest.fixture
def ferrygate(bare: Program, sandbox: Sandbox) -> Program:  # noqa: ARG001  its environment
    """Give the program with the secrets of the sandbox."""
    return program_for(sandbox.ready)


@pytest.fixture
def site(sandbox: Sandbox, tmp_path: Path) -> Path:
    """Write a connection file for the sandbox."""
    return connection_file(tmp_path, site_of(sandbox.ready))
