from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ferrygate.common.atomic_files import check_writable, locked, write_whole
from ferrygate.common.errors import SettingsError


def test_a_file_is_written_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    (path / "inside").mkdir(parents=True)
    with pytest.raises(SettingsError, match="cannot use its own file") as caught:
        write_whole(path, b"x")
    assert caught.value.problem.detail != ""
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    check_writable(tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_folder_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError):
        check_writable(tmp_path / "file")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError), locked(tmp_path / "file" / "x"):
        pass


def test_a_lock_that_another_keeps_is_waited_for_and_then_said(tmp_path: Path) -> None:
    words = "Another program keeps"
    with (
        locked(tmp_path / "x"),
        pytest.raises(SettingsError, match=words) as caught,
        locked(tmp_path / "x", timeout_seconds=0.05),
    ):
        pass
    assert caught.value.problem.next_step
    with locked(tmp_path / "x", timeout_seconds=0.05):
        pass


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    order = []
    first_in, second_asks = threading.Event(), threading.Event()

    def second() -> None:
        first_in.wait(10)
        second_asks.set()
        with locked(tmp_path / "x"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with locked(tmp_path / "x"):
        first_in.set()
        second_asks.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
