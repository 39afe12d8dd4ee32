from __future__ import annotations

import json

import pytest

from ferrygate.cli.prompts import TerminalPrompter
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    CannotReachError,
    KeychainError,
    NoSpaceError,
    SignInRefusedError,
)
from ferrygate.common.message import message
from ferrygate.engine.messages.session import (
    HostKeyQuestion,
    Notice,
    PromptQuestion,
    ServerSaid,
    SessionChanged,
    SessionState,
)
from support.fake_clock import ManualClock

Capture = pytest.CaptureFixture[str]

QUESTION = HostKeyQuestion(1, "sftp.example.org", "ssh-ed25519", "SHA256:abc")


@pytest.mark.parametrize("accept", [True, False])
def test_without_a_person_a_host_key_is_as_said_beforehand(
    clock: Clock, capsys: Capture, *, accept: bool
) -> None:
    prompter = TerminalPrompter(Terminal(clock), clock, accept_new_host_key=accept)
    assert prompter.confirm_host_key(QUESTION) is accept
    told = capsys.readouterr().err
    assert "sftp.example.org" in told
    assert "SHA256:abc (ssh-ed25519)" in told


def test_without_a_person_the_servers_questions_are_refused(clock: Clock) -> None:
    prompter = TerminalPrompter(Terminal(clock), clock, accept_new_host_key=True)
    assert prompter.answer_prompt(PromptQuestion(1, "Your PIN:", echo=False)) is None


def test_a_wait_is_told_once_where_there_is_no_terminal(clock: Clock, capsys: Capture) -> None:
    prompter = TerminalPrompter(Terminal(clock), clock, accept_new_host_key=False)
    prompter.waiting_for_code(clock.now() + 6.3)
    assert capsys.readouterr().err == ("Waiting 7 s for the next code (each code is good once)\n")


def test_a_notice_is_told_and_remembered(clock: Clock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    terminal.as_json = True
    prompter = TerminalPrompter(terminal, clock, accept_new_host_key=False)
    problem = KeychainError(
        message("The keychain is locked."), next_step=message("Unlock it.")
    ).problem
    prompter.notice(Notice(problem))
    assert prompter.noticed == [problem]
    told = capsys.readouterr()
    assert told.err == "The keychain is locked. Unlock it.\n"
    record = json.loads(told.out)
    assert (record["event"], record["code"]) == ("warning", "keychain")
    assert record["sentence"] == "The keychain is locked."


AWAY = SessionState.RECONNECTING


def test_a_lost_connection_is_told_once_for_each_try(clock: ManualClock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    prompter = TerminalPrompter(terminal, clock, accept_new_host_key=False)
    prompter.connection_changed(SessionChanged(SessionState.SIGNED_IN))
    assert capsys.readouterr().err == "", "it was not away"
    prompter.connection_changed(SessionChanged(AWAY))
    prompter.connection_changed(SessionChanged(AWAY))  # the steps of the try
    prompter.connection_changed(SessionChanged(AWAY, clock.now() + 8.0))
    prompter.connection_changed(SessionChanged(AWAY))
    clock.time += 8
    prompter.connection_changed(SessionChanged(AWAY, clock.now() + 16.0))
    prompter.connection_changed(SessionChanged(SessionState.SIGNED_IN))
    assert capsys.readouterr().err.splitlines() == [
        "Connection lost, next try in 1 s",
        "Connection lost, next try in 8 s",
        "Connection lost, next try in 16 s",
        "Connected again.",
    ]
    assert terminal.given_up is None


def test_a_lost_connection_is_an_event_for_programs(clock: ManualClock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    terminal.as_json = True
    prompter = TerminalPrompter(terminal, clock, accept_new_host_key=False)
    problem = CannotReachError(message("It cannot be reached.")).problem
    for change in (
        SessionChanged(AWAY),
        SessionChanged(AWAY, clock.now() + 8.4, problem),
        SessionChanged(SessionState.SIGNED_IN),
        SessionChanged(AWAY),
        SessionChanged(SessionState.OFFLINE, problem=problem),
    ):
        prompter.connection_changed(change)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {record["event"] for record in told} == {"connection"}
    assert [(record["state"], record["next_try_seconds"]) for record in told] == [
        ("reconnecting", 0),
        ("reconnecting", 8),
        ("signed-in", None),
        ("reconnecting", 0),
        ("offline", None),
    ]
    assert terminal.given_up == problem


def test_the_servers_words_are_said_once(clock: Clock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    prompter = TerminalPrompter(terminal, clock, accept_new_host_key=False)
    for words in ("Account suspended.\nCall 555-0199.", "Bye.", "Bye."):
        prompter.server_said(ServerSaid(words))
    terminal.tell(
        SignInRefusedError(message("No."), server_said="Account suspended. Call 555-0199.").problem
    )
    assert capsys.readouterr().err == (
        "The server says: “Account suspended.\nCall 555-0199.”\nThe server says: “Bye.”\nNo.\n"
    )
    terminal.tell(SignInRefusedError(message("No."), server_said="Too late.").problem)
    assert "Too late." in capsys.readouterr().err


def test_words_that_are_a_part_of_what_was_said_are_said(clock: Clock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    for words in ("Your quota is full at 5 GB.", "full", r"full \x1b"):
        terminal.quote(words)
    terminal.tell(NoSpaceError(message("No."), server_said="quota").problem)
    terminal.tell(NoSpaceError(message("No."), server_said="full\n\x1b").problem)
    assert [line for line in capsys.readouterr().err.splitlines() if "says" in line] == [
        "The server says: “Your quota is full at 5 GB.”",
        "The server says: “full”",
        "The server says: “full \\x1b”",
        "The server says: “quota”",
    ]


def test_a_banner_in_pieces_is_said_once(clock: Clock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    terminal.quote("Welcome.")
    terminal.quote("Maintenance\nat 9.")
    terminal.tell(
        SignInRefusedError(message("No."), server_said="Welcome. Maintenance at 9.").problem
    )
    assert capsys.readouterr().err.endswith("at 9.”\nNo.\n")


def test_the_servers_words_are_a_warning_for_programs(clock: Clock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    terminal.as_json = True
    TerminalPrompter(terminal, clock, accept_new_host_key=False).server_said(ServerSaid("Hello."))
    record = json.loads(capsys.readouterr().out)
    assert (record["code"], record["server_said"]) == ("server-said", "Hello.")
