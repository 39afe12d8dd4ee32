"""The pace at which the progress of a batch is told."""

from __future__ import annotations

from ferrygate.engine.queue.report_pace import REPORT_SECONDS, ReportPace
from support.fake_clock import ManualClock


def test_a_report_is_due_some_time_after_the_last() -> None:
    clock = ManualClock(0.0)
    pace = ReportPace(clock)
    due = [pace.is_due]
    clock.time += REPORT_SECONDS
    due.append(pace.is_due)
    pace.told()
    due.append(pace.is_due)
    assert due == [False, True, False]


def test_a_report_is_asked_for_once_until_it_is_made() -> None:
    clock = ManualClock(0.0)
    pace = ReportPace(clock)
    assert not pace.begin_telling()
    clock.time += REPORT_SECONDS
    assert [pace.begin_telling(), pace.begin_telling()] == [True, False]
    pace.end_telling()
    assert pace.begin_telling()
    pace.end_telling()
    pace.told()
    assert not pace.begin_telling()
