"""Keys that known_hosts marks as revoked (sshd(8))."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from ferrygate.common.errors import SettingsError
from ferrygate.sites.known_hosts import HostKey, KnownHosts

KEY = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x08this key")
BLOB = base64.b64encode(KEY.blob).decode()
HOST = "sftp.example.org"


def hashed(name: str) -> str:
    salt = b"twenty bytes of salt"
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return "|1|" + "|".join(base64.b64encode(each).decode() for each in (salt, digest))


def revoked(path: Path, hosts: str, *, host: str = HOST, port: int = 22) -> bool:
    path.write_text(f"# revoked\n@revoked {hosts} {KEY.key_type} {BLOB} comment\n")
    return KEY.blob in KnownHosts(path).revoked_keys(host, port)


@pytest.mark.parametrize(
    "hosts",
    [
        "*",
        HOST,
        HOST.upper(),
        "*.example.org",
        f"other.example.org,{HOST}",
        "sftp.example.or?",
        hashed(HOST),
        "*,!backup.example.org",
    ],
)
def test_a_revoked_key_is_found(hosts: str, tmp_path: Path) -> None:
    assert revoked(tmp_path / "known_hosts", hosts)


@pytest.mark.parametrize(
    "hosts", ["other.example.org", "*.example.com", f"*,!{HOST}", hashed("other"), "sftp?example"]
)
def test_that_of_another_server_is_not(hosts: str, tmp_path: Path) -> None:
    assert not revoked(tmp_path / "known_hosts", hosts)


def test_on_another_port(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    assert revoked(path, f"[{HOST}]:2222", port=2222)
    assert revoked(path, HOST, port=2222)
    assert revoked(path, hashed(f"[{HOST}]:2222"), port=2222)
    assert not revoked(path, f"[{HOST}]:2222")


@pytest.mark.parametrize(
    "line",
    [
        "@revoked",
        "@revoked *",
        "@revoked * ssh-ed25519",
        f"@revoked ssh-ed25519 {BLOB}",  # the hosts are gone
        "  @revoked * ssh-ed25519 ???",
        "@revoked * ssh-ed25519 ????",
        f"@revoked * ssh-ed25519 {BLOB[:24]}",  # cut off, and base64 still
        f"@revoked * ssh-rsa {BLOB}",
        f"@revoked * {BLOB} ssh-ed25519",
        f"@revoked |1|AAAA|BBBB ssh-ed25519 {BLOB}",
        f"@revoked |2|AAAA|BBBB ssh-ed25519 {BLOB}",
        f"@revokd {HOST} ssh-ed25519 {BLOB}",
        f"@ revoked {HOST} ssh-ed25519 {BLOB}",
        "@cert-authority * ssh-ed25519 ????",
        "@cert-authority *.example.org",
    ],
)
def test_a_damaged_line_that_may_have_revoked_a_key_is_said(line: str, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"# mine\n{line}\n")
    with pytest.raises(SettingsError, match="damaged") as caught:
        KnownHosts(path).revoked_keys(HOST, 22)
    assert caught.value.problem.detail == "line 2: it may have revoked a key"


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"# @revoked * ssh-ed25519 {BLOB[:24]}",
        f"@cert-authority * ssh-ed25519 {BLOB}",
        "@revoked other.example.org ssh-ed25519 ????",
        f"@revoked {hashed('other')} ssh-ed25519 ????",
    ],
)
def test_what_revokes_nothing_of_this_server_is_passed_over(line: str, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"{line}\n")
    assert KnownHosts(path).revoked_keys(HOST, 22) == ()


def test_the_key_of_a_certificate_is_read_by_its_type(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    kind = "ssh-ed25519-cert-v01@openssh.com"
    blob = len(kind).to_bytes(4) + kind.encode() + b"numbers and more"
    path.write_text(f"@revoked * {kind} {base64.b64encode(blob).decode()}\n")
    assert KnownHosts(path).revoked_keys(HOST, 22) == (blob,)


def test_it_outlives_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    assert revoked(path, "*")
    KnownHosts(path).add(HOST, 22, KEY)
    KnownHosts(path).forget(HOST, 22)
    assert KnownHosts(path).revoked_keys(HOST, 22) == (KEY.blob,)
