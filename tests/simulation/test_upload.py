"""Sends a tree to the simulated server, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import upload
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_an_upload_is_delivered_whole_and_told_so(
    seed: int,
) -> None:
    run(upload, seed)
