"""A server's prompts and words, at a terminal and without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from e2e.program import Program, connection_file
from e2e.screen import at_a_terminal
from ferrygate.sites.site import SignInSettings, Site, Support
from servers.rigs.asking import Asked, Round, asking_server
from servers.rigs.server_process import HOST

pytestmark = pytest.mark.timeout(60)

PUSH: Round = (
    "Welcome to the freezer room.\u202e",
    [("Passcode, or leave empty for a push::", False)],
)
NUMBER: Round = ("Enter the number 42 in your app.", [])


def site_for(asked: Asked, folder: Path) -> Path:
    site = Site(
        name="asking",
        host=HOST,
        port=asked.port,
        username="vendor7",
        sign_in=SignInSettings(
            steps=("keyboard-interactive",),
            prompts=(("Passcode, or leave empty for a push::", "ask"),),
        ),
        support=Support(contact="help@example.org"),
    )
    return connection_file(folder, site)


def test_a_person_sees_what_the_server_says_and_may_answer_nothing(
    bare: Program, tmp_path: Path
) -> None:
    program = bare.with_secrets("correct horse", "JBSWY3DPEHPK3PXP")
    with asking_server([PUSH, NUMBER]) as asked:
        site = site_for(asked, tmp_path)
        with at_a_terminal(program, "ls", site, "--accept-new-host-key") as screen:
            screen.wait_for("for a push:")
            screen.type("")
            screen.wait_for("42 in your app")
            assert screen.end() == 0
    assert asked.answers == [[""], []]
    assert "Welcome to the freezer room.\\u202e" in screen.text
    assert "The server says: “Enter the number 42 in your app.”" in screen.text
    question = next(line for line in screen.text.splitlines() if "The server asks" in line)
    assert question.rstrip() == "The server asks: Passcode, or leave empty for a push:"


def test_without_a_terminal_a_question_ends_the_command_with_the_servers_words(
    bare: Program, tmp_path: Path
) -> None:
    program = bare.with_secrets("correct horse", "JBSWY3DPEHPK3PXP")
    with asking_server([PUSH]) as asked:
        site = site_for(asked, tmp_path)
        outcome = program("ls", site, "--accept-new-host-key", "--json")
    assert outcome.returncode == 2
    assert asked.answers == []
    error = json.loads(outcome.stdout)["error"]
    assert error["kind"] == "prompt-unanswered"
    assert error["contact"] == "help@example.org"
    assert "push::" in error["server_said"]
    assert "“prompts” in [sign_in]" in error["next_step"]


def test_a_password_of_another_encoding_is_named_and_never_sent(
    bare: Program, tmp_path: Path
) -> None:
    with asking_server([PUSH]) as asked:
        site = site_for(asked, tmp_path)
        with at_a_terminal(bare, "ls", site, "--accept-new-host-key") as screen:
            screen.wait_for("Password of vendor7")
            screen.type("caf\udce9")
            assert screen.end() == 2
    assert asked.answers == []
    assert "is not UTF-8 text" in screen.text
    assert "0xe9" not in screen.text
