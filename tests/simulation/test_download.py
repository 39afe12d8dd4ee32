"""Fetches a tree from the simulated server, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import download
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_a_download_is_delivered_whole_and_leaves_no_part(
    seed: int,
) -> None:
    run(download, seed)
