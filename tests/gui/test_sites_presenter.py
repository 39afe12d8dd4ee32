from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.common.errors import ConnectionFileError
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore

ACME = Site(name="Acme", host="sftp.example.org", username="vendor7")


@pytest.fixture
def chosen() -> list[Site]:
    return []


@pytest.fixture
def store(tmp_path: Path) -> SiteStore:
    return SiteStore(tmp_path / "sites")


@pytest.fixture
def presenter(store: SiteStore, chosen: list[Site]) -> SitesPresenter:
    return SitesPresenter(store, chosen.append)


@pytest.mark.parametrize(
    ("text", "host", "port", "user"),
    [
        ("sftp.example.org", "sftp.example.org", 22, ""),
        (" sftp.example.org:2222 ", "sftp.example.org", 2222, ""),
        ("v7@sftp.example.org", "sftp.example.org", 22, "v7"),
        ("v7@example.org@sftp.example.org:2022", "sftp.example.org", 2022, "v7@example.org"),
    ],
)
def test_an_address_is_taken_as_people_write_it(
    presenter: SitesPresenter, chosen: list[Site], text: str, host: str, port: int, user: str
) -> None:
    presenter.open_address(text)
    (site,) = chosen
    assert (site.host, site.port, site.username) == (host, port, user)


@pytest.mark.parametrize("text", ["", "a b", "host:", "host:0", "host:65536", "host:ssh", "@"])
def test_what_is_no_address_is_said_to_be_none(
    presenter: SitesPresenter, chosen: list[Site], text: str
) -> None:
    presenter.open_address(text)
    assert chosen == []
    assert presenter.view.problem is not None


def test_a_connection_file_is_opened_and_a_broken_one_explained(
    presenter: SitesPresenter, chosen: list[Site], tmp_path: Path
) -> None:
    file = tmp_path / "acme.ferrygate"
    file.write_text('format = 1\nname = "Acme"\nhost = "sftp.example.org"\n')
    presenter.open_file(str(file))
    assert [site.name for site in chosen] == ["Acme"]
    file.write_text('format = 1\nname = "Acme"\npassword = "hush"\n')
    presenter.open_file(str(file))
    assert presenter.view.problem is not None
    assert presenter.view.problem.kind is ConnectionFileError.kind
    assert "hush" not in repr(presenter.view.problem)


def test_a_proven_site_is_kept_once_and_never_replaced(
    presenter: SitesPresenter, store: SiteStore
) -> None:
    presenter.keep(ACME)
    presenter.keep(Site(name="Acme", host="elsewhere.example.org"))
    assert store.load("Acme") == ACME


def test_a_broken_saved_site_is_named_and_hides_no_other(
    presenter: SitesPresenter, store: SiteStore
) -> None:
    store.save(ACME)
    store.save(Site(name="Broken", host="sftp.example.org"))
    (broken,) = [file for file in (store_folder(store)).iterdir() if "roken" in file.name]
    broken.write_text('format = 1\nname = "Broken"\nport = 0\nhost = "h"\n')
    presenter.load()
    assert [site.name for site in presenter.view.sites] == ["Acme"]
    assert presenter.view.problem is not None


def store_folder(store: SiteStore) -> Path:
    return store._folder
