"""Cancels simulated transfers at any moment, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import cancel
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_a_transfer_that_is_cancelled_at_any_moment_ends_once_and_tells_what_is_left(
    seed: int,
) -> None:
    run(cancel, seed)
