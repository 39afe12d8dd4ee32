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
    pace.reported()
    due.append(pace.is_due)
    assert due == [False, True, False]


def test_a_report_is_asked_for_once_until_it_is_made() -> None:
    clock = ManualClock(0.0)
    pace = ReportPace(clock)
    assert not pace.claim_report()
    clock.time += REPORT_SECONDS
    assert [pace.claim_report(), pace.claim_report()] == [True, False]
    pace.report_begins()
    assert pace.claim_report()
    pace.report_begins()
    pace.reported()
    assert not pace.claim_report()
