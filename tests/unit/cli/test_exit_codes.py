from __future__ import annotations

import pytest

from ferrygate.cli.exit_codes import Exit, exit_for
from ferrygate.common.errors import Kind

# Everything else is “something failed”.
EXPECTED = {
    Kind.CANCELLED: 130,
    Kind.CANNOT_REACH: 5,
    Kind.CODE_NEEDED: 2,
    Kind.CODE_NOT_SET_UP: 3,
    Kind.CODE_SECRET: 2,
    Kind.CONNECTION_FILE: 2,
    Kind.CONNECTION_LOST: 5,
    Kind.HOST_KEY_CHANGED: 4,
    Kind.HOST_KEY_UNKNOWN: 4,
    Kind.LOCK_OUT_BREAKER: 6,
    Kind.LOCK_OUT_SHUT: 6,
    Kind.PASSPHRASE_MISSING: 2,
    Kind.PASSWORD_EXPIRED: 3,
    Kind.PRIVATE_KEY: 2,
    Kind.PROMPT_UNANSWERED: 2,
    Kind.SECRETS_MISSING: 2,
    Kind.SERVER_BUSY: 5,
    Kind.SERVER_SILENT: 5,
    Kind.SERVER_UNUSABLE: 5,
    Kind.SETTINGS: 2,
    Kind.SIGN_IN_METHOD: 3,
    Kind.SIGN_IN_REFUSED: 3,
    Kind.SIGN_IN_UNANSWERED: 3,
    Kind.USAGE: 2,
}


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
def test_every_kind_has_its_exit_status(kind: Kind) -> None:
    assert exit_for(kind) == EXPECTED.get(kind, 1)


def test_no_status_means_success() -> None:
    assert Exit.DONE not in {exit_for(kind) for kind in Kind}
