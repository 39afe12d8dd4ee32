"""A checkpoint takes one step after the other, and refuses all others."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import ferrygate
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import PermissionDeniedError
from ferrygate.common.message import Size, message
from ferrygate.transfers.checkpoint import MOVES, UploadCheckpoint, UploadPhase
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import Confirmation, TransferState
from support.checkpoints import cut, delivered, opening, writing

PATH = b"/inbox/\xff.csv"
ENTRY = Entry(b"\xff.csv", EntryKind.FILE, 4, 5)
OUTCOME = FileOutcome(
    state=TransferState.DELIVERED,
    local="a.csv",
    remote=PATH,
    size=4,
    sha256="00",
    confirmation=Confirmation.REFUSED,
    not_told=PermissionDeniedError(message("No {size}.", size=Size(4)), detail="3").problem,
)


def closing() -> UploadCheckpoint:
    checkpoint = writing(PATH, 4)
    checkpoint.close_left(4, "00")
    return checkpoint


STATES: dict[str, Callable[[], UploadCheckpoint]] = {
    "not begun": UploadCheckpoint,
    "opening": lambda: opening(PATH),
    "writing": lambda: writing(PATH, 3),
    "closing": closing,
    "delivered": lambda: delivered(OUTCOME),
    "cut": lambda: cut(PATH, 3),
}
STEPS: dict[str, tuple[Callable[[UploadCheckpoint], object], set[str]]] = {
    "name given up": (UploadCheckpoint.name_given_up, {"not begun", "cut"}),
    "source opened": (lambda one: one.source_opened((4, 5)), {"not begun", "cut"}),
    "target seen": (
        lambda one: one.target_seen(ENTRY, told=True),
        {"not begun", "opening", "writing", "closing", "cut"},
    ),
    "will overwrite": (UploadCheckpoint.will_overwrite, {"opening"}),
    "OPEN left": (lambda one: one.open_left(PATH), {"not begun", "cut"}),
    "OPEN refused": (UploadCheckpoint.open_refused, {"opening"}),
    "OPEN answered": (UploadCheckpoint.open_answered, {"opening"}),
    "bytes left": (lambda one: one.bytes_left(4), {"writing"}),
    "CLOSE left": (lambda one: one.close_left(4, "00"), {"writing"}),
    "CLOSE answered": (lambda one: one.close_answered(OUTCOME), {"closing"}),
    "confirmed": (lambda one: one.confirmed(OUTCOME), {"delivered"}),
    "part came over": (UploadCheckpoint.part_came_over, {"delivered"}),
    "may be whole": (UploadCheckpoint.may_be_whole, {"delivered"}),
    "connection lost": (lambda one: one.connection_lost(330), set(STATES)),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_a_step_in_the_wrong_order_is_an_error_and_changes_nothing(state: str, step: str) -> None:
    checkpoint = STATES[state]()
    before = msgspec.structs.replace(checkpoint)
    take, allowed = STEPS[step]
    if state in allowed:
        take(checkpoint)
        assert checkpoint.phase is before.phase or checkpoint.phase in MOVES[before.phase]
        return
    with pytest.raises(AssertionError, match="an upload cannot"):
        take(checkpoint)
    assert checkpoint == before


def test_the_table_names_every_phase_and_leaves_none_without_a_way() -> None:
    assert set(MOVES) == set(UploadPhase)
    assert set.union(*map(set, MOVES.values())) == set(UploadPhase)


def test_nothing_of_one_name_is_known_of_the_next() -> None:
    checkpoint = cut(PATH, 4)
    checkpoint.name_given_up()
    checkpoint.target_seen(None, told=True)
    checkpoint.open_left(b"/inbox/other")
    assert not checkpoint.owns(ENTRY)
    assert not checkpoint.may_remove(object_store=False)


def test_an_upload_that_goes_on_keeps_its_name() -> None:
    with pytest.raises(AssertionError):
        cut(PATH, 4).open_left(b"/inbox/other")


def test_what_was_known_is_known_after_the_next_loss_too() -> None:
    checkpoint = cut(PATH, 4)
    checkpoint.open_left(PATH)
    checkpoint.open_refused()
    assert checkpoint.part_path == PATH
    checkpoint.open_left(PATH)
    old = checkpoint.connection_lost(330)
    assert old is not None
    assert old.sent == 0  # over this handle
    assert checkpoint.owns(ENTRY)
    assert checkpoint.may_remove(object_store=False)


def test_a_beginning_is_removed_only_where_nobody_elses_can_show() -> None:
    assert not opening(PATH).may_remove(object_store=False)
    assert opening(PATH).may_remove(object_store=True)
    assert writing(PATH, 4).may_remove(object_store=False)


def test_what_was_delivered_is_no_part() -> None:
    checkpoint = delivered(OUTCOME)
    assert checkpoint.part_path is None
    assert not checkpoint.owns(ENTRY)
    assert not checkpoint.may_remove(object_store=True)


def test_after_a_part_came_over_it_nothing_passes_for_the_whole_file() -> None:
    checkpoint = delivered(OUTCOME)
    checkpoint.part_came_over()
    assert (checkpoint.part_path, checkpoint.content, checkpoint.delivered) == (PATH, None, None)


@pytest.mark.parametrize("state", STATES)
def test_a_checkpoint_can_be_written_down(state: str) -> None:
    checkpoint = STATES[state]()
    if state != "delivered":
        checkpoint.target_seen(ENTRY, told=True)
    for codec in (msgspec.msgpack, msgspec.json):
        raw = codec.encode(checkpoint)
        assert codec.decode(raw, type=UploadCheckpoint) == checkpoint


def test_nothing_but_its_steps_changes_a_checkpoint() -> None:
    fields = set(UploadCheckpoint.__struct_fields__)
    found = []
    for path in Path(ferrygate.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
                continue
            owner = ast.unparse(node.value)
            if owner.endswith("checkpoint") and node.attr in fields:
                found.append(f"{path.name}:{node.lineno}")
    assert found == []
