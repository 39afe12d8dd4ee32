"""API Gateway's mapping of a request to the function's event, for the one template that we have.

Source: API Gateway developer guide, "Mapping template and access logging variable reference":
``$input.params(x)`` is the path's parameter, else the query's, else the header's, else empty, as it
came; ``$util.escapeJavaScript`` escapes as JavaScript's strings do.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ferrygate.identity.event import plain_event, read_request
from ferrygate.identity.reason import DeniedError

_REFERENCE = re.compile(r"\$util\.escapeJavaScript\(\$input\.params\('(\w+)'\)\)")
_ESCAPES = {
    "\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r",
    "'": "\\'", '"': '\\"', "\\": "\\\\", "/": "\\/",
}  # fmt: skip

PASSWORDS = [
    "123456",
    "it's123456",
    'say "yes"123456',
    "back\\slash\\123456",
    "$input.params('username')123456",
    "#set($x = 1)123456",
    "ü123456",
    "😀123456",
    "tab\there123456",
    "line\nbreak123456",
    '","username":"kate@example.com","x":"123456',
    "x" * 1018 + "123456",
    "a/b+c==123456",
    " 123456 ",
    "",
]
NAMES = ["dade", "dade@example.com", "Dade.Murphy-1@EXAMPLE.com", "d_d@example.com"]


@dataclass(frozen=True)
class ApiRequest:
    """Holds the parts of a request as they are on the wire."""

    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)

    def param(self, name: str) -> str:
        """Find a parameter as ``$input.params`` does."""
        for place in (self.path, self.query, self.header):
            if name in place:
                return place[name]
        return ""


def event(mapping: str, request: ApiRequest) -> dict[str, Any]:
    """Map a request to an event.

    Raises:
        ValueError: the mapping has what this does not know, or its result is no JSON, which the
            function would never be asked with.
    """
    text = _REFERENCE.sub(lambda found: _escaped(request.param(found[1])), mapping)
    if "$" in _REFERENCE.sub("", mapping):
        raise ValueError("the mapping has references that are not known here")
    mapped: dict[str, Any] = json.loads(text)
    return mapped


def _escaped(text: str) -> str:
    """Escape as Apache's StringEscapeUtils does, which API Gateway uses."""
    return "".join(
        _ESCAPES.get(char) or (char if " " <= char <= "~" else _unicode(char)) for char in text
    )


def _unicode(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02X}{units[at + 1]:02X}" for at in range(0, len(units), 2))


def mapping_of(template: dict[str, Any]) -> str:
    """Find the template's one mapping."""
    method = template["Resources"]["ApiMethod"]["Properties"]
    found: str = method["Integration"]["RequestTemplates"]["application/json"]
    return found


def broken_mapping(template: dict[str, Any]) -> Iterator[str]:
    """Find the names and passwords that do not arrive as they were typed."""
    mapping = mapping_of(template)
    for name in NAMES:
        for password in PASSWORDS:
            try:
                found = event(mapping, request(name, password))
                asked = read_request(plain_event(found))
            except (ValueError, DeniedError) as error:
                yield f"{name}, {password!r}: {error}"
                continue
            kept = {key: found[key] for key in ("protocol", "serverId", "sourceIp")}
            sent = {"protocol": "SFTP", "serverId": "s-1", "sourceIp": "203.0.113.7"}
            if (asked.username, asked.typed, kept) != (name, password, sent) or len(
                found
            ) != 2 + len(sent):
                yield f"{name}, {password!r} arrives as {found}"


def request(name: str, password: str) -> ApiRequest:
    """Make the request that Transfer sends; without a password it has no header for one."""
    header = {"PasswordBase64": base64.b64encode(password.encode()).decode()} if password else {}
    return ApiRequest(
        path={"serverId": "s-1", "username": quote(name, safe="")},
        query={"protocol": "SFTP", "sourceIp": "203.0.113.7"},
        header=header,
    )
