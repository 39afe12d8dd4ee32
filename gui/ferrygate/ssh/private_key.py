"""Private keys from files: OpenSSH and PEM; RSA, ECDSA and Ed25519; encrypted or not."""

from __future__ import annotations

import io
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from ferrygate.common.errors import PrivateKeyError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.ssh.key_file import read_key_file
from ferrygate.ssh.key_header import OPENSSH, is_on_device, passphrase_missing

_CLASSES: tuple[tuple[type, type[paramiko.PKey]], ...] = (
    (ec.EllipticCurvePrivateKey, paramiko.ECDSAKey),
    (ed25519.Ed25519PrivateKey, paramiko.Ed25519Key),
)


def load_private_key(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    """Read a private key.

    Raises:
        PrivateKeyError: there is no such file, it holds no private key, or one that servers do
            not take or that is kept in a security device.
        PassphraseMissingError: the key is encrypted, and the passphrase is missing or wrong.
    """
    loaded = _decrypt(read_key_file(path), path.name, passphrase)
    if isinstance(loaded, rsa.RSAPrivateKey):
        return paramiko.RSAKey(key=loaded)
    for kind, key_class in _CLASSES:
        if isinstance(loaded, kind):
            try:
                # In a form that both classes of the library read, and in memory only.
                plain = loaded.private_bytes(  # type: ignore[attr-defined]  # each of the two has it
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.OpenSSH,
                    serialization.NoEncryption(),
                )
            except ValueError as error:  # a curve that SSH has no name for
                raise _unsupported(path.name) from error
            return key_class.from_private_key(io.StringIO(plain.decode("ascii")))
    raise _unsupported(path.name)


def _decrypt(data: bytes, name: str, passphrase: Secret | None) -> object:
    password = passphrase.reveal().encode() if passphrase else None
    openssh = OPENSSH in data
    load = serialization.load_ssh_private_key if openssh else serialization.load_pem_private_key
    try:
        # To prove an RSA key's primes takes 100 to 500 ms. OpenSSL checks what it signs with them
        # (RSA-CRT), so a damaged key of the person's own gives nothing away: it is rejected.
        return load(data, password, unsafe_skip_rsa_key_validation=True)
    except UnsupportedAlgorithm as error:
        raise (_on_device(name) if is_on_device(data) else _unsupported(name)) from error
    except (TypeError, ValueError) as error:
        if password is not None:  # wrong, or not needed: what is said without one tells which
            return _decrypt(data, name, None)
        if isinstance(error, TypeError):  # encrypted
            raise passphrase_missing(name) from None
        raise PrivateKeyError(
            message("“{name}” holds no private key that can be read.", name=name),
            next_step=message("Ask your contact for a private key in OpenSSH's form."),
        ) from None


def _on_device(name: str) -> PrivateKeyError:
    return PrivateKeyError(
        message(
            "The private key “{name}” is kept in a security device, which cannot be used here.",
            name=name,
        ),
        next_step=message("Ask your contact to accept a key that is a file."),
    )


def _unsupported(name: str) -> PrivateKeyError:
    return PrivateKeyError(
        message("The private key “{name}” is of a kind that servers do not take.", name=name),
        next_step=message("Ask your contact for a new key."),
    )
