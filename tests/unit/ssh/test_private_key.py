"""Private keys in every form people have them, with and without a passphrase."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from ferrygate.common.errors import PassphraseMissingError, PrivateKeyError
from ferrygate.common.secret import Secret
from ferrygate.ssh.key_header import may_need_passphrase
from ferrygate.ssh.private_key import load_private_key

PASSPHRASE = Secret("open sesame")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
MAKERS: dict[str, Callable[[], Key]] = {
    "rsa": lambda: rsa.generate_private_key(65_537, 2048),
    "ecdsa-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ecdsa-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
FORMS = {
    "openssh": serialization.PrivateFormat.OpenSSH,
    "pkcs8": serialization.PrivateFormat.PKCS8,
    "pkcs1": serialization.PrivateFormat.TraditionalOpenSSL,
}
FORM_OF_KEYS = [
    (name, form)
    for name in MAKERS
    for form in FORMS
    if (name, form) != ("ed25519", "pkcs1")  # there is no such form
]
every_form = pytest.mark.parametrize(("name", "form"), FORM_OF_KEYS)


@cache
def made(name: str) -> Key:
    """One key of each kind is enough for all tests."""
    return MAKERS[name]()


def write(path: Path, name: str, form: str, passphrase: Secret | None = None) -> Path:
    """Write a key's file as OpenSSH or OpenSSL would."""
    encryption = (
        serialization.BestAvailableEncryption(passphrase.reveal().encode())
        if passphrase
        else serialization.NoEncryption()
    )
    path.write_bytes(made(name).private_bytes(serialization.Encoding.PEM, FORMS[form], encryption))
    return path


def public_line(name: str) -> str:
    public = made(name).public_key()
    return public.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode("ascii")


@every_form
def test_a_plain_key_is_read(name: str, form: str, tmp_path: Path) -> None:
    key = load_private_key(write(tmp_path / "key", name, form), None)
    assert f"{key.get_name()} {key.get_base64()}" == public_line(name)


@every_form
def test_an_encrypted_key_is_read_with_its_passphrase(name: str, form: str, tmp_path: Path) -> None:
    key = load_private_key(write(tmp_path / "key", name, form, PASSPHRASE), PASSPHRASE)
    assert f"{key.get_name()} {key.get_base64()}" == public_line(name)


@every_form
@pytest.mark.parametrize("given", [None, Secret("something else")], ids=["none", "wrong"])
def test_an_encrypted_key_stays_shut_without_its_passphrase(
    name: str, form: str, given: Secret | None, tmp_path: Path
) -> None:
    path = write(tmp_path / "key", name, form, PASSPHRASE)
    with pytest.raises(PassphraseMissingError, match="“key” needs its passphrase") as caught:
        load_private_key(path, given)
    assert "something else" not in repr(caught.value.problem)


@every_form
def test_a_passphrase_that_a_plain_key_does_not_need_is_no_harm(
    name: str, form: str, tmp_path: Path
) -> None:
    key = load_private_key(write(tmp_path / "key", name, form), PASSPHRASE)
    assert key.can_sign()


@every_form
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["plain", "encrypted"])
def test_a_key_shows_whether_it_is_encrypted(
    name: str, form: str, passphrase: Secret | None, tmp_path: Path
) -> None:
    path = write(tmp_path / "key", name, form, passphrase)
    assert may_need_passphrase(path) is (passphrase is not None)


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", True),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n\xff\n", True),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----", True),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nA\n", True),
        (b"no key", False),
        (b"", False),
    ],
)
def test_what_looks_like_a_key_and_is_none_may_be_encrypted(
    text: bytes, tmp_path: Path, *, may: bool
) -> None:
    path = tmp_path / "key"
    path.write_bytes(text)
    assert may_need_passphrase(path) is may
    assert not may_need_passphrase(tmp_path / "gone")


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["plain", "with a passphrase"])
@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        bytes(range(256)) * 100,
        b"<RSAKeyValue><Modulus>AAAA</Modulus></RSAKeyValue>",
    ],
    ids=["openssh", "pkcs8", "noise", "xml"],
)
def test_what_is_no_private_key_is_said_to_be_none(
    data: bytes, passphrase: Secret | None, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    with pytest.raises(PrivateKeyError, match="holds no private key"):
        load_private_key(path, passphrase)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(PrivateKeyError, match="There is no “gone”"):
        load_private_key(tmp_path / "gone", None)
    with pytest.raises(PrivateKeyError, match="is not a file"):
        load_private_key(tmp_path, None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: dsa.generate_private_key(2048),
        ed448.Ed448PrivateKey.generate,
        lambda: ec.generate_private_key(ec.SECP256K1()),
    ],
    ids=["dsa", "ed448", "secp256k1"],
)
def test_a_kind_that_servers_do_not_take_is_said_to_be_old(
    make: Callable[[], dsa.DSAPrivateKey | ed448.Ed448PrivateKey | Key], tmp_path: Path
) -> None:
    path = tmp_path / "key"
    path.write_bytes(
        make().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with pytest.raises(PrivateKeyError, match="of a kind that servers do not take"):
        load_private_key(path, None)
