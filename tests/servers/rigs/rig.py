"""Describes a real server for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from servers.rigs.server_process import ServerProcess


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A running server with one account.

    Attributes:
        host: the loopback, unless it was made to listen elsewhere.
        port: a free one.
        username: the account to sign in with.
        host_key_fingerprints: of all its host keys, in OpenSSH's form.
        home: the folder on this disk that a session starts in.
        server: the process, for its log and for cutting connections.
        private_key: signs the account in, where it does so by key.
        password: the account's password, where it has one.
        code_secret: the account's code secret, where it has one.
    """

    host: str
    port: int
    username: str
    host_key_fingerprints: tuple[str, ...]
    home: Path
    server: ServerProcess
    private_key: Path | None = None
    password: Secret | None = None
    code_secret: CodeSecret | None = None
