from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.common.errors import ConnectionFileError, SettingsError, UsageError
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore
from ferrygate.sites.without_code import without_code


def site(name: str, host: str = "sftp.example.org") -> Site:
    return Site(name=name, host=host)


def test_a_saved_site_comes_back(tmp_path: Path) -> None:
    store = SiteStore(tmp_path / "sites")
    assert store.names() == ()
    store.save(site("Acme exports"))
    assert store.names() == ("Acme exports",)
    assert store.load("Acme exports") == site("Acme exports")


def test_saving_again_replaces(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    store.save(site("Acme"))
    store.save(site("Acme", "other.example.org"))
    assert store.names() == ("Acme",)
    assert store.load("Acme").host == "other.example.org"


@pytest.mark.parametrize(
    "name", ["../../evil", "/", "CON", ".", "日本", "a" * 1000, "x.ferrygate", "a:b|c"]
)
def test_any_name_becomes_one_file_in_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "sites"
    store = SiteStore(folder)
    store.save(site(name))
    assert store.load(name).name == name
    assert {path.parent for path in tmp_path.rglob("*.ferrygate")} == {folder}


def test_names_that_differ_in_case_or_signs_are_different_sites(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    names = ("Acme", "acme", "acme!", "acme?")
    for name in names:
        store.save(site(name))
    assert sorted(store.names()) == sorted(names)
    assert len({path.name.casefold() for path in tmp_path.glob("*.ferrygate")}) == len(names)


def test_an_unknown_name_is_answered_with_those_there_are(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    with pytest.raises(UsageError, match="no saved site “Acme”") as caught:
        store.load("Acme")
    assert str(caught.value.problem.next_step) == "No site is saved yet."
    store.save(site("beta"))
    store.save(site("Alpha"))
    with pytest.raises(UsageError) as caught:
        store.remove("Acme")
    assert str(caught.value.problem.next_step) == "Saved sites: Alpha, beta."


def test_a_removed_site_is_gone(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    store.save(site("Acme"))
    store.remove("Acme")
    assert store.names() == ()
    assert list(tmp_path.glob("*.ferrygate")) == []


def test_a_file_put_there_by_hand_goes_by_its_site_s_name(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    path = tmp_path / "by-hand.ferrygate"
    path.write_text('format = 1\nname = "Acme"\nhost = "a.example"\n')
    assert store.load("Acme").host == "a.example"
    store.save(site("Acme", "b.example"))
    assert list(tmp_path.glob("*.ferrygate")) == [path]


def test_two_files_of_one_name_are_both_there(tmp_path: Path) -> None:
    text = 'format = 1\nname = "Acme"\nhost = "a.example"\n'
    for name in ("one", "two"):
        (tmp_path / f"{name}.ferrygate").write_text(text)
    assert SiteStore(tmp_path).names() == ("Acme", "two.ferrygate")


def test_a_broken_file_is_reported_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "broken.ferrygate").write_text("format = 1\nprot = 1\n")
    store = SiteStore(tmp_path)
    store.save(site("Acme"))
    assert store.names() == ("Acme", "broken.ferrygate")
    with pytest.raises(ConnectionFileError, match=r"“broken\.ferrygate”, line 2: “prot”"):
        store.load("broken.ferrygate")
    store.remove("broken.ferrygate")
    assert store.names() == ("Acme",)


def test_a_site_that_no_file_can_hold_is_not_saved(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    with pytest.raises(ConnectionFileError, match=r"^“host” has to be"):
        store.save(site("Acme", "not a host"))
    assert store.names() == ()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "sites").touch()
    with pytest.raises(SettingsError):
        SiteStore(tmp_path / "sites").save(site("Acme"))


OLD_PINS, NEW_PINS = ("SHA256:" + "o" * 43,), ("SHA256:" + "n" * 43,)


@pytest.mark.parametrize("username", ["vendor7", ""])
def test_a_saved_site_gets_new_pins_whoever_is_typed_for_its_user(
    tmp_path: Path, username: str
) -> None:
    saved = Site(name="Acme", host="h", username=username, host_key_fingerprints=OLD_PINS)
    store = SiteStore(tmp_path)
    store.save(saved)
    store.renew_pins(msgspec.structs.replace(saved, username="vendor7"), NEW_PINS)
    assert store.load("Acme") == msgspec.structs.replace(saved, host_key_fingerprints=NEW_PINS)


def test_another_site_of_that_name_keeps_its_pins(tmp_path: Path) -> None:
    saved = Site(name="Acme", host="h", host_key_fingerprints=OLD_PINS)
    store = SiteStore(tmp_path)
    store.save(saved)
    store.renew_pins(msgspec.structs.replace(saved, host="elsewhere"), NEW_PINS)
    assert store.load("Acme") == saved


def test_a_proven_site_is_saved_once_and_takes_only_word_of_its_codes(tmp_path: Path) -> None:
    store = SiteStore(tmp_path)
    store.keep_proven(site("Acme"))
    store.keep_proven(site("Acme", "other.example.org"))
    assert store.load("Acme") == site("Acme")
    store.keep_proven(without_code(site("Acme")))
    assert store.load("Acme") == without_code(site("Acme"))
