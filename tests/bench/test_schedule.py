"""Taking turns."""

from __future__ import annotations

from bench.clients import OURS
from bench.report import Run
from bench.sample_reports import run
from bench.schedule import Patience, take_turns

PATIENCE = Patience(first=900, least=60, most=180, factor=15)


class Clients:
    """Clients that take as long as they are told to, and are stopped at their limit."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = seconds
        self.log: list[str] = []
        self.limits: dict[str, list[float]] = {name: [] for name in seconds}

    def play(self, rounds: int) -> dict[str, int]:
        runs = take_turns(tuple(self.seconds), rounds, self._run, PATIENCE)
        return {name: len(each) for name, each in runs.items()}

    def _run(self, name: str, limit: float) -> Run:
        self.log.append(name)
        self.limits[name].append(limit)
        seconds = self.seconds[name]
        return run(limit, stopped=True) if seconds > limit else run(seconds)


def test_each_round_begins_with_another() -> None:
    clients = Clients(**{OURS: 1.0, "a": 1.0, "b": 1.0})
    assert clients.play(3) == {OURS: 3, "a": 3, "b": 3}
    assert clients.log == [OURS, "a", "b", "a", "b", OURS, "b", OURS, "a"]


def test_the_hopeless_run_once() -> None:
    assert Clients(**{OURS: 1.0, "near": 4.0, "far": 4.1}).play(3) == {
        OURS: 3,
        "near": 3,
        "far": 1,
    }


def test_the_best_peer_is_run_again_however_slow() -> None:
    assert Clients(**{OURS: 1.0, "a": 50.0, "b": 40.0}).play(3) == {OURS: 3, "a": 1, "b": 3}


def test_we_are_run_again_however_slow() -> None:
    assert Clients(**{OURS: 50.0, "a": 1.0, "b": 2.0}).play(2) == {OURS: 2, "a": 2, "b": 2}


def test_nobody_drops_out_of_a_row_that_all_failed() -> None:
    assert Clients(**{OURS: 1000.0, "a": 1000.0}).play(2) == {OURS: 2, "a": 2}


def test_our_own_time_does_not_shorten_a_peers() -> None:
    clients = Clients(**{OURS: 1.0, "a": 300.0, "b": 1000.0})
    clients.play(1)
    assert clients.limits == {OURS: [900], "a": [900], "b": [450]}


def test_the_limit_lies_between_its_bounds() -> None:
    assert PATIENCE.limit(None) == 900
    assert PATIENCE.limit(1.0) == 60
    assert PATIENCE.limit(10.0) == 150
    assert PATIENCE.limit(100.0) == 180
    assert PATIENCE.limit(200.0) == 300
