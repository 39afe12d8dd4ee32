"""Says what a refused sign-in may be due to: a server itself says no, and nothing else."""

from __future__ import annotations

import msgspec

from ferrygate.common.errors import SignInRefusedError
from ferrygate.common.message import Difference, Message, message, sentences
from ferrygate.sign_in.gate import SHUT_FROM


class SentCode(msgspec.Struct, frozen=True):
    """Tells which kind of code was sent in the attempt.

    Attributes:
        typed: by a person, from a phone or a token; otherwise it was made here.
        correction: seconds by which the time was corrected that it was made for.
    """

    typed: bool = False
    correction: int = 0


def refused(
    refusals: int, sent: SentCode | None, *, detail: str, server_said: str = ""
) -> SignInRefusedError:
    """Make the error for a sign-in that the server has refused.

    Args:
        refusals: in a row, with this one.
        sent: the code that has left, if one has.
        detail: for support.
        server_said: the server's own words.
    """
    step = _causes(sent)
    if refusals >= SHUT_FROM:
        step = message("Ask your contact to check your account before you try again.")
    return SignInRefusedError(
        message("The server refused the sign-in."),
        next_step=step,
        detail=detail,
        server_said=server_said,
    )


def _causes(sent: SentCode | None) -> Message:
    if sent is None:
        return message("Check your user name and password.")
    if sent.typed:
        return message(
            "Check your user name, your password, and that the code is the one shown just now."
        )
    if sent.correction:
        return sentences(
            message("Check your user name, your password and this computer's clock."),
            message(
                "Codes are corrected by {time} for it, which may be wrong by now.",
                time=Difference(abs(sent.correction)),
            ),
        )
    return message(
        "Check your user name, your password and this computer's clock. If they are right,"
        " the code may be set up for another account, or used in another program just now."
    )
