"""A server can write a bounded part of the log: some at once, then so much a second."""

from __future__ import annotations

import logging

from ferrygate.ssh.ssh_log import FloodFilter, bounded_log


def record(text: str, at: float = 0.0, *arguments: object) -> logging.LogRecord:
    made = logging.LogRecord("ferrygate.ssh", logging.INFO, "", 0, text, arguments, None)
    made.created = at
    return made


def test_a_flood_ends_in_one_line_that_says_so() -> None:
    flood = FloodFilter()
    written = []
    for _ in range(10_000):
        each = record("Auth banner: %s", 1000.0, "x" * 400)
        if flood.filter(each):
            written.append(each.getMessage())
    assert sum(map(len, written)) < 70_000
    assert written[-1] == "the server has much to be logged; for some minutes the rest is left out"
    assert len([text for text in written if "is left out" in text]) == 1


def test_it_may_write_again_after_some_minutes() -> None:
    flood = FloodFilter()
    written = 0
    for second in range(1800):
        for _ in range(3):
            each = record("y" * 480, float(second))
            written += len(each.getMessage()) if flood.filter(each) else 0
    assert 180_000 < written < 250_000


def test_a_long_record_is_cut() -> None:
    each = record("Disconnect: %s", 0.0, "z" * 5000)
    assert FloodFilter().filter(each)
    assert each.getMessage().endswith("… (5012 characters)")
    assert len(each.getMessage()) < 600


def test_a_clock_that_goes_back_gives_nothing() -> None:
    flood = FloodFilter()
    assert flood.filter(record("now", 2000.0))
    assert flood.filter(record("then", 1000.0))


def test_the_log_is_bounded_once() -> None:
    logger = logging.getLogger(bounded_log())
    bounded_log()
    assert len([each for each in logger.filters if isinstance(each, FloodFilter)]) == 1
