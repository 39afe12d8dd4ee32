"""Leaves out tests marked ``root`` without root, and names them; a pytest plugin.

The summary's last lines name their suites; with ``CI`` set, leaving them out is a failure.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

_LEFT_OUT = "left_out_without_root"  # the name under which a worker of pytest-xdist tells of it


def pytest_configure(config: pytest.Config) -> None:
    """Judge by this process."""
    config.pluginmanager.register(
        RootSuites(is_root=os.geteuid() == 0, under_ci=bool(os.environ.get("CI")))
    )


class RootSuites:
    """Leaves out what needs root, and says so."""

    def __init__(self, *, is_root: bool, under_ci: bool) -> None:
        self._is_root = is_root
        self._under_ci = under_ci
        self._left_out: set[str] = set()

    @pytest.hookimpl(trylast=True)  # after -m and -k: what was not asked for is not left out
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Deselect the tests that cannot run."""
        if self._is_root:
            return
        left_out = [item for item in items if item.get_closest_marker("root")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        self._left_out = {item.nodeid.partition("::")[0] for item in left_out}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker left out: it collects, and this process prints the summary."""
        self._left_out |= set(getattr(node, "workeroutput", {}).get(_LEFT_OUT, ()))

    @pytest.hookimpl(trylast=True)  # after xdist's own, which waits for the workers
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail under CI where something was left out."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[_LEFT_OUT] = sorted(self._left_out)
        if self._left_out and self._under_ci:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the suites that were left out."""
        if self._left_out:
            terminalreporter.section("not run: these suites need root", yellow=True)
            for suite in sorted(self._left_out):
                terminalreporter.write_line(suite)
