"""How many files may be under way on a server that hangs up when they are many."""

from __future__ import annotations

from ferrygate.engine.load import Load


def under_way(load: Load, count: int) -> int:
    """Begin as many files as are allowed, of so many; the first of a lane always is."""
    return sum(load.take(first=number == 0) for number in range(count))


def end(load: Load, count: int, *, delivered: bool) -> None:
    for _file in range(count):
        load.give_back(delivered=delivered)


def lose(load: Load, count: int, *, walking: bool = False) -> bool:
    load.lost(walking=walking)
    end(load, count, delivered=False)
    return load.renew()


def test_without_a_loss_there_is_no_limit() -> None:
    load = Load()
    assert under_way(load, 1000) == 1000
    assert load.most is None


def test_each_loss_halves_what_was_under_way_down_to_one() -> None:
    load = Load()
    reached = []
    for _loss in range(6):
        begun = under_way(load, 20)
        reached.append(begun)
        lose(load, begun)
    assert reached == [20, 10, 5, 2, 1, 1]


def test_several_lanes_lose_one_connection_once() -> None:
    load = Load()
    begun = under_way(load, 20)
    load.lost(walking=False)
    load.lost(walking=False)
    end(load, begun, delivered=False)
    load.renew()
    assert load.most == 10


def test_a_walk_has_many_requests_under_way() -> None:
    load = Load()
    begun = under_way(load, 1)
    assert lose(load, begun, walking=True)
    assert load.most == 32


def test_each_loss_of_a_walk_halves_what_it_asks_about() -> None:
    load = Load()
    reached = []
    for _loss in range(8):
        lose(load, under_way(load, 5), walking=True)
        reached.append(load.most)
    assert reached == [32, 16, 8, 4, 2, 1, 1, 1]


def test_a_loss_with_nothing_under_way_teaches_nothing() -> None:
    load = Load()
    assert not lose(load, 0)
    assert load.most is None


def test_one_file_alone_cannot_be_made_fewer() -> None:
    load = Load()
    assert not lose(load, under_way(load, 1))
    assert load.most == 1


def test_a_connection_that_bears_it_is_asked_for_more_again() -> None:
    load = Load()
    lose(load, under_way(load, 20))
    for _file in range(79):
        load.take(first=True)
        load.give_back(delivered=True)
    assert load.most == 10
    load.take(first=True)
    load.give_back(delivered=True)
    assert load.most == 20


def test_files_that_came_before_a_loss_prove_nothing() -> None:
    load = Load()
    lose(load, under_way(load, 20))
    for _loss in range(20):
        for _file in range(10):
            load.take(first=True)
            load.give_back(delivered=True)
        lose(load, under_way(load, 2))
        assert load.most == 1
