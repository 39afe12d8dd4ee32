"""Refusals become errors by their code, and by the server's words where the code says nothing."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import (
    ConflictError,
    FerrygateError,
    NoSpaceError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    RemoteFailureError,
    UnsupportedError,
    WrongTypeError,
)
from ferrygate.sftp.status import error_for_status
from ferrygate.sftp.wire import Status, StatusReply

FULL = "The server has no space left for “/in/a.csv”."
QUOTA = "“/in/a.csv” does not fit into the space that the server allows you."


def problem(code: int, words: bytes = b"") -> Problem:
    return error_for_status(StatusReply(code, words), b"/in/a.csv").problem


@pytest.mark.parametrize(
    ("code", "error", "sentence"),
    [
        (2, NotFoundError, "There is no “/in/a.csv” on the server."),
        (3, PermissionDeniedError, "The server does not allow this for “/in/a.csv”."),
        (4, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (5, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (6, RemoteFailureError, "The storage behind the server cannot be used just now."),
        (7, RemoteFailureError, "The storage behind the server cannot be used just now."),
        (8, UnsupportedError, "This server cannot do that with “/in/a.csv”."),
        (9, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (10, NotFoundError, "There is no “/in/a.csv” on the server."),
        (11, ConflictError, "“/in/a.csv” is already there."),
        (12, PermissionDeniedError, "The place for “/in/a.csv” on the server is read-only."),
        (13, RemoteFailureError, "The storage behind the server cannot be used just now."),
        (14, NoSpaceError, FULL),
        (15, NoSpaceError, QUOTA),
        (16, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (17, RemoteFailureError, "Somebody else is using “/in/a.csv” on the server."),
        (18, RemoteFailureError, "The folder “/in/a.csv” is not empty."),
        (19, WrongTypeError, "“/in/a.csv” is a file, not a folder."),
        (20, RemoteFailureError, "The server does not take the name “/in/a.csv”."),
        (21, RemoteFailureError, "The link “/in/a.csv” leads back to itself."),
        (22, PermissionDeniedError, "The server does not let “/in/a.csv” be removed."),
        (23, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (24, WrongTypeError, "“/in/a.csv” is a folder, not a file."),
        (25, RemoteFailureError, "Somebody else is using “/in/a.csv” on the server."),
        (26, RemoteFailureError, "Somebody else is using “/in/a.csv” on the server."),
        (27, RemoteFailureError, "“/in/a.csv” is just being removed on the server."),
        (28, RemoteFailureError, "“/in/a.csv” is damaged on the server."),
        (29, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (30, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (31, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
        (4711, RemoteFailureError, "The server refused to do that with “/in/a.csv”."),
    ],
)
def test_each_status_has_its_error_and_sentence(
    code: int, error: type[FerrygateError], sentence: str
) -> None:
    found = error_for_status(StatusReply(code, b"the reason"), b"/in/a.csv")
    assert (type(found), str(found.problem.sentence)) == (error, sentence)
    assert (found.problem.detail, found.problem.server_said) == (
        f"SFTP status {code}",
        "the reason",
    )
    assert "again" not in str(found.problem.next_step) or code in {6, 7, 17, 25, 26, 27}


@pytest.mark.parametrize("code", [Status.FAILURE, Status.PERMISSION_DENIED])
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (b"No space left on device", FULL),
        (b"write failed: ENOSPC", FULL),
        (b"Disk full", FULL),
        (b"The file system is full.", FULL),
        (b"not enough disk space", FULL),
        (b"Disk quota exceeded", QUOTA),
        (b"Quota of 10 GB exceeded for vendor7", QUOTA),
        (b"You have reached your storage limit", QUOTA),
        (b"File already exists", "“/in/a.csv” is already there."),
        (
            b"rejected by the virus scanner",
            "The server's scanner did not let “/in/a.csv” pass.",
        ),
        (b"EICAR: malware found", "The server's scanner did not let “/in/a.csv” pass."),
    ],
)
def test_where_the_code_says_nothing_the_words_do(code: int, words: bytes, sentence: str) -> None:
    found = problem(code, words)
    assert (str(found.sentence), found.server_said) == (sentence, words.decode())
    assert found.next_step
    assert "again" not in str(found.next_step)


@pytest.mark.parametrize("code", [Status.FAILURE, Status.PERMISSION_DENIED])
@pytest.mark.parametrize("words", [b"only .csv", b"Folder closed until Monday", b"Code 0x80070005"])
def test_a_reason_nobody_foresaw_goes_to_the_contact_with_the_servers_words(
    code: int, words: bytes
) -> None:
    found = problem(code, words)
    assert found.server_said == words.decode()
    assert str(found.next_step) == "Ask your contact about it, and tell them what the server says."


@pytest.mark.parametrize(
    "words",
    [b"", b"Failure", b"failure.", b"SSH_FX_FAILURE", b"Permission denied", b"Access denied",
     b"No such file", b"No such file or directory", b"Operation unsupported", b"General failure"],
)  # fmt: skip
def test_words_that_say_no_more_than_the_code_are_not_shown(words: bytes) -> None:
    assert problem(Status.FAILURE, words).server_said == ""
    assert problem(Status.FAILURE, words).next_step is None


def test_no_such_file_exists_is_no_name_that_is_taken() -> None:
    assert "refused" in str(problem(Status.FAILURE, b"no such file exists").sentence)


def test_the_servers_words_are_cut_and_the_name_is_cleaned() -> None:
    words = b"no\x1b[31m \xe2\x80\xae\xff" + 5000 * b"x"
    found = error_for_status(StatusReply(4, words), b"na\nme\xe2\x80\xae").problem
    assert (str(found.sentence) + found.detail).isprintable()
    assert "na\\nme\\u202e" in str(found.sentence)
    assert len(found.server_said) == 300
