"""A disk that takes its time, or hangs: the window goes on."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from ferrygate.app.bridge.background_threads import BackgroundThreads
from ferrygate.app.presenters.sign_in_view import Stage
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.atomic_files import locked
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.paths import Home
from ferrygate.sites.store import SiteStore

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.conftest import Rig

pytestmark = pytest.mark.gui

FILE = b'format = 1\nname = "Late"\nhost = "sftp.example.com"\n'


def test_a_connection_file_that_cannot_be_read_yet_does_not_hold_up_the_window(
    rig: Rig, tmp_path: Path
) -> None:
    pipe = tmp_path / "late.ferrygate"
    os.mkfifo(pipe)
    rig.workspace.sites.open_file(str(pipe))  # reading waits until somebody writes
    rig.driver.wait_for("card", lambda: rig.workspace.sign_in.view.stage is Stage.FORM)
    rig.driver.type_into("User name", "vendor8")
    with pipe.open("wb") as writer:
        writer.write(FILE)
    rig.driver.wait_for("offer", lambda: rig.workspace.screen is Screen.OFFER)
    offer = rig.workspace.sites.view.offer
    assert offer is not None
    assert offer.name == "Late"


def test_a_connection_file_read_too_late_does_not_come_between_the_files(
    rig: Rig, tmp_path: Path, qtbot: QtBot
) -> None:
    pipe = tmp_path / "late.ferrygate"
    os.mkfifo(pipe)
    rig.workspace.sites.open_file(str(pipe))
    rig.sign_in()
    with pipe.open("wb") as writer:
        writer.write(FILE)
    rig.desktop.background.close()
    qtbot.wait(1)  # what was told late has been heard
    assert rig.workspace.screen is Screen.FILES
    assert rig.workspace.sites.view.offer is None


def test_a_site_is_saved_beside_the_window(rig: Rig, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with locked(home.sites / "sites"):  # another program writes there just now
        rig.sign_in()
        assert SiteStore(home.sites).names() == ()
        rig.driver.open_folder(b"inbox")
        rig.driver.wait_for_folder(b"/inbox")
    rig.driver.wait_for("site", lambda: bool(SiteStore(home.sites).names()))


def test_a_site_that_is_being_saved_is_there_when_the_window_is_gone(
    rig: Rig, tmp_path: Path
) -> None:
    rig.sign_in()
    rig.desktop.close()
    assert SiteStore(Home(tmp_path / "home").sites).names() == ("Acme exports",)


class Hung:
    """Work that hangs until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.ended = threading.Event()

    def __call__(self) -> None:
        self.go.wait()
        self.ended.set()


@pytest.fixture
def hung() -> Iterator[Hung]:
    hung = Hung()
    yield hung
    hung.go.set()
    hung.ended.wait()


def test_work_that_hangs_holds_up_no_other_and_not_the_end(hung: Hung, qtbot: QtBot) -> None:
    background = BackgroundThreads(join_timeout_seconds=0.05)
    told: list[object] = []
    background(hung, told.append, told.append)
    background(lambda: "other", told.append, told.append)
    qtbot.waitUntil(lambda: told == ["other"])
    background.close()
    background.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    hung.go.set()
    hung.ended.wait()
    assert told == ["other"]


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
def test_what_goes_wrong_in_the_background_is_a_problem_here(
    qtbot: QtBot, error: type[BaseException]
) -> None:
    background = BackgroundThreads()
    failures: list[Problem] = []

    def fail() -> None:
        raise error

    background(fail, lambda _none: None, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].kind is Kind.INTERNAL
    background.close()
