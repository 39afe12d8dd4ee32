"""When the product's packetizer wants new keys, and how it goes on with them."""

from __future__ import annotations

import pytest
from paramiko import SSHException
from paramiko.packet import NeedRekeyException

from ferrygate.ssh.packetizer import Packetizer
from support.ssh_packets import (
    CTR_ETM,
    CTR_MAC,
    DATA,
    EVERY_SUITE,
    GCM_128,
    GCM_256,
    GLOBAL_REQUEST,
    SUITES,
    Outgoing,
    Suite,
    marked,
    message,
    pair,
    stream,
)


class Restless(Packetizer):
    """Wants new keys after a few packets, and soon after that an answer."""

    REKEY_BYTES = 3000
    REKEY_BYTES_OVERFLOW_MAX = 3000


@pytest.mark.parametrize("after", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("before", [GCM_128, CTR_ETM, CTR_MAC], ids=lambda suite: suite.name)
def test_other_keys_and_other_ciphers_from_one_packet_to_the_next(
    before: Suite, after: Suite
) -> None:
    with pair(before) as ends:
        for suite, seed in ((before, b"1"), (after, b"2"), (before, b"3")):
            ends.switch(suite, seed)
            ends.ours.send_data(7, memoryview(b"xyz"), 2)
            assert [ends.theirs.read_message()[0] for _ in "12"] == [DATA, DATA]
            assert marked(ends, seed) == seed


@pytest.mark.parametrize("suite", [GCM_128, GCM_256, CTR_ETM], ids=lambda suite: suite.name)
def test_sequence_numbers_begin_anew_in_strict_key_exchange(suite: Suite) -> None:
    with pair(suite) as ends:
        marked(ends)
        ends.ours.reset_seqno_in()
        ends.theirs.reset_seqno_out()
        ends.theirs.send_message(message(GLOBAL_REQUEST))
        assert ends.ours.read_message()[1].seqno == 0
        ends.ours.send_message(message(GLOBAL_REQUEST))
        ends.theirs.read_message()
        ends.ours.reset_seqno_out()
        ends.theirs.reset_seqno_in()
        ends.ours.send_data(7, memoryview(b"xyz"), 1)
        assert [ends.theirs.read_message()[1].seqno for _ in "xyz"] == [0, 1, 2]


@EVERY_SUITE
def test_new_keys_are_due_after_much_was_received(suite: Suite) -> None:
    with pair(suite, Restless) as ends:
        ends.ours.router.streams[3] = stream(Outgoing())
        for _ in range(4):
            ends.theirs.send_message(message(DATA, 3, bytes(1000)))
        with pytest.raises(NeedRekeyException):
            ends.ours.read_message()
        assert ends.ours.need_rekey()
        assert marked(ends, b"goes on") == b"goes on"  # asked once
        ends.switch(suite, b"new")
        assert not ends.ours.need_rekey()
        assert marked(ends, b"new keys") == b"new keys"


@EVERY_SUITE
def test_new_keys_are_due_after_much_was_sent(suite: Suite) -> None:
    with pair(suite, Restless) as ends:
        ends.ours.send_data(7, memoryview(bytes(2800)), 1000)
        assert not ends.ours.need_rekey()
        ends.ours.send_data(7, memoryview(bytes(200)), 1000)
        assert ends.ours.need_rekey()
        with pytest.raises(NeedRekeyException):
            ends.ours.read_message()


@EVERY_SUITE
def test_a_peer_that_ignores_that_new_keys_are_due(suite: Suite) -> None:
    with pair(suite, Restless) as ends:
        ends.ours.router.streams[3] = stream(Outgoing())
        for _ in range(8):
            ends.theirs.send_message(message(DATA, 3, bytes(1000)))
        with pytest.raises(NeedRekeyException):
            ends.ours.read_message()
        with pytest.raises(SSHException, match=r"rekey|new keys"):
            ends.ours.read_message()


def test_keys_that_are_due_are_asked_for_on_a_silent_line() -> None:
    with pair(GCM_128, Restless) as ends:
        ends.ours._trigger_rekey()
        for _ in range(3):
            with pytest.raises(NeedRekeyException):
                ends.ours.read_message()
