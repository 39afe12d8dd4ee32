"""The silence and the slowness of a server that owes a reply."""

from __future__ import annotations

import pytest

from ferrygate.sftp.pace import MIN_BYTES, SECONDS_PER_ANSWER, SPAN_SECONDS
from ferrygate.sftp.reply_clock import ReplyClock
from support.fake_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(0.0)


@pytest.fixture
def replies(clock: ManualClock) -> ReplyClock:
    replies = ReplyClock(clock, 60.0)
    replies.begin()
    return replies


def test_each_byte_ends_the_silence(clock: ManualClock, replies: ReplyClock) -> None:
    clock.time += 40
    assert (replies.silence, replies.seconds_left, replies.is_over) == (40, 20, False)
    replies.received(1)
    assert (replies.silence, replies.seconds_left) == (0, 60)
    clock.time += 70
    assert (replies.seconds_left, replies.is_over) == (-10, True)
    replies.begin()
    assert replies.silence == 0


def test_a_server_that_drips_is_too_slow(clock: ManualClock, replies: ReplyClock) -> None:
    for _half_minute in range(round(SPAN_SECONDS / 30)):
        assert replies.slowness() is None
        clock.time += 30
        replies.received(1)
    slowness = replies.slowness()
    assert slowness is not None
    assert "The server is too slow: 0 answers came in 3 min." in str(slowness)


@pytest.mark.parametrize("is_sent", [True, False])
def test_bytes_either_way_are_pace(
    clock: ManualClock, replies: ReplyClock, *, is_sent: bool
) -> None:
    for _half_minute in range(round(SPAN_SECONDS / 30)):
        clock.time += 30
        (replies.sent if is_sent else replies.received)(MIN_BYTES)
        assert replies.slowness() is None


def test_answers_are_pace(clock: ManualClock, replies: ReplyClock) -> None:
    for _answer in range(round(SPAN_SECONDS / SECONDS_PER_ANSWER) + 1):
        clock.time += SECONDS_PER_ANSWER - 1
        replies.received(1)
        replies.answered()
        assert replies.slowness() is None
