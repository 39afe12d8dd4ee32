"""Signs in through the window, for the tour and the pictures."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.workspace import Screen
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import error_for
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import normalise


def by_hand(options: AppOptions) -> AppOptions:
    """Return the same options without the secrets that are typed in the window."""
    return msgspec.structs.replace(options, given=GivenSecrets())


def fill_in(driver: WindowDriver, desktop: Desktop, options: AppOptions) -> None:
    """Type the code's key and the password into the card."""
    sign_in = desktop.workspace.sign_in
    _wait_for(driver, desktop, "card", lambda: sign_in.view.asks_code or sign_in.view.shows_code)
    if options.given.totp_secret is not None and sign_in.view.asks_code:
        driver.type_into(_("Key of your code"), options.given.totp_secret.reveal() + "\n")
        _wait_for(driver, desktop, "code", lambda: sign_in.view.shows_code)
    if options.given.password is not None:
        driver.type_into(_("Password"), options.given.password.reveal())


def sign_in(driver: WindowDriver, desktop: Desktop) -> bytes:
    """Press the button and wait for the files; the start folder."""
    workspace = desktop.workspace
    driver.click(_("Sign in"))

    def moved_on() -> bool:
        return workspace.screen is Screen.FILES or workspace.sign_in.view.question is not None

    _wait_for(driver, desktop, "sign-in", moved_on)
    if workspace.sign_in.view.question is not None:
        driver.click(_("Yes, connect"))
    _wait_for(driver, desktop, "files", lambda: workspace.screen is Screen.FILES)
    start = normalise(workspace.site.start_folder if workspace.site else "/")
    driver.wait_for_folder(start)
    return start


def _wait_for(
    driver: WindowDriver, desktop: Desktop, what: str, condition: Callable[[], bool]
) -> None:
    """Wait, unless the card says what went wrong.

    Raises:
        FerrygateError: what the card says.
    """
    card = desktop.workspace.sign_in
    driver.wait_for(what, lambda: condition() or card.view.problem is not None)
    if card.view.problem is not None:
        raise error_for(card.view.problem)
