"""Commands, which go into the engine.

A :data:`Request` carries a number of the sender's choosing and is answered by exactly one
:data:`~ferrygate.engine.messages.event.Answer` with the same number, whatever other events come
before it. A batch that was started so goes on under a name of its own, until a BatchChanged says
that it is finished. Other commands are not answered. Remote paths are bytes, absolute, separated by
``/``; local paths are text.
"""

from __future__ import annotations

import msgspec

from ferrygate.engine.messages.checks import CheckRequest
from ferrygate.engine.messages.codes import CodeRequest, OktaRequest
from ferrygate.engine.messages.files import FileCommand, FileOperation
from ferrygate.engine.messages.records import RecordRequest
from ferrygate.engine.messages.session import SessionCommand, SessionRequest
from ferrygate.engine.messages.transfers import TransferCommand, TransferRequest


class CancelRequest(msgspec.Struct, frozen=True):
    """Stop a sign-in, check or listing; its request then fails with ``cancelled``, or is done."""

    target: int


class Shutdown(msgspec.Struct, frozen=True):
    """End the engine: requests under way fail with ``cancelled``, the connection is closed."""


Request = (
    SessionRequest
    | CodeRequest
    | OktaRequest
    | CheckRequest
    | FileOperation
    | TransferRequest
    | RecordRequest
)
"""Commands with a number, each answered by one Done, BatchStarted or Failed."""

Command = (
    SessionCommand
    | CodeRequest
    | OktaRequest
    | CheckRequest
    | FileCommand
    | TransferCommand
    | RecordRequest
    | CancelRequest
    | Shutdown
)
