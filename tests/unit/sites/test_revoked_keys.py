"""Keys that known_hosts marks as revoked (sshd(8))."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from ferrygate.sites.known_hosts import HostKey, KnownHosts

KEY = HostKey("ssh-ed25519", b"this key")
HOST = "sftp.example.org"


def hashed(name: str) -> str:
    salt = b"twenty bytes of salt"
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return "|1|" + "|".join(base64.b64encode(each).decode() for each in (salt, digest))


def revoked(path: Path, hosts: str, *, host: str = HOST, port: int = 22) -> bool:
    blob = base64.b64encode(KEY.blob).decode()
    path.write_text(f"# revoked\n@revoked {hosts} {KEY.key_type} {blob} comment\n")
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
    "line", ["@revoked", "@revoked *", "@revoked * ssh-ed25519", "@revoked * ssh-ed25519 ???", ""]
)
def test_a_broken_line_means_nothing(line: str, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"{line}\n")
    assert KnownHosts(path).revoked_keys(HOST, 22) == ()


def test_it_outlives_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    assert revoked(path, "*")
    KnownHosts(path).add(HOST, 22, KEY)
    KnownHosts(path).forget(HOST, 22)
    assert KnownHosts(path).revoked_keys(HOST, 22) == (KEY.blob,)
