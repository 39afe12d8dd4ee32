"""Servers that keep to the letter of the protocol and to nothing else: files come through whole."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ferrygate.common.entry import Entry
from ferrygate.common.errors import SizeMismatchError
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.upload import upload
from ferrygate.transfers.views import TransferState
from support.scripted_sftp import DATA, FILE, READ, READDIR, Hook, Request, names, reply, status
from support.sftp_bytes import EOF, string
from support.transfer_rig import TransferRig

FILES = 3
CONTENT = [hashlib.sha256(b"%d" % number).digest() * 6000 for number in range(FILES)]
COUNT = 250  # names in the folder
Order = Callable[[list[bytes]], list[bytes]]

ORDERS: dict[str, Order] = {
    "as asked": list,
    "the last first": lambda packets: packets[::-1],
    "anyhow": lambda packets: random.Random(7).sample(packets, len(packets)),  # noqa: S311  a test's
    "one by one, the last first": lambda packets: packets[-1:],
}


def answer_in(order: Order, desk: TransferRig) -> None:
    """Hold all answers back until the client waits, then send some of them, in an order."""
    held: list[bytes] = []
    stream = desk.rig.stream
    usual = desk.server.answer

    def hold(payload: bytes) -> Iterable[bytes]:
        held.extend(usual(payload))
        return ()

    def let_go() -> None:
        chosen = order(held)
        stream.packets.extend(chosen)
        for packet in chosen:
            held.remove(packet)

    stream._answer, stream.after = hold, let_go


def at_most(desk: TransferRig, most: int) -> Hook:
    """READs bring so many bytes at the most, as servers may."""

    def answer(request: Request) -> Iterable[bytes] | None:
        handle, at, length = request.fields
        content = desk.server.files[desk.server.open_handles[handle]]
        found = bytes(content[at : at + min(length, most)])
        return [reply(DATA, request.number, string(found))] if found else None

    return answer


def end_within(request: Request) -> Iterable[bytes] | None:
    """Say of a READ in the middle that it is behind the end; answer those after it well."""
    at = request.fields[1]
    return [status(request.number, EOF)] if at == 3 * 32_768 else None


@pytest.fixture(params=list(ORDERS))
def odd(desk: TransferRig, request: pytest.FixtureRequest) -> TransferRig:
    """Make a server that answers in any order."""
    answer_in(ORDERS[request.param], desk)
    return desk


def remote_job(desk: TransferRig, number: int) -> FileJob:
    path = b"/inbox/%d" % number
    desk.server.files[path] = bytearray(CONTENT[number])
    return FileJob(number=number, local=str(desk.folder / f"{number}"), remote=path)


@pytest.mark.parametrize("most", [10_000, 32_767, 32_768])
def test_a_file_is_fetched_whole(odd: TransferRig, most: int) -> None:
    job = remote_job(odd, 0)
    odd.server.instead[READ] = at_most(odd, most)
    assert odd.fetch(job).sha256 == hashlib.sha256(CONTENT[0]).hexdigest()
    assert Path(job.local).read_bytes() == CONTENT[0]
    assert not odd.server.open_handles


def test_a_file_that_ends_early_is_never_taken_for_whole(odd: TransferRig) -> None:
    job = remote_job(odd, 0)
    odd.server.instead[READ] = end_within
    with pytest.raises(SizeMismatchError):
        odd.fetch(job)
    assert list(odd.folder.iterdir()) == []


def test_files_are_sent_whole_at_the_same_time(odd: TransferRig) -> None:
    jobs = [
        FileJob(number=number, local=odd.write(f"{number}", content), remote=b"/inbox/%d" % number)
        for number, content in enumerate(CONTENT)
    ]

    async def together() -> list[FileOutcome]:
        channel = odd.channel()
        sent = [
            odd.rig.channel.spawn(upload(channel, job, odd.reports, UploadCheckpoint()))
            for job in jobs
        ]
        return [await outcome for outcome in sent]

    for number, outcome in enumerate(odd.rig.run(together())):
        assert (outcome.state, outcome.confirmed) == (TransferState.DELIVERED, True)
        assert outcome.sha256 == hashlib.sha256(CONTENT[number]).hexdigest()
        assert odd.server.files[b"/inbox/%d" % number] == CONTENT[number]


def some(first: int, end: int) -> list[tuple[bytes, int]]:
    return [(b"%d" % number, FILE) for number in range(first, end)]


BLOCKS = {
    "one at a time": [some(number, number + 1) for number in range(COUNT)],
    "ended by a block without names": [some(0, 100), some(100, COUNT), []],
    "in one packet": [some(0, COUNT)],
    "smaller and larger": [some(0, 1), some(1, 101), some(101, 103), some(103, COUNT)],
}


@pytest.mark.parametrize("blocks", BLOCKS.values(), ids=BLOCKS)
def test_a_folder_is_listed_whole(odd: TransferRig, blocks: list[list[tuple[bytes, int]]]) -> None:
    left = list(blocks)

    def next_block(request: Request) -> Iterable[bytes]:
        return [names(request.number, left.pop(0)) if left else status(request.number, EOF)]

    odd.server.instead[READDIR] = next_block
    found: list[Entry] = []

    async def take(entries: tuple[Entry, ...]) -> None:
        found.extend(entries)

    odd.rig.run(odd.rig.files.list_folder(b"/inbox", take))
    assert [entry.name for entry in found] == [b"%d" % number for number in range(COUNT)]
    assert not odd.server.open_handles
