"""A cancel while files are overwritten: each is the old one, the new one, or said to be neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import OpenSite, SignIn
from ferrygate.engine.messages.transfers import CancelBatch, FileChanged, Upload
from ferrygate.transfers.views import ConflictChoice, TransferState
from servers.rigs.rig import Rig
from servers.rigs.signing_in import by_key, site_of
from support.engine_rig import EngineRig
from support.silent_lines import tree

FILES, SIZE = 150, 40_000
OLD = b"old" * 1000


@pytest.mark.parametrize("after", [1, 20])
def test_nothing_is_destroyed_where_the_line_works(
    rig: EngineRig, openssh: Rig, tmp_path: Path, after: int
) -> None:
    source = tree(tmp_path / "plates", FILES, SIZE)
    target = openssh.home / f"{after}" / "plates"
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.name).write_bytes(OLD)
    rig.do(OpenSite, site_of(openssh, by_key(openssh)))
    rig.do(SignIn)
    folder = str(target.parent).encode()
    request = rig.send(Upload, (str(source),), folder, ConflictChoice.REPLACE)
    delivered: set[int] = set()

    def enough(event: Event) -> bool:
        if isinstance(event, FileChanged) and event.view.state is TransferState.DELIVERED:
            delivered.add(event.view.number)
        return len(delivered) >= after

    rig.listener.wait(enough)
    rig.engine.send(CancelBatch(rig.batch_of(request)))
    rig.end_of(request)
    states = {path.rpartition(b"/")[2].decode(): file for path, file in rig.files().items()}
    for path in target.iterdir():
        is_new = states[path.name].state is TransferState.DELIVERED
        expected = (source / path.name).read_bytes() if is_new else OLD
        assert path.read_bytes() == expected, states[path.name]
    assert TransferState.CANCELLED in {file.state for file in states.values()}
