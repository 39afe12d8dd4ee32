"""Links, devices and names without a kind: followed, left out and counted, or failed, both ways."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.views import ConflictChoice, LinkChoice, SkipReason
from support.scripted_sftp import (
    LINK,
    OPENDIR,
    READDIR,
    STAT,
    Request,
    ScriptedServer,
    names,
    status,
)
from support.sftp_bytes import EOF, FAILURE, OP_UNSUPPORTED, PERMISSION_DENIED
from support.walk_rig import Walk

REALPATH = 16


def walk_with(server: ScriptedServer, links: LinkChoice) -> Walk:
    walk = Walk(server)
    walk.planner = Planner(
        SystemDisk(), walk.jobs.append, ConflictChoice.FAIL, links=links, new_folders_are_empty=True
    )
    return walk


def fates(walk: Walk) -> dict[str, SkipReason | Kind | None]:
    """Give the outcome of each name, by its last part."""
    return {
        job.remote.rpartition(b"/")[2].decode(): (
            job.not_moved.kind if isinstance(job.not_moved, Problem) else job.not_moved
        )
        for job in walk.jobs
    }


# ---------------------------------------------------------------- sent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "month"
    (tree / "raw").mkdir(parents=True)
    (tree / "raw" / "r.dat").write_text("r")
    (tree / "a.csv").write_text("a")
    (tree / "to-file").symlink_to(tree / "a.csv")
    (tree / "to-folder").symlink_to(tree / "raw")
    (tree / "raw" / "loop").symlink_to(tree)
    (tree / "dangling").symlink_to(tree / "none")
    os.mkfifo(tree / "pipe")
    return tree


SENT = {"a.csv": None, "r.dat": None, "to-file": None, "dangling": None, "pipe": SkipReason.SPECIAL}


@pytest.mark.parametrize(
    ("links", "fate"),
    [(LinkChoice.SKIP, SkipReason.LINK_TO_FOLDER), (LinkChoice.FAIL, Kind.WRONG_TYPE)],
)
def test_links_to_folders_are_not_sent_unless_that_is_asked_for(
    tree: Path, links: LinkChoice, fate: SkipReason | Kind
) -> None:
    server = ScriptedServer({}, b"/inbox")
    walk = walk_with(server, links)
    walk.up(tree)
    assert fates(walk) == SENT | {"to-folder": fate, "loop": fate}
    assert b"/inbox/month/to-folder" not in server.folders


def test_links_to_folders_are_sent_as_folders_and_loops_are_left_out(tree: Path) -> None:
    server = ScriptedServer({}, b"/inbox")
    walk = walk_with(server, LinkChoice.FOLLOW)
    found = walk.up(tree)
    assert b"/inbox/month/to-folder/r.dat" in found
    assert {job.remote for job in walk.jobs if job.not_moved is SkipReason.LOOP} == {
        b"/inbox/month/raw/loop",
        b"/inbox/month/to-folder/loop",
    }


def test_a_socket_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "t" / "s"))
        walk = walk_with(ScriptedServer({}, b"/inbox"), LinkChoice.SKIP)
        walk.up(tmp_path / "t")
    assert fates(walk) == {"s": SkipReason.SPECIAL}


def test_a_link_that_a_person_names_is_followed(tree: Path) -> None:
    walk = walk_with(ScriptedServer({}, b"/inbox"), LinkChoice.SKIP)
    assert b"/inbox/to-folder/r.dat" in walk.up(tree / "to-folder")


# ---------------------------------------------------------------- fetched


@pytest.fixture
def server() -> ScriptedServer:
    server = ScriptedServer({b"/in/a.csv": b"a", b"/in/raw/r.dat": b"r"}, b"/in", b"/in/raw")
    server.links = {
        b"/in/to-file": b"/in/a.csv",
        b"/in/to-folder": b"/in/raw",
        b"/in/raw/loop": b"/in",
        b"/in/dangling": b"/none",
    }
    return server


FETCHED = {"a.csv": None, "r.dat": None, "to-file": None, "dangling": Kind.NOT_FOUND}


@pytest.mark.parametrize(
    ("links", "fate"),
    [(LinkChoice.SKIP, SkipReason.LINK_TO_FOLDER), (LinkChoice.FAIL, Kind.WRONG_TYPE)],
)
def test_links_to_folders_are_not_fetched_unless_that_is_asked_for(
    server: ScriptedServer, tmp_path: Path, links: LinkChoice, fate: SkipReason | Kind
) -> None:
    walk = walk_with(server, links)
    walk.down(b"/in", folder=tmp_path)
    assert fates(walk) == FETCHED | {"to-folder": fate, "loop": fate}
    assert server.asked(REALPATH) == []


def test_links_to_folders_are_fetched_as_folders_and_loops_are_left_out(
    server: ScriptedServer, tmp_path: Path
) -> None:
    walk = walk_with(server, LinkChoice.FOLLOW)
    assert "in/to-folder/r.dat" in walk.down(b"/in", folder=tmp_path)
    assert {job.remote for job in walk.jobs if job.not_moved is SkipReason.LOOP} == {
        b"/in/raw/loop",
        b"/in/to-folder/loop",
    }


def test_a_loop_ends_where_the_server_resolves_no_paths(
    server: ScriptedServer, tmp_path: Path
) -> None:
    server.instead[REALPATH] = lambda request: [status(request.number, OP_UNSUPPORTED)]
    server.links = {b"/in/raw/loop": b"/in/raw"}
    walk = walk_with(server, LinkChoice.FOLLOW)
    found = walk.down(b"/in", folder=tmp_path)
    assert 1 < len(found) < 10  # the server gives up after a few hops itself


def test_a_link_that_leads_nowhere_says_so(server: ScriptedServer, tmp_path: Path) -> None:
    walk = walk_with(server, LinkChoice.SKIP)
    walk.down(b"/in", folder=tmp_path)
    (problem,) = [job.not_moved for job in walk.jobs if job.remote == b"/in/dangling"]
    assert isinstance(problem, Problem)
    assert str(problem.sentence) == "“dangling” is a link that leads nowhere."
    assert problem.next_step


def test_a_link_that_cannot_be_followed_fails(server: ScriptedServer, tmp_path: Path) -> None:
    server.links = {b"/in/l": b"/in/l2"}
    for kind in (STAT, OPENDIR):
        server.instead[kind] = lambda request: (
            [status(request.number, PERMISSION_DENIED)] if b"/l" in request.fields[0] else None
        )
    walk = walk_with(server, LinkChoice.SKIP)
    walk.down(b"/in", folder=tmp_path)
    assert fates(walk)["l"] is Kind.PERMISSION_DENIED


@pytest.mark.parametrize("mode", [0o060660, 0o020660, 0o010660, 0o140660])
def test_devices_pipes_and_sockets_are_left_out(tmp_path: Path, mode: int) -> None:
    server = ScriptedServer({b"/in/x": b"", b"/in/to-x": b""}, b"/in")
    server.mode = lambda told: told if told & 0o40000 and told & 0o170000 == 0o40000 else mode
    walk = walk_with(server, LinkChoice.SKIP)
    walk.down(b"/in", folder=tmp_path)
    assert fates(walk) == {"x": SkipReason.SPECIAL, "to-x": SkipReason.SPECIAL}


@pytest.mark.parametrize("mode", [None, 0o755])
def test_a_tree_without_kinds_is_fetched(tmp_path: Path, mode: int | None) -> None:
    server = ScriptedServer({b"/in/a": b"1", b"/in/s/b": b"22"}, b"/in", b"/in/s", b"/in/none")
    server.mode = lambda _mode: mode
    walk = walk_with(server, LinkChoice.SKIP)
    assert walk.down(b"/in", folder=tmp_path) == ["in/a", "in/s/b"]
    assert (tmp_path / "in" / "none").is_dir()
    assert not server.open_handles


def test_a_folder_that_cannot_be_read_fails_and_the_rest_goes_on(
    server: ScriptedServer, tmp_path: Path
) -> None:
    server.links = {}
    server.instead[OPENDIR] = lambda request: (
        [status(request.number, PERMISSION_DENIED)] if request.fields[0] == b"/in/raw" else None
    )
    walk = walk_with(server, LinkChoice.SKIP)
    walk.down(b"/in", folder=tmp_path)
    assert fates(walk) == {"a.csv": None, "raw": Kind.PERMISSION_DENIED}


def test_one_of_several_folders_that_cannot_be_read_takes_no_other_with_it(
    server: ScriptedServer, tmp_path: Path
) -> None:
    server.folders.add(b"/closed")
    server.instead[OPENDIR] = lambda request: (
        [status(request.number, FAILURE)] if request.fields[0] == b"/closed" else None
    )
    walk = walk_with(server, LinkChoice.SKIP)
    walk.down(b"/closed", b"/in/raw", folder=tmp_path)
    assert fates(walk) == {
        "closed": Kind.REMOTE_FAILURE,
        "r.dat": None,
        "loop": SkipReason.LINK_TO_FOLDER,
    }


@pytest.mark.parametrize("odd", [[(b"x/y", LINK)], FAILURE])
def test_a_listing_that_is_not_whole_is_fetched_and_fails_for_its_folder(
    tmp_path: Path, odd: list[tuple[bytes, int]] | int
) -> None:
    server = ScriptedServer({b"/in/a": b"1"}, b"/in")
    script = [[(b"a", 0o100644)], odd, EOF]

    def listing(request: Request) -> list[bytes]:
        line = script.pop(0) if len(script) > 1 else script[0]
        number = request.number
        return [status(number, line) if isinstance(line, int) else names(number, line)]

    server.instead[READDIR] = listing
    walk = walk_with(server, LinkChoice.SKIP)
    assert walk.down(b"/in", folder=tmp_path) == ["in/a", "in"]
    assert fates(walk) == {"a": None, "in": Kind.INCOMPLETE_LISTING}


# ---------------------------------------------------------------- begun again


def test_a_walk_begun_again_makes_no_folder_twice(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / "t" / f"{number}").mkdir(parents=True)
    walk = walk_with(ScriptedServer({}, b"/inbox"), LinkChoice.SKIP)
    walk.up(tmp_path / "t")
    before = len(walk.rig.server.requests)
    walk.up(tmp_path / "t")
    assert len(walk.rig.server.requests) == before + 1  # the LSTAT of the target


def test_a_walk_begun_again_lists_no_folder_twice(server: ScriptedServer, tmp_path: Path) -> None:
    walk = walk_with(server, LinkChoice.SKIP)
    found = walk.down(b"/in", folder=tmp_path)
    before = len(server.requests)
    assert walk.down(b"/in", folder=tmp_path) == found
    assert len(server.requests) == before + 1  # the STAT of the source


def test_few_folders_are_asked_about_at_a_time_where_the_server_bears_few(tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / "t" / f"{number}").mkdir(parents=True)
    walk = Walk(ScriptedServer({}, b"/inbox"))
    walk.planner = Planner(
        SystemDisk(),
        walk.jobs.append,
        ConflictChoice.FAIL,
        new_folders_are_empty=True,
        max_at_a_time=lambda: 3,
    )
    asked = walk.asked_at_a_time(14)
    walk.up(tmp_path / "t")
    assert asked == [1, 3, 3, 3, 1]
