"""The secrets of a start reach the engine once, for the one site that the start begins with."""

from __future__ import annotations

import pytest

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.start_secrets import StartSecrets
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.session import ProvideSecrets
from ferrygate.sites.site import SignInSettings, Site

SITE = Site(name="Acme", host="sftp.example.org", sign_in=SignInSettings(digits=8))
GIVEN = GivenSecrets(password=Secret("pw"), totp_secret=Secret("JBSWY3DPEHPK3PXP"))


class Table:
    """Secrets of a start, with what was sent and told."""

    def __init__(self, given: GivenSecrets) -> None:
        self.sent: list[Command] = []
        self.told: list[Problem] = []
        self.secrets = StartSecrets(Outbox(self.sent.append), given, self.told.append)


def test_they_are_provided_once() -> None:
    table = Table(GIVEN)
    table.secrets.provide(SITE)
    table.secrets.provide(SITE)
    (provided,) = table.sent
    assert isinstance(provided, ProvideSecrets)
    assert (provided.site, provided.password) == (SITE, Secret("pw"))
    assert provided.code_secret is not None
    assert provided.code_secret.digits == 8
    assert table.told == []


def test_without_a_site_the_person_is_told_and_nothing_is_kept_for_another_one() -> None:
    table = Table(GIVEN)
    table.secrets.provide(None)
    table.secrets.provide(SITE)
    assert table.sent == []
    (problem,) = table.told
    assert "belongs to no site" in str(problem.sentence)


def test_a_key_that_is_none_is_told_and_the_rest_is_provided() -> None:
    table = Table(GivenSecrets(password=Secret("pw"), totp_secret=Secret("?")))
    table.secrets.provide(SITE)
    (provided,) = table.sent
    assert isinstance(provided, ProvideSecrets)
    assert (provided.password, provided.code_secret) == (Secret("pw"), None)
    assert [problem.kind for problem in table.told] == [Kind.CODE_SECRET]


@pytest.mark.parametrize("site", [SITE, None])
def test_a_start_without_secrets_says_nothing(site: Site | None) -> None:
    table = Table(GivenSecrets())
    table.secrets.provide(site)
    assert (table.sent, table.told) == ([], [])
