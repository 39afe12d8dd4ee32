"""A line falls silent under uploads, and the server puts what arrived over what was sent again.

Each file that was told as delivered is compared once the server has given up every old line. The
programs ``silent_uploads`` and ``double_cuts`` make many more such uploads.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.program import wait_until
from faults.double_cuts import DoubleCut, double_cuts
from faults.double_cuts import carry_out as cut_twice
from faults.silent_uploads import carry_out, runs
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import SessionChanged, SessionState
from ferrygate.transfers.views import ConflictChoice, LateCheck
from support.sandbox_fixtures import MakeSandbox
from support.silent_lines import silent_line, tree

SOMEWHERE = 200_000  # bytes, into the upload
ONE_OF_ELEVEN = 11


def test_what_a_server_may_show_late_is_asked_about_again(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    box = make_sandbox(period=1)
    source = tree(tmp_path / "plates", 30, 20_000)
    with silent_line(box, tmp_path / "home", [SOMEWHERE]) as line:
        line.end_when_delivered()
        view = line.put(source)
        assert (view.files_delivered, view.files_late) == (30, 0)
        wait_until(lambda: not box.counters.open_uploads)
        assert line.wrong() == []
        assert LateCheck.DONE in {file.late_check for file in line.files}


def test_a_server_hears_of_the_end_of_a_line_as_soon_as_there_is_one_again(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    box = make_sandbox(period=1)  # it would wait for 300 s
    source = tree(tmp_path / "plates", 1, 1_000_000)
    with silent_line(box, tmp_path / "home", [SOMEWHERE]) as line:
        line.bring_back_when_signed_in()
        line.put(source)
        wait_until(lambda: not box.counters.open_uploads)
        assert line.wrong() == []


@pytest.mark.slow
def test_parts_of_two_silent_lines_that_show_together_hold_nothing_up(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    box = make_sandbox(period=1)  # it would wait for 300 s
    source = tree(tmp_path / "plates", 1, 1_000_000)
    with silent_line(box, tmp_path / "home", [SOMEWHERE, SOMEWHERE]) as line:
        back: list[Event] = []

        def follow(event: Event) -> None:
            if isinstance(event, SessionChanged) and event.state is SessionState.SIGNED_IN:
                back.append(event)
                if back[1:]:
                    line.proxy.end_stalled()

        line.rig.listener.then = follow
        assert line.put(source).files_delivered == 1
        wait_until(lambda: not box.counters.open_uploads)
        assert line.wrong() == []


@pytest.mark.slow
def test_nobody_waits_for_parts_who_does_not_want_to(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    box = make_sandbox(period=1)
    source = tree(tmp_path / "plates", 1, 1_000_000)
    with silent_line(box, tmp_path / "home", [SOMEWHERE], late_part=86_400) as line:
        view = line.put(source, late_check=False)
        assert view.files_delivered == 1
        assert line.files[0].late_check is LateCheck.NOT_DONE


def test_a_folder_that_is_cut_twice_is_there_whole_and_once(tmp_path: Path) -> None:
    cut = DoubleCut((12, 8_000), 30_000, 1_670, ConflictChoice.KEEP_BOTH)
    assert cut_twice(cut, tmp_path) == []


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_wherever_the_line_falls_silent_what_is_delivered_is_whole(tmp_path: Path) -> None:
    for number, run in enumerate(runs(12, seed=1)):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        assert carry_out(run, folder).wrong == [], run


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_wherever_it_is_cut_twice_it_is_there_whole_and_once(tmp_path: Path) -> None:
    for number, cut in enumerate(list(double_cuts())[::ONE_OF_ELEVEN]):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        assert cut_twice(cut, folder) == [], cut
