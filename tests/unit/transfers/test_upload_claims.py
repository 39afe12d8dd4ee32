"""Two runs of one computer that replace one remote name: never at the same time."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ferrygate.common.errors import ConflictError, SettingsError
from ferrygate.common.local_disk import TooManyOpenFilesError
from ferrygate.common.system_disk import SystemDisk
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.upload_claims import Claim, UploadClaims
from support.scripted_sftp import ScriptedServer, ScriptedSftp

T = TypeVar("T")
PATH = b"/inbox/report.csv"


@pytest.fixture
def rig() -> ScriptedSftp:
    return ScriptedSftp(ScriptedServer())


@pytest.fixture
def claims(tmp_path: Path) -> UploadClaims:
    return UploadClaims(SystemDisk(), tmp_path / "replacing", "key user", SystemThreads())


def take(rig: ScriptedSftp, claims: UploadClaims, path: bytes = PATH) -> Claim:
    work: Coroutine[Any, Any, Claim] = claims.acquire(path, rig.channel.sleep, replaces=True)
    return rig.run(work)


def test_a_name_is_had_by_one_at_a_time_and_then_by_the_next(
    rig: ScriptedSftp, claims: UploadClaims, tmp_path: Path
) -> None:
    first = take(rig, claims)
    turns = 0

    def release() -> None:
        nonlocal turns
        turns += 1
        if turns == 5:
            first.close()

    rig.stream.after = release
    began = rig.stream.clock.now()
    with closing(take(rig, claims)):
        assert rig.stream.clock.now() > began
        assert turns >= 5
    assert list((tmp_path / "replacing").iterdir()) == []


def test_nobody_waits_for_ever(rig: ScriptedSftp, claims: UploadClaims) -> None:
    with closing(take(rig, claims)):
        began = rig.stream.clock.now()
        with pytest.raises(ConflictError, match=r"is sending “report\.csv” just now"):
            take(rig, claims)
        assert 59 < rig.stream.clock.now() - began < 62
    take(rig, claims).close()


def test_other_names_and_other_accounts_do_not_wait(
    rig: ScriptedSftp, claims: UploadClaims, tmp_path: Path
) -> None:
    other = UploadClaims(SystemDisk(), tmp_path / "replacing", "key another", SystemThreads())
    began = rig.stream.clock.now()
    for claim in [take(rig, claims), take(rig, claims, b"/inbox/b"), take(rig, other)]:
        claim.close()
    assert rig.stream.clock.now() == began


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"/inbox/report.csv", b"/inbox/../inbox/report.csv"),
        (b"/inbox/report.csv", b"//inbox//./report.csv"),
        (b"/inbox/report.csv", b"inbox/report.csv"),
        (b"/inbox/report.csv", b"/../inbox/report.csv"),
        ("/Größe/ü.csv".encode(), "/Gro\u0308ße/u\u0308.csv".encode()),
        (b"/\xff/" + "ü".encode(), b"/\xff/" + "u\u0308".encode()),
    ],
)
def test_one_name_is_the_same_however_it_is_written(
    rig: ScriptedSftp, claims: UploadClaims, one: bytes, other: bytes
) -> None:
    with closing(take(rig, claims, one)), pytest.raises(ConflictError):
        take(rig, claims, other)


@pytest.mark.parametrize("other", [b"/Inbox/report.csv", b"/report.csv", b"/inbox/report.csv2"])
def test_what_is_another_name_does_not_wait(
    rig: ScriptedSftp, claims: UploadClaims, other: bytes
) -> None:
    with closing(take(rig, claims)), closing(take(rig, claims, other)):
        pass


def test_another_process_is_waited_for_until_it_is_killed(
    rig: ScriptedSftp, claims: UploadClaims, tmp_path: Path
) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from ferrygate.common.system_disk import SystemDisk\n"
        "from ferrygate.common.threads import SystemThreads\n"
        "from ferrygate.transfers.upload_claims import UploadClaims\n"
        "claims = UploadClaims(SystemDisk(), Path(sys.argv[1]), 'key user', SystemThreads())\n"
        "work = claims.acquire(sys.argv[2].encode(), None, replaces=True)\n"
        "try:\n"
        "    work.send(None)\n"
        "except StopIteration as taken:\n"
        "    claim = taken.value\n"
        "print('taken', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "replacing"), os.fsdecode(PATH)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"taken\n"
        with pytest.raises(ConflictError):
            take(rig, claims)
        process.kill()
        process.wait()
    take(rig, claims).close()


def test_a_claim_is_given_back_where_the_channel_ends(
    rig: ScriptedSftp, claims: UploadClaims
) -> None:
    async def hold() -> None:
        with closing(await claims.acquire(PATH, rig.channel.sleep, replaces=True)):
            await rig.files.stat(b"/never")

    rig.server.instead[17] = lambda _request: ()
    rig.stream.after = rig.cancel.cancel
    with pytest.raises(Exception, match="Cancelled"):
        rig.run(hold())
    fresh = ScriptedSftp(ScriptedServer())
    take(fresh, claims).close()


def test_a_folder_that_cannot_be_used_is_told(rig: ScriptedSftp, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError):
        take(rig, UploadClaims(SystemDisk(), tmp_path / "file", "key user", SystemThreads()))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_a_name_of_this_session_is_had_by_one_whether_it_is_replaced_or_not(
    rig: ScriptedSftp, claims: UploadClaims, tmp_path: Path, *, first: bool, second: bool
) -> None:
    claim = rig.run(claims.acquire(PATH, rig.channel.sleep, replaces=first))
    assert (tmp_path / "replacing").exists() is first
    with closing(claim), pytest.raises(ConflictError):
        rig.run(claims.acquire(PATH, rig.channel.sleep, replaces=second))
    rig.run(claims.acquire(PATH, rig.channel.sleep, replaces=second)).close()


def test_a_claim_that_is_closed_twice_frees_no_other_transfers_name(
    rig: ScriptedSftp, claims: UploadClaims
) -> None:
    first = rig.run(claims.acquire(PATH, rig.channel.sleep, replaces=False))
    first.close()
    with closing(rig.run(claims.acquire(PATH, rig.channel.sleep, replaces=False))):
        first.close()
        with pytest.raises(ConflictError):
            rig.run(claims.acquire(PATH, rig.channel.sleep, replaces=False))


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_too_many_open_files_are_told_as_that_at_once(
    rig: ScriptedSftp, tmp_path: Path, number: int
) -> None:
    """The lane then begins the file again with fewer open, and no other transfer is blamed."""

    class FullDisk(SystemDisk):
        def take_lock_file(self, path: Path) -> int | None:
            raise OSError(number, os.strerror(number), str(path))

    claims = UploadClaims(FullDisk(), tmp_path / "replacing", "key user", SystemThreads())
    began = rig.stream.clock.now()
    with pytest.raises(TooManyOpenFilesError, match=r"to open “report\.csv” as well"):
        take(rig, claims)
    assert rig.stream.clock.now() == began


def test_where_nothing_is_replaced_nothing_is_held() -> None:
    Claim().close()
