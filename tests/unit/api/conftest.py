from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ferrygate.api.session import Session
from ferrygate.api.unattended import Unattended
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.client import EngineClient
from ferrygate.engine.messages.command import Command, Request
from ferrygate.engine.messages.event import Done, Listener
from ferrygate.sites.site import Site
from support.fake_clock import ManualClock


class RecordingEngine:
    """Remembers each command, and says that it was carried out."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self.sent: list[Command] = []

    def close(self) -> None:
        """Nothing to end."""

    def send(self, command: Command) -> None:
        self.sent.append(command)
        if isinstance(command, Request):
            self._listener(Done(command.request))


MakeSession = Callable[..., tuple[Session, RecordingEngine]]


@pytest.fixture
def make_session() -> Iterator[MakeSession]:
    """Sessions on an engine that only remembers; closed when the test ends."""
    with ExitStack() as clients:

        def make() -> tuple[Session, RecordingEngine]:
            made: list[RecordingEngine] = []

            def make_engine(listener: Listener) -> Any:
                made.append(RecordingEngine(listener))
                return made[0]

            client = EngineClient(make_engine, Unattended(), ManualClock(), SystemThreads())
            clients.callback(client.close)
            site = Site(name="Acme", host="127.0.0.1")
            return Session(client, site), made[0]

        yield make
