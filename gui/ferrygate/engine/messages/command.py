"""Commands, which go into the engine.

A :data:`Request` carries a number of the sender's choosing and is answered by exactly one
:data:`~ferrygate.engine.messages.event.Answer` with the same number, whatever other events come
before it. A batch that was started so goes on under a name of its own, until a BatchChanged says
that it is finished. Other commands are not answered. Remote paths are bytes, absolute, separated by
``/``; local paths are text.
"""

from __future__ import annotations

import msgspec

from ferrygate.engine.messages.codes import OktaCommand, ShowCode, UseCodeSecret
from ferrygate.engine.messages.files import (
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
    StatPath,
    TakeMore,
)
from ferrygate.engine.messages.session import (
    AnswerCode,
    AnswerHostKey,
    AnswerPrompt,
    ForgetHostKeys,
    ForgetSecret,
    OpenSite,
    ProvideSecrets,
    ResetLock,
    SignIn,
    SignOut,
    UsePassphrase,
    UsePassword,
)
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    CancelBatch,
    Download,
    LimitRate,
    RetryBatch,
    Upload,
)


class CancelRequest(msgspec.Struct, frozen=True):
    """Stop a sign-in or a listing; its request then fails with ``cancelled``, or is done."""

    target: int


class Shutdown(msgspec.Struct, frozen=True):
    """End the engine: requests under way fail with ``cancelled``, the connection is closed."""


Request = (
    OpenSite
    | ProvideSecrets
    | UseCodeSecret
    | UsePassword
    | UsePassphrase
    | ForgetSecret
    | ForgetHostKeys
    | ResetLock
    | SignIn
    | SignOut
    | ShowCode
    | ListFolder
    | StatPath
    | MakeFolder
    | RenamePath
    | RemovePath
    | Upload
    | Download
    | RetryBatch
    | LimitRate
    | OktaCommand
)
"""Commands with a number, each answered by one Done, BatchStarted or Failed."""


Command = (
    Request
    | AnswerHostKey
    | AnswerCode
    | AnswerPrompt
    | AnswerConflict
    | CancelBatch
    | TakeMore
    | CancelRequest
    | Shutdown
)
