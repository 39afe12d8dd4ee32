"""The rows, their names, and how they are chosen."""

from __future__ import annotations

import pytest

from bench.rows import LINKS, LOOPBACK, ROWS, SLOW, Direction, select


def names(*patterns: str) -> list[str]:
    return [row.name for row in select(patterns)]


def test_all_rows_without_a_wish() -> None:
    assert select([]) == ROWS


def test_a_beginning_in_any_case_chooses() -> None:
    assert names("1gib") == ["1GiB-up", "1GiB-down"]
    assert names("1000X4k", "list") == ["1000x4KiB-up", "1000x4KiB-down", "list"]


def test_stars_choose_directions() -> None:
    assert names("*-up") == [row.name for row in ROWS if row.direction is Direction.UP]


def test_an_unknown_row_is_an_error_that_names_the_others() -> None:
    with pytest.raises(ValueError, match=r"no row 2gib; there are 1000x4KiB-up, .*tree-down"):
        names("1gib", "2gib")


def test_no_two_rows_share_a_name() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_every_floor_is_on_a_link_there_is_and_no_lower_than_its_aim() -> None:
    floors = [(link, floor) for row in ROWS for link, floor in row.floors.items()]
    assert {link for link, _floor in floors} == set(LINKS)
    assert all(0 < floor.aim < floor.most for _link, floor in floors)


def test_the_floors_are_those_that_were_promised() -> None:
    most = {(row.name, link): floor.most for row in ROWS for link, floor in row.floors.items()}
    assert most == {
        ("1000x4KiB-up", SLOW): 1 / 6,
        ("1000x4KiB-down", SLOW): 1 / 6,
        ("list", SLOW): 0.4,
        ("64MiB-up", SLOW): 0.95,
        ("64MiB-down", SLOW): 0.65,
        ("8x32MiB-up", SLOW): 1.0,
        ("8x32MiB-down", SLOW): 1.0,
        ("1000x4KiB-up", LOOPBACK): 0.8,
        ("1000x4KiB-down", LOOPBACK): 0.8,
        ("list", LOOPBACK): 0.7,
        ("1GiB-up", LOOPBACK): 1.0,
        ("1GiB-down", LOOPBACK): 1.0,
    }
