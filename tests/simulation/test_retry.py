"""Cancels simulated transfers and tries them again, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import retry
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_a_transfer_that_is_cancelled_and_tried_again_is_delivered_whole(
    seed: int,
) -> None:
    run(retry, seed)
