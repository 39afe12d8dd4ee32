"""A peer's message, read without trusting its numbers."""

from __future__ import annotations

import struct

import pytest
from paramiko import Message, SSHException

from ferrygate.ssh.bounded_message import BoundedMessage
from support.sftp_bytes import string


@pytest.mark.parametrize("number", [0, 1, -1, 127, 128, -128, 1 << 2048, -(1 << 2047), 65_537])
def test_numbers_are_what_they_were(number: int) -> None:
    packed = Message()
    packed.add_mpint(number)
    assert BoundedMessage.of(packed_with_number(packed)).get_mpint() == number


def packed_with_number(message: Message) -> Message:
    message.seqno = 7
    return message


@pytest.mark.parametrize("claimed", [18, 1 << 20, (1 << 20) - 1, 0xFFFF_FFFF])
def test_a_string_that_is_not_there_is_refused(claimed: int) -> None:
    message = BoundedMessage(struct.pack(">I", claimed) + b"short")
    with pytest.raises(SSHException, match=f"{claimed} bytes claimed where 5 are left"):
        message.get_binary()


def test_a_number_that_nothing_has_use_for_is_refused() -> None:
    assert BoundedMessage(string(b"\x7f" * 2049)).get_mpint() > 0
    with pytest.raises(SSHException, match="number of 2050 bytes"):
        BoundedMessage(string(b"\x7f" * 2050)).get_mpint()


def test_last_fields_that_a_server_leaves_out_are_empty() -> None:
    message = BoundedMessage(b"")
    assert (message.get_text(), message.get_boolean(), message.get_int()) == ("", False, 0)
    assert message.left == 0
