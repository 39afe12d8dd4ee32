"""Play the question before work that is under way is left."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.scene import Scene, start_sending
from ferrygate.common.i18n import _, ngettext
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction


def _closing(window: SceneWindow) -> str:
    """Close the window while an upload and a download are under way."""
    window.sign_in()
    start_sending(window)
    fetched = BatchView(
        batch=BatchId("exports"),
        direction=Direction.DOWNLOAD,
        name="exports",
        sources=1,
        target="Downloads",
        files_total=40,
        files_finished=3,
        bytes_total=86_000_000,
        bytes_moved=6_000_000,
    )
    window.workspace.handle(BatchChanged(view=fetched))
    window.driver.close_window()
    return ngettext("{count} transfer is under way.", "{count} transfers are under way.", 2).format(
        count=2
    )


def _closing_unchecked(window: SceneWindow) -> str:
    """Close the window when all files are delivered, but one waits for its late check."""
    window.sign_in()
    view = BatchView(
        batch=BatchId("plate-scans"),
        direction=Direction.UPLOAD,
        name="plate-scans",
        sources=1,
        target="/inbox",
        files_total=12,
        files_finished=9,
        files_delivered=9,
        files_late=3,
        late_until=window.now + 330,
        bytes_total=6_310_000,
        bytes_moved=6_310_000,
    )
    window.workspace.handle(BatchChanged(view=view))
    window.driver.close_window()
    return _("Everything is delivered.")


def _signing_out(window: SceneWindow) -> str:
    window.sign_in()
    start_sending(window)
    window.driver.click(_("Sign out"))
    return _("Sign out and stop")


SCENES: dict[str, Scene] = {
    "closing": _closing,
    "closing-unchecked": _closing_unchecked,
    "signing-out": _signing_out,
}
