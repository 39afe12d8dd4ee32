"""Fingerprints out of known_hosts files and public keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from ferrygate.common.errors import LocalFileError, UsageError
from ferrygate.sites.known_hosts import HostKey
from ferrygate.sites.pin_files import read_pins

HOST = "sftp.example.org"
KEY, OTHER = (
    HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x08" + name)
    for name in (b"this key", b"that key")
)


def text(key: HostKey, *, key_type: str = "") -> str:
    return f"{key_type or key.key_type} {base64.b64encode(key.blob).decode()}"


def hashed(name: str) -> str:
    salt = b"twenty bytes of salt"
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return "|1|" + "|".join(base64.b64encode(each).decode() for each in (salt, digest))


def pins(path: Path, *lines: str, host: str = HOST, port: int = 22) -> tuple[str, ...]:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return read_pins(path, host, port)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


@pytest.mark.parametrize(
    "names",
    [HOST, HOST.upper(), hashed(HOST), f"other.example.org,{HOST}", "*.example.org,!a.example.org"],
)
def test_a_servers_key_is_found_among_those_of_others(path: Path, names: str) -> None:
    lines = ["# known", "", f"other {text(OTHER)}", f"{names} {text(KEY)} comment"]
    assert pins(path, *lines) == (KEY.fingerprint,)


@pytest.mark.parametrize("names", [f"[{HOST}]:2222", hashed(f"[{HOST}]:2222")])
def test_an_unusual_port_is_part_of_the_name(path: Path, names: str) -> None:
    lines = [f"{HOST} {text(OTHER)}", f"{names} {text(KEY)}"]
    assert pins(path, *lines, port=2222) == (KEY.fingerprint,)
    assert pins(path, *lines) == (OTHER.fingerprint,)


def test_all_keys_of_a_server_are_found_each_once(path: Path) -> None:
    lines = [f"{HOST} {text(KEY)}", f"{HOST} {text(OTHER)}", f"{hashed(HOST)} {text(KEY)}"]
    assert pins(path, *lines) == (KEY.fingerprint, OTHER.fingerprint)


def test_public_keys_count_whatever_the_server_is_called(path: Path) -> None:
    assert pins(path, f"{text(KEY)} root@sftp", text(OTHER)) == (
        KEY.fingerprint,
        OTHER.fingerprint,
    )


def test_a_revoked_key_is_left_out(path: Path) -> None:
    lines = [f"{HOST} {text(KEY)}", f"{HOST} {text(OTHER)}", f"@revoked * {text(OTHER)}"]
    assert pins(path, *lines) == (KEY.fingerprint,)
    revoked_elsewhere = f"@revoked other.example.org {text(KEY)}"
    assert pins(path, lines[0], revoked_elsewhere) == (KEY.fingerprint,)


@pytest.mark.parametrize(
    "line",
    [
        "",
        f"other.example.org {text(KEY)}",
        f"@cert-authority {HOST} {text(KEY)}",
        f"@revoked {HOST} {text(KEY)}",
        f"{HOST} {text(KEY)[:-8]}",
        f"{HOST} {text(KEY, key_type='ssh-rsa')}",
        f"{HOST} ssh-ed25519 !!!",
        f"{HOST} ssh-ed25519",
        f"{HOST}",
        "|1|no base64|none ssh-ed25519 AAAA",
    ],
)
def test_what_is_no_key_of_the_server_is_none(path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=r"“known_hosts” has no key of sftp.example.org on port"):
        pins(path, line)


def test_a_certificate_is_no_key(path: Path) -> None:
    kind = "ssh-ed25519-cert-v01@openssh.com"
    blob = len(kind).to_bytes(4) + kind.encode() + b"\0\0\0\x04abcd"
    with pytest.raises(UsageError, match="has no key"):
        pins(path, text(HostKey(kind, blob)))


@pytest.mark.parametrize(
    "first", ["-----BEGIN OPENSSH PRIVATE KEY-----", "PuTTY-User-Key-File-3: ssh-ed25519"]
)
def test_a_private_key_is_refused_with_a_next_step(path: Path, first: str) -> None:
    with pytest.raises(UsageError, match="is a private key") as caught:
        pins(path, first, "b3BlbnNzaC1rZXktdjEAAAAA")
    assert (
        str(caught.value.problem.next_step) == "Give the file of the same name that ends in .pub."
    )


def test_comments_need_not_be_utf_8(path: Path) -> None:
    path.write_bytes(f"{HOST} {text(KEY)} Gr".encode() + b"\xfc\xdfe\n")
    assert read_pins(path, HOST, 22) == (KEY.fingerprint,)


def test_a_file_that_is_not_there_is_said_to_be(path: Path) -> None:
    with pytest.raises(LocalFileError, match="There is no “known_hosts”"):
        read_pins(path, HOST, 22)
