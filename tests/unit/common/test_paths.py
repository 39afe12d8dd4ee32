from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import SettingsError
from ferrygate.common.paths import HOME_VARIABLE, Home


def test_the_environment_names_the_home(tmp_path: Path) -> None:
    home = Home.from_environment({HOME_VARIABLE: str(tmp_path / "home")})
    assert home.root == tmp_path / "home"
    assert not home.root.exists()


def test_a_relative_home_is_taken_from_here() -> None:
    assert Home.from_environment({HOME_VARIABLE: "here"}).root == Path.cwd() / "here"


def test_without_it_the_platform_decides() -> None:
    assert Home.from_environment({}).root.name == "ferrygate"


def test_the_home_is_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "home").prepare().prepare()
    assert home.root.stat().st_mode & 0o777 == 0o700


def test_everything_lies_in_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    places = {home.sites, home.known_hosts, home.ledger, home.skew, home.logs, home.sandbox}
    assert len(places) == 6
    assert {place.parent for place in places} == {tmp_path}


def test_a_home_that_is_a_file_is_said_with_what_to_set(tmp_path: Path) -> None:
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        (tmp_path / "file").touch()
        with pytest.raises(SettingsError, match="cannot keep its files") as caught:
            Home(place).prepare()
        assert str(place) in str(caught.value)
        assert HOME_VARIABLE in str(caught.value.problem.next_step)


def test_a_home_of_somebody_unknown_is_said() -> None:
    with pytest.raises(SettingsError, match="nobody-has-this-name"):
        Home.from_environment({HOME_VARIABLE: "~nobody-has-this-name/x"})
