"""Checks passwords and codes for AWS Transfer Family, as an AWS Lambda function.

AWS Transfer sends what the person typed as one string. The function cuts the code off its end,
asks Okta for both, and answers with a role and a home folder, or with ``{}``, which denies.
Source: AWS Transfer Family user guide, "Using AWS Lambda to integrate your identity provider".

Two rules hold everything together. Nothing is granted to an event with a password but by Okta's
SUCCESS for one code. And home and policy are made of the name that Okta says has signed in, never
of what was typed.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ferrygate.identity.config import Config
from ferrygate.identity.event import Request, plain_event, read_request
from ferrygate.identity.names import full_form, is_user_name, short_form
from ferrygate.identity.okta import SignedIn
from ferrygate.identity.reason import DeniedError

GrantedAnswer = dict[str, str | list[str]]


class IdentityProvider(Protocol):
    """Knows people's passwords and codes."""

    def sign_in(self, username: str, password: str, code: str) -> SignedIn:
        """Return who it is, once password and code were verified.

        Raises:
            DeniedError: in all other cases.
        """
        ...


@dataclass(frozen=True)
class Decision:
    """Tells how one sign-in ended.

    Attributes:
        reason: one word for the log.
        answer: what AWS Transfer gets; empty means denied.
        facts: further fields of the log line; never a secret.
    """

    reason: str
    answer: GrantedAnswer = field(default_factory=dict)
    facts: Mapping[str, str | int] = field(default_factory=dict)


class IdentityFunction:
    """Decides about sign-ins; settings and identity provider are parameters."""

    def __init__(self, config: Config, provider: IdentityProvider) -> None:
        self._config = config
        self._provider = provider

    def decide(self, event: object) -> Decision:
        """Grant or deny one event of AWS Transfer."""
        try:
            request = read_request(plain_event(event))
            asked = full_form(request.username, self._config.homes.sign_on_domain)
            self._admit(request, asked)
            if request.typed:
                return self._check_password(asked, request.typed)
            return self._offer_keys(asked)
        except DeniedError as denied:
            facts = {"step": "event"} | denied.facts | {"detail": denied.detail}
            return Decision(denied.reason, facts=facts)

    def _admit(self, request: Request, login: str) -> None:
        """Deny those who cannot be granted anyway, before Okta or anybody else hears of them."""
        config = self._config
        if config.source_networks and not self._comes_from_known_network(request.source_ip):
            raise DeniedError("source-network")
        if not is_user_name(login):  # too long with the domain
            raise DeniedError("user-name")
        if not config.homes.are_open_to(login):
            raise DeniedError("not-allowed")
        if config.public_keys is not None and login not in config.public_keys:
            raise DeniedError("no-keys")

    def _comes_from_known_network(self, source_ip: str) -> bool:
        try:
            address = ipaddress.ip_address(source_ip)
        except ValueError:
            return False
        return any(address in network for network in self._config.source_networks)

    def _offer_keys(self, login: str) -> Decision:
        """Answer the first of two phases: AWS Transfer checks the key, and then asks for more."""
        keys = self._config.public_keys
        if keys is None:
            raise DeniedError("no-password")
        return Decision("public-keys", self._grant(login) | {"PublicKeys": keys[login]})

    def _check_password(self, asked: str, typed: str) -> Decision:
        signed_in = self._provider.sign_in(asked, *self._cut(typed))
        facts = {**signed_in.facts, "step": "login"}
        login = signed_in.login
        if not is_user_name(login):
            raise DeniedError("unusable-login", **facts)
        login = login.lower()
        # With keys, the first phase has told AWS the home of the name as it was asked for.
        names = [login] if self._config.public_keys is not None else [login, short_form(login)]
        if asked not in names:
            raise DeniedError("other-login", **facts)
        if not self._config.homes.are_open_to(login):
            raise DeniedError("not-allowed", **facts)
        return Decision("granted", self._grant(login), facts)

    def _cut(self, typed: str) -> tuple[str, str]:
        """Return password and code."""
        digits = self._config.code_digits
        password, code = typed[:-digits], typed[-digits:]
        if not re.fullmatch(rf"[0-9]{{{digits}}}", code):
            raise DeniedError("no-code")
        if not password:
            raise DeniedError("only-a-code")
        return password, code

    def _grant(self, login: str) -> GrantedAnswer:
        target = self._config.homes.target_of(login)
        return {
            "Role": self._config.role_arn,
            "HomeDirectoryType": "LOGICAL",
            "HomeDirectoryDetails": json.dumps([{"Entry": "/", "Target": target}]),
            "Policy": self._config.policy_of(target),
        }
