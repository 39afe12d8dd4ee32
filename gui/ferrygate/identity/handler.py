"""Answers AWS Lambda, with settings from the environment and one line of JSON in the log."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping

from ferrygate.identity.config import Config
from ferrygate.identity.event import plain_event
from ferrygate.identity.homes import ConfigurationError
from ferrygate.identity.http_client import HttpClient, HttpPost
from ferrygate.identity.okta import Okta, matching
from ferrygate.identity.okta_mfa import Decision, GrantedAnswer, IdentityFunction
from ferrygate.identity.reason import DeniedError

_LOGGED = {
    "protocol": "protocol",
    "username": "username",
    "serverId": "server_id",
    "sourceIp": "source_ip",
}
_HARMLESS = re.compile(r"[\w@.:-]{1,100}", re.ASCII)


def handler(event: object, context: object) -> GrantedAnswer:
    """Answer one event of AWS Lambda; never raises, so that no traceback shows a secret."""
    request_id = getattr(context, "aws_request_id", "")
    return respond(event, os.environ, request_id, post=HttpClient(), write=sys.stdout.write)


def respond(
    event: object,
    environment: Mapping[str, str],
    aws_request_id: object,
    *,
    post: HttpPost,
    write: Callable[[str], object],
    monotonic: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
) -> GrantedAnswer:
    """Decide about one event, and log the decision without password, code or body.

    Args:
        event: AWS Transfer's.
        environment: the settings.
        aws_request_id: AWS's name of this call.
        post: the network.
        write: takes the line for the log. A log of plain lines of JSON is what metric filters can
            read; Python's logging would put a prefix before each.
        monotonic: time in seconds.
        now: time in seconds since the epoch.
    """
    began = monotonic()
    logs_grants = True
    try:
        config = Config.from_environment(environment)
        logs_grants = config.logs_grants
        okta = Okta(config.okta_address, post, monotonic, now)
        decision = IdentityFunction(config, okta).decide(event)
    except ConfigurationError as error:
        facts = {"step": "settings", "detail": str(error)}
        decision = Decision("configuration", facts=facts)
    except Exception as error:  # noqa: BLE001  no error may show a secret in a traceback
        facts = {"step": "unknown", "detail": type(error).__name__}
        decision = Decision("internal-error", facts=facts)
    if logs_grants or not decision.answer:
        milliseconds = round((monotonic() - began) * 1000)
        line = {
            "granted": bool(decision.answer),
            "reason": decision.reason,
            **_who(event, aws_request_id),
            **decision.facts,
            "milliseconds": milliseconds,
        }
        write(json.dumps(line) + "\n")
    return decision.answer


def _who(event: object, aws_request_id: object) -> dict[str, object]:
    """Return the event's fields that are logged, if they have the form that they should have."""
    try:
        known = plain_event(event)
    except DeniedError:
        known = event if isinstance(event, Mapping) else {}
    values = {logged: known.get(key) for key, logged in _LOGGED.items()}
    return {
        key: value
        for key, value in {**values, "aws_request_id": aws_request_id}.items()
        if matching(value, _HARMLESS)
    }
