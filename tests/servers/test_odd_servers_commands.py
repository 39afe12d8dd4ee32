"""The command line meets odd servers: its lines, its JSON and its exit status."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from ferrygate.cli.command_context import CommandContext, DesktopApp
from ferrygate.cli.main import run
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.asyncssh_thread import serving
from servers.rigs.server_process import HOST
from support.listing_script import Listing, some
from support.scripted_sftp import FILE, OPEN, READDIR, ScriptedServer, status
from support.sftp_bytes import EOF, FAILURE

Capture = pytest.CaptureFixture[str]


class _Session(asyncssh.SSHServerSession[bytes]):
    """The bytes of one SFTP channel, answered by a server in memory."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self._received = bytearray()

    def connection_made(self, chan: Any) -> None:
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        return subsystem == "sftp"

    def data_received(self, data: bytes, datatype: Any) -> None:  # noqa: ARG002  the protocol's
        self._received += data
        while len(self._received) >= 4:
            (length,) = struct.unpack_from(">I", self._received)
            if len(self._received) < 4 + length:
                return
            for packet in self._server.answer(bytes(self._received[4 : 4 + length])):
                self._channel.write(packet)
            del self._received[: 4 + length]


class _Server(asyncssh.SSHServer):
    """Takes any password."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  the protocol's
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002  the protocol's
        return True

    def session_requested(self) -> Any:
        return _Session(self._server)


@pytest.fixture
def server() -> ScriptedServer:
    files = {b"/in/a.csv": b"a" * 10, b"/in/sub/b.csv": b"b" * 10}
    return ScriptedServer(files, b"/in", b"/in/sub", b"/inbox")


@pytest.fixture
def command(
    server: ScriptedServer, tmp_path: Path, private_home: Path
) -> Iterator[Callable[..., int]]:
    """Runs one command on the server; gives its exit status."""

    def unused(*_given: object) -> int:
        raise AssertionError

    with serving(lambda: _Server(server), encoding=None) as port:
        site = tmp_path / "odd.ferrygate"
        how = SignInSettings(join="{password}")
        site.write_text(
            format_connection_file(
                Site(name="odd", host=HOST, port=port, username="u", sign_in=how)
            )
        )
        clock = SystemClock()

        def run_command(name: str, *arguments: str | Path) -> int:
            context = CommandContext(
                home=Home(private_home),
                clock=clock,
                read_secrets=lambda: GivenSecrets(password=Secret("pw")),
                live_secrets=LiveSecrets(),
                window=DesktopApp(run=unused, tour=unused, take_pictures=unused),
                terminal=Terminal(clock),
            )
            words = [name, site, "--accept-new-host-key", *arguments]
            return run([str(word) for word in words], context)

        yield run_command


def lines(capture: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capture.readouterr().out.splitlines()]


@pytest.mark.parametrize("unsorted", [[], ["--unsorted"]])
def test_a_list_that_is_not_whole_ends_with_an_error(
    command: Callable[..., int], server: ScriptedServer, capsys: Capture, unsorted: list[str]
) -> None:
    server.instead[READDIR] = Listing(some(1, 2), FAILURE)
    assert command("ls", "/in", "--json", *unsorted) == 1
    *entries, error = lines(capsys)
    assert [entry["name"] for entry in entries] == ["1", "2"]
    assert (error["event"], error["error"]["kind"]) == ("error", "incomplete-listing")


def test_kinds_that_are_not_told_are_looked_up_for_a_list(
    command: Callable[..., int], server: ScriptedServer, capsys: Capture
) -> None:
    server.mode = lambda _mode: None
    assert command("ls", "/in", "--json") == 0
    assert {entry["name"]: entry["kind"] for entry in lines(capsys)} == {
        "a.csv": "file",
        "sub": "folder",
    }


@pytest.mark.parametrize(
    ("links", "status_", "left_out", "delivered"),
    [("skip", 0, 1, 2), ("follow", 0, 0, 3), ("fail", 1, 0, 2)],
)
def test_links_to_folders_are_done_with_as_said(
    command: Callable[..., int],
    server: ScriptedServer,
    tmp_path: Path,
    capsys: Capture,
    *,
    links: str,
    status_: int,
    left_out: int,
    delivered: int,
) -> None:
    server.links[b"/in/link"] = b"/in/sub"
    assert command("get", "/in", tmp_path / "to", "--links", links, "--json") == status_
    *files, summary = lines(capsys)
    assert (summary["event"], summary["exit"]) == ("summary", status_)
    assert (summary["left_out"], summary["counts"]["delivered"]) == (left_out, delivered)
    reasons = {line["skip_reason"] for line in files if line["event"] == "file"}
    assert reasons == ({None, "link-to-folder"} if left_out else {None})


def test_a_name_that_cannot_be_used_is_said_and_not_all_is_done(
    command: Callable[..., int], server: ScriptedServer, tmp_path: Path, capsys: Capture
) -> None:
    server.instead[READDIR] = Listing([(b"a.csv", FILE), (b"x/../../y", FILE)], EOF)
    assert command("get", "/in", tmp_path / "to") == 1
    told = capsys.readouterr().err
    assert "/in: “/in” holds 1 name that cannot be used here, such as “x/../../y”." in told
    assert "1 file delivered, 10 bytes. Not delivered: 1." in told


def test_the_servers_words_stand_below_the_file_that_they_are_about(
    command: Callable[..., int], server: ScriptedServer, tmp_path: Path, capsys: Capture
) -> None:
    server.instead[OPEN] = lambda request: [
        status(request.number, FAILURE, b"No space left: ask \x1b[31mMs Weber")
    ]
    (tmp_path / "c.csv").write_text("c")
    assert command("put", tmp_path / "c.csv", "/inbox") == 1
    told = capsys.readouterr().err
    assert "c.csv: The server has no space left for “/inbox/c.csv”." in told
    assert r"The server says: “No space left: ask \x1b[31mMs Weber”" in told
    assert "again" not in told


def test_what_was_seen_is_removed_and_the_rest_is_said(
    command: Callable[..., int], server: ScriptedServer, capsys: Capture
) -> None:
    server.instead[READDIR] = Listing([(b"a.csv", FILE)], FAILURE)
    assert command("rm", "-r", "/in") == 1
    assert "more may be there" in capsys.readouterr().err
    assert b"/in/a.csv" not in server.files
    assert b"/in/sub/b.csv" in server.files
