"""Opens a session for a command: finds its secrets, and signs in."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Unpack

import msgspec

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.command_secrets import use_secrets, warn_of_unseen_ends
from ferrygate.cli.explaining import advice, explain
from ferrygate.cli.prompts import TerminalPrompter
from ferrygate.cli.sign_in_options import SignInFlags, check_code_flags
from ferrygate.cli.standard_input import code_on_standard_input
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import PassphraseMissingError, SignInRefusedError
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.secret_text import given_secret
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.site import Site

if TYPE_CHECKING:
    from ferrygate.api.session import Session
    from ferrygate.engine.client import Prompter


def sign_in(
    context: CommandContext,
    site: Site,
    text: str,
    *,
    keep_trying: float | None = None,
    **flags: Unpack[SignInFlags],
) -> Session:
    """Open a signed-in session on a site, for which ``text`` was typed; the caller closes it.

    Args:
        context: the command.
        site: the site.
        text: what was typed for it.
        keep_trying: seconds for which a connection that was lost is tried again; as usual if none.
        flags: of :func:`sign_in_options`.

    Raises:
        FerrygateError: secrets are missing, or the sign-in failed.
    """
    check_code_flags(context, site, **flags)
    with _dialled_ahead(context, site, keep_trying, **flags) as session:
        ask_code, code_stdin = flags["ask_code"], flags["code_stdin"]
        use_secrets(context, session, ask_code=ask_code, code_stdin=code_stdin)
        code = None
        if code_stdin:  # read last: it does not live for long
            code = code_on_standard_input(site.sign_in.digits)
        attempt(
            context,
            session,
            text,
            typed_code=code,
            ask_code=ask_code,
            wants_explanation=flags["explain"],
            try_anyway=flags["try_anyway"],
        )
    return session


@contextmanager
def _dialled_ahead(
    context: CommandContext, site: Site, keep_trying: float | None, **flags: Unpack[SignInFlags]
) -> Iterator[Session]:
    """Open a session while its server is dialled; it outlives the block, unless that fails."""
    from ferrygate import bootstrap  # noqa: PLC0415  help needs none of it
    from ferrygate.api import connecting  # noqa: PLC0415  as above

    terminal, given = context.terminal, context.secrets  # before anything goes out
    prompter = TerminalPrompter(
        terminal, context.clock, accept_new_host_key=flags["accept_new_host_key"]
    )
    unneeded = frozenset[SecretKind]()
    if flags["ask_code"]:  # an option goes before the environment and the keychain
        given = msgspec.structs.replace(given, totp_secret=None)
        unneeded = frozenset({SecretKind.CODE_SECRET})
    check_given_key(given.totp_secret, site)
    if keep_trying is None:
        keep_trying = bootstrap.KEEP_TRYING_SECONDS
    with connecting.session_dialled_ahead(
        with_username(context, site),
        context.home,
        context.clock,
        prompter,
        given=given,
        unneeded=unneeded,
        live_secrets=context.live_secrets,
        keep_trying=keep_trying,
    ) as session:
        gc.freeze()  # what is loaded by now stays, and is not to be looked through
        yield session


def open_session(
    context: CommandContext,
    site: Site,
    prompter: Prompter,
    *,
    unneeded: frozenset[SecretKind] | None = None,
) -> Session:
    """Open a session with the secrets of the keychain; the server is not asked yet.

    Without ``unneeded`` a keychain is asked for all it has; with it, not for these, nor for what
    the environment gives.
    """
    from ferrygate import bootstrap  # noqa: PLC0415  as above
    from ferrygate.api import connecting  # noqa: PLC0415  as above

    make_engine = partial(
        bootstrap.make_engine,
        home=context.home,
        clock=context.clock,
        live_secrets=context.live_secrets,
    )
    if unneeded is None:
        return connecting.open_session(site, make_engine, prompter, context.clock)
    needs_any = unneeded != frozenset(SecretKind)
    given = context.secrets if needs_any else GivenSecrets()
    return connecting.open_session(
        site, make_engine, prompter, context.clock, given=given, unneeded=unneeded
    )


def check_given_key(given: Secret | None, site: Site) -> None:
    """Check the key that was given from outside, before the server hears of this computer.

    Raises:
        CodeSecretError: as :func:`use_code_secret`.
    """
    if given is not None and site.sends_password:
        code_secret_for(site.sign_in, given)


def with_username(context: CommandContext, site: Site) -> Site:
    """Return the site with a user name, asked for if the connection file has none."""
    if site.username or not context.terminal.is_interactive:
        return site
    return msgspec.structs.replace(site, username=context.terminal.ask(_("User name")))


def attempt(
    context: CommandContext,
    session: Session,
    text: str,
    *,
    wants_explanation: bool,
    try_anyway: bool,
    typed_code: Secret | None = None,
    ask_code: bool = False,
) -> None:
    """Sign in once; a refusal is explained where that was wished.

    A person is asked for the passphrase of a private key that needs one. Nothing was sent then.

    Raises:
        FerrygateError: the sign-in failed.
        click.exceptions.Exit: it was refused; the refusal is printed and explained.
    """
    explains = bool(session.site.sign_in.okta_address) and not wants_explanation
    sign_in_once = partial(
        session.sign_in, try_anyway=try_anyway, typed_code=typed_code, ask_code=ask_code
    )
    with advice(context, text, explains=explains):
        try:
            sign_in_once()
        except PassphraseMissingError:
            if not context.terminal.is_interactive:
                raise
            ask_passphrase(context, session)
            sign_in_once()
        except SignInRefusedError as refusal:
            if not wants_explanation:
                raise
            makes_codes = typed_code is None and not ask_code
            explain(context, session, text, refusal, try_anyway=try_anyway, makes_codes=makes_codes)


def ask_passphrase(context: CommandContext, session: Session) -> None:
    """Ask the person for the passphrase of the site's private key, and use it."""
    typed = context.terminal.ask_secret(_("Passphrase of the private key"))
    named = message("The passphrase of the private key")
    passphrase = given_secret(typed.reveal(), named)
    warn_of_unseen_ends(context, passphrase, named)
    session.use_passphrase(passphrase)
