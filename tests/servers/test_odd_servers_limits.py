"""Servers that bear little: few handles over all channels, or so many requests a connection."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError, Kind
from support.fake_clock import FastClock
from support.odd_server_rig import odd_rig, read
from support.scripted_sftp import OPEN, ScriptedServer, status
from support.sftp_bytes import FAILURE, PERMISSION_DENIED

# As long as the server's listings say, so that nothing is fetched twice.
MANY = {f"d{number % 4}/f{number:03}": b"%010d" % number for number in range(60)}


@pytest.mark.parametrize("most", [1, 3, 10])
def test_many_files_arrive_where_few_handles_are_allowed(tmp_path: Path, most: int) -> None:
    server = ScriptedServer({}, b"/inbox")
    server.most_handles = most
    with odd_rig(server, tmp_path) as rig:
        assert rig.session.put(rig.write(MANY), "/inbox").complete
        assert len(server.files) == len(MANY)
        asked = len(server.asked(OPEN))
        assert rig.session.get("/inbox/to-send", tmp_path / "back").complete
        assert read(tmp_path / "back" / "to-send") == MANY
        assert server.most_open == most
        again = len(server.asked(OPEN)) - asked - len(MANY)
        assert again < len(MANY) / 10  # it was learned


def test_of_many_files_those_that_are_closed_to_us_fail_and_no_other(tmp_path: Path) -> None:
    server = ScriptedServer({}, b"/inbox")
    server.most_handles = 5
    server.instead[OPEN] = lambda request: (
        [status(request.number, PERMISSION_DENIED)] if b"5" in request.fields[0][-2:] else None
    )
    with odd_rig(server, tmp_path) as rig:
        files = rig.session.put(rig.write(MANY), "/inbox").files
    failed = {view.remote for view in files if view.problem is not None}
    assert failed == {view.remote for view in files if b"5" in view.remote[-2:]}
    assert {view.problem.kind for view in files if view.problem} == {Kind.PERMISSION_DENIED}


@pytest.mark.parametrize(
    ("requests", "count"), [(25, 20), pytest.param(60, 40, marks=pytest.mark.slow)]
)
def test_a_server_that_hangs_up_again_and_again_still_gets_all(
    tmp_path: Path, requests: int, count: int
) -> None:
    server = ScriptedServer({}, b"/inbox")
    files = {f"f{number:03}": b"%010d" % number for number in range(count)}
    with odd_rig(server, tmp_path, most_requests=requests) as rig:
        sent = rig.session.put(rig.write(files), "/inbox")
        assert sent.complete, [view.problem for view in sent.files if view.problem]
        assert len(server.files) == count
        first = len(rig.attempts.connections)
        fetched = rig.session.get("/inbox/to-send", tmp_path / "back")
        assert fetched.complete, [view.problem for view in fetched.files if view.problem]
        assert read(tmp_path / "back" / "to-send") == files
        # The limit that the first batch has learned holds for the second: that begins with few at a
        # time, and each file takes OPEN, two READs, FSTAT and CLOSE.
        assert len(rig.attempts.connections) - first < 2 + count * 8 / requests


def test_connections_that_bring_nothing_are_given_up_however_long_they_stand(
    tmp_path: Path,
) -> None:
    server = ScriptedServer({b"/inbox/a": b"1", b"/inbox/b": b"2"}, b"/inbox")
    server.instead[OPEN] = lambda _request: []
    # Each is lost after a minute without an answer, and the rig comes back for 20 s.
    with odd_rig(server, tmp_path, clock=FastClock(100), reply_seconds=600.0) as rig:
        result = rig.session.get(["/inbox/a", "/inbox/b"], tmp_path / "back")
        assert len(rig.attempts.connections) <= 3
    assert [view.problem.kind for view in result.files if view.problem] == [
        Kind.CONNECTION_LOST,
        Kind.CONNECTION_LOST,
    ]


class SlowServer(ScriptedServer):
    """Answers each request a minute after it has come."""

    def __init__(self, clock: Clock, files: dict[bytes, bytes]) -> None:
        super().__init__(files, b"/inbox")
        self._clock = clock

    def answer(self, payload: bytes) -> Iterable[bytes]:
        self._clock.wait(threading.Event(), 59)
        return super().answer(payload)


def test_a_server_that_takes_a_minute_for_each_answer_ends_a_command_soon(tmp_path: Path) -> None:
    clock = FastClock(600)
    server = SlowServer(clock, {})
    with odd_rig(server, tmp_path, clock=clock, reply_seconds=600) as rig:
        with pytest.raises(FerrygateError, match="The server is too slow") as caught:
            rig.session.mkdir("/inbox/" + "a/" * 20, parents=True)
        assert len(server.requests) < 7
    assert caught.value.kind is Kind.SERVER_SILENT


@pytest.mark.slow
def test_a_tree_gets_ahead_on_a_server_that_hangs_up(tmp_path: Path) -> None:
    server = ScriptedServer({}, b"/inbox")
    tree = {f"d{number:02}/f": b"%d" % number for number in range(30)}
    with odd_rig(server, tmp_path, most_requests=25) as rig:
        sent = rig.session.put(rig.write(tree), "/inbox")
        assert sent.complete, [view.problem for view in sent.files if view.problem]
        fetched = rig.session.get("/inbox/to-send", tmp_path / "back")
        assert fetched.complete, [view.problem for view in fetched.files if view.problem]
    assert read(tmp_path / "back" / "to-send") == tree


def test_one_handle_and_hang_ups_together(tmp_path: Path) -> None:
    server = ScriptedServer({}, b"/inbox")
    server.most_handles, server.too_many = 1, FAILURE
    files = {f"f{number:03}": b"%d" % number for number in range(20)}
    with odd_rig(server, tmp_path, most_requests=40) as rig:
        assert rig.session.put(rig.write(files), "/inbox").complete
        assert rig.session.get("/inbox/to-send", tmp_path / "back").complete
    assert read(tmp_path / "back" / "to-send") == files
