"""``ferrygate sites``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.sites.connection_file import read_connection_file
from ferrygate.sites.known_hosts import HostKey, KnownHosts

Command = Callable[..., int]
Capture = pytest.CaptureFixture[str]

ADD = ("sites", "add", "Acme", "--host", "sftp.example.org", "--username", "vendor7")


def test_a_site_is_saved_with_all_it_can_have(command: Command, capsys: Capture) -> None:
    options = [
        ("--port", "2222"),
        ("--fingerprint", "SHA256:" + "A" * 43),
        ("--start-folder", "/exports"),
        ("--step", "publickey"),
        ("--step", "password"),
        ("--join", "{code}{password}"),
        ("--private-key", "~/.ssh/id_ed25519"),
        ("--digits", "8"),
        ("--period", "60"),
        ("--algorithm", "SHA256"),
        ("--okta-address", "https://example.okta.com"),
        ("--contact", "help@example.org"),
        ("--late-part-seconds", "90"),
    ]
    words = [word for option in options for word in option]
    words += ["--prompt", 'Kenn-Nr. "7":', "code"]
    assert command(*ADD, *words, "--no-save-password", "--no-save-code-secret") == 0
    assert command("sites", "show", "Acme", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "event": "entry",
        "name": "Acme",
        "host": "sftp.example.org",
        "port": 2222,
        "username": "vendor7",
        "host_key_fingerprints": ["SHA256:" + "A" * 43],
        "start_folder": "/exports",
        "sign_in": {
            "steps": ["publickey", "password"],
            "join": "{code}{password}",
            "private_key": "~/.ssh/id_ed25519",
            "digits": 8,
            "period": 60,
            "algorithm": "SHA256",
            "okta_address": "https://example.okta.com",
            "prompts": {'Kenn-Nr. "7":': "code"},
        },
        "policy": {"save_password": False, "save_code_secret": False},
        "support": {"contact": "help@example.org"},
        "late_part_seconds": 90,
    }


def test_a_site_that_cannot_be_is_not_saved(command: Command, capsys: Capture) -> None:
    assert command("sites", "add", "Acme", "--host", "no host") == 2
    told = capsys.readouterr().err
    assert told == "This is not a server address. It looks like sftp.example.org.\n"
    assert command("sites", "list") == 0
    assert capsys.readouterr().out == ""


def test_the_host_may_be_a_whole_address(command: Command, capsys: Capture) -> None:
    address = "sftp://vendor7@sftp.example.org:2222/in%20box/"
    assert command("sites", "add", "Acme", "--host", address, "--port", "2222") == 0
    command("sites", "show", "Acme", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["host"], told["port"], told["username"], told["start_folder"]) == (
        "sftp.example.org",
        2222,
        "vendor7",
        "/in box",
    )


def test_an_address_and_an_option_that_differ_are_wrong_usage(
    command: Command, capsys: Capture
) -> None:
    assert command("sites", "add", "Acme", "--host", "v7@h:2222", "--username", "v8") == 2
    assert "The address and --username do not say the same." in capsys.readouterr().err


def test_a_password_in_an_address_is_left_out_and_that_is_said(
    command: Command, capsys: Capture, private_home: Path
) -> None:
    assert command("sites", "add", "Acme", "--host", "sftp://v7:hunter2@h") == 0
    told = capsys.readouterr()
    assert "The password in the address was left out." in told.err
    assert "hunter2" not in told.out + told.err
    saved = "".join(path.read_text() for path in private_home.rglob("*.ferrygate"))
    assert "hunter2" not in saved


def test_an_address_is_no_site_and_is_not_quoted(command: Command, capsys: Capture) -> None:
    assert command("ls", "sftp://v7:hunter2@h/inbox") == 2
    told = capsys.readouterr().err
    assert "ferrygate sites add NAME --host ADDRESS" in told
    assert "hunter2" not in told


def test_a_server_that_wants_no_code_is_said_to_and_that_is_undone(
    command: Command, capsys: Capture
) -> None:
    command(*ADD)
    assert command("sites", "join", "Acme", "{password}") == 0
    command("sites", "show", "Acme")
    assert 'join = "{password}"' in capsys.readouterr().out
    assert command("sites", "join", "Acme", "{password}{code}") == 0
    command("sites", "show", "Acme")
    assert "join" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("join", "sentence"),
    [("{password}", "“Acme” signs in with Okta, which wants a code."), ("{code}", "{password}")],
)
def test_a_join_that_cannot_be_changes_nothing(
    command: Command, capsys: Capture, join: str, sentence: str
) -> None:
    command(*ADD, "--okta-address", "https://example.okta.com")
    command("sites", "show", "Acme")
    before = capsys.readouterr().out
    assert command("sites", "join", "Acme", join) == 2
    assert sentence in capsys.readouterr().err
    command("sites", "show", "Acme")
    assert capsys.readouterr().out == before


@pytest.mark.parametrize("name", ["Acme/exports", "acme.ferrygate"])
def test_a_name_that_means_a_file_is_refused(command: Command, capsys: Capture, name: str) -> None:
    assert command("sites", "add", name, "--host", "sftp.example.org") == 2
    assert "would be taken for a file" in capsys.readouterr().err
    command("sites", "list")
    assert capsys.readouterr().out == ""


def test_what_was_done_is_said(command: Command, capsys: Capture) -> None:
    command(*ADD)
    assert capsys.readouterr() == ("", "Saved as “Acme”.\n")
    command("sites", "remove", "Acme")
    told = capsys.readouterr()
    assert told.out == ""
    removed, kept = told.err.splitlines()
    assert removed == "Removed “Acme”."
    assert "the keychain" in kept
    assert "host key" in kept


def test_a_saved_site_is_replaced_only_on_request(command: Command, capsys: Capture) -> None:
    assert command(*ADD) == 0
    assert command(*ADD, "--port", "2222") == 2
    assert "--replace" in capsys.readouterr().err
    assert command(*ADD, "--port", "2222", "--replace") == 0
    assert command("sites", "show", "Acme") == 0
    assert "port = 2222" in capsys.readouterr().out


def test_sites_are_listed_and_removed(command: Command, capsys: Capture) -> None:
    command(*ADD)
    command("sites", "add", "Beta", "--host", "beta.example.org")
    command("sites", "list")
    assert capsys.readouterr().out == "Acme\nBeta\n"
    assert command("sites", "remove", "Acme") == 0
    command("sites", "list", "--json")
    assert json.loads(capsys.readouterr().out) == {"event": "entry", "name": "Beta"}
    assert command("sites", "remove", "Acme") == 2


def test_a_site_goes_out_as_a_file_and_comes_back(
    command: Command, tmp_path: Path, capsys: Capture
) -> None:
    command(*ADD)
    file = tmp_path / "handed out.ferrygate"
    assert command("sites", "export", "Acme", file) == 0
    assert read_connection_file(file).username == "vendor7"
    assert command("sites", "import", file) == 2, "the name is taken"
    assert command("sites", "import", file, "--name", "Acme 2") == 0
    command("sites", "list")
    assert capsys.readouterr().out == "Acme\nAcme 2\n"


def test_export_never_overwrites(command: Command, tmp_path: Path, capsys: Capture) -> None:
    command(*ADD)
    file = tmp_path / "taken.ferrygate"
    file.write_text("mine")
    assert command("sites", "export", "Acme", file) == 2
    assert file.read_text() == "mine"
    told = capsys.readouterr().err
    assert "already there" in told
    assert "--replace" in told
    assert command("sites", "export", "Acme", file, "--replace") == 0
    assert read_connection_file(file).username == "vendor7"


def test_export_says_when_it_cannot_write(command: Command, tmp_path: Path) -> None:
    command(*ADD)
    assert command("sites", "export", "Acme", tmp_path / "none" / "a.ferrygate") == 1


def test_export_can_print(command: Command, capsys: Capture, tmp_path: Path) -> None:
    command(*ADD)
    assert command("sites", "export", "Acme") == 0
    assert capsys.readouterr().out.startswith("format = 1\n")
    assert command("sites", "export", "Acme", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["event"], printed["host"]) == ("entry", "sftp.example.org")
    file = tmp_path / "a.ferrygate"
    assert command("sites", "export", "Acme", file, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {**printed, "file": str(file)}
    assert read_connection_file(file).host == "sftp.example.org"


@pytest.mark.parametrize("pinned", [True, False])
def test_a_host_key_is_forgotten(
    command: Command, capsys: Capture, private_home: Path, *, pinned: bool
) -> None:
    pins = ("--fingerprint", "SHA256:" + "A" * 43) if pinned else ()
    command(*ADD, *pins)
    known_hosts = KnownHosts(private_home / "known_hosts")
    known_hosts.add("sftp.example.org", 22, HostKey("ssh-ed25519", b"a key"))
    known_hosts.add("sftp.example.org", 2222, HostKey("ssh-ed25519", b"another"))
    capsys.readouterr()
    assert command("sites", "forget-host-key", "Acme") == 0
    assert known_hosts.keys_for("sftp.example.org", 22) == ()
    assert known_hosts.keys_for("sftp.example.org", 2222) != ()
    assert ("names the fingerprints" in capsys.readouterr().err) is pinned


def test_secrets_of_a_site_without_a_user_are_not_guessed_at(
    command: Command, capsys: Capture
) -> None:
    command("sites", "add", "Acme", "--host", "sftp.example.org")
    assert command("sites", "forget-secrets", "Acme") == 2
    assert "has no user name" in capsys.readouterr().err


def test_reset_lock_takes_a_saved_site(command: Command, capsys: Capture) -> None:
    command(*ADD)
    assert command("sites", "reset-lock", "Acme") == 0
    assert "does not unlock the account at the server" in capsys.readouterr().err
    assert command("sites", "reset-lock", "Beta") == 2
