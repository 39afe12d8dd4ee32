"""Lists situations that show once the sign-in was taken."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from access_check.openssh_setups import on_openssh
from access_check.sandbox_setups import on_sandbox
from access_check.situation import Situation
from access_check.ssh_setups import (
    hangs_up_at_channel,
    has_one_channel,
    on_files,
    on_script,
)
from ferrygate.access_check.stages import Party, Stage, StageOutcome
from ferrygate.sites.site import Site
from support.scripted_sftp import OPEN, OPENDIR, REMOVE, WRITE, ScriptedServer, status
from support.sftp_bytes import FAILURE, PERMISSION_DENIED

_SIGN_IN = ("--sign-in",)
_WRITE = ("--sign-in", "--write", "/inbox")
_WITHOUT_SFTP = "This server offers no file transfer (SFTP) to this account."


def answers(kind: int, code: int, words: bytes = b"") -> Callable[[ScriptedServer], None]:
    """Make a change of a server that answers requests of a kind with a status."""

    def spoil(server: ScriptedServer) -> None:
        server.instead[kind] = lambda request: [status(request.number, code, words)]

    return spoil


def has_no_home(server: ScriptedServer) -> None:
    """Take the home folder away."""
    server.folders.discard(b"/")


def _other_start(site: Site) -> Site:
    return msgspec.structs.replace(site, start_folder="/no-such-folder")


WITHOUT_FILES = [
    Situation(
        name="no file transfer",
        caller="Password and code are right, and then it stops.",
        cause="The server lets this account in, and not transfer files.",
        question="Is SFTP off for the account, or its program missing?",
        advice="Turn SFTP on for the account, or look whether its program is there.",
        build=partial(on_openssh, settings={"ForceCommand": "/nowhere/sftp-server"}),
        options=_SIGN_IN,
        stage=Stage.SFTP,
        sentence=_WITHOUT_SFTP,
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="no channel",
        caller="It signs in and out again at once.",
        cause="The server allows this account no session at all.",
        question="Is the account allowed no session at all (MaxSessions 0)?",
        advice="Raise the number of sessions that the account may have.",
        build=partial(on_openssh, settings={"MaxSessions": "0"}),
        options=_SIGN_IN,
        stage=Stage.SFTP,
        sentence=_WITHOUT_SFTP,
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="a login that prints",
        caller="It says that the server said something odd.",
        cause="A login script of the account prints text into the file transfer.",
        advice="Have the script print only where a person sits at a terminal.",
        build=partial(on_openssh, settings={"ForceCommand": "echo git only, sorry"}),
        options=_SIGN_IN,
        stage=Stage.SFTP,
        sentence="The server sent something that is not part of a file transfer.",
        said="git only, sorry",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="a broken home folder",
        caller="My user name works, my files do not.",
        cause="The server cannot enter the account's home folder, and serves no files then.",
        question="Is the account's home folder missing, or somebody else's?",
        advice="Set the home folder up, with the right owner.",
        build=partial(on_openssh, settings={"ChrootDirectory": "/nowhere"}),
        options=_SIGN_IN,
        stage=Stage.SFTP,
        sentence=_WITHOUT_SFTP,
        who=Party.CONTACT,
        status=5,
        marks=("root",),
    ),
    Situation(
        name="a server that hangs up after the sign-in",
        caller="It lets me in and throws me out.",
        cause="The server ends the connection as soon as files are to be transferred.",
        advice="Look at the server's log, and at the account's home folder.",
        build=partial(on_script, order=hangs_up_at_channel),
        options=_SIGN_IN,
        stage=Stage.SFTP,
        sentence="The server took the sign-in, and then ended the connection.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="one channel",
        caller="It is slow while files are under way.",
        cause="The server allows one transfer at a time.",
        advice="Allow the account more sessions, ten for example.",
        build=partial(on_script, order=has_one_channel),
        options=_SIGN_IN,
        stage=Stage.SFTP,
        outcome=StageOutcome.WARNED,
        sentence="The server transfers files, and grants one channel only.",
        who=Party.OWNER,
        status=0,
    ),
]

FOLDERS = [
    Situation(
        name="no home",
        caller="I am in, and there is nothing.",
        cause="The account's home folder is missing on the server.",
        advice="Have the server's owner make the account's home folder.",
        build=partial(on_files, spoil=has_no_home),
        options=_SIGN_IN,
        stage=Stage.HOME_FOLDER,
        sentence="Your home folder on the server is not there.",
        who=Party.CONTACT,
        status=5,
    ),
    Situation(
        name="a start folder that is not there",
        caller="It opens a folder that does not exist.",
        cause="The connection file names a start folder that the account does not have.",
        advice="Have the server's owner make the folder, or send a file with the right one.",
        build=partial(on_sandbox, change=_other_start),
        options=_SIGN_IN,
        stage=Stage.HOME_FOLDER,
        sentence="There is no “/no-such-folder” on the server.",
        who=Party.CONTACT,
        status=1,
    ),
    Situation(
        name="a folder that cannot be listed",
        caller="I cannot see my files. Sending works.",
        cause="The folder is a drop box: files can be put in, and not be seen.",
        advice="If they should see them, give the account the right to list.",
        build=partial(on_files, spoil=answers(OPENDIR, PERMISSION_DENIED)),
        options=_SIGN_IN,
        stage=Stage.HOME_FOLDER,
        outcome=StageOutcome.WARNED,
        sentence="The start folder is there, and this account may not list it.",
        who=Party.CONTACT,
        status=0,
    ),
    Situation(
        name="a folder that cannot be written",
        caller="I can see everything, and send nothing.",
        cause="The account has no right to write into that folder.",
        advice="Give the account the right to write, or name the right folder.",
        build=partial(on_files, spoil=answers(OPEN, PERMISSION_DENIED)),
        options=_WRITE,
        stage=Stage.WRITE_PROBE,
        sentence="The server does not allow this for “/inbox/{probe}”.",
        who=Party.CONTACT,
        status=1,
    ),
    Situation(
        name="a full disk",
        caller="Small files go, large ones do not.",
        cause="The server has no space left.",
        advice="Make room on the server.",
        build=partial(on_files, spoil=answers(WRITE, FAILURE, b"No space left on device")),
        options=_WRITE,
        stage=Stage.WRITE_PROBE,
        sentence="The server has no space left for “/inbox/{probe}”.",
        said="No space left on device",
        who=Party.OWNER,
        status=1,
    ),
    Situation(
        name="a folder from which nothing can be removed",
        caller="Replacing a file does not work.",
        cause="The account may write into the folder, and not remove.",
        advice="If they should replace files, give the account the right to remove.",
        build=partial(on_files, spoil=answers(REMOVE, PERMISSION_DENIED)),
        options=_WRITE,
        stage=Stage.WRITE_PROBE,
        outcome=StageOutcome.WARNED,
        sentence="A file can be written, and not removed: “/inbox/{probe}” is left.",
        who=Party.CONTACT,
        status=0,
    ),
]
