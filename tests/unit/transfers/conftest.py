from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ferrygate.transfers.file_job import FileJob
from support.scripted_sftp import ScriptedServer
from support.transfer_rig import CONTENT, TransferRig
from support.walk_rig import Walk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[TransferRig]:
    desk = TransferRig(tmp_path)
    yield desk
    desk.folders.close()


@pytest.fixture
def job(desk: TransferRig) -> FileJob:
    """Make a file to send."""
    return FileJob(number=0, local=desk.write("report.csv", CONTENT), remote=b"/inbox/report.csv")


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({}, b"/inbox")


@pytest.fixture
def walk(server: ScriptedServer) -> Walk:
    return Walk(server)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a folder with four files and three folders in it."""
    tree = tmp_path / "month"
    (tree / "plates" / "raw").mkdir(parents=True)
    (tree / "empty").mkdir()
    for name in ("b.csv", "a.csv", "plates/p.csv", "plates/raw/r.dat"):
        (tree / name).write_text(name)
    return tree
