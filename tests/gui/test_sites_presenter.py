from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.common.errors import ConnectionFileError, LocalFileError, Problem, SettingsError
from ferrygate.common.message import message
from ferrygate.sites.known_hosts import HostKey
from ferrygate.sites.site import SignInSettings, Site, Support
from ferrygate.sites.store import SiteStore
from ferrygate.sites.without_code import with_code, without_code
from gui.background_work import DeferredBackground, at_once

ACME = Site(name="Acme", host="sftp.example.org", username="vendor7")
OTHER = Site(name="Other", host="sftp.example.com")


def unforeseen(problem: Problem) -> None:
    raise AssertionError(problem)


@pytest.fixture
def chosen() -> list[Site]:
    return []


@pytest.fixture
def store(tmp_path: Path) -> SiteStore:
    return SiteStore(tmp_path / "sites")


@pytest.fixture
def presenter(store: SiteStore, chosen: list[Site]) -> SitesPresenter:
    return SitesPresenter(store, lambda _host, _port: (), chosen.append, at_once)


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


@pytest.mark.parametrize("text", ["", "a b", "host:0", "host:65536", "host:ssh", "@"])
def test_what_is_no_address_is_said_to_be_none(
    presenter: SitesPresenter, chosen: list[Site], text: str
) -> None:
    assert not presenter.open_address(text)
    assert chosen == []
    assert presenter.view.address_problem is not None
    presenter.open_address("host")
    assert presenter.view.address_problem is None


def test_a_port_beside_the_address_counts(presenter: SitesPresenter, chosen: list[Site]) -> None:
    assert presenter.open_address("host", " 2222 ")
    assert not presenter.open_address("host", "ssh")
    (site,) = chosen
    assert site.port == 2222


def test_what_a_person_says_of_a_sites_codes_is_kept_with_it(
    presenter: SitesPresenter, store: SiteStore
) -> None:
    site = Site(name="host", host="host", start_folder="/in")
    store.save(site)
    typed = msgspec.structs.replace(without_code(site), username="v7", start_folder="/")
    presenter.keep(typed, lambda _problem: None)
    assert store.load("host") == without_code(site)
    presenter.keep(with_code(typed), lambda _problem: None)
    assert store.load("host") == site
    elsewhere = msgspec.structs.replace(typed, port=2222)
    presenter.keep(elsewhere, lambda _problem: None)
    assert store.load("host") == site


def test_a_connection_file_is_opened_and_a_broken_one_explained(
    presenter: SitesPresenter, chosen: list[Site], tmp_path: Path
) -> None:
    file = tmp_path / "acme.ferrygate"
    file.write_text('format = 1\nname = "Acme"\nhost = "sftp.example.org"\n')
    presenter.open_file(str(file))
    assert chosen == []
    presenter.accept()
    assert [site.name for site in chosen] == ["Acme"]
    file.write_text('format = 1\nname = "Acme"\npassword = "hush"\n')
    presenter.open_file(str(file))
    assert presenter.view.problem is not None
    assert presenter.view.problem.kind is ConnectionFileError.kind
    assert "hush" not in repr(presenter.view.problem)


def test_an_offer_says_whom_it_leads_to(presenter: SitesPresenter) -> None:
    presenter.offer(
        Site(
            name="Acme",
            host="sftp.example.org",
            port=2222,
            username="vendor7",
            sign_in=SignInSettings(okta_address="https://acme.okta.example"),
            support=Support(contact="help@example.org"),
        )
    )
    offer = presenter.view.offer
    assert offer is not None
    assert offer.facts == (
        ("Server", "sftp.example.org:2222"),
        ("User name", "vendor7"),
        ("Codes checked by", "acme.okta.example"),
        ("Contact", "help@example.org"),
    )
    assert offer.warnings == ()


def test_an_offer_that_is_declined_leads_nowhere(
    presenter: SitesPresenter, chosen: list[Site]
) -> None:
    presenter.offer(ACME)
    presenter.decline()
    presenter.accept()
    assert chosen == []
    assert presenter.view.offer is None


def test_a_site_that_is_saved_just_so_needs_no_second_consent(
    presenter: SitesPresenter, store: SiteStore, chosen: list[Site]
) -> None:
    store.save(ACME)
    presenter.load()
    presenter.offer(ACME)
    assert chosen == [ACME]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "evil.example.org"}, "for vendor7 on sftp.example.org"),
        ({"username": "vendor8"}, "for vendor7 on sftp.example.org"),
        ({"start_folder": "/inbox"}, "with other settings"),
    ],
)
def test_a_name_that_is_taken_is_warned_of(
    presenter: SitesPresenter, store: SiteStore, change: dict[str, str], words: str
) -> None:
    store.save(ACME)
    presenter.load()
    presenter.offer(msgspec.structs.replace(ACME, **change))
    assert presenter.view.offer is not None
    (warning,) = presenter.view.offer.warnings
    assert words in warning


@pytest.mark.parametrize(("known", "warns"), [("SHA256:old", True), ("SHA256:new", False)])
def test_a_pin_that_contradicts_a_known_host_is_warned_of(
    store: SiteStore, chosen: list[Site], known: str, *, warns: bool
) -> None:
    presenter = SitesPresenter(store, lambda _host, _port: (known,), chosen.append, at_once)
    presenter.offer(msgspec.structs.replace(ACME, host_key_fingerprints=("SHA256:new",)))
    assert presenter.view.offer is not None
    assert bool(presenter.view.offer.warnings) is warns


def test_known_hosts_that_cannot_be_read_stop_the_offer(
    store: SiteStore, chosen: list[Site]
) -> None:
    def unreadable(_host: str, _port: int) -> tuple[str, ...]:
        raise LocalFileError(message("known_hosts cannot be read."))

    presenter = SitesPresenter(store, unreadable, chosen.append, at_once)
    presenter.offer(ACME)
    assert presenter.view.offer is None
    assert presenter.view.problem is not None


def test_a_demo_keeps_nothing(store: SiteStore, chosen: list[Site]) -> None:
    presenter = SitesPresenter(store, lambda _host, _port: (), chosen.append, at_once, keeps=False)
    presenter.keep(ACME, unforeseen)
    assert store.names() == ()


def test_a_proven_site_is_kept_once_and_never_replaced(
    presenter: SitesPresenter, store: SiteStore
) -> None:
    presenter.keep(ACME, unforeseen)
    presenter.keep(Site(name="Acme", host="elsewhere.example.org"), unforeseen)
    assert store.load("Acme") == ACME


OLD, NEW, ANOTHER = (HostKey("ssh-ed25519", blob).fingerprint for blob in (b"o", b"n", b"a"))
PINNED = msgspec.structs.replace(ACME, host_key_fingerprints=(OLD,))
UNPINNED = msgspec.structs.replace(ACME, host_key_fingerprints=())


@pytest.fixture
def renewed(store: SiteStore, chosen: list[Site]) -> SitesPresenter:
    """Make a presenter on a computer that knows another key of the server by now."""
    return SitesPresenter(store, lambda *_: (NEW,), chosen.append, at_once)


@pytest.mark.parametrize("typed", ["vendor7", ""])
def test_a_saved_site_whose_new_key_was_trusted_gets_it_for_its_pin(
    renewed: SitesPresenter, store: SiteStore, typed: str
) -> None:
    saved = msgspec.structs.replace(PINNED, username=typed)
    store.save(saved)
    renewed.keep(UNPINNED, unforeseen, outdated=PINNED)
    new = msgspec.structs.replace(saved, host_key_fingerprints=(NEW,))
    assert store.load("Acme") == new


@pytest.mark.parametrize(
    "change", [{"host": "sftp.example.com"}, {"host_key_fingerprints": (ANOTHER,)}]
)
def test_a_connection_file_changes_no_saved_site_that_bears_its_name(
    renewed: SitesPresenter, store: SiteStore, change: dict[str, str]
) -> None:
    saved = msgspec.structs.replace(PINNED, **change)
    store.save(saved)
    renewed.keep(UNPINNED, unforeseen, outdated=PINNED)
    assert store.load("Acme") == saved


def test_a_site_that_was_not_saved_yet_is_saved_with_the_new_key(
    renewed: SitesPresenter, store: SiteStore
) -> None:
    renewed.keep(UNPINNED, unforeseen, outdated=PINNED)
    assert store.load("Acme").host_key_fingerprints == (NEW,)


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


def test_a_folder_that_cannot_be_read_does_not_hide_what_was_opened(
    chosen: list[Site],
) -> None:
    class Unreadable(SiteStore):
        def names(self) -> tuple[str, ...]:
            raise LocalFileError(message("The folder cannot be read."))

    presenter = SitesPresenter(Unreadable(Path()), lambda *_: (), chosen.append, at_once)
    named: list[Problem | None] = []

    def go_on() -> None:
        named.append(presenter.view.problem)
        presenter.choose(ACME)

    presenter.load(go_on)
    assert named != [None]
    assert chosen == [ACME]


def test_a_site_that_cannot_be_saved_is_said(store: SiteStore, chosen: list[Site]) -> None:
    folder = store_folder(store)
    folder.write_text("in the way")
    presenter = SitesPresenter(store, lambda *_: (), chosen.append, at_once)
    said: list[Problem] = []
    presenter.keep(ACME, said.append)
    assert [problem.kind for problem in said] == [SettingsError.kind]


# ---------------------------------------------------------------- a disk that takes its time


@pytest.fixture
def later() -> DeferredBackground:
    return DeferredBackground()


@pytest.fixture
def slow(store: SiteStore, chosen: list[Site], later: DeferredBackground) -> SitesPresenter:
    """Make a presenter whose disk answers when the test says so."""
    store.save(ACME)
    return SitesPresenter(store, lambda *_: (), chosen.append, later)


def test_nothing_is_read_before_it_is_read_in_the_background(
    slow: SitesPresenter, later: DeferredBackground
) -> None:
    slow.load()
    assert not slow.view.sites
    later.work()
    assert slow.view.sites == (ACME,)


def test_an_offer_that_comes_late_does_not_come_between(
    slow: SitesPresenter, later: DeferredBackground, chosen: list[Site]
) -> None:
    slow.offer(ACME)
    slow.choose(OTHER)
    later.work()
    assert slow.view.offer is None
    assert chosen == [OTHER]


def test_a_file_that_is_read_late_does_not_come_between(
    slow: SitesPresenter, later: DeferredBackground, tmp_path: Path
) -> None:
    slow.open_file(str(tmp_path / "gone.ferrygate"))
    slow.decline()
    later.work()
    assert slow.view.problem is None


def test_the_sites_are_there_even_where_the_person_went_on_meanwhile(
    slow: SitesPresenter, later: DeferredBackground, chosen: list[Site]
) -> None:
    slow.load(lambda: slow.choose(ACME))
    slow.offer(OTHER)
    later.work()
    assert slow.view.sites == (ACME,)
    assert slow.view.offer is not None
    assert chosen == []


def test_a_broken_site_read_late_does_not_call_the_person_back(
    slow: SitesPresenter, store: SiteStore, later: DeferredBackground
) -> None:
    (store_folder(store) / "Broken.ferrygate").write_text("format = 1\nport = 0\n")
    slow.load()
    slow.choose(OTHER)
    later.work()
    assert slow.view.problem is None
    slow.load()
    later.work()
    assert slow.view.problem is not None


def test_what_was_wrong_before_is_forgotten_with_another_choice(
    slow: SitesPresenter, later: DeferredBackground
) -> None:
    slow.load()
    slow.open_address("not an address")
    slow.choose(OTHER)
    later.work()
    assert slow.view.problem is None


def store_folder(store: SiteStore) -> Path:
    return store._folder


def test_who_has_no_site_is_offered_the_connection_files_that_arrived(
    store: SiteStore, chosen: list[Site], tmp_path: Path
) -> None:
    file = tmp_path / "acme.ferrygate"
    presenter = SitesPresenter(
        store, lambda *_: (), chosen.append, at_once, arrived=lambda: (file,)
    )
    presenter.load()
    assert list(presenter.view.arrived) == [file]
    store.save(ACME)
    presenter.load()
    assert list(presenter.view.arrived) == []
