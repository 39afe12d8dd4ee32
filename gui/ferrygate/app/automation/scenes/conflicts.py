"""Play the screens of the question about files whose names are taken."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.scene import BATCH, Scene, before_value
from ferrygate.common.entry import EntryKind
from ferrygate.common.i18n import _
from ferrygate.engine.messages.transfers import BatchChanged, ConflictQuestion
from ferrygate.transfers.name_conflict import FileFacts, NameConflict
from ferrygate.transfers.views import BatchView, Direction

_DAY = 86_400.0
_SIZES = (4_120_000, 3_980_000, 4_051_000)


def _one(window: SceneWindow) -> str:
    """Ask about one existing file, with no other transfer under way."""
    new = FileFacts(EntryKind.FILE, 1_240_000, window.now - 5_000)
    existing = FileFacts(EntryKind.FILE, 1_198_000, window.now - 9 * _DAY)
    found = NameConflict(0, "run-summary.pdf", new, existing)
    _ask(window, "run-summary.pdf", 1, Direction.UPLOAD, found)
    return _("“{name}” is already there.").format(name=found.name)


def _many(window: SceneWindow) -> str:
    """Ask about a folder sent a second time; some of its files exist, the rest goes on."""
    _ask(window, "plate-scans", 214, Direction.UPLOAD, *_plates(window), count=25)
    return _("{count} files so far are already there.").format(count=25)


def _same(window: SceneWindow) -> str:
    """Ask about files to fetch that exist here, with the same sizes and times."""
    facts = [FileFacts(EntryKind.FILE, size, window.now - 2 * _DAY) for size in _SIZES]
    same = [
        NameConflict(number, f"2026-11/plate-{number + 1:02}.csv", one, one)
        for number, one in enumerate(facts)
    ]
    _ask(window, "2026-11", 12, Direction.DOWNLOAD, *same, count=12)
    return _("Same size, same time.")


def _folder(window: SceneWindow) -> str:
    """Ask about a file whose name a folder has."""
    new = FileFacts(EntryKind.FILE, 82_000, window.now - 5_000)
    found = NameConflict(0, "reports", new, FileFacts(EntryKind.FOLDER))
    _ask(window, "reports", 1, Direction.UPLOAD, found)
    return before_value(_("A file can only replace a file."))


def _plates(window: SceneWindow) -> list[NameConflict]:
    return [
        NameConflict(
            number,
            f"plate-scans/plate-{number + 1:02}.csv",
            FileFacts(EntryKind.FILE, size, window.now - 5_000),
            FileFacts(EntryKind.FILE, size - 40_000 * number, window.now - 9 * _DAY),
        )
        for number, size in enumerate(_SIZES)
    ]


def _ask(
    window: SceneWindow,
    name: str,
    total: int,
    direction: Direction,
    *examples: NameConflict,
    count: int = 1,
) -> None:
    window.sign_in()
    view = BatchView(
        batch=BATCH,
        direction=direction,
        name=name,
        sources=1,
        target="/inbox" if direction is Direction.UPLOAD else "Downloads",
        files_total=total,
        files_finished=0 if count == total else total // 3,
        files_delivered=0 if count == total else total // 3,
        files_asked=count,
        bytes_total=total * 4_000_000,
        bytes_moved=0 if count == total else total * 1_300_000,
        bytes_per_second=0.0 if count == total else 8_400_000.0,
    )
    same = sum(example.is_same_size for example in examples) == len(examples)
    asked = ConflictQuestion(
        batch=BATCH,
        direction=direction,
        question=1,
        count=count,
        examples=examples,
        replaceable=count if all(example.can_replace for example in examples) else 0,
        same_size=count if same else 0,
        same_time=count if same else 0,
        more_may_come=count < total,
    )
    window.workspace.handle(BatchChanged(view=view), asked)


SCENES: dict[str, Scene] = {
    "conflict-one": _one,
    "conflict-many": _many,
    "conflict-same": _same,
    "conflict-folder": _folder,
}
