"""Play the question before work that is under way is left."""

from __future__ import annotations

import msgspec

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.scene import BATCH_BYTES, Scene, new_batch, start_sending
from ferrygate.common.i18n import _, ngettext
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import Direction


def _closing(window: SceneWindow) -> str:
    """Close the window while an upload and a download are under way."""
    window.sign_in()
    start_sending(window)
    view = new_batch("exports", 40, 86_000_000, direction=Direction.DOWNLOAD, target="Downloads")
    fetched = msgspec.structs.replace(view, files_finished=3, bytes_moved=6_000_000)
    window.workspace.handle(BatchChanged(view=fetched))
    window.driver.close_window()
    return ngettext("{count} transfer is under way.", "{count} transfers are under way.", 2).format(
        count=2
    )


def _closing_unchecked(window: SceneWindow) -> str:
    """Close the window when all files are delivered, but one waits for its late check."""
    window.sign_in()
    view = msgspec.structs.replace(
        new_batch("plate-scans", 12),
        files_finished=9,
        files_delivered=9,
        files_late=3,
        late_until=window.now + 330,
        bytes_moved=BATCH_BYTES,
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
