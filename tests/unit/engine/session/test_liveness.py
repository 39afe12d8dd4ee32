"""When a silent connection is asked, and when it counts as gone, on an injected clock."""

from __future__ import annotations

import threading

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.engine.session.liveness import ASK_AFTER_SECONDS, GONE_AFTER_SECONDS, Liveness
from support.fake_clock import ManualClock


class Peer:
    """A connection that was heard when it is told so, and answers when it is told to."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._heard = self._whole = clock.monotonic()
        self.alive = True
        self.answers = True
        self.asked = threading.Event()

    @property
    def silent_for(self) -> float:
        return self._clock.monotonic() - self._heard

    @property
    def incomplete_for(self) -> float:
        return self._clock.monotonic() - self._whole

    def hear(self) -> None:
        self._heard = self._whole = self._clock.monotonic()

    def hear_a_byte(self) -> None:
        self._heard = self._clock.monotonic()

    def send_keepalive(self) -> None:
        if self.answers:
            self.hear()
        self.asked.set()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def peer(clock: ManualClock) -> Peer:
    return Peer(clock)


@pytest.fixture
def liveness(peer: Peer, clock: ManualClock) -> Liveness:
    return Liveness(peer, clock, SystemThreads())


def look_after(seconds: float, liveness: Liveness, clock: ManualClock) -> bool:
    clock.time += seconds
    return liveness.is_alive()


def test_a_question_that_fails_prints_nothing_and_the_deadline_holds(
    clock: ManualClock, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken(Peer):
        def send_keepalive(self) -> None:
            self.asked.set()
            raise ZeroDivisionError

    peer = Broken(clock)
    liveness = Liveness(peer, clock, SystemThreads())
    assert look_after(ASK_AFTER_SECONDS + 1, liveness, clock)
    assert peer.asked.wait(5)
    assert not look_after(GONE_AFTER_SECONDS, liveness, clock)
    assert capfd.readouterr() == ("", "")


def test_a_connection_that_talks_is_not_asked(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    for _ in range(100):
        peer.hear()
        assert look_after(ASK_AFTER_SECONDS - 1, liveness, clock)
    assert not peer.asked.is_set()


def test_a_quiet_connection_is_asked_and_stays(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    assert look_after(ASK_AFTER_SECONDS + 1, liveness, clock)
    assert peer.asked.wait(5)
    assert look_after(ASK_AFTER_SECONDS - 1, liveness, clock)


def test_one_that_does_not_answer_is_gone_within_30_seconds(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    peer.answers = False
    seconds = 0
    while look_after(1, liveness, clock):
        seconds += 1
    assert peer.asked.is_set()
    assert GONE_AFTER_SECONDS - 1 <= seconds < 30


def test_one_that_has_ended_is_gone_at_once(liveness: Liveness, peer: Peer) -> None:
    peer.alive = False
    assert not liveness.is_alive()
    assert not peer.asked.is_set()


def test_after_sleep_an_answer_is_due_in_five_seconds(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    peer.answers = False
    clock.slept += 3600
    assert look_after(1, liveness, clock)
    assert peer.asked.wait(5)
    assert look_after(4, liveness, clock)
    assert not look_after(1.5, liveness, clock)


def test_after_sleep_an_answer_is_enough(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    clock.slept += 3600
    assert look_after(1, liveness, clock)
    assert peer.asked.wait(5)
    for _ in range(5):
        assert look_after(2, liveness, clock)


def test_a_wink_of_sleep_asks_nothing(liveness: Liveness, peer: Peer, clock: ManualClock) -> None:
    clock.slept += 1
    assert look_after(1, liveness, clock)
    assert not peer.asked.is_set()


def test_a_line_on_which_bytes_come_one_by_one_is_asked_and_given_up(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    peer.answers = False
    for _second in range(59):
        peer.hear_a_byte()
        assert look_after(1, liveness, clock)
    assert peer.asked.wait(5)
    assert not liveness.crawls
    peer.hear_a_byte()
    assert not look_after(1, liveness, clock)
    assert liveness.crawls


def test_a_slow_line_whose_packets_come_in_the_end_is_kept(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    for _packet in range(10):
        for _second in range(55):  # 32 KiB at 600 bytes a second
            peer.hear_a_byte()
            assert look_after(1, liveness, clock)
        peer.hear()


def test_a_line_that_is_silent_is_gone_and_does_not_crawl(
    liveness: Liveness, peer: Peer, clock: ManualClock
) -> None:
    peer.answers = False
    assert not look_after(GONE_AFTER_SECONDS + 60, liveness, clock)
    assert not liveness.crawls
