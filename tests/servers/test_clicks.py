"""A click in the browser is answered soon, however busy the transfers are."""

from __future__ import annotations

import contextlib
import gc
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from bench.links import Front, Slowness, delay_proxy, loopback
from ferrygate.__main__ import MANY_OBJECTS
from ferrygate.common.clock import SystemClock
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import ListFolder
from ferrygate.engine.messages.session import OpenSite, SignIn
from ferrygate.engine.messages.transfers import BatchChanged, CancelBatch, Download, Upload
from ferrygate.transfers.views import BatchId, ConflictChoice
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.engine_rig import EngineRig
from support.simulated_line import p95

LANES = 8
CLICKS = 40
LARGE = 64 << 30  # bytes; nobody waits for the end of such a file
SMALL_FILES = 4000  # for each lane; of 2,500 the last has come before the last click
# At 1 Gbit/s the proxy, the server's processes and we need more than two processors between us.
SLOW = Slowness(mbit_per_s=300)
BEYOND = 0.1  # seconds that a click may take beyond a round trip


class Busy:
    """An engine that is signed in to OpenSSH, and files enough to keep it busy.

    Each batch begins with a lane of its own, so as many batches as the engine has lanes make all
    of them busy.
    """

    def __init__(self, rig: EngineRig, server: Rig, folder: Path) -> None:
        self.rig = rig
        self._home = server.home
        self._folder = folder
        self._request = 0
        (self._home / "sink").mkdir()
        self._answered = threading.Event()
        self._seconds: list[float] = []
        self._began = 0.0
        self._moved: dict[BatchId, tuple[int, int]] = {}  # files and bytes of each batch
        self._enough = threading.Event()
        self._clicked = os.fsencode(self._home / "clicked")
        rig.listener.then = self._take

    # ------------------------------------------------------------ transfers

    def large(self, kind: type[Upload | Download]) -> None:
        """Begin with files that have no end."""
        for number in range(LANES):
            for folder in (self._folder, self._home):
                with (folder / f"large-{number}").open("wb") as file:
                    file.truncate(LARGE)
            sink = self._home / f"sink-{number}"
            sink.mkdir()
            (sink / f"large-{number}").symlink_to(os.devnull)
        for number in range(LANES):
            self._begin(kind, f"large-{number}", self._home / f"sink-{number}")

    def small(self, kind: type[Upload | Download]) -> None:
        """Begin with folders of very many small files."""
        for number in range(LANES):
            root = self._folder if kind is Upload else self._home
            (root / f"small-{number}").mkdir()
            for each in range(SMALL_FILES):
                (root / f"small-{number}" / f"{each:05}").write_bytes(bytes(4096))
        for number in range(LANES):
            self._begin(kind, f"small-{number}", self._home / "sink")

    def _begin(self, kind: type[Upload | Download], name: str, sink: Path) -> None:
        if kind is Upload:
            request = self.rig.send(
                Upload, (str(self._folder / name),), os.fsencode(sink), ConflictChoice.REPLACE
            )
        else:
            fetched = str(self._folder / "fetched")
            request = self.rig.send(Download, (os.fsencode(self._home / name),), fetched)
        self._moved.setdefault(self.rig.batch_of(request), (0, 0))

    @property
    def moved(self) -> int:
        """Bytes that all transfers moved so far."""
        return sum(moved for _files, moved in self._moved.values())

    def wait_until_busy(self) -> None:
        """Wait until every batch has moved something, and the windows have settled."""
        assert self._enough.wait(20), (self._moved, self.rig.listener.all(Failed))

    def cancel(self) -> None:
        """End the transfers, most of which must not have come to their end before."""
        busy = [batch for batch in self._moved if not self.rig.listener.batch_ends(batch)]
        assert len(busy) > LANES // 2
        for batch in busy:
            self.rig.engine.send(CancelBatch(batch))
        for batch in self._moved:
            self.rig.end_of_batch(batch)

    # ------------------------------------------------------------ clicks

    def clicks(self) -> list[float]:
        """Click on a small folder again and again; returns how long each took, in seconds."""
        self._seconds = []
        for _click in range(CLICKS):
            self._answered.clear()
            self._request = self.rig.number()
            self._began = time.monotonic()
            self.rig.engine.send(ListFolder(self._request, self._clicked))
            assert self._answered.wait(20)
        return self._seconds

    def _take(self, event: Event) -> None:
        """On the engine's thread."""
        if isinstance(event, Done) and event.request == self._request:
            self._seconds.append(time.monotonic() - self._began)
            self._answered.set()
        elif isinstance(event, BatchChanged):
            view = event.view
            self._moved[view.batch] = (view.files_finished, view.bytes_moved)
            if len(self._moved) == LANES and all(
                files > 20 or moved > 16 << 20 for files, moved in self._moved.values()
            ):
                self._enough.set()


@pytest.fixture(autouse=True)
def _garbage_is_looked_for_as_in_the_program() -> Iterator[None]:
    """As seldom, and not in what pytest has loaded: that took up to 400 ms, in which all stood."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY_OBJECTS)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


Begin = Callable[[Front], Busy]
"""Signs in over a link."""


@pytest.fixture
def begin(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begin]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(openssh_rig(tmp_path_factory.mktemp("openssh")))
        (server.home / "clicked").mkdir()
        for number in range(10):
            (server.home / "clicked" / f"{number}.csv").write_bytes(b"1")

        def signed_in(front: Front) -> Busy:
            port = stack.enter_context(front(server.port))
            rig = EngineRig(tmp_path / "engine", SystemClock())
            stack.callback(rig.close)
            site = msgspec.structs.replace(site_of(server, by_key(server)), port=port)
            rig.do(OpenSite, site)
            rig.do(SignIn)
            return Busy(rig, server, tmp_path)

        yield signed_in


def check_clicks(busy: Busy, files: str, kind: type[Upload | Download], bound: float) -> None:
    """Compare clicks with nothing else to do, and with all lanes busy."""
    idle = busy.clicks()
    begin = busy.large if files == "large" else busy.small
    begin(kind)
    busy.wait_until_busy()
    began, before = time.monotonic(), busy.moved
    seconds = busy.clicks()
    speed = (busy.moved - before) / (time.monotonic() - began)
    busy.cancel()
    told = ", ".join(
        f"{name}: median {1000 * statistics.median(each):.0f} ms, p95 {1000 * p95(each):.0f} ms"
        for name, each in (("idle", idle), ("busy", seconds))
    )
    told += f", at {speed / 1e6:.0f} MB/s"
    print(told)  # noqa: T201  pytest shows it with -s, and where a test fails
    assert p95(seconds) < bound, told


BOTH_WAYS = pytest.mark.parametrize("kind", [Upload, Download])
# Client, server and proxy share the processors of the machine: beside small files that are sent
# over a slow link p95 is 120 to 154 ms of 150 on two of them. The other cases keep their bounds on
# a machine of their own, and not beside other work.
pytestmark = [pytest.mark.slow, pytest.mark.unsteady]


@BOTH_WAYS
@pytest.mark.parametrize("files", ["large", "small"])
def test_a_click_is_answered_within_100_ms(
    begin: Begin, files: str, kind: type[Upload | Download]
) -> None:
    with loopback() as link:
        check_clicks(begin(link.front), files, kind, BEYOND)


@BOTH_WAYS
@pytest.mark.parametrize("files", ["large", "small"])
def test_a_click_over_a_slow_link_takes_little_more_than_a_round_trip(
    begin: Begin, files: str, kind: type[Upload | Download]
) -> None:
    with delay_proxy(SLOW) as link:
        check_clicks(begin(link.front), files, kind, 2 * SLOW.one_way_ms / 1000 + BEYOND)
