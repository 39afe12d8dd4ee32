"""Makes the errors for authentication requests that the server did not answer."""

from __future__ import annotations

import re

from ferrygate.common.errors import (
    CannotReachError,
    ConnectionLostError,
    FerrygateError,
    SignInRefusedError,
    SignInUnansweredError,
)
from ferrygate.common.message import message
from ferrygate.common.server_words import sentence
from ferrygate.sites.site import Site
from ferrygate.ssh.answers import AuthAnswer
from ferrygate.ssh.no_handshake import Disconnect, not_now

_NO_MORE_METHODS = 14  # a reason of a DISCONNECT (RFC 4253 §11.1)
_TOO_MANY_FAILURES = re.compile(
    r"too many (failed )?(auth|log[io]n|sign.in|password|fail|attempt|tr)", re.IGNORECASE
)


def auth_unanswered(site: Site, answer: AuthAnswer, *, has_sent: bool) -> FerrygateError:
    """Make the error for a request that the server did not answer.

    Args:
        site: where it was sent.
        answer: what is known of it.
        has_sent: a secret has left, and the server may have judged it.
    """
    if answer.disconnect is not None:
        return _ended(site, answer.disconnect)
    if answer.is_late:
        return _late(site, answer.detail, has_sent=has_sent)
    return connection_lost(answer.detail, has_sent=has_sent)


def connection_lost(detail: str, *, has_sent: bool) -> FerrygateError:
    """Make the error for a connection that ended without a DISCONNECT message.

    Args:
        detail: for support.
        has_sent: a secret has left, and the server may have judged it.
    """
    if has_sent:
        return SignInUnansweredError(
            message("The connection ended before the server answered."),
            next_step=message("It may count as a refused sign-in. Try again in a minute."),
            detail=detail,
        )
    return ConnectionLostError(
        message("The connection ended before the server answered."),
        next_step=message("Try again in a minute."),
        detail=detail,
    )


def _ended(site: Site, disconnect: Disconnect) -> FerrygateError:
    """Make the error for a server that ended the connection with a DISCONNECT message."""
    said = sentence(disconnect.reason)
    detail = f"disconnect, code {disconnect.code}"
    if disconnect.code == _NO_MORE_METHODS or _TOO_MANY_FAILURES.search(said):
        return SignInRefusedError(
            message("The server ended the sign-in, since too many tries had failed."),
            next_step=message(
                "Wait for some minutes, then check your user name and password, or ask your"
                " contact."
            ),
            detail=detail,
            server_said=said,
        )
    busy = not_now(site.host, said, detail, code=disconnect.code)
    if busy is not None:
        return busy
    return SignInRefusedError(
        message("The server ended the sign-in."),
        next_step=message("Ask your contact about it, and tell them what the server says."),
        detail=detail,
        server_said=said,
    )


def _late(site: Site, detail: str, *, has_sent: bool) -> FerrygateError:
    if has_sent:
        return SignInUnansweredError(
            message("The server has not answered the sign-in in time."),
            next_step=message("It may count as a refused sign-in. Try again in some minutes."),
            detail=detail,
        )
    return CannotReachError(
        message("{host} does not answer any more.", host=site.host),
        next_step=message("Try again in a minute; if it stays so, tell your contact."),
        detail=detail,
    )
