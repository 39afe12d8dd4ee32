"""Each failure on the way to a server has somebody who can mend it."""

from __future__ import annotations

import pytest

from ferrygate.access_check.blame import Evidence, party_for
from ferrygate.access_check.stages import Party, Stage
from ferrygate.common.errors import Kind
from ferrygate.sign_in.steps import Step
from ferrygate.ssh.connect_steps import AddressFailed, AlgorithmsDiffer, OtherProtocolRead
from ferrygate.ssh.other_protocols import Protocol

SILENT = AddressFailed("192.0.2.1", 22, 5000, is_refused=False, reason="timed out")
CLOSED = AddressFailed("192.0.2.1", 22, 1, is_refused=True, reason="connection refused")


def blamed(kind: Kind, stage: Stage, *steps: Step) -> Party:
    return party_for(kind, stage, Evidence(steps=steps))


@pytest.mark.parametrize(
    ("is_okta_there", "who"),
    [(None, Party.YOU), (True, Party.CONTACT), (False, Party.NETWORK)],
)
def test_a_name_that_is_not_found_is_told_from_a_network_that_is_down(
    is_okta_there: bool | None,  # noqa: FBT001  a case
    who: Party,
) -> None:
    evidence = Evidence(is_okta_there=is_okta_there)
    assert party_for(Kind.CANNOT_REACH, Stage.DNS, evidence) is who


def test_a_closed_port_is_told_from_a_filtered_one() -> None:
    assert blamed(Kind.CANNOT_REACH, Stage.TCP, SILENT, CLOSED) is Party.CONTACT
    assert blamed(Kind.CANNOT_REACH, Stage.TCP, SILENT) is Party.NETWORK


@pytest.mark.parametrize(
    ("protocol", "who"),
    [
        (Protocol.WEB, Party.NETWORK),
        (Protocol.PROXY, Party.NETWORK),
        (Protocol.TLS, Party.CONTACT),
        (Protocol.FTP, Party.CONTACT),
        (Protocol.MAIL, Party.CONTACT),
        (None, Party.CONTACT),
    ],
)
def test_what_answers_on_the_way_is_told_from_another_server(
    protocol: Protocol | None, who: Party
) -> None:
    step = OtherProtocolRead(protocol, "220 ready")
    assert blamed(Kind.CANNOT_REACH, Stage.FIRST_LINE, step) is who


def test_a_web_server_at_a_wrong_port_is_told_from_a_log_in_page() -> None:
    complaint = OtherProtocolRead(Protocol.WEB, "HTTP/1.1 400 Bad Request")
    assert blamed(Kind.CANNOT_REACH, Stage.FIRST_LINE, complaint) is Party.CONTACT
    page = (OtherProtocolRead(Protocol.WEB, "HTTP/1.1 302 Found"),)
    for is_okta_there, who in ((True, Party.CONTACT), (False, Party.NETWORK)):
        evidence = Evidence(steps=page, is_okta_there=is_okta_there)
        assert party_for(Kind.CANNOT_REACH, Stage.FIRST_LINE, evidence) is who


def test_silence_is_a_networks_and_a_busy_server_its_owners() -> None:
    assert blamed(Kind.CANNOT_REACH, Stage.FIRST_LINE) is Party.NETWORK
    assert blamed(Kind.SERVER_BUSY, Stage.FIRST_LINE) is Party.OWNER


@pytest.mark.parametrize(("is_too_old", "who"), [(True, Party.OWNER), (False, Party.YOU)])
def test_an_old_server_is_told_from_an_old_ferrygate(who: Party, *, is_too_old: bool) -> None:
    step = AlgorithmsDiffer("ciphers", ("a",), ("b",), is_too_old)
    assert blamed(Kind.SERVER_UNUSABLE, Stage.ALGORITHMS, step) is who


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (Kind.HOST_KEY_CHANGED, Party.CONTACT),
        (Kind.SIGN_IN_METHOD, Party.CONTACT),
        (Kind.PASSPHRASE_MISSING, Party.YOU),
        (Kind.NO_SPACE, Party.OWNER),
        (Kind.PERMISSION_DENIED, Party.CONTACT),
    ],
)
def test_elsewhere_the_kind_of_problem_decides(kind: Kind, who: Party) -> None:
    assert blamed(kind, Stage.SIGN_IN) is who
