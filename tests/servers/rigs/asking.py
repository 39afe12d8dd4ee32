"""An SSH server that asks what a test wants, with the algorithms and keys a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any

import asyncssh

from servers.rigs.asyncssh_thread import HostKeys, serving

Round = tuple[str, list[tuple[str, bool]]]
"""An instruction, and prompts each with whether the answer may be shown."""


@dataclass
class Asked:
    """A running server that asks.

    Attributes:
        port: where it listens.
        answers: what it was answered, a list for each round.
        attempts: how often somebody named an account.
    """

    port: int = 0
    answers: list[list[str]] = field(default_factory=list)
    attempts: int = 0


class _Asking(asyncssh.SSHServer):
    """Keyboard-interactive alone (RFC 4256); content once every round was answered."""

    def __init__(self, rounds: list[Round], asked: Asked) -> None:
        self._rounds = iter(rounds)
        self._asked = asked

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  the protocol's
        self._asked.attempts += 1
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ARG002  the protocol's
        return self._next()

    def validate_kbdint_response(self, username: str, responses: Any) -> Any:  # noqa: ARG002  the protocol's
        self._asked.answers.append(list(responses))
        return self._next()

    def _next(self) -> Any:
        following = next(self._rounds, None)
        return True if following is None else ("", following[0], "en", following[1])


@contextmanager
def asking_server(
    rounds: list[Round], *, host_keys: HostKeys = (), **algorithms: Any
) -> Iterator[Asked]:
    """Run a server that asks, with an empty folder behind it.

    Args:
        rounds: what it asks.
        host_keys: its host keys, preferred ones first.
        algorithms: as for ``asyncssh.listen``.
    """
    asked = Asked()
    with TemporaryDirectory() as root:
        files = partial(asyncssh.SFTPServer, chroot=root.encode())
        algorithms.setdefault("sftp_factory", files)
        with serving(lambda: _Asking(rounds, asked), host_keys, **algorithms) as asked.port:
            yield asked
