"""A checkpoint tells how far an upload came, beside a model of what the server really has.

The machine does what :mod:`ferrygate.transfers.target` and ``open_target`` do: it looks, chooses
one of two names, opens, writes, closes, and comes back after its connection was lost. Others put
files under the same names meanwhile. Once the server has had a handle of ours for a name they only
put longer ones there: no size tells a shorter one from our part. On an object store, which knows no
exclusive OPEN, they do so once the name was looked at.
"""

from __future__ import annotations

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.transfers.checkpoint import MOVES, UploadCheckpoint, UploadPhase
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import TransferState

NAMES = (b"/a", b"/b")
SIZE = 3  # bytes to send
P = UploadPhase


class Standing(msgspec.Struct):
    """A file on the server."""

    size: int
    ours: bool


class Handle(msgspec.Struct):
    """One that the server has open for us: ``size`` bytes have arrived over it."""

    path: bytes
    size: int = 0


class CheckpointMachine(RuleBasedStateMachine):
    """Steps of the upload, of the server, of the line and of others, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.store = self.tells = self.replaces = False
        self.checkpoint = UploadCheckpoint()
        self.phase = P.NOT_BEGUN
        self.files: dict[bytes, Standing] = {}
        self.target: bytes | None = None  # chosen, and not opened yet
        self.goes_on = False  # an earlier OPEN has left for it
        self.asked: bytes | None = None  # OPEN has left for it, and is not answered
        self.handle: Handle | None = None  # over the connection that is up
        self.old: list[Handle] = []  # of connections that were lost
        self.is_delivered = False
        self.most = 0  # bytes that may have arrived under the name, over whichever handle
        self.touched: set[bytes] = set()  # names under which something of ours is or was
        self.cut: set[bytes] = set()  # names under which OPEN has cut a file of others
        self.given_up: set[bytes] = set()  # names whose old parts are known no more

    @initialize(store=st.booleans(), tells=st.booleans(), replaces=st.booleans())
    def meet_a_server(self, *, store: bool, tells: bool, replaces: bool) -> None:
        self.store, self.tells, self.replaces = store, tells, replaces

    # ------------------------------------------------------------ others

    @rule(path=st.sampled_from(NAMES), size=st.sampled_from([0, 1, 2 * SIZE]))
    def somebody_else_puts_a_file(self, path: bytes, size: int) -> None:
        if path in self.touched:
            size += SIZE + 1
        if self.store:
            size += 1  # an empty one is what an OPEN without an answer may have left
        self.files[path] = Standing(size, ours=False)

    @precondition(lambda self: self.files)
    @rule(path=st.sampled_from(NAMES))
    def somebody_else_removes_a_file(self, path: bytes) -> None:
        self.files.pop(path, None)

    # ------------------------------------------------------------ the upload

    @rule(steps=st.sampled_from([1, 2, 4, 10]), refused=st.booleans(), arrives=st.booleans())
    def the_upload_goes_on(self, steps: int, *, refused: bool, arrives: bool) -> None:
        for _ in range(steps):
            if self.asked is not None:
                self.open_is_answered(refused=refused)
            elif self.handle is not None and self.checkpoint.phase is P.WRITING:
                self.bytes_leave(arrives=arrives)
            elif self.handle is not None:
                self.close_is_answered()
            elif self.is_delivered:
                return
            elif self.target is None:
                self.choose()
            else:
                self.open_leaves()
            self.it_moves_as_the_table_says()

    def choose(self) -> None:
        """As :func:`ferrygate.transfers.target.choose_target` does."""
        checkpoint = self.checkpoint
        begun = checkpoint.part_path
        if begun is not None:
            there = self.look(begun) if self.tells else None
            checkpoint.target_seen(there, told=self.tells)
            mine = there is None or checkpoint.owns(there) if self.tells else checkpoint.answered
            if self.replaces or mine:
                self.target = begun
                return
            checkpoint.name_given_up()
            self.forget(begun)
        self.target = None
        for path in NAMES:
            there = self.look(path) if self.tells else None
            if there is None or self.replaces:
                checkpoint.target_seen(there, told=self.tells)
                self.target = path
                if self.store:
                    self.touched.add(path)
                return

    def forget(self, path: bytes) -> None:
        self.most = 0
        self.given_up.add(path)

    def open_leaves(self) -> None:
        assert self.target is not None
        self.checkpoint.source_opened((SIZE, 1))
        self.goes_on = self.checkpoint.part_path is not None
        self.checkpoint.open_left(self.target)
        self.asked, self.target = self.target, None

    def carry_out_open(self) -> bool:
        """Have the server open; false if it refuses, as somebody's file came first."""
        path = self.asked
        assert path is not None
        there = self.files.get(path)
        blindly = not self.checkpoint.told and (self.goes_on or self.replaces)
        exclusive = not (self.store or blindly or self.checkpoint.before is not None)
        if exclusive and there is not None:
            entry = self.look(path)
            assert entry is not None
            if self.tells:
                self.checkpoint.target_seen(entry, told=True)
            mine = self.goes_on and self.tells and self.checkpoint.owns(entry)
            if not mine and not self.replaces:
                return False
            if not mine:
                self.checkpoint.will_overwrite()
        self.touched.add(path)
        is_known = self.checkpoint.before is not None or not self.checkpoint.told
        if is_known and not self.goes_on and there is not None and not there.ours:
            self.cut.add(path)
        if not self.store:
            self.files[path] = Standing(0, ours=True)
        return True

    def open_is_answered(self, *, refused: bool) -> None:
        path = self.asked
        assert path is not None
        if refused or not self.carry_out_open():
            self.checkpoint.open_refused()
            assert (self.checkpoint.phase is P.NOT_BEGUN) == (not self.goes_on)
        else:
            self.handle = Handle(path)
            self.checkpoint.open_answered()
        self.asked = None

    def bytes_leave(self, *, arrives: bool) -> None:
        handle = self.handle
        assert handle is not None
        if self.checkpoint.written == SIZE:
            self.checkpoint.close_left(SIZE, "00")
            return
        self.checkpoint.bytes_left(self.checkpoint.written + 1)
        self.most = max(self.most, self.checkpoint.written)
        if arrives or self.checkpoint.written == SIZE:  # then all are acknowledged
            handle.size = self.checkpoint.written
            self.show(handle)

    def show(self, handle: Handle, *, closed: bool = False) -> None:
        there = self.files.get(handle.path)
        if closed if self.store else (there is not None and there.ours):
            self.files[handle.path] = Standing(handle.size, ours=True)

    def close_is_answered(self) -> None:
        assert self.handle is not None
        self.show(self.handle, closed=True)
        self.deliver(self.handle.path)

    def deliver(self, path: bytes) -> None:
        self.checkpoint.close_answered(
            FileOutcome(
                state=TransferState.DELIVERED, local="a", remote=path, size=SIZE, sha256="00"
            )
        )
        self.handle, self.is_delivered = None, True

    @precondition(lambda self: self.handle is None and self.checkpoint.phase is P.CLOSING)
    @rule()
    def it_is_seen_whole(self) -> None:
        path = self.checkpoint.part_path
        assert path is not None
        there = self.files.get(path)
        if there is not None and there.size == SIZE and there.ours:
            self.deliver(path)

    # ------------------------------------------------------------ the line and the server

    @precondition(lambda self: self.handle is not None or self.asked is not None)
    @rule(carried_out=st.booleans())
    def the_connection_is_lost(self, *, carried_out: bool) -> None:
        """CLOSE may be carried out, or an OPEN; a part shows when the server likes."""
        if self.asked is not None and carried_out and self.carry_out_open():
            self.old.append(Handle(self.asked))
        if self.handle is not None:
            if carried_out and self.checkpoint.phase is P.CLOSING:
                self.show(self.handle, closed=True)
            else:
                self.old.append(self.handle)
        lost = self.handle or self.asked
        old = self.checkpoint.connection_lost(330)
        assert (old is not None) == (lost is not None)
        if old is not None and self.handle is not None:
            assert old.sent >= self.handle.size
        self.handle = self.asked = self.target = None

    @precondition(lambda self: self.old and self.store)
    @rule()
    def a_part_shows(self) -> None:
        handle = self.old.pop(0)
        self.show(handle, closed=True)

    @precondition(lambda self: self.is_delivered)
    @rule()
    def it_is_asked_about_again(self) -> None:
        """As :mod:`ferrygate.transfers.late_check` does."""
        path = self.checkpoint.path
        assert path is not None
        there = self.files.get(path)
        assert self.checkpoint.delivered is not None
        self.checkpoint.confirmed(self.checkpoint.delivered)
        if there is not None and there.ours and there.size != SIZE:
            self.checkpoint.part_came_over()
            self.is_delivered = False

    @rule()
    def it_is_written_down_and_read_again(self) -> None:
        raw = msgspec.msgpack.encode(self.checkpoint)
        read = msgspec.msgpack.decode(raw, type=UploadCheckpoint)
        assert read == self.checkpoint
        assert msgspec.json.decode(msgspec.json.encode(read), type=UploadCheckpoint) == read
        self.checkpoint = read

    # ------------------------------------------------------------ what holds

    def look(self, path: bytes) -> Entry | None:
        there = self.files.get(path)
        return None if there is None else Entry(path, EntryKind.FILE, there.size, 1)

    @invariant()
    def it_moves_as_the_table_says(self) -> None:
        now, before = self.checkpoint.phase, self.phase
        self.phase = now
        assert now is before or now in MOVES[before]

    @invariant()
    def no_file_of_others_is_said_to_be_ours_to_remove(self) -> None:
        path = self.checkpoint.part_path
        if path is None or not self.checkpoint.may_remove(object_store=self.store):
            return
        there, entry = self.files.get(path), self.look(path)
        if there is not None and entry is not None and self.checkpoint.owns(entry):
            assert there.ours

    @invariant()
    def it_is_delivered_until_a_part_was_seen_over_it(self) -> None:
        assert (self.checkpoint.phase is P.DELIVERED) == self.is_delivered
        assert (self.checkpoint.delivered is not None) == self.is_delivered
        is_closed = self.checkpoint.phase in {P.CLOSING, P.DELIVERED}
        assert (self.checkpoint.content is not None) == is_closed

    @invariant()
    def nothing_of_ours_comes_before_open_has_left(self) -> None:
        checkpoint = self.checkpoint
        if self.handle is not None or self.asked is not None:
            assert checkpoint.has_handle
            assert checkpoint.part_path == (self.handle.path if self.handle else self.asked)
        if checkpoint.phase is P.NOT_BEGUN:
            assert checkpoint == UploadCheckpoint(
                before=checkpoint.before,
                told=checkpoint.told,
                overwritten=checkpoint.overwritten,
                removable=checkpoint.removable,
                version=checkpoint.version,
            )

    @invariant()
    def our_part_is_known_as_ours(self) -> None:
        """However often the line was lost, while its name is kept."""
        path = self.checkpoint.part_path
        if path is None:
            return
        assert self.checkpoint.sent == self.most
        assert self.checkpoint.earlier_handle or self.checkpoint.answered or self.asked
        there, entry = self.files.get(path), self.look(path)
        if there is not None and entry is not None and there.ours and path not in self.given_up:
            assert self.checkpoint.owns(entry)

    @invariant()
    def a_handle_that_the_server_may_hold_is_told(self) -> None:
        path = self.checkpoint.part_path
        held = any(handle.path == path for handle in self.old)
        if held and path not in self.given_up:
            assert self.checkpoint.earlier_handle

    @invariant()
    def nothing_is_removed_where_a_file_of_others_was_cut_to_nothing(self) -> None:
        path = self.checkpoint.part_path
        if path is not None and path in self.cut and path not in self.given_up:
            assert not self.checkpoint.may_remove(object_store=self.store)


TestCheckpointMachine = CheckpointMachine.TestCase
TestCheckpointMachine.settings = settings(max_examples=250, stateful_step_count=40)
