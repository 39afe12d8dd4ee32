"""Lines that stand and are of no use: one that crawls, and one that changes bytes on the way."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Kind
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import (
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
    UsePassword,
)
from ferrygate.engine.messages.transfers import Download
from ferrygate.engine.session.liveness import CRAWLS_AFTER_SECONDS
from ferrygate.sandbox.sandbox import Sandbox
from support.cutting_proxy import CuttingProxy
from support.engine_rig import EngineRig
from support.fake_clock import FastClock
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import code_secret_of, site_of

MIB = 1 << 20
SPEED = 20.0  # how much faster the engine's time runs


class SpoilingProxy(CuttingProxy):
    """Does something to what the server answers."""

    def __init__(self, target: int) -> None:
        super().__init__(target, [])
        self.spoil: Callable[[bytes, socket.socket], None] = lambda data, sink: sink.sendall(data)
        self.over = threading.Event()

    def _pump(
        self,
        source: socket.socket,
        sink: socket.socket,
        goes_on: Callable[[int], bool] = lambda _count: True,
    ) -> None:
        if source.getpeername()[1] != self._target:
            super()._pump(source, sink, goes_on)
            return
        with contextlib.suppress(OSError):  # a cut
            while data := source.recv(1 << 16):
                self.spoil(data, sink)
        with self._lock:
            for sock in (source, sink):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
                self._open.discard(sock)
            source.close()

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        super().__exit__(*exception)


def signed_in_over(proxy: SpoilingProxy, sandbox: Sandbox, rig: EngineRig) -> None:
    rig.do(OpenSite, site_of(sandbox.ready, port=proxy.port))
    rig.do(UsePassword, sandbox.ready.password)
    rig.do(UseCodeSecret, code_secret_of(sandbox.ready))
    rig.do(SignIn)


def offline(event: Event) -> bool:
    return isinstance(event, SessionChanged) and event.state is SessionState.OFFLINE


def reconnecting(event: Event) -> bool:
    return isinstance(event, SessionChanged) and event.state is SessionState.RECONNECTING


@pytest.mark.slow
def test_a_line_that_crawls_is_given_up_and_told(make_sandbox: MakeSandbox, tmp_path: Path) -> None:
    sandbox = make_sandbox(period=2)
    (sandbox.ready.root / "exports").mkdir(exist_ok=True)
    (sandbox.ready.root / "exports" / "plate.bin").write_bytes(bytes(MIB))
    with (
        SpoilingProxy(sandbox.ready.port) as proxy,
        closing(EngineRig(tmp_path / "home", FastClock(SPEED))) as rig,
    ):
        signed_in_over(proxy, sandbox, rig)

        def crawl(data: bytes, sink: socket.socket) -> None:
            for at in range(len(data)):
                if proxy.over.wait(1 / SPEED):  # a byte a second, as the engine sees it
                    return
                sink.sendall(data[at : at + 1])

        proxy.spoil = crawl
        began = rig.clock.monotonic()
        download = rig.send(Download, (b"/exports/plate.bin",), str(tmp_path / "back"))
        rig.listener.wait(reconnecting)
        assert (
            rig.clock.monotonic() - began < 2 * CRAWLS_AFTER_SECONDS
        )  # what was on the way before comes as well
        rig.end_of(download)
        rig.listener.wait(offline)
        problems = [
            event.problem
            for event in rig.listener.all(SessionChanged)
            if event.state is SessionState.OFFLINE and event.problem is not None
        ]
    assert str(problems[-1].sentence).startswith("The line is too slow")
    assert problems[-1].kind is Kind.CONNECTION_LOST


@pytest.mark.slow
def test_a_line_that_changes_bytes_is_told_as_that(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    sandbox = make_sandbox(period=2)
    (sandbox.ready.root / "exports").mkdir(exist_ok=True)
    (sandbox.ready.root / "exports" / "plate.bin").write_bytes(bytes(4 * MIB))
    with (
        SpoilingProxy(sandbox.ready.port) as proxy,
        closing(EngineRig(tmp_path / "home", SystemClock())) as rig,
    ):
        signed_in_over(proxy, sandbox, rig)

        def change(data: bytes, sink: socket.socket) -> None:
            if len(data) > 20_000:  # of the file, and not of a sign-in
                middle = len(data) // 2
                data = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
            sink.sendall(data)

        proxy.spoil = change
        download = rig.send(Download, (b"/exports/plate.bin",), str(tmp_path / "back"))
        rig.listener.wait(offline, 50)
        rig.end_of(download)
        assert proxy.connections == 3
        (problem,) = [
            event.problem
            for event in rig.listener.all(SessionChanged)
            if event.state is SessionState.OFFLINE and event.problem is not None
        ]
    assert str(problem.sentence) == "What the server sent was changed on its way, again and again."
    assert list((tmp_path / "back").iterdir()) == []
