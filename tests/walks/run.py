"""Does each of the four walks once, for real, against the sandbox."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path

from ferrygate.__main__ import main as ferrygate
from ferrygate.common.clock import SystemClock
from ferrygate.common.environment import PASSWORD_VARIABLE, TOTP_SECRET_VARIABLE
from ferrygate.common.paths import HOME_VARIABLE
from ferrygate.sandbox.sandbox import Ready, Sandbox, SandboxOptions
from ferrygate.sites.connection_file import format_connection_file
from support.sandbox_site import site_of
from walks.table import HAND_OVERS, is_ours
from walks.tracer import Tracer
from walks.walks import DROP, LISTING, MARK, PASSWORD, PUT, Found, Walk

_PERIOD = 3  # seconds that a code lives: the command line waits for another one than the window

_FOLDER = b"exports"


@contextmanager
def _sandbox(folder: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(
        SandboxOptions(state=folder / "state", root=folder / "root", period=_PERIOD), SystemClock()
    )
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


def walk_all() -> dict[Walk, Found]:
    """Do the walks, those of the window first."""
    tracer = Tracer(HAND_OVERS, is_ours, MARK)
    found = {walk: Found(tracer, walk) for walk in (DROP, PASSWORD, LISTING, PUT)}
    with tempfile.TemporaryDirectory(prefix="fg-walks-") as place:
        home = Path(place)
        with _sandbox(home) as sandbox:
            os.environ[HOME_VARIABLE] = str(home / "ferrygate")
            file = home / "walks.ferrygate"
            site = site_of(sandbox.ready)
            file.write_text(format_connection_file(site), encoding="utf-8")
            sent = home / "walks.txt"
            sent.write_bytes(MARK)
            with tracer.tracing():
                _work_window(tracer, found, file, sent, sandbox.ready)
                _put(tracer, found[PUT], file, sent, sandbox.ready)
    return found


def _work_window(
    tracer: Tracer, found: Mapping[Walk, Found], file: Path, dropped: Path, ready: Ready
) -> None:
    from PySide6.QtCore import Qt  # noqa: PLC0415  told of its platform before it is loaded
    from PySide6.QtTest import QTest  # noqa: PLC0415  as above

    from bench.ui_rig import window_options  # noqa: PLC0415  as above
    from ferrygate.app.automation.window_driver import driven  # noqa: PLC0415  as above
    from ferrygate.app.presenters.workspace import Screen  # noqa: PLC0415  as above

    with window_options(file) as options, driven(options) as (desktop, driver):
        workspace = desktop.workspace
        driver.click("Use this connection")
        driver.type_into("Key of your code", ready.totp_secret.reveal() + "\n")
        driver.wait_for("code", lambda: workspace.sign_in.view.shows_code)
        found[PASSWORD].begin()
        with tracer.act("Enter"):
            driver.type_into("Password", ready.password.reveal() + "\n")
        driver.wait_for("files", lambda: workspace.screen is Screen.FILES)
        driver.wait_for_folder(b"/")
        driver.wait_for("row", lambda: driver.is_listed(_FOLDER))
        found[LISTING].begin()
        files = desktop.window.files.files.viewport()
        with tracer.act("a double click on a folder"):
            driver.select(_FOLDER)  # Qt's own double click has no first click
            QTest.mouseDClick(files, Qt.MouseButton.LeftButton, pos=driver._place_of(_FOLDER))
        driver.wait_for_folder(b"/" + _FOLDER)
        found[DROP].begin()
        with tracer.act("a drop"):
            driver.drop([dropped], driver.empty_place())
        driver.wait_for("delivered", lambda: found[DROP].is_over)


def _put(tracer: Tracer, found: Found, file: Path, sent: Path, ready: Ready) -> None:
    os.environ[PASSWORD_VARIABLE] = ready.password.reveal()
    os.environ[TOTP_SECRET_VARIABLE] = ready.totp_secret.reveal()
    sys.argv = ["ferrygate", "put", str(file), str(sent), "/inbox"]
    found.begin()
    with redirect_stderr(StringIO()), tracer.act("argv"):
        status = ferrygate()
    if status:
        raise RuntimeError(f"put ended with {status}")
