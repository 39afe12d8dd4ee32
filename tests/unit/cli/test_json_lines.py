"""Programs read one JSON object a line, each with its event."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ferrygate.cli.json_lines import (
    JsonEvent,
    local_fields,
    name_fields,
    problem_record,
    record_line,
)
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.errors import NotFoundError, Problem
from ferrygate.common.message import Duration, Size, message, plural_message
from ferrygate.common.remedies import CONTACT_CANNOT_HELP

Command = Callable[..., int]
Capture = pytest.CaptureFixture[str]

EVENTS = {"connection", "entry", "error", "file", "progress", "stage", "summary", "warning"}


def test_the_events_are_those_of_the_documentation() -> None:
    assert {event.value for event in JsonEvent} == EVENTS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(b"a\xff.csv", r"a\xff.csv", id="latin"),
        pytest.param(b"\x83e\x83X", r"\x83e\x83X", id="shift-jis"),
        pytest.param(b"caf\xc3\xa9 \xed\xa0\x80", "café \\xed\\xa0\\x80", id="half a pair"),
    ],
)
def test_a_name_that_is_not_utf_8_is_readable_and_its_bytes_are_there(
    name: bytes, text: str
) -> None:
    fields = name_fields("name", name)
    assert fields["name"] == text
    assert base64.b64decode(fields["name_base64"]) == name


@pytest.mark.parametrize("name", ["a.csv", "Größe", "表", "🚢", "a\u202eb", ""])
def test_a_name_in_utf_8_needs_no_bytes(name: str) -> None:
    assert name_fields("name", name.encode()) == {"name": name}
    line = record_line(JsonEvent.ENTRY, name=name)
    assert line.isascii()
    assert json.loads(line)["name"] == name


def test_a_local_path_keeps_its_bytes_as_well() -> None:
    fields = local_fields("local", os.fsdecode(b"/in/a\xff"))
    assert fields == {"local": r"/in/a\xff", "local_base64": "L2luL2H/"}


def test_no_text_has_half_a_character_however_deep() -> None:
    line = record_line(JsonEvent.ERROR, error={"detail": "a\udcff🚢\ud800", "all": ["\udc80"]})
    assert json.loads(line)["error"] == {"detail": r"a\xff🚢\ud800", "all": [r"\x80"]}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("lst", "--json"), id="no such command"),
        pytest.param(("--json", "ls", "acme"), id="before the command"),
        pytest.param(("ls", "acme", "--jsno", "--json"), id="no such option"),
        pytest.param(("ls", "--json"), id="no site"),
        pytest.param(("put", "--json", "acme"), id="no sources"),
        pytest.param(("get", "acme", "/a", ".", "--limit-rate", "x", "--json"), id="bad value"),
        pytest.param(("rm", "acme", "-old.csv", "--json"), id="a name with a dash"),
        pytest.param(("put", "--json", "acme", "a", "b", "--on-conflict"), id="no value"),
        pytest.param(("sandbox", "--period", "1", "--json"), id="out of range"),
        pytest.param(("ls", "--json=1", "acme", "--json"), id="a flag with a value"),
        pytest.param(("sites", "--json"), id="a group"),
        pytest.param(("ls", "acme", "--json"), id="no such site"),
    ],
)
def test_wrong_usage_is_an_error_line_wherever_the_option_stands(
    command: Command, capsys: Capture, arguments: tuple[str, ...]
) -> None:
    assert command(*arguments) == 2
    told = capsys.readouterr()
    record = json.loads(told.out)
    assert (record["event"], record["error"]["kind"]) == ("error", "usage")
    assert record["error"]["sentence"] in told.err


def test_after_two_dashes_it_is_a_name(command: Command, capsys: Capture) -> None:
    assert command("ls", "acme", "--jsno", "--", "--json") == 2
    assert capsys.readouterr().out == ""


def test_a_broken_connection_file_is_an_error_line(
    command: Command, capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "broken.ferrygate"
    path.write_text("format = 1\nhots = 3\n")
    assert command("ls", path, "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "connection-file"


def test_an_error_of_a_site_names_its_contact(clock: Clock, capsys: Capture) -> None:
    terminal = Terminal(clock)
    terminal.as_json, terminal.contact = True, "help@example.org"
    terminal.fail(NotFoundError(message("There is no “/a” on the server.")).problem)
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["contact"] == "help@example.org"
    assert told.err.endswith("Your contact: help@example.org\n")
    for kind in CONTACT_CANNOT_HELP:
        terminal.fail(Problem(kind=kind, sentence=message("Give only one.")))
        assert "contact" not in capsys.readouterr().err, "nobody else can help with that"


@pytest.mark.parametrize("without_user", [True, False])
def test_the_contact_is_known_once_the_site_is(
    command: Command, capsys: Capture, tmp_path: Path, *, without_user: bool
) -> None:
    path = tmp_path / "acme.ferrygate"
    user = "" if without_user else 'username = "vendor7"\n'
    path.write_text(
        f'format = 1\nname = "Acme"\nhost = "127.0.0.1"\nport = 9\n{user}'
        '[support]\ncontact = "help@example.org"\n'
    )
    assert command("ls", path, "--json") == 2
    record = json.loads(capsys.readouterr().out)
    assert record["error"]["contact"] == "help@example.org"


def test_a_program_reads_what_a_sentence_is_made_of() -> None:
    inner = message("There is no “{name}”.", name=b"a\xff")
    problem = NotFoundError(
        plural_message(
            "{count} file of {size} in {time}: {why}",
            "{count} files of {size} in {time}: {why}",
            2,
            size=Size(3_000_000),
            time=Duration(8.5),
            why=inner,
        ),
        next_step=message("Look at {names}.", names=("b", "c")),
    ).problem
    record = json.loads(record_line(JsonEvent.ERROR, error=problem_record(problem)))["error"]
    assert record["sentence"] == r"2 files of 3.0 MB in 9 s: There is no “a\xff”."
    assert record["sentence_template"] == "{count} files of {size} in {time}: {why}"
    assert record["sentence_parameters"] == {
        "count": 2,
        "size": 3_000_000,
        "time": 8.5,
        "why": {"template": "There is no “{name}”.", "parameters": {"name": r"a\xff"}},
    }
    assert record["next_step"] == "Look at b and c."
    assert record["next_step_parameters"] == {"names": ["b", "c"]}


def test_a_problem_without_a_next_step_has_no_template_of_one() -> None:
    record = problem_record(NotFoundError(message("There is none.")).problem)
    assert record["next_step"] == ""
    assert "next_step_template" not in record
