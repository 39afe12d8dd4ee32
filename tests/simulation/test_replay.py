"""Replays seeds: the same one gives the same log, in another process as well."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.scenarios import SCENARIOS
from simulation.world import World, replay, run

ROOT = Path(__file__).parents[2]
SEED = 6


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_seed_gives_the_same_log(name: str) -> None:
    assert run(SCENARIOS[name], SEED).lines == run(SCENARIOS[name], SEED).lines


@pytest.mark.parametrize("name", SCENARIOS)
def test_another_process_with_other_hashes_gives_the_same_log(name: str) -> None:
    environment = os.environ | {"PYTHONPATH": "gui:tests", "PYTHONHASHSEED": "4242"}
    told = subprocess.run(
        [sys.executable, "-m", "simulation", f"{SEED}", name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    log = run(SCENARIOS[name], SEED)
    assert told.stdout.splitlines() == [*log.lines, f"{name} {SEED} {log.digest}"]


def test_other_seeds_give_other_logs() -> None:
    assert len({run(SCENARIOS["upload"], seed).digest for seed in range(5)}) == 5


def test_a_scenario_that_finds_something_is_told_with_its_seed_and_its_log() -> None:
    def wrong(world: World) -> None:
        world.start_client().sign_in()
        raise AssertionError("so it is")

    log, error = replay(wrong, SEED)
    assert "SIGNED_IN" in "".join(log.lines)
    assert str(error) == "so it is"
    with pytest.raises(AssertionError, match="so it is") as raised:
        run(wrong, SEED)
    assert raised.value.__notes__ == [f"seed {SEED} of wrong"]


def lose_the_answer(world: World) -> None:
    client = world.start_client()
    client.sign_in()
    client.wait(lambda: False)


def test_a_wait_for_what_never_comes_is_told_with_the_place_of_each_thread() -> None:
    _log, error = replay(lose_the_answer, SEED, seconds=200)
    told = str(error)
    assert told.startswith("stuck at 200")
    assert "browse waits for a mailbox" in told
    assert "main waits for an event" in told
