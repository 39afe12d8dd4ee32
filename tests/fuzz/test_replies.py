"""The fuzzer's target with bytes of hypothesis's choosing, within bounds of time and memory."""

from __future__ import annotations

import importlib.util
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzz.replies import main
from fuzz.target import Target

# Each work (the first byte), with answers that are mostly honest or of any kind.
HEADS = st.tuples(st.integers(0, 7), st.integers(0, 1), st.integers(0, 3), st.integers(0, 255)).map(
    bytes
)
TURNS = st.one_of(st.just(b"\x00"), st.just(b"\x02"), st.binary(min_size=1, max_size=12))
SESSIONS = st.builds(
    lambda head, turns: head + b"".join(turns), HEADS, st.lists(TURNS, max_size=60)
)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with tempfile.TemporaryDirectory() as folder:
        yield Target(Path(folder) / "work")


@settings(max_examples=250)
@given(st.one_of(SESSIONS, st.binary(max_size=400)))
@example(b"")
def test_whatever_a_server_sends_only_the_products_errors_come_of_it(
    target: Target, data: bytes
) -> None:
    target.run(data)


@pytest.mark.parametrize("work", range(8))
@pytest.mark.parametrize("piece", range(4))
def test_each_work_comes_to_its_end_with_an_honest_server(
    target: Target, work: int, piece: int
) -> None:
    """Or the target would prove nothing."""
    session = target.run(bytes([work, 0, piece, 1]) + b"\x02" * 100)
    assert session.error is None
    assert session.served > 50


@settings(max_examples=40)
@given(SESSIONS)
def test_memory_stays_in_proportion_to_what_was_sent(target: Target, data: bytes) -> None:
    target.run(data)  # whatever is loaded or kept for good is by now
    tracemalloc.start()
    try:
        served = target.run(data).served
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000 + 20 * served


@pytest.mark.skipif(importlib.util.find_spec("atheris") is not None, reason="it is installed")
def test_without_the_fuzzer_it_says_how_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replies"]) == 2
    assert "pip install atheris" in capsys.readouterr().err
