"""Secrets from the environment, from files, and from systemd's credentials."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ferrygate.common.environment import GivenSecrets, take_secrets
from ferrygate.common.errors import UsageError
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.secret_sources import MAX_BYTES, read_secrets, secret_places

KEY = "JBSWY3DPEHPK3PXP"


def read(**environ: str | Path) -> GivenSecrets:
    return read_secrets(take_secrets({name: str(value) for name, value in environ.items()}))


def refused(**environ: str | Path) -> str:
    with pytest.raises(UsageError) as caught:
        read(**environ)
    problem = caught.value.problem
    return f"{problem.sentence} {problem.next_step}".strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make a file with a password that is nobody else's to read."""
    path = tmp_path / "pw"
    path.write_text("pw\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """systemd's folder, with the rights that its access lists look like."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    for name, text in (
        ("ferrygate.password", "pw\n"),
        ("ferrygate.totp-secret", f"{KEY}\n"),
        ("ferrygate.passphrase", "open"),
        ("other", "elsewhere"),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o440)
    return folder


def test_each_secret_comes_from_its_file(file: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"\ufeff {KEY} \r\n\r\n")
    key.chmod(0o400)
    assert read(FERRYGATE_PASSWORD_FILE=file) == GivenSecrets(password=Secret("pw"))
    assert read(FERRYGATE_PASSPHRASE_FILE=file) == GivenSecrets(passphrase=Secret("pw"))
    assert read(FERRYGATE_TOTP_SECRET_FILE=key) == GivenSecrets(totp_secret=Secret(KEY))


def test_systemds_credentials_are_found_by_their_names(credentials: Path) -> None:
    assert read(CREDENTIALS_DIRECTORY=credentials) == GivenSecrets(
        password=Secret("pw"), totp_secret=Secret(KEY), passphrase=Secret("open")
    )


def test_a_folder_of_credentials_without_ours_or_without_anything_gives_none(
    tmp_path: Path,
) -> None:
    assert read(CREDENTIALS_DIRECTORY=tmp_path) == GivenSecrets()
    assert read(CREDENTIALS_DIRECTORY=tmp_path / "gone") == GivenSecrets()
    assert read(CREDENTIALS_DIRECTORY="") == GivenSecrets()


def test_a_file_variable_may_lead_into_the_folder_of_credentials(credentials: Path) -> None:
    for name in ("ferrygate.password", "ferrygate.totp-secret", "ferrygate.passphrase"):
        (credentials / name).unlink()
    other = credentials / "other"
    given = read(FERRYGATE_PASSPHRASE_FILE=other, CREDENTIALS_DIRECTORY=credentials)
    assert given == GivenSecrets(passphrase=Secret("elsewhere"))
    assert "other users of this computer can read" in refused(FERRYGATE_PASSPHRASE_FILE=other)


def test_a_link_out_of_the_folder_of_credentials_is_as_any_file(tmp_path: Path, file: Path) -> None:
    file.chmod(0o644)
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "ferrygate.password").symlink_to(file)
    assert "other users of this computer can read" in refused(CREDENTIALS_DIRECTORY=folder)


def test_a_link_to_a_file_is_followed(tmp_path: Path, file: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    assert read(FERRYGATE_PASSWORD_FILE=tmp_path / "link").password == Secret("pw")


@pytest.mark.parametrize(
    ("both", "named"),
    [
        (("value", "file"), "FERRYGATE_PASSWORD and FERRYGATE_PASSWORD_FILE"),
        (
            ("value", "credentials"),
            "FERRYGATE_PASSWORD and ferrygate.password ($CREDENTIALS_DIRECTORY)",
        ),
        (
            ("file", "credentials"),
            "FERRYGATE_PASSWORD_FILE and ferrygate.password ($CREDENTIALS_DIRECTORY)",
        ),
    ],
)
def test_two_sources_of_one_secret_are_both_named(
    file: Path, credentials: Path, both: tuple[str, str], named: str
) -> None:
    places: dict[str, tuple[str, str | Path]] = {
        "value": ("FERRYGATE_PASSWORD", "pw"),
        "file": ("FERRYGATE_PASSWORD_FILE", file),
        "credentials": ("CREDENTIALS_DIRECTORY", credentials),
    }
    assert refused(**dict(places[place] for place in both)).startswith(f"{named} are given")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o444, 0o440])
def test_a_file_that_others_may_read_is_refused_with_the_way_to_mend_it(
    file: Path, mode: int
) -> None:
    file.chmod(mode)
    words = refused(FERRYGATE_PASSWORD_FILE=file)
    assert "other users of this computer can read" in words
    assert f"chmod 600 {file}" in words
    assert "FERRYGATE_PASSWORD_FILE" in words


def test_what_is_no_regular_file_is_said_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "is not a file" in refused(FERRYGATE_PASSWORD_FILE=pipe)
    assert "is not a file" in refused(FERRYGATE_PASSWORD_FILE=tmp_path)
    assert "is not a file" in refused(FERRYGATE_PASSWORD_FILE="/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        assert "cannot be read" in refused(FERRYGATE_PASSWORD_FILE=tmp_path / "s")


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    words = refused(FERRYGATE_TOTP_SECRET_FILE=tmp_path / "gone")
    assert words.startswith("FERRYGATE_TOTP_SECRET_FILE: There is no “gone” on this computer.")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"pw\n\n", "holds more than one line"),
        (b"one\ntwo\n", "holds more than one line"),
        (b"caf\xe9\n", "is not UTF-8 text"),
        (b"\xff\xfep\0w\0", "is not UTF-8 text"),
        (b"x" * (MAX_BYTES + 1), "at most 4096 bytes"),
    ],
)
def test_what_a_file_holds_is_checked_when_it_is_read(
    file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    assert words in refused(FERRYGATE_PASSWORD_FILE=file)


def test_as_much_as_a_file_may_hold_is_taken_whole(file: Path) -> None:
    file.write_bytes(b"x" * MAX_BYTES)
    assert read(FERRYGATE_PASSWORD_FILE=file).password == Secret("x" * MAX_BYTES)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("FERRYGATE_PASSWORD", "caf\udce9", "FERRYGATE_PASSWORD is not UTF-8 text"),
        ("FERRYGATE_TOTP_SECRET", "caf\udce9", "FERRYGATE_TOTP_SECRET is not UTF-8 text"),
        ("FERRYGATE_PASSWORD", "\n", "FERRYGATE_PASSWORD is empty"),
        ("FERRYGATE_PASSWORD", "a\nb", "FERRYGATE_PASSWORD holds more than one line"),
    ],
)
def test_what_a_variable_holds_is_checked_when_it_is_read(
    variable: str, value: str, words: str
) -> None:
    assert words in refused(**{variable: value})


def test_places_are_told_and_no_file_is_read(tmp_path: Path) -> None:
    sources = take_secrets(
        {
            "FERRYGATE_PASSWORD_FILE": str(tmp_path / "not there"),
            "FERRYGATE_TOTP_SECRET": KEY,
        }
    )
    assert secret_places(sources) == {
        SecretKind.PASSWORD: "FERRYGATE_PASSWORD_FILE",
        SecretKind.CODE_SECRET: "FERRYGATE_TOTP_SECRET",
    }
    assert KEY not in repr(secret_places(sources))
