"""A channel's stream: both windows, and what wakes its owner."""

from __future__ import annotations

import sys
import threading
from functools import partial

import pytest
from paramiko import SSHException

from ferrygate.common.byte_stream import MAX_BURST_BYTES
from ferrygate.common.errors import ConnectionLostError
from ferrygate.ssh.stream import ChannelStream
from support.ssh_packets import Outgoing, stream


@pytest.fixture
def outgoing() -> Outgoing:
    return Outgoing()


def arrive(on: ChannelStream, *pieces: bytes) -> None:
    for piece in pieces:
        on.take(memoryview(piece))
    on.flush()


def soon(call: object, *arguments: object) -> threading.Timer:
    timer = threading.Timer(0.05, call, arguments)  # type: ignore[arg-type]  # whatever can be called
    timer.start()
    return timer


# ---------------------------------------------------------------- sending


def test_as_much_is_sent_as_the_peer_takes(outgoing: Outgoing) -> None:
    sending = stream(outgoing, send_window=5)
    assert sending.send_ready()
    assert sending.send(b"hello you") == 5
    assert not sending.send_ready()
    assert sending.send(b" you") == 0
    sending.widen_window(100)
    assert sending.send_ready()
    assert sending.send(memoryview(b" you")) == 4
    assert sending.send(b"") == 0
    assert outgoing.sent == [(7, b"hello", 32_768), (7, b" you", 32_768)]


def test_a_burst_is_sent_at_a_time(outgoing: Outgoing) -> None:
    sending = stream(outgoing, send_window=3 * MAX_BURST_BYTES)
    assert sending.send(bytes(2 * MAX_BURST_BYTES)) == MAX_BURST_BYTES
    outgoing.burst = 100
    assert sending.send(bytes(2 * MAX_BURST_BYTES)) == 100
    assert [len(data) for _, data, _ in outgoing.sent] == [MAX_BURST_BYTES, 100]


def test_nothing_is_lost_while_there_is_no_way(outgoing: Outgoing) -> None:
    sending = stream(outgoing, send_window=10)
    outgoing.can_send = False
    assert not sending.send_ready()
    assert sending.send(b"hello you") == 0
    outgoing.can_send = True
    assert sending.send_ready()
    assert sending.send(b"hello you!!") == 10


@pytest.mark.parametrize(("asked", "taken"), [(0, 4096), (10_000, 10_000), (1 << 31, 32_768)])
def test_packets_are_as_long_as_the_peer_wants_within_reason(
    asked: int, taken: int, outgoing: Outgoing
) -> None:
    stream(outgoing, send_window=1, max_packet=asked).send(b"x")
    assert outgoing.sent == [(7, b"x", taken)]


def test_nothing_is_sent_on_a_closed_channel(outgoing: Outgoing) -> None:
    sending = stream(outgoing, send_window=5)
    sending.end()
    with pytest.raises(ConnectionLostError):
        sending.send(b"x")
    assert outgoing.sent == []


@pytest.mark.parametrize(
    "error", [OSError("Socket is closed"), EOFError(), SSHException("Key-exchange timed out")]
)
def test_the_librarys_errors_are_translated(outgoing: Outgoing, error: Exception) -> None:
    sending = stream(outgoing, send_window=5)
    outgoing.error = error
    with pytest.raises(ConnectionLostError) as caught:
        sending.send(b"x")
    assert caught.value.problem.detail == f"channel error: {type(error).__name__}"


def test_a_channel_of_a_dead_connection_is_closed_without_an_error(outgoing: Outgoing) -> None:
    class Dead:
        def close(self) -> None:
            raise EOFError

    dying = ChannelStream(Dead(), outgoing, 100, peer=7, send_window=0, max_packet=32_768)
    dying.close()
    assert dying.has_ended


# ---------------------------------------------------------------- receiving


def test_all_that_arrived_is_received_at_once(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    arrive(reading, b"a", b"b" * 5000, b"c")
    arrive(reading, b"d")
    arrive(reading, b"e" * 5000, b"f", b"g")
    assert reading.recv(0) == b"a" + b"b" * 5000 + b"cd" + b"e" * 5000 + b"fg"
    with pytest.raises(TimeoutError):
        reading.recv(0)


def test_what_arrives_later_is_waited_for(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    timer = soon(arrive, reading, b"late")
    assert reading.recv(30) == b"late"
    timer.join()


def test_the_end_comes_after_all_was_read(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    arrive(reading, b"last")
    reading.end()
    assert [reading.recv(30) for _ in "123"] == [b"last", b"", b""]


def test_the_end_is_noticed_while_waiting(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    timer = soon(reading.end)
    assert reading.recv(30) == b""
    timer.join()


def test_closing_ends_it_at_once(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    arrive(reading, b"unread")
    timer = soon(reading.close)
    assert reading.recv(30) == b"unread"
    assert reading.recv(30) == b""
    timer.join()
    assert outgoing.closed
    arrive(reading, b"the peer has not heard yet")
    assert reading.recv(30) == b""


# ---------------------------------------------------------------- the window that is granted


def test_the_window_is_given_back_when_half_of_it_was_read(outgoing: Outgoing) -> None:
    reading = stream(outgoing, 100)
    arrive(reading, bytes(49))
    reading.recv(0)
    arrive(reading, bytes(1))
    reading.recv(0)
    assert outgoing.adjusts == []
    arrive(reading, bytes(30))
    reading.recv(0)
    assert outgoing.adjusts == [(7, 50)]


def test_no_more_comes_than_was_granted(outgoing: Outgoing) -> None:
    reading = stream(outgoing, 100)
    arrive(reading, bytes(60), bytes(40))
    with pytest.raises(SSHException, match="window"):
        reading.take(memoryview(b"x"))


def test_what_was_read_may_come_again(outgoing: Outgoing) -> None:
    reading = stream(outgoing, 100)
    for _ in range(10):
        arrive(reading, bytes(60))
        assert reading.recv(0) == bytes(60)
        with pytest.raises(TimeoutError):
            reading.recv(0)
    assert outgoing.adjusts == [(7, 60)] * 10


def test_the_window_is_given_back_when_there_is_a_way_again(outgoing: Outgoing) -> None:
    reading = stream(outgoing, 100)
    arrive(reading, bytes(60))
    reading.recv(0)
    outgoing.can_send = False
    arrive(reading, bytes(40))
    assert reading.recv(0) == bytes(40)
    with pytest.raises(SSHException, match="window"):  # which was not given back
        reading.take(memoryview(b"x"))
    outgoing.can_send = True
    with pytest.raises(TimeoutError):
        reading.recv(0)
    assert outgoing.adjusts == [(7, 100)]


def test_a_dead_connection_does_not_hide_what_arrived(outgoing: Outgoing) -> None:
    reading = stream(outgoing, 100)
    arrive(reading, bytes(60))
    reading.recv(0)
    arrive(reading, b"last words")
    outgoing.error = EOFError()
    assert reading.recv(0) == b"last words"


def test_single_bytes_do_not_fill_memory_with_objects(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    for _ in range(1000):
        arrive(reading, b"x", b"y")
    held = reading._pieces
    assert sum(map(sys.getsizeof, held)) + sys.getsizeof(held) < 5000
    assert reading.recv(0) == b"xy" * 1000


# ---------------------------------------------------------------- waking


def test_woken_while_it_waits(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    timer = soon(reading.wake)
    with pytest.raises(TimeoutError):
        reading.recv(30)
    timer.join()


def test_woken_before_it_waits_and_only_once(outgoing: Outgoing) -> None:
    reading = stream(outgoing)
    arrive(reading, b"data")
    reading.wake()
    reading.wake()
    with pytest.raises(TimeoutError):
        reading.recv(30)
    assert reading.recv(30) == b"data"


def test_a_peer_that_takes_data_again_wakes(outgoing: Outgoing) -> None:
    waiting = stream(outgoing)
    timer = soon(waiting.widen_window, 10)
    with pytest.raises(TimeoutError):
        waiting.recv(30)
    timer.join()
    assert waiting.send(b"go on") == 5


def test_a_way_that_is_there_again_wakes(outgoing: Outgoing) -> None:
    waiting = stream(outgoing)
    timer = soon(waiting.resume_sending)
    with pytest.raises(TimeoutError):
        waiting.recv(30)
    timer.join()


def test_a_peer_that_takes_more_does_not(outgoing: Outgoing) -> None:
    waiting = stream(outgoing, send_window=1)
    waiting.widen_window(10)
    timer = soon(arrive, waiting, b"data")
    assert waiting.recv(30) == b"data"
    timer.join()


def test_room_that_is_seen_with_data_is_not_told_again(outgoing: Outgoing) -> None:
    waiting = stream(outgoing)
    waiting.widen_window(10)
    arrive(waiting, b"data")
    assert waiting.recv(30) == b"data"
    timer = soon(arrive, waiting, b"more")
    assert waiting.recv(30) == b"more"
    timer.join()


def test_a_channel_is_closed_once_both_sides_have_closed_it(outgoing: Outgoing) -> None:
    closing = stream(outgoing)
    closing.close()
    closing.end()  # the peer says no more, but has the channel still
    assert not closing.wait_closed(0.0)
    timer = soon(partial(closing.closed, by_peer=True))
    assert closing.wait_closed(10.0)
    timer.join()
    assert closing.closed_by_peer


def test_a_channel_that_ends_with_its_connection_was_not_closed_by_the_peer(
    outgoing: Outgoing,
) -> None:
    closing = stream(outgoing)
    closing.close()
    closing.closed(by_peer=False)
    assert closing.wait_closed(0.0)
    assert not closing.closed_by_peer
