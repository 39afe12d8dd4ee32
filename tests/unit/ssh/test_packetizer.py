"""Packets between the product's packetizer and the library's own."""

from __future__ import annotations

import threading

import paramiko
import pytest
from paramiko import SSHException

from ferrygate.ssh.packetizer import Packetizer
from support.ssh_packets import (
    CLOSE,
    CTR_ETM,
    DATA,
    EOF,
    EVERY_SUITE,
    EXTENDED_DATA,
    GCM_128,
    GLOBAL_REQUEST,
    WINDOW_ADJUST,
    Outgoing,
    Suite,
    marked,
    message,
    pair,
    stream,
)

SIZES = (*range(40), 255, 256, 32_755, 32_768, 100_000)


@EVERY_SUITE
def test_messages_of_every_length_both_ways(suite: Suite) -> None:
    with pair(suite) as ends:
        for number, size in enumerate(SIZES):
            for one, other in ((ends.ours, ends.theirs), (ends.theirs, ends.ours)):
                one.send_message(message(GLOBAL_REQUEST, bytes(size)))
                kind, came = other.read_message()
                assert (kind, came.get_binary(), came.seqno) == (
                    GLOBAL_REQUEST,
                    bytes(size),
                    number,
                )


@EVERY_SUITE
def test_data_goes_to_its_stream_and_nowhere_else(suite: Suite) -> None:
    with pair(suite) as ends:
        streams = {3: stream(Outgoing()), 4: stream(Outgoing())}
        ends.ours.router.streams.update(streams)
        for number, data in ((3, b"a"), (4, b"b" * 9999), (3, b""), (3, b"c" * 30_000), (3, b"d")):
            ends.theirs.send_message(message(DATA, number, data))
        assert marked(ends, b"mark") == b"mark"
        assert streams[3].recv(0) == b"a" + b"c" * 30_000 + b"d"
        assert streams[4].recv(0) == b"b" * 9999


@EVERY_SUITE
def test_data_for_nobody_is_the_librarys(suite: Suite) -> None:
    with pair(suite) as ends:
        ends.theirs.send_message(message(DATA, 3, b"x"))
        kind, came = ends.ours.read_message()
        assert (kind, came.get_int(), came.get_binary()) == (DATA, 3, b"x")


@EVERY_SUITE
@pytest.mark.parametrize(("size", "packets"), [(1, 1), (32_768, 1), (32_769, 2), (200_000, 7)])
def test_data_is_sent_in_packets(suite: Suite, size: int, packets: int) -> None:
    with pair(suite) as ends:
        data = bytes(range(250)) * (size // 250 + 1)
        whole = memoryview(data)[:size]
        sending = threading.Thread(target=ends.ours.send_data, args=(7, whole, 32_768))
        sending.start()
        came = b""
        for number in range(packets):
            kind, packet = ends.theirs.read_message()
            assert (kind, packet.seqno, packet.get_int()) == (DATA, number, 7)
            came += packet.get_binary()
        sending.join()
        assert came == whole


@EVERY_SUITE
def test_the_window_is_the_streams(suite: Suite) -> None:
    with pair(suite) as ends:
        ends.ours.router.streams[3] = stream(Outgoing())
        ends.theirs.send_message(message(WINDOW_ADJUST, 3, 5))
        marked(ends)
        assert ends.ours.router.streams[3].send(b"seventy") == 5


@EVERY_SUITE
@pytest.mark.parametrize("kind", [EOF, CLOSE])
def test_an_end_is_told_to_stream_and_library(suite: Suite, kind: int) -> None:
    with pair(suite) as ends:
        ended = ends.ours.router.streams[3] = stream(Outgoing())
        ends.theirs.send_message(message(DATA, 3, b"last"))
        ends.theirs.send_message(message(kind, 3))
        assert ends.ours.read_message()[0] == kind
        assert ended.recv(0) == b"last"
        assert ended.recv(0) == b""
        assert (3 in ends.ours.router.streams) == (kind == EOF)


@EVERY_SUITE
def test_what_nobody_reads_counts_against_the_window(suite: Suite) -> None:
    with pair(suite) as ends:
        outgoing = Outgoing()
        reader = ends.ours.router.streams[3] = stream(outgoing, 100)
        ends.theirs.send_message(message(EXTENDED_DATA, 3, 1, bytes(60)))
        marked(ends)
        with pytest.raises(TimeoutError):
            reader.recv(0)
        assert outgoing.adjusts == [(7, 60)]
        ends.theirs.send_message(message(EXTENDED_DATA, 3, 1, bytes(101)))
        with pytest.raises(SSHException, match="window"):
            ends.ours.read_message()


@EVERY_SUITE
def test_more_than_the_window_ends_the_connection(suite: Suite) -> None:
    with pair(suite) as ends:
        ends.ours.router.streams[3] = stream(Outgoing(), 10_000)
        ends.theirs.send_message(message(DATA, 3, bytes(10_000)))
        marked(ends)
        ends.theirs.send_message(message(DATA, 3, b"x"))
        with pytest.raises(SSHException, match="window"):
            ends.ours.read_message()


@pytest.mark.parametrize(
    "cut",
    [
        message(DATA),
        message(DATA, 3),
        message(WINDOW_ADJUST, 3),
        message(EXTENDED_DATA, 3, 1),
        message(DATA, 3, 5),  # a string that is not there
        message(DATA, 3, 0, 0),  # more than the string
        message(DATA, 3, 0xFFFF_FFFF),
    ],
    ids=lambda cut: cut.asbytes().hex(),
)
@EVERY_SUITE
def test_messages_that_do_not_hold_together(suite: Suite, cut: paramiko.Message) -> None:
    with pair(suite) as ends:
        ends.ours.router.streams[3] = stream(Outgoing())
        ends.theirs.send_message(cut)
        with pytest.raises(SSHException):
            ends.ours.read_message()


def test_a_packet_that_was_changed_on_its_way() -> None:
    with pair(GCM_128) as ends:
        ends.ours.router.streams[3] = stream(Outgoing())
        ends.theirs.send_message(message(DATA, 3, b"good"))
        ends.theirs.send_message(message(DATA, 3, b"bad"))
        came = bytearray(ends.our_socket.recv(1000))
        came[-20] ^= 1
        ends.their_socket.sendall(came)
        with pytest.raises(SSHException, match="tag"):
            ends.ours.read_message()
        ends.ours.router.end()
        assert [ends.ours.router.streams[3].recv(0) for _ in "12"] == [b"good", b""]


@pytest.mark.parametrize("suite", [GCM_128, CTR_ETM], ids=lambda suite: suite.name)
def test_the_peer_hangs_up(suite: Suite) -> None:
    with pair(suite) as ends:
        ends.their_socket.close()
        with pytest.raises(EOFError):
            ends.ours.read_message()
        with pytest.raises(EOFError):
            ends.ours.send_data(7, memoryview(b"x"), 1)


@pytest.mark.parametrize("suite", [GCM_128, CTR_ETM], ids=lambda suite: suite.name)
def test_closed_while_it_waits(suite: Suite) -> None:
    with pair(suite) as ends:
        closing = threading.Timer(0.15, ends.ours.close)
        closing.start()
        with pytest.raises(EOFError):
            ends.ours.read_message()
        closing.join()


def test_a_handshake_that_takes_too_long() -> None:
    with pair(GCM_128) as ends:
        ends.ours.start_handshake(0.01)
        with pytest.raises(EOFError):
            ends.ours.read_message()
        ends.ours.complete_handshake()


def test_a_silent_line_is_kept_alive() -> None:
    with pair(GCM_128) as ends:
        ends.ours.set_keepalive(0.001, lambda: ends.theirs.send_message(message(GLOBAL_REQUEST)))
        assert ends.ours.read_message()[0] == GLOBAL_REQUEST


def test_the_librarys_own_state_has_the_names_used_here() -> None:
    """A new version of paramiko asks for a new look at packetizer.py before this line changes."""
    assert paramiko.__version__.startswith("5.1.")
    with pair(None) as ends:
        assert set(Packetizer.__annotations__) <= vars(ends.theirs).keys()
