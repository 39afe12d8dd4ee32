from __future__ import annotations

import base64
from urllib.parse import quote

import msgspec
import pytest

from ferrygate.app.presenters.code_setup_presenter import CodeSetupPresenter
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.codes import UseCodeSecret
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Failed
from ferrygate.engine.messages.session import SecretsChanged, SessionChanged, SessionState
from ferrygate.sites.site import Policy, SignInSettings, Site

KEY = "JBSWY3DPEHPK3PXP"
ADDRESS = f"otpauth://totp/Acme:v?secret={KEY}&period=60"


class Table:
    """A presenter with what it sent."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.presenter = CodeSetupPresenter(Outbox(self.sent.append))

    def open(self, site: Site, *, can_save: bool = True) -> None:
        self.presenter.turn_to(site)
        self.presenter.handle(SecretsChanged(site=site, can_save=can_save))

    @property
    def used(self) -> UseCodeSecret:
        command = self.sent[-1]
        assert isinstance(command, UseCodeSecret)
        return command


@pytest.fixture
def table() -> Table:
    return Table()


def export(*names: str) -> str:
    """Make an export of Google Authenticator with one account for each name."""

    def field(number: int, value: bytes) -> bytes:
        return bytes([number << 3 | 2, len(value)]) + value

    accounts = b"".join(
        field(
            1,
            field(1, b"0123456789") + field(2, name.encode()) + field(3, b"Acme") + b"\x30\x02",
        )
        for name in names
    )
    data = quote(base64.b64encode(accounts), safe="")
    return f"otpauth-migration://offline?data={data}"


def test_a_bare_key_takes_digits_and_period_from_the_site(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, sign_in=SignInSettings(period=5, digits=8)))
    table.presenter.take(["JBSW Y3DP EHPK 3PXP"])
    assert (table.used.secret.period, table.used.secret.digits, table.used.save) == (5, 8, True)
    assert table.presenter.view.mismatch == ""


def test_what_was_enrolled_wins_and_the_difference_is_said(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, sign_in=SignInSettings(period=5)))
    table.presenter.take([ADDRESS])
    assert table.used.secret.period == 60
    assert table.presenter.view.mismatch == (
        "The site speaks of 6 digits every 5 s. Your code has 6 digits every 60 s, and is used as"
        " it was set up."
    )


def test_an_export_of_several_accounts_leaves_the_choice(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.take([export("vendor7", "vendor8")])
    assert table.sent == []
    assert table.presenter.view.choices == ("Acme · vendor7", "Acme · vendor8")
    table.presenter.choose(1)
    assert table.used.secret.label == "vendor8"
    assert not table.presenter.view.choices


def test_a_screen_may_show_other_codes_beside_the_right_one(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.take(["https://example.org/ticket", ADDRESS])
    assert table.used.secret.key == Secret(KEY)


def test_words_in_a_picture_are_no_key(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.read()
    table.presenter.found(["hello"])
    assert table.sent == []
    problem = table.presenter.view.problem
    assert problem is not None
    assert str(problem.sentence) == "This QR code does not set up a code."


def test_an_export_takes_the_period_of_the_site(table: Table, site: Site) -> None:
    table.open(msgspec.structs.replace(site, sign_in=SignInSettings(period=60)))
    table.presenter.read()
    table.presenter.found([export("vendor7")])
    assert table.used.secret.period == 60
    assert table.presenter.view.mismatch == ""


def test_a_picture_without_a_code_is_explained(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.read()
    assert table.presenter.view.reading
    table.presenter.found([])
    problem = table.presenter.view.problem
    assert problem is not None
    assert str(problem.sentence) == "There is no QR code in this picture."
    assert not table.presenter.view.reading


def test_a_picture_of_another_site_is_not_used_for_this_one(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.read()
    table.open(msgspec.structs.replace(site, name="Other", host="sftp.example.com"))
    table.presenter.found([ADDRESS])
    table.presenter.not_readable(Problem(kind=Kind.CODE_SECRET, sentence=message("No.")))
    assert table.sent == []
    assert table.presenter.view.problem is None


def test_a_key_that_was_pasted_meanwhile_stands_against_a_picture(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.read()
    table.presenter.take([KEY])
    table.presenter.found([ADDRESS])
    assert len(table.sent) == 1
    assert table.used.secret.period == 30


def test_okta_verify_is_explained(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.take(["oktaverify://email/vendor7?t=abc"])
    problem = table.presenter.view.problem
    assert problem is not None
    assert "Google Authenticator" in str(problem.next_step)


@pytest.mark.parametrize(
    ("policy", "can_save", "wanted"),
    [
        (Policy(save_code_secret=False), True, True),
        (Policy(), False, True),
        (Policy(), True, False),
    ],
)
def test_a_code_is_kept_only_where_all_agree(
    table: Table, site: Site, policy: Policy, *, can_save: bool, wanted: bool
) -> None:
    table.open(msgspec.structs.replace(site, policy=policy), can_save=can_save)
    table.presenter.keep(wanted=wanted)
    table.presenter.take([KEY])
    assert not table.used.save


def test_a_code_that_is_forgotten_begins_the_set_up_anew(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.take([KEY])
    unproven = []
    for has_code in (True, False):
        told = SecretsChanged(site=site, has_code_secret=has_code, can_save=True)
        table.presenter.handle(told)
        unproven.append(table.presenter.view.unproven)
    assert unproven == [True, False]
    assert table.presenter.saves


def test_a_code_is_unproven_until_a_sign_in(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.take([KEY])
    assert table.presenter.view.unproven
    table.presenter.handle(SessionChanged(state=SessionState.SIGNED_IN))
    assert not table.presenter.view.unproven


def test_an_engine_that_does_not_take_the_code_is_heard(table: Table, site: Site) -> None:
    table.open(site)
    table.presenter.take([KEY])
    problem = Problem(kind=Kind.INTERNAL, sentence=message("No."))
    table.presenter.handle(Failed(request=table.used.request, problem=problem))
    assert table.presenter.view.problem == problem
