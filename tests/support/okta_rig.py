"""Ways to ask Okta as the product does, and an Okta whose answers are written down."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.errors import CannotReachError, FerrygateError
from ferrygate.common.message import message
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.okta_attempts import OktaAttempts
from ferrygate.sign_in.okta_http import OktaAnswer, OktaConnection, OktaConnector
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.sites.skew import SkewStore
from support.fake_clock import ManualClock

ADDRESS = "https://example.okta.com"
SITE = Site(
    name="Acme",
    host="sftp.example.org",
    username="vendor7",
    sign_in=SignInSettings(okta_address=ADDRESS),
)
PASSWORD = Secret("correct horse")
KEY = "JBSWY3DPEHPK3PXP"
TOKEN = "token7"


class OktaRig:
    """Holds a ledger, the corrections of the clock, and attempts that use both."""

    def __init__(self, folder: Path, clock: Clock, connector: OktaConnector) -> None:
        self.ledger = Ledger(folder / "ledger", clock, SystemProcesses(), secrets.token_bytes)
        self.skews = SkewStore(folder / "skew.json")
        self.attempts = OktaAttempts(self.ledger, self.skews, connector, clock)


class FakeOkta:
    """Gives prepared answers, raises prepared errors, and keeps what it was asked."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.takes = 0.0
        self.answers: list[OktaAnswer | FerrygateError] = []
        self.asked: list[tuple[str, Mapping[str, object]]] = []
        self.reachable = True

    @contextmanager
    def open(self, address: str) -> Iterator[OktaConnection]:
        assert address == ADDRESS
        if not self.reachable:
            raise CannotReachError(message("nobody there"))
        yield self

    def post(self, path: str, document: Mapping[str, object]) -> OktaAnswer:
        self._clock.time += self.takes
        self.asked.append((path, document))
        answer = self.answers.pop(0)
        if isinstance(answer, FerrygateError):
            raise answer
        return answer

    def head(self, path: str) -> OktaAnswer:
        return self.post(path, {})


def answer(http_status: int = 200, /, **document: Any) -> OktaAnswer:
    """Make an answer with a JSON document."""
    return OktaAnswer(status=http_status, body=msgspec.json.encode(document))


def begun(**activation: Any) -> OktaAnswer:
    """Okta's answer to an enrolment that begins, with some changes."""
    given = {"timeStep": 30, "sharedSecret": KEY, "encoding": "base32", "keyLength": 6}
    factor = {"id": "ostf1", "_embedded": {"activation": given | activation}}
    return answer(status="MFA_ENROLL_ACTIVATE", stateToken=TOKEN, _embedded={"factor": factor})


MFA_ENROLL = answer(status="MFA_ENROLL", stateToken=TOKEN)
MFA_REQUIRED = answer(status="MFA_REQUIRED", stateToken=TOKEN)
