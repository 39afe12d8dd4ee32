"""Drives the window through sign-in, upload and download without a person: the demo's proof."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from ferrygate.app.automation.first_sign_in import by_hand, fill_in, sign_in
from ferrygate.app.automation.window_driver import WindowDriver, driven
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.problem_text import problem_text
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.errors import FerrygateError
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import join

_BYTES = 1_000_000  # of the file that goes both ways
_INBOX = b"inbox"


def run_tour(options: AppOptions, folder: Path, root: Path, say: Callable[[str], None]) -> int:
    """Sign in, send a file, fetch it back, compare; 0 only where all bytes are equal.

    Args:
        options: of the app; password and code secret are typed in, not handed over.
        folder: for pictures and the tour's own files.
        root: the account's home folder on the server's disk.
        say: called with a sentence for each step.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stopped = folder / "stopped.png"
    stopped.unlink(missing_ok=True)  # of an earlier tour
    with driven(by_hand(options)) as (desktop, driver):
        try:
            equal = _Tour(desktop, driver, options, folder, say).go(root)
        except FerrygateError as error:
            problem = error.problem
            say(f"{problem_text(problem)} {problem.detail}".rstrip())
            driver.picture(stopped)
            equal = False
    return 0 if equal else 1


class _Tour:
    def __init__(
        self,
        desktop: Desktop,
        driver: WindowDriver,
        options: AppOptions,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self._desktop = desktop
        self._driver = driver
        self._options = options
        self._folder = folder
        self._say = say

    def go(self, root: Path) -> bool:
        """Run the tour; return whether both copies equal the original."""
        self._enter()
        original = self._make_file()
        sent = self._send(original, root)
        fetched = self._fetch(original)
        self._driver.pictures(self._folder, "window")
        self._leave()
        equal = original.read_bytes() == sent.read_bytes() == fetched.read_bytes()
        self._say(
            _("The file is the same on all sides, byte for byte.")
            if equal
            else _("The copies differ from the file.")
        )
        return equal

    def _enter(self) -> None:
        fill_in(self._driver, self._desktop, self._options)
        self._driver.pictures(self._folder, "sign-in")
        self._say(_("Signing in with password and code"))
        start = sign_in(self._driver, self._desktop)
        self._say(_("Signed in, the home folder is listed"))
        self._driver.open_folder(_INBOX)
        self._driver.wait_for_folder(join(start, _INBOX))

    def _make_file(self) -> Path:
        seconds = int(self._options.clock.now())
        original = self._folder / f"ferrygate-tour-{seconds}.csv"
        original.write_bytes(random.Random(seconds).randbytes(_BYTES))  # noqa: S311  no secret
        return original

    def _send(self, original: Path, root: Path) -> Path:
        self._say(_("Dropping {name} on the window").format(name=original.name))
        self._driver.drop([original], self._driver.empty_place())
        name = original.name.encode()
        self._driver.wait_for("uploaded file in the list", lambda: self._driver.is_listed(name))
        self._say(_("Delivered, and the server lists it"))
        return root / _INBOX.decode() / original.name

    def _fetch(self, original: Path) -> Path:
        local = self._folder / "fetched"
        local.mkdir(exist_ok=True)
        driver, transfers = self._driver, self._desktop.workspace.transfers
        self._say(_("Downloading it again"))
        driver.press(Qt.Key.Key_F8)
        driver.type_into(_("Folder on this computer"), f"{local}\n")
        driver.select(original.name.encode())
        before = transfers.delivered
        driver.click(_("Download"))
        driver.wait_for("download", lambda: transfers.delivered > before)
        self._say(_("Delivered on this computer"))
        return local / original.name

    def _leave(self) -> None:
        self._driver.press(Qt.Key.Key_F8)
        self._driver.click(_("Sign out"))
        workspace = self._desktop.workspace
        self._driver.wait_for("sign-out", lambda: workspace.screen is Screen.SIGN_IN)
        self._say(_("Signed out"))
