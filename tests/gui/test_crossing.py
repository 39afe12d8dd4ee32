"""The window, the real engine and the sandbox: all the way across and back."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from ferrygate.app.automation.first_sign_in import fill_in, sign_in
from ferrygate.app.automation.readme_pictures import take_pictures
from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.every_scene import SCENES
from ferrygate.app.automation.screen_gallery import take_screens
from ferrygate.app.automation.tour import run_tour
from ferrygate.app.automation.window_driver import DriverError, driven
from ferrygate.app.options import AppOptions
from ferrygate.bootstrap import make_engine
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.sandbox.sandbox import Ready, Sandbox
from ferrygate.sites.site import Site
from ferrygate.vault.memory import MemoryVault
from support.sandbox_site import site_of

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = [pytest.mark.gui, pytest.mark.sandbox]
_MANY = 1000  # files: more than the lanes take at once before the first question stands


def real_options(ready: Ready, folder: Path) -> AppOptions:
    """Let the window work on a sandbox, with the real engine."""
    clock = SystemClock()
    home = Home(folder / "home").prepare()
    return AppOptions(
        home=home,
        opened=site_of(ready),
        is_demo=True,
        given=GivenSecrets(password=ready.password, totp_secret=ready.totp_secret),
        make_engine=partial(make_engine, home=home, clock=clock, open_vault=MemoryVault),
        clock=clock,
    )


@pytest.fixture
def options(sandbox: Sandbox, tmp_path: Path, qtbot: QtBot) -> AppOptions:  # noqa: ARG001  the application
    return real_options(sandbox.ready, tmp_path)


@pytest.mark.slow
def test_a_dropped_file_crosses_and_comes_back_the_same(
    options: AppOptions, sandbox: Sandbox, tmp_path: Path
) -> None:
    said: list[str] = []
    (tmp_path / "tour").mkdir()
    (tmp_path / "tour" / "stopped.png").touch()  # by a tour before this one
    status = run_tour(options, tmp_path / "tour", sandbox.ready.root, said.append)
    assert (status, said[-1]) == (0, "The file is the same on all sides, byte for byte.")
    pictures = sorted(path.name for path in (tmp_path / "tour").glob("*.png"))
    assert pictures == [
        "sign-in-dark.png",
        "sign-in-light.png",
        "window-dark.png",
        "window-light.png",
    ]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="attributes of Linux")
def test_what_is_fetched_bears_its_origin_and_cannot_be_run(
    options: AppOptions, sandbox: Sandbox, tmp_path: Path
) -> None:
    script = sandbox.ready.root / "inbox" / "run.sh"
    script.write_text("exit 1")
    script.chmod(0o755)
    with driven(options) as (desktop, driver):
        fill_in(driver, desktop, options)
        sign_in(driver, desktop)
        driver.press(Qt.Key.Key_F8)
        driver.type_into("Folder on this computer", f"{tmp_path}\n")
        driver.open_folder(b"inbox")
        driver.wait_for_folder(b"/inbox")
        driver.select(b"run.sh")
        driver.click("Download")
        driver.wait_for("download", lambda: driver.shows("Downloaded "))
        assert not driver.shows("Open “run.sh”")
    fetched = tmp_path / "run.sh"
    origin = os.getxattr(fetched, "user.xdg.origin.url").decode()
    assert origin == f"sftp://127.0.0.1:{sandbox.ready.port}/inbox/run.sh"
    assert fetched.stat().st_mode & 0o111 == 0


def test_the_tour_says_where_it_stopped(
    options: AppOptions, sandbox: Sandbox, tmp_path: Path
) -> None:
    said: list[str] = []
    wrong = AppOptions(
        home=options.home,
        opened=options.opened,
        is_demo=True,
        given=GivenSecrets(password=Secret("wrong"), totp_secret=options.given.totp_secret),
        make_engine=options.make_engine,
        clock=options.clock,
    )
    assert run_tour(wrong, tmp_path / "tour", sandbox.ready.root, said.append) == 1
    assert "refused" in said[-1]
    assert "wrong" not in " ".join(said)
    assert (tmp_path / "tour" / "stopped.png").exists()


def test_a_file_that_failed_is_delivered_by_trying_again(
    options: AppOptions, sandbox: Sandbox, tmp_path: Path
) -> None:
    source = tmp_path / "plates"
    source.mkdir()
    (source / "a.csv").write_text("a")
    (source / "b.csv").symlink_to(tmp_path / "later")  # and nothing is there yet
    arrived = sandbox.ready.root / "inbox" / "plates"
    with driven(options) as (desktop, driver):
        fill_in(driver, desktop, options)
        sign_in(driver, desktop)
        driver.open_folder(b"inbox")
        driver.wait_for_folder(b"/inbox")
        driver.drop([source], driver.empty_place())
        driver.wait_for("the end", lambda: driver.shows("1 of 2 not delivered"))
        assert [path.name for path in arrived.iterdir()] == ["a.csv"]
        (tmp_path / "later").write_text("b")
        driver.click("Send the rest of “plates”")
        transfers = desktop.workspace.transfers
        driver.wait_for("delivery", lambda: transfers.delivered == 1)
        assert not driver.shows("1 of 2 not delivered")
    assert (arrived / "b.csv").read_text() == "b"


@pytest.mark.slow
def test_of_a_folder_sent_again_what_is_new_arrives_while_the_rest_waits_for_an_answer(
    options: AppOptions, sandbox: Sandbox, tmp_path: Path
) -> None:
    source = tmp_path / "plates"
    source.mkdir()
    for number in range(25):
        (source / f"{number:03}.csv").write_text("first")
    arrived = sandbox.ready.root / "inbox" / "plates"
    with driven(options) as (desktop, driver):
        transfers = desktop.workspace.transfers
        fill_in(driver, desktop, options)
        sign_in(driver, desktop)
        driver.open_folder(b"inbox")
        driver.wait_for_folder(b"/inbox")
        driver.drop([source], driver.empty_place())
        driver.wait_for("delivery", lambda: transfers.delivered == 1)
        for number in range(25):
            (source / f"{number:03}.csv").write_text("second, and longer")
        for number in range(25, _MANY):
            (source / f"{number:03}.csv").write_text("new")
        driver.drop([source], driver.empty_place())
        driver.wait_for("question", lambda: driver.shows("25 files are already there."))
        driver.wait_for("the others", lambda: len(list(arrived.iterdir())) == _MANY)
        assert driver.shows("Here: 18 bytes, Today ")
        assert driver.shows("Server: 5 bytes, Today ")
        assert {(arrived / f"{number:03}.csv").read_text() for number in range(25)} == {"first"}
        driver.click("Replace")
        driver.wait_for("replaced", lambda: transfers.delivered == 2)
    contents = [(arrived / f"{number:03}.csv").read_text() for number in range(_MANY)]
    assert contents == ["second, and longer"] * 25 + ["new"] * (_MANY - 25)


@pytest.mark.slow
@pytest.mark.timeout(240)  # some sixty windows, one after the other
def test_every_screen_has_its_pictures(tmp_path: Path, qtbot: QtBot) -> None:  # noqa: ARG001  the application
    taken = take_screens(SystemClock(), tmp_path)
    assert len(taken) == 2 * len(SCENES)
    assert all(path.exists() for path in taken)


def test_a_screen_without_its_words_is_not_saved(tmp_path: Path, qtbot: QtBot) -> None:  # noqa: ARG001  the application
    def without_code(window: SceneWindow) -> str:
        window.open()
        return "The server refused the sign-in."

    with pytest.raises(DriverError, match=r"refused-dark\.png"):
        take_screens(SystemClock(), tmp_path, {"refused": without_code})
    assert list(tmp_path.iterdir()) == []


def test_a_scene_meets_no_site_of_the_scene_before(tmp_path: Path, qtbot: QtBot) -> None:  # noqa: ARG001  the application
    found: list[tuple[Site, ...]] = []

    def look(window: SceneWindow) -> str:
        sites = window.workspace.sites
        sites.load(lambda: found.append(sites.view.sites))
        window.driver.wait_for("sites", lambda: bool(found))
        return "sftp.example.org"

    offline = SCENES["offline"]
    with pytest.raises(DriverError):  # the choice of sites shows none
        take_screens(SystemClock(), tmp_path, {"offline": offline, "sites": look})
    assert found == [()]


@pytest.mark.slow
def test_the_pictures_have_the_size_of_the_window(options: AppOptions, tmp_path: Path) -> None:
    pictures = take_pictures(options, tmp_path)
    assert len(pictures) == 4
    for picture in pictures:
        image = QImage(str(picture))
        assert (image.width(), image.height()) == (1152, 744)
