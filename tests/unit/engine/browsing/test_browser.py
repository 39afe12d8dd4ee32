"""A browsing request that is taken back just as its connection is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.entry import Entry
from ferrygate.common.errors import Cancelled, ConnectionLostError
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.browsing.block_credit import BlockCredit
from ferrygate.engine.browsing.browser import Browser
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.schedule.lane import Lane
from support.lane_worker_rig import raise_it
from support.scripted_sftp import STAT, Request, ScriptedServer, ScriptedSftp


class Desk:
    """A browser over a server that is lost with the first request, and what came of it."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.ends: deque[Any] = deque()
        self.doubts = 0
        self.before_the_end: Callable[[], None] = lambda: None
        self.is_lost = True  # else the server leaves the request unanswered
        server = ScriptedServer()
        server.instead[STAT] = self._lose
        self._rig = ScriptedSftp(server)
        self._lane = Lane("browse", self._open, raise_it, SystemThreads())
        self.browser = Browser(
            self._lane, self.posted.put, self._doubt, clicked=lambda: None, threads=SystemThreads()
        )

    def _open(self, _cancel: CancelToken) -> SftpChannel:
        return self._rig.channel

    def _lose(self, _request: Request) -> Iterable[bytes]:
        self.before_the_end()
        self._rig.stream.ended = self.is_lost
        return ()

    def _doubt(self) -> None:
        self.doubts += 1

    def ask(self) -> None:
        """Ask for a path, and wait for the end of that."""

        async def stat(files: RemoteFiles) -> Entry:
            return await files.stat(b"/a")

        end = self.ends.append
        self.browser.do(1, stat, end, end, repeatable=lambda: False, credit=BlockCredit())
        self.posted.get(timeout=10)()

    def close(self) -> None:
        self._lane.stop()
        self._lane.join(5)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def test_a_lost_connection_is_said(desk: Desk) -> None:
    desk.ask()
    (end,) = desk.ends
    assert isinstance(end, ConnectionLostError)
    assert desk.doubts == 1


def test_what_was_cancelled_is_cancelled_whatever_ends_it(desk: Desk) -> None:
    def cancel() -> None:
        desk.browser.cancel(1)

    desk.before_the_end = cancel
    desk.ask()
    (end,) = desk.ends
    assert isinstance(end, Cancelled)
    assert desk.doubts == 0


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost first", "ended first"])
def test_nobody_has_cancelled_what_ends_with_its_session(desk: Desk, *, is_lost: bool) -> None:
    desk.is_lost = is_lost
    desk.before_the_end = lambda: desk.browser.stop(ConnectionLostError(message("Lost for good.")))
    desk.ask()
    (end,) = desk.ends
    assert isinstance(end, ConnectionLostError)
