from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from ferrygate.common.logs import KEPT_FILES, MAX_BYTES, REMOVED, WITHHELD, LiveSecrets, open_log
from ferrygate.common.secret import Secret

PASSWORD = "Grüß\n'\"+/ hunter2"
KEY = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def secrets() -> LiveSecrets:
    live = LiveSecrets()
    live.add(Secret(PASSWORD))
    live.add(Secret(KEY))
    return live


@pytest.fixture
def logger(tmp_path: Path, secrets: LiveSecrets) -> Iterator[logging.Logger]:
    handler = open_log(tmp_path / "logs", secrets)
    logger = logging.getLogger("ferrygate.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield logger
    logger.removeHandler(handler)
    handler.close()


def written(tmp_path: Path) -> str:
    return (tmp_path / "logs" / "ferrygate.log").read_text("utf-8")


def spellings(text: str) -> list[str]:
    raw = text.encode()
    return [
        text,
        repr(text),
        ascii(text),
        repr(raw),
        json.dumps(text),
        json.dumps(text, ensure_ascii=False),
        quote(text),
        quote_plus(text),
        "".join(f"%{byte:02X}" for byte in raw),
        raw.hex(),
        raw.hex().upper(),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        base64.b32encode(raw).decode(),
        base64.b32encode(raw).decode().lower(),
    ]


@pytest.mark.parametrize("number", range(14))
@pytest.mark.parametrize("secret", [PASSWORD, KEY], ids=["password", "key"])
def test_a_secret_is_removed_however_it_is_written(
    secrets: LiveSecrets, secret: str, number: int
) -> None:
    spelled = spellings(secret)[number]
    text = secrets.redact(f"before {spelled} after")
    assert REMOVED in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "hunter2" not in text


@pytest.mark.parametrize("spelled", [KEY.lower(), base64.b32decode(KEY).hex()])
def test_the_bytes_of_a_key_are_removed_too(secrets: LiveSecrets, spelled: str) -> None:
    assert secrets.redact(f"key={spelled};") == f"key={REMOVED};"


def test_a_secret_in_a_message_or_its_arguments(tmp_path: Path, logger: logging.Logger) -> None:
    logger.warning("in the message: %s" % KEY)  # noqa: UP031, G002  on purpose
    logger.warning("as argument: %s %r", KEY, [KEY])
    logger.warning("by name: %(key)s", {"key": KEY})
    text = written(tmp_path)
    assert KEY not in text
    assert text.count(REMOVED) == 4


def test_a_secret_in_an_exception_or_its_cause(tmp_path: Path, logger: logging.Logger) -> None:
    def fail() -> None:
        raise ValueError(KEY)

    try:
        try:
            fail()
        except ValueError as error:
            raise KeyError(PASSWORD) from error
    except KeyError:
        logger.exception("failed")
    logger.warning("where", stack_info=True)
    text = written(tmp_path)
    assert KEY not in text
    assert "hunter2" not in text
    assert "ValueError" in text
    assert "Stack (most recent call last)" in text


def test_arguments_that_do_not_fit_are_left_out(tmp_path: Path, logger: logging.Logger) -> None:
    logger.warning("one %s %s", KEY)  # noqa: PLE1206  on purpose
    text = written(tmp_path)
    assert "one %s %s (its arguments do not fit)" in text
    assert KEY not in text


def test_a_hostile_name_stays_on_its_line(tmp_path: Path, logger: logging.Logger) -> None:
    logger.warning("file %s", "a\n2026-01-01 forged\u202e")
    assert len(written(tmp_path).splitlines()) == 1
    assert "a\\n2026-01-01 forged\\u202e" in written(tmp_path)


def test_times_are_in_utc(tmp_path: Path, logger: logging.Logger) -> None:
    record = logging.LogRecord("ferrygate", logging.INFO, "", 0, "hello", None, None)
    record.created, record.msecs = 0.0, 7.0
    logger.handle(record)
    assert written(tmp_path) == "1970-01-01T00:00:00.007Z INFO ferrygate: hello\n"


def test_a_secret_no_longer_in_use_is_forgotten(secrets: LiveSecrets) -> None:
    secrets.discard(Secret(KEY))
    secrets.discard(Secret(PASSWORD))
    assert secrets.redact(KEY) == KEY
    secrets.add(Secret(""))
    assert secrets.redact("text") == "text"


@pytest.mark.parametrize("secret", ["a", "7", "ok", "pw!"])
def test_a_very_short_secret_leaves_no_gap_that_tells_it(
    tmp_path: Path, logger: logging.Logger, secrets: LiveSecrets, secret: str
) -> None:
    secrets.add(Secret(secret))
    logger.warning("a7 okay pw!s: %s", "banana 277")
    logger.warning("the password is %s.", secret)
    logger.warning("quoted: %r", secret.upper())
    try:
        int(secret, 1)
    except ValueError as error:
        error.add_note(secret)
        logger.exception("failed")
    first, *others = written(tmp_path).splitlines()
    assert first.endswith("a7 okay pw!s: banana 277")
    assert [line.partition("ferrygate.test: ")[2] for line in others] == [WITHHELD] * 3


def test_a_log_that_cannot_be_written_prints_nothing(
    tmp_path: Path, logger: logging.Logger, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").touch()
    logger.warning("nobody reads this")
    assert capfd.readouterr() == ("", "")


def test_the_files_rotate_and_are_private(tmp_path: Path, logger: logging.Logger) -> None:
    for _number in range(KEPT_FILES + 3):
        logger.warning("x" * (MAX_BYTES - 100))
    assert len(list((tmp_path / "logs").iterdir())) == KEPT_FILES + 1
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "logs").iterdir()} == {0o600}


def test_each_file_begins_with_what_runs(tmp_path: Path, secrets: LiveSecrets) -> None:
    handler = open_log(tmp_path / "logs", secrets, lambda: "Ferrygate 1.2: put")
    logger = logging.getLogger("ferrygate.test.about")
    logger.addHandler(handler)
    try:
        assert not (tmp_path / "logs").exists()
        for _number in range(3):
            logger.error("x" * (MAX_BYTES // 2))
    finally:
        logger.removeHandler(handler)
        handler.close()
    for file in (tmp_path / "logs").iterdir():
        first = file.read_text("utf-8").splitlines()[0]
        assert first.endswith(" INFO ferrygate: Ferrygate 1.2: put")


def test_a_library_has_nothing_printed_for_it() -> None:
    handlers = logging.getLogger("ferrygate").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)
