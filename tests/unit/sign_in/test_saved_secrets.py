"""A saved secret leaves only for a host key that it was proven with, or that a person confirms."""

from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.errors import HostKeyUnknownError, SecretsMissingError
from ferrygate.common.secret import SecretKind
from ferrygate.sign_in.credentials import Credentials
from support.attempt_rig import CREDENTIALS, KEY, OTHER_KEY, SITE, AttemptRig

PASSWORD, CODE_SECRET = SecretKind.PASSWORD, SecretKind.CODE_SECRET
# A stranger's file pins the right server's key, which is public, beside one of the stranger's own.
MAILED = msgspec.structs.replace(
    SITE, host_key_fingerprints=(OTHER_KEY.fingerprint, KEY.fingerprint)
)


def saved(**keys: str) -> Credentials:
    """Holds the secrets of a keychain, each kind with the key that it was proven with, if any."""
    return msgspec.structs.replace(
        CREDENTIALS,
        saved_for={
            SecretKind[kind]: frozenset(filter(None, text.split(",")))
            for kind, text in keys.items()
        },
    )


def test_a_saved_secret_leaves_for_the_key_it_was_proven_with(case: AttemptRig) -> None:
    case.sign_in(MAILED, saved(PASSWORD=KEY.fingerprint, CODE_SECRET=KEY.fingerprint))
    assert len(case.server.sent) == 1
    assert KEY not in case.watcher.told  # and nobody had to confirm what is known


@pytest.mark.parametrize("kind", [PASSWORD, CODE_SECRET])
def test_a_pin_in_a_file_is_not_enough(case: AttemptRig, kind: SecretKind) -> None:
    case.server.host_key = OTHER_KEY
    with pytest.raises(SecretsMissingError, match="another key"):
        case.sign_in(MAILED, saved(**{kind.name: KEY.fingerprint}))
    assert case.watcher.told[-1] == {kind}
    assert case.server.sent == []
    assert case.server.closed
    assert not case.server.asked
    assert case.known_hosts.keys_for(SITE.host, SITE.port) == ()


def test_nor_is_a_key_that_a_file_brought_on_record(case: AttemptRig) -> None:
    case.known_hosts.add(SITE.host, SITE.port, OTHER_KEY)
    case.server.host_key = OTHER_KEY
    with pytest.raises(SecretsMissingError):
        case.sign_in(MAILED, saved(PASSWORD=KEY.fingerprint))
    assert case.server.sent == []


def test_what_is_typed_now_leaves_for_a_pinned_key(case: AttemptRig) -> None:
    case.server.host_key = OTHER_KEY
    case.sign_in(MAILED)
    assert len(case.server.sent) == 1


@pytest.mark.parametrize("on_record", [False, True])
def test_a_secret_kept_before_any_sign_in_needs_a_persons_word(
    case: AttemptRig, *, on_record: bool
) -> None:
    if on_record:
        case.known_hosts.add(SITE.host, SITE.port, KEY)
    case.watcher.accept = False
    with pytest.raises(HostKeyUnknownError):
        case.sign_in(SITE, saved(CODE_SECRET=""))
    assert case.server.sent == []
    case.watcher.accept = True
    case.sign_in(SITE, saved(CODE_SECRET=""))
    assert len(case.server.sent) == 1
    assert case.watcher.told.count(KEY) == 2


def test_a_person_is_asked_once_for_an_attempt(case: AttemptRig) -> None:
    case.ledger.claim(CREDENTIALS.code_secret, 100)  # type: ignore[arg-type]  # so it connects twice
    bare = msgspec.structs.replace(SITE, host_key_fingerprints=())
    case.sign_in(bare, saved(CODE_SECRET=""))
    assert len(case.connects) == 2
    assert case.watcher.told.count(KEY) == 1


def test_what_the_steps_do_not_send_does_not_matter(case: AttemptRig) -> None:
    case.server.host_key = OTHER_KEY
    case.sign_in(MAILED, saved(PASSPHRASE=KEY.fingerprint))
    assert len(case.server.sent) == 1
