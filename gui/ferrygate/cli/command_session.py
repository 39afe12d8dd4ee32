"""Opens a session for a command: finds its secrets, and signs in."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

import click
import msgspec

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.explaining import advice, explain
from ferrygate.cli.prompts import TerminalPrompter
from ferrygate.cli.standard_input import code_on_standard_input
from ferrygate.common.display import display_text
from ferrygate.common.environment import PASSWORD_VARIABLE, TOTP_SECRET_VARIABLE
from ferrygate.common.errors import (
    KeychainError,
    Kind,
    PassphraseMissingError,
    Problem,
    SecretsMissingError,
    SignInRefusedError,
    UsageError,
)
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, Text, message, sentences
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.secret_text import given_secret, unseen_ends
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import surely_needs_code

if TYPE_CHECKING:
    from ferrygate.api.session import Session
    from ferrygate.engine.client import Prompter

INVISIBLE_CHARACTERS = "invisible-characters"
"""Names the warning that a secret begins or ends with invisible characters."""

F = TypeVar("F", bound=Callable[..., Any])


class AttemptFlags(TypedDict):
    """Holds the options that :func:`attempt_options` adds to a command."""

    accept_new_host_key: bool
    explain: bool
    try_anyway: bool


class SignInFlags(AttemptFlags):
    """Holds the options that :func:`sign_in_options` adds to a command."""

    ask_code: bool
    code_stdin: bool


def sign_in_options(command: F) -> F:
    """Add the options of every command that signs in to do something."""
    ask = click.option(
        "--ask-code",
        is_flag=True,
        help="Ask for the code that your phone or token shows, whenever one is needed: after a lost"
        " connection for the next one.",
    )
    stdin = click.option(
        "--code-stdin",
        is_flag=True,
        help="Read the code from the first line of standard input. It is good for one sign-in.",
    )
    return ask(stdin(attempt_options(command)))


def attempt_options(command: F) -> F:
    """Add the options of every command that makes an attempt to sign in."""
    accept = click.option(
        "--accept-new-host-key",
        is_flag=True,
        help="Take and keep a host key nobody has confirmed yet. A changed one is always refused.",
    )
    anyway = click.option(
        "--try-anyway", is_flag=True, help="Sign in once more after repeated refusals."
    )
    explain = click.option(
        "--explain",
        is_flag=True,
        help="When refused, ask Okta once with the password alone, and say what is wrong. That"
        " may count as another refusal.",
    )
    return accept(anyway(explain(command)))


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
    from ferrygate import bootstrap  # noqa: PLC0415  help needs none of it
    from ferrygate.api import connecting  # noqa: PLC0415  as above

    _check_code_flags(context, site, **flags)
    terminal, given = context.terminal, context.secrets  # before anything goes out
    prompter = TerminalPrompter(
        terminal, context.clock, accept_new_host_key=flags["accept_new_host_key"]
    )
    unneeded = frozenset[SecretKind]()
    if flags["ask_code"]:  # an option goes before the environment and the keychain
        given = msgspec.structs.replace(given, totp_secret=None)
        unneeded = frozenset({SecretKind.CODE_SECRET})
    _check_given_key(given.totp_secret, site)
    site = with_username(context, site)
    if keep_trying is None:
        keep_trying = bootstrap.KEEP_TRYING_SECONDS
    making = bootstrap.engine_for(
        site, context.home, context.clock, context.live_secrets, keep_trying
    )
    with making as make_engine, ExitStack() as on_failure:
        session = connecting.open_session(
            site, make_engine, prompter, context.clock, given=given, unneeded=unneeded
        )
        on_failure.enter_context(session)
        gc.freeze()  # what is loaded by now stays, and is not to be looked through
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
            accept_new_host_key=flags["accept_new_host_key"],
            explain=flags["explain"],
            try_anyway=flags["try_anyway"],
        )
        on_failure.pop_all()
    return session


def open_session(
    context: CommandContext, site: Site, prompter: Prompter, *, for_code: bool = False
) -> Session:
    """Open a session with the secrets of the keychain; the server is not asked yet.

    One that is only there ``for_code`` asks a keychain for nothing but the code's secret, and only
    where the environment does not give that.
    """
    from ferrygate import bootstrap  # noqa: PLC0415  as above
    from ferrygate.api import connecting  # noqa: PLC0415  as above

    make_engine = partial(
        bootstrap.make_engine,
        home=context.home,
        clock=context.clock,
        live_secrets=context.live_secrets,
    )
    if not for_code:
        return connecting.open_session(site, make_engine, prompter, context.clock)
    unneeded = frozenset(SecretKind) - {SecretKind.CODE_SECRET}
    return connecting.open_session(
        site, make_engine, prompter, context.clock, given=context.secrets, unneeded=unneeded
    )


def _check_given_key(given: Secret | None, site: Site) -> None:
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


def _check_code_flags(context: CommandContext, site: Site, **flags: Unpack[SignInFlags]) -> None:
    """Check the options about a code before anything is read or sent.

    Raises:
        UsageError: they make no sense.
    """
    if flags["ask_code"] and flags["code_stdin"]:
        raise UsageError(message("Give only one of --ask-code and --code-stdin."))
    if flags["ask_code"] and not context.terminal.is_interactive:
        raise UsageError(
            message("Nobody can be asked for a code: this is no terminal."),
            next_step=message("In a script, give it on standard input: --code-stdin"),
        )
    if flags["code_stdin"] and not site.sends_password:
        raise UsageError(
            message("“{site}” signs in by key alone, without a code.", site=site.name),
            next_step=message("Leave out --code-stdin."),
        )


def use_secrets(
    context: CommandContext, session: Session, *, ask_code: bool = False, code_stdin: bool = False
) -> None:
    """Use what the site's steps need of password, code secret and passphrase.

    With ``ask_code`` the code secret is not used; with ``code_stdin`` it may be missing.

    Raises:
        FerrygateError: as :func:`use_password` and :func:`use_code_secret`.
    """
    site = session.site
    passphrase = context.secrets.passphrase
    if passphrase is not None and site.sign_in.has_key_step:
        warn_of_unseen_ends(context, passphrase, message("The passphrase of the private key"))
        session.use_passphrase(passphrase)
    if site.sends_password:
        use_password(context, session)
        # A server that asks one thing after the other may do without a code.
        if not ask_code:
            needed = surely_needs_code(site) and not code_stdin
            use_code_secret(context, session, needed=needed, or_typed=True)


def use_password(context: CommandContext, session: Session) -> None:
    """Use the password of the environment, the keychain, or the person; the first found.

    Raises:
        SecretsMissingError: there is none, and no person to ask.
    """
    given = context.secrets.password
    if given is None and not session.at_hand.has_password:
        given = _asked(
            context,
            session.site,
            _("Password of {user}"),
            missing=message("The password for “{site}” is missing, and nobody can be asked."),
            next_step=_to_set(PASSWORD_VARIABLE),
        )
        given = given and given_secret(given.reveal(), message("The password"))
    if given is not None:
        warn_of_unseen_ends(context, given, message("The password"))
        session.use_password(given)


def use_code_secret(
    context: CommandContext, session: Session, *, needed: bool, or_typed: bool = False
) -> None:
    """Use the code secret of the environment, the keychain, or the person; the first found.

    The person is asked only when it is ``needed``. A command that takes a code in its place, typed
    from a phone or token, says so.

    Raises:
        CodeSecretError: what was given holds no usable secret.
        SecretsMissingError: there is none, and no person to ask.
    """
    given = context.secrets.totp_secret
    if given is None and needed and not session.at_hand.has_code_secret:
        if or_typed and context.terminal.is_interactive:
            context.terminal.say(_("To type a code from a phone or token instead, add --ask-code."))
        given = _asked(
            context,
            session.site,
            _("Key for the codes of {user}"),
            missing=message(
                "The key for the codes of “{site}” is missing, and nobody can be asked."
            ),
            next_step=sentences(
                _to_set(TOTP_SECRET_VARIABLE),
                message("Or give a code from a phone or token: --ask-code, --code-stdin")
                if or_typed
                else None,
            ),
        )
    if given is not None:
        session.use_code_secret(code_secret_for(session.site.sign_in, given))


def attempt(
    context: CommandContext,
    session: Session,
    text: str,
    *,
    typed_code: Secret | None = None,
    ask_code: bool = False,
    **flags: Unpack[AttemptFlags],
) -> None:
    """Sign in once; a refusal is explained where that was wished.

    A person is asked for the passphrase of a private key that needs one. Nothing was sent then.

    Raises:
        FerrygateError: the sign-in failed.
        click.exceptions.Exit: it was refused; the refusal is printed and explained.
    """
    try_anyway = flags["try_anyway"]
    explains = bool(session.site.sign_in.okta_address) and not flags["explain"]
    sign_in_once = partial(
        session.sign_in, try_anyway=try_anyway, typed_code=typed_code, ask_code=ask_code
    )
    with advice(context, text, explains=explains):
        try:
            sign_in_once()
        except PassphraseMissingError:
            if not context.terminal.is_interactive:
                raise
            typed = context.terminal.ask_secret(_("Passphrase of the private key"))
            named = message("The passphrase of the private key")
            passphrase = given_secret(typed.reveal(), named)
            warn_of_unseen_ends(context, passphrase, named)
            session.use_passphrase(passphrase)
            sign_in_once()
        except SignInRefusedError as refusal:
            if not flags["explain"]:
                raise
            makes_codes = typed_code is None and not ask_code
            explain(context, session, text, refusal, try_anyway=try_anyway, makes_codes=makes_codes)


def warn_of_unseen_ends(context: CommandContext, secret: Secret, source: Text) -> None:
    """Warn once of invisible characters at a secret's ends; the secret is sent as it is."""
    sentence = unseen_ends(secret, source)
    if sentence is not None:
        problem = Problem(
            kind=Kind.USAGE,
            sentence=sentence,
            next_step=message("It is sent as it is. If you are refused, check that first."),
        )
        context.terminal.warn(INVISIBLE_CHARACTERS, problem)


def demand_keychain(session: Session, sentence: Message, next_step: Message | None = None) -> None:
    """Check that a command that is about the keychain has one to use.

    Raises:
        KeychainError: there is none; with this sentence, and the keychain's own as the detail.
    """
    if not session.at_hand.can_save:
        note = session.at_hand.keychain_note
        detail = "" if note is None else str(note)
        raise KeychainError(sentence, next_step=next_step, detail=detail)


def _asked(
    context: CommandContext, site: Site, question: str, *, missing: Message, next_step: Message
) -> Secret:
    if not context.terminal.is_interactive:
        raise SecretsMissingError(missing.filled(site=site.name), next_step=next_step)
    return context.terminal.ask_secret(question.format(user=display_text(site.username)))


def _to_set(variable: str) -> Message:
    return message(
        "Set {variable}_FILE or {variable}, or run the command on a terminal.", variable=variable
    )
