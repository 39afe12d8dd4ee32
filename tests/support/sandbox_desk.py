"""An SFTP session of the sandbox over a fresh folder, without SSH."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ferrygate.sandbox.activity_log import ActivityLog, SessionLog
from ferrygate.sandbox.folder_store import FolderStore
from ferrygate.sandbox.object_tree import ObjectTree
from ferrygate.sandbox.records import Counters
from ferrygate.sandbox.settings import Settings
from ferrygate.sandbox.sftp_handler import SftpHandler
from support.fake_clock import ManualClock
from support.sandbox_packets import Asker


@dataclass
class Desk:
    """A handler over a fresh folder, with what belongs to it."""

    root: Path
    clock: ManualClock = field(default_factory=ManualClock)
    counters: Counters = field(default_factory=Counters)
    hides_sizes: bool = False

    def __post_init__(self) -> None:
        self.home = self.root / "vendor7"
        self.home.mkdir()
        self.staging = self.root / ".uploads"
        self.staging.mkdir()
        self.set_up()

    def set_up(self, **settings: Any) -> None:
        """Begin a new session on a server that is set up in another way."""
        self.settings = Settings(**settings)
        objects = FolderStore(self.root, self.staging, self.clock)
        store = ObjectTree(objects, {"/": "vendor7"}, self.settings)
        log = SessionLog(ActivityLog(self.root / "activities.jsonl"))
        self.handler = SftpHandler(
            store, self.counters, self.settings, log, lambda: self.hides_sizes
        )
        self.ask = Asker(self.handler.answer)

    def activities(self) -> list[dict[str, Any]]:
        """Return the lines of the log so far."""
        lines = (self.root / "activities.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]
