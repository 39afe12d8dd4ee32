"""Checks passwords and codes for AWS Transfer Family, as an AWS Lambda function.

AWS Transfer sends what the person typed as one string. The function cuts the code off its end,
asks Okta for both, and answers with a role and a home folder, or with ``{}``, which denies.
Source: AWS Transfer Family user guide, "Using AWS Lambda to integrate your identity provider".
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ferrygate.identity.config import Config, ConfigurationError
from ferrygate.identity.http_client import HttpClient, HttpPost
from ferrygate.identity.okta import Okta
from ferrygate.identity.reason import DeniedError, Reason

_log = logging.getLogger(__name__)

# The names AWS Transfer itself takes (API reference, UserName).
_USER_NAME = re.compile(r"\w[\w@.-]{2,99}", re.ASCII)


@dataclass(frozen=True)
class Decision:
    """Tells how one sign-in ended.

    Attributes:
        reason: one word for the log.
        detail: what support needs beside it (HTTP status, Okta's own code); never a secret.
        answer: what AWS Transfer gets; empty means denied.
    """

    reason: Reason
    detail: str
    answer: dict[str, str]


class IdentityFunction:
    """Decides about a sign-in; settings and network are parameters."""

    def __init__(
        self,
        config: Config,
        opener: HttpPost,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._opener = opener
        self._monotonic = monotonic

    def decide(self, event: object) -> Decision:
        """Grant or deny one event of AWS Transfer; never raises."""
        okta = Okta(self._config.okta_address, self._opener, self._monotonic)
        try:
            username, typed = _username_and_password(event)
            if self._config.require_code:
                password, code = self._cut(typed)
                okta.check_password_and_code(username, password, code)
            else:
                okta.check_password(username, typed)
        except DeniedError as denied:
            return Decision(denied.reason, denied.detail, {})
        return Decision(Reason.GRANTED, "", self._grant(username))

    def answer(self, event: object) -> dict[str, str]:
        """Decide, and log the decision in one line without password, code or body."""
        decision = self.decide(event)
        _report(decision.reason, decision.detail, event)
        return decision.answer

    def _cut(self, typed: str) -> tuple[str, str]:
        digits = self._config.code_digits
        password, code = typed[:-digits], typed[-digits:]
        if not re.fullmatch(rf"[0-9]{{{digits}}}", code, re.ASCII):
            raise DeniedError(Reason.NO_CODE)
        if not password:
            raise DeniedError(Reason.ONLY_A_CODE)
        return password, code

    def _grant(self, username: str) -> dict[str, str]:
        # Okta takes a user name in any case; S3 knows only one spelling of a folder.
        home = {"Entry": "/", "Target": self._config.home_of(username.lower())}
        return {
            "Role": self._config.role_arn,
            "HomeDirectoryType": "LOGICAL",
            "HomeDirectoryDetails": json.dumps([home]),
        }


def handler(event: object, context: object) -> dict[str, str]:  # noqa: ARG001  AWS's signature
    """Answer AWS Lambda, whose entry point this is."""
    _log.setLevel(logging.INFO)
    try:
        config = Config.from_environment(os.environ)
    except ConfigurationError as error:
        _report(Reason.CONFIGURATION, str(error), event)
        return {}
    return IdentityFunction(config, HttpClient()).answer(event)


def _username_and_password(event: object) -> tuple[str, str]:
    if not isinstance(event, Mapping):
        raise DeniedError(Reason.MALFORMED_EVENT)
    username, password = event.get("username"), event.get("password", "")
    if not isinstance(username, str) or not isinstance(password, str):
        raise DeniedError(Reason.MALFORMED_EVENT)
    if not _USER_NAME.fullmatch(username) or ".." in username:
        raise DeniedError(Reason.USER_NAME)
    if not password:
        raise DeniedError(Reason.NO_PASSWORD)
    return username, password


def _report(reason: Reason, detail: str, event: object) -> None:
    """Log one JSON line, with the user name only if AWS Transfer would accept that."""
    known = event if isinstance(event, Mapping) else {}
    line = {"reason": reason.value, "detail": detail}
    for key in ("username", "serverId", "sourceIp"):
        value = known.get(key)
        if isinstance(value, str) and re.fullmatch(r"[\w@.:-]{1,100}", value, re.ASCII):
            line[key] = value
    level = logging.INFO if reason is Reason.GRANTED else logging.WARNING
    _log.log(level, "%s", json.dumps(line))
