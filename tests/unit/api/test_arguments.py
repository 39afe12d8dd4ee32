"""Arguments of other types, empty paths and unknown words are refused before anything is sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import product
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import pytest

import ferrygate
from ferrygate.api.session import Session
from ferrygate.codes.otpauth import parse_otpauth
from ferrygate.common.errors import UsageError
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.transfers import Download, Upload
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.transfers.views import ConflictChoice, LinkChoice

MakeSession = Callable[..., tuple[Session, Any]]

SITE = Site(name="Acme", host="127.0.0.1", port=9, username="vendor7")
OTPAUTH = "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    ("sources", "sent"),
    [
        pytest.param("report.csv", ("report.csv",), id="text"),
        pytest.param("/", ("/",), id="root"),
        pytest.param(b"r\xff.csv", ("r\udcff.csv",), id="bytes"),
        pytest.param(Path("a/b.csv"), ("a/b.csv",), id="path"),
        pytest.param(["a", Path("b"), b"c"], ("a", "b", "c"), id="list"),
        pytest.param(("a",), ("a",), id="tuple"),
        pytest.param((name for name in "ab"), ("a", "b"), id="generator"),
        pytest.param({"a": 1}.keys(), ("a",), id="keys"),
    ],
)
def test_one_path_is_one_source(
    make_session: MakeSession, sources: Any, sent: tuple[str, ...]
) -> None:
    session, engine = make_session()
    session.put(sources, "/inbox")
    (command,) = engine.sent
    assert isinstance(command, Upload)
    assert (command.sources, command.folder) == (sent, b"/inbox")


@pytest.mark.parametrize("options", [{}, {"late_check": False}])
def test_parts_that_may_come_late_are_waited_for_unless_told_otherwise(
    make_session: MakeSession, options: dict[str, Any]
) -> None:
    session, engine = make_session()
    session.put("a", "/inbox", **options)
    (command,) = engine.sent
    assert command.late_check is not bool(options)
    seconds: Any = 330
    with pytest.raises(TypeError):
        session.put("a", "/inbox", late_check=seconds)


@pytest.mark.parametrize(
    ("sources", "sent"),
    [
        pytest.param("/inbox/report.csv", (b"/inbox/report.csv",), id="text"),
        pytest.param(b"/r\xff", (b"/r\xff",), id="bytes"),
        pytest.param(PurePosixPath("/a/b"), (b"/a/b",), id="path"),
        pytest.param([b"a", "b"], (b"/a", b"/b"), id="list"),
    ],
)
def test_one_remote_path_is_one_source(
    make_session: MakeSession, sources: Any, sent: tuple[bytes, ...], tmp_path: Path
) -> None:
    session, engine = make_session()
    session.get(sources, tmp_path)
    (command,) = engine.sent
    assert isinstance(command, Download)
    assert (command.sources, command.folder) == (sent, str(tmp_path))


NO_PATHS: list[Any] = [None, 7, 1.5, True, ..., object(), bytearray(b"a"), memoryview(b"a")]
NO_SOURCES = [*NO_PATHS, {"a": "b"}, io.StringIO("a\nb\n"), io.BytesIO(b"a"), [None], [["a"]], [7]]


def calls(session: Session, path: Any) -> list[Callable[[], object]]:
    """Every way in which one path is passed in."""
    return [
        lambda: session.ls(path),
        lambda: session.blocks(path),
        lambda: session.stat(path),
        lambda: session.mkdir(path),
        lambda: session.remove(path),
        lambda: session.rename(path, "/b"),
        lambda: session.rename("/a", path),
        lambda: session.put("a.csv", path),
        lambda: session.get("/a.csv", path),
        lambda: session.put([path], "/inbox"),
        lambda: session.get([path], "here"),
    ]


def test_what_is_no_path_is_a_type_error(make_session: MakeSession) -> None:
    session, engine = make_session()
    for path in [*NO_PATHS, ["/a"]]:
        for act in calls(session, path):
            with pytest.raises(TypeError, match="must be"):
                act()
    assert engine.sent == []


def test_what_is_no_list_of_paths_is_a_type_error(make_session: MakeSession) -> None:
    session, engine = make_session()
    for sources, call in product(NO_SOURCES, (session.put, session.get)):
        with pytest.raises(TypeError, match="must be"):
            call(sources, "/inbox")
    assert engine.sent == []


@pytest.mark.parametrize("path", ["", b"", "\0", b"a\0b"], ids=repr)
def test_an_empty_path_is_refused_before_anything_is_sent(
    make_session: MakeSession, path: str | bytes
) -> None:
    session, engine = make_session()
    for act in calls(session, path):
        with pytest.raises(UsageError):
            act()
    for call in (session.put, session.get):
        with pytest.raises(UsageError):
            call(path, "/inbox")
    assert engine.sent == []


def test_an_empty_path_object_is_no_remote_path(make_session: MakeSession) -> None:
    session, engine = make_session()
    for call in (session.ls, session.stat, session.remove):
        with pytest.raises(UsageError, match="empty"):
            call(PurePosixPath(""))
    with pytest.raises(UsageError, match="empty"):
        session.get(PurePosixPath(""), "dl")
    assert engine.sent == []
    session.get("/a.csv", Path())
    assert engine.sent[-1].folder == "."


@pytest.mark.parametrize("option", ["on_conflict", "links"])
@pytest.mark.parametrize("moves", [("put", "a", "/b"), ("get", "/a", "b")], ids=lambda to: to[0])
def test_a_choice_is_given_by_itself_or_by_its_word(
    make_session: MakeSession, moves: tuple[str, ...], option: str
) -> None:
    session, engine = make_session()
    choices: type[ConflictChoice | LinkChoice]
    choices = ConflictChoice if option == "on_conflict" else LinkChoice
    for choice in choices:
        for given in (choice, choice.value):
            getattr(session, moves[0])(*moves[1:], **{option: given})
    sent = [getattr(command, option) for command in engine.sent]
    assert sent == [choice for choice in choices for _given in range(2)]


@pytest.mark.parametrize("option", ["on_conflict", "links"])
@pytest.mark.parametrize("word", ["", "Skip", "REPLACE", "everything"])
@pytest.mark.parametrize("moves", [("put", "a", "/b"), ("get", "/a", "b")], ids=lambda to: to[0])
def test_a_word_for_no_choice_is_wrong_usage_and_the_words_are_told(
    make_session: MakeSession, moves: tuple[str, ...], option: str, word: str
) -> None:
    session, engine = make_session()
    with pytest.raises(UsageError, match=rf"{option} is one of these: .*skip"):
        getattr(session, moves[0])(*moves[1:], **{option: word})
    assert engine.sent == []


@pytest.mark.parametrize(
    ("method", "arguments", "named"),
    [
        ("put", ("a", "/b"), {"on_conflict": 1}),
        ("get", ("/a", "b"), {"on_conflict": None}),
        ("put", ("a", "/b"), {"on_event": "tell"}),
        ("put", ("a", "/b"), {"keep_all": 1}),
        ("get", ("/a", "b"), {"keep_all": None}),
        ("mkdir", ("/a",), {"parents": "no"}),
        ("remove", ("/a",), {"recursive": 1}),
        ("limit_rate", ("2M",), {}),
        ("limit_rate", (True,), {}),
        ("apply_skew", (1.5,), {}),
        ("use_password", ("correct horse",), {}),
        ("use_code_secret", ("correct horse",), {}),
        ("use_passphrase", (b"correct horse",), {}),
    ],
)
def test_other_arguments_have_their_types(
    make_session: MakeSession, method: str, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    session, engine = make_session()
    with pytest.raises(TypeError, match="must be") as caught:
        getattr(session, method)(*arguments, **named)
    assert "horse" not in str(caught.value)
    assert engine.sent == []


@pytest.mark.parametrize("given", [b"correct horse", ..., 12345, ["correct horse"], True], ids=repr)
def test_a_secret_of_another_type_is_a_type_error_that_does_not_quote_it(given: Any) -> None:
    for name in ("password", "totp_secret"):
        with pytest.raises(TypeError, match=f"{name} must be str or None") as caught:
            ferrygate.connect(SITE, **{name: given})
        assert "horse" not in str(caught.value)


@pytest.mark.parametrize("site", [b"acme.ferrygate", None, 7, ..., ["acme"], {"host": "x"}])
def test_a_site_of_another_type_is_a_type_error(site: Any) -> None:
    with pytest.raises(TypeError, match="site must be"):
        ferrygate.connect(site, password="x", totp_secret=OTPAUTH)


@pytest.mark.parametrize(
    "change",
    [
        {"host": b"127.0.0.1"},
        {"host": None},
        {"port": "22"},
        {"port": True},
        {"username": 7},
        {"start_folder": b"/"},
        {"late_part_seconds": "330"},
        {"host_key_fingerprints": "SHA256:x"},
        {"host_key_fingerprints": (b"SHA256:x",)},
        {"sign_in": {"digits": 6}},
        {"sign_in": msgspec.structs.replace(SignInSettings(), period="30")},
    ],
)
def test_a_site_with_a_field_of_another_type_is_a_type_error(change: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"site\."):
        ferrygate.connect(msgspec.structs.replace(SITE, **change), password="x")


@pytest.mark.parametrize(
    "options",
    [
        {"accept_new_host_key": "no"},
        {"home": "/somewhere"},
        {"try_anyway": 1},
        {"keep_trying": "9"},
        {"on_connection": "tell"},
    ],
)
def test_other_options_have_their_types(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="must be"):
        ferrygate.connect(SITE, **options)


@pytest.mark.parametrize("name", ["password", "totp_secret"])
def test_an_empty_secret_is_refused(name: str) -> None:
    given: dict[str, Any] = {name: ""}
    with pytest.raises(UsageError, match="is empty"):
        ferrygate.connect(SITE, **given)


def test_a_code_secret_of_its_own_type_is_taken(make_session: MakeSession) -> None:
    session, engine = make_session()
    session.use_code_secret(parse_otpauth(OTPAUTH))
    assert isinstance(engine.sent[0], UseCodeSecret)
