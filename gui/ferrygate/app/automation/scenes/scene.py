"""Names what a scene is, and what several scenes do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.engine.messages.transfers import BatchChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction

Scene: TypeAlias = Callable[[SceneWindow], str]
"""Play one screen in a window; return words that the screen is known by."""

BATCH = BatchId("5f0c6a1e9b7d2384")
BATCH_BYTES = 6_310_000


def before_value(template: str) -> str:
    """Return the words of a sentence before the first value in it."""
    return template.partition("{")[0]


def new_batch(
    name: str,
    files: int,
    size: int = BATCH_BYTES,
    *,
    batch: BatchId | None = None,
    direction: Direction = Direction.UPLOAD,
    target: str = "/inbox",
) -> BatchView:
    """Describe a batch that has just begun; ``size`` in bytes."""
    return BatchView(
        batch=batch or BatchId(name),
        direction=direction,
        name=name,
        sources=1,
        target=target,
        files_total=files,
        bytes_total=size,
    )


def start_sending(window: SceneWindow) -> None:
    """Have one large file be on its way to the server."""
    view = new_batch("sequencing-batch-18.fastq.gz", 1, 6_310_000_000, batch=BATCH)
    moving = msgspec.structs.replace(view, bytes_moved=2_400_000_000)
    window.workspace.handle(BatchChanged(view=moving))
