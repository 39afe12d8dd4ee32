"""The requests without a reply, by their numbers."""

from __future__ import annotations

import pytest

from ferrygate.sftp.pending_requests import PendingRequests
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import BadPacketError, Reply, StatusReply


def test_a_reply_finds_its_request_once() -> None:
    pending = PendingRequests()
    first, second = Future[Reply](), Future[Reply]()
    numbers = [pending.add(first), pending.add(second)]
    assert numbers == [1, 2]
    assert list(pending.futures) == [first, second]
    assert pending.answered(2) is second
    with pytest.raises(BadPacketError, match="reply to request 2, which was not asked"):
        assert pending.answered(2) is None
    assert (bool(pending), pending.answered(1), bool(pending)) == (True, first, False)


def test_a_posted_request_is_not_taken_back() -> None:
    pending = PendingRequests()
    close, read = Future[Reply](), Future[Reply]()
    close_number, read_number = pending.add(close), pending.add(read)
    pending.post(close)
    taken_back: list[Reply] = []
    read.then = taken_back.append
    assert pending.take_back(close_number) is None
    assert pending.take_back(read_number) is read
    read.resolve(StatusReply(0, b""))
    assert taken_back == []  # what it would have led to is let go
    assert pending.take_back(read_number) is None
    assert list(pending.futures) == [close]


def test_nothing_is_held_after_the_end() -> None:
    pending = PendingRequests()
    future = Future[Reply]()
    answers: list[Reply] = []
    future.then = answers.append
    pending.add(future)
    pending.post(future)
    pending.clear()
    future.resolve(StatusReply(0, b""))
    assert (bool(pending), answers) == (False, [])
