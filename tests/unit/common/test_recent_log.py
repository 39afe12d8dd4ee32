"""The end of the log, as support is sent it: from memory, and without a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.common.logs import (
    FILE_NAME,
    MAX_BYTES,
    PACKAGE,
    RECENT_LINES,
    REMOVED,
    LiveSecrets,
    LogFile,
    log_in_use,
    logging_to,
)
from ferrygate.common.secret import Secret

LOG = logging.getLogger(f"{PACKAGE}.test.recent")


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[LiveSecrets]:
    with logging_to(tmp_path / "logs", logging.INFO) as live:
        yield live


def log() -> LogFile:
    found = log_in_use()
    assert found is not None
    return found


def recent() -> list[str]:
    """Return the lines without their time and place."""
    return [line.partition("recent: ")[2] for line in log().recent_lines()]


@pytest.mark.usefixtures("secrets")
def test_the_last_lines_are_those_of_the_file(tmp_path: Path) -> None:
    for number in range(RECENT_LINES + 50):
        LOG.info("line %d", number)
    assert len(recent()) == RECENT_LINES
    assert recent()[0] == "line 50"
    written = (tmp_path / "logs" / FILE_NAME).read_text("utf-8").splitlines()
    assert list(log().recent_lines()) == written[-RECENT_LINES:]


def test_those_of_an_earlier_run_come_before(tmp_path: Path) -> None:
    for run in range(3):
        with logging_to(tmp_path / "logs", logging.INFO):
            LOG.info("of run %d", run)
            LOG.info("and more of it")
            assert recent()[-2:] == [f"of run {run}", "and more of it"]
            assert len(recent()) == 2 * (run + 1)


def test_a_long_log_of_earlier_runs_is_read_from_its_end_alone(tmp_path: Path) -> None:
    with logging_to(tmp_path / "logs", logging.INFO):
        for number in range(1000):
            LOG.info("%d %s", number, "x" * 500)
    with logging_to(tmp_path / "logs", logging.INFO):
        LOG.info("new")
        assert recent()[-2:] == ["999 " + "x" * 500, "new"]
        assert all(recent())


def test_nothing_secret_is_in_them(secrets: LiveSecrets) -> None:
    secrets.add(Secret("correct horse"))
    LOG.info("it is %s", "correct horse")
    assert recent() == [f"it is {REMOVED}"]
    assert log().redact("correct horse") == REMOVED


def test_they_outlive_the_file_that_gives_way_to_the_next(secrets: LiveSecrets) -> None:
    del secrets
    LOG.info("before")
    LOG.info("x" * (MAX_BYTES - 50))
    LOG.info("after")
    assert [line[:6] for line in recent()] == ["before", "xxxxxx", "after"]
    assert max(map(len, log().recent_lines())) == 2000


def test_a_log_that_cannot_be_written_is_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    with logging_to(tmp_path / "logs", logging.INFO):
        LOG.info("nobody wrote this")
        assert recent() == ["nobody wrote this"]


def test_an_error_with_its_traceback_is_several_lines(secrets: LiveSecrets) -> None:
    secrets.add(Secret("hunter2222"))
    try:
        int("hunter2222")
    except ValueError:
        LOG.exception("failed")
    lines = log().recent_lines()
    assert lines[0].endswith("failed")
    assert lines[1].startswith("Traceback")
    assert "hunter2222" not in "".join(lines)


def test_a_library_has_no_log() -> None:
    assert log_in_use() is None
