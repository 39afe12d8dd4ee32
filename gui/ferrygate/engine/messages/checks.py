"""The command and the events of the access check."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ferrygate.access_check.stages import CheckVerdict, StageResult
from ferrygate.common.secret import Secret, SecretKind


class CheckAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Check the open site's account stage by stage.

    Without ``sign_in`` no secret is read and no code is claimed: the attempt ends before that. Each
    stage is told by a CheckStageEnded as it ends, in order, those that were not reached included;
    CheckEnded follows, and then Done. A stage that fails does not fail the request. The request
    fails with ``usage`` if no site is open, a session is signed in, a sign-in is under way, or
    files are to be tried without ``sign_in``; and with ``cancelled`` after a CancelRequest.

    Attributes:
        sign_in: sign in once, counted by ledger and breaker, and try the stages behind that. The
            attempt uses the secrets at hand, and asks as a sign-in does.
        write_folder: the remote folder to write one byte into, which is removed; ``None`` for none.
            Needs ``sign_in``.
        speed: measure the round trip, and 4 MiB each way. Needs ``sign_in``.
        explain: once refused, ask Okta with the password alone; a person's word, since that may
            count as another refusal.
        try_anyway: a person's word after repeated refusals.
        typed_code: from a phone or a token, as for a SignIn.
        given: where secrets are that the sender has, or would read: a variable's or a file's name
            for people, by their kind.
        source: the connection file's path; empty for a saved site.
    """

    request: int
    sign_in: bool = False
    write_folder: bytes | None = None
    speed: bool = False
    explain: bool = False
    try_anyway: bool = False
    typed_code: Secret | None = None
    given: Mapping[SecretKind, str] = {}
    source: str = ""


CheckRequest = CheckAccess


class CheckStageEnded(msgspec.Struct, frozen=True):
    """Tells how one stage of an access check ended."""

    request: int
    result: StageResult


class CheckEnded(msgspec.Struct, frozen=True):
    """Tells an access check's verdict, once all stages were told."""

    request: int
    verdict: CheckVerdict
