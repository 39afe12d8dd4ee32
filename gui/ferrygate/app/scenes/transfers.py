"""Play the screens of transfers."""

from __future__ import annotations

from ferrygate.app.scenes.scene import Scene, before_value
from ferrygate.app.stage import Stage
from ferrygate.common.i18n import _
from ferrygate.engine import messages as m


def _checking(stage: Stage) -> str:
    """Uploads that a line was lost under: they are delivered, and are asked about once more."""
    stage.sign_in()
    for title, count in [("a.csv", 1), ("plate-scans", 12)]:
        view = m.BatchView(
            batch=m.BatchId(title),
            direction=m.Direction.UPLOAD,
            name=title,
            sources=1,
            target="/inbox",
            files_total=count,
            files_late=count,
            late_until=stage.now + 330,
            bytes_total=6_310_000,
            bytes_moved=6_310_000,
        )
        stage.workspace.handle(m.BatchChanged(view=view))
    return before_value(_("Delivered; asked again at {time}, because the line was lost."))


SCENES: dict[str, Scene] = {
    "checking": _checking,
}
