"""Runs the SSH server on a thread and event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import asyncssh

from ferrygate.sandbox.ssh_server import SandboxContext, SshConnection, listen


class SshThread:
    """Starts and stops the SSH server; its methods are called from any other thread."""

    def __init__(
        self, context: SandboxContext, *, host: str, port: int, host_keys: Sequence[asyncssh.SSHKey]
    ) -> None:
        self._context = context
        self._host = host
        self._port = port
        self._host_keys = host_keys
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._thread = threading.Thread(target=self._run, name="sandbox-ssh")

    def start(self) -> int:
        """Start; returns the port when connections are taken.

        Raises:
            OSError: the port is taken.
            OverflowError: there is no such port.
            UnicodeError: no name of a host can be like this.
        """
        self._thread.start()
        if self._started.exception() is not None:
            self._thread.join()
        _, _, port = self._started.result()
        return port

    def cut_connections(self) -> None:
        """End all connections without a word."""
        self._for_each(SshConnection.cut)

    def wake_connections(self) -> None:
        """Answer what has queued up on all connections."""
        self._for_each(SshConnection.wake)

    def stop(self) -> None:
        """Cut all connections, and wait for the calls to the store that they began."""
        loop, stopping, _ = self._started.result()
        loop.call_soon_threadsafe(stopping.set)
        self._thread.join()

    def _for_each(self, action: Callable[[SshConnection], None]) -> None:
        def act() -> None:
            for connection in list(self._context.connections):
                action(connection)

        loop, _, _ = self._started.result()
        loop.call_soon_threadsafe(act)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        context = self._context
        try:
            acceptor = await listen(
                lambda: SshConnection(context),
                host=self._host,
                port=self._port,
                host_keys=self._host_keys,
                settings=context.settings,
            )
        except Exception as error:  # noqa: BLE001  for the thread that waits
            self._started.set_exception(error)
            return
        stopping = asyncio.Event()
        self._started.set_result((asyncio.get_running_loop(), stopping, acceptor.get_port()))
        await stopping.wait()
        acceptor.close()
        open_now = list(context.connections)
        for connection in open_now:
            connection.cut()
        await asyncio.gather(*(connection.closed() for connection in open_now))
        await acceptor.wait_closed()
        if context.threads is not None:
            await context.threads.ended()
