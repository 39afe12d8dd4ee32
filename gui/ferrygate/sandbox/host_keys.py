"""Keeps the server's host keys between runs, one of each type, and makes new ones if told to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import asyncssh

from ferrygate.sandbox.settings import HostKeyType

_FILE = "host_key"


def host_keys(state: Path, types: Sequence[HostKeyType], *, rotate: bool) -> list[asyncssh.SSHKey]:
    """Return the host keys of the previous run, or new ones; only their owner can read the files.

    Args:
        state: the folder for the files.
        types: of the keys, in the order that they are returned in.
        rotate: make new ones in any case.
    """
    return [_host_key(state / _name(kind), kind, rotate=rotate) for kind in types]


def _name(kind: HostKeyType) -> str:
    return _FILE if kind is HostKeyType.ED25519 else f"{_FILE}-{kind}"


def _host_key(path: Path, kind: HostKeyType, *, rotate: bool) -> asyncssh.SSHKey:
    if rotate:
        path.unlink(missing_ok=True)
    if path.exists():
        return asyncssh.read_private_key(path)
    key = asyncssh.generate_private_key(kind)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  a descriptor with its mode
        file.write(key.export_private_key())
    return key
