"""Medians, the best peer, and what a floor says."""

from __future__ import annotations

import pytest

from bench.judge import failures, judge, outlasted, problems, typical
from bench.sample_reports import measured, row, run


def test_the_median_counts() -> None:
    assert typical(measured(3.0, 1.0, 2.0)) == 2.0


def test_runs_with_a_problem_do_not_count() -> None:
    assert typical(measured(3.0, run(0.1, "other bytes"))) == 3.0
    assert typical(measured(run(0.1, "other bytes"))) is None


def test_a_stopped_client_outlasted_its_limit() -> None:
    assert outlasted(measured(run(60.0, stopped=True))) == 60.0
    assert outlasted(measured(run(1.0, "other bytes"))) is None
    assert outlasted(measured(1.0, run(60.0, stopped=True))) is None


def test_the_best_peer_is_the_fastest_of_the_row() -> None:
    verdict = judge(row(measured(1.0), sftp=measured(4.0), lftp=measured(2.0)))
    assert (verdict.best_peer, verdict.ratio, verdict.is_bound) == ("lftp", 0.5, False)
    assert verdict.kept is None
    assert verdict.reached is None


@pytest.mark.parametrize(
    ("ours", "kept", "reached"), [(1.0, True, True), (1.5, True, False), (2.5, False, False)]
)
def test_a_floor_is_kept_up_to_its_bound(ours: float, kept: bool, reached: bool) -> None:  # noqa: FBT001  a table
    verdict = judge(row(measured(ours), sftp=measured(2.0), most=0.75, aim=0.5))
    assert (verdict.kept, verdict.reached) == (kept, reached)


def test_peers_that_never_finished_bound_the_ratio() -> None:
    never = measured(run(60.0, stopped=True))
    verdict = judge(row(measured(6.0), sftp=never, psftp=never, most=0.2, aim=0.05))
    assert verdict.is_bound
    assert verdict.ratio == pytest.approx(0.1)
    assert (verdict.kept, verdict.reached) == (True, False)


def test_without_peers_there_is_no_ratio() -> None:
    assert judge(row(measured(1.0), most=0.5)).ratio is None
    assert judge(row(measured(1.0), sftp=measured(run(1.0, "broken")), most=0.5)).kept is None


def test_a_good_row_fails_nothing() -> None:
    slow_peer = measured(run(60.0, stopped=True))
    assert failures((row(measured(1.0), sftp=measured(2.0), psftp=slow_peer, most=0.6),)) == []


def test_a_missed_floor_is_named() -> None:
    assert failures((row(measured(1.0), sftp=measured(2.0), most=0.4),)) == [
        "loopback, many up: 0.50 of the best peer's time, and 0.40 is the most"
    ]


def test_every_wrong_byte_is_named() -> None:
    broken = measured(1.0, run(1.0, "f has other bytes"))
    assert failures((row(broken, sftp=broken),)) == [
        "loopback, many up, ferrygate: f has other bytes",
        "loopback, many up, sftp: f has other bytes",
    ]


def test_being_stopped_ourselves_is_a_failure() -> None:
    found = failures((row(measured(run(60.0, stopped=True)), sftp=measured(1.0), most=0.5),))
    assert found == ["loopback, many up, ferrygate: stopped"]


def test_a_checkout_of_ours_that_was_stopped_is_a_problem_and_a_slow_peer_is_none() -> None:
    stopped = measured(run(60.0, stopped=True))
    found = problems(row(measured(1.0), other=stopped, sftp=stopped))
    assert found == ["loopback, many up, other: stopped"]
