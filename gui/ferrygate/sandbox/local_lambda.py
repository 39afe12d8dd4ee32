"""Calls the identity function as AWS Lambda does: an event as JSON in, an answer as JSON out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.identity.handler import respond
from ferrygate.identity.http_client import HttpClient
from ferrygate.sandbox.transfer_answer import AnswerError, Granted, read_answer

BUCKET = "sandbox"
ANSWER_REFUSED = "answer-refused"
SERVER_ID = "s-00000000000000000"
KEY_ARN = "arn:aws:kms:us-east-1:000000000000:key/sandbox"
_ROLE = "arn:aws:iam::000000000000:role/sandbox"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Tells how the identity function answered, and what AWS Transfer makes of that.

    Attributes:
        reason: the function's, or ``answer-refused`` where AWS Transfer cannot use the answer.
        detail: what the function's log or AWS Transfer adds.
        answer: as the function gave it.
        granted: what AWS Transfer takes from the answer, or None where nothing is granted.
    """

    reason: str
    detail: str
    answer: dict[str, object]
    granted: Granted | None


class LocalLambda:
    """Holds the function's settings, and calls it.

    Args:
        environment: the function's settings.
        clock: the time that Okta's rate limits are told by.
        function: the body of the function's handler.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        clock: Clock,
        function: Callable[..., object] = respond,
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._function = function

    def ask(self, username: str, password: str | None, source_ip: str) -> Verdict:
        """Ask about one sign-in; waits for the local Okta.

        Args:
            username: as typed.
            password: with the code; empty if that was sent, and None where a key is to be checked.
            source_ip: the client's address.
        """
        event = {
            "username": username,
            "password": password or "",
            "protocol": "SFTP",
            "serverId": SERVER_ID,
            "sourceIp": source_ip,
        }
        lines: list[str] = []
        answer = self._function(
            json.loads(json.dumps(event)),
            self._environment,
            secrets.token_hex(16),
            post=HttpClient(),
            write=lines.append,
            monotonic=self._clock.monotonic,
            now=self._clock.now,
        )
        logged = json.loads(lines[0])
        returned = json.loads(json.dumps(answer))
        try:
            granted = read_answer(returned, username, by_password=password is not None)
        except AnswerError as error:
            return Verdict(reason=ANSWER_REFUSED, detail=str(error), answer=returned, granted=None)
        return Verdict(
            reason=logged["reason"],
            detail=logged.get("detail", ""),
            answer=returned,
            granted=granted,
        )


def environment_of(okta_address: str, digits: int, key_arn: str = "") -> dict[str, str]:
    """Return the function's settings in a sandbox.

    Args:
        okta_address: of the local Okta.
        digits: length of a code.
        key_arn: of the KMS key that the function knows of, or "" for none.
    """
    return {
        "OKTA_ADDRESS": okta_address,
        "ROLE_ARN": _ROLE,
        "BUCKET": BUCKET,
        "CODE_DIGITS": str(digits),
        "KMS_KEY_ARN": key_arn,
        "ALLOW": "everyone",
    }
