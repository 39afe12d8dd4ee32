from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.session.given_up import Gone, given_up

LAST = Problem(kind=Kind.CANNOT_REACH, sentence=message("There is no way there."), detail="22")
FIRST = "first-line: SSH-2.0-AWS_SFTP_1.2\nalgorithms: curve25519-sha256 (not post-quantum)"


@pytest.mark.parametrize("why", Gone)
def test_a_session_that_is_given_up_tells_support_how_it_was_signed_in(why: Gone) -> None:
    assert given_up(why, 60.0, LAST, FIRST).steps == FIRST


def test_the_steps_of_the_last_try_go_before_those_of_the_session() -> None:
    tried = msgspec.structs.replace(LAST, steps="dns: failed, cannot-reach: 22")
    assert given_up(Gone.NOT_BACK, 60.0, tried, FIRST).steps == "dns: failed, cannot-reach: 22"
