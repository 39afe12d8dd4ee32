"""Time on a channel: sleeps, deadlines, and being woken instead of looking again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import pytest

from ferrygate.common.byte_stream import MAX_BURST_BYTES
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Cancelled, ConnectionLostError
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.tasks import Future
from ferrygate.ssh.stream import ChannelStream
from support.scripted_sftp import STAT, Request, ScriptedServer, ScriptedSftp


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/a": b"1"})


# ---------------------------------------------------------------- sleeps


def test_so_much_time_passes_and_little_more(rig: ScriptedSftp) -> None:
    began = rig.stream.clock.now()
    rig.run(rig.channel.sleep(12.5))
    assert 12.5 <= rig.stream.clock.now() - began <= 12.6


def test_a_wait_lasts_until_the_sleep_is_over(rig: ScriptedSftp) -> None:
    rig.stream.waits.clear()
    rig.run(rig.channel.sleep(12.5))
    assert rig.stream.waits[:3] == pytest.approx([12.5, 12.4, 12.3])  # it wakes a little early


def test_sleepers_wake_by_their_time_and_equal_ones_in_order(rig: ScriptedSftp) -> None:
    woken: list[str] = []

    async def sleeper(name: str, seconds: float) -> None:
        await rig.channel.sleep(seconds)
        woken.append(name)

    async def work() -> None:
        tasks = [
            rig.channel.spawn(sleeper(name, seconds))
            for name, seconds in (("late", 9), ("b", 2), ("early", 1), ("c", 2), ("d", 2))
        ]
        for task in tasks:
            await task

    rig.run(work())
    assert woken == ["early", "b", "c", "d", "late"]


def test_in_no_time_the_other_work_moves_on(rig: ScriptedSftp) -> None:
    steps: list[str] = []

    async def stroll(name: str) -> None:
        for _step in range(3):
            steps.append(name)
            await rig.channel.sleep(0)

    async def work() -> None:
        for task in [rig.channel.spawn(stroll(name)) for name in "ab"]:
            await task

    began = rig.stream.clock.now()
    rig.run(work())
    assert steps == ["a", "b"] * 3
    assert rig.stream.clock.now() == began


def test_in_no_time_what_is_queued_is_sent_and_what_came_is_taken(rig: ScriptedSftp) -> None:
    async def work() -> bool:
        asked = rig.channel.spawn(rig.files.stat(b"/a"))
        for _turn in range(3):
            await rig.channel.sleep(0)
        return asked.done

    assert rig.run(work())


def test_a_long_sleep_is_no_silence_of_the_server(rig: ScriptedSftp) -> None:
    async def work() -> int | None:
        await rig.channel.sleep(1000)
        return (await rig.files.stat(b"/a")).size

    assert rig.run(work()) == 1


def test_a_sleep_puts_off_no_deadline(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = lambda _request: ()

    async def work() -> None:
        _unanswered = rig.channel.spawn(rig.files.stat(b"/a"))
        for _minute in range(10):
            await rig.channel.sleep(20)

    began = rig.stream.clock.now()
    with pytest.raises(ConnectionLostError):
        rig.run(work())
    assert 60 <= rig.stream.clock.now() - began < 61


def test_sleeps_of_dropped_work_wake_nobody(rig: ScriptedSftp) -> None:
    async def work() -> None:
        _sleeper = rig.channel.spawn(rig.channel.sleep(5))
        await rig.files.stat(b"/a")

    rig.run(work())
    rig.stream.waits.clear()
    rig.run(rig.channel.sleep(100))
    assert rig.stream.waits[0] == 100


def test_a_wait_in_which_nothing_was_due_does_not_count(rig: ScriptedSftp) -> None:
    async def work() -> int | None:
        await rig.channel.sleep(100)  # whoever reads a listing has gone for a coffee
        return (await rig.files.stat(b"/a")).size

    assert rig.run(work()) is not None


def test_what_came_while_we_were_away_is_read_before_the_deadline_counts(rig: ScriptedSftp) -> None:
    async def work() -> int | None:
        asked = rig.channel.spawn(rig.files.stat(b"/a"))
        await rig.channel.sleep(0)
        rig.stream.clock.time += 100  # a disk that kept this thread
        return (await asked).size

    assert rig.run(work()) is not None


# ---------------------------------------------------------------- being woken


class Line:
    """Carries a real stream's bytes to a server in memory; ``then`` is told of each request."""

    burst = MAX_BURST_BYTES
    can_send = True

    def __init__(self, server: ScriptedServer) -> None:
        self.then: Callable[[], None] = lambda: None
        self.stream: CountingStream
        self._server = server
        self._received = bytearray()

    def send_data(self, channel: int, data: memoryview, max_data: int) -> bool:  # noqa: ARG002  the protocol's
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4])
            if len(self._received) < end:
                break
            answers = self._server.answer(bytes(self._received[4:end]))
            del self._received[:end]
            for answer in answers:
                self.stream.take(memoryview(answer))
                self.stream.flush()
        self.then()
        return True

    def send_window_adjust(self, channel: int, count: int) -> bool:  # noqa: ARG002  the protocol's
        """There is room enough."""
        return True

    def close(self) -> None:
        """Let the channel go."""


class CountingStream(ChannelStream):
    """A real stream that counts how often somebody waits for it."""

    looked = 0

    def recv(self, seconds: float, /) -> bytes:
        self.looked += 1
        return super().recv(seconds)


class Woken:
    """A channel on a real stream, with real time, and the thread that does something to it."""

    def __init__(self, server: ScriptedServer) -> None:
        self.line = Line(server)
        self.stream = self.line.stream = CountingStream(
            self.line, self.line, 1 << 20, peer=0, send_window=1 << 20, max_packet=1 << 15
        )
        self.channel = SftpChannel(self.stream, SystemClock(), OpenHandles(SystemThreads()))
        self.cancel = CancelToken(SystemThreads())
        self.channel.start(self.cancel)
        self.files = RemoteFiles(self.channel)
        self.stream.looked = 0
        self._asked = threading.Event()
        self.line.then = self._asked.set

    def meanwhile(self, act: Callable[[], None]) -> threading.Thread:
        """Have something done by another thread once a request has left."""

        def wait_and_act() -> None:
            self._asked.wait()
            act()

        thread = threading.Thread(target=wait_and_act)
        thread.start()
        return thread


@pytest.fixture
def silent(server: ScriptedServer) -> Woken:
    def no_answer(_request: Request) -> Iterable[bytes]:
        return ()

    server.instead[STAT] = no_answer
    return Woken(server)


def test_a_cancel_of_a_silent_channel_is_noticed_at_once(silent: Woken) -> None:
    clock = SystemClock()
    other = silent.meanwhile(silent.cancel.cancel)
    began = clock.monotonic()
    with pytest.raises(Cancelled):
        silent.channel.run(silent.files.stat(b"/a"), silent.cancel)
    other.join()
    assert clock.monotonic() - began < 5  # its patience is 60
    assert silent.stream.looked <= 2


def test_a_cancel_before_the_work_begins_is_noticed(silent: Woken) -> None:
    silent.cancel.cancel()
    with pytest.raises(Cancelled):
        silent.channel.run(silent.files.stat(b"/a"), silent.cancel)
    assert silent.stream.looked == 0


def test_a_call_of_another_thread_is_done_on_the_owners(silent: Woken) -> None:
    threads: list[threading.Thread] = []
    changed = silent.channel.new_event()

    def call() -> None:
        threads.append(threading.current_thread())
        changed.set()

    async def work() -> str:
        _unanswered = silent.channel.spawn(silent.files.stat(b"/a"))
        await changed.wait()
        return "woken"

    other = silent.meanwhile(lambda: silent.channel.call_soon(call))
    assert silent.channel.run(work(), silent.cancel) == "woken"
    other.join()
    assert threads == [threading.current_thread()]
    assert silent.stream.looked <= 2


def test_calls_of_many_threads_are_all_done_and_each_thread_s_in_order(silent: Woken) -> None:
    done: list[tuple[int, int]] = []
    changed = silent.channel.new_event()

    def call_often(thread: int) -> None:
        for number in range(200):
            silent.channel.call_soon(lambda number=number: call(thread, number))  # type: ignore[misc]

    def call(thread: int, number: int) -> None:
        done.append((thread, number))
        changed.set()

    async def work() -> None:
        while len(done) < 800:
            await changed.wait()

    others = [threading.Thread(target=call_often, args=(number,)) for number in range(4)]
    for other in others:
        other.start()
    silent.channel.run(work(), silent.cancel)
    for other in others:
        other.join()
    for thread in range(4):
        assert [number for of, number in done if of == thread] == list(range(200))


def test_a_call_between_two_runs_is_done_in_the_next(rig: ScriptedSftp) -> None:
    called: list[str] = []
    rig.channel.call_soon(lambda: called.append("called"))
    assert called == []
    rig.run(rig.files.stat(b"/a"))
    assert called == ["called"]


def test_a_call_for_work_that_has_ended_wakes_nobody(rig: ScriptedSftp) -> None:
    changed = rig.channel.new_event()

    async def listen() -> None:
        while True:
            await changed.wait()

    async def work() -> None:
        _listening = rig.channel.spawn(listen())
        await rig.files.stat(b"/a")

    rig.run(work())
    rig.channel.call_soon(changed.set)
    assert rig.run(rig.files.stat(b"/a")).size == 1


def test_the_end_of_the_stream_is_noticed_at_once(silent: Woken) -> None:
    other = silent.meanwhile(silent.stream.end)
    with pytest.raises(ConnectionLostError):
        silent.channel.run(silent.files.stat(b"/a"), silent.cancel)
    other.join()
    assert silent.stream.looked <= 2


def test_where_nothing_is_due_nobody_looks(silent: Woken) -> None:
    """Nothing is asked, so nothing sets the time: one wait, until somebody has a word."""
    begun = threading.Event()

    async def work() -> None:
        begun.set()
        await Future[None]()

    def cancel() -> None:
        begun.wait()
        silent.cancel.cancel()

    other = threading.Thread(target=cancel)
    other.start()
    with pytest.raises(Cancelled):
        silent.channel.run(work(), silent.cancel)
    other.join()
    assert silent.stream.looked <= 1
