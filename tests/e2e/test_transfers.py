"""Files there and back, by the command."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from e2e.program import Program, records
from ferrygate.sandbox.sandbox import Sandbox

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]

_MEGABYTE = 1024 * 1024


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def folder_of_200(parent: Path) -> Path:
    folder = parent / "Prüfdaten 2026"
    deep = folder / "runs" / "late night"
    deep.mkdir(parents=True)
    (folder / "empty.csv").touch()
    (folder / "Größe & Maß.txt").write_bytes(b"48 kg\n")
    (folder / "large.bin").write_bytes(os.urandom(50 * _MEGABYTE))
    for number in range(197):
        place = deep if number % 2 else folder
        (place / f"run {number:03}.csv").write_bytes(os.urandom(number * 37))
    return folder


@pytest.mark.slow
def test_a_folder_of_200_files_comes_back_as_it_went(bare: Program, tmp_path: Path) -> None:
    folder = folder_of_200(tmp_path)
    with bare.sandbox("--period", "3") as ready:
        ferrygate = bare.with_secrets(ready["password"], ready["totp_secret"])
        site = ready["connection_file"]
        sent = ferrygate("put", site, folder, "/inbox/", "--json")
        fetched = ferrygate("get", site, f"/inbox/{folder.name}", tmp_path / "back", "--json")
        stored = digests(Path(ready["root"]) / "inbox" / folder.name)
    assert sent.returncode == 0, sent.stderr
    assert fetched.returncode == 0, fetched.stderr
    expected = digests(folder)
    assert len(expected) == 200
    assert stored == expected
    assert digests(tmp_path / "back" / folder.name) == expected
    for outcome in (sent, fetched):
        told = records(outcome, "file")
        assert {file["state"] for file in told} == {"delivered"}
        assert sorted(file["sha256"] for file in told) == sorted(expected.values())
        assert all(file["confirmed"] for file in told)
        assert "200 files delivered" in outcome.stderr


def test_a_file_that_is_not_there_fails_alone(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "here.csv").write_bytes(b"1\n")
    outcome = ferrygate("put", site, tmp_path / "gone.csv", tmp_path / "here.csv", "/inbox")
    assert outcome.returncode == 1
    assert "gone.csv" in outcome.stderr
    assert (sandbox.ready.root / "inbox" / "here.csv").read_bytes() == b"1\n"
    assert outcome.stdout == ""


def test_a_remote_file_that_is_not_there_fails_alone(
    ferrygate: Program, site: Path, tmp_path: Path
) -> None:
    outcome = ferrygate("get", site, "/gone.csv", "/README.txt", tmp_path / "out")
    assert outcome.returncode == 1
    assert "gone.csv" in outcome.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["README.txt"]


def test_without_a_word_nothing_is_overwritten(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    inbox = sandbox.ready.root / "inbox"
    (inbox / "a.csv").write_bytes(b"old")
    (tmp_path / "a.csv").write_bytes(b"new")
    outcome = ferrygate("put", site, tmp_path / "a.csv", "/inbox", "--json")
    assert outcome.returncode == 1
    assert [file["problem"]["kind"] for file in records(outcome, "file")] == ["conflict"]
    assert (inbox / "a.csv").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("choice", "expected", "state"),
    [
        pytest.param("replace", {"a.csv": b"new"}, "delivered", id="replace"),
        pytest.param("skip", {"a.csv": b"old"}, "skipped", id="skip"),
        pytest.param("changed", {"a.csv": b"old"}, "skipped", id="changed, by size alone"),
        pytest.param(
            "keep-both", {"a.csv": b"old", "a (2).csv": b"new"}, "delivered", id="keep both"
        ),
    ],
)
def test_what_to_do_with_a_taken_name_can_be_said(
    ferrygate: Program,
    site: Path,
    sandbox: Sandbox,
    tmp_path: Path,
    *,
    choice: str,
    expected: dict[str, bytes],
    state: str,
) -> None:
    folder = sandbox.ready.root / "taken"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"old")
    (tmp_path / "a.csv").write_bytes(b"new")
    outcome = ferrygate(
        "put", site, tmp_path / "a.csv", "/taken", "--on-conflict", choice, "--json"
    )
    assert outcome.returncode == 0, outcome.stderr
    assert [file["state"] for file in records(outcome, "file")] == [state]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == expected


def test_a_rate_is_kept(ferrygate: Program, site: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "slow.bin").write_bytes(bytes(200_000))
    began = time.monotonic()
    outcome = ferrygate("put", site, tmp_path / "slow.bin", "/inbox", "--limit-rate", "100K")
    assert outcome.returncode == 0, outcome.stderr
    assert time.monotonic() - began > 1.5  # the last piece leaves when the others had their time
    assert (sandbox.ready.root / "inbox" / "slow.bin").stat().st_size == 200_000
    wrong = ferrygate("put", site, tmp_path / "slow.bin", "/inbox", "--limit-rate", "fast")
    assert wrong.returncode == 2
    assert "is no rate" in wrong.stderr


def test_nothing_to_send_is_said_before_a_code_is_spent(
    ferrygate: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = ferrygate("put", site, tmp_path / "gone.csv", "/inbox")
    assert outcome.returncode == 1
    assert outcome.stderr == "There is no “gone.csv” on this computer.\n"
    assert len(sandbox.log) == 0
    (tmp_path / "here.csv").touch()
    some = ferrygate("put", site, tmp_path / "gone.csv", tmp_path / "here.csv", "/inbox")
    assert some.returncode == 1
    assert "There is no “gone.csv” on this computer." in some.stderr
    assert (sandbox.ready.root / "inbox" / "here.csv").exists()
