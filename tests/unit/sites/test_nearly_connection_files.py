"""Files that nearly are connection files: what is said helps to put them right."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import ConnectionFileError
from ferrygate.sites.connection_file import parse_connection_file

TOP = 'format = 1\nname = "Acme"\n'
HOST = 'host = "sftp.example.org"\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (f'{TOP}host = "sftp://sftp.example.org"\n', 3, "what an address on the web begins with"),
        (f'{TOP}host = "sftp.example.org:2222"\n', 3, "the port has a line of its own"),
        (f'{TOP}host = "[::1]"\n', 3, "without brackets"),
        (f'{TOP}host = "[::1]:2222"\n', 3, "without brackets"),
        (f'{TOP}host = "my host"\n', 3, "the name or address of a server"),
        (f"{TOP}{HOST}[signin]\n", 4, "Did you mean “sign_in”?"),
        (f"{TOP}{HOST}[Support]\n", 4, "Did you mean “support”?"),
        (f"{TOP}host = sftp.example.org\n", 3, "in straight quotes"),
        (f"{TOP}host = “sftp.example.org”\n", 3, "in straight quotes"),
        (f"{TOP}{HOST}{HOST}", 4, "is there twice"),
        (f"{TOP}{HOST}[support]\n[support]\n", 5, "is there twice"),
    ],
)
def test_what_is_nearly_right_is_told_how_it_is_right(text: str, line: int, said: str) -> None:
    with pytest.raises(ConnectionFileError) as caught:
        parse_connection_file(text, "acme.ferrygate")
    problem = caught.value.problem
    assert said in f"{problem.sentence} {problem.next_step}"
    assert f"“acme.ferrygate”, line {line}: " in str(problem.sentence)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<?xml version="1.0"?>\n<FileZilla3 version="3.66">', "is a site of FileZilla"),
        ('<?xml version="1.0"?>\n<!DOCTYPE plist PUBLIC>\n<plist version="1.0">', "Cyberduck"),
        ("<!DOCTYPE html><html>", "is a web page"),
    ],
)
def test_other_programs_files_are_named(text: str, said: str) -> None:
    with pytest.raises(ConnectionFileError, match=said):
        parse_connection_file(text, "acme.ferrygate")
