"""Opens sessions: ``ferrygate.connect``, and the same for the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

from ferrygate import bootstrap
from ferrygate.api.arguments import (
    demand,
    demand_callable,
    demand_seconds,
    demand_site,
    key,
    secret,
)
from ferrygate.api.program_secrets import ProgramSecrets
from ferrygate.api.session import Session
from ferrygate.api.unattended import Unattended
from ferrygate.common.clock import Clock, SystemClock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.logs import LiveSecrets
from ferrygate.common.paths import Home
from ferrygate.common.secret import SecretKind
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.client import EngineClient, MakeEngine, Prompter
from ferrygate.engine.messages.session import OpenSite, SessionChanged
from ferrygate.sites.resolve import resolve_site
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore


def open_session(
    site: Site,
    make_engine: MakeEngine,
    prompter: Prompter,
    clock: Clock,
    *,
    given: GivenSecrets | None = None,
    unneeded: frozenset[SecretKind] = frozenset(),
) -> Session:
    """Open a session on a site, with its secrets looked up; it is not signed in yet.

    Args:
        site: the site.
        make_engine: makes the engine.
        prompter: answers what only a person can.
        clock: the time.
        given: secrets at hand, for which no keychain is asked; where left out, it is looked
            through for whatever it has.
        unneeded: what no keychain is asked for either, where ``given`` is not left out.

    Raises:
        FerrygateError: the keychain cannot be opened at all.
    """
    kinds = None if given is None else _kinds(given) | unneeded
    with ExitStack() as on_failure:
        client = on_failure.enter_context(
            closing(EngineClient(make_engine, prompter, clock, SystemThreads()))
        )
        client.do(OpenSite(client.number(), site, kinds))
        on_failure.pop_all()
    return Session(client, site)


def _kinds(given: GivenSecrets) -> frozenset[SecretKind]:
    kinds = {
        SecretKind.PASSWORD: given.password,
        SecretKind.CODE_SECRET: given.totp_secret,
        SecretKind.PASSPHRASE: given.passphrase,
    }
    return frozenset(kind for kind, secret in kinds.items() if secret is not None)


@contextmanager
def session_dialled_ahead(
    site: Site,
    home: Home,
    clock: Clock,
    prompter: Prompter,
    *,
    given: GivenSecrets,
    unneeded: frozenset[SecretKind] = frozenset(),
    live_secrets: LiveSecrets | None = None,
    keep_trying: float = bootstrap.KEEP_TRYING_SECONDS,
) -> Iterator[Session]:
    """Open a session as :func:`open_session` does, while its server is dialled.

    The session outlives the block, which signs in, unless that fails.

    Args:
        site: the site.
        home: where Ferrygate keeps its files.
        clock: the time.
        prompter: answers what only a person can.
        given: secrets at hand, for which no keychain is asked.
        unneeded: what no keychain is asked for either.
        live_secrets: those of the log, where there is one.
        keep_trying: seconds for which a connection that was lost is tried again.

    Raises:
        FerrygateError: the keychain cannot be opened at all.
    """
    making = bootstrap.engine_for(site, home, clock, live_secrets, keep_trying)
    with making as make_engine, ExitStack() as on_failure:
        session = open_session(site, make_engine, prompter, clock, given=given, unneeded=unneeded)
        on_failure.enter_context(session)
        yield session
        on_failure.pop_all()


def connect(
    site: str | os.PathLike[str] | Site,
    *,
    password: str | None = None,
    totp_secret: str | None = None,
    code: str | None = None,
    passphrase: str | None = None,
    accept_new_host_key: bool = False,
    home: Home | None = None,
    keep_trying: float = bootstrap.KEEP_TRYING_SECONDS,
    on_connection: Callable[[SessionChanged], None] | None = None,
    try_anyway: bool = False,
) -> Session:
    """Sign in to a site; the session is a context manager.

    No secret is read from the environment: the command line does that, a program passes its own.

    Args:
        site: a site, the path of a connection file, or a saved site's name.
        password: where it is not in the keychain; a line end at its very end is left out.
        totp_secret: key or ``otpauth://`` address, where it is not in the keychain.
        code: from a phone or a token, in place of one that is made from the secret. It is good for
            this one sign-in: where the connection is lost and there is no secret, the session ends,
            and what it is asked to do fails with ``code-needed``.
        passphrase: of the site's private key, where it has one that is not in the keychain.
        accept_new_host_key: take and pin a host key that is not confirmed; a changed one is never
            taken.
        home: where Ferrygate keeps its files; ``FERRYGATE_HOME`` or the platform's folder if none.
        keep_trying: seconds for which a connection that was lost is tried again; after that, what
            the session was asked to do fails.
        on_connection: called when the connection is lost (``state`` is ``RECONNECTING``; ``until``,
            in seconds since the epoch, is the next try, ``None`` is now), is there again
            (``SIGNED_IN``), or is given up (``OFFLINE``, with a ``problem``). It is called on the
            thread that waits for the session, while that waits.
        try_anyway: sign in once more after repeated refusals (``lock-out-breaker``); a person's
            word that the secrets are right by now.

    Raises:
        FerrygateError: the site is broken or unknown, or the sign-in failed.
        TypeError: an argument is of another type than said here.
    """
    demand("site", site, str, os.PathLike, Site)
    demand("accept_new_host_key", accept_new_host_key, bool)
    demand("try_anyway", try_anyway, bool)
    demand("code", code, str, type(None))
    demand("home", home, Home, type(None))
    demand_seconds("keep_trying", keep_trying)
    demand_callable("on_connection", on_connection)
    given = GivenSecrets(
        password=secret("password", password),
        totp_secret=key("totp_secret", totp_secret),
        passphrase=secret("passphrase", passphrase),
    )
    home = home or Home.from_environment(os.environ)
    found = _found(site, home)
    secrets = ProgramSecrets.for_site(found, given, code)
    prompter = Unattended(accept_new_host_key=accept_new_host_key, on_connection=on_connection)
    with session_dialled_ahead(
        found, home, SystemClock(), prompter, given=given, keep_trying=keep_trying
    ) as session:
        secrets.sign_in(session, try_anyway=try_anyway)
    return session


def _found(site: str | os.PathLike[str] | Site, home: Home) -> Site:
    if isinstance(site, Site):
        demand_site(site)
        return site
    return resolve_site(os.fspath(site), SiteStore(home.sites))
