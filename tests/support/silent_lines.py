"""Uploads to the sandbox over a line that falls silent, and handles that its server gives up late.

The engine's clock runs faster than the server's, so that a minute takes seconds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import (
    OpenSite,
    SessionChanged,
    SessionState,
    SignIn,
    UsePassword,
)
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged, Upload
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.transfers.views import BatchView, FileView, TransferState
from support.cutting_proxy import CuttingProxy
from support.engine_rig import EngineRig
from support.fake_clock import FastClock
from support.sandbox_site import code_secret_of, site_of

SPEED = 50.0  # of the engine's clock
LATE_PART = 80  # seconds of the engine's clock, which a sign-in with a new code is through by
TIMEOUT_SECONDS = 60.0  # seconds, real ones, until a test gives up


class SilentLine(msgspec.Struct, frozen=True):
    """Signs an engine in through a proxy between it and the sandbox."""

    rig: EngineRig
    box: Sandbox
    proxy: CuttingProxy

    def put(self, *sources: Path, **options: object) -> BatchView:
        """Send to the inbox; returns how the batch ended."""
        names = tuple(map(str, sources))
        request = self.rig.send(Upload, names, b"/inbox", **options)
        end = self.rig.end_of(request, TIMEOUT_SECONDS)
        assert isinstance(end, BatchChanged)
        return end.view

    def end_when_delivered(self) -> None:
        """Have the server give the silent line up once all is sent again, and asked about later."""

        def follow(event: Event) -> None:
            if isinstance(event, BatchChanged) and event.view.files_late:
                self.proxy.end_stalled()

        self.rig.listener.then = follow

    def bring_back_when_signed_in(self) -> None:
        """Let the silent line pass on what lies there, as soon as there is another."""

        def follow(event: Event) -> None:
            if isinstance(event, SessionChanged) and event.state is SessionState.SIGNED_IN:
                self.proxy.bring_back()

        self.rig.listener.then = follow

    @property
    def inbox(self) -> Path:
        """Return the files that the server shows."""
        return self.box.ready.root / "inbox"

    @property
    def files(self) -> list[FileView]:
        """Return the last state of every file of the one batch, whatever its names were."""
        changes = self.rig.listener.all(FileChanged)
        return list({change.view.number: change.view for change in changes}.values())

    def wrong(self) -> list[str]:
        """Files that were told as delivered, and are not there whole."""
        return [
            view.local
            for view in self.files
            if view.state is TransferState.DELIVERED
            and (self.box.ready.root / view.remote.decode().lstrip("/")).read_bytes()
            != Path(view.local).read_bytes()
        ]


@contextlib.contextmanager
def silent_line(
    box: Sandbox, home: Path, places: list[int], *, late_part: int = LATE_PART, silent: bool = True
) -> Iterator[SilentLine]:
    """Sign in to a sandbox over lines that end after so many bytes each, silent or not."""
    with contextlib.ExitStack() as running:
        proxy = running.enter_context(CuttingProxy(box.ready.port, places, silent=silent))
        rig = EngineRig(home, FastClock(SPEED), keep_trying=900)
        running.enter_context(contextlib.closing(rig))
        rig.do(OpenSite, site_of(box.ready, port=proxy.port, late_part_seconds=late_part))
        rig.do(UsePassword, box.ready.password)
        rig.do(UseCodeSecret, code_secret_of(box.ready))
        rig.do(SignIn)
        yield SilentLine(rig, box, proxy)


def tree(folder: Path, files: int, size: int) -> Path:
    """Make a folder of a number of files, no two alike."""
    folder.mkdir()
    for number in range(files):
        (folder / f"{number:03}.csv").write_bytes(b"%03d;" % number * (size // 4))
    return folder
