"""Files that people name as their private key, and what is said of those that are none."""

from __future__ import annotations

import base64
import os
import struct
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import pkcs12

from ferrygate.common.errors import PrivateKeyError
from ferrygate.ssh.key_file import check_place
from ferrygate.ssh.key_header import may_need_passphrase
from ferrygate.ssh.private_key import load_private_key

KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OPENSSH = KEY.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.OpenSSH,
    serialization.NoEncryption(),
).decode()
PKCS_8 = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
DER = KEY.private_bytes(
    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
PFX = pkcs12.serialize_key_and_certificates(
    b"key", KEY, None, None, serialization.BestAvailableEncryption(b"secret")
)
PUBLIC = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    .decode()
)
PUBLIC_PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


def counted(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def fido_key() -> bytes:
    """Make a key file as ``ssh-keygen -t ed25519-sk`` writes it (PROTOCOL.u2f)."""
    public = counted(b"sk-ssh-ed25519@openssh.com") + counted(bytes(32)) + counted(b"ssh:")
    private = struct.pack(">II", 1, 1) + public + b"\1" + counted(b"handle") + counted(b"") * 2
    private += bytes(range(1, 1 + -len(private) % 8))
    head = b"openssh-key-v1\0" + counted(b"none") * 2 + counted(b"") + struct.pack(">I", 1)
    text = base64.encodebytes(head + counted(public) + counted(private))
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + text + b"-----END OPENSSH PRIVATE KEY-----\n"


def spoilt(change: Callable[[str], str | bytes]) -> bytes:
    changed = change(OPENSSH)
    return changed if isinstance(changed, bytes) else changed.encode()


@pytest.mark.parametrize(
    "data",
    [
        spoilt(lambda text: text.replace("-----END", "\n-----END")),
        spoilt(lambda text: text.replace("-----END", "\n \n\n-----END")),
        spoilt(lambda text: text.encode("utf-16")),
        spoilt(lambda text: text.encode("utf-16-le")),
        spoilt(lambda text: b"\xfe\xff" + text.encode("utf-16-be")),
        spoilt(lambda text: b"\xef\xbb\xbf" + text.encode()),
        spoilt(lambda text: text.replace("\n", "\r\n")),
        spoilt(lambda text: text.replace("\n", "\r")),
        spoilt(lambda text: text.replace("\n", "\n\n")),
        spoilt(lambda text: text.replace("\n", "  \n  ")),
        spoilt(lambda text: text.rstrip("\n")),
        spoilt(lambda text: text.replace("\n", "\\n")),
        spoilt(lambda text: text.replace("\n", " ")),
        spoilt(lambda text: text.replace("-----", "\u2014\u2014\u2014")),
        spoilt(lambda text: f"Here is your key:\n\n{text}\nRegards"),
        spoilt(lambda _text: PKCS_8.replace("-----END", "\n-----END")),
        spoilt(lambda _text: PKCS_8.encode("utf-16")),
        spoilt(lambda _text: PUBLIC + "\n" + PKCS_8),
    ],
    ids=range(18),
)
def test_a_key_is_read_whatever_happened_to_its_blanks(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    assert load_private_key(path, None).get_base64() == PUBLIC.split()[1]
    assert not may_need_passphrase(path)


@pytest.mark.parametrize(
    ("data", "sentence", "step"),
    [
        (b"PuTTY-User-Key-File-3: ssh-ed25519\r\n", "in PuTTY's form", "Export OpenSSH key"),
        (b"PuTTY-User-Key-File-2: ssh-rsa\n", "in PuTTY's form", "PuTTYgen"),
        ("PuTTY-User-Key-File-3: x\n".encode("utf-16"), "in PuTTY's form", "Conversions >"),
        (b"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n", "in SSH.com's form", "Import key"),
        (b"---- BEGIN SSH2 PUBLIC KEY ----\n", "the public half", "without “.pub”"),
        (PUBLIC.encode(), "the public half", "private half"),
        (b"sk-ssh-ed25519@openssh.com AAAAGnNr\n", "the public half", "private half"),
        (PUBLIC_PEM, "the public half", "private half"),
        (b"-----BEGIN RSA PUBLIC KEY-----\n", "the public half", "private half"),
        (b"ssh-rsa-cert-v01@openssh.com AAAAHHNz\n", "a certificate", "belongs to it"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "a certificate", "belongs to it"),
        (PFX, "a PKCS #12 file", "OpenSSH's form"),
        (DER, "in a binary form", "openssl pkey -inform DER -in key"),
        (b"", "an empty file", "OpenSSH's form"),
        (b"\xef\xbb\xbf\r\n \n", "an empty file", "OpenSSH's form"),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "holds no private key", "OpenSSH's form"),
        (b"PK\x03\x04 a letter", "holds no private key", "OpenSSH's form"),
        (bytes(65_537), "too large", "names as its private key"),
    ],
    ids=range(18),
)
def test_what_is_no_private_key_is_named_with_the_way_on(
    data: bytes, sentence: str, step: str, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    with pytest.raises(PrivateKeyError) as caught:
        load_private_key(path, None)
    assert sentence in str(caught.value.problem.sentence)
    assert step in str(caught.value.problem.next_step)
    assert not may_need_passphrase(path)


def test_a_key_of_a_security_device_is_named_as_that(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(fido_key())
    with pytest.raises(PrivateKeyError, match="kept in a security device"):
        load_private_key(path, None)


@pytest.mark.timeout(5)
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "key"
    os.mkfifo(path)
    assert not may_need_passphrase(path)
    with pytest.raises(PrivateKeyError, match="“key” is not a file"):
        load_private_key(path, None)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev", "~nobody-of-this-name/key", "/nowhere/key"])
def test_what_is_no_file_is_said_to_be_none(path: str) -> None:
    with pytest.raises(PrivateKeyError, match=r"is not a file|There is no"):
        load_private_key(Path(path), None)


@pytest.mark.parametrize(
    "path",
    [
        r"\\evil.example\share\key",
        r"\\evil.example@SSL\dav\key",
        r"\\?\UNC\evil.example\share\key",
        r"\\.\pipe\key",
        "//evil.example/share/key",
    ],
)
def test_a_share_is_not_asked_for_a_key(path: str) -> None:
    with pytest.raises(PrivateKeyError, match="is not on this computer"):
        check_place(PureWindowsPath(path), PureWindowsPath(r"D:\Homes\jo"))


@pytest.mark.parametrize(
    ("path", "home"),
    [
        (PureWindowsPath(r"D:\Homes\jo\.ssh\key"), PureWindowsPath(r"D:\Homes\jo")),
        (PureWindowsPath(r"\\?\D:\Homes\jo\.ssh\key"), PureWindowsPath(r"D:\Homes\jo")),
        (PureWindowsPath(r"~\.ssh\key"), PureWindowsPath(r"D:\Homes\jo")),
        (PureWindowsPath(r"\\files\homes\jo\key"), PureWindowsPath(r"\\FILES\homes\jo")),
        (PurePosixPath("//server/share/key"), PurePosixPath("/homes/jo")),
    ],
)
def test_a_key_of_this_computer_or_of_the_person_s_own_share_is_taken(
    path: PureWindowsPath | PurePosixPath, home: PureWindowsPath | PurePosixPath
) -> None:
    check_place(path, home)
