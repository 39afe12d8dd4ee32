"""A pytest plugin: tests marked ``root`` are not run without root, and never silently.

The summary's last lines name their suites; with ``CI`` set, leaving them out is a failure.
"""

from __future__ import annotations

import os

import pytest

_LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start with nothing left out."""
    config.stash[_LEFT_OUT] = []


@pytest.hookimpl(trylast=True)  # after -m and -k: what was not asked for is not left out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what needs root."""
    if os.geteuid() == 0:
        return
    left_out = [item for item in items if item.get_closest_marker("root")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[_LEFT_OUT] = sorted({item.nodeid.partition("::")[0] for item in left_out})


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail under CI where something was left out."""
    if session.config.stash[_LEFT_OUT] and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name the suites that were left out."""
    suites = config.stash[_LEFT_OUT]
    if suites:
        terminalreporter.section("not run: these suites need root", yellow=True)
        for suite in suites:
            terminalreporter.write_line(suite)
