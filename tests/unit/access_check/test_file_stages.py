"""The stages behind a sign-in: the start folder, one byte written, and the speed."""

from __future__ import annotations

import pytest

from ferrygate.access_check.file_stages import FileStages, tell_sftp
from ferrygate.access_check.stages import Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, Kind
from ferrygate.common.threads import SystemThreads
from support.scripted_sftp import (
    CLOSE,
    EXCL,
    LSTAT,
    OPEN,
    OPENDIR,
    READ,
    READDIR,
    REMOVE,
    STAT,
    WRITE,
    Request,
    ScriptedServer,
    ScriptedSftp,
    refusing,
    status,
)
from support.sftp_bytes import FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED

READ_FLAG = 0x01
PROBE = b"/inbox/.ferrygate-check-" + b"ab" * 8


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/inbox/a": b"1"}, b"/inbox")


class Rig:
    """Tries the files of a scripted server."""

    def __init__(self, server: ScriptedServer, folder: bytes = b"/inbox") -> None:
        self.sftp = ScriptedSftp(server)
        self.told: list[StageResult] = []
        clock = self.sftp.stream.clock
        self.stages = FileStages(
            StageTeller(clock, self.told.append),
            self.sftp.files,
            folder,
            clock,
            lambda count: "ab" * count,
        )

    @property
    def last(self) -> StageResult:
        return self.told[-1]

    def home(self) -> StageResult:
        self.sftp.run(self.stages.home_folder())
        return self.last

    def write(self) -> StageResult:
        self.sftp.run(self.stages.write_probe(b"/inbox"))
        return self.last

    def speed(self) -> StageResult:
        self.sftp.run(self.stages.speed(b"/inbox"))
        return self.last


# ---------------------------------------------------------------- the start folder


def test_a_folder_that_can_be_listed_passes_and_no_name_in_it_is_told(
    server: ScriptedServer,
) -> None:
    server.files = {b"/inbox/salaries.csv": bytearray(b"1")}
    result = Rig(server).home()
    assert (result.stage, result.outcome) == (Stage.HOME_FOLDER, StageOutcome.PASSED)
    assert result.detail == "folder: /inbox\nnot empty"
    assert server.open_handles == {}


def test_an_empty_folder_passes(server: ScriptedServer) -> None:
    server.files.clear()
    server.instead[READDIR] = lambda request: [status(request.number, 1)]
    assert Rig(server).home().detail.endswith("\nempty")


def test_a_start_folder_that_is_missing_fails_at_the_contact(server: ScriptedServer) -> None:
    result = Rig(server, b"/outbox").home()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.NOT_FOUND)
    assert result.who is Party.CONTACT


def test_an_account_without_a_home_is_told_as_such(server: ScriptedServer) -> None:
    server.instead[OPENDIR] = refusing(NO_SUCH_FILE)
    result = Rig(server, b"/").home()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.SERVER_UNUSABLE)
    assert str(result.sentence) == "Your home folder on the server is not there."


def test_a_drop_box_warns_and_passes_files(server: ScriptedServer) -> None:
    server.instead[OPENDIR] = refusing(PERMISSION_DENIED)
    result = Rig(server).home()
    assert (result.outcome, result.who) == (StageOutcome.WARNED, Party.CONTACT)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(NO_SUCH_FILE, Kind.NOT_FOUND), (PERMISSION_DENIED, Kind.PERMISSION_DENIED)],
)
def test_a_folder_of_which_nothing_is_told_fails(
    server: ScriptedServer, code: int, kind: Kind
) -> None:
    server.instead[OPENDIR] = refusing(PERMISSION_DENIED)
    server.instead[STAT] = refusing(code)
    result = Rig(server).home()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, kind)


def test_another_refusal_fails_as_it_would_elsewhere(server: ScriptedServer) -> None:
    server.instead[READDIR] = refusing(FAILURE)
    result = Rig(server).home()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.REMOTE_FAILURE)


# ---------------------------------------------------------------- one byte


def test_one_byte_is_written_sized_and_removed(server: ScriptedServer) -> None:
    result = Rig(server).write()
    assert result.outcome is StageOutcome.PASSED
    assert result.detail.endswith("size on the server: 1")
    ((path, flags, _attributes),) = server.asked(OPEN)
    assert path == PROBE
    assert flags & EXCL
    assert [len(data) for _handle, _offset, data in server.asked(WRITE)] == [1]
    assert server.asked(REMOVE) == [(PROBE,)]
    assert list(server.files) == [b"/inbox/a"]


def test_a_name_that_is_taken_is_left_alone(server: ScriptedServer) -> None:
    server.files[PROBE] = bytearray(b"theirs")
    result = Rig(server).write()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.CONFLICT)
    assert server.files[PROBE] == b"theirs"
    assert server.asked(OPEN) == []


def test_where_nothing_is_told_of_names_only_the_exclusive_open_decides(
    server: ScriptedServer,
) -> None:
    server.files[PROBE] = bytearray(b"theirs")
    server.instead[LSTAT] = server.instead[STAT] = refusing(PERMISSION_DENIED)
    result = Rig(server).write()
    assert result.outcome is StageOutcome.FAILED
    assert server.files[PROBE] == b"theirs"


def test_a_server_without_exclusive_open_is_tried_once_the_name_is_surely_free(
    server: ScriptedServer,
) -> None:
    def no_exclusive(request: Request) -> list[bytes] | None:
        is_exclusive = request.fields[1] & EXCL
        return [status(request.number, OP_UNSUPPORTED)] if is_exclusive else None

    server.instead[OPEN] = no_exclusive
    assert Rig(server).write().outcome is StageOutcome.PASSED
    server.instead[LSTAT] = refusing(PERMISSION_DENIED)
    assert Rig(server).write().outcome is StageOutcome.FAILED


def test_a_folder_that_takes_nothing_fails_at_the_contact(server: ScriptedServer) -> None:
    server.instead[OPEN] = refusing(PERMISSION_DENIED)
    result = Rig(server).write()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.PERMISSION_DENIED)
    assert result.who is Party.CONTACT


def test_a_full_disk_is_the_owners_and_the_empty_file_goes(server: ScriptedServer) -> None:
    server.instead[WRITE] = lambda request: [
        status(request.number, FAILURE, b"No space left on device")
    ]
    result = Rig(server).write()
    assert (result.outcome, result.kind) == (StageOutcome.FAILED, Kind.NO_SPACE)
    assert result.who is Party.OWNER
    assert list(server.files) == [b"/inbox/a"]
    assert server.open_handles == {}


def test_a_verdict_at_the_close_counts(server: ScriptedServer) -> None:
    server.instead[CLOSE] = refusing(FAILURE)
    assert Rig(server).write().kind is Kind.REMOTE_FAILURE
    assert len(server.asked(CLOSE)) == 1
    assert server.asked(REMOVE) == [(PROBE,)]


def test_a_file_that_may_not_be_removed_is_named(server: ScriptedServer) -> None:
    server.instead[REMOVE] = refusing(PERMISSION_DENIED)
    result = Rig(server).write()
    assert result.outcome is StageOutcome.WARNED
    assert PROBE.decode() in str(result.sentence)


def test_a_file_that_is_fetched_away_at_once_passes(server: ScriptedServer) -> None:
    def close_and_take(_request: Request) -> None:
        server.files.pop(PROBE, None)

    server.instead[CLOSE] = close_and_take
    result = Rig(server).write()
    assert result.outcome is StageOutcome.PASSED
    assert "taken from the folder" in str(result.sentence)


def test_a_file_whose_size_cannot_be_asked_for_goes(server: ScriptedServer) -> None:
    server.instead[STAT] = lambda request: [status(request.number, FAILURE, b"Quota exceeded")]
    assert Rig(server).write().outcome is StageOutcome.FAILED
    assert list(server.files) == [b"/inbox/a"]


# ---------------------------------------------------------------- speed and channels


def test_the_speed_is_measured_both_ways_and_nothing_is_left(server: ScriptedServer) -> None:
    result = Rig(server).speed()
    assert result.outcome is StageOutcome.PASSED
    assert "a second to the server" in str(result.sentence)
    assert sum(len(data) for _handle, _offset, data in server.asked(WRITE)) == 4 << 20
    assert list(server.files) == [b"/inbox/a"]
    assert server.open_handles == {}


def test_where_nothing_can_be_written_the_round_trip_is_told(server: ScriptedServer) -> None:
    server.instead[OPEN] = refusing(PERMISSION_DENIED)
    result = Rig(server).speed()
    assert result.outcome is StageOutcome.WARNED
    assert result.detail.startswith("round trips, ms: ")


def only_writing(request: Request) -> list[bytes] | None:
    """Refuse to open a file for reading, as a drop box does."""
    is_reading = request.fields[1] & READ_FLAG
    return [status(request.number, PERMISSION_DENIED)] if is_reading else None


def test_where_nothing_may_be_read_the_file_of_the_speed_goes(server: ScriptedServer) -> None:
    server.instead[OPEN] = only_writing
    result = Rig(server).speed()
    assert result.outcome is StageOutcome.WARNED
    assert "could not be read" in str(result.sentence)
    assert list(server.files) == [b"/inbox/a"]
    assert server.open_handles == {}


@pytest.mark.parametrize("may_read", [True, False])
def test_a_file_of_the_speed_that_may_not_be_removed_is_named(
    server: ScriptedServer, *, may_read: bool
) -> None:
    server.instead[REMOVE] = refusing(PERMISSION_DENIED)
    if not may_read:
        server.instead[OPEN] = only_writing
    result = Rig(server).speed()
    assert (result.outcome, result.who) == (StageOutcome.WARNED, Party.CONTACT)
    assert PROBE.decode() in str(result.sentence)
    assert "\nnot removed: " in result.detail


def test_a_file_of_the_speed_that_is_fetched_away_at_once_is_no_matter(
    server: ScriptedServer,
) -> None:
    server.instead[REMOVE] = refusing(NO_SUCH_FILE)
    assert Rig(server).speed().outcome is StageOutcome.PASSED


@pytest.mark.parametrize("kind", [WRITE, CLOSE, READ, REMOVE])
def test_a_stage_that_is_cancelled_leaves_no_file(server: ScriptedServer, kind: int) -> None:
    rig, threads = Rig(server), SystemThreads()
    cancel = CancelToken(threads)

    def cancelling(_request: Request) -> None:
        cancel.cancel()

    server.instead[kind] = cancelling
    with pytest.raises(Cancelled):
        rig.stages.run(rig.stages.speed(b"/inbox"), cancel, threads)
    assert list(server.files) == [b"/inbox/a"]
    assert server.open_handles == {}
    assert rig.told == []


@pytest.mark.parametrize(
    ("channels", "outcome"), [(9, StageOutcome.PASSED), (1, StageOutcome.WARNED)]
)
def test_one_channel_alone_is_worth_a_word(channels: int, outcome: StageOutcome) -> None:
    rig = Rig(ScriptedServer())
    tell_sftp(StageTeller(rig.sftp.stream.clock, rig.told.append), channels, "version 3")
    assert rig.last.outcome is outcome
    assert rig.last.detail == f"version 3\nchannels granted: {channels}"
