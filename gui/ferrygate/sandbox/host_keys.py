"""Keeps the server's host keys between runs, one of each type, and makes new ones if told to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import asyncssh

from ferrygate.common.atomic_files import write_whole
from ferrygate.common.local_disk import damaged
from ferrygate.sandbox.settings import HostKeyType

_FILE = "host_key"


def host_keys(state: Path, types: Sequence[HostKeyType], *, rotate: bool) -> list[asyncssh.SSHKey]:
    """Return the host keys of the previous run, or new ones; only their owner can read the files.

    Args:
        state: the folder for the files.
        types: of the keys, in the order that they are returned in.
        rotate: make new ones in any case.

    Raises:
        SettingsError: a file cannot be written, or is damaged.
    """
    return [_host_key(state / _name(kind), kind, rotate=rotate) for kind in types]


def _name(kind: HostKeyType) -> str:
    return _FILE if kind is HostKeyType.ED25519 else f"{_FILE}-{kind}"


def _host_key(path: Path, kind: HostKeyType, *, rotate: bool) -> asyncssh.SSHKey:
    if path.exists() and not rotate:
        try:
            return asyncssh.read_private_key(path)
        except asyncssh.KeyImportError as error:
            raise damaged(path, str(error)) from None
    key = asyncssh.generate_private_key(kind)
    write_whole(path, key.export_private_key())
    return key
