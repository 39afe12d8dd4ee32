"""Folders by commands, over the sandbox."""

from __future__ import annotations

from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import Kind
from ferrygate.engine.messages.command import CancelRequest
from ferrygate.engine.messages.event import Done, Failed
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    MakeFolder,
    PathStat,
    RemovePath,
    RenamePath,
    StatPath,
    TakeMore,
)
from ferrygate.engine.messages.transfers import (
    LimitRate,
)
from ferrygate.sandbox.sandbox import Sandbox
from support.engine_rig import EngineRig, signed_in


def test_a_folder_is_listed_in_blocks(session: EngineRig, box: Sandbox) -> None:
    for number in range(2500):
        (box.ready.root / "inbox" / f"{number:04}").touch()
    session.do(ListFolder, b"/inbox")
    blocks = session.listener.all(FolderBlock)
    names = [entry.name for block in blocks for entry in block.entries]
    assert sorted(names) == [b"%04d" % number for number in range(2500)]
    assert len(blocks[0].entries) == 100  # something to see at once
    assert len(blocks) <= 4


def test_a_listing_waits_for_whoever_reads_it(session: EngineRig, box: Sandbox) -> None:
    for number in range(34 * 1000):
        (box.ready.root / "inbox" / f"{number:05}").touch()
    session.listener.takes_blocks = False
    request = session.send(ListFolder, b"/inbox")
    session.listener.wait(lambda _event: len(session.listener.all(FolderBlock)) == 32)
    session.do(LimitRate, None)  # the engine has dealt with whatever came before
    assert len(session.listener.all(FolderBlock)) == 32
    assert session.listener.answers(request) == []
    for _ in range(60):
        session.engine.send(TakeMore(request))
    assert isinstance(session.end_of(request), Done)
    blocks = session.listener.all(FolderBlock)
    assert sum(len(block.entries) for block in blocks) == 34 * 1000


def test_folders_are_made_renamed_and_removed(session: EngineRig, box: Sandbox) -> None:
    root = box.ready.root
    session.do(MakeFolder, b"/a/b/c", parents=True)
    assert (root / "a/b/c").is_dir()
    session.do(RenamePath, b"/README.txt", b"/a/b/READ.txt")
    assert (root / "a/b/READ.txt").is_file()
    session.do(StatPath, b"/a/b")
    (told,) = session.listener.all(PathStat)
    assert (told.entry.name, told.entry.kind) == (b"b", EntryKind.FOLDER)
    session.do(RemovePath, b"/a", recursive=True)
    assert not (root / "a").exists()
    assert session.refused(RemovePath, b"/a").kind is Kind.NOT_FOUND
    assert session.refused(MakeFolder, b"/x/y").kind is Kind.NOT_FOUND


def test_the_folders_that_an_account_is_in_stay(rig: EngineRig, box: Sandbox) -> None:
    (box.ready.root / "srv" / "vendor7").mkdir(parents=True)
    signed_in(rig, box, start_folder="/srv/vendor7")
    for path in (b"/", b"/srv", b"/srv/vendor7", b"/inbox/../srv"):
        assert rig.refused(RemovePath, path, recursive=True).kind is Kind.USAGE
        assert rig.refused(RenamePath, path, b"/other").kind is Kind.USAGE
        assert rig.refused(RenamePath, b"/README.txt", path).kind is Kind.USAGE
    assert (box.ready.root / "srv" / "vendor7").is_dir()
    assert (box.ready.root / "README.txt").is_file()


def test_a_listing_is_cancelled_and_one_behind_it_goes_on(session: EngineRig, box: Sandbox) -> None:
    box.faults.stall()
    first, second = session.send(ListFolder, b"/"), session.send(ListFolder, b"/inbox")
    third = session.send(RemovePath, b"/README.txt")
    session.engine.send(CancelRequest(third))
    session.engine.send(CancelRequest(first))
    for request in (first, third):
        answer = session.end_of(request) if request == first else None
        if isinstance(answer, Failed):
            assert answer.problem.kind is Kind.CANCELLED
    box.faults.resume()
    assert isinstance(session.end_of(second), Done)
    assert isinstance(session.end_of(third), Failed)
    assert (box.ready.root / "README.txt").exists()
