"""Uploads and downloads by commands, over the sandbox."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.files import (
    ListFolder,
)
from ferrygate.engine.messages.session import SessionChanged, SessionState, SignOut
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchChanged,
    CancelBatch,
    ConflictQuestion,
    Download,
    FileChanged,
    RetryBatch,
    Upload,
)
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.transfers.views import (
    BatchId,
    BatchView,
    Confirmation,
    ConflictChoice,
    TransferState,
)
from support.engine_rig import EngineRig, next_code, signed_in
from support.fake_clock import WallClock

State = TransferState
CONTENT = bytes(range(256)) * 8192  # 2 MiB


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """Make a local folder with a dozen files in two folders."""
    month = tmp_path / "month"
    (month / "raw").mkdir(parents=True)
    for number in range(12):
        folder = month / "raw" if number % 2 else month
        (folder / f"plate-{number:02}.csv").write_bytes(b"%d\n" % number * 1000)
    return month


@pytest.fixture
def big(tmp_path: Path) -> str:
    (tmp_path / "big.dat").write_bytes(CONTENT)
    return str(tmp_path / "big.dat")


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their place."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def states(rig: EngineRig) -> set[State]:
    return {view.state for view in rig.files().values()}


def test_there_and_back(session: EngineRig, box: Sandbox, month: Path, tmp_path: Path) -> None:
    session.do(Upload, (str(month),), b"/inbox")
    assert contents(box.ready.root / "inbox" / "month") == contents(month)
    assert states(session) == {State.DELIVERED}
    views = session.files()
    view = views[b"/inbox/month/plate-00.csv"]
    assert view.sha256 == hashlib.sha256((month / "plate-00.csv").read_bytes()).hexdigest()
    assert all(view.confirmed for view in views.values())
    session.do(Download, (b"/inbox/month",), str(tmp_path / "back"))
    assert contents(tmp_path / "back" / "month") == contents(month)
    for batch in {change.view.batch for change in session.listener.all(BatchChanged)}:
        last = [c.view for c in session.listener.all(BatchChanged) if c.view.batch == batch][-1]
        assert (last.finished, last.files_total, last.files_delivered) == (True, 12, 12)
        assert last.bytes_total == last.bytes_moved == sum(map(len, contents(month).values()))
    counters = box.counters
    assert counters.connections == 1
    assert counters.max_handles_on_one_upload == 1
    assert counters.out_of_order_writes == 0


def test_an_upload_that_is_cancelled_leaves_nothing(
    session: EngineRig, box: Sandbox, big: str
) -> None:
    def stall(event: Event) -> None:
        if isinstance(event, FileChanged) and event.view.state is State.SENDING:
            box.faults.stall()

    session.listener.then = stall
    request = session.send(Upload, (big,), b"/inbox")
    session.listener.wait(
        lambda event: isinstance(event, FileChanged) and event.view.state is State.SENDING
    )
    session.engine.send(CancelBatch(session.batch_of(request)))
    box.faults.resume()
    session.end_of(request)
    assert states(session) <= {State.CANCELLED, State.DELIVERED}
    left = list((box.ready.root / "inbox").iterdir())
    assert bool(left) is (states(session) == {State.DELIVERED})


def test_a_download_that_is_cancelled_leaves_nothing(
    session: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    (box.ready.root / "big.dat").write_bytes(CONTENT)
    session.listener.then = lambda event: (
        box.faults.stall()
        if isinstance(event, FileChanged) and event.view.state is State.RECEIVING
        else None
    )
    request = session.send(Download, (b"/big.dat",), str(tmp_path / "to"))
    session.listener.wait(
        lambda event: isinstance(event, FileChanged) and event.view.state is State.RECEIVING
    )
    session.engine.send(CancelBatch(session.batch_of(request)))
    session.end_of(request)
    assert states(session) == {State.CANCELLED}
    assert contents(tmp_path / "to") == {}


def test_one_file_that_fails_does_not_hold_up_the_rest(
    session: EngineRig, month: Path, tmp_path: Path
) -> None:
    (month / "dangling.csv").symlink_to(tmp_path / "nowhere")
    session.do(Upload, (str(month), str(tmp_path / "gone.csv")), b"/inbox")
    views = session.files()
    failed = {path for path, view in views.items() if view.state is State.NEEDS_ATTENTION}
    assert failed == {b"/inbox/month/dangling.csv", b"/inbox/gone.csv"}
    assert len(views) == 14
    problem = views[b"/inbox/gone.csv"].problem
    assert problem is not None
    assert problem.kind is Kind.LOCAL_FILE


def last_view(rig: EngineRig, batch: BatchId) -> BatchView:
    views = [change.view for change in rig.listener.all(BatchChanged)]
    return [view for view in views if view.batch == batch][-1]


def retry(rig: EngineRig, batch: BatchId) -> BatchView:
    """Try a batch again, to its end."""
    ends = len(rig.listener.batch_ends(batch))
    rig.do(RetryBatch, batch)
    rig.listener.wait(lambda _event: len(rig.listener.batch_ends(batch)) > ends)
    return last_view(rig, batch)


def test_a_file_that_failed_is_delivered_when_it_is_tried_again(
    session: EngineRig, box: Sandbox, month: Path, tmp_path: Path
) -> None:
    (month / "dangling.csv").symlink_to(tmp_path / "later")
    request = session.send(Upload, (str(month),), b"/inbox")
    assert session.problem_of(request) is None
    batch = session.batch_of(request)
    assert last_view(session, batch).can_retry
    (tmp_path / "later").write_text("there now")
    view = retry(session, batch)
    assert (view.files_delivered, view.files_total, view.can_retry) == (13, 13, False)
    assert states(session) == {State.DELIVERED}
    assert contents(box.ready.root / "inbox" / "month")["dangling.csv"] == b"there now"
    assert session.refused(RetryBatch, batch).kind is Kind.USAGE


def test_what_was_cancelled_in_the_middle_is_delivered_when_it_is_tried_again(
    session: EngineRig, box: Sandbox, big: str
) -> None:
    def stall(event: Event) -> None:
        if isinstance(event, FileChanged) and event.view.state is State.SENDING:
            box.faults.stall()
            session.listener.then = lambda _event: None

    session.listener.then = stall
    batch = session.batch_of(session.send(Upload, (big,), b"/inbox"))
    session.listener.wait(
        lambda event: isinstance(event, FileChanged) and event.view.state is State.SENDING
    )
    session.engine.send(CancelBatch(batch))
    box.faults.resume()
    session.end_of_batch(batch)
    if states(session) == {State.CANCELLED}:
        retry(session, batch)
    assert states(session) == {State.DELIVERED}
    assert (box.ready.root / "inbox" / "big.dat").read_bytes() == CONTENT


def test_what_ended_with_its_session_is_tried_again_by_the_next(
    session: EngineRig, box: Sandbox, clock: WallClock, month: Path
) -> None:
    box.faults.stall()
    batch = session.batch_of(session.send(Upload, (str(month),), b"/inbox"))
    session.do(SignOut)
    session.end_of_batch(batch)
    box.faults.resume()
    refused = session.refused(RetryBatch, batch)
    assert str(refused.sentence) == "You are not signed in."
    next_code(clock)
    signed_in(session, box)
    view = retry(session, batch)
    assert (view.files_delivered, view.problem) == (12, None)
    assert contents(box.ready.root / "inbox" / "month") == contents(month)


def test_a_missing_remote_file_fails_as_a_file(session: EngineRig, tmp_path: Path) -> None:
    session.do(Download, (b"/gone.csv", b"/README.txt"), str(tmp_path / "to"))
    assert session.files()[b"/gone.csv"].state is State.NEEDS_ATTENTION
    assert contents(tmp_path / "to").keys() == {"README.txt"}


@pytest.mark.parametrize(
    ("choice", "state"),
    [
        (ConflictChoice.REPLACE, State.DELIVERED),
        (ConflictChoice.SKIP, State.SKIPPED),
        (ConflictChoice.FAIL, State.NEEDS_ATTENTION),
        (ConflictChoice.ASK, State.NEEDS_ATTENTION),
    ],
)
def test_a_person_is_asked_once_a_batch(
    session: EngineRig, box: Sandbox, month: Path, choice: ConflictChoice, state: State
) -> None:
    session.do(Upload, (str(month),), b"/inbox")
    for path in (box.ready.root / "inbox").rglob("*.csv"):
        path.write_bytes(b"old")
    request = session.send(Upload, (str(month),), b"/inbox", ConflictChoice.ASK)
    session.listener.wait(lambda event: isinstance(event, ConflictQuestion))
    session.engine.send(AnswerConflict(session.batch_of(request), 1, choice))
    session.end_of(request)
    first, *grown = session.listener.all(ConflictQuestion)
    assert first.batch == session.batch_of(request)
    assert all(question.question == 1 for question in grown)
    assert first.examples[0].name.startswith("month/plate-")
    assert first.examples[0].existing.size == len(b"old")
    assert states(session) == {state}
    replaced = contents(box.ready.root / "inbox" / "month") == contents(month)
    assert replaced is (choice is ConflictChoice.REPLACE)


def test_a_person_is_asked_about_a_name_taken_while_the_file_was_fetched(
    session: EngineRig, tmp_path: Path
) -> None:
    target = tmp_path / "to" / "README.txt"

    def take_the_name() -> None:
        target.write_text("mine")

    session.on_new_part_name = take_the_name
    request = session.send(Download, (b"/README.txt",), str(target.parent), ConflictChoice.ASK)
    session.listener.wait(lambda event: isinstance(event, ConflictQuestion))
    session.engine.send(AnswerConflict(session.batch_of(request), 1, ConflictChoice.KEEP_BOTH))
    session.end_of(request)
    assert states(session) == {State.DELIVERED}
    assert target.read_text() == "mine"
    assert (tmp_path / "to" / "README (2).txt").exists()


def test_a_batch_that_waits_for_an_answer_is_cancelled(session: EngineRig, month: Path) -> None:
    session.do(Upload, (str(month),), b"/inbox")
    request = session.send(Upload, (str(month),), b"/inbox", ConflictChoice.ASK)
    session.listener.wait(lambda event: isinstance(event, ConflictQuestion))
    session.engine.send(CancelBatch(session.batch_of(request)))
    session.end_of(request)
    last = [change.view for change in session.listener.all(BatchChanged)][-1]
    assert (last.batch, last.finished, last.files_delivered) == (session.batch_of(request), True, 0)


def test_a_drop_box_takes_files(session: EngineRig, box: Sandbox, month: Path) -> None:
    box.faults.hide_sizes = True
    session.do(Upload, (str(month / "plate-00.csv"),), b"/inbox")
    (view,) = session.files().values()
    assert (view.state, view.confirmed) == (State.DELIVERED, False)
    assert view.confirmation is Confirmation.REFUSED
    assert (box.ready.root / "inbox" / "plate-00.csv").exists()


@pytest.mark.parametrize("left", [1, 2])
def test_fewer_channels_than_wished_for_lose_nothing(
    session: EngineRig, box: Sandbox, month: Path, left: int
) -> None:
    for number in range(4):  # large files, of which each would have a channel
        (month / f"{number}.bin").write_bytes(bytes(9 << 20))
    others = session.open_channels(10 - left)
    session.do(Upload, (str(month),), b"/inbox")
    assert contents(box.ready.root / "inbox" / "month") == contents(month)
    assert states(session) == {State.DELIVERED}
    assert box.counters.max_channels == 10
    for channel in others:
        channel.close()


def test_no_channel_at_all_is_said(session: EngineRig, month: Path) -> None:
    others = session.open_channels(10)
    assert session.refused(Upload, (str(month),), b"/inbox").kind is Kind.UNSUPPORTED
    assert session.refused(ListFolder, b"/").kind is Kind.UNSUPPORTED
    for channel in others:
        channel.close()


def test_signing_out_ends_what_is_under_way(
    session: EngineRig, box: Sandbox, tmp_path: Path
) -> None:
    session.listener.then = lambda event: (
        box.faults.stall() if isinstance(event, FileChanged) and event.view.number == 8 else None
    )
    request = session.send(Download, (b"/exports",), str(tmp_path / "to"))
    session.listener.wait(lambda event: isinstance(event, FileChanged) and event.view.number == 8)
    session.do(SignOut)
    session.end_of(request)
    assert states(session) <= {State.CANCELLED, State.NEEDS_ATTENTION, State.DELIVERED}
    assert session.refused(ListFolder, b"/").kind is Kind.CONNECTION_LOST


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_transfer_goes_on_after_the_connection_was_lost(
    session: EngineRig, box: Sandbox, clock: WallClock, big: str, way: str
) -> None:
    def come_back(event: Event) -> None:
        if isinstance(event, SessionChanged) and event.state is SessionState.RECONNECTING:
            next_code(clock)

    session.listener.then = come_back
    if way == "up":
        box.faults.cut_after(len(CONTENT) // 2)
        session.do(Upload, (big,), b"/inbox")
        arrived = box.ready.root / "inbox" / "big.dat"
    else:
        (box.ready.root / "big.dat").write_bytes(CONTENT)
        box.faults.cut_after_sent(len(CONTENT) // 2)
        arrived = Path(big).parent / "to" / "big.dat"
        session.do(Download, (b"/big.dat",), str(arrived.parent))
    assert arrived.read_bytes() == CONTENT
    assert [path.name for path in arrived.parent.iterdir()] == ["big.dat"]
    changes = [change.view.state for change in session.listener.all(FileChanged)]
    assert State.INTERRUPTED in changes
    assert changes[-1] is State.DELIVERED
    assert [record.outcome for record in box.log] == ["granted", "granted"]
