"""Where a plan ends: loops, trees beyond measure, and files that go into none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from ferrygate.common.errors import (
    LocalFileError,
    RemoteFailureError,
    TooManyFilesError,
    WrongTypeError,
)
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.views import ConflictChoice
from support.scripted_sftp import (
    ATTRS,
    FOLDER,
    OPEN,
    READDIR,
    STAT,
    Request,
    ScriptedServer,
    attributes,
    names,
    reply,
    status,
)
from support.sftp_bytes import EOF
from support.transfer_rig import TransferRig
from support.walk_rig import Walk


def without_an_end(server: ScriptedServer) -> None:
    """Have every folder hold one of the same name, as where a folder leads back into itself."""
    answered: set[bytes] = set()

    def listing(request: Request) -> Iterable[bytes]:
        (handle,) = request.fields
        server.folders.add(server.open_handles[handle] + b"/" + b"f" * 100)
        if handle in answered:
            return [status(request.number, EOF)]
        answered.add(handle)
        return [names(request.number, [(b"f" * 100, FOLDER)])]

    server.instead[READDIR] = listing


def test_a_folder_that_goes_down_without_an_end(tmp_path: Path) -> None:
    walk = Walk(ScriptedServer({}, b"/f"))
    without_an_end(walk.rig.server)
    with pytest.raises((RemoteFailureError, LocalFileError)):
        walk.down(b"/f", folder=tmp_path)
    assert len(walk.rig.server.folders) < 50


def test_a_tree_of_300_levels_is_walked_both_ways(tmp_path: Path) -> None:
    deep = b"/f" * 300
    server = ScriptedServer({deep + b"/x": b"1"}, *(b"/f" * depth for depth in range(1, 301)))
    walk = Walk(server)
    (found,) = walk.down(b"/f", folder=tmp_path)
    assert found == "f" + "/f" * 299 + "/x"
    (tmp_path / found).write_bytes(b"1")
    back = Walk(ScriptedServer({}, b"/inbox"))
    assert back.up(tmp_path / "f") == [b"/inbox" + deep + b"/x"]


# ---------------------------------------------------------------- what goes into no plan


PART = ".ferrygate-0123abcd-00112233.part"
OLD_PART = ".ferrygate-0011223344556677.part"


def test_parts_of_downloads_are_not_sent_with_their_folder(walk: Walk, tree: Path) -> None:
    for name in (PART, OLD_PART, "plates/" + PART):
        (tree / name).write_text("a part")
    assert len(walk.up(tree)) == 4
    assert not [job for job in walk.jobs if job.remote.endswith(b".part")]


def test_parts_of_downloads_are_not_fetched_with_their_folder(
    walk: Walk, server: ScriptedServer, tmp_path: Path
) -> None:
    for name in (PART, OLD_PART, "a.csv", "mine.part", ".ferrygate-notes"):
        server.files[b"/inbox/" + name.encode()] = bytearray(b"1")
    found = walk.down(b"/inbox", folder=tmp_path)
    assert found == ["inbox/.ferrygate-notes", "inbox/a.csv", "inbox/mine.part"]


def test_a_part_that_is_named_by_a_person_is_sent(walk: Walk, tree: Path) -> None:
    (tree / PART).write_text("a part")
    assert walk.up(tree / PART) == [b"/inbox/" + PART.encode()]


@pytest.mark.parametrize(("files", "folders"), [(2, 100), (100, 2)])
def test_a_plan_has_an_end_and_what_was_found_before_is_moved(
    walk: Walk, server: ScriptedServer, tree: Path, files: int, folders: int
) -> None:
    def planner() -> Planner:
        return Planner(
            SystemDisk(),
            walk.jobs.append,
            ConflictChoice.FAIL,
            new_folders_are_empty=True,
            max_files=files,
            max_folders=folders,
        )

    walk.planner = planner()
    with pytest.raises(TooManyFilesError, match="more than 2"):
        walk.up(tree)
    assert len(walk.jobs) >= 2
    server.files |= {b"/inbox/%d" % number: bytearray(b"1") for number in range(3)}
    server.folders |= {b"/inbox/a", b"/inbox/b"}
    walk.jobs.clear()
    walk.planner = planner()
    with pytest.raises(TooManyFilesError, match="more than 2"):
        walk.down(b"/inbox", folder=tree)
    assert len(walk.jobs) >= 2


def test_a_walk_begun_again_counts_nothing_twice(walk: Walk, tree: Path) -> None:
    walk.planner = Planner(
        SystemDisk(),
        walk.jobs.append,
        ConflictChoice.FAIL,
        new_folders_are_empty=True,
        max_files=4,
        max_folders=4,
    )
    walk.up(tree)
    assert len(walk.up(tree)) == 4


def test_a_walk_begun_again_says_again_that_there_is_too_much(walk: Walk, tree: Path) -> None:
    walk.planner = Planner(
        SystemDisk(), walk.jobs.append, ConflictChoice.FAIL, new_folders_are_empty=True, max_files=3
    )
    for _walk in range(2):
        with pytest.raises(TooManyFilesError, match="more than 3"):
            walk.up(tree)
    assert [job.number for job in walk.jobs] == [0, 1, 2]


def test_a_file_whose_target_another_one_has_is_fetched_once(
    walk: Walk, server: ScriptedServer, tmp_path: Path
) -> None:
    server.files[b"/inbox/a.csv"] = bytearray(b"1")
    walk.down(b"/inbox", folder=tmp_path)
    (job,) = walk.jobs
    assert job.claimed_targets.claim(str(tmp_path / "b.csv"), job.remote)  # as a free name is
    server.files[b"/inbox/b.csv"] = bytearray(b"2")
    for _walk in range(2):
        walk.down(b"/inbox/b.csv", folder=tmp_path)
    assert [each.remote for each in walk.jobs] == [b"/inbox/a.csv", b"/inbox/b.csv"]


# ---------------------------------------------------------------- how far ahead


class Taker:
    """Begins ten files whenever the walk waits, as lanes do."""

    def __init__(self, walk: Walk, at_a_time: int = 10) -> None:
        self.walk = walk
        self.begun = self.max_waiting = 0
        self._at_a_time = at_a_time
        walk.rig.stream.after = self._take
        walk.planner = Planner(
            SystemDisk(),
            self._announce,
            ConflictChoice.FAIL,
            new_folders_are_empty=True,
            begun=lambda: self.begun,
            max_waiting=300,
        )

    def _announce(self, job: FileJob) -> None:
        self.walk.jobs.append(job)
        self.max_waiting = max(self.max_waiting, len(self.walk.jobs) - self.begun)

    def _take(self) -> None:
        self.begun = min(self.begun + self._at_a_time, len(self.walk.jobs))


def one_folder(folder: Path) -> None:
    for number in range(1500):
        (folder / str(number)).touch()


def many_folders(folder: Path) -> None:
    for number in range(1500):
        (folder / str(number // 50)).mkdir(exist_ok=True)
        (folder / str(number // 50) / str(number)).touch()


TREES = pytest.mark.parametrize("make", [one_folder, many_folders])


@TREES
def test_a_walk_is_not_far_ahead_of_what_is_sent_or_fetched(
    server: ScriptedServer, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path)
    up = Walk(server)
    sent = Taker(up)
    assert len(up.up(tmp_path)) == 1500
    server.files |= {job.remote: bytearray() for job in up.jobs}
    down = Walk(server)
    fetched = Taker(down)
    assert len(down.down(b"/inbox", folder=tmp_path / "back")) >= 1500
    for taker in (sent, fetched):
        assert 300 < taker.max_waiting <= 300 + 256


@TREES
def test_a_walk_goes_on_where_nothing_is_begun_before_its_end(
    walk: Walk, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    """A server that bears one file at a time, which is the walk, would else wait for ever."""
    make(tmp_path)
    Taker(walk, at_a_time=0)
    clock = walk.rig.stream.clock
    begun = clock.monotonic()
    assert len(walk.up(tmp_path)) == 1500
    assert clock.monotonic() - begun < 10


# ---------------------------------------------------------------- pipes


def test_a_pipe_named_for_fetching_is_told_and_never_opened(
    walk: Walk, server: ScriptedServer, desk: TransferRig
) -> None:
    """OpenSSH's server would wait in OPEN until somebody writes into the pipe."""
    server.instead[STAT] = lambda request: (
        [reply(ATTRS, request.number, attributes(0, 0o010644))]
        if request.fields == (b"/inbox/pipe",)
        else None
    )
    server.files[b"/inbox/a.csv"] = bytearray(b"1")
    assert walk.down(b"/inbox/pipe", b"/inbox/a.csv", folder=desk.folder) == ["pipe", "a.csv"]
    desk.server.instead[STAT] = server.instead[STAT]
    with pytest.raises(WrongTypeError, match="“pipe” is not a file"):
        desk.fetch(walk.jobs[0])
    assert desk.server.asked(OPEN) == []
