"""A code that is typed at a terminal, comes on standard input, or is given by a program."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import ferrygate
from e2e.program import Program, connection_file, records, wait_until
from e2e.screen import at_a_terminal
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Kind, UsageError
from ferrygate.common.paths import Home
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import code_secret_of, site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(60)]


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    """Run a sandbox whose codes live long enough to be typed, and give way soon enough."""
    return make_sandbox(period=8)


@pytest.fixture
def place(box: Sandbox, tmp_path: Path) -> Path:
    return connection_file(tmp_path, site_of(box.ready))


@pytest.fixture
def program(bare: Program, box: Sandbox) -> Program:
    """Give the program with a password, and nothing to make codes from."""
    environment = {**bare.environment, "FERRYGATE_PASSWORD": box.ready.password.reveal()}
    return Program(environment)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Make a small file and a large one."""
    small, large = tmp_path / "a.txt", tmp_path / "b.bin"
    small.write_text("here")
    large.write_bytes(bytes(4_000_000))
    return [small, large]


def phone(box: Sandbox, but: str = "") -> str:
    """Read the code that the phone shows, once it shows another one than ``but``."""
    secret, clock = code_secret_of(box.ready), SystemClock()

    def shown() -> str:
        return secret.code_for_step(secret.step_at(clock.now()))

    wait_until(lambda: shown() != but)
    return shown()


def outcomes(box: Sandbox) -> list[str]:
    return [record.outcome for record in box.log]


def test_a_code_on_standard_input_signs_in_once(
    program: Program, box: Sandbox, place: Path, private_home: Path
) -> None:
    program.environment["FERRYGATE_LOG"] = "debug"
    code = phone(box)
    first = program("ls", place, "--code-stdin", stdin=f"{code[:3]} {code[3:]}\nmore\n")
    assert first.returncode == 0, first.stderr
    again = program("ls", place, "--code-stdin", "--json", stdin=code)
    assert again.returncode == 2
    (error,) = records(again, "error")
    assert error["error"]["kind"] == "code-needed"
    assert again.stderr == "That code was used already. Type the next one.\n"
    kept = [path for path in private_home.rglob("*") if path.is_file()]
    assert [path.name for path in kept if code.encode() in path.read_bytes()] == []
    assert any(path.suffix == ".log" for path in kept)
    assert code not in first.stdout + first.stderr + again.stdout
    assert outcomes(box) == ["granted"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b"", "There is no code on standard input."),
        (b"\n123456\n", "There is no code on standard input."),
        (b"12345\n", "A code of this server has 6 digits, and 5 were typed."),
        (b"123456x\n", "A code is made of digits alone."),
        (b"\xff\xfe\n", "Standard input is not UTF-8 text."),
        (b"1" * 5000, "Standard input is too long for a secret."),
    ],
)
def test_what_is_no_code_ends_the_command_before_anything_is_sent(
    program: Program, box: Sandbox, place: Path, given: bytes, sentence: str
) -> None:
    with program.running("ls", place, "--code-stdin") as process:
        assert process.stdin is not None
        assert process.stderr is not None
        os.write(process.stdin.fileno(), given)
        process.stdin.close()
        told = process.stderr.read()
        assert process.wait(20) == 2
    assert told.startswith(sentence)
    assert len(box.log) == 0


@pytest.mark.parametrize(
    "options", [("--ask-code", "--code-stdin"), ("--ask-code",)], ids=["both", "no terminal"]
)
def test_options_that_make_no_sense_are_wrong_usage(
    program: Program, box: Sandbox, place: Path, options: tuple[str, ...]
) -> None:
    assert program("ls", place, *options).returncode == 2
    assert len(box.log) == 0


def test_where_no_secret_is_the_options_are_named(program: Program, place: Path) -> None:
    outcome = program("ls", place)
    assert outcome.returncode == 2
    assert "--ask-code" in outcome.stderr
    assert "--code-stdin" in outcome.stderr
    with at_a_terminal(program, "ls", place) as screen:
        screen.wait_for("To type a code from a phone or token instead, add --ask-code.")
        assert screen.interrupt() == 130


def test_a_cut_ends_a_command_whose_code_came_on_standard_input(
    program: Program, box: Sandbox, place: Path, files: list[Path]
) -> None:
    options = ("--code-stdin", "--json", "--limit-rate", "400K")
    with program.running("put", place, *files, "/inbox", *options) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(phone(box))
        process.stdin.close()
        first = process.stdout.readline()
        box.faults.drop_connections()
        output, told = first + process.stdout.read(), process.stderr.read()
        assert process.wait(20) == 2, told
    lines = [json.loads(line) for line in output.splitlines()]
    ends = [record for record in lines if record["event"] == "file"]
    states = {Path(record["local"]).name: record["state"] for record in ends}
    assert states == {"a.txt": "delivered", "b.bin": "needs-attention"}
    away = [record["state"] for record in lines if record["event"] == "connection"]
    assert away == ["offline"]
    *_records, error, summary = lines
    assert error["error"]["kind"] == "code-needed"
    assert (summary["exit"], summary["counts"]["delivered"]) == (2, 1)
    sentence = "The connection was lost, and it takes another code to go on."
    assert told.count(sentence) == 1
    assert outcomes(box) == ["granted"]


def test_a_secret_that_is_there_brings_the_connection_back_alone(
    program: Program, box: Sandbox, place: Path, files: list[Path]
) -> None:
    both = program.with_secrets(box.ready.password.reveal(), box.ready.totp_secret.reveal())
    box.faults.cut_after(1_000_000)
    outcome = both("put", place, *files, "/inbox", "--code-stdin", stdin=phone(box))
    assert outcome.returncode == 0, outcome.stderr
    assert outcomes(box) == ["granted", "granted"]


def test_a_person_is_asked_once_the_server_is_reached_and_again_after_a_cut(
    program: Program, box: Sandbox, place: Path, files: list[Path]
) -> None:
    box.faults.cut_after(1_000_000)
    with at_a_terminal(program, "put", place, *files, "/inbox", "--ask-code") as screen:
        screen.wait_for("Code from your phone or token: ")
        assert len(box.log) == 0
        screen.type("12")
        screen.wait_for("A code of this server has 6 digits, and 2 were typed.")
        code = phone(box)
        screen.type(code)
        screen.wait_for("Type the next code to go on: ")
        screen.type(phone(box, but=code))
        screen.wait_for("Connected again.")
        assert screen.end() == 0
    assert outcomes(box) == ["granted", "granted"]
    assert code in screen.text, "it shows while it is typed"


def test_a_person_who_breaks_off_at_the_question_gets_each_file_told(
    program: Program, box: Sandbox, place: Path, files: list[Path]
) -> None:
    box.faults.cut_after(1_000_000)
    with at_a_terminal(program, "put", place, *files, "/inbox", "--ask-code") as screen:
        screen.wait_for("Code from your phone or token: ")
        screen.type(phone(box))
        screen.wait_for("Type the next code to go on: ")
        assert screen.interrupt() == 130
    assert "Interrupted." in screen.text
    assert outcomes(box) == ["granted"]


def test_a_secret_in_the_environment_does_not_keep_a_person_from_being_asked(
    program: Program, box: Sandbox, place: Path
) -> None:
    both = program.with_secrets(box.ready.password.reveal(), box.ready.totp_secret.reveal())
    with at_a_terminal(both, "ls", place, "--ask-code") as screen:
        screen.wait_for("Code from your phone or token: ")
        screen.type(phone(box))
        assert screen.end() == 0


def test_a_check_takes_a_typed_code_in_place_of_a_key_that_cannot_be_used(
    program: Program, box: Sandbox, place: Path
) -> None:
    both = program.with_secrets(box.ready.password.reveal(), "no key at all")
    assert both("check", place, "--sign-in").returncode == 2
    with at_a_terminal(both, "check", place, "--sign-in", "--ask-code") as screen:
        screen.wait_for("Code from your phone or token: ")
        screen.type(phone(box))
        assert screen.end() == 0
    assert outcomes(box) == ["granted"]


def test_a_program_gives_a_code(box: Sandbox, private_home: Path, files: list[Path]) -> None:
    told: list[SessionChanged] = []
    with ferrygate.connect(
        site_of(box.ready),
        password=box.ready.password.reveal(),
        code=phone(box),
        home=Home(private_home),
        on_connection=told.append,
    ) as session:
        box.faults.cut_after(1_000_000)
        result = session.put(files[1], "/inbox")
        (large,) = result.files
        assert large.problem is not None
        assert large.problem.kind is Kind.CODE_NEEDED, large.problem
        with pytest.raises(ferrygate.FerrygateError) as caught:
            session.put(files[0], "/inbox")
        assert caught.value.problem.kind is Kind.CODE_NEEDED
    assert told[-1].state is SessionState.OFFLINE


@pytest.mark.parametrize(
    ("code", "error"), [(123456, TypeError), ("12345", UsageError), ("", UsageError)]
)
def test_what_a_program_gives_is_checked_before_the_network(
    box: Sandbox, private_home: Path, code: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        ferrygate.connect(site_of(box.ready), password="x", code=code, home=Home(private_home))  # type: ignore[arg-type]
    assert len(box.log) == 0
