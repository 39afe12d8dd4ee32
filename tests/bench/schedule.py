"""Decides which client runs next: they take turns, and the hopeless drop out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.clients import OURS
from bench.report import Run

HOPELESS = 4.0  # times the fastest client


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Limits the seconds that a client may run.

    Attributes:
        first: while no peer has finished.
        least: whatever the fastest peer took.
        most: likewise, unless the fastest peer took longer itself.
        factor: times the fastest peer.
    """

    first: float = 900.0
    least: float = 60.0
    most: float = 180.0
    factor: float = 15.0

    def limit(self, fastest_peer: float | None) -> float:
        """Give the limit for the next client, in seconds, from the fastest peer so far."""
        if fastest_peer is None:
            return self.first
        wanted = min(self.most, self.factor * fastest_peer)
        return max(self.least, wanted, 1.5 * fastest_peer)


def take_turns(
    clients: Sequence[str],
    rounds: int,
    run: Callable[[str, float], Run],
    patience: Patience,
) -> Mapping[str, list[Run]]:
    """Run every client ``rounds`` times, one after the other, each round beginning with another.

    After the first round, a peer that took more than :data:`HOPELESS` times as long as the fastest
    client has had its turn; the best peer is always run again.

    Args:
        clients: names, ours first.
        rounds: at least one.
        run: runs a client with a limit in seconds.
        patience: makes the limit.
    """
    runs: dict[str, list[Run]] = {name: [] for name in clients}
    playing = list(clients)
    for number in range(rounds):
        start = number % len(playing)
        for name in playing[start:] + playing[:start]:
            peers = [each for client in clients if client != OURS for each in runs[client]]
            fastest = min((each.seconds for each in peers if not each.problem), default=None)
            runs[name].append(run(name, patience.limit(fastest)))
        if number == 0:
            playing = _worth_another(runs)
    return runs


def _worth_another(first: Mapping[str, list[Run]]) -> list[str]:
    times = {name: runs[0].seconds for name, runs in first.items() if not runs[0].problem}
    if not times:
        return list(first)
    limit = HOPELESS * min(times.values())
    peers = {name: time for name, time in times.items() if name != OURS}
    best = min(peers, key=peers.__getitem__, default=OURS)
    return [name for name in first if name in {OURS, best} or times.get(name, limit + 1) <= limit]
