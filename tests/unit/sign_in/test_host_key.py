"""Every row of the table that decides about a server's key."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import HostKeyChangedError
from ferrygate.sign_in.host_key import Verdict, check_host_key
from ferrygate.sites.known_hosts import HostKey
from ferrygate.sites.site import Site

A, B = HostKey("ssh-ed25519", b"a"), HostKey("ssh-ed25519", b"b")
RSA = HostKey("ssh-rsa", b"r")
KNOWN, PINNED, UNKNOWN = Verdict.KNOWN, Verdict.PINNED, Verdict.UNKNOWN


def site(*pins: HostKey) -> Site:
    fingerprints = tuple(key.fingerprint for key in pins)
    return Site(name="s", host="sftp.example.org", host_key_fingerprints=fingerprints)


@pytest.mark.parametrize(
    ("known", "pins", "shown", "verdict"),
    [
        ((), (), A, UNKNOWN),
        ((), (A,), A, PINNED),
        ((), (B, A), A, PINNED),
        ((A,), (), A, KNOWN),
        ((A,), (A,), A, KNOWN),
        ((A, RSA), (), RSA, KNOWN),
        ((A, RSA), (RSA,), A, KNOWN),  # the pin is of another key of the same server
    ],
)
def test_keys_that_may_be(
    known: tuple[HostKey, ...], pins: tuple[HostKey, ...], shown: HostKey, verdict: Verdict
) -> None:
    assert check_host_key(site(*pins), known, shown) is verdict


@pytest.mark.parametrize(
    ("known", "pins", "shown"),
    [
        ((B,), (), A),
        ((B,), (A,), A),  # a pin that contradicts the record is a changed key
        ((A,), (B,), A),  # nor does a key that another file brought stand in for the pinned one
        ((RSA,), (), A),  # the type on record was asked for first
        ((), (B,), A),
    ],
)
def test_keys_that_have_changed(
    known: tuple[HostKey, ...], pins: tuple[HostKey, ...], shown: HostKey
) -> None:
    with pytest.raises(HostKeyChangedError) as caught:
        check_host_key(site(*pins), known, shown)
    assert caught.value.problem.fingerprint == shown.fingerprint
    assert ("does not show the key" in str(caught.value)) is (not known)
    detail, step = caught.value.problem.detail, str(caught.value.problem.next_step)
    for key in (shown, (known or pins)[0]):  # both, for the person on the phone as well
        assert key.fingerprint in detail
        assert key.fingerprint in step
