"""Tests the options of the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.options import Options, read_options
from bench.rows import LINKS, LOOPBACK, ROWS

PROGRAM = Path("/here/.venv/bin/ferrygate")


def given(*arguments: str) -> Options:
    return read_options(arguments, PROGRAM)


def test_everything_is_the_default() -> None:
    assert given().rows == ROWS
    assert given().links == LINKS
    assert given().rounds == 3
    assert given().program == PROGRAM
    assert given().against is None
    assert given().slowness.buffers == "raised"


def test_a_part_may_be_asked_for() -> None:
    options = given("--rows", "1gib list", "--links", "loopback", "--rounds", "1")
    assert [row.name for row in options.rows] == ["list", "1GiB-up", "1GiB-down"]
    assert options.links == (LOOPBACK,)
    assert options.rounds == 1


def test_another_program_on_another_link_may_be_measured() -> None:
    options = given("--program", "there/ferrygate", "--mtu", "1500", "--buffers", "stock")
    assert options.program == Path.cwd() / "there" / "ferrygate"
    assert (options.slowness.mtu, options.slowness.buffers) == (1500, "stock")


def test_another_checkout_may_be_compared_with() -> None:
    checkout = Path(__file__).parents[2]
    assert given("--against", str(checkout)).against == checkout / ".venv" / "bin" / "ferrygate"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--against", "/nowhere"), "run 'make setup' in /nowhere first"),
        (("--rows", "2gib"), "there is no row 2gib"),
        (("--links", "moon"), "links are loopback and 50ms"),
        (("--links", ""), "links are loopback and 50ms"),
        (("--rounds", "0"), "at least one round"),
    ],
)
def test_a_mistake_is_named(
    arguments: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        given(*arguments)
    assert end.value.code == 2
    assert complaint in capsys.readouterr().err
