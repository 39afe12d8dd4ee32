from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.errors import SettingsError
from ferrygate.common.secret import Secret
from ferrygate.sites.site import Site
from ferrygate.sites.skew import NOTABLE, SkewStore

SITE = Site(name="Acme", host="sftp.example.org", username="Vendor7")
SECRET = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
NOW = 1_795_000_010.0


@pytest.fixture
def skews(tmp_path: Path) -> SkewStore:
    return SkewStore(tmp_path / "home" / "skew.json")


def test_a_clock_is_right_until_someone_says_otherwise(skews: SkewStore) -> None:
    assert skews.read(SITE) == 0
    assert skews.correct(SITE, SECRET) == SECRET


@pytest.mark.parametrize("seconds", [45, -45])
def test_codes_are_made_for_the_servers_time(skews: SkewStore, seconds: int) -> None:
    skews.keep(SITE, seconds)
    assert skews.read(SITE) == seconds
    corrected = skews.correct(SITE, SECRET)
    assert live_code(corrected, NOW).code == live_code(SECRET, NOW + seconds).code


def test_each_account_has_its_own(skews: SkewStore) -> None:
    other = Site(name="Other", host="sftp.example.org", username="vendor8")
    same = Site(name="Same", host="SFTP.example.org", username="vendor7")
    skews.keep(SITE, 45)
    assert (skews.read(other), skews.read(same)) == (0, 45)


@pytest.mark.parametrize("seconds", [0, NOTABLE, -NOTABLE])
def test_a_small_difference_ends_the_correction(skews: SkewStore, seconds: int) -> None:
    skews.keep(SITE, 45)
    skews.keep(SITE, seconds)
    assert skews.read(SITE) == 0


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": "b"}', b"\xff"])
def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "skew.json"
    path.write_bytes(content)
    skews = SkewStore(path)
    for use in (lambda: skews.read(SITE), lambda: skews.keep(SITE, 45)):
        with pytest.raises(SettingsError, match="damaged") as caught:
            use()
        assert caught.value.problem.next_step
    assert path.read_bytes() == content


def test_a_file_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "skew.json").mkdir()
    with pytest.raises(SettingsError, match="Is a directory"):
        SkewStore(tmp_path / "skew.json").read(SITE)
