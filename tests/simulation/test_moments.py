"""Counts where batches stand as something befalls them: seldom before or after all that matters."""

from __future__ import annotations

import pytest

from simulation.scenarios import NOTHING_YET, SCENARIOS, SOME, TOO_LATE
from simulation.world import run

_SEEDS = range(40)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kill", "cancel", "retry"])
def test_nearly_all_that_befalls_a_batch_does_so_while_it_is_under_way(name: str) -> None:
    lines = [line for seed in _SEEDS for line in run(SCENARIOS[name], seed).lines]
    counts = {
        stands: len([line for line in lines if line.endswith(f": comes {stands}")])
        for stands in (NOTHING_YET, SOME, TOO_LATE)
    }
    moments = sum(counts.values())
    assert moments >= len(_SEEDS), counts
    assert counts[TOO_LATE] <= 0.125 * moments, counts
    assert counts[SOME] >= 0.35 * moments, counts
