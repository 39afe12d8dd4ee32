"""A line falls silent under uploads, and the server puts what arrived over what was sent again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.engine import messages as m
from ferrygate.sandbox.sandbox import Sandbox
from sandbox_fixtures import MakeSandbox
from silent_lines import PATIENCE, silent_line, tree


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(period=1, patience=PATIENCE)


def test_what_a_server_shows_late_is_sent_again(box: Sandbox, tmp_path: Path) -> None:
    source = tree(tmp_path / "plates", 60, 20_000)
    with silent_line(box, tmp_path / "home", [60_000]) as line:
        view = line.put(source)
        assert (view.files_delivered, view.files_late) == (60, 0)
        assert line.wrong() == []
        checks = {file.late_check for file in line.rig.files().values()}
    assert m.LateCheck.DONE in checks
