from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import ConnectionFileError, UsageError
from ferrygate.sites.resolve import resolve_site
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore


@pytest.fixture
def store(tmp_path: Path) -> SiteStore:
    store = SiteStore(tmp_path / "sites")
    store.save(Site(name="Acme", host="saved.example"))
    return store


def test_a_name_is_a_saved_site(store: SiteStore) -> None:
    assert resolve_site("Acme", store).host == "saved.example"


def test_a_path_is_a_connection_file(store: SiteStore, tmp_path: Path) -> None:
    path = tmp_path / "Acme"
    path.write_text('format = 1\nname = "Acme"\nhost = "file.example"\n')
    assert resolve_site(str(path), store).host == "file.example"


@pytest.mark.parametrize("text", ["missing.ferrygate", "./Acme", "folder/Acme"])
def test_what_looks_like_a_path_is_never_a_name(store: SiteStore, text: str) -> None:
    with pytest.raises(ConnectionFileError, match="There is no file"):
        resolve_site(text, store)


def test_an_unknown_name(store: SiteStore) -> None:
    with pytest.raises(UsageError, match="no saved site"):
        resolve_site("acme", store)


def test_an_empty_word_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="empty"):
        resolve_site("", SiteStore(tmp_path))
