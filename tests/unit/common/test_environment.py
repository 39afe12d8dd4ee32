from __future__ import annotations

from ferrygate.common.environment import GivenSecrets, take_secrets
from ferrygate.common.secret import Secret


def test_secrets_are_taken_out() -> None:
    environ = {"FERRYGATE_PASSWORD": "p", "FERRYGATE_TOTP_SECRET": "s", "PATH": "/bin"}
    given = take_secrets(environ)
    assert given == GivenSecrets(password=Secret("p"), totp_secret=Secret("s"))
    assert environ == {"PATH": "/bin"}


def test_what_is_not_there_or_empty_is_none() -> None:
    environ = {"FERRYGATE_PASSWORD": ""}
    assert take_secrets(environ) == GivenSecrets()
    assert environ == {}


def test_they_do_not_show() -> None:
    assert "hush" not in repr(take_secrets({"FERRYGATE_PASSWORD": "hush"}))
