"""Where a row says its files go, and to which site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ferrygate.app.presenters.transfer_row import RowAction
from ferrygate.engine.messages.session import SessionChanged, SessionState, SiteOpened
from ferrygate.sites.site import Site
from gui.transfers_table import BATCH, Table

if TYPE_CHECKING:
    from gui.conftest import StillClock

ACME = Site(name="Acme exports", host="sftp.example.org", username="vendor7")
OTHER = Site(name="Beta Labs", host="sftp.example.net", username="vendor7")
COLLEAGUE = Site(name="Acme exports", host="sftp.example.org", username="vendor8")
DEEPER = Site(name="Acme exports", host="sftp.example.org", start_folder="/vendors/7")


@pytest.fixture
def table(clock: StillClock) -> Table:
    return Table(clock)


def open_site(table: Table, site: Site) -> None:
    table.presenter.handle(SiteOpened(site=site))
    table.presenter.handle(SessionChanged(state=SessionState.SIGNED_IN))


@pytest.mark.parametrize(
    ("site", "target", "words"),
    [
        (ACME, "/", "to Home"),
        (ACME, "/inbox", "to inbox"),
        (ACME, "/exports/2026-11", "to exports/2026-11"),
        (DEEPER, "/vendors/7", "to Home"),
        (DEEPER, "/vendors/7/inbox", "to inbox"),
        (DEEPER, "/vendors/77", "to /vendors/77"),
        (DEEPER, "/", "to /"),
    ],
)
def test_a_folder_is_named_as_elsewhere_in_the_window(
    table: Table, site: Site, target: str, words: str
) -> None:
    open_site(table, site)
    table.batch(files_total=1, target=target)
    assert table.row.sub == words


def test_a_batch_of_another_site_carries_its_name(table: Table) -> None:
    open_site(table, ACME)
    table.batch()
    table.finish(target="/")
    open_site(table, OTHER)
    assert table.row.sub.startswith("Acme exports · 214 files · to Home")
    open_site(table, ACME)
    assert table.row.sub.startswith("214 files · to Home")


def test_a_batch_of_another_account_of_the_site_carries_its_user_too(table: Table) -> None:
    open_site(table, ACME)
    table.batch(files_total=1)
    open_site(table, COLLEAGUE)
    assert table.row.sub == "Acme exports, vendor7 · to inbox"


def test_only_the_account_that_a_batch_belongs_to_can_try_it_again(table: Table) -> None:
    open_site(table, ACME)
    table.batch()
    table.finish(delivered=192, files_cancelled=22, can_retry=True)
    assert table.links == ["Send the rest", "Dismiss"]
    table.presenter.handle(SessionChanged(state=SessionState.OFFLINE))
    assert table.links == ["Dismiss"]
    open_site(table, OTHER)
    assert table.links == ["Dismiss"]
    table.presenter.act(BATCH, RowAction.RETRY)  # a click that was on its way
    assert table.sent == []
    open_site(table, ACME)
    assert table.links == ["Send the rest", "Dismiss"]


def test_no_speed_is_shown_while_the_line_is_away(table: Table) -> None:
    table.batch()
    assert table.presenter.view.summary
    table.presenter.handle(SessionChanged(state=SessionState.RECONNECTING))
    assert table.presenter.view.summary == ""
