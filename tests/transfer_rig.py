"""A server in memory, a local folder, and what is needed to move single files between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ferrygate.transfers.download import download
from ferrygate.transfers.outcome import FileJob, Opened, Outcome
from ferrygate.transfers.upload import upload
from ferrygate.transfers.views import TransferState
from scripted_sftp import Rig, ScriptedServer


class Reports:
    """Every move a transfer told."""

    def __init__(self) -> None:
        self.told: list[tuple[TransferState, int]] = []
        self.then: Callable[[TransferState, int], None] = lambda _state, _moved: None

    def __call__(self, state: TransferState, moved: int) -> None:
        self.told.append((state, moved))
        self.then(state, moved)

    @property
    def states(self) -> list[TransferState]:
        """The states in order, each once."""
        return list(dict.fromkeys(state for state, _moved in self.told))


class TransferRig:
    """A server in memory, a local folder, and what is needed to move files between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ScriptedServer({}, b"/inbox")
        self.rig = Rig(self.server)
        self.reports = Reports()
        self.opened = Opened()

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def send(self, job: FileJob, *, exclusive: bool = True) -> Outcome:
        """Upload one file; ``opened`` tells afterwards how far it came."""
        files = self.rig.files
        return self.rig.run(
            upload(files, job, self.reports, self.opened, exclusive=exclusive),
        )

    def fetch(self, job: FileJob) -> Outcome:
        """Download one file; its hidden name is always the same."""
        work = download(self.rig.files, job, self.reports, lambda count: "ab" * count)
        return self.rig.run(work)
