"""A server that hangs up halves the limit of files under way; those delivered widen it."""

from __future__ import annotations

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit


def under_way(concurrency: ConcurrencyLimit, count: int) -> int:
    """Begin as many files as are allowed, of so many; the first of a lane always is."""
    return sum(concurrency.acquire(first=number == 0) for number in range(count))


def end(concurrency: ConcurrencyLimit, count: int, *, delivered: bool) -> None:
    for _file in range(count):
        concurrency.release(delivered=delivered)


def lose(concurrency: ConcurrencyLimit, count: int, *, walking: bool = False) -> bool:
    concurrency.note_loss(walking=walking)
    end(concurrency, count, delivered=False)
    return concurrency.renew()


def test_without_a_loss_there_is_no_limit() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    assert under_way(concurrency, 1000) == 1000
    assert concurrency.max_files is None


def test_each_loss_halves_what_was_under_way_down_to_one() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    reached = []
    for _loss in range(6):
        begun = under_way(concurrency, 20)
        reached.append(begun)
        lose(concurrency, begun)
    assert reached == [20, 10, 5, 2, 1, 1]


def test_several_lanes_lose_one_connection_once() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    begun = under_way(concurrency, 20)
    concurrency.note_loss(walking=False)
    concurrency.note_loss(walking=False)
    end(concurrency, begun, delivered=False)
    concurrency.renew()
    assert concurrency.max_files == 10


def test_a_walk_has_many_requests_under_way() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    begun = under_way(concurrency, 1)
    assert lose(concurrency, begun, walking=True)
    assert concurrency.max_files == 32


def test_each_loss_of_a_walk_halves_what_it_asks_about() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    reached = []
    for _loss in range(8):
        lose(concurrency, under_way(concurrency, 5), walking=True)
        reached.append(concurrency.max_files)
    assert reached == [32, 16, 8, 4, 2, 1, 1, 1]


def test_a_loss_with_nothing_under_way_teaches_nothing() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    assert not lose(concurrency, 0)
    assert concurrency.max_files is None


def test_one_file_alone_cannot_be_made_fewer() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    assert not lose(concurrency, under_way(concurrency, 1))
    assert concurrency.max_files == 1


def test_a_connection_that_bears_it_is_asked_for_more_again() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    lose(concurrency, under_way(concurrency, 20))
    for _file in range(79):
        concurrency.acquire(first=True)
        concurrency.release(delivered=True)
    assert concurrency.max_files == 10
    concurrency.acquire(first=True)
    concurrency.release(delivered=True)
    assert concurrency.max_files == 20


def test_files_that_came_before_a_loss_prove_nothing() -> None:
    concurrency = ConcurrencyLimit(SystemThreads())
    lose(concurrency, under_way(concurrency, 20))
    for _loss in range(20):
        for _file in range(10):
            concurrency.acquire(first=True)
            concurrency.release(delivered=True)
        lose(concurrency, under_way(concurrency, 2))
        assert concurrency.max_files == 1
