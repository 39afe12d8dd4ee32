"""Other services in place of a server are named, with their words, a kind and an exit status."""

from __future__ import annotations

import threading
from contextlib import closing

import paramiko
import pytest

from faults.wrong_answers import ROWS, Row, Then
from ferrygate.cli.exit_codes import exit_for
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.display import display_text
from ferrygate.common.errors import FerrygateError, Problem
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.connection import connect
from ferrygate.ssh.deadlines import Deadlines
from servers.rigs.server_process import HOST
from support.broken_peers import IDENT, Behaviour, Stranger, raw_peer
from support.scripted_ssh import Script, scripted_ssh

SHORT = Deadlines(connect=1.0, handshake=0.3)


def answering(row: Row) -> Behaviour:
    def behave(stranger: Stranger) -> None:
        if row.then is Then.HANGS_UP:
            stranger.hear()  # our name: what is not read would become a reset at the end
        stranger.say(row.said)
        if row.then is Then.WAITS:
            stranger.fall_silent()

    return behave


def told(behave: Behaviour, deadlines: Deadlines = SHORT) -> Problem:
    with raw_peer(behave) as (port, _came), pytest.raises(FerrygateError) as caught:
        connect(HOST, port, (), SystemClock(), deadlines, CancelToken(SystemThreads()))
    return caught.value.problem


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_answers_is_named(row: Row) -> None:
    problem = told(answering(row))
    assert str(row.sentence) in str(problem.sentence)
    assert (problem.kind, exit_for(problem.kind)) == (row.kind, 5)
    assert str(row.next_step) in str(problem.next_step)
    assert problem.next_step
    assert row.server_said in problem.server_said
    assert HOST in problem.detail


def test_another_protocol_is_not_waited_for() -> None:
    row = ROWS["MySQL"]
    clock = SystemClock()
    began = clock.monotonic()
    told(answering(row), Deadlines(handshake=30.0))
    assert clock.monotonic() - began < 3


def test_words_of_a_stranger_are_cut_and_clean() -> None:
    def behave(stranger: Stranger) -> None:
        stranger.say("\x1b[2J\u202eGo away\r\n".encode() * 500)
        stranger.fall_silent()

    said = told(behave).server_said
    assert len(said) <= 1000
    assert said == display_text(said)


def test_a_line_too_slow_to_sign_in_is_called_that() -> None:
    def behave(stranger: Stranger) -> None:
        for at in range(len(IDENT)):
            stranger.say(IDENT[at : at + 1])
            if not stranger.wait(0.03):
                break
        stranger.fall_silent()

    assert "too slow" in str(told(behave).sentence)


def test_lines_before_the_servers_name_may_take_their_time() -> None:
    script = Script()
    with scripted_ssh(script, before_ident=(b"One moment, please\r\n", 2.2)) as port:
        deadlines = Deadlines(handshake=15.0)
        with closing(
            connect(HOST, port, (), SystemClock(), deadlines, CancelToken(SystemThreads()))
        ) as connection:
            assert connection.alive


def test_no_thread_of_the_library_is_left() -> None:
    told(answering(ROWS["a captive portal"]))
    assert not [each for each in threading.enumerate() if isinstance(each, paramiko.Transport)]
