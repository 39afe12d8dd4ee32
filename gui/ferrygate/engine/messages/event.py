"""Events, which come out of the engine."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.errors import Problem
from ferrygate.engine.messages.checks import CheckEnded, CheckStageEnded
from ferrygate.engine.messages.codes import (
    CodeAwaited,
    CodeChanged,
    CodeGivenOut,
    RefusalExplained,
    SkewMeasured,
)
from ferrygate.engine.messages.files import FolderBlock, ListingIncomplete, PathStat
from ferrygate.engine.messages.session import (
    CodeQuestion,
    HostKeyQuestion,
    Notice,
    PromptQuestion,
    RefusalsCounted,
    SecretsChanged,
    ServerSaid,
    SessionChanged,
    SiteOpened,
)
from ferrygate.engine.messages.transfers import (
    BatchChanged,
    BatchStarted,
    ConflictQuestion,
    FileChanged,
)


class Done(msgspec.Struct, frozen=True):
    """Tells that the request ended well."""

    request: int


class Failed(msgspec.Struct, frozen=True):
    """Tells why the request did not end well."""

    request: int
    problem: Problem


Answer = Done | BatchStarted | Failed
"""Ends a request; there is one for each."""


Event = (
    Done
    | Failed
    | SiteOpened
    | RefusalsCounted
    | SessionChanged
    | CodeChanged
    | CodeAwaited
    | CodeGivenOut
    | Notice
    | HostKeyQuestion
    | CodeQuestion
    | PromptQuestion
    | SecretsChanged
    | ServerSaid
    | FolderBlock
    | ListingIncomplete
    | PathStat
    | BatchStarted
    | BatchChanged
    | FileChanged
    | ConflictQuestion
    | RefusalExplained
    | SkewMeasured
    | CheckStageEnded
    | CheckEnded
)


Listener = Callable[[Event], None]
"""Told of every event, on the engine's thread, which it must not keep waiting."""
