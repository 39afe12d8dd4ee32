from __future__ import annotations

import pytest

from ferrygate.common.environment import SecretSources, has_screen, take_secrets
from ferrygate.common.secret import Secret


def test_secrets_are_taken_out() -> None:
    environ = {"FERRYGATE_PASSWORD": "p", "FERRYGATE_TOTP_SECRET": "s", "PATH": "/bin"}
    assert take_secrets(environ) == SecretSources(
        values={"FERRYGATE_PASSWORD": Secret("p"), "FERRYGATE_TOTP_SECRET": Secret("s")}
    )
    assert environ == {"PATH": "/bin"}


def test_where_their_files_are_is_taken_out_as_well() -> None:
    environ = {
        "FERRYGATE_PASSWORD_FILE": "/p",
        "FERRYGATE_TOTP_SECRET_FILE": "",
        "FERRYGATE_PASSPHRASE_FILE": "k",
        "CREDENTIALS_DIRECTORY": "/run/credentials/x",
    }
    assert take_secrets(environ) == SecretSources(
        files={"FERRYGATE_PASSWORD_FILE": "/p", "FERRYGATE_PASSPHRASE_FILE": "k"},
        credentials="/run/credentials/x",
    )
    assert environ == {"CREDENTIALS_DIRECTORY": "/run/credentials/x"}


def test_what_is_not_there_or_empty_is_none() -> None:
    environ = {"FERRYGATE_PASSWORD": ""}
    assert take_secrets(environ) == SecretSources()
    assert environ == {}


def test_they_do_not_show() -> None:
    assert "hush" not in repr(take_secrets({"FERRYGATE_PASSWORD": "hush"}))


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "linux", False),
        ({"DISPLAY": "", "TERM": "xterm"}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_whether_there_is_a_screen(environ: dict[str, str], platform: str, *, there: bool) -> None:
    assert has_screen(environ, platform) is there
