"""Names what a scene is, and what several scenes do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction

Scene: TypeAlias = Callable[[SceneWindow], str]
"""Play one screen in a window; return words that the screen is known by."""

BATCH = BatchId("5f0c6a1e9b7d2384")


def before_value(template: str) -> str:
    """Return the words of a sentence before the first value in it."""
    return template.partition("{")[0]


def start_sending(window: SceneWindow) -> None:
    """Have one large file be on its way to the server."""
    view = BatchView(
        batch=BATCH,
        direction=Direction.UPLOAD,
        name="sequencing-batch-18.fastq.gz",
        sources=1,
        target="/inbox",
        files_total=1,
        bytes_total=6_310_000_000,
        bytes_moved=2_400_000_000,
    )
    window.workspace.handle(BatchChanged(view=view))
