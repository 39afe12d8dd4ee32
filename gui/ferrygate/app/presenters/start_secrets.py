"""Hands the secrets that the app was started with to the engine."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import CodeSecretError, Problem, UsageError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import ProvideSecrets
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.site import Site


class StartSecrets:
    """Holds secrets until the site is known that they are for, and hands them over once."""

    def __init__(
        self, outbox: Outbox, given: GivenSecrets, report: Callable[[Problem], None]
    ) -> None:
        """Take the way to the engine, the secrets, and who is told what is wrong with them."""
        self._outbox = outbox
        self._given = given
        self._report = report

    def provide(self, site: Site | None) -> None:
        """Hand the secrets to the engine, for the one site that this start begins with, if any."""
        given, self._given = self._given, GivenSecrets()
        if given == GivenSecrets():
            return
        if site is None:
            self._report(_no_site())
            return
        code_secret = self._code_secret(site, given.totp_secret)
        self._outbox.ask(
            lambda number: ProvideSecrets(
                request=number,
                site=site,
                password=given.password,
                code_secret=code_secret,
                passphrase=given.passphrase,
            )
        )

    def _code_secret(self, site: Site, key: Secret | None) -> CodeSecret | None:
        if key is None:
            return None
        try:
            return code_secret_for(site.sign_in, key)
        except CodeSecretError as error:
            self._report(error.problem)
            return None


def _no_site() -> Problem:
    return UsageError(
        message("The password or key from the start is not used, since it belongs to no site."),
        next_step=message("Start Ferrygate with the connection file that it is for."),
    ).problem
