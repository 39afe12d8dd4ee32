"""An SSH server that asks what a test wants, with the algorithms and keys a test wants."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from servers.rigs.server_process import HOST

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
    rounds: list[Round],
    *,
    host_keys: Sequence[asyncssh.SSHKey | asyncssh.SSHKeyPair] = (),
    **algorithms: Any,
) -> Iterator[Asked]:
    """A server on a thread of its own.

    Args:
        rounds: what it asks.
        host_keys: its host keys, preferred ones first; an Ed25519 key if none.
        algorithms: as for ``asyncssh.listen``.
    """
    keys = host_keys or [asyncssh.generate_private_key("ssh-ed25519")]
    asked = Asked()
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        acceptor = await asyncssh.listen(
            HOST,
            0,
            server_factory=lambda: _Asking(rounds, asked),
            server_host_keys=keys,
            gss_host=None,
            **algorithms,
        )
        asked.port = acceptor.get_port()
        over = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), over))
        await over.wait()
        acceptor.close()
        await acceptor.wait_closed()

    def run() -> None:
        try:
            asyncio.run(serve())
        except Exception as error:  # noqa: BLE001  handed over
            started.set_exception(error)

    thread = threading.Thread(target=run, name="asking-server")
    thread.start()
    try:
        loop, over = started.result()
        yield asked
        loop.call_soon_threadsafe(over.set)
    finally:
        thread.join()
