"""OpenSSH's sftp, lftp and rclone over the operation table.

What each prints, and what the server refuses to it, is kept in ``operations``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest

from ferrygate.sandbox.operation_table import ROWS, Case
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sandbox.settings import SetStat, Settings, SignInMethods
from support.fake_clock import ManualClock
from support.openssh_sftp import openssh_sftp
from support.other_clients import by_code, by_key, lftp, rclone
from support.sandbox_clients import CLOCK, OPTIONS
from support.sandbox_fixtures import MakeSandbox

pytestmark = pytest.mark.sandbox

EXPECTED = Path(__file__).parent / "operations"
LONG = "n" * 1020  # which is too long a key, together with the home folder
SFTP_COMMANDS = (
    "version",
    "pwd",
    "mkdir /t",
    "mkdir /t",
    "mkdir /missing/t",
    "put local /t/a",
    "put local /t/a",
    "put -p local /t/b",
    "put local /t/d/",
    "put -a local /t/a",
    "put -a longer /t/a",
    "put local /missing/a",
    "get /t/a back",
    "reget /t/a back",
    "ls -1 /t",
    "ls -1 /t/",
    "chmod 600 /t/a",
    "chown 7 /t/a",
    "rename /t/a /t/c",
    "rename /t/b /t/c",
    "rename /t /u",
    f"rename /t/c /{LONG}",
    "mkdir /\udcff",
    "ln /t/c /t/hard",
    "ln -s /t/c /t/link",
    "df",
    "copy /t/b /t/e",
    "rmdir /t",
    "rm /t",
    "rm /t/missing",
    "rm /t/b",
    "rm /t/c",
    "rmdir /t/",
    "rmdir /t",
    "cd /t",
    "cd /exports/2026-09",
    "pwd",
    "ls plates",
    "rm plates/*",
    "ls -1",
)
LFTP_COMMANDS = (
    "mkdir /t",
    "mkdir /t",
    "mkdir /missing/t",
    "mkdir -p /made/on/the/way",
    "put local -o /t/a",
    "put local -o /t/a",
    "put -c longer -o /t/a",
    "put local -o /t",
    "put local -o /missing/a",
    f"put local -o /{LONG}",
    "get /t/a -o back",
    "get /t -o back-of-folder",
    "get /t/missing -o back-of-missing",
    "cls -1 /t",
    "cls -1 /t/a/",
    "chmod 600 /t/a",
    "mv /t/a /t/c",
    "put local -o /t/b",
    "mv /t/b /t/c",
    "mv /t /u",
    "ln -s /t/c /t/link",
    "ln /t/c /t/hard",
    "rmdir /t",
    "rm /t",
    "rm /t/missing",
    "mirror -R folder /t/m",
    "cls -1 /t/m",
    "mirror /t/m back-of-mirror",
    "rm -r /t",
    "rm -r /exports/2026-09",
    "cls -1 /exports",
)
RCLONE_COMMANDS = (
    "mkdir :sftp:/t",
    "mkdir :sftp:/t",
    "mkdir :sftp:/made/on/the/way",
    "copyto local :sftp:/t/a",
    "copyto local :sftp:/t/a",
    "copyto --sftp-set-modtime=true local :sftp:/t/timed",
    f"copyto local :sftp:/{LONG}",
    "copy folder :sftp:/t/m",
    "lsf -R :sftp:/t",
    "lsf :sftp:/t/a/",
    "lsf :sftp:/missing",
    "cat :sftp:/t/a",
    "copyto :sftp:/t/a back",
    "copyto :sftp:/t/missing back-of-missing",
    "copy :sftp:/t/m back-of-copy",
    "check folder :sftp:/t/m",
    "touch :sftp:/t/a",
    "moveto :sftp:/t/a :sftp:/t/c",
    "moveto :sftp:/t/m :sftp:/t/n",
    "about :sftp:/",
    "rmdir :sftp:/t",
    "deletefile :sftp:/t",
    "deletefile :sftp:/t/c",
    "deletefile :sftp:/t/missing",
    "delete :sftp:/t",
    "rmdirs :sftp:/t",
    "purge :sftp:/exports/2026-09",
    "lsf :sftp:/exports",
)
REFUSALS = {
    Case.OPEN_MODE: "OPEN: Cannot open file in mode: ",
    Case.OPEN_FOLDER: "OPEN: Is a directory",
    Case.OPEN_MISSING: "OPEN: No such file",
    Case.NOT_A_FOLDER: "OPENDIR: Not a directory",
    Case.RANDOM_WRITE: "WRITE: AWS Transfer does not support random access writes",
    Case.CLOSE_AFTER_REFUSED_WRITE: "CLOSE: The upload has failed",
    Case.SET_ATTRIBUTES: "SETSTAT: SETSTAT unsupported",
    Case.RENAME_FOLDER: "RENAME: Cannot rename a directory",
    Case.RENAME_ONTO_EXISTING: "RENAME: File already exists",
    Case.MAKE_EXISTING: "MKDIR: File already exists",
    Case.REMOVE_FOLDER: "REMOVE: Is a directory",
    Case.RMDIR_NOT_EMPTY: "RMDIR: Directory not empty",
    Case.LINK: "SYMLINK: Operation unsupported",
    Case.KEY_TOO_LONG: "RENAME: Key is too long",
    Case.NAME_NOT_UTF8: "MKDIR: File names must be UTF-8",
}
NOT_MET = {
    Case.OPEN_EXCLUSIVE: "none of the clients opens a file exclusively",
    Case.EXTENSION: "none asks for an extension that VERSION does not name",
    Case.CLOSE_WITHOUT_RIGHT: "needs a server that is set up so",
    Case.RIGHT_MISSING: "needs a session policy that leaves a part of the home out",
    Case.VIRTUAL: "needs several mappings",
}
KEY = paramiko.ECDSAKey.generate()
Run = Callable[[Sandbox, Path, SetStat], str]


def by_sftp(box: Sandbox, folder: Path, _set_stat: SetStat) -> str:
    return openssh_sftp(box, folder, *SFTP_COMMANDS)


def by_lftp(box: Sandbox, folder: Path, _set_stat: SetStat) -> str:
    return lftp(box, folder, *LFTP_COMMANDS)


def by_rclone(box: Sandbox, folder: Path, set_stat: SetStat) -> str:
    """Run rclone as a person does who was told that this server sets no times.

    Several of the commands need more than one connection, for which a code is not good.
    """
    key = folder / "key"
    KEY.write_private_key_file(str(key))
    own = "" if set_stat is SetStat.NO_OP else "--sftp-set-modtime=false "
    return rclone(box, folder, lambda: by_key(key), *(f"{own}{each}" for each in RCLONE_COMMANDS))


def refusals(state: Path) -> str:
    """Return what the server refused, a line each, from its log."""
    lines = map(json.loads, (state / "activities.jsonl").read_text().splitlines())
    return "".join(
        f"{line['operation']}: {line['message']}\n"
        for line in lines
        if line["activity-type"] == "ERROR"
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Make the folder that clients run in, with what they send."""
    here = tmp_path / "here"
    (here / "folder" / "below").mkdir(parents=True)
    for name in ("local", "folder/a", "folder/below/b"):
        (here / name).write_bytes(b"content")
    (here / "longer").write_bytes(b"content and more")
    return here


def kept(name: str) -> str:
    """Return the lines that are expected."""
    return (EXPECTED / f"{name}.txt").read_text("utf-8", "surrogateescape")


@pytest.mark.parametrize("set_stat", SetStat)
@pytest.mark.parametrize(
    ("client", "run"),
    [
        ("openssh", by_sftp),
        ("lftp", by_lftp),
        pytest.param("rclone", by_rclone, marks=pytest.mark.slow),
    ],
)
def test_a_client_prints_what_it_should(
    make_sandbox: MakeSandbox,
    here: Path,
    tmp_path: Path,
    client: str,
    run: Run,
    set_stat: SetStat,
) -> None:
    settings = Settings(
        set_stat=set_stat,
        sign_in_methods=SignInMethods.PUBLIC_KEY_OR_PASSWORD,
        public_key=f"{KEY.get_name()} {KEY.get_base64()}",
    )
    state = tmp_path / "state"
    box = make_sandbox(clock=CLOCK, state=state, settings=settings, **OPTIONS)
    printed = run(box, here, set_stat)
    box.stop()
    assert (here / "back").read_bytes() == b"content"
    seen = f"{printed}\nRefused by the server:\n{refusals(state)}"
    assert re.sub("n{900,}", "<long>", seen) == kept(f"{client}-{set_stat}")


def test_a_code_is_good_for_one_connection_of_rclone(make_sandbox: MakeSandbox, here: Path) -> None:
    clock = ManualClock(CLOCK.now())
    box = make_sandbox(clock=clock, settings=Settings(set_stat=SetStat.NO_OP), **OPTIONS)
    commands = (
        "copyto local :sftp:/inbox/a",
        "lsf :sftp:/inbox",
        "moveto :sftp:/inbox/a :sftp:/inbox/b",
    )
    printed = rclone(box, here, lambda: by_code(here, clock), *commands)
    assert printed == kept("rclone-code")
    outcomes = [record.outcome for record in box.log]
    assert outcomes == ["granted", "granted", "granted", "code-replayed"]


def test_the_clients_meet_every_refusal_of_the_table_that_they_can() -> None:
    assert REFUSALS.keys() | NOT_MET.keys() == ROWS.keys()
    assert not REFUSALS.keys() & NOT_MET.keys()
    lines = "".join(kept(file.stem) for file in EXPECTED.iterdir())
    assert [case for case, line in REFUSALS.items() if f"\n{line}" not in lines] == []
