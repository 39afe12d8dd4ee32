"""Servers of a test's own making, by asyncssh, each on a thread and event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import asyncssh

from servers.rigs.server_process import HOST

HostKeys = Sequence[asyncssh.SSHKey | asyncssh.SSHKeyPair]


@contextmanager
def serving(
    make: Callable[[], asyncssh.SSHServer], host_keys: HostKeys = (), **options: Any
) -> Iterator[int]:
    """Serve on a free port, which is given; open connections end with the server.

    Args:
        make: makes the handler of a connection.
        host_keys: preferred ones first; an Ed25519 key if none.
        options: as for ``asyncssh.listen``.
    """
    keys = host_keys or [asyncssh.generate_private_key("ssh-ed25519")]
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def serve() -> None:
        acceptor = await asyncssh.listen(
            HOST, 0, server_factory=make, server_host_keys=keys, gss_host=None, **options
        )
        over = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), over, acceptor.get_port()))
        await over.wait()
        acceptor.close()
        await acceptor.wait_closed()

    def run() -> None:
        try:
            asyncio.run(serve())
        except Exception as error:  # noqa: BLE001  handed over
            started.set_exception(error)

    thread = threading.Thread(target=run, name="asyncssh-server")
    thread.start()
    try:
        loop, over, port = started.result()
        try:
            yield port
        finally:
            loop.call_soon_threadsafe(over.set)
    finally:
        thread.join()
