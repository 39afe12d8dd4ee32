"""Connection files that are fit to be handed out: pins without typing one, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import SignInSettings, Site, Support

Command = Callable[..., int]
Capture = pytest.CaptureFixture[str]

ADD = ("sites", "add", "Acme", "--host", "sftp.example.org:2222")
KEY = "AAAAC3NzaC1lZDI1NTE5AAAACHRoaXMga2V5"
PIN = "SHA256:7mUEutcWbEbeQ03jDj8lSmd+YM6ix1Pckd4ZAh01jCk"
GIVEN = "SHA256:" + "A" * 43
WHOLE = Site(
    name="Acme",
    host="sftp.example.org",
    host_key_fingerprints=(GIVEN,),
    sign_in=SignInSettings(okta_address="https://example.okta.com"),
    support=Support(contact="help@example.org"),
)


def pins(command: Command, capsys: Capture) -> list[str]:
    capsys.readouterr()
    assert command("sites", "show", "Acme", "--json") == 0
    found: list[str] = json.loads(capsys.readouterr().out)["host_key_fingerprints"]
    return found


def test_a_site_is_saved_with_the_pins_of_a_file(
    command: Command, capsys: Capture, tmp_path: Path
) -> None:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(f"[sftp.example.org]:2222 ssh-ed25519 {KEY}\n")
    options = ("--fingerprint", GIVEN, "--fingerprint-from", known_hosts)
    assert command(*ADD, *options) == 0
    assert pins(command, capsys) == [GIVEN, PIN]


def test_a_file_without_a_key_of_the_server_saves_nothing(
    command: Command, capsys: Capture, tmp_path: Path
) -> None:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(f"sftp.example.org ssh-ed25519 {KEY}\n")
    assert command(*ADD, "--fingerprint-from", known_hosts) == 2
    assert "has no key of sftp.example.org on port 2222" in capsys.readouterr().err
    command("sites", "list")
    assert capsys.readouterr().out == ""


def shown(command: Command, path: Path, site: Site, *options: str) -> int:
    path.write_text(format_connection_file(site), "utf-8")
    return command("sites", "show", path, "--strict", *options)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "acme.ferrygate"


def test_a_whole_file_passes_strictly(command: Command, capsys: Capture, file: Path) -> None:
    assert shown(command, file, WHOLE) == 0
    told = capsys.readouterr()
    assert "okta_address" in told.out
    assert told.err == ""


def test_each_thing_that_is_missing_is_warned_of_and_the_file_is_shown(
    command: Command, capsys: Capture, file: Path
) -> None:
    assert (
        shown(command, file, Site(name="Acme", host="sftp.example.org", port=2222), "--json") == 2
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["entry", *3 * ["warning"], "error"]
    codes = [line["code"] for line in lines[1:-1]]
    assert codes == ["no-host-key-fingerprint", "no-contact", "no-okta-address"]
    assert "ferrygate sites fingerprint sftp.example.org:2222" in lines[1]["next_step"]
    assert lines[-1]["error"]["kind"] == "connection-file"


@pytest.mark.parametrize(
    "sign_in",
    [SignInSettings(join="{password}"), SignInSettings(steps=("publickey",))],
    ids=["password alone", "key alone"],
)
def test_where_no_code_is_sent_no_okta_address_is_missing(
    command: Command, capsys: Capture, file: Path, sign_in: SignInSettings
) -> None:
    without = Site(
        name="Acme",
        host="sftp.example.org",
        host_key_fingerprints=(GIVEN,),
        sign_in=sign_in,
        support=WHOLE.support,
    )
    assert shown(command, file, without) == 0
    assert capsys.readouterr().err == ""


def test_without_strict_nothing_is_warned_of(command: Command, capsys: Capture, file: Path) -> None:
    file.write_text(format_connection_file(Site(name="Acme", host="sftp.example.org")), "utf-8")
    assert command("sites", "show", file) == 0
    assert capsys.readouterr().err == ""
