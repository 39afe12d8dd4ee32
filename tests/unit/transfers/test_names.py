"""The names that the files of one batch are given, while many of them are on their way."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.file_job import ClaimedTargets, FileJob
from ferrygate.transfers.upload import upload
from ferrygate.transfers.views import ConflictChoice
from support.scripted_sftp import LSTAT, OPEN, READ, Held, Request, status
from support.sftp_bytes import NO_SUCH_FILE
from support.transfer_rig import TransferRig


def answer_in_pairs(desk: TransferRig, kind: int) -> None:
    """Keep answers of a kind back until there are two, so that both files are on their way."""
    held = desk.server.instead[kind] = Held(desk.server)

    def answer() -> None:
        if len(held.answers) == 2:
            desk.rig.stream.packets.extend(held.answers)
            held.answers.clear()

    desk.rig.stream.after = answer


def test_a_name_is_given_once() -> None:
    names = ClaimedTargets()
    assert names.claim(b"/a", "x")
    assert names.claim(b"/a", "x")
    assert not names.claim(b"/a", "y")


def test_two_uploads_are_never_kept_under_one_name(desk: TransferRig) -> None:
    def only_the_first_shows(request: Request) -> Iterable[bytes] | None:
        taken = request.fields[0] == b"/inbox/a.csv"
        return None if taken else [status(request.number, NO_SUCH_FILE)]

    desk.server.files[b"/inbox/a.csv"] = bytearray(b"old")
    desk.server.instead[LSTAT] = only_the_first_shows  # as an object store until CLOSE
    answer_in_pairs(desk, OPEN)
    names, channel = ClaimedTargets(), desk.channel()
    jobs = [
        FileJob(
            number=number,
            local=desk.write(f"{number}.csv", b"%d" % number),
            remote=b"/inbox/a.csv",
            on_conflict=ConflictChoice.KEEP_BOTH,
            claimed_targets=names,
        )
        for number in range(2)
    ]

    async def both() -> set[bytes]:
        spawn = desk.rig.channel.spawn
        sent = [spawn(upload(channel, job, desk.reports, UploadCheckpoint())) for job in jobs]
        return {(await outcome).remote for outcome in sent}

    assert desk.rig.run(both()) == {b"/inbox/a (2).csv", b"/inbox/a (3).csv"}


def test_two_downloads_are_never_kept_under_one_name(desk: TransferRig) -> None:
    desk.write("a.csv", b"mine")
    desk.new_part_name = (f".ferrygate-{number}.part" for number in count()).__next__
    answer_in_pairs(desk, READ)
    names, channel = ClaimedTargets(), desk.channel()
    jobs = []
    for number in range(2):
        remote = b"/inbox/%d/a.csv" % number
        desk.server.files[remote] = bytearray(b"%d" % number)
        jobs.append(
            FileJob(
                number=number,
                local=str(desk.folder / "a.csv"),
                remote=remote,
                on_conflict=ConflictChoice.KEEP_BOTH,
                claimed_targets=names,
            )
        )

    async def both() -> set[str]:
        spawn = desk.rig.channel.spawn
        fetched = [spawn(desk.fetching(channel, job, desk.reports)) for job in jobs]
        return {Path((await outcome).local).name for outcome in fetched}

    assert desk.rig.run(both()) == {"a (2).csv", "a (3).csv"}
