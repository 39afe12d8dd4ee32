"""Key pairs for servers and accounts, made by OpenSSH's own tool."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

HOST_KEY_TYPES = ("ed25519", "ecdsa", "rsa")


def fingerprints(state: Path) -> tuple[str, ...]:
    """Give the host keys' fingerprints: ``SHA256:`` and unpadded base64."""
    found = []
    for kind in HOST_KEY_TYPES:
        public = state.joinpath(f"host_{kind}.pub").read_text(encoding="ascii")
        digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
        found.append("SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("="))
    return tuple(found)


def make_key(path: Path, kind: str) -> Path:
    """Make a key pair without a passphrase, and give the private key's path."""
    _keygen("-t", kind, "-N", "", "-C", "test", "-f", str(path))
    return path


def protect(path: Path, passphrase: str) -> None:
    """Encrypt a private key that has no passphrase yet."""
    _keygen("-p", "-P", "", "-N", passphrase, "-f", str(path))


def host_key(state: Path, kind: str) -> Path:
    """Make a host key where :func:`fingerprints` finds it."""
    return make_key(state / f"host_{kind}", kind)


def _keygen(*arguments: str) -> None:
    keygen = shutil.which("ssh-keygen")
    assert keygen, "ssh-keygen is missing: run `make setup`"
    subprocess.run(
        [keygen, "-q", *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
