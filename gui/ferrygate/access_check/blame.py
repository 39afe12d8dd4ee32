"""Decides who can mend a stage that has failed."""

from __future__ import annotations

import re

import msgspec

from ferrygate.access_check.stages import Party, Stage
from ferrygate.common.errors import Kind
from ferrygate.sign_in.steps import Step
from ferrygate.ssh.connect_steps import AddressFailed, AlgorithmsDiffer, OtherProtocolRead
from ferrygate.ssh.other_protocols import Protocol

_OF_KIND = {
    Kind.CODE_NEEDED: Party.YOU,
    Kind.CODE_SECRET: Party.YOU,
    Kind.CONFLICT: Party.YOU,
    Kind.INTERNAL: Party.OWNER,
    Kind.KEYCHAIN: Party.YOU,
    Kind.LEASE_LOST: Party.YOU,
    Kind.LOCK_OUT_BREAKER: Party.YOU,
    Kind.NO_SPACE: Party.OWNER,
    Kind.PASSPHRASE_MISSING: Party.YOU,
    Kind.PASSWORD_EXPIRED: Party.YOU,
    Kind.PRIVATE_KEY: Party.YOU,
    Kind.PROMPT_UNANSWERED: Party.YOU,
    Kind.SECRETS_MISSING: Party.YOU,
    Kind.SERVER_BUSY: Party.OWNER,
    Kind.SETTINGS: Party.YOU,
    Kind.USAGE: Party.YOU,
}
_ON_THE_WAY = frozenset({Protocol.WEB, Protocol.PROXY})  # a network's sign-in page, above all
_BAD_REQUEST = re.compile(r"(?i)\b400\b|bad request")  # RFC 9110 §15.5.1


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Holds what is known of a failure beside its kind.

    Attributes:
        steps: those of the attempt that tell what was met in place of the server.
        is_okta_there: Okta has answered from here; ``None`` if Okta was not asked.
    """

    steps: tuple[Step, ...] = ()
    is_okta_there: bool | None = None


def party_for(kind: Kind, stage: Stage, evidence: Evidence) -> Party:
    """Name those who can mend a problem of this kind at this stage."""
    match stage:
        case Stage.DNS:
            return _for_name(evidence.is_okta_there)
        case Stage.TCP:
            failed = [step for step in evidence.steps if isinstance(step, AddressFailed)]
            return Party.CONTACT if any(step.is_refused for step in failed) else Party.NETWORK
        case Stage.FIRST_LINE if kind is Kind.CANNOT_REACH:
            return _for_answer(evidence)
        case Stage.ALGORITHMS if kind is Kind.SERVER_UNUSABLE:
            differ = [step for step in evidence.steps if isinstance(step, AlgorithmsDiffer)]
            is_newer = any(not step.is_too_old for step in differ)
            return Party.YOU if is_newer else Party.OWNER
        case _:
            return _OF_KIND.get(kind, Party.CONTACT)


def _for_name(is_okta_there: bool | None) -> Party:  # noqa: FBT001  one fact
    """Choose by whether Okta's name was found from here, which tells that names are."""
    if is_okta_there is None:
        return Party.YOU
    return Party.CONTACT if is_okta_there else Party.NETWORK


def _for_answer(evidence: Evidence) -> Party:
    """Choose by what answered in place of an SSH server; silence is mostly a firewall's.

    A network's log-in page lets nothing else be reached, and leads elsewhere. So where Okta is
    reached, or the answer is a web server's complaint about SSH, the address is the wrong one.
    """
    others = [step for step in evidence.steps if isinstance(step, OtherProtocolRead)]
    if not others:
        return Party.NETWORK
    last = others[-1]
    is_web_server = evidence.is_okta_there or bool(_BAD_REQUEST.search(last.first))
    if last.protocol not in _ON_THE_WAY or (last.protocol is Protocol.WEB and is_web_server):
        return Party.CONTACT
    return Party.NETWORK
