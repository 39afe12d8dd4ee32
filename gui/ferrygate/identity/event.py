"""Reads AWS Transfer's events, as Lambda gets them directly or by way of API Gateway."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from ferrygate.identity.names import is_user_name
from ferrygate.identity.reason import DeniedError


@dataclass(frozen=True)
class Request:
    """Holds who wants to sign in.

    Attributes:
        username: the name as typed; AWS Transfer would accept it.
        typed: password and code in one; empty where the server wants the public keys.
        source_ip: the client's address.
    """

    username: str
    typed: str = field(repr=False)
    source_ip: str


def plain_event(event: object) -> Mapping[str, object]:
    """Return the event as Lambda gets it directly.

    API Gateway passes on the name as the path has it, percent-encoded, and the password in base64,
    since no mapping template can put every password safely into JSON.

    Raises:
        DeniedError: the event cannot be read.
    """
    if not isinstance(event, Mapping):
        raise DeniedError("malformed-event")
    if "passwordBase64" not in event:
        return event
    try:
        password = base64.b64decode(event["passwordBase64"], validate=True).decode()
        username = unquote(event["username"], errors="strict")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DeniedError("malformed-event") from None
    return {**event, "username": username, "password": password}


def read_request(event: Mapping[str, object]) -> Request:
    """Return who wants to sign in.

    Raises:
        DeniedError: the event is none that can be granted.
    """
    username, typed = event.get("username"), event.get("password", "")
    if not isinstance(username, str) or not isinstance(typed, str):
        raise DeniedError("malformed-event")
    if event.get("protocol") != "SFTP":
        raise DeniedError("protocol")
    if not is_user_name(username):
        raise DeniedError("user-name")
    return Request(username, typed, str(event.get("sourceIp")))
