"""Runs a planner over a server in memory, and keeps the files it announces."""

from __future__ import annotations

from pathlib import Path

from ferrygate.common.system_disk import SystemDisk
from ferrygate.transfers.file_job import FileJob
from ferrygate.transfers.plan import Planner
from ferrygate.transfers.views import ConflictChoice
from support.scripted_sftp import Held, ScriptedServer, ScriptedSftp


class Walk:
    """Holds a planner with the files it has announced."""

    def __init__(self, server: ScriptedServer) -> None:
        self.jobs: list[FileJob] = []
        self.rig = ScriptedSftp(server)
        self.planner = Planner(
            SystemDisk(), self.jobs.append, ConflictChoice.SKIP, new_folders_are_empty=True
        )

    def up(self, *sources: Path, folder: bytes = b"/inbox") -> list[bytes]:
        texts = tuple(str(source) for source in sources)
        self.rig.run(self.planner.plan_upload(self.rig.files, texts, folder))
        return [job.remote for job in self.jobs]

    def down(self, *sources: bytes, folder: Path) -> list[str]:
        self.rig.run(self.planner.plan_download(self.rig.files, sources, str(folder)))
        return [str(Path(job.local).relative_to(folder)) for job in self.jobs]

    def asked_at_a_time(self, kind: int) -> list[int]:
        """Answer requests of a kind once no more come; how many those were, time after time."""
        held = self.rig.server.instead[kind] = Held(self.rig.server)
        asked: list[int] = []

        def answer_all() -> None:
            asked.append(len(held.answers))
            self.rig.stream.packets.extend(held.answers)
            held.answers.clear()

        self.rig.stream.after = answer_all
        return asked
