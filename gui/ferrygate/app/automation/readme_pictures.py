"""Pictures of the window for the README, light and dark."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from ferrygate.app.automation.first_sign_in import by_hand, fill_in, sign_in
from ferrygate.app.automation.window_driver import WindowDriver, driven
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import join

_WAY = (b"exports", b"2026-11")
_SENT = ("invoice-2026-11.pdf", "sample-sheet.csv")
_SENT_BYTES = 48_000  # of each file that is sent
_MIN_CODE_FRACTION, _MAX_CODE_FRACTION = 0.35, 0.75


def take_pictures(options: AppOptions, folder: Path) -> list[Path]:
    """Sign in to a sandbox and take four pictures.

    Args:
        options: of the app, with password and code secret.
        folder: for the pictures, named ``sign-in-light.png`` and so on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with driven(by_hand(options)) as (desktop, driver):
        fill_in(driver, desktop, options)
        taken = _both(driver, desktop, folder, "sign-in")
        path = sign_in(driver, desktop)
        for name in _WAY:
            path = join(path, name)
            driver.open_folder(name)
            driver.wait_for_folder(path)
        _send_something(driver, desktop)
        taken += _both(driver, desktop, folder, "window")
    return taken


def _send_something(driver: WindowDriver, desktop: Desktop) -> None:
    """Send two batches, for the transfers panel."""
    with TemporaryDirectory() as place:
        for count, name in enumerate(_SENT, start=1):
            file = Path(place, name)
            file.write_bytes(bytes(_SENT_BYTES * count))
            driver.drop([file], driver.empty_place())
            driver.wait_for(name, partial(_delivered_or_asked, desktop, count))
            if not _delivered(desktop, count):  # left there by the last pictures
                driver.click(_("Replace"))
                driver.wait_for(name, partial(_delivered, desktop, count))
        driver.select(desktop.model.entry(2).name)


def _delivered(desktop: Desktop, count: int) -> bool:
    return desktop.workspace.transfers.delivered >= count


def _delivered_or_asked(desktop: Desktop, count: int) -> bool:
    return _delivered(desktop, count) or desktop.workspace.transfers.view.asked is not None


def _both(driver: WindowDriver, desktop: Desktop, folder: Path, name: str) -> list[Path]:
    code = desktop.workspace.code

    def half_way() -> bool:
        return not code.view.spent and _MIN_CODE_FRACTION < code.view.fraction < _MAX_CODE_FRACTION

    driver.wait_for("a code in the middle of its life", half_way)
    return driver.pictures(folder, name)
