"""Play what hangs over the window, and what was dropped on it."""

from __future__ import annotations

from pathlib import Path

from ferrygate.app.automation.scene_window import EMPTY_FOLDER, SceneWindow
from ferrygate.app.automation.scenes.scene import Scene
from ferrygate.app.automation.window_driver import addressed, carried
from ferrygate.common.display import display_name
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import basename

_FILE = carried([Path("/data/sequencing-batch-18.fastq.gz")])
_WEB = "https://example.org/report.csv"


def _upload_to(name: str) -> str:
    return _("Upload to {folder}").format(folder=name)


def _over_list(window: SceneWindow) -> str:
    window.sign_in()
    window.driver.hang_over_list(_FILE)
    return _upload_to(_("Home"))


def _over_row(window: SceneWindow) -> str:
    window.sign_in()
    window.driver.hang_over_list(_FILE, row=b"inbox")
    return _upload_to("inbox")


def _over_place(window: SceneWindow) -> str:
    window.sign_in()
    window.driver.hang_over_button("inbox", "place", _FILE)
    return _upload_to("inbox")


def _over_crumb(window: SceneWindow) -> str:
    window.sign_in()
    window.driver.wait_for_folder(b"/")
    window.workspace.folder.open(b"/exports/2026")
    window.driver.wait_for_folder(b"/exports/2026")
    window.driver.hang_over_button("exports", "crumb", _FILE)
    return _upload_to("exports")


def _over_list_a_web_address(window: SceneWindow) -> str:
    window.sign_in()
    window.driver.hang_over_list(addressed(_WEB))
    return "This is a web address."


def _explained(window: SceneWindow) -> str:
    """Drop a file and other things: the file is sent, and the rest is named."""
    window.sign_in()
    window.driver.drop_on_list(addressed("file:///data/a.csv", _WEB, "trash:///b.csv"))
    return "1 web address was left out."


def _over_first_page(window: SceneWindow) -> str:
    window.driver.hang_over_page(carried([Path("/data/acme.ferrygate")]))
    return _("Open this connection")


def _explained_on_first_page(window: SceneWindow) -> str:
    window.driver.drop_on_page(_FILE)
    return "Files can be sent once you are signed in."


def _arriving(window: SceneWindow) -> str:
    """Show an empty folder that files are being sent to."""
    window.sign_in()
    window.driver.wait_for_folder(b"/")
    window.workspace.folder.open(EMPTY_FOLDER)
    window.driver.wait_for_folder(EMPTY_FOLDER)
    window.workspace.transfers.upload(["/data/plate-scans"], window.workspace.folder.view.path)
    name = display_name(basename(EMPTY_FOLDER))
    window.start_batch("plate-scans", name, folder=EMPTY_FOLDER)
    return _("Files are on their way here")


SCENES: dict[str, Scene] = {
    "drag-list": _over_list,
    "drag-row": _over_row,
    "drag-place": _over_place,
    "drag-crumb": _over_crumb,
    "drag-web-address": _over_list_a_web_address,
    "drop-explained": _explained,
    "drag-first-page": _over_first_page,
    "drop-first-page": _explained_on_first_page,
    "arriving": _arriving,
}
